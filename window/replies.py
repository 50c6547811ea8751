"""What the tab for asking answers to each thing that is done in it: values for its components.

A conversation is shown in nine of them, in the order of `Parts.view`: the chat, the evidence, the conversation itself, its
title, what to ask next, what was told, the box for questions, and the buttons to ask and to stop.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import DatelineError
from rag.store.conversations import Verdict
from window import drawer as drawers
from window import export
from window.chips import fields_of, without
from window.choices import choices_of
from window.kept import here_html, reopened
from window.markup import note, text_html
from window.next_questions import next_questions
from window.talk import Asking, Exchange, Talk
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive

LONGEST_QUESTION = 2000  # characters
VIEW, BOX = 9, 6  # components that show a conversation; the place of the box for questions among them
FILTERS = 6  # fields that say what a question means


@dataclass(frozen=True, slots=True)
class Replies:
    archive: Archive
    asking: Asking
    words: Words

    def shown(self, held: Talk, said: str = "") -> tuple[Any, ...]:
        """A conversation that stands still, for `view`."""
        return (
            held.messages(self.words), held.panel(self.archive, self.words), held, here_html(held, self.words), held.after(self.words), said, gr.skip(),
            gr.Button(visible=True), gr.Button(visible=False),
        )  # fmt: skip

    async def answer(
        self,
        question: str, held: Talk | None, fields: Sequence[Any], request: gr.Request, instead_of: int | None = None,
        filters: dict[str, Any] | None = None,
    ) -> AsyncIterator[tuple[Any, ...]]:  # fmt: skip
        question = (question or "").strip()[:LONGEST_QUESTION]
        session = request.session_hash or ""
        if not question or self.asking.busy(session):
            yield (gr.skip(),) * VIEW
            return
        held = held or Talk(owner=drawers.owner(request))
        running: tuple[Any, ...] = (gr.Textbox(value=""), gr.Button(visible=False), gr.Button(visible=True))
        filters = overrides(*fields) if filters is None else filters
        # What stays as it is is said again: Gradio keeps a copy of a component that was skipped and then given a value.
        staying = held.evidence or held.panel(self.archive, self.words), here_html(held, self.words)
        async for exchange in self.asking.in_turn(
            held,
            question,
            session,
            instead_of=instead_of,
            settings=choices_of(request.cookies).settings(self.archive.settings),
            **filters,
        ):
            if not exchange.done:  # the finished answer comes with its evidence, in one
                yield held.messages(self.words), staying[0], held, staying[1], "", "", *running
                running = (gr.skip(), gr.skip(), gr.skip())
        yield self.shown(held)

    async def typed(
        self, question: str, held: Talk | None, request: gr.Request, *fields: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        async for values in self.answer(question, held, fields, request, held.editing if held is not None else None):
            yield values

    async def example(
        self, chosen: gr.SelectData, held: Talk | None, request: gr.Request, *fields: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        async for values in self.answer(chosen.value["text"], held, fields, request):
            yield values

    async def repeated(
        self, act: str, held: Talk | None, request: gr.Request, *fields: Any
    ) -> AsyncIterator[tuple[Any, ...]]:
        """The last question again, one that was offered, or one with less read into it: "retry-3", "next-3-1", "less-3-0"."""
        what, number, nth = _act(act)
        of = held.exchange(number) if held is not None else None
        if of is not None and what == "retry":
            async for values in self.answer(of.question, held, fields, request, number, of.filters):
                yield values
        elif of is not None and what == "next" and nth < len(of.after):
            async for values in self.answer(of.after[nth], held, fields, request):
                yield values
        elif of is not None and held is not None and what == "less" and (instead := _less(of, nth)) is not None:
            last = of is held.exchanges[-1]  # what followed an older one stays
            async for values in self.answer(of.question, held, fields, request, number if last else None, instead):
                yield values
        else:
            yield (gr.skip(),) * VIEW

    def refine(self, act: str, held: Talk | None) -> tuple[Any, ...]:
        """ "refine-3": what that question was understood to ask, in the fields, where it can be changed."""
        what, number, _ = _act(act)
        of = held.exchange(number) if held is not None else None
        if what != "refine" or of is None or of.answer is None or of.answer.plan is None:
            return (gr.skip(),) * (1 + FILTERS)
        return gr.Accordion(open=True), *fields_of(of.answer.plan)

    def do(self, act: str, held: Talk | None) -> tuple[Any, ...]:
        """What needs no question: "copy-3", "edit-3", "refine-3", "keep-3" (do not edit), "up-3", "down-3"."""
        what, number, _ = _act(act)
        of = held.exchange(number) if held is not None else None
        skip = gr.skip()
        if held is None or of is None:
            return (skip,) * 7
        if what == "copy" and of.answer is not None:
            return skip, skip, skip, skip, export.handed("copy", export.one(of.answer)), skip, skip
        if what in ("edit", "refine"):
            held.editing = number
            return skip, held, _editing_html(held, of, self.words), of.question, skip, skip, skip
        if what == "keep":
            held.editing = None
            return skip, held, "", "", skip, skip, skip
        if what in ("up", "down") and of.answer is not None:
            said = judged(self.archive, of, None if of.verdict == what else what, words=self.words)
            held.judging = number
            return held.messages(self.words), held, said, skip, skip, gr.Row(visible=of.verdict is not None), of.why
        return (skip,) * 7

    def explained(self, why: str, held: Talk | None) -> tuple[Any, ...]:
        of = held.exchange(held.judging) if held is not None else None
        said = judged(self.archive, of, of.verdict, why, self.words) if of is not None else ""
        return gr.Row(visible=False), said or note(self.words.kept_thanks, words=self.words)

    def follow(self, held: Talk) -> None:
        """Find what could be asked next."""
        last = held.exchanges[-1] if held.exchanges else None
        if last is not None and last.answer is not None:
            asked = [e.question for e in held.exchanges]
            last.after = next_questions(
                last.answer, asked, self.archive.article, lambda id: self.archive.quotations(article=id)
            )

    def followed(self, held: Talk | None) -> Any:
        if held is None:
            return gr.skip()
        self.follow(held)
        return held.after(self.words)

    def listed(self, search: str, held: Talk | None, request: gr.Request) -> tuple[Any, ...]:
        return drawers.listed(self.archive, search, held, drawers.owner(request), self.words)

    def opened(self, id: str | None, request: gr.Request) -> Talk | None:
        held = (
            reopened(self.archive, id, drawers.owner(request), self.words) if id else Talk(owner=drawers.owner(request))
        )
        if held is not None:
            self.follow(held)
        return held

    def loaded(self, request: gr.Request) -> tuple[Any, ...]:
        """The page as its address says: a conversation of this user's, or a new one."""
        said, held = "", None
        try:
            held = self.opened(request.query_params.get("conversation"), request)
            said = "" if held is not None else note(self.words.conversation_not_here, words=self.words)
        except DatelineError as e:
            said = note(f"{e}.", "error", self.words)
        held = held or Talk(owner=drawers.owner(request))
        return *self.shown(held, said), *self.listed("", held, request)

    def chosen(self, id: str | None, request: gr.Request) -> tuple[Any, ...]:
        self.asking.stop(request.session_hash or "")
        try:
            held = self.opened(id, request)
        except DatelineError as e:
            return *((gr.skip(),) * 5), note(f"{e}.", "error", self.words), *((gr.skip(),) * 3)
        return (
            self.shown(held)
            if held is not None
            else self.shown(
                Talk(owner=drawers.owner(request)), note(self.words.conversation_not_here, words=self.words)
            )
        )

    def begun(self, request: gr.Request) -> tuple[Any, ...]:
        self.asking.stop(request.session_hash or "")
        now = list(self.shown(Talk(owner=drawers.owner(request))))
        now[BOX] = ""
        return tuple(now)

    def named(self, name: str, held: Talk | None, request: gr.Request) -> tuple[Any, ...]:
        try:
            drawers.renamed(self.archive, held, name, drawers.owner(request))
        except DatelineError as e:
            return held, gr.skip(), note(f"{e}.", "error", self.words)
        return held, here_html(held, self.words), ""

    def deleted(self, held: Talk | None, request: gr.Request) -> tuple[Any, ...]:
        self.asking.stop(request.session_hash or "")
        owner = drawers.owner(request)
        if held is not None and held.id is not None:
            try:
                self.archive.conversations.delete(held.id, owner=owner)
            except DatelineError as e:
                return self.shown(held, note(f"{e}.", "error", self.words))
            return self.shown(
                Talk(owner=owner), note(self.words.conversation_deleted.format(title=held.title), words=self.words)
            )
        return self.shown(Talk(owner=owner))

    def stopped(self, request: gr.Request) -> None:
        self.asking.stop(request.session_hash or "")


