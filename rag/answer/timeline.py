"""Dated rows: of each article that is on the topic one sentence, in the order of the days.

    rows("the Novi Sad canopy", evidence, …)  ->  [Extract of 1 November, Extract of 21 March, …]

What two articles say in nearly the same words is one row, and both are cited.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from rag.answer.evidence import Weigh
from rag.answer.extract import Encode, Extract, rank, same
from rag.answer.meaning import sense, senses
from rag.sentences import spans
from rag.text import words
from rag.types import Evidence, Passage

ON_TOPIC = 0.75  # of the topic's words, weighted, that the best passage holds, a passage must hold such a share
LEADS = 0.8  # more score for an article's first sentence: news says there what is new
SHORTEST = 10  # words; shorter sentences rarely stand by themselves


def rows(
    topic: str, evidence: Evidence, encode: Encode, weigh: Weigh, *, most: int, newest_first: bool = False
) -> list[Extract]:
    """At most `most` sentences, one an article, oldest first or newest first; articles without a day come last."""
    shares = [share_of(topic, passage, weigh) for passage in evidence]
    ranked = rank(topic, evidence, encode, weigh, most=len(evidence))
    best: dict[str, Extract] = {}
    for one in sorted(ranked, key=lambda e: -e.score - (LEADS if evidence[e.number].start + e.start == 0 else 0.0)):
        if shares[one.number - 1] >= ON_TOPIC * max(shares) and len(one.text.split()) >= SHORTEST:
            best.setdefault(evidence[one.number].article_id, one)
    dated = sorted(best.values(), key=lambda e: _day(evidence[e.number], newest_first))
    return _merged(dated)[:most]


def heads(evidence: Evidence, most: int) -> list[Extract]:
    """The first sentences of the articles whose beginnings these are, at most `most`, in the evidence's order."""
    found = []
    for number, passage in enumerate(evidence, start=1):
        for start, end in spans(passage.text, passage.language)[:1] if passage.start == 0 else ():
            found.append(Extract(number, start, end, passage.text[start:end], 0.0))
    return _merged(found)[:most]


def share_of(topic: str, passage: Passage, weigh: Weigh) -> float:
    """The weighted share of the topic's words that the passage or its title holds; 1.0 where no word tells anything."""
    asked = {sense(w): weigh(w) for w in words(topic)}
    total = sum(asked.values())
    here = senses(f"{passage.title} {passage.text}")
    return sum(w for s, w in asked.items() if s in here) / total if total else 1.0


def _day(passage: Passage, newest_first: bool) -> int:
    if passage.date is None:
        return dt.date.max.toordinal()
    return -passage.date.toordinal() if newest_first else passage.date.toordinal()


def _merged(found: Sequence[Extract]) -> list[Extract]:
    """The rows with those that say the same as one before added to it."""
    taken: list[Extract] = []
    for one in found:
        known = next((i for i, other in enumerate(taken) if same(one.text, other.text)), None)
        if known is None:
            taken.append(one)
        else:
            taken[known] = replace(taken[known], agreeing=(*taken[known].agreeing, one))
    return taken
