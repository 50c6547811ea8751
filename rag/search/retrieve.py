"""Finds passages: dense and full text, fused, ranked by the reader, spread over articles.

Fusion is weighted reciprocal rank: score = sum over lists of weight / (60 + rank), rank from 1
(Cormack, Clarke and Buettcher, SIGIR 2009). Filters by date and outlet hold inside both searches.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.search.duplicates import numbers, repeats
from rag.search.rank import CANDIDATES, rank
from rag.search.reader import Reader
from rag.store.catalog import Filter, Vector
from rag.store.index import Index
from rag.text import in_latin
from rag.types import Hit, Passage

RRF_K = 60
DENSE_WEIGHT = 0.5  # news is found by its names: full text counts twice (docs/evaluation.md)
FULLTEXT_WEIGHT = 1.0
NEAR_FUSED, NEAR_READ = 1.5, 1.0  # of a preferred day: the fused score times, the read one plus
AGING = 0.55  # fitted by `python -m train.fit`, together with rank.WEIGHTS
DEPTH = 50  # passages that each search hands to the fusion


@dataclass(frozen=True, slots=True)
class Found:
    """Ranked hits, and what the user should know of how they were found."""

    hits: tuple[Hit, ...]
    notices: tuple[str, ...] = ()


def retrieve(
    question: str,
    index: Index,
    encode: Callable[[Sequence[str]], Vector],
    *,
    where: Filter,
    k: int,
    per_article: int,
    dense: bool = True,
    fulltext: bool = True,
    reader: Reader | None = None,
    without: frozenset[str] = frozenset(),
    near: Sequence[tuple[dt.date, dt.date]] = (),
    candidates: int = CANDIDATES,
    meaning: float = DENSE_WEIGHT,
    today: dt.date | None = None,
    lap: Callable[[str], None] = lambda step: None,
) -> Found:
    """The best `k` passages, at most `per_article` of one article; one of the two searches may be left out.

    Without a reader they are ranked by fusion alone; else the first `candidates` are read. `without` are articles, by
    id, that are treated as not there. `meaning` is dense search's weight in the fusion. `today` is given where newer is better: what was read loses score by
    its age on that day. Articles of days within `near` are preferred, and none is left out for it. `lap` is called at the
    end of each step, with its name.
    """
    notices: list[str] = []
    depth = DEPTH * 3 if without else DEPTH
    by_meaning: list[tuple[str, float]] = []
    searching = index.fulltext_beside(question, depth, where) if fulltext else None
    if dense and index.catalog.size:
        vector = encode([question])[0]
        lap("embed")
        by_meaning, notice = index.dense(vector, depth, where)
        if notice:
            notices.append(notice)
    by_words = searching.result() if searching is not None else []
    lap("search")
    passages = index.catalog.passages(list(dict.fromkeys(id for id, _ in (*by_meaning, *by_words))))
    there = {id: p for id, p in passages.items() if p.article_id not in without}
    by_meaning, by_words = ([one for one in some if one[0] in there][:DEPTH] for some in (by_meaning, by_words))
    cosine, bm25 = dict(by_meaning), dict(by_words)
    hits = [
        Hit(there[id], score, dense=cosine.get(id), fulltext=bm25.get(id), rank=number)
        for number, (id, score) in enumerate(fuse(by_meaning, by_words, meaning).items(), start=1)
    ]
    hits = favoured(hits, near, lambda score: score * NEAR_FUSED)
    lap("fuse")
    if reader is not None and hits and in_latin(question):  # the reader was trained on no other script
        read = spread(hits, k=candidates, per_article=candidates)
        if dense:
            read = _with_cosines(read, vector, index)
        ranked = aged(rank(question, read, reader), today)
        hits = favoured(ranked, near, lambda score: score + NEAR_READ)
        lap("read")
    found = Found(tuple(spread(hits, k=k, per_article=per_article)), tuple(notices))
    lap("fuse")
    return found


def _with_cosines(hits: Sequence[Hit], vector: Vector, index: Index) -> list[Hit]:
    """The hits with their cosines out of the catalog's vectors, also those that full text alone found.

    Chroma's own differ in the last digits from the catalog's, and an answer should not depend on which was asked.
    """
    cosines = index.catalog.vectors_of([h.passage.id for h in hits]) @ vector
    return [replace(hit, dense=float(cosine)) for hit, cosine in zip(hits, cosines, strict=True)]


def favoured(hits: Sequence[Hit], near: Sequence[tuple[dt.date, dt.date]], more: Callable[[float], float]) -> list[Hit]:
    """The hits with more score for articles of these days, best first, ties in the order given."""
    if not near:
        return list(hits)

    def of_these_days(day: dt.date | None) -> bool:
        return day is not None and any(first <= day <= last for first, last in near)

    scored = [replace(h, score=more(h.score)) if of_these_days(h.passage.date) else h for h in hits]
    return sorted(scored, key=lambda h: -h.score)


def aged(hits: Sequence[Hit], today: dt.date | None) -> list[Hit]:
    """The hits with AGING less score for each time that their age in weeks grows e-fold; no day counts as a year."""
    if today is None:
        return list(hits)

    scored = [replace(h, score=h.score - AGING * age(h.passage.date, today)) for h in hits]
    return sorted(scored, key=lambda h: -h.score)


def age(day: dt.date | None, today: dt.date) -> float:
    """log(1 + weeks) from `day` to `today`; no day counts as a year, one that is yet to come as today."""
    return math.log1p(max(0, (today - day).days if day is not None else 365) / 7)


def fuse(
    by_meaning: Sequence[tuple[str, float]], by_words: Sequence[tuple[str, float]], meaning: float = DENSE_WEIGHT
) -> dict[str, float]:
    """Passage id -> fused score, best first, ties by id."""
    scores: dict[str, float] = {}
    for weight, ranked in ((meaning, by_meaning), (FULLTEXT_WEIGHT, by_words)):
        for place, (id, _) in enumerate(ranked, start=1):
            scores[id] = scores.get(id, 0.0) + weight / (RRF_K + place)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def spread(hits: Sequence[Hit], *, k: int, per_article: int) -> list[Hit]:
    """The best `k`: at most `per_article` of one article, and none that says again what a better one says.

    A hit's `duplicates` are the other articles that have its words.
    """
    taken: list[Hit] = []
    counts: dict[str, int] = {}
    comparable: dict[tuple[str, ...], list[int]] = {}  # places in `taken`, by the numbers of the passage
    for hit in hits:
        places = comparable.setdefault(numbers(hit.passage.text), [])
        place = next((n for n in places if repeats(hit.passage.text, taken[n].passage.text)), None)
        if place is not None:
            taken[place] = _with_duplicate(taken[place], hit.passage)
            continue
        if counts.get(hit.passage.article_id, 0) >= per_article or len(taken) >= k:
            continue
        counts[hit.passage.article_id] = counts.get(hit.passage.article_id, 0) + 1
        places.append(len(taken))
        taken.append(hit)
    return taken


def _with_duplicate(hit: Hit, other: Passage) -> Hit:
    if other.article_id == hit.passage.article_id or other.article_id in hit.duplicates:
        return hit
    return replace(hit, duplicates=(*hit.duplicates, other.article_id))
