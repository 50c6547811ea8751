"""The drawer of kept conversations beside the chat: the list, searching, and renaming or deleting the open one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import DatelineError
from rag.store.conversations import LONGEST_TITLE
from window.kept import label
from window.markup import note
from window.talk import Talk
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive


@dataclass(frozen=True, slots=True)
class Drawer:
    """Its parts. `listing` is what `listed` updates."""

    find: gr.Textbox
    rows: gr.Radio
    told: gr.Markdown
    open: gr.Row
    rename: gr.Button
    delete: gr.Button
    naming: gr.Row
    name: gr.Textbox
    save: gr.Button
    sure: gr.Row
    yes: gr.Button
    no: gr.Button

    @property
    def listing(self) -> list[Any]:
        return [self.rows, self.told, self.open, self.naming, self.sure]


def owner(request: gr.Request) -> str:
    """Whose conversations these are: the name that was logged in with, "" where none is asked for."""
    return str(getattr(request, "username", None) or "")


def build(words: Words = ENGLISH) -> Drawer:
    with gr.Column(elem_id="dl-talks", min_width=0):
        find = gr.Textbox(
            label=words.search_conversations, placeholder=words.search_conversations, show_label=False, max_length=200,
            elem_id="dl-talks-find",
        )  # fmt: skip
        told = gr.Markdown("", elem_id="dl-talks-told", sanitize_html=True, latex_delimiters=[])
        rows = gr.Radio(label=words.conversations_newest, choices=[], elem_id="dl-talks-list")
        with gr.Row(visible=False, elem_id="dl-talks-open") as open:
            rename = gr.Button(words.rename, size="sm", min_width=80, elem_id="dl-rename")
            delete = gr.Button(words.delete, variant="stop", size="sm", min_width=80, elem_id="dl-delete")
        with gr.Row(visible=False, elem_id="dl-naming") as naming:
            name = gr.Textbox(
                label=words.name_of_conversation, max_length=LONGEST_TITLE, lines=1, max_lines=3, elem_id="dl-name"
            )
            save = gr.Button(words.save, variant="primary", size="sm", min_width=72, elem_id="dl-name-save")
        with gr.Row(visible=False, elem_id="dl-sure") as sure:
            yes = gr.Button(words.delete_for_good, variant="stop", size="sm", min_width=140, elem_id="dl-delete-yes")
            no = gr.Button(words.keep_it, size="sm", min_width=80, elem_id="dl-delete-no")
    return Drawer(find, rows, told, open, rename, delete, naming, name, save, sure, yes, no)


def listed(archive: Archive, search: str, talk: Talk | None, owner: str, words: Words = ENGLISH) -> tuple[Any, ...]:
    """The list for `Drawer.listing`, the open conversation chosen in it."""
    id = talk.id if talk is not None else None
    try:
        found = archive.conversations.list(search or "", owner=owner)
    except DatelineError as e:
        return gr.Radio(choices=[]), note(f"{e}.", "error", words), *_parts(False)
    choices = [(label(one, words), one.id) for one in found]
    told = "" if choices else words.conversation_not_found if (search or "").strip() else words.no_conversation
    chosen = id if any(one.id == id for one in found) else None
    return gr.Radio(choices=choices, value=chosen, visible=bool(choices)), told, *_parts(id is not None)


def renamed(archive: Archive, talk: Talk | None, name: str, owner: str) -> None:
    """Give the open conversation another name; an empty one changes nothing."""
    if talk is not None and talk.id is not None and archive.conversations.rename(talk.id, name, owner=owner):
        kept = archive.conversations.open(talk.id, owner=owner)
        talk.title = kept.title if kept is not None else talk.title


def wire(drawer: Drawer) -> None:
    """What needs no more than the drawer itself: asking before something is deleted."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    parts = [drawer.open, drawer.naming, drawer.sure]
    drawer.rename.click(lambda: _parts(False, naming=True), None, parts, **quiet)
    drawer.delete.click(lambda: _parts(False, sure=True), None, parts, **quiet)
    drawer.no.click(lambda: _parts(True), None, parts, **quiet)


def _parts(open: bool, *, naming: bool = False, sure: bool = False) -> tuple[Any, ...]:
    return gr.Row(visible=open), gr.Row(visible=naming), gr.Row(visible=sure)
