"""Everything that flows, as frozen dataclasses. This module imports nothing of ours.

A question becomes a `Plan`, the plan finds `Hit`s, the hits become numbered `Evidence`,
the evidence becomes an `Answer`. One law holds everywhere:

    article.text[citation.start:citation.end] == citation.quote
    article.text[passage.start:passage.end] == passage.text
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Kind = Literal[
    "fact", "list", "yes-no", "comparison", "said", "timeline", "latest", "count", "definition", "summary",
]  # fmt: skip
Support = Literal["supported", "partly", "unsupported"]
Change = Literal["unchanged", "changed", "removed"]
LATER = dt.timedelta(days=60)  # an article may tell so much later of what happened, without naming its date
Group = Literal["day", "week", "month", "year", "source", "author", "language"]


@dataclass(frozen=True, slots=True)
class Article:
    """One news item. What its origin does not state is None: a date is never invented.

    `text` is normalised (rag.text.normalise) and every offset anywhere refers to it.
    `found` says where each of title, date, updated, source, author was found ("JSON-LD", "byline").
    """

    id: str
    title: str
    text: str
    date: dt.date | None = None
    updated: dt.date | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = None
    origins: tuple[str, ...] = ()
    found: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Article {self.id} {_label(self)}>"

    def _repr_html_(self) -> str:
        from rag import notebook  # the one upward import: how objects look is notebook's business

        return notebook.article_html(self)

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Passage:
    """A contiguous span of an article's text: what is embedded and retrieved.

    `start` and `end` are character offsets into the article's text; `ordinal` counts from 0. `language` is the article's,
    a two-letter code or None.
    """

    id: str
    article_id: str
    ordinal: int
    text: str
    start: int
    end: int
    title: str
    date: dt.date | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    language: str | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"<Passage {self.id} of {self.article_id} [{self.start}:{self.end}] {_label(self)}>"

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Saying:
    """Words of a text that somebody said: text[start:end], between quotation marks (`direct`) or reported.

    `speaker` is the fullest name that the text gives, None where it is unclear; `told` is the span of the words that
    name the speaker, None where they stand in another sentence.
    """

    speaker: str | None
    start: int
    end: int
    direct: bool
    verb: str = ""
    told: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Quotation:
    """What an article has somebody say: `article.text[start:end] == text`; outlet and date are the article's."""

    article: Article
    speaker: str | None
    text: str
    start: int
    end: int
    direct: bool
    verb: str = ""

    def __repr__(self) -> str:
        return f"<Quotation {self.speaker or 'unclear'}: {_shorten(self.text)!r} ({_label(self.article)})>"

    def to_dict(self) -> dict[str, Any]:
        return _record(self) | {"article": {k: v for k, v in self.article.to_dict().items() if k != "text"}}


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and the answer it got."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A date that a question names: its words, the range they mean (an open end is None), and what it is the date of.

    `role` is "published" when the words speak of articles, "about" when they speak of what happened, or when unsure.
    """

    words: str
    after: dt.date | None
    before: dt.date | None
    role: Literal["published", "about"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a question was understood to ask: shown to the user, who may override any part.

    `after` and `before` are inclusive publication dates; `as_of` hides everything later. `topic` is the
    standalone question without the words that became filters: what is searched for ("" where that is all of it).
    `dates` are all dates that it names, filters or not; `near` are ranges whose articles come first, and which leave
    nothing out. `parts` are what is searched one by one, each a plan with its own filters and topic.
    Of the kind "count" it is what the counted articles must hold ("" for nothing but the filters), and `groups` are
    what they are counted by.
    `speaker` and `about` are whose words are asked for, and on what: "What did Tokayev say about agriculture?".
    `everything`: no topic is named, and the newest articles that the filters leave are the answer.
    """

    question: str
    standalone: str
    after: dt.date | None = None
    before: dt.date | None = None
    as_of: dt.date | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    kind: Kind = "fact"
    parts: tuple[Plan, ...] = ()
    notes: tuple[str, ...] = ()
    topic: str = ""
    near: tuple[tuple[dt.date, dt.date], ...] = ()
    dates: tuple[Dated, ...] = ()
    groups: tuple[Group, ...] = ()
    speaker: str | None = None
    about: str = ""
    everything: bool = False

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Span:
    """`text[start:end]` of a passage; `score` is the logit of "the answer stands here" against "nowhere here"."""

    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage: `relevance` compares passages for one question, `answerable` is the
    probability that it answers, `spans` are where, best first."""

    relevance: float
    answerable: float
    spans: tuple[Span, ...] = ()

    @property
    def logit(self) -> float:
        """log(p / (1 - p)) of `answerable`, within 14 either way."""
        p = min(max(self.answerable, 1e-6), 1 - 1e-6)
        return math.log(p / (1 - p))


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with the scores that ranked it: `dense` is a cosine, `fulltext` a BM25 score, `reading` the reader's."""

    passage: Passage
    score: float
    dense: float | None = None
    fulltext: float | None = None
    rank: float | None = None
    duplicates: tuple[str, ...] = ()
    reading: Reading | None = None

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Evidence:
    """The passages an answer may cite, numbered from 1; `enough` is the probability that they answer.

    `sides` are the numbers that each part of the plan found, where it has parts.
    """

    hits: tuple[Hit, ...]
    enough: float
    sides: tuple[tuple[int, ...], ...] = ()

    def __getitem__(self, number: int) -> Passage:
        if not 1 <= number <= len(self.hits):
            raise IndexError(f"evidence has numbers 1 to {len(self.hits)}, not {number}")
        return self.hits[number - 1].passage

    def __len__(self) -> int:
        return len(self.hits)

    def __iter__(self) -> Iterator[Passage]:
        return (hit.passage for hit in self.hits)


