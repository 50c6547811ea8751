"""What the window holds of its tabs: one copy of what a conversation shows, and of closed tabs the last few."""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import psutil
import pytest
from gradio.state_holder import SessionState, StateHolder

import ui
from bench.window import Waited, Window
from ingest import ingest
from rag import Archive
from tests.conftest import ARTICLES
from tests.embedder import WordHash
from window import closed
from window.closed import Closed

pytestmark = pytest.mark.slow
QUESTIONS = ("Which dams broke near Petropavl?", "How many people were moved?", "Where is the old bridge?")


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Window]:
    home = tmp_path_factory.mktemp("closed")
    for name, text in ARTICLES.items():
        (home / name).write_text(text, encoding="utf-8")
    with Archive(home / "archive", embedder=WordHash(), workers=1) as made:
        ingest([home / name for name in ARTICLES], into=made, progress=False)
        server = ui.serve(made, port=0, block=False)
        yield Window(server.url.rstrip("/"), psutil.Process())
        server.close()


def ask(window: Window, session: str, *questions: str) -> list[Waited]:
    async def run() -> list[Waited]:
        async with httpx.AsyncClient(timeout=60) as client:
            return [await window.ask(question, client, session) for question in questions]

    return asyncio.run(run())


def held(session: str) -> SessionState | None:
    holders = [o for o in gc.get_objects() if type(o) is StateHolder]
    return next((h.session_data[session] for h in holders if session in h.session_data), None)


def test_each_component_is_held_once_however_much_is_asked(window: Window) -> None:
    asked = ask(window, "many", *QUESTIONS, *QUESTIONS)
    assert [(w.fault, w.first is not None) for w in asked] == [("", True)] * 6
    state = held("many")
    assert state is not None
    ids = [c["props"].get("elem_id") for c in state.config_values.values() if c and "props" in c]
    assert ids.count("dl-evidence") == 1
    assert ids.count("dl-here") == 1


def test_of_closed_tabs_the_last_few_are_held(window: Window, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "KEPT", 2)
    for n in range(4):
        ask(window, f"tab{n}", QUESTIONS[0])
        with httpx.stream("GET", f"{window.url}/gradio_api/heartbeat/tab{n}", timeout=30) as beat:
            next(beat.iter_lines())
    assert soon(lambda: held("tab0") is None and held("tab1") is None)
    assert held("tab2") is not None
    assert held("tab3") is not None


def test_a_tab_that_came_back_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closed, "KEPT", 1)
    told: list[str] = []
    holder: Any = SimpleNamespace(session_data={"a": 1, "b": 2, "c": 3}, time_last_used={}, delete_state=told.append)
    tabs = Closed()
    tabs.add("a", holder)
    holder.time_last_used["a"] = closed.dt.datetime.now() + closed.dt.timedelta(seconds=1)
    tabs.add("b", holder)
    tabs.add("c", holder)
    assert set(holder.session_data) == {"a", "c"}
    assert told == ["b"]


def soon(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.2)
    return true()
