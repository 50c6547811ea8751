"""How a question and a passage become the reader's input: the same in training and in use.

    [CLS] question [SEP] title [SEP] passage [SEP]        kinds 0 … 0 1 … 1

A passage that is too long is read in windows that overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

QUESTION, TITLE, PASSAGE = 48, 24, 288  # tokens at most; with the four marks within the encoder's 512 positions
STRIDE = 96  # tokens that two windows of one passage share
CLS, SEP, PAD = 101, 102, 0

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text as token ids, with each token's start and end in it."""

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]

    def cut(self, start: int, end: int) -> Tokens:
        return Tokens(self.ids[start:end], self.offsets[start:end])

    def windows(self) -> list[Tokens]:
        """Itself, or windows of PASSAGE tokens that share STRIDE tokens with the one before."""
        if len(self.ids) <= PASSAGE:
            return [self]
        starts = range(0, len(self.ids) - STRIDE, PASSAGE - STRIDE)
        return [self.cut(start, start + PASSAGE) for start in starts]


@dataclass(frozen=True, slots=True)
class Batch:
    """ids, kinds and mask, each pairs x tokens; `firsts` are the positions of the passages' first tokens."""

    ids: Ids
    kinds: Ids
    mask: Ids
    firsts: tuple[int, ...]


def tokens(tokenizer: Any, text: str) -> Tokens:
    found = tokenizer.encode(text, add_special_tokens=False)
    return Tokens(tuple(found.ids), tuple(found.offsets))


@lru_cache(maxsize=4)
def tokenizer(path: Path) -> Any:
    """The tokenizer of that file, which neither cuts nor pads."""
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(path))
    found.no_truncation()
    found.no_padding()
    return found


def lay_out(pairs: Sequence[tuple[Tokens, Tokens, Tokens]], multiple: int = 8) -> Batch:
    """(question, title, passage) of each pair, padded to one length, a multiple of `multiple`."""
    rows, firsts, seconds = [], [], []  # a pair's second part begins after the question
    for question, title, passage in pairs:
        asked = (CLS, *question.ids[:QUESTION], SEP)
        head = (*asked, *title.ids[:TITLE], SEP)
        rows.append((*head, *passage.ids[:PASSAGE], SEP))
        firsts.append(len(head))
        seconds.append(len(asked))
    longest = -(-max(len(row) for row in rows) // multiple) * multiple
    ids = np.full((len(rows), longest), PAD, dtype=np.int64)
    kinds, mask = np.zeros_like(ids), np.zeros_like(ids)
    for i, (row, second) in enumerate(zip(rows, seconds, strict=True)):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
        kinds[i, second : len(row)] = 1
    return Batch(ids, kinds, mask, tuple(firsts))
