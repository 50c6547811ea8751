"""The conversation of one browser session, and the drain that turns the events of a question into it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rag.background import Stop
from rag.errors import DatelineError
from rag.types import Answer, Delta, Event, Finished, Hit, Notice, Plan, Planned, Retrieved, Turn
from window.answers import answer_html, failed_html, question_html, waiting_html
from window.evidence import panel_html
from window.pace import paced

if TYPE_CHECKING:
    from rag.archive import Archive

KEPT = 30  # exchanges of a conversation that the window holds
SHOWN = 8  # answers whose evidence stays in the page
EVERY = 0.08  # seconds between two pictures of a streaming answer

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchange:
    """One question and what came of it; `answer` is None where it failed."""

    number: int
    question: str
    html: str
    answer: Answer | None = None


@dataclass(slots=True)
class Talk:
    """The conversation of one browser session."""

    exchanges: list[Exchange] = field(default_factory=list)

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(e.question, e.answer.text) for e in self.exchanges if e.answer is not None)

    def begin(self, question: str) -> Exchange:
        last = self.exchanges[-1].number if self.exchanges else 0
        self.exchanges = [*self.exchanges[-KEPT + 1 :], Exchange(last + 1, question, waiting_html(None, None, ""))]
        return self.exchanges[-1]

    def messages(self) -> list[dict[str, str]]:
        return [
            {"role": role, "content": content}
            for e in self.exchanges
            for role, content in (("user", question_html(e.question)), ("assistant", e.html))
        ]

    def panel(self, archive: Archive) -> str:
        answered = [(e.number, e.answer) for e in self.exchanges if e.answer is not None]
        return panel_html(answered[-SHOWN:], archive.article)


@dataclass(slots=True)
class Picture:
    """What is known of an answer while it is made."""

    plan: Plan | None = None
    hits: tuple[Hit, ...] | None = None
    text: str = ""
    notices: tuple[str, ...] = ()

    def add(self, event: Event) -> None:
        match event:
            case Planned(plan):
                self.plan = plan
            case Retrieved(hits):
                self.hits = hits
            case Notice(text):
                self.notices += (text,)
            case Delta(text):
                self.text += text

    def html(self) -> str:
        return waiting_html(self.plan, self.hits, self.text, self.notices)


class Asking:
    """Asks for every session of the window; remembers what is running, so that it can be stopped."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._running: dict[str, Stop] = {}

    def run(self, talk: Talk, question: str, session: str, **filters: Any) -> Iterator[Exchange]:
        """The exchange as it grows, at most every EVERY seconds; the last one is verified."""
        stop = self._running[session] = Stop()
        exchange = talk.begin(question)
        try:
            yield exchange
            for html, answer in self._pictures(talk, exchange, stop, filters):
                exchange.html, exchange.answer = html, answer
                yield exchange
        except DatelineError as e:
            exchange.html = failed_html(str(e))
            yield exchange
        except Exception:  # a bug must not leave the window waiting: it is logged, and said
            log.exception("a question failed")
            exchange.html = failed_html("Something went wrong inside Dateline; the log of the server says what.")
            yield exchange
        finally:
            stop.set()
            if self._running.get(session) is stop:
                del self._running[session]

    def stop(self, session: str) -> None:
        running = self._running.get(session)
        if running is not None:
            running.set()

    def busy(self, session: str) -> bool:
        return session in self._running

    def _pictures(
        self, talk: Talk, exchange: Exchange, stop: Stop, filters: dict[str, Any]
    ) -> Iterator[tuple[str, Answer | None]]:
        history = talk.turns

        def work(tell: Callable[[tuple[str, None]], None]) -> tuple[str, Answer]:
            picture = Picture()
            for event in self._archive.stream(exchange.question, history=history, stop=stop, **filters):
                if isinstance(event, Finished):
                    return answer_html(event.answer, exchange.number), event.answer
                picture.add(event)
                tell((picture.html(), None))
            raise AssertionError("the path of a question always ends with Finished")

        return paced(work, EVERY)
