"""Runs a program and says what it took: wall time, processor time, memory, and the JSON line that it prints last.

measured = run([python, "-m", "bench.ours", "ingest", …])
measured.seconds; measured.processor; measured.megabytes; measured.told["passages"]
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TICK = 0.1  # seconds between two looks at the memory


class Failed(SystemExit):
    """A program that was measured has failed; the message is its own last words."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds of wall and of processor time, megabytes of the whole tree of processes at most, and what was told."""

    seconds: float
    processor: float
    megabytes: float
    told: Mapping[str, Any]


def run(command: Sequence[str], **environment: str) -> Measured:
    """Run to the end; raises Failed, which ends a program that does not catch it."""
    started = time.perf_counter()
    child = subprocess.Popen(
        list(command), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "true", **environment},
    )  # fmt: skip
    watch = _Watch(child.pid)
    errors: list[str] = []
    reading = threading.Thread(target=lambda: errors.extend(child.stderr or ()), daemon=True)
    reading.start()
    output = child.stdout.read() if child.stdout else ""
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    watch.stop()
    reading.join()
    if child.returncode:
        raise Failed(f"{' '.join(command)} ended with {child.returncode}:\n{''.join(errors[-15:])}")
    return Measured(seconds, used.ru_utime + used.ru_stime, watch.most / 1e6, _told(output))


def _told(output: str) -> Mapping[str, Any]:
    last = output.rstrip().rpartition("\n")[2]
    try:
        found = json.loads(last)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class _Watch:
    """Looks at the memory of a process and its children until it is stopped; pages that two of them share count twice."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._pid = pid
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(TICK):
            self.most = max(self.most, held(self._pid))


def held(pid: int) -> int:
    """Bytes of a process and its children; those that have just ended count for nothing."""
    import psutil  # here, so that the rest needs the standard library alone

    total = 0
    with suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total


def size(folder: Path) -> float:
    """Megabytes of the files in the folder."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6
