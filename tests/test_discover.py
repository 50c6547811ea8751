"""Discovery: a fixed order, each origin once, loops walked once, and reasons for what cannot be meant."""

from __future__ import annotations

import os
from pathlib import Path

from ingest.discover import discover


def names(found: tuple[str, ...]) -> list[str]:
    return [Path(o).name for o in found]


def test_folders_are_walked_in_order_and_each_origin_comes_once(tmp_path: Path) -> None:
    for name in ("b.txt", "a.txt", "sub/c.md", ".hidden.txt", "x.png", "y.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("text")
    found = discover([tmp_path, tmp_path / "a.txt", str(tmp_path / "*.txt")])
    assert names(found.origins) == ["a.txt", "b.txt", "c.md"]
    assert found.skipped == {".png": 2}
    assert found.failures == ()


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("text")
    (tmp_path / "in" / "back").symlink_to(tmp_path, target_is_directory=True)
    assert names(discover([tmp_path]).origins) == ["a.txt"]


def test_what_cannot_be_meant_is_a_failure_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("x")
    found = discover(["nowhere/", "gopher://x", tmp_path / "x.png", "https://example.org/a"])
    assert found.origins == ("https://example.org/a",)
    assert [f.reason.split()[0] for f in found.failures] == ["there", "only", "no"]


def test_a_name_that_is_no_text_is_said(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.txt", "w") as file:
        file.write("text")
    found = discover([tmp_path])
    assert found.origins == ()
    assert "rename" in found.failures[0].reason


def test_a_pipe_is_a_failure_and_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "a.txt").write_text("text")
    found = discover([tmp_path])
    assert names(found.origins) == ["a.txt"]
    assert "pipe" in found.failures[0].reason
