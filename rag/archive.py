"""What users hold: a folder of articles that one can ask.

archive = Archive("news")
answer = archive.ask("What sectors did Kazakhstan and Serbia agree on?")
answer.citations[0].quote
"""

from __future__ import annotations

import asyncio
import copy
import datetime as dt
import math
from collections.abc import AsyncIterator, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag import chain, export
from rag.answer.said import nearest
from rag.background import Stop, adrain
from rag.errors import UsageError
from rag.recent import Recent
from rag.search.embedding import load
from rag.search.planned import filter_of
from rag.search.reader import Reader
from rag.search.reader import load as load_reader
from rag.search.retrieve import DENSE_WEIGHT, retrieve
from rag.settings import Settings
from rag.store import quotations
from rag.store.catalog import Filter, Vector
from rag.store.conversations import Conversations
from rag.store.fulltext import STOP_WORDS
from rag.store.index import Health, Index
from rag.text import fold
from rag.types import Answer, Article, Change, Citation, Coverage, Event, Finished, Hit, Plan, Quotation, Turn

if TYPE_CHECKING:
    from rag.answer.chat_model import ChatModel
    from rag.runnable import ArchiveRetriever, ArchiveRunnable

Day = dt.date | str
PRIOR = 50
OPENED_WITH = ("archive", "embedder", "chroma")
MODEL = ("model", "model_url", "model_key", "deadline")
QUESTIONS_KEPT = 256  # whose vectors are kept
STATED = ("title", "text", "date", "updated", "source", "author", "url")  # what an article says, wherever it was read


