"""Abstaining says why: what was searched, and what came nearest."""

from __future__ import annotations

import datetime as dt

from rag.answer.abstain import abstained
from rag.types import Coverage, Evidence, Plan
from tests.passages import article, evidence

PLAN = Plan("q", "q", after=dt.date(2024, 5, 1))


def test_the_nearest_article_and_the_probability_are_told() -> None:
    found = abstained(PLAN, evidence(article("x", title="Rice"), enough=0.125), Coverage(3))
    assert found.abstained
    assert "Rice" in found.reason
    assert "0.12" in found.reason


def test_nothing_found_tells_what_was_searched() -> None:
    nothing = Evidence((), 0.0)
    found = abstained(PLAN, nothing, Coverage(0, undated=2), newest=dt.date(2024, 4, 30))
    for words in ("0 articles since 1 May 2024", "newest article is of 30 April 2024", "2 articles without a date"):
        assert words in found.reason
    assert abstained(PLAN, nothing, Coverage(0), "because").reason == "because"
