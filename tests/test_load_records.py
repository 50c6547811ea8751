"""Records: JSON lines, JSON, CSV and Parquet; names of fields, broken lines and rows."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.load import Fault, Item, Loaded, load
from rag.errors import NotAnArticle, OriginError, OriginTooLarge
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river."
RUSSIAN = "Городской совет собрался в понедельник и решил построить новый мост; работы начнутся весной."
RECORD = {
    "headline": "Bridge agreed",
    "Published_At": "2024-11-19T23:30:00-05:00",
    "lastModified": "2024-11-21",
    "body": WORDS,
    "source": {"id": 7, "name": "Town News"},
    "authors": ["By Jane Doe", {"name": "Ann Lee"}],
    "link": "https://town.example/a",
    "lang": "en",
}


def _load(path: Path, data: str | bytes, settings: Settings | None = None, **fields: str) -> list[Item]:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(load(path, settings or Settings(), fields=fields))


def _check(item: Item) -> None:
    assert isinstance(item, Loaded)
    assert (item.title, item.text, item.source) == ("Bridge agreed", WORDS, "Town News")
    assert (item.date, item.updated) == (dt.date(2024, 11, 19), dt.date(2024, 11, 21))
    assert (item.author, item.url, item.language) == ("Jane Doe, Ann Lee", "https://town.example/a", "en")
    assert item.found["date"] == "record field Published_At"


def test_line_7_is_broken_and_the_others_are_read(tmp_path: Path) -> None:
    lines = [json.dumps(RECORD)] * 9
    lines[6] = lines[6][:-30]
    items = _load(tmp_path / "a.jsonl", "\n".join(lines))
    assert [item.place for item in items] == [f"line {n}" for n in range(1, 10)]
    assert isinstance(items[6], Fault)
    assert "no JSON" in items[6].reason
    for item in items[:6] + items[7:]:
        _check(item)


@pytest.mark.parametrize("line", ["[1, 2]", '"text"', "17", "null", "[" * 100_000, '{"text": ""}', '{"n": 1}'])
def test_a_line_that_is_no_record_is_a_fault(tmp_path: Path, line: str) -> None:
    fault, item = _load(tmp_path / "a.jsonl", f"{line}\n{json.dumps(RECORD)}\n")
    assert isinstance(fault, Fault)
    assert fault.place == "line 1"
    _check(item)


def test_blank_lines_are_none_and_a_line_past_the_limit_is_passed_over(tmp_path: Path) -> None:
    long = json.dumps({"text": "word " * 300_000})
    items = _load(tmp_path / "a.jsonl", f"\n{long}\n\n{json.dumps(RECORD)}", Settings(max_article_mb=1))
    assert [item.place for item in items] == ["line 2", "line 4"]
    assert isinstance(items[0], Fault)
    assert "DATELINE_MAX_ARTICLE_MB" in items[0].reason
    _check(items[1])


@pytest.mark.parametrize(
    "document",
    [[RECORD, RECORD], {"status": "ok", "articles": [RECORD, RECORD]}, {"response": {"results": [RECORD, RECORD]}}],
)
def test_json_that_holds_a_list(tmp_path: Path, document: Any) -> None:
    items = _load(tmp_path / "a.json", json.dumps(document))
    assert [item.place for item in items] == ["article 1", "article 2"]
    for item in items:
        _check(item)


def test_json_that_is_one_article_and_json_lines_under_its_name(tmp_path: Path) -> None:
    [item] = _load(tmp_path / "a.json", json.dumps(RECORD, indent=2))
    assert item.place == ""
    _check(item)
    assert len(_load(tmp_path / "a.json", "\n".join([json.dumps(RECORD)] * 3))) == 3


def test_json_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(OriginError, match="line 3") as raised:
        _load(tmp_path / "a.json", '[\n{"text": "a"},\n{"text": }\n]')
    assert raised.value.place == "line 3"
    with pytest.raises(NotAnArticle, match="empty list"):
        _load(tmp_path / "a.json", "[]")
    with pytest.raises(NotAnArticle, match="no field holds its text"):
        _load(tmp_path / "a.json", '{"a": 1}')


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_csv_of_any_dialect_and_charset(tmp_path: Path, delimiter: str, charset: str) -> None:
    rows = [["title", "date", "text"], ["Мост, новый; и старый", "19.11.2024", f'{RUSSIAN}\n\n"Да", сказал | мэр.']]
    text = "\r\n".join(delimiter.join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    [item] = _load(tmp_path / "a.csv", text.encode(charset))
    assert isinstance(item, Loaded)
    assert (item.title, item.date, item.place) == (rows[1][0], dt.date(2024, 11, 19), "row 1")
    assert item.text == rows[1][2]


def test_csv_with_huge_fields_and_rows_of_the_wrong_length(tmp_path: Path) -> None:
    long = "word " * 200_000
    items = _load(tmp_path / "a.csv", f"title,text\na,{long}\nb,{WORDS},too,many\n\nc,{WORDS}\nd\n")
    assert [item.place for item in items] == ["row 1", "row 2", "row 3", "row 4"]
    assert [type(item) for item in items] == [Loaded, Fault, Loaded, Fault]


def test_csv_without_a_column_of_text_says_which_there_are(tmp_path: Path) -> None:
    with pytest.raises(NotAnArticle, match="a, b; map one with --field text="):
        _load(tmp_path / "a.csv", "a,b\n1,2\n")


def test_parquet(tmp_path: Path) -> None:
    import pyarrow
    import pyarrow.parquet

    path = tmp_path / "a.parquet"
    rows = [{"title": f"T {n}", "text": WORDS, "date": dt.date(2024, 11, n), "updated": dt.datetime(2024, 12, 1, 23)}
            for n in range(1, 31)]  # fmt: skip
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([*rows, {"title": "x"}]), path)
    items = list(load(path, Settings()))
    assert [item.place for item in items] == [f"row {n}" for n in range(1, 32)]
    assert isinstance(items[29], Loaded)
    assert (items[29].date, items[29].updated) == (dt.date(2024, 11, 30), dt.date(2024, 12, 1))
    assert isinstance(items[30], Fault)
    packed = tmp_path / "b.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert list(load(packed, Settings())) == items
    with pytest.raises(OriginError, match="no Parquet"):
        _load(path, path.read_bytes()[:-50])


def test_fields_can_be_mapped_and_nested(tmp_path: Path) -> None:
    record = {"payload": {"story": WORDS}, "when": "2024-11-19", "text": "not this one", "desk.name": "Town News"}
    fields = {"text": "payload.story", "date": "when", "source": "desk.name"}
    [item] = _load(tmp_path / "a.jsonl", json.dumps(record), **fields)
    assert isinstance(item, Loaded)
    assert (item.text, str(item.date), item.source) == (WORDS, "2024-11-19", "Town News")
    [fault] = _load(tmp_path / "a.jsonl", json.dumps(record), text="payload.body")
    assert isinstance(fault, Fault)
    assert "'payload.body'" in fault.reason


@pytest.mark.parametrize("value", [1732058999, 1732058999000, "1732058999", {"$date": "2024-11-19T23:29:59Z"}])
def test_seconds_since_1970_are_a_day(tmp_path: Path, value: Any) -> None:
    [item] = _load(tmp_path / "a.jsonl", json.dumps({**RECORD, "Published_At": value}))
    assert isinstance(item, Loaded)
    assert item.date == dt.date(2024, 11, 19)


def test_the_time_of_crawling_is_no_date(tmp_path: Path) -> None:
    [item] = _load(
        tmp_path / "a.jsonl", json.dumps({"text": WORDS, "crawled_at": "2024-11-19", "timestamp": 1732058999})
    )
    assert isinstance(item, Loaded)
    assert item.date is None


def test_half_a_surrogate_pair_is_replaced(tmp_path: Path) -> None:
    [item] = _load(tmp_path / "a.jsonl", json.dumps({"text": f"{WORDS} \ud800", "title": "x\udfff y"}))
    assert isinstance(item, Loaded)
    assert item.text.encode() == f"{WORDS} ?".encode()
    assert item.title is not None
    assert item.title.encode().startswith(b"x")


def test_markup_and_lists_of_paragraphs_become_text(tmp_path: Path) -> None:
    [markup] = _load(
        tmp_path / "a.jsonl", json.dumps({"content": {"rendered": f"<p>{WORDS}</p><p>Two &amp; three.</p>"}})
    )
    [listed] = _load(tmp_path / "b.jsonl", json.dumps({"text": [WORDS, "Two & three."]}))
    assert isinstance(markup, Loaded)
    assert isinstance(listed, Loaded)
    assert markup.text == listed.text == f"{WORDS}\n\nTwo & three."


def test_a_json_document_past_what_memory_should_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("wb") as file:
        file.truncate(130_000_000)
    with pytest.raises(OriginTooLarge, match=r"JSON lines \(\.jsonl\)"):
        list(load(path, Settings()))
