"""The tab of articles: adding them, the list with its search and chart, reading one, taking one out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from window import sheet, wishes
from window.keeper import Keeper
from window.library import View, forget
from window.markup import note
from window.pasted import LONGEST
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.types import Answer

QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
EVERY = 5  # seconds between two looks whether somebody else has changed the archive


@dataclass(frozen=True, slots=True)
class Shelf:
    """What the page needs of the tab: the events after which the archive has changed, how to list it anew, and what only
    editors see."""

    changes: Sequence[Any]
    refresh: Callable[..., tuple[Any, ...]]
    inputs: Sequence[Any]
    outputs: Sequence[Any]
    editing: gr.Accordion


def build(
    archive: Archive, answers: Callable[[Any], Sequence[Answer]] = lambda held: (), held: Any = None,
    may_edit: Callable[[gr.Request], bool] = lambda request: True, words: Words = ENGLISH,
) -> Shelf:  # fmt: skip
    """The tab. `held` is the state of the conversation, if any, whose `answers` mark what they cited of an article."""
    parts, keeper = _laid_out(archive, answers, held, words), Keeper(archive, words, may_edit)
    changed = _wire_adding(parts, keeper, words)
    taken, undone = _wire_reading(parts, keeper)
    _wire_listing(parts, keeper)
    gr.Timer(EVERY).tick(keeper.look, [parts.seen, *parts.state], parts.outputs, queue=False, **QUIET)
    return Shelf((changed, taken, undone), keeper.refresh, parts.state, parts.outputs, parts.form.whole)


@dataclass(frozen=True, slots=True)
class _Parts:
    """The tab's components."""

    view: gr.State
    seen: gr.State  # the generation of the archive that the list shows
    bin: gr.State  # what was removed in this page, newest first
    form: _Form
    status: gr.Markdown
    finding: list[Any]
    chart: gr.Markdown
    rows: gr.Markdown
    back: gr.Button
    place: gr.Markdown
    on: gr.Button
    sheet: sheet.Sheet
    remove: gr.Button
    wishes: tuple[gr.Textbox, gr.Textbox]  # for rows, an undo

    @property
    def state(self) -> list[Any]:
        """What says which articles are listed."""
        return [self.view, self.sheet.chosen, *self.finding]

    @property
    def listing(self) -> list[Any]:
        return [self.rows, self.view, self.back, self.place, self.on]

    @property
    def outputs(self) -> list[Any]:
        """What is shown anew when the archive has changed, in the order of `Keeper.refresh`."""
        return [*self.listing, self.chart, self.finding[1], self.finding[2], self.seen]


def _laid_out(archive: Archive, answers: Callable[[Any], Sequence[Answer]], held: Any, words: Words) -> _Parts:
    view, seen = gr.State(View()), gr.State(-1)
    bin = gr.State([], delete_callback=forget)
    asked = wishes.field("rows"), wishes.field("undo")
    with gr.Row(elem_id="dl-shelf"):
        with gr.Column(scale=7, min_width=320):
            form = _form(words)
            status = gr.Markdown("", elem_id="dl-status", sanitize_html=True, latex_delimiters=[])
            finding = _finding(words)
            chart = _markdown("dl-timeline")
            rows = _markdown("dl-list")
            with gr.Row(elem_id="dl-pages"):
                back = gr.Button(words.previous, min_width=80, interactive=False)
                place = _markdown("dl-place")
                on = gr.Button(words.next, min_width=80, interactive=False)
        with gr.Column(scale=5, min_width=320, elem_id="dl-reading"):
            article = sheet.build(archive, "list", answers, held, words)
            remove = gr.Button(words.remove, variant="stop", visible=False, elem_id="dl-remove")
    return _Parts(
        view, seen, bin, form, status, finding, chart, rows, back, place, on, article, remove, asked
    )  # fmt: skip


def _wire_adding(parts: _Parts, keeper: Keeper, words: Words) -> Any:
    form, status = parts.form, parts.status
    waiting = form.add.click(
        lambda: (note(words.waiting_turn, words=words), gr.Button(interactive=False)), None, [status, form.add], queue=False, **QUIET
    )  # fmt: skip
    shown = [status, *form.given, form.add, form.cancel]
    form.cancel.click(keeper.cancel, None, form.cancel, queue=False, **QUIET)
    return waiting.then(keeper.bring, form.given, shown, concurrency_limit=1, **QUIET)


