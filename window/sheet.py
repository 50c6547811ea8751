"""The sheet that an article is read on: one beside the chat, one beside the list of articles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from window import wishes
from window.articles import Place, nothing_html
from window.library import reading
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.types import Answer

VIEWS: dict[Place, str] = {"chat": "dl-beside", "list": "dl-view"}
WISHES: dict[Place, str] = {"chat": "beside", "list": "article"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """`view` shows the article whose id `chosen` holds; `opened` is the event after which both have changed."""

    view: gr.Markdown
    chosen: gr.State
    opened: Any


def build(
    archive: Archive, place: Place, answers: Callable[[Any], Sequence[Answer]], held: Any = None, words: Words = ENGLISH
) -> Sheet:
    """An empty sheet, which links to "#dl/article/ID/SPAN" of its tab fill.

    `held` is the state of the conversation, if any, whose `answers` mark what they cited of an article.
    """
    chosen, wish = gr.State(""), wishes.field(WISHES[place])
    with gr.Column(elem_id=f"dl-{place}-sheet"):
        if place == "chat":  # it takes the place of the evidence until it is closed, which window.js does
            gr.Button(words.close_article, size="sm", elem_id="dl-close")
        view = gr.Markdown(nothing_html(words), elem_id=VIEWS[place], sanitize_html=True, latex_delimiters=[])

    def read(written: str, talk: Any) -> tuple[str, str]:
        id, _, at = wishes.wish(written).partition("/")
        return reading(archive, id, answers(talk), _span(at), words, place), id

    given = [wish, held if held is not None else gr.State(None)]
    opened = wish.change(read, given, [view, chosen], show_progress="hidden", api_visibility="private")
    return Sheet(view, chosen, opened)


def _span(text: str) -> tuple[int, int] | None:
    """_span("120-168") -> (120, 168); None for anything else."""
    start, _, end = text.partition("-")
    return (int(start), int(end)) if start.isdecimal() and end.isdecimal() else None
