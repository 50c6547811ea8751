"""The conversation of one browser session, and the drain that turns the events of a question into it.

What is finished is kept in the archive at once, by the thread that made it: a tab may close meanwhile.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rag.background import Stop
from rag.errors import DatelineError, UsageError
from rag.store.conversations import Verdict
from rag.types import Answer, Delta, Event, Finished, Hit, Notice, Plan, Planned, Retrieved, Turn
from window.acts import acts_html, next_html
from window.answers import answer_html, failed_html, in_line_html, question_html, waiting_html
from window.evidence import panel_html
from window.line import Lines
from window.markup import note
from window.pace import paced
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive

KEPT = 30  # exchanges of a conversation that the window holds
SHOWN = 8  # answers whose evidence stays in the page
EVERY = 0.08  # seconds between two pictures of a streaming answer
SOON = 0.05  # seconds until who waits for a turn is told so
LOOK = 0.4  # seconds between two looks of who waits for a turn: whether it is stopped, and its place
FURTHER = 10  # a place is told anew when it has moved by so small a part of it

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Exchange:
    """One question and what came of it; `answer` is None where it failed.

    `kept` is its number among the kept exchanges, `instead_of` that of the one it takes the place of when it is kept.
    `since` is what became of its articles, as HTML, `after` what could be asked next.
    """

    number: int
    question: str
    html: str
    answer: Answer | None = None
    done: bool = False
    kept: int | None = None
    instead_of: int | None = None
    filters: dict[str, Any] | None = None
    verdict: Verdict | None = None
    why: str = ""
    since: str = ""
    after: tuple[str, ...] = ()


@dataclass(slots=True)
class Talk:
    """The conversation of one browser session; `id` is None until something of it is kept.

    `editing` is the number of the exchange whose question is being edited, `judging` that of the one last judged.
    `evidence` is the HTML of the panel as last made.
    """

    exchanges: list[Exchange] = field(default_factory=list)
    owner: str = ""
    id: str | None = None
    title: str = ""
    editing: int | None = None
    judging: int | None = None
    evidence: str = ""

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(e.question, e.answer.text) for e in self.exchanges if e.answer is not None)

    def exchange(self, number: int | None) -> Exchange | None:
        return next((e for e in self.exchanges if e.number == number), None)

    def begin(self, question: str, instead_of: int | None = None, words: Words = ENGLISH) -> Exchange:
        """A new exchange at the end; the one of the number `instead_of`, and what followed it, make way."""
        gone = [e for e in self.exchanges if instead_of is not None and e.number >= instead_of]
        held = self.exchanges[: len(self.exchanges) - len(gone)]
        last = held[-1].number if held else 0
        begun = Exchange(last + 1, question, waiting_html(None, None, "", words=words))
        begun.instead_of = next((n for e in gone for n in (e.kept, e.instead_of) if n is not None), None)
        self.exchanges = [*held[-KEPT + 1 :], begun]
        self.editing = None
        return begun

    def messages(self, words: Words = ENGLISH) -> list[dict[str, str]]:
        return [
            {"role": role, "content": content}
            for e in self.exchanges
            for role, content in (("user", question_html(e.question)), ("assistant", self._shown(e, words)))
        ]

    def _shown(self, e: Exchange, words: Words) -> str:
        if not e.done:
            return e.html
        last = e is self.exchanges[-1]
        below = acts_html(e.number, answered=e.answer is not None, last=last, verdict=e.verdict, words=words)
        return f'<div class="dl-exchange">{e.html}{e.since}{below}</div>'

    def after(self, words: Words = ENGLISH) -> str:
        """What could be asked next, as HTML."""
        last = self.exchanges[-1] if self.exchanges else None
        return next_html(last.number, last.after, words) if last is not None else ""

    def panel(self, archive: Archive, words: Words = ENGLISH) -> str:
        answered = [(e.number, e.answer) for e in self.exchanges if e.answer is not None]
        self.evidence = panel_html(answered[-SHOWN:], archive.article, words)
        return self.evidence


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

    def html(self, words: Words = ENGLISH) -> str:
        return waiting_html(self.plan, self.hits, self.text, self.notices, words)


class Asking:
    """Asks for every session of the window; remembers what is running, so that it can be stopped."""

    def __init__(self, archive: Archive, words: Words = ENGLISH, lines: Lines | None = None) -> None:
        self._archive, self._words = archive, words
        self._lines = lines or Lines()
        self._running: dict[str, Stop] = {}

    async def in_turn(
        self, talk: Talk, question: str, session: str, *, instead_of: int | None = None,
        settings: Mapping[str, Any] | None = None, **filters: Any,
    ) -> AsyncIterator[Exchange]:  # fmt: skip
        """Like `run`, when the question's turn has come; until then the exchange says how many are before it."""
        exchange = talk.begin(question, instead_of, self._words)
        stop = self._running[session] = Stop()
        ticket = self._lines.of(self._archive.settings, settings or {}).join()
        pictures = self._run(talk, exchange, session, stop, settings or {}, filters)
        try:
            told = None
            while ticket is not None and not stop.is_set() and not await ticket.turn(SOON if told is None else LOOK):
                if told is None or ticket.place < told - told // FURTHER:  # far behind, not each step is told
                    told = ticket.place
                    exchange.html = in_line_html(told, self._words)
                    yield exchange
            if ticket is None or stop.is_set():
                said = self._words.line_full if ticket is None else self._words.left_line
                exchange.html, exchange.done = failed_html(said, self._words), True
                yield exchange
                return
            while (grown := await self._lines.thread(lambda: next(pictures, None))) is not None:
                yield grown
        finally:
            stop.set()
            if ticket is not None:
                ticket.leave()
            self._forget(session, stop)

    def run(
        self, talk: Talk, question: str, session: str, *, instead_of: int | None = None,
        settings: Mapping[str, Any] | None = None, **filters: Any,
    ) -> Iterator[Exchange]:  # fmt: skip
        """The exchange as it grows, at most every EVERY seconds; the last one is verified, and kept.

        `settings` are what this reader has chosen for it.
        """
        exchange = talk.begin(question, instead_of, self._words)
        stop = self._running[session] = Stop()
        return self._run(talk, exchange, session, stop, settings or {}, filters)

    def _run(
        self, talk: Talk, exchange: Exchange, session: str, stop: Stop, settings: Mapping[str, Any], filters: dict[str, Any]
    ) -> Iterator[Exchange]:  # fmt: skip
        exchange.filters = filters
        exchange.html = waiting_html(None, None, "", words=self._words)
        try:
            yield exchange
            for html, answer in self._pictures(talk, exchange, stop, settings, filters):
                exchange.html, exchange.answer, exchange.done = html, answer, answer is not None
                yield exchange
        except DatelineError as e:
            exchange.html, exchange.done = failed_html(str(e), self._words), True
            yield exchange
        except Exception:  # a bug must not leave the window waiting: it is logged, and said
            log.exception("a question failed")
            exchange.html = failed_html(self._words.fault, self._words)
            exchange.done = True
            yield exchange
        finally:
            stop.set()
            self._forget(session, stop)

    def _forget(self, session: str, stop: Stop) -> None:
        if self._running.get(session) is stop:
            del self._running[session]

    def stop(self, session: str) -> None:
        running = self._running.get(session)
        if running is not None:
            running.set()

    def busy(self, session: str) -> bool:
        return session in self._running

    def _pictures(
        self, talk: Talk, exchange: Exchange, stop: Stop, settings: Mapping[str, Any], filters: dict[str, Any]
    ) -> Iterator[tuple[str, Answer | None]]:
        history = talk.turns

        def work(tell: Callable[[tuple[str, None]], None]) -> tuple[str, Answer]:
            picture = Picture()
            archive = self._archive.with_settings(**settings) if settings else self._archive
            for event in archive.stream(exchange.question, history=history, stop=stop, **filters):
                if isinstance(event, Finished):
                    unkept = self._keep(talk, exchange, event.answer)
                    return answer_html(event.answer, exchange.number, self._words) + unkept, event.answer
                picture.add(event)
                tell((picture.html(self._words), None))
            raise AssertionError("the path of a question always ends with Finished")

        return paced(work, EVERY)

    def _keep(self, talk: Talk, exchange: Exchange, answer: Answer) -> str:
        """Keep the exchange; what the reader must know where that cannot be, as HTML."""
        kept = self._archive.conversations
        try:
            if talk.id is None:
                talk.id = kept.begin(exchange.question, owner=talk.owner)
                began = kept.open(talk.id)
                talk.title = began.title if began is not None else exchange.question
            exchange.kept = kept.add(talk.id, exchange.question, answer, instead_of=exchange.instead_of)
        except UsageError:  # it was deleted in another tab: what is asked from here on is a conversation of its own
            talk.id, exchange.instead_of = None, None
            return self._keep(talk, exchange, answer)
        except DatelineError as e:
            return note(self._words.not_kept.format(reason=e), "error", self._words)
        exchange.instead_of = None
        return ""