def _wire_reading(parts: _Parts, keeper: Keeper) -> tuple[Any, Any]:
    """Opening an article, taking it out and putting it back; the two events that change the archive."""
    _, undo = parts.wishes
    chosen = parts.sheet.chosen
    reading = [parts.status, parts.sheet.view, chosen, parts.remove, parts.bin]
    parts.sheet.opened.then(keeper.removable, chosen, parts.remove, **QUIET)
    taken = parts.remove.click(keeper.take, [chosen, parts.bin], reading, **QUIET)
    return taken, undo.change(keeper.undo, [undo, parts.bin], reading, **QUIET)


def _wire_listing(parts: _Parts, keeper: Keeper) -> None:
    rows, *_ = parts.wishes
    rows.change(keeper.pressed, [rows, *parts.state], parts.listing, **QUIET)
    fields = [f.change for f in parts.finding]
    gr.on(fields, keeper.sought, parts.state, [*parts.listing, parts.chart], trigger_mode="always_last", **QUIET)
    parts.back.click(keeper.turned(-1), parts.state, parts.listing, **QUIET)
    parts.on.click(keeper.turned(1), parts.state, parts.listing, **QUIET)


@dataclass(frozen=True, slots=True)
class _Form:
    """The fields for adding articles, in what folds them away."""

    whole: gr.Accordion
    files: gr.File
    text: gr.Textbox
    title: gr.Textbox
    outlet: gr.Textbox
    day: gr.Textbox
    addresses: gr.Textbox
    add: gr.Button
    cancel: gr.Button

    @property
    def given(self) -> list[Any]:
        """What is to be added, in the order of `Keeper.bring`."""
        return [self.files, self.text, self.title, self.outlet, self.day, self.addresses]


def _form(words: Words) -> _Form:
    with gr.Accordion(words.add_articles, open=False, elem_id="dl-add") as whole:
        with gr.Tabs(elem_id="dl-ways"):
            with gr.Tab(words.way_files):
                files = gr.File(
                    label=words.files_label, file_count="multiple", height=130,
                    elem_id="dl-files",
                )  # fmt: skip
            with gr.Tab(words.way_text):
                text = gr.Textbox(
                    label=words.text_label, lines=5, max_lines=12, max_length=LONGEST, elem_id="dl-pasted"
                )
                with gr.Row():
                    title = gr.Textbox(
                        label=words.title_optional, max_length=300, min_width=180, scale=2, elem_id="dl-title"
                    )
                    outlet = gr.Textbox(label=words.outlet_optional, max_length=120, min_width=120, elem_id="dl-outlet")
                    day = gr.Textbox(
                        label=words.date_optional,
                        placeholder="2024-11-19",
                        max_length=40,
                        min_width=120,
                        elem_id="dl-day",
                    )
            with gr.Tab(words.way_addresses):
                addresses = gr.Textbox(
                    label=words.addresses_label, lines=3, max_lines=8, elem_id="dl-addresses",
                    placeholder="https://…", max_length=20000,
                )  # fmt: skip
        with gr.Row():
            add = gr.Button(words.add_to_archive, variant="primary", elem_id="dl-add-button")
            cancel = gr.Button(words.cancel, variant="stop", visible=False, elem_id="dl-cancel")
    return _Form(whole, files, text, title, outlet, day, addresses, add, cancel)


def _finding(words: Words) -> list[Any]:
    """The fields that say which articles are listed, in the order of `_wanted`."""
    with gr.Row(elem_id="dl-find"):
        sought = gr.Textbox(
            label=words.search_articles, max_length=200, elem_id="dl-words",
            placeholder="floods “direct flights” not rain",
        )  # fmt: skip
    with gr.Row(elem_id="dl-narrow"):
        outlets = gr.Dropdown(
            label=words.outlets, multiselect=True, choices=[], min_width=130, scale=3, elem_id="dl-outlets"
        )
        languages = gr.Dropdown(
            label=words.languages, multiselect=True, choices=[], min_width=110, scale=2, elem_id="dl-languages"
        )
        days = [
            gr.Textbox(label=label, placeholder=f"2024-{day}", min_width=104, max_length=10, elem_id=id)
            for label, day, id in ((words.since, "11-01", "dl-after"), (words.until, "11-30", "dl-before"))
        ]
    return [sought, outlets, languages, *days]


def _markdown(id: str) -> gr.Markdown:
    return gr.Markdown("", elem_id=id, sanitize_html=True, latex_delimiters=[])
