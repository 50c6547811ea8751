"""The conversation as text to copy: in the forms that the command and the Python API give."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from rag import export
from rag.types import Answer, Article
from window.evidence import file_name
from window.markup import is_web
from window.talk import Talk

FORMS: Mapping[str, Callable[[Sequence[Answer]], str]] = {
    "Markdown": export.markdown,
    "HTML": export.page,
    "JSON": lambda answers: _json({"answers": [answer.to_dict() for answer in answers]}),
    "BibTeX": export.bibtex,
    "CSL-JSON": lambda answers: _json(export.csl(answers)),
}


def text(form: str, talk: Talk | None) -> str:
    """The answers of this conversation in one of FORMS; empty where there are none."""
    answers = [_shared(e.answer) for e in talk.exchanges if e.answer is not None] if talk is not None else []
    return FORMS[form](answers) if answers else ""


def _shared(answer: Answer) -> Answer:
    """The answer without the folders of this machine: who reads the window need not know them."""
    citations = (replace(c, article=_public(c.article)) for c in answer.citations)
    return replace(answer, citations=tuple(citations))


def _public(article: Article) -> Article:
    url = article.url if is_web(article.url) else None
    return replace(article, url=url, origins=tuple(file_name(o) for o in article.origins))


def build(talk: gr.State) -> gr.Textbox:
    """The fields below the question. The text stays in the page, to be copied: no file of it is kept."""
    with gr.Accordion("Export the conversation", open=False, elem_id="dl-export"):
        with gr.Row():
            form = gr.Dropdown(label="Form", choices=list(FORMS), value="Markdown", min_width=120)
            show = gr.Button("Show", variant="secondary", min_width=72, elem_id="dl-export-show")
        shown = gr.Textbox(
            label="Text to copy", lines=6, max_lines=16, interactive=False, buttons=["copy"], elem_id="dl-exported"
        )
    show.click(text, [form, talk], shown, show_progress="hidden", api_visibility="private")
    return shown


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
