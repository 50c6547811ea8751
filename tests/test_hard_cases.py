"""evals.hard_cases: a case is right when the plan is what it expects, or another reading that it allows."""

from __future__ import annotations

import pytest

from evals import hard_cases

CASE = {"today": "2024-11-20", "after": "2024-11-11", "before": "2024-11-17", "as_of": None}
WEEK = {"question": "What was reported last week on rice?", **CASE}


@pytest.mark.parametrize(
    ("case", "right"),
    [
        (WEEK, True),
        ({**WEEK, "before": None}, False),
        ({**WEEK, "before": None, "either": [["2024-11-11", "2024-11-17"]]}, True),
        ({**WEEK, "as_of": "2024-11-20"}, False),
    ],
)
def test_dates(case: dict[str, object], right: bool) -> None:
    assert hard_cases.dates_right(case) is right


@pytest.mark.parametrize(("expect", "right"), [(["Reuters"], True), ([], False), (["Reuters", "Wired"], False)])
def test_outlets(expect: list[str], right: bool) -> None:
    case = {"question": "What did Reuters write about Wired?", "sources": ["Wired", "Reuters"], "expect": expect}
    assert hard_cases.outlets_right(case) is right


def test_kinds() -> None:
    assert hard_cases.kinds_right({"question": "Is the dam safe?", "kind": "yes-no"})
    assert hard_cases.kinds_right({"question": "Is the dam safe?", "kind": "fact", "either": ["yes-no"]})
    assert not hard_cases.kinds_right({"question": "Is the dam safe?", "kind": "fact"})


def test_the_cases_hold_their_reach() -> None:
    assert all(share >= 0.9 for share in hard_cases.main(page=False).values())
