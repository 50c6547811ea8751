"""rag.question.parts: a question about several articles, days or sides is split, and one about one thing is not."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from rag.question.parts import MOST, note
from rag.question.understand import understand
from rag.types import Plan

TODAY = dt.date(2024, 11, 20)
SOURCES = (
    "Reuters", "The New York Times", "BBC News", "The Guardian", "Kazinform", "The Verge", "Wired", "The Age",
    "Danube Wire",
)  # fmt: skip


def plan(question: str, **overrides: object) -> Plan:
    return understand(question, today=TODAY, sources=SOURCES, authors=("Jane Doe",), overrides=overrides)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def shown(question: str) -> list[tuple[str, ...]]:
    """Each part as its outlets and writers, its days and its topic."""
    return [
        (*p.sources, *p.authors, *(str(d) for d in (p.after, p.before) if d is not None), p.topic)
        for p in plan(question).parts
    ]


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "Does the Verge article praise the new lens, while the Age article calls it dull?",
            [("The Verge", "praise the new lens"), ("The Age", "calls it dull")],
        ),
        (
            "Does The Guardian's report on the dam agree with the Wired article of 3 May 2024 on the flood gates?",
            [("The Guardian", "dam agree"), ("Wired", "2024-05-03", "2024-05-03", "flood gates")],
        ),
        (
            "Between the Reuters report on the strike published on May 3, 2024, and the Kazinform report on the lockout "
            "published on May 9, 2024, was there a change of tone?",
            [
                ("Reuters", "2024-05-03", "2024-05-03", "strike"),
                ("Kazinform", "2024-05-09", "2024-05-09", "lockout"),
            ],
        ),
        (
            "What did Reuters report on 3 May 2024 and on 9 May 2024 about the ferry strike?",
            [
                ("Reuters", "2024-05-03", "2024-05-03", "ferry strike"),
                ("Reuters", "2024-05-09", "2024-05-09", "ferry strike"),
            ],
        ),
        (
            "Did Danube Wire describe the bridge in the article published on 1 May 2024, praising its arch, and in the "
            "one from 5 June 2024, warning of cracks?",
            [
                ("Danube Wire", "2024-05-01", "2024-05-01", "bridge in the article published, praising its arch"),
                ("Danube Wire", "2024-06-05", "2024-06-05", "warning of cracks"),
            ],
        ),
        (
            "What did Reuters and the BBC report last week about the rail strike?",
            [
                ("Reuters", "2024-11-11", "2024-11-17", "rail strike"),
                ("BBC News", "2024-11-11", "2024-11-17", "rail strike"),
            ],
        ),
        (
            "Which firm bought the quarry, as reported by Reuters, and was fined for dust according to The Age?",
            [("Reuters", "firm bought the quarry"), ("The Age", "fined for dust")],
        ),
        (
            "Which town, according to Wired, Kazinform and The Age, banned scooters?",
            [(name, "town, banned scooters") for name in ("Wired", "Kazinform", "The Age")],
        ),
        (
            "What did Jane Doe write about trade and what did Reuters report on tolls?",
            [("Jane Doe", "trade"), ("Reuters", "tolls")],
        ),
        (
            "What is the difference between Serbia and Hungary on tariffs?",
            [("Serbia on tariffs",), ("Hungary on tariffs",)],
        ),
        (
            "Compare the plans of Norway and Denmark for wind power",
            [("plans of Norway for wind power",), ("plans of Denmark for wind power",)],
        ),
        (
            "What is the difference between Serbia's and Hungary's plans for rail?",
            [("Serbia's plans for rail",), ("Hungary's plans for rail",)],
        ),
        ("How do Ivanov and Petrov differ on taxes?", [("Ivanov on taxes",), ("Petrov on taxes",)]),
        (
            "Does Norway want more turbines, while Denmark wants fewer cables?",
            [("Norway want more turbines",), ("Denmark wants fewer cables",)],
        ),
        (
            "How did wheat prices in 2019 differ from those in 2023?",
            [("wheat prices in 2019",), ("wheat prices in 2023",)],
        ),
        (
            "Что писал Kazinform о наводнении, а что сообщил Reuters о пожаре?",
            [("Kazinform", "наводнении"), ("Reuters", "пожаре")],
        ),
        (
            "В чём разница между Сербией и Венгрией по тарифам?",
            [("Сербией по тарифам",), ("Венгрией по тарифам",)],
        ),
    ],
)  # fmt: skip
def test_each_part_has_its_own_filter_and_words(question: str, parts: list[tuple[str, ...]]) -> None:
    assert shown(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "What did Reuters say last week?",
        "Who visited Belgrade?",
        "What happened between 3 and 9 November 2024?",
        "What did articles say after 3 May 2024 and in reports before 9 May 2024?",
        "Why did Wired sue Reuters?",
        "According to Reuters, the BBC will cut jobs: how many?",
        "Did ministers meet while Belgrade slept?",
        "How do the two candidates' plans differ?",
        "A glacier broke off this week: by how much had it shrunk since last year?",
        "What did The Guardian's reporters find out about Kazinform?",
        "",
    ],
)
def test_a_question_about_one_thing_has_no_parts(question: str) -> None:
    assert plan(question or "?").parts == ()


def test_a_part_is_a_plan_of_the_wholes_kind_and_as_of() -> None:
    made = plan("As of 1 June 2024, how does the Verge article on lenses differ from the Age article on mirrors?")
    assert [p.topic for p in made.parts] == ["lenses", "mirrors"]
    for part in made.parts:
        assert (part.kind, part.as_of, part.parts) == (made.kind, day("2024-06-01"), ())
        assert part.question == part.standalone != ""


def test_a_part_whose_words_say_nothing_is_searched_with_those_of_the_whole() -> None:
    made = plan("After the Reuters report on 3 May 2024 and the Kazinform report on 9 May 2024, was the dam repaired?")
    assert [p.topic for p in made.parts] == ["dam repaired", "dam repaired"]


def test_what_a_part_is_about_draws_near_and_its_publication_filters() -> None:
    made = plan("What did Wired write about the flood of May 2023, and The Age about the drought of June 2022?")
    assert [p.near for p in made.parts] == [
        ((day("2023-05-01"), day("2023-05-31")),),
        ((day("2022-06-01"), day("2022-06-30")),),
    ]
    assert all(p.after is None and p.before is None for p in made.parts)


def test_a_note_for_each_part_says_what_is_searched_where() -> None:
    made = plan("Does the Verge article of 3 May 2024 praise the lens, while the Age article calls it dull?")
    assert [n for n in made.notes if n.startswith("part: ")] == [
        'part: "praise the lens" (The Verge, 2024-05-03)',
        'part: "calls it dull" (The Age)',
    ]
    assert len(note(Plan("?", "word " * 100))) < 100


def test_what_the_caller_sets_holds_in_every_part() -> None:
    question = "Does the Verge article of 3 May 2024 praise the lens, while the Age article calls it dull?"
    set_by_user = plan(question, sources=["Wired"], after="2024-06-01", kind="list")
    assert {(p.sources, p.after, p.before, p.kind) for p in set_by_user.parts} == {
        (("Wired",), day("2024-06-01"), None, "list")
    }
    assert len(plan("What did Reuters and the BBC say about the strike?", sources=["Wired"]).parts) == 0


def test_there_are_never_many_parts_and_it_stays_fast() -> None:
    long = "Does the Verge article on lenses, while the Age article on mirrors and Reuters reported on 3 May 2024 " * 20
    started = time.perf_counter()
    made = plan(long)
    assert time.perf_counter() - started < 1.0
    assert 1 < len(made.parts) <= MOST
