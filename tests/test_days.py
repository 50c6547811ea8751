"""The right event at the wrong date is no answer; told soon after, or named in the text, it is one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rag.answer.days import is_of, off_days, too_early
from rag.types import Dated, Plan
from tests.passages import article, passage

VOTE = passage(article("Voters chose a new parliament on Sunday.", day="2024-11-05"))
PLAN = Plan("Who won the election in 2019?", "Who won the election in 2019?")


def year(n: int) -> tuple[dt.date, dt.date]:
    return dt.date(n, 1, 1), dt.date(n, 12, 31)


def about(*ranges: tuple[dt.date, dt.date]) -> Plan:
    return replace(PLAN, dates=tuple(Dated("in", first, last, "about") for first, last in ranges))


def day(text: str) -> tuple[dt.date, dt.date]:
    return dt.date.fromisoformat(text), dt.date.fromisoformat(text)


def test_another_year_is_told_with_the_day_that_was_found() -> None:
    said = off_days(about(year(2019)), [VOTE])
    assert said is not None
    assert "2019" in said
    assert "5 November 2024" in said


def test_the_year_itself_and_no_date_at_all_are_fine() -> None:
    assert off_days(about(year(2024)), [VOTE]) is None
    assert off_days(PLAN, [VOTE]) is None
    assert off_days(about(year(2019)), []) is None


def test_what_is_about_several_things_is_not_held_against_one_day() -> None:
    assert off_days(replace(about(year(2019)), parts=(PLAN, PLAN)), [VOTE]) is None


def test_each_of_two_dates_must_be_met() -> None:
    assert off_days(about(year(2024), year(2019)), [VOTE]) is not None


@pytest.mark.parametrize(
    ("days", "text", "told", "of"),
    [
        (day("2001-09-11"), "The attacks of 11 September 2001 are remembered.", "2024-09-12", True),
        (day("2001-09-11"), "The attacks of September 11 are remembered.", "2001-12-12", True),
        (day("2001-09-11"), "It rained in September.", "2024-09-12", False),
        (day("2024-11-01"), "The canopy fell on Friday.", "2024-11-02", True),
        (day("2024-11-01"), "The canopy fell on 1 November.", "2025-03-21", True),
        (day("2023-11-01"), "The canopy fell on 1 November.", "2025-03-21", False),
        ((dt.date(2023, 3, 1), dt.date(2023, 3, 31)), "Rates rose in March 2023.", "2024-11-02", True),
        ((dt.date(2023, 3, 1), dt.date(2023, 3, 31)), "Rates rose in March.", "2024-11-02", False),
        ((dt.date(2023, 3, 1), dt.date(2023, 3, 31)), "Ставки выросли в марте 2023 года.", "2024-11-02", True),
        ((dt.date(2023, 5, 1), dt.date(2023, 5, 31)), "Ставки выросли в мае 2023 года.", "2024-11-02", True),
    ],
)
def test_a_passage_is_of_days_by_its_own_day_or_by_its_words(
    days: tuple[dt.date, dt.date], text: str, told: str, of: bool
) -> None:
    assert is_of(days, passage(article(text, day=told))) is of


def test_what_was_published_before_the_days_is_told_with_its_own() -> None:
    early = passage(article("Votes are to be counted.", day="2024-11-01"))
    undated = replace(VOTE, date=None)
    since = replace(PLAN, after=dt.date(2024, 11, 4))
    assert too_early(since, [VOTE, undated]) is None
    assert too_early(PLAN, [early]) is None
    assert "Nothing" in (told := too_early(since, [early, undated]) or "")
    assert "since 4 November 2024" in told
    assert "1 November 2024" in told
    assert "Not all" in (too_early(since, [VOTE, early]) or "")
