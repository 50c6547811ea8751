"""The embedded answerer: the one to four sentences of the articles that answer, in their own words.

Sentences are ranked by three signals: the cosine of question and sentence, the weighted share of the
question's words that the sentence (with its title) holds, and the rank of its passage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.answer.evidence import Weigh
from rag.sentences import spans
from rag.text import fold, stem, words
from rag.types import Evidence, Kind

Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]

COSINE, OVERLAP, TITLE, RANK, INFORMATION = 1.0, 0.6, 0.25, 0.35, 0.15
NEAR = 0.80  # a further sentence must come this near to the best one's score
MOST = {"list": 3, "timeline": 4, "summary": 4, "comparison": 4, "said": 3}
USUAL = 2
LONGEST = 90  # words of the whole answer
READ = 6  # passages whose sentences are looked at


@dataclass(frozen=True, slots=True)
class Extract:
    """One sentence of an article: `start` and `end` in the passage's text, `marked` within the sentence."""

    number: int
    start: int
    end: int
    text: str
    score: float
    marked: tuple[int, int] | None = None


def extract(question: str, evidence: Evidence, encode: Encode, weigh: Weigh, kind: Kind = "fact") -> list[Extract]:
    """The sentences that answer, best first; never the same words twice."""
    ranked = rank(question, evidence, encode, weigh)
    taken: list[Extract] = []
    length = 0
    for one in ranked:
        size = len(one.text.split())
        if taken and (one.score < NEAR * taken[0].score or length + size > LONGEST):
            continue
        if any(_same(one.text, other.text) for other in taken):
            continue
        taken.append(_marked(question, one))
        length += size
        if len(taken) >= MOST.get(kind, USUAL):
            break
    return taken


def rank(question: str, evidence: Evidence, encode: Encode, weigh: Weigh) -> list[Extract]:
    """Every sentence of the first passages with its score, best first."""
    found = list(_sentences(evidence))
    if not found:
        return []
    vectors = encode([question, *(text for _, _, _, text in found)])
    cosines = vectors[1:] @ vectors[0]
    asked = {stem(w): weigh(w) for w in words(question)}
    total = sum(asked.values()) or 1.0
    scored = []
    for (number, start, end, text), cosine in zip(found, cosines, strict=True):
        here = {stem(w) for w in words(text)}
        title = {stem(w) for w in words(evidence[number].title)}
        overlap = sum(w for s, w in asked.items() if s in here) / total
        by_title = sum(w for s, w in asked.items() if s in title and s not in here) / total
        news = min(1.0, len(here - set(asked)) / 12)
        score = COSINE * float(cosine) + OVERLAP * overlap + TITLE * by_title + RANK / (1 + number) + INFORMATION * news
        scored.append(Extract(number, start, end, text, score))
    return sorted(scored, key=lambda e: (-e.score, e.number, e.start))


def _sentences(evidence: Evidence) -> list[tuple[int, int, int, str]]:
    """(number, start, end, text) of the sentences of the first passages; overlapping passages give each once."""
    found, seen = [], set[tuple[str, int]]()
    for number, passage in enumerate(evidence, start=1):
        if number > READ:
            break
        for start, end in spans(passage.text):
            place = (passage.article_id, passage.start + start)
            text = passage.text[start:end]
            if place not in seen and len(text.split()) >= 4 and not text.endswith("?"):
                seen.add(place)
                found.append((number, start, end, text))
    return found


def _same(one: str, other: str) -> bool:
    """Whether two sentences are near-identical: four fifths of the shorter one's words are in the other."""
    a, b = {stem(w) for w in words(one)}, {stem(w) for w in words(other)}
    return len(a & b) >= 0.8 * min(len(a), len(b))


def _marked(question: str, one: Extract) -> Extract:
    """The longest run of words that the question does not have: where the answer most likely stands."""
    asked = {stem(w) for w in words(question)}
    best, current = (0, 0), (0, 0)
    position = 0
    for token in one.text.split(" "):
        start, position = position, position + len(token) + 1
        known = {stem(w) for w in words(token)} & asked
        current = (position, position) if known else (current[0], start + len(token))
        if current[1] - current[0] > best[1] - best[0]:
            best = current
    start, end = best
    end = start + len(one.text[start:end].rstrip(" .,;:"))
    if not fold(one.text[start:end]).strip():
        return one
    return Extract(one.number, one.start, one.end, one.text, one.score, (start, end))
