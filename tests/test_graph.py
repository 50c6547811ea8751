"""The embedder's graph: the model's own vectors, without torch; an altered one is not used."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.errors import EmbedderError
from rag.search.embedding import Embedder, load
from rag.search.graph import Graph, place

NAME = "all-MiniLM-L6-v2"
TEXTS = ["Direct flights start in spring.", "Rain.", "Дожди.", "The ministry put the damage at 90 billion. " * 40]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("rag.search.graph.user_cache_path", lambda name: tmp_path / name)


def kept() -> Graph | None:
    packaged = load(NAME)
    assert packaged.tokenizer is not None
    return Graph.kept(str(packaged.identity["fingerprint"]), packaged.tokenizer, packaged.max_tokens)


def test_it_is_made_once_and_agrees_with_the_model_in_any_company() -> None:
    assert kept() is None
    embedder = Embedder(NAME)
    vectors = embedder.encode_short(TEXTS)
    graph = kept()
    assert graph is not None
    np.testing.assert_allclose(graph.encode(TEXTS[::-1])[::-1], vectors, atol=1e-5)
    assert (vectors * embedder.encode(TEXTS)).sum(axis=1).min() >= 0.999
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert embedder.encode_short([]).shape == (0, 384)


def test_a_prepared_model_answers_without_torch(tmp_path: Path) -> None:
    Embedder(NAME).prepare()
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})\n"
        f"from rag.search.embedding import load; print(load({NAME!r}).encode_short(['rain']).shape)\n"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_an_altered_or_half_written_file_is_made_again() -> None:
    embedder = Embedder(NAME)
    embedder.prepare()
    path = place(str(embedder.identity["fingerprint"]))
    path.write_bytes(path.read_bytes()[:1000])
    assert kept() is None
    assert Embedder(NAME).encode_short(["rain"]).shape == (1, 384)
    assert kept() is not None
    assert [p.name for p in path.parent.iterdir() if p.is_dir()] == []


def test_a_model_of_another_shape_has_none() -> None:
    class Dense:
        pass

    packaged = load(NAME)
    assert packaged.tokenizer is not None
    assert Graph.made([Dense(), Dense()], "x", packaged.tokenizer, 256) is None
    assert not place("x").exists()


def test_a_cache_that_cannot_be_written_to_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("rag.search.graph.user_cache_path", lambda name: tmp_path / "file")
    assert Embedder(NAME).encode_short(["rain"]).shape == (1, 384)


def test_int8_is_near_the_model_and_the_same_in_any_company() -> None:
    embedder = Embedder(NAME)
    quantised = embedder.for_passages({"precision": "int8"})
    assert quantised.identity == {**embedder.identity, "precision": "int8"}
    texts = [*TEXTS[:2], "The mayor of the coastal town said that the bridge would be closed until May. " * 3]
    vectors = quantised.encode(texts)
    cosines = (vectors * embedder.encode_short(texts)).sum(axis=1)
    assert cosines.mean() >= 0.99
    assert cosines.min() >= 0.98
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(quantised.encode([text])[0], vector)
    assert quantised.encode([]).shape == (0, 384)
    assert len(list(place(str(embedder.identity["fingerprint"])).parent.glob("*-int8.onnx"))) == 1


def test_the_trial_compares_the_two_graphs(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = Embedder(NAME)
    monkeypatch.setattr("rag.search.embedding.WORTH", 0.0)
    assert embedder.for_passages({}).identity.get("precision") == "int8"
    monkeypatch.setattr("rag.search.embedding.WORTH", 1e9)
    assert embedder.for_passages({}) is embedder


def test_what_is_recorded_decides_the_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.search.embedding.WORTH", 0.0)
    embedder = Embedder(NAME)
    assert embedder.for_passages(embedder.identity) is embedder  # an archive of before there was another
    (tmp_path / "file").write_text("")
    monkeypatch.setattr("rag.search.graph.user_cache_path", lambda name: tmp_path / "file")
    bare = Embedder(NAME)
    assert bare.for_passages({}) is bare
    with pytest.raises(EmbedderError, match="re-embed"):
        bare.for_passages({**embedder.identity, "precision": "int8"})
