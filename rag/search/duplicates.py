"""Which passages say again what another says: one report in two papers, but for a byline, a dateline, punctuation.

    kept     "KYIV, Nov 12 (Reuters) - The mayor named twelve people who had died in the fire. Schools stay closed."
    repeats  "The mayor named twelve people who had died in the fire"
    not      "The mayor named fourteen people who had died in the fire"    a word that tells differs

They share most of their shingles and have the same numbers in the same order. Inside, only words without weight ("that",
"the") may come and go, and a word may be written in two ("per cent"); before and after, the one that is kept may have
lines or sentences of its own. So nothing that is dropped says what is not kept, and a report whose figure, name or "not"
was changed stays a hit of its own (docs/decisions/0014-near-copies.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from rag.store.similar import resemblance, shingles

ALIKE = 0.8  # of the shingles of both
FEWEST = 12  # words: a shorter passage repeats only what has all its words
WEIGHTLESS = frozenset(("a", "an", "the", "that", "also", "of", "on"))

LONGEST_CREDIT = 240  # characters

_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.!?:…\n–—)]|\s-\s")  # where a line, a sentence or a dateline ends
_BYLINE = re.compile(r"\s*(?:by|от|автор:?|piše:?|пише:?)\s[^\n]{2,80}\n", re.IGNORECASE)
_DATELINE = re.compile(
    r"\s*(?:[^\W\d_][^\n!?()–—]{0,60}\([^\W\d_][\w .&/-]{1,30}\)\s*[-–—]+"  # Kyiv, Nov. 12 (Reuters) -
    r"|[A-ZА-ЯЁ][A-ZА-ЯЁ ,/]{2,40}\s[–—-]+)\s"  # KYIV, UKRAINE —
)
_CREDIT = re.compile(r"\s\(?(?:additional )?(?:reporting|writing|editing) by [^\n]{2,200}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Wording:
    """The words of a text, and the different ones among them."""

    text: str
    words: tuple[str, ...]
    different: frozenset[str]


def repeats(text: str, kept: str) -> bool:
    """Whether a passage says only what the other, which is kept, says in the same words."""
    (one, those), (other, others) = _bare(kept), _bare(text)
    if those != others:  # most pairs end here: what follows costs ten times as much
        return False
    a, b = _wording(one), _wording(other)
    if a.words == b.words:
        return True
    if len(b.words) < FEWEST or len(a.different & b.different) < ALIKE * len(a.different | b.different):
        return False
    return resemblance(shingles(list(a.words)), shingles(list(b.words))) >= ALIKE and _says_no_more(b, a)


def numbers(text: str) -> tuple[str, ...]:
    """The numbers of a passage, in order, without byline, dateline and credits: a passage and what it repeats have
    the same."""
    return _bare(text)[1]


@lru_cache(maxsize=4096)
def _bare(text: str) -> tuple[str, tuple[str, ...]]:
    """(the text without byline, dateline and credits, in lower case; its numbers, in order)."""
    start, tail = 0, max(0, len(text) - LONGEST_CREDIT)
    for pattern in (_BYLINE, _DATELINE):
        head = pattern.match(text, start)
        start = head.end() if head else start
    credit = _CREDIT.search(text, max(start, tail))
    low = text[start : credit.start() if credit else None].casefold().replace("ё", "е")
    return low, tuple(_NUMBER.findall(low))


@lru_cache(maxsize=1024)
def _wording(text: str) -> _Wording:
    words = _WORD.findall(text)
    return _Wording(text, tuple(words), frozenset(words))


def _says_no_more(repeated: _Wording, kept: _Wording) -> bool:
    edits = SequenceMatcher(None, kept.words, repeated.words, autojunk=False).get_opcodes()
    for edit, i, i_end, j, j_end in edits:
        gone, new = kept.words[i:i_end], repeated.words[j:j_end]
        if edit == "equal" or "".join(gone) == "".join(new) or WEIGHTLESS.issuperset(gone + new):
            continue
        before, after = j_end == 0 and i == 0, j == len(repeated.words)
        if new or not (before or after) or not _ends_there(kept, i_end if before else i):
            return False
    return True


def _ends_there(wording: _Wording, count: int) -> bool:
    """Whether a line or sentence ends after its first `count` words."""
    found = list(_WORD.finditer(wording.text))
    return _BREAK.search(wording.text, found[count - 1].end(), found[count].start()) is not None
