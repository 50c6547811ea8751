"""The hard cases of evals/cases are well formed: as many as promised, dates in order, names that exist, none twice."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import Any, get_args

import pytest

from rag.types import Kind

ROOT = Path(__file__).resolve().parents[1]
FIELDS = {  # file -> its fields, and those that a case may lack
    "dates": ({"question", "today", "language", "after", "before", "as_of", "role"}, {"either"}),
    "outlets": ({"question", "sources", "expect"}, set()),
    "kinds": ({"question", "kind"}, {"either"}),
    "wrong_dates": ({"question", "article", "why", "abstains"}, set()),
}
COUNTS = {"dates": 80, "outlets": 60, "kinds": 40, "wrong_dates": 30}


def cases(name: str) -> list[dict[str, Any]]:
    lines = (ROOT / "evals" / "cases" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", FIELDS)
def test_every_case_has_its_fields_and_none_is_there_twice(name: str) -> None:
    found = cases(name)
    must, may = FIELDS[name]
    assert len(found) == COUNTS[name]
    for case in found:
        assert must <= case.keys() <= must | may, case
        assert case["question"].strip() == case["question"] != "", case
    assert [question for question, times in Counter(c["question"].casefold() for c in found).items() if times > 1] == []


def day(value: str | None) -> dt.date | None:
    return None if value is None else dt.date.fromisoformat(value)


def test_dates_are_days_in_order_and_only_published_ones_filter() -> None:
    for case in cases("dates"):
        dt.date.fromisoformat(case["today"])
        expected = [case["after"], case["before"]]
        for after, before in [expected, *case.get("either", [])]:
            first, last = day(after), day(before)
            assert first is None or last is None or first <= last, case
        filters = [*expected, day(case["as_of"])]
        assert any(filters) == (case["role"] == "published"), case
        assert expected not in case.get("either", []), case
        if case["role"] != "published":
            assert "either" not in case, case


def test_dates_cover_their_languages_and_roles() -> None:
    found = cases("dates")
    assert Counter(case["language"] for case in found) == {"en": 58, "ru": 22}
    assert Counter(case["role"] for case in found) == {"published": 55, "about": 14, "none": 11}


def test_half_of_the_outlets_are_topics_and_the_others_are_in_the_archive() -> None:
    found = cases("outlets")
    assert sum(case["expect"] == [] for case in found) == 30
    for case in found:
        assert len(set(case["sources"])) == len(case["sources"]) > 0, case
        assert set(case["expect"]) <= set(case["sources"]), case


def test_every_kind_has_cases() -> None:
    found = cases("kinds")
    assert {case["kind"] for case in found} == set(get_args(Kind))
    for case in found:
        assert set(case.get("either", ())) <= set(get_args(Kind)) - {case["kind"]}, case


def test_wrong_dates_name_a_sample_article_and_expect_no_answer() -> None:
    for case in cases("wrong_dates"):
        assert (ROOT / "examples" / "articles" / case["article"]).is_file(), case
        assert case["abstains"] is True, case
        assert case["why"], case
