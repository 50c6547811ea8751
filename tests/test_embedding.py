"""The embedder: unit vectors, right whatever the precision, checked weights, and no torch until it encodes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.errors import EmbedderError
from rag.search import embedding
from rag.search.embedding import Embedder, load

TEXTS = [
    "Direct flights between the capitals will start in spring.",
    "Флоты двух стран провели учения.",
    "Rain.",
    "The ministry put the damage of the floods at 90 billion tenge, twice the sum of the year before. " * 4,
]


def test_vectors_are_unit_and_do_not_depend_on_the_order() -> None:
    vectors = load("all-MiniLM-L6-v2").encode(TEXTS)
    assert vectors.shape == (4, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(load("all-MiniLM-L6-v2").encode(TEXTS[::-1])[::-1], vectors)


def test_this_processors_precision_agrees_with_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = load("all-MiniLM-L6-v2").encode(TEXTS)
    monkeypatch.setattr(embedding, "has_bfloat16", lambda: False)
    exact = Embedder("all-MiniLM-L6-v2").encode(TEXTS)
    assert (fast * exact).sum(axis=1).min() >= 0.999


def test_meaning_is_nearer_than_words() -> None:
    question, near, far = load("all-MiniLM-L6-v2").encode(
        ["When do planes begin to fly?", "Direct flights start in spring.", "The planes of the crystal are flat."]
    )
    assert question @ near > question @ far


def test_a_model_by_path_is_the_same_model(tmp_path: Path) -> None:
    packaged = load("all-MiniLM-L6-v2")
    shutil.copytree(packaged.folder, tmp_path / "model")
    copied = Embedder(str(tmp_path / "model"))
    assert copied.identity["dimension"] == 384
    assert copied.identity["fingerprint"] == packaged.identity["fingerprint"]
    np.testing.assert_array_equal(copied.encode(TEXTS[:1]), packaged.encode(TEXTS[:1]))


def test_changed_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(load("all-MiniLM-L6-v2").folder, tmp_path / "model")
    with (tmp_path / "model" / "model.safetensors").open("ab") as file:
        file.write(b"more")
    changed = Embedder("all-MiniLM-L6-v2")
    monkeypatch.setitem(changed.__dict__, "folder", tmp_path / "model")
    with pytest.raises(EmbedderError, match=r"SHA-256.*reinstall"):
        changed.encode(["text"])


def test_a_model_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(EmbedderError, match="DATELINE_EMBEDDER"):
        Embedder("no/such-model").encode(["text"])


def test_identity_and_tokens_need_no_torch() -> None:
    program = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).resolve().parents[1])!r})\n"
        "from rag.search.embedding import load\n"
        "e = load('all-MiniLM-L6-v2'); print(e.identity, e.max_tokens, e.tokenizer)\n"
        "assert not {'torch', 'transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
