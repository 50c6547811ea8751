"""Words of one sense meet; others do not."""

from __future__ import annotations

from rag.answer.meaning import sense, senses


def test_words_of_one_group_have_one_sense() -> None:
    assert sense("sectors") == sense("areas") == sense("fields")
    assert sense("killed") == sense("died")
    assert sense("mining") != sense("healthcare")


def test_senses_of_a_text_fold_case_and_forms() -> None:
    assert senses("They Agreed.") == senses("they agreement")
