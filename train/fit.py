"""Fits the four small models around the reader: `python -m train.fit`.

    ranking     rag/search/rank.py WEIGHTS: which candidate answers? (conditional logit)
    sentences   rag/answer/extract.py: does this sentence hold the answer? (logistic regression)
    enough      rag/answer/evidence.py: does the evidence hold it? (logistic regression; every question is also
                asked of an archive without any article that has the answer)

On questions of SQuAD's held-back articles over all its training paragraphs, and on the half of the
news questions that is never reported (evals.newsquiz.halves), each asked as of the day of its quiz; these count twice:
news is what is asked about. Ranking is fitted on both first, then on news alone with what only news has (where a passage
stands in its article, how old it is), held near the first weights by an L2 of TOWARDS. Prints the weights; they are
copied by hand. Another L2 of 1e-3 throughout, 1e-2 for enough.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evals.data import cached, folder, records
from evals.metrics import holds
from evals.newsquiz import halves
from rag import Archive
from rag.answer import evidence, extract
from rag.search import rank
from rag.search.reader import Reader, load
from rag.search.retrieve import age, retrieve
from rag.store.catalog import Entry, Filter
from rag.store.writer import Put
from rag.types import Article, Hit, Passage
from train.data import load as load_squad
from train.mine import home

QUESTIONS = 250  # of SQuAD
COUNT = (1.0, 2.0)  # how much each of the two sets counts, however many questions it has
TOWARDS = 0.03  # chosen by fitting on each half of the news questions and looking at the other


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its answer, its candidates as read, and those that are left without the articles that answer."""

    question: str
    answer: str
    hits: tuple[Hit, ...]
    others: tuple[Hit, ...]
    archive: Archive
    today: dt.date | None = None


@dataclass
class Rows:
    """Features and labels of one model, by data set."""

    x: list[np.ndarray] = field(default_factory=list)
    y: list[np.ndarray] = field(default_factory=list)


def main() -> None:
    data = folder()
    if data is None:
        return
    parser = argparse.ArgumentParser(prog="python -m train.fit")
    parser.add_argument("--questions", type=int, default=QUESTIONS)
    parser.add_argument("--steps", nargs="*", default=["ranking", "sentences", "enough"])
    chosen = parser.parse_args()
    reader = load()
    sets = [list(_squad(data, reader, chosen.questions)), list(_news(data, reader, chosen.questions))]
    for step in chosen.steps:
        {"ranking": fit_ranking, "sentences": fit_sentences, "enough": fit_enough}[step](sets)


# -- questions with their candidates -------------------------------------------------------------------


def _squad(data: Any, reader: Reader, n: int) -> Iterator[Asked]:
    squad = load_squad(data)
    archive = Archive(cached("squad-train"))
    if not archive.index.catalog.count("passages"):
        vectors = np.load(home() / "paragraphs.npy")
        with archive.index.writer() as writer:
            for i in range(0, len(squad.paragraphs), 500):
                writer.commit([_put(i + j, p, vectors) for j, p in enumerate(squad.paragraphs[i : i + 500])])
    for number, q in enumerate(squad.held_back[:n]):
        _say("SQuAD", number)
        yield _asked(archive, q.text, q.answer(squad.paragraphs), reader)


def _put(number: int, paragraph: Any, vectors: np.ndarray) -> Put:
    id = str(number)
    passage = Passage(id, id, 0, paragraph.text, 0, len(paragraph.text), paragraph.title)
    article = Article(id, paragraph.title, paragraph.text, origins=(id,))
    return Put(Entry(article, (passage,), vectors[number : number + 1]), (id,))


def _news(data: Any, reader: Reader, n: int) -> Iterator[Asked]:
    archive = Archive(cached("newsquiz"))
    questions = [q for q in records(data / "newsquiz" / "questions.jsonl.gz") if q["gold_urls"]]
    for number, q in enumerate(halves(questions)[0][:n]):
        _say("news", number)
        yield _asked(archive, q["question"], q["answer"], reader, dt.date.fromisoformat(q["date"]))


def _asked(archive: Archive, question: str, answer: str, reader: Reader, today: dt.date | None = None) -> Asked:
    def found(without: frozenset[str] = frozenset()) -> tuple[Hit, ...]:
        return retrieve(
            question, archive.index, archive.embedder.encode, where=Filter(before=today), k=rank.CANDIDATES,
            per_article=rank.CANDIDATES, reader=reader, without=without, today=today,
        ).hits  # fmt: skip

    hits = found()
    answering = set[str]()
    others = hits
    while True:  # what comes up when these are gone may answer too
        more = {h.passage.article_id for h in others if _article_holds(archive, h, answer)} - answering
        if not more:
            return Asked(question, answer, hits, others, archive, today)
        answering |= more
        others = found(frozenset(answering))


def _article_holds(archive: Archive, hit: Hit, answer: str) -> bool:
    article = archive.article(hit.passage.article_id)
    return article is not None and holds(f"{article.title} {article.text}", answer)


# -- the models ------------------------------------------------------------------------------------


def fit_ranking(sets: list[list[Asked]]) -> None:
    groups = []
    for some in sets:
        kept = []
        for one in some:
            x = np.hstack([rank.features(one.question, one.hits), _youth(one)])
            y = np.array([holds(h.passage.text, one.answer) for h in one.hits])
            if y.any() and not y.all():
                kept.append((x, y))
        groups.append(kept)
        print("ranking:", len(kept), "questions; hit@1 fused", round(_first(kept, np.eye(x.shape[1])[2]), 3),
              "reader alone", [round(_first(kept, np.eye(x.shape[1])[i]), 3) for i in (3, 4, 5)])  # fmt: skip
    both = conditional_logit(groups, COUNT)
    news = conditional_logit(groups[1:], (1.0,), TOWARDS, both)
    for name, weights in (("both", both), ("news, near both", news)):
        print(f"  fitted on {name}:", np.round(weights, 2).tolist(), "hit@1",
              [round(_first(kept, weights), 3) for kept in groups])  # fmt: skip


