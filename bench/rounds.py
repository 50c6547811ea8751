"""The figures of the rounds: what each side took in each, the medians, and the median of the rounds' own ratios.

rounds = Rounds()
rounds.add("ingestion, s", "Dateline", 11.8)
rounds.rows()["ingestion, s"]       {"Dateline": 11.8, "LangChain": 29.6}
rounds.ratios()["ingestion, s"]     {"LangChain": 0.399}: Dateline's as a share of the other's
"""

from __future__ import annotations

import re
import statistics
import sys
from dataclasses import dataclass, field

OURS = "Dateline"

COMPARED = re.compile(r"(?:\b(?:s|ms|MB)|/s|per processor s)$")  # measures of which a ratio says something

Rows = dict[str, dict[str, float]]  # measure -> side -> value


@dataclass(slots=True)
class Rounds:
    """Measure -> side -> values, in the order of the rounds."""

    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def add(self, measure: str, side: str, value: float) -> None:
        self.values.setdefault(measure, {}).setdefault(side, []).append(value)
        print(f"  {measure}, {side}: {value:.3f}", file=sys.stderr, flush=True)

    def rows(self) -> Rows:
        return {
            measure: {side: statistics.median(values) for side, values in sides.items()}
            for measure, sides in self.values.items()
        }

    def ratios(self) -> Rows:
        """Of what takes or holds something; a side that dropped out is compared in the rounds that it took part in."""
        found: Rows = {}
        for measure, sides in self.values.items():
            if not COMPARED.search(measure):
                continue
            for side, values in sides.items():
                if side != OURS and OURS in sides and all(values):
                    ratios = [a / b for a, b in zip(sides[OURS], values, strict=False)]
                    found.setdefault(measure, {})[side] = statistics.median(ratios)
        return found
