"""Full text: stems, beginnings, diacritics and ё; the rarest words first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag.store import fulltext
from rag.store.catalog import Filter
from rag.store.index import Index
from rag.store.writer import Put
from tests.entries import IDENTITY, put

TEXTS = {
    1: "Vučić arrived in Belgrade. The agreements were signed.",
    2: "Казахстан увеличил экспорт зелёной энергии. Соглашения подписаны.",
    3: "Қазақстан ауыл шаруашылығын дамытады. Келісім жасалды.",
    4: "Nothing of note. Weather is mild in the valley.",
    5: "Weather warnings. Storm in the valley.",
    6: "Председник Вучић отворио је школу. Посетио је мост.",
    7: "Die Regierungen verhandeln. Beschlüsse folgen bald.",
}
LANGUAGES = {1: "en", 2: "ru", 3: "kk", 4: "en", 5: "en", 6: "sr", 7: "de"}


def put_in(number: int, text: str, language: str | None) -> Put:
    made = put(number, text)
    return Put(replace(made.entry, article=replace(made.entry.article, language=language)), made.origins)


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put_in(n, text, LANGUAGES[n]) for n, text in TEXTS.items()])
    return index


def found(index: Index, question: str) -> list[str]:
    hits = index.fulltext(question, 10)
    passages = index.catalog.passages([id for id, _ in hits])
    return list(dict.fromkeys(passages[id].article_id[-1] for id, _ in hits))


@pytest.mark.parametrize(
    ("question", "number"),
    [
        ("vucic", "1"),
        ("agreement signing", "1"),
        ("зеленая энергия", "2"),
        ("соглашение Казахстана", "2"),
        ("подписали соглашениями", "2"),
        ("Қазақстанның ауыл шаруашылығы", "3"),
        ("ауылда", "3"),
        ("председника школе", "6"),
        ("predsjednik školama", "6"),
        ("predsednika skole", "6"),
        ("Regierung", "7"),
    ],
)
def test_forms_of_a_word_are_found(index: Index, question: str, number: str) -> None:
    assert found(index, question)[0] == number


def test_a_name_is_found_in_articles_of_every_language(index: Index) -> None:
    assert set(found(index, "Vučić")) == {"1", "6"}


def test_a_word_is_as_frequent_as_its_forms_together(index: Index) -> None:
    assert index.frequency("Vučić") == 2
    assert index.frequency("школама") == index.frequency("škola") == 1
    assert index.frequency("nothere") == 0


def test_an_article_whose_language_was_told_anew_leaves_no_words_behind(index: Index) -> None:
    with index.writer() as writer:
        writer.commit([put_in(6, TEXTS[6], None)])
        writer.commit([put_in(2, "Мост закрыт. Поезда стоят.", "ru")])
    assert found(index, "predsednik") == []
    assert found(index, "соглашения") == []
    index.catalog.db.execute("INSERT INTO fulltext (fulltext, rank) VALUES ('integrity-check', 0)")


def test_scores_fall_and_ties_are_stable(index: Index) -> None:
    hits = index.fulltext("weather valley storm", 10)
    assert [s for _, s in hits] == sorted((s for _, s in hits), reverse=True)
    assert hits == index.fulltext("weather valley storm", 10)


@pytest.mark.parametrize("question", ["", "?!", '"', "AND OR NOT", "title:x", "a*", "NEAR(", "'; DROP TABLE articles"])
def test_no_question_breaks_the_search(index: Index, question: str) -> None:
    assert isinstance(index.fulltext(question, 5), list)


def test_a_question_of_stop_words_alone_searches_them() -> None:
    assert fulltext.content_words("who was it") == ["who", "was", "it"]
    assert fulltext.content_words("who was the president's guest") == ["president", "guest"]
    assert fulltext.content_words("Какой сейчас мост") == ["сейчас", "мост"]


def test_the_budget_keeps_the_rarest_words(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "BUDGET", 1)
    assert found(index, "valley storm") == ["5"]
    assert index.fulltext("storm", 5, Filter(sources=("nobody",))) == []
