"""What counts as a right answer, which half reports, and what a threshold makes of answers."""

from __future__ import annotations

import math

import pytest

from evals import squad
from evals.newsquiz import BEARING, LONGEST, Given, at, bearing, chosen_for_removal, halves, judged, summary
from rag import Archive
from rag.types import Answer, Sentence


def test_the_halves_are_apart_and_hold_everything() -> None:
    fitting, reporting = halves(list(range(7)))
    assert fitting == [1, 3, 5]
    assert reporting == [0, 2, 4, 6]


@pytest.mark.parametrize(
    ("sentences", "abstained", "right"),
    [
        (["It rained.", "He fled to the Maldives on Tuesday."], False, True),
        (["He fled to Malé."], False, False),
        (["He fled to the Maldives " + "at last " * (LONGEST // 2)], False, False),
        (["He fled to the Maldives."], True, False),
    ],
)
def test_an_answer_is_right_when_a_sentence_of_it_holds_the_words(
    sentences: list[str], abstained: bool, right: bool
) -> None:
    answer = Answer("Where to?", "", tuple(Sentence(s) for s in sentences), abstained=abstained, confidence=0.7)
    given = judged({"answer": "The Maldives"}, answer)
    assert given.right is right
    assert given.confidence == 0.7


def test_a_summary_counts_wrong_answers_among_those_given() -> None:
    some = [
        Given(True, False, 0.9, 20, 1.0),
        Given(False, False, 0.8, 40, 2.0),
        Given(False, True, 0.1, 0, 3.0),
        Given(False, True, 0.1, 0, 4.0),
    ]
    scores = summary(some)
    assert (scores["answered rightly"], scores["abstained"], scores["wrong of those given"]) == (0.25, 0.5, 0.5)
    assert (scores["median words"], scores["median seconds"]) == (30, 2.5)


def test_a_higher_threshold_abstains_more() -> None:
    gone = [Given(False, False, 0.2, 9), Given(False, False, 0.6, 9)]
    there = [Given(True, False, 0.9, 9), Given(False, False, 0.5, 9), Given(False, True, 0.95, 0)]
    assert list(at(0.4, gone, there).values()) == [0.5, 2 / 3, 0.5, 2 / 3]
    assert list(at(0.7, gone, there).values()) == [1.0, 1 / 3, 0.0, 0.0]
    nothing = list(at(0.99, gone, there).values())
    assert nothing[:2] == [1.0, 0.0]
    assert all(math.isnan(share) for share in nothing[2:])


def test_the_reporting_half_is_drawn_from_first() -> None:
    questions = [{"id": str(n), "answer": f"word{n}"} for n in range(6)]
    found = {q["answer"]: frozenset({q["id"]}) for q in questions}
    found["word0"] = frozenset()  # stands nowhere
    found["word2"] = frozenset(str(n) for n in range(BEARING + 1))  # stands in too many
    chosen, own = chosen_for_removal(questions, found, 3)
    assert own == 1
    assert [q["id"] for q, _ in chosen][:1] == ["4"]
    assert {q["id"] for q, _ in chosen[1:]} < {"1", "3", "5"}
    assert chosen == chosen_for_removal(questions, found, 3)[0]
    assert all(ids == {q["id"]} for q, ids in chosen)


def test_articles_that_hold_the_words_are_found(archive: Archive) -> None:
    squad.paragraphs(archive, [row("He fled to the MALDIVES."), row("He stayed in Malé."), row("The Maldivesian.")])
    found = bearing(archive, ["“Maldives”", "Colombo"])
    assert found == {"“Maldives”": {squad.paragraph_id(row("He fled to the MALDIVES."))}, "Colombo": frozenset()}


def row(context: str) -> dict[str, str]:
    return {"title": "A_visit", "context": context}
