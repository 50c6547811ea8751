"""The path of one question, as events; everything that asks drains `events`.

followup -> understand -> retrieve -> evidence -> writer | extract -> verify
            Planned       Retrieved               Delta …             Finished
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import prompts
from rag.answer.evidence import gather
from rag.answer.extract import Encode, Extract, extract
from rag.answer.quotations import archive_wide
from rag.answer.verify import check
from rag.background import Stop
from rag.errors import ModelError
from rag.question.followup import stand_alone
from rag.question.understand import understand
from rag.search.reader import Reader
from rag.search.retrieve import retrieve
from rag.settings import Settings
from rag.store.catalog import Filter
from rag.store.index import Index
from rag.text import fold
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
    Sentence,
    Turn,
)

if TYPE_CHECKING:
    from rag.answer.chat_model import ChatModel

ABSTAINED = "The articles do not say."


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


@dataclass(slots=True)
class Timer:
    """Seconds spent in each step."""

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
    plan = plan_of(question, parts, history, overrides, stop)
    timer.lap("understand")
    yield Planned(plan)

    topic = plan.topic or plan.standalone
    where, unknown = filter_of(plan, parts.index)
    coverage = parts.index.catalog.coverage(where)
    found = retrieve(
        topic, parts.index, parts.encode, where=where,
        k=parts.settings.passages, per_article=parts.settings.passages_per_article,
        reader=parts.reader, without=without,
    )  # fmt: skip
    timer.lap("retrieve")
    yield Retrieved(found.hits)
    for text in (*found.notices, *unknown):
        notices.append(text)
        yield Notice(text)

    evidence = gather(topic, found.hits, parts.weigh, budget=parts.settings.evidence_words)
    timer.lap("evidence")
    if evidence.enough < parts.settings.abstain_below:
        answer = _abstain(plan, evidence, coverage, unknown, parts.index.catalog.coverage(Filter()).last)
    else:
        answer = yield from _answer(plan, evidence, parts, history, notices, stop)
    timer.lap("answer")
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
        )
    )


def plan_of(
    question: str,
    parts: Parts,
    history: Sequence[Turn] = (),
    overrides: Mapping[str, object] | None = None,
    stop: Stop | None = None,
) -> Plan:
    """What the question is understood to ask; the caller's overrides win."""
    model = parts.model
    rewrite: Callable[[str, Sequence[Turn]], str] | None = None
    if model is not None and history:
        from rag.answer.writer import rewrite as ask_model

        def rewrite(text: str, turns: Sequence[Turn]) -> str:
            return ask_model(text, turns, model, deadline=parts.settings.deadline / 4, stop=stop)

    standalone, notes = stand_alone(question, history, rewrite) if history else (question, ())
    catalog = parts.index.catalog
    plan = understand(
        standalone, today=parts.today(), sources=catalog.sources(), authors=catalog.authors(), overrides=overrides
    )
    return replace(plan, question=question, notes=(*notes, *plan.notes))


def filter_of(plan: Plan, index: Index) -> tuple[Filter, tuple[str, ...]]:
    """The plan as a filter, outlets by the names that the archive knows; and what it does not know."""
    before = min((d for d in (plan.before, plan.as_of) if d is not None), default=None)
    sources, strange = _known(plan.sources, index.catalog.sources())
    authors, nobody = _known(plan.authors, index.catalog.authors())
    notices = [f"No article in the archive is from {name}." for name in strange]
    notices += [f"No article in the archive is by {name}." for name in nobody]
    return Filter(plan.after, before, (*sources, *strange), (*authors, *nobody)), tuple(notices)


