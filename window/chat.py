"""The tab for asking: the conversation, the filters, and the evidence beside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from rag.errors import DatelineError
from rag.store.conversations import LONGEST_WHY, Verdict
from window import drawer as drawers
from window import export
from window.chips import fields_of, kinds, without
from window.choices import Choices, choices_of
from window.doors import Way
from window.evidence import empty_html
from window.kept import here_html, reopened
from window.markup import attribute, note, text_html
from window.next_questions import next_questions
from window.talk import Asking, Exchange, Talk
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive

LONGEST_QUESTION = 2000  # characters
OUTLETS = 3  # the place of the outlets among the fields that say what a question means


def masthead(archive: Archive, words: Words = ENGLISH, choices: Choices | None = None, ways: Sequence[Way] = ()) -> str:
    """The name, and what can be asked: how many articles, from when to when, who answers, and which other archives."""
    coverage = archive.coverage()
    if coverage.articles:
        parts = [
            words.several(coverage.articles, words.articles), words.several(coverage.independent, words.outlets_counted)
        ]  # fmt: skip
        parts += [words.days(coverage.first, coverage.last)] if coverage.first else []
    else:
        parts = [words.empty_archive]
    model = None if choices is not None and choices.model == "embedded" else archive.settings.model
    parts.append(words.answers_by.format(model=model) if model else words.answers_own)
    return (
        '<div class="dl-masthead"><div><h1>Dateline</h1>'
        f'<p class="dl-coverage">{" · ".join(text_html(p) for p in parts)}</p>{_archives(ways, words)}</div>'
        f'<button class="dl-theme" type="button" title="{words.light_or_dark}">{words.light_or_dark}</button></div>'
    )


def _archives(ways: Sequence[Way], words: Words) -> str:
    """Links to the other archives; Gradio keeps no aria-current, so the one that is open says so in words."""
    if not ways:
        return ""
    links = "".join(
        f'<li><b>{text_html(way.name)}</b><span class="dl-sr"> ({words.archive_here})</span></li>'
        if way.here
        else f'<li><a class="dl-archive" href="{attribute(way.href)}">{text_html(way.name)}</a></li>'
        for way in ways
    )
    return f'<ul class="dl-archives" title="{words.archives}">{links}</ul>'


def _welcome(words: Words) -> str:
    return f'<div class="dl-welcome"><h2>{words.welcome}</h2><p>{words.welcome_more}</p></div>'


@dataclass(frozen=True, slots=True)
class Desk:
    """What the page updates of the tab: `opened` with what `open` gives when it is loaded, the others when articles change."""

    chatbot: gr.Chatbot
    outlets: gr.Dropdown
    talk: gr.State
    opened: list[Any]
    open: Callable[[gr.Request], tuple[Any, ...]]


def build(archive: Archive, asking: Asking, words: Words = ENGLISH) -> Desk:
    talk = gr.State(None)  # a Talk, made when the page is loaded
    with gr.Row(elem_id="dl-desk"):
        drawer = drawers.build(words)
        with gr.Column(scale=7, min_width=320, elem_id="dl-left"):
            here = gr.Markdown("", elem_id="dl-here", sanitize_html=True, latex_delimiters=[])
            chatbot = gr.Chatbot(
                elem_id="dl-chat", label=words.conversation, show_label=False, height="", layout="panel", buttons=[],
                sanitize_html=True, latex_delimiters=[], feedback_options=None, placeholder=_welcome(words), autoscroll=False,
                group_consecutive_messages=False, allow_tags=False, container=False,
            )  # fmt: skip
            after = gr.Markdown("", elem_id="dl-next", sanitize_html=True, latex_delimiters=[])
            told = gr.Markdown("", elem_id="dl-told", sanitize_html=True, latex_delimiters=[])
            with gr.Row(visible=False, elem_id="dl-why") as asked_why:
                why = gr.Textbox(
                    label=words.why, placeholder=words.why_hint, show_label=False, lines=1,
                    max_lines=3, max_length=LONGEST_WHY, scale=8, min_width=120, elem_id="dl-why-text",
                )  # fmt: skip
                tell = gr.Button(words.save, variant="primary", scale=1, min_width=72, elem_id="dl-why-save")
                hush = gr.Button(words.close, variant="secondary", scale=1, min_width=72, elem_id="dl-why-close")
            with gr.Row(elem_id="dl-ask"):
                box = gr.Textbox(
                    label=words.question, placeholder=words.question_hint, lines=1, max_lines=5, scale=8,
                    max_length=LONGEST_QUESTION, autofocus=True, elem_id="dl-question", show_label=False,
                )  # fmt: skip
                ask = gr.Button(words.ask, variant="primary", scale=1, min_width=72, elem_id="dl-send")
                stop = gr.Button(words.stop, variant="stop", scale=1, min_width=72, visible=False, elem_id="dl-stop")
                new = gr.Button(words.new, variant="secondary", scale=1, min_width=72, elem_id="dl-new")
            meaning, filters = _filters(words)
            acted, again, hand = (
                gr.Textbox(elem_id=id, elem_classes="dl-bridge", show_label=False, container=False, lines=1)
                for id in ("dl-acted", "dl-again", "dl-hand")
            )
            exported = export.build(archive, talk, hand, words)
        with gr.Column(scale=5, min_width=320, elem_id="dl-right"):
            panel = gr.Markdown(empty_html(words), elem_id="dl-evidence", sanitize_html=True, latex_delimiters=[])

    view = [chatbot, panel, talk, here, after, told, box, ask, stop]
    judging = [asked_why, why]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    at_once: dict[str, Any] = {**quiet, "queue": False}

    def shown(held: Talk, said: str = "") -> tuple[Any, ...]:
        """A conversation that stands still, for `view`."""
        return (
            held.messages(words), held.panel(archive, words), held, here_html(held, words), held.after(words), said, gr.skip(),
            gr.Button(visible=True), gr.Button(visible=False),
        )  # fmt: skip

    def answer(
        question: str, held: Talk | None, fields: Sequence[Any], request: gr.Request, instead_of: int | None = None,
        filters: dict[str, Any] | None = None,
    ) -> Iterator[tuple[Any, ...]]:  # fmt: skip
        question = (question or "").strip()[:LONGEST_QUESTION]
        session = request.session_hash or ""
        if not question or asking.busy(session):
            yield (gr.skip(),) * len(view)
            return
        held = held or Talk(owner=drawers.owner(request))
        running: tuple[Any, ...] = (gr.Textbox(value=""), gr.Button(visible=False), gr.Button(visible=True))
        filters = overrides(*fields) if filters is None else filters
        for _ in asking.run(
            held,
            question,
            session,
            instead_of=instead_of,
            settings=choices_of(request.cookies).settings(archive.settings),
            **filters,
        ):
            yield held.messages(words), gr.skip(), held, gr.skip(), "", "", *running
            running = (gr.skip(), gr.skip(), gr.skip())
        yield shown(held)

    def typed(question: str, held: Talk | None, request: gr.Request, *fields: Any) -> Iterator[tuple[Any, ...]]:
        yield from answer(question, held, fields, request, held.editing if held is not None else None)

    def example(
        chosen: gr.SelectData, held: Talk | None, request: gr.Request, *fields: Any
    ) -> Iterator[tuple[Any, ...]]:
        yield from answer(chosen.value["text"], held, fields, request)

    def repeated(act: str, held: Talk | None, request: gr.Request, *fields: Any) -> Iterator[tuple[Any, ...]]:
        """The last question again, one that was offered, or one with less read into it: "retry-3", "next-3-1", "less-3-0"."""
        what, number, nth = _act(act)
        of = held.exchange(number) if held is not None else None
        if of is not None and what == "retry":
            yield from answer(of.question, held, fields, request, number, of.filters)
        elif of is not None and what == "next" and nth < len(of.after):
            yield from answer(of.after[nth], held, fields, request)
        elif of is not None and held is not None and what == "less" and (instead := _less(of, nth)) is not None:
            last = of is held.exchanges[-1]  # what followed an older one stays
            yield from answer(of.question, held, fields, request, number if last else None, instead)
        else:
            yield (gr.skip(),) * len(view)

    def refine(act: str, held: Talk | None) -> tuple[Any, ...]:
        """ "refine-3": what that question was understood to ask, in the fields, where it can be changed."""
        what, number, _ = _act(act)
        of = held.exchange(number) if held is not None else None
        if what != "refine" or of is None or of.answer is None or of.answer.plan is None:
            return (gr.skip(),) * (1 + len(filters))
        return gr.Accordion(open=True), *fields_of(of.answer.plan)

    def do(act: str, held: Talk | None) -> tuple[Any, ...]:
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
            return skip, held, _editing_html(held, of, words), of.question, skip, skip, skip
        if what == "keep":
            held.editing = None
            return skip, held, "", "", skip, skip, skip
        if what in ("up", "down") and of.answer is not None:
            said = judged(archive, of, None if of.verdict == what else what, words=words)
            held.judging = number
            return held.messages(words), held, said, skip, skip, gr.Row(visible=of.verdict is not None), of.why
        return (skip,) * 7

    def explained(why: str, held: Talk | None) -> tuple[Any, ...]:
        of = held.exchange(held.judging) if held is not None else None
        said = judged(archive, of, of.verdict, why, words) if of is not None else ""
        return gr.Row(visible=False), said or note(words.kept_thanks, words=words)

    def follow(held: Talk) -> None:
        """Find what could be asked next."""
        last = held.exchanges[-1] if held.exchanges else None
        if last is not None and last.answer is not None:
            asked = [e.question for e in held.exchanges]
            last.after = next_questions(last.answer, asked, archive.article, lambda id: archive.quotations(article=id))

    def followed(held: Talk | None) -> Any:
        if held is None:
            return gr.skip()
        follow(held)
        return held.after(words)

    def listed(search: str, held: Talk | None, request: gr.Request) -> tuple[Any, ...]:
        return drawers.listed(archive, search, held, drawers.owner(request), words)

    def opened(id: str | None, request: gr.Request) -> Talk | None:
        held = reopened(archive, id, drawers.owner(request), words) if id else Talk(owner=drawers.owner(request))
        if held is not None:
            follow(held)
        return held

    def loaded(request: gr.Request) -> tuple[Any, ...]:
        """The page as its address says: a conversation of this user's, or a new one."""
        said, held = "", None
        try:
            held = opened(request.query_params.get("conversation"), request)
            said = "" if held is not None else note(words.conversation_not_here, words=words)
        except DatelineError as e:
            said = note(f"{e}.", "error", words)
        held = held or Talk(owner=drawers.owner(request))
        return *shown(held, said), *listed("", held, request)

    def chosen(id: str | None, request: gr.Request) -> tuple[Any, ...]:
        asking.stop(request.session_hash or "")
        try:
            held = opened(id, request)
        except DatelineError as e:
            return *((gr.skip(),) * 5), note(f"{e}.", "error", words), *((gr.skip(),) * 3)
        return (
            shown(held)
            if held is not None
            else shown(Talk(owner=drawers.owner(request)), note(words.conversation_not_here, words=words))
        )

    def begun(request: gr.Request) -> tuple[Any, ...]:
        asking.stop(request.session_hash or "")
        now = list(shown(Talk(owner=drawers.owner(request))))
        now[view.index(box)] = ""
        return tuple(now)

    def named(name: str, held: Talk | None, request: gr.Request) -> tuple[Any, ...]:
        try:
            drawers.renamed(archive, held, name, drawers.owner(request))
        except DatelineError as e:
            return held, gr.skip(), note(f"{e}.", "error", words)
        return held, here_html(held, words), ""

    def deleted(held: Talk | None, request: gr.Request) -> tuple[Any, ...]:
        asking.stop(request.session_hash or "")
        owner = drawers.owner(request)
        if held is not None and held.id is not None:
            try:
                archive.conversations.delete(held.id, owner=owner)
            except DatelineError as e:
                return shown(held, note(f"{e}.", "error", words))
            return shown(Talk(owner=owner), note(words.conversation_deleted.format(title=held.title), words=words))
        return shown(Talk(owner=owner))

    def stopped(request: gr.Request) -> None:
        asking.stop(request.session_hash or "")

    fields = [talk, *filters]
    running = [
        gr.on([ask.click, box.submit], typed, [box, *fields], view, trigger_mode="once", **quiet),
        chatbot.example_select(example, fields, view, trigger_mode="once", **quiet),
        again.change(repeated, [again, *fields], view, trigger_mode="once", **quiet),
    ]
    list_inputs = [drawer.find, talk]
    for one in running:
        one.then(followed, talk, after, **quiet).then(listed, list_inputs, drawer.listing, **quiet)
    stop.click(stopped, None, None, **at_once)
    acted.change(do, [acted, talk], [chatbot, talk, told, box, hand, *judging], **at_once)
    acted.change(refine, [acted, talk], [meaning, *filters], **at_once)
    gr.on([tell.click, why.submit], explained, [why, talk], [asked_why, told], **at_once)
    hush.click(lambda: gr.Row(visible=False), None, asked_why, **at_once)
    changes = [
        new.click(begun, None, view, cancels=running, **at_once),
        drawer.rows.input(chosen, drawer.rows, view, cancels=running, **at_once),
        drawer.yes.click(deleted, talk, view, cancels=running, **at_once),
        gr.on([drawer.save.click, drawer.name.submit], named, [drawer.name, talk], [talk, here, told], **at_once),
    ]
    for change in changes:
        change.then(listed, list_inputs, drawer.listing, **at_once)
    drawer.find.change(listed, list_inputs, drawer.listing, **at_once)
    drawer.rename.click(lambda held: held.title if held is not None else "", talk, drawer.name, **at_once)
    drawers.wire(drawer)
    for event in (ask.click, box.submit, chatbot.example_select, again.change, new.click, drawer.rows.input):
        event(lambda: ("", gr.Row(visible=False)), None, [exported, asked_why], **at_once)  # they are of other answers
    return Desk(chatbot, filters[OUTLETS], talk, [*view, *drawer.listing], loaded)


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


