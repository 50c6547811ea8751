"""Passages that tell one thing differently; and pairs that only look so."""

from __future__ import annotations

import pytest

from rag.answer.disagreement import disagreements
from rag.notebook import answer_html, answer_markdown, disagreeing
from rag.terminal import answer_lines
from rag.types import Answer, Evidence
from tests.passages import article, evidence
from window.answers import answer_html as window_html

QUESTION = "How many people were killed when the dam broke?"


def told(one: str, other: str, *, source: str = "Post", day: str = "2024-11-20") -> Evidence:
    return evidence(article(one), article(other, id="a2", source=source, day=day))


def test_two_figures_stand_side_by_side_newest_first() -> None:
    found = disagreements(
        QUESTION, told("The dam broke and killed 13 people.", "When the dam broke, 14 people were killed.")
    )
    assert [(s.value, s.number, s.source) for s in found[0].sides] == [
        ("14 people", 2, "Post"),
        ("13 people", 1, "Wire"),
    ]
    assert found[0].sure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The dam broke and killed 13 people.", "Thirteen people were killed when the dam broke."),
        ("The dam broke and killed 13 people.", "The dam broke after 20 days of rain."),
        ("The dam at Aksu broke and killed 13 people.", "The dam at Brod broke and killed 2 people."),
        ("The dam broke and killed 13 people.", "The dam broke and killed nobody's hopes."),
    ],
)
def test_these_do_not_disagree(one: str, other: str) -> None:
    assert disagreements(QUESTION, told(one, other)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$1.2bn", "$1.2 billion"),
        ("$1.2bn", "1.2 billion dollars"),
        ("38 people", "Thirty-eight people"),
        ("250 people", "two hundred and fifty people"),
        ("1.234.567 euros", "1,234,567 euros"),
    ],
)
def test_one_figure_written_in_two_ways_is_no_disagreement(one: str, other: str) -> None:
    question = "How much did the bridge deal cost?"
    assert (
        disagreements(question, told(f"The bridge deal cost {one} in all.", f"In all the bridge deal cost {other}."))
        == ()
    )


def test_figures_differ_at_their_scale() -> None:
    (one,) = disagreements(
        "How much did the bridge deal cost?",
        told("The bridge deal cost $1.2bn in all.", "The bridge deal cost $1.9bn in all."),
    )
    assert [s.value for s in one.sides] == ["$1.9bn", "$1.2bn"]


def test_the_same_outlet_later_is_an_update() -> None:
    seen = told("The dam broke and killed 13 people.", "The dam broke and killed 19 people.", source="Wire")
    (one,) = disagreements(QUESTION, seen)
    assert one.update


def test_yes_and_no() -> None:
    seen = told("The driver of the train was arrested.", "The driver of the train was not arrested.")
    (one,) = disagreements("Was the driver of the train arrested?", seen)
    assert [s.value for s in one.sides] == ["was not arrested", "yes"]


def test_what_is_loose_and_near_may_differ() -> None:
    seen = told("The dam broke and killed about 100 people.", "The dam broke and killed 110 people.")
    (one,) = disagreements(QUESTION, seen)
    assert not one.sure


def test_only_what_the_answer_tells_is_set_against() -> None:
    seen = told("The dam broke and killed 13 people.", "The dam broke and killed 14 people.")
    assert disagreements(QUESTION, seen, ["Schools were closed."]) == ()
    assert disagreements(QUESTION, seen, ["The dam broke and killed 13 people."])


def test_one_article_does_not_disagree_with_itself() -> None:
    same = article("The dam broke and killed 13 people. The dam broke and killed 14 people.")
    assert disagreements(QUESTION, evidence(same, same)) == ()


def test_every_face_shows_the_sides_and_chooses_none() -> None:
    seen = told("The dam broke and killed 13 people.", "The dam broke and killed 14 people.", source="<b>Post")
    answer = Answer(QUESTION, "Thirteen.", evidence=seen, disagreements=disagreements(QUESTION, seen))
    ((head, sides),) = disagreeing(answer)
    assert "differ" in head
    assert sides == ["14 people (<b>Post, 2024-11-20) [2]", "13 people (Wire, 2024-11-19) [1]"]
    assert sides[0] in "\n".join(text for _, text in answer_lines(answer))
    for shown in (answer_html(answer), answer_markdown(answer), window_html(answer, 1)):
        assert "14 people" in shown
        assert "<b>Post" not in shown
    assert answer.to_dict()["disagreements"][0]["sides"][0]["value"] == "14 people"
