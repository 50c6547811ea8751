"""Dated rows: one sentence an article, in the order of the days; what says the same is one row."""

from __future__ import annotations

from rag.answer.timeline import rows, share_of
from tests.embedder import WordHash
from tests.passages import article, evidence, passage

FELL = article(
    "The concrete canopy of the station in Novi Sad fell on Friday, and thirteen people were killed.",
    id="a1", day="2024-11-01",
)  # fmt: skip
COPY = article(
    "The concrete canopy of the station in Novi Sad fell on Friday and thirteen people were killed, police said.",
    id="a2", day="2024-11-02",
)  # fmt: skip
QUIT = article(
    "Serbia's prime minister resigns over the canopy of the station in Novi Sad that killed fifteen in November.",
    id="a3", day="2025-01-28",
)  # fmt: skip
RICE = article("Farmers in the delta expect a larger harvest of rice than in any year before this one.", id="a4")


def found(*, most: int = 8, newest_first: bool = False) -> list[str]:
    some = evidence(QUIT, RICE, COPY, FELL)
    made = rows("canopy Novi Sad", some, WordHash().encode, lambda w: 1.0, most=most, newest_first=newest_first)
    return [some[one.number].article_id for one in made]


def test_rows_are_in_the_order_of_the_days_and_on_the_topic() -> None:
    assert found() == ["a1", "a3"]
    assert found(newest_first=True) == ["a3", "a2"]
    assert found(most=1) == ["a1"]


def test_who_says_the_same_is_named_with_the_row() -> None:
    some = evidence(FELL, COPY)
    (row,) = rows("canopy Novi Sad", some, WordHash().encode, lambda w: 1.0, most=8)
    assert [some[e.number].article_id for e in (row, *row.agreeing)] == ["a1", "a2"]


def test_a_share_counts_words_by_what_they_tell() -> None:
    weights = {"canopy": 3.0, "novi": 1.0}
    assert share_of("canopy novi", passage(QUIT), lambda w: weights.get(w, 0.0)) == 1.0
    assert share_of("canopy harvest", passage(RICE), lambda w: {"canopy": 3.0, "harvest": 1.0}[w]) == 0.25
    assert share_of("the", passage(RICE), lambda w: 0.0) == 1.0
