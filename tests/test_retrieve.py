"""Fusion and spread: laws that hold for any two ranked lists."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from rag.search.retrieve import DENSE_WEIGHT, FULLTEXT_WEIGHT, RRF_K, aged, fuse, spread
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


def test_a_wire_report_is_one_hit_that_names_everyone_who_prints_it() -> None:
    words = (
        "The bridge over the Sava will stay closed for 18 months after engineers found cracks in three of its arches."
    )
    prints = [article(words), article(f"BELGRADE (AFP) - {words}", id="b"), article(f"By Ann Lee\n{words}", id="c")]
    update = article(words.replace("18", "24"), id="d")
    hits = spread([Hit(passage(a), 1.0) for a in (*prints, update)], k=5, per_article=3)
    assert [(h.passage.article_id, h.duplicates) for h in hits] == [("a1", ("b", "c")), ("d", ())]


def test_a_report_with_more_to_say_stays_beside_the_shorter_one() -> None:
    words = "The bridge over the Sava will stay closed for long after engineers found cracks in three of its arches."
    shorter, longer = article(words), article(f"{words} It fell.", id="b")
    assert len(spread([Hit(passage(shorter), 1.0), Hit(passage(longer), 0.9)], k=5, per_article=3)) == 2
    (hit,) = spread([Hit(passage(longer), 1.0), Hit(passage(shorter), 0.9)], k=5, per_article=3)
    assert (hit.passage.article_id, hit.duplicates) == ("b", ("a1",))


def test_what_is_older_loses_score_where_newer_is_better() -> None:
    today = dt.date(2024, 11, 20)
    old = Hit(passage(article("t", id="old", day="2023-11-20")), 1.0)
    new = Hit(passage(article("t", id="new", day="2024-11-19")), 0.9)
    assert [h.passage.article_id for h in aged([old, new], None)] == ["old", "new"]
    assert [h.passage.article_id for h in aged([old, new], today)] == ["new", "old"]
    far_better = replace(old, score=4.0)
    assert [h.passage.article_id for h in aged([far_better, new], today)] == ["old", "new"]
