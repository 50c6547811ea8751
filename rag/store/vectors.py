"""The vectors of an archive as a plain Chroma collection: a folder, or a server.

Any Chroma or LangChain client can open it: ids, documents, metadata, cosine. Nothing here is the
truth: all of it can be rebuilt from the catalog. chromadb is imported in this module alone.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from rag.errors import DiskFull, UsageError, VectorsFault
from rag.store.catalog import Vector, day_number
from rag.types import Passage

COLLECTION = "dateline"
SERVER_SECONDS = 30.0  # for one request; chromadb's own client waits forever
# Chroma's defaults (16 neighbours, 100) leave some of many near-identical passages unreachable: wire copies vanish.
HNSW = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200}
_openings = itertools.count()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a collection is: in `folder`, or on the server at `address`."""

    folder: Path | None
    address: str | None
    collection: str = COLLECTION

    def __str__(self) -> str:
        return f"{self.address} (collection {self.collection})" if self.address else str(self.folder)


class Vectors:
    """One open collection; close it before another process's writes are to be seen."""

    def __init__(self, place: Place, *, embedder: Mapping[str, Any], create: bool = False) -> None:
        self.place = place
        with _translated(place):
            self._client = _client(place, create)
            try:
                self._collection = self._open(embedder, create)
                self.batch = int(self._client.get_max_batch_size())
            except BaseException:
                self.close()
                raise

    def _open(self, embedder: Mapping[str, Any], create: bool) -> Any:
        if not create:
            return self._client.get_collection(self.place.collection, embedding_function=None)
        return self._client.get_or_create_collection(
            self.place.collection,
            embedding_function=None,
            configuration={"hnsw": HNSW},
            metadata={f"embedder_{k}": v for k, v in embedder.items()},
        )

    def upsert(self, passages: Sequence[Passage], vectors: Vector) -> None:
        """`vectors` is passages x dimensions; writing what is there already changes nothing."""
        with _translated(self.place):
            for i in range(0, len(passages), self.batch):
                some = passages[i : i + self.batch]
                self._collection.upsert(
                    ids=[p.id for p in some],
                    embeddings=np.asarray(vectors[i : i + self.batch], dtype=np.float32),
                    documents=[p.text for p in some],
                    metadatas=[_metadata(p) for p in some],
                )

    def delete(self, ids: Sequence[str]) -> None:
        with _translated(self.place):
            for i in range(0, len(ids), self.batch):
                self._collection.delete(ids=list(ids[i : i + self.batch]))

    def query(self, vector: Vector, k: int) -> list[tuple[str, float]]:
        """(passage id, cosine), best first."""
        with _translated(self.place):
            found = self._collection.query(
                query_embeddings=[np.asarray(vector, dtype=np.float32)],
                n_results=k,
                include=["distances"],
            )
        return [(id, 1.0 - float(d)) for id, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def get(self, id: str) -> Vector | None:
        """The vector that Chroma holds for a passage, without a search."""
        with _translated(self.place):
            found = self._collection.get(ids=[id], include=["embeddings"])["embeddings"]
        return np.asarray(found[0], dtype=np.float32) if len(found) else None

    def count(self) -> int:
        with _translated(self.place):
            return int(self._collection.count())

    def close(self) -> None:
        """Let go of the files; the index is on disk when this returns."""
        self._client.close()


def drop_others(place: Place) -> None:
    """Remove a server's collections of this archive, all but this one; folders are removed by their owner."""
    archive = place.collection.rpartition("-")[0]
    with _translated(place):
        client = _client(place, create=False)
        try:
            for name in [c.name for c in client.list_collections()]:
                if name.rpartition("-")[0] == archive and name != place.collection:
                    client.delete_collection(name)
        finally:
            client.close()


def seal(folder: Path) -> str:
    """What the files of a closed collection look like; a folder whose seal differs was changed by somebody else.

    Names, sizes and times. Left out: the times of Chroma's own database, which opening moves, and an
    index that has no `index_metadata.pickle` yet: Chroma makes that one anew from its database at every load.
    """
    rows = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, state = path.relative_to(folder).as_posix(), path.stat()
        if path.parent == folder:
            rows.append([name, state.st_size, 0])
        elif (path.parent / "index_metadata.pickle").exists():
            rows.append([name, state.st_size, state.st_mtime_ns])
    return json.dumps(rows)


def _client(place: Place, create: bool) -> Any:
    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if place.address is None:
        assert place.folder is not None
        if not create and not (place.folder / "chroma.sqlite3").is_file():
            raise VectorsFault(f"{place.folder} holds no vectors")
        # chromadb shares one system between all clients of one path, and such a system never sees
        # what another process wrote. A path spelled anew each time is a system of its own.
        spelled = os.path.join(place.folder, *["."] * (next(_openings) % 500))
        return chromadb.PersistentClient(spelled, settings=quiet)
    url = urlsplit(place.address if "//" in place.address else f"http://{place.address}")
    if not url.hostname or url.scheme not in ("http", "https"):
        raise UsageError(f"DATELINE_CHROMA is {place.address!r}; it takes an address such as http://127.0.0.1:8000")
    port = url.port or (443 if url.scheme == "https" else 8000)
    _answer(f"{url.scheme}://{url.hostname}:{port}/api/v2/heartbeat", place)
    client = chromadb.HttpClient(url.hostname, port, ssl=url.scheme == "https", settings=quiet)
    session = getattr(getattr(client, "_server", None), "_session", None)
    if session is not None:  # the one way to give its requests a time limit
        session.timeout = SERVER_SECONDS
    return client


def _answer(address: str, place: Place) -> None:
    import httpx

    try:
        httpx.get(address, timeout=5.0, trust_env=False).raise_for_status()
    except httpx.HTTPError as e:
        raise VectorsFault(
            f"the Chroma server at {place.address} does not answer ({e or type(e).__name__}). Start it "
            "(chroma run --path DIR), or unset DATELINE_CHROMA."
        ) from e


def _metadata(passage: Passage) -> dict[str, Any]:
    """What is unknown is absent: Chroma has no null."""
    facts = {
        "article_id": passage.article_id,
        "ordinal": passage.ordinal,
        "start": passage.start,
        "end": passage.end,
        "title": passage.title,
        "date": day_number(passage.date),
        "source": passage.source,
        "author": passage.author,
        "url": passage.url,
    }
    return {k: v for k, v in facts.items() if v is not None}


@contextmanager
def _translated(place: Place) -> Iterator[None]:
    try:
        yield
    except (VectorsFault, UsageError):
        raise
    # Chroma's client raises errors of many libraries (its own, pyo3's panics, httpx, pickle, OSError).
    # Whatever it is, the catalog still answers; the caller goes on with an exact scan and says so.
    except Exception as e:
        if "disk is full" in str(e) or "No space left" in str(e) or "File too large" in str(e):
            raise DiskFull(f"{place} could not be written ({e}). Make room and run the same command again.") from e
        raise VectorsFault(f"Chroma failed at {place}: {type(e).__name__}: {e}") from e
    except BaseException as e:
        if type(e).__name__ != "PanicException":  # pyo3's panics are not Exceptions
            raise
        raise VectorsFault(f"Chroma panicked at {place}: {e}") from e
