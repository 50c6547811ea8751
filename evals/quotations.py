"""Who said what: the rules' speakers against annotated quotations in paragraphs of our own. Takes seconds.

`evals/cases/quotations.jsonl` was written before the rules. A line is {"text", "quotations": [{"quote", "speaker"}]};
a speaker is the fullest name in the text, or null where the text leaves it unclear. The rules were fitted to these
until all were right; `quotations_later.jsonl` was written when that was done; of what it showed, missing verbs were
added and nothing else was fitted to it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evals.report import write
from rag.speech.sayings import find
from rag.text import fold, normalise

CASES = Path(__file__).with_name("cases")
ROWS = {"written before the rules": "quotations.jsonl", "written after them": "quotations_later.jsonl"}


def main(page: bool = True) -> dict[str, float]:
    rows = {row: scored(CASES / name) for row, name in ROWS.items()}
    if page:
        write(
            "quotations",
            "python -m evals quotations",
            "Speakers of direct quotations, by rules, on annotated newspaper paragraphs in English, Russian and Serbian. "
            "Precision: of the quotations that the rules give a speaker, how many have the right one (words in marks that "
            "nobody says count as wrong). Recall: of those that have one. Found: recognised as something said at all.",
            rows,
        )
    first, later = rows.values()
    return first | {f"{name}, later": value for name, value in later.items()}


def scored(path: Path) -> dict[str, float]:
    """How many there are, precision and recall of speakers, and how many were found at all."""
    pairs = [pair for line in path.read_text(encoding="utf-8").splitlines() for pair in _compared(json.loads(line))]
    named = [p for p in pairs if p[2] is not None]
    wanted = [p for p in pairs if p[1] is not None]
    right = [p for p in named if p[1] is not None and fold(p[1]) == fold(p[2] or "")]
    annotated = [p for p in pairs if p[3]]
    return {
        "quotations": len(annotated),
        "with a speaker": len(wanted),
        "precision": len(right) / len(named),
        "recall": len(right) / len(wanted),
        "found": sum(p[4] for p in annotated) / len(annotated),
    }


def _compared(case: dict[str, Any]) -> Iterator[tuple[str, str | None, str | None, bool, bool]]:
    """(words, annotated speaker, found speaker, whether annotated, whether found)."""
    text = normalise(case["text"])
    found = {_key(text[s.start : s.end]): s.speaker for s in find(text) if s.direct}
    for one in case["quotations"]:
        key = _key(one["quote"])
        yield one["quote"], one["speaker"], found.get(key), True, key in found
        found.pop(key, None)
    for words, speaker in found.items():
        yield words, None, speaker, False, True


def _key(words: str) -> str:
    return fold(words).strip(" .,;:!?")


def wrong() -> None:
    """Print what is wrong, for whoever changes the rules."""
    for line in (line for name in ROWS.values() for line in (CASES / name).read_text(encoding="utf-8").splitlines()):
        for words, annotated, found, known, seen in _compared(json.loads(line)):
            if annotated != found or (known and annotated and not seen):
                print(f"{annotated!s:30} {found!s:30} {'' if seen else '(not found) '}{words[:70]}")


if __name__ == "__main__":
    wrong()
    main(page="--page" in sys.argv)
