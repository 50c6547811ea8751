"""Laws of checking: a citation is its span of the article, and nothing unsupported keeps a number."""

from __future__ import annotations

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
