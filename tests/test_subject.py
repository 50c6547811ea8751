"""Topics: what is left of a question when the words that name its kind are gone."""

from __future__ import annotations

import pytest

from rag.question.subject import subject_of
from rag.types import Kind


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("What is the latest on the Kazakhstan floods?", "latest", "the Kazakhstan floods"),
        ("Any news about Tokayev?", "latest", "Tokayev"),
        ("latest news from Serbia", "latest", "Serbia"),
        ("Что нового о паводках?", "latest", "паводках"),
        ("How did the talks on rice unfold?", "timeline", "the talks on rice"),
        ("How has the toll in Novi Sad changed over time?", "timeline", "the toll in Novi Sad"),
        ("Give me a timeline of the collapse", "timeline", "the collapse"),
        ("Хронология паводков", "timeline", "паводков"),
        ("Summarize the article about the canopy", "summary", "the canopy"),
    ],
)
def test_the_words_of_the_kind_go(question: str, kind: Kind, topic: str) -> None:
    assert subject_of(question, kind) == topic


@pytest.mark.parametrize("question", ["What's new?", "What is this article about?", "Summarize"])
def test_a_question_that_is_nothing_else_stays(question: str) -> None:
    for kind in ("latest", "timeline", "summary"):
        assert subject_of(question, kind)


def test_other_kinds_are_left_alone() -> None:
    assert subject_of("Who said the latest on rice?", "said") == "Who said the latest on rice?"
