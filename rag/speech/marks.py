"""The stretches between quotation marks, and the text with them hidden, so that sentences show their build.

    quoted('He said: “No.” Then he left.')  ->  [Quoted(start=10, end=13, outer=(9, 14), open=False)]

Known: “…”, „…“, «…», "…", and ‘…’ where a text has no other marks of its own. A paragraph whose mark is not closed
goes on in the next one, if that begins with a mark too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rag.sentences import is_wrapped

PAIRS = {"“": "”", "„": "“”", "«": "»", '"': '"', "‘": "’"}
_LINE = re.compile(r"[^\n]+")
_BLOCK = re.compile(r"(?:[^\n]|\n(?!\n))+")
_ENDS_IN_SENTENCE = ".…"
_GOES_ON = re.compile(r"[,?!]\s*$")


@dataclass(frozen=True, slots=True)
class Quoted:
    """text[start:end] stands between marks, text[slice(*outer)] with them; `open`: the paragraph ended before it did."""

    start: int
    end: int
    outer: tuple[int, int]
    open: bool = False


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Lines; where lines are broken to a width, what stands between blank lines."""
    return [m.span() for m in (_BLOCK if is_wrapped(text) else _LINE).finditer(text)]


def quoted(text: str) -> list[Quoted]:
    """In order, none inside another."""
    marks = [m for m in PAIRS if m != "‘"]
    single = "‘" in text and not any(m in text for m in marks)
    opening = "‘" if single else "".join(marks)
    return [q for start, end in paragraphs(text) for q in _in_paragraph(text, start, end, opening)]


def _in_paragraph(text: str, start: int, end: int, opening: str) -> Iterator[Quoted]:
    at = start
    while at < end:
        mark = text[at]
        if mark not in opening or (mark == '"' and not _opens(text, at)):
            at += 1
            continue
        stop = _closing(text, at + 1, end, mark)
        if stop is None:
            if text[end:].lstrip()[:1] == mark:
                yield Quoted(at + 1, end, (at, end), open=True)
                return
            at += 1
            continue
        if stop > at + 1:
            yield Quoted(at + 1, stop, (at, stop + 1))
        at = stop + 1


def _closing(text: str, start: int, end: int, mark: str) -> int | None:
    depth = 0
    for i in range(start, end):
        c = text[i]
        if mark == "‘" and c == "’" and i + 1 < end and text[i + 1].isalnum() and text[i - 1].isalnum():
            continue  # "there’s"
        if c in PAIRS[mark]:
            if mark == '"' and _opens(text, i) and not _closes(text, i):
                return None
            if depth == 0:
                return i
            depth -= 1
        elif c == mark and mark == "«":
            depth += 1
    return None


def _opens(text: str, at: int) -> bool:
    return (at == 0 or text[at - 1].isspace() or text[at - 1] in "([—–-") and not text[at + 1 : at + 2].isspace()


def _closes(text: str, at: int) -> bool:
    return at > 0 and not text[at - 1].isspace()


def hidden(text: str, quotes: list[Quoted]) -> str:
    """`text`, as long as before, with what is quoted as one word: it keeps the full stop that ends a sentence, and
    loses the "?" before "asked the chairman"."""
    pieces, at = [], 0
    for q in quotes:
        inside = text[q.start : q.end]
        size = len(inside)
        last = inside.rstrip()[-1:]
        stop = "." if last and last in _ENDS_IN_SENTENCE else ("," if _GOES_ON.search(inside) else "")
        first = "X" if inside[:1].isupper() else "x"
        body = first + "x" * (size - 1 - len(stop)) if size > len(stop) else ""
        pieces += [text[at : q.start], (body + stop)[:size].ljust(size, "x")]
        at = q.end
    return "".join(pieces) + text[at:]
