"""Passages that tell different numbers, days or yes and no of one thing.

    disagreements("How many were killed?", evidence)
    ->  (Disagreement("killed people", (Side("14", 2, "Sava Times", 3 March), Side("13", 1, "Drava Post", 2 March))),)

Two sentences are of one thing when most of their content words are shared, what is counted is the same, and no name, day
or thing behind the same preposition sets them apart. Nothing is decided: sides stand newest first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

from rag.answer.figures import Figure, figures
from rag.answer.meaning import sense
from rag.answer.numbers import MONTHS, SCALES, TENS, UNITS
from rag.answer.tolls import Toll, asked_act, tolls, without_act
from rag.sentences import spans
from rag.speech.words import word_set
from rag.text import fold, words
from rag.types import Answer, Disagreement, Evidence, Passage, Plan, Side

ALIKE = 0.55  # Dice coefficient of the content words from which two sentences are of one thing;
NEGATED_ALIKE = 0.75  # where one says no, more
ASKED = 0.5  # share of the question's content words that a sentence must have
ANSWERING = 0.75  # the same share, of sentences of which each answers by itself
FEWEST = 3  # content words that such a question has at least
WINDOW = 6  # words on each side of a figure
MOST = 3
DATED = ("timeline", "latest", "summary", "count")  # kinds whose answers set out days, or are no fact of one sentence
EVENT = 0.6  # share of an event's words in the question that a passage has with its title, to be of that event
COUNTING = dt.timedelta(days=180)  # so long a toll is counted on
SHARED = 2  # words of one toll's sentence that the other's passage has; more where the days are further apart
SAME = dt.timedelta(days=2)  # what is told as of one day is of one event when it is no further apart
PLANNED = 14  # days after which another outlet's other date is a newer plan

_DROPPED = word_set(
    "a about according add after again also an and another any are as at be been before being by can could did do does for "
    "from had has have he her his how if in into is it its last later many may more most much near new now of off on one "
    "only or other our out over own per put said same say says she so some still such than that the their them then there "
    "these they this those through to told too under until up was we were what when where which while who why will with "
    "would year years number figure figures count counted number estimate estimated rise rose risen reach reached stand "
    "stood climb climbed set least exactly around nearly almost according "
    "в во на и из за от до по при с со о об не что это как был была было были число количество результате сообщили сообщил "
    "сообщает выросло вырос составил составило составила уже около более менее "
    "je su u i na od do za sa da se"
)
_NEGATION = re.compile(
    r"\b(?:not|never|no|nobody|none|without|denied|denies|deny|refused|rejected|unsafe|cannot|не|нет|ni(?:je|su)|није|нису)\b|n[’']t\b",
    re.IGNORECASE,
)
_NEGATORS = word_set(
    "not never no nobody none without denied denies deny confirmed confirms refused rejected не нет nije nisu није нису"
)
VAGUE = frozenset(sense(w) for w in word_set("long far much big old people come happen take make be trip cost"))
_WEEKDAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
_GROWING = re.compile(
    r"\b(?:toll|rose|risen|climbed|now|so far|by (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|stands?|stood|reached|updated|"
    r"corrected|revised|final|known|confirmed|so far|come close|выросло|достигло|уже)\b",
    re.IGNORECASE,
)
# ", the mayor said." and "Police said that": who tells it is no part of what is told.
_TELLER = re.compile(
    r",\s+(?:(?:the|a|an|its|her|his)\s+)?[^,]{1,60}?\s+(?:said|says|show|shows|say|told \w+|corrected|reported)(?:\s+on \w+)?\s*\.?$"
    r"|,\s+according to [^,]+$|^[^,]{1,50}?\s+(?:said|says|say)\s+that\s+|,\s+(?:сообщил\w*|заявил\w*)\s+[^,]+$|,\s+сообщает\s+[^,]+$"
    r"|\ba guidebook says\b",
    re.IGNORECASE,
)
_QUALIFIER = re.compile(
    r"\bamong (?:the )?(?!the\b|\w+est\b)\w+|\b(?:another|further|additional)(?= \d)|\b(?:previous|former|older|younger|earlier|first|second|third|next)\b|"
    r"\blast (?!year|month|week|night)\w+|[’']s (?!new\b)[^\W\d_]+",
    re.IGNORECASE,
)
_FUTURE = re.compile(r"\b(?:will|shall|is to|are to|going to|plans? to|wants? to|будет|будут)\b")
_PAST = re.compile(r"\b(?:was|were|had|has been|have been|did)\b")
_BEHIND = re.compile(
    r"\b(in|for|to|from|at|of|between)\s+(?:(?:the|a|an|its|new|old)\s+)?([^\W\d_][\w’'-]*)", re.IGNORECASE
)
_PLACE = re.compile(r"\b(?:in|at|near|в|у|u)\s+(?:the\s+)?([A-ZА-ЯЁ][\w’'-]+)")
_TOWN = re.compile(  # "in the Serbian city of Novi Sad" is in Novi
    r"\b(?:in|at|near)\s+(?:the\s+)?(?:(?:[^\W\d_]+\s+){1,3}of\s+)?([A-ZА-ЯЁ][\w’'-]+)"
)
_NAME = re.compile(r"(?<=\w )[A-ZА-ЯЁ][\w’'-]+|^[A-ZА-ЯЁ][\w’'-]+")


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence of the evidence with what it is about."""

    number: int
    passage: Passage
    text: str
    content: frozenset[str]
    figures: tuple[Figure, ...]
    negated: bool


