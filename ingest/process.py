"""The parent's end of a worker process: started when needed, asked for one origin after another, replaced.

    process = Process()
    for item, size in process.prepare(request): ...     # Prepared or Fault, and the bytes it took in the pipe

Whatever befalls the process (it hangs, crashes, runs out of memory) is a Fault of the origin it was at.
"""

from __future__ import annotations

import json
import os
import signal
import site
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from ingest.load import Fault
from ingest.prepare import Prepared, Request
from ingest.worker import decode_item, encode_request, limit_seconds

START_SECONDS = 120.0
SECRETS = ("_KEY", "_TOKEN", "_SECRET", "_PASSWORD", "DATELINE_AUTH")  # what hostile input must not find
ENVIRONMENT = {
    "TOKENIZERS_PARALLELISM": "false",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",  # each thread's arena takes 64 MB of address space, and that is what is limited
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "PYTHONIOENCODING": "utf-8",
}


class Process:
    """`prepare` and `end` belong to one thread; `count` and `kill` may be called from any."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._mutex = threading.Lock()  # around the process and all below
        self._waited = 0.0
        self._limit: float | None = None
        self._late = self._killed = False

    def prepare(self, request: Request) -> Iterator[tuple[Prepared | Fault, int]]:
        """The articles and faults of one origin, each with its size in bytes; OSError when nothing can be started."""
        limit, done = START_SECONDS, 0
        process = self._started()
        if process is not None and _write(process, encode_request(request)):
            limit = limit_seconds(request)
            while (line := self._read(process, limit)) is not None:
                values = json.loads(line)
                if "done" in values:
                    if values["replace"]:
                        self.end()
                    return
                yield decode_item(values), len(line)
                done += "article" in values
        fault = Fault(f"after article {done}" if done else "", self._why(request, limit))
        self.end()
        yield fault, 0

    def count(self, seconds: float) -> None:
        """Count `seconds` of waiting for the next line, and kill the process when they are too many."""
        with self._mutex:
            self._waited += seconds
            if self._limit is not None and self._waited > self._limit and self._process is not None:
                self._late, self._limit = True, None
                self._process.kill()

    def kill(self) -> None:
        """End the process now and for good, whatever it is doing."""
        with self._mutex:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """End the process and wait for that; the next `prepare` starts another."""
        with self._mutex:
            process, self._process = self._process, None
            errors, self._errors = self._errors, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except OSError:
                        pass  # what was not sent cannot be sent any more
        if errors is not None:
            errors.close()

    def _started(self) -> subprocess.Popen[bytes] | None:
        """The process, ready for a request; None when it would not start."""
        if self._process is not None and self._process.poll() is not None:
            self.end()
        if self._process is None:
            with self._mutex:
                if self._killed:
                    return None
                self._late = False
                self._errors = tempfile.TemporaryFile()  # noqa: SIM115  closed by end
                self._process = _spawn(self._errors)
            if self._read(self._process, START_SECONDS) is None:
                return None
        return self._process

    def _read(self, process: subprocess.Popen[bytes], limit: float) -> bytes | None:
        """The next line, or None when the process is at its end; it is killed when that takes too long."""
        assert process.stdout is not None
        with self._mutex:
            self._waited, self._limit = 0.0, limit
        line = process.stdout.readline()
        with self._mutex:
            self._limit = None
        return line if line.endswith(b"\n") else None

    def _why(self, request: Request, limit: float) -> str:
        """What ended the process, told as the reason why this origin was not read."""
        if self._late:
            name = "" if request.is_address else ", the limit that DATELINE_PARSE_SECONDS sets"
            return f"it took longer than {limit:g} s{name}; what follows was not read"
        if self._process is None:
            return "the run was ended"
        code = self._process.wait()
        memory = f"most likely it needs more than the {request.settings.parse_memory_mb:g} MB of memory allowed"
        if code < 0:
            name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
            return f"its worker process was ended by {name}; {memory} (DATELINE_PARSE_MEMORY_MB)"
        return f"its worker process ended with code {code} {self._last_words()}".rstrip()

    def _last_words(self) -> str:
        if self._errors is None:
            return ""
        self._errors.seek(0)
        lines = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"({lines[-1][:200]})" if lines else ""


def _write(process: subprocess.Popen[bytes], values: dict[str, Any]) -> bool:
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(values).encode() + b"\n")
        process.stdin.flush()
    except OSError:
        return False
    return True


def _spawn(errors: IO[bytes]) -> subprocess.Popen[bytes]:
    """A worker, in a process group of its own: Ctrl-C is its parent's business."""
    command = [sys.executable, "-P", "-m", "ingest.worker"]
    environ = {k: v for k, v in os.environ.items() if not k.upper().endswith(SECRETS)}
    environ |= ENVIRONMENT
    home = str(Path(__file__).resolve().parent.parent)
    if home not in {*site.getsitepackages(), site.getusersitepackages()}:
        environ["PYTHONPATH"] = os.pathsep.join(filter(None, (home, environ.get("PYTHONPATH"))))
    apart: dict[str, Any] = (
        {"process_group": 0}
        if os.name == "posix"
        else {"creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}
    )
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environ, **apart
    )  # fmt: skip
