"""Whoever asks is answered in turn, knows the place, and makes way by leaving."""

from __future__ import annotations

import asyncio

from window.line import Line, Ticket


def joined(line: Line, count: int) -> list[Ticket]:
    tickets = [line.join() for _ in range(count)]
    return [ticket for ticket in tickets if ticket is not None]


def test_turns_come_in_the_order_of_asking() -> None:
    async def run() -> None:
        line = Line(2)
        first, second, third, fourth = joined(line, 4)
        assert [t.place for t in (first, second, third, fourth)] == [0, 0, 1, 2]
        assert await first.turn(1)
        assert await second.turn(1)
        assert not await third.turn(0.01)
        second.leave()
        assert await third.turn(1)
        assert [t.place for t in (first, third, fourth)] == [0, 0, 1]
        third.leave()
        third.leave()
        assert await fourth.turn(1)
        assert len(line) == 2

    asyncio.run(run())


def test_who_leaves_while_waiting_makes_way() -> None:
    async def run() -> None:
        line = Line(1)
        first, second, third = joined(line, 3)
        second.leave()
        assert third.place == 1
        waiting = asyncio.create_task(third.turn(5))
        await asyncio.sleep(0)
        first.leave()
        assert await waiting

    asyncio.run(run())


def test_a_full_line_takes_nobody_until_one_leaves() -> None:
    line = Line(1, longest=2)
    first, *_ = joined(line, 3)
    assert line.join() is None
    first.leave()
    assert line.join() is not None


def test_two_hundred_at_once_are_all_answered_and_never_more_than_allowed() -> None:
    async def run() -> tuple[int, list[int]]:
        line, now, most, done = Line(4), 0, 0, list[int]()

        async def ask(number: int) -> None:
            nonlocal now, most
            ticket = line.join()
            assert ticket is not None
            while not await ticket.turn(0.05):
                pass
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.001)
            now -= 1
            done.append(number)
            ticket.leave()

        await asyncio.gather(*(ask(n) for n in range(200)))
        return most, done

    most, done = asyncio.run(run())
    assert most == 4
    assert sorted(done) == list(range(200))
    assert done[:4] == [0, 1, 2, 3]
