from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.errors import NotKept
from rag.store.conversations import Conversations
from tests.openai_server import OpenAIServer, Script
from window import export
from window.kept import here_html, reopened
from window.line import Lines
from window.talk import KEPT, Asking, Talk

FIELDS = "Which fields did the two presidents name?"
DAMS = "Which dams broke near Petropavl?"


@pytest.fixture
def filled(archive: Archive, folder: Path) -> Archive:
    ingest(folder, into=archive, progress=False)
    return archive


def asked(archive: Archive, talk: Talk, *questions: str, instead_of: int | None = None) -> Talk:
    for question in questions:
        list(Asking(archive).run(talk, question, "s", instead_of=instead_of))
    return talk


# -- kept --------------------------------------------------------------------------------


def test_a_finished_exchange_is_kept_at_once_and_opens_again_as_it_was(filled: Archive) -> None:
    talk = asked(filled, Talk(owner="ana"), FIELDS, DAMS)
    assert talk.id is not None
    assert talk.title == FIELDS
    again = reopened(filled, talk.id, "ana")
    assert again is not None
    assert again.messages() == talk.messages()
    assert again.panel(filled) == talk.panel(filled)
    assert again.turns == talk.turns
    assert f'href="?conversation={talk.id}"' in here_html(again)
    asked(filled, again, FIELDS)
    assert [e.question for e in filled.conversations.exchanges(talk.id)] == [FIELDS, DAMS, FIELDS]


def test_a_conversation_opens_for_its_owner_alone(filled: Archive) -> None:
    talk = asked(filled, Talk(owner="ana"), FIELDS)
    for id, owner in ((talk.id, "ben"), (talk.id, ""), ("nothing", "ana"), ("", "ana")):
        assert reopened(filled, str(id), owner) is None


def test_an_exchange_is_kept_though_nobody_watches_its_end(filled: Archive) -> None:
    talk = Talk()
    watched = Asking(filled).run(talk, FIELDS, "s")
    next(watched), next(watched)
    watched.close()
    until = time.monotonic() + 20
    while not (talk.id and filled.conversations.exchanges(talk.id)) and time.monotonic() < until:
        time.sleep(0.02)
    assert talk.id is not None
    assert [e.question for e in filled.conversations.exchanges(talk.id)] == [FIELDS]


def test_an_old_answer_says_what_became_of_its_articles(filled: Archive, folder: Path) -> None:
    talk = asked(filled, Talk(), FIELDS, DAMS)
    assert talk.id is not None
    again = reopened(filled, talk.id, "")
    assert again is not None
    assert not any(e.since for e in again.exchanges)
    path = folder / "talks.md"
    path.write_text(path.read_text("utf-8").replace("farming and mining", "farming, trade and mining"), "utf-8")
    ingest(folder, into=filled, progress=False)
    filled.remove(talk.exchanges[1].answer.citations[0].article.id)  # type: ignore[union-attr]
    again = reopened(filled, talk.id, "")
    assert again is not None
    assert "“Leaders meet in Belgrade” has changed since" in again.exchanges[0].since
    assert "farming and mining" in again.panel(filled)
    assert "“Rivers burst their banks in the north” has left the archive" in again.exchanges[1].since
    assert again.exchanges[1].since in again.messages()[3]["content"]


