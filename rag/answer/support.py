"""How far one passage supports one sentence: facts of their words in a logistic regression, and what differs.

    weigh(terms("Thirteen people were charged."), read(passage))   ->  Support(state="supported", score=0.93, …)

The weights were fitted by `python -m evals support --fit` on one half of sentences that people judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answer.contrary import Difference, differences, same
from rag.answer.lines import Line, Source, named, runs
from rag.answer.terms import Term
from rag.types import Support as State

BIAS = -6.27
WEIGHTS = (1.90, 4.25, 1.75)  # of the facts, in their order
SUPPORTED = 0.5  # probability; fixed, whatever the sentence
PARTLY = 0.3  # share of the content that stands in the window
WINDOW = 3  # lines that one sentence may rest on
NEWS = 2  # terms that a further line must add
ANCHORS, ANCHORED = (
    2,
    0.75,
)  # figures, days and names (one at least), and share of the content, that support other wording


@dataclass(frozen=True, slots=True)
class Support:
    """What one passage makes of one sentence; `window` are the lines it rests on, the nearest first."""

    state: State
    score: float
    covered: float
    window: tuple[Line, ...]
    differences: tuple[Difference, ...] = ()


def weigh(claim: Sequence[Term], source: Source) -> Support:
    """The state of the sentence by this passage alone."""
    claim = named(claim, source.names)
    window = near(claim, source)
    score = probability(facts(claim, source))
    held = covered(claim, window, source)
    differing = tuple(differences(claim, window, source)) if window and held >= PARTLY else ()
    state: State = (
        "supported" if score >= SUPPORTED or anchored(claim, window) else "partly" if held >= PARTLY else "unsupported"
    )
    if any(d.certain for d in differing):
        state = "unsupported"
    elif differing and state == "supported":
        state = "partly"
    return Support(state, score, held, window, differing)


def near(claim: Sequence[Term], source: Source) -> tuple[Line, ...]:
    """The lines that together hold most of the sentence's content, the one that holds most first."""
    content = [t for t in claim if t.content]
    left = list(content)
    taken: list[Line] = []
    while left and len(taken) < WINDOW:
        held = {line: [t for t in left if t.sense in line.senses] for line in source.lines if line not in taken}
        best = max(held, key=lambda line: (len(held[line]), -line.start), default=None)
        if best is None or not held[best] or (taken and not _adds(held[best])):
            break
        taken.append(best)
        left = [t for t in left if t not in held[best]]
    return tuple(taken)


def _adds(news: Sequence[Term]) -> bool:
    """Whether a further line says more than a name or a figure that may belong to something else there."""
    return len(news) >= NEWS and not all(t.hard for t in news)


def anchored(claim: Sequence[Term], window: Sequence[Line]) -> bool:
    """Whether two lines hold nearly all the content, names, figures or days among it, in whatever order and wording."""
    content = [t for t in claim if t.content]
    here = [t for line in window[:2] for t in line.terms]
    held = [t for t in content if any(same(t, o) for o in here)]
    hard = [t for t in held if t.hard]
    return len(hard) >= ANCHORS and any(t.kind == "name" for t in hard) and len(held) >= ANCHORED * len(content)


def facts(claim: Sequence[Term], source: Source) -> tuple[float, float, float]:
    """Share of the sentence's pairs of words that stand in two lines that follow one another; share of its triples
    that stand in the passage; share of its pairs of content that stand near each other, in that order, in one line."""
    roots = [t.root for t in claim]
    pairs, triples = runs(roots, 2), runs(roots, 3)
    together = max((_share(pairs, a.pairs | b.pairs) for a, b in source.following), default=0.0)
    inside = _share(triples, source.triples) if triples else together
    content = runs([t.root for t in claim if t.content], 2)
    loose = max((_share(content, line.near) for line in source.lines), default=0.0) if content else together
    return together, inside, loose


def _share(some: Sequence[tuple[str, ...]], of: frozenset[tuple[str, ...]]) -> float:
    return sum(one in of for one in some) / (len(some) or 1)


def covered(claim: Sequence[Term], window: Sequence[Line], source: Source) -> float:
    content = [t for t in claim if t.content]
    here = [t for line in (*window, source.heading) for t in line.terms]
    senses = {t.sense for t in here}
    return sum(t.sense in senses or (t.kind == "name" and any(same(t, o) for o in here)) for t in content) / (
        len(content) or 1
    )


def probability(values: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-BIAS - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))
