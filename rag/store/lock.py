"""One writer: a lock that the operating system frees when its holder dies.

The lock itself is `flock` (or its Windows kin) on `writer.lock`; who holds it stands in
`writer.json` beside it, for the message that a second writer gets.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import ArchiveLocked

PATIENCE = 0.5  # seconds that a second writer waits before it is told


@contextmanager
def writing(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the archive's writer lock; raises ArchiveLocked, naming the holder, after `patience` seconds."""
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=patience, poll_interval=0.05)
    except Timeout:
        raise ArchiveLocked(
            f"{folder} is being written by {_holder(folder)}. Reading it goes on; to write, wait until that "
            "process has finished or stop it (its lock ends with it)."
        ) from None
    try:
        with suppress(OSError):  # a full disk; it is for a message only
            (folder / "writer.json").write_text(
                json.dumps({"pid": os.getpid(), "command": " ".join(sys.argv)[:200], "since": time.strftime("%F %T")}),
                encoding="utf-8",
            )
        yield
    finally:
        with suppress(OSError):
            (folder / "writer.json").unlink(missing_ok=True)
        lock.release()


@contextmanager
def brief(folder: Path, name: str, *, patience: float = 30.0) -> Iterator[bool]:
    """A short mutual exclusion between processes; yields False when it could not be had in time."""
    lock = FileLock(folder / name)
    try:
        lock.acquire(timeout=patience, poll_interval=0.01)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def is_held(folder: Path) -> bool:
    """Whether some process writes to the archive now."""
    if not (folder / "writer.lock").exists():
        return False
    lock = FileLock(folder / "writer.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _holder(folder: Path) -> str:
    try:
        who = json.loads((folder / "writer.json").read_text(encoding="utf-8"))
        return f"process {who['pid']} ({who['command']}, since {who['since']})"
    except (OSError, ValueError, KeyError):
        return "another process"
