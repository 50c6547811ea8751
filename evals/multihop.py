"""What a plan makes of questions that name several outlets and dates in words. Takes a second.

Named outlets, as defined here once: an outlet of the evidence whose name stands in the question, as words, in a usual
form: in full, without its section ("The Independent - Sports"), its "The" or its host's ending, or as the abbreviation
in SHORT. An outlet that stands there and gave no evidence is the topic, and counts as false. The data say nothing of
the evidence of questions that have none ("null_query"); there every outlet that stands in the question is right, other
than FIRMS. Plain substring matching of the full names is scored beside it. In the rows "strictest", only the data's own
outlets are to choose from, and each that a question without evidence names is false: no plan that takes "a New York
Times article" for one of The New York Times can score high there.
`sources` is every outlet of the data, OUTLETS (further well-known ones) and FIRMS (which publish, and are topics here).

Named dates: what DATES finds, a regular expression or two of this module's own. A date is understood when the plan has
the day, month or year that it is, or the range that the word before it makes of it ("before", "between").
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from evals.data import folder, records
from evals.metrics import agreed
from evals.report import write
from rag.question.understand import understand
from rag.types import Dated, Plan

TODAY = dt.date(2024, 1, 15)  # some weeks after the newest article
OUTLETS = (
    "Reuters", "Associated Press", "Bloomberg", "Forbes", "Variety", "Rolling Stone", "CNET", "CNN", "ESPN", "Time",
    "The Washington Post", "The Wall Street Journal", "Financial Times", "The Times of India", "Hindustan Times",
    "PCWorld", "Nature",
)  # fmt: skip
FIRMS = ("Google", "Apple", "Amazon", "Microsoft", "Netflix", "YouTube", "Spotify", "Twitter", "Meta")
SHORT = {"The New York Times": "NYT", "The Wall Street Journal": "WSJ", "Associated Press": "AP", "BBC News": "BBC"}

_MONTHS = {name: i for i, name in enumerate(calendar.month_name) if name}
_MONTH = "|".join(_MONTHS)
_YEAR = r"(?P<y>(?:18|19|20)\d\d)"
DATES = (
    re.compile(r"\b(?P<y>\d{4})-(?P<mm>\d\d)-(?P<d>\d\d)(?:T[\d:+.]+)?"),
    re.compile(rf"\b(?P<m>{_MONTH}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,? {_YEAR})?"),
    re.compile(rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?: of)? (?P<m>{_MONTH})\b(?:,? {_YEAR})?"),
    re.compile(rf"\b(?P<m>{_MONTH}) {_YEAR}\b"),
    re.compile(rf"(?:(?<=in )|(?<=of )|(?<=on ))(?P<m>{_MONTH})\b"),
    re.compile(rf"(?:(?<=in )|(?<=in the )|(?<=since )|(?<=from )|(?<=to )|(?<=by )){_YEAR}\b"),
    re.compile(r"\b(?P<ago>last|this|next) year\b"),
    re.compile(r"\b(?:last|past) (?P<years>two|three|five|ten|\d+) years\b"),
)
_RANGE = re.compile(r"\b(?:between|from) (?:the )?$|(?:,? and|,? to|-|–) ?$")
_RELATION = re.compile(r"\b(before|after|since|until|starting)\s+$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A date that a question names: its first and last day, the word before it that makes a range of it, its place."""

    first: dt.date
    last: dt.date
    relation: str
    start: int


def main(page: bool = True) -> dict[str, float]:
    """The plan's scores, {} without the data: "outlets F1", "dates F1", "plan ms" (median)."""
    home = folder()
    if home is None:
        return {}
    rows = list(records(home / "multihop" / "questions.jsonl.gz"))
    sources = [*sorted({e["source"] for row in rows for e in row["evidence"]}), *OUTLETS, *FIRMS]
    plans = [understand(row["question"], today=TODAY, sources=sources) for row in rows]
    outlets = _outlets(rows, plans, sources)
    dates = {f"{len(rows)} questions": _dates(rows, plans)}
    spent = sorted(_milliseconds(row["question"], sources) for row in rows)
    shapes = {
        "all questions": {
            "questions": len(plans),
            "in parts": sum(bool(p.parts) for p in plans),
            "parts": sum(len(p.parts) for p in plans),
            "median ms": spent[len(spent) // 2],
            "worst ms": spent[-1],
        }
    }
    for name, what, table in (
        (
            "multihop: outlets",
            f"The outlets that questions about several articles name, with {len(sources)} outlets to choose from; "
            "evals/multihop.py says when an outlet counts as named. Substrings: the full name stands in the question.",
            outlets,
        ),
        (
            "multihop: dates",
            "The dates that the same questions name, as evals/multihop.py reads them. A date is right when the plan has "
            "that day, month or year, or the range that the words make of it. Of the days named, how many are days of "
            "the evidence is shown beside it.",
            dates,
        ),
        ("multihop: parts", "How many questions are split, and the processor time that the whole plan takes.", shapes),
    ):
        write(name, "python -m evals multihop", what, table, page=page)
    return {"outlets F1": outlets["plan"]["F1"], "dates F1": dates[f"{len(rows)} questions"]["F1"]}


def _outlets(
    rows: Sequence[dict[str, Any]], plans: Sequence[Plan], sources: Sequence[str]
) -> dict[str, dict[str, float]]:
    told = [{e["source"] for e in row["evidence"]} for row in rows]
    named = [{s for s in sources if _is_named(s, row["question"])} for row in rows]
    right = [n & t if t else n - set(FIRMS) for n, t in zip(named, told, strict=True)]
    plain = [{s for s in sources if s.casefold() in row["question"].casefold()} for row in rows]
    planned = [set(p.sources) for p in plans]
    with_evidence = [i for i, t in enumerate(told) if t]
    own = {s for t in told for s in t}
    strict = [n & t for n, t in zip(named, told, strict=True)]
    alone = [set(understand(row["question"], today=TODAY, sources=sorted(own)).sources) for row in rows]
    return {
        "plan": agreed(right, planned),
        "plan, questions with evidence": agreed([right[i] for i in with_evidence], [planned[i] for i in with_evidence]),
        "plan, strictest": agreed(strict, alone),
        "substrings": agreed(right, plain),
        "substrings, questions with evidence": agreed(
            [right[i] for i in with_evidence], [plain[i] for i in with_evidence]
        ),
        "substrings, strictest": agreed(strict, [p & own for p in plain]),
    }


def _is_named(source: str, question: str) -> bool:
    house = re.split(r" [-–|] |: ", source)[0]
    forms = {source, house, SHORT.get(house, source)}
    forms |= {re.sub(r"\.(?:com|org|net)$", "", form) for form in forms}
    forms |= {form.removeprefix("The ") for form in forms}
    return any(
        any(c.isupper() for c in match[0])
        for form in forms
        for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w)", question, re.IGNORECASE)
    )


