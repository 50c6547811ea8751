"""Words that are dates, found in a question by a small grammar: pure, and under a millisecond.

    find("floods in articles before October 22, 2023", today=dt.date(2024, 11, 20))
    -> [Found(start=19, end=42, words="before October 22, 2023", after=None, before=2023-10-21, …)]

Ranges are inclusive: "before October 22" ends on October 21. The words are in rag.question.date_words, one table per
language; how a period is counted is in rag.question.periods.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rag.question.date_words import LANGUAGES, Language
from rag.question.periods import RESOLVERS, Point, period, shift, with_year

Role = Literal["published", "about"]

READ = 2_000  # characters of a question that are read for dates: a pasted article is not searched for them
BEFORE = 200  # characters before a date that may say what it is the date of

_OF_AN_EVENT = re.compile(
    r"\s+(?!(?:about|with|from|into|over|that|which|when|were|have|after|before|until|regarding|concerning)\b)[^\W\d_]{4,}"
)
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN_OR_DIGIT = re.compile("[a-z0-9]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A date in a question: `text[start:end] == words`, the range it means, and what it is the date of.

    `relation` is in, since, after, before, until, between or as of. `role` is "published" when the words speak of
    articles, "about" when they speak of what happened. `relative` dates are counted from today ("last week").
    """

    start: int
    end: int
    words: str
    after: dt.date | None
    before: dt.date | None
    role: Role
    relation: str
    relative: bool = False


def find(text: str, today: dt.date) -> list[Found]:
    """The dates in `text`, in its order; `today` is the day that relative dates count from. Never raises."""
    text = text[:READ]
    if _CYRILLIC.search(text):
        language = LANGUAGES["ru"]
    elif _LATIN_OR_DIGIT.search(text):
        language = LANGUAGES["en"]
    else:
        return []
    if not language.hint.search(text):
        return []
    points = _points(text, today, language)
    found: list[Found] = []
    i = 0
    while i < len(points):
        pair = _between(text, points[i : i + 2], today, language)
        if pair is not None:
            found.append(pair)
            i += 2
            continue
        one = _single(text, points[i], today, language)
        if one is not None:
            found.append(one)
        i += 1
    return found


def _points(text: str, today: dt.date, language: Language) -> list[Point]:
    """Non-overlapping periods, earlier rows first: the longer spellings stand above the shorter ones."""
    taken: list[Point] = []
    for name, pattern in language.rows:
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < p.end and p.start < end for p in taken):
                continue
            point = RESOLVERS[name](match, today, language)
            if point is not None and _stands(text, point, match, language):
                taken.append(point)
    return sorted(taken, key=lambda p: p.start)


def _stands(text: str, point: Point, match: re.Match[str], language: Language) -> bool:
    """Whether words that may be something else ("may", "march", "his last year") are a date here."""
    if point.relative and language.owned.search(text, max(0, point.start - 24), point.start):
        return False
    groups = match.groupdict()
    month = groups.get("m")
    if month is None or month.casefold().rstrip(".") not in language.shaky or groups.get("y"):
        return True
    related = language.relation.search(text, max(0, point.start - BEFORE), point.start) or language.openers.search(
        text, max(0, point.start - BEFORE), point.start
    )
    if groups.get("d") or groups.get("dn"):
        return month[0].isupper() or related is not None or text[match.start()].isdigit()
    after = text[point.end :]
    return (
        re.match(
            r"\s*(?:[?.,;!)–-]|$|(?:and|or|to|until|till|through|this|last|did|was|were|when|what|who"
            r"|how)\b)",
            after,
        )
        is not None
    )


def _between(text: str, points: Sequence[Point], today: dt.date, language: Language) -> Found | None:
    if len(points) < 2 or not language.joins.fullmatch(text, points[0].end, points[1].start):
        return None
    first, last = points
    opener = language.openers.search(text, max(0, first.start - BEFORE), first.start)
    # "March through June 2023" and "30 Dec – 2 Jan" are ranges as they stand, "in March and June" are two months
    ranged = text[first.end : last.start].strip(" ,").casefold() not in language.pairs
    if opener is None and not ranged:
        return None
    begin = first.first
    if first.yearless and not last.yearless and not last.relative:
        begin = with_year(first.first, last.first.year)
        begin = begin if begin <= last.last else with_year(first.first, last.first.year - 1)
    if begin > last.last and first.relative and last.relative:
        begin = shift(begin, -dt.timedelta(days=7))  # "from Monday to Friday", asked on a Tuesday
    if begin > last.last and opener is not None and not (first.yearless and last.yearless) and first.first > last.first:
        begin, last = last.first, replace(last, last=first.last)  # "between 9 and 3 November": either way round
    if begin > last.last:
        return None
    start = opener.start() if opener else first.start
    relative = first.relative or last.relative
    role = _role(text, start, last.end, "between", relative, False, language)
    return Found(start, last.end, text[start : last.end], begin, last.last, role, "between", relative)


