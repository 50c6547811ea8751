"""The measurements of bench, where no clock decides: what is imported, how much is embedded, how much memory is held."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from bench import articles, measure, page, users
from bench.run import LANGCHAIN, OURS, Rounds
from ingest import ingest
from rag import Archive
from tests.embedder import WordHash

ROOT = Path(__file__).resolve().parents[1]
HEAVY = (
    "torch", "transformers", "sentence_transformers", "gradio", "kubernetes", "pandas", "langchain_core", "chromadb",
)  # fmt: skip


class Counting(WordHash):
    """Counts the texts that it embeds."""

    def __init__(self) -> None:
        super().__init__(64)
        self.texts = 0

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().encode(texts)


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    articles.write(12, tmp_path / "articles.jsonl")
    return tmp_path / "articles.jsonl"


def test_generated_articles_are_the_same_each_time_and_differ_from_each_other() -> None:
    one, again = list(articles.generated(20)), list(articles.generated(20))
    assert one == again
    assert len({a["text"] for a in one}) == len({a["url"] for a in one}) == 20
    assert 2_000 < statistics.mean(len(a["text"]) for a in one) < 12_000


def test_every_passage_is_embedded_once_and_a_question_once(tmp_path: Path, generated: Path) -> None:
    embedder = Counting()
    with Archive(tmp_path / "archive", embedder=embedder, workers=1, rerank=False) as archive:
        report = ingest(generated, into=archive, progress=False)
        assert embedder.texts == report.passages == archive.index.catalog.count("passages")
        ingest(generated, into=archive, progress=False)
        assert embedder.texts == report.passages
        archive.search("prices")
        assert embedder.texts == report.passages + 1


@pytest.mark.slow
def test_a_question_in_a_new_process_loads_only_what_it_uses(tmp_path: Path, generated: Path) -> None:
    with Archive(tmp_path / "archive", workers=1) as archive:
        ingest(generated, into=archive, progress=False)
    program = (
        "import sys\nfrom rag import Archive\n"
        f"with Archive({str(tmp_path / 'archive')!r}, create=False, once=True) as archive: archive.ask('What did the bank say?')\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert found.stdout.strip() == "[]"


@pytest.mark.slow
def test_memory_does_not_grow_with_what_is_ingested(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    most = []
    for count in (40, 400):
        articles.write(count, tmp_path / "articles.jsonl")
        program = (
            "from rag import Archive; from ingest import ingest; from tests.embedder import WordHash\n"
            f"with Archive({str(tmp_path / str(count))!r}, embedder=WordHash(64), workers=1) as archive:\n"
            f"    ingest({str(tmp_path / 'articles.jsonl')!r}, into=archive, progress=False)"
        )
        most.append(measure.run([sys.executable, "-c", program]).megabytes)
    assert most[1] < most[0] + 150


def test_a_program_is_measured_with_its_children_and_what_it_tells() -> None:
    child = "x = bytearray(80_000_000); import time; time.sleep(0.5)"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}]); print('{{\"passages\": 3}}')"
    measured = measure.run([sys.executable, "-c", program])
    assert measured.told == {"passages": 3}
    assert measured.megabytes > 80
    assert measured.seconds >= 0.5
    assert measured.processor > 0
    with pytest.raises(SystemExit, match="no such verb"):
        measure.run([sys.executable, "-c", "raise SystemExit('no such verb')"])


def test_every_question_is_asked_once_however_many_users() -> None:
    asked: list[str] = []
    found = users.latencies(asked.append, [str(n) for n in range(30)], users=7)
    assert sorted(asked) == sorted(str(n) for n in range(30))
    assert found["median"] <= found["p95"]


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rounds = Rounds()
    for ours, theirs in ((1.0, 4.0), (10.0, 20.0), (2.0, 2.0)):
        rounds.add("ingestion, s", OURS, ours)
        rounds.add("ingestion, s", LANGCHAIN, theirs)
    assert rounds.rows()["ingestion, s"] == {OURS: 2.0, LANGCHAIN: 4.0, f"ratio to {LANGCHAIN}": 0.5}


def test_a_table_takes_the_place_of_the_one_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "PAGE", tmp_path / "performance.md")
    page.PAGE.write_text("# Performance\n\nBy hand.\n\n<!-- one: begin -->\n<!-- one: end -->\n\nThe end.\n")
    for value in (0.5, 1234.5):
        page.write("one", "make one", "What it is.", {"search, ms": {OURS: value}}, {"cores": 2})
    text = page.PAGE.read_text()
    assert text.startswith("# Performance\n\nBy hand.")
    assert text.endswith("The end.\n")
    assert text.count("| search, ms |") == 1
    assert "| search, ms | 1,234 |" in text
    assert json.loads(page.PAGE.with_suffix(".json").read_text())["one"]["rows"] == {"search, ms": {OURS: 1234.5}}
