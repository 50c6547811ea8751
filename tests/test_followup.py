"""rag.question.followup: a follow-up stands alone afterwards, and what stands alone stays as it is."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Sequence
from typing import Any

import pytest

from evals.followups import CASES as CASES_FILE
from rag.errors import ModelFault
from rag.question import corpus, naming
from rag.question.followup import stand_alone
from rag.text import words
from rag.types import Turn

CASES: list[dict[str, Any]] = [json.loads(line) for line in CASES_FILE.read_text(encoding="utf-8").splitlines()]
HISTORIES = [[Turn(t["question"], t["answer"]) for t in case["history"]] for case in CASES]
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
        ("And in 2023?", [Turn("Who led Ghana in 2019?", "")], "Who led Ghana in 2023?"),
        ("What about in Korea?", [Turn("Did Apple raise prices in Japan?", "")], "Did Apple raise prices in Korea?"),
        ("I meant Hungary.", [Turn("What did Serbia offer?", "Grain.")], "What did Hungary offer?"),
        ("Who signed there?", [Turn("Where did they meet?", "In Muscat, on Friday.")], "Who signed in Muscat?"),
        ("Who won then?", [Turn("When was the first race?", "It was in 1954.")], "Who won in 1954? (first race)"),
        ("Who owns the company?", [Turn("Which firm won?", "Aerovia.")], "Who owns the company Aerovia?"),
        ("Who opened it?", [Turn("When was the new bridge finished?", "In May.")], "Who opened it? (new bridge)"),
    ],
)
def test_follow_ups_take_over_what_they_lean_on(question: str, history: list[Turn], wanted: str) -> None:
    standalone, notes = stand_alone(question, history)
    assert standalone == wanted
    assert notes


COUNT = "How many articles mention Kazakhstan in 2024?"


@pytest.mark.parametrize(
    ("questions", "wanted"),
    [
        ((COUNT, "And by month?"), "How many articles mention Kazakhstan in 2024, by month?"),
        (
            (COUNT, "And by month?", "What about in 2023?"),
            "How many articles mention Kazakhstan in 2023, by month?",
        ),
        ((COUNT, "And by month?", "And by outlet?"), "How many articles mention Kazakhstan in 2024, by outlet?"),
        ((COUNT, "And in 2023?"), "How many articles mention Kazakhstan in 2023?"),
        ((COUNT, "And how many mention Serbia?"), "How many articles mention Serbia in 2024?"),
        (
            (COUNT, "How many of them mention Serbia?"),
            "How many articles mention Kazakhstan in 2024 and mention Serbia?",
        ),
        ((COUNT, "List them"), "List all articles that mention Kazakhstan in 2024"),
        (("How many articles mention rice?", "And in 2023?"), "How many articles mention rice in 2023?"),
        (("Who led Ghana?", "And in 2023?"), "Who led Ghana in 2023?"),
        (
            ("Who won the chess title in 2024?", "Where was it played?", "And in 2023?"),
            "Where was it played in 2023? (chess title)",
        ),
    ],
)
def test_a_year_and_a_count_live_on(questions: Sequence[str], wanted: str) -> None:
    standalone, notes = stand_alone(questions[-1], [Turn(q, "") for q in questions[:-1]])
    assert standalone == wanted
    assert notes == (f'"{questions[-1]}" read as "{wanted}"',)


@pytest.mark.parametrize("question", ["And by month?", "List them", "How many of them mention Serbia?"])
def test_no_count_comes_after_what_was_no_count(question: str) -> None:
    standalone, _ = stand_alone(question, [Turn("Who visited Belgrade?", "Tokayev did.")])
    assert corpus.read(standalone) is None


@pytest.mark.parametrize("line", ["BELGRADE —", "SAN FRANCISCO —", "BELGRADE, November 18, 2024 —", "АСТАНА (КТК) —"])
def test_the_dateline_of_an_answer_is_nobody(line: str) -> None:
    history = [Turn("List the floods.", f"{line} Three towns were under water.")]
    standalone, _ = stand_alone("What do they say about dams?", history)
    assert line.split()[0].strip(",") not in standalone


def test_what_is_carried_from_a_count_is_its_topic() -> None:
    history = [Turn("How many articles mention Kazakhstan?", "12 articles mention Kazakhstan.")]
    assert stand_alone("What do they say about floods?", history)[0] == "What do they say about floods? (Kazakhstan)"


@pytest.mark.parametrize(
    "question",
    [
        "What sectors did Kazakhstan and Serbia agree on?",
        "Is it true that the dam broke in Orsk?",
        "How do farmers insure their crops?",
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


def test_a_question_that_stands_alone_is_a_fixed_point_whatever_was_said_before() -> None:
    alone = [case["question"] for case in CASES if case["untouched"]]
    assert len(alone) > 10
    for question in alone:
        for history in HISTORIES:
            assert stand_alone(question, history) == (question, ())


def test_the_names_of_a_question_survive_and_no_other_comes_from_nowhere() -> None:
    for case, history in zip(CASES, HISTORIES, strict=True):
        standalone, _ = stand_alone(case["question"], history)
        kept = set(words(standalone))
        assert all(set(words(n)) <= kept for n in naming.names(case["question"]))
        told = " ".join([case["question"], *(f"{t.question} {t.answer}" for t in history)])
        known = {w.removesuffix("'s") for w in words(told)} | {"the", "in", "and"}
        assert {w.removesuffix("'s") for w in kept} <= known


def test_what_is_read_into_a_question_is_noted_with_the_words_it_came_from() -> None:
    for case, history in zip(CASES, HISTORIES, strict=True):
        standalone, notes = stand_alone(case["question"], history)
        assert bool(notes) == (standalone != case["question"])
        noted = set(words(" ".join(notes)))
        assert set(words(standalone)) - set(words(case["question"])) - {"in", "and"} <= {
            w for word in noted for w in (word, f"{word}'s")
        }
        for note in notes:
            before, read, _ = note.partition('" read as ')
            assert not read or before.removeprefix('"').casefold() in case["question"].casefold()


def test_each_word_that_leans_has_a_note_of_its_own() -> None:
    history = [Turn("When did Sofia Almeida visit Porto?", "She went there in 2019.")]
    standalone, notes = stand_alone("Whom did she meet there that year?", history)
    assert standalone == "Whom did Sofia Almeida meet in Porto in 2019?"
    assert notes == ('"she" read as Sofia Almeida', '"there" read as Porto', '"that year" read as 2019')


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Thanks. By the way, who leads Hungary?", "Who leads Hungary?"),
        ("Could you please tell me who leads Hungary?", "Tell me who leads Hungary?"),
        ("Ok, and Hungary?", "Who visited Hungary?"),
        ("Thanks!", "Thanks!"),
    ],
)
def test_courtesies_are_left_out_of_the_search(question: str, wanted: str) -> None:
    assert stand_alone(question, VISIT)[0] == wanted


def test_two_years_that_both_fit_are_not_chosen_from() -> None:
    history = [Turn("When was the bridge closed?", "It was closed in 1998 and in 2006.")]
    assert "1998" not in stand_alone("Who was mayor that year?", history)[0]


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        ("What happened there in 2021?", "What happened in Belgrade?", "lost 2021"),
        ("What happened there?", "What happened in Belgrade in 2021?", "named 2021"),
        ("And Astana?", "Who visited Belgrade?", "lost Astana"),
        ("Astana?", "Who visited Belgrade?", "lost Astana"),
        ("When did he arrive?", "When did the Nigerian minister arrive?", "named Nigerian"),
    ],
)
def test_a_rewrite_that_loses_or_invents_a_name_or_a_number_is_refused(question: str, answer: str, why: str) -> None:
    standalone, notes = stand_alone(question, VISIT, lambda q, h: answer)
    assert standalone == stand_alone(question, VISIT)[0]
    assert why in notes[0]


@pytest.mark.parametrize(
    ("told", "question", "answer"),
    [
        ("Did Serbia sign?", "What did they say?", "What did the Serbians say?"),
        ("Did the Serbian minister sign?", "What did they say?", "What did Serbia say?"),
        ("Кого встретил Токаев?", "Что ему сказали?", "Что сказали Токаеву?"),
        ("What did Kazakhstan's minister sign?", "When?", "When did Kazakhstan sign?"),
    ],
)
def test_a_rewrite_may_put_a_name_in_another_form(told: str, question: str, answer: str) -> None:
    assert stand_alone(question, [Turn(told, "")], lambda q, h: answer)[0] == answer


def test_rules_take_less_than_five_milliseconds() -> None:
    long = "Foreign minister Tamar Beridze flew from Riga to Oslo on 3 May 2018, officials said. " * 20
    spent = []
    for number in range(30):
        history = [Turn(f"Who visited Oslo in {2000 + number + n}?", f"{number}{n} {long}") for n in range(6)]
        started = time.thread_time()
        stand_alone("When did she arrive there?", history)
        spent.append(time.thread_time() - started)
    assert statistics.median(spent) < 0.005
