"""Hits become numbered evidence within a budget, with the probability that it answers.

The probability is a logistic regression over facts of the passages: five of what the reader made of them,
or four of their words where it read none. The weights of the five were fitted by `python -m train.fit`,
every question asked twice, once of an archive without the articles that answer; those of the four in the same
way on SQuAD's training questions alone, before there was a reader.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

from rag.answer.meaning import sense, senses
from rag.text import fold, spelled, words
from rag.types import Evidence, Hit

Weigh = Callable[[str], float]  # a word -> how much it tells (0 for a stop word, more for a rare one)

BIAS = -6.8
WEIGHTS = (3.0, 4.3, 0.3, 2.4)  # of the facts, in their order, where nothing was read
TOPIC_BIAS = -9.1
TOPIC_WEIGHTS = (6.0, 3.0, 3.5, 3.0)  # cosine, best and joint share of the topic's words, share of its names
SHORT = 4  # words of a topic
READ_BIAS = -2.34
READ_WEIGHTS = (0.91, 0.08, -0.24, 0.47, 0.59)  # of the facts of what was read, in their order
AHEAD = 4.0  # a first passage is ahead by so much at most, and where it is the only one
ALONE = -6.0  # the mean logit of other articles where there are none
SURE = 8.0  # logits of the reader count up to this, either way
NAME = re.compile(r"\b(?:[A-ZА-ЯЁӘҒҚҢӨҰҮҺІЂЈЉЊЋЏŠĐČĆŽ][\w’'-]+|\d[\d.,]*)")
LOOKED_AT = 5  # passages


def gather(sides: Sequence[tuple[str, Sequence[Hit]]], weigh: Weigh, *, budget: int, topical: bool = False) -> Evidence:
    """The first hits of each side, (question, hits), whose words fit its share of the budget (always one), side after
    side, numbered from 1; a passage that two sides found has one number and is of both. It is enough where it is for one.

    `topical`: what is asked is a topic, to be told of, and no question that a passage answers.
    """
    hits: list[Hit] = []
    numbers: dict[str, int] = {}  # by passage
    own: list[tuple[int, ...]] = []
    likely = [0.0]
    for question, found in sides:
        taken = _within(found, budget // len(sides))
        for hit in taken:
            if numbers.setdefault(hit.passage.id, len(hits) + 1) > len(hits):
                hits.append(hit)
        own.append(tuple(numbers[h.passage.id] for h in taken))
        likely.append(told_of(question, taken, weigh) if topical else enough(question, taken, weigh))
    return Evidence(tuple(hits), max(likely), tuple(own) if len(sides) > 1 else ())


def _within(hits: Sequence[Hit], budget: int) -> list[Hit]:
    taken: list[Hit] = []
    spent = 0
    for hit in hits:
        size = len(hit.passage.text.split())
        if taken and spent + size > budget:
            break
        taken.append(hit)
        spent += size
    return taken


def enough(question: str, hits: Sequence[Hit], weigh: Weigh) -> float:
    """The probability that these hits answer the question."""
    if not hits:
        return 0.0
    read = all(h.reading is not None for h in hits)
    found = facts_read(hits) if read else facts(question, hits, weigh)
    bias, weights = (READ_BIAS, READ_WEIGHTS) if read else (BIAS, WEIGHTS)
    z = bias + sum(w * f for w, f in zip(weights, found, strict=True))
    return 1.0 / (1.0 + math.exp(-z))


def told_of(topic: str, hits: Sequence[Hit], weigh: Weigh) -> float:
    """The probability that these hits are about a topic, set by hand: by cosine, by its words and by its names. Of a short topic
    every word counts: what tells of Mars does not tell of unicorns on Mars."""
    if not hits:
        return 0.0
    cosine, best, joint, named = facts(topic, hits, weigh)
    short = len([w for w in words(topic) if weigh(w) > 0]) <= SHORT
    signs = (cosine, best, joint if short else 1.0, named if names_of(topic) else best)
    z = TOPIC_BIAS + sum(w * f for w, f in zip(TOPIC_WEIGHTS, signs, strict=True))
    return 1.0 / (1.0 + math.exp(-z))


def facts(question: str, hits: Sequence[Hit], weigh: Weigh) -> tuple[float, float, float, float]:
    """Best cosine; weighted share of the question's words in the best passage, and in the best five together;
    share of its names and numbers that the best passage holds (1.0 when it names none)."""
    asked = {sense(w): weigh(w) for w in words(question)}
    asked = {s: w for s, w in asked.items() if w > 0}
    total = sum(asked.values())
    seen = [senses(f"{h.passage.title} {h.passage.text} {spelled(h.passage.date)}") for h in hits[:LOOKED_AT]]
    cosine = max((h.dense or 0.0 for h in hits[:LOOKED_AT]), default=0.0)
    best = max((sum(w for s, w in asked.items() if s in one) for one in seen), default=0.0)
    union = set().union(*seen)
    together = sum(w for s, w in asked.items() if s in union)
    names = {sense(fold(n)) for n in names_of(question)}
    named = max((len(names & one) / len(names) for one in seen), default=0.0) if names else 1.0
    return cosine, best / total if total else 0.0, together / total if total else 0.0, named


def facts_read(hits: Sequence[Hit]) -> tuple[float, float, float, float, float]:
    """The best logit of "it answers"; the score of the first passage's span; the mean logit of the passages of other
    articles than the best one's; how far the first passage is ahead of the second; articles that agree with it, to 2."""
    readings = [h.reading for h in hits if h.reading is not None]
    logits = [capped(r.logit) for r in readings]
    best = logits.index(max(logits))
    others = [z for z, h in zip(logits, hits, strict=True) if h.passage.article_id != hits[best].passage.article_id]
    span = capped(readings[0].spans[0].score) if readings[0].spans else -SURE
    ahead = min(AHEAD, hits[0].score - hits[1].score) if len(hits) > 1 else AHEAD
    return logits[best], span, sum(others) / len(others) if others else ALONE, ahead, min(2, _agreeing(hits))


def _agreeing(hits: Sequence[Hit]) -> int:
    """How many other articles among the first have the first passage's answer as theirs."""
    said = _said(hits[0])
    others = {h.passage.article_id for h in hits[1 : LOOKED_AT + 1] if said and _said(h) == said}
    return len(others - {hits[0].passage.article_id})


def _said(hit: Hit) -> str:
    span = hit.reading.spans[0] if hit.reading is not None and hit.reading.spans else None
    return "" if span is None else fold(hit.passage.text[span.start : span.end]).strip()


def capped(logit: float) -> float:
    return min(SURE, max(-SURE, logit))


def names_of(question: str) -> list[str]:
    """Capitalised words but the first, and numbers: names_of("Did Vučić sign in 2024?") -> ["Vučić", "2024"]."""
    found = [(m.start(), m.group().rstrip(".,")) for m in NAME.finditer(question)]
    return [name.removesuffix("’s").removesuffix("'s") for at, name in found if at > 0 or name[0].isdigit()]
