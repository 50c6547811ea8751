"""The catalog: the SQL database of an archive, and the truth about it.

Articles, passages, their vectors, full text, and the ledger, in one SQLite file (WAL,
synchronous=FULL): what a commit acknowledged survives kill -9 and a power cut. Chroma is
derived; `pending` lists the passages whose vectors Chroma does not have yet.

    ledger   per origin: content hash, settings fingerprint, state ("done", "partly")
    origins  per article: where it was read from; a file of many articles is the parent of its parts
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from rag.errors import ArchiveDamaged, ArchiveError, ArchiveTooNew, DiskFull
from rag.store import derived, quotations, similar, stems
from rag.types import Article, Coverage, Passage, Saying

Vector = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
T = TypeVar("T")

NAME = "catalog.sqlite3"
BUSY = 30.0  # seconds that a connection waits for another

MIGRATIONS = (
    """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE articles (
        id TEXT PRIMARY KEY, title TEXT NOT NULL, text TEXT NOT NULL, date INTEGER, updated INTEGER, source TEXT,
        author TEXT, url TEXT, language TEXT, found TEXT NOT NULL, text_hash TEXT NOT NULL, hash TEXT NOT NULL
    );
    CREATE INDEX articles_by_text ON articles (text_hash);
    CREATE INDEX articles_by_date ON articles (date);
    CREATE TABLE origins (
        origin TEXT PRIMARY KEY, parent TEXT NOT NULL, article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE
    );
    CREATE INDEX origins_by_article ON origins (article_id);
    CREATE INDEX origins_by_parent ON origins (parent);
    CREATE TABLE passages (
        number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        article_id TEXT NOT NULL REFERENCES articles ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL
    );
    CREATE INDEX passages_by_article ON passages (article_id);
    CREATE TABLE vectors (number INTEGER PRIMARY KEY REFERENCES passages ON DELETE CASCADE, vector BLOB NOT NULL);
    CREATE TABLE pending (passage_id TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE ledger (
        origin TEXT PRIMARY KEY, hash TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE changes (article_id TEXT NOT NULL, day TEXT NOT NULL, what TEXT NOT NULL);
    CREATE VIRTUAL TABLE fulltext USING fts5 (
        title, text, content='', tokenize="porter unicode61 remove_diacritics 2"
    );
    """,
    # 1: this origin holds the article because it has the same text, under a name that gives another id.
    "ALTER TABLE origins ADD COLUMN copy INTEGER NOT NULL DEFAULT 0;",
    # The words of full text are stemmed before they reach FTS5; rag/store/derived.py fills these tables.
    f"""
    DROP TABLE fulltext;
    CREATE VIRTUAL TABLE fulltext USING fts5 (title, text, content='', tokenize="{stems.TOKENIZER}");
    {similar.TABLES}
    """,
    quotations.MIGRATION,
    "CREATE INDEX articles_listed ON articles (date, source, language, length(text), title, id);",  # listing.py reads it
    # What filters and coverage ask for, without the way through the texts that stand before it in a row.
    """
    DROP INDEX articles_by_date;
    CREATE INDEX articles_by_date ON articles (date, source, author, id);
    """,
)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which articles a search may see: inclusive dates, outlets by name (any of them), authors."""

    after: dt.date | None = None
    before: dt.date | None = None
    sources: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()

    @property
    def dated(self) -> bool:
        return self.after is not None or self.before is not None

    def __bool__(self) -> bool:
        return self.dated or bool(self.sources or self.authors)

    def sql(self) -> tuple[str, list[object]]:
        """A condition on the table alias `a`, and its parameters."""
        parts, values = ["1"], list[object]()
        if self.after is not None:
            parts.append("a.date >= ?")
            values.append(day_number(self.after))
        if self.before is not None:
            parts.append("a.date <= ?")
            values.append(day_number(self.before))
        for column, names in (("source", self.sources), ("author", self.authors)):
            if names:
                parts.append(f"a.{column} IN ({', '.join('?' * len(names))})")
                values.extend(names)
        return " AND ".join(parts), values

    def passages_sql(self) -> tuple[str, list[object]]:
        """A condition on the table alias `p`, passages, and its parameters."""
        if not self:
            return "1", []
        sql, values = self.sql()
        return f"p.article_id IN (SELECT a.id FROM articles a WHERE {sql})", values


@dataclass(frozen=True, slots=True)
class Entry:
    """One article as it is written: its passages and vectors (float32, passages x dimensions)."""

    article: Article
    passages: tuple[Passage, ...]
    vectors: Vector
    parent: str = ""
    sayings: tuple[Saying, ...] | None = None  # None: to be read later


@dataclass(frozen=True, slots=True)
class Mark:
    """The ledger's line for one origin; written last. `keep` are the parts that the origin still has."""

    origin: str
    hash: str
    fingerprint: str
    state: str = "done"
    keep: frozenset[str] | None = None


class _Connection(sqlite3.Connection):
    """Raises our errors."""

    path = Path(NAME)

    def execute(self, *statement: Any) -> sqlite3.Cursor:
        with translated(self.path):
            return super().execute(*statement)


def to_wal(connection: sqlite3.Connection) -> None:
    """Switch to WAL; SQLite does not wait for other processes that switch at the same moment, so we do."""
    until = time.monotonic() + BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as e:
            if "locked" not in str(e) or time.monotonic() > until:
                raise
            time.sleep(0.02)


class Catalog:
    """One connection per thread; readers never wait for the writer."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._local = threading.local()
        self._open: list[tuple[threading.Thread, sqlite3.Connection]] = []
        self._lock = threading.Lock()
        self._known: dict[str, tuple[int, Any]] = {}  # what the whole archive says: the generation, and what was found
        with translated(self.path):
            self._migrate()
            self._renew()

    # -- connections ---------------------------------------------------------------------

    @property
    def db(self) -> sqlite3.Connection:
        connection: _Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path, timeout=BUSY, isolation_level=None, check_same_thread=False, factory=_Connection
            )
            connection.path = self.path
            to_wal(connection)
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA cache_size = -8192")
            self._local.connection = connection
            with self._lock:
                self._close_unused()
                self._open.append((threading.current_thread(), connection))
        return connection

    def _close_unused(self) -> None:
        """Threads end without a word; their connections would stay open, two files each."""
        for thread, connection in self._open:
            if not thread.is_alive():
                connection.close()
        self._open = [one for one in self._open if one[0].is_alive()]

    def close(self) -> None:
        with self._lock:
            for _, connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing; raises DiskFull where there is no room, and then nothing was written."""
        db = self.db
        with translated(self.path):
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise

    def _migrate(self) -> None:
        version = self.db.execute("PRAGMA user_version").fetchone()[0]
        if version > len(MIGRATIONS):
            raise ArchiveTooNew(
                f"{self.path.parent} was made by a newer Dateline (catalog version {version}; this one reads up to "
                f"{len(MIGRATIONS)}). Upgrade with: pip install --upgrade dateline"
            )
        for number, script in enumerate(MIGRATIONS[version:], start=version + 1):
            first = f"INSERT OR IGNORE INTO meta VALUES ('archive', '{uuid.uuid4().hex[:16]}');" if number == 1 else ""
            try:
                self.db.executescript(f"BEGIN IMMEDIATE; {script} {first} PRAGMA user_version = {number}; COMMIT;")
            except sqlite3.OperationalError:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")
                if self.db.execute("PRAGMA user_version").fetchone()[0] < number:
                    raise
                # another process opened the new archive at the same moment, and was first

    def _renew(self) -> None:
        """Make again what is derived by other rules than ours; another process that is at it already is waited for."""
        for key, made_by, make in derived.DERIVED:
            while self.get(key) != made_by:
                try:
                    with self.transaction() as db:
                        if self.get(key) != made_by:  # nobody was first while we waited
                            make(db)
                            _set(db, {key: made_by})
                            move_generation(db)
                except sqlite3.OperationalError as e:
                    if e.sqlite_errorname != "SQLITE_BUSY":
                        raise

    # -- facts about the archive ---------------------------------------------------------

    def get(self, key: str, default: str = "") -> str:
        row = self.db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else str(row[0])

    def set(self, **values: object) -> None:
        with self.transaction() as db:
            _set(db, values)

    @property
    def generation(self) -> int:
        """Moves with every change of what can be found."""
        return int(self.get("generation", "0"))

    @property
    def history(self) -> str:
        """Whose passages' numbers and vectors these are: of this archive, this embedder, and since they were last replaced."""
        facts = (self.get("archive"), self.get("vectors_made"), self.get("embedder"))
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()

    def _remembered(self, name: str, find: Callable[[], T]) -> T:
        """What was found in this generation, or is found now."""
        generation = self.generation
        known = self._known.get(name)
        if known is None or known[0] != generation:
            known = self._known[name] = (generation, find())
        found: T = known[1]
        return found

    def count(self, table: str = "articles") -> int:
        return int(self.db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])

    @property
    def size(self) -> int:
        """Passages in this generation: counted once, since a question asks for it with every word."""
        return self._remembered("size", lambda: self.count("passages"))

    def sources(self) -> list[str]:
        """The outlets, most articles first."""
        sql = "SELECT source FROM articles WHERE source IS NOT NULL GROUP BY source ORDER BY count(*) DESC, source"
        return list(self._remembered("sources", lambda: [r[0] for r in self.db.execute(sql)]))

    def authors(self) -> list[str]:
        sql = "SELECT DISTINCT author FROM articles WHERE author IS NOT NULL ORDER BY author"
        return list(self._remembered("authors", lambda: [r[0] for r in self.db.execute(sql)]))

    def coverage(self, where: Filter, named: int = 50) -> Coverage:
        """What a search with this filter sees; `undated` counts what a date filter left out for want of a date."""
        if where:
            return self._coverage(where, named)
        return self._remembered(f"coverage, {named} named", lambda: self._coverage(where, named))

    def _coverage(self, where: Filter, named: int) -> Coverage:
        sql, values = where.sql()
        total, first, last, independent = self.db.execute(
            f"SELECT count(*), min(a.date), max(a.date), count(DISTINCT a.source) FROM articles a WHERE {sql}", values
        ).fetchone()
        names = self.db.execute(
            f"SELECT a.source FROM articles a WHERE {sql} AND a.source IS NOT NULL GROUP BY a.source "
            "ORDER BY count(*) DESC, a.source LIMIT ?",
            [*values, named],
        )
        newest = self.db.execute(
            "SELECT title FROM articles WHERE id = (SELECT a.id FROM articles a "
            f"WHERE {sql} AND a.date IS NOT NULL ORDER BY a.date DESC, a.id LIMIT 1)",
            values,
        ).fetchone()
        undated = 0
        if where.dated:
            rest, values = Filter(sources=where.sources, authors=where.authors).sql()
            undated = self.db.execute(
                f"SELECT count(*) FROM articles a WHERE {rest} AND a.date IS NULL", values
            ).fetchone()[0]
        return Coverage(
            articles=total,
            first=day(first),
            last=day(last),
            sources=tuple(r[0] for r in names),
            newest=newest[0] if newest else None,
            independent=independent,
            undated=undated,
        )

    # -- reading -------------------------------------------------------------------------

    def article(self, id: str) -> Article | None:
        row = self.db.execute(f"SELECT {_ARTICLE} FROM articles a WHERE a.id = ?", (id,)).fetchone()
        return None if row is None else self._article(row)

    def articles(self, where: Filter | None = None, *, limit: int | None = None, offset: int = 0) -> Iterator[Article]:
        """Newest first; those without a date last."""
        sql, values = (where or Filter()).sql()
        rows = self.db.execute(
            f"SELECT {_ARTICLE} FROM articles a WHERE {sql} ORDER BY a.date IS NULL, a.date DESC, a.id "
            "LIMIT ? OFFSET ?",
            [*values, -1 if limit is None else limit, offset],
        ).fetchall()
        return (self._article(row) for row in rows)

    def article_of_text(self, text: str) -> Article | None:
        """The article that has this very text already."""
        row = self.db.execute(
            f"SELECT {_ARTICLE} FROM articles a WHERE a.text_hash = ? ORDER BY a.rowid LIMIT 1", (text_hash(text),)
        ).fetchone()
        return None if row is None else self._article(row)

    def article_of_origin(self, origin: str) -> str | None:
        row = self.db.execute("SELECT article_id FROM origins WHERE origin = ?", (origin,)).fetchone()
        return None if row is None else str(row[0])

    def article_hash(self, id: str) -> str | None:
        row = self.db.execute("SELECT hash FROM articles WHERE id = ?", (id,)).fetchone()
        return None if row is None else str(row[0])

    def _article(self, row: Sequence[Any]) -> Article:
        id, title, text, date, updated, source, author, url, language, found = row
        origins = self.db.execute("SELECT origin FROM origins WHERE article_id = ? ORDER BY rowid", (id,))
        return Article(
            id=id, title=title, text=text, date=day(date), updated=day(updated), source=source, author=author, url=url,
            language=language, origins=tuple(r[0] for r in origins), found=json.loads(found),
        )  # fmt: skip

    def ids(self, where: Filter) -> list[str]:
        """Of the articles that the filter lets through, by id."""
        sql, values = where.sql()
        return [r[0] for r in self.db.execute(f"SELECT a.id FROM articles a WHERE {sql} ORDER BY a.id", values)]

    def passages(self, ids: Sequence[str]) -> dict[str, Passage]:
        """The passages with these ids; an id that is gone is left out."""
        found: dict[str, Passage] = {}
        for some in _chunks(ids, 500):
            rows = self.db.execute(
                f"SELECT {_PASSAGE} FROM passages p JOIN articles a ON a.id = p.article_id "
                f"WHERE p.id IN ({', '.join('?' * len(some))})",
                list(some),
            )
            found.update((row[0], _passage(row)) for row in rows)
        return found

    def passages_of(self, article_id: str) -> tuple[Passage, ...]:
        rows = self.db.execute(
            f"SELECT {_PASSAGE} FROM passages p JOIN articles a ON a.id = p.article_id "
            "WHERE a.id = ? ORDER BY p.ordinal",
            (article_id,),
        )
        return tuple(_passage(row) for row in rows)

    def vectors(
        self, where: Filter | None = None, *, above: int = 0
    ) -> tuple[list[str], npt.NDArray[np.int64], Vector]:
        """Passage ids, numbers and vectors (n x dimensions) of what the filter lets through, by number."""
        sql, values = (where or Filter()).passages_sql()
        rows = self.db.execute(
            "SELECT p.id, p.number, v.vector FROM vectors v JOIN passages p ON p.number = v.number "
            f"WHERE v.number > ? AND {sql} ORDER BY p.number",
            [above, *values],
        ).fetchall()
        numbers = np.array([r[1] for r in rows], dtype=np.int64)
        return [r[0] for r in rows], numbers, _matrix([r[2] for r in rows])

    def described_vectors(
        self, *, above: int, size: int
    ) -> Iterator[tuple[list[int], list[int | None], list[str | None], list[str | None], Vector]]:
        """Numbers, days, outlets, authors and vectors of the passages above that number, `size` at a time, by number."""
        while True:
            rows = self.db.execute(
                "SELECT v.number, a.date, a.source, a.author, v.vector FROM vectors v "
                "JOIN passages p ON p.number = v.number JOIN articles a ON a.id = p.article_id "
                "WHERE v.number > ? ORDER BY v.number LIMIT ?",
                (above, size),
            ).fetchall()
            if not rows:
                return
            above = rows[-1][0]
            numbers, days, sources, authors, vectors = (list(column) for column in zip(*rows, strict=True))
            yield numbers, days, sources, authors, _matrix(vectors)

    def vectors_by_number(self, numbers: Numbers) -> tuple[list[int], Vector]:
        """The numbers of these passages, as far as they are there, and their vectors (n x dimensions)."""
        rows: list[tuple[int, bytes]] = []
        for some in _chunks(sorted(map(int, numbers)), 500):
            rows += self.db.execute(
                f"SELECT number, vector FROM vectors WHERE number IN ({', '.join('?' * len(some))})", list(some)
            )
        return [number for number, _ in rows], _matrix([vector for _, vector in rows])

    def passage_ids(self, numbers: Sequence[int]) -> dict[int, str]:
        """Number -> id of these passages, as far as they are there."""
        rows = self.db.execute(
            f"SELECT number, id FROM passages WHERE number IN ({', '.join('?' * len(numbers))})", list(numbers)
        )
        return dict(rows)

    def vectors_of(self, ids: Sequence[str]) -> Vector:
        """The vectors of these passages, in this order (n x dimensions)."""
        found: dict[str, bytes] = {}
        for some in _chunks(ids, 500):
            found.update(
                self.db.execute(
                    "SELECT p.id, v.vector FROM vectors v JOIN passages p ON p.number = v.number "
                    f"WHERE p.id IN ({', '.join('?' * len(some))})",
                    list(some),
                )
            )
        return _matrix([found[id] for id in ids])

    def everything(self, size: int) -> Iterator[tuple[list[Passage], Vector]]:
        """All passages with their vectors, `size` at a time."""
        last = 0
        while True:
            rows = self.db.execute(
                f"SELECT {_PASSAGE}, p.number, v.vector FROM passages p JOIN articles a ON a.id = p.article_id "
                "JOIN vectors v ON v.number = p.number WHERE p.number > ? ORDER BY p.number LIMIT ?",
                (last, size),
            ).fetchall()
            if not rows:
                return
            last = rows[-1][-2]
            yield [_passage(r[:-2]) for r in rows], _matrix([r[-1] for r in rows])

    def numbers(self) -> Numbers:
        """The numbers of all passages, rising."""
        numbers = (row[0] for row in self.db.execute("SELECT number FROM passages INDEXED BY passages_by_article"))
        return np.sort(np.fromiter(numbers, dtype=np.int64))

    def count_passages(self, where: Filter, limit: int) -> int:
        """How many passages the filter lets through, counted up to `limit`."""
        sql, values = where.passages_sql()
        row = self.db.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM passages p WHERE {sql} LIMIT ?)",
            [*values, limit],
        ).fetchone()
        return int(row[0])

    def similar(self, article_id: str) -> list[tuple[str, float]]:
        """(id, resemblance) of the articles that share at least half of this one's wording, most alike first."""
        return similar.similar(self.db, article_id)

    def changes(self, article_id: str) -> list[tuple[str, str]]:
        """(day, what changed), oldest first."""
        rows = self.db.execute("SELECT day, what FROM changes WHERE article_id = ? ORDER BY rowid", (article_id,))
        return [(r[0], r[1]) for r in rows]

    # -- disk ----------------------------------------------------------------------------

    def compact(self) -> None:
        """Merge full text's segments, and write the file anew without what is free in it."""
        self.db.execute("INSERT INTO fulltext (fulltext) VALUES ('optimize')")
        self.db.execute("VACUUM")
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def written_to_chroma(self) -> tuple[int, int]:
        """(those of them that are gone, passages that were written to the current collection since it was begun)."""
        written = self._last_number() - int(self.get("vectors_begun", "0"))
        return written - self.count("passages"), written

    def mark_rebuilt(self, db: sqlite3.Connection) -> None:
        """Note that the collection holds now what the catalog does, and nothing that is gone."""
        _set(db, {"vectors_begun": self._last_number() - self.count("passages")})

    def _last_number(self) -> int:
        """The highest number that a passage ever had."""
        row = self.db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()
        return 0 if row is None else int(row[0])

    # -- the ledger ----------------------------------------------------------------------

    def mark(self, origin: str) -> Mark | None:
        row = self.db.execute(
            "SELECT origin, hash, fingerprint, state FROM ledger WHERE origin = ?", (origin,)
        ).fetchone()
        return None if row is None else Mark(*row)

    def ledger_origins(self) -> list[str]:
        return [r[0] for r in self.db.execute("SELECT origin FROM ledger ORDER BY origin")]

    def parts(self, parent: str) -> list[str]:
        """The origins that were read from this one."""
        rows = self.db.execute("SELECT origin FROM origins WHERE parent = ? ORDER BY rowid", (parent,))
        return [r[0] for r in rows]

    def parents(self) -> list[str]:
        """The origins that articles were read from, whether or not the ledger has them."""
        return [r[0] for r in self.db.execute("SELECT DISTINCT parent FROM origins ORDER BY parent")]

    def copies(self, article_id: str) -> frozenset[str]:
        """The origins that hold this article only because they have its text."""
        rows = self.db.execute("SELECT origin FROM origins WHERE article_id = ? AND copy", (article_id,))
        return frozenset(r[0] for r in rows)

    def count_parts(self, parent: str) -> int:
        """How many articles were read from this origin."""
        return int(
            self.db.execute("SELECT count(DISTINCT article_id) FROM origins WHERE parent = ?", (parent,)).fetchone()[0]
        )

    # -- writing: called by the index alone, inside a transaction ------------------------

    def put(self, db: sqlite3.Connection, entry: Entry) -> None:
        """Write the article in place of what stood under its id; its passages wait for Chroma."""
        a = entry.article
        self.drop_passages(db, a.id)
        db.execute(
            "INSERT INTO articles VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
            "title = excluded.title, text = excluded.text, date = excluded.date, updated = excluded.updated, "
            "source = excluded.source, author = excluded.author, url = excluded.url, language = excluded.language, "
            "found = excluded.found, text_hash = excluded.text_hash, hash = excluded.hash",
            (a.id, a.title, a.text, day_number(a.date), day_number(a.updated), a.source, a.author, a.url, a.language,
             json.dumps(dict(a.found), ensure_ascii=False, sort_keys=True), text_hash(a.text), content_hash(a)),
        )  # fmt: skip
        similar.sign(db, a.id, a.text)
        quotations.put(db, a.id, entry.sayings)
        for passage, vector in zip(entry.passages, entry.vectors, strict=True):
            number = db.execute(
                'INSERT INTO passages (id, article_id, ordinal, start, "end") VALUES (?, ?, ?, ?, ?)',
                (passage.id, a.id, passage.ordinal, passage.start, passage.end),
            ).lastrowid
            db.execute("INSERT INTO vectors VALUES (?, ?)", (number, np.asarray(vector, dtype=np.float32).tobytes()))
            db.execute(
                "INSERT INTO fulltext (rowid, title, text) VALUES (?, ?, ?)",
                (number, stems.stemmed(a.title, a.language), stems.stemmed(passage.text, a.language)),
            )
            db.execute("INSERT OR REPLACE INTO pending VALUES (?)", (passage.id,))

    def drop_passages(self, db: sqlite3.Connection, article_id: str) -> None:
        rows = db.execute(
            'SELECT p.number, p.id, a.title, substr(a.text, p.start + 1, p."end" - p.start), a.language FROM passages p '
            "JOIN articles a ON a.id = p.article_id WHERE p.article_id = ?",
            (article_id,),
        ).fetchall()
        for number, id, title, text, language in rows:
            db.execute(
                "INSERT INTO fulltext (fulltext, rowid, title, text) VALUES ('delete', ?, ?, ?)",
                (number, stems.stemmed(title, language), stems.stemmed(text, language)),
            )
            db.execute("INSERT OR REPLACE INTO pending VALUES (?)", (id,))
        db.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))

    def drop(self, db: sqlite3.Connection, article_id: str) -> None:
        self.drop_passages(db, article_id)
        db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        db.execute("DELETE FROM changes WHERE article_id = ?", (article_id,))

    def attach(self, db: sqlite3.Connection, origin: str, parent: str, article_id: str, copy: bool = False) -> None:
        db.execute(
            "INSERT INTO origins VALUES (?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET "
            "parent = excluded.parent, article_id = excluded.article_id, copy = excluded.copy",
            (origin, parent, article_id, int(copy)),
        )

    def holders(self, db: sqlite3.Connection, origins: Sequence[str]) -> frozenset[str]:
        """The articles that were read from these origins."""
        held = frozenset[str]()
        for some in _chunks(origins, 500):
            marks = ", ".join("?" * len(some))
            held |= {r[0] for r in db.execute(f"SELECT article_id FROM origins WHERE origin IN ({marks})", list(some))}
        return held

    def orphans(self, db: sqlite3.Connection, ids: Iterable[str]) -> list[str]:
        """Those of these articles that no origin holds any more."""
        sql = "SELECT 1 FROM articles WHERE id = ? AND id NOT IN (SELECT article_id FROM origins WHERE article_id = ?)"
        return [id for id in sorted(ids) if db.execute(sql, (id, id)).fetchone()]


