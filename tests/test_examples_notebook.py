"""The example notebook runs as it stands, from ingest to a cited answer."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "examples" / "notebooks" / "ask.ipynb"


def read() -> Any:
    return nbformat.read(NOTEBOOK, as_version=4)


def test_the_notebook_is_kept_without_outputs() -> None:
    notebook = read()
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(cells) > 5
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A kernel of this very Python, whatever kernels the machine's user has."""
    from ipykernel.kernelspec import install

    install(kernel_name="dateline-test", prefix=str(tmp_path))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep))
    return "dateline-test"


@pytest.mark.slow
def test_the_notebook_runs_from_articles_to_a_cited_answer(kernel: str) -> None:
    notebook = read()
    client = NotebookClient(
        notebook, timeout=300, kernel_name=kernel, resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    client.execute()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    reported = shown(cells[0], "text/plain")
    assert " 0 failed" in reported, reported
    answer = shown(cells[2], "text/html")
    assert "<mark>" in answer
    for word in ("investment", "industry", "mining", "agriculture"):
        assert word in answer.lower(), word
    assert shown(cells[3], "text/plain") == "True"
    assert "]: " in shown(cells[5], "stream")
    assert "The articles do not say." in shown(cells[6], "text/html")
    followed = next(c for c in cells if "follow_up" in c.source)
    assert "searched for:" in shown(followed, "stream")
    assert "<mark>" in shown(followed, "text/html")
    framed = next(c for c in cells if "to_frame" in c.source)
    assert re.search(r"<td>202\d-\d\d-\d\d</td>", shown(framed, "text/html"))


def shown(cell: Any, kind: str) -> str:
    """What a cell shows, of one kind: a MIME type, or "stream" for what it printed."""
    if kind == "stream":
        return "".join(o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout")
    return "".join(o.data.get(kind, "") for o in cell.outputs if o.output_type in ("execute_result", "display_data"))


def test_the_kernel_is_this_python(kernel: str) -> None:
    from jupyter_client.kernelspec import KernelSpecManager

    assert KernelSpecManager().get_kernel_spec(kernel).argv[0] == sys.executable