def disagreements(question: str, evidence: Evidence, told: Iterable[str] | None = None) -> tuple[Disagreement, ...]:
    """What passages of different articles tell differently; where `told` is given (an answer's sentences), only what
    one of these tells."""
    asked = _content(question)
    lines = [line for line in _lines(evidence) if len(asked & line.content) >= ASKED * len(asked)]
    shown = None if told is None else [fold(t) for t in told]
    toll = _of_toll(question, evidence, shown)
    found: list[Disagreement] = [toll] if toll is not None else []
    counted = {side.number for side in toll.sides} if toll is not None else set()
    for one, other in combinations(lines, 2):
        if one.passage.article_id == other.passage.article_id or {one.number, other.number} <= counted:
            continue
        if not _shown(one.text, shown) and not _shown(other.text, shown):
            continue
        pair = _differ(one, other, asked)
        if pair is not None:
            _add(found, pair)
    return tuple(found[:MOST])


def _shown(sentence: str, shown: list[str] | None) -> bool:
    return shown is None or any(fold(sentence) in t or t in fold(sentence) for t in shown)


def of_answer(plan: Plan, answer: Answer, evidence: Evidence) -> tuple[Disagreement, ...]:
    """What other passages tell differently from the words that the answer cites; none where days are set out anyway."""
    if answer.abstained or plan.kind in DATED or plan.parts:
        return ()
    return disagreements(plan.topic or plan.standalone, evidence, [c.quote for c in answer.citations])


def _lines(evidence: Evidence) -> list[_Line]:
    found = []
    for number, passage in enumerate(evidence, start=1):
        for start, end in spans(passage.text, passage.language):
            text = passage.text[start:end]
            content = _content(_TELLER.sub(" ", text))
            found.append(
                _Line(number, passage, text, content, tuple(figures(text)), _NEGATION.search(text) is not None)
            )
    return found


def _content(text: str) -> frozenset[str]:
    """Content words in one form, without figures, days and what only says that something is counted."""
    kept = []
    for word in words(text):
        for part in word.split("-"):
            if part in _DROPPED or part in _NEGATORS or part in _WEEKDAYS or part in MONTHS:
                continue
            if part in UNITS or part in TENS or part in SCALES or any(c.isdigit() for c in part) or len(part) < 3:
                continue
            kept.append(part[:5] if ord(part[0]) >= 0x400 else sense(part))
    return frozenset(kept)


def _differ(one: _Line, other: _Line, asked: frozenset[str]) -> Disagreement | None:
    if not _answers(one, other, asked) or not _answers(other, one, asked) or _qualified(one, other):
        return None
    if one.negated != other.negated and _alike(one, other, frozenset()) >= NEGATED_ALIKE and not _apart(one, other):
        return _made(asked, one, other, _polarity(one), _polarity(other))
    pairs = [(a, b) for a in one.figures for b in other.figures if a.kind == b.kind]
    if any(a.agrees(b) for a, b in pairs if _telling(a, b)):
        return None
    comparable = [(a, b) for a, b in pairs if a.unit == b.unit and not a.bare and not b.bare]
    counted = [(a, b) for a, b in comparable if a.kind == "number"]
    for a, b in counted or comparable:  # where both count the same, their days say of when
        units = _content(f"{a.counted} {b.counted}")
        alike = _alike(one, other, units) >= ALIKE and not _apart(one, other, a, b)
        if alike or _both_answer(one, other, a, b, asked, units):
            sure = not a.near(b)
            return _made(asked, one, other, one.text[a.start : a.end], other.text[b.start : b.end], a, b, sure)
    return None


