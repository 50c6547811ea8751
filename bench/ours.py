"""Dateline's side of a comparison: `python -m bench.ours VERB …`, the verbs of bench/baseline.py and more.

    ingest ARTICLES.jsonl FOLDER
    search FOLDER QUESTIONS.json      without the reader; `read` with it; `answer` whole answers, and their steps
    embed FOLDER                      what embedding the passages of that archive takes by itself
    encode FOLDER                     what plain SentenceTransformer.encode takes for them
    limits FOLDER                     the arithmetic they need, and what this machine can do in a second

The cold answer is the command's own: `dateline ask`. The last line that is printed is JSON.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.users import asked
from rag import Archive

K = 4  # passages that a question finds, as of the baselines
PACKAGES = ("chromadb", "onnxruntime", "sentence-transformers", "torch", "numpy")


def ingest(articles: str, folder: str) -> dict[str, Any]:
    from ingest import ingest as read

    with Archive(folder) as archive:
        report = read(articles, into=archive, progress=False)
        tokens = archive.embedder.max_tokens
    return {
        "articles": report.added,
        "passages": report.passages,
        "failed": len(report.failed),
        "tokens": tokens,
    }


def search(folder: str, path: str) -> dict[str, Any]:
    return _found(folder, path, rerank=False)


def read(folder: str, path: str) -> dict[str, Any]:
    return _found(folder, path)


def _found(folder: str, path: str, **settings: Any) -> dict[str, Any]:
    with Archive(folder, create=False, **settings) as archive:
        return asked(lambda question: [hit.passage.url for hit in archive.search(question, k=K)], path)


def answer(folder: str, path: str) -> dict[str, Any]:
    """Whole answers; the steps are of those that nobody else asked beside."""
    steps: dict[str, list[float]] = defaultdict(list)
    busy, mutex = [0], threading.Lock()
    with Archive(folder, create=False) as archive:

        def ask(question: str) -> list[str | None]:
            with mutex:
                busy[0] += 1
                alone = busy[0] == 1
            found = archive.ask(question)
            with mutex:
                alone = alone and busy[0] == 1
                busy[0] -= 1
            for step, seconds in found.timings.items() if alone else ():
                steps[step].append(seconds)
            return [citation.article.url for citation in found.citations]

        told = asked(ask, path)
    return {**told, "steps": {step: statistics.median(spent) for step, spent in steps.items()}}


def embed(folder: str) -> dict[str, Any]:
    """Seconds of the call alone: neither loading nor reading the passages counts."""
    with Archive(folder, create=False) as archive:
        texts = _embedded(archive)
        encoder = archive.embedder.for_passages(archive.index.recorded_embedder())
        encoder.encode(texts[:64])
    Path(f"{folder}.passages.json").write_text(json.dumps(texts), encoding="utf-8")
    return _timed(lambda: encoder.encode(texts)) | {"passages": len(texts)}


def encode(folder: str) -> dict[str, Any]:
    """Seconds of the call alone, as for `embed`."""
    from sentence_transformers import SentenceTransformer

    with Archive(folder, create=False) as archive:
        texts = _embedded(archive)
        model = SentenceTransformer(str(archive.embedder.folder), device="cpu")
    return _timed(lambda: model.encode(texts, batch_size=32, show_progress_bar=False)) | {"passages": len(texts)}


def limits(folder: str) -> dict[str, Any]:
    from tokenizers import Tokenizer

    from bench.limits import machine, model

    with Archive(folder, create=False) as archive:
        tokenizer = Tokenizer.from_file(str(archive.embedder.tokenizer))
        tokenizer.no_padding()
        tokenizer.enable_truncation(archive.embedder.max_tokens)
        tokens = [len(one.ids) for one in tokenizer.encode_batch(_embedded(archive))]
        precision = archive.index.recorded_embedder().get("precision", "float32")
        return {"precision": precision, **model(archive.embedder.folder, tokens), **machine()}


def _embedded(archive: Archive) -> list[str]:
    """What was embedded of each passage."""
    from ingest.chunk import embedded_text

    return [embedded_text(p.title, p.text) for some, _ in archive.index.catalog.everything(2000) for p in some]


def _timed(call: Callable[[], object]) -> dict[str, float]:
    started, before = time.perf_counter(), time.process_time()
    call()
    return {"seconds": time.perf_counter() - started, "processor": time.process_time() - before}


def versions() -> dict[str, Any]:
    return {"dateline": version("dateline"), **{name: version(name) for name in PACKAGES}}


VERBS = {f.__name__: f for f in (ingest, search, read, answer, embed, encode, limits, versions)}

if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    print(json.dumps(VERBS[verb](*arguments)))
