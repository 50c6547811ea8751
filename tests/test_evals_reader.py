"""Which span of several hits is the answer, and which model files are measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evals.reader import MODELS, READ, best, models
from rag.types import Hit, Passage, Reading, Span


def hit(text: str, score: float, *spans: tuple[int, int, float]) -> Hit:
    passage = Passage(text, text, 0, text, 0, len(text), "")
    return Hit(passage, score, reading=Reading(0.0, 0.5, tuple(Span(*span) for span in spans)))


def test_the_best_span_by_both_scores() -> None:
    first, second = hit("In Baku", 2.0, (3, 7, 1.0), (0, 2, 0.5)), hit("In Sofia", 1.0, (3, 8, 2.5))
    assert best([first]) == "Baku"
    assert best([first, second]) == "Sofia"
    assert best([]) == best([hit("Nothing", 9.0)]) == ""
    assert best([first] * READ + [hit("In Riga", 9.0, (3, 7, 9.0))]) == "Baku"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATELINE_EVALS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "cache" / "reader").mkdir(parents=True)
    home = tmp_path / "shipped"
    home.mkdir()
    (home / "reader.onnx").write_bytes(b"int8")
    (home / "tokenizer.json").write_text("{}")
    return home


def test_the_shipped_model_alone(home: Path) -> None:
    assert models(home) == {MODELS["reader.onnx"]: (home, "reader.onnx")}


def test_a_model_of_the_cache_gets_the_shipped_tokenizer_and_sums(home: Path, tmp_path: Path) -> None:
    kept = tmp_path / "cache" / "reader"
    (kept / "reader-fp32.onnx").write_bytes(b"fp32")
    found = models(home)
    assert list(found.values()) == [(home, "reader.onnx"), (kept, "reader-fp32.onnx")]
    assert set(json.loads((kept / "SHA256.json").read_text())) == {"reader-fp32.onnx", "tokenizer.json"}


def test_a_model_beside_the_shipped_one_comes_before_the_cache(home: Path, tmp_path: Path) -> None:
    for folder in (home, tmp_path / "cache" / "reader"):
        (folder / "reader-fp32.onnx").write_bytes(b"fp32")
    assert models(home, ["reader-fp32.onnx"]) == {"fp32": (home, "reader-fp32.onnx")}
