"""Laws of numbers: one value, however it is written, and where it stands; and what reads them reads the same."""

from __future__ import annotations

import pytest

from rag.answer.figures import figures
from rag.answer.numbers import numbers
from rag.answer.terms import terms


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1.2bn in all", 1_200_000_000),
        ("$1.2 billion in all", 1_200_000_000),
        ("£5 m in all", 5_000_000),
        ("Thirty-eight people", 38),
        ("thirty eight people", 38),
        ("two hundred and fifty people", 250),
        ("a hundred and fifty people", 150),
        ("two hundred and fifty thousand people", 250_000),
        ("two thousand three hundred people", 2_300),
        ("five million two hundred thousand people", 5_200_000),
        ("two and a half million people", 2_500_000),
        ("half a million people", 500_000),
        ("one million people", 1_000_000),
        ("1.234.567 people", 1_234_567),
        ("1,234,567 people", 1_234_567),
        ("1 234 567 people", 1_234_567),
        ("12,34,567 people", 1_234_567),
        ("1.234,5 tonnes", 1_234.5),
        ("63,66 percent", 63.66),
        ("1.234 percent", 1.234),
        ("5 млрд. тенге", 5_000_000_000),
        ("двадцать пять человек", 25),
        ("1.2 milijarde evra", 1_200_000_000),
    ],
)
def test_figures_and_terms_read_one_value(text: str, value: float) -> None:
    assert [n.value for n in numbers(text)] == [value]
    assert [f.number for f in figures(text)] == [value]
    assert [t.root for t in terms(text) if t.kind == "figure"] == [f"#{value:.12g}"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("one hundred and two hundred", [100, 200]),
        ("killed two, three hurt", [2, 3]),
        ("On May 3, 500 people died", [3, 500]),
        ("In 1998, 200 people", [1998, 200]),
        ("from 12,000 to 31,000", [12_000, 31_000]),
        ("one of them", []),
        ("hundreds of people", []),
    ],
)
def test_these_are_as_many_numbers(text: str, values: list[float]) -> None:
    assert [n.value for n in numbers(text)] == values


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("the twenty-first of the 21st, twice", ["ordinal", "ordinal", "ordinal"]),
        ("several million", ["scale"]),
        ("on 19.11.2024", ["code"]),
        ("a run of 5 m", ["figures"]),
    ],
)
def test_what_is_no_plain_number_says_so(text: str, kinds: list[str]) -> None:
    assert [n.kind for n in numbers(text)] == kinds


def test_a_number_stands_where_it_says() -> None:
    text = "He paid $1.2 billion, or two hundred and fifty a head, on the 21st."
    assert [text[n.start : n.end] for n in numbers(text)] == ["1.2 billion", "two hundred and fifty", "21st"]


def test_a_name_with_a_number_in_it_counts_nothing() -> None:
    assert figures("The G7 met beside the 737s.") == []
