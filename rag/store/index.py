"""The one door to what is kept: it holds the catalog and the vectors in step.

    catalog transaction -> Chroma -> ledger mark

A passage stays in the catalog's `pending` until Chroma has its vector, so a kill anywhere repeats
work and never loses it. `state` says whether the vectors can be trusted: "clean" (closed in order, and
the files are those that were sealed), "writing" (a writer is at work, or died), "" (none yet). Unless
they are clean, dense search is an exact scan over the catalog's vectors.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import ArchiveMismatch, ArchiveMissing, UsageError, VectorsFault
from rag.store import lock
from rag.store.catalog import NAME, Catalog, Filter, Vector, translated
from rag.store.corpus import Corpus
from rag.store.fulltext import FullText
from rag.store.listing import Listing
from rag.store.probe import ask_for_itself, probe
from rag.store.removal import Removed, held, restoring
from rag.store.scan import Scan
from rag.store.vectors import COLLECTION, Place, Vectors, seal
from rag.store.writer import SAMPLE, Drop, Shown, Step, Writer

FEW = 100_000  # passages: Chroma loads so many in about a second; more are loaded while sketches are searched
REMOVED = 500  # articles that one transaction takes out
DEAD = 0.1  # of what was ever written to Chroma: so much must be gone for compacting to build it anew
WRITTEN_ANEW, READ_ANEW = (
    0.01,
    0.1,
)  # of the sketches: so much must be new for a writer, or a reader, to write their file
NARROW = 5_000  # passages: a filter that leaves so few is searched exactly

INSTEAD = ". Searched the catalog's vectors instead; dateline doctor --repair mends it."
UNCLEAN = (
    "The last ingestion did not end in order; vectors are searched in the catalog. The next ingestion, or dateline "
    "doctor --repair, puts Chroma right."
)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """Chroma's vectors as of a generation of the catalog; or None, and where the user should know, why not."""

    generation: int
    vectors: Vectors | None = None
    notice: str | None = None


@dataclass(frozen=True, slots=True)
class Health:
    """What a look at the archive found; `problems` is empty when all is well."""

    articles: int
    passages: int
    pending: int
    state: str
    vectors: int | None
    asked: int
    wrong: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems


