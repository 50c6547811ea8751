"""Articles that were counted become tables, one for each grouping, and the list; so do a timeline's dated sentences.

grouped("month", articles, first, last)
-> Table("Articles by month", ("month", "articles"), (("2024-03", 0), ("2024-04", 3)), chart="bars")
retold(plan, sentences, citations, evidence)
-> (Table("Timeline", ("date", "outlet", "what happened"), (("2024-11-01", "Wire", "The canopy fell."),), …),)
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from rag.store.corpus import Listed
from rag.types import Article, Citation, Evidence, Group, Plan, Sentence, Table

LISTED = 200  # articles in the list
PERIODS = 400  # rows of periods; past that, those without an article are left out
NO_DATE, NO_OUTLET = "no date", "unknown outlet"
_BULLET = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")

# How a day is named in a table, by the period that it lies in.
_PERIODS: Mapping[Group, Callable[[dt.date], str]] = {
    "day": lambda d: d.isoformat(),
    "week": lambda d: "{}-W{:02}".format(*d.isocalendar()[:2]),
    "month": lambda d: f"{d.year}-{d.month:02}",
    "year": lambda d: str(d.year),
}
# Column, the article's own value, and what stands where that is unknown.
_NAMES: Mapping[Group, tuple[str, Callable[[Listed], str | None], str]] = {
    "source": ("outlet", lambda a: a.source, NO_OUTLET),
    "author": ("author", lambda a: a.author, "unknown author"),
    "language": ("language", lambda a: a.language, "unknown language"),
}


def grouped(group: Group, articles: Sequence[Listed], first: dt.date | None, last: dt.date | None) -> Table:
    """How many articles for each period from `first` to `last`, by date, or for each name, most first.

    An end that is None is that of the articles themselves.
    """
    if group in _NAMES:
        column, name, unknown = _NAMES[group]
        counts = Counter(name(a) or unknown for a in articles)
        rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return Table(f"Articles by {column}", (column, "articles"), tuple(rows), chart="bars")
    return _by_period(group, articles, first, last)


def _by_period(group: Group, articles: Sequence[Listed], first: dt.date | None, last: dt.date | None) -> Table:
    named, title = _PERIODS[group], f"Articles by {group}"
    days = [a.date for a in articles if a.date is not None]
    ends = [d for d in (first, last, *days) if d is not None]
    counts = Counter(map(named, days))
    periods = list(dict.fromkeys(map(named, _days(first or min(ends), last or max(ends))))) if ends else []
    if len(periods) > PERIODS:
        periods = [p for p in periods if p in counts]
        title += f" ({group}s without any are left out)"
    undated = len(articles) - len(days)
    rows = [*((p, counts[p]) for p in periods), *([(NO_DATE, undated)] if undated else [])]
    return Table(title, (group, "articles"), tuple(rows), chart="bars")


def listed(articles: Sequence[Listed]) -> Table:
    """The first of the articles, each row opening its article."""
    shown = articles[:LISTED]
    rows = tuple((str(a.date or NO_DATE), a.source or NO_OUTLET, a.title) for a in shown)
    return Table("Articles, newest first", ("date", "outlet", "title"), rows, tuple(a.id for a in shown))


def retold(
    plan: Plan, sentences: Sequence[Sentence], citations: Sequence[Citation], evidence: Evidence
) -> tuple[Table, ...]:
    """A timeline's or a comparison's sentences as a table: those that are supported and cited; else none."""
    cited = {c.number: c.article for c in reversed(citations)}
    told = [s for s in sentences if s.support == "supported" and s.citations and cited.keys() >= set(s.citations)]
    if told and plan.kind == "timeline":
        return (_timeline([(s, [cited[n] for n in s.citations]) for s in told]),)
    if told and plan.kind == "comparison" and evidence.sides:
        return _side_by_side(plan, told, cited, evidence)
    return ()


def cell(sentence: Sentence) -> str:
    """How a table has a sentence: without a list's bullet, with whose words it is."""
    text = " ".join(_BULLET.sub("", sentence.text).split())
    return text if sentence.speaker is None else f"{text} ({sentence.speaker})"


def _timeline(told: Sequence[tuple[Sentence, Sequence[Article]]]) -> Table:
    """By the day of the article that each sentence is cited to first; the undated come last."""
    ordered = sorted(told, key=lambda one: one[1][0].date or dt.date.max)
    rows = tuple((_day(articles[0]), _outlets(articles), cell(sentence)) for sentence, articles in ordered)
    opened = tuple(articles[0].id for _, articles in ordered)
    return Table("Timeline", ("date", "outlet", "what happened"), rows, opened, chart="days", retells=True)


def _side_by_side(
    plan: Plan, told: Sequence[Sentence], cited: Mapping[int, Article], evidence: Evidence
) -> tuple[Table, ...]:
    """Side after side; none where a sentence is cited to two sides and so is neither's."""
    rows, opened, placed = [], [], 0
    for part, numbers in zip(plan.parts, evidence.sides, strict=False):
        side = " or ".join(part.sources) or part.topic or part.standalone
        for sentence in (s for s in told if set(s.citations) <= set(numbers)):
            articles = [cited[n] for n in sentence.citations]
            rows.append((side, _day(articles[0]), _outlets(articles), cell(sentence)))
            opened.append(articles[0].id)
            placed += 1
    if placed < len(told):
        return ()
    return (
        Table("Side by side", ("side", "date", "outlet", "what it says"), tuple(rows), tuple(opened), retells=True),
    )


def _day(article: Article) -> str:
    return NO_DATE if article.date is None else article.date.isoformat()


def _outlets(articles: Sequence[Article]) -> str:
    return ", ".join(dict.fromkeys(a.source or NO_OUTLET for a in articles))


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (dt.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
