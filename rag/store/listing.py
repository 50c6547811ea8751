"""Pages of a list of articles, and how many there are by time and outlet: read out of one covering index.

    index.listing.page("floods", Filter(sources=("Danube Wire",)), sort="title")
    ->  Page(rows=(Row(id, title, date, source, language, length), …), total=12)

No article's text is read, and no more rows than asked for leave SQLite: an archive of 100,000 articles is listed as
one of a hundred. What has no value of the column that is sorted by comes last, whichever way; equals are newest first.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from rag.store.catalog import Catalog, Filter, day, day_number
from rag.store.fulltext import FullText, Looked

Sort = Literal["date", "source", "title", "language", "length"]
Span = Literal["day", "month", "year"]

SORTS: tuple[Sort, ...] = get_args(Sort)
SEARCHES = 8  # whose articles are remembered until the archive changes: a list is paged, sorted and drawn
DAYS, MONTHS = 62, 60  # a span of so many days is counted by day, of so many months by month

_COLUMNS: Mapping[Sort, str] = {
    "date": "a.date", "source": "a.source COLLATE NOCASE", "title": "a.title COLLATE NOCASE", "language": "a.language",
    "length": "length(a.text)",
}  # fmt: skip
_DIVISORS: Mapping[Span, int] = {"day": 1, "month": 100, "year": 10_000}
UNKNOWN = "unknown outlet"
_LISTED = "articles a INDEXED BY articles_listed"
_HOLDS = (
    "a.id IN (SELECT p.article_id FROM fulltext JOIN passages p ON p.number = fulltext.rowid WHERE fulltext MATCH ?)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """What a list shows of an article; `length` is its text's, in characters."""

    id: str
    title: str
    date: dt.date | None
    source: str | None
    language: str | None
    length: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and how many the whole list has."""

    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """How many articles an outlet has in each stretch of time, from the first to the last, those with none too.

    `starts` are the stretches' first days, `counts` an outlet's numbers in their order; the outlets with most articles
    come first, and beyond `named` of them the rest are counted together under None. `undated` are left out.
    """

    by: Span
    starts: tuple[dt.date, ...]
    counts: tuple[tuple[str | None, tuple[int, ...]], ...]
    undated: int


def condition(looked: Looked) -> tuple[str, list[object]]:
    """SQL on the table alias `a` that holds for the articles with what is wanted and without what must be lacking."""
    lacks = "".join(f" AND NOT ({' AND '.join([_HOLDS] * len(group))})" for group in looked.lacking)
    expressions: list[object] = [s.expression for group in (looked.wanted, *looked.lacking) for s in group]
    return f"1{f' AND {_HOLDS}' * len(looked.wanted)}{lacks}", expressions


class Listing:
    """Lists of one catalog's articles. `words` may still be typed: the last one may be a beginning ("floo")."""

    def __init__(self, catalog: Catalog, fulltext: FullText) -> None:
        self._catalog = catalog
        self._fulltext = fulltext
        self._held = lru_cache(maxsize=SEARCHES)(self._held_uncached)

    def page(
        self, words: str, where: Filter, languages: Sequence[str] = (), *, sort: Sort = "date", descending: bool = True,
        limit: int = 25, offset: int = 0,
    ) -> Page:  # fmt: skip
        """One page of the articles that hold the words, within the filter and of any of these languages."""
        sql, values = self._within(words, where, languages)
        column, way = _COLUMNS[sort], "DESC" if descending else "ASC"
        (total,) = self._catalog.db.execute(f"SELECT count(*) FROM {_LISTED} WHERE {sql}", values).fetchone()
        rows = self._catalog.db.execute(
            f"SELECT a.id, a.title, a.date, a.source, a.language, length(a.text) FROM {_LISTED} WHERE {sql} "
            f"ORDER BY {column} IS NULL, {column} {way}, a.date IS NULL, a.date DESC, a.id LIMIT ? OFFSET ?",
            [*values, limit, offset],
        )
        return Page(tuple(Row(id, title, day(date), *facts) for id, title, date, *facts in rows), total)

    def timeline(self, words: str, where: Filter, languages: Sequence[str] = (), *, named: int = 5) -> Timeline | None:
        """The articles of the same list over time, by day, month or year as their span asks; None where none is dated."""
        sql, values = self._within(words, where, languages)
        first, last, undated = self._catalog.db.execute(
            f"SELECT min(a.date), max(a.date), sum(a.date IS NULL) FROM {_LISTED} WHERE {sql}", values
        ).fetchone()
        begin, end = day(first), day(last)
        if begin is None or end is None:
            return None
        by = _span(begin, end)
        divisor = _DIVISORS[by]
        starts = _starts(begin, end, by)
        places = {(day_number(start) or 0) // divisor: n for n, start in enumerate(starts)}
        found: dict[str, list[int]] = {}
        for number, source, count in self._catalog.db.execute(
            f"SELECT a.date / {divisor} AS stretch, a.source, count(*) FROM {_LISTED} WHERE {sql} AND a.date IS NOT NULL "
            "GROUP BY stretch, a.source",
            values,
        ):
            found.setdefault(source or UNKNOWN, [0] * len(starts))[places[number]] += count
        order = sorted(found, key=lambda source: (-sum(found[source]), source))
        counts: list[tuple[str | None, tuple[int, ...]]] = [(one, tuple(found[one])) for one in order[:named]]
        if rest := order[named:]:
            counts.append((None, tuple(map(sum, zip(*(found[source] for source in rest), strict=True)))))
        return Timeline(by, tuple(starts), tuple(counts), undated)

    def languages(self) -> list[str]:
        """The codes of the archive's languages, most articles first."""
        rows = self._catalog.db.execute(
            f"SELECT a.language FROM {_LISTED} WHERE a.language IS NOT NULL GROUP BY a.language "
            "ORDER BY count(*) DESC, a.language"
        )
        return [r[0] for r in rows]

    def _within(self, words: str, where: Filter, languages: Sequence[str]) -> tuple[str, list[object]]:
        sql, values = where.sql()
        if languages:
            sql += f" AND a.language IN ({', '.join('?' * len(languages))})"
            values += languages
        held = self._held(words.strip(), self._catalog.generation)
        if held is not None:
            sql += " AND a.id IN (SELECT value FROM json_each(?))"
            values.append(held)
        return sql, values

    def _held_uncached(self, words: str, generation: int) -> str | None:
        """The ids of the articles that hold these words, as JSON; None where no word asks for anything."""
        looked = self._fulltext.typed(words)
        if not looked.wanted and not looked.lacking:
            return None
        sql, expressions = condition(looked)
        return json.dumps(
            [r[0] for r in self._catalog.db.execute(f"SELECT a.id FROM {_LISTED} WHERE {sql}", expressions)]
        )


def _span(first: dt.date, last: dt.date) -> Span:
    if (last - first).days < DAYS:
        return "day"
    return "month" if 12 * (last.year - first.year) + last.month - first.month < MONTHS else "year"


def _starts(first: dt.date, last: dt.date, by: Span) -> list[dt.date]:
    if by == "day":
        return [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    if by == "year":
        return [dt.date(year, 1, 1) for year in range(first.year, last.year + 1)]
    months = range(12 * first.year + first.month - 1, 12 * last.year + last.month)
    return [dt.date(month // 12, month % 12 + 1, 1) for month in months]
