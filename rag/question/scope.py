"""Which days a question is limited to: the dates of publication filter, the others only draw their articles near.

    scope("What was published in May 2024 on the flood of 2019?", dt.date(2024, 11, 20), [])
    -> Scope(after=2024-05-01, before=2024-05-31, near=((2019-01-01, 2019-12-31),), …)

A date is a filter where it plainly is that of publication. Where it is of what happened, where it may be either, and
where it is that of one article among several, it becomes a range in `near`: what lies there comes first, and nothing is
left out. A relative period in which something happened ("this week") is both.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.question import dates
from rag.question.dates import Found
from rag.question.mentions import Mention
from rag.types import LATER, Dated

# Words by which one article is held against another: the date of one must not hide the other.
SEVERAL = re.compile(
    r"\b(?:in)?consisten\w*|\bcompared\b|\bsubsequent\w*|\b(?:later|earlier|another|other|previous|both|two)\s+"
    r"(?:articles?|reports?|stor(?:y|ies)|pieces?)\b|\bchanged?\b|\brespectively\b|\bsame\s+source\b",
    re.IGNORECASE,
)
_TOLD = re.compile(
    r"\W{0,2}\s*(?:article|report|reported|reports|wrote|write|publish|published|cover|covered|say|said|story|piece)\W*",
    re.I,
)
_BESIDE = re.compile(
    r"['’\"”»]?\s*(?:(?:both|also|each|all)\s+)?(?:reports?|reported|say|said|write|wrote|publish\w*|cover\w*|articles?)?\s*",
    re.IGNORECASE,
)
_ANOTHER = re.compile(
    r"\b(?:and|or|than|with|to)\s+(?:in\s+|by\s+|with\s+|to\s+)?(?:the\s+(?:other\s+)?one|another(?:\s+one)?|that)(?:\s+published)?\s*$",
    re.I,
)
_AND = re.compile(r"\s*,?\s*(?:and|or|и|или)\s*(?:again\s*)?")
_OF_ARTICLES = re.compile(
    r"\b(?:articles?|report\w*|publish\w*|stories|headlines|news|wrote|written|print\w*|coverage|стат\w+|писал\w*|пишут"
    r"|публик\w+|опубликова\w+|печата\w+|сообща\w+|новост\w+|материал\w*|заметк\w+)\b",
    re.IGNORECASE,
)

Range = tuple[dt.date | None, dt.date | None]


@dataclass(slots=True)
class Scope:
    """The days of a plan. `drawn` are the ranges to be near, by date; `apart` are published dates of one article among several, with the range of each."""

    after: dt.date | None = None
    before: dt.date | None = None
    as_of: dt.date | None = None
    drawn: dict[Found, tuple[dt.date, dt.date]] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    apart: list[tuple[Found, Range]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    filtering: list[str] = field(default_factory=list)  # words of the question that became filters

    @property
    def near(self) -> tuple[tuple[dt.date, dt.date], ...]:
        return tuple(dict.fromkeys(self.drawn.values()))

    @property
    def dates(self) -> tuple[Dated, ...]:
        return tuple(Dated(f.words, f.after, f.before, f.role) for f in self.found)


def scope(
    question: str, today: dt.date, mentions: Sequence[Mention], *, takes_as_of: bool = True, counted: bool = False
) -> Scope:
    """The days that `question` speaks of; `today` is what relative ones count from, unless it says "as of".

    Where articles are `counted`, a period ("in April 2024") is that of their publication, wherever it stands; not "the
    2024 floods".
    """
    made = Scope()
    found = _found(question, today, mentions)
    as_of = [f for f in found if f.relation == "as of"]
    if as_of and takes_as_of:
        made.as_of = as_of[0].before
        made.notes.append(f'as of {made.as_of}: "{as_of[0].words}"')
        made.filtering.append(as_of[0].words)
        today = made.as_of or today
        found = _found(question, today, mentions)
    for f in found:
        if counted and f.role == "about" and f.after != f.before and not question[: f.start].endswith("the "):
            f = replace(f, role="published")
        made.found.append(f if f.relation == "as of" else _told(question, f, mentions, made.found))
    for f in made.found:
        if f.role == "about":
            _draw(made, f, (f.after, f.before), today)
            made.notes.append(f'about: "{f.words}"')
    published = [f for f in made.found if f.role == "published" and f.relation != "as of"]
    if published:
        several = not counted and (len(mentions) > 1 or SEVERAL.search(question) is not None)
        _limit(made, question, published, mentions, today, several)
    return made


def limit_to_named(made: Scope) -> list[str]:
    """Make a filter of the one range of what happened, where a question names nothing else ("What happened in May?");
    its words."""
    about = [f for f in made.found if f.role == "about" and f in made.drawn]  # a single day may be that of an event
    if len(about) != 1 or about[0].after == about[0].before or made.after is not None or made.before is not None:
        return []
    made.after, made.before = made.drawn.pop(about[0])
    made.notes = [n for n in made.notes if not n.startswith("about: ")]
    made.notes.append(f'published {span(made.after, made.before)}: "{about[0].words}"')
    made.filtering.append(about[0].words)
    return [about[0].words]


def _found(question: str, today: dt.date, mentions: Sequence[Mention]) -> list[Found]:
    """The dates of the question, those in the name of an outlet left out: "Pannonia Today"."""
    return [f for f in dates.find(question, today) if not any(m.start <= f.start and f.end <= m.end for m in mentions)]


def _limit(
    made: Scope, question: str, published: Sequence[Found], mentions: Sequence[Mention], today: dt.date, several: bool
) -> None:
    """Make filters of the published dates, or ranges to be near where each is that of one article among several."""
    ranges = [_opened(question, f, mentions, today) for f in published]
    if len(ranges) == 1 and (not several or (published[0].relative and _of_all(question, published[0], mentions))):
        made.after, made.before = ranges[0]
        if _happened(question, published[0], mentions):
            _draw(made, published[0], (published[0].after, published[0].before), today)
    elif len(ranges) == 2 and not several and _halves(ranges):
        made.after = ranges[0][0] if ranges[0][0] is not None else ranges[1][0]
        made.before = ranges[0][1] if ranges[0][1] is not None else ranges[1][1]
    else:
        for f, days in zip(published, ranges, strict=True):
            made.notes.append(f'no filter, as several articles are named: {span(*days)}: "{f.words}"')
            made.apart.append((f, days))
            _draw(made, f, days, today)
        return
    words = " … ".join(f.words for f in published)
    made.notes.append(f'published {span(made.after, made.before)}: "{words}"')
    made.filtering += [f.words for f in published]


def _of_all(question: str, found: Found, mentions: Sequence[Mention]) -> bool:
    """Whether a relative date is that of all the articles named: it opens or ends the question, or follows a name."""
    left, right = question[: found.start], question[found.end :]
    near = any(m.end <= found.start and _BESIDE.fullmatch(question, m.end, found.start) for m in mentions)
    return near or not left.strip(" ,") or not right.strip(" ?.!") or not mentions


def _draw(made: Scope, found: Found, days: Range, today: dt.date) -> None:
    """Add a range to be near: one that is still open ends today, and one without a beginning says too little."""
    after, before = days
    if after is None or after > today:
        return
    made.drawn[found] = (after, before if before is not None else today)


def _told(question: str, found: Found, mentions: Sequence[Mention], earlier: Sequence[Found]) -> Found:
    """A date right behind "TechCrunch reported" or "The Age report" is that of the report, as is that of "the one from"
    where an earlier date is one of publication."""
    told = [e for e in earlier if e.role == "published"]
    another = told and (
        _ANOTHER.search(question, 0, found.start) or _AND.fullmatch(question, told[-1].end, found.start) is not None
    )
    if found.role == "about" and another:
        return replace(found, role="published")
    if found.role == "about" and any(
        m.end <= found.start and _TOLD.fullmatch(question, m.end, found.start) for m in mentions
    ):
        return replace(found, role="published")
    return found


def _opened(question: str, found: Found, mentions: Sequence[Mention], today: dt.date) -> Range:
    """The days of publication: what happened last week may be told later, by LATER at most, what was reported last week
    was not."""
    if not _happened(question, found, mentions):
        return found.after, found.before
    told = found.before + LATER if found.before is not None else today
    return found.after, told if told < today else None


def _happened(question: str, found: Found, mentions: Sequence[Mention]) -> bool:
    """Whether something happened then ("last week"), rather than was reported."""
    closed = not found.relative or found.relation in {"before", "until", "between"} or bool(mentions)
    return not closed and _OF_ARTICLES.search(question) is None


def _halves(ranges: Sequence[Range]) -> bool:
    """Whether two ranges are one: "after 3 May and before 9 May"."""
    after = [a for a, _ in ranges if a is not None]
    before = [b for _, b in ranges if b is not None]
    return len(after) == 1 and len(before) == 1 and after[0] <= before[0]


def span(after: dt.date | None, before: dt.date | None) -> str:
    if after is not None and before is not None:
        return f"on {after}" if after == before else f"{after} to {before}"
    return f"since {after}" if after is not None else f"until {before}"
