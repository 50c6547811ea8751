"""Work that reports as it goes, shown at a pace that a page can follow.

for picture in paced(lambda tell: ingest(folder, progress=tell), every=0.3): ...
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any


def paced(work: Callable[[Callable[[Any], None]], Any], every: float) -> Iterator[Any]:
    """What `work` tells, running in a thread: the newest only, `every` so many seconds at most; then its result.

    The newest is never held back for longer than that, though nothing may follow it. What `work` raises is raised.
    """
    told: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()

    def run() -> None:
        try:
            told.put(("result", work(lambda item: told.put(("item", item)))))
        except BaseException as e:  # noqa: BLE001 - it belongs to the one who shows, where it is raised
            told.put(("fault", e))

    threading.Thread(target=run, name="dateline-window-work", daemon=True).start()
    while True:
        kind, value = told.get()
        until = time.monotonic() + every
        while kind == "item":
            try:
                kind, value = told.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
        if kind == "fault":
            raise value
        yield value
        if kind == "result":
            return
