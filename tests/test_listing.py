"""Lists of articles and their chart's numbers, against an archive that is counted by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.store.catalog import Filter
from rag.store.index import Index
from rag.store.listing import SORTS, Listing
from tests.entries import IDENTITY, put

DAYS = [dt.date(2024, 1, 5), dt.date(2024, 1, 7), dt.date(2024, 3, 1), None, dt.date(2024, 3, 1)]
SOURCES = ["Wire", "courier", None, "Wire", "Courier"]


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    made = Index(tmp_path, embedder=IDENTITY)
    with made.writer() as writer:
        texts = [
            f"Number {n} tells of {'floods' if n % 2 else 'fires'}{' and more' * n}. It ends here." for n in range(5)
        ]
        writer.commit([put(n, texts[n], day=DAYS[n], source=SOURCES[n]) for n in range(5)])
        with made.catalog.transaction() as db:
            db.execute("UPDATE articles SET language = 'en' WHERE id != 'article-0002'")
    yield made
    made.close()


def ids(listing: Listing, words: str = "", where: Filter = Filter(), **how: object) -> list[int]:  # noqa: B008
    return [int(row.id[-4:]) for row in listing.page(words, where, **how).rows]  # type: ignore[arg-type]


def test_every_column_sorts_both_ways_and_what_lacks_it_comes_last(index: Index) -> None:
    assert ids(index.listing) == [2, 4, 1, 0, 3]
    assert ids(index.listing, descending=False) == [0, 1, 2, 4, 3]
    assert ids(index.listing, sort="source", descending=False) == [4, 1, 0, 3, 2]
    assert ids(index.listing, sort="title", descending=False) == [0, 1, 2, 3, 4]
    assert ids(index.listing, sort="length", descending=False) == [0, 1, 2, 3, 4]
    assert ids(index.listing, sort="language", descending=True)[-1] == 2


def test_a_list_is_searched_filtered_and_paged(index: Index) -> None:
    listing = index.listing
    assert sorted(ids(listing, "floods")) == [1, 3]
    assert sorted(ids(listing, "Valley floo")) == [1, 3]  # a word of the title, and the beginning of one of the text
    assert sorted(ids(listing, "not floods")) == [0, 2, 4]
    assert ids(listing, where=Filter(sources=("Wire",))) == [0, 3]
    assert ids(listing, where=Filter(after=dt.date(2024, 1, 6))) == [2, 4, 1]
    assert ids(listing, languages=["xx"]) == []
    page = listing.page("", Filter(), limit=2, offset=3)
    assert ([row.id for row in page.rows], page.total) == (["article-0000", "article-0003"], 5)
    assert listing.languages() == ["en"]


def test_a_search_is_looked_up_anew_when_the_archive_has_changed(index: Index) -> None:
    assert sorted(ids(index.listing, "floods")) == [1, 3]
    assert index.remove("article-0001")
    assert ids(index.listing, "floods") == [3]
    assert ids(index.listing, "fl") == ids(index.listing, "floodlights") == []  # two letters are no beginning


def test_no_list_reads_the_texts(index: Index) -> None:
    """Every order comes out of the covering index: the rows of 100,000 articles hold 500 MB that are not looked at."""
    statements: list[str] = []
    db = index.catalog.db
    db.set_trace_callback(statements.append)
    for sort in SORTS:
        index.listing.page("", Filter(sources=("Wire",)), ["en"], sort=sort)
    index.listing.timeline("", Filter())
    db.set_trace_callback(None)
    lists = [statement for statement in statements if "articles a" in statement]
    assert len(lists) == 2 * len(SORTS) + 2
    for statement in lists:
        plan = " ".join(row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {statement}"))
        assert "articles_listed" in plan


def test_a_timeline_counts_by_outlet_with_the_empty_stretches(index: Index) -> None:
    line = index.listing.timeline("", Filter(), named=2)
    assert line is not None
    assert (line.by, line.undated, len(line.starts)) == ("day", 1, 57)
    assert sum(sum(counts) for _, counts in line.counts) == 4
    assert line.counts[-1][0] is None
    assert index.listing.timeline("", Filter(sources=("nobody",))) is None


@pytest.mark.parametrize(("days", "by", "stretches"), [(30, "day", 31), (400, "month", 14), (4000, "year", 12)])
def test_a_timeline_is_as_fine_as_its_span_allows(tmp_path: Path, days: int, by: str, stretches: int) -> None:
    first = dt.date(2010, 3, 1)
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put(0, day=first), put(1, day=first + dt.timedelta(days=days))])
    line = index.listing.timeline("", Filter())
    index.close()
    assert line is not None
    assert (line.by, len(line.starts), [c for c in line.counts[0][1] if c]) == (by, stretches, [1, 1])
