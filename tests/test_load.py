"""The table of loaders, what holds for every format, and gzip."""

from __future__ import annotations

import gzip
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.load import LOADERS, Fault, Loaded, load, readable, suffix_of
from rag.errors import NotAnArticle, OriginError, OriginMissing, OriginRefused, OriginTooLarge
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river."


def test_importing_loads_nothing_heavy() -> None:
    heavy = "trafilatura pypdf docx feedparser dateparser pyarrow pandas httpx lxml charset_normalizer"
    code = f"import sys, ingest.load; print([m for m in {heavy.split()!r} if m in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_every_row_of_the_table_has_its_function() -> None:
    for suffix, loader in LOADERS.items():
        assert callable(loader.resolve()), suffix


def test_suffixes() -> None:
    assert suffix_of("News.JSONL.gz") == ".jsonl.gz"
    assert suffix_of(Path("a.b.txt")) == ".txt"
    assert suffix_of("README") == ""
    assert readable("a.csv.GZ")
    assert readable("a.HTM")
    assert not readable("a.gz")
    assert not readable("a.tar.gz")
    assert not readable("a.zip.gz")
    assert not readable("a.doc")


def test_a_path_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(OriginMissing, match="not there"):
        list(load(tmp_path / "none.txt", Settings()))


def test_a_file_that_vanishes_while_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"text\n{WORDS}\n")
    from ingest.load import read
    from ingest.load.content import Content

    def opener() -> object:
        path.unlink(missing_ok=True)
        return path.open("rb")

    with pytest.raises(FileNotFoundError):
        list(read(Content("a.csv", opener, Settings()), 1))  # type: ignore[arg-type]
    with pytest.raises(OriginMissing):
        list(load(path, Settings()))


def test_a_format_that_is_not_read_is_refused_with_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "a.doc"
    path.write_bytes(b"words")
    with pytest.raises(OriginRefused, match=r"\.doc is no format.*\.docx"):
        list(load(path, Settings()))


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OriginRefused, match="folder"):
        list(load(tmp_path / "a.txt", Settings()))


def test_a_name_stands_for_the_path_of_an_upload(tmp_path: Path) -> None:
    path = tmp_path / "upload-1"
    path.write_text(f"# Bridge agreed\n\n{WORDS}")
    assert [item.title for item in load(path, Settings(), name="bridge.md")] == ["Bridge agreed"]


def test_a_file_over_the_limit_names_limit_and_variable(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(OriginTooLarge, match=r"20 MB.*DATELINE_MAX_ARTICLE_MB"):
        list(load(path, Settings()))


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), (" \n\n", "empty"), ("Hello", "1 word,")])
def test_what_is_too_short_is_no_article(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    with pytest.raises(NotAnArticle, match=reason):
        list(load(path, Settings()))


def test_text_without_spaces_between_words_is_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("市議会は月曜日に市役所で会合を開き、川に新しい橋を架けることで合意した。", encoding="utf-8")
    assert len(list(load(path, Settings()))) == 1


@pytest.mark.parametrize("name", ["a.txt.gz", "a.md.gz", "a.jsonl.gz", "a.csv.gz", "a.html.gz"])
def test_gzip_of_a_format_is_read_as_that_format(tmp_path: Path, name: str) -> None:
    content = {
        "txt": WORDS,
        "md": f"# T\n\n{WORDS}",
        "jsonl": f'{{"text": "{WORDS}"}}\n',
        "csv": f"text\n{WORDS}\n",
        "html": f"<html><body><article><p>{WORDS} It will cost four million and open in the spring.</p></article></body></html>",
    }[name.split(".")[1]]
    (tmp_path / name).write_bytes(gzip.compress(content.encode()))
    [item] = load(tmp_path / name, Settings())
    assert isinstance(item, Loaded)
    assert WORDS in item.text


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b" " * 30_000_000))
    with pytest.raises(OriginTooLarge, match="DATELINE_MAX_RATIO"):
        list(load(tmp_path / "a.jsonl.gz", Settings()))
    with pytest.raises(OriginTooLarge, match="DATELINE_MAX_EXPANDED_MB"):
        list(load(tmp_path / "a.jsonl.gz", Settings(max_ratio=1e9, max_expanded_mb=5)))


def test_a_gzip_file_cut_short_or_false_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(WORDS.encode() * 100)[:-20])
    with pytest.raises(OriginError, match="cut short"):
        list(load(path, Settings()))
    path.write_bytes(b"not gzip at all")
    with pytest.raises(OriginError, match="unpacked"):
        list(load(path, Settings()))


def test_the_address_gives_what_the_record_does_not_state(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "{WORDS}", "url": "https://www.town.example/2024/11/19/bridge/?utm_medium=x"}}')
    [item] = load(path, Settings())
    assert isinstance(item, Loaded)
    assert item.url == "https://www.town.example/2024/11/19/bridge/?utm_medium=x"
    assert item.canonical == "https://www.town.example/2024/11/19/bridge"
    assert (str(item.date), item.source) == ("2024-11-19", "town.example")
    assert item.found == {"date": "address", "source": "host of the address"}


def test_a_date_is_never_taken_from_the_file(tmp_path: Path) -> None:
    for name, text in (
        ("a.txt", WORDS),
        ("a.md", WORDS),
        ("a.jsonl", f'{{"text": "{WORDS}", "created": "2024-11-19"}}'),
    ):
        (tmp_path / name).write_text(text)
        [item] = load(tmp_path / name, Settings())
        assert isinstance(item, Loaded)
        assert item.date is None, name


def test_a_short_record_is_a_fault_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"text": "Hello"}}\n{{"text": "{WORDS}"}}\n')
    first, second = load(path, Settings())
    assert first == Fault("line 1", "it holds 1 word, too few for an article")
    assert isinstance(second, Loaded)
