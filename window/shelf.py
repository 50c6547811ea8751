"""The tab of articles: adding them, the list with its search and chart, reading one, taking one out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.background import Stop
from rag.errors import DatelineError, UsageError
from window import wishes
from window.articles import gone_html, nothing_html
from window.chart import chart_html
from window.library import (
    PAGE,
    Gone,
    View,
    Wanted,
    brought,
    counted,
    forget,
    listed,
    put_back,
    reading,
    removed,
)
from window.markup import note
from window.pasted import LONGEST, Pasted
from window.table import place_html, table_html
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.types import Answer

UNDONE = 5  # removals that can be undone
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
    view, chosen = gr.State(View()), gr.State("")
    seen = gr.State(-1)  # the generation of the archive that the list shows
    bin = gr.State([], delete_callback=forget)  # what was removed in this page, newest first
    running: dict[str, Stop] = {}  # what is being added, by session
    rows_wish, article_wish, undo_wish = (wishes.field(name) for name in ("rows", "article", "undo"))
    with gr.Row(elem_id="dl-shelf"):
        with gr.Column(scale=7, min_width=320):
            form = _form(words)
            given = [form.files, form.text, form.title, form.outlet, form.day, form.addresses]
            status = gr.Markdown("", elem_id="dl-status", sanitize_html=True, latex_delimiters=[])
            finding = _finding(words)
            chart = _markdown("dl-timeline")
            rows = _markdown("dl-list")
            with gr.Row(elem_id="dl-pages"):
                back = gr.Button(words.previous, min_width=80, interactive=False)
                place = _markdown("dl-place")
                on = gr.Button(words.next, min_width=80, interactive=False)
        with gr.Column(scale=5, min_width=320, elem_id="dl-reading"):
            article = gr.Markdown(nothing_html(words), elem_id="dl-view", sanitize_html=True, latex_delimiters=[])
            remove = gr.Button(words.remove, variant="stop", visible=False, elem_id="dl-remove")

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    listing = [rows, view, back, place, on]

    def show(view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        return _listing(archive, _wanted(*fields), view, chosen, words)

    def sought(view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        return *show(replace(view, page=0), chosen, *fields), _chart(archive, _wanted(*fields), words)

    def pressed(written: str, view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        return show(view.after(wishes.wish(written)), chosen, *fields)

    def turned(by: int) -> Callable[..., tuple[Any, ...]]:
        return lambda view, *rest: show(replace(view, page=max(0, view.page + by)), *rest)

    def read(written: str, talk: Any, request: gr.Request) -> tuple[Any, ...]:
        id, _, at = wishes.wish(written).partition("/")
        shown = reading(archive, id, answers(talk), _span(at), words)
        return shown, id, gr.Button(visible=may_edit(request) and archive.article(id) is not None)

    def take(id: str, bin: list[Gone], request: gr.Request) -> tuple[Any, ...]:
        if not may_edit(request):
            return note(words.may_not, "error", words), gr.skip(), gr.skip(), gr.skip(), bin
        try:
            gone = removed(archive, id)
        except DatelineError as e:
            return note(str(e), "error", words), gr.skip(), gr.skip(), gr.skip(), bin
        if gone is None:
            return note(words.gone_already, words=words), nothing_html(words), "", gr.Button(visible=False), bin
        forget(bin[UNDONE - 1 :])
        bin = [gone, *bin[: UNDONE - 1]]
        return _gone(bin, words), nothing_html(words), "", gr.Button(visible=False), bin

    def undo(written: str, bin: list[Gone], request: gr.Request) -> tuple[Any, ...]:
        if not may_edit(request):
            return note(words.may_not, "error", words), gr.skip(), gr.skip(), gr.skip(), bin
        id = wishes.wish(written)
        gone = next((one for one in bin if one.removed.article.id == id), None)
        if gone is None:
            return (gr.skip(),) * 5
        try:
            back = put_back(archive, gone)
        except DatelineError as e:
            return note(str(e), "error", words), gr.skip(), gr.skip(), gr.skip(), bin
        rest = [one for one in bin if one is not gone]
        said = note((words.is_back if back else words.is_back_already).format(title=gone.title), words=words)
        return said + _gone(rest, words), reading(archive, id, words=words), id, gr.Button(visible=back), rest

    def bring(
        uploads: list[str] | None, text: str, title: str, outlet: str, day: str, urls: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        empty = (gr.skip(),) * len(given)
        if not may_edit(request):
            yield note(words.may_not, "error", words), *empty, gr.Button(interactive=True), gr.Button(visible=False)
            return
        stop = running[request.session_hash or ""] = Stop()
        busy = (gr.Button(interactive=False), gr.Button(visible=True))
        yield note(words.looking, words=words), *empty, *busy
        done = False
        pasted = Pasted(text or "", title or "", outlet or "", day or "")
        try:
            for html, finished in brought(archive, uploads or [], urls, pasted, stop, words):
                done = finished
                yield html, *empty, gr.skip(), gr.skip()
        finally:
            running.pop(request.session_hash or "", None)
        fields = (None, "", "", "", "", "") if done else empty
        yield gr.skip(), *fields, gr.Button(interactive=True), gr.Button(visible=False)

    def cancel(request: gr.Request) -> Any:
        stop = running.get(request.session_hash or "")
        if stop is not None:
            stop.set()
        return gr.Button(visible=False)

    state = [view, chosen, *finding]
    waiting = form.add.click(
        lambda: (note(words.waiting_turn, words=words), gr.Button(interactive=False)), None, [status, form.add], queue=False, **quiet
    )  # fmt: skip
    changed = waiting.then(bring, given, [status, *given, form.add, form.cancel], concurrency_limit=1, **quiet)
    form.cancel.click(cancel, None, form.cancel, queue=False, **quiet)
    reading_now = [status, article, chosen, remove, bin]
    taken = remove.click(take, [chosen, bin], reading_now, **quiet)
    undone = undo_wish.change(undo, [undo_wish, bin], reading_now, **quiet)
    article_wish.change(read, [article_wish, held or gr.State(None)], [article, chosen, remove], **quiet)
    rows_wish.change(pressed, [rows_wish, *state], listing, **quiet)
    gr.on([f.change for f in finding], sought, state, [*listing, chart], trigger_mode="always_last", **quiet)
    back.click(turned(-1), state, listing, **quiet)
    on.click(turned(1), state, listing, **quiet)

    def refresh(view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        wanted = _wanted(*fields)
        return (
            *_listing(archive, wanted, view, chosen, words),
            _chart(archive, wanted, words),
            gr.Dropdown(choices=list(archive.coverage().sources)),
            gr.Dropdown(choices=[(words.named(code), code) for code in archive.index.listing.languages()]),
            archive.index.catalog.generation,
        )

    outputs = [*listing, chart, finding[1], finding[2], seen]

    def look(seen: int, *fields: Any) -> tuple[Any, ...]:
        return (gr.skip(),) * len(outputs) if archive.index.catalog.generation == seen else refresh(*fields)

    gr.Timer(EVERY).tick(look, [seen, *state], outputs, queue=False, **quiet)

    return Shelf((changed, taken, undone), refresh, state, outputs, form.whole)


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


def _wanted(words: str, outlets: list[str], languages: list[str], after: str, before: str) -> Wanted:
    return Wanted(words or "", tuple(outlets or ()), tuple(languages or ()), after or "", before or "")


def _listing(archive: Archive, wanted: Wanted, view: View, chosen: str, words: Words) -> tuple[Any, ...]:
    """The table, the view that it shows, and what is around it; the last page where the list has become shorter."""
    try:
        page = listed(archive, wanted, view, words)
        if not page.rows and page.total:
            view = replace(view, page=(page.total - 1) // PAGE)
            page = listed(archive, wanted, view, words)
    except UsageError as e:  # a day that is still being typed
        return note(str(e), words=words), view, gr.Button(interactive=False), "", gr.Button(interactive=False)
    first = view.page * PAGE + 1
    last = first + len(page.rows) - 1
    shown = table_html(page, view.sort, view.descending, chosen, words) if page.rows else _empty(archive, words)
    return (
        shown, view, gr.Button(interactive=view.page > 0), place_html(page, first, words), gr.Button(interactive=last < page.total)
    )  # fmt: skip


def _empty(archive: Archive, words: Words) -> str:
    held = archive.coverage().articles
    head, more = words.no_articles_yet, words.no_articles_more
    if held:
        head, more = words.nothing_found, words.several(held, words.nothing_found_more)
    return f'<div class="dl-nothing"><h3>{head}</h3><p>{more}</p></div>'


def _chart(archive: Archive, wanted: Wanted, words: Words) -> str:
    try:
        return chart_html(counted(archive, wanted), words)
    except UsageError:  # the list says which day is none
        return ""


def _span(text: str) -> tuple[int, int] | None:
    """_span("120-168") -> (120, 168); None for anything else."""
    start, _, end = text.partition("-")
    return (int(start), int(end)) if start.isdecimal() and end.isdecimal() else None


def _gone(bin: Sequence[Gone], words: Words) -> str:
    return gone_html([(gone.removed.article.id, gone.title) for gone in bin], words) if bin else ""


def _markdown(id: str) -> gr.Markdown:
    return gr.Markdown("", elem_id=id, sanitize_html=True, latex_delimiters=[])
