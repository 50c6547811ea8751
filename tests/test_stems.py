"""Stems: forms of a word meet, by language and script; a question's word is asked for in all of them."""

from __future__ import annotations

import pytest

from rag.store.stems import alternatives, stemmed


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("en", "agreement agreements Agreement's"),
        ("en", "café cafe CAFÉS"),
        ("ru", "соглашение соглашения соглашениями"),
        ("ru", "зелёный зеленый зелёной Зеленая"),
        ("ru", "российский российская российских"),
        ("sr", "škola školama skolama школа школама"),
        ("sr", "predsednik predsjednika председнику"),
        ("hr", "sporazum sporazuma sporazumima"),
        (None, "выборы выборах"),
    ],
)
def test_forms_of_a_word_have_one_stem(language: str | None, forms: str) -> None:
    assert len({stemmed(form, language).split()[0] for form in forms.split()}) == 1


@pytest.mark.parametrize(
    ("text", "language", "kept"),
    [
        ("Ауыл шаруашылығы", "kk", ":ауыл :шаруашылығы"),
        ("Regierungen", "de", ":regierungen"),
        ("Ελλάδα", None, ":ελλαδα"),
        ("Қазақстан Соглашения", "ru", ":қазақстан соглашен"),
    ],
)
def test_words_without_a_stemmer_stay_whole(text: str, language: str | None, kept: str) -> None:
    assert stemmed(text, language) == kept


@pytest.mark.parametrize("language", ["en", "ru", "sr", "kk", None, "en-GB", "sr_Cyrl"])
def test_numbers_are_the_same_in_every_language(language: str | None) -> None:
    assert stemmed("2024 F16", language) == "2024 f16"


def test_scripts_are_told_word_by_word() -> None:
    assert stemmed("Google подписала соглашения", "ru") == stemmed("Google подписала соглашения", "en")


@pytest.mark.parametrize("language", ["en", "ru", "sr", "hr", "kk", "de", None])
@pytest.mark.parametrize(
    "word", ["Schools", "соглашение", "школама", "škola", "ауыл", "Wi-Fi", "covid-19", "don't", "ё"]
)
def test_a_word_is_asked_for_as_every_language_keeps_it(word: str, language: str | None) -> None:
    kept = stemmed(word, language)
    asked = [phrase.removesuffix("*").strip('"') for phrase in alternatives(word)]
    assert any(kept.startswith(phrase) for phrase in asked)


@pytest.mark.parametrize("word", ["", "?!", '"', "_", "-", "\N{COMBINING ACUTE ACCENT}"])
def test_what_has_no_letters_is_not_asked_for(word: str) -> None:
    assert alternatives(word) == ()


def test_no_form_is_asked_for_twice() -> None:
    assert alternatives("2024") == ('"2024"',)
    assert [p for p in alternatives("Қазақстанның") if not p.startswith('"sr:')] == ['":қазақстан"*']
    assert [p for p in alternatives("ел-орда") if not p.startswith('"sr:')] == ['"ел орд"', '":ел :орда"']
