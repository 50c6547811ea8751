from __future__ import annotations

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.errors import ArchiveDamaged, ArchiveTooNew, NotKept, UsageError
from rag.store.conversations import NAME, Conversations
from rag.types import Answer

ROOT = Path(__file__).parents[1]
MINING = Answer("What was agreed?", "Mining and farming.")


@pytest.fixture
def kept(tmp_path: Path) -> Conversations:
    return Conversations(tmp_path)


def held(kept: Conversations, *questions: str, owner: str = "") -> str:
    id = kept.begin(questions[0], owner=owner)
    for question in questions:
        kept.add(id, question, Answer(question, f"It is said of {question}"))
    return id


def test_a_conversation_is_there_again_with_its_whole_answers(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive, progress=False)
    answer = archive.ask("Which fields did the two presidents name?")
    id = archive.conversations.begin(answer.question, owner="ana")
    archive.conversations.add(id, answer.question, answer)
    with Archive(archive.folder, embedder=archive.embedder) as again:
        assert [e.answer for e in again.conversations.exchanges(id)] == [answer]
        one = again.conversations.open(id, owner="ana")
        assert one is not None
        assert (one.title, one.questions, one.owner) == (answer.question, 1, "ana")
        citation = again.conversations.exchanges(id)[0].answer.citations[0]
        assert again.changed(citation) == "unchanged"
        again.remove(citation.article.id)
        assert again.changed(citation) == "removed"


def test_nothing_is_made_until_something_is_kept(kept: Conversations) -> None:
    assert kept.list() == ()
    assert kept.open("x") is None
    assert kept.feedback() == ()
    assert not kept.path.exists()


def test_nobody_opens_lists_renames_or_deletes_what_is_anothers(kept: Conversations) -> None:
    id = held(kept, "Of the floods?", owner="ana")
    assert kept.open(id, owner="ben") is None
    assert kept.open(id, owner="") is None
    assert kept.list(owner="ben") == ()
    assert not kept.rename(id, "Mine", owner="ben")
    assert not kept.delete(id, owner="ben")
    assert [c.title for c in kept.list(owner="ana")] == ["Of the floods?"]


def test_ids_cannot_be_guessed(kept: Conversations) -> None:
    ids = {kept.begin("Why?") for _ in range(50)}
    assert len(ids) == 50
    assert min(map(len, ids)) >= 22


def test_searching_finds_words_of_titles_questions_and_answers_in_any_form_of_letters(kept: Conversations) -> None:
    floods, mines = held(kept, "Where was the ЁЛКА?"), held(kept, "What of 100% mining_rights?", "And the café?")
    kept.rename(floods, "Rivers")
    assert [c.id for c in kept.list("елка")] == [floods]
    assert [c.id for c in kept.list("rivers said")] == [floods]
    assert [c.id for c in kept.list("CAFE mining")] == [mines]
    assert kept.list("café rivers") == ()
    assert kept.list("mining%rights") == kept.list("mining rights")
    assert len(kept.list("")) == 2


def test_the_one_that_was_asked_in_last_comes_first(kept: Conversations) -> None:
    first, second = held(kept, "One?"), held(kept, "Two?")
    db = sqlite3.connect(kept.path)
    db.execute("UPDATE conversations SET updated = '2020' WHERE id = ?", (second,))
    db.commit()
    db.close()
    assert [c.id for c in kept.list()] == [first, second]
    kept.add(second, "Three?", MINING)
    assert [c.id for c in kept.list()] == [second, first]
    assert [c.id for c in kept.list(limit=1)] == [second]


def test_a_title_is_one_short_line_and_never_empty(kept: Conversations) -> None:
    id = kept.begin("What\nwas " + "said " * 40)
    title = kept.list()[0].title
    assert title.startswith("What was said")
    assert len(title) <= 80
    assert not kept.rename(id, "  \n ")
    assert kept.rename(id, " New\nname ")
    assert kept.list()[0].title == "New name"


def test_an_edited_question_takes_the_place_of_what_followed(kept: Conversations) -> None:
    id, other = held(kept, "One?", "Two?", "Three?"), held(kept, "Else?")
    kept.add(id, "Two, really?", MINING, instead_of=kept.exchanges(id)[1].id)
    assert [e.question for e in kept.exchanges(id)] == ["One?", "Two, really?"]
    assert [e.question for e in kept.exchanges(other)] == ["Else?"]


def test_deleting_leaves_nothing_in_the_file(kept: Conversations) -> None:
    id = held(kept, "Of the unmistakable zanzibar?")
    assert kept.delete(id)
    assert not kept.delete(id)
    assert kept.exchanges(id) == ()
    assert b"zanzibar" not in b"".join(p.read_bytes() for p in kept.path.parent.glob(f"{NAME}*"))
    with pytest.raises(UsageError, match="deleted meanwhile"):
        kept.add(id, "And?", MINING)


