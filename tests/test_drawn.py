"""Bars and lines of days as numbers, before any face draws them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from rag.drawn import line_of_days, shares
from rag.types import Table

COUNTS = Table("By month", ("month", "articles"), (("2024-03", 0), ("2024-04", 3), ("2024-05", 12)), chart="bars")
DAYS = Table("Timeline", ("date", "what"), (("2024-11-01", "a"), ("no date", "b"), ("2024-11-05", "c"), ("2024-11-02", "d")),
             chart="days")  # fmt: skip


def test_the_longest_bar_is_one_and_none_is_drawn_where_none_is_asked_for() -> None:
    assert shares(COUNTS) == [0.0, 0.25, 1.0]
    assert shares(replace(COUNTS, rows=(("2024-03", 0),))) == [0.0]
    assert shares(DAYS) == [None] * 4


def test_days_stand_between_the_first_and_the_last() -> None:
    assert line_of_days(DAYS) == ([0.0, None, 1.0, 0.25], dt.date(2024, 11, 1), dt.date(2024, 11, 5))


def test_one_day_or_none_makes_no_line() -> None:
    assert line_of_days(COUNTS) is None
    assert line_of_days(replace(DAYS, rows=DAYS.rows[:2])) is None
    assert line_of_days(replace(DAYS, rows=())) is None
