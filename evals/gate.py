"""Fails when a score falls below its floor in floors.json; a floor is lowered only by editing that file."""

from __future__ import annotations

import json
from pathlib import Path

from evals import samples

FLOORS = Path(__file__).with_name("floors.json")


def main() -> int:
    """0 when every score holds its floor (or ceiling, for those named so), 1 otherwise."""
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    scores = {"samples": samples.main(page=False)}
    below = 0
    for name, limits in floors.items():
        for metric, limit in limits.items():
            value = scores[name][metric]
            wrong = value > limit if metric == "abstained wrongly" else value < limit
            below += wrong
            print(f"{'BELOW ' if wrong else 'holds '} {name} {metric}: {value:.3f} (pinned {limit:.3f})")
    return 1 if below else 0
