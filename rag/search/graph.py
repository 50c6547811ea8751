"""An embedder as a graph for onnxruntime: made once by torch, kept in the cache, run without torch.

    graph = Graph.kept(fingerprint, tokenizer, max_tokens)     None where there is none yet
    graph = Graph.made(model, fingerprint, tokenizer, max_tokens)
    graph.encode(["direct flights"])                            float32, texts x dimensions, unit length

Importing torch takes seconds; a question needs one short vector. A graph is kept only when its vectors
agree with the model's own in float32.
"""

from __future__ import annotations

import copy
import hashlib
import os
import tempfile
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from platformdirs import user_cache_path

from rag.store.catalog import Vector

AGREES = 0.9999  # cosine of a graph's vector with the model's, at least
BATCH = 8  # texts of similar length at a time
POOLED = ("mean", "cls")
PROBES = (
    "Rain.",
    "Direct flights between the capitals will start in spring, the ministry said on Tuesday.",
    "Премьер-министр назвал пять отраслей.",
    "word " * 300,
)
FORMAT = 1  # another way of writing the graph is another number


@dataclass(slots=True)
class Graph:
    """One model's graph; loaded when it first encodes, usable from several threads."""

    path: Path
    tokenizer: Path
    max_tokens: int
    threads: int = 0
    _loaded: tuple[Any, Any] | None = field(default=None, repr=False)

    @classmethod
    def kept(cls, fingerprint: str, tokenizer: Path, max_tokens: int, threads: int = 0) -> Graph | None:
        """The graph in the cache, or None where there is none or its file was altered."""
        path = place(fingerprint)
        try:
            whole = path.with_suffix(".sha256").read_text(encoding="ascii").strip() == _sha256(path)
        except OSError:
            return None
        return cls(path, tokenizer, max_tokens, threads) if whole else None

    @classmethod
    def made(cls, model: Any, fingerprint: str, tokenizer: Path, max_tokens: int, threads: int = 0) -> Graph | None:
        """Write the graph of a sentence-transformers model; None where it has another shape, or does not agree."""
        pooled = _pooling(model)
        if pooled is None:
            return None
        path = place(fingerprint)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pending = Path(tempfile.mkdtemp(dir=path.parent)) / path.name
        except OSError:
            return None  # a cache that cannot be written to: the model itself embeds, as without a graph
        try:
            plain = copy.deepcopy(model).float().cpu().eval()
            _export(plain, pooled, pending)
            graph = cls(pending, tokenizer, max_tokens, threads)
            wanted = plain.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
            if float((graph.encode(PROBES) * wanted).sum(axis=1).min()) < AGREES:
                return None
            path.with_suffix(".sha256").write_text(_sha256(pending), encoding="ascii")
            os.replace(pending, path)
        finally:
            pending.unlink(missing_ok=True)
            pending.parent.rmdir()
        return cls(path, tokenizer, max_tokens, threads)

    def encode(self, texts: Sequence[str]) -> Vector:
        """Unit vectors, float32, texts x dimensions; a text longer than `max_tokens` is cut."""
        tokenizer, session = self._open()
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

    def _open(self) -> tuple[Any, Any]:
        if self._loaded is None:
            import onnxruntime
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self.tokenizer))
            tokenizer.no_padding()
            tokenizer.enable_truncation(self.max_tokens)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = self.threads or os.cpu_count() or 1
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            session = onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
            self._loaded = tokenizer, session
        return self._loaded


def place(fingerprint: str) -> Path:
    """Where the graph of the model with this fingerprint is kept."""
    return user_cache_path("dateline") / "embedders" / f"{fingerprint}-{FORMAT}.onnx"


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


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
