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
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import articles, page
from bench.environments import PEERS, installed
from bench.limits import share_read
from bench.measure import ROOT, Failed, Measured, run, size
from bench.rounds import OURS, Rounds
from bench.tables import in_short, sections
from rag.search.embedding import load

STARTS = 2  # cold starts of each side in each round, each with a question of its own
ENVIRONMENT = "dateline"  # of ours, as it is installed beside the peers'
NAMES = {"langchain": "LangChain", "llamaindex": "LlamaIndex", "haystack": "Haystack", "txtai": "txtai"}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured."""

    articles: int
    rounds: int
    questions: int  # of all numbers of users together
    users: tuple[int, ...]
    answers: int  # questions that are read and answered; 0: only searched
    peers: tuple[str, ...]


QUICK = Size(articles=60, rounds=2, questions=60, users=(1,), answers=0, peers=("langchain",))
WHOLE = Size(articles=150, rounds=2, questions=360, users=(1, 10, 50), answers=150, peers=tuple(NAMES))


@dataclass(frozen=True, slots=True)
class Side:
    """One contender: how it is run."""

    name: str
    python: str
    program: tuple[str, ...]
    cold: Callable[[Path, str], Sequence[str]]  # where the articles are, and the question

    def verb(self, *arguments: str | Path) -> list[str]:
        return [self.python, *self.program, *map(str, arguments)]


@dataclass(slots=True)
class Comparison:
    """What was found out: the rounds' figures, the steps of an answer, the limits, and who dropped out and why."""

    rounds: Rounds = field(default_factory=Rounds)
    steps: dict[str, float] = field(default_factory=dict)
    limits: dict[str, Any] = field(default_factory=dict)
    dropped: dict[str, str] = field(default_factory=dict)


def sides(names: Sequence[str], peers: Path, dropped: dict[str, str]) -> Iterator[Side]:
    """Dateline and the peers that are installed; of each of the others the reason goes into `dropped`."""
    python = sys.executable
    yield Side(
        OURS, python, ("-m", "bench.ours"),
        lambda folder, question: [python, "-m", "dateline", "--archive", str(folder), "ask", question],
    )  # fmt: skip
    for name in names:
        if (peers / name / "bin" / "python").exists():
            yield _peer(NAMES[name], str(peers / name / "bin" / "python"), ROOT / "bench" / f"baseline_{name}.py")
        else:
            dropped[NAMES[name]] = installed(name, peers).get("failed", "not installed: make bench-peers")
            print(f"{NAMES[name]}: {dropped[NAMES[name]]}", file=sys.stderr)


def _peer(name: str, python: str, program: Path) -> Side:
    return Side(
        name, python, (str(program),), lambda folder, question: [python, str(program), "ask", str(folder), question]
    )


def main() -> int:
    asked = _arguments()
    wanted = QUICK if asked.quick else WHOLE
    given = {k: v for k in ("articles", "rounds", "questions", "answers") if (v := getattr(asked, k)) is not None}
    wanted = replace(wanted, **given)
    found, started = Comparison(), time.perf_counter()
    contenders = list(sides(wanted.peers, asked.peers, found.dropped))
    _installation(found.rounds, wanted, asked.peers)
    with tempfile.TemporaryDirectory() as home:
        compare(contenders, wanted, Path(home), found)
    command = f"make bench{'-quick' if asked.quick else ''}"
    if given:
        quick = ["--quick"] if asked.quick else []
        command = " ".join(["python -m bench.run", *quick, *(f"--{name} {value}" for name, value in given.items())])
    facts = {
        "command": command,
        "minutes": (time.perf_counter() - started) / 60,
        "machine": machine(),
        "articles": f"{wanted.articles} {articles.described()}",
        "versions": {side.name: dict(run(side.verb("versions")).told) for side in contenders},
        "dropped": found.dropped,
        "rounds": found.rounds.values,
        "limits, raw": found.limits,
    }
    made = list(sections(found.rounds, found.steps, found.limits, found.dropped))
    print(_words(facts, wanted), *map(page.show, made), sep="\n\n")
    if not asked.quick:
        head = page.Section("what was measured", _words(facts, wanted), {})
        page.write([head, *made], facts, asked.page)
    return 0


