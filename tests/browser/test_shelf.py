"""The tab of articles, as a person uses it."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ui
from ingest import ingest
from rag import Archive
from tests.browser.conftest import ROOT
from tests.embedder import WordHash
from window.library import View, Wanted, listed

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The archive that the window serves, with an embedder that costs nothing."""
    with Archive(tmp_path_factory.mktemp("shelf") / "archive", embedder=WordHash()) as archive:
        assert not ingest(ROOT / "examples" / "articles", into=archive, progress=False).failed
        yield archive


@pytest.fixture(scope="module")
def address(held: Archive) -> Iterator[str]:
    server = ui.serve(held, port=0, block=False)
    yield server.url
    server.close()


@pytest.fixture
def shelf(visit: Visit) -> Page:
    page = visit()
    page.set_default_timeout(20_000)
    page.get_by_role("tab", name="Articles").click()
    page.locator("#dl-list tbody a").first.wait_for()
    return page


def expect_titles(page: Page, wanted: list[str]) -> None:
    until = time.monotonic() + 20
    while (shown := page.locator("#dl-list tbody .dl-title").all_inner_texts()) != wanted and time.monotonic() < until:
        page.wait_for_timeout(50)
    assert shown == wanted


def behind(archive: Archive, wanted: Wanted = Wanted(), view: View = View()) -> list[str]:  # noqa: B008
    return [row.title for row in listed(archive, wanted, view).rows]


def test_the_list_is_sorted_searched_and_paged_by_keyboard(shelf: Page, held: Archive) -> None:
    page = shelf
    expect_titles(page, behind(held))
    head = page.locator("#dl-list th a", has_text="Title")
    head.focus()
    page.keyboard.press("Enter")
    expect_titles(page, behind(held, view=View("title", False)))
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#dl/rows/sort.title"
    page.get_by_role("button", name="Next").click()
    expect_titles(page, behind(held, view=View("title", False, 1)))
    page.locator("#dl-words textarea, #dl-words input").fill("canopy")
    expect_titles(page, behind(held, Wanted("canopy"), View("title", False)))
    assert "articles" in page.locator("#dl-place").inner_text()
    page.locator("#dl-after input, #dl-after textarea").fill("2025")
    expect_titles(page, behind(held, Wanted("canopy", after="2025"), View("title", False)))
    page.locator("#dl-words textarea, #dl-words input").fill("zzzz")
    page.locator("#dl-list", has_text="Nothing found").wait_for()
    assert "No dated articles" in page.locator("#dl-timeline").inner_text()


def test_an_article_opens_beside_the_list_with_what_is_known_of_it(shelf: Page, held: Archive) -> None:
    page = shelf
    page.locator("#dl-words textarea, #dl-words input").fill("Tokayev Belgrade")
    wanted = behind(held, Wanted("Tokayev Belgrade"))
    expect_titles(page, wanted)
    rows = listed(held, Wanted("Tokayev Belgrade"), View()).rows
    row = next(r for r in rows if held.quotations(article=r.id))
    link = page.locator("#dl-list tbody a", has_text=row.title)
    link.focus()
    page.keyboard.press("Enter")
    page.locator("#dl-view .dl-article h2", has_text=row.title).wait_for()
    page.locator("#dl-list tr.dl-chosen", has_text=row.title).wait_for()
    page.locator("#dl-view h2:focus").wait_for()
    said = held.quotations(article=row.id)
    listed_words = page.locator("#dl-view .dl-quotations a").all_inner_texts()
    assert [" ".join(words.split()) for words in listed_words] == [" ".join(q.text.split()) for q in said]
    page.locator("#dl-view .dl-quotations a").first.click()
    assert page.evaluate("document.activeElement.className") == "dl-said"
    assert said[0].text.startswith(page.evaluate("document.activeElement.innerText")[:20])
    page.keyboard.press("Escape")
    assert row.title in page.evaluate("document.activeElement.innerText")


def test_the_passages_of_a_conversation_are_marked_in_the_article(visit: Visit) -> None:
    page = visit()
    page.locator("#dl-question textarea").fill("What sectors did Kazakhstan and Serbia agree on?")
    page.keyboard.press("Enter")
    page.locator("#dl-chat .dl-final").wait_for()
    card = page.locator("#dl-evidence .dl-card.dl-cited").first
    quoted = card.locator("mark").first.inner_text()
    card.locator("a.dl-read").click()
    page.locator("#dl-beside .dl-at:focus").wait_for()
    assert page.evaluate("document.activeElement.innerText") == quoted
    count = page.locator("#dl-beside .dl-body mark").count()
    assert f"{count} passage" in page.locator("#dl-beside .dl-cited-line").inner_text()
    title = page.locator("#dl-beside h2").inner_text()
    page.keyboard.press("Escape")
    page.locator("a.dl-read:focus").wait_for()
    page.get_by_role("tab", name="Articles").click()
    page.locator("#dl-list tbody a", has_text=title).click()
    page.locator("#dl-view .dl-at:focus").wait_for()
    assert page.locator("#dl-view .dl-body mark").count() == count
    page.locator("#dl-list tbody a").first.click()
    page.locator("#dl-view .dl-cited-line").wait_for(state="detached")


