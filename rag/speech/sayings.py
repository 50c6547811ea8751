"""The sayings of a text: what stands between quotation marks or is reported, and who said it.

    find("The bridge reopens in May. “The steel came late,” said Ana Horvat. “It is here now.”")
    ->  (Saying("Ana Horvat", 28, 48, direct=True, verb="said", told=(50, 65)), Saying("Ana Horvat", …, told=None))

By rules: the verb beside the words and its subject; a name is given in its fullest form; he, she and "the minister"
are whoever fits and was last spoken of; a sentence of quoted words alone goes on with the speaker of its paragraph.
Where nothing tells, the speaker is None. Words in marks that nobody says ("the “miracle” diet") are no saying.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rag import sentences
from rag.speech import phrases, slavic
from rag.speech.marks import Quoted, hidden, paragraphs, quoted
from rag.speech.names import MARK, QUOTE, WORD, Name, Token, tokens
from rag.speech.phrases import Told, Who
from rag.speech.scene import Scene, survey
from rag.speech.words import CALLING, EN, LANGUAGES, PLAINLY, REPORTING, TITLED, Speech, word_set
from rag.types import Saying

VERSION = 2  # of these rules: what older ones found is found anew
FEWEST = 3  # words that count as a quotation where no verb stands right beside them
NEAR = 4  # words: "right beside"
FAR = 40  # words from a verb to the words that it tells
_LOOKS_SAID = re.compile(r"[.,!?…]$")
_THAT = word_set("that что da да")
_BEHIND = re.compile(r"\s*(?:That is|That’s|That's|This is|So) how\b")


@dataclass(slots=True)
class _Line:
    """One sentence: its words, and its paragraph's number."""

    words: list[Token]
    paragraph: int
    start: int
    end: int


@dataclass(slots=True)
class _State:
    """What the sentences before leave behind; `last` is the speaker or the subject of the one before."""

    scene: Scene
    paragraph: int = -1
    last: Name | None = None
    going_on: bool = False  # the paragraph's last mark was not closed
    quoted: bool = False  # the sentence before held somebody's words
    found: list[Saying] = field(default_factory=list)


def find(text: str, language: str | None = None) -> tuple[Saying, ...]:
    """In the order of the text."""
    quotes = quoted(text)
    code = language or sentences.language(text) or "en"
    speech = LANGUAGES.get(code, EN)
    lines = list(_lines(text, quotes, code))
    state = _State(Scene(survey((line.words for line in lines), speech)))
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        _read(text, line, following, quotes, speech, state)
    return tuple(sorted(state.found, key=lambda s: s.start))


def tellers(sentence: str) -> Iterator[str]:
    """The names that are subjects of a verb of saying in a sentence by itself, as it has them.

    tellers("Ana Horvat praised the crew.") -> "Ana Horvat"; none for "Those with Ana Horvat said that it was late."
    """
    code = sentences.language(sentence) or "en"
    speech = LANGUAGES.get(code, EN)
    for line in _lines(sentence, quoted(sentence), code):
        found = slavic.tellers(line.words, speech) if speech.last else phrases.tellers(line.words)
        yield from (" ".join(name) for name in found)
    yield from (s.speaker for s in find(sentence, code) if s.speaker is not None)


def _lines(text: str, quotes: Sequence[Quoted], code: str) -> Iterator[_Line]:
    shown = hidden(text, list(quotes))
    starts = [start for start, _ in paragraphs(text)]
    spans: list[tuple[int, int]] = []
    for start, end in sentences.spans(shown, code):
        if spans and any(q.outer[0] < start < q.outer[1] for q in quotes):
            spans[-1] = (spans[-1][0], end)  # cut inside a long quotation
        else:
            spans.append((start, end))
    outer = [q.outer[0] for q in quotes]
    for start, end in spans:
        inside = range(bisect_right(outer, start - 1), bisect_right(outer, end - 1))
        words, at = list[Token](), start
        for number in inside:
            q = quotes[number]
            words += tokens(text, at, q.outer[0])
            words.append(Token(QUOTE, text[slice(*q.outer)], *q.outer, number))
            at = q.outer[1]
        words += tokens(text, at, end)
        yield _Line(words, bisect_right(starts, start) - 1, start, end)


