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


def file_text(pasted: Pasted) -> str:
    """The text below lines that state what was given; its own title stays first. Raises UsageError for a day that is none."""
    from ingest.load.text import head

    text = pasted.text.replace("\r\n", "\n").strip()
    lines = []
    own = head(text).values.get("title") if not one_line(pasted.title) else None
    if own and text.startswith(own):
        lines.append(f"{own}\n")
        text = text[len(own) :].lstrip("\n")
    lines += [f"{label}: {value}" for label, value in _stated(pasted) if value]
    return "\n".join([*lines, "", text]) if lines else text


def write(pasted: Pasted, folder: Path) -> Path:
    """A file of it in this folder, named by its title or first line."""
    if not pasted:
        raise UsageError("the text is empty; paste the article's words")
    if len(pasted.text) > LONGEST:
        raise UsageError(f"the text has {len(pasted.text):,} characters; {LONGEST:,} at most go at once")
    content = file_text(pasted)
    name = one_line(pasted.title) or " ".join(pasted.text.strip().partition("\n")[0].split()[:NAMED])
    path = (
        Path(tempfile.mkdtemp(dir=folder))
        / f"{name.replace('/', ' ').replace(chr(0), '').strip('. ')[:60] or 'text'}.txt"
    )
    path.write_text(content, encoding="utf-8")
    return path


def _stated(pasted: Pasted) -> list[tuple[str, str]]:
    from ingest.metadata import parse_date

    day = ""
    if one_line(pasted.day):
        date = parse_date(pasted.day)
        if date is None:
            raise UsageError(
                f"{one_line(pasted.day)!r} is no day that can be told for sure; write it as 2024-11-19, or leave it empty"
            )
        day = date.isoformat()
    return [("Title", one_line(pasted.title)), ("Source", one_line(pasted.outlet)), ("Date", day)]
