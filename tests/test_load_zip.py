"""Zips: members through the same table, one zip in another, bombs and odd names."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from ingest.load import Fault, Loaded, load
from rag.errors import NotAnArticle, OriginError, OriginTooLarge
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river."


def _zip(members: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def _load(tmp_path: Path, data: bytes, settings: Settings | None = None) -> list[Loaded | Fault]:
    path = tmp_path / "a.zip"
    path.write_bytes(data)
    return list(load(path, settings or Settings()))


def test_members_go_through_the_same_table(tmp_path: Path) -> None:
    members = {
        "a/one.txt": WORDS,
        "two.jsonl": f'{{"text": "{WORDS}"}}\n{{broken',
        "three.md.gz": gzip.compress(f"# T\n\n{WORDS}".encode()),
        "picture.png": b"\x89PNG",
        "empty.txt": "",
        "__MACOSX/._one.txt": "x",
        ".hidden.txt": WORDS,
    }
    items = _load(tmp_path, _zip(members))
    assert [(type(item), item.place) for item in items] == [
        (Loaded, "member a/one.txt"),
        (Loaded, "member two.jsonl, line 1"),
        (Fault, "member two.jsonl, line 2"),
        (Loaded, "member three.md.gz"),
        (Fault, "member empty.txt"),
    ]


def test_one_zip_in_another_is_read_and_a_third_is_not(tmp_path: Path) -> None:
    inner = _zip({"a.txt": WORDS})
    [item, fault] = _load(tmp_path, _zip({"in.zip": _zip({"a.txt": WORDS, "deep.zip": inner})}))
    assert isinstance(item, Loaded)
    assert item.place == "member in.zip, member a.txt"
    assert isinstance(fault, Fault)
    assert "unpack it" in fault.reason


def test_a_name_that_climbs_out_is_only_a_name(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    [item] = _load(tmp_path / "in", _zip({"../../out.txt": WORDS}))
    assert item.place == "member ../../out.txt"
    assert not list(tmp_path.glob("**/out.txt"))


def test_bombs_are_refused_by_ratio_and_by_size(tmp_path: Path) -> None:
    bomb = _zip({"a.txt": WORDS, "big.jsonl": b" " * 30_000_000})
    with pytest.raises(OriginTooLarge, match="zip bomb"):
        _load(tmp_path, bomb)
    with pytest.raises(OriginTooLarge, match="DATELINE_MAX_EXPANDED_MB"):
        _load(tmp_path, bomb, Settings(max_ratio=1e9, max_expanded_mb=10))


def test_a_bomb_inside_a_zip_or_gzip_counts_against_the_outer_file(tmp_path: Path) -> None:
    nested = _zip({"in.zip": _zip({"big.jsonl": b" " * 30_000_000})}, zipfile.ZIP_STORED)
    packed = _zip({"big.jsonl.gz": gzip.compress(b" " * 30_000_000)}, zipfile.ZIP_STORED)
    for data in (nested, packed):
        with pytest.raises(OriginTooLarge, match="zip bomb"):
            _load(tmp_path, data)


def test_a_bomb_that_lies_about_its_size_is_refused_as_it_unpacks(tmp_path: Path) -> None:
    data = bytearray(_zip({"big.jsonl": b" " * 30_000_000}))
    size = (30_000_000).to_bytes(4, "little")
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = (1000).to_bytes(4, "little")
    try:
        items = _load(tmp_path, bytes(data))
    except OriginTooLarge:
        return
    # zipfile stops at the stated size and finds that the checksum is another.
    assert all(isinstance(item, Fault) for item in items)


def test_a_member_past_the_limit_for_articles_harms_no_other(tmp_path: Path) -> None:
    long = ("A sentence of some words. " * 60_000).encode()
    items = _load(tmp_path, _zip({"big.txt": long, "a.txt": WORDS}, zipfile.ZIP_STORED), Settings(max_article_mb=1))
    assert [type(item) for item in items] == [Fault, Loaded]


def test_a_damaged_member_harms_no_other(tmp_path: Path) -> None:
    data = bytearray(_zip({"a.txt": WORDS, "b.txt": WORDS}, zipfile.ZIP_STORED))
    at = data.find(WORDS.encode())
    data[at : at + 5] = b"XXXXX"
    items = _load(tmp_path, bytes(data))
    assert [type(item) for item in items] == [Fault, Loaded]


def test_what_is_no_zip_or_holds_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(OriginError, match="no zip"):
        _load(tmp_path, _zip({"a.txt": WORDS})[:40])
    with pytest.raises(NotAnArticle, match=r"none of its 1 files.*\.png"):
        _load(tmp_path, _zip({"a.png": b"x"}))
