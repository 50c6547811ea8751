"""Words as full text keeps them and asks for them: their stems, by language.

    stemmed("Соглашения подписаны", "ru")   ->  "соглашен подписа"
    stemmed("Школама треба", "sr")          ->  "sr:skol sr:treb"
    stemmed("Gesetze von 2024", "de")       ->  ":gesetze :von 2024"
    alternatives("školama")                 ->  ('"skolama"', '"sr:skol"', '":skol"*')

English and Russian are told by the script of each word; Serbian, Croatian and Bosnian articles, in either script,
meet on the same Latin stems under a mark of their own; words of other languages stay whole, under another mark, and
are asked for by their beginnings. A question's language need not be known: each of its words is asked for in all
of these forms (docs/decisions/0013-stems-by-language.md).
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable
from functools import lru_cache

import Stemmer

from rag.text import fold, lower

# The full text of an archive that was made by anything else is made again when the archive is opened.
MADE_BY = f"1, Snowball {Stemmer.version()}"
BY_SCRIPT = frozenset({"", "en", "ru"})  # "": a language that is not known
SERBIAN = frozenset({"sr", "hr", "bs", "sh", "cnr"})
SERBIAN_MARK, WHOLE_MARK = "sr:", ":"  # no word has a colon, and FTS5's tokenizer is told to keep it
TOKENIZER = "ascii tokenchars ':'"  # words come apart here, not in FTS5
BEGINNING, ENDING = 4, 3  # letters: the least that a beginning has, and what it leaves out

_WORD = re.compile(r"[^\W_]+")
_RUSSIAN = re.compile("[а-я]+")
_LAST_LATIN = "\u024f"
_TO_LATIN = str.maketrans(
    dict(zip("абвгдђежзијклмнопрстћуфхцчш", "abvgdđežzijklmnoprstćufhcčš", strict=True))
    | {"љ": "lj", "њ": "nj", "џ": "dž"}
)


class _Snowball:
    """One stemmer; its library asks that threads take turns."""

    def __init__(self, name: str) -> None:
        self._stem = Stemmer.Stemmer(name, 0)
        self._turn = threading.Lock()

    def __call__(self, word: str) -> str:
        with self._turn:
            return str(self._stem.stemWord(word))


_ENGLISH, _RUSSIAN_STEM, _SERBIAN_STEM = (_Snowball(name) for name in ("english", "russian", "serbian"))


def stemmed(text: str, language: str | None) -> str:
    """What FTS5 indexes in place of `text`: its words' stems, separated by spaces."""
    return " ".join(map(_form(language), _WORD.findall(lower(text))))


def alternatives(word: str) -> tuple[str, ...]:
    """The FTS5 phrases that a question's word may stand as; none for a word without letters and digits."""
    parts = _WORD.findall(lower(word))
    if not parts:
        return ()
    whole = [_whole(part) for part in parts]
    asked = dict.fromkeys(_phrase(map(form, parts)) for form in (_by_script, _serbian))
    short = whole[-1][: len(WHOLE_MARK) + max(BEGINNING, len(parts[-1]) - ENDING)]
    if short == whole[-1] or not short.startswith(WHOLE_MARK):
        return tuple(asked | {_phrase(whole): None})
    asked.pop(_phrase(whole), None)  # its beginning finds it too
    return (*asked, _phrase([*whole[:-1], short]) + "*")


def _phrase(words: Iterable[str]) -> str:
    return f'"{" ".join(words)}"'


def _form(language: str | None) -> Callable[[str], str]:
    code = re.split("[-_]", language or "")[0].lower()
    return _by_script if code in BY_SCRIPT else _serbian if code in SERBIAN else _whole


@lru_cache(maxsize=1 << 18)
def _by_script(word: str) -> str:
    """By its letters: an English stem, a Russian one, or the whole word where there is no stemmer."""
    folded = fold(word)
    if _is_number(word):
        return folded
    if all(c <= _LAST_LATIN for c in folded):
        return _ENGLISH(folded)
    if _RUSSIAN.fullmatch(word):
        return fold(_RUSSIAN_STEM(word))  # the stemmer knows й, which folding makes и
    return WHOLE_MARK + folded


@lru_cache(maxsize=1 << 16)
def _serbian(word: str) -> str:
    """A stem in Latin letters without marks, whether or not they were typed: школама, školama, skolama -> sr:skol."""
    if _is_number(word):
        return fold(word)
    return SERBIAN_MARK + fold(_SERBIAN_STEM(fold(word.translate(_TO_LATIN))))


@lru_cache(maxsize=1 << 16)
def _whole(word: str) -> str:
    return fold(word) if _is_number(word) else WHOLE_MARK + fold(word)


def _is_number(word: str) -> bool:
    return any(c.isdigit() for c in word)
