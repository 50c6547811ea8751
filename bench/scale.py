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
from bench.rounds import Rows
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
PATIENCE = 300.0  # seconds
QUESTION = "Who won the election?"
QUESTIONS, ANSWERS = 200, 40
SOURCES = 4_000  # articles whose sentences are used


# -- what runs in processes of its own ---------------------------------------------------


def grow(folder: str, wanted: str) -> dict[str, Any]:
    """Add articles until the archive has so many passages."""
    with Archive(folder) as archive:
        archive.embedder.prepare()  # as an ingestion does: made once, and no part of the first search
        catalog = archive.index.catalog
        before = catalog.count("passages")
        made = _articles(catalog.count(), archive)
        added, spent, processor = 0, 0.0, 0.0
        with archive.index.writer() as writer:
            while before + added < int(wanted):
                some: list[Operation] = [Put(e, (f"made:{e.article.id}",)) for e in (next(made) for _ in range(COMMIT))]
                started, before_it = time.perf_counter(), time.process_time()
                writer.commit(some)
                spent += time.perf_counter() - started
                processor += time.process_time() - before_it
                added += sum(len(o.entry.passages) for o in some if isinstance(o, Put))
            started = time.perf_counter()
        spent += time.perf_counter() - started
    return {"passages": before + added, "added": added, "seconds": spent, "processor": processor}


def opened(folder: str) -> dict[str, Any]:
    """Open the archive as the window does, and find the first passages."""
    started = time.perf_counter()
    with Archive(folder, create=False, rerank=False) as archive:
        made = time.perf_counter()
        archive.search("What did the ministers agree on?", k=4)
        return {"open": made - started, "first": time.perf_counter() - started}


def search(folder: str) -> dict[str, Any]:
    """Searches without the reader, once Chroma has loaded its vectors: over everything, in one outlet of ten, in the last of ten years, in one week."""
    asked = _questions(QUESTIONS)
    found: dict[str, Any] = {}
    with Archive(folder, create=False, rerank=False) as archive:
        last = archive.coverage().last or dt.date.today()
        _load(archive)
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
        _load(archive)
        archive.ask("What is warm?")
        return {"answer": latencies(archive.ask, _questions(ANSWERS), 1)}


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
    """Full text merged, the catalog written anew; Chroma's vectors too where more than a tenth of them is dead."""
    with Archive(folder, create=False) as archive:
        started = time.perf_counter()
        built = archive.compact()
        return {"seconds": time.perf_counter() - started, "built": built}


def rebuild(folder: str) -> dict[str, Any]:
    """All vectors put into Chroma anew from the catalog, as `dateline doctor --repair` does where they are damaged."""
    with Archive(folder, create=False) as archive:
        started = time.perf_counter()
        with archive.index.writer() as writer:
            writer.rebuild()
            writer.sweep()
        return {"seconds": time.perf_counter() - started, "passages": archive.index.catalog.count("passages")}


def _load(archive: Archive) -> None:
    """Wait until Chroma has loaded its vectors, as it does beside the first questions."""
    until = time.monotonic() + PATIENCE
    while archive.index._vectors is None and time.monotonic() < until:
        archive.search("What is warm?", k=1)
        time.sleep(0.2)


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


def _questions(count: int) -> list[str]:
    return [str(one["question"]) for one in articles.questions(count)]


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
    growth: Rows = {}
    upkeep: Rows = {}
    try:
        for wanted in asked.passages:
            _measure(home / "archive", wanted, growth)
        if not asked.no_upkeep:
            _keep_up(home / "archive", home, upkeep)
    finally:
        if not asked.folder:
            shutil.rmtree(home, ignore_errors=True)
    box = machine()
    what = (
        f"`make bench-scale`: one archive that grows; vectors of {CENTRES:,} real passages turned by chance, sentences of "
        f"{articles.described()}; {box['processor']}, {box['cores']} cores, {box['memory, GB']} GB, Python {box['python']}."
    )
    made = [
        page.Section("growth", what, growth, pictures=_pictures(growth)),
        page.Section("upkeep", f"The same archive at {asked.passages[-1]:,} passages.", upkeep),
    ]
    print(*map(page.show, made), sep="\n\n")
    page.write([section for section in made if section.rows], {"growth on": box}, asked.page)
    return 0


