"""Asks a collection for its own vectors: from a child process.

A damaged index can kill the process that touches it, so the one that looks is not the one that
answers. Reads {"folder", "archive", "sample"} from standard input; prints {"count", "asked", "wrong"}.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import VectorsFault
from rag.store.catalog import Catalog, Vector
from rag.store.vectors import Place, Vectors

SECONDS = 600.0
NEAR = 10
WIDE = 1_000
SAME = 0.99999  # cosine of two vectors that are one: computed here and in Chroma
UNREACHED = 0.02  # of the passages asked for: so many may an approximate search pass over in a sound index


@dataclass(frozen=True, slots=True)
class Probed:
    """`wrong` of `asked` passages were not found by their own vectors; `count` vectors are in Chroma."""

    count: int
    asked: int
    wrong: int


def probe(archive: Path, place: Place, sample: int) -> Probed:
    """Look at a folder from a child process; raises VectorsFault when that process dies of it."""
    request = {"folder": str(place.folder), "archive": str(archive), "sample": sample}
    root = str(Path(__file__).resolve().parents[2])
    program = f"import sys; sys.path.insert(0, {root!r}); from rag.store.probe import main; main()"
    try:
        child = subprocess.run(
            [sys.executable, "-c", program],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise VectorsFault(f"looking at {place} took longer than {SECONDS:.0f} s") from None
    if child.returncode != 0:
        last = (child.stderr.strip().splitlines() or ["no message"])[-1]
        died = f"killed the process that looked (signal {-child.returncode})" if child.returncode < 0 else last
        raise VectorsFault(f"the vectors in {place} are damaged: {died}")
    return Probed(**json.loads(child.stdout.strip().splitlines()[-1]))


def ask_for_itself(vectors: Vectors, catalog: Catalog, sample: int) -> Probed:
    """Search for stored vectors: each must find its own passage, or one with the same vector.

    An approximate index may pass over one of many near-identical vectors (wire copies), and is sound: who is
    not among the nearest few is looked for among many, and who is not there either is asked for by id. A vector
    that is missing or altered is wrong at once; unaltered ones that no search reaches are, when they are many.
    """
    ids, matrix = _sample(catalog, sample)
    count = vectors.count()
    wrong = unreached = 0
    for id, vector in zip(ids, matrix, strict=True):
        if any(_finds(vectors, catalog, id, vector, min(near, count)) for near in (NEAR, WIDE)):
            continue
        if _holds(vectors, id, vector):
            unreached += 1
        else:
            wrong += 1
    return Probed(count, len(ids), wrong + (unreached if unreached > UNREACHED * len(ids) else 0))


def _finds(vectors: Vectors, catalog: Catalog, id: str, vector: np.ndarray, near: int) -> bool:
    twins = [other for other, cosine in vectors.query(vector, near) if cosine > SAME]
    return id in twins or bool(catalog.passages(twins))


def _holds(vectors: Vectors, id: str, vector: np.ndarray) -> bool:
    held = vectors.get(id)
    if held is None or not held.any():
        return False
    return bool(held @ vector > SAME * np.linalg.norm(held) * np.linalg.norm(vector))


def _sample(catalog: Catalog, size: int) -> tuple[list[str], Vector]:
    """Half of the sample are the newest passages, which a crash hits first; the others are spread evenly."""
    numbers = catalog.numbers()
    if len(numbers) > size:
        spread = np.linspace(0, len(numbers) - 1 - size // 2, size - size // 2).astype(int)
        numbers = np.concatenate([numbers[spread], numbers[len(numbers) - size // 2 :]])
    found, matrix = catalog.vectors_by_number(numbers)
    ids = catalog.passage_ids(found)
    there = [at for at, number in enumerate(found) if number in ids]  # one may have gone meanwhile
    return [ids[found[at]] for at in there], matrix[there]


def main() -> None:
    request = json.loads(sys.stdin.read())
    catalog = Catalog(Path(request["archive"]))
    vectors = Vectors(Place(Path(request["folder"]), None), embedder={})
    found = ask_for_itself(vectors, catalog, request["sample"])
    sys.stdout.write(json.dumps({"count": found.count, "asked": found.asked, "wrong": found.wrong}) + "\n")
