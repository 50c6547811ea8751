"""A section of the page is written in its place; what others wrote stays."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from evals import report


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "evaluation.md"
    monkeypatch.setattr(report, "PAGE", path)
    return path


def test_a_section_takes_the_place_of_the_one_of_its_name(page: Path) -> None:
    report.write("one", "make one", "What it is.", {"a": {"hit@1": 0.5}})
    report.write("one: more", "make more", "More.", {"a": {"hit@1": 0.25}})
    report.write("one", "make one", "What it is.", {"a": {"hit@1": 0.75}})
    text = page.read_text(encoding="utf-8")
    assert text.count("## one\n") == text.count("## one: more\n") == 1
    assert "| a | 0.750 |" in text
    assert "| a | 0.250 |" in text
    assert "0.500" not in text


def test_a_row_may_lack_a_column(page: Path) -> None:
    section = report.write(
        "two", "make two", "", {"a": {"n": 4, "x": 12.3, "y": math.nan}, "b": {"x": 0.5, "y": 0.125}}, page=False
    )
    assert section.splitlines()[-4:] == [
        "| | n | x | y |",
        "|---|---|---|---|",
        "| a | 4 | 12 | – |",
        "| b | – | 0.500 | 0.125 |",
    ]
    assert not page.exists()


def test_the_figures_stand_unrounded_beside_the_page(page: Path) -> None:
    report.write("one", "make one", "", {"a": {"n": 4, "x": 1 / 3, "y": math.nan}})
    report.write("two", "make two", "", {"b": {"n": 1}})
    report.write("two", "make two", "", {"b": {"n": 2}})
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8")) == {
        "one": {"command": "make one", "rows": {"a": {"n": 4, "x": 1 / 3, "y": None}}},
        "two": {"command": "make two", "rows": {"b": {"n": 2}}},
    }


def test_a_line_goes_through_the_rows_whose_names_are_numbers() -> None:
    rows = {"10,000": {"y": 2.0}, "1,000": {"y": 1.0}, "1,000 (again)": {"y": 0.0}, "half": {"y": 0.5}}
    assert report.points(rows) == [(1000.0, {"y": 1.0}), (10000.0, {"y": 2.0})]
    assert [x for x, _ in report.points({"0.5": {}, "0.25": {}})] == [0.25, 0.5]


def test_pictures_stand_below_their_tables_once(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report, "IMAGES", tmp_path / "images")
    report.write("xquad", "make x", "What.", {"a": {"hit@1": 0.5, "hit@5": 0.75, "MRR": 0.6}, "b": {"hit@1": 0.25}})
    curve = {"0.1": 0.9, "0.2": 0.8, "0.2 (the setting)": 0.8}
    columns = report.PLOTS[1].columns
    report.write("newsquiz: abstention", "make n", "What.", {t: dict.fromkeys(columns, v) for t, v in curve.items()})
    for _ in range(2):
        assert report.main() == 0
    report.write("xquad", "make x", "Again.", {"a": {"hit@1": 0.5, "hit@5": 0.75, "MRR": 0.6}})
    text = page.read_text(encoding="utf-8")
    for plot in (report.PLOTS[1], report.PLOTS[3]):
        assert (tmp_path / "images" / plot.file).stat().st_size > 5_000
        assert text.count(f"(images/{plot.file})") == 1
