"""Articles that are near copies of one another: a small signature of each, found again by its bands.

    similar(db, "a1")  ->  [("b7", 0.97), ("c3", 0.61)]

A shingle is WORDS words in a row, as a number. Two texts' resemblance is the share of their shingles that both have
(Broder, 1997). A signature keeps the least of the shingles' numbers under each of HASHES orders (MinHash); articles that
agree in all ROWS hashes of any band are candidates, and their resemblance is then counted from the texts themselves.
Of pairs that resemble each other by 0.8 all are found but 2 in 10,000, by 0.5 all but a third.
"""

from __future__ import annotations

import hashlib
import re
import sqlite3
import zlib
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rag.text import fold

MADE_BY = "1"  # signatures that another number made are made again when the archive is opened
WORDS = 3
HASHES, ROWS = 64, 4
LEAST = 0.5  # resemblance
COMPARED = 50  # candidates whose texts are read, those with the nearest signatures

TABLES = """
    CREATE TABLE signatures (
        number INTEGER PRIMARY KEY, article_id TEXT NOT NULL UNIQUE REFERENCES articles ON DELETE CASCADE,
        hashes BLOB NOT NULL
    );
    CREATE TABLE bands (
        band INTEGER NOT NULL, number INTEGER NOT NULL REFERENCES signatures ON DELETE CASCADE,
        PRIMARY KEY (band, number)
    ) WITHOUT ROWID;
    CREATE INDEX bands_by_number ON bands (number);
"""

Numbers = npt.NDArray[np.uint64]
_WORD = re.compile(r"[^\W_]+")


def _odd(name: str, count: int) -> Numbers:
    """The same odd numbers of 64 bits always and everywhere."""
    digests = (hashlib.blake2b(f"{name} {i}".encode(), digest_size=8).digest() for i in range(count))
    return np.array([int.from_bytes(d, "big") | 1 for d in digests], dtype=np.uint64)


_PLACES, _ORDERS, _MIX = _odd("place", WORDS), _odd("order", 2 * HASHES).reshape(2, HASHES, 1), _odd("band", ROWS)


def shingles(words: list[str]) -> Numbers:
    """The different shingles of these words, sorted; a shorter text than a shingle is one."""
    if not words:
        return np.zeros(0, dtype=np.uint64)
    padded = words + [""] * (WORDS - len(words))
    numbers = np.fromiter(map(_number, padded), dtype=np.uint64, count=len(padded))
    last = len(padded) - WORDS + 1
    mixed = sum((numbers[i : i + last] * _PLACES[i] for i in range(WORDS)), start=np.zeros(last, dtype=np.uint64))
    return np.unique(mixed ^ (mixed >> np.uint64(29)))


@lru_cache(maxsize=1 << 17)
def _number(word: str) -> int:
    return zlib.crc32(word.encode())


def resemblance(one: Numbers, other: Numbers) -> float:
    """The share of the two texts' shingles that both have: 0.0 to 1.0."""
    both = np.intersect1d(one, other, assume_unique=True).size
    return both / ((one.size + other.size - both) or 1)


def share(one: Numbers, other: Numbers) -> float:
    """The share of the one text's shingles that the other has: 1.0 where it is a part of it."""
    return np.intersect1d(one, other, assume_unique=True).size / (one.size or 1)


def of_text(text: str) -> Numbers:
    return shingles(_WORD.findall(fold(text)))


def signature(found: Numbers) -> npt.NDArray[np.uint32]:
    """HASHES numbers; two texts have as many in common, of all, as their resemblance."""
    times, plus = _ORDERS
    high = (found * times + plus) >> np.uint64(32)  # multiply-shift hashing: the upper half is the well mixed one
    return np.asarray(high.min(axis=1), dtype=np.uint32)


def _bands(hashes: npt.NDArray[np.uint32]) -> list[int]:
    """One number of 63 bits for each band, the band's place mixed in."""
    rows = hashes.astype(np.uint64).reshape(-1, ROWS)
    mixed = (rows * _MIX).sum(axis=1, dtype=np.uint64) + np.arange(len(rows), dtype=np.uint64) * _MIX[0]
    return [int(n) for n in (mixed ^ (mixed >> np.uint64(31))) >> np.uint64(1)]


def sign(db: sqlite3.Connection, article_id: str, text: str) -> None:
    """Keep the signature of the article's text in place of its old one; none for a text without words."""
    db.execute("DELETE FROM signatures WHERE article_id = ?", (article_id,))
    found = of_text(text)
    if not found.size:
        return
    hashes = signature(found)
    number = db.execute(
        "INSERT INTO signatures (article_id, hashes) VALUES (?, ?)", (article_id, hashes.tobytes())
    ).lastrowid
    db.executemany("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, number) for band in _bands(hashes)])


def similar(db: sqlite3.Connection, article_id: str) -> list[tuple[str, float]]:
    """(id, resemblance) of the other articles that resemble this one by LEAST or more, most alike first, ties by id."""
    row = db.execute(
        "SELECT s.hashes, a.text FROM signatures s JOIN articles a ON a.id = s.article_id WHERE a.id = ?", (article_id,)
    ).fetchone()
    if row is None:
        return []
    own = np.frombuffer(row[0], dtype=np.uint32)
    near = _candidates(db, article_id, own)
    mine = of_text(row[1])
    texts = db.execute(f"SELECT id, text FROM articles WHERE id IN ({', '.join('?' * len(near))}) ORDER BY id", near)
    alike = [(id, resemblance(mine, of_text(text))) for id, text in texts]
    return sorted([pair for pair in alike if pair[1] >= LEAST], key=lambda pair: (-pair[1], pair[0]))


def _candidates(db: sqlite3.Connection, article_id: str, own: npt.NDArray[np.uint32]) -> list[str]:
    """The ids of the COMPARED articles with the nearest signatures, among those that share a band."""
    wanted = _bands(own)
    rows = db.execute(
        "SELECT article_id, hashes FROM signatures WHERE article_id != ? AND number IN "
        f"(SELECT number FROM bands WHERE band IN ({', '.join('?' * len(wanted))}))",
        [article_id, *wanted],
    ).fetchall()
    agree = {id: int((np.frombuffer(hashes, dtype=np.uint32) == own).sum()) for id, hashes in rows}
    return sorted(agree, key=lambda id: (-agree[id], id))[:COMPARED]
