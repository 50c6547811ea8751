"""What the usual LangChain tutorial builds, with the same weights (bench/baseline.py says how it is run).

RecursiveCharacterTextSplitter(1000, 200), HuggingFaceEmbeddings, Chroma.from_documents, as_retriever(k=4).
"""

from __future__ import annotations

from typing import Any

import baseline

PACKAGES = ("langchain-core", "langchain-text-splitters", "langchain-huggingface", "langchain-chroma", "chromadb")


def embeddings() -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(model_name=baseline.weights())


def build(records: list[baseline.Record], folder: str) -> list[str]:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [Document(r["text"], metadata=baseline.about(r)) for r in records]
    passages = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    Chroma.from_documents(passages, embeddings(), persist_directory=folder)
    return [passage.page_content for passage in passages]


def opened(folder: str) -> baseline.Search:
    from langchain_chroma import Chroma

    store = Chroma(persist_directory=folder, embedding_function=embeddings())
    retriever = store.as_retriever(search_kwargs={"k": baseline.K})
    return lambda question: [(d.metadata["url"], d.page_content) for d in retriever.invoke(question)]


if __name__ == "__main__":
    baseline.main(build, opened, PACKAGES)
