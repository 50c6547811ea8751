"""Quotations in the catalog: spans are true, they go with their article, and older archives are read when asked."""

from __future__ import annotations

import pytest

from ingest import ingest
from rag import Archive
from rag.store import quotations
from rag.store.catalog import MIGRATIONS
from tests.embedder import WordHash

TEXT = """Minister Ana Horvat opened the grain fair in Brod on Monday before three hundred farmers from the whole valley.

“No field will be left unploughed,” Horvat said. “We have seed for everyone.”

The harvest was the best in ten years. Petar Kos said that the price of wheat would fall before winter.
"""


@pytest.fixture
def filled(tmp_path):
    (tmp_path / "fair.txt").write_text(f"The grain fair opens\n\nSource: Danube Wire\n4 May 2024\n\n{TEXT}", "utf-8")
    with Archive(tmp_path / "archive", embedder=WordHash(), workers=1) as archive:
        ingest(tmp_path / "fair.txt", into=archive, progress=False)
        yield archive


def test_quotations_are_spans_with_outlet_and_date(filled) -> None:
    found = filled.quotations()
    assert [(q.speaker, q.direct) for q in found] == [("Ana Horvat", True), ("Ana Horvat", True), ("Petar Kos", False)]
    assert all(q.article.text[q.start : q.end] == q.text for q in found)
    assert found[0].article.date.isoformat() == "2024-05-04"
    assert found[2].text == "the price of wheat would fall before winter"


def test_by_speaker_topic_and_article(filled) -> None:
    assert {q.speaker for q in filled.quotations("horvat")} == {"Ana Horvat"}
    assert filled.quotations("Nobody") == ()
    assert filled.quotations(about="the price of wheat")[0].speaker == "Petar Kos"
    assert len(filled.quotations(article=filled.articles()[0].id)) == 3
    assert filled.quotations(article="none") == ()


def test_an_archive_without_quotations_reads_them_when_asked(filled) -> None:
    catalog = filled.index.catalog
    expected = filled.quotations()
    with catalog.transaction() as db:
        quotations.put(db, filled.articles()[0].id, None)
    assert catalog.count("quotations") == 0
    assert len(quotations.of(catalog, filled.articles()[0])) == 3  # read anew, and not kept
    assert filled.quotations() == expected
    assert quotations.fill(catalog) == 0


def test_quotations_go_with_their_article(filled) -> None:
    assert filled.index.catalog.count("quotations") == 3
    filled.remove(filled.articles()[0].id)
    assert filled.index.catalog.count("quotations") == filled.index.catalog.count("quoted") == 0


def test_the_migration_is_in_the_catalog() -> None:
    assert quotations.MIGRATION in MIGRATIONS
