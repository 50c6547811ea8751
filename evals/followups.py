"""Follow-ups put in full by rules: how near they come to a person's rewrite, and whether the rest is left alone.

Two sets. 675 conversations of other people (DATELINE_DATA, followups/mtrag.jsonl.gz): the content words of the question
in full against those of the person's rewrite, with only the earlier questions as history. And own conversations on news
(evals/cases/followups.jsonl), whose answers are known too: words that must stand in the question in full, words that
must not, and questions that stand alone already.

Content words are those of rag.text.words, less STOP, by rag.text.stem, each counted once.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from evals.data import folder, records
from evals.metrics import bare
from evals.report import write
from rag.question.followup import stand_alone
from rag.text import stem, words
from rag.types import Turn

CASES = Path(__file__).with_name("cases") / "followups.jsonl"
STOP = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can could did do does doing down during each few for from further had has have having he her here hers
    him his how i if in into is it its just may me might mine more most must my no nor not now of off on once only or
    other our ours out over own same shall she should so some such than that the their theirs them then there these they
    this those through to too under until up us very was we were what when where which while who whom whose why will
    with would you your yours
    i'm i've i'd i'll it's that's there's what's who's where's you're you've you'd we're they're let's isn't aren't
    wasn't weren't don't doesn't didn't can't couldn't won't wouldn't shouldn't hasn't haven't""".split()  # noqa: SIM905
)
FIRST = 40  # cases that were written before the rules were tuned
ALONE, PASTED, OURS = "last question alone", "all questions pasted", "rules"
BEST = "the earlier questions' words that the rewrite has, and no others"


def main(page: bool = True) -> dict[str, float]:
    """Both sets; the conversations of others only where DATELINE_DATA is set."""
    return news(page) | rewrites(page)


def content(text: str) -> frozenset[str]:
    """content("When did the ministers meet?") -> {"minister", "meet"}, the stems of what is not in STOP."""
    return frozenset(stem(w) for w in words(text) if w not in STOP)


def f1(given: str, wanted: str) -> float:
    """Harmonic mean of precision and recall of the content words; 1 where both have none."""
    ours, theirs = content(given), content(wanted)
    if not ours and not theirs:
        return 1.0
    return 2 * len(ours & theirs) / (len(ours) + len(theirs))


def halves(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """By a hash of the conversation's id (CONVERSATION<::>TURN): the half that may be looked at, and the other one."""
    looked_at = [r for r in rows if sha256(r["id"].partition("<::>")[0].encode()).digest()[0] % 2 == 0]
    return looked_at, [r for r in rows if r not in looked_at]


def fulfilled(case: dict[str, Any], standalone: str) -> bool:
    """Whether every wanted word begins a word of the question in full, no unwanted one does, or it is untouched."""
    if case["untouched"]:
        return standalone == case["question"]
    text = f" {bare(standalone)}"
    return all(f" {bare(w)}" in text for w in case["expect"]) and not any(f" {bare(w)}" in text for w in case["forbid"])


def summary(rows: Sequence[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """A row per way of asking: F1, the share of the gap to the rewrite that it closes, and what it leaves alone."""
    ways: dict[str, Callable[[dict[str, Any]], str]] = {
        ALONE: lambda r: r["question"],
        PASTED: lambda r: " ".join([*r["history"], r["question"]]),
        OURS: lambda r: stand_alone(r["question"], [Turn(q, "") for q in r["history"]])[0],
        BEST: lambda r: " ".join([r["question"], *_wanted(r)]),
    }
    same = [r for r in rows if bare(r["question"]) == bare(r["rewrite"])]
    table: dict[str, dict[str, float]] = {}
    alone = 0.0
    for name, way in ways.items():
        score = statistics.fmean(f1(way(r), r["rewrite"]) for r in rows)
        alone = score if name == ALONE else alone
        untouched = sum(bare(way(r)) == bare(r["question"]) for r in same) / len(same)
        table[name] = {
            "questions": len(rows),
            "F1": score,
            "gap closed": (score - alone) / (1 - alone),
            "untouched of those that stand alone": untouched,
        }
    return table


def _wanted(row: dict[str, Any]) -> list[str]:
    """Words of the earlier questions that the rewrite has and the question lacks: no rule can add more of them."""
    wanted = content(row["rewrite"]) - content(row["question"])
    return [w for q in row["history"] for w in words(q) if stem(w) in wanted]


def rewrites(page: bool = True) -> dict[str, float]:
    """Scores of the rules on the conversations of others; none where the data is not there."""
    home = folder()
    if home is None:
        return {}
    rows = list(records(home / "followups" / "mtrag.jsonl.gz"))
    looked_at, reporting = halves(rows)
    table = summary(rows)
    scores = table[OURS]
    scores["ms, 95 of 100"] = _milliseconds(rows)
    table |= {f"{OURS}, half looked at": summary(looked_at)[OURS], f"{OURS}, other half": summary(reporting)[OURS]}
    write(
        "follow-ups",
        "python -m evals followups",
        f"{len(rows)} conversations, without a chat model and with the earlier questions alone as history: the content "
        "words of the question in full against those of a person's rewrite, a mean of F1 over the questions. Gap "
        "closed: the share of the way from the last question alone to the rewrite itself. Untouched: of the questions "
        "whose rewrite is the question itself, case and punctuation aside. Errors were looked at in one half of the "
        "conversations only. The last way is no rule but the most that adding words of earlier questions could reach.",
        table,
        page=page,
    )
    return {name: scores[name] for name in ("F1", "gap closed", "untouched of those that stand alone")}


def news(page: bool = True) -> dict[str, float]:
    """The share of the own conversations that are put in full rightly; the others are printed."""
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    kinds = {"all": cases} | {
        "written before the rules were tuned": cases[:FIRST],
        "written after": cases[FIRST:],
        "to be put in full": [c for c in cases if not c["untouched"]],
        "standing alone": [c for c in cases if c["untouched"]],
        "in Russian": [c for c in cases if any("а" <= letter <= "я" for letter in c["question"])],
    }
    table: dict[str, dict[str, float]] = {}
    for kind, some in kinds.items():
        right = 0
        for case in some:
            standalone, _ = stand_alone(case["question"], [Turn(t["question"], t["answer"]) for t in case["history"]])
            right += fulfilled(case, standalone)
            if not fulfilled(case, standalone) and kind == "all":
                print(f"wrong: {case['question']} -> {standalone} (wanted {', '.join(case['expect']) or 'untouched'})")
        table[kind] = {"questions": len(some), "right": right / len(some)}
    write(
        "follow-ups on news",
        "python -m evals followups",
        f"{len(cases)} own conversations, with answers in the history. Right: the question in full holds the names, "
        "places and years that it leans on, and none that it must not; a question "
        "that stands alone is left as it is.",
        table,
        page=page,
    )
    return {"right": table["all"]["right"]}


def _milliseconds(rows: Sequence[dict[str, Any]]) -> float:
    """What 95 of 100 questions stay under, in the processor's time."""
    spent = []
    for row in rows:
        history = [Turn(q, "") for q in row["history"]]
        started = time.thread_time()
        stand_alone(row["question"], history)
        spent.append(1000 * (time.thread_time() - started))
    return statistics.quantiles(spent, n=20)[-1]
