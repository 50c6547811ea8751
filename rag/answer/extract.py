"""The embedded answerer: the one to four sentences of the articles that answer, in their own words.

Sentences are ranked by a linear score over signals (`signals`), seven of their words and three of what the
reader made of their passage; the weights of the ten were fitted by `python -m train.fit`, as "this sentence
holds the answer", those of the seven alone in the same way before there was a reader. The place that the reader points at is marked in its sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from rag.answer.evidence import SURE, Weigh, capped
from rag.answer.meaning import sense, senses
from rag.sentences import spans
from rag.text import fold, stem, words
from rag.types import Evidence, Kind, Reading, Span

Place = tuple[int, int, int, str]  # evidence number, start and end in its passage, text
Encode = Callable[[Sequence[str]], npt.NDArray[np.float32]]

WEIGHTS = (2.8, 4.5, 0.7, 4.7, 0.0, 0.3, 0.5)  # of the signals, in their order
READ_WEIGHTS = (2.71, -0.44, 1.26, 2.39, -0.46, 0.66, -0.26, 0.22, 0.31, 0.12)  # the same, where the reader has read
FITS = 6  # the signal "a word of the kind asked for"
LISTED = 3.0  # its weight where a list is asked for: SQuAD has too few of those to fit it
NEAR = 0.80  # a further sentence must come this near to the best one's score where nothing was read;
APART = 1.5  # else it may be so many logits below it,
LISTS = 2.5  # a further list, where one is asked for, so many: reports spread what was agreed over several,
AGREES = 4.0  # and one that only agrees with a sentence that was taken, so many
MOST = {"list": 3, "timeline": 4, "summary": 4, "comparison": 4, "said": 3}
USUAL = 2
LONGEST = 90  # words of the whole answer
READ = 6  # passages whose sentences are looked at


@dataclass(frozen=True, slots=True)
class Extract:
    """One sentence of an article: `start` and `end` in the passage's text, `marked` within the sentence.

    `agreeing` are sentences of other articles that say the same, or mark the same words.
    """

    number: int
    start: int
    end: int
    text: str
    score: float
    marked: tuple[int, int] | None = None
    agreeing: tuple[Extract, ...] = ()

    @property
    def answer(self) -> str:
        """The marked words, folded."""
        return "" if self.marked is None else fold(self.text[slice(*self.marked)]).strip(" .,;:\"“”'’")


def extract(
    question: str, evidence: Evidence, encode: Encode, weigh: Weigh, kind: Kind = "fact", longest: int = LONGEST
) -> list[Extract]:
    """The sentences that answer, best first, of at most `longest` words but always one; never the same words twice:
    who agrees is kept with the first."""
    ranked = rank(question, evidence, encode, weigh)
    if not ranked:
        return []
    best = ranked[0].score
    read = evidence.hits[ranked[0].number - 1].reading is not None
    further, agreeing = (best - APART, best - AGREES) if read else (NEAR * best, NEAR * best)
    taken: list[Extract] = []
    length = 0
    for one in ranked:
        if one.score < agreeing:
            break
        one = _marked(question, one, evidence.hits[one.number - 1].reading)
        known = next(
            (i for i, other in enumerate(taken) if same(one.text, other.text) or _agree(one, other, evidence)), None
        )
        if known is not None:
            taken[known] = _with_agreeing(taken[known], one, evidence)
            continue
        size = len(one.text.split())
        lists = read and _kind_asked(question) is _LIST and _LIST.search(one.text) is not None
        enough = min(further, best - LISTS) if lists else further
        if taken and (one.score < enough or length + size > longest or len(taken) >= MOST.get(kind, USUAL)):
            continue
        taken.append(one)
        length += size
    return taken


def first_sentences(evidence: Evidence, longest: int = LONGEST) -> list[Extract]:
    """The beginning of the article that the first passage is of, as far as the evidence has it."""
    taken: list[Extract] = []
    length = done = 0
    for number, passage in sorted(enumerate(evidence, start=1), key=lambda one: one[1].start):
        for start, end in spans(passage.text, passage.language) if passage.article_id == evidence[1].article_id else ():
            text = passage.text[start:end]
            size = len(text.split())
            if passage.start + start < done:
                continue  # passages overlap
            if taken and (length + size > longest or len(taken) >= MOST["summary"]):
                return taken
            taken.append(Extract(number, start, end, text, 0.0))
            length, done = length + size, passage.start + end
    return taken


def _agree(one: Extract, other: Extract, evidence: Evidence) -> bool:
    """Whether `one`, of a passage that likely answers, marks the same words as `other`; alike is not enough: "13 were
    killed" does not agree with "14 were killed"."""
    reading = evidence.hits[one.number - 1].reading
    sure = reading is not None and reading.answerable >= 0.5
    return sure and bool(one.answer) and one.answer == other.answer


