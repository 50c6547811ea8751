"""The lock: one holder, named to the second, and free again when it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import ArchiveLocked
from rag.store import lock


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    assert not lock.is_held(tmp_path)
    with lock.writing(tmp_path):
        assert lock.is_held(tmp_path)
        with pytest.raises(ArchiveLocked, match="process"), lock.writing(tmp_path, patience=0.1):
            pass
    assert not lock.is_held(tmp_path)
    with lock.writing(tmp_path):
        pass


def test_a_brief_lock_gives_up_in_time(tmp_path: Path) -> None:
    with lock.brief(tmp_path, "x.lock") as first, lock.brief(tmp_path, "x.lock", patience=0.1) as second:
        assert (first, second) == (True, False)
