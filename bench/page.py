"""Writes tables and pictures into docs/performance.md, between marks; what stands outside them is written by hand.

    <!-- ingestion: begin -->
    …
    <!-- ingestion: end -->

The same figures stand unrounded in docs/performance.json, with machine and versions.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"

Cells = Mapping[str, Mapping[str, float | str]]  # row -> column -> what is shown


@dataclass(frozen=True, slots=True)
class Section:
    """One table: its figures, beside them in brackets Dateline's share of the peer's, and pictures below."""

    name: str
    what: str
    rows: Cells
    ratios: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of figures as shares of the greatest: of each row by itself as bars, or of all as lines over numbered rows."""

    name: str
    caption: str
    rows: Mapping[str, Mapping[str, float]]
    lines: str = ""  # what the rows' numbers count

    @property
    def file(self) -> str:
        return f"performance-{re.sub('[^a-z]+', '-', self.name)}.png"


def show(section: Section) -> str:
    """The section's text, as it stands on the page."""
    return f"{section.what}\n\n{table(section.rows, section.ratios)}".strip() if section.rows else section.what


def write(sections: Sequence[Section], facts: Mapping[str, Any], path: Path) -> None:
    """Put each section between its marks, at the end where the page has none, and the figures into the JSON beside it."""
    whole = path.read_text(encoding="utf-8") if path.exists() else "# Performance\n"
    figures: dict[str, Any] = dict(facts)
    for section in sections:
        text = show(section)
        for picture in section.pictures:
            if draw(picture, path.parent / "images"):
                text += f"\n\n{picture.caption}\n\n![{picture.name}](images/{picture.file})"
        begin, end = f"<!-- {section.name}: begin -->", f"<!-- {section.name}: end -->"
        if begin not in whole:
            whole = f"{whole.rstrip()}\n\n{begin}\n{end}\n"
        pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
        whole = pattern.sub(lambda _, inner=f"{begin}\n{text}\n{end}": inner, whole)
        figures[section.name] = {"what": section.what, "rows": section.rows, "ratios": section.ratios}
    path.write_text(whole, encoding="utf-8")
    beside = path.with_suffix(".json")
    kept = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    beside.write_text(json.dumps(kept | figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def table(rows: Cells, ratios: Mapping[str, Mapping[str, float]]) -> str:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    lines = [f"| | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for name, row in rows.items():
        cells = [_shown(row.get(c)) for c in columns]
        shares = [ratios.get(name, {}).get(c) for c in columns]
        cells = [cell if s is None else f"{cell} ({s:.2f})" for cell, s in zip(cells, shares, strict=True)]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _shown(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or "–"
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def draw(picture: Picture, folder: Path) -> bool:
    """Draw it as the evaluations are drawn; False where matplotlib is missing."""
    try:
        import matplotlib
    except ImportError:
        print('the pictures need matplotlib: pip install -c constraints.txt -e ".[dev]"', file=sys.stderr)
        return False
    from evals.report import Plot
    from evals.report import draw as drawn

    matplotlib.use("Agg")
    columns = tuple(dict.fromkeys(column for row in picture.rows.values() for column in row))
    greatest = max((v for row in picture.rows.values() for v in row.values()), default=1.0)
    shares: dict[str, dict[str, float | None]] = {}
    for name, row in picture.rows.items():
        most = greatest if picture.lines else max(row.values())
        shares[name] = {column: row[column] / most if column in row else None for column in columns}
    plot = Plot(picture.name, columns, lines=bool(picture.lines), label=picture.lines)
    drawn(plot, shares, folder / picture.file)
    return True
