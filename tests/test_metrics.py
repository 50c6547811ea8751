"""hit@k and MRR on lists small enough to count by hand."""

from __future__ import annotations

import pytest

from evals.metrics import holds, ranked


def test_ranked_lists() -> None:
    scores = ranked([[False, True], [True], [False] * 10 + [True], []])
    assert scores == {"hit@1": 0.25, "hit@5": 0.5, "hit@10": 0.5, "MRR": (0.5 + 1) / 4}


@pytest.mark.parametrize(
    ("text", "answer", "expected"),
    [
        ("They watched “Squid Game” at home", "Squid Game", True),
        ("The SQUID game was on", "“Squid Game”", True),
        ("A squid and a game", "Squid Game", False),
        ("It rose by 155", "15", False),
        ("", "x", False),
        ("anything", "", False),
    ],
)
def test_words_stand_as_words(text: str, answer: str, expected: bool) -> None:
    assert holds(text, answer) is expected
