"""Fusion and spread: laws that hold for any two ranked lists."""

from __future__ import annotations

from rag.search.retrieve import DENSE_WEIGHT, FULLTEXT_WEIGHT, RRF_K, fuse, spread
from rag.types import Hit
from tests.passages import article, passage


def test_what_both_lists_have_comes_first() -> None:
    fused = fuse([("a", 0.9), ("b", 0.8)], [("c", 12.0), ("b", 11.0)])
    assert list(fused) == ["b", "c", "a"]
    assert fused["b"] == DENSE_WEIGHT / (RRF_K + 2) + FULLTEXT_WEIGHT / (RRF_K + 2)
    assert fused["c"] == FULLTEXT_WEIGHT / (RRF_K + 1)


def test_order_within_one_list_is_kept() -> None:
    ranked = [(str(n), 1.0 - n / 100) for n in range(20)]
    assert list(fuse(ranked, [])) == [id for id, _ in ranked]
    assert list(fuse([], ranked)) == [id for id, _ in ranked]


def test_at_most_so_many_of_one_article_and_so_many_in_all() -> None:
    long = article("One. " * 50)
    hits = [Hit(passage(long, n, n + 4 + n), 1.0) for n in range(10)]
    other = Hit(passage(article("Else entirely.", id="b")), 0.1)
    taken = spread([*hits, other], k=5, per_article=3)
    assert [h.passage.article_id for h in taken] == ["a1", "a1", "a1", "b"]
    assert len(spread([*hits, other], k=2, per_article=3)) == 2


def test_the_same_words_in_two_articles_are_one_hit_with_a_duplicate() -> None:
    first, second = article("The very same words."), article("The very same words.", id="b")
    (hit,) = spread([Hit(passage(first), 1.0), Hit(passage(second), 0.9)], k=5, per_article=3)
    assert hit.duplicates == ("b",)
