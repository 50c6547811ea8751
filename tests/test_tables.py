"""Articles become counts by period and by name, and a list; nothing is lost between the rows."""

from __future__ import annotations

import datetime as dt

import pytest

from rag.answer.tables import LISTED, PERIODS, grouped, listed
from rag.store.corpus import Listed
from rag.types import Table

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
