"""Writes a table of results into docs/evaluation.md, one section a name; the rest of the page stays."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evaluation.md"
HEAD = "# Evaluation\n\nHow good it is, as measured; each table names the command that makes it.\n"


def write(name: str, command: str, what: str, rows: dict[str, dict[str, float]]) -> str:
    """Put the section in place of the one of that name, and print it."""
    columns = list(next(iter(rows.values()))) if rows else []
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
    lines += [f"| {row} | {' | '.join(_shown(values[c]) for c in columns)} |" for row, values in rows.items()]
    section = "\n".join(lines) + "\n"
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    pattern = re.compile(rf"## {re.escape(name)}\n.*?(?=\n## |\Z)", re.S)
    page = pattern.sub(lambda _: section, page) if pattern.search(page) else f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(page.rstrip() + "\n", encoding="utf-8")
    print(section)
    return section


def _shown(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.3f}"
