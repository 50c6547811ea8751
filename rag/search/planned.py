"""Searches as a plan says: each of its parts by itself, or the whole; each with its own days, outlets and words.

search(plan, index, encode, k=10, per_article=3, reader=reader)
-> Searched(sides=(Side(plan, hits), …), notices=(…))          one side where the plan has no parts
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.search.rank import CANDIDATES
from rag.search.reader import Reader
from rag.search.retrieve import DENSE_WEIGHT, retrieve
from rag.store.catalog import Filter, Vector
from rag.store.index import Index
from rag.text import fold
from rag.types import Hit, Kind, Plan

LEAST_READ = 8  # candidates of each part that the reader reads, however many parts there are
NEWEST_APART = 3.0  # a newer passage goes before the best one when its score is at most so far below, as read …
NEWEST_UNREAD = 5  # … or when it is among so many, where nothing was read
MOST_OF_ONE: Mapping[Kind, int] = {
    "timeline": 1,
    "comparison": 2,
}  # passages of one article, where not as the settings say
TOPICAL = frozenset({"latest", "timeline", "summary", "comparison"})  # what no passage answers: nothing for the reader
WIDER: Mapping[Kind, int] = {"timeline": 2}  # times as many passages as usual


@dataclass(frozen=True, slots=True)
class Side:
    """What one part of a plan found, best first."""

    plan: Plan
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Searched:
    """The sides in the plan's order, and what the user should know of how they were found."""

    sides: tuple[Side, ...]
    notices: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()  # names that the plan asks for and the archive does not have, a sentence each

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The sides' hits in turn, each passage once: every part is covered early."""
        turns = itertools.chain.from_iterable(itertools.zip_longest(*(side.hits for side in self.sides)))
        return tuple({hit.passage.id: hit for hit in reversed([h for h in turns if h is not None])}.values())[::-1]


def search(
    plan: Plan,
    index: Index,
    encode: Callable[[Sequence[str]], Vector],
    *,
    k: int,
    per_article: int,
    reader: Reader | None = None,
    without: frozenset[str] = frozenset(),
    newest_first: bool = False,
    knows: Callable[[str], bool] = lambda text: True,
    lap: Callable[[str], None] = lambda step: None,
) -> Searched:
    """At most `k` passages in all, split evenly among the plan's parts; options are those of `retrieve`.

    `knows` says whether the embedder was made for a text; where it was not, full text alone ranks.
    """
    parts = plan.parts or (plan,)
    share = -(-k * WIDER.get(plan.kind, 1) // len(parts))
    reader = None if plan.kind in TOPICAL else reader
    sides, notices, strange = [], list[str](), list[str]()
    for part in parts:
        part = _within(part, plan)
        where, unknown = filter_of(part, index)
        if part.everything:
            sides.append(Side(part, _newest_articles(index, where, share, without)))
            notices += [n for n in unknown if n not in notices]
            strange += [n for n in unknown if n not in strange]
            continue
        words = part.topic or part.standalone
        found = retrieve(
            words, index, encode, where=where, k=share,
            per_article=min(per_article, MOST_OF_ONE.get(plan.kind, per_article)), reader=reader, without=without,
            near=part.near, candidates=max(LEAST_READ, CANDIDATES // len(parts)),
            meaning=DENSE_WEIGHT if knows(words) else 0.0, today=_today(part), lap=lap,
        )  # fmt: skip
        hits = newest(found.hits) if newest_first else found.hits
        hits = _beginning(hits, index, share) if plan.kind == "summary" else hits
        sides.append(Side(part, hits))
        notices += [n for n in (*found.notices, *unknown) if n not in notices]
        strange += [n for n in unknown if n not in strange]
    return Searched(tuple(sides), tuple(notices), tuple(strange))


def _today(plan: Plan) -> dt.date | None:
    """The day as of which is asked, when the question names no other: then newer is better."""
    return None if any(d.role == "about" for d in plan.dates) or plan.after is not None else plan.as_of


def _within(part: Plan, whole: Plan) -> Plan:
    """The part with what holds for the whole question, where it says nothing of its own."""
    if part is whole:
        return part
    dated = part.after is not None or part.before is not None
    return replace(
        part,
        as_of=whole.as_of,
        after=part.after if dated else whole.after,
        before=part.before if dated else whole.before,
        sources=part.sources or (() if _of_a_part(whole, "sources") else whole.sources),
        authors=part.authors or (() if _of_a_part(whole, "authors") else whole.authors),
        near=part.near or whole.near,
        dates=part.dates or whole.dates,
    )


def _of_a_part(whole: Plan, name: str) -> bool:
    """Whether the names that the whole question has are those of single parts."""
    return any(getattr(part, name) for part in whole.parts)


def _newest_articles(index: Index, where: Filter, k: int, without: frozenset[str]) -> tuple[Hit, ...]:
    """The first passages of the newest articles, newest first."""
    articles = index.catalog.articles(where, limit=k + len(without))
    firsts = [index.catalog.passages_of(a.id)[:1] for a in articles if a.id not in without]
    return tuple(Hit(p, 0.0, rank=n) for n, (p,) in enumerate(filter(None, firsts[:k]), start=1))


def _beginning(hits: Sequence[Hit], index: Index, k: int) -> tuple[Hit, ...]:
    """The first passages of the best hit's article, unread: what a summary is made of."""
    if not hits:
        return ()
    own = index.catalog.passages_of(hits[0].passage.article_id)
    return tuple(Hit(p, hits[0].score, dense=hits[0].dense, rank=n) for n, p in enumerate(own[:k], start=1))


def newest(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Newest first among those that are about as good as the best, the rest after them as they were."""
    if not hits:
        return ()
    if hits[0].reading is not None:
        good = sum(hit.score >= hits[0].score - NEWEST_APART for hit in hits)
    else:
        good = NEWEST_UNREAD
    first = sorted(hits[:good], key=lambda h: h.passage.date.toordinal() if h.passage.date else 0, reverse=True)
    return (*first, *hits[good:])


def filter_of(plan: Plan, index: Index) -> tuple[Filter, tuple[str, ...]]:
    """The plan as a filter, outlets by the names that the archive knows; and what it does not know."""
    before = min((d for d in (plan.before, plan.as_of) if d is not None), default=None)
    sources, strange = _known(plan.sources, index.catalog.sources())
    authors, nobody = _known(plan.authors, index.catalog.authors())
    notices = [f"No article in the archive is from {name}." for name in strange]
    notices += [f"No article in the archive is by {name}." for name in nobody]
    return Filter(plan.after, before, (*sources, *strange), (*authors, *nobody)), tuple(notices)


def _known(asked: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The archive's spellings of these names, and the names that it does not have."""
    if not asked:
        return [], []
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(fold(name), []).append(name)
    known = [spelled for name in asked for spelled in folded.get(fold(name), [])]
    return known, [name for name in asked if fold(name) not in folded]
