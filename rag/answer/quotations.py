"""The quotation gate: what stands between quotation marks in an answer is the articles' own words, or loses the marks.

    gate("He said: “we [will] … build”.", evidence, find)   ->  Gated(text, (Quotation(state="exact", …),))

Compared is after Unicode and white-space normalisation, case aside. An ellipsis may skip words of one passage, as long
as it skips no "not"; [square brackets] may stand for up to three words, or be added. Who said it is checked in the
same sentence or paragraph of the article, no further.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from rag.answer.orders import without_orders
from rag.answer.terms import Term, terms
from rag.sentences import spans
from rag.speech.words import word_set
from rag.text import fold
from rag.types import Article, Evidence

if TYPE_CHECKING:
    from rag.store.index import Index

State = Literal["exact", "altered", "stitched", "elsewhere", "not found"]
Find = Callable[[str], Iterable[Article]]  # words -> the articles of the whole archive that may hold them
Place = tuple[int, int, int]  # number of the evidence, start and end in its passage

SKIPPED = 400  # characters that an ellipsis may leave out
BRACKETED = 3  # words that a square bracket may stand for
MEANT = 0.75  # likeness from which on one span is what an altered quotation meant,
AHEAD = 0.1  # and how far every other one must stay behind
LONGER = 2  # words that it may have lost or gained
RUN = 3  # words of each part of a stitched quotation
CANDIDATES = 10  # passages of the archive that are looked into

_PAIRS = re.compile(
    r"“([^“”]+)”|„([^„“”]+)[“”]|«([^«»]+)»|\"([^\"]+)\"|(?<![\w’'])‘([^‘’]+(?:’\w[^‘’]*)*)’(?!\w)"
    r"|(?<![\w’'])'([^'\s][^']*(?:'\w[^']*)*)'(?!\w)"
)
_ALONE = re.compile(r"[“„«»”\"]")
_MARK = re.compile(r"\s*\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")
_GAP = re.compile(r"\[\s*(?:…|\.{3})\s*\]|\(\s*(?:…|\.{3})\s*\)|…|\.{3,}|(?P<bracket>\[[^\]]*\])")
_LETTER = re.compile(r"\[(\w)\](?=\w)")  # "[W]e": the letter's case was changed
_CLAUSE = re.compile(r"[.!?;:,\"“„«»”]\s*|\n+")
_LEFT = re.compile(r"(?:[.!?\"“„«]\s*)((?:[\w'’-]+\s+){1,2})$")
_RIGHT = re.compile(r"((?:\s+[\w'’-]+){1,2})(?=[,.!?]?[\"”»]|[.!?])")
_EDGES = " .,;:!?-"
_WORD = re.compile(r"\w+(?:['-]\w+)*")
_SPEECH = word_set(
    "said says say saying told tells added adds stated announced declared promised warned asked asks replied "
    "explained called calls wrote writes insisted admitted argued noted complained according thundered joked "
    "claimed recalled сказал сказала заявил заявила говорит сообщил сообщила rekao rekla kaze kazao деді дейді "
    "дейт"
)


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stood between marks, and what became of it: `shown` is what stands there now, with its marks where it is
    exact or was made so; `place` is where in the evidence; `speaker` is False where somebody else says it there."""

    text: str
    state: State
    shown: str
    place: Place | None = None
    article: str | None = None
    speaker: bool | None = None

    @property
    def marked(self) -> bool:
        return self.place is not None

    @property
    def notice(self) -> str | None:
        return None if self.state == "exact" else _NOTICES[self.state].format(self=self)


_NOTICES: dict[State, str] = {
    "exact": "",
    "altered": "Not the article's exact words, so no longer shown as they were in quotation marks: {self.text}",
    "stitched": "Put together from two places, so no longer shown as one quotation: {self.text}",
    "elsewhere": "Stands in “{self.article}”, not in the evidence, so no longer shown as a quotation: {self.text}",
    "not found": "Not found in the articles, so no longer shown as a quotation: {self.text}",
}