def _pictures(growth: Rows) -> list[page.Picture]:
    """Searches and answers over the number of passages."""
    sizes = list(dict.fromkeys(size for row in growth.values() for size in row))
    drawn = ("search, median ms", "search in one outlet of ten, median ms", "answer, median ms")
    rows = {
        size: {name.removesuffix(", median ms"): growth[name][size] for name in drawn if name in growth}
        for size in sizes
    }
    most = max((value for row in rows.values() for value in row.values()), default=0.0)
    caption = f"Median wait by the number of passages, as a share of the longest ({most:,.0f} ms):"
    return [page.Picture("growth", caption, rows, lines="passages")]


def _measure(folder: Path, wanted: int, rows: Rows) -> None:
    def add(name: str, value: float) -> None:
        rows.setdefault(name, {})[f"{wanted:,}"] = value
        print(f"  {wanted:,} passages, {name}: {value:.4g}", file=sys.stderr, flush=True)

    grown = _child("grow", folder, wanted)
    if grown.told["added"]:
        add("written, passages/s", grown.told["added"] / grown.told["seconds"])
        add("written, passages per processor s", grown.told["added"] / grown.told["processor"])
        add("writing, memory, MB", grown.megabytes)
    add("disk, MB", size(folder))
    first = _child("opened", folder)
    add("opening, s", first.told["open"])
    add("opening and first search, s", first.told["first"])
    cold = run([sys.executable, "-m", "dateline", "--archive", str(folder), "ask", QUESTION])
    add("dateline ask in a new process, s", cold.seconds)
    add("dateline ask in a new process, memory, MB", cold.megabytes)
    searched = _child("search", folder)
    for name, waits in (*searched.told.items(), *_child("answer", folder).told.items()):
        if waits["failed"]:
            sys.exit(f"{name}, {wanted:,} passages: {waits['failed']} questions failed")
        add(f"{name}, median ms", waits["median"] * 1000)
        add(f"{name}, 95th percentile ms", waits["p95"] * 1000)
    add("searching, memory, MB", searched.megabytes)


def _keep_up(folder: Path, home: Path, rows: Rows) -> None:
    def add(name: str, measured: Measured, **more: float) -> None:
        rows[name] = {"s": measured.told["seconds"], "memory, MB": measured.megabytes, **more}
        print(f"  {name}: {rows[name]}", file=sys.stderr, flush=True)

    copy = home / "copy"
    copied = _child("backup", folder, copy)
    if copied.told["sound"] != "ok":
        sys.exit(f"the backup is not sound: {copied.told['sound']}")
    add(f"backup, while {copied.told['written']:,} articles are written", copied, passages=copied.told["passages"])
    shutil.rmtree(copy)
    thinned = _child("thin", folder)
    add("an outlet removed", thinned, passages=thinned.told["passages"])
    before = size(folder)
    packed = _child("compact", folder)
    name = "compacting, vectors built anew too" if packed.told["built"] else "compacting"
    add(name, packed, **{"disk before, MB": before, "disk after, MB": size(folder)})
    if not packed.told["built"]:
        before = size(folder)
        anew = _child("rebuild", folder)
        shrunk = {"disk before, MB": before, "disk after, MB": size(folder)}
        add("vectors built anew", anew, passages=anew.told["passages"], **shrunk)


def _child(verb: str, *arguments: Path | int) -> Measured:
    return run([sys.executable, "-m", "bench.scale", "--child", verb, *map(str, arguments)])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description="Growth to a million passages.")
    parser.add_argument("--passages", type=int, nargs="+", default=SIZES, metavar="N", help="sizes, rising")
    parser.add_argument("--folder", help="where the archive grows, and stays; else in a folder that is removed")
    parser.add_argument("--no-upkeep", action="store_true", help="neither copy, thin nor compact at the end")
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    return parser.parse_args()


VERBS: dict[str, Callable[..., dict[str, Any]]] = {
    f.__name__: f for f in (grow, opened, search, answer, thin, backup, compact, rebuild)
}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps(VERBS[sys.argv[2]](*sys.argv[3:])))
    else:
        sys.exit(main())
