"""What a table draws beside its rows: bars by its numbers, or its days on a line. Numbers alone; each face has its own ink.

shares(Table(…, rows=(("March", 2), ("April", 4)), chart="bars"))  ->  [0.5, 1.0]
line_of_days(timeline)  ->  ([0.0, 0.25, 1.0], 2024-11-01, 2024-11-05)
"""

from __future__ import annotations

import datetime as dt

from rag.types import Table


def shares(table: Table) -> list[float | None]:
    """How long the bar of each row is, 1.0 for the longest; None where the table has no bars."""
    if table.chart != "bars":
        return [None] * len(table.rows)
    values = [row[-1] if isinstance(row[-1], int) else 0 for row in table.rows]
    longest = max(values, default=0)
    return [value / longest if longest else 0.0 for value in values]


def line_of_days(table: Table) -> tuple[list[float | None], dt.date, dt.date] | None:
    """Where each row's day stands on a line from the first day, 0.0, to the last, 1.0, None where it has none; and both
    days. None where the table asks for no such line, or has fewer than two days."""
    if table.chart != "days":
        return None
    days = [_day(row[0]) for row in table.rows]
    known = [day for day in days if day is not None]
    first, last = min(known, default=dt.date.min), max(known, default=dt.date.min)
    length = (last - first).days
    return ([None if d is None else (d - first).days / length for d in days], first, last) if length else None


def _day(value: str | int) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None
