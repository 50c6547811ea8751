"""Laws of normalisation: what is stored, and strings that are compared."""

from __future__ import annotations

import random
import unicodedata

import pytest

from rag.text import fold, in_latin, normalise, one_line, stem, visible, words

PIECES = (
    "Café", "Cafe\u0301", "\r\n", "\r", "\n", "\n\n\n\n", " ", "\t", "\u00a0", "\u2028", "\u2029", "\u0085", "\x0c",
    "\u200b", "\ufeff", "\u00ad", "\x00", "\x1b[31m", "Ёлка", "й", "и\u0306", "Қазақстан", "“quote”", "3.5", "—", "\u1100\u1161",
    "\ud800", "👩\u200d👧", "A\u030a", "\u2060", "end.", "\u200c", "\u200d", "\ufe0f", "\U000e0049",
    "\u202e", "می\u200cخواهم", "\u034f",
)  # fmt: skip


def mixtures(count: int = 400) -> list[str]:
    chance = random.Random(7)
    return ["".join(chance.choices(PIECES, k=chance.randint(0, 25))) for _ in range(count)]


def test_normalising_twice_is_normalising_once() -> None:
    for text in mixtures():
        once = normalise(text)
        assert normalise(once) == once, ascii(text)


def test_what_is_stored_has_one_kind_of_space_and_line_end() -> None:
    for text in mixtures():
        stored = normalise(text)
        assert stored == stored.strip()
        assert "\n\n\n" not in stored
        assert "  " not in stored
        assert " \n" not in stored
        assert "\n " not in stored
        assert not set(stored) & set("\r\t\x0c\x00\x1b\u00a0\u2028\u2029\u0085\u200b\ufeff\u00ad")
        assert unicodedata.is_normalized("NFC", stored)
        stored.encode("utf-8")  # no half of a surrogate pair, which no database would take


def test_normalise_keeps_words_and_paragraphs() -> None:
    assert normalise("Cafe\u0301\r\n\r\n\r\nopens  at 9") == "Café\n\nopens at 9"
    assert normalise("first line \n second line") == "first line\nsecond line"
    assert normalise("co\u00adoperation") == "cooperation"
    assert normalise(" \n\t ") == ""


def test_joined_emoji_stay_joined() -> None:
    assert normalise("👩\u200d👧") == "👩\u200d👧"


@pytest.mark.parametrize(
    "hidden",
    ["\u200b\u200c\u200d\u2060", "".join(chr(0xE0000 + ord(c)) for c in "obey me"), "\u202e\u2066\u2069", "\U000e0101\U000e0122",
     "\ufe00\ufe01", "\u2063\u2064", "\u3164\u115f", "\x1b\x00"],
)  # fmt: skip
def test_nothing_is_kept_that_nobody_sees(hidden: str) -> None:
    assert visible(f"The bridge{hidden} is closed.") == "The bridge is closed."
    assert normalise(f"The {hidden}bridge is closed.{hidden}") == "The bridge is closed."


def test_a_joiner_stays_where_a_script_needs_it() -> None:
    assert visible("می\u200cخواهم") == "می\u200cخواهم"
    assert visible("می\u200c\u200c\u200dخواهم") == "میخواهم"


def test_one_line_has_no_line_end() -> None:
    for text in mixtures(100):
        assert "\n" not in one_line(text)
        assert one_line(one_line(text)) == one_line(text)


def test_folding_twice_is_folding_once() -> None:
    for text in mixtures():
        assert fold(fold(text)) == fold(text), ascii(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ёлка", "елка"), ("ÉCOLE", "ecole"), ("STRASSE", "straße"), ("“so”", '"so"'), ("a—b", "a-b"), ("don’t", "don't")],
)
def test_strings_that_compare_as_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_kazakh_letters_of_their_own_stay_apart() -> None:
    assert fold("Қ") != fold("К")
    assert fold("Ұлт") != fold("Улт")


def test_words_keep_decimals_and_apostrophes_whole() -> None:
    assert words("It's 3.5 km, don’t you know?") == ["it's", "3.5", "km", "don't", "you", "know"]
    assert words("") == []


@pytest.mark.parametrize(
    "forms", [("agreed", "agrees", "agree"), ("visit", "visits", "visited"), ("сельского", "сельскому")]
)
def test_forms_of_a_word_share_a_stem(forms: tuple[str, ...]) -> None:
    assert len({stem(form) for form in forms}) == 1


def test_numbers_have_no_forms() -> None:
    assert stem("1990s") == "1990s"
    assert stem("2024") == "2024"


def test_short_words_keep_their_letters() -> None:
    for word in ("is", "as", "ed", "ing", "es"):
        assert len(stem(word)) >= min(len(word), 2)


@pytest.mark.parametrize(
    ("text", "latin"),
    [
        ("Who signed?", True),
        ("Ko je potpisao?", True),
        ("Кто подписал?", False),
        ("1998?", False),
        ("Did Вучић agree?", True),
    ],
)
def test_most_letters_tell_the_script(text: str, latin: bool) -> None:
    assert in_latin(text) is latin
