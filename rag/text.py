"""Normalisation: of text that is stored (once, at ingestion) and of strings that are compared.

normalise("Cafe\\u0301\\r\\n\\r\\n\\r\\nopens  at 9")   ->  "Café\\n\\nopens at 9"
fold("Ёлка, ÉCOLE")                              ->  "елка, ecole"
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000e-\u001f\u007f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_JOINED = "[\u0590-\u1fff\u2190-\uffff\U00010000-\U000dffff]"  # scripts and emoji that letters are joined in
_JOINER = re.compile(f"(?<!{_JOINED})[\u200c\u200d]|[\u200c\u200d](?!{_JOINED})")
_SELECTOR = re.compile("(?<=[\ufe0e\ufe0f])[\ufe0e\ufe0f]+")
_LINE_END = re.compile("\r\n|[\r\u0085\u2028\u2029\u000c]")
_SPACES = re.compile("[^\\S\n]+")
_AROUND_NEWLINE = re.compile(" ?\n ?")
_BLANK_LINES = re.compile("\n{3,}")
_PLAIN = {"“”„‟«»″": '"', "‘’‚‛′ʼ": "'", "‐‑‒–—―": "-"}
_QUOTES = str.maketrans({mark: plain for marks, plain in _PLAIN.items() for mark in marks})
_WORD = re.compile(r"\w+(?:['’.-]\w+)*")


def normalise(text: str) -> str:
    """Unicode NFC, "\\n" line ends, single spaces, at most one blank line; what is stored.

    normalise(normalise(t)) == normalise(t).
    """
    text = visible(_LINE_END.sub("\n", unicodedata.normalize("NFC", text)))
    text = _AROUND_NEWLINE.sub("\n", _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", _BLANK_LINES.sub("\n\n", text).strip())


def visible(text: str) -> str:
    """`text` without characters that nobody sees and a model reads: visible("a\\u200b\\U000e0062") -> "a".

    A single joiner stays inside a word of a script that needs it, and inside an emoji.
    """
    if text.isascii() and text.isprintable():
        return text
    return _SELECTOR.sub("", _JOINER.sub("", _INVISIBLE.sub("", text)))


def one_line(text: str) -> str:
    """`text` normalised, with no line ends: for titles, names and messages."""
    return " ".join(normalise(text).split())


def fold(text: str) -> str:
    """`text` for comparison and full text: lower case, no diacritics, ё as е, plain quotes and dashes."""
    if text.isascii():
        return text.lower()  # as below, and ten times as fast: plans fold every word of a question
    text = unicodedata.normalize("NFKD", text.translate(_QUOTES).casefold())
    return unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))


def lower(text: str) -> str:
    """Like `fold`, but letters keep their marks, ё aside, as a stemmer wants them: "Ёлкой, ŠKOLA" -> "елкой, škola"."""
    text = text.translate(_QUOTES).casefold()
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)
    return "".join(c for c in text if not unicodedata.combining(c)).replace("ё", "е")


def words(text: str) -> list[str]:
    """The folded words and numbers of `text`: words("It's 3.5 km") -> ["it's", "3.5", "km"]."""
    return _WORD.findall(fold(text))


def spelled(day: dt.date | None) -> str:
    """2024-04-10 -> "10 April 2024"; "" for None."""
    return "" if day is None else f"{day.day} {calendar.month_name[day.month]} {day.year}"


def accented(text: str) -> list[str]:
    """Like `words`, with their letters' marks: accented("Чей Café?") -> ["чей", "café"]."""
    return _WORD.findall(lower(text))


def in_latin(text: str) -> bool:
    """Whether most of the letters are Latin; False where there are none."""
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(c < "\u0250" for c in letters) > len(letters) / 2


_SUFFIXES = ("ations", "ation", "ments", "ment", "ings", "ing", "ies", "ied", "ers", "es", "ed", "er", "ly", "s", "e")


@lru_cache(maxsize=1 << 15)
def stem(word: str) -> str:
    """A rough common beginning of a folded word's forms, for counting overlap: agreed, agrees -> agre.

    Scripts without a rule of their own keep all but three letters: "сельского" -> "сельск".
    """
    if any(c.isdigit() for c in word):
        return word
    if any(ord(c) > 0x24F for c in word):
        return word[: max(4, len(word) - 3)]
    word = word.removesuffix("'s").removesuffix("'")
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)]
    return word
