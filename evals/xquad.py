"""XQuAD's Russian questions over its 240 paragraphs: what stems are worth, and the English embedder as it is.

    whole words   full text that looks for the words as they are spelled in the question, ё folded into е
    beginnings    full text that looks for the beginnings of words, as was done before stems
    stems         full text as it is

All three search the same passages by BM25. `python -m evals xquad` embeds the paragraphs on its first run (a minute)
and keeps them; the gate asks full text alone and embeds nothing.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evals.data import cached, folder, records
from evals.metrics import ranked
from evals.report import followed, write
from ingest import ingest
from rag import Archive
from rag.search.embedding import load
from rag.search.retrieve import retrieve
from rag.store.catalog import Filter
from rag.store.fulltext import TITLE_WEIGHT, content_words
from rag.text import fold

K = 10
COMMAND = "python -m evals xquad"
WHAT = (
    "XQuAD's {questions} Russian questions over its {articles} paragraphs ({passages} passages), each paragraph an "
    "article. A hit is the paragraph that the question was written about. Whole words: full text without stemming; "
    "beginnings: full text by words' beginnings, as it was before stems. The embedder, all-MiniLM-L6-v2, was made for "
    "English."
)

Row = dict[str, Any]
Scores = dict[str, float]
Search = Callable[[str], list[str]]  # question -> ids of articles, best first


def main() -> dict[str, Scores]:
    """The table; {} where there is no data."""
    data = folder()
    if data is None:
        return {}
    rows = questions(data)
    with Archive(cached("xquad-ru")) as archive:
        gold = paragraphs(archive, rows)
        ways = {
            **without_stems(archive),
            "full text, stems": by(archive, dense=False),
            "dense alone": by(archive, fulltext=False),
            "fused": by(archive),
        }
        found = {name: scored(way, rows, gold, name) for name, way in ways.items()}
        passages = archive.index.catalog.count("passages")
    write(
        "xquad", COMMAND, WHAT.format(questions=len(rows), articles=len(set(gold.values())), passages=passages), found
    )
    return found


def sampled() -> Scores:
    """What the gate holds: full text on every third question, without an embedder; {} where there is no data."""
    data = folder()
    if data is None:
        return {}
    rows = questions(data)
    with tempfile.TemporaryDirectory() as home, Archive(home, embedder=NoVectors()) as archive:
        gold, rows = paragraphs(archive, rows), rows[::3]
        whole = scored(without_stems(archive)["full text, whole words"], rows, gold, "whole words")
        stems = scored(by(archive, dense=False), rows, gold, "stems")
    return {"hit@1": stems["hit@1"], "hit@5": stems["hit@5"], "gain at 5": stems["hit@5"] - whole["hit@5"]}


class NoVectors:
    """In the place of the embedder where only full text is asked: cuts passages as it does, and says nothing of them."""

    max_tokens = 256

    @property
    def identity(self) -> dict[str, Any]:
        return {"name": "none", "dimension": 2, "fingerprint": "none-2"}

    @property
    def tokenizer(self) -> Path | None:
        return load("all-MiniLM-L6-v2").tokenizer

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.tile(np.array([1.0, 0.0], dtype=np.float32), (len(texts), 1))


def questions(data: Path) -> list[Row]:
    return list(records(data / "xquad" / "ru.jsonl.gz"))


def paragraphs(archive: Archive, rows: Sequence[Row]) -> dict[str, str]:
    """Ingest the rows' paragraphs, one article each; paragraph -> its article's id."""
    address = {text: f"https://xquad.example/{n}" for n, text in enumerate(dict.fromkeys(r["context"] for r in rows))}
    with tempfile.TemporaryDirectory() as home:
        file = Path(home) / "paragraphs.jsonl"
        with file.open("w", encoding="utf-8") as lines:
            for text, url in address.items():
                lines.write(json.dumps({"url": url, "text": text}, ensure_ascii=False) + "\n")
        report = ingest(file, into=archive)
    if report.failed:
        raise RuntimeError(f"paragraphs could not be read: {report.failed}")
    ids = {article.url: article.id for article in archive.index.catalog.articles()}
    return {text: ids[url] for text, url in address.items()}


def scored(search: Search, rows: Sequence[Row], gold: dict[str, str], name: str) -> Scores:
    lists = [[id == gold[row["context"]] for id in search(row["question"])] for row in followed(rows, name)]
    return ranked(lists)


def by(archive: Archive, **options: Any) -> Search:
    """The archive's own search, without the reader."""

    def search(question: str) -> list[str]:
        found = retrieve(
            question, archive.index, archive.embedder.encode, where=Filter(), k=K, per_article=1, **options
        )
        return [hit.passage.article_id for hit in found.hits]

    return search


def without_stems(archive: Archive) -> dict[str, Search]:
    """Full text over the same passages, in a table of its own that knows no stems."""
    db = sqlite3.connect(":memory:")
    db.execute("CREATE VIRTUAL TABLE plain USING fts5 (article UNINDEXED, title, text, tokenize='unicode61')")
    for article in archive.index.catalog.articles():
        for passage in archive.index.catalog.passages_of(article.id):
            row = (article.id, fold(passage.title), fold(passage.text))
            db.execute("INSERT INTO plain VALUES (?, ?, ?)", row)

    def asked(term: Callable[[str], str]) -> Search:
        def search(question: str) -> list[str]:
            terms = " OR ".join(dict.fromkeys(term(fold(word)) for word in content_words(question)))
            sql = f"SELECT article FROM plain WHERE plain MATCH ? ORDER BY bm25(plain, 0, {TITLE_WEIGHT}, 1.0), rowid"
            return list(dict.fromkeys(row[0] for row in db.execute(sql, (terms,))))[:K]

        return search

    return {"full text, whole words": asked(_whole), "full text, beginnings": asked(_beginning)}


def _whole(word: str) -> str:
    return f'"{word}"'


def _beginning(word: str) -> str:
    return f'"{word[: max(4, len(word) - 3)]}"*' if len(word) > 4 else f'"{word}"'
