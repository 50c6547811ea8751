"""Makes the shipped reader out of a trained one: `python -m train.export [--from train/checkpoint/reader.safetensors]`.

    the cache              reader-fp32.onnx, what the int8 one is compared with
    rag/weights/reader     reader.onnx (int8), tokenizer.json, SHA256.json, README.md
    docs/images            reader-loss.png

Activations are quantised as one tensor, whose range a few channels make ten times too wide. So the
inputs of the linear layers are scaled down where they are large, and the weights up by as much
(SmoothQuant: Xiao et al., ICML 2023). Graphs with fused attention or layers' norms were slower in int8.
"""

from __future__ import annotations

import argparse
import copy
import hashlib
import json
import os
import shutil
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from evals.data import folder
from rag.search.embedding import load as embedder
from rag.search.layout import lay_out, tokenizer, tokens
from rag.search.reader import FOLDER, Reader
from train import card
from train.data import Question, Squad, load
from train.mine import home
from train.model import ReaderModel, pretrained
from train.reader import CHECKPOINT

FLOAT, INT8, TOKENIZER = "reader-fp32.onnx", "reader.onnx", "tokenizer.json"
LINEAR = ("qkv", "attended", "inner", "outer")  # of a layer, whose inputs are smoothed
SMOOTHED = 0.65  # how much of the range goes from the activations to the weights: 0 none, 1 all
SEEN = 64  # training questions whose activations are looked at
COMPARED = 200  # held-back questions that both models read
AGREEMENT = 0.9  # share of them where both find the same span, at least
LARGEST = 30_000_000  # bytes of the shipped model


def main() -> None:
    asked = _arguments()
    data = folder()
    if data is None:
        return
    squad, path = load(data), asked.path or trained()
    model = read_in(path)
    home().mkdir(parents=True, exist_ok=True)
    packaged = embedder("all-MiniLM-L6-v2").tokenizer
    assert packaged is not None
    shutil.copyfile(packaged, home() / TOKENIZER)
    export(model, home() / FLOAT)
    quantise(smoothed(model, ranges(model, squad, squad.questions[:SEEN])), home() / INT8)
    seal(home(), (FLOAT, INT8, TOKENIZER))
    differences = compare(home(), squad, squad.held_back[:COMPARED])
    print("\n".join(f"{name}: {value:.3f}" for name, value in differences.items()))
    refuse(differences, (home() / INT8).stat().st_size)
    ship(home(), FOLDER)
    state = card.state_of(path)
    card.draw(state["losses"])
    (FOLDER / "README.md").write_text(card.text(state, squad, data, differences), encoding="utf-8")
    print(f"shipped {path.name} to {FOLDER.name}: {(FOLDER / INT8).stat().st_size / 1e6:.1f} MB", file=sys.stderr)


def trained() -> Path:
    """The checkpoint."""
    path = CHECKPOINT / "reader.safetensors"
    if not path.is_file():
        sys.exit(
            f"there is no trained reader in {CHECKPOINT.name}. Make one: python -m train.mine, then python -m train.reader"
        )
    return path


def read_in(path: Path) -> ReaderModel:
    """The model of that file, which leaves out the word embeddings: they are the packaged ones."""
    model = pretrained()
    missing, unknown = model.load_state_dict({n: t.float() for n, t in load_file(path).items()}, strict=False)
    if unknown or set(missing) - {"words.weight"}:
        sys.exit(f"{path} is not a reader's checkpoint: unknown {unknown[:3]}, missing {missing[:3]}")
    return model.eval()


# -- graphs ------------------------------------------------------------------------------


