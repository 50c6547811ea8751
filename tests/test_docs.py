"""What README and docs say is so: their code runs, their commands parse, their links lead somewhere."""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import dateline
import rag
from ingest.load import LOADERS
from rag import settings
from tests.browser import screenshots
from tests.conftest import ARTICLES

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", ROOT / "examples" / "README.md",
         *sorted((ROOT / "docs").rglob("*.md"))]  # fmt: skip
OTHER_VARIABLES = {"DATELINE_DATA", "DATELINE_EVALS_CACHE"}

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`((?:DATELINE_\w+=\S+ )*dateline [^`]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[tuple[int, str]]:
    """(number of the line before it, source) of a page's code blocks in these languages."""
    text = page.read_text("utf-8")
    return [(text.count("\n", 0, m.start(2)), m[2]) for m in _BLOCK.finditer(text) if m[1] in languages]


def without_blocks(page: Path) -> str:
    return _BLOCK.sub("", page.read_text("utf-8"))


# -- code --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=name)
def test_the_code_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page's blocks run in order in one namespace, beside a folder of articles, as cells of a notebook would."""
    for folder in (tmp_path / "articles", tmp_path / "examples" / "articles"):
        folder.mkdir(parents=True)
        for file, text in ARTICLES.items():
            (folder / file).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    space: dict[str, Any] = {"__name__": "__main__"}
    try:
        for line, source in blocks(page, "python"):
            # Blank lines before it, so that a traceback names the page's own line.
            code = compile("\n" * line + source, str(page), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            ran = eval(code, space)
            if inspect.iscoroutine(ran):
                asyncio.run(ran)
    finally:
        for value in space.values():
            if isinstance(value, rag.Archive):
                value.close()


def test_the_settings_page_is_the_settings() -> None:
    assert (ROOT / "docs" / "settings.md").read_text("utf-8") == settings.page(), (
        "make it again: python -m rag.settings > docs/settings.md"
    )


# -- commands ----------------------------------------------------------------------------


def command_lines(page: Path) -> Iterator[tuple[str, bool]]:
    """(line that calls dateline, whether it is whole): whole in a block of commands, perhaps not in running text."""
    typed = [line for _, source in blocks(page, "console") for line in source.splitlines() if line.startswith("$ ")]
    written = [line for _, source in blocks(page, "sh") for line in source.replace("\\\n", " ").splitlines()]
    for line in (*typed, *written):
        words = [w for w in shlex.split(line.removeprefix("$ "), comments=True) if not re.match(r"[A-Z_]+=", w)]
        if words[:1] == ["dateline"]:
            yield line.removeprefix("$ "), True
    yield from ((line, False) for line in _INLINE.findall(without_blocks(page)))


def parse(line: str, whole: bool = True) -> None:
    """Take a command line as typer would, without running it; raises typer's own usage error.

    Of a line that is not whole only the names of the command and its options are looked at.
    """
    words = [w for w in shlex.split(line, comments=True) if not re.match(r"[A-Z_]+=", w)][1:]
    words = words[: next((i for i, w in enumerate(words) if w in ("|", ">", "&&")), None)]
    command: Any = typer.main.get_command(dateline.app)
    while hasattr(command, "commands"):
        _, words, _ = command.make_parser(command.context_class(command)).parse_args(words)
        if not words:
            return
        assert words[0] in command.commands, f"there is no command {words[0]!r}"
        command, words = command.commands[words[0]], words[1:]
    if whole:
        command.make_context(command.name, words, obj=dateline.Session())
    else:
        command.make_parser(command.context_class(command)).parse_args(words)


@pytest.mark.parametrize("page", [p for p in PAGES if any(command_lines(p))], ids=name)
def test_the_command_lines_parse(page: Path) -> None:
    for line, whole in command_lines(page):
        try:
            parse(line, whole)
        except Exception as e:
            if not hasattr(e, "format_message"):  # typer's usage errors; their class moved between its versions
                raise
            pytest.fail(f"{name(page)}: {line}: {e.format_message()}")


@pytest.mark.parametrize(
    "line", ["dateline ask --nonsense why", "dateline frobnicate", "dateline ask", "dateline --no x"]
)
def test_a_wrong_command_line_does_not_parse(line: str) -> None:
    with pytest.raises(Exception):  # noqa: B017  an AssertionError of ours, or typer's error
        parse(line)


def test_every_command_and_option_is_told() -> None:
    told = "".join((ROOT / p).read_text("utf-8") for p in ("README.md", "docs/guide.md"))
    missing = [part for part in _parts(typer.main.get_command(dateline.app), "dateline") if part not in told]
    assert not missing


def _parts(command: Any, path: str) -> Iterator[str]:
    for parameter in command.params:
        yield from (o for o in parameter.opts if o.startswith("--") and o != "--help")
    for inner in getattr(command, "commands", {}).values():
        yield f"{path} {inner.name}"
        yield from _parts(inner, f"{path} {inner.name}")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_the_make_targets_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE)
    assert set(named) <= targets


# -- names -------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(without_blocks(page)):
        if re.match(r"(?:https?|mailto):", link):
            continue
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert not broken


def anchors(page: Path) -> set[str]:
    """The headings' anchors as GitHub makes them: "## Chat models" is #chat-models."""
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in _HEADING.findall(without_blocks(page))}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_variables_are_settings(page: Path) -> None:
    known = {variable for _, variable, _, _ in settings.table()} | OTHER_VARIABLES
    assert set(re.findall(r"DATELINE_[A-Z][A-Z_]*", page.read_text("utf-8"))) <= known


def test_the_guide_names_every_format() -> None:
    guide = (ROOT / "docs" / "guide.md").read_text("utf-8")
    assert not [suffix for suffix in LOADERS if f"`{suffix}`" not in guide]


def test_there_is_a_picture_of_every_state_of_the_window_and_they_are_small() -> None:
    pictures = list(screenshots.FOLDER.iterdir())
    assert {p.name for p in pictures} == {
        screenshots.name(state, width, theme)
        for state in screenshots.STATES for width, _ in screenshots.SIZES for theme in screenshots.THEMES
    }  # fmt: skip
    assert sum(p.stat().st_size for p in pictures) < 6_000_000


def test_the_architecture_names_every_file() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    files = [p for folder in ("rag", "ingest", "window", "evals") for p in (ROOT / folder).rglob("*.py")]
    assert not [str(p.relative_to(ROOT)) for p in files if not p.name.startswith("__") and p.name not in page]


def test_the_changelog_begins_with_this_version() -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    newest = re.search(r"^## ([\d.]+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == stated == rag.__version__
