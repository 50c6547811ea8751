"""Ranks the fused candidates anew: the reader's scores together with those that found them.

A hit's score is the sum of WEIGHTS times its `features`; the weights maximise the probability of a
passage that answers among its question's candidates (conditional logit: McFadden, 1974), fitted by
`python -m train.fit` on SQuAD's held-back questions and half of the news questions; the other half is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from rag.search.reader import Reader
from rag.types import Hit, Reading

CANDIDATES = 24  # fused passages that the reader reads (docs/evaluation.md)
WEIGHTS = (2.86, 0.78, 3.03, 1.19, -1.74, 0.19)  # of the features, in their order
RANK_K = 10  # how fast the rank after fusion loses its weight
UNREAD = -12.0  # the span score of a passage without a span


def rank(question: str, hits: Sequence[Hit], reader: Reader) -> list[Hit]:
    """The hits with their readings, best first, ties in the order given."""
    readings = reader.read(question, [(h.passage.title, h.passage.text) for h in hits])
    read = [replace(hit, reading=reading) for hit, reading in zip(hits, readings, strict=True)]
    scores = features(read) @ np.array(WEIGHTS)
    ranked = [replace(hit, score=float(score)) for hit, score in zip(read, scores, strict=True)]
    return sorted(ranked, key=lambda h: -h.score)


def features(hits: Sequence[Hit]) -> npt.NDArray[np.float64]:
    """Hits x 6: BM25 as a share of the best; cosine; K / (K + rank after fusion); the reader's relevance; the logit of
    "it answers"; the best span's score."""
    best_words = max((h.fulltext or 0.0 for h in hits), default=0.0) or 1.0
    rows = []
    for hit in hits:
        assert hit.reading is not None
        found = ((hit.fulltext or 0.0) / best_words, hit.dense or 0.0, RANK_K / (RANK_K + (hit.rank or 0)))
        rows.append((*found, hit.reading.relevance, hit.reading.logit, best_span(hit.reading)))
    return np.array(rows, dtype=np.float64).reshape(len(hits), len(WEIGHTS))


def best_span(reading: Reading) -> float:
    return reading.spans[0].score if reading.spans else UNREAD