def _answers(line: _Line, other: _Line, asked: frozenset[str]) -> bool:
    """Whether nothing that is asked for gave way to something else: "asked for 24 million" is no award."""
    return not (asked - line.content and (line.content - other.content) - asked) or asked - line.content <= VAGUE


def _qualified(one: _Line, other: _Line) -> bool:
    """Whether one of them tells of a part, of an earlier one, or of somebody's: "among the young", "the last elections",
    "the suspect's brother"; or one of what was and one of what will be."""
    for line, rival in ((one, other), (other, one)):
        for match in _QUALIFIER.finditer(line.text):
            told = {sense(fold(w)) for w in re.findall(r"[^\W\d_]{3,}", match.group())}
            if not told <= rival.content | {sense(w) for w in words(rival.text)}:
                return True
    tenses = [(bool(_FUTURE.search(line.text)), bool(_PAST.search(line.text))) for line in (one, other)]
    return tenses in ([(True, False), (False, True)], [(False, True), (True, False)])


def _both_answer(one: _Line, other: _Line, a: Figure, b: Figure, asked: frozenset[str], units: frozenset[str]) -> bool:
    """Whether long sentences, each telling more besides, both answer the question with this figure: they have nearly all
    of its words, what it counts, and beside the figure a further word of it that is the same in both."""
    if a.kind == "date" or not units & asked or len(asked) < FEWEST:
        return False
    if min(len(asked & line.content) for line in (one, other)) < ANSWERING * len(asked):
        return False
    here, there = (set(_PLACE.findall(line.text)) for line in (one, other))
    if here and there and not here & there:
        return False  # two places: two things
    beside = _beside(one, a) & _beside(other, b) & (asked - units)
    return bool(beside) and not _other_days(one, other, a, b)


def _beside(line: _Line, figure: Figure) -> frozenset[str]:
    before = line.text[: figure.start].split()[-WINDOW:]
    behind = line.text[figure.end :].split()[: WINDOW + 1]
    return _content(" ".join((*before, *behind)))


def _telling(a: Figure, b: Figure) -> bool:
    """Whether equal figures say that two sentences agree: a year alone, beside other figures, does not."""
    if a.kind == "number":
        return a.unit == b.unit or a.bare or b.bare
    return sum(p is not None for p in a.day) > 1 or sum(p is not None for p in b.day) > 1


def _alike(one: _Line, other: _Line, units: frozenset[str]) -> float:
    a, b = one.content - units, other.content - units
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def _apart(one: _Line, other: _Line, a: Figure | None = None, b: Figure | None = None) -> bool:
    """Whether something sets them apart: other names, other days, or other things behind the same preposition."""
    mine, theirs = one.content - other.content, other.content - one.content
    names = ({sense(fold(m)) for m in _NAME.findall(line.text)} for line in (one, other))
    named, called = (n & only for n, only in zip(names, (mine, theirs), strict=True))
    if (named and theirs and called) or (named and _things(other) & theirs) or (called and _things(one) & mine):
        return True
    for preposition, thing in _behind(one.text):
        rivals = {t for p, t in _behind(other.text) if p == preposition}
        if thing in mine and rivals and rivals <= theirs:
            return True
    return _other_days(one, other, a, b)


def _things(line: _Line) -> set[str]:
    return {thing for _, thing in _behind(line.text)}


def _behind(text: str) -> list[tuple[str, str]]:
    return [(m.group(1).lower(), sense(fold(m.group(2)))) for m in _BEHIND.finditer(_TELLER.sub(" ", text))]


def _other_days(one: _Line, other: _Line, a: Figure | None, b: Figure | None) -> bool:
    """Whether they tell of other days or years, unless the later one counts on: "by Monday", "rose to"."""
    if a is not None and a.kind == "date":
        return False
    growing = _GROWING.search(one.text) or _GROWING.search(other.text)
    mine, theirs = ([f for f in line.figures if f.kind == "date"] for line in (one, other))
    if mine and theirs and not any(x.agrees(y) for x in mine for y in theirs):
        return not growing or any(f.day[2] is None for f in (*mine, *theirs))
    here, there = (set(words(line.text)) & _WEEKDAYS for line in (one, other))
    return bool(here and there and not here & there and not growing)


