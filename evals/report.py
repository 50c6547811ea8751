"""Says how far a run is, and writes tables into docs/evaluation.md, one section a name; the rest of the page stays.

The same figures stand unrounded in docs/evaluation.json: {name: {"command": …, "rows": {row: {column: value}}}}.
"""

from __future__ import annotations

import json
import math
import re
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evaluation.md"
T = TypeVar("T")
HEAD = "# Evaluation\n\nHow good it is, as measured; each table names the command that makes it.\n"


def write(name: str, command: str, what: str, rows: dict[str, dict[str, float]], *, page: bool = True) -> str:
    """Put the section in place of the one of that name, and print it; with `page` False only print it.

    A row may lack columns that others have.
    """
    columns = list(dict.fromkeys(column for values in rows.values() for column in values))
    lines = [
        f"## {name}",
        "",
        f"`{command}`",
        "",
        what,
        "",
        f"| | {' | '.join(columns)} |",
        "|---" * (len(columns) + 1) + "|",
    ]
    lines += [f"| {row} | {' | '.join(_shown(values.get(c)) for c in columns)} |" for row, values in rows.items()]
    section = "\n".join(lines) + "\n"
    print(section)
    if not page:
        return section
    whole = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    pattern = re.compile(rf"## {re.escape(name)}\n.*?(?=\n## |\Z)", re.S)
    whole = pattern.sub(lambda _: section, whole) if pattern.search(whole) else f"{whole.rstrip()}\n\n{section}"
    PAGE.write_text(whole.rstrip() + "\n", encoding="utf-8")
    _keep(name, command, rows)
    return section


def _keep(name: str, command: str, rows: dict[str, dict[str, float]]) -> None:
    path = PAGE.with_suffix(".json")
    figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    values = {r: {c: None if math.isnan(v) else v for c, v in columns.items()} for r, columns in rows.items()}
    figures[name] = {"command": command, "rows": values}
    path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _shown(value: float | None) -> str:
    if value is None or math.isnan(value):
        return "–"
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if value >= 10 else f"{value:.3f}"


def followed(items: Sequence[T], name: str) -> Iterator[T]:
    """The items, with a line of progress on stderr after every tenth of them."""
    started, step = time.perf_counter(), max(1, len(items) // 10)
    for number, item in enumerate(items, start=1):
        yield item
        if number % step == 0:
            spent = time.perf_counter() - started
            print(f"{name}: {number} of {len(items)} in {spent:.0f} s", file=sys.stderr, flush=True)
