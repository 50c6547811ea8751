"""Fits the two small models of the embedded answerer on SQuAD's training questions: `python -m evals.fit`.

    sentences   rag/answer/extract.py WEIGHTS: does this sentence hold the answer?
    enough      rag/answer/evidence.py BIAS, WEIGHTS: does the evidence hold it? Half of the questions are
                asked of an archive without any paragraph that has the answer.

Both are logistic regressions (Newton's method, L2 of 1e-3). Prints the weights; they are copied by hand.
"""

from __future__ import annotations

import hashlib
import random
import tempfile
from typing import Any

import numpy as np

from evals.data import folder, records
from evals.metrics import holds
from rag import Archive
from rag.answer.evidence import facts, gather
from rag.answer.extract import _sentences, signals
from rag.search.retrieve import retrieve
from rag.store.catalog import Entry, Filter
from rag.store.writer import Put
from rag.text import normalise
from rag.types import Article, Passage

PARAGRAPHS, QUESTIONS, SEED = 700, 300, 5


def main() -> None:
    data = folder()
    if data is None:
        return
    chance = random.Random(SEED)
    by_paragraph: dict[str, list[dict[str, Any]]] = {}
    for row in records(data / "squad" / "train-v1.1.jsonl.gz"):
        by_paragraph.setdefault(row["context"], []).append(row)
    titles = sorted({rows[0]["title"] for rows in by_paragraph.values()})
    chosen = set(chance.sample(titles, 20))
    paragraphs = [rows for rows in by_paragraph.values() if rows[0]["title"] in chosen][:PARAGRAPHS]
    questions = chance.sample([row for rows in paragraphs for row in rows], QUESTIONS)
    with tempfile.TemporaryDirectory() as home, Archive(home) as archive:
        _fill(archive, [rows[0] for rows in paragraphs])
        _fit(archive, questions)


def _fill(archive: Archive, rows: list[dict[str, Any]]) -> None:
    puts = []
    for row in rows:
        text, title = normalise(row["context"]), row["title"].replace("_", " ")
        id = hashlib.sha256(text.encode()).hexdigest()[:16]
        passage = Passage(id, id, 0, text, 0, len(text), title)
        vectors = archive.embedder.encode([f"{title}\n{text}"])
        puts.append(Put(Entry(Article(id, title, text, origins=(id,)), (passage,), vectors), (id,)))
    with archive.index.writer() as writer:
        writer.commit(puts)


def _fit(archive: Archive, questions: list[dict[str, Any]]) -> None:
    sentences, holding, evidences, answering = [], [], [], []
    for number, row in enumerate(questions):
        question, answer = row["question"], row["answers"][0]["text"]
        hits = retrieve(question, archive.index, archive.embedder.encode, where=Filter(), k=30, per_article=3).hits
        if number % 2:
            hits = tuple(h for h in hits if not holds(h.passage.text, answer))
        evidence = gather(question, hits[:10], archive._weigh, budget=1600)
        evidences.append(facts(question, evidence.hits, archive._weigh))
        answering.append(any(holds(p.text, answer) for p in list(evidence)[:3]))
        if not number % 2:
            found = _sentences(evidence)
            sentences.append(signals(question, evidence, found, archive.embedder.encode, archive._weigh))
            holding.append([holds(text, answer) for _, _, _, text in found])
    x, y = np.vstack(sentences), np.concatenate([np.array(h, dtype=float) for h in holding])
    weights = logistic(x, y)
    first = [h[int(np.argmax(s @ weights[1:]))] for s, h in zip(sentences, holding, strict=True)]
    print("sentences: weights", np.round(weights[1:], 2), "first sentence holds the answer:", np.mean(first))
    x, y = np.array(evidences), np.array(answering, dtype=float)
    weights = logistic(x, y)
    p = 1 / (1 + np.exp(-(weights[0] + x @ weights[1:])))
    print("enough: bias", round(float(weights[0]), 2), "weights", np.round(weights[1:], 2))
    for threshold in (0.3, 0.4, 0.5, 0.6):
        print(f"  at {threshold}: answers {np.mean(p[y == 1] >= threshold):.2f} of those that are there, "
              f"abstains on {np.mean(p[y == 0] < threshold):.2f} of the others")  # fmt: skip


def logistic(x: np.ndarray, y: np.ndarray, penalty: float = 1e-3) -> np.ndarray:
    """Weights, the bias first: maximum likelihood by Newton's method."""
    x = np.hstack([np.ones((len(x), 1)), x])
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (y - p) - penalty * weights
        hessian = (x * (p * (1 - p))[:, None]).T @ x + penalty * np.eye(x.shape[1])
        weights += np.linalg.solve(hessian, gradient)
    return weights


if __name__ == "__main__":
    main()
