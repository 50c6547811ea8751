"""Finds hard negatives with Dateline's own searches: `python -m train.mine`.

For every question the paragraphs that full text and dense search rank first, the ones with the
answer's words left out; kept in the cache as arrays of paragraph numbers, questions x DEPTH, -1 where
there are fewer. Questions go in training order, a part at a time, so that training may begin before
mining ends.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from evals.data import cached, folder
from evals.metrics import holds
from rag.search.embedding import load as embedder
from rag.store.catalog import Catalog, Entry, Filter
from rag.store.fulltext import FullText
from rag.types import Article, Passage
from train.data import Paragraph, Question, Squad, load

DEPTH = 6  # negatives kept of each search
LOOKED_AT = 16  # hits of each search, before those that answer are left out
PART = 4_000  # questions to a file

Mined = tuple[np.ndarray, np.ndarray]  # by full text, by meaning; each questions x DEPTH


def home() -> Path:
    return cached("reader")


def mined(name: str, part: int) -> Mined | None:
    """The negatives of one part of the questions, or None where they are not mined yet."""
    path = home() / f"{name}-{part:03}.npz"
    if not path.is_file():
        return None
    with np.load(path) as file:
        return file["fulltext"], file["dense"]


def main() -> None:
    data = folder()
    if data is None:
        return
    (home() / "paragraphs").mkdir(parents=True, exist_ok=True)
    squad = load(data)
    encode = embedder("all-MiniLM-L6-v2").encode
    search = FullText(_catalog(squad.paragraphs))
    vectors = _vectors(squad, encode)
    for name, questions in (("held", squad.held_back[:PART]), ("train", squad.questions)):
        for part, start in enumerate(range(0, len(questions), PART)):
            path = home() / f"{name}-{part:03}.npz"
            if path.is_file():
                continue
            started = time.perf_counter()
            some = questions[start : start + PART]
            near = _nearest(encode([q.text for q in some]), vectors)
            by_words = [[int(id) for id, _ in search.search(q.text, LOOKED_AT, Filter())] for q in some]
            pending = path.with_suffix(".part.npz")
            np.savez(pending, fulltext=_kept(by_words, some, squad), dense=_kept(near, some, squad))
            pending.rename(path)
            print(
                f"{name} part {part}: {len(some)} questions in {time.perf_counter() - started:.0f} s", file=sys.stderr
            )


def _catalog(paragraphs: Sequence[Paragraph]) -> Catalog:
    """A catalog of paragraphs, each an article of one passage whose id is its number."""
    catalog = Catalog(home() / "paragraphs")
    if catalog.count("passages") != len(paragraphs):
        none = np.zeros((1, 1), dtype=np.float32)
        with catalog.transaction() as db:
            for number, p in enumerate(paragraphs):
                id = str(number)
                passage = Passage(id, id, 0, p.text, 0, len(p.text), p.title)
                catalog.put(db, Entry(Article(id, p.title, p.text, origins=(id,)), (passage,), none))
    return catalog


def _vectors(squad: Squad, encode: object) -> np.ndarray:
    path = home() / "paragraphs.npy"
    if not path.is_file():
        np.save(path, encode([f"{p.title}\n{p.text}" for p in squad.paragraphs]))  # type: ignore[operator]
    return np.load(path)


def _nearest(asked: np.ndarray, vectors: np.ndarray) -> Iterable[Sequence[int]]:
    for start in range(0, len(asked), 500):
        cosines = asked[start : start + 500] @ vectors.T
        best = np.argpartition(-cosines, LOOKED_AT, axis=1)[:, :LOOKED_AT]
        order = np.take_along_axis(-cosines, best, axis=1).argsort(axis=1)
        yield from np.take_along_axis(best, order, axis=1).tolist()


def _kept(ranked: Iterable[Sequence[int]], questions: Sequence[Question], squad: Squad) -> np.ndarray:
    """The first DEPTH paragraphs of each list that do not hold the answer."""
    kept = np.full((len(questions), DEPTH), -1, dtype=np.int32)
    for row, numbers, question in zip(kept, ranked, questions, strict=True):
        answer = question.answer(squad.paragraphs)
        others = [n for n in numbers if n != question.paragraph and not holds(squad.paragraphs[n].text, answer)]
        row[: len(others[:DEPTH])] = others[:DEPTH]
    return kept


if __name__ == "__main__":
    main()