class Articles(Sequence[Article]):
    """Articles of an archive, newest first; shows itself as a table."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._articles = tuple(articles)

    def __getitem__(self, at: Any) -> Any:
        return Articles(self._articles[at]) if isinstance(at, slice) else self._articles[at]

    def __len__(self) -> int:
        return len(self._articles)

    def __repr__(self) -> str:
        return f"<{len(self)} articles>" if len(self) != 1 else "<1 article>"

    def _repr_html_(self) -> str:
        from rag import notebook

        return notebook.articles_html(self._articles)

    def to_frame(self) -> Any:
        """A pandas data frame, one row an article, indexed by id."""
        from rag import notebook

        return notebook.articles_frame(self._articles)


class Archive:
    """A folder with the catalog of its articles; made when it is not there, unless `create` is False.

    Any setting of rag.Settings may be given by name. `embedder` may be an object with `identity`,
    `max_tokens`, `tokenizer` and `encode` instead of a name. `any_embedder` opens an archive of another embedder
    too, to embed it again. `once` says that a single question is asked: then what takes long to open is not opened.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        create: bool = True,
        embedder: Any = None,
        any_embedder: bool = False,
        once: bool = False,
        **settings: Any,
    ) -> None:
        if folder is not None:
            settings["archive"] = str(folder)
        if isinstance(embedder, str):
            settings["embedder"], embedder = embedder, None
        self.settings = Settings.load(**settings)
        self.folder = Path(self.settings.archive).expanduser()
        self.embedder = load(self.settings.embedder, self.settings.threads) if embedder is None else embedder
        self._questions: Recent[str, Vector] = Recent(QUESTIONS_KEPT)
        identity = None if any_embedder else self.embedder.identity
        self.index = Index(self.folder, embedder=identity, chroma=self.settings.chroma, create=create, once=once)

    def __repr__(self) -> str:
        covered = self.coverage()
        days = f", {covered.first} to {covered.last}" if covered.first else ""
        return f"<Archive {str(self.folder)!r}: {covered.articles} articles{days}>"

    def _repr_html_(self) -> str:
        from rag import notebook

        return notebook.archive_html(self)

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.index.close()

    def with_settings(self, **settings: Any) -> Archive:
        """This archive, open as it is, asked with other settings: `archive.with_settings(passages=5).ask("…")`.

        They are those that count when a question is asked (passages, abstain_below, model …; None unsets one); what an
        archive is opened with (archive, embedder, chroma) stays. Only the archive itself is closed. Raises UsageError.
        """
        fixed = [name for name in OPENED_WITH if name in settings]
        if fixed:
            raise UsageError(f"{fixed[0]} is what an archive is opened with; open another with Archive({fixed[0]}=…)")
        other = copy.copy(self)
        other.settings = self.settings.changed(**settings)
        other.__dict__.pop("model", None)
        if all(getattr(other.settings, name) == getattr(self.settings, name) for name in MODEL):
            other.__dict__["model"] = self.model  # one connection for all
        return other

    # -- asking --------------------------------------------------------------------------

    def ask(
        self,
        question: str,
        *,
        after: Day | None = None,
        before: Day | None = None,
        as_of: Day | None = None,
        sources: Sequence[str] = (),
        history: Sequence[Turn] = (),
        stop: Stop | None = None,
        **overrides: Any,
    ) -> Answer:
        """A short answer with checked citations; `answer.abstained` when the articles do not say.

        Dates are days or ISO strings, inclusive. `as_of` sees only articles up to that day. Any other part of the
        plan may be overridden by name. Raises UsageError for an empty question or a date that is none.
        """
        overrides |= {"after": after, "before": before, "as_of": as_of, "sources": sources}
        for event in self.stream(question, history=history, stop=stop, **overrides):
            if isinstance(event, Finished):
                return event.answer
        raise AssertionError("the path of a question always ends with Finished")

    def stream(
        self, question: str, *, history: Sequence[Turn] = (), stop: Stop | None = None, **overrides: Any
    ) -> Iterator[Event]:
        """The events of one question: Planned, Retrieved, Delta and Notice, Finished."""
        if not question.strip():
            raise UsageError("the question is empty; ask something of the articles")
        return chain.events(question.strip(), self._parts, history=history, overrides=_given(overrides), stop=stop)

    async def aask(self, question: str, **options: Any) -> Answer:
        """Like `ask`; cancelling the task stops the chat model."""
        async for event in self.astream(question, **options):
            if isinstance(event, Finished):
                return event.answer
        raise asyncio.CancelledError

    def astream(self, question: str, **options: Any) -> AsyncIterator[Event]:
        """Like `stream`; leaving the loop stops the chat model."""
        return adrain(lambda stop: self.stream(question, stop=stop, **options))

    def plan(self, question: str, *, history: Sequence[Turn] = (), **overrides: Any) -> Plan:
        """What the question is understood to ask."""
        return chain.plan_of(question, self._parts, history, _given(overrides))

    def search(
        self,
        question: str,
        *,
        k: int = 10,
        after: Day | None = None,
        before: Day | None = None,
        sources: Sequence[str] = (),
        per_article: int | None = None,
    ) -> tuple[Hit, ...]:
        """The best `k` passages for these words, within the filters; nothing is read out of the question."""
        where, _ = filter_of(self.plan("", after=after, before=before, sources=sources), self.index)
        most = self.settings.passages_per_article if per_article is None else per_article
        return retrieve(
            question, self.index, self._encode, where=where, k=k, per_article=most, reader=self.reader,
            meaning=DENSE_WEIGHT if self._knows(question) else 0.0,
        ).hits  # fmt: skip

    def conversation(self) -> Conversation:
        return Conversation(self)

    @property
    def conversations(self) -> Conversations:
        """The conversations that the window keeps in this archive's folder, and their readers' verdicts."""
        return Conversations(self.folder)

    # -- the articles --------------------------------------------------------------------

    def articles(
        self,
        *,
        after: Day | None = None,
        before: Day | None = None,
        sources: Sequence[str] = (),
        limit: int | None = None,
    ) -> Articles:
        """Newest first; those without a date last."""
        plan = self.plan("", after=after, before=before, sources=sources)
        where, _ = filter_of(plan, self.index)
        return Articles(tuple(self.index.catalog.articles(where, limit=limit)))

    def article(self, id: str) -> Article | None:
        return self.index.catalog.article(id)

    def quotations(
        self, speaker: str | None = None, about: str | None = None, article: str | None = None
    ) -> tuple[Quotation, ...]:
        """What articles have people say, in their own words or reported; newest article first.

        `speaker` is a name or a part of one, `about` a topic (then the nearest to it first), `article` an id. An
        article of an older archive is read for it when it is first asked for.
        """
        catalog = self.index.catalog
        quotations.fill(catalog)
        rows = quotations.read(catalog, Filter(), speaker=speaker, article=article)
        held = {id: catalog.article(id) for id in dict.fromkeys(id for id, _ in rows)}
        found = tuple(
            Quotation(a, s.speaker, a.text[s.start : s.end], s.start, s.end, s.direct, s.verb)
            for a, s in ((held[id], s) for id, s in rows)
            if a is not None
        )
        return nearest(about, found, self._encode, self._weigh) if about else found

    def changes(self, id: str) -> list[tuple[str, str]]:
        """(day, what changed) of an article that was replaced, oldest first."""
        return self.index.catalog.changes(id)

    def changed(self, citation: Citation) -> Change:
        """What became of the article since the citation was made: "unchanged", "changed" or "removed".

        The citation keeps the words that it was made from; `article` gives the new text, `changes` what changed.
        """
        now = self.article(citation.article.id)
        if now is None:
            return "removed"
        return "unchanged" if all(getattr(now, f) == getattr(citation.article, f) for f in STATED) else "changed"

    def remove(self, id: str) -> bool:
        """Take an article out of everything at once; False when there is none with this id.

        Its origin leaves the ledger too: ingesting that origin again brings the article back.
        """
        return self.index.remove(id)

    def remove_all(self, *, after: Day | None = None, before: Day | None = None, sources: Sequence[str] = ()) -> int:
        """Take out all articles of these outlets and days; how many. Raises UsageError where nothing is named, or an
        outlet that the archive does not have."""
        where, unknown = filter_of(self.plan("", after=after, before=before, sources=sources), self.index)
        if unknown:
            raise UsageError(f"nothing was removed: {' '.join(unknown)}")
        if not where:
            raise UsageError("name the outlets or days whose articles are to be removed; nothing was")
        return self.index.take_all(where)

    def coverage(self) -> Coverage:
        return self.index.catalog.coverage(Filter())

    def backup(self, path: str | Path) -> None:
        """A consistent copy of the live archive, and of its conversations, in a new folder, which is an archive itself."""
        to = Path(path).expanduser()
        self.index.backup(to)
        self.conversations.copy(to)

    def compact(self) -> bool:
        """Give back the disk of what was removed and replaced; True where the vectors were built anew for it."""
        return self.index.compact()

    def health(self) -> Health:
        return self.index.health()

    def repair(self) -> Health:
        """Rebuild the vectors from the catalog where they are not healthy; nothing is embedded."""
        return self.index.repair()

    # -- LangChain -----------------------------------------------------------------------

    def as_retriever(self, **options: Any) -> ArchiveRetriever:
        """A LangChain BaseRetriever; options are those of `search`."""
        from rag.runnable import ArchiveRetriever

        return ArchiveRetriever(archive=self, options=options)

    def as_runnable(self, **options: Any) -> ArchiveRunnable:
        """A LangChain Runnable from a question to an Answer; options are those of `ask`."""
        from rag.runnable import ArchiveRunnable

        return ArchiveRunnable(self, options)

    # -- parts ---------------------------------------------------------------------------

    @cached_property
    def model(self) -> ChatModel | None:
        """The chat model of the settings, or None for the embedded reader; raises ModelMissing."""
        if self.settings.model is None:
            return None
        from rag.answer.chat_model import chat_model

        return chat_model(self.settings)

    @property
    def _parts(self) -> chain.Parts:
        return chain.Parts(
            self.index, self._encode, self._weigh, self.model, self.settings, reader=self.reader, knows=self._knows
        )

    @property
    def reader(self) -> Reader | None:
        """The small model that ranks and reads passages; None where the setting `rerank` is off."""
        return load_reader(self.settings.threads) if self.settings.rerank else None

    def _encode(self, texts: Sequence[str]) -> Vector:
        """Vectors of a question and of sentences, by `encode_short` where the embedder has it; those of the last texts
        that were asked for alone, questions, are kept."""
        encode = getattr(self.embedder, "encode_short", self.embedder.encode)
        if len(texts) != 1:
            several: Vector = encode(texts)
            return several
        (text,) = texts
        known = self._questions.get(text)
        return self._questions.put(text, encode(texts)) if known is None else known

    def _knows(self, text: str) -> bool:
        knows = getattr(self.embedder, "knows", None)
        return knows is None or bool(knows(text))

    def _weigh(self, word: str) -> float:
        """How much a word tells: 0 for a stop word, near 1 for one that no passage holds.

        Inverse document frequency, smoothed as if PRIOR more passages were there: in an archive of one article
        every word is in every passage, and still tells something.
        """
        if fold(word) in STOP_WORDS:
            return 0.0
        total = self.index.catalog.size + PRIOR
        return math.log(total / (1 + self.index.frequency(word))) / math.log(total + 1)


