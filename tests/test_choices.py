from __future__ import annotations

from typing import Any

import pytest

from rag.settings import Settings
from window.choices import Choices, choices_of


def cookies(**chosen: str) -> dict[str, str]:
    return {f"dateline-{name}": value for name, value in chosen.items()}


@pytest.mark.parametrize(
    ("chosen", "changed"),
    [
        ({}, {}),
        ({"passages": "5"}, {"passages": 5}),
        ({"passages": "10"}, {}),
        ({"passages": "5000"}, {}),
        ({"passages": "-1; drop"}, {}),
        ({"support": "lenient"}, {"abstain_below": 0.125}),
        ({"support": "strict"}, {"abstain_below": 0.5, "show_unsupported": False}),
        ({"support": "usual"}, {}),
        ({"support": "lax"}, {}),
        ({"model": "embedded"}, {"model": None}),
        ({"model": "chat"}, {}),
        ({"model": "openai:gpt-5"}, {}),
        ({"model_key": "sk-1", "model_url": "http://evil.example"}, {}),
    ],
)
def test_only_what_is_offered_changes_a_setting(chosen: dict[str, str], changed: dict[str, Any]) -> None:
    own = Settings(model="openai:tiny")
    assert choices_of(cookies(**chosen)).settings(own) == changed
    assert isinstance(own.changed(**changed), Settings)


def test_a_keeper_who_is_stricter_still_stays_so() -> None:
    assert Choices(support="strict").settings(Settings(abstain_below=0.8))["abstain_below"] == 0.8


def test_without_a_chat_model_the_embedded_reader_is_no_change() -> None:
    assert Choices(model="embedded").settings(Settings()) == {}
