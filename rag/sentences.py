"""Text to sentence spans, and the language it is written in.

    spans("Dr. Li left. He is back.")    ->  [(0, 12), (13, 24)]
    language("Председник Србије је рекао да ће посета почети у уторак.")  ->  "sr"

sentencex splits, block by block; the tables below mend what it gets wrong in news. A span never holds
more than MAX_WORDS words: what is longer is cut where it hurts least. When in doubt two sentences stay
one ("в 2024 г. Казахстан" may be either), because half a sentence is a worse citation than two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

Span = tuple[int, int]

MAX_WORDS = 120
MAX_CHARACTERS = 1200  # a "sentence" without spaces: a table, base64, Chinese
MAX_BLOCK = 6_000  # sentencex takes minutes for a million Chinese characters in one paragraph
LANGUAGES = (
    "ar", "be", "bg", "cs", "de", "el", "en", "es", "fa", "fr", "he", "hi", "it", "ja", "ka", "kk", "ko", "ky", "mk",
    "nl", "pl", "pt", "ro", "ru", "sr", "sv", "tr", "uk", "uz", "vi", "zh",
)  # fmt: skip
SPLITTER = {"kk": "ru", "ky": "ru", "sr": "ru", "be": "ru", "uk": "ru", "bg": "ru", "mk": "ru"}
SURE = 0.5  # below this probability (or under 20 letters) a text's language is not known


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Before a name or a number these never end a sentence.
TITLES = _words(
    "mr mrs ms dr prof sen rep gov gen lt col capt sgt rev hon pres st messrs mt ft др проф акад инж гр г-н г-жа "
    "им ул просп пер пл обл р-н корп стр св мр доц ген полк арх адв ing mag inž g gosp gđa gđica ul sv бул көш ауд "
    "npr нпр tzv тзв tj тј т.е т.н напр см ср vs e.g i.e cf т.к в.т.ч"
)
# Before a number these never end a sentence.
COUNTED = _words(
    "no nos nr vol fig pp p sec art ch jan feb mar apr jun jul aug sept sep oct nov dec рис табл ст п пп гл д кв № "
    "стр тел бр чл сл str br čl sl tel б ж т"
)
AFTER_CLOCK = re.compile(
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b|(?:E|C|M|P)[SD]?T\b|(?:GMT|UTC|BST|CET|MSK|IST|JST)\b|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
)

_LAST_WORD = re.compile(r"([^\s(\[«\"“„'‘]{1,8})\.$")
_CLOCK = re.compile(r"\b[ap]\.m\.$")
_ORDINAL = re.compile(r"(?:^|[\s(])\d{1,4}\.$")
_DASH_TALK = re.compile(r"[—–-]\s*[^\W\d_]")
_CLOSERS = "\"'”’»“)]"
_BULLET = re.compile(r"(?:[-*•·–—▪◦‣]|\(?\d{1,3}[.)]|\(?[a-zа-я]\))\s")
_WORD = re.compile(r"\S+")
_BLANK = re.compile(r"\n\s*\n")
_INNER_END = re.compile(r"[.!?…。！？][\"'”’»“)\]]*(?=\s)|[。！？]")
_CUTS = (_INNER_END, re.compile(r";(?=\s)|；"), re.compile(r"[,:](?=\s)|\s[—–-](?=\s)|[，、]"), re.compile(r"\S(?=\s)"))


def spans(text: str, language: str | None = None) -> list[Span]:
    """The sentences of normalised `text` as (start, end): in order, without surrounding white space.

    Every character that is not white space lies in exactly one span. `language` is a two-letter code;
    None: it is detected.
    """
    code = language or _detect(text) or ("ru" if _mostly_cyrillic(text) else "en")
    found: list[Span] = []
    for start, end in _blocks(text):
        for piece in cut(text, start, end, MAX_BLOCK, MAX_BLOCK):
            for s, e in _sentences(text, *piece, SPLITTER.get(code, code)):
                found.extend(_capped(text, s, e))
    return found


def language(text: str) -> str | None:
    """The two-letter code of the language of `text`; None when it is too short to tell, or unsure."""
    return _detect(text)


def cut(text: str, start: int, end: int, words: int, characters: int = MAX_CHARACTERS) -> Iterator[Span]:
    """text[start:end] in pieces of at most so many words and characters, cut at the best place within each.

    The best place is the last sentence end past the middle, else the last ";", else ",", else a space,
    else anywhere (a word of 5,000 letters).
    """
    while start < end:
        limit = _nth_word_end(text, start, min(end, start + characters), words)
        if limit >= end:
            yield start, end
            return
        stop = _best_cut(text, start, limit)
        yield start, stop
        start = _skip_space(text, stop, end)


def _best_cut(text: str, start: int, limit: int) -> int:
    middle = start + (limit - start) // 2
    for pattern in _CUTS:
        stop = max((m.end() for m in pattern.finditer(text, middle, limit + 1) if m.end() <= limit), default=None)
        if stop is not None:
            return stop
    last = max(text.rfind(" ", start, limit), text.rfind("\n", start, limit))
    return last if last > start else limit


def _nth_word_end(text: str, start: int, end: int, words: int) -> int:
    """Where the `words`-th word from `start` ends, or `end`; a span shorter than `words` needs no count."""
    if end - start <= words:
        return end
    for count, m in enumerate(_WORD.finditer(text, start, end), 1):
        if count == words:
            return m.end()
    return end


def _skip_space(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _capped(text: str, start: int, end: int) -> Iterator[Span]:
    if end - start <= MAX_WORDS:  # shorter in characters than the limit in words: no need to count
        yield start, end
    else:
        yield from cut(text, start, end, MAX_WORDS)


def _blocks(text: str) -> Iterator[Span]:
    """The stretches between line ends that end a sentence: paragraphs, headings, list items."""
    wrapped = is_wrapped(text)
    start = 0
    for m in re.compile(r"\n\s*").finditer(text):
        if _BLANK.match(m.group()) or _breaks(text, start, m.start(), m.end(), wrapped):
            if text[start : m.start()].strip():
                yield start, m.start()
            start = m.end()
    if text[start:].strip():
        yield start, len(text)


def _breaks(text: str, start: int, line_end: int, following: int, wrapped: bool) -> bool:
    """Whether a single line end parts two sentences; in hard-wrapped text only before a list item or after a
    short line."""
    if _BULLET.match(text, following):
        return True
    if not wrapped:
        return not text[following : following + 1].islower()
    line_start = max(start, text.rfind("\n", start, line_end) + 1)
    return line_end - line_start < 40 and not text[following : following + 1].islower()


def is_wrapped(text: str) -> bool:
    """Whether lines are broken to a width: then many lines begin in lower case, in the middle of a sentence."""
    begins = re.findall(r"[^\n]\n(\S)", text[:50_000])
    return bool(begins) and sum(c.islower() for c in begins) >= 0.3 * len(begins)


def _sentences(text: str, start: int, end: int, code: str) -> Iterator[Span]:
    """The sentences of one block: sentencex's, with those joined that belong together."""
    from sentencex import get_sentence_boundaries

    block = text[start:end]
    begin: int | None = None
    stop = 0
    for b in get_sentence_boundaries(code, block.replace("\n", " ")):  # a line end is a space here
        s, e = _stripped(block, b["start_index"], b["end_index"])
        if s == e:
            continue
        if begin is not None and not _joined(block, begin, stop, s):
            yield start + begin, start + stop
            begin = None
        begin = s if begin is None else begin
        stop = e
    if begin is not None:
        yield start + begin, start + stop


