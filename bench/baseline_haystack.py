"""What Haystack's first tutorial builds, with the same weights (bench/baseline.py says how it is run).

DocumentSplitter (200 words), SentenceTransformersDocumentEmbedder, InMemoryDocumentStore, kept by save_to_disk.
"""

from __future__ import annotations

from pathlib import Path

import baseline

PACKAGES = ("haystack-ai", "sentence-transformers-haystack")
FILE = "store.json"


def build(records: list[baseline.Record], folder: str) -> list[str]:
    from haystack import Document, Pipeline
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.components.writers import DocumentWriter
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersDocumentEmbedder

    store = InMemoryDocumentStore()
    pipeline = Pipeline()
    pipeline.add_component("splitter", DocumentSplitter())
    pipeline.add_component("embedder", SentenceTransformersDocumentEmbedder(model=baseline.weights()))
    pipeline.add_component("writer", DocumentWriter(document_store=store))
    pipeline.connect("splitter", "embedder")
    pipeline.connect("embedder", "writer")
    documents = [Document(content=r["text"], meta=baseline.about(r)) for r in records]
    pipeline.run({"splitter": {"documents": documents}})
    store.save_to_disk(str(Path(folder) / FILE))
    return [document.content or "" for document in store.filter_documents()]


def opened(folder: str) -> baseline.Search:
    from haystack import Pipeline
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore
    from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

    store = InMemoryDocumentStore.load_from_disk(str(Path(folder) / FILE))
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=baseline.weights(), progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=baseline.K))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")

    def search(question: str) -> list[baseline.Found]:
        found = pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
        return [(d.meta["url"], d.content) for d in found]

    return search


if __name__ == "__main__":
    baseline.main(build, opened, PACKAGES)
