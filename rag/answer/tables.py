"""Articles that were counted become tables: one for each grouping, and the list.

grouped("month", articles, first, last)
-> Table("Articles by month", ("month", "articles"), (("2024-03", 0), ("2024-04", 3)), chart="bars")
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from rag.store.corpus import Listed
from rag.types import Group, Table

LISTED = 200  # articles in the list
PERIODS = 400  # rows of periods; past that, those without an article are left out
NO_DATE = "no date"

# How a day is named in a table, by the period that it lies in.
_PERIODS: Mapping[Group, Callable[[dt.date], str]] = {
    "day": lambda d: d.isoformat(),
    "week": lambda d: "{}-W{:02}".format(*d.isocalendar()[:2]),
    "month": lambda d: f"{d.year}-{d.month:02}",
    "year": lambda d: str(d.year),
}
# Column, the article's own value, and what stands where that is unknown.
_NAMES: Mapping[Group, tuple[str, Callable[[Listed], str | None], str]] = {
    "source": ("outlet", lambda a: a.source, "unknown outlet"),
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
    rows = tuple((str(a.date or NO_DATE), a.source or "unknown outlet", a.title) for a in shown)
    return Table("Articles, newest first", ("date", "outlet", "title"), rows, tuple(a.id for a in shown))


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (dt.date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1))
