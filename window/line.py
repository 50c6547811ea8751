"""The line of questions that wait for their turn, so that a busy window says so, and loses none.

    ticket = line.join()                      None where the line itself is full
    while not await ticket.turn(seconds=2):
        ...                                   ticket.place: 1 is the next one
    ...                                       answered here
    ticket.leave()

Gradio's own queue shows no place and turns away what it cannot hold. All of a line is used from one event loop.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from rag.settings import Settings

T = TypeVar("T")

EMBEDDED_AT_ONCE = 2 * (os.cpu_count() or 1)  # answers that the reader makes at the same time: they want the processor
MODEL_AT_ONCE = 32  # answers of a chat model: they mostly wait for it
LONGEST = 1_000  # questions that wait


class Line:
    """Tickets in the order in which they were taken; the first `at_once` have their turn."""

    def __init__(self, at_once: int, longest: int = LONGEST) -> None:
        self._at_once, self._longest = at_once, longest
        self._tickets: list[Ticket] = []

    def __len__(self) -> int:
        """How many have their turn or wait for it."""
        return len(self._tickets)

    def join(self) -> Ticket | None:
        if len(self._tickets) >= self._at_once + self._longest:
            return None
        ticket = Ticket(self)
        self._tickets.append(ticket)
        self._call()
        return ticket

    def place(self, ticket: Ticket) -> int:
        """0 for one that has its turn or has left, 1 for the next."""
        at = self._tickets.index(ticket) if ticket in self._tickets else 0
        return max(0, at - self._at_once + 1)

    def leave(self, ticket: Ticket) -> None:
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            self._call()

    def _call(self) -> None:
        for ticket in self._tickets[: self._at_once]:
            ticket.called.set()


@dataclass(eq=False, slots=True)
class Ticket:
    """One question's place in the line; leaving twice is leaving once."""

    line: Line
    called: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def place(self) -> int:
        return self.line.place(self)

    async def turn(self, seconds: float) -> bool:
        """Whether its turn has come, within so many seconds."""
        try:
            await asyncio.wait_for(self.called.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def leave(self) -> None:
        self.line.leave(self)


class Lines:
    """The lines of a window, whatever pages it has: of answers by the reader, and of those by a chat model."""

    def __init__(self, embedded: int = EMBEDDED_AT_ONCE, model: int = MODEL_AT_ONCE, longest: int = LONGEST) -> None:
        self._embedded, self._model = Line(embedded, longest), Line(model, longest)
        self._threads = ThreadPoolExecutor(embedded + model, thread_name_prefix="dateline-answers")

    def of(self, own: Settings, changed: Mapping[str, Any]) -> Line:
        """Where a question waits that is answered by these settings, changed so."""
        return self._embedded if changed.get("model", own.model) is None else self._model

    async def thread(self, work: Callable[[], T]) -> T:
        """What `work` gives, from a thread: there is one for every turn."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)
