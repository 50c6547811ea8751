"""Exact dense search over the catalog's vectors, with NumPy: always right, whatever state Chroma is in."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from rag.store.catalog import Catalog, Filter, Vector


class Scan:
    """Keeps the archive's vectors in memory once it was needed, and brings them up to date by generation."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._mutex = threading.Lock()
        self._generation = -1
        self._embedder = ""
        self._numbers = np.zeros(0, dtype=np.int64)
        self._matrix: Vector = np.zeros((0, 0), dtype=np.float32)

    def search(self, vector: Vector, k: int, where: Filter | None = None) -> list[tuple[str, float]]:
        """(passage id, cosine), best first; all of the archive, or what the filter lets through."""
        if where:
            return self.narrow(vector, k, where)
        with self._mutex:
            self._refresh()
            numbers, matrix = self._numbers, self._matrix
        if not len(numbers):
            return []
        cosines = matrix @ np.asarray(vector, dtype=np.float32)
        top = _top(cosines, k)
        ids = self._catalog.passage_ids([int(n) for n in numbers[top]])
        # A passage that went since the vectors were read has no id any more.
        found = ((ids[int(numbers[i])], float(cosines[i])) for i in top if int(numbers[i]) in ids)
        return sorted(found, key=lambda hit: (-hit[1], hit[0]))

    def narrow(self, vector: Vector, k: int, where: Filter) -> list[tuple[str, float]]:
        ids, _, matrix = self._catalog.vectors(where)
        return _best(ids, matrix, vector, k)

    def _refresh(self) -> None:
        generation = self._catalog.generation
        if generation == self._generation:
            return
        embedder = self._catalog.get("embedder")
        if embedder != self._embedder:  # the same passages have other vectors now
            self._numbers = np.zeros(0, dtype=np.int64)
            self._matrix, self._embedder = np.zeros((0, 0), dtype=np.float32), embedder
        last = int(self._numbers[-1]) if len(self._numbers) else 0
        numbers, matrix = self._catalog.numbered_vectors(above=last)
        kept = np.isin(self._numbers, self._catalog.numbers()) if last else np.zeros(0, dtype=bool)
        parts = [m for m in (self._matrix[kept], matrix) if m.size]
        self._matrix = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
        self._numbers = np.concatenate([self._numbers[kept], numbers])
        self._generation = generation


def _top(cosines: Vector, k: int) -> Any:
    return np.argpartition(-cosines, k - 1)[:k] if k < len(cosines) else np.arange(len(cosines))


def _best(ids: list[str], matrix: Vector, vector: Vector, k: int) -> list[tuple[str, float]]:
    """Vectors are unit length, so the product is the cosine; ties by id."""
    if not ids:
        return []
    cosines = matrix @ np.asarray(vector, dtype=np.float32)
    return sorted(((ids[i], float(cosines[i])) for i in _top(cosines, k)), key=lambda hit: (-hit[1], hit[0]))
