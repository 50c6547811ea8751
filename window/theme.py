"""The look: paper and ink, serif headings, system fonts only, in a light and a dark edition."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from window.words import ENGLISH, Words

FOLDER = Path(__file__).parent
STYLES, SCRIPT = FOLDER / "window.css", FOLDER / "window.js"
SCRIPT_PATH = "/dateline/window.js"
SANS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Noto Sans", "Arial", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")

# one row a colour: (light, dark); window.css has the same names as --dl-…
PAPER = ("#faf8f3", "#15171a")
SHEET = ("#ffffff", "#1d2024")
INK = ("#1d1c1a", "#ebe8e1")
FAINT = ("#5f5b53", "#aaa69c")
RULE = ("#d9d4c8", "#3a3d43")
ACCENT = ("#1d4f7c", "#93bfea")
PRESSED = ("#163c5f", "#b3d3f2")
ON_ACCENT = ("#ffffff", "#10202f")
ALARM = ("#9a1f26", "#f0a3a3")

_COLOURS = {
    "body_background_fill": PAPER, "body_text_color": INK, "body_text_color_subdued": FAINT,
    "background_fill_primary": SHEET, "background_fill_secondary": PAPER,
    "block_background_fill": SHEET, "block_border_color": RULE, "block_info_text_color": FAINT,
    "block_label_text_color": FAINT, "block_label_background_fill": SHEET, "block_label_border_color": RULE,
    "block_title_text_color": FAINT, "border_color_primary": RULE, "border_color_accent": ACCENT,
    "color_accent_soft": PAPER, "panel_background_fill": PAPER, "panel_border_color": RULE,
    "input_background_fill": SHEET, "input_background_fill_focus": SHEET, "input_border_color": RULE,
    "input_border_color_focus": ACCENT, "input_placeholder_color": FAINT,
    "checkbox_label_background_fill": SHEET, "checkbox_label_background_fill_hover": PAPER,
    "checkbox_label_background_fill_selected": PAPER, "checkbox_label_text_color": INK,
    "checkbox_label_text_color_selected": INK, "checkbox_label_border_color": RULE,
    "button_primary_background_fill": ACCENT, "button_primary_background_fill_hover": PRESSED,
    "button_primary_text_color": ON_ACCENT, "button_primary_text_color_hover": ON_ACCENT,
    "button_primary_border_color": ACCENT, "button_secondary_background_fill": SHEET,
    "button_secondary_background_fill_hover": PAPER, "button_secondary_text_color": INK,
    "button_secondary_text_color_hover": INK, "button_secondary_border_color": RULE,
    "button_cancel_background_fill": SHEET, "button_cancel_background_fill_hover": PAPER,
    "button_cancel_text_color": ALARM, "button_cancel_text_color_hover": ALARM, "button_cancel_border_color": ALARM,
    "link_text_color": ACCENT, "link_text_color_hover": PRESSED, "link_text_color_visited": ACCENT,
    "link_text_color_active": PRESSED, "table_border_color": RULE, "accordion_text_color": INK,
    "error_background_fill": SHEET, "error_text_color": ALARM, "error_border_color": ALARM,
}  # fmt: skip
_FLAT = ("block_shadow", "button_primary_shadow", "button_secondary_shadow", "input_shadow", "checkbox_label_shadow")


def theme() -> Any:
    """Gradio's plain theme in these colours; its fonts are names, so that none is fetched."""
    import gradio as gr

    colours = {name: light for name, (light, _) in _COLOURS.items()}
    colours |= {f"{name}_dark": dark for name, (_, dark) in _COLOURS.items()}
    flat = dict.fromkeys(_FLAT, "none")
    return gr.themes.Base(primary_hue="slate", neutral_hue="stone", radius_size="sm", font=SANS, font_mono=MONO).set(
        **colours, **flat, color_accent=ACCENT[0]
    )


def head(words: Words = ENGLISH) -> str:
    """What stands in the head of the page; the words are those that window.js says by itself."""
    said = json.dumps({"copied": words.copied, "notCopied": words.not_copied}, ensure_ascii=False)
    return (
        f'<meta name="dateline-language" content="{words.code}"><meta name="dateline-words" content="{escape(said)}">'
        f'<script src="{SCRIPT_PATH}" defer></script>'
        '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">'
    )