def _polarity(line: _Line) -> str:
    """The words around the negation, or "yes": "was not arrested"."""
    match = _NEGATION.search(line.text)
    if match is None:
        return "yes"
    ahead = re.search(r"\S+\s+$", line.text[: match.start()])
    behind = re.match(r"\s+\S+", line.text[match.end() :])
    return f"{ahead.group() if ahead else ''}{match.group()}{behind.group() if behind else ''}".strip(" .,;:")


def _made(
    asked: frozenset[str],
    one: _Line,
    other: _Line,
    value: str,
    rival: str,
    a: Figure | None = None,
    b: Figure | None = None,
    sure: bool = True,
) -> Disagreement:
    sides = tuple(
        Side(told, line.number, line.passage.source, line.passage.date)
        for line, told in sorted(
            ((one, _whole(one, value, a)), (other, _whole(other, rival, b))),
            key=lambda p: -(p[0].passage.date or dt.date.min).toordinal(),
        )
    )
    return Disagreement(_what(one, other, asked), sides, _updated(one, other, a, b), sure)


def _what(one: _Line, other: _Line, asked: frozenset[str]) -> str:
    """The words that both have, and the question too where it has some of them; as the first has them."""
    shared = {fold(w): w for w in reversed(re.findall(r"[^\W\d_][\w’'-]*", one.text)) if _content(w) & other.content}
    told = [w for w in reversed(shared.values()) if _content(w) & asked]
    return " ".join(told if len(told) > 1 else list(reversed(shared.values())))


def _whole(line: _Line, value: str, figure: Figure | None) -> str:
    """The figure with its unit, as the article has it: "120 billion tenge"."""
    if figure is None or figure.kind == "date" or not figure.unit:
        return value
    match = re.match(r"\s*(?:%|[^\W\d_][\w’'-]*)", line.text[figure.end :])
    return value + match.group() if match and line.text[figure.start] not in "$€£₸" else value


def _updated(one: _Line, other: _Line, a: Figure | None, b: Figure | None) -> bool:
    """Whether the later one brings the earlier one up to date: the same outlet's, a toll that grows, a plan that moves."""
    first, second = (one.passage.date, other.passage.date)
    if a is None or b is None or first is None or second is None or first == second:
        return False
    if one.passage.source == other.passage.source:
        return True
    early, late = ((one, a), (other, b)) if first < second else ((other, b), (one, a))
    if a.kind == "date":
        return abs((second - first).days) >= PLANNED and late[1].day > early[1].day if _full(a, b) else False
    return late[1].number > early[1].number and _GROWING.search(late[0].text) is not None


def _full(a: Figure, b: Figure) -> bool:
    return all((x is None) == (y is None) for x, y in zip(a.day, b.day, strict=True))


def _add(found: list[Disagreement], new: Disagreement) -> None:
    """Among those that share a side, a side more; else by itself."""
    for i, known in enumerate(found):
        shared = set(known.sides) & set(new.sides)
        if shared:
            sides = {*known.sides, *new.sides}
            ordered = sorted(sides, key=lambda s: (-(s.date or dt.date.min).toordinal(), s.number))
            found[i] = replace(known, sides=tuple(ordered), update=known.update and new.update)
            return
    found.append(new)


# -- tolls: one event's figure, told in the words of many ---------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """A toll with its sentence, and the day that it is of."""

    number: int
    passage: Passage
    text: str
    toll: Toll
    day: dt.date


def _of_toll(question: str, evidence: Evidence, shown: list[str] | None) -> Disagreement | None:
    """What articles tell of the toll that is asked for, of the event that the answer tells of."""
    act = asked_act(question)
    if act is None:
        return None
    event = _content(without_act(question, act)) - VAGUE
    names = frozenset(sense(fold(n)) for n in _NAME.findall(question.partition(" ")[2])) & event
    found = [t for t in _told(evidence, act) if _of_event(t.passage, event, names)]
    told = [t for t in found if _shown(t.text, shown) and not _elsewhere(t, names)]
    if not told:
        return None
    first = max(told, key=lambda t: len(event & _content(t.text)))
    kept = {first.passage.article_id: first}
    for other in found:
        if _one_event(first, other, names):
            kept.setdefault(other.passage.article_id, other)
    rows = sorted(kept.values(), key=lambda t: (t.passage.date or t.day, t.toll.number), reverse=True)
    pairs = [
        p for p in combinations(rows, 2) if not p[0].toll.agrees(p[1].toll, p[0].passage.date == p[1].passage.date)
    ]
    if not pairs:
        return None
    sides: dict[float, Side] = {}
    for row in reversed(rows):  # the first that told each figure
        value = row.text[row.toll.start : row.toll.end]
        sides.setdefault(row.toll.number, Side(value, row.number, row.passage.source, row.passage.date))
    what = " ".join(w for w in re.findall(r"[^\W\d_][\w’'-]*", question) if _content(w))
    update = _counted_on(rows)
    sure = update or not all(a.toll.near(b.toll) for a, b in pairs)
    return Disagreement(what, tuple(reversed(sides.values())), update, sure)


