"""Records, one an article each: JSON lines, JSON, CSV and Parquet.

    {"headline": "Leaders meet", "published": "2024-11-19", "body": "They agreed …"}

Which field is which is a table of names; `fields` maps others: {"text": "payload.story"}. A record that cannot
be read is a Fault at its line or row, and the rest goes on. Rows are counted from 1 without the header.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from ingest.load import Fault, Item, Loaded
from ingest.load.content import MEGABYTE, Content, read_up_to
from ingest.load.decode import charset, decode
from ingest.metadata import clean_author, parse_date
from rag.errors import NotAnArticle, OriginError
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
_LISTS = ("articles", "items", "entries", "results", "documents", "data", "news", "response", "docs", "records")
_JSON_MB = 128.0  # a JSON document is held whole, at some six times its size
_DELIMITERS = ",;\t|"


def read_lines(content: Content) -> Iterator[Item]:
    """JSON lines; a broken line is a Fault at "line 7"."""
    limit = int(content.settings.max_article_mb * MEGABYTE)
    seen = False
    with content.open() as stream:
        for number, line in _lines(stream, limit):
            if line is None:
                yield Fault(f"line {number}", f"it is longer than {limit // MEGABYTE} MB (DATELINE_MAX_ARTICLE_MB)")
            elif line.strip(b" \t\r\n\x00\xef\xbb\xbf"):
                yield _from_line(line, f"line {number}", content.fields)
            else:
                continue
            seen = True
    if not seen:
        raise NotAnArticle("it is empty")


def _lines(stream: IO[bytes], limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Numbered lines; one past the limit is read over and comes as None."""
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) <= limit:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit + 1)
        yield number, None


def _from_line(line: bytes, place: str, fields: Mapping[str, str]) -> Item:
    try:
        value = json.loads(decode(line))
    except json.JSONDecodeError as e:
        return Fault(place, f"it is no JSON: {e.msg} at column {e.colno}")
    except RecursionError:
        return Fault(place, "it is JSON nested too deep to be an article")
    except NotAnArticle as e:
        return Fault(place, e.reason)
    return _item(value, fields, place)


def read_json(content: Content) -> Iterator[Item]:
    """One JSON document: an article, a list of them, or an object that holds the list."""
    data = content.read(_JSON_MB, "a JSON document, which is held whole; JSON lines (.jsonl) may have any size")
    text = decode(data, content.charset)
    try:
        value = json.loads(text)
    except RecursionError as e:
        raise OriginError("it is JSON nested too deep to hold articles") from e
    except json.JSONDecodeError as e:
        if e.msg == "Extra data":  # JSON lines under the name .json
            for number, line in enumerate(text.splitlines(), start=1):
                if line.strip():
                    yield _from_line(line.encode(), f"line {number}", content.fields)
            return
        raise OriginError(f"it is no JSON: {e.msg} at line {e.lineno}, column {e.colno}", f"line {e.lineno}") from e
    records = _records(value)
    if records is None:
        item = _item(value, content.fields, "")
        if isinstance(item, Fault):
            raise NotAnArticle(item.reason)
        yield item
        return
    if not records:
        raise NotAnArticle("it holds an empty list")
    for number, record in enumerate(records, start=1):
        yield _item(record, content.fields, f"article {number}")


def _records(value: Any) -> list[Any] | None:
    """The list of records in a document, or None where the document is one record itself."""
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        for name in _LISTS:
            inner = value.get(name)
            if isinstance(inner, list) and any(isinstance(record, dict) for record in inner):
                return inner
            if isinstance(inner, dict) and (deeper := _records(inner)) is not None:
                return deeper
    return None


def read_csv(content: Content) -> Iterator[Item]:
    """CSV with a header, whatever its charset and delimiter; fields may be as large as an article."""
    csv.field_size_limit(int(content.settings.max_article_mb * MEGABYTE))
    with content.open() as stream:
        sample = read_up_to(stream, 200_000)
    if not sample.strip():
        raise NotAnArticle("it is empty")
    with content.open() as raw:
        stream_text = io.TextIOWrapper(
            cast(Any, raw), encoding=charset(_whole_lines(sample)), errors="replace", newline=""
        )
        reader = csv.reader((line.replace("\0", "") for line in stream_text), delimiter=_delimiter(sample))
        header = [name.strip().lstrip("\ufeff") for name in next(reader)]
        if not any(_known(name) == "text" for name in header) and "text" not in content.fields:
            raise NotAnArticle(
                f"no column of its header holds the text; it has {', '.join(header)[:200]}; map one with --field text=…"
            )
        yield from _rows(reader, header, content)


def _rows(reader: Any, header: list[str], content: Content) -> Iterator[Item]:
    number, before = 0, -1
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as e:
            if reader.line_num == before:
                return  # it stands still: nothing more can be read
            before = reader.line_num
            yield Fault(f"row {number}", f"it is no CSV: {e} (line {reader.line_num})")
            continue
        if not any(value.strip() for value in row):
            number -= 1
        elif len(row) > len(header) and any(value.strip() for value in row[len(header) :]):
            yield Fault(f"row {number}", f"it has {len(row)} fields and the header has {len(header)}")
        else:
            yield _item(dict(zip(header, row, strict=False)), content.fields, f"row {number}")


def _whole_lines(sample: bytes) -> bytes:
    """`sample` without its last line: cut inside a letter, it would not pass for UTF-8."""
    return sample[: sample.rfind(b"\n") + 1] or sample


def _delimiter(sample: bytes) -> str:
    """The delimiter under which the header names most fields that are known, then most fields."""
    first = decode(_whole_lines(sample)).lstrip("\r\n")

    def score(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(io.StringIO(first, newline=""), delimiter=delimiter), [])
        return sum(_known(name) is not None for name in header), len(header)

    return max(_DELIMITERS, key=score)


def read_parquet(content: Content) -> Iterator[Item]:
    """Parquet, some rows at a time; a row that cannot be read is a Fault."""
    import pyarrow
    import pyarrow.parquet

    with content.seekable() as stream:
        try:
            table = pyarrow.parquet.ParquetFile(stream)
            number = 0
            for batch in table.iter_batches(batch_size=128):
                for record in batch.to_pylist():
                    number += 1
                    yield _item(record, content.fields, f"row {number}")
        except (pyarrow.ArrowException, OSError) as e:
            raise OriginError(f"it is no Parquet that can be read: {' '.join(str(e).split())[:200]}") from e


def _item(record: Any, fields: Mapping[str, str], place: str) -> Item:
    if not isinstance(record, dict):
        return Fault(place, f"it holds {type(record).__name__}, and an object with named fields was expected")
    item = article(record, fields, place, "record field {}")
    return Fault(place, item) if isinstance(item, str) else item


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


def _known(header: str) -> str | None:
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