@dataclass(frozen=True, slots=True)
class Gated:
    """The text as it may be shown, and its quotations in order."""

    text: str
    quotations: tuple[Quotation, ...]


def gate(text: str, evidence: Evidence, find: Find | None = None) -> Gated:
    """Every quotation of `text` looked up in the evidence, then in the whole archive where `find` is given."""
    if not any(mark in text for mark in "“”„«»\"‘'"):
        return Gated(text, ())
    held = [_Held(number, without_orders(passage.text)) for number, passage in enumerate(evidence, start=1)]
    found: list[Quotation] = []
    pieces: list[str] = []
    last = 0
    for match in _PAIRS.finditer(text):
        inside = next(g for g in match.groups() if g is not None)
        quoted = _MARK.sub("", inside)
        if not _words(quoted) or (match.group()[0] in "'‘" and len(_words(quoted)) < 2):
            continue  # nothing is quoted, or a letter is left out: rock 'n' roll
        marks = "".join(m.group() for m in _MARK.finditer(inside))
        one = _undenied(look_up(quoted, held, find), text[: match.start()], held)
        pieces += [_bare(text[last : match.start()]), match.group()[0] if one.marked else "", one.shown]
        pieces += [match.group()[-1] if one.marked else "", marks]
        found.append(one)
        last = match.end()
    pieces.append(_bare(text[last:]))
    return Gated("".join(pieces), tuple(found))


def _bare(text: str) -> str:
    """Without marks that have no partner: what follows them may not pass for a quotation."""
    return _ALONE.sub("", text)


def look_up(quoted: str, held: Sequence[_Held], find: Find | None) -> Quotation:
    for one in held:
        place = one.find(quoted)
        if place is not None:
            return Quotation(quoted, "exact", quoted, (one.number, *place))
    if len(_words(quoted)) < 2:
        return Quotation(quoted, "not found", quoted)
    meant = _meant(quoted, held)
    if meant is not None:
        number, start, end = meant
        text = next(one.text for one in held if one.number == number)
        start, end = _rounded(text, *(_with_denial(text, start) or start, end))
        words, meant = text[start:end], (number, start, end)
        comma = "," if quoted.rstrip().endswith(",") and not words.endswith(",") else ""
        return Quotation(quoted, "altered", words + comma, meant)
    if _is_stitched(quoted, held):
        return Quotation(quoted, "stitched", quoted)
    for article in find(quoted) if find is not None else ():
        if _stands(quoted, article.text) and _stands(quoted, without_orders(article.text)):
            return Quotation(quoted, "elsewhere", quoted, article=article.title)
    likest = max((like for one in held for like, _ in one.alike(quoted)), default=0.0)
    return Quotation(quoted, "altered" if likest >= MEANT else "not found", quoted)


def _stands(quoted: str, text: str) -> bool:
    return _Held(0, text).find(quoted) is not None


def archive_wide(index: Index) -> Find:
    """Looks a quotation up in the full text of the whole archive, its rarest words first."""

    def find(quoted: str) -> Iterator[Article]:
        ids = [id for id, _ in index.fulltext(quoted, CANDIDATES)]
        for article_id in dict.fromkeys(p.article_id for p in index.catalog.passages(ids).values()):
            article = index.catalog.article(article_id)
            if article is not None:
                yield article

    return find


# -- comparing -----------------------------------------------------------------------------


