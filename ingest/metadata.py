"""Title, dates, source and author of a page, and where each was found; and dates out of strings.

    parse_date("2024-11-19T23:30:00-05:00")  ->  2024-11-19      its own day, whatever the zone
    parse_date("03/04/2024")                 ->  None            March or April: nobody said

A date is taken only where a year, a month and a day are written: nothing is filled in from today.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.load import address
from rag.text import one_line

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:$|[T ,].*)", re.DOTALL)
_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})(?:$|T\d{4,6}.*)")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})\.?(?:$|[ ,T].*)", re.DOTALL)
_CTIME = re.compile(r"\w{3} (\w{3}) +(\d{1,2}) \d\d:\d\d:\d\d (?:[+-]\d{4} |\w{3,4} )?(\d{4})")
_KAZAKH = re.compile(r"(\d{4}) жыл(?:ғы|дың)? (\d{1,2}) (\w+)")
# dateparser knows the months of Serbian in Cyrillic as they are named, not as they stand in a date.
_SERBIAN = re.compile(r"\b(?:(септем|окто|новем|децем)бра|(јануар|фебруар|април|мај|јун|јул)а)\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[6-9]|20)\d\d(?!\d)")
_LEAD = re.compile(
    r"^(?:published|posted|updated|last updated|date|on|дата|опубликовано)\b[\s:]*(?:on\s+|at\s+)?", re.I
)
_LONGEST = 60  # characters: a date with weekday, time and zone; what is longer is a sentence
_MOST_WORDS = 10  # dateparser spent 11 seconds on 21 words in 48 characters
_EARLIEST = 1600


def parse_date(text: str | None, languages: list[str] | None = None, day_first: bool | None = None) -> dt.date | None:
    """The day that `text` names, or None; never a guess.

    Relative words ("yesterday"), two-digit years, days after the day after tomorrow and numbers that could be
    read both ways are None; `day_first` says how to read those numbers. `languages` are ISO 639 codes.
    """
    text = _LEAD.sub("", one_line(text or "")[: _LONGEST + 20])
    if not text or len(text) > _LONGEST:
        return None
    return _plausible(_parse(text, tuple(languages or ()), day_first))


@functools.lru_cache(maxsize=4096)
def _parse(text: str, languages: tuple[str, ...], day_first: bool | None) -> dt.date | None:
    for pattern in (_ISO, _PACKED):
        if match := pattern.fullmatch(text):
            return _day(match[1], match[2], match[3])
    if match := _NUMERIC.fullmatch(text):
        return _numeric(int(match[1]), match[2], int(match[3]), match[4], day_first)
    if match := _CTIME.fullmatch(text):
        text = f"{match[2]} {match[1]} {match[3]}"
    if match := _KAZAKH.match(text):
        text = f"{match[2]} {match[3]} {match[1]}"
    text = _SERBIAN.sub(lambda m: (m[1] + "бар") if m[1] else m[2], text)
    if len(text.split()) > _MOST_WORDS or len(_YEAR.findall(text)) != 1 or not re.search(r"(?<!\d)\d{1,2}(?!\d)", text):
        return None
    return _words(text, languages)


def _words(text: str, languages: tuple[str, ...]) -> dt.date | None:
    """A date with its month in words, by dateparser, which must find each of year, month and day."""
    import dateparser

    strict = {"STRICT_PARSING": True, "REQUIRE_PARTS": ["year", "month", "day"], "PARSERS": ["absolute-time"]}
    found = dateparser.parse(text, languages=list(languages) or None, settings=strict)
    if found is None and languages:
        found = dateparser.parse(text, settings=strict)
    return None if found is None else found.date()


def _numeric(first: int, mark: str, second: int, year: str, day_first: bool | None) -> dt.date | None:
    if day_first is None:
        # Dots are written day first wherever they are written; slashes and dashes are not.
        day_first = True if mark == "." or first > 12 or first == second else False if second > 12 else None
    if day_first is None:
        return None
    return _day(year, second, first) if day_first else _day(year, first, second)


def _day(year: str, month: str | int, day: str | int) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _plausible(day: dt.date | None) -> dt.date | None:
    if day is None or day.year < _EARLIEST or day > dt.date.today() + dt.timedelta(days=2):
        return None
    return day


_BY = re.compile(r"^(?:written\s+)?(?:by|автор|от|par|von|por)\b\s*:?\s+", re.IGNORECASE)


def clean_author(text: str | None) -> str | None:
    """A person's or desk's name without "By"; None for an address, a number or a paragraph."""
    name = _BY.sub("", one_line(text or "")).strip(" ,;|•-")
    if (
        not 2 <= len(name) <= 120
        or "://" in name
        or name.startswith(("@", "www.", "/"))
        or not re.search(r"[^\W\d_]", name)
    ):
        return None
    return name


@dataclass(slots=True)
class Page:
    """What a page states about its article; `free` is False where it says that one has to pay."""

    title: str | None = None
    date: dt.date | None = None
    updated: dt.date | None = None
    source: str | None = None
    author: str | None = None
    canonical: str | None = None
    language: str | None = None
    free: bool | None = None
    found: dict[str, str] = field(default_factory=dict)


# Field of a page <- name of a meta element (its name, property or itemprop), the most trusted first.
_META: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("date", ("article:published_time", "og:article:published_time", "article:published", "datepublished",
              "og:published_time", "parsely-pub-date", "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date",
              "cxenseparse:recs:publishtime", "citation_publication_date", "sailthru.date", "article.published",
              "publish-date", "publish_date", "publication_date", "publicationdate", "pubdate", "rnews:datepublished",
              "date")),
    ("updated", ("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified",
                 "dcterms.modified", "dc.date.modified", "article.updated", "last-modified", "revision_date",
                 "lastmod")),
    ("title", ("og:title", "twitter:title", "parsely-title", "dc.title", "dcterms.title", "citation_title", "headline",
               "title")),
    ("source", ("og:site_name", "article:publisher_name", "dc.publisher", "dcterms.publisher", "citation_publisher",
                "application-name", "apple-mobile-web-app-title")),
    ("author", ("article:author_name", "author", "byl", "parsely-author", "dc.creator", "dcterms.creator",
                "citation_author", "article:author", "og:article:author", "sailthru.author", "cxenseparse:author")),
    ("language", ("og:locale", "dc.language", "content-language", "language")),
    ("canonical", ("og:url",)),
)  # fmt: skip
_ARTICLES = {
    "article", "newsarticle", "blogposting", "report", "liveblogposting", "reportagenewsarticle", "opinionnewsarticle",
    "analysisnewsarticle", "backgroundnewsarticle", "reviewnewsarticle", "askpublicnewsarticle", "techarticle",
    "scholarlyarticle", "socialmediaposting", "advertisercontentarticle", "satiricalarticle",
}  # fmt: skip
_DATED = re.compile(
    r"(?:article|publish\w*|posted|post|entry|story|news|press)[\w-]*date|date[-_]*(?:published|posted)|(?:^|\s)published(?:\s|$)",
    re.IGNORECASE,
)
_SITE_SUFFIX = re.compile(r"\s+[|–—·»-]\s+[^|–—·»]{2,40}$")

Values = Iterator[tuple[str, str]]


def _line(value: str) -> str | None:
    return one_line(value)[:500] or None


def _language(value: str) -> str | None:
    """ "en-US" -> "en"."""
    return re.split("[-_,;]", value.strip().lower())[0][:3] or None


_CLEANERS: Mapping[str, Callable[[str], object]] = {
    "date": parse_date,
    "updated": parse_date,
    "author": clean_author,
    "canonical": address.canonical,
    "language": _language,
}


def page(tree: Any, url: str | None = None) -> Page:
    """What the lxml `tree` of a page states, each from the most trusted place that states it (see TRUST)."""
    result = Page()
    for where, reader in TRUST:
        for name, value in reader(tree, url):
            _set(result, name, value, where)
    if result.updated is not None and result.updated == result.date:
        result.updated = None
        result.found.pop("updated", None)
    return result


def _set(result: Page, name: str, value: str, where: str) -> None:
    """Put `value` where nothing stands yet, if it is one: a date that cannot be read leaves room for the next."""
    if name == "free":
        result.free = value != "false" if result.free is None else result.free
        return
    if getattr(result, name) is not None:
        return
    cleaned = _CLEANERS.get(name, _line)(value)
    if cleaned is not None:
        setattr(result, name, cleaned)
        if name in ("title", "date", "updated", "source", "author"):
            result.found[name] = where


def _from_json_ld(tree: Any, url: str | None) -> Values:
    nodes = [node for script in tree.xpath("//script") if "ld+json" in (script.get("type") or "").lower()
             for node in _nodes(_json(script.text or ""))]  # fmt: skip
    articles = [node for node in nodes if _kinds(node) & _ARTICLES]
    # A page that lists others' stories holds one node for each: the one with words or an author of its own is its own.
    articles.sort(key=lambda node: not ("articleBody" in node or "author" in node or "mainEntityOfPage" in node))
    pages = [node for node in nodes if "webpage" in _kinds(node)]
    by_id = {str(node["@id"]): node for node in nodes if "@id" in node and len(node) > 2}
    for node in articles[:1] + ([] if articles else pages[:1]):
        yield from _article(node, by_id)


def _article(node: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> Values:
    rows = (
        ("title", "headline"), ("title", "name"), ("date", "datePublished"), ("updated", "dateModified"),
        ("source", "publisher"), ("source", "sourceOrganization"), ("author", "author"), ("author", "creator"),
        ("language", "inLanguage"), ("free", "isAccessibleForFree"),
    )  # fmt: skip
    for name, key in rows:
        values = node.get(key)
        values = values if isinstance(values, list) else [values]
        texts = [text for text in (_text(value, by_id) for value in values) if text]
        if name == "author":
            texts = [", ".join(dict.fromkeys(filter(None, map(clean_author, texts))))]
        for text in texts[:1]:
            yield name, text.lower() if name == "free" else text


def _text(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> str:
    """A string out of a JSON-LD value: itself, or the name of what it describes or points to."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or by_id.get(str(value.get("@id")), {}).get("name")
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value) if isinstance(value, str | bool | int) else ""


