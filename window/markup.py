"""Text from articles and models as HTML that can only be text.

    text_html("<img src=x>")              ->  "&lt;img src=x&gt;"
    anchor("javascript:alert(1)", "here")  ->  "here"

Gradio puts what it is given through a Markdown renderer, so what is made here has no line end: a block of
HTML in one line is taken as it is, and no character of a text in it is read as Markdown.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import pairwise
from urllib.parse import urlsplit

from window.words import ENGLISH, Words

_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\]")
_LINE_END = re.compile("\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_ID = re.compile(r' ?id="[^"]*"')
_BOLD = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")

Span = tuple[int, int]


def text_html(text: str) -> str:
    """`text` escaped, its line ends as <br>."""
    return "<br>".join(html.escape(line) for line in _LINE_END.split(text))


def attribute(text: str) -> str:
    """`text` escaped for an attribute, in one line."""
    return html.escape(" ".join(text.split()))


def prose_html(text: str) -> str:
    """Like `text_html`, with the **bold** that chat models write; no other markup is read."""
    return _BOLD.sub(r"<strong>\1</strong>", text_html(text))


def marked_html(text: str, spans: Iterable[Span], tag: str = "mark") -> str:
    """`text` escaped, with these spans of it inside <mark>; spans may overlap or reach past the ends."""
    pieces, last = list[str](), 0
    for start, end in _merged(spans, len(text)):
        pieces += [text_html(text[last:start]), f"<{tag}>{text_html(text[start:end])}</{tag}>"]
        last = end
    return "".join([*pieces, text_html(text[last:])])


def layered_html(text: str, layers: Iterable[tuple[Span, str, str]]) -> str:
    """`text` escaped, with (span, tag, attributes) laid over it; spans may overlap one another or reach past the ends.

    layered_html("a<b>c", [((0, 3), "mark", ""), ((2, 5), "i", 'id="x"')])
    ->  '<mark>a&lt;</mark><i id="x"><mark>b</mark></i><i>&gt;c</i>'   an id is given once
    """
    laid = [(s, e, tag, how) for (s, e), tag, how in layers if max(0, s) < min(len(text), e)]
    within = (at for start, end, *_ in laid for at in (start, end) if 0 < at < len(text))
    cuts = sorted({0, len(text), *within})
    pieces = list[str]()
    for start, end in pairwise(cuts):
        piece = text_html(text[start:end])
        for first, last, tag, how in laid:
            if first <= start and end <= last:
                shown = how if first == start else _ID.sub("", how)
                piece = f"<{tag}{' ' + shown if shown else ''}>{piece}</{tag}>"
        pieces.append(piece)
    return "".join(pieces)


def anchor(url: str | None, label: str) -> str:
    """A link that opens beside the window, or only its label where `url` is not a plain http(s) address."""
    if not is_web(url):
        return text_html(label)
    return f'<a href="{attribute(url or "")}" target="_blank" rel="noopener noreferrer nofollow">{text_html(label)}</a>'


def is_web(url: str | None) -> bool:
    """Whether `url` is http(s) with a host, without user names, white space or control characters."""
    if not url or _CONTROL.search(url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc


def host(url: str) -> str:
    return (urlsplit(url).hostname or url).removeprefix("www.")


def note(text: str, kind: str = "info", words: Words = ENGLISH) -> str:
    """A message of the window itself: what happened, or went wrong."""
    label = {"error": words.not_done, "info": words.note}[kind]
    return f'<div class="dl-note dl-{kind}" role="note"><b>{label}:</b> {text_html(text)}</div>'


def _merged(spans: Iterable[Span], length: int) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted((max(0, s), min(length, e)) for s, e in spans):
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
