"""A web page: its article by trafilatura, what it states about it by ingest.metadata.

A page whose text is a cookie notice, a list of links or the first lines before a paywall is NotAnArticle: better
no article than one that answers with "Accept all cookies".
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from ingest.load import Item, Loaded, address
from ingest.load.content import MEGABYTE, Content
from ingest.load.decode import decode
from rag.errors import NotAnArticle, OriginTooLarge
from rag.text import one_line, words

_LARGEST = 5 * MEGABYTE  # of markup: beyond it, extraction takes longer than a reader waits, and no article is so long
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{3,30})|<\?xml[^>]{0,100}encoding=[\"']([\w.:-]+)", re.I
)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SENTENCE_END = re.compile(r"[.!?…。»”\"]\W*$")
_STUB_WORDS = 150  # a text with one of these signs that is longer than this is an article all the same

# Reason -> signs of a page that holds no article, looked for in its text in lower case.
STUBS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "it is a cookie notice, not an article",
        (
            r"(?:we|site|website|partners)\b[^.]{0,60}\buses? cookies",
            r"accept (?:all )?cookies",
            r"cookie (?:policy|settings|preferences|consent)",
            r"manage (?:your )?(?:cookies|consent)",
            r"(?:использу\w+|приня\w+) [^.]{0,40}cookie",
            r"файлы cookie",
        ),
    ),
    (
        "it ends at a paywall after the first lines; the whole text is needed, as a file or at an open address",
        (
            r"subscribe (?:now )?to (?:continue|read|unlock)",
            r"(?:to|please) (?:continue|keep) reading",
            r"already a (?:subscriber|member)",
            r"this (?:article|story|content) is (?:only )?(?:for|available to|reserved for|exclusive to) "
            r"(?:our )?(?:paid |paying )?(?:subscribers|members)",
            r"(?:sign|log) in to (?:continue|read)",
            r"become a (?:member|subscriber) to",
            r"оформите подписку|только для подписчиков|доступ\w* по подписке",
            r"réservé aux abonnés",
        ),
    ),
    (
        "it asks for a browser with JavaScript instead of showing an article",
        (
            r"(?:enable|turn on|requires?) javascript",
            r"verify (?:that )?you are (?:a )?human|are you a robot|checking your browser",
            r"unusual (?:traffic|activity)|access (?:to this page has been )?denied",
        ),
    ),
    (
        "it says that the page was not found",
        (
            r"^(?:error )?404\b|page (?:you requested )?(?:was )?not found",
            r"page (?:can(?:'t|not) be found|no longer exists)|страница не найдена",
        ),
    ),
)


def read(content: Content) -> Iterator[Item]:
    """One article; NotAnArticle says what the page is instead."""
    from ingest.metadata import page

    data = content.read()
    if len(data) > _LARGEST:
        raise OriginTooLarge(
            f"its markup has {len(data) / MEGABYTE:.1f} MB; pages of up to {_LARGEST / MEGABYTE:g} MB are read"
        )
    tree = parse(markup(data, content.charset))
    fetched = content.final or content.url
    stated = page(tree, fetched)
    text = _without_title(_extract(tree, fetched), stated.title)
    _check(text, stated.free, tree)
    yield Loaded(
        text=text,
        title=stated.title,
        date=stated.date,
        updated=stated.updated,
        source=stated.source,
        author=stated.author,
        url=content.url or stated.canonical,
        canonical=_canonical(stated.canonical, fetched),
        language=stated.language,
        found=stated.found,
    )


def markup(data: bytes, stated: str | None = None) -> str:
    """The text of a page's bytes: the server's charset, then the page's own, then detection."""
    match = _CHARSET.search(data[:4096])
    own = (match[1] or match[2]).decode("ascii") if match else None
    # lxml refuses a str that declares a charset of its own.
    return _DECLARATION.sub("", decode(data, stated or own))


def parse(text: str) -> Any:
    """The lxml tree of a page; NotAnArticle where there is none."""
    import lxml.etree
    import lxml.html

    try:
        parser = lxml.html.HTMLParser(remove_comments=True, remove_pis=True, encoding="utf-8", huge_tree=False)
        tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError) as e:
        raise NotAnArticle(f"it holds no HTML that can be read ({e})") from e
    return tree


def plain(text: str) -> str:
    """The words of a piece of markup, a paragraph for each block: "<p>a</p><p>b</p>" -> "a\\n\\nb"."""
    import lxml.etree
    import lxml.html

    try:
        tree = lxml.html.fragment_fromstring(f"<div>{text}</div>", create_parent="div")
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return re.sub(r"<[^<>]+>", " ", text)
    lxml.etree.strip_elements(tree, "script", "style", "noscript", "iframe", "form", with_tail=False)
    for element in tree.iter("p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "tr", "figure", "br"):
        mark = "\n" if element.tag == "br" else "\n\n"
        element.tail = mark + (element.tail or "")
        if element.tag != "br":
            element.text = mark + (element.text or "")
    lines = (" ".join(line.split()) for line in str(tree.text_content()).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _extract(tree: Any, url: str | None) -> str:
    import trafilatura

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # it logs each page that holds no article as an error
    document = trafilatura.bare_extraction(
        tree, url=url, include_comments=False, include_tables=True, with_metadata=False
    )
    text = (document.text if document is not None and not isinstance(document, dict) else None) or ""
    # One line each is a paragraph there; a blank line between them is how text is kept here.
    return "\n\n".join(line.strip() for line in text.split("\n") if line.strip())


def _without_title(text: str, title: str | None) -> str:
    """`text` without a first line that only repeats the title: it would be embedded twice."""
    first, _, rest = text.partition("\n\n")
    return rest if title and rest and words(first) == words(title) else text


def _check(text: str, free: bool | None, tree: Any) -> None:
    """NotAnArticle for a page that holds none; long text is an article whatever stands beside it."""
    count = len(text.split())
    if count < _STUB_WORDS:
        shown = one_line(text or tree.text_content()[:20_000]).lower().replace("’", "'")
        for reason, signs in STUBS:
            if any(re.search(sign, shown) for sign in signs):
                raise NotAnArticle(reason)
        if free is False and count < _STUB_WORDS / 2:
            raise NotAnArticle(STUBS[1][0])
    if count == 0:
        raise NotAnArticle("no article was found on the page")
    lines = [line for line in text.split("\n") if line.strip()]
    sentences = sum(bool(len(line.split()) >= 4 and _SENTENCE_END.search(line)) for line in lines)
    if len(lines) >= 4 and sentences == 0 and count < 6 * len(lines):
        raise NotAnArticle("it is a list of links or headings, not an article")


def _canonical(stated: str | None, fetched: str | None) -> str | None:
    """The address that the page states as its own, where it may: one of its site, and not the site's front page.

    A page that names an address of another site would otherwise take the place of that site's article.
    """
    own = address.canonical(fetched)
    if stated is None or own is None:
        return stated or own
    front = stated.count("/") == 3 and stated.endswith("/") and not own.endswith(("//", "/"))
    hosts = [re.sub(r"^(?:m|amp|mobile|edition)\.", "", address.host(url) or "") for url in (stated, own)]
    same = hosts[0] == hosts[1] or hosts[0].endswith("." + hosts[1]) or hosts[1].endswith("." + hosts[0])
    return stated if same and not front else own
