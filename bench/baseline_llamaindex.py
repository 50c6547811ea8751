"""What LlamaIndex's starter tutorial builds, with the same weights (bench/baseline.py says how it is run).

VectorStoreIndex.from_documents with HuggingFaceEmbedding, kept by storage_context.persist. Its splitter's default is
1,024 tokens a passage, of which the model reads the first 256.
"""

from __future__ import annotations

from typing import Any

import baseline

PACKAGES = ("llama-index-core", "llama-index-embeddings-huggingface")


def embeddings() -> Any:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(model_name=baseline.weights())


def build(records: list[baseline.Record], folder: str) -> list[str]:
    from llama_index.core import Document, VectorStoreIndex
    from llama_index.core.schema import MetadataMode

    documents = [Document(text=r["text"], metadata=baseline.about(r)) for r in records]
    index = VectorStoreIndex.from_documents(documents, embed_model=embeddings())
    index.storage_context.persist(persist_dir=folder)
    return [node.get_content(metadata_mode=MetadataMode.EMBED) for node in index.docstore.docs.values()]


def opened(folder: str) -> baseline.Search:
    from llama_index.core import StorageContext, load_index_from_storage

    context = StorageContext.from_defaults(persist_dir=folder)
    index = load_index_from_storage(context, embed_model=embeddings())
    retriever = index.as_retriever(similarity_top_k=baseline.K)
    return lambda question: [(n.metadata["url"], n.get_content()) for n in retriever.retrieve(question)]


if __name__ == "__main__":
    baseline.main(build, opened, PACKAGES)
