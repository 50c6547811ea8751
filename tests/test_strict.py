from __future__ import annotations

import pytest

from rag.answer.strict import supported_only
from rag.answer.verify import Checked
from rag.types import Sentence

MET = Sentence("They met in Belgrade.", (1,), "supported")
RAINED = Sentence("It rained.", (), "unsupported")
AGREED = Sentence("They agreed on mining.", (1, 2), "partly")


def checked(text: str, *sentences: Sentence) -> Checked:
    return Checked(text, sentences, (), ("A notice.",))


@pytest.mark.parametrize(
    ("text", "sentences", "left"),
    [
        ("They met in Belgrade. [1] It rained.", (MET, RAINED), "They met in Belgrade. [1]"),
        ("It rained. They met in Belgrade. [1]", (RAINED, MET), "They met in Belgrade. [1]"),
        (
            "They met in Belgrade. [1]\n\nIt rained. They agreed on mining. [1] [2]",
            (MET, RAINED, AGREED),
            "They met in Belgrade. [1]\n\nThey agreed on mining. [1] [2]",
        ),
        ("It rained.", (RAINED,), ""),
    ],
)
def test_what_no_passage_supports_is_left_out_and_said_so(
    text: str, sentences: tuple[Sentence, ...], left: str
) -> None:
    strict = supported_only(checked(text, *sentences))
    assert strict.text == left
    assert [s.text for s in strict.sentences] == [s.text for s in sentences if s is not RAINED]
    assert strict.notices == ("A notice.", "One sentence that no passage supports was left out.")
    at = 0
    for sentence in strict.sentences:  # each stands in the text, in order
        at = strict.text.index(sentence.text, at) + len(sentence.text)


def test_an_answer_that_is_supported_stays_as_it_is() -> None:
    whole = checked("They met in Belgrade. [1] They agreed on mining. [1] [2]", MET, AGREED)
    assert supported_only(whole) is whole


def test_several_are_counted() -> None:
    assert supported_only(checked("It rained. It rained.", RAINED, RAINED)).notices[-1].startswith("2 sentences")
