"""A file of people: hashed passwords, roles, and lines that cannot be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

import dateline
from rag import people
from rag.errors import UsageError
from rag.people import People, hashed, matches


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "COST", (2**10, 8, 1))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "people.txt"
    people.put(path, "ana", "long enough", "editor")
    people.put(path, "ben", "also long enough", "reader")
    return path


def test_a_password_is_kept_hashed_with_a_salt_of_its_own(file: Path) -> None:
    assert "long enough" not in file.read_text()
    assert hashed("long enough") != hashed("long enough")
    assert matches("long enough", hashed("long enough"))
    assert not matches("long enough ", hashed("long enough"))
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_who_may_come_in_and_in_what_role(file: Path) -> None:
    found = People(file)
    assert found.check("ana", "long enough")
    assert not found.check("ana", "also long enough")
    assert not found.check("eve", "long enough")
    assert [found.role(name) for name in ("ana", "ben", "eve", None)] == ["editor", "reader", None, None]


def test_a_change_of_the_file_counts_without_a_restart(file: Path) -> None:
    found = People(file)
    people.put(file, "ana", "another password", "reader")
    assert (found.check("ana", "long enough"), found.check("ana", "another password")) == (False, True)
    assert found.role("ana") == "reader"
    assert people.remove(file, "ana")
    assert not people.remove(file, "ana")
    assert not found.check("ana", "another password")


@pytest.mark.parametrize(
    "line", ["ana editor", "ana owner scrypt$1024$8$1$AAAA$AAAA", "ana editor secret", "a/b editor " + hashed("x"),
             "ana editor scrypt$1073741824$8$1$AAAA$" + "A" * 43 + "="],
    ids=["no hash", "no such role", "no such hash", "no such name", "a hash too dear"],
)  # fmt: skip
def test_a_line_that_is_none_is_said_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "people.txt"
    path.write_text(f"# the newsroom\n\n{line}\n")
    with pytest.raises(UsageError, match="line 3"):
        People(path)


def test_a_short_password_a_strange_name_and_a_missing_file_are_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 8"):
        people.put(file, "eve", "short", "editor")
    with pytest.raises(UsageError, match="cannot be a name"):
        people.put(file, "eve adams", "long enough", "editor")
    with pytest.raises(UsageError, match="dateline person"):
        People(tmp_path / "nowhere")


def test_the_command_asks_for_the_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "people.txt"
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: "long enough")
    assert dateline.main(["person", "ana", "--role", "reader", "--file", str(path)]) == 0
    assert "long enough" not in "".join(capsys.readouterr())
    assert People(path).role("ana") == "reader"
    assert dateline.main(["person", "ana", "--role", "owner", "--file", str(path)]) == 2
    assert dateline.main(["person", "ana", "--remove", "--file", str(path)]) == 0
    assert People(path).role("ana") is None
