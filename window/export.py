"""The conversation as text to copy or to download: in the forms that the command and the Python API give."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag import export
from rag.text import words as split
from rag.types import Answer, Article
from window.evidence import file_name
from window.markup import is_web
from window.talk import Talk
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Form:
    """How answers are written, and what a file of it is called."""

    write: Callable[[Sequence[Answer]], str]
    suffix: str
    type: str


FORMS: Mapping[str, Form] = {
    "Markdown": Form(export.markdown, ".md", "text/markdown"),
    "HTML": Form(export.page, ".html", "text/html"),
    "JSON": Form(lambda answers: _json({"answers": [a.to_dict() for a in answers]}), ".json", "application/json"),
    "BibTeX": Form(export.bibtex, ".bib", "application/x-bibtex"),
    "CSL-JSON": Form(lambda answers: _json(export.csl(answers)), ".csl.json", "application/json"),
}


def text(form: str, talk: Talk | None, archive: Archive | None = None) -> str:
    """All answers of this conversation in one of FORMS, those too that the window holds no more; empty for none."""
    held = _held(talk, archive) if talk is not None else []
    if not held:
        return ""
    answers = [shared(answer) for answer, _, _ in held]
    if form != "JSON":
        return FORMS[form].write(answers)
    judged = [
        answer.to_dict() | ({"feedback": {"verdict": verdict, "why": why}} if verdict else {})
        for answer, (_, verdict, why) in zip(answers, held, strict=True)
    ]
    return _json({"answers": judged})


def one(answer: Answer) -> str:
    """An answer as Markdown with footnotes, for the clipboard."""
    return shared(answer).to_markdown()


def handed(do: str, text: str, name: str = "", type: str = "text/plain") -> str:
    """What window.js takes from the hidden field of this value: it copies or saves `text`. Never twice the same."""
    record = {"do": do, "text": text, "name": name, "type": type, "key": secrets.token_hex(4)}
    return json.dumps(record, ensure_ascii=False)


def name_of(talk: Talk, form: str) -> str:
    """The name of a file: "what-was-agreed.md"."""
    title = talk.title or (talk.exchanges[0].question if talk.exchanges else "")
    plain = "-".join("".join(c for c in word if c.isalnum() or c == "-") for word in split(title))
    return (plain[:LONGEST_NAME].strip("-") or "conversation") + FORMS[form].suffix


def build(archive: Archive, talk: gr.State, hand: gr.Textbox, words: Words = ENGLISH) -> gr.Textbox:
    """The fields below the question. The text stays in the page, to be copied or saved: no file of it is made here."""
    with gr.Accordion(words.export, open=False, elem_id="dl-export"):
        with gr.Row():
            form = gr.Dropdown(label=words.form, choices=list(FORMS), value="Markdown", min_width=120)
            show = gr.Button(words.show, variant="secondary", min_width=72, elem_id="dl-export-show")
            save = gr.Button(words.download, variant="secondary", min_width=72, elem_id="dl-export-save")
        shown = gr.Textbox(
            label=words.text_to_copy, lines=6, max_lines=16, interactive=False, buttons=["copy"], elem_id="dl-exported"
        )

    def saved(form: str, held: Talk | None) -> str:
        made = text(form, held, archive)
        if not made or held is None:
            return handed("nothing", "")
        return handed("save", made, name_of(held, form), FORMS[form].type)

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    show.click(lambda form, held: text(form, held, archive), [form, talk], shown, **quiet)
    save.click(saved, [form, talk], hand, **quiet)
    return shown


def _held(talk: Talk, archive: Archive | None) -> list[tuple[Answer, str | None, str]]:
    """(answer, verdict, why) of all exchanges: the kept ones, and those that could not be kept."""
    if talk.id is None or archive is None:
        return [(e.answer, e.verdict, e.why) for e in talk.exchanges if e.answer is not None]
    kept = archive.conversations.exchanges(talk.id)
    unkept = [(e.answer, e.verdict, e.why) for e in talk.exchanges if e.answer is not None and e.kept is None]
    return [*((e.answer, e.verdict, e.why) for e in kept), *unkept]


def shared(answer: Answer) -> Answer:
    """The answer without the folders of this machine: who reads the window need not know them."""
    citations = (replace(c, article=_public(c.article)) for c in answer.citations)
    return replace(answer, citations=tuple(citations))


def _public(article: Article) -> Article:
    url = article.url if is_web(article.url) else None
    return replace(article, url=url, origins=tuple(file_name(o) for o in article.origins))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
