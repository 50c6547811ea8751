"""Exact dense search over the catalog's vectors, with NumPy: always right, whatever state Chroma is in."""

from __future__ import annotations

import threading

import numpy as np

from rag.store.catalog import Catalog, Filter, Vector


class Scan:
    """Keeps the archive's vectors in memory once it was needed, and brings them up to date by generation."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._mutex = threading.Lock()
        self._generation = -1
        self._embedder = ""
        self._ids: list[str] = []
        self._numbers = np.zeros(0, dtype=np.int64)
        self._matrix: Vector = np.zeros((0, 0), dtype=np.float32)

    def search(self, vector: Vector, k: int, where: Filter | None = None) -> list[tuple[str, float]]:
        """(passage id, cosine), best first; all of the archive, or what the filter lets through."""
        if where:
            return self.narrow(vector, k, where)
        with self._mutex:
            self._refresh()
            ids, matrix = self._ids, self._matrix
        return _best(ids, matrix, vector, k)

    def narrow(self, vector: Vector, k: int, where: Filter) -> list[tuple[str, float]]:
        ids, _, matrix = self._catalog.vectors(where)
        return _best(ids, matrix, vector, k)

    def _refresh(self) -> None:
        generation = self._catalog.generation
        if generation == self._generation:
            return
        embedder = self._catalog.get("embedder")
        if embedder != self._embedder:  # the same passages have other vectors now
            self._ids, self._numbers = [], np.zeros(0, dtype=np.int64)
            self._matrix, self._embedder = np.zeros((0, 0), dtype=np.float32), embedder
        last = int(self._numbers[-1]) if len(self._numbers) else 0
        ids, numbers, matrix = self._catalog.vectors(above=last)
        kept = np.isin(self._numbers, self._catalog.numbers())
        self._ids = [id for id, keep in zip(self._ids, kept, strict=True) if keep] + ids
        parts = [m for m in (self._matrix[kept], matrix) if m.size]
        self._matrix = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
        self._numbers = np.concatenate([self._numbers[kept], numbers])
        self._generation = generation


def _best(ids: list[str], matrix: Vector, vector: Vector, k: int) -> list[tuple[str, float]]:
    """Vectors are unit length, so the product is the cosine; ties by id."""
    if not ids:
        return []
    cosines = matrix @ np.asarray(vector, dtype=np.float32)
    top = np.argpartition(-cosines, k - 1)[:k] if k < len(ids) else np.arange(len(ids))
    return sorted(((ids[i], float(cosines[i])) for i in top), key=lambda hit: (-hit[1], hit[0]))
