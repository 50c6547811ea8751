"""What a reader chooses in the tab of settings, and what changes by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import ui
from ingest import ingest
from rag import Archive
from tests.openai_server import OpenAIServer, Script
from window.words import ENGLISH, LOCALES, words_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "What sectors did Kazakhstan and Serbia agree on?"
Visit = Callable[..., "Page"]
SAID = """() => {
    const said = new Set();
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (!walk.currentNode.parentElement.closest("script, style")) said.add(walk.currentNode.data.trim());
    for (const one of document.querySelectorAll("*"))
        for (const name of ["placeholder", "title", "aria-label"]) if (one.getAttribute(name)) said.add(one.getAttribute(name).trim());
    return [...said];
}"""


def ask(page: Page, question: str) -> str:
    """The answer's text."""
    finished = page.locator("#dl-chat .dl-final").count()
    page.locator("#dl-question textarea").fill(question)
    page.keyboard.press("Enter")
    page.locator("#dl-chat .dl-final").nth(finished).wait_for()
    return page.locator("#dl-chat .dl-final .dl-text").last.inner_text()


def english(code: str) -> set[str]:
    """What the window says in English and not in this language, as far as nothing is put into it."""
    there = {getattr(words_of(code), f.name) for f in fields(ENGLISH) if f.type == "str"}
    texts = [getattr(ENGLISH, f.name) for f in fields(ENGLISH) if f.type == "str"]
    return {text for text in texts if "{" not in text and text not in there} - {ENGLISH.code, ENGLISH.name}


@pytest.mark.parametrize("code", [code for code in LOCALES if code != "en"])
def test_all_that_the_window_says_is_in_the_chosen_language(visit: Visit, code: str) -> None:
    words = words_of(code)
    page = visit(leaves=True)
    answered = ask(page, QUESTION) if code == "ru" else ""
    page.get_by_role("tab", name="Settings").click()
    page.locator("#dl-choose-language").get_by_text(words.name, exact=True).click()
    page.get_by_role("tab", name=words.tab_settings).wait_for()
    assert page.evaluate("document.documentElement.lang") == code
    page.locator(".dl-coverage", has_text=words.answers_own).wait_for()
    said = ask(page, QUESTION)
    if answered:
        # answers stay in the language of the articles, but for the name of the marks
        assert said == answered.replace(ENGLISH.evidence_number, words.evidence_number)
    assert words.in_own_words in page.locator("#dl-chat .dl-made").last.inner_text()
    assert page.locator("#dl-question textarea").get_attribute("placeholder") == words.question_hint
    page.get_by_role("tab", name=words.tab_settings).click()
    page.locator("#dl-test-model").click()
    page.locator("#dl-tested").get_by_text(words.no_model).wait_for()
    page.get_by_role("tab", name=words.tab_articles).click()
    page.locator("#dl-list tbody a").first.click()
    page.locator("#dl-view article h2").wait_for()
    assert set(page.evaluate(SAID)) & english(code) == set()
    rows = page.locator("#dl-list .dl-place, #dl-place").first.inner_text()
    assert re.fullmatch(
        re.escape(words.place)
        .replace(r"\{first\}", "1")
        .replace(r"\{last\}", "25")
        .replace(r"\{articles\}", r"\d+ .+"),
        rows,
    )
    page.reload()  # it is kept
    page.get_by_role("tab", name=words.tab_ask).wait_for()


def test_the_browsers_own_language_is_the_first_and_a_link_opens_in_it(visit: Visit, address: str) -> None:
    page = visit()
    ask(page, QUESTION)
    page.locator("#dl-here .dl-permalink").wait_for()
    link = page.url
    assert "?conversation=" in link
    page = visit(locale="kk-KZ", at=link)
    words = words_of("kk")
    page.get_by_role("tab", name=words.tab_ask).wait_for()
    page.locator("#dl-chat .dl-question", has_text=QUESTION).wait_for()
    assert words.in_own_words in page.locator("#dl-chat .dl-made").last.inner_text()
    page = visit(locale="de-DE", at=address)
    page.get_by_role("tab", name="Ask").wait_for()


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"#dl-choose-{name} input[value='{value}']").check()


def settle(page: Page, **choices: str) -> None:
    page.get_by_role("tab", name="Settings").click()
    page.locator("#dl-choose-language").wait_for()
    for name, value in choices.items():
        choose(page, name, value)
    page.get_by_role("tab", name="Ask").click()


