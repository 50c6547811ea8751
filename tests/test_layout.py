"""The reader's input: the parts in their order, padding that is masked, windows that leave nothing out."""

from __future__ import annotations

import numpy as np
import pytest

from rag.search.layout import CLS, PAD, PASSAGE, QUESTION, SEP, STRIDE, TITLE, Tokens, lay_out, tokenizer, tokens
from tests.readers import PACKAGED, TOKENS


def some(n: int, first: int = 1000) -> Tokens:
    """n tokens, the i-th of them standing at 5i to 5i + 4."""
    return Tokens(tuple(range(first, first + n)), tuple((5 * i, 5 * i + 4) for i in range(n)))


def test_offsets_give_the_words_back() -> None:
    text = "Tokayev visited Belgrade; “Serbia” paid 3.5 million."
    found = tokens(TOKENS, text)
    assert "".join(text[s:e] for s, e in found.offsets) == text.replace(" ", "")
    assert all(TOKENS.token_to_id(text[s:e].lower()) == id for id, (s, e) in zip(found.ids, found.offsets, strict=True)
               if TOKENS.token_to_id(text[s:e].lower()) is not None and not TOKENS.id_to_token(id).startswith("##"))  # fmt: skip


def test_marks_are_the_tokenizers_own() -> None:
    assert [TOKENS.id_to_token(id) for id in (CLS, SEP, PAD)] == ["[CLS]", "[SEP]", "[PAD]"]


def test_the_tokenizer_neither_cuts_nor_pads() -> None:
    assert PACKAGED is not None
    assert len(tokens(tokenizer(PACKAGED), "rain " * 700).ids) == 700


def test_parts_in_their_order() -> None:
    batch = lay_out([(some(3, 10), some(2, 20), some(4, 30)), (some(1, 40), Tokens((), ()), some(2, 50))])
    assert batch.ids.tolist() == [
        [CLS, 10, 11, 12, SEP, 20, 21, SEP, 30, 31, 32, 33, SEP, PAD, PAD, PAD],
        [CLS, 40, SEP, SEP, 50, 51, SEP] + [PAD] * 9,
    ]
    assert batch.kinds.tolist() == [[0] * 5 + [1] * 8 + [0] * 3, [0] * 3 + [1] * 4 + [0] * 9]
    assert batch.mask.sum(1).tolist() == [13, 7]
    assert batch.firsts == (8, 4)


def test_masked_is_what_is_padding() -> None:
    batch = lay_out([(some(5), some(3), some(n)) for n in (1, 9, 40)], multiple=16)
    assert (batch.mask == (batch.ids != PAD)).all()
    assert batch.ids.shape[1] % 16 == 0
    assert (np.diff(batch.mask, axis=1) <= 0).all()


def test_too_long_parts_are_cut_and_fit_the_encoder() -> None:
    batch = lay_out([(some(500), some(500), some(500))])
    assert int(batch.mask.sum()) == QUESTION + TITLE + PASSAGE + 4 <= 512
    assert batch.firsts == (QUESTION + TITLE + 3,)


@pytest.mark.parametrize("n", [0, 1, PASSAGE, PASSAGE + 1, 2 * PASSAGE - STRIDE, 2 * PASSAGE - STRIDE + 1, 1000, 3001])
def test_windows_leave_nothing_out(n: int) -> None:
    whole = some(n)
    windows = whole.windows()
    assert all(len(w.ids) <= PASSAGE and len(w.ids) == len(w.offsets) for w in windows)
    assert {o for w in windows for o in w.offsets} == set(whole.offsets)
    assert [w.ids[:STRIDE] for w in windows[1:]] == [w.ids[-STRIDE:] for w in windows[:-1]]
    # A place of up to STRIDE tokens stands whole in some window.
    assert all(any(set(whole.ids[i : i + STRIDE]) <= set(w.ids) for w in windows) for i in range(0, n, 7))
