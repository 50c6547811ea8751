"""What txtai's tutorial builds, with the same weights (bench/baseline.py says how it is run).

Embeddings(path=…, content=True) over the paragraphs of its Segmentation, kept by Embeddings.save. Threads take turns:
it leaves locking to the caller. It reads 512 tokens, as the tokenizer allows, and not the 256 that the model names.
"""

from __future__ import annotations

import threading

import baseline

PACKAGES = ("txtai", "faiss-cpu")


def build(records: list[baseline.Record], folder: str) -> list[str]:
    from txtai import Embeddings
    from txtai.pipeline import Segmentation

    paragraphs = Segmentation(paragraphs=True)
    rows = [
        (f"{record['url']} {number}", {"text": passage, **baseline.about(record)})
        for record in records
        for number, passage in enumerate(paragraphs(record["text"]))
    ]
    embeddings = Embeddings(path=baseline.weights(), content=True)
    embeddings.index(rows)
    embeddings.save(folder)
    return [row["text"] for _, row in rows]


def opened(folder: str) -> baseline.Search:
    from txtai import Embeddings

    embeddings = Embeddings()
    embeddings.load(folder)
    mutex = threading.Lock()

    def search(question: str) -> list[baseline.Found]:
        with mutex:
            found = embeddings.search(question, baseline.K)
        return [(row["id"].partition(" ")[0], row["text"]) for row in found]

    return search


if __name__ == "__main__":
    baseline.main(build, opened, PACKAGES, tokens=512)