def _dates(rows: Sequence[dict[str, Any]], plans: Sequence[Plan]) -> dict[str, float]:
    named = found = given = right = days = of_evidence = 0
    for row, plan in zip(rows, plans, strict=True):
        evidence = {dt.date.fromisoformat(e["date"]) for e in row["evidence"]}
        wanted = dates_named(row["question"], evidence)
        named += len(wanted)
        found += sum(any(_understood(n, d) for d in plan.dates) for n in wanted)
        given += len(plan.dates)
        right += sum(any(_understood(n, d) for n in wanted) for d in plan.dates)
        single = [n.first for n in wanted if n.first == n.last]
        days += len(single)
        of_evidence += sum(day in evidence for day in single)
    precision, recall = right / (given or 1), found / (named or 1)
    return {
        "named": named,
        "understood": given,
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / ((precision + recall) or 1),
        "days named": days,
        "of them days of the evidence": of_evidence,
    }


def dates_named(question: str, evidence: set[dt.date]) -> list[Named]:
    """The dates in `question`; one without a year has that of the evidence of this month and day, else the latest."""
    out: list[Named] = []
    taken: list[tuple[int, int]] = []
    for pattern in DATES:
        for match in pattern.finditer(question):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            taken.append(match.span())
            first, last = _days(match, evidence)
            left = question[: match.start()]
            relation = _RELATION.search(left)
            kind = relation[1].lower() if relation else "range" if _RANGE.search(left) else ""
            out.append(Named(first, last, kind, match.start()))
    return sorted(out, key=lambda n: n.start)


def _days(match: re.Match[str], evidence: set[dt.date]) -> tuple[dt.date, dt.date]:
    part = match.groupdict()
    month = _MONTHS[part["m"]] if part.get("m") else int(part.get("mm") or 0)
    day = int(part.get("d") or 0)
    if part.get("years"):
        back = {"two": 2, "three": 3, "five": 5, "ten": 10}.get(part["years"]) or int(part["years"])
        return TODAY.replace(year=TODAY.year - back), TODAY
    if part.get("ago"):
        part["y"] = str(TODAY.year + {"last": -1, "this": 0, "next": 1}[part["ago"]])
    latest = TODAY.year - ((month, day) > (TODAY.month, TODAY.day))
    years = {e.year for e in evidence if e.month == month and day in {0, e.day}}
    year = int(part.get("y") or max(years, default=latest))
    if not month:
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    first = dt.date(year, month, day or 1)
    return first, first if day else dt.date(year, month, calendar.monthrange(year, month)[1])


def _understood(named: Named, dated: Dated) -> bool:
    """Whether the plan's date is this one: the period itself, or the range that the word before it makes."""
    day = dt.timedelta(days=1)
    span = (dated.after, dated.before)
    if named.relation == "range":
        return span == (named.first, named.last) or dated.after == named.first or dated.before == named.last
    opened = {
        "before": (None, named.first - day),
        "after": (named.last + day, None),
        "since": (named.first, None),
        "starting": (named.first, None),
        "until": (None, named.last),
    }.get(named.relation)
    if opened is not None:
        return span == opened
    return span == (named.first, named.last) or (None not in span and named.first in span)


def _milliseconds(question: str, sources: Sequence[str]) -> float:
    """Processor time, the least of five: what the plan takes where nothing else holds the processor."""
    spent = []
    for _ in range(5):
        started = time.process_time()
        understand(question, today=TODAY, sources=sources)
        spent.append(1_000 * (time.process_time() - started))
    return min(spent)
