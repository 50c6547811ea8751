"""Word documents: paragraphs and tables in order; cut, bloated and empty files."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from ingest.load import Loaded, load
from rag.errors import NotAnArticle, OriginError, OriginTooLarge
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river."


def _docx(paragraphs: list[str], **properties: object) -> bytes:
    import docx

    document, file = docx.Document(), io.BytesIO()
    for text in paragraphs:
        document.add_paragraph(text)
    for name, value in properties.items():
        setattr(document.core_properties, name, value)
    document.save(file)
    return file.getvalue()


def _load(tmp_path: Path, data: bytes) -> Loaded:
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    [item] = load(path, Settings())
    assert isinstance(item, Loaded)
    return item


def test_paragraphs_and_tables_come_in_reading_order(tmp_path: Path) -> None:
    import docx

    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(WORDS)
    table = document.add_table(3, 2)
    for row, cells in enumerate([("Item", "Cost"), ("Bridge", "4 million"), ("In all", "")]):
        for column, text in enumerate(cells):
            table.cell(row, column).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    table.cell(1, 1).add_table(1, 1).cell(0, 0).text = "at most"
    document.add_paragraph("Work begins in spring.")
    document.save(file)
    expected = f"{WORDS}\n\nItem | Cost\nBridge | 4 million at most\nIn all\n\nWork begins in spring."
    assert _load(tmp_path, file.getvalue()).text == expected


def test_the_head_is_read_and_the_time_of_making_is_no_date(tmp_path: Path) -> None:
    made = dt.datetime(2020, 1, 1)
    item = _load(tmp_path, _docx(["Bridge agreed", "By Jane Doe", "19 November 2024", WORDS], created=made))
    assert (item.title, item.author, item.date) == ("Bridge agreed", "Jane Doe", dt.date(2024, 11, 19))
    undated = _load(tmp_path, _docx([WORDS], created=made, modified=made, title="Bridge agreed", author="Jane Doe"))
    assert undated.date is None
    assert undated.found == {"title": "document properties", "author": "document properties"}


def test_the_author_that_a_program_fills_in_is_none(tmp_path: Path) -> None:
    assert _load(tmp_path, _docx([WORDS])).author is None


@pytest.mark.parametrize("part", [0.2, 0.5, 0.95])
def test_a_document_cut_short_is_told(tmp_path: Path, part: float) -> None:
    data = _docx([WORDS])
    with pytest.raises(OriginError, match="cut short"):
        _load(tmp_path, data[: int(len(data) * part)])


def test_a_zip_that_is_no_document_is_told(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", WORDS)
    with pytest.raises(OriginError, match="no Word document"):
        _load(tmp_path, file.getvalue())


def test_a_small_file_that_unpacks_to_much_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = io.BytesIO(_docx([WORDS]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/more.xml", b"<a/>" * 4_000_000)
    with pytest.raises(OriginTooLarge, match="DATELINE_MAX_ARTICLE_MB"):
        _load(tmp_path, file.getvalue())


def test_a_document_without_words_is_no_article(tmp_path: Path) -> None:
    with pytest.raises(NotAnArticle, match="no text"):
        _load(tmp_path, _docx([]))