def compare(contenders: Sequence[Side], wanted: Size, home: Path, found: Comparison) -> None:
    """Round after round, each measure of all sides before the next; a peer that fails is left out from there on."""
    source = home / "articles.jsonl"
    characters = articles.write(wanted.articles, source)
    there = {json.loads(line)["url"] for line in source.read_text(encoding="utf-8").splitlines()}
    questions = [{**q, "urls": there & set(q["urls"])} for q in articles.questions(wanted.questions)]
    running = list(contenders)

    def each(measure: Callable[[Side], None]) -> None:
        for side in tuple(running):
            try:
                measure(side)
            except Failed as e:
                if side.name == OURS:
                    raise
                running.remove(side)
                found.dropped[side.name] = str(e)
                print(e, file=sys.stderr)

    for number in range(wanted.rounds):
        print(f"round {number + 1} of {wanted.rounds}", file=sys.stderr)
        places = {side.name: home / f"{side.name}-{number}" for side in contenders}
        turn = _Round(found, places, home)
        each(lambda side, turn=turn: turn.ingest(side, source, characters))
        turn.embedding(contenders[0])
        each(turn.reading)
        for asked in questions[:STARTS]:
            each(lambda side, turn=turn, asked=asked: turn.start(side, asked["question"]))
        each(lambda side, turn=turn: turn.search(side, "search", questions, wanted.users))
        if wanted.answers:
            each_crowd = wanted.answers // len(wanted.users)
            turn.search(contenders[0], "read", questions[:each_crowd], wanted.users[:1])
            turn.search(contenders[0], "answer", questions[: wanted.answers], wanted.users)
            if number == wanted.rounds - 1:
                found.limits |= run(contenders[0].verb("limits", places[OURS])).told
        for place in places.values():
            shutil.rmtree(place, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Round:
    """The measures of one round; each puts its figures where they belong."""

    found: Comparison
    places: Mapping[str, Path]
    home: Path
    limit: dict[str, int] = field(default_factory=dict)  # tokens of a passage that each side's model reads

    def ingest(self, side: Side, source: Path, characters: int) -> None:
        measured = run(side.verb("ingest", source, self.places[side.name]))
        figures = {
            "s": measured.seconds,
            "processor s": measured.processor,
            "articles/s": measured.told["articles"] / measured.seconds,
            "passages/s": measured.told["passages"] / measured.seconds,
            "characters/s": characters / measured.seconds,
            "characters per processor s": characters / measured.processor,
            "passages": measured.told["passages"],
            "memory, MB": measured.megabytes,
            "disk, MB": size(self.places[side.name]),
        }
        self._add("ingestion", side, figures)
        self.limit[side.name] = measured.told["tokens"]

    def reading(self, side: Side) -> None:
        """How much of its passages the model has read: what is beyond its tokens is stored and never found by meaning."""
        texts = json.loads(Path(f"{self.places[side.name]}.passages.json").read_text(encoding="utf-8"))
        share = share_read(texts, tokenizer(), self.limit[side.name])
        figures = self.found.rounds.values["ingestion, characters/s"][side.name]
        self._add("ingestion", side, {"share read by the model": share, "characters read/s": share * figures[-1]})

    def embedding(self, ours: Side) -> None:
        """The passages of our archive once more: embedded and nothing else, as we do and as one would without us."""
        for verb, words in (("embed", "embedding alone"), ("encode", "SentenceTransformer.encode")):
            told = run(ours.verb(verb, self.places[OURS])).told
            self._add(words, ours, {"s": told["seconds"], "processor s": told["processor"]})
            whole = self.found.rounds.values["ingestion, s"][ours.name][-1]
            self._add("ingestion", ours, {f"as a share of {words}": whole / told["seconds"]})

    def start(self, side: Side, question: str) -> None:
        measured = run(side.cold(self.places[side.name], question))
        self._add(
            "cold start", side,
            {"s": measured.seconds, "processor s": measured.processor, "memory, MB": measured.megabytes},
        )  # fmt: skip

    def search(self, side: Side, verb: str, questions: Sequence[Mapping[str, Any]], users: Sequence[int]) -> None:
        words = "search with the reader" if verb == "read" else verb
        path = self.home / "questions.json"
        path.write_text(json.dumps({"questions": [q["question"] for q in questions], "users": list(users)}))
        measured = run(side.verb(verb, self.places[side.name], path))
        for count, waits in measured.told["waits"].items():
            crowd = f"{words}, {count} user{'s' if count != '1' else ''}"
            self._add(crowd, side, {"median ms": waits["median"] * 1000, "95th percentile ms": waits["p95"] * 1000})
            if waits["failed"]:
                self._add(crowd, side, {"failed": waits["failed"]})
        self._add(words, side, {"memory, MB": measured.megabytes} | _hits(questions, measured))
        self.found.steps.update(measured.told.get("steps", {}))

    def _add(self, words: str, side: Side, figures: Mapping[str, float]) -> None:
        for name, value in figures.items():
            self.found.rounds.add(f"{words}, {name}", side.name, value)


def tokenizer() -> Path:
    """Of the model that all sides have."""
    found = load("all-MiniLM-L6-v2").tokenizer
    assert found is not None
    return found


def _hits(questions: Sequence[Mapping[str, Any]], measured: Measured) -> dict[str, float]:
    """Of the questions whose articles are known: how many found one of them."""
    known = [q for q in questions if q["urls"]]
    found = measured.told["found"]
    hits = sum(not q["urls"].isdisjoint(found.get(q["question"], ())) for q in known)
    return {"article found": hits / len(known)} if known else {}


def _installation(rounds: Rounds, wanted: Size, peers: Path) -> None:
    """What `make bench-peers` has measured; nothing where Dateline itself was not among it, as for `make bench-quick`."""
    if "seconds" not in installed(ENVIRONMENT, peers):
        return
    for name in (ENVIRONMENT, *wanted.peers):
        told = installed(name, peers)
        if "seconds" in told:
            side = NAMES.get(name, OURS)
            rounds.add("installation, s", side, told["seconds"])
            rounds.add("installation, MB", side, told["megabytes"])


def _words(facts: Mapping[str, Any], wanted: Size) -> str:
    box = facts["machine"]
    return (
        f"`{facts['command']}`: {facts['articles']}, {wanted.rounds} round{'s' if wanted.rounds > 1 else ''} in turn, {facts['minutes']:.0f} minutes; "
        f"{box['processor']}, {box['cores']} cores, {box['memory, GB']} GB, {box['system']}, Python {box['python']}."
        " In brackets: Dateline's figure as a share of the peer's, the median of the rounds' own ratios; below 1 Dateline takes "
        "less, and of what is done in a second above 1 it does more."
        + "".join(f" {name} was left out: {in_short(reason)}." for name, reason in facts["dropped"].items())
    )


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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.run", description="Dateline and its peers, side by side.")
    parser.add_argument("--quick", action="store_true", help="under three minutes, LangChain alone; writes nothing")
    parser.add_argument("--articles", type=int, metavar="N", help="how many are ingested in each round")
    parser.add_argument("--rounds", type=int, metavar="N")
    parser.add_argument("--questions", type=int, metavar="N", help="how many are searched for")
    parser.add_argument("--answers", type=int, metavar="N", help="how many of them are read and answered too")
    parser.add_argument("--peers", type=Path, default=PEERS, help="where `make bench-peers` has put them")
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
