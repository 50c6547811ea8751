"""Passages that disagree: the rules against planted pairs, half of which agree. Takes seconds.

`evals/cases/disagreements.jsonl` was written before the rules. A line is {"question", "passages": [{"text", "source",
"date"}], "disagree": null or {"kind", "values", "update"}}. The rules were fitted to these until all were right;
`disagreements_later.jsonl` was written when that was done, and the rules were made stricter by what it showed (they had
a precision of 0.64 there); `disagreements_last.jsonl` was written after that, and nothing was fitted to it.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from evals.report import write
from rag.answer.disagreement import disagreements
from rag.text import normalise
from rag.types import Disagreement, Evidence, Hit, Passage

CASES = Path(__file__).with_name("cases")
ROWS = {
    "written before the rules": "disagreements.jsonl",
    "written after them": "disagreements_later.jsonl",
    "written last": "disagreements_last.jsonl",
}


def main(page: bool = True) -> dict[str, float]:
    rows = {row: scored(CASES / name) for row, name in ROWS.items()}
    if page:
        write(
            "disagreements",
            "python -m evals disagreements",
            "Pairs of passages of our own that tell a number, a day or yes and no differently, and pairs that agree or tell "
            "of other things. Precision: of the pairs that are said to disagree, those that do, with the values in which "
            "they do; recall: of those planted.",
            rows,
        )
    first, _, last = rows.values()
    return first | {f"{name}, last": value for name, value in last.items()}


def scored(path: Path) -> dict[str, float]:
    """How many there are, precision and recall, and how many of the right ones are rightly said to be an update or not."""
    cases = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    found = [disagreements(case["question"], evidence(case)) for case in cases]
    planted = [(case, got) for case, got in zip(cases, found, strict=True) if case["disagree"]]
    given = [got for got in found if got]
    right = [(case, got) for case, got in planted if got and _right(case, got)]
    return {
        "pairs": len(cases),
        "planted": len(planted),
        "precision": len(right) / len(given),
        "recall": len(right) / len(planted),
        "updates told right": sum(got[0].update == case["disagree"]["update"] for case, got in right) / len(right),
    }


def evidence(case: dict[str, Any]) -> Evidence:
    """The case's passages as evidence, each of an article of its own."""
    hits = []
    for i, p in enumerate(case["passages"]):
        text = normalise(p["text"])
        passage = Passage(f"p{i}", f"a{i}", 0, text, 0, len(text), "", dt.date.fromisoformat(p["date"]), p["source"])
        hits.append(Hit(passage, 1.0 - i / 10))
    return Evidence(tuple(hits), 0.9)


def _right(case: dict[str, Any], got: tuple[Disagreement, ...]) -> bool:
    """Yes and no have no words to compare: there the pair alone counts."""
    if case["disagree"]["kind"] == "yes-no":
        return True
    told = [side.value.lower() for side in got[0].sides]
    return all(any(v.lower() in t for t in told) for v in case["disagree"]["values"])


def wrong() -> None:
    """Print what is wrong, for whoever changes the rules."""
    for line in (line for name in ROWS.values() for line in (CASES / name).read_text(encoding="utf-8").splitlines()):
        case = json.loads(line)
        got = disagreements(case["question"], evidence(case))
        planted = case["disagree"]
        if bool(got) != bool(planted) or (planted and (not _right(case, got) or got[0].update != planted["update"])):
            print(planted, "|", got, "\n   ", *(p["text"] for p in case["passages"]), sep=" ")


if __name__ == "__main__":
    wrong()
    print(main(page="--page" in sys.argv))