def _with_agreeing(one: Extract, other: Extract, evidence: Evidence) -> Extract:
    """`one`, with `other` agreeing where it does and its article is not yet among them."""
    articles = {evidence[e.number].article_id for e in (one, *one.agreeing)}
    if evidence[other.number].article_id in articles or not _agree(other, one, evidence):
        return one
    return replace(one, agreeing=(*one.agreeing, other))


def rank(question: str, evidence: Evidence, encode: Encode, weigh: Weigh, *, most: int = READ) -> list[Extract]:
    """Every sentence of the first `most` passages with its score, best first."""
    found = list(_sentences(evidence, most))
    if not found:
        return []
    rows = signals(question, evidence, found, encode, weigh)
    weights = np.array(WEIGHTS if rows.shape[1] == len(WEIGHTS) else READ_WEIGHTS)
    if _kind_asked(question) is _LIST:
        weights[FITS] = LISTED
    scores = rows @ weights
    scored = [Extract(*place, float(score)) for place, score in zip(found, scores, strict=True)]
    return sorted(scored, key=lambda e: (-e.score, e.number, e.start))


def signals(
    question: str, evidence: Evidence, found: Sequence[Place], encode: Encode, weigh: Weigh
) -> npt.NDArray[np.float64]:
    """Sentences x 7: cosine with the question; weighted share of its words here; of its words in the title alone;
    1 / (1 + the passage's number); the passage's cosine; new words, of 12; how well a word of the kind asked for is new.

    Where the reader has read also: the score of its best span here; whether that is its passage's best; the logit of
    "this passage answers".
    """
    vectors = encode([question, *(text for _, _, _, text in found)])
    cosines = vectors[1:] @ vectors[0]
    asked = {sense(w): weigh(w) for w in words(question)}
    total = sum(asked.values()) or 1.0
    wanted = _kind_asked(question)
    rows = []
    for (number, start, end, text), cosine in zip(found, cosines, strict=True):
        here = senses(text)
        title = senses(evidence[number].title) - here
        overlap, by_title = (sum(w for s, w in asked.items() if s in some) / total for some in (here, title))
        news = min(1.0, len(here - set(asked)) / 12)
        hit = evidence.hits[number - 1]
        row = (float(cosine), overlap, by_title, 1 / (1 + number), hit.dense or 0.0, news, _fits(text, wanted, asked))
        rows.append(row if hit.reading is None else (*row, *_read(hit.reading, start, end)))
    return np.array(rows, dtype=np.float64)


def _read(reading: Reading, start: int, end: int) -> tuple[float, float, float]:
    here = _span(reading, start, end)
    score = capped(here.score) if here is not None else -SURE
    return score, float(here is not None and here == reading.spans[0]), capped(reading.logit)


def _span(reading: Reading, start: int, end: int) -> Span | None:
    """The best span that begins between these places of its passage."""
    return next((s for s in reading.spans if start <= s.start < end), None)


def _fits(text: str, wanted: re.Pattern[str] | None, asked: Mapping[str, float]) -> float:
    """1 when a word of the kind asked for stands here that the question does not have; for a list, its commas of 4."""
    if wanted is None:
        return 0.0
    if wanted is _LIST:
        return max((min(1.0, m.group().count(",") / 4) for m in wanted.finditer(text)), default=0.0)
    return float(any(sense(fold(m)) not in asked for m in wanted.findall(text)))


