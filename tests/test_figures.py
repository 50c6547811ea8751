"""Figures and days as values: whatever way they are written."""

from __future__ import annotations

import pytest

from rag.answer.figures import figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13 people died", "Thirteen people died"),
        ("1.5 billion euros", "1,500 million euros"),
        ("63.87 percent", "about 64 percent"),
        ("more than 500 employees", "505 employees"),
        ("on 3 May 2024", "on May 3"),
        ("in April 2025 it begins", "on 4 April 2025"),
        ("$45 million", "45 million dollars"),
        ("16 человек", "шестнадцать человек"),
    ],
)
def test_these_agree(one: str, other: str) -> None:
    (a,), (b,) = figures(one), figures(other)
    assert a.kind == b.kind
    assert a.agrees(b)
    assert b.agrees(a)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("13 people died", "14 people died"),
        ("on 3 May", "on 17 May"),
        ("in 1163", "in 1160"),
        ("90 млрд тенге", "120 млрд тенге"),
        ("more than 500 employees", "700 employees"),
    ],
)
def test_these_do_not(one: str, other: str) -> None:
    (a,), (b,) = figures(one), figures(other)
    assert (a.kind, a.unit) == (b.kind, b.unit)
    assert not a.agrees(b)


def test_what_is_no_figure_and_what_is_bare() -> None:
    assert figures("He may come in the morning.") == []
    two, nine = figures("The fire killed two people and injured nine.")
    assert (two.number, two.bare) == (2, False)
    assert (nine.number, nine.bare) == (9, True)


def test_a_figure_stands_where_it_says() -> None:
    text = "At least 1,200 homes burned on 5 June 2024."
    assert [text[f.start : f.end] for f in figures(text)] == ["1,200", "5 June 2024"]
    assert figures(text)[0].least
