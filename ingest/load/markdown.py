"""Markdown: front matter for what is stated, the rest as words with the marks taken off.

---
title: Leaders meet
date: 2024-11-19
---
They **agreed** on [trade](https://…).      ->  "They agreed on trade."
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ingest.load import Item
from ingest.load.content import Content
from ingest.load.decode import decode
from ingest.load.fields import article
from rag.errors import OriginError

_HEADING = re.compile(r"\A\s*(?:#[ \t]+(?P<marked>[^\n]{1,500})|(?P<under>[^\n]{1,500})\n=+[ \t]*)(?:\n|\Z)")
# Each pattern stops at the next mark of its kind or after some hundred characters: a text made of nothing but "[" or
# "**a " must not take minutes.
_MARKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"<!--.{0,5000}?-->", re.DOTALL), ""),
    (re.compile(r"^(```|~~~)[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n#]*)#*[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^(.+)\n(?:=+|-{2,})[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^ {0,3}(?:[-*_][ \t]*){3,}$", re.MULTILINE), ""),
    (re.compile(r"^ {0,3}>[ \t]?", re.MULTILINE), ""),
    (re.compile(r"^([ \t]{0,40})[-*+][ \t]{1,40}", re.MULTILINE), r"\1"),
    (re.compile(r"^[ \t]{0,40}\[[^\[\]\n]+\]:[ \t]+\S+[^\n]*$", re.MULTILINE), ""),
    (re.compile(r"!\[[^\[\]\n]*\]\((?:[^()\n]|\([^()\n]*\)){0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]+)\]\((?:[^()\n]|\([^()\n]*\)){0,2000}\)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]+)\]\[[^\[\]\n]*\]"), r"\1"),
    (re.compile(r"<(https?://[^<>\s]+)>"), r"\1"),
    (re.compile(r"</?[a-zA-Z][^<>\n]*>"), ""),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1", re.DOTALL), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]+)`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>-])"), r"\1"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


def read(content: Content) -> Iterator[Item]:
    """One article; its title is the front matter's, else the heading that the text begins with."""
    import frontmatter
    import yaml  # type: ignore[import-untyped]

    source = decode(content.read(), content.charset).replace("\r\n", "\n")
    try:
        stated, body = frontmatter.parse(source)
    except (yaml.YAMLError, ValueError) as e:
        raise OriginError(
            f"its front matter is no YAML: {' '.join(str(e).split())[:200]}; mend it between the --- lines"
        ) from e
    heading = _HEADING.match(body)
    found_title = (heading["marked"] or heading["under"]).strip().rstrip("#").strip() if heading else None
    if heading:
        body = body[heading.end() :]
    record = {**stated, "text": plain(body)}
    item = article(record, {name: f for name, f in content.fields.items() if name != "text"}, "", "front matter")
    if isinstance(item, str):
        raise OriginError(item)
    if item.title is None and found_title:
        item = replace(item, title=plain(found_title), found={**item.found, "title": "first heading"})
    yield item


def plain(text: str) -> str:
    """Markdown without its marks; what they mark stays."""
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return text.strip()