def _single(text: str, point: Point, today: dt.date, language: Language) -> Found | None:
    match = language.relation.search(text, max(0, point.start - BEFORE), point.start)
    relation = language.relations[" ".join(match["r"].casefold().split())] if match else ""
    opener = language.openers.search(text, max(0, point.start - BEFORE), point.start)
    if point.weak and match is None:
        following = re.match(r"\s+([^\W\d_])", text[point.end :])
        named = following is not None and following[1].isupper()
        the = re.search(r"(?:\bthe|['’]s)\s+$", text[: point.start], re.IGNORECASE) is not None
        if point.yearless or not (named or the):
            return None
    whole = language.stretch.search(text, max(0, point.start - BEFORE), match.start() if match else point.start)
    if whole and match and point.first == point.last and whole["unit"]:  # "the week of 5 May"
        first, last = period(point.first, language.units[whole["unit"].casefold()])
        point = replace(point, first=first, last=last)
    end = point.end
    onwards = language.onwards.match(text, point.end)
    if onwards and opener:
        relation, end = "since", onwards.end()
    if not relation and text[point.start : point.end].split()[0].casefold() in language.adverbs:
        relation = "in"
    if opener and point.several:
        relation, match = "between", opener
    start = match.start() if match else point.start
    after, before = _range(relation, point)
    role = _role(text, start, end, relation, point.relative, point.far, language)
    if (point.relative and point.first > today) or _adjectival(text, point, language):
        role = "about"
    return Found(start, end, text[start:end], after, before, role, relation or "in", point.relative)


def _adjectival(text: str, point: Point, language: Language) -> bool:
    """Whether a date names an event, as in "articles of the 2019 treaty", rather than says when."""
    if point.relative or language.article.match(text, point.end):
        return False
    return text[: point.start].endswith("the ") and _OF_AN_EVENT.match(text, point.end) is not None


def _range(relation: str, point: Point) -> tuple[dt.date | None, dt.date | None]:
    day = dt.timedelta(days=1)
    if relation == "since":
        return point.first, None
    if relation == "after":
        return shift(point.last, day), None
    if relation == "before":
        return None, shift(point.first, -day)
    if relation in {"until", "as of"}:
        return None, point.last
    return point.first, point.last


def _role(text: str, start: int, end: int, relation: str, relative: bool, far: bool, language: Language) -> Role:
    """ "published" only where the words around the date speak of articles; when unsure, "about".

    Relative dates are published unless they lie ahead, are years ago, or say "today" of the world at large.
    """
    left = text[:start] if start <= BEFORE else text[start - BEFORE : start]
    if relation == "as of":
        return "published"
    if far:
        return "published" if _of_news(left, language) or language.article.match(text, end) else "about"
    if relative:
        return "published"
    if language.article.match(text, end) or language.told.search(left):
        return "published"
    figures = language.figures.match(text) is not None  # "how many cases were reported in March?"
    if language.dated.search(left) and not figures:
        return "published"
    report = _report(left, language)
    if language.happened.match(text[start:end]) and not language.stretch.search(
        left
    ):  # "the attacks of 2001": of the noun before it, if that is an article
        near = report is not None and len(report["middle"].split()) <= 4
        return "published" if near and report and not _is_verb(left[: report.start()], report["noun"]) else "about"
    if relation and language.asked.search(text):
        return "published"
    if report and not _is_verb(left[: report.start()], report["noun"]):
        return "published"
    if relation == "since" and _of_news(left, language):
        return "published"
    if relation in {"", "in", "between"}:
        wanted = language.wanted.match(left)
        return "published" if wanted and relation and not text[end:].strip(" ?.!") else "about"
    wanted = language.wanted.search(left)
    return (
        "published"
        if wanted and not figures and not _is_verb(left[: wanted.start()], wanted[0].split()[0])
        else "about"
    )


def _report(left: str, language: Language) -> re.Match[str] | None:
    """The words of an article that end `left`, from the nearest noun on."""
    report = language.reports.search(left)
    while report and (nearer := language.reports.search(left, report.start() + 1)):
        report = nearer
    return report


def _is_verb(left: str, noun: str) -> bool:
    """Whether "report" is a verb here, or "News" a part of a name: neither speaks of an article."""
    if noun[0].isupper():
        return re.search(r"(?-i:[A-Z])[\w'’-]*\s+$", left) is not None
    if noun.casefold() not in {"report", "reports"}:
        return False
    if re.search(r"\b(?:the|an?|its|their|this|that|latest|first|news|['’]s)\s+$", left, re.IGNORECASE):
        return False
    return re.search(r"\b(?:did|does|do|to|will|would|must|may|not)\b", left, re.IGNORECASE) is not None


def _of_news(left: str, language: Language) -> bool:
    """Whether words of news stand in `left`, other than in names ("Fox News")."""
    return any(m.start() == 0 or m[0][0].islower() for m in language.news.finditer(left))
