"""Retrieval on 492 news questions over 4,712 articles: full text alone, dense alone, fused.

A hit is a passage of a gold article that contains the answer's words.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from evals.data import cached, folder, records
from evals.metrics import holds, ranked
from evals.report import write
from ingest import ingest
from rag import Archive
from rag.search.retrieve import retrieve
from rag.store.catalog import Filter

WAYS = {
    "full text alone": {"dense": False},
    "dense alone": {"fulltext": False},
    "fused": {},
}
K = 10


def main() -> dict[str, dict[str, float]]:
    data = folder()
    if data is None:
        return {}
    archive = _archive(data)
    questions = [q for q in records(data / "newsquiz" / "questions.jsonl.gz") if q["gold_urls"]]
    rows: dict[str, dict[str, float]] = {}
    for name, options in WAYS.items():
        started = time.perf_counter()
        lists = [_relevance(archive, question, options) for question in questions]
        seconds = (time.perf_counter() - started) / len(questions)
        rows[name] = {**ranked(lists), "ms a question": seconds * 1000}
    covered = archive.coverage()
    passages = archive.index.catalog.count("passages")
    write(
        "newsquiz",
        "python -m evals newsquiz",
        f"Retrieval on news: {len(questions)} questions over {covered.articles} articles ({passages} passages). A hit is "
        "a passage of a gold article that contains the answer's words; at most three passages of one article are ranked.",
        rows,
    )
    return rows


def _archive(data: Path) -> Archive:
    archive = Archive(cached("newsquiz"))
    print(ingest(data / "newsquiz" / "articles.jsonl.gz", into=archive, progress=True))
    return archive


def _relevance(archive: Archive, question: dict[str, Any], options: dict[str, bool]) -> list[bool]:
    found = retrieve(
        question["question"], archive.index, archive.embedder.encode, where=Filter(), k=K,
        per_article=archive.settings.passages_per_article, **options,
    )  # fmt: skip
    gold = set(question["gold_urls"])
    return [_is_gold(archive, hit.passage, gold) and holds(hit.passage.text, question["answer"]) for hit in found.hits]


def _is_gold(archive: Archive, passage: Any, gold: set[str]) -> bool:
    if passage.url in gold:
        return True
    article = archive.article(passage.article_id)
    return article is not None and not gold.isdisjoint(article.origins)
