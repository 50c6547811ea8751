"""A file, page or feed becomes passages in an archive.

from ingest import ingest
report = ingest(["articles/", "https://example.org/news"], into=archive)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.progress import Progress as Progress
    from ingest.run import ingest as ingest
    from rag.types import Report as Report

__all__ = ["Progress", "Report", "ingest"]
_HOMES = {"Progress": "ingest.progress", "Report": "rag.types", "ingest": "ingest.run"}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'ingest' has no attribute {name!r}")
