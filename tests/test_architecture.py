"""The house holds: what may import what, read from the sources; how files and tests are named; broad catches.

The rules are the tables below. Imports under `if TYPE_CHECKING:` are names for annotations and load nothing: they
may point up within rag, and between packages they count like any other. Tests and bench are exempt.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("rag", "ingest", "prompts", "window", "evals", "train")
FILES = ("ui", "dateline")

# Package or file -> what of ours it may import. A name stands for itself and everything below it.
BETWEEN: dict[str, tuple[str, ...]] = {
    "prompts": ("prompts",),
    "rag": ("rag", "prompts"),
    "ingest": (
        "ingest", "rag.types", "rag.errors", "rag.settings", "rag.text", "rag.background", "rag.sentences", "rag.speech",
        "rag.question.dates", "rag.search.embedding", "rag.store",
    ),
    "window": ("window", "ingest", "rag"),
    "ui": ("window", "ingest", "rag"),
    "dateline": ("ui", "ingest", "rag"),
    "evals": ("evals", "ingest", "rag"),
    "train": ("train", "evals", "ingest", "rag"),
}  # fmt: skip

# Inside rag, from the bottom up. The longest name that fits a module is its row.
BASE = ("rag.types", "rag.errors", "rag.text")
INSIDE: dict[str, tuple[str, ...]] = {
    "rag": (),
    "rag.types": (),
    "rag.errors": (),
    "rag.text": (),
    "rag.background": (),
    "rag.recent": (),
    "rag.sentences": ("rag.text",),
    "rag.speech": ("rag.types", "rag.text", "rag.sentences", "rag.speech"),
    "rag.settings": ("rag.errors",),
    "rag.people": ("rag.errors",),
    "rag.store": (*BASE, "rag.speech", "rag.store"),
    "rag.question": (*BASE, "rag.question"),
    "rag.search": (*BASE, "rag.recent", "rag.store", "rag.search"),
    "rag.answer": (
        *BASE, "rag.settings", "rag.sentences", "rag.speech", "rag.background", "rag.store", "rag.answer",
    ),
    "rag.chain": (
        *BASE, "rag.settings", "rag.background", "rag.store", "rag.question", "rag.search", "rag.answer",
    ),
    "rag.drawn": ("rag.types",),
    "rag.notebook": ("rag.types", "rag.text", "rag.drawn"),
    "rag.export": ("rag.types", "rag.text", "rag.notebook"),
    "rag.terminal": ("rag.types", "rag.text", "rag.drawn", "rag.notebook"),
    "rag.runnable": ("rag.types",),
    "rag.archive": (
        *BASE, "rag.settings", "rag.background", "rag.recent", "rag.store", "rag.question", "rag.search", "rag.answer",
        "rag.chain", "rag.notebook", "rag.export", "rag.runnable",
    ),
}  # fmt: skip
# Loaded on first use, inside a function: how values look is the notebook's business, and rag's names are lazy.
UPWARD = {("rag.types", "rag.notebook"), ("rag.types", "rag.export")}

# Library -> the only files and folders that import it.
ONLY_IN: dict[str, tuple[str, ...]] = {
    "chromadb": ("rag/store/vectors.py",),
    "gradio": ("ui.py", "window/"),
    "langchain": ("rag/answer/chat_model.py", "rag/answer/writer.py", "rag/runnable.py"),
}
LANGCHAIN = re.compile(r"lang(?:chain|smith|graph)(?:_\w+)?")

# Libraries that take seconds to load: imported inside the function that needs them, or in a file that is itself
# loaded only when it is needed.
HEAVY = ("torch", "transformers", "sentence_transformers", "chromadb", "gradio", "langchain", "trafilatura", "pandas",
         "pyarrow", "onnxruntime", "sklearn")  # fmt: skip
LOADED_LATE = ("rag/runnable.py", "ui.py", "window/", "evals/", "train/")

# Test files that mirror no module of their name, and what they are about.
OTHER_TESTS = {
    "test_architecture": "this file",
    "test_bench": "the measurements of bench, as far as no clock decides",
    "test_cases": "the hard cases of evals/cases",
    "test_docs": "README and docs",
    "test_hostile": "articles that give orders, and a chat model that obeys them",
    "test_init": "the __init__.py of rag and ingest: public names, instant imports",
    "test_transcript": "the transcript in docs/guide.md",
    "test_killing": "ingestion that is killed, with tests/killing.py",
    "test_examples_notebook": "examples/notebooks",
}
NO_NOUN = ("utils", "util", "helpers", "helper", "common", "misc")


@dataclass(frozen=True, slots=True)
class Import:
    """`by` imports `name` in this line; `late`: inside a function; `typing`: under `if TYPE_CHECKING:`."""

    by: str
    name: str
    line: int
    late: bool
    typing: bool

    def __str__(self) -> str:
        return f"{self.by} imports {self.name} (line {self.line})"


@cache
def modules() -> dict[str, Path]:
    """Module -> file: everything of ours that is shipped or run, without tests and bench."""
    files = [p for package in PACKAGES for p in sorted((ROOT / package).rglob("*.py"))]
    files += [ROOT / f"{name}.py" for name in FILES if (ROOT / f"{name}.py").exists()]
    return {_module(path): path for path in files}


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports() -> tuple[Import, ...]:
    """Every import of every module; `from a import b` is an import of a.b where that is a module, else of a."""
    return tuple(
        found for module, path in modules().items() for found in _imports(module, ast.parse(path.read_text("utf-8")))
    )


def _imports(module: str, node: ast.AST, late: bool = False, typing: bool = False) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            for alias in child.names:
                yield Import(module, alias.name, child.lineno, late, typing)
        elif isinstance(child, ast.ImportFrom):
            assert child.level == 0, f"{module} line {child.lineno} imports by a relative name"
            for alias in child.names:
                full = f"{child.module}.{alias.name}"
                yield Import(module, full if full in modules() else str(child.module), child.lineno, late, typing)
        elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            for part in child.body:
                yield from _imports(module, ast.Module([part], []), late, True)
            for part in child.orelse:
                yield from _imports(module, ast.Module([part], []), late, typing)
        else:
            inner = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from _imports(module, child, late or inner, typing)


def within(name: str, allowed: tuple[str, ...]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in allowed)


def ours(name: str) -> bool:
    return name.split(".")[0] in (*PACKAGES, *FILES, "tests", "bench")


def row_of(module: str) -> str:
    return max((row for row in INSIDE if within(module, (row,))), key=len)


def in_files(module: str, places: tuple[str, ...]) -> bool:
    path = modules()[module].relative_to(ROOT).as_posix()
    return any(path == place or (place.endswith("/") and path.startswith(place)) for place in places)


def library(name: str) -> str:
    """The row of a library's import: "langchain" for all of LangChain's packages."""
    first = name.split(".")[0]
    return "langchain" if LANGCHAIN.fullmatch(first) else first


# -- imports -----------------------------------------------------------------------------


def test_packages_import_what_their_row_allows() -> None:
    wrong = [str(i) for i in imports() if ours(i.name) and not within(i.name, BETWEEN[i.by.split(".")[0]])]
    assert not wrong


def test_inside_rag_imports_point_down() -> None:
    wrong = [
        str(i)
        for i in imports()
        if i.by.startswith("rag") and i.name.startswith("rag.") and not i.typing
        if not within(i.name, INSIDE[row_of(i.by)]) and not (i.late and (i.by, i.name) in UPWARD)
    ]
    assert not wrong


def test_question_search_and_answer_do_not_know_each_other() -> None:
    rooms = ("rag.question", "rag.search", "rag.answer")
    wrong = [
        str(i) for i in imports() for room in rooms
        if within(i.by, (room,)) and within(i.name, tuple(r for r in rooms if r != room))
    ]  # fmt: skip
    assert not wrong


def test_the_types_load_nothing_of_ours() -> None:
    wrong = [str(i) for i in imports() if i.by == "rag.types" and ours(i.name) and (i.by, i.name) not in UPWARD]
    assert not wrong
    assert not [str(i) for i in imports() if i.by == "rag.types" and ours(i.name) and not i.late]


def test_nothing_but_the_command_imports_the_window() -> None:
    wrong = [str(i) for i in imports() if within(i.name, ("ui",)) and i.by != "dateline"]
    wrong += [str(i) for i in imports() if within(i.name, ("window",)) and i.by.split(".")[0] not in ("ui", "window")]
    assert not wrong


@pytest.mark.parametrize("name", ONLY_IN)
def test_a_library_is_imported_in_its_place_alone(name) -> None:
    wrong = [str(i) for i in imports() if library(i.name) == name and not in_files(i.by, ONLY_IN[name])]
    assert not wrong


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    wrong = [
        str(i)
        for i in imports()
        if library(i.name) in HEAVY and not (i.late or i.typing or in_files(i.by, LOADED_LATE))
    ]
    assert not wrong


@pytest.mark.parametrize("name", ["rag.archive", "ingest.run", "dateline"])
def test_importing_loads_nothing_heavy(name) -> None:
    program = f"import sys, {name}; print(*sorted({{m.split('.')[0] for m in sys.modules}}))"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {library(m) for m in found.stdout.split()} & set(HEAVY)


def test_every_rule_is_about_something() -> None:
    assert {i.by.split(".")[0] for i in imports()} <= set(BETWEEN)
    missing = [row for row in (*INSIDE, *BETWEEN) if row not in modules()]
    places = [p for rule in (*ONLY_IN.values(), LOADED_LATE) for p in rule]
    missing += [place for place in places if not (ROOT / place).exists()]
    missing += [f"{by} -> {name}" for by, name in UPWARD if not any((i.by, i.name) == (by, name) for i in imports())]
    missing += [f"tests/{name}.py" for name in OTHER_TESTS if not (ROOT / "tests" / f"{name}.py").exists()]
    assert not missing


# -- names -------------------------------------------------------------------------------


def test_files_are_named_by_a_noun() -> None:
    files = [*modules().values(), *(ROOT / "tests").rglob("*.py"), *(ROOT / "bench").rglob("*.py")]
    assert not [str(p.relative_to(ROOT)) for p in files if p.stem in NO_NOUN or p.parent.name in NO_NOUN]


def test_every_test_file_mirrors_a_module() -> None:
    """tests/test_index.py is rag/store/index.py, tests/test_load_pdf.py is ingest/load/pdf.py."""
    mirrored = {"_".join(module.split(".")[-n:]) for module in modules() for n in (1, 2, 3)}
    strays = [p.name for p in (ROOT / "tests").glob("test_*.py")
              if p.stem not in OTHER_TESTS and p.stem.removeprefix("test_") not in mirrored]  # fmt: skip
    assert not strays


# -- broad catches -----------------------------------------------------------------------


def test_a_broad_catch_says_why() -> None:
    """`except Exception` has a reason beside it: in its line, the line above or below, or above its try."""
    wrong = []
    for path in modules().values():
        lines = path.read_text("utf-8").splitlines()
        for tried in (n for n in ast.walk(ast.parse("\n".join(lines))) if isinstance(n, ast.Try)):
            for handler in tried.handlers:
                near = [handler.lineno - 1, handler.lineno, handler.lineno + 1, tried.lineno - 1]
                if _is_broad(handler) and not any(_reason(lines[n - 1]) for n in near if 0 < n <= len(lines)):
                    wrong.append(f"{path.relative_to(ROOT)}:{handler.lineno}")
    assert not wrong


def _is_broad(handler: ast.ExceptHandler) -> bool:
    """`except:` or `except Exception`; `except BaseException` too, unless the error goes on."""
    caught = "" if handler.type is None else ast.unparse(handler.type)
    goes_on = any(isinstance(n, ast.Raise) and n.exc is None for n in ast.walk(handler))
    if re.search(r"\bBaseException\b", caught) or not caught:
        return not goes_on
    return re.search(r"\bException\b", caught) is not None


def _reason(line: str) -> bool:
    """Whether a line has a comment that says something: a bare `# noqa: BLE001` does not."""
    comment = line.partition("#")[2]
    return len(re.sub(r"noqa:?\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*", "", comment).split()) >= 3
