"""The tab for asking: the conversation, the filters, and the evidence beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.store.conversations import LONGEST_WHY
from window import drawer as drawers
from window import export, sheet
from window.chips import kinds
from window.choices import Choices
from window.doors import Way
from window.evidence import empty_html
from window.markup import attribute, text_html
from window.replies import LONGEST_QUESTION, Replies
from window.talk import Asking, Talk
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.types import Answer

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
AT_ONCE: dict[str, Any] = {**QUIET, "queue": False}
OUTLETS = 3  # the place of the outlets among the fields that say what a question means


def given(talk: Talk | None) -> list[Answer]:
    """The answers of a conversation."""
    return [e.answer for e in talk.exchanges if e.answer is not None] if talk is not None else []


def masthead(archive: Archive, words: Words = ENGLISH, choices: Choices | None = None, ways: Sequence[Way] = ()) -> str:
    """The name, and what can be asked: how many articles, from when to when, who answers, and which other archives."""
    coverage = archive.coverage()
    if coverage.articles:
        parts = [
            words.several(coverage.articles, words.articles), words.several(coverage.independent, words.outlets_counted)
        ]  # fmt: skip
        parts += [words.days(coverage.first, coverage.last)] if coverage.first else []
    else:
        parts = [words.empty_archive]
    model = None if choices is not None and choices.model == "embedded" else archive.settings.model
    parts.append(words.answers_by.format(model=model) if model else words.answers_own)
    return (
        '<div class="dl-masthead"><div><h1>Dateline</h1>'
        f'<p class="dl-coverage">{" · ".join(text_html(p) for p in parts)}</p>{_archives(ways, words)}</div>'
        f'<button class="dl-theme" type="button" title="{words.light_or_dark}">{words.light_or_dark}</button></div>'
    )


def _archives(ways: Sequence[Way], words: Words) -> str:
    """Links to the other archives; Gradio keeps no aria-current, so the one that is open says so in words."""
    if not ways:
        return ""
    links = "".join(
        f'<li><b>{text_html(way.name)}</b><span class="dl-sr"> ({words.archive_here})</span></li>'
        if way.here
        else f'<li><a class="dl-archive" href="{attribute(way.href)}">{text_html(way.name)}</a></li>'
        for way in ways
    )
    return f'<ul class="dl-archives" title="{words.archives}">{links}</ul>'


def welcome_html(words: Words, *, empty: bool = False, looking: bool = False) -> str:
    """What stands in a conversation that has not begun; `looking`: its examples are still to come."""
    if empty:
        more = f'<p><button class="dl-go" type="button" id="dl-go-add">{words.add_articles}</button></p>'
        return f'<div class="dl-welcome"><h2>{words.no_articles_yet}</h2><p>{words.begin_adding}</p>{more}</div>'
    more = f'<p class="dl-step"><span class="dl-dots"></span>{words.looking_examples}</p>' if looking else ""
    return f'<div class="dl-welcome"><h2>{words.welcome}</h2><p>{words.welcome_more}</p>{more}</div>'


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page updates of the tab: `opened` with what `open` gives when it is loaded, the others when articles change."""

    chatbot: gr.Chatbot
    outlets: gr.Dropdown
    talk: gr.State
    opened: list[Any]
    open: Callable[[gr.Request], tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Parts:
    """The tab's components."""

    talk: gr.State  # a Talk, made when the page is loaded
    drawer: drawers.Drawer
    here: gr.Markdown
    chatbot: gr.Chatbot
    after: gr.Markdown
    told: gr.Markdown
    why: Why
    box: gr.Textbox
    ask: gr.Button
    stop: gr.Button
    new: gr.Button
    meaning: gr.Accordion
    filters: list[Any]
    acted: gr.Textbox
    again: gr.Textbox
    hand: gr.Textbox
    exported: gr.Textbox
    panel: gr.Markdown

    @property
    def view(self) -> list[Any]:
        """What shows a conversation, in the order of `Replies`."""
        return [
            self.chatbot, self.panel, self.talk, self.here, self.after, self.told, self.box, self.ask, self.stop
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Why:
    """Where a reader says why an answer is good or bad."""

    row: gr.Row
    text: gr.Textbox
    save: gr.Button
    close: gr.Button


def build(archive: Archive, asking: Asking, words: Words = ENGLISH) -> Desk:
    parts, replies = _laid_out(archive, words), Replies(archive, asking, words)
    running = _wire_asking(parts, replies)
    _wire_acts(parts, replies)
    _wire_conversations(parts, replies, running)
    drawers.wire(parts.drawer)
    return Desk(
        parts.chatbot, parts.filters[OUTLETS], parts.talk, [*parts.view, *parts.drawer.listing], replies.loaded
    )  # fmt: skip


def _laid_out(archive: Archive, words: Words) -> Parts:
    talk = gr.State(None)
    with gr.Row(elem_id="dl-desk"):
        drawer = drawers.build(words)
        with gr.Column(scale=7, min_width=320, elem_id="dl-left"):
            here = gr.Markdown("", elem_id="dl-here", sanitize_html=True, latex_delimiters=[])
            chatbot = gr.Chatbot(
                elem_id="dl-chat", label=words.conversation, show_label=False, height="", layout="panel", buttons=[],
                sanitize_html=True, latex_delimiters=[], feedback_options=None, autoscroll=False,
                group_consecutive_messages=False, allow_tags=False, container=False,
                placeholder=welcome_html(words, looking=True),
            )  # fmt: skip
            after = gr.Markdown("", elem_id="dl-next", sanitize_html=True, latex_delimiters=[])
            told = gr.Markdown("", elem_id="dl-told", sanitize_html=True, latex_delimiters=[])
            why = _why(words)
            with gr.Row(elem_id="dl-ask"):
                box = gr.Textbox(
                    label=words.question, placeholder=words.question_hint, lines=1, max_lines=5, scale=8,
                    max_length=LONGEST_QUESTION, autofocus=True, elem_id="dl-question", show_label=False,
                )  # fmt: skip
                ask = gr.Button(words.ask, variant="primary", scale=1, min_width=72, elem_id="dl-send")
                stop = gr.Button(words.stop, variant="stop", scale=1, min_width=72, visible=False, elem_id="dl-stop")
                new = gr.Button(words.new, variant="secondary", scale=1, min_width=72, elem_id="dl-new")
            meaning, filters = _filters(words)
            acted, again, hand = (
                gr.Textbox(elem_id=id, elem_classes="dl-bridge", show_label=False, container=False, lines=1)
                for id in ("dl-acted", "dl-again", "dl-hand")
            )
            exported = export.build(archive, talk, hand, words)
        with gr.Column(scale=5, min_width=320, elem_id="dl-right"):
            panel = gr.Markdown(empty_html(words), elem_id="dl-evidence", sanitize_html=True, latex_delimiters=[])
            sheet.build(archive, "chat", given, talk, words)
    return Parts(
        talk, drawer, here, chatbot, after, told, why, box, ask, stop, new, meaning, filters, acted, again, hand, exported, panel
    )  # fmt: skip


def _why(words: Words) -> Why:
    with gr.Row(visible=False, elem_id="dl-why") as row:
        text = gr.Textbox(
            label=words.why, placeholder=words.why_hint, show_label=False, lines=1,
            max_lines=3, max_length=LONGEST_WHY, scale=8, min_width=120, elem_id="dl-why-text",
        )  # fmt: skip
        save = gr.Button(words.save, variant="primary", scale=1, min_width=72, elem_id="dl-why-save")
        close = gr.Button(words.close, variant="secondary", scale=1, min_width=72, elem_id="dl-why-close")
    return Why(row, text, save, close)


def _wire_asking(parts: Parts, replies: Replies) -> list[Any]:
    """Everything that asks a question; the events, so that others can cancel them. They wait in the window's own line."""
    fields = [parts.talk, *parts.filters]
    asked: dict[str, Any] = {**QUIET, "trigger_mode": "once", "concurrency_limit": None}
    running = [
        gr.on([parts.ask.click, parts.box.submit], replies.typed, [parts.box, *fields], parts.view, **asked),
        parts.chatbot.example_select(replies.example, fields, parts.view, **asked),
        parts.again.change(replies.repeated, [parts.again, *fields], parts.view, **asked),
    ]
    for one in running:
        followed = one.then(replies.followed, parts.talk, parts.after, **QUIET)
        followed.then(replies.listed, [parts.drawer.find, parts.talk], parts.drawer.listing, **QUIET)
    parts.stop.click(replies.stopped, None, None, **AT_ONCE)
    return running


def _wire_acts(parts: Parts, replies: Replies) -> None:
    """The buttons below answers, and what a reader says of one."""
    why, talk = parts.why, parts.talk
    done = [parts.chatbot, talk, parts.told, parts.box, parts.hand, why.row, why.text]
    parts.acted.change(replies.do, [parts.acted, talk], done, **AT_ONCE)
    parts.acted.change(replies.refine, [parts.acted, talk], [parts.meaning, *parts.filters], **AT_ONCE)
    gr.on([why.save.click, why.text.submit], replies.explained, [why.text, talk], [why.row, parts.told], **AT_ONCE)
    why.close.click(lambda: gr.Row(visible=False), None, why.row, **AT_ONCE)


def _wire_conversations(parts: Parts, replies: Replies, running: list[Any]) -> None:
    """Beginning, opening, renaming and deleting conversations, which ends what is being asked."""
    drawer, talk, view = parts.drawer, parts.talk, parts.view
    listing = [drawer.find, talk]
    changes = [
        parts.new.click(replies.begun, None, view, cancels=running, **AT_ONCE),
        drawer.rows.input(replies.chosen, drawer.rows, view, cancels=running, **AT_ONCE),
        drawer.yes.click(replies.deleted, talk, view, cancels=running, **AT_ONCE),
        gr.on(
            [drawer.save.click, drawer.name.submit], replies.named, [drawer.name, talk], [talk, parts.here, parts.told], **AT_ONCE
        ),
    ]  # fmt: skip
    for change in changes:
        change.then(replies.listed, listing, drawer.listing, **AT_ONCE)
    drawer.find.change(replies.listed, listing, drawer.listing, **AT_ONCE)
    drawer.rename.click(lambda held: held.title if held is not None else "", talk, drawer.name, **AT_ONCE)
    asks = (parts.ask.click, parts.box.submit, parts.chatbot.example_select, parts.again.change)
    for event in (*asks, parts.new.click, drawer.rows.input):
        # what they show is of other answers
        event(lambda: ("", gr.Row(visible=False)), None, [parts.exported, parts.why.row], **AT_ONCE)


def _filters(words: Words) -> tuple[gr.Accordion, list[Any]]:
    """The fields by which a reader says what the question means; empty, it is understood as it stands."""
    with gr.Accordion(words.meaning, open=False, elem_id="dl-filters") as meaning:
        with gr.Row():
            days = [
                gr.Textbox(label=label, placeholder=f"2024-{day}", min_width=120, max_length=10)
                for label, day in (
                    (words.published_from, "11-01"),
                    (words.published_until, "11-30"),
                    (words.as_of, "12-31"),
                )
            ]
        with gr.Row():
            names = [
                gr.Dropdown(label=label, multiselect=True, choices=[], allow_custom_value=True, min_width=160)
                for label in (words.outlets, words.authors)
            ]
            kind = gr.Dropdown(
                label=words.kind,
                choices=[(words.as_asked, ""), *((called, kind) for kind, called in kinds(words).items())],
                value="",
                min_width=120,
            )
    return meaning, [*days, *names, kind]


def outlets_of(archive: Archive) -> Any:
    return gr.Dropdown(choices=list(archive.coverage().sources))


def shown(archive: Archive, questions: list[str], words: Words = ENGLISH) -> Any:
    """What stands before the first question, with these examples, for the chat that `build` returned."""
    welcome = welcome_html(words, empty=not archive.coverage().articles)
    return gr.Chatbot(examples=[{"text": q} for q in questions], placeholder=welcome)
