"""Markup and addresses in everything that comes from outside: nothing runs, nothing is loaded, nothing is linked to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

import ui
from ingest import ingest
from rag import Archive
from tests.embedder import WordHash
from tests.openai_server import OpenAIServer, Script

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Visit = Callable[..., "Page"]
EVIL = "http://evil.example"
RUNS = "window.dlRan=1"
PAYLOADS = (
    # scripts and handlers
    f"<script>{RUNS}</script>", f"<SCRIPT SRC={EVIL}/a.js></SCRIPT>", f"<scr<script>ipt>{RUNS}</scr</script>ipt>",
    f"<img src=x onerror={RUNS}>", f"<img/src=x/onerror={RUNS}>", f"<svg onload={RUNS}>", f"<svg/onload={RUNS}//",
    f"<body onload={RUNS}>", f"<details open ontoggle={RUNS}>x</details>", f"<input autofocus onfocus={RUNS}>",
    f"<video><source onerror={RUNS}></video>", f"<audio src=x onerror={RUNS}></audio>", f"<marquee onstart={RUNS}>x</marquee>",
    f"<select autofocus onfocus={RUNS}></select>", f"<div style=animation-name:x onanimationstart={RUNS}>x</div>",
    f"<math><mtext><img src=x onerror={RUNS}></mtext></math>", f"<svg><script>{RUNS}</script></svg>",
    f"<svg><animate onbegin={RUNS} attributeName=x dur=1s>", f"<a onmouseover={RUNS}>hover</a>", f"\" onfocus={RUNS} autofocus x=\"",
    f"' onmouseover='{RUNS}", f"</script><script>{RUNS}</script>", f"--><script>{RUNS}</script>", f"</title><script>{RUNS}</script>",
    f"</textarea><script>{RUNS}</script>", f"<noscript><p title=\"</noscript><img src=x onerror={RUNS}>\"></noscript>",
    f"<template><script>{RUNS}</script></template>", f"<object data=\"data:text/html,<script>{RUNS}</script>\"></object>",
    f"<embed src=\"data:text/html,<script>{RUNS}</script>\">", f"<iframe srcdoc=\"<script>parent.{RUNS}</script>\"></iframe>",
    f"<form action=javascript:{RUNS}><input type=submit></form>", f"<isindex type=image src=x onerror={RUNS}>",
    # addresses that are loaded without a click
    f"<img src={EVIL}/1.png>", f"<img srcset='{EVIL}/2.png 1x'>", f"<picture><source srcset={EVIL}/3.png><img></picture>",
    f"<link rel=stylesheet href={EVIL}/4.css>", f"<link rel=preload as=image href={EVIL}/5.png>", f"<link rel=dns-prefetch href={EVIL}>",
    f"<style>@import '{EVIL}/6.css';</style>", f"<style>body{{background:url({EVIL}/7.png)}}</style>",
    f"<div style=\"background:url({EVIL}/8.png)\">x</div>", f"<p style=\"list-style-image:url({EVIL}/9.png)\">x</p>",
    f"<video poster={EVIL}/10.png></video>", f"<audio src={EVIL}/11.mp3 autoplay></audio>", f"<iframe src={EVIL}/12></iframe>",
    f"<object data={EVIL}/13.swf></object>", f"<embed src={EVIL}/14.swf>", f"<base href={EVIL}/>", f"<input type=image src={EVIL}/15.png>",
    f"<svg><image href={EVIL}/16.png /></svg>", f"<svg><use href={EVIL}/17.svg#x /></svg>", f"<table background={EVIL}/18.png><tr><td>x</td></tr></table>",
    f"<meta http-equiv=refresh content='0;url={EVIL}/19'>", f"<track src={EVIL}/20.vtt>",
    # what a Markdown renderer would make
    f"![x]({EVIL}/21.png)", f"![x][r]\n\n[r]: {EVIL}/22.png", f"[click]({EVIL}/23)", f"[click](javascript:{RUNS})",
    f"[click](JaVaScRiPt:{RUNS})", f"[click](data:text/html,<script>{RUNS}</script>)", f"<javascript:{RUNS}>", f"<{EVIL}/24>",
    f"```html\n<img src={EVIL}/25.png>\n```", f"```mermaid\ngraph TD; A-->B; click A \"{EVIL}/26\"\n```", f"$$\\href{{javascript:{RUNS}}}{{x}}$$",
    f"<!-- ><img src=x onerror={RUNS}> -->", f"&lt;img src={EVIL}/27.png&gt;", f"&#60;script&#62;{RUNS}&#60;/script&#62;",
)  # fmt: skip

OURS = """all => all.map(one => one.outerHTML).filter(html => !html.startsWith("<style>.cls-1"))"""  # one of Gradio's icons


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    with OpenAIServer(
        Script(words=tuple(f"{payload} " for payload in ("The zanzibar report says this [1].", *PAYLOADS)))
    ) as server:
        yield server


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, model: OpenAIServer) -> Iterator[Archive]:
    """One article for each payload, which is its title, outlet and author, stands in its text, and is a file's name."""
    home = tmp_path_factory.mktemp("payloads")
    rows = [
        {"title": p, "source": p, "author": p, "url": f"javascript:{RUNS}", "date": "2024-05-02",
         "text": f"The zanzibar report number {n} opens with {p} and then the harbour engineers counted {n} cranes."}
        for n, p in enumerate(PAYLOADS)
    ]  # fmt: skip
    (home / f"<img src=x onerror={RUNS}>.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with Archive(
        home / "archive", embedder=WordHash(), model="openai:tiny", model_url=model.url, model_key="k"
    ) as made:
        report = ingest(sorted(home.glob("*.jsonl")), into=made, progress=False)
        assert report.articles == len(PAYLOADS) >= 60
        yield made


