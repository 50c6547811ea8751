"""evals.multihop: what a question names is read by the evaluation itself, and compared with the plan."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path

import pytest

from evals import multihop

DAY = dt.date(2023, 10, 22)


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("the report of October 22, 2023, on rice", [(DAY, DAY, "")]),
        ("the report of 22nd October 2023", [(DAY, DAY, "")]),
        ("the report of 2023-10-22T10:00:00+00:00", [(DAY, DAY, "")]),
        ("the report of October 22nd", [(DAY, DAY, "")]),
        ("before October 22, 2023", [(DAY, DAY, "before")]),
        ("prices in 2021", [(dt.date(2021, 1, 1), dt.date(2021, 12, 31), "")]),
        ("a show in November", [(dt.date(2023, 11, 1), dt.date(2023, 11, 30), "")]),
        ("seat 2021 of the hall", []),
    ],
)
def test_dates_named(question: str, dates: list[tuple[dt.date, dt.date, str]]) -> None:
    assert [(n.first, n.last, n.relation) for n in multihop.dates_named(question, {DAY})] == dates


def test_scores_count_topics_as_false_and_missed_outlets_as_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = {"source": "The Age - Sports", "date": "2023-10-22", "title": "Rice"}
    rows = [
        {"question": "According to The Age on October 22, 2023, what did Reuters pay?", "evidence": [told]},
        {"question": "Which shop is dear to The Age?", "evidence": [told]},
        {"question": "According to Reuters and Google, what rose?", "evidence": []},
    ]
    (tmp_path / "multihop").mkdir()
    with gzip.open(tmp_path / "multihop" / "questions.jsonl.gz", "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path))
    scores = multihop.main(page=False)
    # found: The Age once of twice, Reuters once of once; Google, which is a firm, falsely
    assert scores["outlets F1"] == pytest.approx(2 * (2 / 3) * (2 / 3) / (2 / 3 + 2 / 3))
    assert scores["dates F1"] == 1.0


def test_without_data_nothing_is_scored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    assert multihop.main(page=False) == {}