def export(model: nn.Module, path: Path) -> None:
    """Write the float32 graph: ids, kinds, mask (int64, pairs x tokens) -> scores, spans."""
    example = tuple(torch.ones(2, 16, dtype=torch.int64) for _ in range(3))
    both, pairs = {0: "pairs", 1: "tokens"}, {0: "pairs"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of the exporter: the one in its place needs onnxscript
        torch.onnx.export(
            model, example, path, dynamo=False, opset_version=17,
            input_names=["ids", "kinds", "mask"], output_names=["scores", "spans"],
            dynamic_axes={"ids": both, "kinds": both, "mask": both, "spans": both, "scores": pairs},
        )  # fmt: skip


def quantise(model: nn.Module, path: Path) -> None:
    """Write the int8 graph: weights by channel, word embeddings too; activations by what they are at run time."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = path.with_suffix(".float.onnx")
    export(model, whole)
    quantize_dynamic(whole, path, per_channel=True, weight_type=QuantType.QInt8)
    whole.unlink()


class Smoothed(nn.Module):
    """A linear layer that gives the same, with inputs divided and weights multiplied by `scale`."""

    def __init__(self, linear: nn.Linear, scale: Tensor) -> None:
        super().__init__()
        self.linear = copy.deepcopy(linear)
        self.linear.weight.data *= scale
        self.register_buffer("inverse", 1 / scale)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x * self.inverse)


def smoothed(model: ReaderModel, largest: dict[str, Tensor]) -> ReaderModel:
    """A model of the same function whose activations are easier to quantise."""
    model = copy.deepcopy(model)
    for i, layer in enumerate(model.layers):
        for name in LINEAR:
            linear = getattr(layer, name)
            weights = linear.weight.data.abs().amax(0).clamp(min=1e-3)
            scale = largest[f"{i} {name}"].clamp(min=1e-3) ** SMOOTHED / weights ** (1 - SMOOTHED)
            setattr(layer, name, Smoothed(linear, scale / scale.median()))
    return model


def ranges(model: ReaderModel, squad: Squad, questions: Sequence[Question]) -> dict[str, Tensor]:
    """The largest absolute input of each linear layer, channel by channel, over these questions' own paragraphs."""
    found: dict[str, Tensor] = {}

    def look(key: str, x: Tensor) -> None:
        largest = x.abs().flatten(0, -2).amax(0)
        found[key] = torch.maximum(found.get(key, largest), largest)

    hooks = [
        getattr(layer, name).register_forward_pre_hook(lambda _, inputs, key=f"{i} {name}": look(key, inputs[0]))
        for i, layer in enumerate(model.layers)
        for name in LINEAR
    ]
    read = tokenizer(home() / TOKENIZER)
    with torch.no_grad():
        for question in questions:
            paragraph = squad.paragraphs[question.paragraph]
            pair = tuple(tokens(read, text) for text in (question.text, paragraph.title, paragraph.text))
            batch = lay_out([pair], multiple=1)
            model(*(torch.from_numpy(a) for a in (batch.ids, batch.kinds, batch.mask)))
    for hook in hooks:
        hook.remove()
    return found


# -- shipping ----------------------------------------------------------------------------


def compare(place: Path, squad: Squad, questions: Sequence[Question]) -> dict[str, float]:
    """How far int8 is from float32 on questions with their own paragraphs."""
    before, after = (Reader(place, model=name) for name in (FLOAT, INT8))
    relevance, answerable, same = [], [], []
    for question in questions:
        paragraph = squad.paragraphs[question.paragraph]
        one, other = (r.read(question.text, [(paragraph.title, paragraph.text)])[0] for r in (before, after))
        relevance.append(abs(one.relevance - other.relevance))
        answerable.append(abs(one.answerable - other.answerable))
        same.append((one.spans[0].start, one.spans[0].end) == (other.spans[0].start, other.spans[0].end))
    return {
        "relevance, mean difference": float(np.mean(relevance)),
        "relevance, largest difference": float(np.max(relevance)),
        "answerable, mean difference": float(np.mean(answerable)),
        "answerable, largest difference": float(np.max(answerable)),
        "same best span": float(np.mean(same)),
    }


def refuse(differences: dict[str, float], size: int) -> None:
    """End here where the int8 model is too far from the float32 one, or too large."""
    if differences["same best span"] < AGREEMENT:
        sys.exit(
            f"not shipped: int8 and float32 find the same span in {differences['same best span']:.0%} of {COMPARED} "
            f"paragraphs, and {AGREEMENT:.0%} is asked for. Train longer, or move SMOOTHED ({SMOOTHED})."
        )
    if size > LARGEST:
        sys.exit(f"not shipped: {size / 1e6:.1f} MB, and {LARGEST / 1e6:.0f} are allowed. Are all layers quantised?")


def ship(place: Path, to: Path) -> None:
    to.mkdir(parents=True, exist_ok=True)
    for name in (INT8, TOKENIZER):
        pending = to / f"{name}.part"
        shutil.copyfile(place / name, pending)
        os.replace(pending, to / name)
    seal(to, (INT8, TOKENIZER))


def seal(place: Path, names: Sequence[str]) -> None:
    """Write SHA256.json, by which rag.search.reader.check knows the files."""
    sums = {name: hashlib.sha256((place / name).read_bytes()).hexdigest() for name in names}
    (place / "SHA256.json").write_text(json.dumps(sums, indent=1) + "\n", encoding="utf-8")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m train.export", description="Makes the shipped reader.")
    parser.add_argument("--from", dest="path", type=Path, help="safetensors (default: the checkpoint)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
