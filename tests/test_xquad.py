"""Paragraphs become articles that questions are scored against; full text without stems knows only what is spelled."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evals import xquad
from rag import Archive

PARAGRAPHS = (
    "Старую плотину у деревни разобрали прошлой весной. Рабочие вывезли камни на двух баржах.",
    "Новая библиотека открылась в порту. Читателям выдают книги до полуночи, даже зимой.",
)
ROWS = [
    {"id": "1", "context": PARAGRAPHS[0], "question": "Когда разобрали старую плотину?"},
    {"id": "2", "context": PARAGRAPHS[0], "question": "Что стало с плотиной?"},
    {"id": "3", "context": PARAGRAPHS[1], "question": "Где открыта библиотека?"},
]


@pytest.fixture
def gold(archive: Archive) -> dict[str, str]:
    return xquad.paragraphs(archive, ROWS)


def test_a_paragraph_is_one_article_once(archive: Archive, gold: dict[str, str]) -> None:
    assert {archive.article(gold[text]).text for text in PARAGRAPHS} == set(PARAGRAPHS)
    assert xquad.paragraphs(archive, ROWS) == gold
    assert archive.coverage().articles == 2


def test_stems_find_what_words_as_spelled_do_not(archive: Archive, gold: dict[str, str]) -> None:
    ways = {**xquad.without_stems(archive), "stems": xquad.by(archive, dense=False)}
    whole, beginnings, stems = (xquad.scored(way, ROWS, gold, name)["hit@1"] for name, way in ways.items())
    assert whole == pytest.approx(2 / 3)  # nobody wrote "плотиной"
    assert beginnings == stems == 1.0


def test_the_gates_sample_needs_no_embedder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "xquad").mkdir()
    with gzip.open(tmp_path / "xquad" / "ru.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in ROWS[1:])
    monkeypatch.setenv("DATELINE_DATA", str(tmp_path))
    assert xquad.sampled() == {"hit@1": 1.0, "hit@5": 1.0, "gain at 5": 1.0}


def test_without_data_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    assert xquad.main() == xquad.sampled() == {}
