"""The path of one question, as events; everything that asks drains `events`.

followup -> understand -> attempts: search -> evidence -> writer | embedded -> verify
            Planned                 Retrieved             Delta …              Finished

A question about the whole archive ("how many articles …") is counted in the catalog instead, past all models.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rag.answer.abstain import abstained
from rag.answer.counts import count
from rag.answer.days import off_days, too_early
from rag.answer.disagreement import of_answer
from rag.answer.embedded import Embedded
from rag.answer.evidence import gather
from rag.answer.extract import Encode, Extract
from rag.answer.independence import backing
from rag.answer.quotations import archive_wide
from rag.answer.said import heard
from rag.answer.strict import supported_only
from rag.answer.tables import retold
from rag.answer.verify import check
from rag.background import Stop
from rag.errors import ModelError
from rag.question.followup import stand_alone
from rag.question.understand import understand
from rag.search.attempts import Attempt, attempts
from rag.search.planned import TOPICAL, Searched, filter_of, search
from rag.search.reader import Reader
from rag.settings import Settings
from rag.store import quotations
from rag.store.catalog import Filter
from rag.store.index import Index
from rag.text import spelled
from rag.types import (
    Answer,
    Citation,
    Coverage,
    Delta,
    Event,
    Evidence,
    Finished,
    Notice,
    Plan,
    Planned,
    Retrieved,
    Saying,
    Turn,
)

if TYPE_CHECKING:
    from rag.answer.chat_model import ChatModel


EMBEDDED = "embedded"  # Answer.model where no chat model wrote it
STOPPED = "Stopped: these are the words that had come until then."
STOPPED_EARLY = "Stopped before the first word of an answer."
NOTHING_SUPPORTED = "No passage supports any of what {model} answered."


@dataclass(frozen=True, slots=True)
class Parts:
    """What the path needs, built by the archive: values, never settings read on the way."""

    index: Index
    encode: Encode
    weigh: Callable[[str], float]
    model: ChatModel | None
    settings: Settings
    today: Callable[[], dt.date] = dt.date.today
    reader: Reader | None = None
    knows: Callable[[str], bool] = lambda text: True  # whether the embedder was made for a text

    def sayings(self, id: str) -> tuple[Saying, ...]:
        """What is said in the article of this id."""
        article = self.index.catalog.article(id)
        return () if article is None else quotations.of(self.index.catalog, article)


@dataclass(slots=True)
class Timer:
    """Seconds spent in each step; a step that comes again adds to its own."""

    spent: dict[str, float] = field(default_factory=dict)
    _last: float = field(default_factory=time.perf_counter)

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.spent[name] = self.spent.get(name, 0.0) + now - self._last
        self._last = now


def events(
    question: str,
    parts: Parts,
    *,
    history: Sequence[Turn] = (),
    overrides: Mapping[str, object] | None = None,
    stop: Stop | None = None,
    without: frozenset[str] = frozenset(),
) -> Iterator[Event]:
    """Planned, Retrieved, then Delta and Notice as they come, and Finished at last, always once.

    `without` are articles, by id, that the search treats as not there.
    """
    timer = Timer()
    notices: list[str] = []
    if history and parts.model is not None and not parts.model.local:
        notices.append(f"This conversation will be sent to {parts.model.place} ({parts.model.name}).")
        yield Notice(notices[-1])
    rewritten: list[dict[str, Any]] = []
    plan = plan_of(question, parts, history, overrides, stop, rewritten)
    timer.lap("understand")
    yield Planned(plan)
    if plan.kind == "count":
        yield from _counted(plan, parts, timer, notices, without)
        return

    searched, evidence, attempt = _searched(plan, parts, frozenset(overrides or ()), without, timer)
    yield Retrieved(searched.hits)
    where = filter_of(attempt.plan, parts.index)[0]
    coverage = parts.index.catalog.coverage(where)
    timer.lap("coverage")
    off = off_days(plan, list(evidence))
    for text in (*searched.notices, *_told(plan, attempt, evidence, parts)):
        notices.append(text)
        yield Notice(text)

    if off is not None or evidence.enough < parts.settings.abstain_below:
        answer = abstained(plan, evidence, coverage, off or " ".join(searched.unknown), _newest(parts))
    else:
        answer = yield from _answer(plan, evidence, parts, history, notices, stop)
        off = off_days(plan, [c.passage for c in answer.citations])
        if off is not None and answer.model == EMBEDDED:
            answer = abstained(plan, evidence, coverage, off)
        elif off is not None:
            answer = replace(answer, notices=(*answer.notices, off))
        early = None if attempt.notice else too_early(plan, [c.passage for c in answer.citations])
        if early is not None and not answer.abstained:
            answer = replace(answer, notices=(*answer.notices, early))
    rests = None if answer.abstained else backing(answer.citations, evidence, parts.index.catalog.article)
    timer.lap("answer")
    if answer.trace is not None and rewritten:
        answer = replace(answer, trace={**answer.trace, "rewritten": rewritten})
    yield Finished(
        replace(
            answer,
            question=question,
            plan=plan,
            evidence=evidence,
            coverage=coverage,
            confidence=evidence.enough,
            notices=(*notices, *answer.notices),
            timings=timer.spent,
            disagreements=of_answer(plan, answer, evidence),
            backing=rests,
            tables=() if answer.abstained else retold(plan, answer.sentences, answer.citations, evidence),
        )
    )


def _counted(plan: Plan, parts: Parts, timer: Timer, notices: list[str], without: frozenset[str]) -> Iterator[Event]:
    """Past retrieval and all models: exact, from the catalog."""
    where, unknown = filter_of(plan, parts.index)
    coverage = parts.index.catalog.coverage(where)
    answer = count(plan, where, parts.index, coverage, without)
    timer.lap("count")
    yield Retrieved(())
    told = (*unknown, *answer.notices)
    yield from (Notice(text) for text in told)
    yield Delta(answer.text)
    yield Finished(replace(answer, plan=plan, coverage=coverage, notices=(*notices, *told), timings=timer.spent))


def _searched(
    plan: Plan, parts: Parts, fixed: frozenset[str], without: frozenset[str], timer: Timer
) -> tuple[Searched, Evidence, Attempt]:
    """The first attempt whose evidence is enough; else the first that found anything."""
    settings = parts.settings
    kept: tuple[Searched, Evidence, Attempt] | None = None
    for attempt in attempts(plan, parts.today(), fixed):
        searched = search(
            attempt.plan, parts.index, parts.encode, k=settings.passages, per_article=settings.passages_per_article,
            reader=parts.reader, without=without, newest_first=attempt.newest_first,
            knows=parts.knows, lap=timer.lap,
        )  # fmt: skip
        sides = [(side.plan.topic or side.plan.standalone, side.hits) for side in searched.sides]
        evidence = gather(sides, parts.weigh, budget=settings.evidence_words, topical=plan.kind in TOPICAL)
        if plan.everything and evidence.hits:
            evidence = replace(evidence, enough=1.0)  # whatever the filters leave is what was asked for
        where = filter_of(attempt.plan, parts.index)[0]
        evidence = heard(attempt.plan, evidence, parts.index.catalog, where, parts.encode, parts.weigh)
        timer.lap("evidence")
        if evidence.enough >= settings.abstain_below:
            return searched, evidence, attempt
        if kept is None or not kept[1].hits:
            kept = searched, evidence, attempt
    assert kept is not None
    return kept


def _told(plan: Plan, attempt: Attempt, evidence: Evidence, parts: Parts) -> Iterator[str]:
    """What the user should know of how it was searched, where that is not as the question says."""
    enough = evidence.enough >= parts.settings.abstain_below
    if attempt.notice and enough:
        yield attempt.notice
    if plan.as_of is not None:
        last = parts.index.catalog.coverage(Filter(before=plan.as_of)).last
        newest = f"; the newest article is of {spelled(last)}" if last else ""
        yield f"As of {spelled(plan.as_of)}{newest}."
    for part, numbers in zip(plan.parts, evidence.sides, strict=False):
        if enough and not numbers:
            yield f"Nothing was found for “{part.standalone}”."


def _newest(parts: Parts) -> dt.date | None:
    return parts.index.catalog.coverage(Filter()).last


def plan_of(
    question: str,
    parts: Parts,
    history: Sequence[Turn] = (),
    overrides: Mapping[str, object] | None = None,
    stop: Stop | None = None,
    rewritten: list[dict[str, Any]] | None = None,
) -> Plan:
    """What the question is understood to ask; the caller's overrides win.

    What a chat model was asked for that, and said, is put into `rewritten`.
    """
    model = parts.model
    rewrite: Callable[[str, Sequence[Turn]], str] | None = None
    if model is not None and history:
        from rag.answer.writer import rewrite as ask_model
        from rag.answer.writer import rewriting

        def rewrite(text: str, turns: Sequence[Turn]) -> str:
            asked = rewriting(text, turns)
            said = ask_model(asked, model, deadline=parts.settings.deadline / 4, stop=stop)
            if rewritten is not None:
                rewritten.append(asked.trace(model, said))
            return said

    standalone, notes = stand_alone(question, history, rewrite) if history else (question, ())
    catalog = parts.index.catalog
    plan = understand(
        standalone, today=parts.today(), sources=catalog.sources(), authors=catalog.authors(), overrides=overrides
    )
    return replace(plan, question=question, notes=(*notes, *plan.notes))


def _answer(
    plan: Plan, evidence: Evidence, parts: Parts, history: Sequence[Turn], notices: list[str], stop: Stop | None
) -> Generator[Event, None, Answer]:
    """The chat model's answer where there is one; the embedded one where there is none, or it failed."""
    if parts.model is None:
        return (yield from _extracted(plan, evidence, parts))
    try:
        return (yield from _written(plan, evidence, parts, parts.model, history, notices, stop))
    except ModelError as e:
        text = f"{parts.model.name} gave no answer: {e} The articles' own words stand in for it."
        notices.append(text)
        yield Notice(text)
        return (yield from _extracted(plan, evidence, parts))


