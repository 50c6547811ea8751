"""Articles become counts by period and by name, and a list, and a timeline's sentences rows; nothing is lost between."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rag.answer.tables import LISTED, PERIODS, cell, grouped, listed, retold
from rag.store.corpus import Listed
from rag.types import Article, Citation, Plan, Sentence, Table
from tests.passages import article, evidence, passage

D = dt.date


def one(number: int, date: dt.date | None, source: str | None = "Wire", author: str | None = None) -> Listed:
    return Listed(f"a{number}", f"Title {number}", date, source, author, "en")


SOME = (one(1, D(2024, 3, 31)), one(2, D(2024, 1, 1), "Courier"), one(3, D(2024, 1, 2), None), one(4, None))


@pytest.mark.parametrize("group", ["day", "week", "month", "year", "source", "author", "language"])
def test_every_article_is_in_one_row(group: str) -> None:
    table = grouped(group, SOME, D(2023, 12, 1), D(2024, 12, 31))  # type: ignore[arg-type]
    assert sum(int(row[-1]) for row in table.rows) == len(SOME)
    assert all(len(row) == len(table.columns) for row in table.rows)
    assert table.chart == "bars"


def test_months_without_an_article_are_zero_and_stand_in_order() -> None:
    table = grouped("month", SOME, D(2023, 12, 15), D(2024, 4, 1))
    assert table.rows == (
        ("2023-12", 0),
        ("2024-01", 2),
        ("2024-02", 0),
        ("2024-03", 1),
        ("2024-04", 0),
        ("no date", 1),
    )


def test_open_ends_are_those_of_the_articles() -> None:
    assert [row[0] for row in grouped("month", SOME[:3], None, None).rows] == ["2024-01", "2024-02", "2024-03"]
    assert [row[0] for row in grouped("year", SOME[:3], D(2022, 5, 1), None).rows] == ["2022", "2023", "2024"]
    assert grouped("month", (one(4, None),), None, None).rows == (("no date", 1),)
    assert grouped("month", (one(4, None),), D(2024, 1, 1), None).rows == (("2024-01", 0), ("no date", 1))


def test_a_week_is_named_as_iso_names_it() -> None:
    table = grouped("week", (one(1, D(2024, 12, 29)), one(2, D(2024, 12, 30))), None, None)
    assert table.rows == (("2024-W52", 1), ("2025-W01", 1))


def test_days_without_any_are_left_out_where_there_are_too_many_and_the_title_says_so() -> None:
    table = grouped("day", SOME[:3], D(2020, 1, 1), D(2024, 12, 31))
    assert table.rows == (("2024-01-01", 1), ("2024-01-02", 1), ("2024-03-31", 1))
    assert "left out" in table.title
    assert len(grouped("day", SOME[:1], D(2024, 3, 31), D(2024, 3, 31) + dt.timedelta(PERIODS - 1)).rows) == PERIODS


def test_outlets_come_by_count_and_then_by_name() -> None:
    rows = grouped("source", (*SOME, one(5, None, "Ålesund Post")), None, None).rows
    assert rows == (("Wire", 2), ("Courier", 1), ("unknown outlet", 1), ("Ålesund Post", 1))


def test_the_list_opens_its_articles_and_ends_somewhere() -> None:
    table = listed([one(n, D(2024, 1, 1)) for n in range(LISTED + 5)])
    assert len(table.rows) == len(table.articles) == LISTED
    assert table.rows[0] == ("2024-01-01", "Wire", "Title 0")
    assert (table.opens(0), table.chart) == ("a0", None)
    assert listed([one(1, None, None)]).rows == (("no date", "unknown outlet", "Title 1"),)
    assert Table("t", ("a",), (("x",),)).opens(0) is None


# -- an answer's own sentences -----------------------------------------------------------

FELL = article("The canopy fell.", id="a1", source="Wire", day="2024-11-01")
QUIT = article("The minister resigned.", id="a2", source="Post", day="2025-01-28")
COPY = article("The canopy fell, police said.", id="a3", source="Times", day="2024-11-02")
UNDATED = Article("a4", "Talks", "A march was held.", source=None)
EVIDENCE = evidence(QUIT, FELL, COPY, UNDATED)


def cited(*articles: Article) -> tuple[Citation, ...]:
    numbers = {a.id: n for n, a in enumerate((QUIT, FELL, COPY, UNDATED), start=1)}
    return tuple(Citation(numbers[a.id], a, passage(a), a.text, 0, len(a.text)) for a in articles)


def said(of: Article, *numbers: int) -> Sentence:
    return Sentence(of.text, numbers, "supported", 1.0)


TOLD = (said(UNDATED, 4), said(QUIT, 1), said(FELL, 2, 3))
ALL = cited(UNDATED, QUIT, FELL, COPY)


def test_a_timeline_has_a_row_a_sentence_by_day_that_opens_its_article() -> None:
    (table,) = retold(Plan("q", "q", kind="timeline"), TOLD, ALL, EVIDENCE)
    assert (table.title, table.columns) == ("Timeline", ("date", "outlet", "what happened"))
    assert table.chart == "days"
    assert table.rows == (
        ("2024-11-01", "Wire, Times", "The canopy fell."),
        ("2025-01-28", "Post", "The minister resigned."),
        ("no date", "unknown outlet", "A march was held."),
    )
    assert table.articles == ("a1", "a2", "a4")
    assert table.retells


def test_what_the_articles_do_not_support_is_no_row() -> None:
    plan = Plan("q", "q", kind="timeline")
    doubtful = (
        replace(TOLD[0], support="partly"),
        replace(TOLD[1], support="unsupported"),
        replace(TOLD[2], citations=()),
    )
    assert retold(plan, doubtful, ALL, EVIDENCE) == ()
    assert [t.articles for t in retold(plan, (*doubtful, TOLD[1]), ALL, EVIDENCE)] == [("a2",)]
    assert retold(plan, TOLD[1:2], (), EVIDENCE) == ()
    assert retold(Plan("q", "q"), TOLD, ALL, EVIDENCE) == ()


def test_a_comparison_goes_side_after_side() -> None:
    parts = (Plan("q", "q", sources=("Post",)), Plan("q", "q", topic="canopy"))
    plan = Plan("q", "q", kind="comparison", parts=parts)
    sided = replace(EVIDENCE, sides=((1,), (2, 3, 4)))
    (table,) = retold(plan, TOLD[1:], ALL, sided)
    assert table.columns == ("side", "date", "outlet", "what it says")
    assert table.rows == (
        ("Post", "2025-01-28", "Post", "The minister resigned."),
        ("canopy", "2024-11-01", "Wire, Times", "The canopy fell."),
    )
    assert table.articles == ("a2", "a1")
    assert retold(plan, (said(FELL, 1, 2),), ALL, sided) == ()  # of both sides, and so of neither
    assert retold(plan, TOLD, ALL, EVIDENCE) == ()


def test_a_cell_says_whose_words_it_is_and_has_no_bullet() -> None:
    assert cell(Sentence("- The canopy\nfell.")) == cell(Sentence("2) The canopy fell.")) == "The canopy fell."
    assert cell(Sentence("“We grieve.”", speaker="Ana Horvat")) == "“We grieve.” (Ana Horvat)"
