"""The measurements of bench, where no clock decides: what is imported, how much is embedded, how much memory is held."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from bench import articles, environments, limits, many, measure, page, scale, tables, users
from bench.rounds import OURS, Rounds
from bench.run import ENVIRONMENT, NAMES, Comparison, sides
from ingest import ingest
from rag import Archive
from rag.search.embedding import load
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


def test_short_articles_stand_half_in_one_file_and_half_in_files_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    monkeypatch.setattr(many, "SOURCES", 8)
    assert many.write(21, tmp_path / "articles") == 21
    assert len((tmp_path / "articles" / "wire.jsonl").read_text().splitlines()) == 11
    with Archive(tmp_path / "archive", embedder=WordHash(64), workers=1) as archive:
        report = ingest(tmp_path / "articles", into=archive, progress=False)
        assert (report.added, report.failed) == (21, ())
        assert all(a.date and a.source and len(a.text) > many.LENGTH / 2 for a in archive.index.catalog.articles())


def test_memory_is_looked_at_by_quarters_of_the_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATELINE_DATA", raising=False)
    monkeypatch.setattr(many, "SOURCES", 4)
    monkeypatch.setattr(many, "EVERY", 0.02)
    many.write(8, tmp_path / "articles")
    rows, seconds = many.ingest(tmp_path / "articles", tmp_path / "archive", 8)
    assert seconds > 0
    assert "articles 1 to 2" in rows
    assert all(40 < row["median, MB"] <= row["highest, MB"] < 4_000 for row in rows.values())


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
    assert found["failed"] == 0


def test_questions_that_fail_are_counted_and_the_others_go_on() -> None:
    def ask(question: str) -> None:
        if question == "2":
            raise RuntimeError("Already borrowed")

    assert users.latencies(ask, ["1", "2", "3"], users=2)["failed"] == 1
    with pytest.raises(RuntimeError):
        users.latencies(ask, ["2"], users=1)


def test_each_number_of_users_has_questions_of_its_own(tmp_path: Path) -> None:
    asked: list[str] = []

    def search(question: str) -> str:
        asked.append(question)
        return question.upper()

    (tmp_path / "asked.json").write_text(json.dumps({"questions": ["a", "b", "c"], "users": [1, 3]}))
    told = users.asked(search, str(tmp_path / "asked.json"))
    assert set(told["waits"]) == {"1", "3"}
    assert told["found"] == {"a": "A", "b": "B", "c": "C"}
    assert sorted(asked[1:]) == ["a", "b", "c"]  # after the one that warms


@pytest.mark.data
def test_what_questions_ask_for_is_among_the_articles(tmp_path: Path) -> None:
    if "DATELINE_DATA" not in os.environ:
        pytest.skip("DATELINE_DATA is not set")
    there = {a["url"] for a in articles.articles(40)}
    assert len(there) == 40
    assert sum(bool(there & set(q["urls"])) for q in articles.questions(40)) >= 8


# -- environments ------------------------------------------------------------------------


def test_an_environment_keeps_what_it_took(tmp_path: Path) -> None:
    (tmp_path / "txtai.txt").write_text("txtai==9.14.0\n")
    steps = environments.steps(tmp_path / "txtai.txt", tmp_path / "peers" / "txtai")
    assert steps[-1][-2:] == ["--requirement", str(tmp_path / "txtai.txt")]
    made = [*steps[0], "--without-pip"]  # what needs no network
    told = environments.install(tmp_path / "txtai.txt", tmp_path / "peers", [made])
    assert told == environments.installed("txtai", tmp_path / "peers")
    assert told["seconds"] > 0
    assert told["megabytes"] > 0
    found = Comparison()
    assert [side.name for side in sides(["txtai"], tmp_path / "peers", found.dropped)] == [OURS, "txtai"]
    assert not found.dropped


def test_what_cannot_be_installed_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "txtai.txt").write_text("txtai==0\n")
    program = "import sys; sys.exit('notice\\nERROR: No matching distribution found for txtai==0\\n')"
    steps = [environments.steps(tmp_path / "txtai.txt", tmp_path / "txtai")[0] + ["--without-pip"]]
    told = environments.install(tmp_path / "txtai.txt", tmp_path, [*steps, [sys.executable, "-c", program]])
    assert told["failed"] == "ERROR: No matching distribution found for txtai==0"
    assert not (tmp_path / "txtai").exists()
    found = Comparison()
    assert [side.name for side in sides(["txtai", "haystack"], tmp_path, found.dropped)] == [OURS]
    assert found.dropped["txtai"] == told["failed"]
    assert found.dropped["Haystack"] == "not installed: make bench-peers"
    found.rounds.add("installation, s", OURS, 70.0)
    found.rounds.add("installation, MB", OURS, 2000.0)
    shown = page.show(next(tables.sections(found.rounds, {}, {}, found.dropped)))
    assert (
        "| s | 70 | no: ERROR: No matching distribution found for txtai==0 | no: not installed: make bench-peers |"
        in shown
    )


def test_every_peer_has_a_list_and_a_program() -> None:
    lists = {path.stem for path in environments.LISTS.glob("*.txt")}
    assert lists == {*NAMES, ENVIRONMENT}
    for name in NAMES:
        assert (ROOT / "bench" / f"baseline_{name}.py").is_file()
        pinned = [line for line in (environments.LISTS / f"{name}.txt").read_text().splitlines() if line[0] != "#"]
        assert all("==" in line for line in pinned)


# -- figures -----------------------------------------------------------------------------


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rounds = Rounds()
    for ours, theirs in ((1.0, 4.0), (10.0, 20.0), (2.0, 2.0)):
        rounds.add("ingestion, s", OURS, ours)
        rounds.add("ingestion, s", "txtai", theirs)
    rounds.add("ingestion, s", "Haystack", 2.0)  # it dropped out after the first round
    rounds.add("ingestion, passages", OURS, 3)
    rounds.add("ingestion, passages", "txtai", 4)
    assert rounds.rows()["ingestion, s"] == {OURS: 2.0, "txtai": 4.0, "Haystack": 2.0}
    assert rounds.ratios() == {"ingestion, s": {"txtai": 0.5, "Haystack": 0.5}}


def test_what_a_model_needs_is_counted_from_its_shape(tmp_path: Path) -> None:
    shape = {"hidden_size": 4, "intermediate_size": 8, "num_hidden_layers": 3}
    (tmp_path / "config.json").write_text(json.dumps(shape))
    found = limits.model(tmp_path, [10, 1])
    assert found["weights"] == 3 * (4 * 4 * 4 + 2 * 4 * 8)
    assert found["operations"] == 2 * found["weights"] * 11 + 3 * 4 * 4 * (10 * 10 + 1)


def test_the_share_that_is_read_ends_at_the_models_tokens() -> None:
    tokenizer = load("all-MiniLM-L6-v2").tokenizer
    assert tokenizer is not None
    assert limits.share_read(["one two three four"], tokenizer, 256) == 1
    assert limits.share_read(["one two three four"], tokenizer, 4) == len("one two") / len("one two three four")


@pytest.fixture
def rounds() -> Rounds:
    """Two rounds of made-up figures, in which Dateline takes half of what the others take."""
    found = Rounds()
    for side, value in ((OURS, 1.0), ("LangChain", 2.0), ("txtai", 2.0)):
        for _ in range(2):
            for glance in tables.AT_A_GLANCE:
                found.add(glance, side, value)
            for users_at_once in (10, 50):
                found.add(f"search, {users_at_once} users, median ms", side, value * users_at_once)
    for alone in ("embedding alone, s", "SentenceTransformer.encode, s", "answer, 1 user, median ms"):
        found.add(alone, OURS, 1.0)
    return found


def test_the_page_has_a_table_for_each_matter_and_pictures_once(tmp_path: Path, rounds: Rounds) -> None:
    path = tmp_path / "performance.md"
    path.write_text("# Performance\n\nBy hand.\n\n<!-- ingestion: begin -->\n<!-- ingestion: end -->\n\nThe end.\n")
    bound = {
        "precision": "int8", "operations": 1e9, "weights": 1e6, "tokens": 100, "passages": 10,
        "float32": 1e9, "bfloat16": 2e9, "int8": 4e9, "bandwidth": 1e9,
    }  # fmt: skip
    made = list(tables.sections(rounds, {"read": 0.25}, bound, {}))
    assert [s.name for s in made] == [
        "installation", "ingestion", "cold start", "search", "answer", "steps", "limits"
    ]  # fmt: skip
    for _ in range(2):
        page.write(made, {"machine": {"cores": 2}}, path)
    text = path.read_text()
    assert text.startswith("# Performance\n\nBy hand.\n\n<!-- ingestion: begin -->")
    assert "| s | 1 | 2 (0.50) | 2 (0.50) |" in text
    assert text.count("<!-- search: begin -->") == text.count("| read | 250 |") == 1
    assert "| `SentenceTransformer.encode` in float32 | 1 | 100 | 100 | 1 |" in text
    for name in ("side-by-side", "search-by-users"):
        assert text.count(f"(images/performance-{name}.png)") == 1
        assert (tmp_path / "images" / f"performance-{name}.png").stat().st_size > 5_000
    figures = json.loads(path.with_suffix(".json").read_text())
    assert figures["machine"] == {"cores": 2}
    assert figures["cold start"]["ratios"] == {m: {"LangChain": 0.5, "txtai": 0.5} for m in ("s", "memory, MB")}


def test_text_that_is_written_by_hand_stays(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    for value in (0.5, 1234.5):
        page.write([page.Section("one", "What it is.", {"search, ms": {OURS: value}})], {}, path)
        path.write_text(path.read_text() + "\nThe end.\n")
    text = path.read_text()
    assert text.count("| search, ms |") == 1
    assert "| search, ms | 1,234 |" in text
    assert text.count("The end.") == 2


@pytest.mark.slow
def test_the_whole_bench_runs_and_writes_its_page_without_any_peer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.run", "--articles=3", "--rounds=1", "--questions=3", "--answers=3",
               f"--peers={tmp_path / 'none'}", f"--page={tmp_path / 'performance.md'}"]  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name != "DATELINE_DATA"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    figures = json.loads((tmp_path / "performance.json").read_text())
    assert figures["articles"] == "3 generated articles"
    assert set(figures["dropped"]) == set(NAMES.values())
    assert figures["ingestion"]["rows"]["passages"][OURS] > 3
    assert figures["ingestion"]["rows"]["share read by the model"] == {OURS: 1}
    assert figures["search"]["rows"]["article found"][OURS] > 0
    assert figures["steps"]["rows"]["read"]["ms"] > 0
    assert figures["limits, raw"]["int8"] > 0
    assert all(len(values) == 1 for measure, sides in figures["rounds"].items() for values in sides.values()
               if not measure.startswith("cold start"))  # fmt: skip


def test_articles_of_the_growth_are_the_same_each_time_and_whole(tmp_path: Path) -> None:
    with Archive(tmp_path / "archive", embedder=WordHash()) as archive:
        one, again = (list(islice(scale._articles(5, archive), 3)) for _ in range(2))
    for entry, other in zip(one, again, strict=True):
        assert entry.article == other.article
        assert np.array_equal(entry.vectors, other.vectors)
        assert np.allclose(np.linalg.norm(entry.vectors, axis=1), 1.0, atol=1e-5)
        assert [entry.article.text[p.start : p.end] for p in entry.passages] == [p.text for p in entry.passages]
        assert len(entry.passages) == len(entry.vectors)
