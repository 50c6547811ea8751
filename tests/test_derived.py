"""What is derived is made again when an archive that other rules made is opened; nothing is embedded, nothing else moves."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rag.store import catalog, derived, stems
from rag.store.catalog import NAME, Catalog
from rag.store.index import Index
from rag.store.writer import Put
from rag.text import fold
from tests.entries import IDENTITY, put

ROOT = Path(__file__).resolve().parents[1]
RUSSIAN = "Соглашения подписаны в столице. Мост закрыт на год."


def fill(folder: Path) -> None:
    index = Index(folder, embedder=IDENTITY)
    made = put(1, RUSSIAN)
    russian = Put(replace(made.entry, article=replace(made.entry.article, language="ru")), made.origins)
    with index.writer() as writer:
        writer.commit(
            [put(0), russian, put(2, "A copy. " + RUSSIAN), put(3, "A copy. " + RUSSIAN.replace("год", "два"))]
        )
    index.close()


def kept(db: sqlite3.Connection) -> list[object]:
    """Everything that is not derived."""
    tables = ("articles", "origins", "passages", "vectors", "pending", "ledger", "changes")
    rows: list[object] = [db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in tables]
    rows.append(db.execute("SELECT * FROM meta WHERE key NOT IN ('fulltext', 'signatures', 'generation')").fetchall())
    return rows


def as_before_stems(folder: Path) -> None:
    """Make the catalog what version 2 wrote: folded words, stemmed by FTS5, and no signatures."""
    db = sqlite3.connect(folder / NAME)
    db.executescript(
        "DROP TABLE bands; DROP TABLE signatures; DROP TABLE fulltext; DROP TABLE quoted; DROP TABLE quotations; "
        "DROP INDEX articles_listed; "
        "PRAGMA user_version = 2;"
    )
    db.execute("DELETE FROM meta WHERE key IN ('fulltext', 'signatures')")
    db.execute(
        "CREATE VIRTUAL TABLE fulltext USING fts5 (title, text, content='', "
        'tokenize="porter unicode61 remove_diacritics 2")'
    )
    rows = db.execute(
        'SELECT p.number, a.title, substr(a.text, p.start + 1, p."end" - p.start) FROM passages p '
        "JOIN articles a ON a.id = p.article_id"
    ).fetchall()
    db.executemany(
        "INSERT INTO fulltext (rowid, title, text) VALUES (?, ?, ?)", [(n, fold(a), fold(b)) for n, a, b in rows]
    )
    db.commit()
    db.close()


def found(index: Index, question: str) -> list[tuple[str, float]]:
    return index.fulltext(question, 10)


QUESTIONS = ("подписали соглашение", "flood official houses", "год")


def test_an_older_archive_is_brought_up_to_date_out_of_its_texts(tmp_path: Path) -> None:
    fill(tmp_path)
    fresh = Index(tmp_path, embedder=IDENTITY)
    wanted = [found(fresh, q) for q in QUESTIONS]
    alike, before = fresh.catalog.similar("article-0001"), kept(fresh.catalog.db)
    assert wanted[0]
    assert alike
    generation = fresh.catalog.generation
    fresh.close()
    as_before_stems(tmp_path)
    index = Index(tmp_path, embedder=IDENTITY)
    assert [found(index, q) for q in QUESTIONS] == wanted
    assert index.catalog.similar("article-0001") == alike
    assert kept(index.catalog.db) == before
    assert index.catalog.generation > generation  # so that what others remember of the old words is forgotten
    assert index.health().ok


def test_what_was_brought_up_to_date_can_be_written_and_removed(tmp_path: Path) -> None:
    fill(tmp_path)
    as_before_stems(tmp_path)
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put(1, "Другой текст. Совсем другой.")])
    assert index.remove("article-0002")
    assert index.remove("article-0003")
    assert found(index, "соглашение") == []
    assert index.catalog.similar("article-0001") == []


def test_an_archive_of_the_same_rules_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(tmp_path)
    made: list[str] = []
    monkeypatch.setattr(derived, "DERIVED", [(k, by, lambda db, k=k: made.append(k)) for k, by, _ in derived.DERIVED])
    Catalog(tmp_path).close()
    assert made == []
    monkeypatch.setattr(derived, "DERIVED", [(k, by + "+", make) for k, by, make in derived.DERIVED])
    Catalog(tmp_path).close()
    assert made == ["fulltext", "signatures"]
    Catalog(tmp_path).close()
    assert made == ["fulltext", "signatures"]


def test_another_stemmer_makes_full_text_anew(tmp_path: Path) -> None:
    """A version of the stemmer that gives other stems must not ask for words, or take words out, that are not there."""
    fill(tmp_path)
    db = sqlite3.connect(tmp_path / NAME)
    db.execute("UPDATE meta SET value = 'Snowball of old' WHERE key = 'fulltext'")
    db.execute("INSERT INTO fulltext (fulltext) VALUES ('delete-all')")
    db.commit()
    db.close()
    index = Index(tmp_path, embedder=IDENTITY)
    assert found(index, "соглашение")
    assert index.catalog.get("fulltext") == stems.MADE_BY


def test_a_kill_while_it_is_made_anew_leaves_the_old(tmp_path: Path) -> None:
    fill(tmp_path)
    as_before_stems(tmp_path)
    program = (
        f"import os, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from rag.store import derived; from rag.store.catalog import Catalog\n"
        "name, by, make = derived.DERIVED[0]\n"
        "derived.DERIVED = ((name, by, lambda db: (make(db), os._exit(9))),)\n"
        f"Catalog(Path({str(tmp_path)!r}))\n"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 9
    index = Index(tmp_path, embedder=IDENTITY)
    assert found(index, "подписали соглашение")


def test_two_that_open_an_older_archive_at_once_both_can(tmp_path: Path) -> None:
    fill(tmp_path)
    as_before_stems(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from rag.store.index import Index; from tests.entries import IDENTITY\n"
        f"print(len(Index(Path({str(tmp_path)!r}), embedder=IDENTITY).fulltext('соглашение', 9)))\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [child.communicate()[0].strip() for child in both] == ["3", "3"]


def test_one_that_waits_longer_than_a_lock_lasts_goes_on_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    fill(tmp_path)
    as_before_stems(tmp_path)
    monkeypatch.setattr(catalog, "BUSY", 0.05)
    Catalog(tmp_path).close()
    db = sqlite3.connect(tmp_path / NAME, isolation_level=None, check_same_thread=False)
    db.execute("DELETE FROM meta WHERE key = 'fulltext'")
    db.execute("BEGIN IMMEDIATE")
    let_go = threading.Timer(0.5, lambda: db.execute("COMMIT"))
    let_go.start()
    opened = Catalog(tmp_path)
    assert opened.get("fulltext") == stems.MADE_BY
    let_go.join()
    db.close()
