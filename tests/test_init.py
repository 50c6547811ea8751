"""Importing is instant: nothing heavy is loaded until a function needs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import ingest
import rag

ROOT = Path(__file__).parent.parent
HEAVY = (
    "torch", "transformers", "sentence_transformers", "chromadb", "gradio", "langchain", "langchain_core",
    "trafilatura", "pandas", "pyarrow", "numpy", "onnxruntime", "rich",
)  # fmt: skip


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def best(arguments: list[str], times: int = 5) -> float:
    """Seconds of the processor that the fastest of some runs takes: they do not depend on what else runs here."""
    resource = pytest.importorskip("resource")
    spent = []
    for _ in range(times):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, capture_output=True, timeout=60)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


@pytest.mark.parametrize("module", ["rag", "ingest", "prompts", "dateline"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    loaded = run(f"import sys, {module}; print(*sorted(m for m in sys.modules if '.' not in m))").split()
    assert module in loaded
    assert not set(HEAVY) & set(loaded)


def test_public_names_and_how_they_look_load_nothing_heavy() -> None:
    loaded = run(
        "import sys; from rag import Answer, Article, Settings, DatelineError; "
        "Answer('q', 'text')._repr_html_(); Answer('q', 'text').to_markdown(); Settings.load(); print(*sys.modules)"
    ).split()
    assert not set(HEAVY) & set(loaded)


def test_importing_rag_takes_under_a_fifth_of_a_second() -> None:
    code = "import time; t = time.process_time(); import rag; print(time.process_time() - t)"
    assert min(float(run(code)) for _ in range(5)) < 0.2


@pytest.mark.parametrize("command", ["--help", "version"])
def test_the_command_shows_its_help_and_version_at_once(command: str) -> None:
    assert best(["-m", "dateline", command]) < 0.5


@pytest.mark.parametrize("package", [rag, ingest])
def test_every_public_name_is_there(package: object) -> None:
    names = package.__all__  # type: ignore[attr-defined]
    assert names == sorted(names)
    for name in names:
        assert getattr(package, name).__name__ == name


def test_the_public_surface_of_rag() -> None:
    assert set(rag.__all__) == {
        "Answer", "Archive", "Article", "Citation", "Conversation", "Coverage", "DatelineError", "Delta", "Evidence",
        "Finished", "Hit", "Notice", "Passage", "Plan", "Planned", "Report", "Retrieved", "Sentence", "Settings", "Table",
        "Turn",
    }  # fmt: skip
    assert set(rag.__all__) <= set(dir(rag))


@pytest.mark.parametrize("package", [rag, ingest])
def test_a_name_that_is_not_there_is_an_attribute_error(package: object) -> None:
    with pytest.raises(AttributeError, match="no attribute 'no_such_name'"):
        _ = package.no_such_name  # type: ignore[attr-defined]