def _youth(one: Asked) -> np.ndarray:
    """A column whose weight is retrieve.AGING; 0 where no day is asked from."""
    ages = [age(h.passage.date, one.today) if one.today else 0.0 for h in one.hits]
    return -np.array(ages).reshape(-1, 1)


def _first(groups: list[tuple[np.ndarray, np.ndarray]], weights: np.ndarray) -> float:
    return float(np.mean([y[int(np.argmax(x @ weights))] for x, y in groups]))


def fit_sentences(sets: list[list[Asked]]) -> None:
    x, y, shares, lists = [], [], [], []
    for some, count in zip(sets, COUNT, strict=True):
        rows = []
        for one in some:
            gathered = evidence.gather([(one.question, one.hits[:10])], one.archive._weigh, budget=1600)
            found = extract._sentences(gathered, extract.READ)
            right = np.array([holds(text, one.answer) for _, _, _, text in found], dtype=float)
            if right.any():
                signals = extract.signals(
                    one.question, gathered, found, one.archive.embedder.encode, one.archive._weigh
                )
                rows.append((signals, right))
        lists.append(rows)
        x += [r[0] for r in rows]
        y += [r[1] for r in rows]
        shares += [count / sum(len(r[1]) for r in rows)] * sum(len(r[1]) for r in rows)
    weights = logistic(np.vstack(x), np.concatenate(y), np.array(shares))
    print("sentences: weights", np.round(weights[1:], 2).tolist(), "bias", round(float(weights[0]), 2),
          "first sentence holds the answer", [round(_first(rows, weights[1:]), 3) for rows in lists])  # fmt: skip


def fit_enough(sets: list[list[Asked]]) -> None:
    x, y, shares, right = [], [], [], []
    for some, count in zip(sets, COUNT, strict=True):
        for one in some:
            for hits in (one.hits, one.others):
                if not hits:
                    continue
                gathered = evidence.gather([(one.question, hits[:10])], one.archive._weigh, budget=1600)
                x.append(evidence.facts_read(gathered.hits))
                y.append(float(any(holds(p.text, one.answer) for p in list(gathered)[:3])))
                shares.append(count / len(some))
                first = extract.rank(one.question, gathered, one.archive.embedder.encode, one.archive._weigh)[:2]
                right.append(any(holds(e.text, one.answer) for e in first))
    features, labels, correct = np.array(x), np.array(y), np.array(right)
    weights = logistic(features, labels, np.array(shares), penalty=1e-2)
    p = 1 / (1 + np.exp(-(weights[0] + features @ weights[1:])))
    print("enough: bias", round(float(weights[0]), 2), "weights", np.round(weights[1:], 2).tolist())
    for threshold in np.arange(0.1, 0.95, 0.1):
        given = p >= threshold
        print(f"  at {threshold:.1f}: answers {given[labels == 1].mean():.2f} of those that are there, abstains on "
              f"{1 - given[labels == 0].mean():.2f} of the others; wrong of those given {1 - correct[given].mean():.2f}")  # fmt: skip


# -- fitting ---------------------------------------------------------------------------------------


def logistic(x: np.ndarray, y: np.ndarray, shares: np.ndarray | None = None, penalty: float = 1e-3) -> np.ndarray:
    """Weights, the bias first: maximum likelihood by Newton's method; `shares` weigh the rows."""
    x = np.hstack([np.ones((len(x), 1)), x])
    n = np.ones(len(x)) if shares is None else shares / shares.mean()
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (n * (y - p)) - penalty * weights
        hessian = (x * (n * p * (1 - p))[:, None]).T @ x + penalty * np.eye(x.shape[1])
        weights += np.linalg.solve(hessian, gradient)
    return weights


def conditional_logit(
    sets: list[list[tuple[np.ndarray, np.ndarray]]], counts: Sequence[float], penalty: float = 1e-3,
    towards: np.ndarray | None = None,
) -> np.ndarray:  # fmt: skip
    """Weights that maximise the mean log of the probability of the right candidates of each set, times its count; the
    penalty is on what they are away from `towards`, in standard deviations of the features."""
    spread = np.std(np.vstack([x - x.mean(0) for groups in sets for x, _ in groups]), axis=0) + 1e-9
    centre = np.zeros(len(spread)) if towards is None else towards * spread
    weights, step = centre.copy(), 1.0

    def value(w: np.ndarray) -> tuple[float, np.ndarray]:
        away = w - centre
        total, gradient = -penalty * float(away @ away) / 2, -penalty * away
        for groups, count in zip(sets, counts, strict=True):
            for x, y in groups:
                z = (x / spread) @ w
                p = np.exp(z - z.max())
                p /= p.sum()
                right = p * y / (p * y).sum()
                total += float(np.log((p * y).sum())) * count / len(groups)
                gradient = gradient + (right - p) @ (x / spread) * count / len(groups)
        return total, gradient

    now, gradient = value(weights)
    for _ in range(500):
        there, then = value(weights + step * gradient)
        if there > now:
            weights, now, gradient, step = weights + step * gradient, there, then, step * 1.3
        else:
            step /= 3
        if step < 1e-7:
            break
    return weights / spread


def _say(name: str, number: int) -> None:
    if number % 25 == 0:
        print(f"{name}: {number}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
