"""One period as written in a question, before the words around it are read: a match becomes its first and last day.

Weeks begin on Monday; "last week" is the calendar week, "the past week" the last seven days; seasons are the northern
ones, and winter is named by its December. A date without a year is the latest one that has begun.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rag.question.date_words import Language


@dataclass(frozen=True, slots=True)
class Point:
    """One period as written, before the words around it are read.

    `weak` needs a relation ("in May"), `far` is no news (ahead, years ago), `several` is a range ("3-9 May").
    """

    start: int
    end: int
    first: dt.date
    last: dt.date
    relative: bool = False
    weak: bool = False
    yearless: bool = False
    far: bool = False
    several: bool = False


def shift(day: dt.date, by: dt.timedelta) -> dt.date:
    try:
        return day + by
    except OverflowError:
        return day


def with_year(day: dt.date, year: int) -> dt.date:
    year = max(1, year)
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def months_from(day: dt.date, months: int) -> dt.date:
    """`day` moved by whole months, kept within the month it lands in: 31 March less one is 28 February."""
    total = min(max(12, day.year * 12 + day.month - 1 + months), 9999 * 12 + 11)
    year, month = divmod(total, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def period(day: dt.date, unit: str, offset: int = 0) -> tuple[dt.date, dt.date]:
    """The calendar unit `offset` away from the one that holds `day`: its first and last day."""
    if unit == "day":
        first = shift(day, dt.timedelta(days=offset))
        return first, first
    if unit in {"week", "weekend"}:
        monday = shift(day, dt.timedelta(days=7 * offset - day.weekday()))
        return shift(monday, dt.timedelta(days=5 if unit == "weekend" else 0)), shift(monday, dt.timedelta(days=6))
    size = {"month": 1, "quarter": 3, "season": 3, "year": 12, "decade": 120}[unit]
    month = 1 if unit in {"year", "decade"} else day.month - (day.month - 1) % size
    year = day.year - day.year % 10 if unit == "decade" else day.year
    first = months_from(dt.date(max(1, year), month, 1), size * offset)
    return first, months_from(first, size) - dt.timedelta(days=1)


def _latest(first: dt.date, last: dt.date, today: dt.date) -> tuple[dt.date, dt.date]:
    """A period without a year, moved to the latest year in which it has begun."""
    if first <= today:
        return first, last
    return with_year(first, first.year - 1), with_year(last, last.year - 1)


def _number(words: str | None, language: Language) -> int:
    if words is None:
        return 1
    return int(words) if words.isdigit() else language.numbers[" ".join(words.casefold().split())]


def _which(words: str | None, language: Language) -> int | None:
    return None if words is None else language.which[" ".join(words.casefold().split())]


def _month(groups: dict[str, str | None], language: Language) -> int:
    named = groups.get("m")
    return language.months[named.casefold().rstrip(".")] if named else int(groups.get("mm") or 0)


_SCORE = re.compile(r"\d\s*[-–]\s*\d")  # "21-13" is no range of days


def _day(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    groups = match.groupdict()
    year, day = groups.get("y"), int(groups["d"]) if groups.get("d") else _number(groups["dn"], language)
    try:
        first = dt.date(int(year or today.year), _month(groups, language), day)
        last = first.replace(day=int(groups.get("d2") or day))
    except ValueError:
        return None
    if last < first and _SCORE.search(match[0]):
        return None
    first, last = min(first, last), max(first, last)  # "between 9 and 3 November": either way round
    if year is None:
        first, last = _latest(first, last, today)
    return Point(*match.span(), first, last, yearless=year is None, several="d2" in groups)


def _holiday(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    groups = match.groupdict()
    name = " ".join(groups["holiday"].casefold().replace("’", "'").split())
    month, day = language.holidays[name]
    first = dt.date(int(groups.get("y") or today.year), month, day)
    if groups.get("y") is None:
        first, _ = _latest(first, first, today)
    return Point(*match.span(), first, first, weak=groups.get("y") is None, yearless=groups.get("y") is None)


def _numeric(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    """22.10.2023 is day first; with slashes only where one reading is possible."""
    a, b, year = int(match["d"]), int(match["mm"]), int(match["y"])
    slashes = match["sign"] == "/"
    if slashes and a <= 12 and b <= 12 and a != b:
        return None
    day, month = (b, a) if slashes and b > 12 else (a, b)
    try:
        first = dt.date(year, month, day)
    except ValueError:
        return None
    return Point(*match.span(), first, first)


def _month_point(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    groups = match.groupdict()
    offset = _which(groups.get("which"), language)
    year = int(groups.get("y") or max(1, today.year + (offset or 0)))
    first, last = period(dt.date(year, _month(groups, language), 1), "month")
    if groups.get("y") is None and offset is None:
        first, last = _latest(first, last, today)
        last = period(first, "month")[1]
        return Point(*match.span(), first, last, weak=True, yearless=True)
    return Point(*match.span(), first, last, relative=offset is not None)


def _quarter(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    groups = match.groupdict()
    number = int(groups["q"]) if groups.get("q") else _number(groups.get("n"), language)
    offset = _which(groups.get("which"), language)
    year = int(groups.get("y") or max(1, today.year + (offset or 0)))
    first, last = period(dt.date(year, 3 * number - 2, 1), "quarter")
    if groups.get("y") is None and offset is None and first > today:
        first, last = period(dt.date(max(1, year - 1), 3 * number - 2, 1), "quarter")
    return Point(*match.span(), first, last, relative=offset is not None)


def _season(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    offset = _which(match["which"], language)
    month = language.seasons[match["season"].casefold()]
    if match["y"] is None and offset is None:
        return None
    first = dt.date(int(match["y"] or today.year), month, 1)
    if match["y"] is None:
        first = with_year(first, first.year - 1) if first > today else first
        runs = today < months_from(first, 3)
        first = with_year(first, first.year - 1) if offset == -1 and runs else first
    last = months_from(first, 3) - dt.timedelta(days=1)
    return Point(*match.span(), first, last, relative=match["y"] is None)


def _decade(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    return Point(*match.span(), *period(dt.date(int(match["y"]), 1, 1), "decade"))


def _year(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    return Point(*match.span(), *period(dt.date(int(match["y"]), 1, 1), "year"), weak=True)


def _span(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    """ "the last 30 days" ends today and reaches back as many days; months and years likewise."""
    number = _number(match.groupdict().get("n"), language)
    unit = language.units[match["unit"].casefold()]
    return Point(*match.span(), _back(today, number, unit), today, relative=True)


def _back(day: dt.date, number: int, unit: str) -> dt.date:
    number = min(number, 100_000)
    if unit in {"day", "week"}:
        return shift(day, -dt.timedelta(days=number * (7 if unit == "week" else 1)))
    return months_from(day, -number * {"month": 1, "quarter": 3, "year": 12, "decade": 120}.get(unit, 1))


def _relative(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    offset = _which(match["which"], language) or 0
    first, last = period(today, language.units[match["unit"].casefold()], offset)
    return Point(*match.span(), first, max(first, min(last, today)) if offset == 0 else last, True, far=offset > 0)


def _ago(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    number, unit = _number(match.groupdict().get("n"), language), language.units[match["unit"].casefold()]
    first, last = period(_back(today, number, unit), unit)
    return Point(*match.span(), first, last, True, far=unit in {"year", "decade"})


def _weekday(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    """The named day most lately past; "last Friday" on a Friday is a week ago."""
    offset = _which(match["which"], language)
    back = (today.weekday() - language.weekdays[match["weekday"].casefold()]) % 7
    if offset == -1 and back == 0:
        back = 7
    if offset == 1:
        back -= 7
    day = shift(today, -dt.timedelta(days=back))
    return Point(*match.span(), day, day, True, weak=offset is None, yearless=offset is None, far=offset == 1)


def _word(match: re.Match[str], today: dt.date, language: Language) -> Point | None:
    offset = language.words[" ".join(match["word"].casefold().split())]
    day = shift(today, dt.timedelta(days=offset))
    return Point(*match.span(), day, day, True, far=offset >= 0)


RESOLVERS: Mapping[str, Callable[[re.Match[str], dt.date, Language], Point | None]] = {
    "day": _day,
    "days": _day,
    "holiday": _holiday,
    "numeric": _numeric,
    "month": _month_point,
    "quarter": _quarter,
    "season": _season,
    "decade": _decade,
    "year": _year,
    "span": _span,
    "relative": _relative,
    "ago": _ago,
    "weekday": _weekday,
    "word": _word,
}
