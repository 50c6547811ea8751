"""Signatures: near copies are found by them, their resemblance is counted from the texts, and they go with articles."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from rag.store import similar
from rag.store.index import Index
from tests.entries import IDENTITY, put


def report(seed: int, words: int = 300) -> list[str]:
    chance = random.Random(seed)
    return [f"word{chance.randrange(5000)}" for _ in range(words)]


def edited(words: list[str], edits: int) -> list[str]:
    """The words with so many of them replaced, evenly spread."""
    step = len(words) // edits if edits else len(words) + 1
    return [f"other{i}" if i % step == step // 2 else word for i, word in enumerate(words)]


def jaccard(one: list[str], other: list[str]) -> float:
    a, b = ({tuple(some[i : i + similar.WORDS]) for i in range(len(some) - similar.WORDS + 1)} for some in (one, other))
    return len(a & b) / len(a | b)


@pytest.mark.parametrize("edits", [0, 1, 5, 20, 60, 150])
def test_resemblance_is_the_jaccard_of_shingles(edits: int) -> None:
    one = report(1)
    other = edited(one, edits)
    found = similar.resemblance(similar.shingles(one), similar.shingles(other))
    assert found == pytest.approx(jaccard(one, other))


def test_signatures_agree_as_far_as_texts_resemble_each_other() -> None:
    errors = []
    for seed in range(40):
        one = report(seed)
        other = edited(one, seed + 1)
        a, b = similar.shingles(one), similar.shingles(other)
        errors.append((similar.signature(a) == similar.signature(b)).mean() - similar.resemblance(a, b))
    assert abs(np.mean(errors)) < 0.03
    assert np.max(np.abs(errors)) < 0.25  # 4 standard deviations of 64 hashes


@pytest.mark.parametrize("words", [[], ["one"], ["one", "two"], ["one", "two", "three"]])
def test_short_texts_resemble_themselves(words: list[str]) -> None:
    found = similar.shingles(words)
    assert found.size == min(1, len(words))
    assert similar.resemblance(found, found) == float(bool(words))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index(tmp_path, embedder=IDENTITY)
    text = report(7)
    texts = {0: text, 1: edited(text, 2), 2: edited(text, 15), 3: report(8), 4: report(9)}
    with index.writer() as writer:
        writer.commit([put(n, "By us. " + " ".join(words)) for n, words in texts.items()])
    return index


def test_near_copies_are_found_most_alike_first(index: Index) -> None:
    found = index.catalog.similar("article-0000")
    assert [id for id, _ in found] == ["article-0001", "article-0002"]
    assert found[0][1] > found[1][1] >= similar.LEAST
    assert dict(index.catalog.similar("article-0001"))["article-0000"] == found[0][1]
    assert index.catalog.similar("article-0003") == index.catalog.similar("none") == []


def test_signatures_follow_their_articles(index: Index) -> None:
    with index.writer() as writer:
        writer.commit([put(1, "By us. " + " ".join(report(10)))])
    assert [id for id, _ in index.catalog.similar("article-0000")] == ["article-0002"]
    assert index.remove("article-0002")
    assert index.catalog.similar("article-0000") == []
    assert index.catalog.count("signatures") == index.catalog.count() == 4
    orphans = "SELECT count(*) FROM bands WHERE number NOT IN (SELECT number FROM signatures)"
    assert index.catalog.db.execute(orphans).fetchone()[0] == 0


def test_nine_of_ten_that_share_two_thirds_are_found(index: Index) -> None:
    """Bands find few pairs below LEAST, most at two thirds, nearly all above four fifths."""
    found = 0
    for seed in range(50):
        one = report(100 + seed)
        other = edited(one, 19)
        a, b = similar.shingles(one), similar.shingles(other)
        assert 0.62 < similar.resemblance(a, b) < 0.72
        found += not set(similar._bands(similar.signature(a))).isdisjoint(similar._bands(similar.signature(b)))
    assert found >= 42