def _told(evidence: Evidence, act: str) -> list[_Told]:
    found = []
    for number, passage in enumerate(evidence, start=1):
        for start, end in spans(passage.text, passage.language) if passage.date is not None else ():
            text = passage.text[start:end]
            for toll in tolls(text, act):
                found.append(_Told(number, passage, text, toll, _day_of(text, passage.date or dt.date.min)))
    return found


def _day_of(sentence: str, published: dt.date) -> dt.date:
    """The day that the sentence names, as of its article; else the article's."""
    for figure in figures(_TELLER.sub(" ", sentence)):
        year, month, day = figure.day
        if figure.kind != "date" or (year is None and day is None):
            continue
        try:
            told = dt.date(
                year or published.year, month or (published.month if year == published.year else 7), day or 15
            )
        except ValueError:  # 29 February of another year
            continue
        if year is None and told > published:
            told = told.replace(year=published.year - 1, day=min(told.day, 28))
        return told
    return published


def _of_event(passage: Passage, event: frozenset[str], names: frozenset[str]) -> bool:
    """Whether passage and title have the event's names and most of its words."""
    told = _content(f"{passage.title}. {passage.text}")
    return bool(event) and names <= told and len(event & told) >= EVENT * len(event)


def _places(told: _Told) -> frozenset[str]:
    return frozenset(sense(fold(p)) for p in _TOWN.findall(told.text)) - _WEEKDAYS - frozenset(MONTHS)


def _elsewhere(told: _Told, names: frozenset[str]) -> bool:
    """Whether the sentence names a place, and none of those that are asked for."""
    places = _places(told)
    return bool(places and names and not places & names)


def _one_event(first: _Told, other: _Told, names: frozenset[str]) -> bool:
    """Whether another article's toll is of what the first is of: the same people, place and time."""
    if first is other or first.passage.article_id == other.passage.article_id or first.toll.unit != other.toll.unit:
        return False
    here, there = _places(first), _places(other)
    if _elsewhere(other, names) or (not names and here and there and not here & there):
        return False
    if not names and not _named(first.passage) & _named(other.passage):
        return False
    apart = abs(first.day - other.day)
    title = f"{other.passage.title}. {other.passage.text}"
    shared = len((_content(first.text) - VAGUE - {first.toll.act}) & _content(title))
    if apart <= SAME:
        return shared >= SHARED
    return apart <= COUNTING and (first.toll.running or other.toll.running) and shared > SHARED


def _named(passage: Passage) -> set[str]:
    """Its names: words that it has with a capital only."""
    text = f"{passage.title}. {passage.text}"
    small = {sense(w) for w in re.findall(r"\b[a-zа-яё][\w’'-]+", text)}
    found = {sense(fold(n).removesuffix("'s")) for n in re.findall(r"\b[A-ZА-ЯЁ][\w’'-]{2,}", text)}
    return {n for n in found - small if n not in _DROPPED and n not in _WEEKDAYS and n not in MONTHS}


def _counted_on(rows: list[_Told]) -> bool:
    """Whether the newer bring the older up to date, rows newest first: higher from day to day, and counted up to now, told
    days later or by the same outlet; or with both figures told in one sentence."""
    numbers = [row.toll.number for row in rows]
    if sorted(numbers, reverse=True) != numbers:
        return False
    newest, oldest = rows[0].passage, rows[-1].passage
    if newest.date != oldest.date:
        days = (newest.date or dt.date.min) - (oldest.date or dt.date.min)
        return days > SAME or newest.source == oldest.source or rows[0].toll.running
    known = {figure.number for figure in figures(rows[0].text)}
    return all(number in known for number in numbers)