def _written(
    plan: Plan, evidence: Evidence, parts: Parts, model: ChatModel, history: Sequence[Turn], notices: list[str],
    stop: Stop | None,
) -> Generator[Event, None, Answer]:  # fmt: skip
    from rag.answer.writer import is_no_answer, request, sends, write

    if not model.local:
        text = sends(evidence, model)
        notices.append(text)
        yield Notice(text)
    asked = request(plan.standalone, evidence, plan, history)
    pieces: list[str] = []
    complete = True
    try:
        for piece in write(asked, model, deadline=parts.settings.deadline, stop=stop):
            pieces.append(piece)
            yield Delta(piece)
    except ModelError as e:
        if getattr(e, "kind", "") not in ("incomplete", "deadline") or not "".join(pieces).strip():
            raise
        complete = False
        notices.append(f"The answer is incomplete: {e}")
        yield Notice(notices[-1])
    stopped = stop is not None and stop.is_set()
    text = "".join(pieces)
    trace = asked.trace(model, text)
    if stopped:
        complete = False
        if text.strip():
            notices.append(STOPPED)
            yield Notice(STOPPED)
    if stopped and not text.strip():
        return replace(abstained(plan, evidence, Coverage(0), STOPPED_EARLY), complete=False, trace=trace)
    if is_no_answer(text):
        none = abstained(plan, evidence, Coverage(0), f"{model.name} found no answer in the evidence.")
        return replace(none, trace=trace)
    checked = check(text, evidence, parts.index.catalog.article, find=archive_wide(parts.index), encode=parts.encode)
    if not parts.settings.show_unsupported:
        checked = supported_only(checked)
        if not checked.text:
            return replace(
                abstained(plan, evidence, Coverage(0), NOTHING_SUPPORTED.format(model=model.name)), trace=trace
            )
    return Answer(
        question=plan.question, text=checked.text, sentences=checked.sentences, citations=checked.citations,
        model=model.name, complete=complete, notices=checked.notices,
        trace=trace | {"quotations": [asdict(q) for q in checked.quotations]},
    )  # fmt: skip


def _extracted(plan: Plan, evidence: Evidence, parts: Parts) -> Generator[Event, None, Answer]:
    found = Embedded(parts.encode, parts.weigh, parts.sayings).answer(
        plan, evidence, lambda one: _citation(one, evidence, parts)
    )
    if found is None:
        return abstained(plan, evidence, Coverage(0))
    yield Delta(found.text)
    return found


def _citation(one: Extract, evidence: Evidence, parts: Parts) -> Citation | None:
    """None where the article has changed since it was retrieved."""
    passage = evidence[one.number]
    article = parts.index.catalog.article(passage.article_id)
    start, end = passage.start + one.start, passage.start + one.end
    if article is None or article.text[start:end] != one.text:
        return None
    return Citation(one.number, article, passage, one.text, start, end)
