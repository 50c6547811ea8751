"""hit@k and MRR on lists small enough to count by hand; answers compared as SQuAD does; AUROC against its definition."""

from __future__ import annotations

import random

import pytest

from evals.metrics import agreed, auroc, exact, holds, overlap, ranked


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


@pytest.mark.parametrize(
    ("given", "answers", "same", "shared"),
    [
        ("The Serbian president", ["Serbian president"], 1, 1),
        ("serbian president.", ["Vučić", "The Serbian President"], 1, 1),
        ("president of Serbia", ["Serbian president"], 0, 2 / 5),
        ("rain rain", ["rain"], 0, 2 / 3),
        ("rain", ["rain rain"], 0, 2 / 3),
        ("rain", ["sun", "heavy rain"], 0, 2 / 3),
        ("sun", ["rain"], 0, 0),
        ("", ["rain"], 0, 0),
    ],
)
def test_answers_are_compared_without_articles_case_and_marks(
    given: str, answers: list[str], same: float, shared: float
) -> None:
    assert exact(given, answers) == same
    assert overlap(given, answers) == pytest.approx(shared)


def test_auroc_is_the_chance_to_score_higher() -> None:
    chance = random.Random(2)
    for _ in range(50):
        scores = [chance.randint(0, 6) / 2 for _ in range(chance.randint(4, 40))]  # many ties
        labels = [True, False, *(chance.random() < 0.3 for _ in scores[2:])]
        right = [s for s, label in zip(scores, labels, strict=True) if label]
        wrong = [s for s, label in zip(scores, labels, strict=True) if not label]
        wins = sum((r > w) + (r == w) / 2 for r in right for w in wrong)
        assert auroc(scores, labels) == pytest.approx(wins / len(right) / len(wrong))


def test_sets_that_agree() -> None:
    scores = agreed([{"a", "b"}, {"c"}, set()], [{"a"}, {"c", "d"}, set()])
    assert scores == {"precision": 2 / 3, "recall": 2 / 3, "F1": 2 / 3}
    assert agreed([], []) == {"precision": 0.0, "recall": 0.0, "F1": 0.0}
