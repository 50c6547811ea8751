"""Who says what: the speaker's fullest name, or None where the text does not tell."""

from __future__ import annotations

import pytest

from rag.speech.sayings import find


def speakers(text: str) -> list[tuple[str, str | None]]:
    return [(text[s.start : s.end], s.speaker) for s in find(text) if s.direct]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("“It is late,” said Ana Horvat, who builds bridges.", [("It is late,", "Ana Horvat")]),
        ("Prime Minister Ana Horvat told reporters: “It is late.”", [("It is late.", "Ana Horvat")]),
        ("“It is late,” Horvat said. Ana Horvat left.", [("It is late,", "Ana Horvat")]),
        ("It was “a long day”, according to Ana Horvat.", [("a long day", "Ana Horvat")]),
        ("“It is late,” said one woman.", [("It is late,", None)]),
        ("The so-called “miracle” diet has spread.", []),
        ("«Поздно», — сказала министр Анна Петрова.", [("Поздно", "Анна Петрова")]),
        ("„Kasno je“, rekao je Milan Đurić.", [("Kasno je", "Milan Đurić")]),
    ],
)
def test_the_speaker_beside_the_words(text: str, wanted: list[tuple[str, str | None]]) -> None:
    assert speakers(text) == wanted


def test_words_alone_go_on_with_the_speaker_of_their_paragraph() -> None:
    text = "“The steel came late,” said Ana Horvat on Monday. “It is here now.”"
    assert [who for _, who in speakers(text)] == ["Ana Horvat"] * 2


def test_he_and_she_are_whoever_fits() -> None:
    text = (
        "Emma Berg and her brother Karl Berg sold the farm. “I cried,” she said.\n\n“I did not,” he said.\n\n"
        "“Nor did I,” the buyer said."
    )
    assert [who for _, who in speakers(text)] == ["Emma Berg", "Karl Berg", None]


def test_two_of_one_surname_stay_unclear() -> None:
    text = "Anna Novak bakes. Tomas Novak drives. “It is late,” Novak said."
    assert speakers(text) == [("It is late,", None)]


def test_reported_speech_has_its_clause_and_the_words_that_name_who() -> None:
    text = "Ana Horvat said that the bridge would open in May. It rained."
    (saying,) = find(text)
    assert (saying.speaker, saying.direct, saying.verb) == ("Ana Horvat", False, "said")
    assert text[saying.start : saying.end] == "the bridge would open in May"
    assert saying.told is not None
    assert text[slice(*saying.told)] == "Ana Horvat said"


def test_no_span_leaves_the_text_and_order_holds() -> None:
    text = "“A,” said Bo Li. “B?” she asked. «В», — сказал он. “Open\n\n“and on” said"
    found = find(text)
    assert all(0 <= s.start < s.end <= len(text) for s in found)
    assert [s.start for s in found] == sorted(s.start for s in found)
    assert find("") == ()
