"""Records, one an article each: JSON lines, JSON, CSV and Parquet.

    {"headline": "Leaders meet", "published": "2024-11-19", "body": "They agreed …"}

Which field is which stands in ingest.load.fields. A record that cannot be read is a Fault at its line or row, and
the rest goes on. Rows are counted from 1 without the header.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any, cast

from ingest.load import Fault, Item
from ingest.load.content import MEGABYTE, Content, read_up_to
from ingest.load.decode import charset, decode
from ingest.load.fields import article, known
from rag.errors import NotAnArticle, OriginError

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
        return Fault(place, f"it is no JSON: {e.msg.removesuffix(' at')} at column {e.colno}")
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
        raise OriginError(
            f"it is no JSON: {e.msg.removesuffix(' at')} at line {e.lineno}, column {e.colno}", f"line {e.lineno}"
        ) from e
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
        if not any(known(name) == "text" for name in header) and "text" not in content.fields:
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
        return sum(known(name) is not None for name in header), len(header)

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
