"""The one bridge between sync and async.

    iterate(make, deadline=120, stop=stop)   an async iterator, drained from sync code
    adrain(make)                             a sync iterator, drained from async code

A sync generator that waits on a socket can't be closed from another thread. So what waits runs as a task on one
background event loop, and the deadline, the stop and a closed generator are the same thing: the task's cancellation,
which closes the socket.
"""

from __future__ import annotations

import asyncio
import atexit
import contextvars
import os
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Literal, TypeVar

T = TypeVar("T")
_Kind = Literal["item", "end", "fault"]

AHEAD = 64  # items that a producer may be ahead of its consumer
GRACE = 0.5  # seconds that a cancelled task has to clean up before it is no longer waited for


class DeadlinePassed(TimeoutError):
    """The time given to `iterate` is over; a TimeoutError of the iterator's own is not this one."""


class Stop:
    """A switch that is set once, from any thread."""

    def __init__(self) -> None:
        self._set = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def set(self) -> None:
        with self._lock:
            if self._set.is_set():
                return
            self._set.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def is_set(self) -> bool:
        return self._set.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it is set, waiting for that so long at most."""
        return self._set.wait(seconds)

    def on_set(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` once when it is set, at once if it is already; the result takes that back."""
        with self._lock:
            if not self._set.is_set():
                self._callbacks.append(callback)
                return lambda: self._forget(callback)
        callback()
        return lambda: None

    def _forget(self, callback: Callable[[], None]) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)


class _Loop:
    """The background event loop: started on first use, again in a forked child, ended at exit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def get(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._thread is None or not self._thread.is_alive():
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="dateline-background", daemon=True)
                self._thread.start()
                atexit.unregister(self.close)
                atexit.register(self.close)
            return self._loop

    def is_here(self) -> bool:
        return threading.current_thread() is self._thread

    def close(self) -> None:
        """Cancels what still runs, so that sockets close and the interpreter has nothing to complain about."""
        with self._lock:
            loop, thread, self._loop, self._thread = self._loop, self._thread, None, None
        if loop is None or thread is None or not thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._wind_up(), loop)
        thread.join(2 * GRACE)
        if not thread.is_alive():
            loop.close()

    @staticmethod
    async def _wind_up() -> None:
        tasks = [t for t in asyncio.all_tasks() if t is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE)
        loop = asyncio.get_running_loop()
        await loop.shutdown_asyncgens()
        loop.call_soon(loop.stop)


_background = _Loop()


def _after_fork() -> None:
    """A child has its parent's memory but none of its threads, and perhaps a lock that nobody will release."""
    global _background
    atexit.unregister(_background.close)
    _background = _Loop()


if hasattr(os, "register_at_fork"):  # not on Windows, which has no fork either
    os.register_at_fork(after_in_child=_after_fork)


class _Pump(threading.Event):
    """Runs one async iterator as a task of the background loop; the event is set when the task is over."""

    def __init__(self, make: Callable[[], AsyncIterator[Any]], deadline: float | None) -> None:
        super().__init__()
        self._make, self._deadline = make, deadline
        self._loop = _background.get()
        self._room = asyncio.Semaphore(AHEAD)
        self._task: asyncio.Task[None] | None = None
        self.items: queue.SimpleQueue[tuple[_Kind, Any]] = queue.SimpleQueue()
        self._call(self._start)

    def taken(self) -> None:
        self._call(self._room.release)

    def cancel(self) -> None:
        self.items.put(("end", None))  # wakes the consumer even if the task takes its time to end
        self._call(self._cancel)

    def _call(self, function: Callable[[], Any]) -> None:
        try:
            self._loop.call_soon_threadsafe(function)
        except RuntimeError:  # the loop was closed at exit
            self.set()
            self.items.put(("fault", RuntimeError("the background loop has ended")))

    def _start(self) -> None:
        self._task = self._loop.create_task(self._run())
        self._task.add_done_callback(lambda _: self.set())

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        limit = asyncio.timeout(self._deadline)
        try:
            async with limit:
                await self._pass_on(self._make())
        except asyncio.CancelledError:
            self.items.put(("fault", RuntimeError("the background loop ended before its work did")))
            raise
        except TimeoutError as e:
            self.items.put(("fault", DeadlinePassed() if limit.expired() else e))
        except BaseException as e:  # noqa: BLE001 - whatever it is, it belongs to the consumer, who gets it raised
            self.items.put(("fault", e))
        else:
            self.items.put(("end", None))

    async def _pass_on(self, source: AsyncIterator[Any]) -> None:
        try:
            async for item in source:
                await self._room.acquire()
                self.items.put(("item", item))
        finally:
            aclose = getattr(source, "aclose", None)
            if aclose is not None:
                await aclose()


