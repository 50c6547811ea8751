"""What programs may ask of the window: named endpoints, for `gradio_client` in any language it has.

    client = gradio_client.Client("http://127.0.0.1:7860")
    client.predict("Who visited Belgrade?", api_name="/ask")["text"]
    client.predict("direct flights", 5, api_name="/search")[0]["passage"]["text"]
    client.predict(["https://news.example/feed"], api_name="/ingest")["added"]

They give what the Python API gives, as JSON, without the folders of this machine; what is refused there is refused here,
in the same words. `ingest` takes addresses of the web only: who asks must not read the server's files.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import DatelineError
from window.export import shared
from window.library import AT_ONCE, addresses
from window.replies import LONGEST_QUESTION
from window.words import ENGLISH

if TYPE_CHECKING:
    from rag.archive import Archive

MOST_HITS = 50


def build(archive: Archive, may_edit: Callable[[gr.Request], bool]) -> None:
    """Add the endpoints to the page that is being built."""

    def ask(
        question: str, after: str = "", before: str = "", as_of: str = "", sources: list[str] | None = None, kind: str = ""
    ) -> dict[str, Any]:  # fmt: skip
        """The whole answer: text, sentences with their support, citations, plan, coverage. Days are ISO dates."""
        _check(question)
        given = {"after": after, "before": before, "as_of": as_of, "kind": kind}
        filters = {name: value for name, value in given.items() if value}
        return _told(lambda: shared(archive.ask(question, sources=tuple(sources or ()), **filters)).to_dict())

    def search(
        question: str, k: int = 10, after: str = "", before: str = "", sources: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """The nearest passages, best first, with the scores that ranked them; at most 50."""
        _check(question)
        days = {name: value for name, value in (("after", after), ("before", before)) if value}
        most = max(1, min(int(k), MOST_HITS))
        return _told(
            lambda: [h.to_dict() for h in archive.search(question, k=most, sources=tuple(sources or ()), **days)]
        )

    def ingest(origins: list[str], request: gr.Request) -> dict[str, Any]:
        """Reads pages and feeds into the archive; the report: added, updated, unchanged, failed with the reasons."""
        from ingest import ingest as read

        if not may_edit(request):
            raise gr.Error(ENGLISH.may_not)
        if len(origins) > AT_ONCE:
            raise gr.Error(ENGLISH.too_many.format(n=len(origins), most=AT_ONCE))
        return _told(lambda: read(addresses(" ".join(origins)), into=archive, progress=False).to_dict())

    for endpoint, at_once in ((ask, 4), (search, 4), (ingest, 1)):
        gr.api(endpoint, api_name=endpoint.__name__, api_description=endpoint.__doc__, concurrency_limit=at_once)


def _check(question: str) -> None:
    if len(question) > LONGEST_QUESTION:
        raise gr.Error(f"the question has {len(question)} characters; it may have {LONGEST_QUESTION}")


def _told(work: Callable[[], Any]) -> Any:
    """What `work` gives; an error of ours in its own words."""
    try:
        return work()
    except DatelineError as e:
        raise gr.Error(f"{e}") from e