def _json(text: str) -> Any:
    """The JSON of a script, with the slips that pages make mended; None where nothing helps."""
    text = (
        re.sub(r"^\s*(?:<!--|//<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\]\]>)\s*;?\s*$", "", text.strip()).strip().rstrip(";")
    )
    for candidate in (text, re.sub(r",\s*([}\]])", r"\1", text)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    # Broken beyond that: the one value that matters most is still told apart from everything around it.
    pairs = re.findall(r'"(datePublished|dateModified|headline)"\s*:\s*"([^"\\]{4,300})"', text)
    return {"@type": "NewsArticle", **dict(reversed(pairs))} if pairs and "Article" in text else None


def _nodes(value: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every object that stands at the top, in a list, in @graph or as a page's main entity."""
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value[:200]:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemReviewed"):
            if isinstance(value.get(key), dict | list):
                yield from _nodes(value[key], depth + 1)


def _kinds(node: Mapping[str, Any]) -> set[str]:
    kinds = node.get("@type")
    return {str(kind).rpartition("/")[2].lower() for kind in (kinds if isinstance(kinds, list) else [kinds])}


def _from_meta(tree: Any, url: str | None) -> Values:
    contents: dict[str, str] = {}
    for element in tree.iter("meta"):
        for key in ("property", "name", "itemprop", "http-equiv"):
            if element.get(key) and element.get("content"):
                contents.setdefault(element.get(key).strip().lower(), element.get("content"))
    for name, keys in _META:
        for key in keys:
            if key in contents:
                yield name, contents[key]


def _from_time(tree: Any, url: str | None) -> Values:
    """Elements marked as the article's date; a bare <time> may be a comment's or another story's."""
    for name, mark in (("date", "datePublished"), ("updated", "dateModified")):
        for element in tree.xpath(f"//*[@itemprop='{mark}'][not(self::meta)]")[:3]:
            yield name, element.get("datetime") or element.get("content") or element.text_content()
    for element in tree.xpath("//time[@pubdate]")[:1]:
        yield "date", element.get("datetime") or element.text_content()
    inside = tree.xpath("//article//header//time[@datetime] | //header//time[@datetime]") or []
    only = tree.xpath("//time[@datetime]")
    for element in inside[:1] or (only if len(only) == 1 else []):
        yield "date", element.get("datetime")


def _from_marked(tree: Any, url: str | None) -> Values:
    """Elements whose class says that they hold the article's date: a mere "date" may be today's, in a page's head."""
    for element in tree.xpath("//*[@class]"):
        mark = _DATED.search(element.get("class"))
        if mark and len(element) <= 6 and parse_date(text := one_line(element.text_content())):
            yield ("updated" if re.search("updat|modif", element.get("class") + text, re.IGNORECASE) else "date"), text


def _from_links(tree: Any, url: str | None) -> Values:
    from urllib.parse import urljoin

    for element in tree.xpath("//link[@rel='canonical' or @rel='Canonical'][@href]")[:1]:
        yield "canonical", urljoin(url or "", element.get("href"))
    for element in tree.xpath("/html[@lang]"):
        yield "language", element.get("lang")


def _from_title(tree: Any, url: str | None) -> Values:
    headings = [one_line(h.text_content()) for h in tree.xpath("//article//h1 | //h1")]
    for heading in headings[:1]:
        if len(headings) == 1 and heading:
            yield "title", heading
    for element in tree.xpath("//head/title")[:1]:
        title = one_line(element.text_content())
        yield "title", _SITE_SUFFIX.sub("", title) or title


def _from_byline(tree: Any, url: str | None) -> Values:
    marks = "//*[@rel='author' or @itemprop='author' or contains(concat(' ', @class, ' '), ' byline ')]"
    for element in tree.xpath(marks)[:1]:
        text = one_line(element.text_content())
        if len(text) <= 60 and not re.search(r"\d", text):
            yield "author", text


# Where a page states things, the most trusted first; "address" comes last, in ingest.load.
TRUST: tuple[tuple[str, Callable[[Any, str | None], Values]], ...] = (
    ("link", _from_links),
    ("JSON-LD", _from_json_ld),
    ("meta tag", _from_meta),
    ("time element", _from_time),
    ("marked element", _from_marked),
    ("heading", _from_title),
    ("byline", _from_byline),
)
