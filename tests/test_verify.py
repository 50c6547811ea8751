"""Laws of checking: a citation is its span of the article, and nothing unsupported keeps a number."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answer.verify import Checked, check
from rag.types import Article
from tests.passages import article, evidence

TALKS = article("The two sides named farming and mining as priorities. Trade grew to 71.5 million dollars in 2023.")
FLOOD = article(
    "“We lost the whole harvest,” said a farmer near Petropavl. Two dams broke on Friday.", id="a2", title="Floods"
)
EVIDENCE = evidence(TALKS, FLOOD)
ARTICLES = {a.id: a for a in (TALKS, FLOOD)}


def checked(text: str) -> Checked:
    found = check(text, EVIDENCE, ARTICLES.get)
    for citation in found.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert EVIDENCE[citation.number] == citation.passage
    return found


def test_a_supported_sentence_keeps_its_number_and_finds_its_words() -> None:
    found = checked("Farming and mining are priorities for the two sides [1].")
    assert found.text == "Farming and mining are priorities for the two sides. [1]"
    assert found.sentences[0].support == "supported"
    assert found.citations[0].quote == "The two sides named farming and mining as priorities."


def test_a_number_that_does_not_exist_is_dropped() -> None:
    found = checked("The two sides named farming and mining [1][9].")
    assert found.sentences[0].citations == (1,)
    assert "[9]" not in found.text


def test_a_wrong_number_gives_way_to_the_passage_that_supports() -> None:
    assert checked("Two dams broke on Friday [1].").sentences[0].citations == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "Trade grew to 99 million dollars in 2023 [1].",
        "Trade grew to 71.5 million dollars in 2021 [1].",
        "The presidents signed a treaty about fishing rights in the Arctic [1].",
    ],
)
def test_what_the_evidence_does_not_say_loses_its_number(text: str) -> None:
    found = checked(text)
    assert found.citations == ()
    assert found.sentences[0].support == "unsupported"


def test_a_quotation_in_the_evidence_stays_one() -> None:
    found = checked('A farmer said: "We lost the whole harvest" [2].')
    assert '"We lost the whole harvest"' in found.text
    assert found.notices == ()


def test_a_made_up_quotation_loses_its_marks_and_is_said() -> None:
    found = checked('A farmer near Petropavl said "we will rebuild everything soon" [2].')
    assert '"' not in found.text
    assert "we will rebuild everything soon" in found.notices[0]
    assert found.sentences[0].support != "supported"


def test_marks_after_the_full_stop_belong_to_the_sentence_before() -> None:
    found = checked("Two dams broke on Friday. [2] Farming and mining are priorities. [1]")
    assert [s.citations for s in found.sentences] == [(2,), (1,)]


def test_an_article_that_changed_since_is_not_cited() -> None:
    changed = Article("a1", "Talks", "Other words stand here now.")
    found = check("The two sides named farming and mining [1].", EVIDENCE, {"a1": changed, "a2": FLOOD}.get)
    assert found.citations == ()
    assert found.sentences[0].citations == ()


NEWS = article(
    "The central bank did not lower its rate on Tuesday. It stayed at 3.25 percent, Governor Irina Belova said. "
    "Exports rose by 12 percent to 4.5 billion tenge in October. The Norwegian player Olsen beat Marta Silva of Brazil "
    "in the final on 16 November.\n\n“We will wait for the figures of December,” said Belova.",
    id="a3",
    title="Rate unchanged",
)


def state(text: str) -> str:
    found = check(text, evidence(NEWS), {NEWS.id: NEWS}.get)
    assert all(c.article.text[c.start : c.end] == c.quote for c in found.citations)
    return found.sentences[0].support


@pytest.mark.parametrize(
    "text",
    [
        "Exports rose by 12 % to 4,500 million tenge in October.",
        "Exports grew by twelve percent to 4.5bn tenge in October.",
        "Marta Silva was beaten in the final by the Norwegian player Olsen on Nov. 16.",
        "On 19 November 2024 the central bank did not lower its rate.",
        "The central bank's rate stayed at 3.25 per cent, Irina Belova said.",
    ],
)
def test_the_same_value_in_other_words_is_no_difference(text: str) -> None:
    assert state(text) in ("supported", "partly")


@pytest.mark.parametrize(
    "text",
    [
        "Exports rose by 21 percent to 4.5 billion tenge in October.",
        "Exports rose by 12 percent to 4.5 million tenge in October.",
        "Exports fell by 12 percent to 4.5 billion tenge in October.",
        "The central bank did lower its rate on Tuesday.",
        "The central bank did not lower its rate on Friday.",
        "Marta Silva of Brazil beat the Norwegian player Olsen in the final.",
        "The Norwegian player Olsen beat Marta Silva of Brazil in the final on 6 November.",
        "The Norwegian player Olsen beat Marta Souza of Brazil in the final.",
        "“We will wait for the figures of December,” said Olsen.",
        "“We will never wait again for anything they publish,” said Belova.",
    ],
)
def test_another_value_makes_it_unsupported_however_alike_the_words(text: str) -> None:
    assert state(text) == "unsupported"


@pytest.mark.parametrize(
    "text",
    [
        "Kazakhstan suspended cooperation with Serbia in mining and healthcare [1].",
        "Kazakhstan and Serbia quarrelled over mining and agriculture on Tuesday [1].",
        "Kazakhstan banned Serbian partners from space [1].",
    ],
)
def test_names_in_common_do_not_support_another_verb(text: str) -> None:
    real = article(
        "Kazakhstan and Serbia agreed on Tuesday to give priority to cooperation in mining, agriculture and healthcare. "
        "Kazakhstan offered to work with Serbian partners in space."
    )
    found = check(text, evidence(real), {real.id: real}.get)
    assert found.sentences[0].support != "supported"


def test_a_quotation_is_cited_to_its_very_words() -> None:
    found = check("Belova said: “We will wait for the figures of December” [1].", evidence(NEWS), {NEWS.id: NEWS}.get)
    assert "We will wait for the figures of December" in [c.quote for c in found.citations]


def test_other_words_of_a_cited_passage_are_partly_supported_by_their_meaning() -> None:
    def encode(texts):  # one meaning for all
        return np.ones((len(texts), 1), dtype=np.float32)

    text = "Nobody expects surprises any more [1]."
    assert check(text, evidence(NEWS), {NEWS.id: NEWS}.get).sentences[0].support == "unsupported"
    found = check(text, evidence(NEWS), {NEWS.id: NEWS}.get, encode=encode)
    assert (found.sentences[0].support, found.sentences[0].citations) == ("partly", (1,))
    uncited = check("Nobody expects surprises any more.", evidence(NEWS), {NEWS.id: NEWS}.get, encode=encode)
    assert uncited.sentences[0].support == "unsupported"


@pytest.mark.parametrize("text", ["", " \n\t ", "…", "[1]", "“”", "and so on " * 3000])
def test_empty_and_endless_answers_are_taken_as_they_are(text: str) -> None:
    found = check(text, evidence(NEWS), {NEWS.id: NEWS}.get)
    assert found.citations == ()
    assert all(s.support == "unsupported" for s in found.sentences)
