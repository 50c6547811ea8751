"""A question about several articles, days or sides is split: each part is searched by itself, with its own filter.

    split("Does The Verge's article on headsets agree with the Wired article of 3 May 2024 on lenses?", …)
    -> (Plan(topic="headsets", sources=("The Verge",)),
        Plan(topic="lenses", sources=("Wired",), after=2024-05-03, before=2024-05-03))

First by the outlets, writers and days of publication that are named, each with the words around it; else, where things
are compared, by its clauses ("while …"), its two sides ("between A and B") or its two dates. A question about one thing
has no parts. The split reads commas and conjunctions, no grammar: a part whose own words say nothing is searched with
the words of the whole.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rag.question import sides
from rag.question.mentions import Mention
from rag.question.outlets import joined
from rag.question.scope import Range, Scope, span
from rag.question.topic import left_of, tells
from rag.types import Kind, Plan

MOST = 8  # parts of one question; what is beyond them is left to the search of the whole
SHOWN = 70  # characters of a part's words in its note

_Q = "['‘’\"“”]?"
_PLAIN = (
    r"[;.?!]\s+|,?\s+(?:while|whereas)\s+|,\s+(?:but|or|yet|and)\s+|,\s+(?=(?:was|were|is|are|did|does|do|has|have|had"
    r"|who|which)\s)|,?\s+(?:as\s+)?(?:compared|opposed|contrasted)\s+(?:to|with)\s+|,?\s+as\s+well\s+as\s+"
    r"|\s+(?:versus|vs\.?)\s+|,?\s+(?:а|тогда\s+как|в\s+то\s+время\s+как)\s+|,\s*$"
)
_JOIN = r"\s+(?:and|or|but|than|и|или)\s+"
_YEAR = r"(?:1[89]|20)\d\d\b"  # "November 30, 2023" is one date
_LEAD = r"\s+(?:with|to|from|as|in|before|after)\s+"
# Where one part ends and another begins, the plainest first: before a name that opens its part ("…, while the X
# article says"), and before one that closes it ("…, as reported by X").
OPENING = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (_PLAIN, _JOIN, rf",\s+(?!{_YEAR})|{_LEAD}"))
CLOSING = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (_PLAIN, rf",\s+(?!{_YEAR})", _JOIN))
# "…, as reported by The Age": the words of a name that closes its clause stand before it.
_CLOSES = re.compile(rf"^{_Q}(?:['’]s)?\s*(?:[,;.?!]|$|(?:and|but|or|while|whereas)\b)")
_OPENS_NOUN = re.compile(r"^(?:articles?|reports?|stor(?:y|ies)|pieces?|coverage|reviews?|interviews?|posts?)\b", re.I)
_NEXT_TO = re.compile(rf"\W*(?:(?:the|in|on|by|from|its|their)\s+)*{_Q}", re.IGNORECASE)
_OWN = re.compile(r"\b(?:while|whereas|compared|versus)\b|,\s+and\s+the\b|[;?]", re.IGNORECASE)
# The question itself, behind what it says of the articles: "After …, was there a change in …?"
_PREFACE = re.compile(r"^(?:after|between|considering|based|given|following|in|according|if|when|since|for)\b", re.I)
_QUESTION = re.compile(
    r",\s+(?:and\s+)?(?=(?:was|were|is|are|did|does|do|has|have|had|which|who|what|how|do)\s)", re.IGNORECASE
)


@dataclass(slots=True)
class _Piece:
    """One article as the question names it: its name stands at `name`, its name and day from `start` to `end`."""

    name: tuple[int, int]
    start: int
    end: int
    mentions: list[Mention] = field(default_factory=list)
    writers: list[Mention] = field(default_factory=list)
    days: Range | None = None
    words: list[str] = field(default_factory=list)  # what becomes its filter


def split(
    question: str, kind: Kind, mentions: Sequence[Mention], by: Sequence[Mention], days: Scope
) -> tuple[Plan, ...]:
    """The parts of `question`, none where it is about one thing; `kind` and `as_of` are those of the whole."""
    whole = Plan(question, question, days.after, days.before, days.as_of, kind=kind)
    pieces = _pieces(question, mentions, by, days)
    if len(pieces) > 1 or any(len(p.mentions) > 1 or len(p.writers) > 1 for p in pieces):
        return distinct(_of_pieces(question, pieces, whole, days))
    if kind != "comparison" or pieces:
        return ()
    return distinct(
        sides.of_clauses(question, whole) or sides.of_dates(question, whole, days) or sides.of_sides(question, whole)
    )


def shorten(words: str, length: int = SHOWN) -> str:
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0] + " …"


def note(part: Plan) -> str:
    """'part: "headsets" (The Verge, 2024-05-03)'."""
    known = [*part.sources, *part.authors]
    if part.after or part.before:
        known.append(span(part.after, part.before).removeprefix("on "))
    return f'part: "{shorten(part.topic or part.standalone)}"' + (f" ({', '.join(known)})" if known else "")


# -- by outlets, writers and days of publication -------------------------------------------


def _pieces(question: str, mentions: Sequence[Mention], by: Sequence[Mention], days: Scope) -> list[_Piece]:
    """The articles named, in the question's order; a day without an outlet of its own is another of the last one's."""
    out: list[_Piece] = []
    for i, m in enumerate(mentions):
        start, end = _extent(question, m)
        if out and joined(question, mentions[i - 1], m):
            out[-1].name, out[-1].end = (out[-1].name[0], m.end), max(out[-1].end, end)
        else:
            out.append(_Piece((m.start, m.end), start, end))
        out[-1].mentions.append(m)
        out[-1].words.append(m.words)
    for m in by:
        start, end = _extent(question, m)
        piece = next((p for p in out if p.start <= start <= p.end + 12 or start <= p.start <= end + 12), None)
        if piece is None:
            piece = _Piece((m.start, m.end), start, end)
            out.append(piece)
        piece.writers.append(m)
        piece.words.append(m.words)
    out.sort(key=lambda p: p.start)
    for found, range in days.apart:
        if not (mentions or by) and found.relative:
            continue  # "this week … since last year" are two times of one thing
        _date(question, out, (found.start, found.end), range, found.words)
    return out


def _extent(question: str, m: Mention) -> tuple[int, int]:
    """Where the words that decided stand: "report by The Age" for The Age."""
    start = question.rfind(m.words, 0, m.start + len(m.words))
    return (start, max(m.end, start + len(m.words))) if 0 <= start <= m.start else (m.start, m.end)


def _date(question: str, pieces: list[_Piece], at: tuple[int, int], days: Range, words: str) -> None:
    """Give a day to the article it stands with, or make another article of it."""
    start, end = at
    behind = next((p for p in pieces if p.name[0] >= end), None)
    ahead = next((p for p in reversed(pieces) if p.name[0] < start), None)
    if behind is not None and behind.days is None and _NEXT_TO.fullmatch(question, end, behind.name[0]):
        owner = behind
    elif ahead is not None and ahead.days is None and not _OWN.search(question, ahead.name[1], start):
        owner = ahead
    else:
        kin = ahead if ahead is not None else behind
        owner = _Piece(at, start, end)
        if kin is not None:
            owner.mentions, owner.writers = list(kin.mentions), list(kin.writers)
        pieces.append(owner)
    owner.days = days
    owner.words.append(words)
    owner.start, owner.end = min(owner.start, start), max(owner.end, end)
    pieces.sort(key=lambda p: p.start)


def _of_pieces(question: str, pieces: Sequence[_Piece], whole: Plan, days: Scope) -> list[Plan]:
    """Each article with the words between its neighbours; those of the question behind them are everyone's."""
    tail = _tail(question, pieces[-1].end)
    cuts = [0, *(_cut(question, a, b) for a, b in itertools.pairwise(pieces)), tail]
    every = [*days.filtering, *(words for p in pieces for words in p.words)]
    shared = sides.compared(left_of(question[tail:], every)) or sides.compared(left_of(question, every))
    out: list[Plan] = []
    for piece, start, end in zip(pieces, cuts, cuts[1:], strict=False):
        own = question[start:end].strip(" ,;.?!")
        topic = sides.compared(left_of(own, every))
        if not tells(topic):
            own, topic = shared or question, shared
        after, before = (whole.after, whole.before) if piece.days is None else piece.days
        near = tuple(days.drawn[f] for f in days.drawn if start <= f.start < end and f.role == "about")
        made = replace(whole, question=own, standalone=own, topic=topic, after=after, before=before, near=near)
        writers = tuple(name for m in piece.writers for name in m.names)
        out += [replace(made, sources=m.names, authors=writers) for m in piece.mentions]
        if not piece.mentions:
            out += [replace(made, authors=m.names) for m in piece.writers] or [made]
    return out


def _tail(question: str, end: int) -> int:
    """Where the question begins that is asked of all the articles; its end where there is none."""
    match = _QUESTION.search(question, end) if _PREFACE.match(question) else None
    return match.start() if match else len(question)


def _cut(question: str, a: _Piece, b: _Piece) -> int:
    """Where the words of `a` end and those of `b` begin."""
    start, end = min(a.end, b.start), b.start
    closes = _CLOSES.match(question[b.name[1] :]) is not None and not _OPENS_NOUN.match(question[b.start :])
    for pattern in CLOSING if closes else OPENING:
        found = list(pattern.finditer(question, start, end))
        if closes:
            found = [m for m in found if tells(question[m.end() : end])]
        if found:
            return found[0].start() if closes else found[-1].start()
    return end


def distinct(plans: Sequence[Plan]) -> tuple[Plan, ...]:
    """The parts that differ in what they search; one alone is no part."""
    out = list(dict.fromkeys(plans))[:MOST]
    return tuple(out) if len(out) > 1 else ()
