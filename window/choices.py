"""What a reader has chosen in this browser: how many passages, how strict, who answers. Its cookies say it.

    choices_of({"dateline-passages": "5", "dateline-support": "strict"})  ->  Choices(passages=5, support="strict")

What arrives may come from anyone: a value that is not offered counts as none. No key is ever among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rag.settings import Settings

COOKIE = "dateline-"
PASSAGES = (3, 5, 10, 15, 20)
SUPPORT = ("lenient", "usual", "strict")
MODELS = ("embedded", "chat")
THEMES = ("system", "light", "dark")
STRICT = 0.5  # of the probability that the evidence answers: it must be likelier than not


@dataclass(frozen=True, slots=True)
class Choices:
    """None and "usual" say nothing: what the window was started with counts."""

    passages: int | None = None
    support: str = "usual"
    model: str | None = None
    theme: str = "system"

    def settings(self, own: Settings) -> dict[str, Any]:
        """The settings that these choices change, for the next question."""
        changed: dict[str, Any] = {}
        if self.passages is not None and self.passages != own.passages:
            changed["passages"] = self.passages
        if self.support == "lenient":
            changed["abstain_below"] = own.abstain_below / 2
        if self.support == "strict":
            changed |= {"abstain_below": max(STRICT, own.abstain_below), "show_unsupported": False}
        if self.model == "embedded" and own.model is not None:
            changed["model"] = None
        return changed


def choices_of(cookies: Mapping[str, str]) -> Choices:
    def of(name: str, offered: tuple[str, ...]) -> str | None:
        value = cookies.get(COOKIE + name)
        return value if value in offered else None

    passages = of("passages", tuple(map(str, PASSAGES)))
    return Choices(
        int(passages) if passages else None, of("support", SUPPORT) or "usual", of("model", MODELS), of("theme", THEMES) or "system"
    )  # fmt: skip
