"""Articles with their passages and vectors, made without reading files: for tests of what is kept."""

from __future__ import annotations

import datetime as dt

import numpy as np

from rag.store.catalog import Entry
from rag.store.writer import Put
from rag.types import Article, Passage

IDENTITY = {"name": "random", "dimension": 16, "fingerprint": "random-16"}


def entry(
    number: int,
    text: str = "",
    *,
    day: dt.date | None = None,
    source: str | None = "Courier",
    author: str | None = None,
) -> Entry:
    """Article `number` with two passages; the same arguments give the same entry."""
    text = text or f"Report {number} tells of floods in valley {number}. Officials counted {number * 7} houses."
    middle = text.index(". ") + 1
    random = np.random.default_rng(abs(hash_of(f"{number} {text}")))
    vectors = random.normal(size=(2, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    article = Article(
        id=f"article-{number:04d}",
        title=f"Valley {number}",
        text=text,
        date=day,
        source=source,
        author=author,
        url=f"https://example.org/{number}",
        origins=(f"/articles/{number}.txt",),
    )
    passages = tuple(
        Passage(
            f"{hash_of(text + str(i)):016x}-{number}", article.id, i, text[s:e], s, e, article.title, day, source, author,
            article.url,
        )
        for i, (s, e) in enumerate([(0, middle), (middle + 1, len(text))])
    )  # fmt: skip
    return Entry(article, passages, vectors)


def put(number: int, text: str = "", **facts: object) -> Put:
    made = entry(number, text, **facts)  # type: ignore[arg-type]
    return Put(made, made.article.origins)


def hash_of(text: str) -> int:
    import hashlib

    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) >> 1
