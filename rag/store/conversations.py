"""Conversations that are kept: questions, whole answers, and what their readers made of them.

    kept = Conversations(folder)
    id = kept.begin("Who met in Belgrade?", owner="ana")
    kept.add(id, "Who met in Belgrade?", answer)

One SQLite file beside the catalog (WAL, synchronous=FULL), which nothing rebuilds: what `add` has returned from
survives kill -9. Any number of processes write to it. The file is made at the first write; where the folder cannot be
written to, reading goes on and writing raises NotKept.
"""

from __future__ import annotations

import datetime as dt
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rag.errors import ArchiveDamaged, ArchiveTooNew, NotKept, UsageError
from rag.store.answers import dump, load
from rag.store.catalog import to_wal
from rag.text import fold, one_line, words
from rag.types import Answer

Verdict = Literal["up", "down"]

NAME = "conversations.sqlite3"
BUSY = 10.0  # seconds that a writer waits for another
LONGEST_TITLE = 80
LONGEST_WHY = 1000
LISTED = 200  # conversations that `list` gives, unless told otherwise

MIGRATIONS = (
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, created TEXT NOT NULL, updated TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX conversations_by_owner ON conversations (owner, updated);
    CREATE TABLE exchanges (
        id INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        question TEXT NOT NULL, answer TEXT NOT NULL, words TEXT NOT NULL, asked TEXT NOT NULL,
        verdict TEXT, why TEXT NOT NULL DEFAULT '', judged TEXT
    );
    CREATE INDEX exchanges_by_conversation ON exchanges (conversation);
    """,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """A conversation that is kept; times are UTC, in ISO form. `owner` is a user's name, "" where nobody logs in."""

    id: str
    owner: str
    title: str
    created: str
    updated: str
    questions: int


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """A question of a kept conversation and its answer, with its reader's verdict: "up", "down" or None, and why."""

    id: int
    question: str
    answer: Answer
    asked: str
    verdict: Verdict | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """A verdict on an answer, with what it is about."""

    conversation: str
    exchange: int
    owner: str
    question: str
    text: str
    model: str
    verdict: Verdict
    why: str
    judged: str

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


class Conversations:
    """The kept conversations of an archive's folder. `owner` None means everybody's."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME

    # -- reading -------------------------------------------------------------------------

    def list(self, search: str = "", *, owner: str | None = None, limit: int = LISTED) -> tuple[Kept, ...]:
        """Newest first; with `search` those that hold all of its words, in titles, questions or answers."""
        where, values = ["1"], list[object]()
        if owner is not None:
            where.append("c.owner = ?")
            values.append(owner)
        for word in words(search):
            where.append(
                "(instr(fold(c.title), ?) OR EXISTS (SELECT 1 FROM exchanges e WHERE e.conversation = c.id"
                " AND instr(e.words, ?)))"
            )
            values += [word, word]
        return tuple(
            Kept(*row) for row in self._read(f"{_KEPT} WHERE {' AND '.join(where)} {_NEWEST} LIMIT ?", *values, limit)
        )

    def open(self, id: str, *, owner: str | None = None) -> Kept | None:
        """None where there is none with this id, or it is another's: nobody learns which."""
        rows = self._read(f"{_KEPT} WHERE c.id = ? AND c.owner = coalesce(?, c.owner)", id, owner)
        return Kept(*rows[0]) if rows else None

    def exchanges(self, id: str) -> tuple[KeptExchange, ...]:
        """All of a conversation, in the order in which it was held."""
        rows = self._read(
            "SELECT id, question, answer, asked, verdict, why FROM exchanges WHERE conversation = ? ORDER BY id", id
        )
        return tuple(KeptExchange(n, question, load(answer), *rest) for n, question, answer, *rest in rows)

    def feedback(self, *, owner: str | None = None) -> tuple[Feedback, ...]:
        """All verdicts, oldest first."""
        rows = self._read(
            "SELECT c.id, e.id, c.owner, e.question, e.answer, e.verdict, e.why, e.judged FROM exchanges e"
            " JOIN conversations c ON c.id = e.conversation WHERE e.verdict IS NOT NULL"
            " AND c.owner = coalesce(?, c.owner) ORDER BY e.judged, e.id",
            owner,
        )
        found = []
        for id, number, of, question, text, *judged in rows:
            answer = load(text)
            found.append(Feedback(id, number, of, question, answer.text, answer.model, *judged))
        return tuple(found)

    # -- writing -------------------------------------------------------------------------

    def begin(self, question: str, *, owner: str = "") -> str:
        """The id of a new conversation, which nobody can guess; its title is the question."""
        id, now = secrets.token_urlsafe(16), _now()
        with self._writing() as db:
            db.execute("INSERT INTO conversations VALUES (?, ?, ?, ?, ?)", (id, owner, _title(question), now, now))
        return id

    def add(self, id: str, question: str, answer: Answer, *, instead_of: int | None = None) -> int:
        """Keep an exchange, and give its number; with `instead_of` that one and all after it make way for it."""
        with self._writing() as db:
            if instead_of is not None:
                db.execute("DELETE FROM exchanges WHERE conversation = ? AND id >= ?", (id, instead_of))
            now = _now()
            if not db.execute("UPDATE conversations SET updated = ? WHERE id = ?", (now, id)).rowcount:
                raise UsageError("this conversation was deleted meanwhile; the answer was not kept")
            told = " ".join(words(f"{question}\n{answer.text}"))
            added = db.execute(
                "INSERT INTO exchanges (conversation, question, answer, words, asked) VALUES (?, ?, ?, ?, ?)",
                (id, question, dump(answer), told, now),
            )
            return int(added.lastrowid or 0)

    def rename(self, id: str, title: str, *, owner: str | None = None) -> bool:
        """False where there is no such conversation, or no title."""
        title = _title(title)
        with self._writing() as db:
            changed = db.execute(
                "UPDATE conversations SET title = ? WHERE id = ? AND owner = coalesce(?, owner) AND ? != ''",
                (title, id, owner, title),
            )
            return changed.rowcount > 0

    def delete(self, id: str, *, owner: str | None = None) -> bool:
        """Take a conversation out for good; False where there is none."""
        with self._writing() as db:
            gone = db.execute("DELETE FROM conversations WHERE id = ? AND owner = coalesce(?, owner)", (id, owner))
            return gone.rowcount > 0

    def judge(self, exchange: int, verdict: Verdict | None, why: str = "") -> bool:
        """Keep what a reader makes of an answer; None takes it back. False where there is no such exchange."""
        if verdict not in ("up", "down", None):
            raise UsageError(f"a verdict is up or down, not {verdict!r}")
        kept = (verdict, why.strip()[:LONGEST_WHY] if verdict else "", _now() if verdict else None, exchange)
        with self._writing() as db:
            return db.execute("UPDATE exchanges SET verdict = ?, why = ?, judged = ? WHERE id = ?", kept).rowcount > 0

    def copy(self, folder: Path) -> None:
        """A consistent copy of the live file in another folder; nothing where nothing is kept."""
        if not self.path.is_file():
            return
        with (
            self._translated(),
            closing(self._connect(write=False)) as db,
            closing(sqlite3.connect(folder / NAME)) as to,
        ):
            db.backup(to)

    # -- connections ---------------------------------------------------------------------

    def _read(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        if not self.path.is_file():
            return []
        with self._translated(), closing(self._connect(write=False)) as db:
            return db.execute(statement, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, all or nothing, on the disk when this ends."""
        with self._translated(), closing(self._connect(write=True)) as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _connect(self, *, write: bool) -> sqlite3.Connection:
        """A connection for one statement or transaction: conversations are written a few times a minute."""
        if not write:
            for how in ("mode=rw", "mode=ro", "immutable=1"):  # a folder that is read-only has no room for WAL's files
                db = sqlite3.connect(
                    f"{self.path.absolute().as_uri()}?{how}", timeout=BUSY, isolation_level=None, uri=True
                )
                try:
                    self._check(db)
                except sqlite3.OperationalError:
                    db.close()
                    if how == "immutable=1":
                        raise
                    continue
                return db
        db = sqlite3.connect(self.path, timeout=BUSY, isolation_level=None)
        try:
            to_wal(db)
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA secure_delete = ON")
            self._migrate(db, self._check(db))
        except BaseException:
            db.close()
            raise
        return db

    def _check(self, db: sqlite3.Connection) -> int:
        """The version of the file."""
        db.create_function("fold", 1, fold, deterministic=True)
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        if version > len(MIGRATIONS):
            raise ArchiveTooNew(
                f"{self.path} was made by a newer Dateline (version {version}; this one reads up to "
                f"{len(MIGRATIONS)}). Upgrade with: pip install --upgrade dateline"
            )
        return version

    def _migrate(self, db: sqlite3.Connection, version: int) -> None:
        if version == len(MIGRATIONS):
            return
        db.execute("BEGIN IMMEDIATE")  # another process may have made the file at the same moment, and was first
        version = int(db.execute("PRAGMA user_version").fetchone()[0])
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            for statement in script.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
        db.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as e:
            raise NotKept(
                f"conversations cannot be kept in {self.path} ({e}); see to the folder's rights and room"
            ) from e
        except sqlite3.DatabaseError as e:
            raise ArchiveDamaged(
                f"{self.path} cannot be read as conversations ({e}). The articles are not touched by it; move the file "
                "away, or put that of a backup in its place"
            ) from e


_KEPT = (
    "SELECT c.id, c.owner, c.title, c.created, c.updated,"
    " (SELECT count(*) FROM exchanges e WHERE e.conversation = c.id) FROM conversations c"
)
_NEWEST = "ORDER BY c.updated DESC, c.id"


def _title(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 1].rstrip() + "…"


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
