"""What an ingestion of many articles holds in memory: `python -m bench.many`; writes docs/performance.md.

ARTICLES short articles, half of them in one file of JSON lines and half in files of their own, are ingested by
`dateline ingest` in a new process. Its memory and that of its workers is looked at every EVERY seconds; a table tells the
highest and the median by quarters of the articles, so that what grows with their number is seen.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench import articles, page
from bench.measure import ROOT, held
from bench.rounds import Rows
from bench.run import machine

ARTICLES = 26_000
LENGTH = 700  # characters of an article, about
SOURCES = 5_000  # articles that they are pieces of, at most
EVERY = 0.5
PARTS = 4


def short(count: int) -> Iterator[dict[str, str]]:
    """Pieces of the articles of bench/articles.py, each an article of its own; the first of each article, then the second…"""
    pieces = [_pieces(a["text"]) for a in articles.articles(SOURCES)]
    rounds = itertools.chain.from_iterable(itertools.zip_longest(*pieces))
    for number, text in enumerate(itertools.islice(filter(None, rounds), count)):
        yield {
            "title": " ".join(text.split()[:9]),
            "text": text,
            "date": f"2022-{1 + number % 12:02}-{1 + number % 28:02}",
            "source": f"Paper {number % 40}",
            "url": f"https://example.org/many/{number}",
        }


def _pieces(text: str) -> list[str]:
    pieces, begun = [], ""
    for sentence in text.replace("\n", " ").split(". "):
        begun += f"{sentence}. "
        if len(begun) >= LENGTH:
            pieces.append(begun.strip())
            begun = ""
    return pieces


def write(count: int, folder: Path) -> int:
    """Half of the articles in one file, half in files of their own, a thousand to a folder; how many there are."""
    folder.mkdir()
    written = 0
    with (folder / "wire.jsonl").open("w", encoding="utf-8") as wire:
        for written, one in enumerate(short(count), start=1):
            if written % 2:
                wire.write(json.dumps(one, ensure_ascii=False) + "\n")
                continue
            path = folder / f"{written // 2000:03}" / f"{written:06}.md"
            path.parent.mkdir(exist_ok=True)
            head = "".join(
                f"{name}: {json.dumps(one[name], ensure_ascii=False)}\n" for name in ("title", "date", "source", "url")
            )
            path.write_text(f"---\n{head}---\n{one['text']}\n", encoding="utf-8")
    return written


def ingest(source: Path, archive: Path, count: int) -> tuple[Rows, float]:
    """Memory by quarters, in MB, and the seconds that it all took."""
    looked: list[list[float]] = [[] for _ in range(PARTS)]
    started = time.perf_counter()
    said = source.with_name("ingestion.log")
    with said.open("w") as log:
        child = subprocess.Popen(
            [sys.executable, "-m", "dateline", "--archive", str(archive), "ingest", str(source)], cwd=ROOT,
            stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        while child.poll() is None:
            part = min(PARTS - 1, _there(archive) * PARTS // count)
            looked[part].append(held(child.pid) / 1e6)
            time.sleep(EVERY)
    seconds = time.perf_counter() - started
    there = _there(archive)
    if child.returncode or there < 0.99 * count:
        last = "\n".join(said.read_text().splitlines()[-15:])
        sys.exit(f"the ingestion ended with {child.returncode}; {there:,} of {count:,} articles are there\n{last}")
    names = [f"articles {count * n // PARTS + 1:,} to {count * (n + 1) // PARTS:,}" for n in range(PARTS)]
    rows: Rows = {
        name: {"highest, MB": max(some), "median, MB": statistics.median(some)}
        for name, some in zip(names, looked, strict=True)
        if some
    }
    return rows, seconds


def _there(archive: Path) -> int:
    """Articles in the catalog so far."""
    path = archive / "catalog.sqlite3"
    if not path.exists():
        return 0
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as db:
        try:
            return int(db.execute("SELECT count(*) FROM articles").fetchone()[0])
        except sqlite3.OperationalError as e:
            if "no such table" in str(e):  # it is just being made
                return 0
            raise


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m bench.many", description="Memory while many articles are ingested."
    )
    parser.add_argument("--articles", type=int, default=ARTICLES)
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        count = write(asked.articles, Path(home) / "articles")
        rows, seconds = ingest(Path(home) / "articles", Path(home) / "archive", count)
    box = machine()
    what = (
        f"`python -m bench.many`: {count:,} articles of about {LENGTH} characters, pieces of {articles.described()}, half in one "
        f"file and half in files of their own, with the processes that parse; {seconds:,.0f} s; {box['processor']}, {box['cores']} cores."
    )
    section = page.Section("many articles", what, rows)
    print(page.show(section))
    page.write([section], {"many articles on": box}, asked.page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
