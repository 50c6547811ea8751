from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ui
from ingest import ingest
from rag import Archive
from tests.openai_server import OpenAIServer, Script

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "What sectors did Kazakhstan and Serbia agree on?"
Visit = Callable[..., "Page"]


def ask(page: Page, question: str) -> None:
    finished = page.locator("#dl-chat .dl-final").count()
    page.locator("#dl-question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("#dl-chat .dl-final").nth(finished).wait_for()


def test_an_article_that_arrives_takes_the_keyboard_from_nobody_who_writes(visit: Visit) -> None:
    page = visit()
    page.locator("#dl-chat .example").first.wait_for()
    ask(page, QUESTION)
    page.locator("#dl-chat a.dl-mark").first.wait_for()
    page.evaluate(
        "document.querySelector('#dl-chat a.dl-mark').click(); document.querySelector('#dl-question textarea').focus()"
    )
    page.locator("#dl-beside h2[data-seen]").wait_for()
    assert page.locator("#dl-beside .dl-at").is_visible()
    assert page.evaluate("document.activeElement.closest('#dl-question') !== null")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_question_is_answered_and_its_mark_leads_to_the_cited_words(visit: Visit, dark: bool) -> None:
    page = visit(dark=dark)
    page.locator("#dl-chat .example").first.wait_for()
    ask(page, QUESTION)
    answer = page.locator("#dl-chat .dl-final .dl-text").last
    said = answer.inner_text()
    for word in ("investment", "industry", "mining", "agriculture", "healthcare"):
        assert word in said
    mark = answer.locator("a.dl-mark").first
    hover = mark.get_attribute("title") or ""
    assert hover.startswith("Danube Wire, 19 November 2024, ")
    mark.click()
    cited = page.locator("#dl-beside .dl-at:focus")
    cited.wait_for()
    quoted = " ".join(cited.inner_text().split())
    assert "healthcare" in quoted
    assert quoted in " ".join(said.split())
    assert quoted in hover
    page.locator("#dl-close").click()
    page.locator("a.dl-mark:focus").wait_for()
    card = page.locator(mark.get_attribute("href") or "")
    assert "dl-current" in (card.get_attribute("class") or "")
    assert " ".join(card.locator("mark").first.inner_text().split()) == quoted
    link = card.locator(".dl-origin a").first
    assert re.match(r"https?://", link.get_attribute("href") or "")
    assert link.get_attribute("target") == "_blank"
    assert "noopener" in (link.get_attribute("rel") or "")
    assert ("dark" in (page.locator("body").get_attribute("class") or "")) == dark


def test_what_the_articles_do_not_say_looks_different_and_says_why(visit: Visit) -> None:
    page = visit()
    ask(page, "Who won the 1998 World Cup?")
    assert "No answer" in page.locator(".dl-abstained").inner_text().replace("NO ANSWER", "No answer")
    assert page.locator("#dl-evidence h2").inner_text().lower() == "nearest passages"
    assert page.locator("#dl-evidence mark").count() == 0
    assert "No answer" in page.locator("#dl-live").inner_text().replace("NO ANSWER", "No answer")


def test_a_count_has_bars_and_every_row_of_its_list_opens_an_article(visit: Visit) -> None:
    page = visit()
    ask(page, "How many articles mention Kazakhstan in 2024, by month, by outlet?")
    answer = page.locator("#dl-chat .dl-final").last
    bars = answer.locator(".dl-counts").first.locator(".dl-column")
    assert bars.count() == 12
    widths = [bars.nth(n).bounding_box()["width"] for n in range(12)]  # type: ignore[index]
    counts = [int(row.split()[1]) for row in answer.locator(".dl-counts").first.locator("tr").all_inner_texts()[1:]]
    assert widths.index(max(widths)) == counts.index(max(counts))
    assert (min(widths), min(counts)) == (0, 0)
    rows = answer.locator("a.dl-row")
    assert rows.count() == sum(counts)
    for row in (rows.first, rows.last):
        row.click()
        page.locator("#dl-beside h2:focus, #dl-beside .dl-at:focus").wait_for()
        assert page.locator("#dl-beside h2").inner_text() == row.inner_text()
        page.keyboard.press("Escape")
        assert row.evaluate("row => row === document.activeElement")


def test_a_timeline_is_drawn_each_dot_opens_its_source_and_it_is_saved_as_csv_and_png(visit: Visit) -> None:
    page = visit()
    ask(page, "How did the aftermath of the Novi Sad canopy collapse develop?")
    table = page.locator("#dl-chat .dl-final .dl-counts").last
    dots, rows = table.locator(".dl-dot"), table.locator("tr")
    assert dots.count() == rows.count() - 1 >= 3
    lefts = [dots.nth(n).bounding_box()["x"] for n in range(dots.count())]  # type: ignore[index]
    assert lefts == sorted(lefts)
    dots.last.press("Enter")
    page.locator("#dl-beside .dl-at:focus").wait_for()
    assert rows.last.locator("td").first.inner_text()[:4] in page.locator("#dl-beside .dl-where").first.inner_text()
    page.keyboard.press("Escape")
    with page.expect_download() as saved_csv:
        table.get_by_text("Save as CSV").click()
    saved = list(csv.reader(Path(saved_csv.value.path()).read_text("utf-8-sig").splitlines()))
    assert saved[0] == ["date", "outlet", "what happened"]
    assert [line[0] for line in saved[1:]] == [
        rows.nth(n).locator("td").first.inner_text() for n in range(1, rows.count())
    ]
    assert not any("[1]" in cell for line in saved for cell in line)
    with page.expect_download() as png:
        table.get_by_text("Save as PNG").click()
    assert png.value.suggested_filename == "timeline.png"
    assert Path(png.value.path()).read_bytes().startswith(b"\x89PNG")


def test_the_settings_say_what_is_in_force_and_what_the_test_of_the_model_found(visit: Visit) -> None:
    page = visit()
    page.get_by_role("tab", name="Settings").click()
    shown = page.locator("#dl-settings")
    shown.get_by_text("DATELINE_MODEL_KEY").wait_for()
    page.locator("#dl-test-model").click()
    page.locator("#dl-tested").get_by_text("No chat model is set").wait_for()
    assert page.locator("#dl-test-model").is_enabled()
    assert "all-MiniLM-L6-v2" in shown.inner_text()


def test_a_follow_up_keeps_the_evidence_of_the_answer_before_it(visit: Visit) -> None:
    page = visit()
    ask(page, QUESTION)
    ask(page, "When was the first direct flight between Astana and Belgrade?")
    first = page.locator("#dl-chat .dl-final").first.locator("a.dl-mark").first
    card = page.locator(first.get_attribute("href") or "")
    assert not card.is_visible()
    first.click()
    page.locator("#dl-beside .dl-at:focus").wait_for()
    page.keyboard.press("Escape")
    card.wait_for(state="visible")


@pytest.mark.usefixtures("hostile")
def test_an_article_full_of_markup_loads_and_runs_nothing(visit: Visit) -> None:
    page = visit()
    ask(page, "What did the Zanzibar harbour engineers count?")
    assert "<img" in page.locator("#dl-evidence").inner_text()
    assert page.locator("#dl-evidence img, #dl-chat .dl-final img, #dl-evidence iframe, #dl-evidence svg").count() == 0
    assert page.locator("#dl-evidence a[href^='javascript']").count() == 0
    page.get_by_role("tab", name="Articles").click()
    page.locator("#dl-words textarea, #dl-words input").first.fill("harbour")
    row = page.locator("#dl-list tbody tr", has_text="Harbour")
    row.wait_for()
    assert "<img" in row.inner_text()
    row.locator("a").click()
    page.locator("#dl-view h2", has_text="Harbour").wait_for()
    assert page.locator("#dl-view img, #dl-view iframe, #dl-view script, #dl-view style, #dl-view svg").count() == 0
    ask_tab = page.get_by_role("tab", name="Ask")
    ask_tab.click()
    ask(page, "<img src=http://evil.example/q onerror=alert(1)> ![x](http://evil.example/r) Zanzibar harbour?")
    assert page.locator("#dl-chat .dl-question").last.inner_text().startswith("<img")
    page.wait_for_timeout(500)


def test_the_guard_stops_what_markup_would_do(browser: Browser, address: str) -> None:
    """Were all escaping gone: no handler, no script in the page, no picture from elsewhere."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.locator(".dl-coverage").wait_for()
    ran, refused = page.evaluate(
        """() => new Promise((done) => {
            const refused = new Set();
            document.addEventListener("securitypolicyviolation", (e) => refused.add(e.effectiveDirective));
            window.ran = false;
            const box = document.createElement("div");
            box.innerHTML = "<img src='http://127.0.0.2:9/x.png' onerror='window.ran = true'>"
                + "<iframe src='http://127.0.0.2:9/'></iframe>";
            document.body.append(box);
            const script = document.createElement("script");
            script.textContent = "window.ran = true";
            document.body.append(script);
            fetch("http://127.0.0.2:9/").catch(() => {});
            setTimeout(() => done([window.ran, [...refused].sort()]), 800);
        })"""
    )
    context.close()
    assert ran is False
    assert {"connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem"} <= set(refused)


def test_light_and_dark_can_be_chosen_and_are_kept(visit: Visit) -> None:
    page = visit(leaves=True)
    body = page.locator("body")
    assert "dark" not in (body.get_attribute("class") or "")
    page.locator(".dl-theme").click()
    assert "dark" in (body.get_attribute("class") or "")
    page.reload()
    page.locator(".dl-coverage").wait_for()
    assert "dark" in (body.get_attribute("class") or "")


def test_a_phone_shows_the_panel_below_and_scrolls_in_one_direction(visit: Visit) -> None:
    page = visit(width=390, height=844)
    ask(page, QUESTION)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    chat, panel = page.locator("#dl-chat").bounding_box(), page.locator("#dl-evidence").bounding_box()
    assert chat is not None
    assert panel is not None
    assert panel["y"] >= chat["y"] + chat["height"]
    page.locator("a.dl-mark").first.click()
    page.locator("#dl-beside .dl-at:focus").wait_for()
    box = page.locator("#dl-chat-sheet").bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}
    for _ in range(4):  # what lies below the article is not reached
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('#dl-chat-sheet, body') !== null")
        assert not page.evaluate("document.activeElement.closest('#dl-left, #dl-evidence, #dl-top')")
    page.locator("#dl-close").click()
    assert page.evaluate("document.activeElement.className").startswith("dl-mark")


def test_a_question_is_asked_and_its_source_read_by_keyboard_alone(visit: Visit) -> None:
    page = visit()
    page.locator("#dl-question textarea:focus").wait_for()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.locator("#dl-chat .dl-final").wait_for()
    marks = page.locator("#dl-chat a.dl-mark")
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid", page.evaluate("document.activeElement.outerHTML")
        if marks.last.evaluate("mark => mark === document.activeElement"):
            break
    page.keyboard.press("ArrowLeft")
    assert marks.nth(marks.count() - 2).evaluate("mark => mark === document.activeElement")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    cited = page.locator("#dl-beside .dl-at:focus")
    cited.wait_for()
    assert " ".join(cited.inner_text().split()) in " ".join(page.locator("#dl-chat .dl-text").inner_text().split())
    assert cited.evaluate(
        "one => one.getBoundingClientRect().top >= 0 && one.getBoundingClientRect().bottom <= innerHeight"
    )
    page.keyboard.press("Escape")
    assert not page.locator("#dl-beside").is_visible()
    assert marks.last.evaluate("mark => mark === document.activeElement")


def test_an_example_is_answered_and_clear_forgets(visit: Visit) -> None:
    page = visit()
    page.locator("#dl-chat .example").first.click()
    page.locator("#dl-chat .dl-final").first.wait_for()
    assert page.locator("#dl-chat .dl-abstained").count() == 0
    page.locator("#dl-new").click()
    page.locator("#dl-chat .example").first.wait_for()
    assert page.locator("#dl-chat .dl-question").count() == 0
    assert page.locator("#dl-evidence .dl-card").count() == 0


def test_an_article_is_added_by_upload_asked_and_removed(visit: Visit, tmp_path: Path) -> None:
    upload = tmp_path / "lighthouse.txt"
    upload.write_text(
        "Lighthouse of Tarnholm relit\n\nBy Nina Petrova\n3 June 2024\n\nThe Tarnholm lighthouse was relit on Monday "
        "after nine years in the dark. Volunteers had saved 41,000 crowns for its lamp.",
        encoding="utf-8",
    )
    page = visit()
    page.get_by_role("tab", name="Articles").click()
    page.get_by_role("button", name="Add articles").click()
    page.locator("#dl-files input[type=file]").set_input_files(upload)
    page.locator("#dl-files").get_by_text("lighthouse").wait_for()
    page.locator("#dl-add-button").click()
    page.locator("#dl-status", has_text="1 article added").wait_for()
    page.locator("#dl-words textarea, #dl-words input").first.fill("Tarnholm")
    row = page.locator("#dl-list tbody a", has_text="Tarnholm")
    row.wait_for()
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How much did volunteers save for the Tarnholm lighthouse?")
    assert "41,000" in page.locator("#dl-chat .dl-final .dl-text").last.inner_text()
    page.get_by_role("tab", name="Articles").click()
    row.click()
    page.locator("#dl-view h2", has_text="Tarnholm").wait_for()
    page.locator("#dl-remove").click()
    page.locator("#dl-status", has_text="was removed").wait_for()
    page.locator("#dl-list tbody a", has_text="Tarnholm").wait_for(state="detached")


def test_stop_and_a_closed_tab_close_the_models_socket(visit: Visit, archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive, progress=False)
    script = Script(words=("The presidents ", "named investment, farming ", "and mining "), then="hang")
    with OpenAIServer(script) as model:
        settings = {"model": "openai:tiny", "model_url": model.url}
        with Archive(archive.folder, embedder=archive.embedder, **settings) as asked:
            server = ui.serve(asked, port=0, block=False)
            try:
                page = visit(at=server.url)
                for number in (1, 2):
                    page.locator("#dl-question textarea").fill("What fields did the two presidents name in Belgrade?")
                    page.keyboard.press("Enter")
                    page.locator(".dl-waiting .dl-text", has_text="farming").wait_for()
                    seen = model.wait_for(number)
                    assert not seen.gone.is_set()
                    if number == 1:
                        page.locator("#dl-stop").click()
                        assert seen.gone.wait(10)
                        page.locator(".dl-final", has_text="Incomplete").wait_for()
                        page.locator("#dl-new").click()
                        page.locator("#dl-chat .dl-question").wait_for(state="detached")
                    else:
                        page.close()
                        assert seen.gone.wait(10)
            finally:
                server.close()


def test_what_a_question_means_can_be_set(visit: Visit) -> None:
    page = visit()
    page.get_by_text("What the question means").click()
    page.get_by_label("As of").fill("2024-11-05")
    page.keyboard.press("Tab")
    ask(page, "What is the latest on the Novi Sad canopy?")
    shown = page.locator("#dl-chat .dl-final").last.inner_text()
    assert "As of 5 November 2024; the newest article is of" in shown
    assert "2025" not in page.locator("#dl-chat .dl-final .dl-text").last.inner_text()
    assert page.locator("#dl-chat .dl-final .dl-lead").first.inner_text().startswith("2 November 2024")