def _filters(words: Words) -> tuple[gr.Accordion, list[Any]]:
    """The fields by which a reader says what the question means; empty, it is understood as it stands."""
    with gr.Accordion(words.meaning, open=False, elem_id="dl-filters") as meaning:
        with gr.Row():
            days = [
                gr.Textbox(label=label, placeholder=f"2024-{day}", min_width=120, max_length=10)
                for label, day in (
                    (words.published_from, "11-01"),
                    (words.published_until, "11-30"),
                    (words.as_of, "12-31"),
                )
            ]
        with gr.Row():
            names = [
                gr.Dropdown(label=label, multiselect=True, choices=[], allow_custom_value=True, min_width=160)
                for label in (words.outlets, words.authors)
            ]
            kind = gr.Dropdown(
                label=words.kind,
                choices=[(words.as_asked, ""), *((called, kind) for kind, called in kinds(words).items())],
                value="",
                min_width=120,
            )
    return meaning, [*days, *names, kind]


def overrides(
    after: str, before: str, as_of: str, sources: Sequence[str], authors: Sequence[str], kind: str
) -> dict[str, Any]:
    """What the fields of `_filters` say, as `Archive.ask` takes it; an empty field says nothing."""
    days = {"after": after, "before": before, "as_of": as_of}
    given: dict[str, Any] = {name: text.strip() for name, text in days.items() if (text or "").strip()}
    given |= {name: tuple(some) for name, some in (("sources", sources), ("authors", authors)) if some}
    return given | ({"kind": kind} if kind else {})


def outlets_of(archive: Archive) -> Any:
    return gr.Dropdown(choices=list(archive.coverage().sources))


def shown(questions: list[str]) -> Any:
    """The examples, for the chat that `build` returned."""
    return gr.Chatbot(examples=[{"text": q} for q in questions])
