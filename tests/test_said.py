"""What a speaker said: that speaker's words, with the name; nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.answer.embedded import numbered
from rag.answer.said import voice
from rag.notebook import answer_html as notebook_html
from rag.terminal import answer_lines
from rag.types import Answer, Saying, Sentence
from tests.embedder import WordHash
from window.answers import answer_html as window_html

FAIR = """President Kassym-Jomart Tokayev opened the grain forum in Kostanay on Monday and spoke for an hour.

“Agriculture will get new silos before autumn,” he said. “No harvest will be left in the field.”

Farmer Olga Kim was less sure. “Agriculture needs rain, and silos do not make rain,” Kim said.
"""
TALKS = """Kassym-Jomart Tokayev landed in Belgrade on Tuesday evening, where a band played on the runway.

“Our railways will meet at the sea,” Tokayev said of transport plans. Agriculture was discussed by the ministers alone.
"""


@pytest.fixture
def talking(tmp_path):
    for name, text in (("fair", FAIR), ("talks", TALKS)):
        (tmp_path / f"{name}.txt").write_text(f"News of the {name}\n\n4 May 2024\n\n{text}", "utf-8")
    with Archive(tmp_path / "archive", embedder=WordHash(), workers=1, rerank=False) as archive:
        ingest([tmp_path / "fair.txt", tmp_path / "talks.txt"], into=archive, progress=False)
        yield archive


def test_the_speakers_own_words_with_the_full_name(talking) -> None:
    answer = talking.ask("What did Tokayev say about agriculture?")
    assert answer.plan.kind == "said"
    first = answer.sentences[0]
    assert first.text == "“Agriculture will get new silos before autumn,” he said."
    assert first.speaker == "Kassym-Jomart Tokayev"
    assert answer.text.startswith("Kassym-Jomart Tokayev: “Agriculture")
    assert "rain" not in answer.text
    assert answer.citations[0].article.text[slice(answer.citations[0].start, answer.citations[0].end)] == first.text


def test_who_said_nothing_on_it_is_given_no_words(talking) -> None:
    answer = talking.ask("What did Tokayev say about chess tournaments?")
    assert answer.abstained
    assert "Tokayev" in answer.reason


def test_nobody_else_speaks_for_the_one_who_is_asked_for(talking) -> None:
    answer = talking.ask("What did Kim say about railways?")
    assert "railways will meet" not in answer.text


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The sample articles of the repository."""
    folder = Path(__file__).resolve().parents[1] / "examples" / "articles"
    with Archive(tmp_path_factory.mktemp("said") / "archive", embedder=WordHash(), workers=1, rerank=False) as made:
        ingest(folder, into=made, progress=False)
        yield made


@pytest.mark.parametrize("asked", ["Yerlikaya say", "Djokovic say", "Altman say", "Tokayev say about Serbia"])
def test_who_is_not_the_subject_of_saying_is_given_no_words(examples: Archive, asked: str) -> None:
    answer = examples.ask(f"What did {asked}?")
    assert (answer.abstained, answer.sentences) == (True, ())
    assert answer.reason is not None
    assert answer.reason.startswith(f"No words of {asked.split()[0]}")


def test_the_subject_of_a_second_verb_is_heard(examples: Archive) -> None:
    answer = examples.ask("What did Lastayev say about tourism?")
    assert [s.text for s in answer.sentences] == [
        "Kazakhstan's deputy transport minister, Talgat Lastayev, attended a ceremony at the airport in Astana and said "
        "that he expected business, tourism and culture to gain."
    ]


def test_the_voice_of_a_sentence_that_names_nobody() -> None:
    text = "Ana Horvat came. “We count every drop,” she said."
    start = text.index("“")
    sayings = [Saying("Ana Horvat", start + 1, text.index("”"), True, "said")]
    assert voice(text[start:], start, len(text), sayings) == "Ana Horvat"
    assert voice("“We count,” Horvat said.", start, len(text), sayings) is None
    assert voice("Ana Horvat came.", 0, 16, sayings) is None


def test_the_faces_name_who_speaks_where_the_sentence_does_not() -> None:
    sentence = Sentence("“We count every drop,” she said.", (1,), "supported", speaker="Ana <Horvat>")
    assert numbered(sentence) == "“We count every drop,” she said. (Ana <Horvat>) [1]"
    answer = Answer("Who counts?", numbered(sentence), (sentence,))
    assert "(Ana &lt;Horvat&gt;)" in window_html(answer, 1)
    assert "(Ana &lt;Horvat&gt;)" in notebook_html(answer)
    assert "(Ana <Horvat>)" in answer_lines(answer)[0][1]
    led = Sentence("“We count every drop,” she said.", (1,), "supported", lead="Ana: ", speaker="Ana")
    assert numbered(led) == "Ana: “We count every drop,” she said. [1]"
