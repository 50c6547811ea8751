"""Whose words a question asks for."""

from __future__ import annotations

import pytest

from rag.question.speaker import Asked, asked


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("What did Tokayev say about agriculture?", Asked("Tokayev", "agriculture")),
        ("What did President Tokayev tell reporters about the floods?", Asked("Tokayev", "the floods")),
        ("What has Christine Lagarde said on inflation", Asked("Christine Lagarde", "inflation")),
        ("What did Sam Altman say?", Asked("Sam Altman", "")),
        ("Что сказал Токаев о зерне?", Asked("Токаев", "зерне")),
        ("What did the article say about rice?", None),
        ("What did experts say about rice?", None),
        ("What did he say?", None),
        ("Who signed the treaty?", None),
    ],
)
def test_asked(question: str, wanted: Asked | None) -> None:
    assert asked(question) == wanted
