"""Writes tables into docs/evaluation.md, one section a name, and says how far a run is; the rest of the page stays.

`python -m evals report` draws the figures of the last runs, and puts each picture below its table.

The same figures stand unrounded in docs/evaluation.json: {name: {"command": …, "rows": {row: {column: value}}}}.
"""

from __future__ import annotations

import json
import math
import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

PAGE = Path(__file__).resolve().parents[1] / "docs" / "evaluation.md"
IMAGES = PAGE.parent / "images"
T = TypeVar("T")
Row = Mapping[str, float | None]
FAR = 100  # times the lowest number of a line's points: from there on their axis is logarithmic
HEAD = "# Evaluation\n\nHow good it is, as measured; each table names the command that makes it.\n"


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture of one section: bars of these columns by row, or lines over rows whose names are numbers."""

    section: str
    columns: tuple[str, ...]
    lines: bool = False
    label: str = ""

    @property
    def file(self) -> str:
        return f"evaluation-{re.sub('[^a-z]+', '-', self.section)}.png"


PLOTS = (
    Plot("newsquiz", ("hit@1", "hit@5", "hit@10", "MRR")),
    Plot(
        "newsquiz: abstention",
        ("abstains, articles gone", "answers, articles there", "wrong of those given, articles there"),
        lines=True, label="threshold",
    ),
    Plot("open retrieval", ("hit@1", "hit@5", "MRR")),
    Plot("xquad", ("hit@1", "hit@5", "MRR")),
    Plot("follow-ups", ("F1",)),
    Plot("multihop: outlets", ("precision", "recall", "F1")),
)  # fmt: skip


def main() -> int:
    """Draw every section that has figures; 0, or 2 where matplotlib is missing."""
    try:
        import matplotlib
    except ImportError:
        print('the pictures need matplotlib: pip install -c constraints.txt -e ".[dev]"', file=sys.stderr)
        return 2
    matplotlib.use("Agg")
    figures = json.loads(PAGE.with_suffix(".json").read_text(encoding="utf-8"))
    for plot in PLOTS:
        if plot.section in figures:
            draw(plot, figures[plot.section]["rows"], IMAGES / plot.file)
            _show(plot)
    return 0


def draw(plot: Plot, rows: Mapping[str, Row], path: Path) -> None:
    """Write the picture; rows without a value in one of its columns are left out."""
    from matplotlib import pyplot

    known = {name: row for name, row in rows.items() if all(row.get(c) is not None for c in plot.columns)}
    figure, axes = pyplot.subplots(figsize=(8, 3.2 if plot.lines else 0.9 + 0.42 * len(known)), layout="constrained")
    if plot.lines:
        curve = points(known)
        for column in plot.columns:
            axes.plot([x for x, _ in curve], [row[column] for _, row in curve], marker="o", label=column)
        axes.set(xlabel=plot.label, ylim=(0, 1))
        if curve and curve[-1][0] >= FAR * curve[0][0] > 0:
            axes.set_xscale("log")
    else:
        height = 0.8 / len(plot.columns)
        for number, column in enumerate(plot.columns):
            places = [at + number * height for at in range(len(known))]
            axes.barh(places, [row[column] or 0.0 for row in known.values()], height=height, label=column)
        axes.set_yticks([at + 0.4 - height / 2 for at in range(len(known))], list(known))
        axes.set(xlim=(0, 1))
        axes.invert_yaxis()
    axes.grid(alpha=0.3)
    axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=100)
    pyplot.close(figure)


def points(rows: Mapping[str, Row]) -> list[tuple[float, Row]]:
    """The rows whose names are numbers, such as "0.25" and "10,000", with these, rising."""
    numbered = ((name.replace(",", ""), row) for name, row in rows.items())
    return sorted(((float(name), row) for name, row in numbered if re.fullmatch(r"[\d.]+", name)), key=lambda p: p[0])


def _show(plot: Plot) -> None:
    """The picture below the section's table, once."""
    line = f"![{plot.section}]({IMAGES.name}/{plot.file})"
    text = PAGE.read_text(encoding="utf-8")
    section = re.search(rf"## {re.escape(plot.section)}\n.*?(?=\n## |\Z)", text, re.S)
    if section is not None and line not in section[0]:
        PAGE.write_text(f"{text[: section.end()].rstrip()}\n\n{line}\n{text[section.end() :]}", encoding="utf-8")


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
    picture = next((p for p in PLOTS if p.section == name and (IMAGES / p.file).is_file()), None)
    if picture is not None:
        section += f"\n![{name}]({IMAGES.name}/{picture.file})\n"
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
