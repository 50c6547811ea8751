"""Exact counts over all articles by full text: no ranking, no limit, no budget.

    corpus.count("floods", Filter(after=dt.date(2024, 1, 1)))
    -> Counted(articles=(Listed(id, title, date, source, …), …), undated=2, words=(("floods",),))

An article counts when its title and its text together hold every word, in any form that the full text knows, and
every quoted phrase, and nothing that it must lack ("but not fires"). A phrase has to stand within one passage, which sentences are not cut by.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rag.store.catalog import Catalog, Filter, day
from rag.store.fulltext import FullText, Looked
from rag.store.listing import condition
from rag.types import Passage


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list shows of an article."""

    id: str
    title: str
    date: dt.date | None
    source: str | None
    author: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class Counted:
    """Every article that holds the words within the filter, newest first, those without a date last.

    `undated` are further ones that hold them and that a date filter leaves out for want of a date. `words` are what was
    looked for, each with its alternatives ("floods or fires"), and `lacking` groups of such words that none holds whole.
    """

    articles: tuple[Listed, ...]
    undated: int
    words: tuple[tuple[str, ...], ...]
    lacking: tuple[tuple[tuple[str, ...], ...], ...] = ()


class Corpus:
    """Counts over one catalog, with its full text."""

    def __init__(self, catalog: Catalog, fulltext: FullText) -> None:
        self._catalog = catalog
        self._fulltext = fulltext

    def count(self, topic: str, where: Filter, without: frozenset[str] = frozenset()) -> Counted:
        """Every article that holds the words of `topic` and lacks what it must; all articles for no topic, and none for
        one without a word to look for; but none of `without`."""
        looked = self._fulltext.looked(topic)
        if topic.strip() and not looked.wanted and not looked.lacking:
            return Counted((), 0, ())
        found = [a for a in self._listed(looked, where) if a.id not in without]
        # A date filter lets no article without a date through: those were asked for beside it.
        inside = [a for a in found if a.date is not None or not where.dated]
        return Counted(tuple(inside), len(found) - len(inside), *words_of(looked))

    def _listed(self, looked: Looked, where: Filter) -> list[Listed]:
        """Those within the filter, and where it is one of dates those without a date too."""
        sql, values = where.sql()
        if where.dated:
            rest, others = Filter(sources=where.sources, authors=where.authors).sql()
            sql, values = f"({sql} OR a.date IS NULL AND {rest})", [*values, *others]
        held, expressions = condition(looked)
        rows = self._catalog.db.execute(
            f"SELECT a.id, a.title, a.date, a.source, a.author, a.language FROM articles a WHERE {sql} AND {held} "
            "ORDER BY a.date IS NULL, a.date DESC, a.id",
            [*values, *expressions],
        )
        return [Listed(id, title, day(date), *facts) for id, title, date, *facts in rows]

    def passages(self, topic: str, article_id: str, language: str | None) -> list[Passage]:
        """The passages of an article whose text holds most of the words, in order; none where only its title does."""
        passages = self._catalog.passages_of(article_id)
        held = self.holding(topic, [p.text for p in passages], language)
        most = max(held, default=0)
        return [p for p, n in zip(passages, held, strict=True) if n == most and n > 0]

    def holding(self, topic: str, texts: Sequence[str], language: str | None) -> list[int]:
        """How many of the words of `topic` each text of that language holds."""
        return self._fulltext.holding(texts, self._fulltext.sought(topic), language)


def words_of(looked: Looked) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[tuple[str, ...], ...], ...]]:
    """As written: what is wanted, and the groups of what must be lacking."""
    lacking = (tuple(s.words for s in group) for group in looked.lacking)
    return tuple(s.words for s in looked.wanted), tuple(lacking)