def _known(asked: Sequence[str], names: Sequence[str]) -> tuple[list[str], list[str]]:
    """The archive's spellings of these names, and the names that it does not have."""
    folded: dict[str, list[str]] = {}
    for name in names:
        folded.setdefault(fold(name), []).append(name)
    known = [spelled for name in asked for spelled in folded.get(fold(name), [])]
    return known, [name for name in asked if fold(name) not in folded]


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
    from rag.answer.writer import is_no_answer, sends, write

    if not model.local:
        text = sends(evidence, model)
        notices.append(text)
        yield Notice(text)
    pieces: list[str] = []
    complete = True
    try:
        for piece in write(
            plan.standalone, evidence, model, plan=plan, history=history, deadline=parts.settings.deadline, stop=stop
        ):
            pieces.append(piece)
            yield Delta(piece)
    except ModelError as e:
        if getattr(e, "kind", "") not in ("incomplete", "deadline") or not "".join(pieces).strip():
            raise
        complete = False
        notices.append(f"The answer is incomplete: {e}")
        yield Notice(notices[-1])
    if stop is not None and stop.is_set():
        complete = False
    text = "".join(pieces)
    if is_no_answer(text):
        return replace(
            _abstain(plan, evidence, Coverage(0), ()), reason=f"{model.name} found no answer in the evidence."
        )
    checked = check(text, evidence, parts.index.catalog.article, find=archive_wide(parts.index), encode=parts.encode)
    return Answer(
        question=plan.question, text=checked.text, sentences=checked.sentences, citations=checked.citations,
        model=model.name, complete=complete, notices=checked.notices,
        trace={"prompt": prompts.load("answer").version, "quotations": [asdict(q) for q in checked.quotations]},
    )  # fmt: skip


def _extracted(plan: Plan, evidence: Evidence, parts: Parts) -> Generator[Event, None, Answer]:
    found = extract(plan.topic or plan.standalone, evidence, parts.encode, parts.weigh, plan.kind)
    sentences: list[Sentence] = []
    citations: list[Citation] = []
    for one in found:
        cited = [c for c in (_citation(e, evidence, parts) for e in (one, *one.agreeing)) if c is not None]
        if cited and cited[0].quote == one.text:
            citations += cited
            sentences.append(Sentence(one.text, tuple(c.number for c in cited), "supported", one.score, one.marked))
            yield Delta(_numbered(sentences[-1]) + " ")
    if not sentences:
        return _abstain(plan, evidence, Coverage(0), ())
    text = " ".join(_numbered(s) for s in sentences)
    agreed = len({c.article.id for c in citations if c.number in sentences[0].citations})
    notices = (f"{agreed} articles say so.",) if agreed > 1 else ()
    return Answer(plan.question, text, tuple(sentences), tuple(citations), notices=notices)


def _numbered(sentence: Sentence) -> str:
    return sentence.text + "".join(f" [{n}]" for n in sentence.citations)


def _citation(one: Extract, evidence: Evidence, parts: Parts) -> Citation | None:
    """None where the article has changed since it was retrieved."""
    passage = evidence[one.number]
    article = parts.index.catalog.article(passage.article_id)
    start, end = passage.start + one.start, passage.start + one.end
    if article is None or article.text[start:end] != one.text:
        return None
    return Citation(one.number, article, passage, one.text, start, end)


def _abstain(
    plan: Plan, evidence: Evidence, coverage: Coverage, unknown: Sequence[str], newest: dt.date | None = None
) -> Answer:
    if unknown:
        reason = " ".join(unknown)
    elif not evidence.hits:
        ends = (("since", plan.after), ("until", plan.before), ("as of", plan.as_of))
        days = " ".join(f"{word} {day}" for word, day in ends if day is not None)
        reason = f"No passage was found in the {coverage.articles} articles{' ' + days if days else ''}."
        if newest is not None and not coverage.articles:
            reason += f" The archive's newest article is of {newest}."
        if coverage.undated:
            reason += f" {coverage.undated} articles without a date were left out."
    else:
        reason = (
            f"The nearest passages do not answer it (probability {evidence.enough:.2f}); the nearest is in "
            f"“{evidence[1].title}”."
        )
    return Answer(plan.question, ABSTAINED, abstained=True, reason=reason)
