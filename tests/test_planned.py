"""Searching as planned: parts each with their own filter, newest first where asked, summaries from the beginning."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from ingest import ingest
from rag import Archive
from rag.search.planned import Searched, Side, filter_of, newest, search
from rag.types import Hit, Plan
from tests.passages import article, passage


@pytest.fixture
def filled(archive: Archive, folder) -> Archive:
    ingest(folder, into=archive)
    return archive


def found(archive: Archive, plan: Plan, **options) -> Searched:
    return search(plan, archive.index, archive.embedder.encode, k=4, per_article=3, **options)


def titles(side: Side) -> list[str]:
    return [hit.passage.title for hit in side.hits]


def test_a_plan_without_parts_is_one_side(filled: Archive) -> None:
    (side,) = found(filled, Plan("q", "the bridge over the Sava")).sides
    assert "bridge" in titles(side)[0]


def test_each_part_is_searched_with_its_own_outlet_and_days(filled: Archive) -> None:
    parts = (
        Plan("a", "fields named by presidents", sources=("danube wire",)),
        Plan("b", "cracks in arches", before=dt.date(2023, 12, 31)),
    )
    plan = Plan("q", "q", sources=("Danube Wire",), parts=parts)
    searched = found(filled, plan)
    assert [set(titles(s)) for s in searched.sides] == [{"Leaders meet in Belgrade"}, {"Old bridge closes for repair"}]
    first, second = searched.hits[:2]
    assert first.passage.source == "Danube Wire"
    assert second.passage.title == "Old bridge closes for repair"


def test_as_of_holds_for_every_part(filled: Archive) -> None:
    part = Plan("a", "fields named by presidents")
    plan = Plan("q", "q", as_of=dt.date(2023, 12, 31), parts=(part, part))
    assert all(set(titles(s)) <= {"Old bridge closes for repair"} for s in found(filled, plan).sides)


def test_names_that_the_archive_does_not_have_are_said(filled: Archive) -> None:
    searched = found(filled, Plan("q", "fields", sources=("The Moon Times",)))
    assert searched.sides[0].hits == ()
    assert "The Moon Times" in searched.unknown[0]
    where, unknown = filter_of(Plan("q", "q", sources=("danube wire",)), filled.index)
    assert (where.sources, unknown) == (("Danube Wire",), ())


def test_days_that_are_near_are_preferred_and_exclude_nothing(filled: Archive) -> None:
    plain = found(filled, Plan("q", "the presidents and the bridge over the region")).hits
    days = (dt.date(2023, 3, 1), dt.date(2023, 3, 31))
    preferred = found(filled, Plan("q", "the presidents and the bridge over the region", near=(days,))).hits
    assert {h.passage.id for h in preferred} == {h.passage.id for h in plain}
    assert preferred[0].passage.title == "Old bridge closes for repair"


def test_a_summary_gets_the_passages_of_one_article_from_its_beginning(filled: Archive) -> None:
    (side,) = found(filled, Plan("q", "q", kind="summary", topic="bridge Sava repair")).sides
    assert [h.passage.ordinal for h in side.hits] == list(range(len(side.hits)))
    assert len({h.passage.article_id for h in side.hits}) == 1


def test_the_newest_of_those_about_as_good_goes_first() -> None:
    days = ("2024-01-01", "2024-03-01", "2024-02-01", "2025-01-01")
    hits = [Hit(passage(article("t", id=f"a{i}", day=d)), 1.0 - i / 100) for i, d in enumerate(days)]
    ordered = newest([*hits[:3], replace(hits[2], passage=passage(article("t", id="x", day="2023-01-01"))), *hits[:0]])
    assert [h.passage.article_id for h in ordered] == ["a1", "a2", "a0", "x"]
    assert newest([]) == ()
