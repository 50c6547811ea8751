"""SQuAD's development questions, and an archive with one passage for each of their paragraphs."""

from __future__ import annotations

import hashlib
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evals.data import records
from rag import Archive
from rag.store.catalog import Entry
from rag.store.writer import Put
from rag.text import normalise
from rag.types import Article, Passage

SEED = 3
AT_ONCE = 256  # paragraphs to a commit


def questions(data: Path, version: str, sample: int | None = None) -> list[dict[str, Any]]:
    """The rows of dev-v1.1 or dev-v2.0 in file order; the same `sample` of them every time."""
    rows = list(records(data / "squad" / f"dev-{version}.jsonl.gz"))
    if sample is None or sample >= len(rows):
        return rows
    chosen = sorted(random.Random(SEED).sample(range(len(rows)), sample))
    return [rows[i] for i in chosen]


def heading(row: dict[str, Any]) -> str:
    """ "Super_Bowl_50" -> "Super Bowl 50"."""
    title: str = row["title"].replace("_", " ")
    return title


def paragraph_id(row: dict[str, Any]) -> str:
    """The id of the row's paragraph, which is its article's and its passage's."""
    return hashlib.sha256(normalise(row["context"]).encode()).hexdigest()[:16]


def paragraphs(archive: Archive, rows: Sequence[dict[str, Any]]) -> None:
    """Put the rows' paragraphs into the archive, one article and one passage each, those that are not there yet."""
    wanted = {paragraph_id(row): row for row in rows}
    missing = [(id, row) for id, row in wanted.items() if archive.article(id) is None]
    for done in range(0, len(missing), AT_ONCE):
        some = missing[done : done + AT_ONCE]
        vectors = archive.embedder.encode([f"{heading(row)}\n{normalise(row['context'])}" for _, row in some])
        puts = [Put(_entry(id, row, vectors[i : i + 1]), (id,)) for i, (id, row) in enumerate(some)]
        with archive.index.writer() as writer:
            writer.commit(puts)
        print(f"{done + len(some)} of {len(missing)} paragraphs embedded", file=sys.stderr)


def _entry(id: str, row: dict[str, Any], vectors: Any) -> Entry:
    text, title = normalise(row["context"]), heading(row)
    return Entry(Article(id, title, text, origins=(id,)), (Passage(id, id, 0, text, 0, len(text), title),), vectors)