class Conversation:
    """Questions that follow one another: a follow-up is understood by what was asked before."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.turns: list[Turn] = []
        self.answers: list[Answer] = []

    def __repr__(self) -> str:
        return f"<Conversation of {len(self.turns)} turns>"

    def ask(self, question: str, **options: Any) -> Answer:
        """Like `Archive.ask`; `answer.plan.standalone` is what was searched."""
        answer = self._archive.ask(question, history=tuple(self.turns), **options)
        self._add(question, answer)
        return answer

    def stream(self, question: str, **options: Any) -> Iterator[Event]:
        for event in self._archive.stream(question, history=tuple(self.turns), **options):
            if isinstance(event, Finished):
                self._add(question, event.answer)
            yield event

    def clear(self) -> None:
        self.turns.clear()
        self.answers.clear()

    def to_markdown(self) -> str:
        """The questions and answers in order, each with footnotes of its own."""
        return export.markdown(self.answers)

    def to_html(self) -> str:
        """A whole page that loads nothing, with the questions and answers in order."""
        return export.page(self.answers)

    def to_bibtex(self) -> str:
        """The articles that any answer cites, as BibTeX entries."""
        return export.bibtex(self.answers)

    def to_csl(self) -> list[dict[str, Any]]:
        """The articles that any answer cites, as CSL-JSON items."""
        return export.csl(self.answers)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values: {"answers": [the answers as their own to_dict gives them]}."""
        return {"answers": [answer.to_dict() for answer in self.answers]}

    def _add(self, question: str, answer: Answer) -> None:
        self.turns.append(Turn(question, answer.text))
        self.answers.append(answer)


def _given(overrides: dict[str, Any]) -> dict[str, object]:
    """What the caller set: None and empty lists count as not given."""
    return {k: v for k, v in overrides.items() if v is not None and v != () and v != []}
