"""What leaves for other programs: tables as CSV.

table_csv(table)  ->  "date,outlet,what happened\\n2024-11-01,Wire,The canopy fell.\\n"
"""

from __future__ import annotations

import csv
import io

from rag.types import Table

FORMULA = ("=", "+", "-", "@", "\t", "\n")  # what a spreadsheet runs, at the beginning of a cell


def table_csv(table: Table) -> str:
    """The columns' names, then the rows; text that begins as a formula does gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(_defused, table.columns))
    writer.writerows(map(_defused, row) for row in table.rows)
    return out.getvalue()


def _defused(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    text = "\n".join(value.splitlines())
    return f"'{text}" if text.startswith(FORMULA) else text