@dataclass(frozen=True, slots=True)
class Citation:
    """Words of an article that an answer rests on: `article.text[start:end] == quote`.

    `article` is as it was when the answer was given, whatever became of it since (`Archive.changed`).
    """

    number: int
    article: Article
    passage: Passage
    quote: str
    start: int
    end: int

    def __repr__(self) -> str:
        return f"<Citation [{self.number}] {_label(self.article)}: {_shorten(self.quote)!r}>"

    def to_dict(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "passage": self.passage.id,
            "article": {k: v for k, v in self.article.to_dict().items() if k != "text"},
        }


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, the numbers it cites and whether its evidence supports it.

    `marked` is the span of `text` that answers, as (start, end), where one was found. `lead` is what an answer puts
    before it in words of its own, such as the day and the outlet: "14 March 2024: ". `speaker` is whose words it is,
    where it is somebody's and does not say whose: "“We count every drop,” she said."
    """

    text: str
    citations: tuple[int, ...] = ()
    support: Support = "unsupported"
    score: float = 0.0
    marked: tuple[int, int] | None = None
    lead: str = ""
    speaker: str | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was searched: after the plan's filters, how many articles, over which days, from whom.

    `independent` counts their outlets, of which `sources` names the first; `newest` is the title of the newest article.
    """

    articles: int
    first: dt.date | None = None
    last: dt.date | None = None
    sources: tuple[str, ...] = ()
    newest: str | None = None
    independent: int = 0
    undated: int = 0

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Backing:
    """How many articles an answer rests on, and how many those are with near copies of one another counted once."""

    articles: int
    independent: int


