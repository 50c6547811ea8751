"""The endpoints for programs, asked with gradio_client at a real server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

import ui
from ingest import ingest
from rag import Archive
from tests.conftest import ARTICLES
from tests.embedder import WordHash

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    home = tmp_path_factory.mktemp("programs")
    for name, text in ARTICLES.items():
        (home / name).write_text(text, encoding="utf-8")
    with Archive(home / "archive", embedder=WordHash()) as made:
        ingest([home / name for name in ARTICLES], into=made, progress=False)
        yield made


@pytest.fixture(scope="module")
def client(archive: Archive) -> Iterator[Client]:
    server = ui.serve(archive, port=0, block=False)
    yield Client(server.url, verbose=False, analytics_enabled=False)
    server.close()


def test_only_the_three_endpoints_are_named(client: Client) -> None:
    named: dict[str, Any] = client.view_api(return_format="dict", print_info=False)["named_endpoints"]  # type: ignore[index]
    assert set(named) == {"/ask", "/search", "/ingest"}


def test_ask_gives_what_the_python_api_gives_without_folders(client: Client, archive: Archive) -> None:
    question = "Which dams broke near Petropavl?"
    given, own = client.predict(question, api_name="/ask"), archive.ask(question)
    assert given["text"] == own.text
    assert [c["quote"] for c in given["citations"]] == [c.quote for c in own.citations]
    assert str(archive.folder.parent) not in str(given)


def test_filters_hold(client: Client) -> None:
    asked = client.predict("What was agreed?", after="2031-01-01", api_name="/ask")
    assert asked["abstained"]
    assert client.predict("dams", 3, after="2031-01-01", api_name="/search") == []


def test_search_gives_passages_with_their_scores(client: Client, archive: Archive) -> None:
    found = client.predict("dams near Petropavl", 2, api_name="/search")
    assert [h["passage"]["id"] for h in found] == [h.passage.id for h in archive.search("dams near Petropavl", k=2)]


def test_what_cannot_be_meant_is_refused_in_words(client: Client) -> None:
    with pytest.raises(AppError, match="2024-13-01"):
        client.predict("dams", after="2024-13-01", api_name="/ask")


def test_files_of_the_server_are_not_read(client: Client, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="not a web address"):
        client.predict([str(tmp_path)], api_name="/ingest")


def test_what_is_too_much_is_refused(client: Client) -> None:
    with pytest.raises(AppError, match="2000"):
        client.predict("dams " * 500, api_name="/ask")
    with pytest.raises(AppError, match="too many"):
        client.predict([f"http://127.0.0.1:9/{n}" for n in range(101)], api_name="/ingest")


def test_ingest_reports_what_could_not_be_read(client: Client, archive: Archive) -> None:
    report = client.predict(["http://127.0.0.1:9/none"], api_name="/ingest")
    assert (report["added"], len(report["failed"]), report["articles"]) == (0, 1, len(archive.articles()))
