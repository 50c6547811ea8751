"""Pictures of the real window over the sample articles: each state at three widths, light and dark.

python -m tests.browser.screenshots [STATE …]   ->   docs/screenshots/answer-360-dark.webp …
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.conftest import FLAGS, ROOT, chromium
from tests.openai_server import OpenAIServer, Script

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = ROOT / "docs" / "screenshots"
SIZES = ((360, 780), (820, 1180), (1440, 900))
THEMES = ("light", "dark")
WEAR = "(theme) => document.body.classList.toggle('dark', theme === 'dark')"
QUALITY = 80  # of WebP
QUESTION = "What sectors did Kazakhstan and Serbia agree on?"
WORDS = (
    "Kazakhstan and Serbia agreed to give priority to five sectors: ",
    "investment, industry, mining, ",
    "agriculture ",
)
STREAMING = Script(words=WORDS, then="hang")
KEPT = (  # questions of earlier conversations, oldest first
    "How did the aftermath of the Novi Sad canopy collapse develop?",
    "How many articles mention Kazakhstan in 2024, by month?",
    "What did Aleksandar Vučić say about EXPO 2027?",
    QUESTION,
    "When was the first direct flight between Astana and Belgrade?",
)
DOWN = "http://127.0.0.1:9/v1"  # a port that nobody serves


@dataclass(frozen=True, slots=True)
class State:
    """One picture: `show` brings the page to it; `window` is the server that it is taken of."""

    name: str
    show: Callable[[Page], None]
    window: str = "samples"


def name(state: State, width: int, theme: str) -> str:
    return f"{state.name}-{width}-{theme}.webp"


def ask(page: Page, question: str, until: str = "#dl-chat .dl-final") -> None:
    page.locator("#dl-question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator(until).first.wait_for()


def welcome(page: Page) -> None:
    page.locator("#dl-chat .example").first.wait_for()


def answer(page: Page) -> None:
    ask(page, QUESTION)
    page.locator("#dl-next .dl-next").first.wait_for()


def article(page: Page) -> None:
    answer(page)
    page.locator("#dl-chat a.dl-mark").first.click()
    page.locator("#dl-beside .dl-at:focus").wait_for()


def timeline(page: Page) -> None:
    ask(page, "How did the aftermath of the Novi Sad canopy collapse develop?")


def articles(page: Page) -> None:
    page.get_by_role("tab", name="Articles").click()
    page.locator("#dl-list tbody a").nth(2).click()
    page.locator("#dl-view h2:focus").wait_for()
    page.evaluate("scrollTo(0, 0)")


def conversations(page: Page) -> None:
    page.locator(".dl-drawer").click()
    page.locator("#dl-talks-list label").nth(1).click()
    page.locator("#dl-chat .dl-final").first.wait_for()
    page.wait_for_timeout(1200)  # the window goes to the question at once
    page.evaluate("scrollTo(0, 0)")


def settings(page: Page) -> None:
    page.get_by_role("tab", name="Settings").click()
    page.locator("#dl-settings .dl-set").first.wait_for()


STATES = (
    State("empty", lambda page: None, "nothing"),
    State("welcome", welcome),
    State("streaming", lambda page: ask(page, QUESTION, ".dl-waiting .dl-text"), "model"),
    State("answer", answer),
    State("article", article),
    State("no-answer", lambda page: ask(page, "Who won the 1998 World Cup?")),
    State("failed", lambda page: ask(page, QUESTION), "down"),
    State("timeline", timeline),
    State("articles", articles),
    State("conversations", conversations, "talks"),
    State("settings", settings),
)


@contextmanager
def windows(folder: Path) -> Iterator[dict[str, str]]:
    """Name -> address: the samples; with kept conversations; with a model that streams; with one that is down; no article."""
    import ui
    from ingest import ingest
    from rag import Archive

    ingest(ROOT / "examples" / "articles", into=folder / "news", progress=False)
    shutil.copytree(folder / "news", folder / "talks")
    with OpenAIServer(STREAMING) as model:
        given: dict[str, tuple[Path, dict[str, Any]]] = {
            "samples": (folder / "news", {}),
            "talks": (folder / "talks", {}),
            "nothing": (folder / "nothing", {}),
            "model": (folder / "news", {"model": "openai:gpt-5-mini", "model_url": model.url, "model_key": "none"}),
            "down": (folder / "news", {"model": "openai:gpt-5-mini", "model_url": DOWN, "model_key": "none"}),
        }
        opened = {name: Archive(path, **chosen) for name, (path, chosen) in given.items()}
        for question in KEPT:
            kept = opened["talks"].conversations
            kept.add(kept.begin(question), question, opened["talks"].ask(question))
        servers = {name: ui.serve(archive, port=0, block=False) for name, archive in opened.items()}
        try:
            yield {name: server.url for name, server in servers.items()}
        finally:
            for server in servers.values():
                server.close()
            for archive in opened.values():
                archive.close()


def take(names: list[str], into: Path = FOLDER) -> list[Path]:
    """The pictures of these states, or of all."""
    from PIL import Image
    from playwright.sync_api import sync_playwright

    path, taken = chromium(), []
    if path is None:
        sys.exit("no Chromium: tests/chromium.sh installs Debian's")
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, windows(Path(folder)) as urls, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for state in (s for s in STATES if not names or s.name in names):
            for width, height in SIZES:
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme="light", reduced_motion="reduce"
                )  # fmt: skip
                page = context.new_page()
                page.goto(urls[state.window])
                page.locator(".dl-coverage").wait_for()
                state.show(page)
                page.mouse.move(0, 0)
                for theme in THEMES:
                    page.evaluate(WEAR, theme)
                    page.wait_for_timeout(500)
                    picture = Image.open(io.BytesIO(page.screenshot()))
                    file = into / name(state, width, theme)
                    picture.save(file, quality=QUALITY, method=6)
                    taken.append(file)
                context.close()
        browser.close()
    return taken


if __name__ == "__main__":
    files = take(sys.argv[1:])
    print(f"{len(files)} pictures, {sum(f.stat().st_size for f in files) / 1e6:.1f} MB, in {FOLDER.relative_to(ROOT)}")
