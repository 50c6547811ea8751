"""The reader on SQuAD's development sets, none of which it was trained on: `python -m evals reader`.

    reading          v1.1: the best span of the given paragraph; v2.0: does the paragraph answer?
    open retrieval   v1.1: every paragraph in one archive, ranked with and without the reader, and read
    speed            ranking and reading 30 passages of 150 words

Open retrieval reads CANDIDATES passages a question, so it is asked OPEN of the questions; its archive is made
on the first run (minutes) and kept. `--sample N` takes N questions of each set and half as many for open
retrieval, and leaves the page alone; 200 take under two minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import shutil
import statistics
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from evals import squad
from evals.data import cached, folder
from evals.metrics import auroc, exact, overlap, ranked
from evals.report import followed, write
from rag import Archive
from rag.search.rank import best_span
from rag.search.reader import FOLDER, Reader
from rag.search.retrieve import retrieve
from rag.store.catalog import Filter
from rag.types import Hit, Reading

MODELS = {"reader.onnx": "int8 (shipped)", "reader-fp32.onnx": "fp32"}
OPEN = 500  # questions of open retrieval
READ = 5  # hits whose spans compete for the answer of "F1 of 5"
PASSAGES, WORDS, RUNS, THREADS = 30, 150, 15, 2  # of the speed
Scores = dict[str, float]


def main(arguments: Sequence[str] = ()) -> dict[str, Scores]:
    """All tables, or a sample of them; {} where there is no data."""
    asked = _arguments(arguments)
    data = folder()
    if data is None:
        return {}
    places = models(asked.folder, asked.model)
    readers = {name: Reader(home, model=file) for name, (home, file) in places.items()}
    page = asked.sample is None and asked.folder == FOLDER
    tables = {name: {**reading(one, data, asked.sample), **speed(*places[name], data)} for name, one in readers.items()}
    write("reader", "python -m evals reader", READING, tables, page=page)
    found = open_retrieval(readers, data, _half(asked.sample))
    what = OPENLY.format(questions=_half(asked.sample) or OPEN)
    write("open retrieval", "python -m evals reader", what, found, page=page)
    return {**tables, **found}


def sampled(questions: int = 200) -> Scores:
    """What the gate holds: the shipped reader on a sample; {} where there is no data."""
    data = folder()
    if data is None:
        return {}
    readers = {"shipped": Reader()}
    found = open_retrieval(readers, data, _half(questions))
    together = found["fused + reader, shipped"]
    return {
        **reading(readers["shipped"], data, questions),
        "open hit@1": together["hit@1"],
        "open gain at 1": together["hit@1"] - found["fused"]["hit@1"],
        "open F1": together["F1"],
    }


READING = (
    "SQuAD v1.1 dev: the reader's best span in the paragraph that belongs to the question (EM, F1). SQuAD v2.0 dev, whose "
    "unanswerable questions were written to look answerable: AUROC of telling the answerable ones, by the probability "
    "that the passage answers, by the best span's score against no answer, and by the sum of both logits. Seconds: "
    f"ranking and reading {PASSAGES} passages of {WORDS} words with {THREADS} threads, the median of {RUNS} runs."
)
OPENLY = (
    "SQuAD v1.1 dev, all of its paragraphs in one archive, {questions} of its questions (a fixed sample). A hit is the "
    "paragraph that the question was written about, though others may answer it too. EM and F1: the best span of the "
    f"first hit; of {READ}: the best of the first {READ} hits by the sum of the hit's score and the span's."
)


def reading(reader: Reader, data: Path, sample: int | None = None) -> Scores:
    """EM and F1 on v1.1 dev; AUROC on v2.0 dev."""
    ems, f1s, seen = [], [], dict[str, Reading]()  # v2.0's answerable questions are v1.1's, by id
    rows = squad.questions(data, "v1.1", sample)
    for row, found in zip(followed(rows, f"v1.1 dev, {reader!r}"), _readings(reader, rows), strict=True):
        seen[row["id"]] = found
        given = row["context"][found.spans[0].start : found.spans[0].end] if found.spans else ""
        answers = [a["text"] for a in row["answers"]]
        ems.append(exact(given, answers))
        f1s.append(overlap(given, answers))
    rows = squad.questions(data, "v2.0", sample)
    unseen = [row for row in rows if row["id"] not in seen]
    for row, found in zip(followed(unseen, f"v2.0 dev, {reader!r}"), _readings(reader, unseen), strict=True):
        seen[row["id"]] = found
    judged = [seen[row["id"]] for row in rows]
    labels = [not row["impossible"] for row in rows]
    return {
        "EM": statistics.fmean(ems),
        "F1": statistics.fmean(f1s),
        "AUROC": auroc([r.logit for r in judged], labels),
        "AUROC by span": auroc([best_span(r) for r in judged], labels),
        "AUROC by both": auroc([r.logit + best_span(r) for r in judged], labels),
    }


def _readings(reader: Reader, rows: Sequence[dict[str, Any]]) -> Iterator[Reading]:
    """Each question with its own paragraph, as many at a time as there are cores."""

    def read(row: dict[str, Any]) -> Reading:
        return reader.read(row["question"].strip(), [(squad.heading(row), row["context"])])[0]

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(read, rows)


def speed(home: Path, file: str, data: Path) -> Scores:
    """Seconds for one question's passages, never seen before."""
    words = " ".join(dict.fromkeys(row["context"] for row in squad.questions(data, "v1.1"))).split()
    texts = [" ".join(words[i : i + WORDS]) for i in range(0, (RUNS + 1) * PASSAGES * WORDS, WORDS)]
    reader = Reader(home, threads=THREADS, model=file)
    spent = []
    for i in range(0, len(texts), PASSAGES):
        started = time.perf_counter()
        reader.read("Who said that the two countries agreed on a plan?", [("News", t) for t in texts[i : i + PASSAGES]])
        spent.append(time.perf_counter() - started)
    return {f"seconds for {PASSAGES}": statistics.median(spent[1:])}  # the first run loads the model


