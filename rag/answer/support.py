"""How far one passage supports one sentence: facts of their words in a logistic regression, and what differs.

    weigh(terms("Thirteen people were charged."), read(passage))   ->  Support(state="supported", score=0.93, …)

The weights were fitted by `python -m evals support --fit` on one half of sentences that people judged.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.answer.contrary import Difference, differences, same
from rag.answer.lines import Line, Source, named, runs
from rag.answer.terms import Term
from rag.types import Support as State

BIAS = -6.96
WEIGHTS = (4.95, 3.63)  # of the facts, in their order
SUPPORTED = 0.55  # probability, chosen on the same half; fixed, whatever the sentence
PARTLY = 0.3  # share of the content that stands in the window
RESTATED, MOST = 3, 0.6  # terms of content of a sentence that restates one line, and the share of that line
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
        "supported"
        if score >= SUPPORTED or anchored(claim, window) or restates(claim, window)
        else "partly"
        if held >= PARTLY
        else "unsupported"
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
    """Whether two lines hold nearly all the content, names, figures or days among it, in whatever order and wording.

    What they do not hold may be said in another word, but not what somebody did: "cancelled" for "signed"."""
    content = [t for t in claim if t.content and t.kind not in ("day", "weekday")]  # those are compared by rule
    here = [t for line in window[:2] for t in line.terms]
    held = [t for t in content if any(same(t, o) for o in here)]
    if any(_may_be_done(t, before) for before, t in zip([None, *content], content, strict=False) if t not in held):
        return False
    hard = [t for t in held if t.hard]
    enough = len(hard) >= ANCHORS and any(t.kind == "name" for t in hard) and len(held) >= ANCHORED * len(content)
    return enough and all(_bound(a, b, window) for a, b in pairwise(hard))


def _may_be_done(term: Term, before: Term | None) -> bool:
    """Whether a term may be the sentence's verb: it has a verb's ending, or stands behind a name or a figure."""
    return term.text.casefold().endswith("ed") or (before is not None and before.hard)


def _bound(one: Term, other: Term, window: Sequence[Line]) -> bool:
    """Whether one line holds two neighbouring anchors; of one kind, in the same order: "Airlines in Britain, surgeries
    in America" is not "Airlines in America, surgeries in Britain"."""
    for line in window[:2]:
        first = [i for i, t in enumerate(line.terms) if same(one, t)]
        second = [i for i, t in enumerate(line.terms) if same(other, t)]
        if first and second and (one.kind != other.kind or first[0] < second[-1]):
            return True
    return False


def restates(claim: Sequence[Term], window: Sequence[Line]) -> bool:
    """Whether it says in another order what makes up most of one line, and nothing else."""
    ours = {t.sense for t in claim if t.content}
    theirs = {t.sense for line in window[:1] for t in line.terms if t.content}
    return len(ours) >= RESTATED and ours <= theirs and len(ours) >= MOST * len(theirs)


def facts(claim: Sequence[Term], source: Source) -> tuple[float, float]:
    """Share of the sentence's runs of three terms that stand in the passage; share of its terms that stand in one
    line, in the same order."""
    roots = [t.root for t in claim]
    order = max((in_order(roots, line.roots) for line in source.lines), default=0) / (len(roots) or 1)
    triples = runs(roots, 3)
    return sum(t in source.triples for t in triples) / len(triples) if triples else order, order


def in_order(some: Sequence[str], other: Sequence[str]) -> int:
    """The length of the longest common subsequence, a bit for each place (Hyyrö, 2004)."""
    places: dict[str, int] = {}
    for i, root in enumerate(some):
        places[root] = places.get(root, 0) | 1 << i
    every = (1 << len(some)) - 1
    left = every
    for root in other:
        here = left & places.get(root, 0)
        left = ((left + here) | (left - here)) & every
    return len(some) - left.bit_count()


def covered(claim: Sequence[Term], window: Sequence[Line], source: Source) -> float:
    content = [t for t in claim if t.content]
    here = [t for line in (*window, source.heading) for t in line.terms]
    senses = {t.sense for t in here}
    return sum(t.sense in senses or (t.kind == "name" and any(same(t, o) for o in here)) for t in content) / (
        len(content) or 1
    )


def probability(values: Sequence[float]) -> float:
    return 1 / (1 + math.exp(-BIAS - sum(w * v for w, v in zip(WEIGHTS, values, strict=True))))
