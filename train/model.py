"""The reader as a torch module: MiniLM's encoder, and heads for relevance, answerability and the answer's span.

The encoder's weights are those of the packaged all-MiniLM-L6-v2 (BERT's architecture: Devlin et al.,
2019). Written out here, and not taken from a library, since it trains twice as fast on a CPU without
dropout and with word embeddings frozen, and exports to ONNX as one plain graph.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from rag.search.embedding import load as embedder

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
WORDS, POSITIONS, KINDS = 30_522, 512, 2
FAR = -1e4  # added to the attention to padding


class Layer(nn.Module):
    """One transformer layer, normalised after each half as in BERT."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.attended = nn.Linear(WIDTH, WIDTH)
        self.attended_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.inner = nn.Linear(WIDTH, INNER)
        self.outer = nn.Linear(INNER, WIDTH)
        self.outer_norm = nn.LayerNorm(WIDTH, eps=1e-12)

    def forward(self, x: Tensor, far: Tensor) -> Tensor:
        n, length, _ = x.shape
        q, k, v = self.qkv(x).reshape(n, length, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        attention = (torch.matmul(q, k.transpose(-1, -2)) * (WIDTH // HEADS) ** -0.5 + far).softmax(-1)
        seen = torch.matmul(attention, v).transpose(1, 2).reshape(n, length, WIDTH)
        x = self.attended_norm(x + self.attended(seen))
        return self.outer_norm(x + self.outer(F.gelu(self.inner(x))))


class ReaderModel(nn.Module):
    """ids, kinds (0 the question, 1 the rest), mask, each pairs x tokens -> scores, pairs x 2; spans, pairs x tokens x 2.

    Scores are the relevance and the logit of "the answer stands here"; spans are the logits of the
    answer's start and end, the first token meaning "no answer". Only passage tokens are looked at.
    """

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(WORDS, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.kinds = nn.Embedding(KINDS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.layers = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.pooled = nn.Linear(WIDTH, WIDTH)
        self.scores = nn.Linear(WIDTH, 2)
        self.spans = nn.Linear(WIDTH, 2)

    def forward(self, ids: Tensor, kinds: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        x = self.words(ids) + self.kinds(kinds) + self.positions.weight[: ids.shape[1]]
        x = self.norm(x)
        far = ((1 - mask[:, None, None, :]) * FAR).to(x.dtype)
        for layer in self.layers:
            x = layer(x, far)
        return self.scores(torch.tanh(self.pooled(x[:, 0]))), self.spans(x)


def pretrained() -> ReaderModel:
    """The encoder of all-MiniLM-L6-v2 under fresh heads."""
    folder = embedder("all-MiniLM-L6-v2").folder
    assert folder is not None
    torch.manual_seed(0)
    model = ReaderModel()
    for head in (model.pooled, model.scores, model.spans):
        nn.init.normal_(head.weight, std=0.02)
        nn.init.zeros_(head.bias)
    given = load_file(folder / "model.safetensors")
    missing, unknown = model.load_state_dict(_renamed(given), strict=False)
    assert not unknown, unknown
    assert all(name.split(".")[0] in ("pooled", "scores", "spans") for name in missing), missing
    return model


def restored(path: Path) -> ReaderModel:
    """A checkpoint, in float32 whatever it was kept in."""
    model = ReaderModel()
    model.load_state_dict({name: t.float() for name, t in load_file(path).items()})
    return model


def _renamed(given: dict[str, Tensor]) -> dict[str, Tensor]:
    """BERT's names to the ones above; the three projections of attention become one."""
    found = {
        "words.weight": given["embeddings.word_embeddings.weight"],
        "positions.weight": given["embeddings.position_embeddings.weight"],
        "kinds.weight": given["embeddings.token_type_embeddings.weight"],
    }
    for part in ("weight", "bias"):
        found[f"norm.{part}"] = given[f"embeddings.LayerNorm.{part}"]
        for i in range(LAYERS):
            bert, here = f"encoder.layer.{i}", f"layers.{i}"
            found[f"{here}.qkv.{part}"] = torch.cat(
                [given[f"{bert}.attention.self.{name}.{part}"] for name in ("query", "key", "value")]
            )
            found[f"{here}.attended.{part}"] = given[f"{bert}.attention.output.dense.{part}"]
            found[f"{here}.attended_norm.{part}"] = given[f"{bert}.attention.output.LayerNorm.{part}"]
            found[f"{here}.inner.{part}"] = given[f"{bert}.intermediate.dense.{part}"]
            found[f"{here}.outer.{part}"] = given[f"{bert}.output.dense.{part}"]
            found[f"{here}.outer_norm.{part}"] = given[f"{bert}.output.LayerNorm.{part}"]
    return found
