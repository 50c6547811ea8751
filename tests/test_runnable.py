"""The archive inside LangChain: a retriever in a small chain, and a runnable in all its ways."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from langchain_core.runnables import RunnableLambda, RunnablePassthrough

from ingest import ingest
from rag import Archive
from rag.types import Answer

QUESTION = "Which fields did the presidents name?"


@pytest.fixture
def filled(archive: Archive, folder: Path) -> Archive:
    ingest(folder, into=archive)
    return archive


def test_the_retriever_feeds_a_chain(filled: Archive) -> None:
    def joined(documents: list) -> str:  # type: ignore[type-arg]
        return "\n".join(
            f"{d.metadata['source']} {d.metadata['date']}: {d.page_content}"
            for d in documents
            if "source" in d.metadata
        )

    chain = {
        "context": filled.as_retriever(k=2) | RunnableLambda(joined),
        "question": RunnablePassthrough(),
    } | RunnableLambda(lambda x: f"{x['question']}\n{x['context']}")
    text = chain.invoke(QUESTION)
    assert text.startswith(QUESTION)
    assert "Danube Wire 2024-11-19: The two presidents" in text


def test_documents_carry_their_place(filled: Archive) -> None:
    document = filled.as_retriever(k=1).invoke(QUESTION)[0]
    article = filled.article(document.metadata["article_id"])
    assert article.text[document.metadata["start"] : document.metadata["end"]] == document.page_content
    assert len(filled.as_retriever(k=5, sources=["Danube Wire"]).invoke(QUESTION)) == 1


def test_the_runnable_in_all_its_ways(filled: Archive) -> None:
    runnable = filled.as_runnable()
    answer = runnable.invoke(QUESTION)
    assert isinstance(answer, Answer)
    assert runnable.invoke({"question": QUESTION, "as_of": "2024-06-30"}).coverage.articles == 2
    assert [a.text for a in runnable.batch([QUESTION, QUESTION])] == [answer.text] * 2
    assert asyncio.run(runnable.ainvoke(QUESTION)).text == answer.text
    *words, last = list(runnable.stream(QUESTION))
    assert "".join(words).split() == answer.text.split()
    assert last.text == answer.text
    assert (runnable | RunnableLambda(lambda a: a.text)).invoke(QUESTION) == answer.text


def test_a_wrong_input_says_what_it_takes(filled: Archive) -> None:
    with pytest.raises(TypeError, match="question"):
        filled.as_runnable().invoke({"query": QUESTION})
    with pytest.raises(TypeError, match="int"):
        filled.as_runnable().invoke(3)
