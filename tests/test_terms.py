"""Laws of terms: what is written in two ways and means one value has one root."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.answer.terms import days_of, terms, weekday_of


def roots(text: str) -> list[str]:
    return [t.root for t in terms(text)]


@pytest.mark.parametrize(
    ("texts", "root"),
    [
        (("589 billion", "$589bn", "589,000,000,000"), "#589000000000"),
        (("5 561 937", "5,561,937", "5, 561, 937"), "#5561937"),
        (("63,66", "63.66"), "#63.66"),
        (("38", "thirty-eight", "Thirty eight"), "#38"),
        (("119 тысяч", "119,000", "119 thousand"), "#119000"),
        (("5,5 миллиона", "5.5 million"), "#5500000"),
        (("fourth", "four"), "#4"),
        (("19 November", "Nov. 19", "November 19", "19 ноября", "2024-11-19"), "@11-19"),
    ],
)
def test_one_value_has_one_root(texts: tuple[str, ...], root: str) -> None:
    for text in texts:
        assert root in roots(text), text


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("The bank did not lower rates, and growth slowed.", {"lower", "rates"}),
        ("They saw no recession coming.", {"recession", "coming"}),
        ("No other bank lowered rates.", set()),
        ("If they do not wake, they stay.", set()),
    ],
)
def test_a_denial_reaches_its_clause(text: str, denied: set[str]) -> None:
    assert {t.text for t in terms(text) if t.negated and t.content} == denied


def test_a_weekday_is_a_day_only_by_the_articles_date() -> None:
    (tuesday,) = (t for t in terms("on Tuesday") if t.kind == "weekday")
    assert days_of(tuesday, dt.date(2024, 11, 20)) == {"@11-19", "@11-26"}
    assert days_of(tuesday, None) == set()
    (day,) = terms("2 August")
    assert weekday_of(day, [2024]) == {"~5"}
