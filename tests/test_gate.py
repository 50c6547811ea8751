"""The gate fails below a floor and above a ceiling, and holds otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals import gate


@pytest.mark.parametrize(
    ("scores", "code"),
    [
        ({"hit@1": 0.9, "abstained wrongly": 0.1}, 0),
        ({"hit@1": 0.7, "abstained wrongly": 0.1}, 1),
        ({"hit@1": 0.9, "abstained wrongly": 0.4}, 1),
    ],
)
def test_floors_and_ceilings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scores: dict[str, float], code: int
) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"samples": {"hit@1": 0.8, "abstained wrongly": 0.2}}))
    monkeypatch.setattr(gate, "FLOORS", floors)
    monkeypatch.setattr(gate.samples, "main", lambda page: scores)
    assert gate.main() == code


def test_floors_without_their_data_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({"reader": {"F1": 0.99}}))
    monkeypatch.setattr(gate, "FLOORS", floors)
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    assert gate.main() == 0


def test_the_pinned_floors_are_shares() -> None:
    for limits in json.loads(gate.FLOORS.read_text(encoding="utf-8")).values():
        assert all(0.0 < limit <= 1.0 or (limit == 0 and metric in gate.CEILINGS) for metric, limit in limits.items())