# What a question asks for, and what a word of that kind looks like.
_NAME = re.compile(r"(?<=\w )[A-ZА-ЯЁӘҒҚҢӨҰҮІЂЈЉЊЋЏŠĐČĆŽ][\w’'-]+")
_COUNT = re.compile(
    r"\d[\d.,]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundreds?|thousands?|millions?|billions?|half)\b"
)
_DAY = re.compile(
    r"\d{1,4}|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|\b(?:January|February|March|April|May|June|July|August|"
    r"September|October|November|December)\b"
)
_LIST = re.compile(r"[^\W\d_]+(?:, (?:[^\W\d_]+[ -])*[^\W\d_]+)+,? (?:and|as well as|и|а также|i|и|және) [^\W\d_]+")
_ASKED = (
    (re.compile(r"\b(?:what|which|name|list)\b(?: \w+){0,2} \w+s\b|\bкакие\b|\bкаких\b|\bkoje su\b|\bқандай\b", re.I), _LIST),
    (re.compile(r"\bhow (?:many|much|long|far|old|strong|big|large|high|tall)\b|\bwhat (?:share|percentage|number|"
                r"price|cost|score|level|rate|amount)\b|\bcost\b|\bсколько\b|\bқанша\b|\bkoliko\b", re.I), _COUNT),
    (re.compile(r"^when\b|\bwhat (?:year|day|date|month|time)\b|\b(?:which|what) year\b|^когда\b|^kada\b|^қашан\b", re.I), _DAY),
    (re.compile(r"^(?:who|whom|whose|where)\b|\b(?:which|what) (?:\w+ )?(?:city|country|company|airline|carrier|team|person|"
                r"state|town|architect|book|president|minister)\b|^кто\b|^где\b|^ko\b|^gde\b|^кім\b", re.I), _NAME),
)  # fmt: skip


def _kind_asked(question: str) -> re.Pattern[str] | None:
    return next((kind for asks, kind in _ASKED if asks.search(question)), None)


def _sentences(evidence: Evidence, most: int) -> list[Place]:
    """(number, start, end, text) of the sentences of the first passages; overlapping passages give each once."""
    found, seen = [], set[tuple[str, int]]()
    for number, passage in enumerate(evidence, start=1):
        if number > most:
            break
        for start, end in spans(passage.text, passage.language):
            place = (passage.article_id, passage.start + start)
            text = passage.text[start:end]
            if place not in seen and len(text.split()) >= 4 and not text.endswith("?"):
                seen.add(place)
                found.append((number, start, end, text))
    return found


def same(one: str, other: str) -> bool:
    """Whether two sentences are near-identical: four fifths of the shorter one's words are in the other."""
    a, b = {stem(w) for w in words(one)}, {stem(w) for w in words(other)}
    return len(a & b) >= 0.8 * min(len(a), len(b))


def _marked(question: str, one: Extract, reading: Reading | None) -> Extract:
    """With the words that answer: a list where one is asked for, else where the reader points, else `_new_words`."""
    place: tuple[int, int] | None = None
    if _kind_asked(question) is _LIST:
        lists = [m.span() for m in _LIST.finditer(one.text)]
        place = max(lists, key=lambda p: one.text.count(",", *p), default=None)
    if place is None and reading is not None and (span := _span(reading, one.start, one.end)) is not None:
        place = (span.start - one.start, min(span.end, one.end) - one.start)
    place = place or _new_words(question, one.text)
    return one if place is None else replace(one, marked=place)


def _new_words(question: str, text: str) -> tuple[int, int] | None:
    """The longest run of words that the question does not have: without a reader, where the answer most likely stands."""
    asked = {stem(w) for w in words(question)}
    best, current = (0, 0), (0, 0)
    position = 0
    for token in text.split(" "):
        start, position = position, position + len(token) + 1
        known = {stem(w) for w in words(token)} & asked
        current = (position, position) if known else (current[0], start + len(token))
        if current[1] - current[0] > best[1] - best[0]:
            best = current
    start, end = best
    end = start + len(text[start:end].rstrip(" .,;:"))
    return (start, end) if fold(text[start:end]).strip() else None
