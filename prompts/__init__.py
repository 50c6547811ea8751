"""The words sent to chat models: one file each, loaded by name, versioned by their own text.

    load("answer").render(question="Who?", …)   ->  [("system", "You answer …"), ("user", "… Who? …")]

A file has parts headed by a line "--- system ---" or "--- user ---". {name} in it is a place for a value; values are
put in once and never read again, so braces in an article mean nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).parent
_PART = re.compile(r"^--- (system|user|assistant) ---\n", re.MULTILINE)
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's name, its text as it stands in the file, and the first 12 hex digits of the text's SHA-256."""

    name: str
    text: str
    version: str

    @property
    def places(self) -> frozenset[str]:
        """The names of the values that it takes."""
        return frozenset(_PLACE.findall(self.text))

    def render(self, **values: str) -> list[tuple[str, str]]:
        """The messages as (role, text); raises ValueError unless the values are exactly those it takes."""
        if set(values) != self.places:
            raise ValueError(
                f"prompts/{self.name}.md takes {', '.join(sorted(self.places))}; it was given {', '.join(sorted(values))}"
            )
        parts = _PART.split(self.text)[1:]
        return [
            (role, _PLACE.sub(lambda place: values[place[1]], text).strip())
            for role, text in zip(parts[::2], parts[1::2], strict=True)
        ]


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.md"))


@cache
def load(name: str) -> Prompt:
    """The prompt of that name; raises KeyError naming those there are."""
    if name not in names():
        raise KeyError(f"there is no prompt {name!r}; there are: {', '.join(names())}")
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    return Prompt(name, text, sha256(text.encode()).hexdigest()[:12])