def _read(
    text: str, line: _Line, following: _Line | None, quotes: Sequence[Quoted], speech: Speech, state: _State
) -> None:
    state.scene.at, state.scene.end = line.start, line.end
    if line.paragraph != state.paragraph:
        state.paragraph = line.paragraph
        alone = all(w.kind in (QUOTE, MARK) for w in line.words)
        state.last = state.last if state.going_on or (alone and state.quoted) else None
    words = line.words
    places = [i for i, w in enumerate(words) if w.kind == QUOTE]
    about = slavic.subject(words, speech) if speech.last else phrases.subject(words)
    if not places:
        _reported(text, line, about, speech, state)
        return
    told = _told(words, places, about, speech)
    alone = all(w.kind in (QUOTE, MARK) for w in words)
    named: Name | None = None
    for i, one in zip(places, told, strict=True):
        q = quotes[words[i].number]
        continued = state.going_on and i == 0 and q.outer[0] == line.start
        inside = text[q.start : q.end]
        if not alone and not continued and not _speaks(inside, words, i, one):
            continue
        speaker = state.scene.resolve(one.who, words[one.who.start].start) if one is not None else None
        if one is None and (alone or continued):
            speaker = state.last if state.last is not None else _named_after(text, line, following, state.scene)
        if one is not None and speaker is not None:
            named = speaker
        span = None if one is None else (words[one.start].start, words[one.end - 1].end)
        state.found += _saying(text, q, speaker, one, span, speech, state)
        state.going_on = q.open
        if speaker is not None or one is not None:
            state.last = speaker
    state.quoted = any(told) or alone
    if named is None and not alone and not any(told):
        named = state.scene.resolve(about)
        state.last = named or state.last
    state.scene.note(named)


def _speaks(inside: str, words: Sequence[Token], at: int, told: Told | None) -> bool:
    """Whether words in marks are something said: somebody is told to have said them and they are not the name of a
    work, or they look it."""
    ahead = at - 1 - (at > 1 and words[at - 1].text == ",")
    titled = at > 0 and words[ahead].low in TITLED
    if told is None:
        return not titled and len(inside.split()) > FEWEST and _LOOKS_SAID.search(inside.rstrip()) is not None
    beside = (at > 0 and (words[at - 1].text == ":" or at - told.end <= 1)) or told.start > at
    return not titled and (beside or not _is_title(inside))


def _is_title(inside: str) -> bool:
    """Whether all longer words have capitals: “Get Out”, “Lovecraft Country”."""
    longer = [w for w in inside.split() if len(w) > 3 or w == inside]
    return 0 < len(inside.split()) <= 8 and all(w[0].isupper() for w in longer) and inside[-1] not in ".!?…"


def _told(words: Sequence[Token], places: Sequence[int], about: Who | None, speech: Speech) -> list[Told | None]:
    """For each quotation of a sentence, who is told to have said it."""
    found: list[Told | None] = []
    free = reach = 0  # words before this belong to an earlier quotation
    for n, i in enumerate(places):
        stop = places[n + 1] if n + 1 < len(places) else len(words)
        if speech.last:
            ahead = slavic.before(words, free, i, speech)
            behind = slavic.after(words, i, stop, speech)
        else:
            ahead = phrases.before(words, free, i, about)
            behind = phrases.after(words, i, stop)
        ahead = ahead if ahead is not None and _reaches(words, ahead, i) else None
        beside = ahead is not None and (words[i - 1].text == ":" or i - ahead.end <= 1)
        one = ahead if beside else behind or ahead
        if n and reach > i:  # inside "Tananarive Due, who made “Horror Noire”, said"
            found.append(None)
            continue
        if one is None and i > 0 and words[i - 1].text == ":" and about is not None and about.start < i:
            one = Told(about, "", about.start, about.end, about.start)
        if one is None and n and found[-1] is not None and found[-1].end <= len(words):
            one = replace(found[-1])
        found.append(one)
        free = one.end if one is not None and one is behind else i + 1
        reach = free
    return found


def _reaches(words: Sequence[Token], told: Told, quote: int) -> bool:
    """Whether a verb this far before the words still tells them: one or two words may be words so called."""
    apart = quote - told.end
    as_such = words[quote - 1].low == "as" and told.verb in CALLING  # "dismissed the talk of a bubble as “nonsense”"
    if len(words[quote].text.split()) < FEWEST and words[quote - 1].text != ":" and not as_such:
        return apart <= NEAR
    return apart <= FAR


def _named_after(text: str, line: _Line, following: _Line | None, scene: Scene) -> Name | None:
    """ "That is how Jovan Petrović remembers it", right behind words that stand alone."""
    if following is None or _BEHIND.match(text, following.start) is None:
        return None
    for i in range(3, min(8, len(following.words))):
        who = phrases.phrase(following.words, i)
        if who is not None and who.name:
            return scene.resolve(who)
    return None


