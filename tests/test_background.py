from __future__ import annotations

import asyncio
import contextvars
import gc
import os
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from rag.background import AHEAD, DeadlinePassed, Stop, adrain, iterate


async def count(upto: int) -> AsyncIterator[int]:
    for i in range(upto):
        if i % 7 == 0:
            await asyncio.sleep(0)
        yield i


class Waiting:
    """Yields 0, then waits for ever; `ended` is set when it was cancelled and cleaned up."""

    def __init__(self) -> None:
        self.ended = threading.Event()

    async def items(self) -> AsyncIterator[int]:
        try:
            yield 0
            await asyncio.sleep(3600)
        finally:
            self.ended.set()


# -- iterate ------------------------------------------------------------------------------


@pytest.mark.parametrize("upto", [0, 1, AHEAD, AHEAD * 20])
def test_every_item_comes_once_and_in_order(upto: int) -> None:
    assert list(iterate(lambda: count(upto))) == list(range(upto))


def test_a_producer_is_not_far_ahead_of_its_consumer() -> None:
    made = 0

    async def items() -> AsyncIterator[int]:
        nonlocal made
        for made in range(1, 10_000):
            yield made

    consumer = iterate(items)
    assert next(consumer) == 1
    time.sleep(0.2)
    assert made <= AHEAD + 3
    consumer.close()


def test_a_fault_comes_after_the_items_before_it() -> None:
    async def items() -> AsyncIterator[int]:
        yield 1
        raise LookupError("gone")

    seen: list[int] = []
    with pytest.raises(LookupError, match="gone"):
        seen.extend(iterate(items))
    assert seen == [1]


def test_the_deadline_cancels_and_raises() -> None:
    source = Waiting()
    started = time.monotonic()
    with pytest.raises(DeadlinePassed):
        list(iterate(source.items, deadline=0.2))
    assert 0.15 < time.monotonic() - started < 1
    assert source.ended.is_set()


def test_the_deadline_holds_while_nobody_asks_for_items() -> None:
    source = Waiting()
    consumer = iterate(source.items, deadline=0.1)
    assert next(consumer) == 0
    assert source.ended.wait(1)
    with pytest.raises(DeadlinePassed):
        next(consumer)


def test_the_deadline_holds_for_a_source_that_will_not_be_cancelled() -> None:
    async def stubborn() -> AsyncIterator[int]:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(5)
        yield 0

    started = time.monotonic()
    with pytest.raises(DeadlinePassed):
        list(iterate(stubborn, deadline=0.1))
    assert time.monotonic() - started < 3


def test_a_timeout_of_the_source_is_not_the_deadline() -> None:
    async def items() -> AsyncIterator[int]:
        raise TimeoutError("the source's own")
        yield 0

    with pytest.raises(TimeoutError, match="the source's own") as caught:
        list(iterate(items, deadline=60))
    assert not isinstance(caught.value, DeadlinePassed)


def test_a_stop_from_another_thread_ends_the_iteration() -> None:
    source, stop = Waiting(), Stop()
    threading.Timer(0.2, stop.set).start()
    started = time.monotonic()
    assert list(iterate(source.items, deadline=60, stop=stop)) == [0]
    assert time.monotonic() - started < 1
    assert source.ended.wait(1)


def test_a_stop_that_is_set_already_starts_nothing() -> None:
    stop = Stop()
    stop.set()
    started = []

    async def items() -> AsyncIterator[int]:
        started.append(True)
        yield 0

    assert list(iterate(items, stop=stop)) == []
    assert started == []


def test_closing_the_generator_cancels() -> None:
    source = Waiting()
    consumer = iterate(source.items)
    next(consumer)
    consumer.close()
    assert source.ended.is_set()


def test_a_generator_that_is_thrown_away_cancels() -> None:
    source = Waiting()
    consumer = iterate(source.items)
    next(consumer)
    del consumer
    gc.collect()
    assert source.ended.wait(1)


def test_works_inside_a_running_loop() -> None:
    async def main() -> list[int]:
        return list(iterate(lambda: count(100), deadline=10))

    assert asyncio.run(main()) == list(range(100))