def iterate(
    make: Callable[[], AsyncIterator[T]], *, deadline: float | None = None, stop: Stop | None = None
) -> Iterator[T]:
    """The items of an async iterator that runs on the background loop; also from inside a running event loop.

    `deadline` is in seconds from the first item asked for; past it DeadlinePassed is raised. A stop ends the iteration
    without an error. Both cancel what runs, and so does closing this generator. What the iterator raises is raised.
    """
    if _background.is_here():
        raise RuntimeError("iterate() was called on the background loop, which can't wait for itself; await instead")
    if stop is not None and stop.is_set():
        return
    until = None if deadline is None else time.monotonic() + deadline + GRACE
    pump = _Pump(make, deadline)
    forget = stop.on_set(pump.cancel) if stop is not None else lambda: None
    try:
        while True:
            kind, value = _next(pump, until)
            if stop is not None and stop.is_set():
                return
            if kind == "item":
                pump.taken()
                yield value
            elif kind == "fault":
                raise value
            else:
                return
    finally:
        forget()
        pump.cancel()
        # collected as garbage this may run on the loop's own thread, which must not wait for itself
        if not _background.is_here():
            pump.wait(GRACE)


def _next(pump: _Pump, until: float | None) -> tuple[_Kind, Any]:
    """The deadline ends the task itself; `until` is for a task that does not heed its cancellation."""
    try:
        return pump.items.get(timeout=None if until is None else max(until - time.monotonic(), 0))
    except queue.Empty:
        raise DeadlinePassed from None


async def adrain(make: Callable[[Stop], Iterator[T]]) -> AsyncIterator[T]:
    """The items of a sync iterator that runs in a thread of its own, with the caller's context variables.

    Cancelling or closing this sets the Stop that `make` was given, which is what ends an iterator that waits; one
    that does not look at it ends at its next item. What the iterator raises is raised.
    """
    loop = asyncio.get_running_loop()
    stop = Stop()
    items: asyncio.Queue[tuple[_Kind, Any]] = asyncio.Queue()
    room = threading.Semaphore(AHEAD)

    def tell(kind: _Kind, value: Any = None) -> None:
        try:
            loop.call_soon_threadsafe(items.put_nowait, (kind, value))
        except RuntimeError:  # the loop is closed: nobody listens any more
            stop.set()

    def run() -> None:
        try:
            source = make(stop)
            try:
                for item in source:
                    room.acquire()
                    if stop.is_set():
                        break
                    tell("item", item)
            finally:
                close = getattr(source, "close", None)
                if close is not None:
                    close()
        except BaseException as e:  # noqa: BLE001 - whatever it is, it belongs to the consumer, who gets it raised
            tell("fault", e)
        else:
            tell("end")

    stop.on_set(room.release)
    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(run,), name="dateline-drain", daemon=True).start()
    try:
        while True:
            kind, value = await items.get()
            if kind == "item":
                room.release()
                yield value
            elif kind == "fault":
                raise value
            else:
                return
    finally:
        stop.set()
