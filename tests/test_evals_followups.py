"""What counts as near to a rewrite, as put in full, and as left untouched."""

from __future__ import annotations

import json

import pytest

from evals.followups import ALONE, CASES, OURS, PASTED, content, f1, fulfilled, halves, summary


def test_content_words_are_stems_without_function_words() -> None:
    assert content("When did the ministers meet, and don't they agree?") == content("minister meets agreed")
    assert content("What is it?") == frozenset()


def test_f1_of_content_words() -> None:
    assert f1("When did the ministers meet?", "when ministers met") == 0.5
    assert f1("What is it?", "Who was that?") == 1.0
    assert f1("What is it?", "Who paid?") == 0.0


def test_the_halves_are_apart_and_hold_everything() -> None:
    rows = [{"id": str(n)} for n in range(50)]
    looked_at, reporting = halves(rows)
    assert sorted([*looked_at, *reporting], key=lambda r: int(r["id"])) == rows
    assert 10 < len(looked_at) < 40


def test_the_gap_is_closed_from_the_last_question_to_the_rewrite() -> None:
    rows = [
        {"history": ["Who runs Nordkai?"], "question": "Who owns it?", "rewrite": "Who owns Nordkai?"},
        {"history": ["Who runs Nordkai?"], "question": "Who won in Riga?", "rewrite": "who won in riga"},
    ]
    table = summary(rows)
    assert table[ALONE]["gap closed"] == 0.0
    assert table[OURS]["gap closed"] == 1.0
    assert table[PASTED]["untouched of those that stand alone"] == 0.0
    assert table[OURS]["untouched of those that stand alone"] == 1.0


@pytest.mark.parametrize(
    ("standalone", "right"),
    [("Who signed in Muscat?", True), ("Who signed there?", False), ("Who signed in Muscat or Doha?", False)],
)
def test_a_case_is_fulfilled_by_what_it_holds_and_lacks(standalone: str, right: bool) -> None:
    case = {"question": "Who signed there?", "expect": ["Muscat"], "forbid": ["Doha"], "untouched": False}
    assert fulfilled(case, standalone) is right
    assert fulfilled(case | {"untouched": True}, standalone) is (standalone == "Who signed there?")


def test_a_wanted_word_is_not_in_the_case_already() -> None:
    """Else the case could not fail."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)
        assert case["untouched"] or not fulfilled(case | {"forbid": []}, case["question"])
