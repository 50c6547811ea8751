"""Ranks the fused candidates anew: the reader's scores together with those that found them.

A hit's score is the sum of WEIGHTS times its `features`; the weights maximise the probability of a
passage that answers among its question's candidates (conditional logit: McFadden, 1974), fitted by
`python -m train.fit` on SQuAD's held-back questions and half of the news questions; the other half is reported.
The first six were fitted on both sets; all of them on news then, held near those (L2, as train.fit says).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rag.search.reader import Reader
from rag.store.fulltext import STOP_WORDS
from rag.text import stem, words
from rag.types import Hit, Reading

CANDIDATES = 24  # fused passages that the reader reads (docs/evaluation.md)
WEIGHTS = (2.51, -1.01, 2.85, 1.05, -1.92, 0.18, 0.86, 1.84)  # of the features, in their order
RANK_K = 10  # how fast the rank after fusion loses its weight
UNREAD = -12.0  # the span score of a passage without a span
NEAR = 3  # a word stands near another when it is at most so many words behind it


def rank(question: str, hits: Sequence[Hit], reader: Reader) -> list[Hit]:
    """The hits with their readings, best first, ties in the order given."""
    readings = reader.read(question, [(h.passage.title, h.passage.text) for h in hits])
    read = [replace(hit, reading=reading) for hit, reading in zip(hits, readings, strict=True)]
    scores = features(question, read) @ np.array(WEIGHTS)
    ranked = [replace(hit, score=float(score)) for hit, score in zip(read, scores, strict=True)]
    return sorted(ranked, key=lambda h: -h.score)


def features(question: str, hits: Sequence[Hit]) -> npt.NDArray[np.float64]:
    """Hits x 8: BM25 as a share of the best; cosine; K / (K + rank after fusion); the reader's relevance; the logit of
    "it answers"; the best span's score; 1 / (1 + the passage's place in its article), since news tells first what
    counts; the share of the question's pairs of words that stand near each other here too."""
    best_words = max((h.fulltext or 0.0 for h in hits), default=0.0) or 1.0
    asked = pairs(question)
    rows = []
    for hit in hits:
        assert hit.reading is not None
        found = ((hit.fulltext or 0.0) / best_words, hit.dense or 0.0, RANK_K / (RANK_K + (hit.rank or 0)))
        read = (hit.reading.relevance, hit.reading.logit, best_span(hit.reading))
        rows.append((*found, *read, 1 / (1 + hit.passage.ordinal), near(asked, hit.passage.text)))
    return np.array(rows, dtype=np.float64).reshape(len(hits), len(WEIGHTS))


def pairs(question: str) -> frozenset[tuple[str, str]]:
    """Stems that follow each other, stop words aside: "Who visited the dam in Aktau?" -> (visit, dam), (dam, aktau)."""
    telling = [stem(w) for w in words(question) if w not in STOP_WORDS]
    return frozenset(itertools.pairwise(telling))


def near(asked: frozenset[tuple[str, str]], text: str) -> float:
    """The share of these pairs whose second word is at most NEAR words behind the first in `text`; 0.0 of none."""
    if not asked:
        return 0.0
    there = [stem(w) for w in words(text)]
    close = {(one, other) for n, one in enumerate(there) for other in there[n + 1 : n + 1 + NEAR]}
    return len(asked & close) / len(asked)


def best_span(reading: Reading) -> float:
    return reading.spans[0].score if reading.spans else UNREAD
