"""The tab of articles: adding them by upload or address, the list, reading one, taking one out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import DatelineError
from window.articles import NOTHING, article_html, row_label
from window.library import PAGE, brought, listed, removed
from window.markup import note, several

if TYPE_CHECKING:
    from rag.archive import Archive


def build(archive: Archive) -> tuple[list[gr.components.Component], Any]:
    """The tab; the components that `refreshed` updates, and the event after which the archive has changed."""
    page = gr.State(0)
    with gr.Row(elem_id="dl-shelf"):
        with gr.Column(scale=7, min_width=320):
            with gr.Accordion("Add articles", open=False, elem_id="dl-add"):
                files = gr.File(
                    label="Files (25 MB each at most)", file_count="multiple", height=130, elem_id="dl-files"
                )
                typed = gr.Textbox(
                    label="Addresses of pages or feeds, one a line", lines=1, max_lines=6, elem_id="dl-addresses",
                    placeholder="https://…", max_length=20000,
                )  # fmt: skip
                add = gr.Button("Add to the archive", variant="primary", elem_id="dl-add-button")
            status = gr.Markdown("", elem_id="dl-status", sanitize_html=True, latex_delimiters=[])
            with gr.Row(elem_id="dl-find"):
                words = gr.Textbox(label="Words of the title", min_width=140, max_length=200, elem_id="dl-words")
                outlets = gr.Dropdown(
                    label="Outlets", multiselect=True, choices=[], allow_custom_value=True, min_width=160
                )
            rows = gr.Radio(label="Articles, newest first", choices=[], elem_id="dl-list")
            with gr.Row(elem_id="dl-pages"):
                back = gr.Button("Newer", min_width=80, interactive=False)
                place = gr.Markdown("", elem_id="dl-place", sanitize_html=True, latex_delimiters=[])
                on = gr.Button("Older", min_width=80, interactive=False)
        with gr.Column(scale=5, min_width=320, elem_id="dl-reading"):
            view = gr.Markdown(NOTHING, elem_id="dl-view", sanitize_html=True, latex_delimiters=[])
            remove = gr.Button("Remove from the archive", variant="stop", visible=False, elem_id="dl-remove")
            with gr.Row(visible=False) as sure:
                yes = gr.Button("Yes, remove it", variant="stop", min_width=120, elem_id="dl-remove-yes")
                no = gr.Button("Keep it", min_width=120)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    listing = [rows, page, back, place, on]
    reading = [view, remove, sure]

    def show(words: str, outlets: list[str], at: int) -> tuple[Any, ...]:
        return _listing(archive, words, outlets, at)

    def read(id: str | None) -> tuple[Any, ...]:
        article = archive.article(id) if id else None
        if article is None:
            return NOTHING, gr.Button(visible=False), gr.Row(visible=False)
        return article_html(article, archive.changes(article.id)), gr.Button(visible=True), gr.Row(visible=False)

    def take(id: str | None) -> str:
        try:
            gone = removed(archive, id or "")
        except DatelineError as e:
            return note(str(e), "error")
        return note(f"“{gone.title}” was removed." if gone else "The article was gone already.")

    def bring(uploads: list[str] | None, text: str) -> Iterator[tuple[Any, ...]]:
        yield note("Looking at what was given …"), gr.skip(), gr.skip(), gr.Button(interactive=False)
        done = False
        for html, finished in brought(archive, uploads or [], text):
            done = finished
            yield html, gr.skip(), gr.skip(), gr.skip()
        kept = (gr.skip(), gr.skip()) if not done else (None, "")
        yield gr.skip(), *kept, gr.Button(interactive=True)

    changed = add.click(bring, [files, typed], [status, files, typed, add], concurrency_limit=1, **quiet)
    rows.change(read, rows, reading, **quiet)
    remove.click(lambda: (gr.Button(visible=False), gr.Row(visible=True)), None, [remove, sure], queue=False, **quiet)
    no.click(lambda: (gr.Button(visible=True), gr.Row(visible=False)), None, [remove, sure], queue=False, **quiet)
    taken = yes.click(take, rows, status, **quiet)
    gr.on([words.change, outlets.change], lambda w, o: show(w, o, 0), [words, outlets], listing, **quiet)
    back.click(lambda w, o, p: show(w, o, p - 1), [words, outlets, page], listing, **quiet)
    on.click(lambda w, o, p: show(w, o, p + 1), [words, outlets, page], listing, **quiet)
    return [*listing, outlets], (changed, taken)


def refreshed(archive: Archive) -> tuple[Any, ...]:
    """The first page of the list and the outlets, for what `build` returned."""
    return *_listing(archive, "", [], 0), gr.Dropdown(choices=list(archive.coverage().sources), value=[])


def _listing(archive: Archive, words: str, outlets: list[str], at: int) -> tuple[Any, ...]:
    at = max(0, at)
    articles, total = listed(archive, words, outlets or [], at)
    first, last = at * PAGE + 1, at * PAGE + len(articles)
    place = f'<div class="dl-place">{first:,} to {last:,} of {several(total, "article")}</div>'
    return (
        gr.Radio(choices=[(row_label(a), a.id) for a in articles], value=None),
        at,
        gr.Button(interactive=at > 0),
        place if articles else '<div class="dl-place">No articles</div>',
        gr.Button(interactive=last < total),
    )
