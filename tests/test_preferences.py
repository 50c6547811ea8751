"""The tab of settings: what is shown of them, and what the test of the chat model says."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest

from rag import Archive
from tests.embedder import WordHash
from tests.openai_server import OpenAIServer, Script
from window.preferences import settings_html, trial

KEY = "sk-very-secret"


@pytest.fixture
def archive(tmp_path: Path) -> Any:
    made: list[Archive] = []

    def open(**settings: Any) -> Archive:
        made.append(Archive(tmp_path / "archive", embedder=WordHash(), **settings))
        return made[-1]

    yield open
    for one in made:
        one.close()


def test_no_key_is_shown(archive: Any) -> None:
    shown = settings_html(archive(model="openai:tiny", model_url="http://127.0.0.1:9/v1", model_key=KEY))
    assert KEY not in shown
    assert "openai:tiny" in shown
    assert "<th>set</th>" in shown
    assert "DATELINE_MODEL_KEY" in shown


def test_a_model_that_answers_is_said_to(archive: Any) -> None:
    with OpenAIServer(Script(words=("ready",))) as server:
        told = trial(archive(model="openai:tiny", model_url=server.url, model_key=KEY))
    assert "openai:tiny" in told
    assert "answered in" in told
    assert len(server.requests) == 1


def test_what_is_wrong_is_said(archive: Any) -> None:
    assert "No chat model is set" in trial(archive())
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{bound.getsockname()[1]}/v1"
        told = trial(archive(model="openai:tiny", model_url=nobody, model_key=KEY))
    assert "Not done" in told
    assert "127.0.0.1" in told
    body = '{"error": {"message": "The model tiny does not exist", "code": "model_not_found"}}'
    with OpenAIServer(Script(status=404, body=body)) as server:
        told = trial(archive(model="openai:tiny", model_url=server.url, model_key=KEY))
    assert "Not done" in told
    assert "tiny" in told
    with OpenAIServer(
        Script(status=401, body=json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}"}}))
    ) as server:
        told = trial(archive(model="openai:tiny", model_url=server.url, model_key=KEY))
    assert "key" in told.lower()
    assert KEY not in told
