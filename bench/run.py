"""Measures Dateline and its peers in turn, A B A B: `python -m bench.run [--quick]`; writes docs/performance.md.

Every figure of a round is taken minutes apart from the same one of the peer, so a machine that is busy with something
else slows both; what counts is the median of the rounds' ratios. Processor time stands beside wall time: it hardly
depends on what else runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import articles, page
from bench.measure import ROOT, Measured, run, size

PEERS = ROOT / ".venv-peers"
QUESTION = "Who was elected president?"
OURS, LANGCHAIN = "Dateline", "LangChain"

Row = dict[str, float]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    articles: int
    rounds: int
    questions: int
    users: tuple[int, ...]
    answers: int


QUICK = Size(articles=60, rounds=2, questions=60, users=(1,), answers=0)
WHOLE = Size(articles=400, rounds=2, questions=200, users=(1, 10, 50), answers=60)


@dataclass(slots=True)
class Rounds:
    """What each side took in each round: measure -> side -> values, in the order of the rounds."""

    values: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def add(self, measure: str, side: str, value: float) -> None:
        self.values.setdefault(measure, {}).setdefault(side, []).append(value)
        print(f"  {measure}, {side}: {value:.3f}", file=sys.stderr, flush=True)

    def rows(self) -> dict[str, Row]:
        """Per measure the medians, and the median of the rounds' ratios Dateline : peer."""
        rows: dict[str, Row] = {}
        for measure, sides in self.values.items():
            row = {side: statistics.median(values) for side, values in sides.items()}
            for side, values in sides.items():
                if side != OURS and OURS in sides:
                    ratios = [a / b for a, b in zip(sides[OURS], values, strict=True)]
                    row[f"ratio to {side}"] = statistics.median(ratios)
            rows[measure] = row
        return rows


@dataclass(frozen=True, slots=True)
class Side:
    """One contender: how it is run."""

    name: str
    python: str
    program: tuple[str, ...]
    cold: Callable[[Path], Sequence[str]]

    def verb(self, *arguments: str | Path) -> list[str]:
        return [self.python, *self.program, *map(str, arguments)]


def sides(peers: Path) -> Iterator[Side]:
    python = sys.executable
    yield Side(
        OURS, python, ("-m", "bench.ours"),
        lambda folder: [python, "-m", "dateline", "--archive", str(folder), "ask", QUESTION],
    )  # fmt: skip
    other = str(peers / "langchain" / "bin" / "python")
    if Path(other).exists():
        program = str(ROOT / "bench" / "baseline_langchain.py")
        yield Side(LANGCHAIN, other, (program,), lambda folder: [other, program, "ask", str(folder), QUESTION])
    else:
        print(f"{LANGCHAIN} is not installed: make bench-peers", file=sys.stderr)


def main() -> int:
    asked = _arguments()
    wanted = QUICK if asked.quick else WHOLE
    if asked.articles is not None:
        wanted = replace(wanted, articles=asked.articles)
    contenders = list(sides(asked.peers))
    with tempfile.TemporaryDirectory() as home:
        rounds = compare(contenders, wanted, Path(home))
    facts = machine() | {f"{s.name}'s packages": _versions(s) for s in contenders}
    name = "quick" if asked.quick else "side by side"
    command = "make bench-quick" if asked.quick else "make bench"
    what = (
        f"{wanted.articles} {articles.described()}, {wanted.rounds} rounds in turn, medians; a ratio is the median of "
        f"the rounds' own ratios. {facts['processor']}, {facts['cores']} cores."
    )
    page.write(name, command, what, rounds.rows(), {**facts, "rounds": rounds.values}, keep=not asked.quick)
    return 0


def compare(contenders: Sequence[Side], wanted: Size, home: Path) -> Rounds:
    rounds = Rounds()
    source = home / "articles.jsonl"
    characters = articles.write(wanted.articles, source)
    asked = home / "questions.json"
    for number in range(wanted.rounds):
        print(f"round {number + 1} of {wanted.rounds}", file=sys.stderr)
        places = {side.name: home / f"{side.name}-{number}" for side in contenders}
        for side in contenders:
            _ingestion(rounds, side, run(side.verb("ingest", source, places[side.name])), characters)
            rounds.add("disk, MB", side.name, size(places[side.name]))
            if side.name == OURS:
                plain = run(side.verb("encode", places[side.name])).told
                rounds.add("passages embedded plainly, processor s", side.name, plain["processor"])
                rounds.add("passages embedded plainly, s", side.name, plain["seconds"])
        for side in contenders:
            cold = run(side.cold(places[side.name]))
            rounds.add("cold start to answer, s", side.name, cold.seconds)
            rounds.add("cold start to answer, processor s", side.name, cold.processor)
            rounds.add("cold start to answer, MB", side.name, cold.megabytes)
        _write_questions(asked, wanted.questions, wanted.users)
        for side in contenders:
            _searches(rounds, "search", side, run(side.verb("search", places[side.name], asked)))
        if wanted.answers:
            ours = contenders[0]
            _write_questions(asked, wanted.answers, wanted.users)
            for verb, words in (("read", "search with the reader"), ("answer", "answer")):
                _searches(rounds, words, ours, run(ours.verb(verb, places[OURS], asked)))
        for place in places.values():
            shutil.rmtree(place)
    return rounds


def _ingestion(rounds: Rounds, side: Side, measured: Measured, characters: int) -> None:
    told = measured.told
    rounds.add("ingestion, s", side.name, measured.seconds)
    rounds.add("ingestion, processor s", side.name, measured.processor)
    rounds.add("ingestion, characters/s", side.name, characters / measured.seconds)
    rounds.add("ingestion, characters per processor s", side.name, characters / measured.processor)
    rounds.add("ingestion, passages/s", side.name, told["passages"] / measured.seconds)
    rounds.add("ingestion, MB", side.name, measured.megabytes)


def _searches(rounds: Rounds, words: str, side: Side, measured: Measured) -> None:
    for users, waits in measured.told.items():
        crowd = f"{users} user{'s' if users != '1' else ''}"
        rounds.add(f"{words}, {crowd}, median ms", side.name, waits["median"] * 1000)
        rounds.add(f"{words}, {crowd}, 95th percentile ms", side.name, waits["p95"] * 1000)
    rounds.add(f"{words}, MB", side.name, measured.megabytes)


def _write_questions(path: Path, count: int, users: Sequence[int]) -> None:
    path.write_text(json.dumps({"questions": articles.questions(count), "users": list(users)}), encoding="utf-8")


def machine() -> dict[str, Any]:
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory, GB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def _versions(side: Side) -> dict[str, str]:
    return dict(run(side.verb("versions")).told)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Dateline and its peers, side by side.")
    parser.add_argument("--quick", action="store_true", help="under three minutes; prints, and keeps nothing")
    parser.add_argument("--articles", type=int, metavar="N", help="how many are ingested in each round")
    parser.add_argument("--peers", type=Path, default=PEERS, help="where `make bench-peers` has put them")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
