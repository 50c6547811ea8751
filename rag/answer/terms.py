"""A sentence as terms that can be compared: words by their roots, figures and days by their values.

    [t.root for t in terms("Thirty-eight people died on Nov. 19.")]  ->  ["#38", "people", "die", "on", "@11-19"]

Equal are 589 billion and 589bn, 5 561 937 and 5,561,937, 63,66 and 63.66, "five percent" and 5 %, 6 октября and Oct. 6.
A year is a figure. A weekday is a term of its own: only the passage's date can say which day it was.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from rag.answer.meaning import sense
from rag.answer.numbers import MONTHS, Number, numbered, numbers
from rag.speech.words import word_set
from rag.store.fulltext import STOP_WORDS
from rag.text import fold, stem

TermKind = Literal["word", "small", "name", "figure", "day", "weekday"]


@dataclass(frozen=True, slots=True)
class Term:
    """`root` is what is compared, `sense` what stands for it and its synonyms; `clause` counts from 0; `negated` is
    whether a word like "not" reaches it."""

    text: str
    root: str
    sense: str
    kind: TermKind
    clause: int = 0
    negated: bool = False

    @property
    def hard(self) -> bool:
        """Whether another value in its place makes another statement."""
        return self.kind in ("name", "figure", "day", "weekday")

    @property
    def content(self) -> bool:
        return self.kind != "small"


_WEEKDAYS = numbered(
    "monday понедельник ponedeljak|tuesday вторник utorak|wednesday среду среда sredu|thursday четверг cetvrtak|"
    "friday пятницу пятница petak|saturday субботу суббота subotu|sunday воскресенье nedelju"
)
_TITLES = word_set(
    "mr mrs ms dr president prime minister deputy governor archbishop general secretary chancellor king queen "
    "prince professor senator mayor chairman chief interior foreign finance transport defence the a an in on "
    "at of for and but when after before he she it they we i his her its their this that these those there no "
    "not if as by from with to some one both neither nobody"
)
_TOKEN = re.compile(
    r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)|(?P<clock>\b\d{1,2}:\d{2}\b)"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<stop>[,;:()—–]|\.(?=\s|$))"
)
_NEGATORS = word_set(
    "not never no nobody none neither nor without hardly cannot denies deny denied refused refuses failed "
    "fails не нет ни без nije nisu ne nema nikad емес жок"
)
_PERCENT = word_set("percent per cent процента процентов odsto")  # as often written %, which is no word
_DAY = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_REACH = 5  # terms that a negator reaches, within its clause
_ENDS = word_set("and but while although because so и но ali және")


@lru_cache(maxsize=4096)
def terms(text: str) -> tuple[Term, ...]:
    """The terms of a sentence, in order."""
    return tuple(_reached(_joined(list(_raw(text)))))


@dataclass(frozen=True, slots=True)
class _Raw:
    text: str
    folded: str
    value: float | None
    capital: bool
    first: bool
    clause: int
    conditional: bool = False
    day: str = ""


def _raw(text: str) -> Iterator[_Raw]:
    clause, first, conditional = 0, True, False
    for found in _tokens(text):
        if isinstance(found, Number):
            written = text[found.start : found.end]
            yield _Raw(written, fold(written), found.value, False, first, clause)
            first = False
            continue
        kind, told = str(found.lastgroup), found.group()
        if kind == "stop":
            clause, conditional = clause + 1, False
            continue
        folded = fold(told).removesuffix("'s")
        told = told[: len(folded)]
        if kind == "iso":
            yield _Raw(told, folded, float(told[:4]), False, first, clause)
            yield _Raw(told, folded, None, False, False, clause, day=told[5:])
        elif kind == "clock":
            yield _Raw(told, folded.lstrip("0"), None, False, first, clause, day=folded.lstrip("0"))
        elif folded:
            yield _Raw(told, folded, None, told[0].isupper(), first, clause, conditional)
        first, conditional = False, conditional or folded == "if"


def _tokens(text: str) -> Iterator[Number | re.Match[str]]:
    """The numbers of a text and what stands between them; a day or an hour in figures is none."""
    told = [m for m in _TOKEN.finditer(text) if m.lastgroup in ("iso", "clock")]
    found = [n for n in numbers(text) if not any(m.start() < n.end and n.start < m.end() for m in told)]
    at = 0
    for number in found:
        yield from _TOKEN.finditer(text, at, number.start)
        yield number
        at = number.end
    yield from _TOKEN.finditer(text, at)


def _joined(raw: list[_Raw]) -> Iterator[tuple[Term, bool]]:
    """Terms and whether each stands behind "if", with "19 November" made one."""
    i = 0
    while i < len(raw):
        one = raw[i]
        after = raw[i + 1] if i + 1 < len(raw) else None
        if one.day:
            yield _term(one, "day", "@" + one.day), False
        elif one.folded in MONTHS and after is not None and _is_day(after) and one.text[0].isupper():
            yield _term(one, "day", f"@{MONTHS[one.folded]:02}-{int(after.value or 0):02}"), False
            i += 1
        elif after is not None and _is_day(one) and after.folded in MONTHS:
            yield _term(one, "day", f"@{MONTHS[after.folded]:02}-{int(one.value or 0):02}"), False
            i += 1
        elif one.value is not None:
            yield _term(one, "figure", f"#{one.value:.12g}"), False
        else:
            yield _plain(one, after), one.conditional
        i += 1


def _is_day(one: _Raw) -> bool:
    return one.value is not None and _DAY.fullmatch(one.folded) is not None and 1 <= one.value <= 31


def _plain(one: _Raw, after: _Raw | None) -> Term:
    if one.folded in _WEEKDAYS:
        return _term(one, "weekday", f"~{_WEEKDAYS[one.folded]}")
    if one.folded in _NEGATORS or one.folded.endswith("n't"):
        return Term(one.text, "not", "not", "small", one.clause)
    begins_name = not one.first or (after is not None and after.capital and after.folded not in _TITLES)
    if one.capital and begins_name and one.folded not in _TITLES and len(one.folded) > 1 and one.folded not in MONTHS:
        return _term(one, "name", stem(one.folded))
    root = stem(one.folded)
    small = one.folded in STOP_WORDS or one.folded in _PERCENT or len(one.folded) < 2
    return Term(one.text, root, root if small else sense(one.folded), "small" if small else "word", one.clause)


def _term(one: _Raw, kind: TermKind, root: str) -> Term:
    return Term(one.text, root, root, kind, one.clause)


def _reached(found: Iterator[tuple[Term, bool]]) -> Iterator[Term]:
    """With what a negator reaches marked; "no other", "not only" and "if not" deny nothing."""
    pairs = list(found)
    left, clause = 0, -1
    for i, (term, conditional) in enumerate(pairs):
        following = pairs[i + 1][0].text.casefold() if i + 1 < len(pairs) else ""
        if term.root == "not":
            left, clause = (0, -1) if conditional or following in ("other", "only") else (_REACH, term.clause)
            yield term
            continue
        left = 0 if term.text.casefold() in _ENDS else left
        reached = left > 0 and term.clause == clause
        yield replace(term, negated=True) if reached else term
        left -= 1


def days_of(term: Term, published: dt.date | None) -> frozenset[str]:
    """The days that a weekday may mean in an article of that date: the last and the next one, as "@11-19"."""
    if published is None or term.kind != "weekday":
        return frozenset()
    back = (published.isoweekday() - int(term.root[1:])) % 7
    days = (published - dt.timedelta(back), published + dt.timedelta(7 - back))
    return frozenset(f"@{d:%m-%d}" for d in days)


def weekday_of(term: Term, years: Sequence[int]) -> frozenset[str]:
    """The weekdays that a day had in these years, as "~5"."""
    if term.kind != "day" or ":" in term.root:
        return frozenset()
    month, day = (int(n) for n in term.root[1:].split("-"))
    found = set()
    for year in years:
        try:
            found.add(f"~{dt.date(year, month, day).isoweekday()}")
        except ValueError:  # 29 February of another year
            continue
    return frozenset(found)