def test_many_iterate_at_once() -> None:
    results: dict[int, list[int]] = {}

    def work(i: int) -> None:
        results[i] = list(iterate(lambda: count(300 + i)))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert results == {i: list(range(300 + i)) for i in range(12)}


def test_on_its_own_loop_it_refuses_rather_than_waiting_for_itself() -> None:
    async def items() -> AsyncIterator[int]:
        yield next(iterate(lambda: count(1)))

    with pytest.raises(RuntimeError, match="background loop"):
        list(iterate(items, deadline=5))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_has_a_loop_of_its_own() -> None:
    script = """
import os, sys
from rag.background import iterate
async def items():
    yield 1
assert list(iterate(items)) == [1]
child = os.fork()
if child == 0:
    os._exit(0 if list(iterate(items, deadline=5)) == [1] else 3)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    assert _run(script).returncode == 0


def test_a_program_that_ends_in_the_middle_ends_quietly_and_at_once() -> None:
    script = """
import asyncio
from rag.background import iterate
async def items():
    yield 1
    await asyncio.sleep(3600)
keep = iterate(items)
print(next(keep))
"""
    started = time.monotonic()
    ended = _run(script)
    assert (ended.returncode, ended.stdout.strip(), ended.stderr) == (0, "1", "")
    assert time.monotonic() - started < 10


def _run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=False)


# -- Stop ---------------------------------------------------------------------------------


def test_callbacks_are_called_once_and_late_ones_at_once() -> None:
    stop, called = Stop(), []
    stop.on_set(lambda: called.append("a"))
    forget = stop.on_set(lambda: called.append("forgotten"))
    forget()
    assert not stop.is_set()
    stop.set()
    stop.set()
    stop.on_set(lambda: called.append("late"))
    assert called == ["a", "late"]
    assert stop.is_set()


# -- adrain -------------------------------------------------------------------------------


async def _collect(source: AsyncIterator[int]) -> list[int]:
    return [item async for item in source]


@pytest.mark.parametrize("upto", [0, 1, AHEAD * 20])
def test_adrain_gives_every_item_in_order(upto: int) -> None:
    assert asyncio.run(_collect(adrain(lambda stop: iter(range(upto))))) == list(range(upto))


def test_adrain_leaves_the_loop_free() -> None:
    def slow(stop: Stop) -> Iterator[int]:
        for i in range(5):
            time.sleep(0.05)
            yield i

    async def main() -> int:
        task = asyncio.create_task(_collect(adrain(slow)))
        ticks = 0
        while not task.done():
            await asyncio.sleep(0.01)
            ticks += 1
        return ticks

    assert asyncio.run(main()) >= 5


def test_adrain_carries_faults_over() -> None:
    def items(stop: Stop) -> Iterator[int]:
        yield 1
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        asyncio.run(_collect(adrain(items)))


def test_adrain_carries_context_variables() -> None:
    name: contextvars.ContextVar[int] = contextvars.ContextVar("name", default=0)

    async def main() -> list[int]:
        name.set(7)
        return await _collect(adrain(lambda stop: iter([name.get()])))

    assert asyncio.run(main()) == [7]


def test_cancelling_the_consumer_stops_what_waits_underneath() -> None:
    source = Waiting()
    closed = threading.Event()

    def items(stop: Stop) -> Iterator[int]:
        try:
            yield from iterate(source.items, stop=stop)
        finally:
            closed.set()

    async def main() -> None:
        task = asyncio.create_task(_collect(adrain(items)))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    started = time.monotonic()
    asyncio.run(main())
    assert source.ended.wait(1)
    assert closed.wait(1)
    assert time.monotonic() - started < 1.5


def test_adrain_keeps_its_producer_near() -> None:
    made = 0

    def items(stop: Stop) -> Iterator[int]:
        nonlocal made
        while made < 10_000:
            made += 1
            yield made

    async def main() -> None:
        source = adrain(items)
        assert await anext(source) == 1
        await asyncio.sleep(0.2)
        assert made <= AHEAD + 3
        await source.aclose()

    asyncio.run(main())
    time.sleep(0.1)
    assert made <= AHEAD + 5
