"""Fails when a score falls below its floor in floors.json; a floor is lowered only by editing that file.

The floors of the samples and of the own cases always run; the others need DATELINE_DATA, and the reader's first
run makes an archive of SQuAD's paragraphs, which takes minutes once.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from evals import (
    claims,
    disagreements,
    followups,
    hard_cases,
    multihop,
    quotations,
    reader,
    samples,
    support,
    xquad,
)  # fmt: skip

FLOORS = Path(__file__).with_name("floors.json")
CEILINGS = (
    "abstained wrongly", "true unsupported", "those unsupported", "false supported", "of those supported",
    "quotations made up and shown", "spans not in the article", "citations of another article",
)  # fmt: skip
SCORES: dict[str, Callable[[], dict[str, float]]] = {
    "cases": lambda: hard_cases.main(page=False),
    "multihop": lambda: multihop.main(page=False),
    "samples": lambda: samples.main(page=False),
    "quotations": lambda: quotations.main(page=False),
    "disagreements": lambda: disagreements.main(page=False),
    "follow-ups on news": lambda: followups.news(page=False),
    "follow-ups": lambda: followups.rewrites(page=False),
    "claims": lambda: claims.main(page=False),
    "support": lambda: support.main(page=False),
    "reader": lambda: reader.sampled(),
    "xquad": lambda: xquad.sampled(),
}


def main() -> int:
    """0 when every score holds its floor (or ceiling, for those named so), 1 otherwise; those that do not come last."""
    below: list[str] = []
    for name, limits in json.loads(FLOORS.read_text(encoding="utf-8")).items():
        scores = SCORES[name]()
        if not scores:
            print(f"not checked: {name}, whose data is not there")
            continue
        for metric, limit in limits.items():
            value = scores[metric]
            wrong = value > limit if metric in CEILINGS else value < limit
            line = f"{name} {metric}: {value:.3f} (pinned {limit:.3f})"
            print(f"{'BELOW' if wrong else 'holds'}  {line}")
            below += [line] if wrong else []
    print("every floor that was checked holds" if not below else "\n".join(f"does not hold: {line}" for line in below))
    return 1 if below else 0