@pytest.fixture(scope="module")
def at(archive: Archive) -> Iterator[str]:
    server = ui.serve(archive, port=0, block=False)
    yield server.url
    server.close()


def clean(page: Page) -> None:
    """Nothing ran, nothing was put into the page that can, and every link of what came from outside stays in it."""
    assert page.evaluate("window.dlRan") is None
    made = page.locator(":is(#dl-chat, #dl-evidence, #dl-list, #dl-view, #dl-status)")
    live = made.locator(
        ":is(script, style, img, iframe, object, embed, video, audio, link, base, form, meta, input, math)"
    )
    assert live.evaluate_all(OURS) == []
    for href in made.locator("a").evaluate_all("all => all.map(a => a.getAttribute('href') || '')"):
        assert href.startswith(("#", "?")), href


def test_articles_questions_and_model_output_full_of_markup_do_nothing(visit: Visit, at: str) -> None:
    page = visit(at=at)
    for question in ("Which cranes did the zanzibar report count?", " ".join(PAYLOADS)[:1900]):
        finished = page.locator("#dl-chat .dl-acts").count()
        page.locator("#dl-question textarea").fill(question)
        page.keyboard.press("Enter")
        page.locator("#dl-chat .dl-acts").nth(finished).wait_for()
        clean(page)
    assert "dlRan" in page.locator("#dl-chat .dl-final .dl-text").first.inner_text()  # it was said, as text
    page.get_by_role("tab", name="Articles").click()
    page.locator("#dl-list tbody tr").first.wait_for()
    clean(page)
    for row in range(6):
        page.locator("#dl-list tbody tr a").nth(row).click()
        page.locator("#dl-view .dl-article h2").wait_for()
        page.wait_for_timeout(150)
        clean(page)


@pytest.mark.parametrize("start", range(0, len(PAYLOADS), 12))
def test_every_payload_is_text_in_an_article_and_its_row(visit: Visit, at: str, archive: Archive, start: int) -> None:
    page = visit(at=at)
    page.get_by_role("tab", name="Articles").click()
    for article in archive.articles()[start : start + 12]:
        page.evaluate("id => { location.hash = ''; const a = document.createElement('a'); a.href = '#dl/article/' + id;"
                      " document.querySelector('#dl-shelf').append(a); a.click(); a.remove(); }", article.id)  # fmt: skip
        head = page.locator("#dl-view .dl-article h2")
        head.filter(has_text=" ".join(article.title.split())[:24]).wait_for()
        clean(page)
