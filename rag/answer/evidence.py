"""Hits become numbered evidence within a budget, with the probability that it answers.

The probability is a logistic regression over four facts of the best passages; its weights were
fitted by `python -m evals.fit` on SQuAD's training questions, half of them asked of an
archive without the paragraph that answers.
"""

from __future__ import annotations

import calendar
import datetime as dt
import math
import re
from collections.abc import Callable, Sequence

from rag.answer.meaning import sense, senses
from rag.text import fold, words
from rag.types import Evidence, Hit

Weigh = Callable[[str], float]  # a word -> how much it tells (0 for a stop word, more for a rare one)

BIAS = -6.8
WEIGHTS = (3.0, 4.3, 0.3, 2.4)  # of the facts, in their order
NAME = re.compile(r"\b(?:[A-ZА-ЯЁӘҒҚҢӨҰҮҺІЂЈЉЊЋЏŠĐČĆŽ][\w’'-]+|\d[\d.,]*)")
LOOKED_AT = 5  # passages


def gather(question: str, hits: Sequence[Hit], weigh: Weigh, *, budget: int) -> Evidence:
    """The first hits whose words fit the budget (always one), numbered from 1."""
    taken: list[Hit] = []
    spent = 0
    for hit in hits:
        size = len(hit.passage.text.split())
        if taken and spent + size > budget:
            break
        taken.append(hit)
        spent += size
    return Evidence(tuple(taken), enough(question, taken, weigh))


def enough(question: str, hits: Sequence[Hit], weigh: Weigh) -> float:
    """The probability that these hits answer the question."""
    if not hits:
        return 0.0
    z = BIAS + sum(w * f for w, f in zip(WEIGHTS, facts(question, hits, weigh), strict=True))
    return 1.0 / (1.0 + math.exp(-z))


def facts(question: str, hits: Sequence[Hit], weigh: Weigh) -> tuple[float, float, float, float]:
    """Best cosine; weighted share of the question's words in the best passage, and in the best five together;
    share of its names and numbers that the best passage holds (1.0 when it names none)."""
    asked = {sense(w): weigh(w) for w in words(question)}
    asked = {s: w for s, w in asked.items() if w > 0}
    total = sum(asked.values())
    seen = [senses(f"{h.passage.title} {h.passage.text} {_spelled(h.passage.date)}") for h in hits[:LOOKED_AT]]
    cosine = max((h.dense or 0.0 for h in hits[:LOOKED_AT]), default=0.0)
    best = max((sum(w for s, w in asked.items() if s in one) for one in seen), default=0.0)
    union = set().union(*seen)
    together = sum(w for s, w in asked.items() if s in union)
    names = {sense(fold(n)) for n in names_of(question)}
    named = max((len(names & one) / len(names) for one in seen), default=0.0) if names else 1.0
    return cosine, best / total if total else 0.0, together / total if total else 0.0, named


def _spelled(date: dt.date | None) -> str:
    """2024-04-10 -> "10 April 2024": a question may name the day on which an article appeared."""
    return "" if date is None else f"{date.day} {calendar.month_name[date.month]} {date.year}"


def names_of(question: str) -> list[str]:
    """Capitalised words but the first, and numbers: names_of("Did Vučić sign in 2024?") -> ["Vučić", "2024"]."""
    found = [(m.start(), m.group().rstrip(".,")) for m in NAME.finditer(question)]
    return [name.removesuffix("’s").removesuffix("'s") for at, name in found if at > 0 or name[0].isdigit()]
