"""The embedded answerer: verbatim sentences, the right ones first, none twice."""

from __future__ import annotations

from rag.answer.extract import extract, rank
from tests.embedder import WordHash
from tests.passages import article, evidence

TALKS = article(
    "The visit lasted two days. The presidents named investment, farming and mining as sectors of cooperation. "
    "A band played at the airport."
)
COPY = article("The presidents named investment, farming and mining as the sectors of cooperation.", id="a2")
FLOOD = article(
    "Two dams broke near Petropavl on Friday. The damage came to 90 billion tenge.", id="a3", title="Floods"
)


def weigh(word: str) -> float:
    return 0.0 if len(word) < 4 else 1.0


def test_the_sentence_that_answers_comes_first_and_is_verbatim() -> None:
    found = extract("What sectors did the presidents agree on?", evidence(FLOOD, TALKS), WordHash().encode, weigh)
    assert "investment, farming and mining" in found[0].text
    passage = evidence(FLOOD, TALKS)[found[0].number]
    assert passage.text[found[0].start : found[0].end] == found[0].text


def test_near_identical_sentences_are_given_once() -> None:
    found = extract(
        "Which sectors of cooperation did they name?", evidence(TALKS, COPY), WordHash().encode, weigh, "list"
    )
    assert sum("investment" in one.text for one in found) == 1


def test_the_mark_is_inside_the_sentence_and_new() -> None:
    (one, *_) = extract("What did the damage come to?", evidence(FLOOD), WordHash().encode, weigh)
    assert one.marked is not None
    assert "90 billion tenge" in one.text[slice(*one.marked)]


def test_ranking_is_total_and_deterministic() -> None:
    ranked = rank("dams broke", evidence(TALKS, FLOOD), WordHash().encode, weigh)
    assert len(ranked) == 5
    assert ranked == rank("dams broke", evidence(TALKS, FLOOD), WordHash().encode, weigh)
    assert [e.score for e in ranked] == sorted((e.score for e in ranked), reverse=True)