class _Held:
    """A text that may hold a quotation, folded once, with the way back to its own offsets."""

    def __init__(self, number: int, text: str) -> None:
        self.number, self.text = number, text
        folded: list[str] = []
        self._at: list[int] = []
        for at, character in enumerate(text):
            piece = " " if character.isspace() else _folded(character)
            if piece == " " and folded and folded[-1] == " ":
                continue
            folded.append(piece)
            self._at += [at] * len(piece)
        self._folded = "".join(folded)

    def find(self, quoted: str) -> tuple[int, int] | None:
        """Where the quotation stands exactly: its pieces in order, with no more between than may be left out."""
        pieces, gaps = _pieces(quoted)
        if not pieces:
            return None
        for first in self._starts(pieces[0], 0):
            end = self._follow(first + len(pieces[0]), pieces[1:], gaps)
            if end is not None:
                return self._at[first], self._at[end - 1] + 1
        return None

    def _follow(self, end: int, pieces: Sequence[str], gaps: Sequence[str]) -> int | None:
        for piece, gap in zip(pieces, gaps, strict=True):
            start = next(self._starts(piece, end), None)
            if start is None or not _may_skip(self._folded[end:start], gap):
                return None
            end = start + len(piece)
        return end

    def _starts(self, piece: str, begin: int) -> Iterator[int]:
        start = self._folded.find(piece, begin)
        while start >= 0:
            around = self._folded[start - 1 : start] + self._folded[start + len(piece) : start + len(piece) + 1]
            if not any(c.isalnum() for c in around):
                yield start
            start = self._folded.find(piece, start + 1)

    def alike(self, quoted: str) -> list[tuple[float, tuple[int, int]]]:
        """(likeness, span) of the runs of words that are most like the quotation, best first, none over another."""
        wanted = _words(quoted)
        tokens = [(m.group(), m.start(), m.end()) for m in _WORD.finditer(self._folded)]
        here = [t[0] for t in tokens]
        if len(set(wanted) & set(here)) < min(2, len(wanted)):
            return []
        ranked = []
        for size in range(max(2, len(wanted) - LONGER), len(wanted) + LONGER + 1):
            for start in range(max(1, len(here) - size + 1)):
                some = here[start : start + size]
                if 2 * len(set(some) & set(wanted)) >= len(set(wanted)):
                    ranked.append((SequenceMatcher(None, wanted, some, autojunk=False).ratio(), start, len(some)))
        ranked.sort(key=lambda r: (-r[0], r[2], r[1]))
        taken: list[tuple[float, tuple[int, int]]] = []
        for like, start, size in ranked[:50]:
            span = self._at[tokens[start][1]], self._at[tokens[start + size - 1][2] - 1] + 1
            if all(span[1] <= other[0] or span[0] >= other[1] for _, other in taken):
                taken.append((like, span))
        return taken


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    return fold(character)


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text))


def _pieces(quoted: str) -> tuple[list[str], list[str]]:
    """The folded pieces between gaps, and the gaps: "we [will] … build" -> (["we", "build"], ["[will] …"])."""
    quoted = _LETTER.sub(r"\1", quoted)
    pieces, gaps, last, gap = list[str](), list[str](), 0, ""
    for match in (*_GAP.finditer(quoted), None):
        piece = " ".join(fold(quoted[last : match.start() if match else None]).split()).strip(_EDGES)
        if piece:
            if pieces:
                gaps.append(gap)
            pieces.append(piece)
            gap = ""
        if match:
            gap = f"{gap} {match.group()}".strip()
            last = match.end()
    return pieces, gaps


def _may_skip(left_out: str, gap: str) -> bool:
    """Whether the gap stands for what was left out there: an ellipsis for much, a bracket for little, none for a "not"."""
    said = _WORD.findall(left_out)
    if any(t.root == "not" for t in (*terms(left_out), *terms(gap))):
        return False
    bracketed = len(_WORD.findall(fold(gap)))
    if bracketed and not re.search(r"…|\.{3}", gap):
        return len(said) <= BRACKETED and bracketed <= BRACKETED
    return len(left_out) <= SKIPPED and bracketed <= BRACKETED


def _meant(quoted: str, held: Sequence[_Held]) -> Place | None:
    """The one span of the evidence that an altered quotation clearly meant."""
    ranked = sorted(((like, one.number, span) for one in held for like, span in one.alike(quoted)), reverse=True)
    if not ranked or ranked[0][0] < MEANT:
        return None
    likest = ranked[0]
    texts = {one.number: one.text for one in held}
    words = texts[likest[1]][slice(*likest[2])]
    for like, number, span in ranked[1:]:
        if like > likest[0] - AHEAD and fold(texts[number][slice(*span)]) != fold(words):
            return None
    return likest[1], *likest[2]


