"""Who said what, beside the articles: where each saying stands, who said it, whether in so many words.

    of(catalog, article)                      the sayings of one article
    read(catalog, Filter(), speaker="Tokayev")  (article id, saying) of everyone of that name, newest article first

Outlet and date are the article's own columns. An article without a line in `quoted` was written before there were
quotations, or by older rules: `of` reads it anew each time, `fill` reads all of these and keeps what it finds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rag.speech.sayings import VERSION, find
from rag.text import words
from rag.types import Article, Saying

if TYPE_CHECKING:
    from rag.store.catalog import Catalog, Filter

MIGRATION = """
    CREATE TABLE quotations (
        article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE, start INTEGER NOT NULL, "end" INTEGER NOT NULL,
        speaker TEXT, direct INTEGER NOT NULL, verb TEXT NOT NULL, told_start INTEGER, told_end INTEGER
    );
    CREATE INDEX quotations_by_article ON quotations (article_id);
    CREATE INDEX quotations_by_speaker ON quotations (speaker);
    CREATE TABLE quoted (article_id TEXT PRIMARY KEY REFERENCES articles ON DELETE CASCADE, rules INTEGER NOT NULL);
"""
AT_ONCE = 50  # articles to a transaction
_SAYING = 'q.speaker, q.start, q."end", q.direct, q.verb, q.told_start, q.told_end'


def put(db: sqlite3.Connection, article_id: str, sayings: Sequence[Saying] | None) -> None:
    """In place of what was there; None: not read yet."""
    db.execute("DELETE FROM quotations WHERE article_id = ?", (article_id,))
    db.execute("DELETE FROM quoted WHERE article_id = ?", (article_id,))
    if sayings is None:
        return
    db.executemany(
        "INSERT INTO quotations VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [(article_id, s.start, s.end, s.speaker, int(s.direct), s.verb, *(s.told or (None, None))) for s in sayings],
    )
    db.execute("INSERT INTO quoted VALUES (?, ?)", (article_id, VERSION))


def of(catalog: Catalog, article: Article) -> tuple[Saying, ...]:
    """In the order of the text."""
    known = catalog.db.execute(
        "SELECT 1 FROM quoted WHERE article_id = ? AND rules = ?", (article.id, VERSION)
    ).fetchone()
    if known is None:
        return find(article.text, article.language)
    rows = catalog.db.execute(
        f"SELECT {_SAYING} FROM quotations q WHERE q.article_id = ? ORDER BY q.start, q.rowid", (article.id,)
    )
    return tuple(_saying(row) for row in rows)


def read(
    catalog: Catalog, where: Filter, *, speaker: str | None = None, article: str | None = None, limit: int | None = None
) -> list[tuple[str, Saying]]:
    """What is stored, newest article first; `speaker` is a name or a part of one."""
    sql, values = where.sql()
    if speaker is not None:
        names = named(speaker, speakers(catalog))
        if not names:
            return []
        sql += f" AND q.speaker IN ({', '.join('?' * len(names))})"
        values += names
    if article is not None:
        sql += " AND q.article_id = ?"
        values.append(article)
    rows = catalog.db.execute(
        f"SELECT q.article_id, {_SAYING} FROM quotations q JOIN articles a ON a.id = q.article_id WHERE {sql} "
        "ORDER BY a.date IS NULL, a.date DESC, a.id, q.start LIMIT ?",
        [*values, -1 if limit is None else limit],
    )
    return [(row[0], _saying(row[1:])) for row in rows]


def speakers(catalog: Catalog) -> list[str]:
    """Everyone who is quoted, most often first."""
    rows = catalog.db.execute(
        "SELECT speaker FROM quotations WHERE speaker IS NOT NULL GROUP BY speaker ORDER BY count(*) DESC, speaker"
    )
    return [r[0] for r in rows]


def named(asked: str, names: Sequence[str]) -> list[str]:
    """The names that these words are a part of, or that are a part of these words: "Tokayev", "President Tokayev"."""
    wanted = set(words(asked))
    return [n for n in names if wanted and ((had := set(words(n))) <= wanted or wanted <= had)]


def fill(catalog: Catalog) -> int:
    """Read the articles that were written before there were quotations; how many."""
    rows = catalog.db.execute(
        "SELECT a.id FROM articles a LEFT JOIN quoted q ON q.article_id = a.id AND q.rules = ? "
        "WHERE q.article_id IS NULL ORDER BY a.id",
        (VERSION,),
    ).fetchall()
    ids = [r[0] for r in rows]
    for i in range(0, len(ids), AT_ONCE):
        articles = [a for a in (catalog.article(id) for id in ids[i : i + AT_ONCE]) if a is not None]
        found = [(a, find(a.text, a.language)) for a in articles]
        with catalog.transaction() as db:
            for article, sayings in found:
                row = db.execute("SELECT text FROM articles WHERE id = ?", (article.id,)).fetchone()
                if row is not None and row[0] == article.text:  # else another process has replaced it meanwhile
                    put(db, article.id, sayings)
    return len(ids)


def _saying(row: Sequence[Any]) -> Saying:
    speaker, start, end, direct, verb, told_start, told_end = row
    return Saying(speaker, start, end, bool(direct), verb, None if told_start is None else (told_start, told_end))
