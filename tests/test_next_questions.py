from __future__ import annotations

from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.types import Answer
from tests.openai_server import OpenAIServer
from window.next_questions import MOST, next_questions

ROOT = Path(__file__).parents[1]


def after(archive: Archive, answer: Answer, *asked: str) -> tuple[str, ...]:
    return next_questions(answer, asked, archive.article, lambda id: archive.quotations(article=id))


@pytest.fixture
def filled(archive: Archive) -> Archive:
    ingest(ROOT / "examples" / "articles", into=archive, progress=False)
    return archive


@pytest.mark.parametrize(
    "question", ["What sectors did Kazakhstan and Serbia agree on?", "How many people were moved in the floods?"]
)
def test_what_is_offered_is_answered_by_the_articles_of_the_evidence(filled: Archive, question: str) -> None:
    answer = filled.ask(question)
    assert answer.evidence is not None
    mine = {hit.passage.article_id for hit in answer.evidence.hits}
    offered = after(filled, answer, question)
    assert len(set(offered)) == MOST
    for one in offered:
        found = filled.ask(one)
        assert not found.abstained, one
        assert mine & {c.article.id for c in found.citations}, one


def test_nothing_that_was_asked_is_offered_again(filled: Archive) -> None:
    asked = ["What sectors did Kazakhstan and Serbia agree on?"]
    answer = filled.ask(asked[0])
    seen: set[str] = set()
    for _ in range(4):
        offered = after(filled, answer, *asked)
        assert not seen & set(offered)
        assert not set(asked) & set(offered)
        seen |= set(offered)
        asked += offered


def test_an_answer_without_evidence_offers_nothing(filled: Archive) -> None:
    assert after(filled, Answer("q", "t"), "q") == ()


def test_no_chat_model_is_asked_for_them(filled: Archive) -> None:
    answer = filled.ask("What sectors did Kazakhstan and Serbia agree on?")
    with OpenAIServer() as model:
        settings = {"model": "openai:tiny", "model_url": model.url}
        with Archive(filled.folder, embedder=filled.embedder, **settings) as archive:
            assert after(archive, answer, answer.question)
        assert model.requests == []
