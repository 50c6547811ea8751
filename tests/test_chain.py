"""The path with a chat model: a scripted server on loopback writes, and everything it says is checked."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

import prompts
from ingest import ingest
from rag import Archive, sentences
from rag.background import Stop
from rag.types import Answer, Delta, Event, Finished, Notice
from tests.embedder import WordHash
from tests.openai_server import OpenAIServer, Script

QUESTION = "Which fields did the presidents name?"
GOOD = Script(words=("The presidents ", "named investment, farming ", "and mining [1]."))


@pytest.fixture(scope="module")
def folder_of_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.conftest import ARTICLES

    home = tmp_path_factory.mktemp("chain")
    (home / "articles").mkdir()
    for name, text in ARTICLES.items():
        (home / "articles" / name).write_text(text, encoding="utf-8")
    with Archive(home / "archive", embedder=WordHash(), workers=1) as made:
        ingest(home / "articles", into=made)
    return home / "archive"


def asked(
    folder: Path, script: Script, *, stop: Stop | None = None, **settings: Any
) -> tuple[list[Event], OpenAIServer]:
    with OpenAIServer(script) as server:
        options = {"model": "openai:tiny", "model_url": server.url, "deadline": 20, **settings}
        with Archive(folder, embedder=WordHash(), **options) as archive:
            return list(archive.stream(QUESTION, stop=stop)), server


def answer_of(events: list[Event]) -> Answer:
    assert isinstance(events[-1], Finished)
    assert sum(isinstance(e, Finished) for e in events) == 1
    answer = events[-1].answer
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    return answer


def test_the_model_writes_and_its_citation_is_a_span(folder_of_archive: Path) -> None:
    events, server = asked(folder_of_archive, GOOD)
    answer = answer_of(events)
    assert "".join(e.text for e in events if isinstance(e, Delta)) == "".join(GOOD.words)
    assert (answer.model, answer.complete, answer.abstained) == ("openai:tiny", True, False)
    assert answer.sentences[0].support == "supported"
    assert "investment" in answer.citations[0].quote
    assert len(server.requests) == 1
    assert (answer.trace["prompt"], answer.trace["version"]) == ("answer", prompts.load("answer").version)
    assert [m["text"] for m in answer.trace["messages"]] == [m["content"] for m in server.requests[0].body["messages"]]
    assert answer.trace["text"] == "".join(GOOD.words)
    assert not any("will be sent" in n for n in answer.notices)  # it is on this machine


def test_what_the_model_makes_up_loses_its_number_and_its_quotation_marks(folder_of_archive: Path) -> None:
    script = Script(words=('They signed 17 treaties on oil [1]. "We shall never part from one another" said one [9].',))
    answer = answer_of(asked(folder_of_archive, script)[0])
    assert answer.citations == ()
    assert {s.support for s in answer.sentences} == {"unsupported"}
    assert '"' not in answer.text
    assert any("quotation" in n for n in answer.notices)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (Script(status=401), "401"),
        (Script(words=()), "empty"),
        (Script(words=(), then="early end"), ""),
        (Script(status=500), ""),
    ],
)
def test_a_model_fault_gives_the_articles_own_words_and_names_the_fault(
    folder_of_archive: Path, script: Script, words: str
) -> None:
    answer = answer_of(asked(folder_of_archive, script)[0])
    assert answer.model == "embedded"
    assert answer.trace is None
    assert "investment, farming and mining" in answer.text
    assert any("openai:tiny gave no answer" in n and words in n for n in answer.notices)


@pytest.mark.parametrize("script", [Script(then="early end"), Script(finish="length")])
def test_a_stream_that_ends_early_is_shown_as_incomplete(folder_of_archive: Path, script: Script) -> None:
    answer = answer_of(asked(folder_of_archive, script)[0])
    assert not answer.complete
    assert any("incomplete" in n for n in answer.notices)


def test_the_deadline_ends_a_hanging_model(folder_of_archive: Path) -> None:
    started = time.monotonic()
    answer = answer_of(asked(folder_of_archive, Script(words=(), then="hang"), deadline=1.5)[0])
    assert time.monotonic() - started < 15
    assert answer.model == "embedded"
    assert answer.citations


def test_stop_closes_the_models_socket_and_what_came_is_incomplete(folder_of_archive: Path) -> None:
    stop = Stop()
    timer = threading.Timer(1.5, stop.set)
    with OpenAIServer(Script(words=("The presidents named mining. ",), then="hang")) as server:
        options = {"model": "openai:tiny", "model_url": server.url, "deadline": 60}
        with Archive(folder_of_archive, embedder=WordHash(), **options) as archive:
            timer.start()
            answer = answer_of(list(archive.stream(QUESTION, stop=stop)))
        assert server.requests[0].gone.wait(5)
    assert not answer.complete
    assert "mining" in answer.text


def test_no_answer_from_the_model_is_an_abstention(folder_of_archive: Path) -> None:
    answer = answer_of(asked(folder_of_archive, Script(words=("NO ANSWER",)))[0])
    assert answer.abstained
    assert "openai:tiny" in answer.reason
    assert answer.trace["text"] == "NO ANSWER"


@pytest.mark.parametrize("kind", ["comparison", "timeline", "summary"])
def test_the_prompt_is_that_of_the_kind(folder_of_archive: Path, kind: str) -> None:
    with OpenAIServer(GOOD) as server:
        options = {"model": "openai:tiny", "model_url": server.url}
        with Archive(folder_of_archive, embedder=WordHash(), **options) as archive:
            answer = archive.ask(QUESTION, kind=kind)
    assert answer.trace["prompt"] == kind
    assert answer.to_dict()["trace"]["version"] == prompts.load(kind).version


def test_without_evidence_no_model_is_called(folder_of_archive: Path) -> None:
    with OpenAIServer(GOOD) as server:
        options = {"model": "openai:tiny", "model_url": server.url}
        with Archive(folder_of_archive, embedder=WordHash(), **options) as archive:
            assert archive.ask("Who won the 1998 World Cup in France?").abstained
        assert server.requests == []


def test_a_follow_up_is_rewritten_by_the_model(folder_of_archive: Path) -> None:
    rewritten = Script(words=("How many people were moved near Petropavl?",))
    written = Script(words=("About 12,000 people were moved to schools and sports halls [1].",))
    with OpenAIServer(written, rewritten, written) as server:
        options = {"model": "openai:tiny", "model_url": server.url}
        with Archive(folder_of_archive, embedder=WordHash(), **options) as archive:
            talk = archive.conversation()
            talk.ask("Which dams broke near Petropavl?")
            answer = talk.ask("How many were moved?")
    assert answer.plan.standalone == "How many people were moved near Petropavl?"
    assert answer.plan.question == "How many were moved?"
    (asked,) = answer.trace["rewritten"]
    assert (asked["prompt"], asked["text"]) == ("followup", "How many people were moved near Petropavl?")
    assert [m["text"] for m in asked["messages"]] == [m["content"] for m in server.requests[1].body["messages"]]


def test_an_articles_language_is_told_once_and_not_at_each_answer(
    folder_of_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded() -> None:
        raise AssertionError("the language of what is in the archive is known")

    monkeypatch.setattr(sentences, "_identifier", loaded)
    with Archive(folder_of_archive, embedder=WordHash()) as archive:
        answer = archive.ask(QUESTION)
    assert not answer.abstained
    assert {p.language for p in answer.evidence} == {"en"}


def test_what_was_published_shortly_before_the_days_is_cited_and_said(folder_of_archive: Path) -> None:
    question = "How many people were moved to schools this week?"
    with OpenAIServer(Script(words=("About 12,000 people were moved [1].",))) as server:
        options: dict[str, Any] = {"model": "openai:tiny", "model_url": server.url, "deadline": 20}
        with Archive(folder_of_archive, embedder=WordHash(), **options) as archive:
            answer = archive.ask(question, as_of="2024-04-09")
            strict = archive.ask(question, as_of="2024-04-09", after="2024-04-08")
    assert str(answer.citations[0].article.date) == "2024-04-05"
    assert any("since 8 April 2024" in n and "5 April 2024" in n for n in answer.notices)
    assert strict.abstained


def test_notices_come_before_the_words_they_are_about(folder_of_archive: Path) -> None:
    events, _ = asked(folder_of_archive, Script(status=401))
    kinds = [type(e) for e in events]
    assert kinds.index(Notice) < kinds.index(Delta)


def test_articles_are_counted_without_asking_the_model(folder_of_archive: Path) -> None:
    with OpenAIServer(GOOD) as server:
        options = {"model": "openai:tiny", "model_url": server.url}
        with Archive(folder_of_archive, embedder=WordHash(), **options) as archive:
            answer = archive.ask("How many articles mention the capital, by year?")
        assert server.requests == []
    assert answer.text == "2 articles mention the capital, from 2 outlets."
    assert answer.model == "catalog"


def test_sentences_that_no_passage_supports_can_be_left_out(folder_of_archive: Path) -> None:
    named = (
        "The two presidents named investment, farming and mining as fields in which their countries will work together."
    )
    said = Script(words=(f"{named} [1] ", "Purple elephants danced on the moon."))
    shown = answer_of(asked(folder_of_archive, said)[0])
    assert [s.support for s in shown.sentences] == ["supported", "unsupported"]
    strict = answer_of(asked(folder_of_archive, said, show_unsupported=False)[0])
    assert strict.text == shown.text.partition(" Purple")[0]
    assert [s.support for s in strict.sentences] == ["supported"]
    assert "One sentence that no passage supports was left out." in strict.notices
    nothing = Script(words=("Purple elephants danced on the moon.",))
    none = answer_of(asked(folder_of_archive, nothing, show_unsupported=False)[0])
    assert none.abstained
    assert "openai:tiny" in none.reason
