"""Whether evidence is of the days that a question names: the right event at the wrong date is no answer.

"Who won the election in 2019?" over articles of 2024 that do not mention 2019   ->  off_days says so
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

from rag.text import fold, spelled
from rag.types import LATER, Passage, Plan

YEARS = dt.timedelta(days=366)  # a range longer than that is no date of an event

Range = tuple[dt.date, dt.date]


def off_days(plan: Plan, passages: Sequence[Passage]) -> str | None:
    """Why these passages are of other days than the question, in one sentence; None where one is of its days."""
    asked = asked_days(plan)
    if not asked or not passages:
        return None
    if all(any(is_of(days, p) for p in passages) for days in asked):
        return None
    days = " and ".join(_named(one) for one in asked)
    nearest = passages[0]
    told = spelled(nearest.date) or "an unknown day"
    return f"Nothing that was found is of {days}; the nearest passage is of {told}."


def too_early(plan: Plan, passages: Sequence[Passage]) -> str | None:
    """What of these was published before the days that the question names, in one sentence; None where nothing was."""
    days = [p.date for p in passages if p.date is not None]
    early = [day for day in days if plan.after is not None and day < plan.after]
    if plan.after is None or not early:
        return None
    if len(early) == len(days):
        return (
            f"Nothing that is cited was published since {spelled(plan.after)}; the newest is of {spelled(max(days))}."
        )
    return f"Not all that is cited was published since {spelled(plan.after)}; the oldest is of {spelled(min(days))}."


def asked_days(plan: Plan) -> tuple[Range, ...]:
    """The days that the question names for what happened; none where it is about several things, each of its own day."""
    if plan.parts:
        return ()
    named = [(d.after, d.before) for d in plan.dates if d.role == "about"]
    return tuple((first, last) for first, last in named if first and last and last - first <= YEARS)


def is_of(days: Range, passage: Passage) -> bool:
    """Whether the article appeared on these days or soon after, or its words name them."""
    first, last = days
    if passage.date is not None and first <= passage.date <= last + LATER:
        return True
    text = fold(f"{passage.title} {passage.text}")
    years = {str(first.year), str(last.year)}
    if last - first > dt.timedelta(days=31):
        return any(year in text for year in years)
    near = passage.date is not None and first <= passage.date <= last + YEARS
    month = _MONTHS[first.month - 1].search(text) is not None
    if first == last:
        day = re.search(rf"\b{first.day}(?:st|nd|rd|th)?\b", text) is not None
        return month and day and (near or any(year in text for year in years))
    return month and (near or any(year in text for year in years))


_RUSSIAN = ("январ", "феврал", "март", "апрел", "", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")


def _written(month: int) -> re.Pattern[str]:
    """How a month is written in folded text (й is и there): 11 -> november, nov., ноября; May only beside a day or "in"."""
    if month == 5:
        return re.compile(r"\b(?:in|of|since|by|until|early|late|mid)[\s-]may\b|\bmay \d|\d may\b|\bма[иеяю]м?\b")
    name = calendar.month_name[month].casefold()
    return re.compile(rf"\b(?:{name}|{name[:3]}\.|{fold(_RUSSIAN[month - 1])}\w{{0,3}}\b)")


_MONTHS = tuple(_written(month) for month in range(1, 13))


def _named(days: Range) -> str:
    first, last = days
    if first == last:
        return spelled(first)
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return f"{spelled(first)} to {spelled(last)}"
