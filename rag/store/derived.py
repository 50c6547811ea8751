"""What the catalog derives from its articles: full text and signatures, made again when what makes them has changed.

`meta` says what made each: the rules' number, the stemmer's version. An archive that says anything else, or nothing,
is brought up to date when the catalog is opened, out of the stored texts: nothing is embedded.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from rag.store import similar, stems

AT_ONCE = 500


def _full_text(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO fulltext (fulltext) VALUES ('delete-all')")
    rows = db.execute(
        'SELECT p.number, a.title, substr(a.text, p.start + 1, p."end" - p.start), a.language FROM passages p '
        "JOIN articles a ON a.id = p.article_id ORDER BY p.number"
    )
    while some := rows.fetchmany(AT_ONCE):
        db.executemany(
            "INSERT INTO fulltext (rowid, title, text) VALUES (?, ?, ?)",
            [(n, stems.stemmed(title, language), stems.stemmed(text, language)) for n, title, text, language in some],
        )


def _signatures(db: sqlite3.Connection) -> None:
    db.execute("DELETE FROM signatures")
    rows = db.execute("SELECT id, text FROM articles ORDER BY id")
    while some := rows.fetchmany(AT_ONCE):
        for id, text in some:
            similar.sign(db, id, text)


# Key in `meta`, what makes it now, how all of it is made from articles and passages.
DERIVED: tuple[tuple[str, str, Callable[[sqlite3.Connection], None]], ...] = (
    ("fulltext", stems.MADE_BY, _full_text),
    ("signatures", similar.MADE_BY, _signatures),
)
