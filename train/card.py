"""What is told about the reader: its card (rag/weights/reader/README.md), and a picture of its losses.

The card is train/card.md, filled in from the state of training and from train/figures.json, which the
evaluations' figures are written into by hand: {"SQuAD v1.1 dev, F1": {"float32": 0.74, "int8": 0.74}}.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Any

import numpy as np

from train import losses, pairs, reader
from train.data import FILE, HELD_BACK, SEED, Squad

TEMPLATE = Path(__file__).with_name("card.md")
FIGURES = Path(__file__).with_name("figures.json")
PICTURE = Path(__file__).resolve().parents[1] / "docs" / "images" / "reader-loss.png"
ROWS = (
    "SQuAD v1.1 dev, EM", "SQuAD v1.1 dev, F1", "SQuAD v2.0 dev, AUROC of answerable or not",
    "SQuAD v1.1 dev, open: hit@1", "SQuAD v1.1 dev, open: hit@1 of fusion alone", "SQuAD v1.1 dev, open: F1",
    "newsquiz, hit@1", "newsquiz, hit@1 of fusion alone", "newsquiz, MRR", "newsquiz, MRR of fusion alone",
    "newsquiz, the answer's sentence holds the answer's words",
    "newsquiz, answered of those whose articles are there", "newsquiz, abstained of those whose articles are not",
    "30 passages of 150 words, 2 cores: seconds",
)  # fmt: skip
MODELS = ("float32", "int8")
LOSSES = ("listwise", "span", "answerable")


def state_of(path: Path) -> dict[str, Any]:
    """The state of training that was kept beside these weights."""
    for kept in (path.with_suffix(".json"), path.with_name("state.json")):
        if kept.is_file():
            return {"questions": 0, "pairs": 0, "stretches": [], "losses": [], "measured": [],
                    **json.loads(kept.read_text(encoding="utf-8"))}  # fmt: skip
    return {"questions": 0, "pairs": 0, "stretches": [], "losses": [], "measured": []}


def text(state: dict[str, Any], squad: Squad, data: Path, differences: dict[str, float]) -> str:
    """The card in Markdown."""
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.is_file() else {}
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(
        file=FILE,
        sum=hashlib.sha256((data / "squad" / FILE).read_bytes()).hexdigest(),
        training=f"{len(squad.questions):,}",
        articles=HELD_BACK,
        held_back=f"{len(squad.held_back):,}",
        questions=f"{state['questions']:,}",
        passes=f"{state['questions'] / len(squad.questions):.1f}",
        pairs=f"{state['pairs']:,}",
        settings=table(("setting", "value"), settings()),
        stretches=_stretches(state["stretches"]),
        measured=_measured(state["measured"][-1:]),
        differences=table(
            ("int8 against float32", ""), [(name, f"{value:.3f}") for name, value in differences.items()]
        ),
        figures=table(
            ("", *MODELS), [_figure(name, figures.get(name, {})) for name in dict.fromkeys((*ROWS, *figures))]
        ),
    )


def settings() -> list[tuple[str, str]]:
    return [
        ("learning rate, peak", f"{reader.RATE:g}, after {reader.WARM_UP} steps"),
        ("questions to a step", str(reader.GROUPS)),
        ("tokens of a passage at most, and how often", _shares(pairs.WINDOWS)),
        ("titles", _shares(pairs.TITLES)),
        ("passages without the answer for a question", _shares(pairs.WRONG)),
        ("where they come from", _shares(pairs.FROM)),
        ("a pair changed so that nothing answers, and how often", _shares(pairs.CHANGED)),
        ("losses", f"listwise 1, span {losses.SPAN:g}, answerable {losses.ANSWERABLE:g}"),
        ("optimiser", "AdamW, betas 0.9 and 0.98, weight decay 0.01, gradients clipped at norm 1"),
        (
            "arithmetic",
            "forward and backward in bfloat16, weights updated in float32; no dropout; word embeddings frozen",
        ),
        ("seeds", f"order of questions and split {SEED}; heads 0; pairs: the pass and the block of questions"),
    ]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def draw(rows: Sequence[Sequence[float]], path: Path = PICTURE) -> None:
    """A picture of (pairs, listwise, span, answerable) by step, each smoothed over a fiftieth of the steps."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    if not rows:
        return
    found = np.asarray(rows, dtype=float)
    width = max(1, len(found) // 50)
    window = np.ones(width) / width
    figure, plots = pyplot.subplots(1, len(LOSSES), figsize=(10, 3), layout="constrained")
    for plot, name, values in zip(plots, LOSSES, found.T[1:], strict=True):
        plot.plot(found[width - 1 :, 0] / 1000, np.convolve(values, window, "valid"), linewidth=1.2)
        plot.set(title=name, xlabel="thousand pairs", ylim=(0, None))
        plot.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _figure(name: str, found: dict[str, float]) -> list[str]:
    return [name, *(f"{found[m]:.3f}" if m in found else "not measured yet" for m in MODELS)]


def _shares(rows: Sequence[tuple[Any, float]]) -> str:
    return ", ".join(f"{value} {share:.0%}" for value, share in rows)


def _stretches(found: Sequence[dict[str, Any]]) -> str:
    found = [one for one in found if one]  # a stretch that has only begun is empty
    if not found:
        return "The first stretch is not over."
    names = list(dict.fromkeys(name for one in found for name in one))
    return table(names, [[str(one.get(name, "")) for name in names] for one in found])


def _measured(found: Sequence[dict[str, float]]) -> str:
    return ", ".join(f"{name} {value:.3f}" for one in found for name, value in one.items() if name != "pairs") or "–"