class Index:
    """One archive's catalog, full text and vectors; `once`: opened for a single question."""

    def __init__(
        self, folder: Path, *, embedder: Mapping[str, Any] | None = None, chroma: str | None = None,
        create: bool = True, once: bool = False,
    ) -> None:  # fmt: skip
        if not (folder / NAME).is_file():
            if not create:
                raise ArchiveMissing(
                    f"there is no archive in {folder} (looked for {NAME}). Make one with: "
                    f"dateline --archive {folder} ingest PATH"
                )
            _make(folder)
        self.folder = folder
        self.chroma = chroma
        self._once = once
        self.catalog = Catalog(folder)
        self._fulltext = FullText(self.catalog)
        self.corpus = Corpus(self.catalog, self._fulltext)
        self.listing = Listing(self.catalog, self._fulltext)
        self._scan = Scan(self.catalog)
        self._mutex = threading.RLock()
        self._threads = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="fulltext")
        self._loader = ThreadPoolExecutor(1, thread_name_prefix="vectors")
        self._loading: Future[_Loaded] | None = None
        self._vectors: Vectors | None = None
        self._opened = -1
        self.embedder = dict(embedder) if embedder is not None else self.recorded_embedder()
        self._check_embedder()

    def close(self) -> None:
        self._threads.shutdown()
        self._loader.shutdown()
        with self._mutex:
            if self._loading is not None and self._loading.exception() is None:
                self._vectors = self._vectors or self._loading.result().vectors
            self._let_go()
            self.catalog.close()

    def recorded_embedder(self) -> dict[str, Any]:
        return dict(json.loads(self.catalog.get("embedder", "{}")))

    def _check_embedder(self) -> None:
        recorded = self.recorded_embedder()
        if recorded and self.embedder and recorded["fingerprint"] != self.embedder["fingerprint"]:
            raise ArchiveMismatch(
                f"{self.folder} was made with the embedder {_named(recorded)}, and the settings name "
                f"{_named(self.embedder)}: their vectors cannot be compared. Either set "
                f"DATELINE_EMBEDDER={recorded['name']}, or embed the archive again with: dateline doctor --re-embed"
            )

    # -- searching -----------------------------------------------------------------------

    def fulltext(self, question: str, k: int, where: Filter | None = None) -> list[tuple[str, float]]:
        """(passage id, BM25), best first."""
        return self._fulltext.search(question, k, where or Filter())

    def fulltext_beside(self, question: str, k: int, where: Filter | None = None) -> Future[list[tuple[str, float]]]:
        """Like `fulltext`, in a thread of its own: SQLite and the dense search do not wait for each other."""
        return self._threads.submit(self.fulltext, question, k, where)

    def frequency(self, word: str) -> int:
        """How many passages hold the word (counted up to the full text's budget)."""
        return self._fulltext.frequency(word)

    def dense(self, vector: Vector, k: int, where: Filter | None = None) -> tuple[list[tuple[str, float]], str | None]:
        """((passage id, cosine) best first, a notice when Chroma could not be used).

        Chroma takes time in proportion to what a filter lets through: filters are searched by sketches, and so is all
        for a single question. Raises ArchiveMismatch when the archive was embedded again since it was opened.
        """
        self._check_embedder()
        if where and self.catalog.count_passages(where, NARROW + 1) <= NARROW:
            return _ordered(self._scan.narrow(vector, k, where)), None
        if where or self._once:
            return _ordered(self._scanned(vector, k, where)), self._trouble()
        vectors, notice = self._current()
        if vectors is not None:
            try:
                return _ordered(vectors.query(vector, k)), None
            except VectorsFault as e:
                with self._mutex:
                    if self._vectors is vectors:  # else another thread closed it, to open what is newer
                        notice = f"{e}{INSTEAD}"
                        self._let_go()
        return _ordered(self._scanned(vector, k)), notice

    def _scanned(self, vector: Vector, k: int, where: Filter | None = None) -> list[tuple[str, float]]:
        try:
            found = self._scan.search(vector, k, where)
        except ValueError:  # vectors of another length: the archive was embedded again in this very moment
            self._check_embedder()
            raise
        self._check_embedder()
        if self.catalog.size > FEW:
            self._scan.keep(READ_ANEW)
        return found

    def _trouble(self) -> str | None:
        """What the user should do about Chroma's vectors, where it is not asked for them."""
        generation, state = self.catalog.generation, self.catalog.get("vectors_state")
        unclean = state != "clean" or self.catalog.count("pending") > 0
        if state == "" or (not unclean and self.sealed()):
            return None
        if lock.is_held(self.folder) or self.catalog.generation != generation:
            return None  # a writer is at work, or has just finished
        return UNCLEAN if unclean else f"the files in {self.place()} are not those that were written{INSTEAD}"

    def _current(self) -> tuple[Vectors | None, str | None]:
        """The vectors as of the catalog's generation, or None and why they cannot be used."""
        with self._mutex:
            catalog = self.catalog
            generation = catalog.generation
            state, pending = catalog.get("vectors_state"), catalog.count("pending")
            if state != "clean" or pending:
                self._let_go()
                if state == "" or lock.is_held(self.folder) or catalog.generation != generation:
                    return None, None  # a writer is at work, or has just finished
                return None, UNCLEAN
            if self._vectors is not None and self._opened == generation:
                return self._vectors, None
            self._let_go()
            loaded = self._loaded(generation, wait=catalog.size <= FEW)
            if loaded is None:
                return None, None
            self._vectors, self._opened = loaded.vectors, generation
            return self._vectors, loaded.notice

    def _loaded(self, generation: int, *, wait: bool) -> _Loaded | None:
        """What was loaded of this generation; None while it is still being loaded, and `wait` is False."""
        while True:
            if self._loading is None:
                self._loading = self._loader.submit(self._load, generation)
            if not wait and not self._loading.done():
                return None
            loading, self._loading = self._loading, None  # what it raises is raised once, and then tried again
            loaded = loading.result()
            if loaded.generation == generation:
                return loaded
            if loaded.vectors is not None:
                loaded.vectors.close()

    def _load(self, generation: int) -> _Loaded:
        # Chroma rewrites its files in place: nothing is loaded while a writer begins.
        with lock.brief(self.folder, "vectors.lock") as mine:
            if not mine or self.catalog.get("vectors_state") != "clean":
                return _Loaded(generation)
            try:
                return _Loaded(generation, self._open())
            except VectorsFault as e:
                return _Loaded(generation, notice=f"{e}{INSTEAD}")

    def sealed(self) -> bool:
        """Whether the vectors' files are those that the last writer closed."""
        folder = self.place().folder
        return folder is None or seal(folder) == self.catalog.get("vectors_seal")

    def _open(self) -> Vectors:
        place = self.place()
        if not self.sealed():
            raise VectorsFault(f"the files in {place} are not those that were written")
        vectors = Vectors(place, embedder=self.embedder)
        if place.folder is None and vectors.count() != self.catalog.count("passages"):
            vectors.close()
            raise VectorsFault(f"{place} does not hold what was written")
        dimension = int(self.embedder.get("dimension", 0))
        if dimension:
            import numpy as np

            vectors.query(np.ones(dimension, dtype=np.float32), 1)  # loads the index while we hold the lock
        return vectors

    def _let_go(self) -> None:
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None

    def place(self, number: int | None = None) -> Place:
        """Where the vectors are: a numbered folder, so that a new one can be built beside the old."""
        current = int(self.catalog.get("vectors_number", "1")) if number is None else number
        if self.chroma:
            return Place(None, self.chroma, f"{COLLECTION}-{self.catalog.get('archive')}-{current}")
        return Place(self.folder / "vectors" / str(current), None)

    # -- writing -------------------------------------------------------------------------

    @contextmanager
    def writer(self, step: Step = lambda name: None) -> Iterator[Writer]:
        """The one writer; raises ArchiveLocked, naming who writes, when there is another."""
        with lock.writing(self.folder):
            writer = Writer(self, step)
            try:
                writer.heal()
                yield writer
            finally:
                writer.close()
                if self.catalog.size > NARROW:
                    self._scan.keep(WRITTEN_ANEW)

    def remove(self, article_id: str) -> bool:
        """Take an article out of catalog, full text and vectors at once; False when there is none."""
        return self.take(article_id) is not None

    def take(self, article_id: str) -> Removed | None:
        """Like `remove`, and all that was held of the article, for `put_back`; None when there is none."""
        if self.catalog.article(article_id) is None:
            return None
        with self.writer() as writer:
            removed = held(self.catalog, article_id)
            if removed is not None:
                writer.commit([Drop(article_id)])
        return removed

    def take_all(self, where: Filter) -> int:
        """Take out every article that the filter lets through, REMOVED at a time; how many. A kill leaves whole articles."""
        if not self.catalog.ids(where):
            return 0
        with self.writer() as writer:
            ids = self.catalog.ids(where)  # as they are now that nobody else writes
            for start in range(0, len(ids), REMOVED):
                writer.commit([Drop(id) for id in ids[start : start + REMOVED]])
        return len(ids)

    def put_back(self, removed: Removed) -> bool:
        """Write an article that was taken as it was; nothing is embedded. False where the archive has it again."""
        with self.writer() as writer:
            operations, marks = restoring(self.catalog, removed)
            writer.commit(operations, marks)
        return bool(operations)

    # -- health --------------------------------------------------------------------------

    def health(self, sample: int = SAMPLE) -> Health:
        """Compare Chroma with the catalog by asking it for its own vectors, from a child process."""
        catalog = self.catalog
        passages, pending = catalog.count("passages"), catalog.count("pending")
        state = catalog.get("vectors_state")
        problems: list[str] = []
        vectors, asked, wrong = None, 0, 0
        if passages and state == "":
            problems.append("there are no vectors in Chroma yet; the catalog has them all")
        elif passages:
            try:
                found = self._probe(sample)
                vectors, asked, wrong = found.count, found.asked, found.wrong
                if found.wrong:
                    problems.append(f"{wrong} of {asked} passages are not found by their own vectors")
                if not pending and found.count != passages:
                    problems.append(f"Chroma holds {found.count} vectors, the catalog {passages}")
            except VectorsFault as e:
                problems.append(str(e))
        if passages and state == "clean" and not problems and not self.sealed():
            problems.append("the vectors' files are not those that were sealed (copied, or opened by another program)")
        if state == "writing" and not lock.is_held(self.folder):
            problems.append("the last writer did not end in order")
        if pending and not lock.is_held(self.folder):
            problems.append(f"{pending} passages wait for Chroma")
        return Health(catalog.count(), passages, pending, state or "none", vectors, asked, wrong, tuple(problems))

    def _probe(self, sample: int) -> Any:
        place = self.place()
        if place.folder is not None:
            return probe(self.folder, place, sample)
        vectors = Vectors(place, embedder=self.embedder)
        try:
            return ask_for_itself(vectors, self.catalog, sample)
        finally:
            vectors.close()

    def repair(self, show: Shown = lambda done, of: None) -> Health:
        """Rebuild the vectors from the catalog when they are not healthy; nothing is embedded.

        A folder that was copied but holds is sealed anew by the writer itself. `show` is told how many passages of
        how many Chroma has again.
        """
        with self.writer() as writer:
            if not self.health().ok:
                writer.rebuild(show)
        return self.health()

    def compact(self, show: Shown = lambda done, of: None) -> bool:
        """Give back the disk of what was removed and replaced. True where Chroma's part of it was worth building anew:
        Chroma frees nothing by itself."""
        with self.writer() as writer:
            self.catalog.compact()
            dead, written = self.catalog.written_to_chroma()
            worth = dead > DEAD * written
            if worth:
                writer.rebuild(show)
                writer.sweep()
        return worth

    def backup(self, folder: Path) -> None:
        """A consistent copy of the live catalog in a new folder; its vectors are rebuilt there when it is first written or repaired."""
        import sqlite3

        if (folder / NAME).exists():
            raise UsageError(f"{folder} holds an archive already; name a new folder for the backup")
        _make(folder)
        part = folder / (NAME + ".part")
        with translated(folder / NAME):
            copy = sqlite3.connect(part)
            try:
                self.catalog.db.backup(copy)
                copy.execute("DELETE FROM meta WHERE key IN ('vectors_state', 'vectors_seal', 'vectors_number')")
                copy.execute("DELETE FROM pending")
                # Its name on a Chroma server: two archives of one name would write into each other.
                copy.execute("UPDATE meta SET value = lower(hex(randomblob(8))) WHERE key = 'archive'")
                copy.commit()
            finally:
                copy.close()
        part.rename(folder / NAME)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise UsageError(f"{folder} cannot be made a folder of an archive ({e.strerror or e}); name another") from e


def _ordered(hits: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Best first, equals by id: cosines are equal to five digits, whoever computed them and in whatever order."""
    return sorted(hits, key=lambda hit: (-round(hit[1], 5), hit[0]))


def _named(embedder: Mapping[str, Any]) -> str:
    return f"{embedder['name']} ({embedder['dimension']} dimensions)"
