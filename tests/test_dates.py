"""rag.question.dates: words become days, and only the right words do."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from rag.question.dates import find

TODAY = dt.date(2024, 11, 20)  # a Wednesday


def ranges(text: str) -> list[tuple[str | None, str | None]]:
    return [(f.after and f.after.isoformat(), f.before and f.before.isoformat()) for f in find(text, TODAY)]


def one(text: str) -> tuple[str | None, str | None]:
    found = ranges(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("floods on 2023-10-22", "2023-10-22", "2023-10-22"),
        ("floods on October 22, 2023", "2023-10-22", "2023-10-22"),
        ("floods on 22 October 2023", "2023-10-22", "2023-10-22"),
        ("floods on the 22nd of Oct. 2023", "2023-10-22", "2023-10-22"),
        ("floods on 22.10.2023", "2023-10-22", "2023-10-22"),
        ("floods on 22/10/2023", "2023-10-22", "2023-10-22"),
        ("what happened on October 1st?", "2024-10-01", "2024-10-01"),
        ("what happened on 3 December?", "2023-12-03", "2023-12-03"),
        ("floods in November 2024", "2024-11-01", "2024-11-30"),
        ("floods in February 2024?", "2024-02-01", "2024-02-29"),
        ("what opened in September?", "2024-09-01", "2024-09-30"),
        ("what opened in December?", "2023-12-01", "2023-12-31"),
        ("floods in 2024", "2024-01-01", "2024-12-31"),
        ("floods between 3 and 9 November 2024", "2024-11-03", "2024-11-09"),
        ("floods, November 3-9, 2024", "2024-11-03", "2024-11-09"),
        ("from October 3, 2023 to November 5, 2023", "2023-10-03", "2023-11-05"),
        ("from December to February 2024", "2023-12-01", "2024-02-29"),
        ("between 2019 and 2021", "2019-01-01", "2021-12-31"),
        ("since 1 November 2024", "2024-11-01", None),
        ("from 3 November 2024 onwards", "2024-11-03", None),
        ("after October 22, 2023", "2023-10-23", None),
        ("after October 2023", "2023-11-01", None),
        ("before October 22, 2023", None, "2023-10-21"),
        ("before 2024", None, "2023-12-31"),
        ("until 22 October 2023", None, "2023-10-22"),
        ("in the third quarter of 2023", "2023-07-01", "2023-09-30"),
        ("Q4 2023 earnings", "2023-10-01", "2023-12-31"),
        ("storms in summer 2023", "2023-06-01", "2023-08-31"),
        ("winter of 2023", "2023-12-01", "2024-02-29"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
        ("published on the third of April 2024", "2024-04-03", "2024-04-03"),
        ("published on the twenty-first of May", "2024-05-21", "2024-05-21"),
        ("what ran on Christmas Day 2023?", "2023-12-25", "2023-12-25"),
        ("what ran on New Year’s Eve?", "2023-12-31", "2023-12-31"),
        ("stories of the week of 6 November 2024", "2024-11-04", "2024-11-10"),
        ("published March through June 2023", "2023-03-01", "2023-06-30"),
        ("published from Monday to Friday", "2024-11-11", "2024-11-15"),
        ("articles up to and including 1 June 2024", None, "2024-06-01"),
    ],
)
def test_dates_as_written(text: str, after: str | None, before: str | None) -> None:
    assert one(text) == (after, before)


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("what happened yesterday", "2024-11-19", "2024-11-19"),
        ("the day before yesterday", "2024-11-18", "2024-11-18"),
        ("news today", "2024-11-20", "2024-11-20"),
        ("last week", "2024-11-11", "2024-11-17"),
        ("this week", "2024-11-18", "2024-11-20"),
        ("this month", "2024-11-01", "2024-11-20"),
        ("last month", "2024-10-01", "2024-10-31"),
        ("last year", "2023-01-01", "2023-12-31"),
        ("since last week", "2024-11-11", None),
        ("in the past two years", "2022-11-20", "2024-11-20"),
        ("in the last 30 days", "2024-10-21", "2024-11-20"),
        ("over the past week", "2024-11-13", "2024-11-20"),
        ("earlier this year", "2024-01-01", "2024-11-20"),
        ("last summer", "2024-06-01", "2024-08-31"),
        ("last winter", "2023-12-01", "2024-02-29"),
        ("in November last year", "2023-11-01", "2023-11-30"),
        ("two weeks ago", "2024-11-04", "2024-11-10"),
        ("three days ago", "2024-11-17", "2024-11-17"),
        ("on Monday", "2024-11-18", "2024-11-18"),
        ("last Wednesday", "2024-11-13", "2024-11-13"),
    ],
)
def test_dates_counted_from_today(text: str, after: str, before: str) -> None:
    assert one(text) == (after, before)
    assert find(text, TODAY)[0].relative


@pytest.mark.parametrize(
    ("text", "after", "before"),
    [
        ("Что произошло на прошлой неделе?", "2024-11-11", "2024-11-17"),
        ("Что случилось вчера?", "2024-11-19", "2024-11-19"),
        ("наводнения в ноябре 2023 года", "2023-11-01", "2023-11-30"),
        ("наводнения в 2023 году", "2023-01-01", "2023-12-31"),
        ("22 октября 2023 года", "2023-10-22", "2023-10-22"),
        ("между 3 и 9 ноября 2024 года", "2024-11-03", "2024-11-09"),
        ("с 3 по 9 ноября 2024 года", "2024-11-03", "2024-11-09"),
        ("до 22 октября 2023 года", None, "2023-10-21"),
        ("после 22 октября 2023 года", "2023-10-23", None),
        ("за последние три месяца", "2024-08-20", "2024-11-20"),
        ("в прошлом месяце", "2024-10-01", "2024-10-31"),
        ("две недели назад", "2024-11-04", "2024-11-10"),
        ("летом 2023 года", "2023-06-01", "2023-08-31"),
    ],
)
def test_russian(text: str, after: str | None, before: str | None) -> None:
    assert one(text) == (after, before)


@pytest.mark.parametrize(
    "text",
    [
        "What may the court decide?",
        "Why did Theresa May resign?",
        "Who has governed since May took office?",
        "Who led the March on Washington?",
        "Did they march 20 miles?",
        "How many people fall ill?",
        "Who played on Saturday Night Live?",
        "Were 2000 people evacuated?",
        "Did it cost $2024?",
        "What did he do in his last year in office?",
        "How long did the talks last?",
        "What was signed on 04/05/2023?",
        "",
        "???",
    ],
)
def test_words_that_are_no_dates(text: str) -> None:
    assert find(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("What did articles say before October 22, 2023?", "published"),
        ("What was published in November 2024?", "published"),
        ("What was reported before October 22, 2023?", "published"),
        ("according to The Age before October 22, 2023, who won?", "published"),
        ("their November 6, 2023, article about the trial", "published"),
        ("the report by The Age on October 22, 2023", "published"),
        ("List articles about floods since 2024-11-01", "published"),
        ("How many articles mention floods in 2024?", "published"),
        ("What happened last week?", "published"),
        ("What happened today?", "published"),
        ("What has happened since 1 November 2024?", "published"),
        ("What happened on 11 September 2001?", "about"),
        ("Who won the 1998 World Cup?", "about"),
        ("What profit did the bank report in 2023?", "about"),
        ("Who was fired from Fox News in 2023?", "about"),
        ("Which articles of the 2019 treaty were broken?", "about"),
        ("Is the bridge a tourist destination today?", "about"),
        ("What will happen next week?", "about"),
        ("What did he do ten years ago?", "about"),
        ("Что было 11 сентября 2001 года?", "about"),
        ("Какие статьи вышли в ноябре 2024 года?", "published"),
    ],
)
def test_the_date_of_an_article_is_told_from_the_date_of_an_event(text: str, role: str) -> None:
    assert [f.role for f in find(text, TODAY)] == [role]


def test_words_are_the_span_of_the_text() -> None:
    text = "What changed between 3 and 9 November 2024, and before October 22, 2023, or since last week?"
    found = find(text, TODAY)
    assert [text[f.start : f.end] for f in found] == [f.words for f in found]
    assert [f.words for f in found] == ["between 3 and 9 November 2024", "before October 22, 2023", "since last week"]


def test_as_of_is_its_own_relation() -> None:
    (found,) = find("Who leads as of 12 March 2024?", TODAY)
    assert (found.relation, found.before) == ("as of", dt.date(2024, 3, 12))


@pytest.mark.parametrize("today", [dt.date(1, 1, 1), dt.date(2024, 2, 29), dt.date(9999, 12, 31)])
def test_no_day_is_too_early_or_late(today: dt.date) -> None:
    text = "9999 years ago, next week, last winter, in the last 99999 decades, in May, Q4, on 0001-01-01 or 9999-12-31"
    assert find(text, today)


def test_a_question_takes_under_a_millisecond() -> None:
    text = "What did the report by The Age on October 22, 2023 and their November 6, 2023 article say about last week?"
    started = time.process_time()
    for _ in range(200):
        find(text, TODAY)
    assert (time.process_time() - started) / 200 < 0.001


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("What was written about the truce on 3 May 2024?", "published"),
        ("What did the papers print about rice in May 2024?", "published"),
        ("Since May 2024, what has been written about rice?", "published"),
        ("What was reported about the dam by 3 May 2024?", "published"),
        ("News of 3 May 2024 about the dam", "published"),
        ("Что печатали газеты о рисе в мае 2024 года?", "published"),
        ("What was written about the attacks of 2001?", "about"),
        ("How many cases were reported in May 2024?", "about"),
        ("Сколько случаев отмечено в мае 2024 года?", "about"),
        ("Articles on the floods of May 2024", "about"),
        ("Who won in 2019?", "about"),
        ("What is planned by 2050?", "about"),
    ],
)
def test_a_date_of_what_was_written_is_told_from_one_of_what_happened(text: str, role: str) -> None:
    assert [f.role for f in find(text, TODAY)] == [role]
