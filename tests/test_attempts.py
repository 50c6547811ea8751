"""Attempts: the latest walks back in steps; dates of the question give way and say so, those of the caller hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from rag.search.attempts import attempts
from rag.types import Plan

TODAY = dt.date(2024, 11, 20)
FACT = Plan("q", "q")


def test_a_plan_without_dates_is_searched_once() -> None:
    assert [a.plan for a in attempts(FACT, TODAY)] == [FACT]


def test_the_latest_walks_back_30_days_12_months_everything() -> None:
    found = attempts(replace(FACT, kind="latest"), TODAY)
    assert [a.plan.after for a in found] == [dt.date(2024, 10, 21), dt.date(2023, 11, 21), None]
    assert all(a.newest_first and a.notice for a in found)
    assert "30 days" in found[0].notice
    assert "12 months" in found[1].notice


def test_the_latest_as_of_a_day_walks_back_from_it() -> None:
    found = attempts(replace(FACT, kind="latest", as_of=dt.date(2024, 3, 31)), TODAY)
    assert found[0].plan.after == dt.date(2024, 3, 1)
    assert all(a.plan.as_of == dt.date(2024, 3, 31) for a in found)


def test_dates_of_the_question_give_way_and_the_notice_names_them() -> None:
    plan = replace(FACT, after=dt.date(2023, 10, 1), before=dt.date(2023, 10, 31))
    first, second = attempts(plan, TODAY)
    assert (first.plan, first.notice) == (plan, "")
    assert (second.plan.after, second.plan.before) == (None, None)
    assert "1 October 2023 to 31 October 2023" in second.notice
    one_day = attempts(replace(FACT, after=TODAY, before=TODAY), TODAY)[1]
    assert "on 20 November 2024" in one_day.notice


def test_what_happened_on_some_days_is_looked_for_a_little_before_them_too() -> None:
    week = dt.date(2024, 11, 11), dt.date(2024, 11, 17)
    plan = replace(FACT, after=week[0], before=week[1], near=(week,))
    first, second = attempts(plan, TODAY)
    assert (first.plan, first.notice) == (replace(plan, after=dt.date(2024, 11, 4)), "")
    assert (second.plan.after, second.plan.near) == (None, (week,))
    yesterday = replace(FACT, after=dt.date(2024, 11, 19), near=((dt.date(2024, 11, 19),) * 2,))
    assert attempts(yesterday, TODAY)[0].plan.after == dt.date(2024, 11, 17)


def test_days_of_publication_of_a_topic_or_of_the_caller_begin_when_they_say() -> None:
    week = dt.date(2024, 11, 11), dt.date(2024, 11, 17)
    plan = replace(FACT, after=week[0], before=week[1], near=(week,))
    for strict in (replace(plan, near=()), replace(plan, kind="timeline"), replace(plan, near=((TODAY, TODAY),))):
        assert attempts(strict, TODAY)[0].plan == strict
    assert [a.plan for a in attempts(plan, TODAY, {"after"})] == [plan]


def test_dates_of_parts_give_way_too() -> None:
    part = replace(FACT, before=dt.date(2023, 10, 22))
    second = attempts(replace(FACT, parts=(part, FACT)), TODAY)[1]
    assert [p.before for p in second.plan.parts] == [None, None]
    assert second.notice


def test_dates_that_the_caller_set_hold() -> None:
    plan = replace(FACT, after=TODAY)
    assert [a.plan for a in attempts(plan, TODAY, {"after"})] == [plan]
    assert [a.plan for a in attempts(replace(plan, kind="latest"), TODAY, {"after"})] == [replace(plan, kind="latest")]
