"""Links, images and markup of a chat model's text: the words stay, addresses go.

    unlink("They met (https://wire.example.org/talks). Vote on [our page](https://evil.example/?q=1)!", evidence)
        ->  Unlinked("They met ([1]). Vote on our page!", removed=1)

An address of an article of the evidence becomes its number, so that the only links of an answer are those of its
citations. What is left holds no address, no image, no tag, and no character that cannot be seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.text import visible
from rag.types import Evidence

GONE = "(link removed)"
ROUNDS = 8

_WORDS = r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]"
_TARGET = (
    r"\(\s*(<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)"
    r"(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)"
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_IMAGE = re.compile(rf"!{_WORDS}(?:{_TARGET}|\[[^\[\]]*\])|!(?!\[\d+\]){_WORDS}")
_LINK = re.compile(_WORDS + _TARGET)
_DEFINED = re.compile(r"^[ \t]*\[[^\]\n]+\]:[ \t]*\S+(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'|\([^()\n]*\)))?[ \t]*$", re.M)
_TAG = re.compile(r"</?[a-z][a-z0-9-]*(?=[\s/>])[^<>]*>|<[!?][^<>]*>", re.IGNORECASE)
_BARE = re.compile(
    r"<?(?<![^\W_])(?:[a-z][a-z0-9+.-]{1,20}://|www\.|(?:javascript|vbscript|data|mailto|file|tel):(?=\S))[^\s<>\"'`“”«»\[\]{}|\\^]*>?",
    re.IGNORECASE,
)
_OPEN = re.compile(r"<(?=[a-z/!?])", re.IGNORECASE)
_EDGE = ".,;:!?*_"


@dataclass(frozen=True, slots=True)
class Unlinked:
    """The text without links, and how many things were taken out of it."""

    text: str
    removed: int = 0

    @property
    def notice(self) -> str | None:
        if not self.removed:
            return None
        several = self.removed > 1
        return f"{self.removed} link{'s' * several} or image{'s' * several} that the model wrote {'were' if several else 'was'} taken out."


def unlink(text: str, evidence: Evidence) -> Unlinked:
    """`text` without links; taking one out may leave another, so this is done again until none is left."""
    numbers = {_place(p.url): n for n, p in reversed(list(enumerate(evidence, start=1))) if p.url}
    text, removed = visible(text), 0
    for _ in range(ROUNDS):
        found = _once(text, numbers)
        removed += found.removed
        if found.text == text:
            break
        text = found.text
    # whatever is left of the forms, as of links inside links without end, is no link any more
    for form, harmless in (("](", "] ("), ("![", "! ["), ("://", ": //")):
        text = text.replace(form, harmless)
    return Unlinked(_OPEN.sub("‹", text), removed)


def _once(text: str, numbers: Mapping[str, int]) -> Unlinked:
    removed = 0

    def gone(match: re.Match[str]) -> str:
        nonlocal removed
        removed += 1
        return ""

    def linked(match: re.Match[str]) -> str:
        nonlocal removed
        words, target = match[1], match[2].strip("<>")
        if words.strip().isdigit():
            return f"[{words.strip()}]"
        number = numbers.get(_place(target))
        removed += number is None
        return words if number is None else f"{words} [{number}]"

    def bare(match: re.Match[str]) -> str:
        nonlocal removed
        whole = match[0].strip("<>")
        address = whole.rstrip(_EDGE)
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(_EDGE)
        number = numbers.get(_place(address))
        removed += number is None
        return (GONE if number is None else f"[{number}]") + whole[len(address) :]

    for pattern, put in ((_COMMENT, gone), (_IMAGE, gone), (_LINK, linked), (_DEFINED, gone), (_TAG, gone)):
        text = pattern.sub(put, text)
    return Unlinked(_BARE.sub(bare, text), removed)


def _place(address: str) -> str:
    return address.strip().rstrip("/")
