"""Dense search over the catalog's own vectors, with NumPy: right whatever state Chroma is in, and open at once.

What a filter leaves few of is searched exactly. Else sketches choose CANDIDATES, whose cosines come from the vectors:
in an archive of no more passages that is exact too.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from rag.store.catalog import Catalog, Filter, Vector
from rag.store.sketches import Sketches

CANDIDATES = 2_000

T = TypeVar("T")


class Scan:
    """Holds the archive's sketches once they were needed, and brings them up to date by generation."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._mutex = threading.Lock()
        self._sketches: Sketches | None = None
        self._kept: Sketches | None = None  # what is on disk

    def search(self, vector: Vector, k: int, where: Filter | None = None) -> list[tuple[str, float]]:
        """(passage id, cosine), best first; all of the archive, or what the filter lets through."""
        chosen = self._current().nearest(vector, max(CANDIDATES, k), where)
        numbers, matrix = self._catalog.vectors_by_number(chosen)
        top = _best(numbers, matrix, vector, k)
        ids = self._catalog.passage_ids([number for number, _ in top])
        # A passage that went since the sketches were read has no id any more.
        return sorted(((ids[n], c) for n, c in top if n in ids), key=lambda hit: (-hit[1], hit[0]))

    def narrow(self, vector: Vector, k: int, where: Filter) -> list[tuple[str, float]]:
        """Like `search`, exactly: for a filter that leaves few."""
        ids, _, matrix = self._catalog.vectors(where)
        return sorted(_best(ids, matrix, vector, k), key=lambda hit: (-hit[1], hit[0]))

    def keep(self, share: float) -> None:
        """Write the sketches beside the catalog, for the next one who opens the archive, where at least this share of
        them is new or gone since it was last done: what has changed since is soon read."""
        sketches = self._current()
        if sketches is not self._kept and sketches.changed_since(self._kept) >= share:
            sketches.keep(self._catalog.path.parent)
            self._kept = sketches

    def _current(self) -> Sketches:
        history = self._catalog.history
        with self._mutex:
            if self._sketches is None or self._sketches.history != history:  # else the same passages have new vectors
                self._kept = Sketches.kept(self._catalog)
                self._sketches = self._kept or Sketches.none(history)
            self._sketches = self._sketches.with_changes(self._catalog)
            return self._sketches


def _best(names: Sequence[T], matrix: Vector, vector: Vector, k: int) -> list[tuple[T, float]]:
    """(name, cosine) of the k nearest rows, in no order: vectors are unit length, so the product is the cosine."""
    if not names:
        return []
    cosines = matrix @ np.asarray(vector, dtype=np.float32)
    top = np.argpartition(-cosines, k - 1)[:k] if k < len(cosines) else range(len(cosines))
    return [(names[i], float(cosines[i])) for i in top]
