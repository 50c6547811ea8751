"""What leaves for other programs reads back as it was, and runs nowhere."""

from __future__ import annotations

import csv
import io

import pytest

from rag.types import Table


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_table_reads_back_from_csv() -> None:
    table = Table("t", ("date", "what happened"), (("2024-11-01", 'It "fell",\nthen'), ("no date", "обвал")))
    assert read(table.to_csv()) == [["date", "what happened"], *map(list, table.rows)]
    assert Table("t", ("month", "n"), (("2024-03", 0),)).to_csv() == "month,n\n2024-03,0\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.example")'])
def test_no_cell_is_a_formula(text: str) -> None:
    ((name,), (cell,)) = read(Table("t", (text,), ((text,),)).to_csv())
    assert name == cell == "'" + text.replace("\r", "\n")


def test_numbers_stay_numbers_and_signs_inside_stay_as_they_are() -> None:
    assert read(Table("t", ("a", "b"), ((-3, "a=b-c"),)).to_csv())[1] == ["-3", "a=b-c"]
