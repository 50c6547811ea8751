"""The tab of settings: what is in force and how each is set, and a test that says what is wrong with the chat model.

No key is shown or sent to the page: of a secret it is said whether it is set.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import DatelineError
from rag.settings import PREFIX
from window.choices import PASSAGES, choices_of
from window.markup import note, text_html
from window.words import ENGLISH, LOCALES, Words, words_of

if TYPE_CHECKING:
    from rag.archive import Archive

# What who asks may want to know; folders and limits of this machine are its keeper's business.
SHOWN: Sequence[str] = (
    "model", "model_url", "model_key", "deadline", "passages", "passages_per_article", "evidence_words", "abstain_below",
    "show_unsupported", "rerank", "embedder", "language",
)  # fmt: skip
SECONDS = 20.0  # that the test waits for a word
ASKED = (("system", "You are being tested."), ("human", "Answer with the single word: ready"))


def build(archive: Archive, words: Words = ENGLISH) -> list[gr.Radio]:
    """The tab's content; what `chosen` updates of it."""
    with gr.Column(elem_id="dl-choices"):
        gr.Markdown(
            f'<div class="dl-panel"><h2>{words.your_choices}</h2><p>{words.your_choices_more}</p></div>',
            sanitize_html=True, latex_delimiters=[],
        )  # fmt: skip
        radios = _radios(archive, words)
    gr.Markdown(settings_html(archive, words), elem_id="dl-settings", sanitize_html=True, latex_delimiters=[])
    with gr.Row():
        test = gr.Button(words.test_model, variant="secondary", scale=0, min_width=200, elem_id="dl-test-model")
    told = gr.Markdown("", elem_id="dl-tested", sanitize_html=True, latex_delimiters=[])
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    waiting = test.click(
        lambda: (note(words.testing_model, words=words), gr.Button(interactive=False)), None, [told, test], queue=False, **quiet
    )  # fmt: skip
    waiting.then(lambda: (trial(archive, words), gr.Button(interactive=True)), None, [told, test], **quiet)
    return radios


def _radios(archive: Archive, words: Words) -> list[gr.Radio]:
    """The choices, in the order of `chosen`, and the language; window.js keeps each in a cookie of its name."""
    own = archive.settings
    models = [(own.model, "chat")] if own.model is not None else []
    passages = sorted({*PASSAGES, own.passages})
    made = [
        gr.Radio(label=label, info=info, choices=offered, value=value, interactive=True, elem_id=f"dl-choose-{name}")
        for name, label, info, offered, value in (
            ("passages", words.choose_passages, None, [(str(n), str(n)) for n in passages], str(own.passages)),
            ("support", words.choose_support, words.choose_support_more,
             [(words.support_lenient, "lenient"), (words.support_usual, "usual"), (words.support_strict, "strict")], "usual"),
            ("model", words.choose_model, words.choose_model_more, [*models, (words.model_embedded, "embedded")],
             "chat" if models else "embedded"),
            ("theme", words.choose_theme, None,
             [(words.theme_system, "system"), (words.theme_light, "light"), (words.theme_dark, "dark")], "system"),
            ("language", words.language, None, [(words_of(code).name, code) for code in LOCALES], words.code),
        )
    ]  # fmt: skip
    return made[:-1]


def chosen(request: gr.Request) -> tuple[Any, ...]:
    """What this browser has chosen, for the radios that `build` gave."""
    choices = choices_of(request.cookies)
    passages = gr.skip() if choices.passages is None else str(choices.passages)
    return passages, choices.support, gr.skip() if choices.model is None else choices.model, choices.theme


def settings_html(archive: Archive, words: Words = ENGLISH) -> str:
    """What is in force, and the variable that sets it."""
    known = {f.name: f for f in fields(archive.settings)}
    rows = []
    for name in SHOWN:
        f, value = known[name], getattr(archive.settings, name)
        secret = f.metadata["secret"]
        shown = words.unset if value is None else words.set if secret else f"{value}"
        doc = getattr(words, f"setting_{name}")
        rows.append(
            f"<tr><th>{text_html(shown)}</th><td>{text_html(doc)}<br>"
            f"<span class='dl-place'>{PREFIX}{name.upper()}</span></td></tr>"
        )
    return f'<div class="dl-panel"><h2>{words.in_force}</h2><p>{words.in_force_more}</p><table class="dl-table dl-set">{"".join(rows)}</table></div>'


def trial(archive: Archive, words: Words = ENGLISH) -> str:
    """Asks the chat model for one word; what came of it, or what is wrong and what to do."""
    started = time.monotonic()
    try:
        model = archive.model
        if model is None:
            return note(words.no_model, words=words)
        model.complete(ASKED, deadline=min(SECONDS, archive.settings.deadline))
    except DatelineError as e:
        return note(f"{e}", "error", words)
    said = words.model_here if model.local else words.model_there
    took = words.seconds(time.monotonic() - started)
    return note(said.format(model=model.name, place=model.place, seconds=took), words=words)
