"""An embedder as a graph for onnxruntime: made once by torch, kept in the cache, run without torch.

    graph = Graph.kept(fingerprint, tokenizer, max_tokens)     None where there is none yet
    graph = Graph.made(model, fingerprint, tokenizer, max_tokens)
    graph.encode(["direct flights"])                            float32, texts x dimensions, unit length
    graph.encode_each(passages)                                 the same, each text by itself

Importing torch takes seconds; a question needs one short vector. A graph is kept only when its vectors
agree with the model's own in float32.

There are two precisions. In int8, weights are quantised by channel and activations by tensor, whose range a few
channels make many times too wide: so a linear layer's inputs are scaled down where they are large, and its weights up by
as much (SmoothQuant: Xiao et al., ICML 2023).
"""

from __future__ import annotations

import copy
import hashlib
import os
import tempfile
import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from rag.store.catalog import Vector

FLOAT, INT8 = "float32", "int8"
AGREES = {FLOAT: (0.9999, 0.9999), INT8: (0.99, 0.98)}  # cosine of a graph's vectors with the model's: mean, lowest
SMOOTHED = 0.65  # how much of the range goes from the activations to the weights: 0 none, 1 all
BATCH = 8  # texts of similar length at a time
POOLED = ("mean", "cls")
PROBES = (
    "Rain.",
    "Direct flights between the capitals will start in spring, the ministry said on Tuesday.",
    "Премьер-министр назвал пять отраслей.",
    "word " * 300,
    "Port strike enters third week\nDock workers at the country's two largest ports stayed away for a third week on "
    "Monday, and shipping companies began to send vessels elsewhere. The union wants a raise of 9% over two years; the "
    "port authority has offered 5.5%. “We are not far apart,” said its director, Maria Lindqvist.",
    "Striker signs until 2027\nThe club confirmed that the 24-year-old, who scored 17 goals in 29 matches last season, "
    "has signed a new contract. Fans sang his name outside the ground after Saturday's 3-1 win.",
    "Heat breaks records in four cities\nThermometers showed 44.2 degrees in the south on Wednesday, the highest figure "
    "since measurements began in 1911. Hospitals reported more patients with heatstroke, schools closed early, and "
    "firefighters fought a dozen blazes in the hills. Forecasters expect rain at the weekend.",
    "Central bank holds its rate at 4.25%, and sees inflation falling to 2.1% by the end of next year; markets had "
    "expected a cut. Shares fell by almost one per cent, the currency gained against the dollar.",
    "The film, shot in eleven days with a borrowed camera, won the festival's main prize. Its director, who also wrote "
    "the score, dedicated it to her grandmother.",
    "Researchers say that a new vaccine protected 87% of 3,400 volunteers in a trial; the results, which were published "
    "in a journal on Thursday, have not been repeated by others.",
)
FORMAT = 1  # another way of writing the graph is another number


@dataclass(slots=True)
class Graph:
    """One model's graph; loaded when it first encodes, usable from several threads."""

    path: Path
    tokenizer: Path
    max_tokens: int
    threads: int = 0
    _loaded: dict[int, tuple[Any, Any]] = field(default_factory=dict, init=False, repr=False)
    _pool: ThreadPoolExecutor | None = field(default=None, init=False, repr=False)

    @classmethod
    def kept(
        cls, fingerprint: str, tokenizer: Path, max_tokens: int, threads: int = 0, precision: str = FLOAT
    ) -> Graph | None:
        """The graph in the cache, or None where there is none or its file was altered."""
        path = place(fingerprint, precision)
        try:
            whole = path.with_suffix(".sha256").read_text(encoding="ascii").strip() == _sha256(path)
        except OSError:
            return None
        return cls(path, tokenizer, max_tokens, threads) if whole else None

    @classmethod
    def made(
        cls, model: Any, fingerprint: str, tokenizer: Path, max_tokens: int, threads: int = 0, precision: str = FLOAT
    ) -> Graph | None:
        """Write the graph of a sentence-transformers model; None where it has another shape, or does not agree."""
        pooled = _pooling(model)
        if pooled is None:
            return None
        path = place(fingerprint, precision)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pending = Path(tempfile.mkdtemp(dir=path.parent)) / path.name
        except OSError:
            return None  # a cache that cannot be written to: the model itself embeds, as without a graph
        try:
            plain = copy.deepcopy(model).float().cpu().eval()
            wanted = plain.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
            if precision == INT8:
                _smooth(plain)
            _export(plain, pooled, pending)
            if precision == INT8:
                _quantise(pending)
            graph = cls(pending, tokenizer, max_tokens, threads)
            cosines = (graph.encode_each(PROBES) * wanted).sum(axis=1)
            mean, lowest = AGREES[precision]
            if float(cosines.mean()) < mean or float(cosines.min()) < lowest:
                return None
            path.with_suffix(".sha256").write_text(_sha256(pending), encoding="ascii")
            os.replace(pending, path)
        finally:
            pending.unlink(missing_ok=True)
            pending.parent.rmdir()
        return cls(path, tokenizer, max_tokens, threads)

    def encode(self, texts: Sequence[str]) -> Vector:
        """Unit vectors, float32, texts x dimensions; a text longer than `max_tokens` is cut."""
        tokenizer, session = self._open(self._cores)
        found = tokenizer.encode_batch(list(texts))
        order = sorted(range(len(found)), key=lambda i: len(found[i].ids))
        rows: list[Vector] = [np.empty(0, dtype=np.float32)] * len(found)
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            longest = max(len(found[i].ids) for i in some)
            ids, mask = np.zeros((2, len(some), longest), dtype=np.int64)
            for row, i in enumerate(some):
                ids[row, : len(found[i].ids)] = found[i].ids
                mask[row, : len(found[i].ids)] = 1
            for i, vector in zip(some, session.run(None, {"ids": ids, "mask": mask})[0], strict=True):
                rows[i] = vector
        return np.stack(rows)

    def encode_each(self, texts: Sequence[str]) -> Vector:
        """Like `encode`, each text by itself, as many at once as there are cores: for passages. A vector then depends
        on nothing but its text; nothing is padded, and a text's activations stay in its core's cache."""
        tokenizer, session = self._open(1)
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self._cores, thread_name_prefix="embedder")

        def vector(encoding: Any) -> Vector:
            ids = np.array([encoding.ids], dtype=np.int64)
            row: Vector = session.run(None, {"ids": ids, "mask": np.ones_like(ids)})[0][0]
            return row

        return np.stack(list(self._pool.map(vector, tokenizer.encode_batch(list(texts)))))

    @property
    def _cores(self) -> int:
        return self.threads or os.cpu_count() or 1

    def _open(self, threads: int) -> tuple[Any, Any]:
        """The tokenizer, and a session in which one run uses so many threads."""
        if threads not in self._loaded:
            import onnxruntime
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self.tokenizer))
            tokenizer.no_padding()
            tokenizer.enable_truncation(self.max_tokens)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
            self._loaded[threads] = tokenizer, session
        return self._loaded[threads]


