"""Laws of a text without links: nothing in it can be clicked or loaded, and the words stay."""

from __future__ import annotations

import random
import re

import pytest

from rag.answer.links import unlink
from tests.passages import article, evidence

EVIDENCE = evidence(article("Text.", id="talks"), article("More.", id="floods"))
PIECES = (
    "[", "]", "](", "(", ")", "!", "<", ">", "<a href=", "<img src=", "https://", "http://e.example", "www.", "x", " ",
    "\n", "[1]", "![", "]:", "javascript:", "<!--", "-->", "//", ":", "\u200b", "e.example/p.png", '"t"',
)  # fmt: skip


def test_nothing_is_left_that_could_be_clicked_or_loaded() -> None:
    chance = random.Random(11)
    for _ in range(6000):
        written = "".join(chance.choices(PIECES, k=chance.randint(1, 24)))
        left = unlink(written, EVIDENCE).text
        assert not re.search(r"://|\]\(|!\[|<[a-z/!]|\u200b|(?<![^\W_])www\.\w", left, re.IGNORECASE), ascii(written)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("See [the talks](https://example.org/talks).", "See the talks [1]."),
        ("See https://example.org/floods/, it says.", "See [2], it says."),
        ("See <https://example.org/talks>.", "See [1]."),
        ("See [our page](https://evil.example/?q=secret).", "See our page."),
        ("See https://evil.example/?q=1.", "See (link removed)."),
        ("See (https://example.org/talks?steal=1).", "See ((link removed))."),
        ("Mining ![chart](https://evil.example/p.png?q=1) [1].", "Mining  [1]."),
        ('Mining <img src="https://evil.example/p.png"> [1].', "Mining  [1]."),
        ("[Mining][x] [1].\n\n[x]: https://evil.example", "[Mining][x] [1].\n\n"),
        ("[click](javascript:alert(1))", "click"),
        ("Mining [1](https://evil.example).", "Mining [1]."),
        ("They won![1]", "They won! [1]"),
        ("Mining <!-- hidden --> [1].", "Mining  [1]."),
        ("h\u200bttps://evil.example", "(link removed)"),
    ],
)
def test_words_stay_and_addresses_go(written: str, left: str) -> None:
    assert unlink(written, EVIDENCE).text == left


@pytest.mark.parametrize(
    "written", ["Farming [1][3], mining [2, 4].", "“we [will] go” (see p. 3)", "a < b", "data: 5 %", "What!"]
)
def test_a_text_without_links_stays_as_it_is(written: str) -> None:
    found = unlink(written, EVIDENCE)
    assert (found.text, found.notice) == (written, None)


def test_what_was_taken_out_is_counted_and_said() -> None:
    found = unlink("![a](https://e.example/p.png) https://e.example", EVIDENCE)
    assert found.removed == 2
    assert found.notice == "2 links or images that the model wrote were taken out."


def test_links_inside_links_come_to_an_end() -> None:
    written = "[" * 400 + "x" + "](https://e.example)" * 400
    assert "](" not in unlink(written, EVIDENCE).text