_ARTICLE = "a.id, a.title, a.text, a.date, a.updated, a.source, a.author, a.url, a.language, a.found"
_PASSAGE = (
    'p.id, p.article_id, p.ordinal, substr(a.text, p.start + 1, p."end" - p.start), p.start, p."end", a.title, a.date, '
    "a.source, a.author, a.url, a.language"
)


def _passage(row: Sequence[Any]) -> Passage:
    id, article_id, ordinal, text, start, end, title, date, source, author, url, language = row
    return Passage(id, article_id, ordinal, text, start, end, title, day(date), source, author, url, language)


def _matrix(vectors: Sequence[bytes]) -> Vector:
    """n x dimensions; 0 x 0 where there are none."""
    if not vectors:
        return np.zeros((0, 0), dtype=np.float32)
    return np.frombuffer(b"".join(vectors), dtype=np.float32).reshape(len(vectors), -1)


def _set(db: sqlite3.Connection, values: dict[str, object]) -> None:
    db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", [(k, str(v)) for k, v in values.items()])


def move_generation(db: sqlite3.Connection) -> None:
    db.execute(
        "INSERT INTO meta VALUES ('generation', '1') ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )


def _chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def day_number(date: dt.date | None) -> int | None:
    """2024-11-19 -> 20241119: Chroma's range filters take numbers only."""
    return None if date is None else date.year * 10000 + date.month * 100 + date.day


def day(number: int | None) -> dt.date | None:
    return None if number is None else dt.date(number // 10000, number // 100 % 100, number % 100)


def text_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def content_hash(article: Article) -> str:
    """Changes when anything of the article changes but where it was read from."""
    facts: Iterable[object] = (
        article.title, article.text, article.date, article.updated, article.source, article.author, article.url,
        article.language, sorted(article.found.items()),
    )  # fmt: skip
    return hashlib.sha256(repr(tuple(facts)).encode()).hexdigest()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, saying what to do."""
    try:
        yield
    except sqlite3.DatabaseError as e:
        name = getattr(e, "sqlite_errorname", "") or ""
        if name.startswith(("SQLITE_FULL", "SQLITE_IOERR")):
            raise DiskFull(
                f"{path.parent} could not be written ({e}): the disk is full or failing. What was acknowledged is "
                "kept; make room and run the same command again."
            ) from e
        if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_PERM")):
            raise ArchiveError(
                f"{path} cannot be opened ({e}). Reading an archive writes beside it: its folder and files must be "
                "writable by this user. Change their permissions, or copy the folder to a place of your own."
            ) from e
        if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
            raise ArchiveDamaged(
                f"{path} cannot be read ({e}). Put a backup in its place (dateline backup makes them), or move the "
                "folder away and ingest again."
            ) from e
        raise
