"""RSS and Atom: an entry with its whole text is an article, and one with a summary leads to one.

Of a feed that was fetched, the page behind a summary is fetched too; a feed in a file is read without touching the
network. A summary that stays one counts as the article if it has 40 words.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.load import Fault, Item, Loaded, load_url
from ingest.load.content import Content
from ingest.load.html import plain
from ingest.metadata import clean_author, parse_date
from rag.errors import NotAnArticle, OriginError
from rag.text import one_line

_SUMMARY_WORDS = 40
_WHOLE_WORDS = 200  # a description so long is the article itself
_CUT = re.compile(r"(?:\.\.\.|…|\[…\]|\[\.\.\.\]|read more|continue reading|читать далее)\W*$", re.IGNORECASE)


def read(content: Content) -> Iterator[Item]:
    """Every entry, at "entry <id>"; OriginError where it is no feed."""
    import feedparser

    data = io.BytesIO(content.read())  # bytes themselves it would take for a file's name, and open that
    headers = {"content-location": content.final} if content.final else {}  # what relative links are relative to
    if content.charset:
        headers["content-type"] = f"application/xml; charset={content.charset}"
    feed = feedparser.parse(data, response_headers=headers, sanitize_html=False)
    if not feed.entries:
        if feed.get("version"):
            raise NotAnArticle("the feed has no entries")
        raise NotAnArticle("it is no RSS or Atom feed; other XML is not read")
    outlet = one_line(feed.feed.get("title") or "") or None
    language = (feed.feed.get("language") or "").lower().split("-")[0] or None
    for number, entry in enumerate(feed.entries, start=1):
        place = f"entry {one_line(str(entry.get('id') or entry.get('link') or number))[:200]}"
        yield _entry(entry, place, outlet, language, content)


def _entry(entry: Any, place: str, outlet: str | None, language: str | None, content: Content) -> Item:
    text, whole = _text(entry)
    item = _described(entry, text, place, outlet, language)
    link = item.url or ""
    problem = "there is no link to the whole text"
    if not whole and link.startswith(("http://", "https://")):
        problem = "only its page has the rest; ingest its link or the feed's own address to fetch it"
        if content.fetching:
            try:
                return _behind(item, link, content)
            except OriginError as e:
                problem = f"its page could not be read: {e.reason}"
    count = len(text.split())
    if whole or count >= _SUMMARY_WORDS:
        return item
    return Fault(place, f"its summary has {count} words, and {problem}")


def _text(entry: Any) -> tuple[str, bool]:
    """The longest text of an entry, and whether it is the whole article rather than a summary of it."""
    contents = [plain(str(part.get("value") or "")) for part in entry.get("content") or []]
    summary = plain(str(entry.get("summary") or ""))
    best = max([*contents, ""], key=len)
    if len(best.split()) >= _SUMMARY_WORDS and not _CUT.search(best[-40:]):
        return best, True
    text = max(best, summary, key=len)
    return text, len(text.split()) >= _WHOLE_WORDS and not _CUT.search(text[-40:])


def _described(entry: Any, text: str, place: str, outlet: str | None, language: str | None) -> Loaded:
    inner = entry.get("source")
    source = one_line(str(inner.get("title") or "")) if isinstance(inner, dict) else ""
    authors = [clean_author(str(a.get("name") or "")) for a in entry.get("authors") or []] or [
        clean_author(entry.get("author"))
    ]
    values: dict[str, Any] = {
        "title": one_line(plain(str(entry.get("title") or ""))) or None,
        # The strings, not feedparser's parsed times: those are moved to UTC, and a day may change with that.
        "date": parse_date(entry.get("published")),
        "updated": parse_date(entry.get("updated")) if entry.get("updated") != entry.get("published") else None,
        "source": source or outlet,
        "author": ", ".join(dict.fromkeys(filter(None, authors))) or None,
    }
    if values["updated"] == values["date"]:
        values["updated"] = None
    found = {name: "feed entry" for name, value in values.items() if value is not None}
    if "source" in found and not source:
        found["source"] = "feed title"
    return Loaded(text=text, url=entry.get("link") or None, language=language, place=place, found=found, **values)


def _behind(item: Loaded, link: str, content: Content) -> Item:
    """The article on the page behind an entry; what the page does not state, the entry does."""
    from ingest.load import address

    page = next(iter(load_url(link, content.settings, allow=content.allow)))
    if isinstance(page, Fault):
        raise NotAnArticle(page.reason)
    values: dict[str, Any] = {}
    found = dict(page.found)
    guessed = {name for name, where in found.items() if where in ("address", "host of the address")}
    for name in ("title", "date", "updated", "source", "author", "language"):
        stated = getattr(item, name)
        if stated is not None and (getattr(page, name) is None or name in guessed):
            values[name] = stated
            if name in item.found:
                found[name] = item.found[name]
    canonical = page.canonical or address.canonical(link)
    return replace(page, **values, url=link, canonical=canonical, place=item.place, found=found)
