"""A tiny embedder for tests that are not about embedding: words hashed into 64 dimensions, in milliseconds."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.search.embedding import load
from rag.text import stem, words


class WordHash:
    """Cosines grow with the words that two texts share; deterministic, and needs no torch."""

    max_tokens = 256

    def __init__(self, dimension: int = 64) -> None:
        self.dimension = dimension

    @property
    def identity(self) -> dict[str, Any]:
        return {"name": "word-hash", "dimension": self.dimension, "fingerprint": f"word-hash-{self.dimension}"}

    @property
    def tokenizer(self) -> Path | None:
        return load("all-MiniLM-L6-v2").tokenizer

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        matrix = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(matrix, texts, strict=True):
            for word in words(text):
                digest = hashlib.blake2b(stem(word).encode(), digest_size=8).digest()
                row[digest[0] % self.dimension] += 1.0 if digest[1] % 2 else -1.0
                row[digest[2] % self.dimension] += 1.0 if digest[3] % 2 else -1.0
            row /= np.linalg.norm(row) or 1.0
            if not row.any():
                row[0] = 1.0
        return matrix
