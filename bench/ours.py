"""Dateline's side of a comparison: `python -m bench.ours VERB …`, the verbs of bench/baseline_langchain.py.

    ingest ARTICLES.jsonl FOLDER
    search FOLDER QUESTIONS.json      without the reader; `read` with it; `answer` whole answers
    encode FOLDER                     what plain SentenceTransformer.encode takes for the passages of that archive

The cold answer is the command's own: `dateline ask`. The last line that is printed is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.users import latencies
from rag import Archive

PACKAGES = ("chromadb", "onnxruntime", "sentence-transformers", "torch", "numpy")


def ingest(articles: str, folder: str) -> dict[str, Any]:
    from ingest import ingest as read

    started = time.perf_counter()
    with Archive(folder) as archive:
        report = read(articles, into=archive, progress=False)
        embedder = archive.index.recorded_embedder()
    return {
        "articles": report.added,
        "passages": report.passages,
        "failed": len(report.failed),
        "seconds": time.perf_counter() - started,
        "embedder": embedder,
    }


def search(folder: str, path: str) -> dict[str, Any]:
    return _waits(folder, path, lambda archive: lambda q: archive.search(q, k=4), rerank=False)


def read(folder: str, path: str) -> dict[str, Any]:
    return _waits(folder, path, lambda archive: lambda q: archive.search(q, k=4))


def answer(folder: str, path: str) -> dict[str, Any]:
    return _waits(folder, path, lambda archive: archive.ask)


def _waits(
    folder: str, path: str, way: Callable[[Archive], Callable[[str], object]], **settings: Any
) -> dict[str, Any]:
    asked = json.loads(Path(path).read_text(encoding="utf-8"))
    with Archive(folder, create=False, **settings) as archive:
        ask = way(archive)
        ask("What is warm?")
        return {str(users): latencies(ask, asked["questions"], users) for users in asked["users"]}


def encode(folder: str) -> dict[str, Any]:
    """Seconds of the call alone: neither loading nor reading the passages counts."""
    from sentence_transformers import SentenceTransformer

    from ingest.chunk import embedded_text

    with Archive(folder, create=False) as archive:
        texts = [embedded_text(p.title, p.text) for some, _ in archive.index.catalog.everything(2000) for p in some]
        model = SentenceTransformer(str(archive.embedder.folder), device="cpu")
    started, before = time.perf_counter(), time.process_time()
    model.encode(texts, batch_size=32, show_progress_bar=False)
    seconds, processor = time.perf_counter() - started, time.process_time() - before
    return {"passages": len(texts), "seconds": seconds, "processor": processor}


def versions() -> dict[str, Any]:
    return {"dateline": version("dateline"), **{name: version(name) for name in PACKAGES}}


VERBS = {f.__name__: f for f in (ingest, search, read, answer, encode, versions)}

if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    print(json.dumps(VERBS[verb](*arguments)))
