"""What the holder of an archive's lock may do: change articles, and keep Chroma in step.

    commit(operations, marks):  catalog transaction -> Chroma -> ledger mark

A kill between any two of these repeats work and never loses it: what Chroma lacks stands in the
catalog's `pending`, and the ledger's mark comes last.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import DiskFull, VectorsFault
from rag.store import lock
from rag.store.catalog import Entry, Mark, Vector, move_generation
from rag.store.probe import ask_for_itself
from rag.store.vectors import Vectors, drop_others, seal

if TYPE_CHECKING:
    from rag.store.index import Index

SAMPLE = 400  # self-queries of the health check after an unclean end
SYNC = 2_000  # passages handed to Chroma at once while it is rebuilt

Step = Callable[[str], None]
Shown = Callable[[int, int], None]  # (done, of)


@dataclass(frozen=True, slots=True)
class Put:
    """Write an article in place of what stands under its id."""

    entry: Entry
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attach:
    """An article that is there already was read from one more origin; `copy`: under a name that gives another id."""

    article_id: str
    origin: str
    parent: str
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Detach:
    """These origins are gone; an article that no origin holds any more goes with them."""

    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Remove an article, whatever its origins; they may be read again."""

    article_id: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Note what changed in an article, on this day as ISO or today."""

    article_id: str
    what: str
    day: str = ""


Operation = Put | Attach | Detach | Drop | Changed


class Writer:
    """What the holder of the lock may do. `step` is called at each boundary, with its name."""

    def __init__(self, index: Index, step: Step) -> None:
        self._index = index
        self._catalog = index.catalog
        self._step = step
        self._vectors: Vectors | None = None
        self.fault: str | None = None

    # -- articles ------------------------------------------------------------------------

    def commit(self, operations: Sequence[Operation], marks: Sequence[Mark] = ()) -> list[str]:
        """One step: catalog, then Chroma, then the ledger. Returns the ids of articles that went.

        Raises DiskFull when there is no room; what was committed before is kept.
        """
        gone: list[str] = []
        if operations:
            self._step("catalog: begin")
            with self._catalog.transaction() as db:
                if not self._index.recorded_embedder() and self._index.embedder:
                    db.execute(
                        "INSERT OR REPLACE INTO meta VALUES ('embedder', ?)", (json.dumps(self._index.embedder),)
                    )
                for operation in operations:
                    gone += self._apply(db, operation)
                move_generation(db)
                self._step("catalog: written")
            self._step("catalog: committed")
            self._sync()
        if marks:
            with self._catalog.transaction() as db:
                db.executemany(
                    "INSERT OR REPLACE INTO ledger VALUES (?, ?, ?, ?)",
                    [(m.origin, m.hash, m.fingerprint, m.state) for m in marks],
                )
            self._step("ledger: marked")
        return gone

    def _apply(self, db: Any, operation: Operation) -> list[str]:
        catalog = self._catalog
        touched = frozenset[str]()  # articles that may have lost their last origin
        match operation:
            case Put(entry, origins):
                touched = catalog.holders(db, origins) | {entry.article.id}
                catalog.put(db, entry)
                for origin in origins:
                    catalog.attach(db, origin, entry.parent or origin, entry.article.id)
            case Attach(article_id, origin, parent, copy):
                touched = catalog.holders(db, [origin])
                catalog.attach(db, origin, parent, article_id, copy)
            case Detach(origins):
                touched = catalog.holders(db, origins)
                for origin in origins:
                    db.execute("DELETE FROM origins WHERE origin = ?", (origin,))
                    db.execute("DELETE FROM ledger WHERE origin = ?", (origin,))
            case Drop(article_id):
                db.execute(
                    "DELETE FROM ledger WHERE origin IN (SELECT parent FROM origins WHERE article_id = ?)",
                    (article_id,),
                )
                catalog.drop(db, article_id)
                return [article_id]
            case Changed(article_id, what, day):
                db.execute(
                    "INSERT INTO changes VALUES (?, ?, ?)", (article_id, day or dt.date.today().isoformat(), what)
                )
        gone = catalog.orphans(db, touched)
        for article_id in gone:
            catalog.drop(db, article_id)
        return gone

    def replace_vectors(self, vectors: Iterable[tuple[list[str], Vector]], embedder: dict[str, Any]) -> None:
        """Put new vectors of another embedder in place of all, in one transaction, and rebuild Chroma from them."""
        with self._catalog.transaction() as db:
            for ids, matrix in vectors:
                for id, vector in zip(ids, matrix, strict=True):
                    db.execute(
                        "UPDATE vectors SET vector = ? WHERE number = (SELECT number FROM passages WHERE id = ?)",
                        (vector.tobytes(), id),
                    )
            db.execute("INSERT OR REPLACE INTO meta VALUES ('embedder', ?)", (json.dumps(embedder),))
            db.execute("INSERT OR REPLACE INTO meta VALUES ('vectors_state', '')")
            db.execute("INSERT OR REPLACE INTO meta VALUES ('vectors_made', lower(hex(randomblob(8))))")
            move_generation(db)
        self._index.embedder = dict(embedder)
        self.rebuild()

    # -- Chroma --------------------------------------------------------------------------

    def heal(self) -> None:
        """After a writer that did not end in order: look, and rebuild what does not hold."""
        catalog, index = self._catalog, self._index
        state = catalog.get("vectors_state")
        if not catalog.count("passages") and state == "":
            return
        try:
            self.sweep()
            if state == "clean" and index.sealed() and not catalog.count("pending") and self._is_served():
                return
            self._step("heal: begin")
            if state == "" or not self._holds():
                self.rebuild()
            else:
                self._sync()
                if self._vectors is None:
                    self._seal()
        except VectorsFault as e:
            self._give_up(e)

    def _is_served(self) -> bool:
        """Whether a server still has all: it may have been started on another folder, or be another one."""
        index = self._index
        if index.place().folder is not None:
            return True
        try:
            vectors = Vectors(index.place(), embedder=index.embedder)
        except VectorsFault as e:
            if "does not answer" in str(e):
                raise
            return False
        try:
            return vectors.count() == self._catalog.count("passages")
        finally:
            vectors.close()

    def _holds(self) -> bool:
        """Whether Chroma has every vector that the catalog does not list as pending."""
        try:
            found = self._index._probe(SAMPLE)
        except VectorsFault as e:
            if self._index.chroma and "does not answer" in str(e):
                raise
            return False
        if self._catalog.count("pending"):  # then the counts differ; bring Chroma up to date and count again
            self._sync()
            if self._vectors is None:
                return False
            return (
                found.wrong <= self._catalog.count("pending")
                and self._vectors.count() == self._catalog.count("passages")
                and not ask_for_itself(self._vectors, self._catalog, SAMPLE).wrong
            )
        return bool(found.wrong == 0 and found.count == self._catalog.count("passages"))

    def _sync(self) -> None:
        """Give Chroma what the catalog lists as pending."""
        catalog = self._catalog
        if self.fault is not None:
            return
        waiting = [r[0] for r in catalog.db.execute("SELECT passage_id FROM pending ORDER BY passage_id")]
        if not waiting and catalog.get("vectors_state") != "writing":
            return
        try:
            vectors = self._open()
            present = catalog.passages(waiting)
            gone = [id for id in waiting if id not in present]
            if present:
                passages = list(present.values())
                vectors.upsert(passages, catalog.vectors_of([p.id for p in passages]))
                self._step("chroma: upserted")
            if gone:
                vectors.delete(gone)
                self._step("chroma: deleted")
        except VectorsFault as e:
            self._give_up(e)
            return
        with catalog.transaction() as db:
            db.executemany("DELETE FROM pending WHERE passage_id = ?", [(id,) for id in waiting])
        self._step("chroma: in step")

    def _open(self) -> Vectors:
        if self._vectors is None:
            with lock.brief(self._index.folder, "vectors.lock"):
                self._catalog.set(vectors_state="writing")
            self._step("chroma: opening")
            self._vectors = Vectors(self._index.place(), embedder=self._index.embedder, create=True)
            self._step("chroma: opened")
        return self._vectors

    def rebuild(self, show: Shown = lambda done, of: None) -> None:
        """Build a new collection beside the old one from the catalog's vectors, then make it the current one."""
        catalog, index = self._catalog, self._index
        self._close_vectors()
        number = int(catalog.get("vectors_number", "0")) + 1
        place = index.place(number)
        if place.folder is not None:
            shutil.rmtree(place.folder, ignore_errors=True)
        else:
            drop_others(index.place(number - 1))
        self._step("rebuild: begin")
        fresh = Vectors(place, embedder=index.embedder, create=True)
        try:
            done = 0
            for passages, vectors in catalog.everything(SYNC):
                fresh.upsert(passages, vectors)
                done += len(passages)
                show(done, catalog.size)
                self._step("rebuild: some")
        finally:
            fresh.close()
        self._seal(number)
        self._step("rebuild: swapped")

    def sweep(self) -> None:
        """Remove vectors that are not the current ones; a client that still holds a folder keeps its files."""
        if self._index.chroma:
            drop_others(self._index.place())
            return
        home = self._index.folder / "vectors"
        current = self._catalog.get("vectors_number", "1")
        for path in home.iterdir() if home.is_dir() else ():
            if path.name != current:
                shutil.rmtree(path, ignore_errors=True)

    def _give_up(self, e: VectorsFault) -> None:
        """Go on without Chroma: the catalog has everything, and the next writer brings Chroma in step."""
        self.fault = f"{e}. The catalog has everything; searches scan its vectors until Chroma is back."
        self._close_vectors()

    def _close_vectors(self) -> None:
        if self._vectors is not None:
            self._vectors.close()
            self._vectors = None

    def close(self) -> None:
        """Close Chroma and mark the vectors clean; after a fault they stay marked for the next writer to heal."""
        if self._vectors is None:
            return
        self._close_vectors()
        self._step("chroma: closed")
        try:
            self._seal()
        except DiskFull:
            return  # stays "writing": the next writer looks, and marks it
        self._step("chroma: sealed")

    def _seal(self, rebuilt: int | None = None) -> None:
        """Say, in one transaction, which vectors are current, that they are in step, and what their files look like."""
        number = int(self._catalog.get("vectors_number", "1")) if rebuilt is None else rebuilt
        place = self._index.place(number)
        values = {
            "vectors_number": number,
            "vectors_seal": seal(place.folder) if place.folder is not None else "",
            "vectors_state": "clean",
        }
        with lock.brief(self._index.folder, "vectors.lock"), self._catalog.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(k, str(v)) for k, v in values.items()])
            if rebuilt is not None:
                db.execute("DELETE FROM pending")
                self._catalog.mark_rebuilt(db)
            move_generation(db)
