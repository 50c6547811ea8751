"""Progress as numbers, and as plain lines where there is no terminal."""

from __future__ import annotations

import pytest

from ingest import progress
from ingest.progress import Progress, shown


def test_rate_and_time_left() -> None:
    half = Progress(origins=5, of=10, articles=8, passages=40, failed=1, seconds=4.0)
    assert (half.rate, half.left) == (10.0, 4.0)
    assert str(half) == "5/10 origins, 8 articles, 40 passages (10/s), 1 failed, about 4 s left"
    assert Progress(0, 10, 0, 0, 0, 0.0).left is None
    assert Progress(10, 10, 9, 9, 0, 3.0).left is None


def test_plain_lines_now_and_then(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    with shown(True) as show:
        show(Progress(1, 2, 1, 3, 0, 1.0))
    assert capsys.readouterr().err == "1/2 origins, 1 articles, 3 passages (3/s), about 1 s left\n"


def test_a_callback_gets_every_value_and_false_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Progress] = []
    one = Progress(1, 2, 1, 3, 0, 1.0)
    with shown(seen.append) as show:
        show(one)
    assert seen == [one]
    with shown(False) as show:
        show(one)
    assert capsys.readouterr() == ("", "")
