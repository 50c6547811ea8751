"""The reader: one small model that says how relevant a passage is, and where in it the answer stands.

    reader = load()
    readings = reader.read("Who visited Belgrade?", [("A visit", "Tokayev visited Belgrade on Tuesday.")])
    readings[0].answerable          # 0.93
    readings[0].spans[0].start      # 0, end 7: text[0:7] == "Tokayev"

Its weights are in rag/weights/reader, made by train/; it runs on onnxruntime, without torch. One
forward pass serves ranking and reading.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.errors import ReaderError
from rag.recent import Recent
from rag.search.layout import Batch, Tokens, lay_out, tokenizer, tokens
from rag.types import Reading, Span

FOLDER = Path(__file__).resolve().parents[1] / "weights" / "reader"
SPANS = 4  # places of a passage that are kept
LONGEST = 30  # tokens of an answer
READINGS_KEPT = 4_096  # some 170 questions' passages

Floats = npt.NDArray[np.float32]


class Reader:
    """One model; loaded when it is first asked to read, usable from several threads."""

    def __init__(self, folder: Path = FOLDER, *, threads: int = 0, model: str = "reader.onnx") -> None:
        self.folder = folder
        self._name = model
        self._threads = threads
        self._known: Recent[bytes, Reading] = Recent(READINGS_KEPT)

    def __repr__(self) -> str:
        return f"<Reader {self.folder.name}/{self._name}>"

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text), in the order given; a long text is read in windows.

        What was read for the same question lately is not read again: it would give the same numbers.
        """
        keys = [_key(question, title, text) for title, text in passages]
        known = [self._known.get(key) for key in keys]
        rest = iter(self._read_whole(question, [p for p, k in zip(passages, known, strict=True) if k is None]))
        return [
            self._known.put(key, next(rest)) if reading is None else reading
            for key, reading in zip(keys, known, strict=True)
        ]

    def _read_whole(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        if not passages:
            return []
        asked = self._tokens(question)
        pairs, owners = list[tuple[Tokens, Tokens, Tokens]](), list[int]()
        for number, (title, text) in enumerate(passages):
            head = self._tokens(title)
            for window in self._tokens(text).windows():
                pairs.append((asked, head, window))
                owners.append(number)
        found: list[list[Reading]] = [[] for _ in passages]
        for owner, reading in zip(owners, self._read(pairs), strict=True):
            found[owner].append(reading)
        return [together(some) for some in found]

    def _read(self, pairs: Sequence[tuple[Tokens, Tokens, Tokens]]) -> Iterator[Reading]:
        """Each pair by itself, several at a time: its activations stay in a core's cache, and its numbers,
        quantised by their own range, are the same in any company.
        """
        _ = self._session  # before several threads want it
        return self._workers.map(self._read_one, pairs)

    def _read_one(self, pair: tuple[Tokens, Tokens, Tokens]) -> Reading:
        batch = lay_out([pair])
        scores, spans = self._session.run(None, {"ids": batch.ids, "kinds": batch.kinds, "mask": batch.mask})
        return decode(batch, [pair[2]], scores, spans)[0]

    @cached_property
    def _workers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads or os.cpu_count() or 1, thread_name_prefix="reader")

    def _tokens(self, text: str) -> Tokens:
        return tokens(tokenizer(self.folder / "tokenizer.json"), text)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        check(self.folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # the threads are self._workers
        return onnxruntime.InferenceSession(str(self.folder / self._name), options, providers=["CPUExecutionProvider"])


def _key(*texts: str) -> bytes:
    return hashlib.blake2b("\0".join(texts).encode(), digest_size=16).digest()


def check(folder: Path) -> None:
    """Raise ReaderError when a file of the reader is missing or is not the one that was shipped."""
    sums = folder / "SHA256.json"
    try:
        for name, wanted in json.loads(sums.read_text(encoding="utf-8")).items():
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != wanted:
                raise ReaderError(
                    f"{name} of the reader in {folder} is not the one that was shipped (SHA-256 {found[:16]}…, expected "
                    f"{wanted[:16]}…). Install Dateline again."
                )
    except (OSError, ValueError) as e:
        raise ReaderError(f"the reader in {folder} cannot be loaded ({e}). Install Dateline again.") from e


def decode(batch: Batch, passages: Sequence[Tokens], scores: Floats, spans: Floats) -> list[Reading]:
    """What the model's numbers mean: `scores` is pairs x 2, `spans` pairs x tokens x 2."""
    readings = []
    for i, (first, passage) in enumerate(zip(batch.firsts, passages, strict=True)):
        size = min(len(passage.ids), spans.shape[1] - first - 1)
        nowhere = float(spans[i, 0].sum())
        places = best(spans[i, first : first + size, 0], spans[i, first : first + size, 1])
        found = tuple(
            Span(passage.offsets[start][0], passage.offsets[end][1], score - nowhere) for start, end, score in places
        )
        readings.append(Reading(float(scores[i, 0]), float(1 / (1 + np.exp(-scores[i, 1]))), found))
    return readings


def best(starts: Floats, ends: Floats, n: int = SPANS, longest: int = LONGEST) -> list[tuple[int, int, float]]:
    """The `n` best (start, end, score) that do not overlap, end included; score is the sum of both logits."""
    size = len(starts)
    if not size:
        return []
    sums = starts[:, None] + ends[None, :]
    inside = np.triu(np.ones((size, size), dtype=bool)) & ~np.triu(np.ones((size, size), dtype=bool), longest)
    sums = np.where(inside, sums, -np.inf)
    taken: list[tuple[int, int, float]] = []
    while len(taken) < n:
        at = int(sums.argmax())
        start, end = divmod(at, size)
        score = float(sums[start, end])
        if score == -np.inf:
            break
        taken.append((start, end, score))
        sums[: end + 1, start:] = -np.inf
    return taken


def together(readings: Sequence[Reading]) -> Reading:
    """The readings of a passage's windows as one: the best of each."""
    if len(readings) == 1:
        return readings[0]
    spans = sorted((s for r in readings for s in r.spans), key=lambda s: -s.score)
    apart: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or span.start >= other.end for other in apart):
            apart.append(span)
    return Reading(max(r.relevance for r in readings), max(r.answerable for r in readings), tuple(apart[:SPANS]))


@lru_cache(maxsize=4)
def load(threads: int = 0) -> Reader:
    """The shipped reader, shared within the process."""
    return Reader(threads=threads)
