"""Sentences of machine summaries that people judged: does the check of answers tell supported from not?

The articles are parted in two halves by a hash of their text. `--fit` fits the weights of rag.answer.support on the
first half and prints them; what is reported is rag.answer.verify.check itself, on both halves.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from evals.data import folder, records
from evals.metrics import auroc
from evals.report import followed, write
from rag.answer.lines import read
from rag.answer.support import facts, weigh
from rag.answer.terms import terms
from rag.answer.verify import check
from rag.text import normalise, words
from rag.types import Article, Evidence, Hit, Passage

HALVES = ("fitted on", "held back")
STEPS, RATE, PENALTY = 20_000, 0.5, 1e-3


def main(options: Sequence[str] = (), page: bool = True) -> dict[str, float]:
    """The scores of the half that was held back; empty where the data is not there."""
    parser = argparse.ArgumentParser(prog="python -m evals support")
    parser.add_argument("--fit", action="store_true", help="fit the weights on the first half, and print them")
    asked = parser.parse_args(list(options))
    data = folder()
    if data is None:
        return {}
    rows = list(records(data / "support" / "qags_cnndm.jsonl.gz"))
    if asked.fit:
        fit([row for row in rows if half(row) == 0])
    scores = {name: measured([r for r in rows if half(r) == i], name) for i, name in enumerate(HALVES)}
    if page:
        write(
            "support",
            "python -m evals support",
            f"{len(rows)} sentences of machine summaries of news (QAGS), judged by people, through the check of answers, "
            "without a chat model; each article is one passage. Weights were fitted on one half of the articles. The "
            "share of a sentence's three-word runs that stand in the article is there for comparison, at its best limit.",
            scores,
        )
    return scores[HALVES[1]]


def half(row: dict[str, Any]) -> int:
    """0 or 1, the same for all sentences of one article."""
    return int(hashlib.sha256(row["article"].encode()).hexdigest(), 16) % 2


def measured(rows: Sequence[dict[str, Any]], name: str) -> dict[str, float]:
    truth = [bool(row["supported"]) for row in rows]
    found = [supported(row) for row in followed(rows, name)]
    scores = [weigh(terms(row["sentence"]), read(_passage(row))).score for row in rows]
    runs = [shared_runs(row) for row in rows]
    return {
        "sentences": len(rows),
        "balanced accuracy": balanced(found, truth),
        "AUROC": auroc(scores, truth),
        "runs of three alone": max(balanced([r >= limit for r in runs], truth) for limit in set(runs)),
    }


def supported(row: dict[str, Any]) -> bool:
    """Whether the check calls every sentence of it supported."""
    passage = _passage(row)
    article = Article("a", "", passage.text)
    found = check(row["sentence"], Evidence((Hit(passage, 1.0),), 0.9), {"a": article}.get)
    return all(s.support == "supported" for s in found.sentences)


def _passage(row: dict[str, Any]) -> Passage:
    text = normalise(row["article"])
    return Passage("p", "a", 0, text, 0, len(text), "")


def shared_runs(row: dict[str, Any]) -> float:
    said, held = (_runs(words(row[key])) for key in ("sentence", "article"))
    return sum(run in held for run in said) / (len(said) or 1)


def _runs(found: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(found[i : i + 3]) for i in range(len(found) - 2)}


def balanced(found: Sequence[bool], truth: Sequence[bool]) -> float:
    """The mean of the shares found among the supported and among the others."""
    right = [f == t for f, t in zip(found, truth, strict=True)]
    shares = [[r for r, t in zip(right, truth, strict=True) if t is kind] for kind in (True, False)]
    return sum(sum(share) / (len(share) or 1) for share in shares) / 2


def fit(rows: Sequence[dict[str, Any]]) -> None:
    """Logistic regression, both classes of equal weight, by gradient descent."""
    x = np.array([[1.0, *facts(terms(row["sentence"]), read(_passage(row)))] for row in rows])
    y = np.array([bool(row["supported"]) for row in rows])
    weight = np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum())
    w = np.zeros(x.shape[1])
    for _ in range(STEPS):
        gradient = x.T @ (weight * (1 / (1 + np.exp(-(x @ w))) - y)) + PENALTY * np.r_[0.0, w[1:]]
        w -= RATE * gradient
    print(f"BIAS = {w[0]:.2f}\nWEIGHTS = ({', '.join(f'{v:.2f}' for v in w[1:])})")
