"""Removing is undone to the last bit: what was taken out and put back is the archive that it was."""

from __future__ import annotations

from pathlib import Path

from ingest import ingest
from rag import Archive
from rag.types import Article

TABLES = ("articles", "origins", "ledger", "changes", "quotations", "quoted")


def rows(archive: Archive) -> list[object]:
    db = archive.index.catalog.db
    kept: list[object] = [sorted(db.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in TABLES]
    kept += db.execute(
        'SELECT p.id, p.ordinal, p.start, p."end", v.vector FROM passages p JOIN vectors v USING (number) ORDER BY p.id'
    ).fetchall()
    return kept


def found(archive: Archive) -> list[tuple[str, float]]:
    return [(hit.passage.id, round(hit.score, 4)) for hit in archive.search("dams near Petropavl", k=5)]


def floods(archive: Archive) -> Article:
    return next(a for a in archive.articles() if "Rivers" in a.title)


def test_an_article_is_put_back_whole_without_embedding(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive, progress=False)
    (folder / "copy.md").write_text((folder / "floods.md").read_text().replace("https://courier", "https://copy"))
    (folder / "bridge.txt").write_text((folder / "bridge.txt").read_text().replace("eighteen", "nineteen"))
    (folder / "floods.md").write_text((folder / "floods.md").read_text().replace("12,000", "14,500"))
    ingest(folder, into=archive, progress=False)
    before, hits, article = rows(archive), found(archive), floods(archive)
    removed = archive.index.take(article.id)
    assert removed is not None
    assert archive.article(article.id) is None
    assert not [id for id, _ in found(archive) if id in {p.id for p in removed.entry.passages}]
    archive.embedder.encode = None  # whoever embeds from here on fails
    assert archive.index.put_back(removed)
    del archive.embedder.encode
    assert rows(archive) == before
    assert found(archive) == hits
    assert archive.health().ok
    assert ingest(folder, into=archive, progress=False).passages == 0


def test_what_came_back_by_itself_is_not_put_back_twice(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive, progress=False)
    removed = archive.index.take(floods(archive).id)
    assert removed is not None
    assert ingest(folder, into=archive, progress=False).added == 1
    before = rows(archive)
    assert not archive.index.put_back(removed)
    assert rows(archive) == before
    assert archive.index.take("nobody") is None
