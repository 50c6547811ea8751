"""hit@k and MRR over ranked lists of relevance; exact match and F1 of answers; AUROC.

ranked([[False, True], [True]])  ->  {"hit@1": 0.5, "hit@5": 1.0, "hit@10": 1.0, "MRR": 0.75}
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from rag.text import fold

DEPTHS = (1, 5, 10)


def ranked(lists: Sequence[Sequence[bool]]) -> dict[str, float]:
    """hit@k: share of the lists with a relevant one among the first k; MRR: mean of 1 / its first rank, to 10."""
    n = len(lists) or 1
    scores = {f"hit@{k}": sum(any(one[:k]) for one in lists) / n for k in DEPTHS}
    scores["MRR"] = sum(1 / (one.index(True) + 1) for one in (list(x[: DEPTHS[-1]]) for x in lists) if True in one) / n
    return scores


def agreed(wanted: Sequence[set[str]], given: Sequence[set[str]]) -> dict[str, float]:
    """Precision, recall and F1 of sets against sets, counted over all of them."""
    common = sum(len(w & g) for w, g in zip(wanted, given, strict=True))
    right, found = sum(map(len, given)), sum(map(len, wanted))
    return {
        "precision": common / (right or 1),
        "recall": common / (found or 1),
        "F1": 2 * common / ((right + found) or 1),
    }


def holds(text: str, answer: str) -> bool:
    """Whether the answer's words stand in the text, as words, whatever their case and marks."""
    return stands(bare(answer), bare(text))


def stands(wanted: str, text: str) -> bool:
    """`holds` of texts that are `bare` already, for one text and many answers."""
    return bool(wanted) and f" {wanted} " in f" {text} "


def bare(text: str) -> str:
    """The words alone: bare("“Squid Game”!") -> "squid game"."""
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())


def exact(given: str, answers: Sequence[str]) -> float:
    """1.0 when the answer given is one of these, articles, case and punctuation aside (Rajpurkar et al., 2016)."""
    return float(any(_plain(given) == _plain(answer) for answer in answers))


def overlap(given: str, answers: Sequence[str]) -> float:
    """F1 of the words that the answer given shares with the nearest of these (Rajpurkar et al., 2016)."""
    return max((_overlap(_plain(given).split(), _plain(answer).split()) for answer in answers), default=0.0)


def _overlap(given: list[str], wanted: list[str]) -> float:
    common = sum((Counter(given) & Counter(wanted)).values())
    return 2 * common / (len(given) + len(wanted)) if common else 0.0


def _plain(text: str) -> str:
    text = "".join(c for c in text.lower() if c not in _PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """The chance that a true one scores higher than a false one, ties half (Mann and Whitney, 1947)."""
    values, positive = np.asarray(scores, dtype=float), np.asarray(labels, dtype=bool)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    n = int(positive.sum())
    return float((ranks[positive].sum() - n * (n + 1) / 2) / (n * (len(values) - n)))
