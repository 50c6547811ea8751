"""What somebody said on a topic: that speaker's own sentences of the articles; and who speaks in a sentence.

heard   the evidence, with the speaker's sayings on the topic in front, wherever in the archive they stand
said    the sentences that hold them, best first, each with the speaker's full name
voice   who says a sentence that does not name its speaker: "“We count every drop,” she said."
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.answer.evidence import Weigh
from rag.answer.extract import Encode, Extract
from rag.answer.meaning import sense, senses
from rag.sentences import spans
from rag.speech.sayings import tellers
from rag.store import quotations
from rag.store.catalog import Catalog, Filter
from rag.text import fold, words
from rag.types import Evidence, Hit, Passage, Plan, Quotation, Saying

Sayings = Callable[[str], Sequence[Saying]]  # an article's id -> what is said in it
WORDS, TITLE, MEANING = 0.55, 0.15, 0.5  # weights: share of the topic's words here, only in the title, cosine
ON_TOPIC = 0.3  # a saying that scores less is about something else
PASSAGES = 4  # passages of sayings that are put in front
CONSIDERED = 400  # newest sayings of one speaker
MOST = 3
LONGEST = 70  # words of one saying that is shown whole
OWN = 0.5  # share of a sentence that must be somebody's words for it to be theirs


@dataclass(frozen=True, slots=True)
class _Place:
    """Sentences of a passage that hold a saying."""

    number: int
    start: int
    end: int
    text: str
    title: str
    speaker: str


def heard(plan: Plan, evidence: Evidence, catalog: Catalog, where: Filter, encode: Encode, weigh: Weigh) -> Evidence:
    """As it is unless the plan asks what a named speaker said."""
    if plan.kind != "said" or plan.speaker is None or plan.parts:
        return evidence
    rows = quotations.read(catalog, where, speaker=plan.speaker, limit=CONSIDERED)
    found: list[_Place] = []
    passages: list[Passage] = []
    for article_id, saying in rows:
        passage = next((p for p in catalog.passages_of(article_id) if p.start <= saying.start < p.end), None)
        place = None if passage is None else _place(len(passages), passage, saying)
        if passage is not None and place is not None:
            passages.append(passage)
            found.append(place)
    scores = on_topic(plan.about, [(p.text, p.title) for p in found], encode, weigh)
    ranked = sorted(zip(scores, range(len(found)), strict=True), key=lambda one: (-one[0], one[1]))
    front: dict[str, Hit] = {}
    for score, i in ranked:
        if score >= ON_TOPIC and len(front) < PASSAGES:
            known = next((h for h in evidence.hits if h.passage.id == passages[i].id), None)
            front.setdefault(passages[i].id, known or Hit(passages[i], score))
    if not front:
        return evidence
    behind = [h for h in evidence.hits if h.passage.id not in front]
    hits = (*front.values(), *behind)[: max(len(evidence.hits), len(front))]
    return replace(evidence, hits=hits, enough=max(evidence.enough, min(1.0, 0.5 + ranked[0][0] / 2)))


def said(plan: Plan, evidence: Evidence, sayings: Sayings, encode: Encode, weigh: Weigh) -> list[tuple[Extract, str]]:
    """The sentences with what the plan's speaker said on the topic, best first, and the speaker's full name."""
    if plan.speaker is None:
        return []
    places: list[_Place] = []
    for number, passage in enumerate(evidence, start=1):
        own = [s for s in sayings(passage.article_id) if s.speaker and quotations.named(plan.speaker, [s.speaker])]
        inside = [s for s in own if passage.start <= s.start and s.end <= passage.end]
        places += [p for p in (_place(number, passage, s) for s in inside) if p is not None]
    scores = on_topic(plan.about, [(p.text, p.title) for p in places], encode, weigh)
    taken: list[tuple[Extract, str]] = []
    for score, place in sorted(zip(scores, places, strict=True), key=lambda one: (-one[0], one[1].number)):
        known = any(_overlap(place, one, evidence) for one, _ in taken)
        if score >= ON_TOPIC and not known and len(taken) < MOST:
            taken.append((Extract(place.number, place.start, place.end, place.text, score), place.speaker))
    return taken


def naming(found: Sequence[Extract], speaker: str) -> list[Extract]:
    """Of sentences that were found by their words, those in which the speaker is the subject of a verb of saying."""
    return [one for one in found if quotations.named(speaker, list(tellers(one.text)))]


def nearest(about: str, found: Sequence[Quotation], encode: Encode, weigh: Weigh) -> tuple[Quotation, ...]:
    """Those that are about the topic, the nearest first."""
    scores = on_topic(about, [(q.text, q.article.title) for q in found], encode, weigh)
    order = sorted(range(len(found)), key=lambda i: (-scores[i], i))
    return tuple(found[i] for i in order if scores[i] >= ON_TOPIC)


def on_topic(about: str, places: Sequence[tuple[str, str]], encode: Encode, weigh: Weigh) -> list[float]:
    """How much each (words, title) is about the topic, 0 to about 1; 1 where no topic was asked for."""
    if not places or not about.strip():
        return [1.0] * len(places)
    vectors = encode([about, *(text for text, _ in places)])
    asked = {sense(w): weigh(w) for w in words(about)}
    total = sum(asked.values()) or 1.0
    scores = []
    for (text, name), vector in zip(places, vectors[1:], strict=True):
        here = senses(text)
        title = senses(name) - here
        share, by_title = (sum(w for s, w in asked.items() if s in some) / total for some in (here, title))
        scores.append(WORDS * share + TITLE * by_title + MEANING * max(0.0, float(vector @ vectors[0])))
    return scores


def voice(text: str, start: int, end: int, sayings: Sequence[Saying]) -> str | None:
    """Who speaks in `text`, which is its article's [start:end], where these words are mostly somebody's and do not name who."""
    for saying in sayings:
        inside = min(end, saying.end) - max(start, saying.start)
        if saying.speaker and inside >= OWN * (end - start) and not names(text, saying.speaker):
            return saying.speaker
    return None


def _place(number: int, passage: Passage, saying: Saying) -> _Place | None:
    """The passage's sentences that the saying stands in: all of them, or the first where these are too many."""
    at, to = saying.start - passage.start, min(saying.end, passage.end) - passage.start
    held = [(s, e) for s, e in spans(passage.text, passage.language) if s < to and e > at]
    if not held or saying.speaker is None:
        return None
    start, end = held[0][0], held[-1][1]
    if len(passage.text[start:end].split()) > LONGEST:
        end = held[0][1]
    return _Place(number, start, end, passage.text[start:end], passage.title, saying.speaker)


def _overlap(place: _Place, one: Extract, evidence: Evidence) -> bool:
    """Whether the same words were taken: of the same place, of an overlapping passage, or of another article."""
    here, there = evidence[place.number], evidence[one.number]
    if here.article_id == there.article_id:
        start, end = here.start + place.start, here.start + place.end
        return start < there.start + one.end and there.start + one.start < end
    return fold(place.text) == fold(one.text)


def names(text: str, speaker: str) -> bool:
    """Whether the text has the last word of the name, in any ending."""
    last = fold(speaker).split()[-1]
    return any(w.removesuffix("'s") == last or (len(last) > 4 and w.startswith(last)) for w in words(text))
