"""The whole page: masthead, a tab for asking and one for the articles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gradio as gr

from window import chat, shelf
from window.examples import Examples
from window.talk import Asking

if TYPE_CHECKING:
    from rag.archive import Archive

WAITING = 64  # questions in the queue
AT_ONCE = 4  # questions answered at the same time


def build(archive: Archive) -> Any:
    """The page: masthead, and a tab each for asking and for the articles."""
    asking, examples = Asking(archive), Examples(archive)
    with gr.Blocks(title="Dateline", analytics_enabled=False, fill_width=True, delete_cache=(3600, 3600)) as page:
        top = gr.Markdown("", elem_id="dl-top", sanitize_html=True, latex_delimiters=[])
        with gr.Tabs():
            with gr.Tab("Ask", id="ask"):
                chatbot, outlets = chat.build(archive, asking)
            with gr.Tab("Articles", id="articles") as articles:
                shelved = shelf.build(archive)

        def everything(*fields: Any) -> tuple[Any, ...]:
            return chat.masthead(archive), chat.outlets_of(archive), *shelved.refresh(*fields)

        def left(request: gr.Request) -> None:
            asking.stop(request.session_hash or "")

        updated = [top, outlets, *shelved.outputs]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(everything, shelved.inputs, updated, **quiet)
        articles.select(shelved.refresh, shelved.inputs, shelved.outputs, **quiet)
        page.load(lambda: chat.shown(examples.current()), None, chatbot, **quiet)
        for change in shelved.changes:
            change.then(everything, shelved.inputs, updated, **quiet)
            change.then(lambda: chat.shown(examples.current()), None, chatbot, **quiet)
        page.unload(left)
    page.queue(max_size=WAITING, default_concurrency_limit=AT_ONCE, api_open=False)
    return page