def test_what_cannot_be_kept_is_answered_and_said(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise NotKept("conversations cannot be kept in a read-only folder")

    monkeypatch.setattr(Conversations, "begin", refuse)
    talk = asked(filled, Talk(), FIELDS)
    assert talk.exchanges[0].answer is not None
    assert talk.id is None
    assert "not kept: conversations cannot be kept in a read-only folder" in talk.exchanges[0].html


def test_a_conversation_that_was_deleted_meanwhile_goes_on_as_another(filled: Archive) -> None:
    talk = asked(filled, Talk(), FIELDS)
    first = str(talk.id)
    filled.conversations.delete(first)
    asked(filled, talk, DAMS)
    assert talk.id not in (None, first)
    assert [e.question for e in filled.conversations.exchanges(str(talk.id))] == [DAMS]


def test_a_long_conversation_opens_at_its_end_and_is_exported_whole(filled: Archive) -> None:
    talk = asked(filled, Talk(), FIELDS)
    answer = talk.exchanges[0].answer
    assert answer is not None
    for n in range(KEPT + 2):
        filled.conversations.add(str(talk.id), f"Number {n}?", replace(answer, question=f"Number {n}?"))
    again = reopened(filled, str(talk.id), "")
    assert again is not None
    assert [e.question for e in again.exchanges] == [f"Number {n}?" for n in range(2, KEPT + 2)]
    text = export.text("Markdown", again, filled)
    assert FIELDS in text
    assert f"Number {KEPT + 1}?" in text


# -- again and otherwise -----------------------------------------------------------------


def test_asking_again_replaces_the_answer_and_editing_what_followed(filled: Archive) -> None:
    talk = asked(filled, Talk(), FIELDS, DAMS, "When did the bridge close?")
    asked(filled, talk, "When did the bridge close?", instead_of=3)
    kept = filled.conversations
    assert [e.question for e in kept.exchanges(str(talk.id))] == [FIELDS, DAMS, "When did the bridge close?"]
    assert [e.number for e in talk.exchanges] == [1, 2, 3]
    talk.editing = 2
    asked(filled, talk, "What did the ministry say?", instead_of=2)
    assert [e.question for e in talk.exchanges] == [FIELDS, "What did the ministry say?"]
    assert [e.question for e in kept.exchanges(str(talk.id))] == [FIELDS, "What did the ministry say?"]
    assert talk.editing is None


def test_a_failed_retry_loses_nothing_and_the_next_takes_the_place(filled: Archive) -> None:
    talk = asked(filled, Talk(), FIELDS)
    list(Asking(filled).run(talk, FIELDS, "s", instead_of=1, after="the day before"))
    assert "the day before" in talk.exchanges[0].html
    assert [e.question for e in filled.conversations.exchanges(str(talk.id))] == [FIELDS]
    asked(filled, talk, DAMS, instead_of=1)
    assert [e.question for e in filled.conversations.exchanges(str(talk.id))] == [DAMS]


def test_a_verdict_is_exported_with_its_answer(filled: Archive) -> None:
    talk = asked(filled, Talk(), FIELDS, DAMS)
    filled.conversations.judge(int(talk.exchanges[1].kept or 0), "down", "too short")
    first, second = json.loads(export.text("JSON", talk, filled))["answers"]
    assert "feedback" not in first
    assert second["feedback"] == {"verdict": "down", "why": "too short"}
    assert second["question"] == DAMS


def test_a_file_has_a_plain_name_and_a_copy_its_footnotes(filled: Archive) -> None:
    talk = asked(filled, Talk(), FIELDS)
    talk.title = '../../<b>What "was" agreed?</b> Что?'
    assert export.name_of(talk, "Markdown") == "b-what-was-agreed-b-что.md"
    assert export.name_of(Talk(title="?!"), "BibTeX") == "conversation.bib"
    answer = talk.exchanges[0].answer
    assert answer is not None
    copied = json.loads(export.handed("copy", export.one(answer)))
    assert "[^1]:" in copied["text"]
    assert "Leaders meet in Belgrade" in copied["text"]
    assert export.handed("copy", "a") != export.handed("copy", "a")


# -- stopping ----------------------------------------------------------------------------


def test_a_stop_frees_the_models_slot_within_half_a_second_every_time(filled: Archive) -> None:
    script = Script(words=("The presidents ", "named investment, farming ", "and mining "), then="hang")
    took = []
    with OpenAIServer(script) as model:
        settings = {"model": "openai:tiny", "model_url": model.url}
        with Archive(filled.folder, embedder=filled.embedder, **settings) as archive:
            asking, talk = Asking(archive), Talk()
            for number in range(1, 21):
                run = asking.run(talk, FIELDS, "s")
                while "farming" not in next(run).html:
                    pass
                seen = model.wait_for(number)
                assert not seen.gone.is_set()
                stopped = time.monotonic()
                threading.Thread(target=asking.stop, args=("s",)).start()
                last = list(run)[-1]
                assert seen.gone.wait(5)
                assert seen.closed is not None
                took.append(seen.closed - stopped)
                assert "named investment, farming" in last.html
                assert "Stopped: these are the words that had come until then." in last.html
                assert not asking.busy("s")
                talk = Talk()
    assert max(took) < 0.5, sorted(took)


def test_a_stop_before_the_first_word_says_so_and_blames_nobody(filled: Archive) -> None:
    with OpenAIServer(Script(words=(), then="hang")) as model:
        settings = {"model": "openai:tiny", "model_url": model.url}
        with Archive(filled.folder, embedder=filled.embedder, **settings) as archive:
            asking, talk = Asking(archive), Talk()
            threading.Thread(target=lambda: (model.wait_for(1, 30), asking.stop("s"))).start()
            last = list(asking.run(talk, FIELDS, "s"))[-1]
    assert "Stopped before the first word of an answer." in last.html
    assert "found no answer" not in last.html
    assert last.answer is not None
    assert not last.answer.complete


# -- in line -----------------------------------------------------------------------------


async def seen(asking: Asking, talk: Talk, question: str, session: str) -> list[str]:
    """The pictures of the last exchange, as its reader sees them."""
    return [exchange.html async for exchange in asking.in_turn(talk, question, session)]


def test_who_waits_is_told_the_place_and_answered_in_turn(filled: Archive) -> None:
    asking, first, talks = Asking(filled, lines=Lines(embedded=1)), Talk(), [Talk() for _ in range(3)]

    async def run() -> list[list[str]]:
        held = asking.in_turn(first, FIELDS, "first")
        await anext(held)  # it has its turn, and keeps it for a while
        waiting = [asyncio.create_task(seen(asking, talk, FIELDS, f"s{n}")) for n, talk in enumerate(talks)]
        await asyncio.sleep(0.5)
        async for _ in held:
            pass
        return await asyncio.gather(*waiting)

    pictures = asyncio.run(run())
    assert "Busy: 1 question is before yours" in pictures[0][0]
    assert "Busy: 3 questions are before yours" in pictures[2][0]
    assert all(talk.exchanges[0].answer is not None for talk in (first, *talks))
    assert not any(asking.busy(f"s{n}") for n in range(3))


def test_stopping_while_waiting_asks_nothing_and_lets_the_next_one_in(filled: Archive) -> None:
    asking, first, second, third = Asking(filled, lines=Lines(embedded=1)), Talk(), Talk(), Talk()

    async def run() -> None:
        held = asking.in_turn(first, FIELDS, "first")
        await anext(held)  # it has its turn, and keeps it
        waiting = asyncio.create_task(seen(asking, second, FIELDS, "second"))
        behind = asyncio.create_task(seen(asking, third, FIELDS, "third"))
        await asyncio.sleep(0.1)
        asking.stop("second")
        started = time.monotonic()
        assert "Stopped before its turn came" in (await waiting)[-1]
        assert time.monotonic() - started < 1.0
        await held.aclose()
        await behind

    asyncio.run(run())
    assert second.exchanges[0].answer is None
    assert second.exchanges[0].done
    assert third.exchanges[0].answer is not None


def test_a_full_line_says_so(filled: Archive) -> None:
    asking, late = Asking(filled, lines=Lines(embedded=1, longest=0)), Talk()

    async def run() -> list[str]:
        held = asking.in_turn(Talk(), FIELDS, "first")
        await anext(held)
        pictures = await seen(asking, late, FIELDS, "late")
        await held.aclose()
        return pictures

    assert "Too many questions are waiting" in asyncio.run(run())[-1]
    assert not asking.busy("late")