def _undenied(one: Quotation, before: str, held: Sequence[_Held]) -> Quotation:
    """Exact words cut off from the "not" before them, unless the answer has it itself, are put right."""
    if one.state != "exact" or one.place is None or _denies(before):
        return one
    number, start, end = one.place
    text = next(h.text for h in held if h.number == number)
    whole = _with_denial(text, start)
    if whole is None:
        return one
    return replace(one, state="altered", shown=text[whole:end], place=(number, whole, end))


def _denies(before: str) -> bool:
    return any(t.root == "not" for t in terms(" ".join(before.split()[-3:])))


def _with_denial(text: str, start: int) -> int | None:
    """Where the clause begins whose "not" stands right before this place."""
    begin = max((m.end() for m in _CLAUSE.finditer(text, 0, start)), default=0)
    return begin if begin < start and _denies(text[begin:start]) else None


def _rounded(text: str, start: int, end: int) -> tuple[int, int]:
    """With up to two words more, where what is quoted there or the sentence begins or ends with them."""
    before, after = _LEFT.search(text, max(0, start - 40), start), _RIGHT.match(text, end)
    return before.start(1) if before else start, after.end(1) if after else end


def _is_stitched(quoted: str, held: Sequence[_Held]) -> bool:
    """Whether it falls into two or three runs of words each of which stands somewhere."""
    pieces, _ = _pieces(quoted)
    if len(pieces) > 1 and all(any(one.find(p) for one in held) for p in pieces):
        return True
    left, parts = _words(quoted), 0
    while left and parts < 3:
        size = next((n for n in range(len(left), RUN - 1, -1) if any(o.find(" ".join(left[:n])) for o in held)), 0)
        if not size:
            return False
        left, parts = left[size:], parts + 1
    return not left and parts > 1


# -- who said it ---------------------------------------------------------------------------


def with_speaker(quotation: Quotation, sentence: str, evidence: Evidence) -> Quotation:
    """With `speaker` set: False where the sentence names one whom the article does not name beside the words."""
    claimed = speakers(sentence, quotation.shown)
    if quotation.place is None or not claimed:
        return quotation
    number, start, end = quotation.place
    beside = _beside(evidence[number].text, start, end)
    return replace(quotation, speaker=any(name in beside for name in claimed))


def speakers(sentence: str, quoted: str) -> list[str]:
    """The names nearest to a word of saying, outside of what is quoted, as roots."""
    outside = sentence.replace(quoted, " , ")
    found = terms(outside)
    names: list[str] = []
    for at, term in enumerate(found):
        if term.text.casefold() in _SPEECH:
            names += [t.root for t in (_first_name(found[:at][::-1]), _first_name(found[at + 1 :])) if t is not None]
    return names


def _first_name(found: Sequence[Term]) -> Term | None:
    for i, term in enumerate(found[:6]):
        if term.kind == "name" or (term.text[:1].isupper() and term.kind == "word"):
            last = i
            while last + 1 < len(found) and found[last + 1].kind == "name":
                last += 1
            return found[last]
    return None


def _beside(text: str, start: int, end: int) -> set[str]:
    """The names of the sentences that the words stand in, or, where these name nobody, of their paragraph."""
    paragraph = text.rfind("\n\n", 0, start) + 2 if "\n\n" in text[:start] else 0
    stop = text.find("\n\n", end)
    own = [(s, e) for s, e in spans(text) if s < end and e > start]
    first, last = min((s for s, _ in own), default=start), max((e for _, e in own), default=end)
    names = _capitals(text[first:start]) | _capitals(text[end:last])
    return names or _capitals(text[paragraph:start]) | _capitals(text[end : stop if stop >= 0 else len(text)])


def _capitals(text: str) -> set[str]:
    return {t.root for t in terms(text) if t.kind == "name" or (t.kind == "word" and t.text[:1].isupper())}