def place(fingerprint: str, precision: str = FLOAT) -> Path:
    """Where the graph of the model with this fingerprint is kept."""
    suffix = "" if precision == FLOAT else f"-{precision}"
    return user_cache_path("dateline") / "embedders" / f"{fingerprint}-{FORMAT}{suffix}.onnx"


def _pooling(model: Any) -> str | None:
    """How the model pools, where it is a transformer that pools in a known way and does no more than normalise."""
    kinds = [type(module).__name__ for module in model]
    if kinds[:2] != ["Transformer", "Pooling"] or kinds[2:] not in ([], ["Normalize"]):
        return None
    mode = getattr(model[1], "pooling_mode", None)
    return mode if mode in POOLED else None


def _export(model: Any, pooled: str, path: Path) -> None:
    import torch

    encoder = model[0].auto_model
    encoder.config._attn_implementation = "eager"  # the exporter follows no fused attention

    class Whole(torch.nn.Module):  # type: ignore[misc]
        """ids and mask (int64, texts x tokens) -> unit vectors."""

        def __init__(self) -> None:
            super().__init__()
            self.encoder = encoder

        def forward(self, ids: Any, mask: Any) -> Any:
            states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            if pooled == "cls":
                return torch.nn.functional.normalize(states[:, 0], dim=1)
            kept = mask.unsqueeze(-1).to(states.dtype)
            return torch.nn.functional.normalize((states * kept).sum(1) / kept.sum(1).clamp(min=1e-9), dim=1)

    example = torch.ones(2, 16, dtype=torch.int64)
    both = {0: "texts", 1: "tokens"}
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the exporter, whose successor needs onnxscript; and of tracing shapes
        torch.onnx.export(
            Whole(), (example, example), path, dynamo=False, opset_version=17, input_names=["ids", "mask"],
            output_names=["vectors"], dynamic_axes={"ids": both, "mask": both, "vectors": {0: "texts"}},
        )  # fmt: skip


def _smooth(model: Any) -> None:
    """Scale the inputs of the encoder's linear layers, and their weights against it: the same function."""
    import torch

    encoder = model[0].auto_model
    layers = {name: layer for name, layer in encoder.named_modules() if isinstance(layer, torch.nn.Linear)}
    largest: dict[str, Any] = {}  # of each layer's inputs, channel by channel

    def look(name: str, inputs: Any) -> None:
        found = inputs.abs().flatten(0, -2).amax(0)
        largest[name] = torch.maximum(largest.get(name, found), found)

    hooks = [
        layer.register_forward_pre_hook(lambda _, given, name=name: look(name, given[0]))
        for name, layer in layers.items()
    ]
    for text in PROBES:
        model.encode([text], show_progress_bar=False)
    for hook in hooks:
        hook.remove()

    class Smoothed(torch.nn.Module):  # type: ignore[misc]
        """A linear layer that gives the same, with inputs divided and weights multiplied by `scale`."""

        def __init__(self, linear: Any, scale: Any) -> None:
            super().__init__()
            self.linear = linear
            linear.weight.data *= scale
            self.register_buffer("inverse", 1 / scale)

        def forward(self, x: Any) -> Any:
            return self.linear(x * self.inverse)

    for name, wide in largest.items():
        weights = layers[name].weight.data.abs().amax(0).clamp(min=1e-3)
        scale = wide.clamp(min=1e-3) ** SMOOTHED / weights ** (1 - SMOOTHED)
        parent, _, leaf = name.rpartition(".")
        setattr(encoder.get_submodule(parent), leaf, Smoothed(layers[name], scale / scale.median()))


def _quantise(path: Path) -> None:
    """Weights in int8 by channel, activations by what they are at run time, in place."""
    import logging

    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = path.with_suffix(".float.onnx")
    os.replace(path, whole)
    said = logging.getLogger().disabled
    try:
        logging.getLogger().disabled = True  # it advises to prepare the graph for static quantisation
        quantize_dynamic(whole, path, per_channel=True, weight_type=QuantType.QInt8)
    finally:
        logging.getLogger().disabled = said
        whole.unlink()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
