"""Evidence: numbered, within its budget, and less probable to answer what it does not speak of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer.evidence import enough, gather, names_of, told_of
from rag.types import Hit
from tests.passages import article, passage

FLOOD = article("Two dams broke near Petropavl on Friday. The damage came to 90 billion tenge.", title="Floods in 2024")


def hits(count: int) -> list[Hit]:
    return [Hit(replace(passage(FLOOD), id=str(n)), 1.0, dense=0.5) for n in range(count)]


def one(word: str) -> float:
    return 0.0 if len(word) < 3 else 1.0


def test_numbers_start_at_one_and_end_with_the_hits() -> None:
    found = gather([("dams", hits(3))], one, budget=1000)
    assert [found[n].id for n in (1, 2, 3)] == ["0", "1", "2"]
    for number in (0, 4):
        with pytest.raises(IndexError, match="1 to 3"):
            found[number]


def test_a_passage_that_two_sides_found_has_one_number_and_is_of_both() -> None:
    first, second, third = hits(3)
    found = gather([("dams", [first, second]), ("harvest", [second, third])], one, budget=1000)
    assert found.sides == ((1, 2), (2, 3))
    assert len(found) == 3


def test_the_budget_holds_but_one_passage_always_stays() -> None:
    assert len(gather([("dams", hits(5))], one, budget=30)) == 2
    assert len(gather([("dams", hits(5))], one, budget=1)) == 1


def test_more_of_the_question_is_more_probable() -> None:
    about = enough("Which dams broke near Petropavl?", hits(1), one)
    other = enough("Who won the 1998 World Cup in France?", hits(1), one)
    assert about > 0.5 > other
    assert enough("anything", [], one) == 0.0


def test_names_and_numbers_of_a_question() -> None:
    assert names_of("Did Vučić sign in 2024?") == ["Vučić", "2024"]
    assert names_of("What broke?") == []


def test_of_a_short_topic_every_word_counts() -> None:
    hits = [Hit(passage(article("The rover on Mars sent pictures of the dunes.")), 1.0, dense=0.3)]
    assert told_of("Mars", hits, one) > 0.5
    assert told_of("unicorns on Mars", hits, lambda word: 2 * one(word) if word == "unicorns" else one(word)) < 0.25
