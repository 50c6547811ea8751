"""Who says what: the speaker's fullest name, or None where the text does not tell."""

from __future__ import annotations

import pytest

from rag.speech.sayings import find, tellers


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


# -- who is meant, where it is not plain -------------------------------------------------

DEMIREL = (
    "Turkey's interior minister, Ali Yerlikaya, gave the final figure: 53,537 people died.\n\n"
    "Court cases move slowly. In the village where Ayşe Demirel grew up, the mosque was finished before the school. "
    "She is not complaining, she said, only counting."
)


def told(text: str) -> list[tuple[str | None, str]]:
    return [(s.speaker, text[s.start : s.end]) for s in find(text)]


def test_a_pronoun_is_nobody_where_somebody_else_was_named_since() -> None:
    assert [who for who, _ in told(DEMIREL)] == [None]
    text = (
        "Ms Murati was chief for a weekend. The other name was Ilya Sutskever, who had sacked Mr Altman; he wrote that "
        "he regretted it. Mira Murati left."
    )
    assert [who for who, _ in told(text)] == [None]


def test_a_pronoun_far_from_a_name_whose_sex_nothing_tells_is_nobody() -> None:
    near = "Eirik Dahl owns the mill. “It is late,” he said."
    far = "Eirik Dahl owns the mill.\n\n" + "The river rose all night and the road to the town was under water. " * 6
    assert [who for who, _ in told(near)] == ["Eirik Dahl"]
    assert [who for who, _ in told(far + "“It is late,” he said.")] == [None]


def test_a_role_that_nobody_has_is_not_given_to_somebody_with_another() -> None:
    text = "The minister Eirik Dahl came by bus. “It is late,” the driver said."
    assert [who for who, _ in told(text)] == [None]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Ana Horvat, an engineer, attended the opening at the dam and said that it would hold.", "Ana Horvat"),
        ("Ana Horvat sacked the minister and later added that it was late.", None),
        ("Ana Horvat met Milan Ilić, who left and said that it was late.", None),
        ("Ana Horvat left and Milan Ilić stayed and said that it was late.", None),
        ("Ana Horvat was told that it was late.", None),
        ("On Monday the minister, Ana Horvat, said that it was late.", "Ana Horvat"),
        ("Later that day Ana Horvat said that it was late.", "Ana Horvat"),
        ("Officials travelling with Mr Horvat said that it was late.", None),
        ("People who work at Northlight told reporters that it was late.", None),
        ("The board that fired Horvat said that it was late.", None),
    ],
)
def test_the_subject_of_the_verb_is_the_speaker(text: str, wanted: str | None) -> None:
    assert {who for who, _ in told(text)} - {None} == ({wanted} if wanted else set())


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mr Tokayev praised the crew.", {"Tokayev"}),
        ("After the talks Mr Vučić warned of a hard winter.", {"Vučić"}),
        ("Trade will grow, according to Ana Horvat.", {"Ana Horvat"}),
        ("Президент Касым-Жомарт Токаев заявил о новых контрактах.", {"Касым-Жомарт Токаев"}),
        ("Лица, прибывшие с Токаевым, заявили о новых контрактах.", set()),
        ("PARIS — Novak Djokovic put his face in a towel and shook.", set()),
        ("Sam Altman was dismissed on Friday by a board that said he had not been consistently candid.", set()),
        ("Officials travelling with Mr Tokayev said that trade would fill the agenda.", set()),
        ("Ana Horvat was asked about it.", set()),
    ],
)
def test_who_tells_something_in_a_sentence_by_itself(text: str, wanted: set[str]) -> None:
    assert set(tellers(text)) == wanted
