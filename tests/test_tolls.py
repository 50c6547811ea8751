"""Tolls: a number is tied to its act by form; what is a part, a rate, a fear or a year is none."""

from __future__ import annotations

import pytest

from rag.answer.tolls import asked_act, tolls


@pytest.mark.parametrize(
    ("sentence", "act", "value", "running"),
    [
        ("At least 13 people died on Friday.", "die", "At least 13 people", False),
        ("The canopy fell and killed 15 people.", "die", "15 people", False),
        ("The number of dead reached 14 on Saturday.", "die", "14", True),
        ("The death toll in Novi Sad has risen to 15.", "die", "15", True),
        ("More than 11,000 people are now known to have died.", "die", "More than 11,000 people", True),
        ("He is the sixteenth person to lose his life.", "die", "sixteenth person", True),
        ("The letter was signed by 505 of 770 employees.", "sign", "505", False),
        ("Police arrested twenty-two people.", "arrest", "twenty-two people", False),
    ],
)
def test_a_toll_stands_where_it_says(sentence: str, act: str, value: str, running: bool) -> None:
    (toll,) = tolls(sentence, act)
    assert sentence[toll.start : toll.end] == value
    assert (toll.unit, toll.running) == ("", running)


@pytest.mark.parametrize(
    "sentence",
    [
        "Another 20 people died on Sunday.",
        "Three more people died on Sunday.",
        "The quake could have killed 20 people.",
        "All three died at the scene.",
        "There were 194 deaths per 100,000 people.",
        "His 2012 death became a cause.",
        "About 80 rescuers worked at the scene, where people died.",
    ],
)
def test_these_are_no_tolls(sentence: str) -> None:
    assert tolls(sentence, "die") == []


def test_only_a_question_of_number_asks_for_a_toll() -> None:
    assert asked_act("How many people were killed?") == "die"
    assert asked_act("Who was killed?") is None
    assert asked_act("How many articles mention Serbia?") is None
