"""Web pages: the article's words and what is stated of it; pages that hold no article."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.load import Loaded, load
from ingest.load.html import _canonical, plain
from rag.errors import NotAnArticle, OriginTooLarge
from rag.settings import Settings

PARAGRAPHS = [
    "The council met on Monday in the town hall and agreed, after a debate of four hours, to build a new bridge.",
    "It will cost four million and replace the ferry, which has carried people and goods across since 1890.",
    "“We have waited long enough,” said the mayor, who promised that work would begin in the spring.",
    "Opponents fear for the meadows on the far bank. They want to take the case to the regional court.",
]
RUSSIAN = (
    "Городской совет собрался в понедельник и решил построить новый мост через реку, который заменит старый паром."
)
HEAD = """<title>Bridge agreed | Town News</title><link rel="canonical" href="/n/bridge">
<meta property="og:title" content="Bridge agreed"><meta property="og:site_name" content="Town News">
<meta property="article:published_time" content="2024-11-19T23:30:00-05:00"><meta name="author" content="By Jane Doe">"""
MENU = "<nav><ul>" + "".join(f'<li><a href="/{i}">Section {i}</a></li>' for i in range(12)) + "</ul></nav>"


def _page(body: str, head: str = HEAD) -> str:
    return f'<!doctype html><html lang="en-GB"><head>{head}</head><body>{body}</body></html>'


def _article(paragraphs: list[str]) -> str:
    inner = "".join(f"<p>{p}</p>" for p in paragraphs)
    return f"{MENU}<main><article><h1>Bridge agreed</h1>{inner}</article></main><footer><p>© Town News. All rights reserved.</p></footer>"


def _load(tmp_path: Path, page: str | bytes) -> Loaded:
    path = tmp_path / "a.html"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    [item] = load(path, Settings())
    assert isinstance(item, Loaded)
    return item


def test_an_article_and_what_its_page_states(tmp_path: Path) -> None:
    item = _load(tmp_path, _page(_article(PARAGRAPHS), HEAD.replace('href="', 'href="https://www.town.example')))
    assert item.text.split("\n\n") == PARAGRAPHS
    assert (item.title, item.date, item.author, item.source) == (
        "Bridge agreed",
        dt.date(2024, 11, 19),
        "Jane Doe",
        "Town News",
    )
    assert (item.language, item.canonical) == ("en", "https://www.town.example/n/bridge")
    assert set(item.found.values()) == {"meta tag"}


@pytest.mark.parametrize("charset", ["cp1251", "koi8-r", "utf-8"])
def test_the_charset_a_page_names_is_used(tmp_path: Path, charset: str) -> None:
    page = _page(_article([RUSSIAN] * 3), f'<meta charset="{charset}"><title>Мост</title>')
    assert RUSSIAN in _load(tmp_path, page.encode(charset)).text


def test_xhtml_with_a_declaration_of_its_charset(tmp_path: Path) -> None:
    page = '<?xml version="1.0" encoding="windows-1251"?>\n' + _page(_article([RUSSIAN] * 3), "<title>Мост</title>")
    assert RUSSIAN in _load(tmp_path, page.encode("cp1251")).text


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<div><h1>We value your privacy</h1><p>We and our partners use cookies to store and access information on "
         "your device.</p><p>Accept all cookies or manage your consent.</p></div>", "cookie notice"),
        (MENU, "article"),
        ("<div>" + "".join(f"<div><a href='/{i}'>Topic number {i}</a></div>" for i in range(30)) + "</div>", "article|list of links"),
        (_article([PARAGRAPHS[0], "Subscribe to continue reading. Already a subscriber? Log in."]), "paywall"),
        (_article([RUSSIAN, "Чтобы читать дальше, оформите подписку на наше издание."]), "paywall"),
        ("<p>Please enable JavaScript to view this page and verify you are human.</p>", "JavaScript"),
        ("<h1>404</h1><p>The page you requested was not found on this server. Go back to the front page.</p>", "not found"),
        ("", "no article"),
    ],
)  # fmt: skip
def test_a_page_without_an_article_says_what_it_is(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(NotAnArticle, match=reason):
        _load(tmp_path, _page(body, "<title>Town News</title>"))


def test_a_stub_that_states_that_one_has_to_pay(tmp_path: Path) -> None:
    stated = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": "False"}</script>'
    with pytest.raises(NotAnArticle, match="paywall"):
        _load(tmp_path, _page(_article(PARAGRAPHS[:2]), stated))
    assert _load(tmp_path, _page(_article(PARAGRAPHS * 3), stated)).text


def test_a_long_article_about_cookies_is_an_article(tmp_path: Path) -> None:
    body = [
        "The website uses cookies without asking, the regulator said, and the cookie policy hides it.",
        *PARAGRAPHS * 3,
    ]
    assert "regulator" in _load(tmp_path, _page(_article(body))).text


def test_markup_past_the_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OriginTooLarge, match="5 MB"):
        _load(tmp_path, _page("<p>" + "word " * 1_100_000 + "</p>"))


@pytest.mark.parametrize(
    ("stated", "fetched", "taken"),
    [
        ("https://town.example/a", "https://m.town.example/a?x=1", "https://town.example/a"),
        ("https://other.example/a", "https://town.example/a", "https://town.example/a"),
        ("https://town.example/", "https://town.example/n/7", "https://town.example/n/7"),
        ("https://town.example/a", None, "https://town.example/a"),
        (None, "https://town.example/a?utm_source=x", "https://town.example/a"),
    ],
)
def test_a_page_speaks_for_its_own_site_only(stated: str | None, fetched: str | None, taken: str) -> None:
    assert _canonical(stated, fetched) == taken


def test_plain_gives_a_paragraph_for_each_block() -> None:
    assert plain("<p>One <b>two</b></p><script>x</script><p>three<br>four</p>") == "One two\n\nthree\nfour"
    assert plain("no markup &amp; all") == "no markup & all"
