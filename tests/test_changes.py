"""What is said of a change: how much, which words, and which facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from ingest.changes import difference
from rag.types import Article

OLD = Article("a", "Floods", "About 12,000 people were moved. Two dams broke. Trains stopped.", dt.date(2024, 4, 5))


def changed(**facts: object) -> str:
    return difference(OLD, replace(OLD, **facts))  # type: ignore[arg-type]


def test_the_words_that_changed_are_shown() -> None:
    assert changed(text=OLD.text.replace("12,000", "14,500")) == (
        "text: 1 words added, 1 removed (“12,000” -> “14,500”)"
    )


def test_what_came_and_what_went_are_told_from_nothing() -> None:
    assert changed(text=OLD.text + " It rained.") == "text: 2 words added, 0 removed (nothing -> “It rained.”)"
    assert changed(text=OLD.text.replace("Two dams broke. ", "")) == (
        "text: 0 words added, 3 removed (“Two dams broke.” -> nothing)"
    )


def test_many_places_are_counted_and_long_ones_cut() -> None:
    old = replace(OLD, text=" ".join(f"Sentence number {n} stands here." for n in range(6)))
    said = difference(old, replace(old, text=old.text.replace("stands", "stood")))
    assert said.count("“stands” -> “stood”") == 3
    assert said.endswith("3 more)")
    assert "now now …”" in changed(text=" ".join(["now"] * 900))


def test_an_order_of_sentences_is_a_change_too() -> None:
    assert changed(text="Two dams broke. About 12,000 people were moved. Trains stopped.").startswith(
        "text: 0 words added, 0 removed (nothing -> “Two dams broke.”"
    )


def test_other_facts_are_named() -> None:
    assert (
        changed(date=dt.date(2024, 4, 6), source="Courier")
        == "date: 2024-04-05 -> 2024-04-06; source: unknown -> Courier"
    )
    assert changed() == "cut into passages anew"