# -- open retrieval ----------------------------------------------------------------------


def open_retrieval(readers: dict[str, Reader], data: Path, sample: int | None = None) -> dict[str, Scores]:
    """hit@k and MRR of the question's paragraph; EM and F1 of what is read where a reader ranks."""
    rows = squad.questions(data, "v1.1")
    asked = random.Random(squad.SEED).sample(rows, min(len(rows), OPEN if sample is None else sample))
    ways: dict[str, dict[str, Any]] = {
        "full text alone": {"dense": False},
        "dense alone": {"fulltext": False},
        "fused": {},
        **{f"fused + reader, {name}": {"reader": reader} for name, reader in readers.items()},
    }
    with Archive(cached("squad-dev"), rerank=False) as archive:
        squad.paragraphs(archive, rows)
        return {name: _searched(archive, asked, name, options) for name, options in ways.items()}


def _searched(archive: Archive, rows: list[dict[str, Any]], name: str, options: dict[str, Any]) -> Scores:
    lists, first, several = [], [], []
    for row in followed(rows, name):
        hits = retrieve(
            row["question"].strip(), archive.index, archive.embedder.encode, where=Filter(), k=10, per_article=1, **options
        ).hits  # fmt: skip
        lists.append([h.passage.id == squad.paragraph_id(row) for h in hits])
        answers = [a["text"] for a in row["answers"]]
        first.append((exact(best(hits[:1]), answers), overlap(best(hits[:1]), answers)))
        several.append((exact(best(hits), answers), overlap(best(hits), answers)))
    scores = ranked(lists)
    if "reader" in options:
        for label, pairs in (("", first), (f" of {READ}", several)):
            scores[f"EM{label}"] = statistics.fmean(em for em, _ in pairs)
            scores[f"F1{label}"] = statistics.fmean(f1 for _, f1 in pairs)
    return scores


def best(hits: Sequence[Hit]) -> str:
    """The words of the best span of the first hits, by the sum of the hit's score and the span's."""
    places = [(h.score + s.score, h.passage.text[s.start : s.end]) for h in hits[:READ] for s in _spans(h)]
    return max(places, key=lambda place: place[0], default=(0.0, ""))[1]


def _spans(hit: Hit) -> Sequence[Any]:
    return hit.reading.spans if hit.reading is not None else ()


# -- models, options ---------------------------------------------------------------------


def models(home: Path, names: Sequence[str] = ()) -> dict[str, tuple[Path, str]]:
    """Label -> (folder, file); without names the shipped one, and the fp32 one where training left it in the cache."""
    kept = cached("reader")
    if not names:
        names = [name for name in MODELS if (home / name).is_file() or (kept / name).is_file()] or ["reader.onnx"]
    found = {}
    for name in names:
        in_cache = (kept / name).is_file() and not (home / name).is_file()
        if in_cache:
            _seal(kept, name, home)
        found[MODELS.get(name, name)] = (kept if in_cache else home, name)
    return found


def _seal(kept: Path, name: str, home: Path) -> None:
    """Give a model of the cache the tokenizer and the sums that a reader's folder has."""
    shutil.copyfile(home / "tokenizer.json", kept / "tokenizer.json")
    sums = {one: hashlib.sha256((kept / one).read_bytes()).hexdigest() for one in (name, "tokenizer.json")}
    (kept / "SHA256.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def _half(sample: int | None) -> int | None:
    return None if sample is None else max(1, sample // 2)


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m evals reader")
    parser.add_argument("--sample", type=int, help="so many questions of each set; the page is left alone")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="the reader's folder (default: the shipped one)")
    parser.add_argument("--model", nargs="+", default=[], help="names of model files, there or in the cache")
    return parser.parse_args(arguments)
