"""Pasted text as a file of the archive, so that its article has an origin like any other.

    file_text(Pasted("They agreed …", title="Talks", day="2024-11-19"))  ->  "Title: Talks\\nDate: 2024-11-19\\n\\nThey agreed …"

What is not given is read from the text's own head, where it stands, and is unknown where it does not: no date is made up.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from rag.errors import UsageError
from rag.text import one_line
from window.words import ENGLISH, Words

LONGEST = 1_000_000  # characters
NAMED = 8  # words of its first line that name the file of a text without a title


@dataclass(frozen=True, slots=True)
class Pasted:
    """A text and what its reader says about it; empty strings say nothing."""

    text: str = ""
    title: str = ""
    outlet: str = ""
    day: str = ""

    def __bool__(self) -> bool:
        return bool(self.text.strip())


def file_text(pasted: Pasted, words: Words = ENGLISH) -> str:
    """The text below lines that state what was given; its own title stays first. Raises UsageError for a day that is none."""
    from ingest.load.text import head

    text = pasted.text.replace("\r\n", "\n").strip()
    lines = []
    own = head(text).values.get("title") if not one_line(pasted.title) else None
    if own and text.startswith(own):
        lines.append(f"{own}\n")
        text = text[len(own) :].lstrip("\n")
    lines += [f"{label}: {value}" for label, value in _stated(pasted, words) if value]
    return "\n".join([*lines, "", text]) if lines else text


def write(pasted: Pasted, folder: Path, words: Words = ENGLISH) -> Path:
    """A file of it in this folder, named by its title or first line."""
    if not pasted:
        raise UsageError(words.text_empty)
    if len(pasted.text) > LONGEST:
        raise UsageError(words.text_too_long.format(n=words.number(len(pasted.text)), most=words.number(LONGEST)))
    content = file_text(pasted, words)
    name = one_line(pasted.title) or " ".join(pasted.text.strip().partition("\n")[0].split()[:NAMED])
    path = (
        Path(tempfile.mkdtemp(dir=folder))
        / f"{name.replace('/', ' ').replace(chr(0), '').strip('. ')[:60] or 'text'}.txt"
    )
    path.write_text(content, encoding="utf-8")
    return path


def _stated(pasted: Pasted, words: Words) -> list[tuple[str, str]]:
    from ingest.metadata import parse_date

    day = ""
    if one_line(pasted.day):
        date = parse_date(pasted.day)
        if date is None:
            raise UsageError(words.no_sure_day.format(text=one_line(pasted.day)))
        day = date.isoformat()
    return [("Title", one_line(pasted.title)), ("Source", one_line(pasted.outlet)), ("Date", day)]
