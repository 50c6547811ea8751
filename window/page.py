"""The whole page: masthead, a tab each for asking, for the articles and for the settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from window import chat, preferences, programs, shelf
from window.choices import choices_of
from window.closed import Closed
from window.doors import Way
from window.examples import Examples
from window.line import LONGEST, Lines
from window.talk import Asking
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive

AT_ONCE = 4  # events of one kind that are worked on at the same time; questions wait in a line of their own
JOBS = 2 * LONGEST  # that Gradio's queue holds: questions that wait in our line are at work for it


def build(
    archive: Archive, may_edit: Callable[[gr.Request], bool] = lambda request: True, words: Words = ENGLISH,
    ways: Sequence[Way] = (), lines: Lines | None = None,
) -> Any:  # fmt: skip
    """The page in one language; who may not edit adds and removes nothing. `ways` lead to the other archives, `lines`
    are those of all pages."""
    asking, examples, closed = Asking(archive, words, lines), Examples(archive), Closed()
    with gr.Blocks(
        title=" – ".join(["Dateline", *(way.name for way in ways if way.here)]),
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(3600, 3600),
    ) as page:
        top = gr.Markdown("", elem_id="dl-top", sanitize_html=True, latex_delimiters=[])
        with gr.Tabs():
            with gr.Tab(words.tab_ask, id="ask", elem_id="dl-ask-tab"):
                desk = chat.build(archive, asking, words)
            with gr.Tab(words.tab_articles, id="articles", elem_id="dl-articles-tab") as articles:
                shelved = shelf.build(archive, chat.given, desk.talk, may_edit, words)
            with gr.Tab(words.tab_settings, id="settings", elem_id="dl-settings-tab") as settings:
                chosen = preferences.build(archive, words)

        def everything(request: gr.Request, *fields: Any) -> tuple[Any, ...]:
            return (
                chat.masthead(archive, words, choices_of(request.cookies), ways),
                chat.outlets_of(archive),
                *shelved.refresh(*fields),
            )

        def editing(request: gr.Request) -> Any:
            return gr.Accordion(visible=may_edit(request))

        def left(request: gr.Request) -> None:
            asking.stop(request.session_hash or "")
            closed.add(request.session_hash or "", page.state_holder)

        updated = [top, desk.outlets, *shelved.outputs]
        quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
        page.load(everything, shelved.inputs, updated, **quiet)
        page.load(desk.open, None, desk.opened, **quiet)
        page.load(editing, None, shelved.editing, **quiet)
        articles.select(shelved.refresh, shelved.inputs, shelved.outputs, **quiet)
        page.load(lambda: chat.shown(archive, examples.current(), words), None, desk.chatbot, **quiet)
        gr.on([page.load, settings.select], preferences.chosen, None, chosen, queue=False, **quiet)
        for change in shelved.changes:
            change.then(everything, shelved.inputs, updated, **quiet)
            change.then(lambda: chat.shown(archive, examples.current(), words), None, desk.chatbot, **quiet)
        page.unload(left)
        programs.build(archive, may_edit)
    threads, page.max_threads = page.max_threads, JOBS
    page.queue(max_size=JOBS, default_concurrency_limit=AT_ONCE, api_open=False)
    page.max_threads = threads  # for what is no coroutine
    return page
