"""Which field of a record is which: a table of the names that fields go by, and how their values are read.

    article({"headline": "Leaders meet", "published": "2024-11-19", "body": "They agreed …"}, {}, "line 1", "field {}")

`fields` maps others: {"text": "payload.story"}, our name first.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from ingest.load import Loaded
from ingest.metadata import clean_author, parse_date
from rag.text import one_line

# Our field <- names it goes by, compared without case and marks ("Published_At" is "publishedat").
# A time of making or crawling the record ("created", "timestamp", "fetched") is no date of an article.
NAMES: Mapping[str, tuple[str, ...]] = {
    "text": ("text", "body", "content", "articlebody", "articletext", "fulltext", "maintext", "bodytext", "contenttext",
             "story", "article", "bodyhtml", "contenthtml", "html", "текст"),
    "title": ("title", "headline", "heading", "articletitle", "name", "заголовок"),
    "date": ("date", "published", "publishedat", "publisheddate", "publishdate", "publishedon", "datepublished",
             "publicationdate", "pubdate", "firstpublished", "publishedtime", "releasedate", "issued", "дата"),
    "updated": ("updated", "updatedat", "modified", "modifiedat", "datemodified", "lastmodified", "modifieddate",
                "updateddate", "dateupdated", "lastupdated"),
    "source": ("source", "outlet", "publisher", "sourcename", "sitename", "site", "publication", "newspaper", "agency",
               "domain", "источник"),
    "author": ("author", "authors", "byline", "creator", "writer", "reporter", "by", "автор"),
    "url": ("url", "link", "href", "articleurl", "canonicalurl", "permalink", "sourceurl", "webpage", "address",
            "ссылка"),
    "language": ("language", "lang", "locale", "inlanguage"),
}  # fmt: skip
_PLAIN = re.compile(r"[\W_]+")
_MARKUP = re.compile(r"</?(?:p|br|div|span|a|ul|li|strong|em|b|i|h[1-6]|blockquote|img|figure|section)\b[^<>]*>", re.I)


def article(record: Mapping[str, Any], fields: Mapping[str, str], place: str, where: str) -> Loaded | str:
    """The article that a record describes, or what keeps it from being one.

    `where` goes into `found`, with "{}" for the field's own name.
    """
    named = _named(record, fields)
    if isinstance(named, str):
        return named
    text = _words(named["text"][1]) if "text" in named else ""
    if not text:
        return f"no field holds its text; it has: {', '.join(map(str, record))[:200]}; map one with --field text=…"
    values: dict[str, Any] = {}
    found: dict[str, str] = {}
    language = _string(named["language"][1]) if "language" in named else None
    for name, (key, raw) in named.items():
        value: Any = None
        if name in ("date", "updated"):
            value = _date(raw, language)
        elif name == "author":
            value = ", ".join(filter(None, (clean_author(_string(part)) for part in _parts(raw)))) or None
        elif name != "text":
            value = _string(raw)
        if value is not None:
            values[name] = value
            if name not in ("url", "language"):
                found[name] = where.format(key)
    return Loaded(text=text, place=place, found=found, **values)


def _named(record: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, tuple[str, Any]] | str:
    """Our name -> (the record's name, its value), mapped fields first; or which mapped field is not there."""
    result: dict[str, tuple[str, Any]] = {}
    for name, key in fields.items():
        value = _at(record, key)
        if value is not None:
            result[name] = (key, value)
        elif name == "text":
            return f"the field {key!r}, mapped to the text, is not in it; it has: {', '.join(map(str, record))[:200]}"
    folded: dict[str, tuple[str, Any]] = {}
    for key, value in record.items():
        if value is not None and value != "":
            folded.setdefault(_PLAIN.sub("", str(key)).lower(), (str(key), value))
    for name, candidates in NAMES.items():
        if name not in fields:
            for candidate in candidates:
                if candidate in folded:
                    result[name] = folded[candidate]
                    break
    return result


def known(header: str) -> str | None:
    """Which of our fields a column of this name is, or None."""
    plain = _PLAIN.sub("", header).lower()
    return next((name for name, candidates in NAMES.items() if plain in candidates), None)


def _at(record: Mapping[str, Any], path: str) -> Any:
    """The value at a dotted path: _at({"a": {"b": 1}}, "a.b") == 1; a field may have dots in its own name."""
    if path in record:
        return record[path]
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _words(value: Any) -> str:
    """Text out of a field: a string, paragraphs, or markup."""
    if isinstance(value, dict):
        value = value.get("text") or value.get("html") or value.get("value") or value.get("rendered") or ""
    text = "\n\n".join(_words(part) for part in value) if isinstance(value, list) else str(value)
    if len(_MARKUP.findall(text)) >= 2:
        from ingest.load.html import plain

        text = plain(text)
    return text.strip()


def _parts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _string(value: Any) -> str | None:
    """One line out of a field; an object gives its name."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("title") or value.get("rendered") or value.get("value")
    if isinstance(value, list):
        return ", ".join(filter(None, map(_string, value))) or None
    return one_line(str(value)) or None if isinstance(value, str | int | float) else None


def _date(value: Any, language: str | None) -> dt.date | None:
    """The day of a field: a date, a string, or seconds or milliseconds since 1970 (in UTC, having no zone)."""
    if isinstance(value, dt.datetime):
        return parse_date(value.isoformat())
    if isinstance(value, dt.date):
        return parse_date(value.isoformat())
    if isinstance(value, dict):
        value = value.get("$date") or value.get("value")
    text = str(value or "").strip()
    if re.fullmatch(r"-?\d{9,13}(?:\.\d+)?", text):
        seconds = float(text) / (1000 if abs(float(text)) > 1e11 else 1)
        return parse_date(dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat())
    code = (language or "").lower().replace("_", "-").split("-")[0]
    return parse_date(text, languages=[code] if re.fullmatch("[a-z]{2}", code) and code != "en" else None)
