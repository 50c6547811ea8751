"""The words of the window: every language has every word, with the same things put into it."""

from __future__ import annotations

import ast
import datetime as dt
import re
import string
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from window.words import ENGLISH, LOCALES, Words, language_for, words_of

WINDOW = Path(__file__).parents[1] / "window"
OTHERS = [code for code in LOCALES if code != "en"]
# what reads the same in two languages
ALIKE = {"several_of", "chart_part", "took", "from_to"}
MADE = ("kind_", "group_", "head_", "fact_", "chart_", "axis_", "by_", "setting_")  # prefixes of names put together


def texts(words: Words) -> dict[str, str | Mapping[str, str]]:
    return {f.name: getattr(words, f.name) for f in fields(words) if f.name != "code"}


def forms(word: str | Mapping[str, str]) -> list[str]:
    return [word] if isinstance(word, str) else list(word.values())


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", OTHERS)
def test_every_language_says_everything_with_the_same_things_put_in(code: str) -> None:
    there = texts(words_of(code))
    for name, word in texts(ENGLISH).items():
        assert isinstance(there[name], str) == isinstance(word, str), name
        wanted = set.union(*map(holes, forms(word)))
        for form in forms(there[name]):
            assert form.strip(), name
            assert holes(form) == wanted, name
        if name not in ALIKE:
            assert not set(forms(there[name])) & set(forms(word)), f"{name} is not translated"


@pytest.mark.parametrize("code", LOCALES)
def test_every_number_has_its_form(code: str) -> None:
    words = words_of(code)
    for word in texts(words).values():
        if not isinstance(word, str):
            parts = dict.fromkeys(holes(next(iter(word.values()))) - {"n"}, "x")
            for number in range(0, 130):
                said = words.several(number, word, **parts)
                assert number == 1 or words.number(number) in said  # "once" needs no number


def test_numbers_and_days_read_as_each_language_writes_them() -> None:
    day = dt.date(2024, 11, 19)
    said = {code: (words_of(code).several(22, words_of(code).articles), words_of(code).day(day)) for code in LOCALES}
    assert said == {
        "en": ("22 articles", "19 November 2024"),
        "ru": ("22 статьи", "19 ноября 2024\u202fг."),
        "kk": ("22 мақала", "2024\u202fж. 19 қараша"),
        "sr": ("22 članka", "19. novembar 2024."),
    }
    assert words_of("ru").several(25, words_of("ru").articles) == "25 статей"
    assert [words_of(code).named("kk") for code in LOCALES] == ["Kazakh", "казахский", "қазақ", "kazaški"]


def test_the_scripts_are_the_right_ones() -> None:
    assert not [w for word in texts(words_of("sr")).values() for w in forms(word) if re.search("[\u0400-\u04ff]", w)]
    for code in ("ru", "kk"):
        plain = [re.sub(r"{\w+}", "", form) for word in texts(words_of(code)).values() for form in forms(word)]
        assert not [w for w in plain if re.search(r"[^\W\d]", w) and not re.search("[\u0400-\u04ff]", w)]


@pytest.mark.parametrize("code", LOCALES)
def test_words_go_into_html_as_they_are(code: str) -> None:
    assert not [w for word in texts(words_of(code)).values() for w in forms(word) if set(w) & set("<>&\"'\n")]


@pytest.mark.parametrize("change", [{"nobody_says_this": "x"}, {"ask": None}])
def test_a_key_more_or_less_cannot_be_loaded(change: dict[str, Any]) -> None:
    given = tomllib.loads((WINDOW / "words" / "en.toml").read_text(encoding="utf-8")) | change
    with pytest.raises(TypeError):
        Words(code="en", **{name: word for name, word in given.items() if word is not None})


def test_every_word_is_said_somewhere_and_none_that_there_is_not() -> None:
    known = {f.name for f in fields(ENGLISH)}
    asked = set(_asked())
    assert {name for name in asked if name not in known and not callable(getattr(Words, name, None))} == set()
    assert {name for name in known - asked - {"code"} if not name.startswith(MADE)} == set()


def _asked() -> Iterator[str]:
    """What the sources take from words: `words.NAME`, `ENGLISH.NAME`, `self.words.NAME`, `words_of(code).NAME`."""
    for path in WINDOW.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                of = ast.unparse(node.value)
                if of in ("words", "ENGLISH", "self.words", "self._words", "words_of(code)") or (
                    of == "self" and path.parent.name == "words"
                ):
                    yield node.attr


@pytest.mark.parametrize(
    ("kept", "setting", "accepted", "language"),
    [
        (None, None, None, "en"),
        (None, None, "ru-RU,ru;q=0.9,en;q=0.8", "ru"),
        (None, None, "de,fr;q=0.9", "en"),
        (None, None, "de,kk;q=0.4,sr-Latn-RS;q=0.7", "sr"),
        (None, None, "kk;q=0,ru;q=nonsense,sr;q=0.1", "sr"),
        (None, "kk", "ru", "kk"),
        ("sr", "kk", "ru", "sr"),
        ("xx", None, "ru", "ru"),
    ],
)
def test_the_browser_chooses_first_then_the_setting_then_what_it_accepts(
    kept: str | None, setting: str | None, accepted: str | None, language: str
) -> None:
    assert language_for(kept, setting, accepted) == language
