"""Writes tables into docs/performance.md, between marks; what stands outside them is written by hand and stays.

    <!-- side by side: begin -->
    …
    <!-- side by side: end -->

The same figures, with machine and versions, stand unrounded in docs/performance.json.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"


def write(
    name: str,
    command: str,
    what: str,
    rows: Mapping[str, Mapping[str, float]],
    facts: Mapping[str, Any],
    *,
    keep: bool = True,
) -> str:
    """Print the table, and unless `keep` is False put it between its marks; a name without marks goes to the end."""
    text = f"`{command}`. {what}\n\n{table(rows)}"
    print(text)
    if keep:
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        whole = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Performance\n"
        if begin not in whole:
            whole = f"{whole.rstrip()}\n\n{begin}\n{end}\n"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        PAGE.write_text(pattern.sub(lambda _: f"{begin}\n{text}\n{end}", whole), encoding="utf-8")
        path = PAGE.with_suffix(".json")
        figures = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        figures[name] = {"command": command, "rows": rows, **facts}
        path.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return text


def table(rows: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(_shown(row.get(c)) for c in columns)} |" for name, row in rows.items()]
    return "\n".join(lines)


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
