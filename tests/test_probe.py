"""Laws of the look at a collection: lost and altered vectors are wrong; a few that a search passes over are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from rag.store.index import Index
from rag.store.probe import ask_for_itself
from rag.store.vectors import Vectors
from tests.entries import IDENTITY, put


class Blind(Vectors):
    """A collection whose search does not reach some passages."""

    unreached: frozenset[str] = frozenset()

    def query(self, *arguments: object, **more: object) -> list[tuple[str, float]]:
        return [hit for hit in super().query(*arguments, **more) if hit[0] not in self.unreached]  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "archive", embedder=IDENTITY)
    with made.writer() as writer:
        writer.commit([put(n) for n in range(100)])
    return made


@pytest.fixture
def vectors(index: Index) -> Iterator[Blind]:
    made = Blind(index.place(), embedder=IDENTITY)
    yield made
    made.close()


def test_a_sound_collection_has_nothing_wrong(index: Index, vectors: Blind) -> None:
    found = ask_for_itself(vectors, index.catalog, 400)
    assert (found.count, found.asked, found.wrong) == (200, 200, 0)


@pytest.mark.parametrize(("unreached", "wrong"), [(1, 0), (4, 0), (5, 5), (60, 60)])
def test_a_search_may_pass_over_a_few_that_are_there(index: Index, vectors: Blind, unreached: int, wrong: int) -> None:
    vectors.unreached = frozenset(index.catalog.vectors()[0][:unreached])
    assert ask_for_itself(vectors, index.catalog, 400).wrong == wrong


def test_one_that_is_lost_is_wrong(index: Index, vectors: Blind) -> None:
    vectors.delete(index.catalog.vectors()[0][:1])
    assert ask_for_itself(vectors, index.catalog, 400).wrong == 1


def test_one_that_is_altered_is_wrong(index: Index, vectors: Blind) -> None:
    (passage,) = index.catalog.passages(index.catalog.vectors()[0][:1]).values()
    vectors.upsert([passage], np.eye(16, dtype=np.float32)[:1])
    assert ask_for_itself(vectors, index.catalog, 400).wrong == 1
