"""The transcript in docs/guide.md: commands with what they print over the sample articles, run and compared by a test.

    $ dateline ask "…"          a command, and below it what it prints
    > When did he arrive?       a line typed into dateline chat, and below it what comes back

`python -m tests.transcript` writes the page anew, for a look at the differences before they are committed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import dateline

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "guide.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> list[str]:
    """The transcript's blocks as the page has them."""
    return BLOCK.findall(PAGE.read_text("utf-8"))


def run(block: str) -> str:
    """The block with what its command prints now; the working folder's archive is asked."""
    command, *rest = block.splitlines()
    arguments = shlex.split(command.removeprefix("$ "))
    assert arguments[0] == "dateline", command
    typed = [line.removeprefix("> ") for line in rest if line.startswith("> ")]
    out = io.StringIO()  # notices, on standard error, stand where a terminal shows them
    wide = mock.patch.dict(os.environ, {"COLUMNS": "100"})  # whatever terminal this runs in
    with _typing(typed, out), contextlib.redirect_stdout(out), contextlib.redirect_stderr(out), wide:
        dateline.main(arguments[1:])
    printed = "\n".join(line.rstrip() for line in out.getvalue().strip().splitlines())
    printed = printed.replace(f"{ROOT}/", "")  # a file is shown by its path, which is every machine's own
    return f"{command}\n{printed}\n"


@contextlib.contextmanager
def _typing(lines: list[str], out: io.StringIO) -> Iterator[None]:
    """What is typed stands in the transcript, as a terminal shows it."""
    waiting = iter(lines)

    def typed(prompt: str) -> str:
        try:
            line = next(waiting)
        except StopIteration:
            raise EOFError from None
        out.write(f"\n{prompt}{line}\n")
        return line

    with mock.patch("builtins.input", typed):
        yield


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with contextlib.redirect_stdout(sys.stderr):
            dateline.main(["ingest", str(ROOT / "examples" / "articles")])
        text = BLOCK.sub(lambda m: f"```console\n{run(m[1])}```", PAGE.read_text("utf-8"))
        os.chdir(ROOT)
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