def _stripped(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip()) if piece.strip() else start


def _joined(block: str, begin: int, stop: int, following: int) -> bool:
    """Whether the sentence that ends at `stop` goes on at `following`."""
    tail, head = block[max(begin, stop - 24) : stop], block[following : following + 16]
    first = head[:1]
    if "\n" in block[stop:following] and _BULLET.match(head):
        return False
    if first.islower() or all(c in _CLOSERS + ".!?…" for c in head.split(maxsplit=1)[0]):
        return True  # "5 млн. рублей", "19. novembra": a sentence does not begin in lower case
    if (m := _DASH_TALK.match(head)) and "\n" not in block[stop:following]:
        return m.group()[-1].islower()  # "— Что? — спросил он."
    if tail[-1:] != ".":
        return False
    if _CLOCK.search(tail):
        return bool(AFTER_CLOCK.match(head))
    return _abbreviated(tail, first, stop == following)


def _abbreviated(tail: str, first: str, touching: bool) -> bool:
    """Whether the word before the full stop is an initial or an abbreviation that a name or number follows."""
    m = _LAST_WORD.search(tail)
    if m is None:
        return False
    letter = m.group(1).rsplit(".", 1)[-1]
    if len(letter) == 1 and letter.isalpha():
        if touching:
            return True  # "Ә.Бөкейханов", "т.е."
        if letter.isupper() and first.isupper() and not letter.isascii():
            return True  # sentencex knows Latin initials, and Cyrillic ones only for some letters
    folded = m.group(1).lower()
    if first.isdigit():
        return folded in COUNTED or folded in TITLES
    if folded in {"др", "пр"} and not m.group(1)[0].isupper():
        return False  # "и др. Он": others; "Др. Петровић": a doctor
    return folded in TITLES and (first.isupper() or first in '«"“„')


def _mostly_cyrillic(text: str) -> bool:
    sample = text[:4000]
    return 2 * sum("\u0400" <= c <= "\u04ff" for c in sample) > sum(c.isalpha() for c in sample)


def _detect(text: str) -> str | None:
    sample = text[:1200]
    if sum(c.isalpha() for c in sample) < 20:
        return None
    code, probability = _identifier().classify(sample)
    return str(code) if probability >= SURE else None


@lru_cache(maxsize=1)
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
