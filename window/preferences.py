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
from window.markup import note, text_html

if TYPE_CHECKING:
    from rag.archive import Archive

# What who asks may want to know; folders and limits of this machine are its keeper's business.
SHOWN: Sequence[str] = (
    "model", "model_url", "model_key", "deadline", "passages", "passages_per_article", "evidence_words", "abstain_below",
    "rerank", "embedder",
)  # fmt: skip
SECONDS = 20.0  # that the test waits for a word
ASKED = (("system", "You are being tested."), ("human", "Answer with the single word: ready"))


def build(archive: Archive) -> None:
    """The tab's content."""
    gr.Markdown(settings_html(archive), elem_id="dl-settings", sanitize_html=True, latex_delimiters=[])
    with gr.Row():
        test = gr.Button("Test the chat model", variant="secondary", scale=0, min_width=200, elem_id="dl-test-model")
    told = gr.Markdown("", elem_id="dl-tested", sanitize_html=True, latex_delimiters=[])
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    waiting = test.click(
        lambda: (note("Asking the model for one word …"), gr.Button(interactive=False)), None, [told, test], queue=False, **quiet
    )  # fmt: skip
    waiting.then(lambda: (trial(archive), gr.Button(interactive=True)), None, [told, test], **quiet)


def settings_html(archive: Archive) -> str:
    """What is in force, and the variable that sets it."""
    known = {f.name: f for f in fields(archive.settings)}
    rows = []
    for name in SHOWN:
        f, value = known[name], getattr(archive.settings, name)
        shown = ("set" if value else "unset") if f.metadata["secret"] else "unset" if value is None else f"{value}"
        doc = f.metadata["doc"].replace("`", "")
        rows.append(
            f"<tr><th>{text_html(shown)}</th><td>{text_html(doc)}<br>"
            f"<span class='dl-place'>{PREFIX}{name.upper()}</span></td></tr>"
        )
    return (
        '<div class="dl-panel"><h2>Settings</h2><p>In force since the window was started; each is set by its variable, '
        f'or its line in dateline.toml.</p><table class="dl-table dl-set">{"".join(rows)}</table></div>'
    )


def trial(archive: Archive) -> str:
    """Asks the chat model for one word; what came of it, or what is wrong and what to do."""
    started = time.monotonic()
    try:
        model = archive.model
        if model is None:
            return note(
                "No chat model is set: answers are in the articles’ own words, and nothing leaves this machine. "
                "DATELINE_MODEL=provider:name sets one."
            )
        model.complete(ASKED, deadline=min(SECONDS, archive.settings.deadline))
    except DatelineError as e:
        return note(f"{e}", "error")
    where = "on this machine" if model.local else f"at {model.place}"
    return note(f"{model.name} {where} answered in {time.monotonic() - started:.1f} s.")
