"""rag.question.followup: a follow-up stands alone afterwards, and what stands alone stays as it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from rag.errors import ModelFault
from rag.question.followup import stand_alone
from rag.types import Turn

VISIT = [Turn("Who visited Belgrade?", "Kassym-Jomart Tokayev arrived in Belgrade on Tuesday.")]


@pytest.mark.parametrize(
    ("question", "history", "wanted"),
    [
        ("When did he arrive?", VISIT, "When did Kassym-Jomart Tokayev arrive? (Belgrade)"),
        ("And Astana?", VISIT, "Who visited Astana?"),
        ("And Serbia?", [Turn("What did Kazakhstan offer?", "Space and tourism.")], "What did Serbia offer?"),
        ("What about Serbia?", [Turn("What did Kazakhstan offer?", "")], "What did Serbia offer?"),
        ("Why?", [Turn("Did Serbia leave the talks?", "Yes.")], "Why? (Serbia, talks)"),
        ("What was its price?", [Turn("Who bought Twitter?", "An investor.")], "What was Twitter's price?"),
        ("Who opened it?", [Turn("When was the new bridge finished?", "In May.")], "Who opened it? (new bridge)"),
    ],
)
def test_follow_ups_take_over_what_they_lean_on(question: str, history: list[Turn], wanted: str) -> None:
    standalone, notes = stand_alone(question, history)
    assert standalone == wanted
    assert notes


@pytest.mark.parametrize(
    "question",
    [
        "What sectors did Kazakhstan and Serbia agree on?",
        "Is it true that the dam broke in Orsk?",
        "How do companies hire their employees?",
        "Are there direct flights to Astana?",
        "Who won the 1998 World Cup?",
        "Speaking of trade, what was agreed on tariffs?",
    ],
)
def test_a_question_that_stands_alone_is_left_untouched(question: str) -> None:
    assert stand_alone(question, VISIT) == (question, ())


def test_without_history_nothing_is_read_into_a_question() -> None:
    assert stand_alone("When did he  arrive?", []) == ("When did he  arrive?", ())


def test_names_survive_a_chain_of_follow_ups() -> None:
    history = [*VISIT, Turn("When did he arrive?", "On Tuesday."), Turn("Why?", "For trade talks.")]
    assert "Belgrade" in stand_alone("And with whom?", history)[0]


def test_two_names_that_both_fit_are_carried_and_not_chosen() -> None:
    history = [Turn("Did Aleksandar Vucic meet Kassym-Jomart Tokayev?", "They met.")]
    standalone, _ = stand_alone("What did he offer?", history)
    assert standalone == "What did he offer? (Aleksandar Vucic, Kassym-Jomart Tokayev)"


def test_a_chat_model_rewrites_where_there_is_one() -> None:
    def rewrite(question: str, history: Sequence[Turn]) -> str:
        return "When did Kassym-Jomart Tokayev arrive in Belgrade?"

    standalone, notes = stand_alone("When did he arrive?", VISIT, rewrite)
    assert standalone == "When did Kassym-Jomart Tokayev arrive in Belgrade?"
    assert "chat model" in notes[0]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("When did Xi Jinping leave for Astana?", "named Xi Jinping, which nobody mentioned"),
        ("When did he arrive?", "lost Astana"),
        ("  ", "empty"),
        ("When did Astana's guest arrive? " * 40, "longer"),
    ],
)
def test_a_rewrite_that_loses_or_invents_names_gives_way_to_the_rules(answer: str, why: str) -> None:
    question = "When did he leave for Astana?"
    standalone, notes = stand_alone(question, VISIT, lambda q, h: answer)
    assert standalone == stand_alone(question, VISIT)[0]
    assert why in notes[0]


def test_a_failing_chat_model_is_noted_and_the_rules_answer() -> None:
    def rewrite(question: str, history: Sequence[Turn]) -> str:
        raise ModelFault("no answer in 120 s", "deadline")

    standalone, notes = stand_alone("When did he arrive?", VISIT, rewrite)
    assert standalone == "When did Kassym-Jomart Tokayev arrive? (Belgrade)"
    assert "no answer in 120 s" in notes[0]


@pytest.mark.parametrize("question", ["", "?", "and", "(((", "he", "И он?", "a" * 5_000])
def test_nothing_makes_it_raise(question: str) -> None:
    stand_alone(question, [Turn("", ""), Turn("?", "he"), *VISIT])
