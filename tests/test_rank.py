"""Ranking by the reader: features by their definition, order by their weighted sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.search.rank import RANK_K, UNREAD, WEIGHTS, features, near, pairs, rank
from rag.types import Hit, Reading, Span
from tests.passages import article, passage

HITS = [
    Hit(passage(article(f"Report number {n}.", id=f"a{n}")), 0.1, dense=0.1 * n, fulltext=float(n) or None, rank=n + 1)
    for n in range(4)
]


class Reads:
    """Reads as it was told: one relevance for each passage, in order."""

    def __init__(self, *relevances: float) -> None:
        self.relevances = relevances

    def read(self, question: str, passages: list[tuple[str, str]]) -> list[Reading]:
        return [Reading(r, 0.5, (Span(0, 3, r),)) for r in self.relevances]


def test_features_are_what_their_names_say() -> None:
    read = [replace(h, reading=Reading(1.5, 0.5)) for h in HITS]
    found = features("What is number 2?", read)
    assert found.shape == (4, len(WEIGHTS))
    assert found[:, 0] == pytest.approx([0, 1 / 3, 2 / 3, 1])
    assert found[:, 1] == pytest.approx([0, 0.1, 0.2, 0.3])
    assert found[:, 2] == pytest.approx([RANK_K / (RANK_K + n) for n in (1, 2, 3, 4)])
    assert found[:, 3:6] == pytest.approx(np.tile([1.5, 0.0, UNREAD], (4, 1)))
    assert found[:, 6] == pytest.approx([1, 1, 1, 1])
    assert found[:, 7] == pytest.approx([0, 0, 1, 0])


def test_the_beginning_of_an_article_counts() -> None:
    later = replace(HITS[0], passage=replace(HITS[0].passage, ordinal=3), reading=Reading(0.0, 0.5))
    assert features("?", [later])[0, 6] == 1 / 4


def test_words_are_near_in_the_order_of_the_question() -> None:
    asked = pairs("Who visited the new dam?")
    assert ("new", "dam") in asked
    assert near(asked, "The minister visits the new dam.") == 1.0
    assert near(asked, "Near the dam, a new visit.") == 0.0
    assert near(pairs("Who?"), "anything") == 0.0


def test_a_much_more_relevant_passage_comes_first_and_nothing_is_lost() -> None:
    ranked = rank("?", HITS, Reads(0, 50, 0, 0))
    assert ranked[0].passage == HITS[1].passage
    assert {h.passage.id for h in ranked} == {h.passage.id for h in HITS}
    assert [h.score for h in ranked] == sorted((h.score for h in ranked), reverse=True)
    assert all(h.reading is not None for h in ranked)


def test_no_hits_are_ranked_to_none() -> None:
    assert features("?", []).shape == (0, len(WEIGHTS))
