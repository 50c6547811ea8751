"""Who comes into a real window, and what they may do there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

import ui
from rag import Archive, people
from rag.errors import UsageError
from rag.settings import Settings
from tests.embedder import WordHash
from window.entry import entry_of
from window.words import ENGLISH

SOMEWHERE = ["http://127.0.0.1:9/none"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(people, "COST", (2**10, 8, 1))
    path = tmp_path / "people.txt"
    people.put(path, "ana", "long enough", "editor")
    people.put(path, "ben", "also long enough", "reader")
    return path


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Any]:
    """serve(**settings) -> address."""
    open: list[Any] = []

    def serve(**settings: Any) -> str:
        archive = Archive(tmp_path / "archive", embedder=WordHash(), **settings)
        open.append((ui.serve(archive, port=0, block=False), archive))
        return str(open[-1][0].url)

    yield serve
    for server, archive in open:
        server.close()
        archive.close()


def test_what_is_given_decides_how_one_comes_in(file: Path) -> None:
    assert not entry_of(Settings()).closed
    assert not entry_of(Settings(auth="ana:secret"), no_auth=True).closed
    assert entry_of(Settings(auth_file=str(file), auth="x:y")).people is not None
    with pytest.raises(UsageError, match="user:password"):
        entry_of(Settings(), "ana")
    with pytest.raises(UsageError, match="cannot be read"):
        entry_of(Settings(auth_file=str(file) + ".none"))


@pytest.mark.slow
def test_readers_ask_and_only_editors_add(file: Path, served: Any) -> None:
    url = served(auth_file=str(file))
    with pytest.raises((AuthenticationError, ValueError)):
        Client(url, auth=("ana", "wrong"), verbose=False)
    reader = Client(url, auth=("ben", "also long enough"), verbose=False)
    assert reader.predict("Who met?", api_name="/ask")["abstained"]
    with pytest.raises(AppError, match=ENGLISH.may_not[:30]):
        reader.predict(SOMEWHERE, api_name="/ingest")
    editor = Client(url, auth=("ana", "long enough"), verbose=False)
    assert len(editor.predict(SOMEWHERE, api_name="/ingest")["failed"]) == 1


@pytest.mark.slow
def test_roles_and_one_login_hold_for_all_archives(file: Path, tmp_path: Path) -> None:
    with (
        Archive(tmp_path / "news", embedder=WordHash(), auth_file=str(file)) as news,
        Archive(tmp_path / "sports", embedder=WordHash()) as sports,
    ):
        server = ui.serve([news, sports], port=0, block=False)
        try:
            for name in ("news", "sports"):
                assert httpx.get(f"{server.url}/in/{name}/config").status_code == 401
                reader = Client(f"{server.url}/in/{name}", auth=("ben", "also long enough"), verbose=False)
                with pytest.raises(AppError, match=ENGLISH.may_not[:30]):
                    reader.predict(SOMEWHERE, api_name="/ingest")
            with httpx.Client() as browser:
                given = {"username": "ana", "password": "long enough"}
                assert browser.post(f"{server.url}/in/news/login", data=given).status_code == 200
                assert browser.get(f"{server.url}/in/sports/ru/config").status_code == 200
        finally:
            server.close()


@pytest.mark.slow
def test_a_proxy_on_this_machine_names_the_user_and_nobody_comes_in_without(file: Path, served: Any) -> None:
    url = served(auth_file=str(file), auth_header="X-Forwarded-User")
    assert httpx.get(f"{url}/config").status_code == 401
    assert httpx.get(f"{url}/config", headers={"X-Forwarded-User": ""}).status_code == 401
    assert httpx.get(f"{url}/config", headers={"X-Forwarded-User": "ana"}).status_code == 200
    editor = Client(url, headers={"X-Forwarded-User": "ana"}, verbose=False)
    assert len(editor.predict(SOMEWHERE, api_name="/ingest")["failed"]) == 1
    stranger = Client(url, headers={"X-Forwarded-User": "eve"}, verbose=False)
    with pytest.raises(AppError, match=ENGLISH.may_not[:30]):
        stranger.predict(SOMEWHERE, api_name="/ingest")


def test_the_header_counts_only_from_this_machine(file: Path) -> None:
    entry = entry_of(Settings(auth_file=str(file), auth_header="X-User"))

    class Asks:
        def __init__(self, host: str) -> None:
            self.client = type("Address", (), {"host": host})()
            self.headers = {"X-User": "ana"}

    assert entry.user(Asks("127.0.0.1")) == "ana"
    assert entry.user(Asks("192.0.2.7")) is None
