"""What the tab of articles answers to each thing that is done in it: values for its components."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
)  # fmt: skip
from window.markup import note
from window.pasted import Pasted
from window.table import place_html, table_html
from window.words import Words

if TYPE_CHECKING:
    from rag.archive import Archive

UNDONE = 5  # removals that can be undone
GIVEN = 6  # fields of what is to be added
SHOWN = 9  # components that show the list, its chart, what it can be narrowed to and which state of the archive that is


@dataclass(frozen=True, slots=True)
class Keeper:
    """`running` is what is being added, by session."""

    archive: Archive
    words: Words
    may_edit: Callable[[gr.Request], bool]
    running: dict[str, Stop] = field(default_factory=dict)

    def show(self, view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        return _listing(self.archive, _wanted(*fields), view, chosen, self.words)

    def sought(self, view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        return *self.show(replace(view, page=0), chosen, *fields), _chart(self.archive, _wanted(*fields), self.words)

    def pressed(self, written: str, view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        return self.show(view.after(wishes.wish(written)), chosen, *fields)

    def turned(self, by: int) -> Callable[..., tuple[Any, ...]]:
        return lambda view, *rest: self.show(replace(view, page=max(0, view.page + by)), *rest)

    def removable(self, id: str, request: gr.Request) -> Any:
        return gr.Button(visible=self.may_edit(request) and self.archive.article(id) is not None)

    def take(self, id: str, bin: list[Gone], request: gr.Request) -> tuple[Any, ...]:
        if not self.may_edit(request):
            return note(self.words.may_not, "error", self.words), gr.skip(), gr.skip(), gr.skip(), bin
        try:
            gone = removed(self.archive, id)
        except DatelineError as e:
            return note(str(e), "error", self.words), gr.skip(), gr.skip(), gr.skip(), bin
        if gone is None:
            return (
                note(self.words.gone_already, words=self.words),
                nothing_html(self.words),
                "",
                gr.Button(visible=False),
                bin,
            )
        forget(bin[UNDONE - 1 :])
        bin = [gone, *bin[: UNDONE - 1]]
        return _gone(bin, self.words), nothing_html(self.words), "", gr.Button(visible=False), bin

    def undo(self, written: str, bin: list[Gone], request: gr.Request) -> tuple[Any, ...]:
        if not self.may_edit(request):
            return note(self.words.may_not, "error", self.words), gr.skip(), gr.skip(), gr.skip(), bin
        id = wishes.wish(written)
        gone = next((one for one in bin if one.removed.article.id == id), None)
        if gone is None:
            return (gr.skip(),) * 5
        try:
            back = put_back(self.archive, gone)
        except DatelineError as e:
            return note(str(e), "error", self.words), gr.skip(), gr.skip(), gr.skip(), bin
        rest = [one for one in bin if one is not gone]
        said = note(
            (self.words.is_back if back else self.words.is_back_already).format(title=gone.title), words=self.words
        )
        return (
            said + _gone(rest, self.words),
            reading(self.archive, id, words=self.words),
            id,
            gr.Button(visible=back),
            rest,
        )

    def bring(
        self, uploads: list[str] | None, text: str, title: str, outlet: str, day: str, urls: str, request: gr.Request
    ) -> Iterator[tuple[Any, ...]]:
        empty = (gr.skip(),) * GIVEN
        if not self.may_edit(request):
            yield (
                note(self.words.may_not, "error", self.words),
                *empty,
                gr.Button(interactive=True),
                gr.Button(visible=False),
            )
            return
        stop = self.running[request.session_hash or ""] = Stop()
        busy = (gr.Button(interactive=False), gr.Button(visible=True))
        yield note(self.words.looking, words=self.words), *empty, *busy
        done = False
        pasted = Pasted(text or "", title or "", outlet or "", day or "")
        try:
            for html, finished in brought(self.archive, uploads or [], urls, pasted, stop, self.words):
                done = finished
                yield html, *empty, gr.skip(), gr.skip()
        finally:
            self.running.pop(request.session_hash or "", None)
        fields = (None, "", "", "", "", "") if done else empty
        yield gr.skip(), *fields, gr.Button(interactive=True), gr.Button(visible=False)

    def cancel(self, request: gr.Request) -> Any:
        stop = self.running.get(request.session_hash or "")
        if stop is not None:
            stop.set()
        return gr.Button(visible=False)

    def refresh(self, view: View, chosen: str, *fields: Any) -> tuple[Any, ...]:
        wanted = _wanted(*fields)
        return (
            *_listing(self.archive, wanted, view, chosen, self.words),
            _chart(self.archive, wanted, self.words),
            gr.Dropdown(choices=list(self.archive.coverage().sources)),
            gr.Dropdown(choices=[(self.words.named(code), code) for code in self.archive.index.listing.languages()]),
            self.archive.index.catalog.generation,
        )

    def look(self, seen: int, *fields: Any) -> tuple[Any, ...]:
        return (gr.skip(),) * SHOWN if self.archive.index.catalog.generation == seen else self.refresh(*fields)


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


def _gone(bin: Sequence[Gone], words: Words) -> str:
    return gone_html([(gone.removed.article.id, gone.title) for gone in bin], words) if bin else ""
