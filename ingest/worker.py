"""`python -m ingest.worker`: prepares origins behind a pipe, within limits of memory and time.

JSON, one object a line. In: requests, one at a time. Out, for each, its articles and faults, then "done":

    -> {"origin": "/news/a.jsonl", "settings": {…}, "tokenizer": "…", "max_tokens": 256, "fields": {}}
    <- {"ready": true}                                                       once, when it has started
    <- {"article": {…}, "passages": [[0, 812], [701, 1490]], "place": "line 1",
        "sayings": [["Ana Horvat", 28, 48, true, "said", [50, 65]]]}
    <- {"fault": ["line 7", "it is no JSON"]}
    <- {"done": true, "replace": false}

"replace" says that memory ran out, and that the worker ends now. It ends too when its input closes, so no worker
outlives its parent; a hung one is ended by the system's alarm if nobody is left to kill it. Memory is limited
where the system can (Linux); elsewhere the time limit alone holds.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import queue
import signal
import sys
import threading
from dataclasses import astuple, fields
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.load import Fault
    from ingest.prepare import Prepared, Request

MEGABYTE = 1_000_000
ALARM_GRACE = 60.0  # seconds past the limit at which the parent kills, should it be gone
FETCHES = 3  # a page may take robots.txt, itself and what a feed's entry links to
RESERVE = 4 * MEGABYTE


def main() -> None:
    pipe = _own_pipe()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _limit_core()
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, requests), daemon=True).start()
    _send(pipe, {"ready": True})
    limited = False
    while True:
        request = decode_request(requests.get())
        if not limited:
            _limit_memory(request.settings.parse_memory_mb)
            limited = True
        if not _answer(pipe, request):
            os._exit(0)  # Python's own way out would wait for the thread that listens, and abort


def _answer(pipe: IO[bytes], request: Request) -> bool:
    """Prepare one origin and send what comes; False when memory ran out."""
    reserve = bytearray(RESERVE)  # given up when memory runs out, to have room to say so
    exhausted = False
    try:
        from ingest.prepare import prepare

        items = prepare(request)
        while True:
            _alarm(limit_seconds(request) + ALARM_GRACE)
            item = next(items, None)
            _alarm(0)  # writing waits for the parent, as long as it likes
            if item is None:
                break
            _send(pipe, encode_item(item))
    except MemoryError:
        exhausted = True
    _alarm(0)
    if exhausted:  # outside the handler: the frames that held the memory are gone
        del reserve
        limit = request.settings.parse_memory_mb
        reason = f"it needs more than {limit:g} MB of memory, the limit that DATELINE_PARSE_MEMORY_MB sets"
        _send(pipe, {"fault": ["", reason]})
    _send(pipe, {"done": True, "replace": exhausted})
    return not exhausted


def limit_seconds(request: Request) -> float:
    """How long the next article of this origin may take."""
    fetching = FETCHES * request.settings.fetch_seconds if request.is_address else 0.0
    return request.settings.parse_seconds + fetching


# -- what goes over the pipe -------------------------------------------------------------


def encode_request(request: Request) -> dict[str, Any]:
    settings = request.settings
    open_ones = {f.name: getattr(settings, f.name) for f in fields(settings) if not f.metadata["secret"]}
    return {
        "origin": request.origin, "settings": open_ones, "tokenizer": request.tokenizer,
        "max_tokens": request.max_tokens, "fields": dict(request.fields),
    }  # fmt: skip


def decode_request(line: bytes) -> Request:
    from ingest.prepare import Request
    from rag.settings import Settings

    values = json.loads(line)
    return Request(**{**values, "settings": Settings(**values["settings"])})


def encode_item(item: Prepared | Fault) -> dict[str, Any]:
    from ingest.load import Fault

    if isinstance(item, Fault):
        return {"fault": [item.place, item.reason]}
    return {
        "article": item.article.to_dict(),
        "passages": [[p.start, p.end] for p in item.passages],
        "place": item.place,
        "sayings": [astuple(s) for s in item.sayings],
    }


def decode_item(values: dict[str, Any]) -> Prepared | Fault:
    from ingest.load import Fault
    from ingest.prepare import Prepared, passages
    from rag.types import Article, Saying

    if "fault" in values:
        return Fault(*values["fault"])
    made: dict[str, Any] = dict(values["article"])
    for name in ("date", "updated"):
        made[name] = dt.date.fromisoformat(made[name]) if made[name] else None
    article = Article(**{**made, "origins": tuple(made["origins"])})
    cuts = passages(article, [(s, e) for s, e in values["passages"]])
    sayings = tuple(
        Saying(speaker, start, end, direct, verb, None if told is None else (told[0], told[1]))
        for speaker, start, end, direct, verb, told in values["sayings"]
    )
    return Prepared(article, cuts, values["place"], sayings)


def _send(pipe: IO[bytes], values: dict[str, Any]) -> None:
    try:
        pipe.write(json.dumps(values).encode() + b"\n")
        pipe.flush()
    except BrokenPipeError:
        os._exit(0)  # the parent is gone, and so is everybody who would hear of an error


# -- the process -------------------------------------------------------------------------


def _own_pipe() -> IO[bytes]:
    """The pipe to the parent, on a descriptor of its own: what libraries print goes to standard error."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _listen(stream: IO[bytes], requests: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        requests.put(line)
    os._exit(0)  # a parse may be under way, and nobody waits for it


def _alarm(seconds: float) -> None:
    """Let the system end this process after so many seconds, even inside C code; 0: no more."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _limit_core() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_memory(megabytes: float) -> None:
    """Allow so much address space beyond what is in use now."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError):
        return
    limit = pages * resource.getpagesize() + int(megabytes * MEGABYTE)
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


if __name__ == "__main__":
    main()