def test_the_chart_holds_every_dated_article(shelf: Page, held: Archive) -> None:
    page = shelf
    said = page.locator("#dl-timeline .dl-plot").get_attribute("title") or ""
    line = held.index.listing.timeline("", Wanted().where())
    assert line is not None
    total = sum(sum(counts) for _, counts in line.counts)
    assert f"{total} articles" in said
    drawn = sum(1 for _, counts in line.counts for n in counts if n)
    assert page.locator("#dl-timeline rect").count() == drawn
    boxes = [page.locator("#dl-timeline rect").nth(n).bounding_box() for n in range(drawn)]
    assert all(box and box["height"] > 1 and box["width"] > 1 for box in boxes)
    page.get_by_text("The chart as a table").click()
    cells = page.locator("#dl-timeline .dl-numbers tbody tr td:last-child").all_inner_texts()
    assert sum(map(int, cells)) == total


def test_a_phone_shows_list_chart_and_article_in_one_column(visit: Visit) -> None:
    page = visit(width=360, height=780)
    page.get_by_role("tab", name="Articles").click()
    page.locator("#dl-list tbody a").first.click()
    page.locator("#dl-view .dl-article h2").wait_for()
    page.locator("#dl-view h2:focus").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator(".dl-list-back").click()
    assert page.evaluate("document.activeElement.closest('tr').classList.contains('dl-chosen')")


def test_a_pasted_text_is_added_removed_and_put_back(shelf: Page, held: Archive) -> None:
    page = shelf
    before = held.coverage().articles
    page.locator("#dl-words textarea, #dl-words input").fill("Tarn pier")
    page.locator("#dl-list", has_text="Nothing found").wait_for()
    page.get_by_role("button", name="Add articles").click()
    page.get_by_role("tab", name="Text").click()
    page.locator("#dl-pasted textarea").fill("The pier of Tarn was opened on Friday before a crowd of nine hundred.")
    page.get_by_label("Title (optional)").fill("Tarn opens its pier")
    page.get_by_label("Date (optional)").fill("last week")
    page.locator("#dl-add-button").click()
    page.locator("#dl-status", has_text="no day that can be told for sure").wait_for()
    page.get_by_label("Date (optional)").fill("2024-06-07")
    page.locator("#dl-add-button").click()
    page.locator("#dl-status", has_text="1 article added").wait_for()
    page.locator("#dl-list tbody a", has_text="Tarn opens its pier").wait_for()
    assert page.locator("#dl-pasted textarea").input_value() == ""
    (row,) = listed(held, Wanted("Tarn pier"), View()).rows
    article = held.article(row.id)
    assert article is not None
    file = Path(article.origins[0])
    assert (article.date, article.source, file.parent.name) == (dt.date(2024, 6, 7), None, "uploads")

    page.locator("#dl-list tbody a", has_text="Tarn opens its pier").click()
    page.locator("#dl-view .dl-known", has_text="Date found in: labelled line").wait_for()
    page.locator("#dl-remove").focus()
    page.keyboard.press("Enter")
    page.locator("#dl-list tbody a", has_text="Tarn opens its pier").wait_for(state="detached")
    page.locator("a.dl-undo:focus").wait_for()  # the list may have seen it before the file is put aside
    assert held.coverage().articles == before
    assert not file.exists()
    page.keyboard.press("Enter")
    page.locator("#dl-list tbody a", has_text="Tarn opens its pier").wait_for()
    assert held.article(row.id) == article
    assert file.exists()
    page.locator("#dl-remove").click()
    page.locator("#dl-list tbody a", has_text="Tarn opens its pier").wait_for(state="detached")


def test_what_somebody_else_adds_appears_in_the_open_list(shelf: Page, held: Archive, tmp_path: Path) -> None:
    page = shelf
    (tmp_path / "news.md").write_text(
        "---\ntitle: Ferry of Tarn sails again\ndate: 2026-01-02\n---\nThe ferry sailed on Friday."
    )
    assert ingest(tmp_path, into=held, progress=False).added == 1
    row = page.locator("#dl-list tbody a", has_text="Ferry of Tarn")
    row.wait_for()
    (found,) = listed(held, Wanted("ferry of Tarn"), View()).rows
    row.click()
    page.locator("#dl-view .dl-article").wait_for()
    assert held.remove(found.id)
    row.wait_for(state="detached")
    page.locator("#dl-remove").click()
    page.locator("#dl-status", has_text="gone already").wait_for()


def test_cancel_keeps_what_was_read_and_each_file_is_told(shelf: Page, held: Archive, tmp_path: Path) -> None:
    page = shelf
    lines = (json.dumps({"title": f"Field {n}", "text": f"The harvest of field {n} came in."}) for n in range(4000))
    (tmp_path / "harvest.jsonl").write_text("\n".join(lines))
    (tmp_path / "empty.txt").write_text("")
    before = held.coverage().articles
    page.get_by_role("button", name="Add articles").click()
    files = page.locator("#dl-files")
    files.locator("input[type=file]").set_input_files([tmp_path / "empty.txt", tmp_path / "harvest.jsonl"])
    files.get_by_text("harvest").wait_for()
    page.locator("#dl-add-button").click()
    page.locator("#dl-status", has_text="now harvest.jsonl").wait_for()
    assert "Reading 1 of 2 sources" in page.locator("#dl-status").inner_text()
    page.locator("#dl-cancel").click()
    page.locator("#dl-status", has_text="Cancelled").wait_for()
    added = held.coverage().articles - before
    assert 0 < added < 4000
    told = page.locator("#dl-status .dl-outcomes li")
    assert "empty.txt" in told.nth(0).inner_text()
    assert "it is empty" in told.nth(0).inner_text()
    assert f"{added} added" in told.nth(1).inner_text()
    assert not page.locator("#dl-cancel").is_visible()
