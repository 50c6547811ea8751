"""What stands between marks, whichever marks, and the text with it hidden."""

from __future__ import annotations

import pytest

from rag.speech.marks import hidden, quoted


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("He said: “No.” Then he left.", ["No."]),
        ('She wrote "never" and "always".', ["never", "always"]),
        ("«Нет», — сказал он.", ["Нет"]),
        ("„Ne“, kaže ona.", ["Ne"]),
        ("‘There’s time,’ said Ann.", ["There’s time,"]),
        ("“He said, ‘Go,’ and I went,” she said.", ["He said, ‘Go,’ and I went,"]),
        ("It cost 5' and 6\" of cloth.", []),
    ],
)
def test_marks(text: str, inside: list[str]) -> None:
    found = quoted(text)
    assert [text[q.start : q.end] for q in found] == inside
    assert all(text[q.outer[0] : q.outer[1]][1:-1] == text[q.start : q.end] for q in found)


def test_a_mark_that_is_not_closed_goes_on_where_the_next_paragraph_begins_with_one() -> None:
    text = "She wrote: “The roof is old.\n\n“We close.”"
    assert [(text[q.start : q.end], q.open) for q in quoted(text)] == [("The roof is old.", True), ("We close.", False)]


def test_hidden_is_as_long_and_keeps_what_is_outside() -> None:
    text = "“Who pays? You!” asked Ann. “Me.” So she did."
    shown = hidden(text, quoted(text))
    assert len(shown) == len(text)
    assert "pays" not in shown
    assert shown.endswith("So she did.")
    assert shown.count(".") == 3  # the question's mark does not end the sentence before its verb
