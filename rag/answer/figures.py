"""The figures and days of a sentence, as values that can be compared, with what they count.

    figures("At least 1.5 million euros were paid on 3 May.")
    ->  [Figure("number", 1500000.0, unit="euro", least=True, …), Figure("date", (None, 5, 3), …)]

English, and Russian words of scale and month; a number without a unit counts where "of" or "was" leads it, and else only
to agree with another ("killed two people and injured nine").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rag.answer.numbers import MONTHS, Number, numbers
from rag.speech.words import word_set
from rag.text import fold, stem

Day = tuple[int | None, int | None, int | None]  # year, month, day of the month, as far as they are told

ABOUT = word_set("about around some nearly almost roughly approximately estimated примерно около почти")
_SIGNS = {"$": "dollar", "€": "euro", "£": "pound", "%": "percent", "₸": "tenge"}
_UNITS = {
    "percentage": "percent",
    "процента": "percent",
    "процентов": "percent",
    "person": "people",
    "человека": "человек",
}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY = re.compile(
    rf"\b(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_MONTH})\b|(?P<month2>{_MONTH})\b\.?(?:\s+(?P<day2>\d{{1,2}})\b(?!\s*[%\d]))?)"
    r"(?:,?\s+(?P<year>(?:1[0-9]|20)\d{2})\b)?|\b(?P<only>(?:1[0-9]|20)\d{2})\b(?!\s*(?:percent|people|%))",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:of|was|reached|hit|(?:rose|risen|rising|climbed|grew|grown|raised|increased|up|fell|dropped|cut) to|(?:stood|stands) at|"
    r"составил\w*)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s*(%|[^\W\d_][\w’'-]*)")
_LEAST = re.compile(r"\b(?:at least|more than|over|not less than|не менее|более)\s*$", re.IGNORECASE)
_AHEAD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Figure:
    """sentence[start:end] as a value: a number of `unit`, or a day. `about` and `least`: it is only so near."""

    kind: Literal["number", "date"]
    number: float
    day: Day
    unit: str
    start: int
    end: int
    about: bool = False
    least: bool = False
    counted: str = ""  # the unit as the sentence has it
    bare: bool = False  # without a unit

    def agrees(self, other: Figure) -> bool:
        """Whether both may be said of one thing."""
        if self.kind == "date":
            return all(a is None or b is None or a == b for a, b in zip(self.day, other.day, strict=True))
        low, high = sorted((self, other), key=lambda f: f.number)
        if low.number == high.number or (low.least and high.number <= 1.1 * low.number):
            return True
        near = 0.05 if self.about or other.about else 0.004  # "about 64" agrees with 63.87, and 1.5 with 1.50
        return high.number - low.number <= near * high.number

    def near(self, other: Figure) -> bool:
        """Whether they differ by so little, and so loosely, that they only may differ."""
        if self.kind == "date":
            return False
        loose = self.about or other.about or self.least or other.least
        return loose and abs(self.number - other.number) <= 0.2 * max(self.number, other.number)


def figures(sentence: str) -> list[Figure]:
    """In the order of the sentence."""
    days = list(_days(sentence))
    taken = [(f.start, f.end) for f in days]
    numbers = [n for n in _numbers(sentence) if not any(s < n.end and n.start < e for s, e in taken)]
    return sorted([*days, *numbers], key=lambda f: f.start)


def _days(sentence: str) -> Iterator[Figure]:
    for m in _DAY.finditer(sentence):
        month = m.group("month") or m.group("month2")
        day = m.group("day") or m.group("day2")
        year = m.group("year") or m.group("only")
        if month is not None and day is None and year is None and month.lower() in ("may", "mar", "sep", "march"):
            continue  # "may" is a verb far more often
        if month is not None and not month[0].isupper() and month.isascii():
            continue
        if m.group("only") and _UNIT.match(sentence, m.end()) and not _is_year(sentence, m.start()):
            continue
        when = (int(year) if year else None, MONTHS[month.lower()] if month else None, int(day) if day else None)
        yield Figure("date", 0.0, when, "", m.start(), m.end())


def _is_year(sentence: str, start: int) -> bool:
    """Whether a year's words lead four digits: "in 1993", "since 2008", "by 2032"."""
    before = _AHEAD.findall(sentence[:start])
    return bool(before) and before[-1].lower() in (
        "in",
        "since",
        "by",
        "until",
        "of",
        "from",
        "в",
        "до",
        "с",
        "года",
        "to",
    )


def _numbers(sentence: str) -> Iterator[Figure]:
    for number in numbers(sentence):
        start, end = number.start, number.end
        if number.kind not in ("figures", "words") or _glued(sentence, number):
            continue  # "in the second", "millions of", "G7"
        sign = _SIGNS.get(sentence[start - 1 : start], "")
        start -= bool(sign)
        before = sentence[:start]
        behind = _UNIT.match(sentence, end)
        unit = sign or _unit(behind)
        last = [w.lower() for w in _AHEAD.findall(before)[-2:]]
        yield Figure(
            "number", number.value, (None, None, None), unit, start, end, about=bool(ABOUT & set(last)),
            least=_LEAST.search(before) is not None, counted=behind.group(1) if behind and unit else "",
            bare=not unit and _LEADS.search(before) is None,
        )  # fmt: skip


def _glued(sentence: str, number: Number) -> bool:
    """Whether it is a part of a name or of a word: "G7", "737s"."""
    around = sentence[max(0, number.start - 1) : number.start] + sentence[number.end : number.end + 1]
    return any(c.isalpha() for c in around)


def _unit(m: re.Match[str] | None) -> str:
    """What is counted: the word behind the number, in one form."""
    if m is None:
        return ""
    word = fold(m.group(1))
    if word in _SIGNS:
        return _SIGNS[word]
    if word in _NO_UNIT:
        return ""
    found = _UNITS.get(word, word)
    return found if found in _UNITS.values() else unit_stem(found)


_NO_UNIT = word_set(
    "in on at of from to by and or as for with after before late early the a an when while who which that was were is has "
    "had have will more other в на и из за от до по при"
)


def unit_stem(word: str) -> str:
    return word[:5] if ord(word[0]) >= 0x400 else stem(word)
