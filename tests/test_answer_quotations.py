"""Laws of the gate: what keeps its marks stands in the article; what is put right is the article's own words."""

from __future__ import annotations

import pytest

from rag.answer.quotations import Quotation, gate, speakers, with_speaker
from rag.types import Article
from tests.passages import article, evidence

FLOOD = article(
    "“We lost the whole harvest, and nobody warned us,” said Aigul Saparova, a farmer near Petropavl. The governor, "
    "Marat Ospanov, came on Friday.\n\n“I do not expect help before winter,” said her neighbour. Ospanov promised new "
    "dykes along the whole river."
)
OTHER = Article("b1", "Older news", "“Water has no memory,” the old ferryman liked to say.")
EVIDENCE = evidence(FLOOD)


def gated(text: str) -> tuple[str, Quotation]:
    found = gate(text, EVIDENCE, lambda words: [OTHER])
    (one,) = found.quotations
    if one.place is not None:
        number, start, end = one.place
        held = EVIDENCE[number].text[start:end]
        assert one.state == "exact" or held == one.shown.rstrip(",")
    return found.text, one


@pytest.mark.parametrize(
    "quoted",
    [
        "“We lost the whole harvest”",
        '"we lost  the whole\nharvest,"',
        "«We lost the whole harvest»",
        "‘We lost the whole harvest’",
        "'lost the whole harvest'",
        "“[W]e lost … harvest”",
        "“We lost [our] whole harvest”",
        "“We lost the [...] harvest, and nobody warned us”",
    ],
)
def test_exact_words_keep_their_marks_and_know_their_span(quoted: str) -> None:
    text, one = gated(f"She said {quoted}.")
    assert one.state == "exact"
    assert text == f"She said {quoted}."
    assert one.notice is None


@pytest.mark.parametrize(
    ("quoted", "state"),
    [
        ("We shall sue the ministry in Astana", "not found"),
        ("We lost every single sheep", "not found"),
        ("We lost the whole harvest. Ospanov promised new dykes", "stitched"),
        ("Water has no memory", "elsewhere"),
        ("We lost [not a bit of] harvest", "stitched"),
    ],
)
def test_other_words_lose_their_marks_and_are_named(quoted: str, state: str) -> None:
    text, one = gated(f"She said “{quoted}”.")
    assert one.state == state
    assert text == f"She said {quoted}."
    assert quoted in str(one.notice)


def test_an_altered_quotation_is_put_right_where_one_span_is_meant() -> None:
    text, one = gated("She said: “We lost the entire harvest, and nobody warned us.”")
    assert one.state == "altered"
    assert text == "She said: “We lost the whole harvest, and nobody warned us”"


@pytest.mark.parametrize(
    "quoted", ["“I expect help before winter”", "“expect help before winter”", "“I … expect help”"]
)
def test_a_dropped_not_is_put_back_or_costs_the_marks(quoted: str) -> None:
    text, one = gated(f"The neighbour said: {quoted}.")
    assert one.state != "exact"
    assert "“" not in text or "do not expect help" in text


@pytest.mark.parametrize("text", ["He said “we shall pay for it", "He said: we shall pay” today", 'A " alone', "«so"])
def test_a_mark_without_a_partner_goes(text: str) -> None:
    assert not set('“”«»"') & set(gate(text, EVIDENCE).text)


def test_numbers_inside_a_quotation_go_behind_it() -> None:
    assert gate("“We lost the whole harvest [1]”", EVIDENCE).text == "“We lost the whole harvest” [1]"


def test_apostrophes_are_no_quotation_marks() -> None:
    text = "The farmers' harvest and the neighbours' dykes weren't Ospanov's; rock 'n' roll."
    assert gate(text, EVIDENCE).text == text


@pytest.mark.parametrize(
    ("sentence", "speaker"),
    [
        ("“We lost the whole harvest,” said Aigul Saparova.", True),
        ("Saparova said: “We lost the whole harvest,”", True),
        ("“We lost the whole harvest,” said President Tokayev.", False),
        ("“We lost the whole harvest,” a farmer said.", None),
    ],
)
def test_who_said_it_is_named_beside_the_words(sentence: str, speaker: bool | None) -> None:
    (one,) = gate(sentence, EVIDENCE).quotations
    assert with_speaker(one, sentence, EVIDENCE).speaker is speaker


def test_names_inside_the_quotation_say_nothing() -> None:
    assert speakers("“Ospanov promised new dykes,” said Saparova.", "Ospanov promised new dykes,") == ["saparova"]
