"""hit@k and MRR over ranked lists of relevance.

ranked([[False, True], [True]])  ->  {"hit@1": 0.5, "hit@5": 1.0, "hit@10": 1.0, "MRR": 0.75}
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.text import fold

DEPTHS = (1, 5, 10)


def ranked(lists: Sequence[Sequence[bool]]) -> dict[str, float]:
    """hit@k: share of the lists with a relevant one among the first k; MRR: mean of 1 / its first rank, to 10."""
    n = len(lists) or 1
    scores = {f"hit@{k}": sum(any(one[:k]) for one in lists) / n for k in DEPTHS}
    scores["MRR"] = sum(1 / (one.index(True) + 1) for one in (list(x[: DEPTHS[-1]]) for x in lists) if True in one) / n
    return scores


def holds(text: str, answer: str) -> bool:
    """Whether the answer's words stand in the text, as words, whatever their case and marks."""
    wanted = _bare(answer)
    return bool(wanted) and f" {wanted} " in f" {_bare(text)} "


def _bare(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())
