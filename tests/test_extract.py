"""The embedded answerer: verbatim sentences, the right ones first, none twice."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.extract import extract, rank
from rag.types import Evidence, Reading, Span
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


def read(found: Evidence, *places: tuple[str, float]) -> Evidence:
    """The evidence as if the reader pointed at these words of its passages, with these scores."""
    hits = []
    for hit, (words, score) in zip(found.hits, places, strict=True):
        start = hit.passage.text.index(words)
        hits.append(replace(hit, reading=Reading(score, 0.9, (Span(start, start + len(words), score),))))
    return Evidence(tuple(hits), found.enough)


def test_the_words_that_the_reader_points_at_are_marked() -> None:
    seen = read(evidence(FLOOD, TALKS), ("Petropavl", 6.0), ("two days", -5.0))
    (one, *_) = extract("Where did two dams break?", seen, WordHash().encode, weigh)
    assert one.marked is not None
    assert one.text[slice(*one.marked)] == "Petropavl"


def test_the_reader_can_turn_the_order_of_sentences() -> None:
    question = "What was named at the airport?"
    firsts = []
    for words in ("A band", "investment, farming and mining"):
        seen = read(evidence(TALKS), (words, 7.0))
        firsts.append(extract(question, seen, WordHash().encode, weigh)[0].text)
    assert firsts[0].startswith("A band")
    assert "investment" in firsts[1]


def test_articles_that_say_the_same_agree_with_the_sentence_that_is_given() -> None:
    other = article("Officials put the losses at 90 billion tenge on Sunday.", id="a4", title="Floods")
    seen = read(evidence(FLOOD, other), ("90 billion tenge", 7.0), ("90 billion tenge", 6.5))
    (one, *more) = extract("What did the damage come to?", seen, WordHash().encode, weigh)
    assert [e.number for e in one.agreeing] == [2]
    assert all("90 billion" not in e.text for e in more)


def test_an_article_does_not_agree_with_itself() -> None:
    seen = read(evidence(FLOOD, FLOOD), ("90 billion tenge", 7.0), ("90 billion tenge", 7.0))
    (one, *_) = extract("What did the damage come to?", seen, WordHash().encode, weigh)
    assert one.agreeing == ()


def test_a_list_is_marked_whole() -> None:
    seen = read(evidence(TALKS), ("mining", 6.0))
    (one, *_) = extract("What sectors did the presidents name?", seen, WordHash().encode, weigh)
    assert one.marked is not None
    assert one.text[slice(*one.marked)] == "investment, farming and mining"


def test_sentences_alike_but_for_a_figure_do_not_agree() -> None:
    first = article("At least 13 people were killed in the collapse at Novi Sad station on Friday.", title="Collapse")
    later = article("At least 14 people were killed in the collapse at Novi Sad station on Friday.", id="a2")
    seen = read(evidence(first, later), ("13", 6.0), ("14", 5.9))
    found = extract("How many people were killed in the collapse?", seen, WordHash().encode, weigh)
    assert found[0].agreeing == ()


def test_nothing_comes_of_no_evidence() -> None:
    assert extract("Who?", Evidence((), 0.0), WordHash().encode, weigh) == []
