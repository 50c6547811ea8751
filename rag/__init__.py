"""A question becomes an answer, with citations that were checked against the articles.

    from rag import Archive
    Archive("news").ask("What sectors did Kazakhstan and Serbia agree on?")

Names are loaded when they are first used, so that importing rag is instant.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.archive import Archive as Archive
    from rag.archive import Conversation as Conversation
    from rag.errors import DatelineError as DatelineError
    from rag.settings import Settings as Settings
    from rag.types import (
        Answer as Answer,
    )
    from rag.types import (
        Article as Article,
    )
    from rag.types import (
        Citation as Citation,
    )
    from rag.types import (
        Coverage as Coverage,
    )
    from rag.types import (
        Delta as Delta,
    )
    from rag.types import (
        Evidence as Evidence,
    )
    from rag.types import (
        Finished as Finished,
    )
    from rag.types import (
        Hit as Hit,
    )
    from rag.types import (
        Notice as Notice,
    )
    from rag.types import (
        Passage as Passage,
    )
    from rag.types import (
        Plan as Plan,
    )
    from rag.types import (
        Planned as Planned,
    )
    from rag.types import (
        Report as Report,
    )
    from rag.types import (
        Retrieved as Retrieved,
    )
    from rag.types import (
        Sentence as Sentence,
    )
    from rag.types import (
        Table as Table,
    )
    from rag.types import (
        Turn as Turn,
    )

_HOMES = {
    "rag.archive": ("Archive", "Conversation"),
    "rag.errors": ("DatelineError",),
    "rag.settings": ("Settings",),
    "rag.types": (
        "Answer", "Article", "Citation", "Coverage", "Delta", "Evidence", "Finished", "Hit", "Notice", "Passage",
        "Plan", "Planned", "Report", "Retrieved", "Sentence", "Table", "Turn",
    ),
}  # fmt: skip
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'rag' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
