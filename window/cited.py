"""Which words of an article a conversation has cited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.types import Answer, Article
from window.markup import Span


@dataclass(frozen=True, slots=True)
class Cited:
    """The spans of an article's text that were cited, in its order, and how many quotes no longer stand in it."""

    spans: tuple[Span, ...] = ()
    gone: int = 0


def cited(answers: Iterable[Answer], article: Article) -> Cited:
    """What these answers cited of the article as it reads now: article.text[start:end] is the cited quote.

    In an article that changed since, a quote is looked for where it stands now.
    """
    spans: set[Span] = set()
    gone: set[str] = set()
    for citation in (c for answer in answers for c in answer.citations if c.article.id == article.id):
        start = citation.start
        if article.text[start : citation.end] != citation.quote:
            start = article.text.find(citation.quote)
        if start < 0 or not citation.quote:
            gone.add(citation.quote)
        else:
            spans.add((start, start + len(citation.quote)))
    return Cited(tuple(sorted(spans)), len(gone))
