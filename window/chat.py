"""The tab for asking: the conversation, the filters, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from window import export
from window.answers import KINDS
from window.evidence import EMPTY
from window.markup import days, several, text_html
from window.talk import Asking, Talk

if TYPE_CHECKING:
    from rag.archive import Archive

LONGEST_QUESTION = 2000  # characters
OUTLETS = 3  # the place of the outlets among the fields that say what a question means


def masthead(archive: Archive) -> str:
    """The name, and what can be asked: how many articles, from when to when, and who answers."""
    coverage = archive.coverage()
    if coverage.articles:
        parts = [several(coverage.articles, "article"), several(coverage.independent, "outlet")]
        parts += [days(coverage.first, coverage.last)] if coverage.first else []
    else:
        parts = ["The archive is empty: add articles first"]
    parts.append(
        f"answers by {archive.settings.model}" if archive.settings.model else "answers in the articles’ own words"
    )
    return (
        '<div class="dl-masthead"><div><h1>Dateline</h1>'
        f'<p class="dl-coverage">{" · ".join(text_html(p) for p in parts)}</p></div>'
        '<button class="dl-theme" type="button" title="Light or dark">Light or dark</button></div>'
    )


PLACEHOLDER = (
    '<div class="dl-welcome"><h2>Ask the articles</h2><p>Every sentence of an answer leads to the words it rests on. '
    "Where the articles do not say, the answer is that they do not.</p></div>"
)


def build(archive: Archive, asking: Asking) -> tuple[gr.Chatbot, gr.Dropdown, gr.State]:
    """The tab; its chat and its outlets are updated whenever the archive may have changed."""
    talk = gr.State(None)  # a Talk, made at the first question
    with gr.Row(elem_id="dl-desk"):
        with gr.Column(scale=7, min_width=320, elem_id="dl-left"):
            chatbot = gr.Chatbot(
                elem_id="dl-chat", label="Conversation", show_label=False, height="", layout="panel", buttons=[],
                sanitize_html=True, latex_delimiters=[], feedback_options=None, placeholder=PLACEHOLDER,
                group_consecutive_messages=False, allow_tags=False, container=False,
            )  # fmt: skip
            with gr.Row(elem_id="dl-ask"):
                box = gr.Textbox(
                    label="Question", placeholder="Ask about the articles", lines=1, max_lines=5, scale=8,
                    max_length=LONGEST_QUESTION, autofocus=True, elem_id="dl-question", show_label=False,
                )  # fmt: skip
                ask = gr.Button("Ask", variant="primary", scale=1, min_width=72, elem_id="dl-send")
                stop = gr.Button("Stop", variant="stop", scale=1, min_width=72, visible=False, elem_id="dl-stop")
                clear = gr.Button("Clear", variant="secondary", scale=1, min_width=72, elem_id="dl-clear")
            filters = _filters()
            exported = export.build(talk)
        with gr.Column(scale=5, min_width=320, elem_id="dl-right"):
            panel = gr.Markdown(EMPTY, elem_id="dl-evidence", sanitize_html=True, latex_delimiters=[])

    outputs = [chatbot, panel, talk, box, ask, stop]

    def answer(
        question: str, held: Talk | None, after: str, before: str, as_of: str, sources: list[str],
        authors: list[str], kind: str, request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        question = (question or "").strip()[:LONGEST_QUESTION]
        session = request.session_hash or ""
        if not question or asking.busy(session):
            yield (gr.skip(),) * len(outputs)
            return
        held = held or Talk()
        running = (gr.Textbox(value=""), gr.Button(visible=False), gr.Button(visible=True))
        for _ in asking.run(held, question, session, **overrides(after, before, as_of, sources, authors, kind)):
            yield held.messages(), gr.skip(), held, *running
            running = (gr.skip(), gr.skip(), gr.skip())
        yield held.messages(), held.panel(archive), held, gr.skip(), gr.Button(visible=True), gr.Button(visible=False)

    def example(
        chosen: gr.SelectData, held: Talk | None, after: str, before: str, as_of: str, sources: list[str],
        authors: list[str], kind: str, request: gr.Request,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        yield from answer(chosen.value["text"], held, after, before, as_of, sources, authors, kind, request)

    def cleared(request: gr.Request) -> tuple[Any, ...]:
        asking.stop(request.session_hash or "")
        return [], EMPTY, Talk(), "", gr.Button(visible=True), gr.Button(visible=False)

    def stopped(request: gr.Request) -> None:
        asking.stop(request.session_hash or "")

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    running = [
        gr.on([ask.click, box.submit], answer, [box, talk, *filters], outputs, trigger_mode="once", **quiet),
        chatbot.example_select(example, [talk, *filters], outputs, trigger_mode="once", **quiet),
    ]
    stop.click(stopped, None, None, queue=False, **quiet)
    clear.click(cleared, None, outputs, queue=False, cancels=running, **quiet)
    for changed in (ask.click, box.submit, chatbot.example_select, clear.click):  # what was shown is of other answers
        changed(lambda: "", None, exported, queue=False, **quiet)
    return chatbot, filters[OUTLETS], talk


def _filters() -> list[Any]:
    """The fields by which a reader says what the question means; empty, it is understood as it stands."""
    with gr.Accordion("What the question means", open=False, elem_id="dl-filters"):
        with gr.Row():
            days = [
                gr.Textbox(label=label, placeholder=f"2024-{day}", min_width=120, max_length=10)
                for label, day in (("Published from", "11-01"), ("Published until", "11-30"), ("As of", "12-31"))
            ]
        with gr.Row():
            names = [
                gr.Dropdown(label=label, multiselect=True, choices=[], allow_custom_value=True, min_width=160)
                for label in ("Outlets", "Authors")
            ]
            kind = gr.Dropdown(
                label="Kind of answer",
                choices=[("as asked", ""), *((words, kind) for kind, words in KINDS.items())],
                value="",
                min_width=120,
            )
    return [*days, *names, kind]


def overrides(
    after: str, before: str, as_of: str, sources: Sequence[str], authors: Sequence[str], kind: str
) -> dict[str, Any]:
    """What the fields of `_filters` say, as `Archive.ask` takes it; an empty field says nothing."""
    days = {"after": after, "before": before, "as_of": as_of}
    given: dict[str, Any] = {name: text.strip() for name, text in days.items() if (text or "").strip()}
    given |= {name: tuple(some) for name, some in (("sources", sources), ("authors", authors)) if some}
    return given | ({"kind": kind} if kind else {})


def outlets_of(archive: Archive) -> Any:
    return gr.Dropdown(choices=list(archive.coverage().sources))


def shown(questions: list[str]) -> Any:
    """The examples, for the chat that `build` returned."""
    return gr.Chatbot(examples=[{"text": q} for q in questions])