def test_verdicts_are_kept_changed_taken_back_and_given_out(kept: Conversations) -> None:
    id = held(kept, "One?", "Two?", owner="ana")
    one, two = (e.id for e in kept.exchanges(id))
    assert kept.judge(one, "down", "  wrong year ")
    assert kept.judge(two, "up")
    assert [(e.verdict, e.why) for e in kept.exchanges(id)] == [("down", "wrong year"), ("up", "")]
    told = [f.to_dict() for f in kept.feedback()]
    assert [(f["question"], f["verdict"], f["why"], f["text"]) for f in told] == [
        ("One?", "down", "wrong year", "It is said of One?"), ("Two?", "up", "", "It is said of Two?"),
    ]  # fmt: skip
    assert kept.feedback(owner="ben") == ()
    assert kept.judge(one, None)
    assert [f.question for f in kept.feedback()] == ["Two?"]
    assert not kept.judge(99, "up")
    with pytest.raises(UsageError):
        kept.judge(one, "sideways")  # type: ignore[arg-type]


def test_many_write_at_once_and_nothing_is_lost(kept: Conversations) -> None:
    def write(name: str) -> None:
        id = kept.begin(name)
        for n in range(10):
            kept.add(id, f"{name} {n}?", MINING)

    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER.format(folder=str(kept.path.parent), name=name, many=10)], cwd=ROOT
        )
        for name in ("p1", "p2")
    ]
    threads = [threading.Thread(target=write, args=(f"t{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [p.wait(60) for p in processes] == [0, 0]
    assert {c.title: c.questions for c in kept.list()} == dict.fromkeys(("p1", "p2", "t0", "t1", "t2"), 10)


_WRITER = """
from pathlib import Path
from rag.store.conversations import Conversations
from rag.types import Answer
kept = Conversations(Path({folder!r}))
id = kept.begin({name!r})
for n in range({many}):
    kept.add(id, f"{{n}}", Answer("q", "word " * 20_000))
    print(n, flush=True)
"""


def test_a_killed_writer_loses_no_exchange_that_it_had_finished(kept: Conversations) -> None:
    """Killed in the middle of a write at ever other places: what was said to be kept is, whole, and writing goes on."""
    for after in range(5):
        name = f"k{after}"
        program = _WRITER.format(folder=str(kept.path.parent), name=name, many=10_000)
        writer = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert writer.stdout is not None
        for _ in range(after + 2):
            said = writer.stdout.readline()
        threading.Event().wait(0.003 * after)
        writer.kill()
        rest = writer.stdout.read().split("\n")
        assert writer.wait(30) == -signal.SIGKILL
        acknowledged = int(([line for line in rest if line] or [said])[-1])
        found = next(c for c in kept.list() if c.title == name)
        exchanges = kept.exchanges(found.id)
        assert [e.question for e in exchanges][: acknowledged + 1] == [str(n) for n in range(acknowledged + 1)]
        assert len(exchanges) <= acknowledged + 2
        assert all(e.answer.text == "word " * 20_000 for e in exchanges)
        kept.add(found.id, "and on", MINING)
    db = sqlite3.connect(kept.path)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    db.close()


_READER = """
import os
from pathlib import Path
from rag.errors import NotKept
from rag.store.conversations import Conversations
from rag.types import Answer
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
kept = Conversations(Path({folder!r}))
one = kept.list("floods")[0]
print(one.title, kept.exchanges(one.id)[0].answer.text)
for write in (lambda: kept.begin("Why?"), lambda: kept.add(one.id, "q", Answer("q", "t")), lambda: kept.delete(one.id)):
    try:
        write()
    except NotKept as e:
        print("NotKept:", e)
"""


@pytest.mark.skipif(os.name != "posix", reason="rights of another kind")
def test_a_folder_that_is_read_only_can_be_read_and_says_so_to_who_writes(kept: Conversations, tmp_path: Path) -> None:
    held(kept, "Of the floods?")
    tmp_path.chmod(0o555)
    kept.path.chmod(0o444)
    for parent in tmp_path.parents:
        if parent.name.startswith(("pytest-", "popen-")):  # pytest's own folders, which only their owner may enter
            parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    try:
        ran = subprocess.run(
            [sys.executable, "-c", _READER.format(folder=str(tmp_path))], cwd=ROOT, capture_output=True, text=True,
            check=False,
        )  # fmt: skip
    finally:
        tmp_path.chmod(0o755)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0] == "Of the floods? It is said of Of the floods?"
    assert len(lines) == 4
    assert all(line.startswith("NotKept: conversations cannot be kept in") for line in lines[1:])


def test_a_file_that_is_none_and_one_of_a_newer_version_say_what_to_do(kept: Conversations) -> None:
    held(kept, "One?")
    db = sqlite3.connect(kept.path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    for use in (kept.list, lambda: kept.begin("Two?")):
        with pytest.raises(ArchiveTooNew, match="pip install --upgrade dateline"):
            use()
    kept.path.write_bytes(b"no database, " * 1000)
    for use in (kept.list, lambda: kept.begin("Two?")):
        with pytest.raises(ArchiveDamaged, match="articles are not touched"):
            use()


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="rights and room"):
        Conversations(tmp_path / "nowhere").begin("Why?")


def test_a_backup_has_them_and_a_rebuild_leaves_them(archive: Archive, folder: Path, tmp_path: Path) -> None:
    ingest(folder, into=archive, progress=False)
    id = held(archive.conversations, "Of the bridge?")
    archive.backup(tmp_path / "copy")
    assert Conversations(tmp_path / "copy").exchanges(id) == archive.conversations.exchanges(id)
    with archive.index.writer() as writer:
        writer.rebuild()
    assert len(archive.conversations.exchanges(id)) == 1
