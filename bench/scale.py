"""How Dateline grows to a million passages: `python -m bench.scale [--passages 1000 10000 …]`; writes docs/performance.md.

One archive grows from each size to the next, and at each the same is measured in new processes: opening, searches, whole
answers, disk and memory. At the last size it is also mended, thinned, copied and packed. Articles are made of the
sentences of bench/articles.py, put together by chance; what would take days, embedding them, is left out: a vector is
that of one of CENTRES real passages, turned a little by chance.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench import articles, page
from bench.measure import Measured, run, size
from bench.run import machine
from bench.users import latencies
from rag import Archive
from rag.store.catalog import Entry, Vector
from rag.store.writer import Drop, Operation, Put
from rag.types import Article, Passage

SIZES = (1_000, 10_000, 100_000, 1_000_000)
CENTRES = 2_000  # passages that are really embedded
NOISE = 0.75  # length of what chance adds to a centre's unit vector: two of one centre have a cosine of about 0.64
OF_AN_ARTICLE = (6, 14)  # passages, at least and at most
SENTENCES = 6  # in a passage
OUTLETS = 10  # each has a tenth of the articles
COMMIT = 64  # articles in one transaction
DAYS = 3_650
QUESTIONS, ANSWERS = 200, 40
SOURCES = 4_000  # articles whose sentences are used


# -- what runs in processes of its own ---------------------------------------------------


def grow(folder: str, wanted: str) -> dict[str, Any]:
    """Add articles until the archive has so many passages."""
    with Archive(folder) as archive:
        catalog = archive.index.catalog
        before = catalog.count("passages")
        made = _articles(catalog.count(), archive)
        added, spent = 0, 0.0
        with archive.index.writer() as writer:
            while before + added < int(wanted):
                some: list[Operation] = [Put(e, (f"made:{e.article.id}",)) for e in (next(made) for _ in range(COMMIT))]
                started = time.perf_counter()
                writer.commit(some)
                spent += time.perf_counter() - started
                added += sum(len(o.entry.passages) for o in some if isinstance(o, Put))
            started = time.perf_counter()
        spent += time.perf_counter() - started
    return {"passages": before + added, "added": added, "seconds": spent}


def opened(folder: str) -> dict[str, Any]:
    """Open the archive as the window does, and find the first passages."""
    started = time.perf_counter()
    with Archive(folder, create=False, rerank=False) as archive:
        made = time.perf_counter()
        archive.search("What did the ministers agree on?", k=4)
        return {"open": made - started, "first": time.perf_counter() - started, "embed": 0.0}


def search(folder: str) -> dict[str, Any]:
    """Searches without the reader: over everything, in one outlet of ten, in the last of ten years, in one week."""
    asked = articles.questions(QUESTIONS)
    found: dict[str, Any] = {}
    with Archive(folder, create=False, rerank=False) as archive:
        last = archive.coverage().last or dt.date.today()
        ways: dict[str, dict[str, Any]] = {
            "search": {},
            "search in one outlet of ten": {"sources": ["Paper 3"]},
            "search in one year of ten": {"after": last - dt.timedelta(days=365)},
            "search in one week": {"after": last - dt.timedelta(days=7)},
        }
        for name, filters in ways.items():
            archive.search("What is warm?", k=10, **filters)
            found[name] = latencies(lambda q, f=filters: archive.search(q, k=10, **f), asked, 1)  # type: ignore[misc]
    return found


def answer(folder: str) -> dict[str, Any]:
    with Archive(folder, create=False) as archive:
        archive.ask("What is warm?")
        return {"answer": latencies(archive.ask, articles.questions(ANSWERS), 1)}


def rebuild(folder: str) -> dict[str, Any]:
    """Chroma's vectors made anew from the catalog's."""
    with Archive(folder, create=False) as archive:
        started = time.perf_counter()
        with archive.index.writer() as writer:
            writer.rebuild()
        return {"seconds": time.perf_counter() - started, "passages": archive.index.catalog.count("passages")}


def thin(folder: str) -> dict[str, Any]:
    """Remove an outlet, all of it."""
    with Archive(folder, create=False) as archive:
        before = archive.index.catalog.count("passages")
        started = time.perf_counter()
        archive.remove_all(sources=["Paper 7"])
        seconds = time.perf_counter() - started
        return {"seconds": seconds, "passages": before - archive.index.catalog.count("passages")}


def backup(folder: str, to: str) -> dict[str, Any]:
    """Copy the archive while somebody adds to it and removes from it; the copy has to be whole."""
    with Archive(folder, create=False) as archive, Archive(folder, create=False) as other:
        made = _articles(archive.index.catalog.count() + 1_000_000, other)
        stop, written = threading.Event(), 0

        def write() -> None:
            nonlocal written
            with other.index.writer() as writer:
                while not stop.is_set():
                    entry = next(made)
                    writer.commit([Put(entry, (f"made:{entry.article.id}",))])
                    writer.commit([Drop(entry.article.id)])
                    written += 1

        thread = threading.Thread(target=write)
        thread.start()
        started = time.perf_counter()
        archive.backup(to)
        seconds = time.perf_counter() - started
        stop.set()
        thread.join()
    with Archive(to, create=False) as copy:
        sound = copy.index.catalog.db.execute("PRAGMA quick_check").fetchone()[0]
        return {
            "seconds": seconds,
            "written": written,
            "sound": sound,
            "passages": copy.index.catalog.count("passages"),
        }


def compact(folder: str) -> dict[str, Any]:
    with Archive(folder, create=False) as archive:
        before = size(Path(folder))
        started = time.perf_counter()
        archive.compact()
        seconds = time.perf_counter() - started
    return {"seconds": seconds, "before": before, "after": size(Path(folder))}


# -- what is written ---------------------------------------------------------------------


def _articles(first: int, archive: Archive) -> Iterator[Entry]:
    """Articles from that number on; the same number always gives the same article."""
    sentences = _sentences()
    centres = _centres(archive)
    for number in range(first, sys.maxsize):
        chance, noise = random.Random(number), np.random.default_rng(number)
        count = chance.randint(*OF_AN_ARTICLE)
        texts = [" ".join(chance.choices(sentences, k=SENTENCES)) for _ in range(count)]
        ends = np.cumsum([len(t) for t in texts]) + 2 * np.arange(count)
        day = dt.date(2015, 1, 1) + dt.timedelta(days=chance.randrange(DAYS))
        id = f"{number:016x}"
        article = Article(
            id, f"{' '.join(texts[0].split()[:9])} ({number})", "\n\n".join(texts), date=day,
            source=f"Paper {number % OUTLETS}", language="en",
        )  # fmt: skip
        passages = tuple(
            Passage(f"{id}-{n}", id, n, text, int(end) - len(text), int(end), article.title, day, article.source)
            for n, (text, end) in enumerate(zip(texts, ends, strict=True))
        )
        topic = centres[chance.randrange(len(centres))]
        turned = topic + noise.normal(size=(count, len(topic))) * NOISE / np.sqrt(len(topic))
        vectors: Vector = (turned / np.linalg.norm(turned, axis=1, keepdims=True)).astype(np.float32)
        yield Entry(article, passages, vectors, sayings=())


def _sentences() -> list[str]:
    found = []
    for one in articles.articles(SOURCES):
        found += [s.strip() + "." for s in one["text"].replace("\n", " ").split(". ") if 40 < len(s) < 250]
    return found


def _centres(archive: Archive) -> Vector:
    """Unit vectors of real passages, kept beside the archive so that growing again uses the same."""
    kept = Path(archive.folder).with_name("centres.npy")
    if kept.exists():
        found: Vector = np.load(kept)
        return found
    chance = random.Random(0)
    sentences = _sentences()
    found = archive.embedder.encode([" ".join(chance.choices(sentences, k=3)) for _ in range(CENTRES)])
    np.save(kept, found)
    return found


# -- the measurement ---------------------------------------------------------------------


def main() -> int:
    asked = _arguments()
    home = Path(asked.folder) if asked.folder else Path(tempfile.mkdtemp())
    home.mkdir(parents=True, exist_ok=True)
    folder = home / "archive"
    rows: dict[str, dict[str, float]] = {}
    try:
        for wanted in asked.passages:
            _measure(folder, wanted, rows)
        upkeep = _upkeep(folder, home)
    finally:
        if not asked.folder:
            shutil.rmtree(home, ignore_errors=True)
    facts = machine()
    what = (
        f"One archive that grows; vectors of {CENTRES:,} real passages turned by chance, sentences of "
        f"{articles.described()}. {facts['processor']}, {facts['cores']} cores."
    )
    page.write("growth", "make bench-scale", what, rows, facts, keep=asked.keep)
    page.write("upkeep", "make bench-scale", f"The same archive at its largest. {what}", upkeep, facts, keep=asked.keep)
    return 0


def _measure(folder: Path, wanted: int, rows: dict[str, dict[str, float]]) -> None:
    def add(name: str, value: float) -> None:
        rows.setdefault(name, {})[f"{wanted:,}"] = value
        print(f"  {wanted:,} passages, {name}: {value:.4g}", file=sys.stderr, flush=True)

    grown = _child("grow", folder, wanted)
    add("written, passages/s", grown.told["added"] / grown.told["seconds"])
    add("writing, MB", grown.megabytes)
    add("disk, MB", size(folder))
    for way in (_child("opened", folder),):
        add("opening, s", way.told["open"])
        add("opening and first search, s", way.told["first"])
    searched = _child("search", folder)
    for name, waits in (*searched.told.items(), *_child("answer", folder).told.items()):
        add(f"{name}, median ms", waits["median"] * 1000)
        add(f"{name}, 95th percentile ms", waits["p95"] * 1000)
    add("searching, MB", searched.megabytes)


def _upkeep(folder: Path, home: Path) -> dict[str, dict[str, float]]:
    rows: dict[str, dict[str, float]] = {}

    def add(name: str, measured: Measured, **more: float) -> None:
        rows[name] = {"s": measured.told["seconds"], "MB of memory": measured.megabytes, **more}
        print(f"  {name}: {rows[name]}", file=sys.stderr, flush=True)

    rebuilt = _child("rebuild", folder)
    add("vectors built anew in Chroma", rebuilt, passages=rebuilt.told["passages"])
    copy = home / "copy"
    copied = _child("backup", folder, copy)
    if copied.told["sound"] != "ok":
        sys.exit(f"the backup is not sound: {copied.told['sound']}")
    add("backup while it is written to", copied, passages=copied.told["passages"])
    shutil.rmtree(copy)
    thinned = _child("thin", folder)
    add("an outlet removed", thinned, passages=thinned.told["passages"])
    packed = _child("compact", folder)
    add(
        "dateline compact", packed, **{"disk before, MB": packed.told["before"], "disk after, MB": packed.told["after"]}
    )
    return rows


def _child(verb: str, *arguments: Path | int) -> Measured:
    return run([sys.executable, "-m", "bench.scale", "--child", verb, *map(str, arguments)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Growth to a million passages.")
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES, metavar="N", help="sizes, rising")
    parser.add_argument("--folder", help="where the archive grows, and stays; else in a folder that is removed")
    parser.add_argument("--print", dest="keep", action="store_false", help="print the tables, and keep nothing")
    return parser.parse_args()


VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    f.__name__: f for f in (grow, opened, search, answer, rebuild, thin, backup, compact)
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(VERBS[sys.argv[2]](*sys.argv[3:])))
    else:
        sys.exit(main())