@dataclass(frozen=True, slots=True)
class Side:
    """What one passage of the evidence tells: the value as its article has it, its number, outlet and date."""

    value: str
    number: int
    source: str | None = None
    date: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Values that passages tell differently of one thing, newest first; none of them is chosen.

    `update`: the newer brings the older up to date. `sure` is False where they only may differ ("about 12,000").
    """

    what: str
    sides: tuple[Side, ...]
    update: bool = False
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Exact counts, articles, or dated sentences, in rows of as many values as there are columns.

    Table("Articles by month", ("month", "articles"), (("2024-03", 0), ("2024-04", 3)), chart="bars")

    `articles` has for each row the id of the article that it opens, or None; it is empty where no row opens one.
    `chart` "bars" asks for a bar chart of the last column by the first, "days" for the first column's days on a line.
    `retells`: its rows are sentences of the answer once more, and who looks at both needs only one of them.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    articles: tuple[str | None, ...] = ()
    chart: Literal["bars", "days"] | None = None
    retells: bool = False

    def __repr__(self) -> str:
        return f"<Table {self.title!r}: {len(self.rows)} rows of {', '.join(self.columns)}>"

    def _repr_html_(self) -> str:
        from rag import notebook

        return notebook.table_html(self)

    def opens(self, row: int) -> str | None:
        """The id of the article that this row opens, counted from 0."""
        return self.articles[row] if self.articles else None

    def to_frame(self) -> Any:
        """A pandas data frame, indexed by article where rows open articles."""
        from rag import notebook

        return notebook.table_frame(self)

    def to_csv(self) -> str:
        """CSV with the columns' names first; what a spreadsheet would take for a formula begins with an apostrophe."""
        from rag import export

        return export.table_csv(self)

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the articles say, with citations that were checked against their text.

    `confidence` is the probability that the evidence answers; `abstained` says that it does not,
    and `reason` why. `complete` is False when a chat model stopped early. `timings` are the seconds of each
    step. `tables` are the counts and the list that a question about the whole archive asks for, or the rows of a timeline
    or comparison. `backing` is None where it abstains or counts. `trace` is what a chat model was asked and what it said before it was
    checked: prompt, version, model, messages, text, quotations, and "rewritten" with the same of a follow-up that it put
    in full; None where none wrote the answer.
    """

    question: str
    text: str
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    abstained: bool = False
    reason: str | None = None
    confidence: float = 0.0
    plan: Plan | None = None
    evidence: Evidence | None = None
    coverage: Coverage | None = None
    model: str = "embedded"
    complete: bool = True
    notices: tuple[str, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    trace: Mapping[str, Any] | None = None
    tables: tuple[Table, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    backing: Backing | None = None

    def __repr__(self) -> str:
        cited = f", {len(self.citations)} citations" if self.citations else ""
        state = "abstained: " if self.abstained else ""
        return f"<Answer {state}{_shorten(self.text, 100)!r}{cited}>"

    def _repr_html_(self) -> str:
        from rag import notebook

        return notebook.answer_html(self)

    def to_markdown(self) -> str:
        """The answer with its citations as footnotes."""
        from rag import notebook

        return notebook.answer_markdown(self)

    def to_html(self) -> str:
        """A whole page that loads nothing: the question and the answer as a notebook shows it."""
        from rag import export

        return export.page([self])

    def to_bibtex(self) -> str:
        """The cited articles as BibTeX entries."""
        from rag import export

        return export.bibtex([self])

    def to_csl(self) -> list[dict[str, Any]]:
        """The cited articles as CSL-JSON items."""
        from rag import export

        return export.csl([self])

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; dates are ISO strings, articles come without their full text."""
        return {
            "question": self.question,
            "text": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "confidence": round(self.confidence, 4),
            "sentences": [_record(s) for s in self.sentences],
            "citations": [c.to_dict() for c in self.citations],
            "plan": self.plan.to_dict() if self.plan else None,
            "tables": [t.to_dict() for t in self.tables],
            "coverage": self.coverage.to_dict() if self.coverage else None,
            "model": self.model,
            "complete": self.complete,
            "notices": list(self.notices),
            "timings": {k: round(v, 4) for k, v in self.timings.items()},
            "trace": None if self.trace is None else _plain(dict(self.trace)),
            "disagreements": [_record(d) for d in self.disagreements],
            "backing": _record(self.backing) if self.backing else None,
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that could not be read: which origin, where in it (line, page, member), and why."""

    origin: str
    place: str
    reason: str

    def __str__(self) -> str:
        where = f", {self.place}" if self.place else ""
        return f"{self.origin}{where}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one origin: how many of its articles were added, updated, there already, and could not be read."""

    origin: str
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingestion did. The first four count articles; `passages` were embedded in this run.

    `changes` says, for each updated article, what changed. `outcomes` are the origins that were taken up, in order; one
    whose reading was `stopped` is among them with what was kept of it.
    """

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    failed: tuple[Failure, ...] = ()
    articles: int = 0
    passages: int = 0
    seconds: float = 0.0
    stopped: bool = False
    changes: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    def __repr__(self) -> str:
        state = "stopped early: " if self.stopped else ""
        return (
            f"<Report {state}{self.added} added, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.removed} removed, {len(self.failed)} failed; {self.passages} passages embedded "
            f"in {self.seconds:.1f} s; the archive holds {self.articles} articles>"
        )

    def _repr_html_(self) -> str:
        from rag import notebook

        return notebook.report_html(self)

    def to_dict(self) -> dict[str, Any]:
        return _record(self)


@dataclass(frozen=True, slots=True)
class Planned:
    plan: Plan


@dataclass(frozen=True, slots=True)
class Retrieved:
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class Delta:
    text: str


@dataclass(frozen=True, slots=True)
class Notice:
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    answer: Answer


Event = Planned | Retrieved | Delta | Notice | Finished


def _label(item: Article | Passage) -> str:
    """'Kazinform, 2024-11-19, "Leaders meet"', with what is unknown left out."""
    parts = [item.source, item.date.isoformat() if item.date else None, f'"{_shorten(item.title)}"']
    return ", ".join(p for p in parts if p)


def _shorten(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[: length - 1].rstrip() + "…"


def _record(item: Any) -> dict[str, Any]:
    return {k: _plain(v) for k, v in asdict(item).items()}


def _plain(value: Any) -> Any:
    """`value` with dates as ISO strings and tuples as lists, so that json.dumps takes it."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value
