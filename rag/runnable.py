"""The archive as a LangChain Retriever and Runnable: where LangChain's users meet us.

chain = archive.as_retriever(k=4) | format_documents | prompt | model
archive.as_runnable().invoke("Who visited Belgrade?").text
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableConfig
from pydantic import Field

from rag.types import Answer, Delta, Finished, Hit

if TYPE_CHECKING:
    from rag.archive import Archive


class ArchiveRetriever(BaseRetriever):
    """Passages as documents; `options` are those of `Archive.search`."""

    archive: Any
    options: dict[str, Any] = Field(default_factory=dict)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [document(hit) for hit in self.archive.search(query, **self.options)]


class ArchiveRunnable(Runnable[Any, Answer]):
    """From a question, or {"question": …, and options of `Archive.ask`}, to an Answer.

    `stream` yields the answer's words as they come and the Answer at last.
    """

    def __init__(self, archive: Archive, options: dict[str, Any] | None = None) -> None:
        self.archive = archive
        self.options = dict(options or {})

    def invoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        question, options = self._asked(input, kwargs)
        return self._call_with_config(lambda q: self.archive.ask(q, **options), question, config)

    async def ainvoke(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        question, options = self._asked(input, kwargs)

        async def ask(q: str) -> Answer:
            return await self.archive.aask(q, **options)

        return await self._acall_with_config(ask, question, config)

    def stream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> Iterator[Any]:
        question, options = self._asked(input, kwargs)
        for event in self.archive.stream(question, **options):
            if isinstance(event, Delta):
                yield event.text
            elif isinstance(event, Finished):
                yield event.answer

    async def astream(self, input: Any, config: RunnableConfig | None = None, **kwargs: Any) -> AsyncIterator[Any]:
        question, options = self._asked(input, kwargs)
        async for event in self.archive.astream(question, **options):
            if isinstance(event, Delta):
                yield event.text
            elif isinstance(event, Finished):
                yield event.answer

    def _asked(self, input: Any, kwargs: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        if isinstance(input, dict):
            given = dict(input)
            question = given.pop("question", None)
            if not isinstance(question, str):
                raise TypeError(f'the input has no "question"; it has: {", ".join(map(str, input)) or "nothing"}')
            return question, {**self.options, **given, **kwargs}
        if not isinstance(input, str):
            raise TypeError(f"the input is {type(input).__name__}; it takes a question, or a dict with one")
        return input, {**self.options, **kwargs}


def document(hit: Hit) -> Document:
    """A hit as LangChain's document: the passage's text, and everything else as metadata."""
    passage = hit.passage.to_dict()
    text = passage.pop("text")
    known = {k: v for k, v in passage.items() if v is not None}
    return Document(page_content=text, id=hit.passage.id, metadata={**known, "score": hit.score})
