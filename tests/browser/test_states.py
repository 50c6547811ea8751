"""What the window shows when something is missing, slow or broken, and that nothing moves while an answer comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import ui
from ingest import ingest
from rag import Archive
from tests.openai_server import OpenAIServer, Script

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "What fields did the two presidents name in Belgrade?"
Visit = Callable[..., "Page"]

# What stands above the words that come, as the page has it: where each is at every picture, until WATCH.stop().
WATCH = """() => {
    const at = (selector) => [...document.querySelectorAll(selector)].at(-1)?.getBoundingClientRect();
    const seen = {}; const lengths = new Set(); let running = true; let shifts = 0; let begun = false;
    const look = () => {
        if (!running) return;
        const words = [...document.querySelectorAll("#dl-chat .dl-text")].at(-1);
        if (document.querySelector("#dl-chat .dl-waiting")) begun = true;
        if (begun && words?.closest(".message-row:last-child") && words.innerText.trim()) {
            lengths.add(words.innerText.length);
            for (const [name, selector] of Object.entries(SELECTORS)) {
                const box = at(selector);
                (seen[name] ??= new Set()).add(box ? Math.round(box.top) : "gone");
            }
        }
        requestAnimationFrame(look);
    };
    new PerformanceObserver((list) => { for (const one of list.getEntries()) shifts += one.hadRecentInput ? 0 : one.value; })
        .observe({ type: "layout-shift" });
    look();
    window.watched = () => { running = false; return {
        seen: Object.fromEntries(Object.entries(seen).map(([k, v]) => [k, [...v]])), pictures: lengths.size, shifts,
    }; };
}"""
ABOVE = {
    "masthead": "#dl-top h1", "tabs": "#dl-ask-tab-button", "title": "#dl-here > *", "question": "#dl-chat .dl-question",
    "plan": "#dl-chat .dl-plan", "words": "#dl-chat .dl-text",
}  # fmt: skip
WIDE = {**ABOVE, "field": "#dl-question textarea", "evidence": "#dl-evidence h2"}


@pytest.fixture(scope="module")
def address() -> str:
    """Each test has a window of its own."""
    return ""


@contextmanager
def served(archive: Archive) -> Iterator[str]:
    server = ui.serve(archive, port=0, block=False)
    try:
        yield server.url
    finally:
        server.close()


@contextmanager
def with_model(archive: Archive, url: str) -> Iterator[str]:
    """The window of this archive, with a chat model at that address."""
    with (
        Archive(archive.folder, embedder=archive.embedder, model="openai:tiny", model_url=url) as asked,
        served(asked) as address,
    ):
        yield address


def ask(page: Page) -> None:
    page.locator("#dl-question textarea").fill(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#dl-chat .dl-final").wait_for()


def test_an_empty_archive_leads_to_adding_an_article_and_then_asks_it(visit: Visit, archive: Archive) -> None:
    with served(archive) as url:
        page = visit(at=url)
        assert "The archive is empty" in page.locator(".dl-coverage").inner_text()
        page.get_by_role("button", name="Add articles").and_(page.locator("#dl-go-add")).click()
        page.get_by_role("tab", name="Text").click()
        page.locator("#dl-pasted textarea").fill(
            "The pier of Tarn was opened on Friday before a crowd of nine hundred."
        )
        page.locator("#dl-add-button").click()
        page.locator("#dl-status", has_text="1 article added").wait_for()
        page.get_by_role("tab", name="Ask").click()
        page.locator(".dl-welcome", has_text="Ask the articles").wait_for()
        assert not page.locator("#dl-go-add").is_visible()
        assert "1 article" in page.locator(".dl-coverage").inner_text()
        page.close()


def test_a_model_that_is_down_and_an_archive_that_waits_for_its_repair_are_said_and_the_question_is_answered(
    visit: Visit, archive: Archive, folder: Path
) -> None:
    ingest(folder, into=archive, progress=False)
    archive.index.catalog.set(vectors_state="writing")
    with with_model(archive, "http://127.0.0.1:9/v1") as url:
        page = visit(at=url)
        ask(page)
        said = " ".join(page.locator("#dl-chat .dl-notice").all_inner_texts())
        assert "127.0.0.1:9 could not be reached" in said
        assert "The last ingestion did not end in order" in said
        assert "farming" in page.locator("#dl-chat .dl-final .dl-text").inner_text()
        page.locator("#dl-chat a.dl-mark").first.click()
        assert "farming" in page.locator("#dl-beside .dl-at:focus").inner_text()
        page.close()


@pytest.mark.parametrize(("width", "before", "watched"), [(1280, 1, WIDE), (390, 0, ABOVE)], ids=["wide", "phone"])
def test_nothing_above_the_words_moves_while_they_come(
    visit: Visit, archive: Archive, folder: Path, width: int, before: int, watched: dict[str, str]
) -> None:
    ingest(folder, into=archive, progress=False)
    words = "The two presidents named investment, farming and mining as fields in which they will work together [1]. "
    script = Script(words=tuple(f"{word} " for word in (words * 3).split()), pause=0.03)
    with OpenAIServer(*[replace(script, pause=0)] * before, script) as model, with_model(archive, model.url) as url:
        page = visit(at=url, width=width)
        for _ in range(before):
            ask(page)
            page.locator("#dl-next .dl-next").first.wait_for()
        page.locator("#dl-question textarea").fill(QUESTION)
        page.evaluate(WATCH.replace("SELECTORS", repr(watched)))
        page.keyboard.press("Enter")
        page.locator("#dl-chat .dl-final").nth(before).wait_for()
        page.wait_for_timeout(300)
        found: dict[str, Any] = page.evaluate("watched()")
        page.close()
    assert found["pictures"] > 8, found
    assert {name: tops for name, tops in found["seen"].items() if len(tops) > 1} == {}
    if width > 860:  # on a phone the evidence comes into sight below the finished answer
        assert found["shifts"] < 0.02
