"""Full text: stems, beginnings, diacritics and ё; the rarest words first."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.store import fulltext
from rag.store.catalog import Filter
from rag.store.index import Index
from tests.entries import IDENTITY, put

TEXTS = {
    1: "Vučić arrived in Belgrade. The agreements were signed.",
    2: "Казахстан увеличил экспорт зелёной энергии. Соглашения подписаны.",
    3: "Қазақстан ауыл шаруашылығын дамытады. Келісім жасалды.",
    4: "Nothing of note. Weather is mild in the valley.",
    5: "Weather warnings. Storm in the valley.",
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put(n, text) for n, text in TEXTS.items()])
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
        ("Қазақстанның ауыл шаруашылығы", "3"),
    ],
)
def test_forms_of_a_word_are_found(index: Index, question: str, number: str) -> None:
    assert found(index, question)[0] == number


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


def test_the_budget_keeps_the_rarest_words(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fulltext, "BUDGET", 1)
    assert found(index, "valley storm") == ["5"]
    assert index.fulltext("storm", 5, Filter(sources=("nobody",))) == []
