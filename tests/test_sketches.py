"""Sketches: near enough to choose by, the same from the file as from the catalog, and never trusted when damaged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from rag.store.catalog import Filter
from rag.store.index import Index
from rag.store.scan import Scan
from rag.store.sketches import NAME, Sketches
from rag.store.writer import Drop
from tests.entries import IDENTITY, entry, put


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Index:
    monkeypatch.setattr("rag.store.index.NARROW", 10)  # so that so small an archive keeps sketches
    return Index(tmp_path, embedder=IDENTITY)


def fill(index: Index, count: int) -> None:
    with index.writer() as writer:
        writer.commit([put(n, day=dt.date(2024, 1, 1 + n % 28), source="AB"[n % 2]) for n in range(count)])


def kept(index: Index) -> Sketches | None:
    return Sketches.kept(index.catalog)


def test_the_file_says_what_the_catalog_does_after_every_writer(index: Index) -> None:
    fill(index, 30)
    for change in ([put(31)], [Drop("article-0003")], [put(4, "Other words here. And some more of them.")]):
        with index.writer() as writer:
            writer.commit(change)
        read = kept(index)
        assert read is not None
        assert read.generation == index.catalog.generation
        anew = Sketches.none(read.history).with_changes(index.catalog)
        for name in ("numbers", "bits", "days", "sources", "authors"):
            assert np.array_equal(getattr(read, name), getattr(anew, name)), name


def test_a_writer_that_changes_nothing_writes_no_file(index: Index) -> None:
    fill(index, 30)
    state = (index.folder / NAME).stat().st_mtime_ns
    with index.writer():
        pass
    assert (index.folder / NAME).stat().st_mtime_ns == state


def test_a_writer_that_changes_little_leaves_the_file_to_be_caught_up_with(index: Index) -> None:
    fill(index, 120)
    before = (index.folder / NAME).read_bytes()
    with index.writer() as writer:
        writer.commit([put(500, source="Gazette")])
    assert (index.folder / NAME).read_bytes() == before
    found = Scan(index.catalog).search(entry(500).vectors[0], 1, Filter(sources=("Gazette",)))
    assert found[0][0] == entry(500).passages[0].id
    with index.writer() as writer:
        writer.commit([put(600, source="Gazette"), Drop("article-0003")])
    assert (index.folder / NAME).read_bytes() != before  # three of 121 articles came or went


def test_a_small_archive_keeps_none(tmp_path: Path) -> None:
    index = Index(tmp_path, embedder=IDENTITY)
    fill(index, 30)
    assert not (tmp_path / NAME).exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def flipped(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def of_another_embedder(path: Path) -> None:
    found = Sketches.none("another")
    found.keep(path.parent)


def of_a_strange_method(path: Path) -> None:
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02") + 10  # the zip directory's last entry: how it is compressed
    data[at] = 77
    path.write_bytes(data)


@pytest.mark.parametrize("damage", [cut, flipped, emptied, of_another_embedder, of_a_strange_method])
def test_a_file_that_is_damaged_is_made_again(index: Index, damage: object) -> None:
    fill(index, 40)
    vector = entry(3).vectors[1]
    wanted = Scan(index.catalog).search(vector, 5)
    damage(index.folder / NAME)  # type: ignore[operator]
    assert Scan(index.catalog).search(vector, 5) == wanted
    with index.writer() as writer:
        writer.commit([put(50)])
    assert kept(index) is not None


def test_without_room_there_is_no_file_and_nothing_else_fails(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    fill(index, 30)
    assert [path.name for path in index.folder.glob("sketches*")] == []
    assert index.dense(entry(3).vectors[1], 1)[0][0][0] == entry(3).passages[1].id


def sketched(count: int, dimension: int) -> tuple[np.ndarray, Sketches]:
    """Vectors around some centres, as those of passages are around topics, and their sketches."""
    random = np.random.default_rng(3)
    centres = random.normal(size=(count // 40, dimension))
    vectors = centres[random.integers(len(centres), size=count)] + random.normal(size=(count, dimension)) * 0.9
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)

    class Held:
        generation = 1

        def described_vectors(self, *, above: int, size: int) -> object:
            for start in range(0, count, size):
                some = range(start, min(start + size, count))
                facts = [20240101 + n % 28 for n in some], ["AB"[n % 2] for n in some], [None for _ in some]
                yield [n + 1 for n in some], *facts, vectors[start : start + size]

    return vectors, Sketches.none("x").with_changes(Held())  # type: ignore[arg-type]


@pytest.mark.parametrize("dimension", [384, 100])  # a multiple of a word's bits, and none
def test_the_nearest_passages_are_among_those_whose_bits_differ_least(dimension: int) -> None:
    vectors, sketches = sketched(40_000, dimension)
    for where, chosen in ((None, slice(None)), (Filter(sources=("A",)), slice(0, None, 2))):
        of_the_best = []
        for vector in vectors[:2000:100]:
            found = sketches.nearest(vector, 2000, where)
            assert len(found) == len(set(found.tolist())) == 2000
            best = np.argsort(-(vectors[chosen] @ vector))[:20] * (chosen.step or 1) + 1
            of_the_best.append(np.isin(best, found).mean())
        assert np.mean(of_the_best) > 0.97


def test_sketches_of_a_catalog_that_was_put_back_are_not_believed(index: Index, tmp_path: Path) -> None:
    fill(index, 20)
    with index.catalog.db as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = (index.folder / "catalog.sqlite3").read_bytes()
    with index.writer() as writer:
        writer.commit([put(n, source="Gazette") for n in range(100, 140)])
    later = (index.folder / NAME).read_bytes()
    index.close()
    for rest in index.folder.glob("catalog.sqlite3*"):
        rest.unlink()
    (index.folder / "catalog.sqlite3").write_bytes(before)
    again = Index(index.folder, embedder=IDENTITY)
    assert kept(again) is None  # it is of a later generation
    with again.writer() as writer:
        for n in range(200, 240):  # the same numbers again, for other passages
            writer.commit([put(n, source="Herald")])
    (again.folder / NAME).write_bytes(later)
    assert kept(again) is None  # its bits are of other vectors
    found = Scan(again.catalog).search(entry(210).vectors[0], 300, Filter(sources=("Herald",)))
    assert len(found) == 80
    again.close()


def test_vectors_that_were_replaced_under_the_same_embedder_have_new_sketches(index: Index) -> None:
    fill(index, 40)
    with index.writer() as writer:
        ids, _, matrix = index.catalog.vectors()
        writer.replace_vectors([(ids, -matrix)], dict(IDENTITY))
    read = kept(index)
    assert read is not None
    anew = Sketches.none(read.history).with_changes(index.catalog)
    assert np.array_equal(read.bits, anew.bits)
