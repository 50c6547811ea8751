"""Laws of a Chroma server: it may stop, come back empty or be another one, and nothing is lost or mistaken."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.errors import VectorsFault
from rag.store.index import Index
from rag.store.writer import Drop, Writer
from tests.entries import IDENTITY, entry, put


class Server:
    """`chroma run` on one port, over a folder that may be another one each time."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path) -> None:
        program = str(Path(sys.executable).with_name("chroma"))
        self._process = subprocess.Popen(
            [program, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(300):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the Chroma server did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def collections(self) -> dict[str, int]:
        import chromadb

        return {c.name: c.count() for c in chromadb.HttpClient("127.0.0.1", self.port).list_collections()}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server()
    made.start(tmp_path / "one")
    yield made
    made.stop()


@pytest.fixture
def index(tmp_path: Path, server: Server) -> Index:
    made = Index(tmp_path / "archive", embedder=IDENTITY, chroma=server.address)
    write(made, *range(10))
    return made


def write(index: Index, *numbers: int) -> Writer:
    with index.writer() as writer:
        writer.commit([put(n) for n in numbers])
    return writer


def found(index: Index) -> bool:
    """Whether every passage is found by its own vector, and by Chroma itself."""
    ids, _, matrix = index.catalog.vectors()
    answers = [index.dense(vector, 1) for vector in matrix]
    return [(hits[0][0], notice) for hits, notice in answers] == [(id, None) for id in ids]


def test_a_server_holds_the_vectors(index: Index, server: Server) -> None:
    assert found(index)
    assert index.health().ok
    assert list(server.collections().values()) == [20]


def test_a_server_that_stops_is_answered_around_and_caught_up(index: Index, server: Server, tmp_path: Path) -> None:
    with index.writer() as writer:
        writer.commit([put(10)])
        server.stop()
        writer.commit([put(11)])
        assert "The catalog has everything" in str(writer.fault)
    hits, notice = index.dense(entry(11).vectors[0], 1)
    assert hits[0][0] == entry(11).passages[0].id
    assert notice is not None
    with pytest.raises(VectorsFault, match="chroma run"):
        index.repair()
    server.start(tmp_path / "one")
    assert write(index, 12).fault is None
    assert found(index)
    assert index.health().ok


def test_a_writer_that_finds_the_server_gone_writes_the_catalog_and_says_so(index: Index, server: Server) -> None:
    with index.writer() as writer:
        writer.commit([put(n) for n in range(3)])
    server.stop()
    with index.writer() as writer:
        writer.commit([put(50)])
        assert "does not answer" in str(writer.fault)
    assert index.catalog.article("article-0050") is not None


def test_compacting_leaves_no_second_collection(index: Index, server: Server) -> None:
    with index.writer() as writer:
        writer.commit([put(n) for n in range(20)])
    with index.writer() as writer:
        writer.commit([Drop(f"article-{n:04d}") for n in range(10)])
    assert index.compact()
    assert list(server.collections().values()) == [20]


def test_an_empty_server_in_its_place_is_noticed_and_filled(index: Index, server: Server, tmp_path: Path) -> None:
    server.stop()
    server.start(tmp_path / "other")
    hits, notice = index.dense(entry(3).vectors[0], 1)
    assert hits[0][0] == entry(3).passages[0].id
    assert notice is not None
    write(index, 10)
    assert found(index)
    assert list(server.collections().values()) == [22]


def test_vectors_move_from_a_folder_to_a_server_and_back(index: Index, server: Server) -> None:
    index.close()
    for chroma, number in ((None, 10), (server.address, 11), (None, 12)):
        moved = Index(index.folder, embedder=IDENTITY, chroma=chroma)
        write(moved, number)
        assert found(moved)
        assert moved.health().ok
        moved.close()


def test_a_rebuild_leaves_no_third_collection(index: Index, server: Server) -> None:
    for _ in range(3):
        with index.writer() as writer:
            writer.rebuild()
    assert len(server.collections()) == 2  # the current one, and the one that open readers may still ask
    assert found(index)


def test_a_backup_has_a_collection_of_its_own(index: Index, server: Server, tmp_path: Path) -> None:
    index.backup(tmp_path / "copy")
    copy = Index(tmp_path / "copy", embedder=IDENTITY, chroma=server.address)
    write(copy, 50)
    assert sorted(server.collections().values()) == [20, 22]
    assert found(index)
    assert found(copy)
