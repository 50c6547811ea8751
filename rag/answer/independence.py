"""On how many articles an answer rests, and how many are left when near copies count once.

    backing(citations, evidence, catalog.article)  ->  Backing(articles=4, independent=2)

An article is a near copy of another when half of the shorter one's words, three in a row, stand in the other: a wire
report as several papers print it, cut or with a paragraph of their own. What one outlet retells in its own words counts
as independent, though it may know it from the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.store.similar import Numbers, of_text, share
from rag.types import Article, Backing, Citation, Evidence

COPIED = 0.5  # of the shorter text's shingles
QUOTED = 0.8  # of a quote's shingles, for an article to have its words
READ = 60_000  # characters of an article that are compared


def backing(citations: Iterable[Citation], evidence: Evidence, article: Callable[[str], Article | None]) -> Backing:
    """The cited articles, and those that the search found to have the cited words too."""
    found: dict[str, Article] = {}
    copies: dict[str, list[Numbers]] = {}
    for citation in citations:
        found[citation.article.id] = citation.article
        hits = [h for h in evidence.hits if h.passage.id == citation.passage.id]
        for id in (id for h in hits for id in h.duplicates):
            copies.setdefault(id, []).append(of_text(citation.quote))
    for id, quotes in copies.items():
        copy = None if id in found else article(id)
        if copy is not None and any(share(quote, _shingles(copy)) >= QUOTED for quote in quotes):
            found[id] = copy
    return Backing(len(found), independent(list(found.values())))


def independent(articles: Sequence[Article]) -> int:
    """How many they are, each with its near copies counted once."""
    if len(articles) < 2:
        return len(articles)
    texts = [_shingles(a) for a in articles]
    groups = list(range(len(texts)))
    for i, one in enumerate(texts):
        for j in range(i):
            if groups[i] != groups[j] and copied(one, texts[j]):
                groups = [groups[j] if g == groups[i] else g for g in groups]
    return len(set(groups))


def copied(one: Numbers, other: Numbers) -> bool:
    """Whether one of two texts, as their shingles, is a near copy of the other."""
    short, long = sorted((one, other), key=len)
    return share(short, long) >= COPIED


def _shingles(article: Article) -> Numbers:
    return of_text(article.text[:READ])
