"""Links of the page that ask the server for something: "#dl/article/ID", "#dl/rows/sort.title".

window.js writes what follows the name into the hidden field of that name, with a number that makes every press a
change; `wish` takes the number off again. What arrives may come from anyone and is only ever looked up.
"""

from __future__ import annotations

from urllib.parse import unquote

import gradio as gr

LONGEST = 600  # characters


def field(name: str) -> gr.Textbox:
    """The hidden field that links to "#dl/NAME/…" write into; its `change` is the event."""
    return gr.Textbox(visible="hidden", elem_id=f"dl-wish-{name}", max_length=LONGEST, show_label=False)


def wish(written: str | None) -> str:
    """wish("sort.title 3") -> "sort.title" """
    return unquote((written or "").rpartition(" ")[0])
