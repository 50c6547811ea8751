"""The map here: requests prepared by worker processes on this machine, results in the order of the requests.

    with Local(settings) as local:
        for request, items in local.map(requests):
            for item in items: ...          # Prepared or Fault, as the worker sends them

One thread per worker reads its pipe. Workers run ahead until HELD articles or HELD_BYTES wait to be taken; then
they block in their pipes, so a file of any size streams. A worker that hangs, dies or runs out of memory costs its
origin what follows, which is a Fault, and is replaced.
"""

from __future__ import annotations

import itertools
import os
import queue
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator

from ingest.load import Fault
from ingest.prepare import Prepared, Request
from ingest.process import Process
from rag.settings import Settings

HELD = 200
HELD_BYTES = 32_000_000
AHEAD = 64  # origins that are read ahead
TICK = 0.1  # seconds
MOST_WORKERS = 4


class Local:
    """Worker processes, started when there is work, reused, ended by `close`."""

    def __init__(self, settings: Settings, workers: int | None = None) -> None:
        count = settings.workers if workers is None else workers
        self._most = count or min(MOST_WORKERS, os.cpu_count() or 1)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._buffer = _Buffer()
        self._watch: threading.Thread | None = None

    def __enter__(self) -> Local:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def map(self, requests: Iterable[Request]) -> Iterator[tuple[Request, Iterator[Prepared | Fault]]]:
        """Each request with its results, in order; what is left of one is passed over when the next is asked for."""
        waiting: deque[_Job] = deque()
        source = iter(requests)
        while True:
            for request in itertools.islice(source, AHEAD - len(waiting)):
                waiting.append(self._submit(request))
            if not waiting or self._buffer.closed:
                return
            job = waiting.popleft()
            items = self._buffer.take_all(job)
            yield job.request, items
            for _ in items:
                pass

    def close(self) -> None:
        """End every worker, whatever it is doing. The results of `map` end too."""
        self._buffer.close()
        for worker in self._workers:
            self._jobs.put(None)
            worker.process.kill()
        for worker in self._workers:
            worker.thread.join()
        if self._watch is not None:
            self._watch.join()
        self._workers.clear()

    def _submit(self, request: Request) -> _Job:
        job = _Job(request)
        self._jobs.put(job)
        if len(self._workers) < self._most and not self._buffer.closed:
            self._workers.append(_Worker(self._jobs, self._buffer))
        if self._watch is None:
            self._watch = threading.Thread(target=self._tick, daemon=True)
            self._watch.start()
        return job

    def _tick(self) -> None:
        """Kill workers that take too long. Time in which this process itself did not run does not count."""
        last = time.monotonic()
        while not self._buffer.closed:
            time.sleep(TICK)
            now = time.monotonic()
            for worker in list(self._workers):
                worker.process.count(min(now - last, 5 * TICK))
            last = now


class _Job:
    """One origin on its way: what came of it so far, and whether that is all."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.items: deque[tuple[Prepared | Fault, int]] = deque()
        self.finished = False


class _Buffer:
    """What workers have sent and nobody has taken yet, bounded over all origins together.

    The origin that is being taken may always add one more: else those after it could fill the buffer and all wait.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._count = self._bytes = 0
        self._taking: _Job | None = None
        self.closed = False

    def put(self, job: _Job, item: Prepared | Fault, size: int) -> bool:
        """Add what came, when there is room; False when nobody wants it any more."""
        with self._changed:
            while not self.closed and self._is_full() and (job is not self._taking or job.items):
                self._changed.wait()
            job.items.append((item, size))
            self._count, self._bytes = self._count + 1, self._bytes + size
            self._changed.notify_all()
            return not self.closed

    def _is_full(self) -> bool:
        return self._count >= HELD or self._bytes >= HELD_BYTES

    def finish(self, job: _Job) -> None:
        with self._changed:
            job.finished = True
            self._changed.notify_all()

    def take_all(self, job: _Job) -> Iterator[Prepared | Fault]:
        with self._changed:
            self._taking = job
            self._changed.notify_all()
        while (item := self._take(job)) is not None:
            yield item

    def _take(self, job: _Job) -> Prepared | Fault | None:
        with self._changed:
            while not job.items and not job.finished and not self.closed:
                self._changed.wait(1.0)  # Windows hears of Ctrl-C only between waits
            if not job.items or self.closed:
                return None
            item, size = job.items.popleft()
            self._count, self._bytes = self._count - 1, self._bytes - size
            self._changed.notify_all()
            return item

    def close(self) -> None:
        with self._changed:
            self.closed = True
            self._changed.notify_all()


class _Worker:
    """A thread that has a process of its own prepare one origin after another."""

    def __init__(self, jobs: queue.SimpleQueue[_Job | None], buffer: _Buffer) -> None:
        self._jobs, self._buffer = jobs, buffer
        self.process = Process()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None and not self._buffer.closed:
            try:
                for item, size in self.process.prepare(job.request):
                    if not self._buffer.put(job, item, size):
                        break
            except Exception as e:  # noqa: BLE001  a thread that died in silence would leave its origin waiting forever
                self.process.end()
                self._buffer.put(job, Fault("", f"no worker process could read it ({type(e).__name__}: {e})"), 0)
            finally:
                self._buffer.finish(job)
        self.process.end()