def overrides(
    after: str, before: str, as_of: str, sources: Sequence[str], authors: Sequence[str], kind: str
) -> dict[str, Any]:
    """What the fields of `_filters` say, as `Archive.ask` takes it; an empty field says nothing."""
    days = {"after": after, "before": before, "as_of": as_of}
    given: dict[str, Any] = {name: text.strip() for name, text in days.items() if (text or "").strip()}
    given |= {name: tuple(some) for name, some in (("sources", sources), ("authors", authors)) if some}
    return given | ({"kind": kind} if kind else {})


def judged(archive: Archive, of: Exchange, verdict: Verdict | None, why: str = "", words: Words = ENGLISH) -> str:
    """Keep a reader's verdict; what went wrong, as HTML."""
    try:
        if of.kept is None or not archive.conversations.judge(of.kept, verdict, why):
            return note(words.not_kept_judged, "error", words)
    except DatelineError as e:
        return note(f"{e}.", "error", words)
    of.verdict, of.why = verdict, why
    return ""


def _act(act: str) -> tuple[str, int, int]:
    """ "next-3-1 88" -> ("next", 3, 1); the number after the space only makes each click another."""
    found = re.match(r"([a-z]+)-(\d{1,9})(?:-(\d))?(?: |$)", act or "")
    return (found[1], int(found[2]), int(found[3] or 0)) if found else ("", 0, 0)


def _less(of: Exchange, chip: int) -> dict[str, Any] | None:
    """The filters that ask again without a chip of its plan."""
    plan = of.answer.plan if of.answer is not None else None
    instead = without(plan, chip) if plan is not None else None
    return None if instead is None else {**(of.filters or {}), **instead}


def _editing_html(held: Talk, of: Exchange, words: Words) -> str:
    later = sum(e.number > of.number for e in held.exchanges)
    if later:
        said = words.several(later, words.editing_later, question=of.question)
    else:
        said = words.editing.format(question=of.question)
    return (
        f'<div class="dl-note dl-info" role="note">{text_html(said)} '
        f'<button class="dl-act dl-keep" type="button" id="dl-keep-{of.number}">{words.do_not_edit}</button></div>'
    )