def _saying(
    text: str, q: Quoted, speaker: Name | None, told: Told | None, span: tuple[int, int] | None, speech: Speech,
    state: _State,
) -> Iterator[Saying]:  # fmt: skip
    """The saying, or the two that an attribution inside the marks parts: «…, — заявил Фостер. — …»."""
    name = " ".join(speaker) if speaker else None
    verb = told.verb if told is not None else ""
    inner = _inserted(text, q, speech) if speech.dashed else None
    if inner is None:
        yield Saying(name, q.start, q.end, True, verb, span)
        return
    first, begin, second = inner
    words = tokens(text, first, begin)
    told = slavic.after([Token(QUOTE, "", q.start, first, 0), *words], 0, len(words) + 1, speech)
    if told is not None:
        found = state.scene.resolve(told.who)
        name, verb, span = " ".join(found) if found else None, told.verb, (first, begin)
        state.last = found
    yield Saying(name, q.start, first, True, verb, span)
    yield Saying(name, second, q.end, True, verb, span)


def _inserted(text: str, q: Quoted, speech: Speech) -> tuple[int, int, int] | None:
    """Where the first part ends, where the words about the speaker end, and where the second part begins."""
    for m in re.finditer(r"(?<=[,.!?…])\s+[—–-]\s+(\w+)[^«»—–]{1,80}?[.,]\s+[—–-]\s+", text[q.start : q.end]):
        if m.group(1).lower() in speech.verbs:
            return q.start + m.start(), q.start + m.end(), q.start + m.end()
    return None


# -- reported speech ---------------------------------------------------------------------


def _reported(text: str, line: _Line, about: Who | None, speech: Speech, state: _State) -> None:
    state.going_on = state.quoted = False
    words = line.words
    found = _slavic_report(words, speech) if speech.last else _report(words, about)
    if found is None:
        state.last = state.scene.resolve(about) or state.last
        state.scene.note(state.last if about is not None else None)
        return
    told, start, end = found
    speaker = state.scene.resolve(told.who, words[told.who.start].start)
    state.last = speaker
    state.scene.note(speaker)
    while end > start and words[end - 1].kind == MARK:
        end -= 1
    if end - start >= FEWEST:
        name = " ".join(speaker) if speaker else None
        span = (words[told.start].start, words[told.end - 1].end)
        state.found.append(Saying(name, words[start].start, words[end - 1].end, False, told.verb, span))


def _report(words: Sequence[Token], about: Who | None) -> tuple[Told, int, int] | None:
    """(who told, first word, end) of "X said that …", "According to X, …", "…, X said", "X left and said that …"."""
    best: tuple[tuple[int, int, int], Told] | None = None
    low = {w.low for w in words}
    if not low & REPORTING and "according" not in low and "in" not in low:
        return None
    for i in range(len(words)):
        told = phrases.according(words, i)
        if told is not None:
            if i == 0:
                begin = told.end + 1 if told.end < len(words) and words[told.end].text == "," else told.end
                return told, begin, len(words)
            return (told, 0, i) if words[i - 1].text == "," else None
        found = phrases.clause(words, i) if phrases.is_subject(words, i) else None
        if found is None or found[0].verb in CALLING or found[0].verb not in REPORTING:
            continue
        rank = (-found[0].at, -int(found[1]), -i)  # the first verb, its longest subject
        if best is None or rank > best[0]:
            best = rank, found[0]
    told = best[1] if best is not None else phrases.shared(words, about)
    if told is None:
        return None
    rest = [w for w in words[told.end :] if w.kind == WORD]
    if len(rest) <= 3 and told.start > FEWEST and words[told.start - 1].text == ",":
        return told, 0, told.start - 1
    return _that_clause(words, told)


def _that_clause(words: Sequence[Token], told: Told) -> tuple[Told, int, int] | None:
    for i in range(told.end, min(told.end + 14, len(words))):
        if words[i].low in _THAT:
            return told, i + 1, len(words)
    at = told.end
    if at >= len(words) or words[at].kind != WORD or words[at].low in phrases.PREPOSITIONS or told.verb not in PLAINLY:
        return None
    if told.verb in ("told", "tells"):  # "told Reuters the talks were over"
        who = phrases.phrase(words, at)
        at = who.end if who is not None else at + 1
        if at < len(words) and words[at].low in phrases.PREPOSITIONS:
            return None  # "told the board on Monday to resign"
    return (told, at, len(words)) if at < len(words) and words[at].kind == WORD else None


def _slavic_report(words: Sequence[Token], speech: Speech) -> tuple[Told, int, int] | None:
    for i, word in enumerate(words):
        if word.low in _THAT and i > 1:
            verbs = [j for j in range(max(0, i - 8), i) if words[j].low in speech.verbs]
            told = slavic.before(words, 0, i, speech) if verbs else None
            return (told, i + 1, len(words)) if told is not None else None
    return None
