"""What was understood as chips: what each says, and what asks without it."""

from __future__ import annotations

import datetime as dt

from rag.question.understand import understand
from rag.types import Plan
from window.chips import chips, fields_of, plan_html, without

TODAY = dt.date(2024, 11, 20)
SOURCES = ["Danube Wire", "Balkan Ledger"]


def plan(question: str, **overrides: object) -> Plan:
    return understand(question, today=TODAY, sources=SOURCES, overrides=overrides)


def test_taking_each_chip_away_leaves_a_plan_without_it() -> None:
    question = "What did Danube Wire report in October 2024 on rice?"
    read = plan(question)
    assert [c.words for c in chips(read)] == [
        "since 2024-10-01", "until 2024-10-31", "from Danube Wire", "who said what",
    ]  # fmt: skip
    for number, chip in enumerate(chips(read)):
        instead = without(read, number)
        assert instead is not None
        assert chip.words not in [c.words for c in chips(plan(question, **instead))]


def test_a_part_or_a_count_cannot_be_taken_away() -> None:
    counted = plan("How many articles mention rice, by month?")
    assert [c.instead for c in chips(counted)] == [{}, {}]
    assert without(counted, 0) is None
    assert without(counted, 7) is None


def test_a_plan_goes_into_the_fields_and_comes_back_the_same() -> None:
    read = plan("What did Danube Wire report in October 2024 on rice?")
    assert fields_of(read) == ("2024-10-01", "2024-10-31", "", ["Danube Wire"], [], "said")


def test_chips_have_buttons_only_in_an_answer() -> None:
    read = plan("rice in articles since 3 November 2024")
    assert "button" not in plan_html(read)
    assert 'id="dl-less-3-0"' in plan_html(read, 3)
    assert 'id="dl-refine-3"' in plan_html(read, 3)
