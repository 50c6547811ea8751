"""The numbers of a text, in figures or in words, by their values; and the names of the months.

    numbers("Thirty-eight people; $1.2bn; two hundred and fifty; 5 561 937")
    ->  [Number(38.0, 0, 12, "words"), Number(1.2e9, 22, 27, "figures"), Number(250.0, …), Number(5561937.0, …)]

English, and Russian and Serbian words of scale. "1.234" is read as English writes it; "1.234,5" can only be 1234.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rag.speech.words import word_set
from rag.text import fold

NumberKind = Literal["figures", "words", "ordinal", "scale", "code"]


@dataclass(frozen=True, slots=True)
class Number:
    """text[start:end] as a value; a sign of currency is outside.

    "ordinal": "third", "21st", "twice". "scale": "million" with nothing before it. "code": no number, as "19.11.2024".
    """

    value: float
    start: int
    end: int
    kind: NumberKind


def numbered(names: str) -> dict[str, int]:
    """numbered("one|two два") -> {"one": 1, "two": 2, "два": 2}."""
    return {name: i for i, group in enumerate(names.split("|"), 1) for name in group.split() if name != "-"}


MONTHS = numbered(
    "january jan января январе januara|february feb февраля феврале februara|march mar марта марте marta|"
    "april apr апреля апреле aprila|may мая мае maja|june jun июня июне juna|july jul июля июле jula|"
    "august aug августа августе avgusta|september sep sept сентября сентябре septembra|"
    "october oct октября октябре oktobra|november nov ноября ноябре novembra|december dec декабря декабре decembra"
)
_SCALES = {
    10**2: "hundred",
    10**3: "thousand k тыс тысяч тысячи тысяча hiljada hiljade хиљада хиљаде",
    10**6: "million millions mn m миллион миллиона миллионов млн milion miliona милион милиона",
    10
    ** 9: "billion billions bn миллиард миллиарда миллиардов млрд milijarda milijarde milijardi милијарда милијарде милијарди",
    10**12: "trillion trillions tn триллион триллиона триллионов трлн",
}
SCALES = {name: scale for scale, names in _SCALES.items() for name in names.split()}
UNITS = numbered(
    "one один|two два две|three три|four четыре|five пять|six шесть|seven семь|eight восемь|nine девять|ten десять|"
    "eleven одиннадцать|twelve двенадцать|thirteen тринадцать|fourteen четырнадцать|fifteen пятнадцать|"
    "sixteen шестнадцать|seventeen семнадцать|eighteen восемнадцать|nineteen девятнадцать"
) | {"zero": 0, "ноль": 0}
TENS = {
    name: ten * 10
    for name, ten in numbered(
        "-|twenty двадцать|thirty тридцать|forty сорок|fifty пятьдесят|sixty шестьдесят|seventy семьдесят|"
        "eighty восемьдесят|ninety девяносто"
    ).items()
}
_ORDINALS = numbered(
    "-|second double doubled doubles twice|third triple tripled triples|fourth|fifth|sixth|seventh|eighth|ninth|tenth|"
    "eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth"
)
_LAST = numbered("first|second|third|fourth|fifth|sixth|seventh|eighth|ninth")  # behind tens: "twenty-first"
_PRONOUNS = word_set("one один")  # figures only before a scale: "one million"
_LENGTHS = word_set("m k")  # scales only where they touch the figure, or behind a currency: "5 m" is a length
_SHORTENED = word_set("тыс млн млрд трлн")  # often with a dot: "5 млрд. тенге"
_ALONE = word_set("hundred thousand million billion")
_CURRENCY = "$€£₸₽¥₺"

_PART = re.compile(
    r"(?P<figure>(?<![\d.,])\d{1,3}(?:, ?\d{3})+(?!,?\d)(?:\.\d+)?|(?<![\d.,])\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d.,]*\d)"
    r"|\d+(?:[.,]\d+)*)(?:(?P<scale>bn|tn|mn|m|k)\b|(?P<nth>st|nd|rd|th)\b)?|(?P<word>[^\W\d_]+)",
    re.IGNORECASE,
)
_JOIN = re.compile(r"\s+|[-‐‑]")
_AND = re.compile(r"\s+and\s+")
_DOT = re.compile(r"\.\s+(?=[^\W\d_A-ZА-ЯЁ])")
_HALF = re.compile(r"[\s-]and[\s-]a[\s-]half\b", re.IGNORECASE)
_HALF_A = re.compile(r"half a (million|billion)\b", re.IGNORECASE)


def numbers(text: str) -> list[Number]:
    """In the order of the text."""
    return list(_Reader(text).read())


@dataclass(frozen=True, slots=True)
class _Part:
    folded: str  # a word; "" for figures
    match: re.Match[str]


class _Reader:
    """Reads numbers off the parts (figures and words) of one text; `i` counts parts."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parts: Sequence[_Part] = [_Part(fold(m.group("word") or ""), m) for m in _split(text)]

    def read(self) -> Iterator[Number]:
        i = 0
        while i < len(self.parts):
            start = self.parts[i].match.start()
            found = self._half(i) or (self._spelled(i) if self.parts[i].folded else self._figure(i))
            if found is None:
                i += 1
                continue
            value, last, kind = found
            end = self.parts[last].match.end()
            if self.parts[last].folded in _SHORTENED and _DOT.match(self.text, end):
                end += 1
            yield Number(value, start, end, kind)
            i = last + 1

    def _figure(self, i: int) -> tuple[float, int, NumberKind]:
        match = self.parts[i].match
        value, kind = _value(match.group("figure"))
        if match.group("nth"):
            return value, i, "ordinal"
        if match.group("scale"):
            value *= SCALES[match.group("scale").lower()]
        money = self.text[: match.start()].endswith(tuple(_CURRENCY))
        while scale := self._scale(i, money):
            value, i = value * scale, i + 1
        return round(value, 6), i, kind  # 1.2 * 1e9 is a whole number

    def _half(self, i: int) -> tuple[float, int, NumberKind] | None:
        match = _HALF_A.match(self.text, self.parts[i].match.start()) if self.parts[i].folded == "half" else None
        return (SCALES[match.group(1).lower()] / 2, i + 2, "words") if match else None

    def _spelled(self, i: int) -> tuple[float, int, NumberKind] | None:
        """ "two hundred and fifty thousand" -> 250000."""
        word = self.parts[i].folded
        if word in _ORDINALS:
            return float(_ORDINALS[word]), i, "ordinal"
        if word in TENS and self._joined(i) and self.parts[i + 1].folded in _LAST:
            return float(TENS[word] + _LAST[self.parts[i + 1].folded]), i + 1, "ordinal"
        kind: NumberKind = "words"
        if word in _ALONE:
            kind = "words" if i and self.parts[i - 1].folded == "a" else "scale"
            group, last = 1.0, i - 1
        else:
            small = self._small(i)
            if small is None:
                return None
            group, last = small
            if self._halved(last):
                group, last = group + 0.5, last + 3
            if word in _PRONOUNS and last == i and not self._scale(i):
                return None
        total, below = 0.0, float("inf")
        while True:
            scale = SCALES[self.parts[last + 1].folded] if last < i else self._scale(last)
            if scale == 100:
                group, last = self._rest(group * 100, last + 1)
                continue
            if not scale or scale >= below:
                break
            total, group, below, last = total + group * scale, 0.0, float(scale), last + 1
            more = self._after(last)
            if more is None or not self._fits(more[1], below):
                break
            group, last = more
        return total + group, last, kind

    def _rest(self, hundreds: float, last: int) -> tuple[float, int]:
        """With what follows "two hundred": "and fifty", but not the "two" of "and two hundred"."""
        more = self._after(last)
        if more is None or self._scale(more[1]) == 100:
            return hundreds, last
        return hundreds + more[0], more[1]

    def _fits(self, last: int, below: float) -> bool:
        """Whether no scale follows that is as large as the one before."""
        return self._scale(last) < below

    def _after(self, last: int) -> tuple[float, int] | None:
        """A small number behind the scale at `last`, with or without "and"."""
        if last + 2 < len(self.parts) and self._between(last, last + 2, _AND):
            return self._small(last + 2)
        return self._small(last + 1) if self._joined(last) else None

    def _small(self, i: int) -> tuple[float, int] | None:
        """Below a hundred: "thirty-eight", "thirty", "eight"."""
        word = self.parts[i].folded
        if word in TENS:
            unit = UNITS.get(self.parts[i + 1].folded, 0) if self._joined(i) else 0
            return (float(TENS[word] + unit), i + 1) if 0 < unit < 10 else (float(TENS[word]), i)
        return (float(UNITS[word]), i) if word in UNITS else None

    def _scale(self, i: int, money: bool = False) -> int:
        """The scale that follows, or 0."""
        if not self._joined(i) or (self.parts[i + 1].folded in _LENGTHS and not money):
            return 0
        return SCALES.get(self.parts[i + 1].folded, 0)

    def _halved(self, i: int) -> bool:
        return _HALF.match(self.text, self.parts[i].match.end()) is not None

    def _joined(self, i: int) -> bool:
        return i + 1 < len(self.parts) and self._between(i, i + 1, _JOIN)

    def _between(self, i: int, j: int, pattern: re.Pattern[str]) -> bool:
        gap = self.text[self.parts[i].match.end() : self.parts[j].match.start()]
        return pattern.fullmatch(gap) is not None


def _split(text: str) -> Iterator[re.Match[str]]:
    """Figures and words; "May 3, 500 people" has two figures."""
    at, month = 0, False
    while (match := _PART.search(text, at)) is not None:
        if month and (match.group("figure") or "").count(", ") == 1:
            match = _PART.search(text[: match.start() + match.group("figure").index(",")], match.start()) or match
        yield match
        at, month = match.end(), fold(match.group("word") or "") in MONTHS


def _value(figure: str) -> tuple[float, NumberKind]:
    """ "5 561 937" -> 5561937, "63,66" -> 63.66, "117,000" -> 117000, "1.234.567" -> 1234567, "2.5" -> 2.5."""
    plain = re.sub(r"\s", "", figure)
    if re.fullmatch(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?", plain):
        return float(plain.replace(",", "")), "figures"
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d+", plain):
        return float(plain.replace(".", "").replace(",", ".")), "figures"
    whole, *rest = re.split(r"[.,]", plain)
    return float(f"{whole}.{''.join(rest)}" if rest else whole), "code" if len(rest) > 1 else "figures"
