"""Articles with their passages as evidence, made in one line each."""

from __future__ import annotations

import datetime as dt

from rag.types import Article, Evidence, Hit, Passage


def article(
    text: str, *, id: str = "a1", title: str = "Talks", source: str = "Wire", day: str = "2024-11-19"
) -> Article:
    return Article(id, title, text, dt.date.fromisoformat(day), source=source, url=f"https://example.org/{id}")


def passage(of: Article, start: int = 0, end: int | None = None) -> Passage:
    end = len(of.text) if end is None else end
    return Passage(
        f"{of.id}-{start}", of.id, 0, of.text[start:end], start, end, of.title, of.date, of.source, None, of.url
    )


def evidence(*articles: Article, enough: float = 0.9) -> Evidence:
    return Evidence(tuple(Hit(passage(a), 1.0 / i, dense=0.6) for i, a in enumerate(articles, 1)), enough)
