"""Readers that are made in a moment: weights at random, or set by hand so that they point at one word."""

from __future__ import annotations

import shutil
from pathlib import Path

import torch
from torch import nn

from rag.search.embedding import load as embedder
from rag.search.layout import tokenizer
from train.export import FLOAT, TOKENIZER, export, seal
from train.model import ReaderModel

WORD = "treasure"  # what `pointing` finds: one token
PACKAGED = embedder("all-MiniLM-L6-v2").tokenizer
assert PACKAGED is not None
TOKENS = tokenizer(PACKAGED)


def random(layers: int = 1) -> ReaderModel:
    torch.manual_seed(7)
    model = ReaderModel()
    model.layers = model.layers[:layers]
    return model.eval()


def pointing() -> ReaderModel:
    """A layer that adds nothing: a token's logits come from its own embedding, and WORD's alone is high."""
    model = random()
    for one in (model.layers[0].attended, model.layers[0].outer):
        nn.init.zeros_(one.weight)
        nn.init.zeros_(one.bias)
    for one in (model.words, model.positions, model.kinds, model.spans):
        nn.init.normal_(one.weight, std=1e-3)
    model.words.weight.data[TOKENS.token_to_id(WORD), 5] = 10.0
    model.spans.weight.data[:, 5] = 1.0
    return model


def kept(model: ReaderModel, folder: Path) -> Path:
    """A folder as rag/weights/reader is, with the model in float32."""
    folder.mkdir(parents=True)
    assert PACKAGED is not None
    shutil.copyfile(PACKAGED, folder / TOKENIZER)
    export(model, folder / FLOAT)
    seal(folder, (FLOAT, TOKENIZER))
    return folder
