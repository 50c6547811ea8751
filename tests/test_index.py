"""Laws of the index: catalog and Chroma in step, whatever is damaged; answers never wait for a rebuild."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.errors import (
    ArchiveDamaged,
    ArchiveLocked,
    ArchiveMismatch,
    ArchiveMissing,
    ArchiveTooNew,
    DiskFull,
    UsageError,
)
from rag.store.catalog import NAME, Catalog, Filter, Mark
from rag.store.index import Index
from rag.store.vectors import Vectors
from rag.store.writer import Attach, Detach, Drop
from tests.entries import IDENTITY, entry, put

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "archive", embedder=IDENTITY)


def fill(index: Index, count: int) -> None:
    with index.writer() as writer:
        writer.commit([put(n, day=dt.date(2024, 1, 1 + n % 28)) for n in range(count)])


def wrong(index: Index) -> int:
    """How many passages are not found by their own vectors."""
    ids, _, matrix = index.catalog.vectors()
    return sum(index.dense(vector, 1)[0][0][0] != id for id, vector in zip(ids, matrix, strict=True))


def test_every_passage_is_found_by_its_own_vector(index: Index) -> None:
    fill(index, 30)
    assert wrong(index) == 0
    assert index.health().ok
    assert index.health().vectors == 60


def test_a_passage_is_its_span_of_the_article(index: Index) -> None:
    fill(index, 5)
    for article in index.catalog.articles():
        for passage in index.catalog.passages_of(article.id):
            assert article.text[passage.start : passage.end] == passage.text


def test_writing_twice_changes_nothing(index: Index) -> None:
    fill(index, 10)
    before = sorted(index.catalog.vectors()[0])
    fill(index, 10)
    assert sorted(index.catalog.vectors()[0]) == before
    assert index.health().vectors == 20
    assert len(index.fulltext("floods", 50)) == 20 // 2


def test_a_changed_article_replaces_its_old_passages(index: Index) -> None:
    fill(index, 10)
    with index.writer() as writer:
        writer.commit([put(3, "A drought has come to the valley. Wells are dry.")])
    assert index.health().vectors == 20
    assert [h[0][-2:] for h in index.fulltext("drought", 5)] == ["-3"]
    assert all("floods" not in p.text for p in index.catalog.passages_of("article-0003"))
    assert wrong(index) == 0


def test_what_is_removed_is_gone_everywhere(index: Index) -> None:
    fill(index, 10)
    gone = {p.id for p in index.catalog.passages_of("article-0004")}
    assert index.remove("article-0004")
    assert not index.remove("article-0004")
    assert index.catalog.article("article-0004") is None
    assert not gone & {id for id, _ in index.fulltext("floods valley officials", 50)}
    for vector in entry(4, day=dt.date(2024, 1, 5)).vectors:
        assert not gone & {id for id, _ in index.dense(vector, 18)[0]}
    assert index.health().ok


def test_an_article_goes_with_its_last_origin(index: Index) -> None:
    fill(index, 2)
    with index.writer() as writer:
        writer.commit([Attach("article-0001", "/copy.txt", "/copy.txt")])
        assert writer.commit([Detach(("/articles/1.txt",))]) == []
        assert index.catalog.article("article-0001").origins == ("/copy.txt",)
        assert writer.commit([Detach(("/copy.txt",))]) == ["article-0001"]


def test_filters_hold_in_both_searches(index: Index) -> None:
    with index.writer() as writer:
        writer.commit([put(n, day=dt.date(2024, 1, n + 1), source="AB"[n % 2]) for n in range(20)] + [put(20)])
    where = Filter(after=dt.date(2024, 1, 5), before=dt.date(2024, 1, 9), sources=("A",))
    wanted = {"article-0004", "article-0006", "article-0008"}
    for ids in (index.fulltext("floods officials", 50, where), index.dense(entry(2).vectors[0], 50, where)[0]):
        assert {p.article_id for p in index.catalog.passages([id for id, _ in ids]).values()} == wanted
    assert index.catalog.coverage(Filter(after=dt.date(2024, 1, 1))).undated == 1


def test_sketches_filter_as_the_catalog_does(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.store.index.NARROW", 0)  # so that sketches are asked
    with index.writer() as writer:
        few = [put(n, day=dt.date(2024, 1, n + 1), source="AB"[n % 2], author="CD"[n // 2 % 2]) for n in range(20)]
        writer.commit([*few, put(20), put(21, source="A")])
    vector = entry(2).vectors[0]
    for where in (
        Filter(after=dt.date(2024, 1, 5), before=dt.date(2024, 1, 9)),
        Filter(before=dt.date(2024, 1, 3)),
        Filter(sources=("A", "nobody")),
        Filter(after=dt.date(2024, 1, 2), sources=("B",), authors=("D",)),
        Filter(authors=("nobody",)),
    ):
        found = index.dense(vector, 50, where)[0]
        assert [id for id, _ in found] == [id for id, _ in index._scan.narrow(vector, 50, where)]


def truncated(folder: Path) -> None:
    for path in folder.rglob("data_level0.bin"):
        os.truncate(path, path.stat().st_size // 2)


def emptied(folder: Path) -> None:
    for path in folder.rglob("*.bin"):
        path.write_bytes(b"")


def index_deleted(folder: Path) -> None:
    for path in folder.rglob("link_lists.bin"):
        path.unlink()


def half_pickle(folder: Path) -> None:
    for path in folder.rglob("index_metadata.pickle"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def database_garbled(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_bytes(b"no database at all" * 100)


def all_deleted(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder)


DAMAGE = [truncated, emptied, index_deleted, half_pickle, database_garbled, all_deleted]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive large enough (1,200 vectors) that Chroma keeps its index in files."""
    folder = tmp_path_factory.mktemp("large") / "archive"
    index = Index(folder, embedder=IDENTITY)
    fill(index, 600)
    index.close()
    return folder


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda f: f.__name__)
def test_damaged_vectors_are_noticed_answered_around_and_rebuilt(
    large: Path, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    import shutil

    shutil.copytree(large, tmp_path / "archive", copy_function=shutil.copy2)
    index = Index(tmp_path / "archive", embedder=IDENTITY)
    old = index.place().folder
    damage(old)
    ids, _, matrix = index.catalog.vectors()
    hits, notice = index.dense(matrix[7], 3)
    assert hits[0][0] == ids[7]
    assert notice is not None
    assert "doctor --repair" in notice
    assert not index.health().ok
    assert index.repair().ok
    assert index.place().folder != old
    assert index.dense(matrix[7], 3)[1] is None
    assert wrong(index) == 0
    reader = Index(tmp_path / "archive", embedder=IDENTITY)
    assert reader.dense(matrix[7], 1)[0][0][0] == ids[7]


def test_a_copied_archive_is_sealed_anew_by_repair(large: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(large, tmp_path / "archive", copy_function=shutil.copy)  # new times
    index = Index(tmp_path / "archive", embedder=IDENTITY)
    assert "sealed" in index.health().problems[0]
    before = index.place()
    assert index.repair().ok
    assert index.place() == before  # nothing was rebuilt
    assert wrong(index) == 0


def test_a_second_writer_is_told_who_writes(index: Index) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from rag.store.lock import writing\n"
        f"with writing(Path({str(index.folder)!r})):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout.readline() == "held\n"
        with pytest.raises(ArchiveLocked, match=f"process {child.pid}"), index.writer():
            pass
        assert index.fulltext("floods", 3) == []  # reading goes on
        child.kill()
        child.wait()
        fill(index, 1)  # the lock ended with its holder
    finally:
        child.kill()
        child.wait()


def test_an_open_reader_finds_what_another_process_wrote(index: Index) -> None:
    fill(index, 20)
    assert wrong(index) == 0
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from rag.store.index import Index; from tests.entries import IDENTITY, put\n"
        f"index = Index(Path({str(index.folder)!r}), embedder=IDENTITY)\n"
        "with index.writer() as w: w.commit([put(n) for n in range(100, 140)])\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    fresh = entry(117)
    hits, notice = index.dense(fresh.vectors[0], 1)
    assert (hits[0][0], notice) == (fresh.passages[0].id, None)
    assert wrong(index) == 0
    assert index.fulltext("valley 117", 1)[0][0] in {p.id for p in fresh.passages}


def test_another_embedder_is_refused_by_name(index: Index) -> None:
    fill(index, 1)
    other = {"name": "other-model", "dimension": 8, "fingerprint": "other"}
    with pytest.raises(ArchiveMismatch, match=r"random.*other-model.*re-embed"):
        Index(index.folder, embedder=other)


def test_a_newer_archive_is_refused(index: Index) -> None:
    index.catalog.db.execute("PRAGMA user_version = 99")
    index.close()
    with pytest.raises(ArchiveTooNew, match="upgrade"):
        Index(index.folder, embedder=IDENTITY)


def test_a_missing_archive_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(ArchiveMissing, match="dateline --archive"):
        Index(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


def test_a_backup_of_a_live_archive_is_an_archive(index: Index, tmp_path: Path) -> None:
    fill(index, 10)
    with index.writer() as writer:
        writer.commit([put(11)])
        index.backup(tmp_path / "copy")
        writer.commit([put(12)])
    copy = Index(tmp_path / "copy", embedder=IDENTITY)
    assert copy.catalog.count() == 11
    assert wrong(copy) == 0
    assert copy.repair().ok
    assert wrong(copy) == 0
    with pytest.raises(UsageError, match="already"):
        index.backup(tmp_path / "copy")


def test_a_full_disk_is_an_error_that_loses_nothing(index: Index) -> None:
    program = (
        f"import resource, signal, sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from rag.errors import DiskFull; from rag.store.index import Index\n"
        "from rag.store.catalog import Mark; from tests.entries import IDENTITY, put\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"index = Index(Path({str(index.folder)!r}), embedder=IDENTITY)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "done = 0\n"
        "try:\n"
        "    with index.writer() as w:\n"
        "        for n in range(400):\n"
        "            w.commit([put(n)], [Mark(f'/articles/{n}.txt', 'h', 'f')]); done += 1\n"
        "except DiskFull as e: print(done, 'full')\n"
    )
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    done, word = child.stdout.split()
    assert word == "full"
    acknowledged = int(done)
    assert 0 < acknowledged < 400
    for n in range(acknowledged):
        assert index.catalog.mark(f"/articles/{n}.txt") is not None
        assert index.catalog.article(f"article-{n:04d}") is not None
    fill(index, 400)  # there is room again
    assert index.health().ok
    assert wrong(index) == 0


def test_disk_full_is_raised_for_sqlite_too(index: Index) -> None:
    index.catalog.db.execute("PRAGMA max_page_count = 40")
    with pytest.raises(DiskFull, match="make room"):
        fill(index, 300)
    assert index.catalog.count() == 0


def test_the_mark_comes_last(index: Index) -> None:
    steps: list[str] = []
    with index.writer(steps.append) as writer:
        writer.commit([put(1)], [Mark("/articles/1.txt", "h", "f")])
    order = [steps.index(s) for s in ("catalog: committed", "chroma: in step", "ledger: marked", "chroma: sealed")]
    assert order == sorted(order)


def test_dropping_an_article_lets_its_origin_be_read_again(index: Index) -> None:
    with index.writer() as writer:
        writer.commit([put(1)], [Mark("/articles/1.txt", "h", "f")])
        writer.commit([Drop("article-0001")])
    assert index.catalog.mark("/articles/1.txt") is None


def test_threads_that_ended_leave_no_connection_open(index: Index) -> None:
    for _ in range(20):
        thread = threading.Thread(target=index.catalog.count)
        thread.start()
        thread.join()
    assert len(index.catalog._open) <= 2


def test_threads_that_search_while_another_writes_get_answers_without_notices(index: Index) -> None:
    fill(index, 50)
    ids, _, matrix = index.catalog.vectors()
    ended, strange = threading.Event(), list[object]()

    def search() -> None:
        while not ended.is_set():
            for id, vector in zip(ids[:20], matrix, strict=False):
                hits, notice = index.dense(vector, 1)
                if hits[0][0] != id or notice:
                    strange.append((id, hits, notice))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for n in range(100, 106):
        with index.writer() as writer:
            writer.commit([put(n)])
    ended.set()
    for thread in threads:
        thread.join()
    assert strange == []


def test_processes_that_make_an_archive_at_once_all_open_it(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from pathlib import Path; from rag.store.catalog import Catalog\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        f"for n in range(10): Catalog(Path({str(tmp_path)!r}, str(n)))\n"
    )
    for n in range(10):
        (tmp_path / str(n)).mkdir()
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    children = [subprocess.Popen([sys.executable, "-c", program], **pipes) for _ in range(3)]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    assert [child.communicate()[1] for child in children] == ["", "", ""]


def test_an_archive_embedded_again_elsewhere_is_refused_by_one_that_is_open(index: Index) -> None:
    fill(index, 5)
    other = {"name": "other-model", "dimension": 16, "fingerprint": "other"}
    reader = Index(index.folder, embedder=IDENTITY)
    writing = Index(index.folder)
    old = writing._scan.search(entry(2).vectors[0], 1)[0][1]
    with writing.writer() as writer:
        writer.replace_vectors([(ids, -m) for ids, _, m in [writing.catalog.vectors()]], other)
    assert writing._scan.search(-entry(2).vectors[0], 1)[0][1] == pytest.approx(old)
    with pytest.raises(ArchiveMismatch, match=r"other-model"):
        reader.dense(entry(2).vectors[0], 1)


def test_a_damaged_catalog_is_an_error_of_ours(index: Index) -> None:
    fill(index, 200)
    index.close()
    path = index.folder / NAME
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * (path.stat().st_size - 4096 * 2))
    with pytest.raises(ArchiveDamaged, match="backup"):
        list(Index(index.folder, embedder=IDENTITY).catalog.articles())


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "news").write_text("no folder")
    with pytest.raises(UsageError, match="news"):
        Index(tmp_path / "news", embedder=IDENTITY)


def test_other_clients_can_open_the_collection(index: Index) -> None:
    fill(index, 5)
    import chromadb
    from langchain_chroma import Chroma

    folder = str(index.place().folder)
    client = chromadb.PersistentClient(folder)
    assert client.get_collection("dateline").count() == 10
    store = Chroma(client=client, collection_name="dateline")
    found = store.similarity_search_by_vector(entry(2).vectors[0].tolist(), k=1)
    assert found[0].page_content == index.catalog.passages_of("article-0002")[0].text
    client.close()


def test_catalog_dates_are_numbers(index: Index) -> None:
    fill(index, 3)
    assert [r[0] for r in Catalog(index.folder).db.execute("SELECT date FROM articles ORDER BY id")] == [
        20240101,
        20240102,
        20240103,
    ]
    assert (index.folder / NAME).is_file()


def test_a_large_archive_answers_while_chroma_is_loaded(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(index, 30)
    reader = Index(index.folder, embedder=IDENTITY)
    monkeypatch.setattr("rag.store.index.FEW", 0)
    begun, go = threading.Event(), threading.Event()
    load = Index._open

    def slowly(self: Index) -> Vectors:
        begun.set()
        assert go.wait(20)
        return load(self)

    monkeypatch.setattr(Index, "_open", slowly)
    vector = entry(3).vectors[1]
    first, notice = reader.dense(vector, 5)
    assert begun.wait(20)
    assert notice is None
    assert reader._vectors is None
    go.set()
    until = time.monotonic() + 20
    while reader._vectors is None and time.monotonic() < until:
        assert [id for id, _ in reader.dense(vector, 5)[0]] == [id for id, _ in first]
    assert reader._vectors is not None
    reader.close()


def test_a_search_that_does_not_ask_chroma_says_what_is_wrong_with_it(
    index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.store.index.NARROW", 0)
    fill(index, 5)
    once, vector, where = (
        Index(index.folder, embedder=IDENTITY, once=True),
        entry(1).vectors[0],
        Filter(sources=("Courier",)),
    )
    assert once.dense(vector, 2)[1] is None
    assert index.dense(vector, 2, where)[1] is None
    ((index.place().folder or index.folder) / "chroma.sqlite3").write_bytes(b"no database")
    for hits, notice in (once.dense(vector, 2), index.dense(vector, 2, where)):
        assert len(hits) == 2
        assert "doctor --repair" in str(notice)
    index.repair()
    assert once.dense(vector, 2)[1] is None
    once.close()


def test_a_load_that_fails_is_tried_again_at_the_next_question(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(index, 5)
    load, faults = Index._open, [DiskFull("no room")]

    def once(self: Index) -> Vectors:
        if faults:
            raise faults.pop()
        return load(self)

    monkeypatch.setattr(Index, "_open", once)
    reader = Index(index.folder, embedder=IDENTITY)
    with pytest.raises(DiskFull):
        reader.dense(entry(1).vectors[0], 2)
    assert reader.dense(entry(1).vectors[0], 2)[1] is None
    assert reader._vectors is not None
    reader.close()


def test_an_archive_can_be_closed_while_chroma_is_loaded(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(index, 3)
    monkeypatch.setattr("rag.store.index.FEW", 0)
    reader = Index(index.folder, embedder=IDENTITY)
    assert reader.dense(entry(1).vectors[0], 2)[0]
    reader.close()
    with index.writer() as writer:  # its lock is free again
        writer.commit([put(7)])


def test_all_of_an_outlet_is_taken_out_of_everything(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.store.index.REMOVED", 3)
    with index.writer() as writer:
        writer.commit([put(n, source="AB"[n % 2]) for n in range(20)])
    assert index.take_all(Filter(sources=("A",))) == 10
    assert index.take_all(Filter(sources=("A",))) == 0
    assert {a.source for a in index.catalog.articles()} == {"B"}
    assert index.health().ok
    assert index.health().vectors == index.catalog.count("passages") == 20
    assert wrong(index) == 0


def test_compacting_gives_disk_back_and_builds_chroma_anew_only_where_much_is_gone(index: Index) -> None:
    text = "Officials counted the houses in every valley of the region. " * 300
    with index.writer() as writer:
        writer.commit([put(n, f"Report {n} tells of it. {text}") for n in range(60)])
    for id in ("article-0001", "article-0002"):
        index.remove(id)
    assert not index.compact()
    before, folder = size(index.folder), index.place().folder
    with index.writer() as writer:
        writer.commit([Drop(f"article-{n:04d}") for n in range(3, 40)])
    shown: list[tuple[int, int]] = []
    assert index.compact(lambda done, of: shown.append((done, of)))
    assert shown[-1] == (42, 42)
    assert size(index.folder) < 0.7 * before
    assert not (folder or index.folder).exists()
    assert index.health().ok
    assert wrong(index) == 0
    assert not index.compact()  # nothing is gone since


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
