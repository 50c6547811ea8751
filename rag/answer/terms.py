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


def _numbered(names: str) -> dict[str, int]:
    return {name: i for i, group in enumerate(names.split("|"), 1) for name in group.split()}


def word_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_MONTHS = _numbered(
    "january jan января januara|february feb февраля februara|march mar марта marta|april apr апреля aprila|"
    "may мая maja|june jun июня juna|july jul июля jula|august aug августа avgusta|"
    "september sep sept сентября septembra|october oct октября oktobra|november nov ноября novembra|"
    "december dec декабря decembra"
)
_WEEKDAYS = _numbered(
    "monday понедельник ponedeljak|tuesday вторник utorak|wednesday среду среда sredu|thursday четверг cetvrtak|"
    "friday пятницу пятница petak|saturday субботу суббота subotu|sunday воскресенье nedelju"
)
_UNITS = _numbered(
    "one|two twice два две|three три|four четыре|five пять|six шесть|seven семь|eight восемь|nine девять|ten десять|"
    "eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
)
_ORDINALS = _numbered(
    "-|second double doubled doubles|third triple tripled triples|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|"
    "sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
)
_TENS = {
    name: ten * 10
    for name, ten in zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(2, 10), strict=True
    )
}
_SCALES = {
    "hundred": 100, "thousand": 1_000, "k": 1_000, "тысяч": 1_000, "тысячи": 1_000, "hiljada": 1_000,
    "million": 10**6, "millions": 10**6, "mn": 10**6, "m": 10**6, "миллион": 10**6, "миллиона": 10**6,
    "миллионов": 10**6, "млн": 10**6, "billion": 10**9, "bn": 10**9, "миллиард": 10**9, "миллиарда": 10**9,
    "миллиардов": 10**9, "млрд": 10**9, "trillion": 10**12, "tn": 10**12,
}  # fmt: skip
_SHORT = {"m", "k", "mn", "bn", "tn"}  # scales that count only where they touch the figure: "5 m" is a length
_TITLES = word_set(
    "mr mrs ms dr president prime minister deputy governor archbishop general secretary chancellor king queen "
    "prince professor senator mayor chairman chief interior foreign finance transport defence the a an in on "
    "at of for and but when after before he she it they we i his her its their this that these those there no "
    "not if as by from with to some one both neither nobody"
)
_TOKEN = re.compile(
    r"(?P<iso>\b\d{4}-\d{2}-\d{2}\b)|(?P<clock>\b\d{1,2}:\d{2}\b)"
    r"|(?P<figure>(?<![\d.,])\d{1,3}(?:, ?\d{3})+(?![\d,]*\d)|\d{1,3}(?:[   ]\d{3})+(?![\d.,]*\d)|\d+(?:[.,]\d+)*)(?P<scale>(?:bn|tn|mn|m|k)\b)?"
    r"|(?P<word>[^\W\d_]+(?:['’][^\W\d_]+)*)|(?P<stop>[,;:()—–]|\.(?=\s|$))"
)
_NEGATORS = word_set(
    "not never no nobody none neither nor without hardly cannot denies deny denied refused refuses failed "
    "fails не нет ни без nije nisu ne nema nikad емес жок"
)
_PERCENT = word_set("percent per cent процента процентов odsto")  # as often written %, which is no word
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
    for match in _TOKEN.finditer(text):
        kind, found = str(match.lastgroup), match.group()
        if kind == "stop":
            clause, conditional = clause + 1, False
            continue
        folded = fold(found).removesuffix("'s")
        found = found[: len(folded)]
        if kind == "iso":
            yield _Raw(found, folded, float(found[:4]), False, first, clause)
            yield _Raw(found, folded, None, False, False, clause, day=found[5:])
        elif kind == "clock":
            yield _Raw(found, folded.lstrip("0"), None, False, first, clause, day=folded.lstrip("0"))
        elif match.group("figure"):
            value = _value(match.group("figure")) * _SCALES.get(match.group("scale") or "", 1)
            yield _Raw(found, folded, value, False, first, clause)
        elif folded:
            yield _Raw(found, folded, _spelled(folded), found[0].isupper(), first, clause, conditional)
        first, conditional = False, conditional or folded == "if"


def _value(figure: str) -> float:
    """ "5 561 937" -> 5561937, "63,66" -> 63.66, "117,000" -> 117000, "2.5" -> 2.5."""
    plain = re.sub(r"\s", "", figure)
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain):
        return float(plain.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}", plain):
        return float(plain.replace(".", ""))
    whole, *rest = re.split(r"[.,]", plain)
    return float(f"{whole}.{''.join(rest)}" if rest else whole)


def _spelled(word: str) -> float | None:
    if word == "one":  # it is a pronoun more often than a figure
        return None
    found = _UNITS.get(word) or _ORDINALS.get(word) or _TENS.get(word)
    return float(found) if found else None


def _joined(raw: list[_Raw]) -> Iterator[tuple[Term, bool]]:
    """Terms and whether each stands behind "if", with "thirty eight", "2.5 million" and "19 November" made one."""
    i = 0
    while i < len(raw):
        one = raw[i]
        after = raw[i + 1] if i + 1 < len(raw) else None
        if one.day:
            yield _term(one, "day", "@" + one.day), False
        elif one.folded in _MONTHS and after is not None and _is_day(after) and one.text[0].isupper():
            yield _term(one, "day", f"@{_MONTHS[one.folded]:02}-{int(after.value or 0):02}"), False
            i += 1
        elif after is not None and _is_day(one) and after.folded in _MONTHS:
            yield _term(one, "day", f"@{_MONTHS[after.folded]:02}-{int(one.value or 0):02}"), False
            i += 1
        elif one.value is not None or one.folded in ("hundred", "thousand", "million", "billion"):
            value, i = _sum(raw, i)
            yield _term(one, "figure", f"#{value:.12g}"), False
        else:
            yield _plain(one, after), one.conditional
        i += 1


def _sum(raw: list[_Raw], i: int) -> tuple[float, int]:
    """The figure that begins at `i`, and where it ends."""
    value = raw[i].value if raw[i].value is not None else 1.0
    assert value is not None
    if raw[i].value is None:
        value = float(_SCALES[raw[i].folded])
    if raw[i].folded in _TENS and i + 1 < len(raw) and 0 < (raw[i + 1].value or 0) < 10 and raw[i + 1].text.isalpha():
        value, i = value + (raw[i + 1].value or 0), i + 1
    while i + 1 < len(raw) and raw[i + 1].folded in _SCALES and raw[i + 1].folded not in _SHORT:
        value, i = value * _SCALES[raw[i + 1].folded], i + 1
    return value, i


def _is_day(one: _Raw) -> bool:
    return one.value is not None and one.text.isdigit() and 1 <= one.value <= 31


def _plain(one: _Raw, after: _Raw | None) -> Term:
    if one.folded in _WEEKDAYS:
        return _term(one, "weekday", f"~{_WEEKDAYS[one.folded]}")
    if one.folded in _NEGATORS or one.folded.endswith("n't"):
        return Term(one.text, "not", "not", "small", one.clause)
    begins_name = not one.first or (after is not None and after.capital and after.folded not in _TITLES)
    if one.capital and begins_name and one.folded not in _TITLES and len(one.folded) > 1 and one.folded not in _MONTHS:
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
