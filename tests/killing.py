"""Kills an ingestion at a named step, or at any instant, and compares what a second run makes of it.

Run as a program it is the victim: `python -m tests.killing ARCHIVE ARTICLES LOG STEP`, which writes the
name of each step to LOG as it is reached and kills itself (SIGKILL) at the STEPth; 0 means that the
parent kills. A trial counts only when LOG shows that the kill landed between the first step and the end.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
END = "end"
QUERIES = ("floods in valley", "officials counted houses", "drought wells")


def write_articles(folder: Path, version: int) -> None:
    """Files and a file of many records; version 2 edits some, adds some and takes some away."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    rows = []
    for n in range(24):
        text = f"Valley {n} was flooded on Friday night. Officials counted {n * 7} houses under water. " * 3
        if version == 2 and n % 5 == 0:
            text += f"A drought followed in valley {n} and wells ran dry."
        if version == 2 and n % 7 == 3:
            continue
        rows.append({"title": f"Valley {n}", "text": text, "url": f"https://example.org/{n}", "date": "2024-04-05"})
    (folder / "wire.jsonl").write_text("\n".join(json.dumps(r) for r in rows), encoding="utf-8")
    for n in range(6 if version == 1 else 8):
        more = "" if version == 1 or n % 2 else "\n\nThe bridge was opened again after two weeks of work."
        (folder / f"bridge{n}.txt").write_text(
            f"Bridge {n} closed\n\nThe bridge number {n} was closed for repair on Monday. Buses take another route.{more}\n",
            encoding="utf-8",
        )
    if version == 2:
        (folder / "bridge5.txt").unlink()


def run(archive: Path, articles: Path, embedder: Any, step: Any = lambda name: None) -> Any:
    from ingest import ingest
    from ingest import run as ingestion
    from rag import Archive

    ingestion.BATCH_PASSAGES = 2  # several batches in a tiny ingestion
    with Archive(archive, embedder=embedder, workers=1) as into:
        return ingest(articles, into=into, prune=True, progress=False, step=step)


def main() -> None:
    archive, articles, log, kill_at = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    from tests.embedder import WordHash

    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    count = 0

    def step(name: str) -> None:
        nonlocal count
        os.write(file, f"{name}\n".encode())
        count += 1
        if count == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    embedder: Any = WordHash()
    if os.environ.get("KILLING_EMBEDDER"):
        from rag.search.embedding import load

        embedder = load(os.environ["KILLING_EMBEDDER"])
    run(archive, articles, embedder, step)
    os.write(file, f"{END}\n".encode())


@dataclass(frozen=True)
class Kill:
    """Where a kill landed: after `after`, the `number`th step; None when it did not land between two steps."""

    number: int
    after: str


def victim(archive: Path, articles: Path, work: Path, *, step: int = 0, wait: float = 0.0) -> Kill | None:
    """Run the ingestion in a child; kill it at its `step`th step, or `wait` seconds after its first."""
    log = work / "steps.log"
    log.unlink(missing_ok=True)
    child = _start(archive, articles, log, step)
    if not step:
        while child.poll() is None and not (log.exists() and log.stat().st_size):
            time.sleep(0.002)
        time.sleep(wait)
        child.kill()
    child.wait()
    steps = log.read_text().split("\n")[:-1] if log.exists() else []
    if child.returncode != -signal.SIGKILL or not steps or steps[-1] == END:
        return None
    return Kill(len(steps), steps[-1])


def span(archive: Path, articles: Path, work: Path) -> float:
    """Seconds from a child's first step to its end, undisturbed: the instants at which a kill can land."""
    log = work / "steps.log"
    log.unlink(missing_ok=True)
    child = _start(archive, articles, log, 0)
    while child.poll() is None and not (log.exists() and log.stat().st_size):
        time.sleep(0.002)
    started = time.monotonic()
    child.wait()
    return time.monotonic() - started


def _start(archive: Path, articles: Path, log: Path, step: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.killing", str(archive), str(articles), str(log), str(step)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def state(archive: Path, embedder: Any) -> dict[str, Any]:
    """All that an archive holds and finds: articles, passages, vectors, ledger, results, and what Chroma has."""
    from rag import Archive

    with Archive(archive, embedder=embedder) as opened:
        catalog = opened.index.catalog
        ids, _, matrix = catalog.vectors()
        health = opened.health()
        return {
            "articles": {a.id: (a.title, a.text, a.date, a.url, tuple(sorted(a.origins))) for a in catalog.articles()},
            "passages": {
                p.id: (p.article_id, p.start, p.end, p.text)
                for a in catalog.articles()
                for p in catalog.passages_of(a.id)
            },
            "vectors": {i: hashlib.sha256(v.tobytes()).hexdigest() for i, v in zip(ids, matrix, strict=True)},
            "ledger": {o: catalog.mark(o) for o in catalog.ledger_origins()},
            "found": {q: [(h.passage.id, round(h.score, 9)) for h in opened.search(q)] for q in QUERIES},
            "words": {q: opened.index.fulltext(q, 20) for q in QUERIES},
            "wrong self-queries": health.wrong,
            "problems": health.problems,
            "in chroma": health.vectors,
            "lost or twice": opened.index.dense(matrix[0], len(ids))[1],
        }


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def soak(trials: int, work: Path, embedder_name: str | None = None) -> None:
    """Kill at random instants of an update, until `trials` have landed; prints what was found, raises if anything differs."""
    from rag.search.embedding import load
    from tests.embedder import WordHash

    embedder = load(embedder_name) if embedder_name else WordHash()
    if embedder_name:
        os.environ["KILLING_EMBEDDER"] = embedder_name
    articles, base, whole = work / "articles", work / "base", work / "whole"
    write_articles(articles, 1)
    run(base, articles, embedder)
    write_articles(articles, 2)
    shutil.copytree(base, whole, copy_function=shutil.copy2)
    seconds = span(whole, articles, work)
    wanted = state(whole, embedder)
    chance, landed, tried = random.Random(1), 0, 0
    while landed < trials:
        tried += 1
        archive = work / "trial"
        shutil.rmtree(archive, ignore_errors=True)
        shutil.copytree(base, archive, copy_function=shutil.copy2)
        kill = victim(archive, articles, work, wait=chance.random() * seconds)
        if kill is None:
            continue
        landed += 1
        run(archive, articles, embedder)
        wrong = differences(wanted, state(archive, embedder))
        if wrong:
            raise AssertionError(f"killed after step {kill.number} ({kill.after}): {', '.join(wrong)} differ")
        print(f"{landed}/{trials} after {kill.after}", flush=True)
    print(f"{landed} kills landed of {tried}: 0 lost, 0 twice, 0 wrong self-queries")


if __name__ == "__main__":
    main()