def test_so_many_passages_as_were_chosen_are_what_an_answer_is_made_from(visit: Visit, sample: Path) -> None:
    page = visit(leaves=True)
    settle(page, passages="3")
    ask(page, QUESTION)
    settle(page, passages="15")
    ask(page, QUESTION)
    page.locator("#dl-here .dl-permalink").wait_for()
    with Archive(sample) as archive:
        (kept,) = archive.conversations.list(QUESTION[:20])[:1]
        made = [
            len(one.answer.evidence.hits) for one in archive.conversations.exchanges(kept.id) if one.answer.evidence
        ]
    assert made[0] == 3
    assert made[1] > 10
    page.reload()
    page.get_by_role("tab", name="Settings").click()
    page.locator("#dl-choose-passages input[value='15']:checked").wait_for()


def test_the_look_is_chosen_and_kept(visit: Visit) -> None:
    page = visit(dark=True, leaves=True)
    body, root = page.locator("body"), page.locator("html")

    def look() -> tuple[str | None, bool]:
        return root.get_attribute("data-theme"), "dark" in (body.get_attribute("class") or "").split()

    assert look() == ("system", True)
    settle(page, theme="light")
    assert look() == ("light", False)
    page.reload()
    page.locator(".dl-coverage").wait_for()
    assert look() == ("light", False)
    page.locator(".dl-theme").click()
    assert look() == ("dark", True)
    page.get_by_role("tab", name="Settings").click()
    page.locator("#dl-choose-theme input[value='dark']:checked").wait_for()
    settle(page, theme="system")
    assert look() == ("system", True)
    page.emulate_media(color_scheme="light")
    page.locator("body:not(.dark)").wait_for()


def test_who_answers_and_how_strictly_is_chosen_and_no_key_comes_to_the_page(
    visit: Visit, archive: Archive, folder: Path
) -> None:
    ingest(folder, into=archive, progress=False)
    said = Script(words=("The presidents named mining [1]. ", "Purple elephants danced on the moon."))
    question, key = "What fields did the two presidents name in Belgrade?", "sk-very-secret"
    with OpenAIServer(said) as model:
        settings = {"model": "openai:tiny", "model_url": model.url, "model_key": key}
        with Archive(archive.folder, embedder=archive.embedder, **settings) as asked:
            server = ui.serve(asked, port=0, block=False)
            try:
                page = visit(at=server.url)
                assert "Purple elephants" in ask(page, question)
                assert page.locator(".dl-label.dl-unsupported").count() == 1
                settle(page, support="strict")
                assert "Purple" not in ask(page, question)
                assert "mining" in page.locator("#dl-chat .dl-final .dl-text").last.inner_text()
                sent = len(model.requests)
                assert sent > 1
                settle(page, model="embedded")
                assert "named investment, farming and mining" in ask(page, question)
                assert len(model.requests) == sent  # nothing was sent to it
                settle(page, model="chat")
                ask(page, question)
                assert len(model.requests) > sent
                assert key not in page.content()
                assert key not in page.evaluate("JSON.stringify(window.gradio_config) + document.cookie")
                page.close()  # before its server, which it would go on asking
            finally:
                server.close()


def test_each_of_several_archives_has_its_articles_and_conversations(
    visit: Visit, archive: Archive, folder: Path, tmp_path: Path
) -> None:
    ingest(folder, into=archive, progress=False)
    match = tmp_path / "match.txt"
    match.write_text(
        "Tarnholm win the cup\n\n3 June 2024\n\nTarnholm beat Oslo by 3 goals to 1 in the final on Sunday.", "utf-8"
    )
    with Archive(tmp_path / "Sports pages", embedder=archive.embedder) as sports:
        ingest(match, into=sports, progress=False)
        server = ui.serve([archive, sports], port=0, block=False)
        try:
            page = visit(at=server.url, leaves=True)
            assert page.url == f"{server.url}/in/archive/"
            question = "Which fields did the two presidents name?"
            assert "farming" in ask(page, question)
            page.locator("#dl-here .dl-permalink").wait_for()
            link = page.url
            assert re.fullmatch(re.escape(server.url) + r"/in/archive/\?conversation=[\w-]+", link)
            page.locator("a.dl-archive", has_text="Sports pages").click()
            page.wait_for_url(f"{server.url}/in/sports-pages/")
            page.locator(".dl-coverage", has_text=re.compile(r"^1 article ")).wait_for()
            assert page.title() == "Dateline – Sports pages"
            assert "3 goals to 1" in ask(page, "Who did Tarnholm beat in the final?")
            assert [one.title for one in archive.conversations.list()] == [question]
            assert [one.title for one in sports.conversations.list()] == ["Who did Tarnholm beat in the final?"]
            again = visit(at=link)
            again.locator("#dl-chat .dl-question", has_text=question).wait_for()
            elsewhere = visit(at=link.replace("/archive/", "/sports-pages/"))
            elsewhere.locator("#dl-told", has_text=ENGLISH.conversation_not_here).wait_for()
            for one in (page, again, elsewhere):
                one.close()  # before their server, which they would go on asking
        finally:
            server.close()
