"""Progress as values, and the faces that show it: a bar, plain lines, or a callback.

ingest("articles/", into=archive, progress=lambda p: print(p.articles, p.rate))
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

EVERY = 5.0  # seconds between two plain lines
EVERY_IN_CELL = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingestion is. `rate` is passages a second; `left` is seconds, None while unknown."""

    origins: int
    of: int
    articles: int
    passages: int
    failed: int
    seconds: float
    current: str = ""

    @property
    def rate(self) -> float:
        return self.passages / self.seconds if self.seconds > 0 else 0.0

    @property
    def left(self) -> float | None:
        if not self.origins or self.of <= self.origins:
            return None
        return self.seconds / self.origins * (self.of - self.origins)

    def __str__(self) -> str:
        left = f", about {self.left:.0f} s left" if self.left is not None else ""
        failed = f", {self.failed} failed" if self.failed else ""
        return (
            f"{self.origins}/{self.of} origins, {self.articles} articles, {self.passages} passages "
            f"({self.rate:.0f}/s){failed}{left}"
        )


Callback = Callable[[Progress], None]


@contextmanager
def shown(progress: Callback | bool | None) -> Iterator[Callback]:
    """What to call with each Progress: the caller's own callback, a bar where there is a terminal or a notebook."""
    if callable(progress):
        yield progress
    elif progress is False:
        yield lambda p: None
    elif _in_notebook():
        yield _Cell()
    elif sys.stderr.isatty():
        with _bar() as update:
            yield update
    elif progress is True:
        yield _Lines()
    else:
        yield lambda p: None


class _Lines:
    """Plain lines on standard error, one every few seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            sys.stderr.write(f"{progress}\n")


class _Cell:
    """One line of a notebook's cell, rewritten in place."""

    def __init__(self) -> None:
        display = import_module("IPython.display").display
        self._last = 0.0
        self._line = display({"text/plain": "looking"}, raw=True, display_id=True)

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self._last >= EVERY_IN_CELL or progress.origins == progress.of:
            self._last = time.monotonic()
            filled = round(24 * progress.origins / progress.of) if progress.of else 0
            self._line.update({"text/plain": f"{'█' * filled}{'░' * (24 - filled)} {progress}"}, raw=True)


@contextmanager
def _bar() -> Iterator[Callback]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(
        BarColumn(bar_width=24),
        TextColumn("{task.fields[line]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
    ) as bar:
        task = bar.add_task("", total=None, line="looking")

        def update(progress: Progress) -> None:
            bar.update(task, total=progress.of, completed=progress.origins, line=str(progress).split(", about")[0])

        yield update


def _in_notebook() -> bool:
    shell: Any = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and "IPKernelApp" in shell.config
