"""PDF: paragraphs of all pages; encrypted, scanned and damaged files."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest

from ingest.load import Loaded, load
from ingest.load.pdf import _paragraphs, _without_running_lines
from rag.errors import NotAnArticle, OriginError
from rag.settings import Settings

LINES = [
    "The council met on Monday in the town hall and agreed to build a bridge be-",
    "tween the two halves of the town, which a river has kept apart since it was",
    "founded. It will cost four million.",
    "Opponents fear for the meadows on the far bank, and want to take the case to",
    "the regional court before work begins in the spring.",
]
TEXT = (
    "The council met on Monday in the town hall and agreed to build a bridge between the two halves of the town, "
    "which a river has kept apart since it was founded. It will cost four million.\n\nOpponents fear for the meadows "
    "on the far bank, and want to take the case to the regional court before work begins in the spring."
)


def _pdf(pages: list[list[str]], **properties: str) -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file)
    for name, value in properties.items():
        getattr(canvas, f"set{name}")(value)
    for lines in pages:
        for number, line in enumerate(lines):
            canvas.drawString(50, 800 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _load(tmp_path: Path, data: bytes) -> Loaded:
    path = tmp_path / "a.pdf"
    path.write_bytes(data)
    [item] = load(path, Settings())
    assert isinstance(item, Loaded)
    return item


def test_a_head_paragraphs_and_words_that_a_line_end_split(tmp_path: Path) -> None:
    title = ["Bridge over the river agreed after a", "debate of four hours"]
    item = _load(tmp_path, _pdf([[*title, "By Jane Doe", "Source: Town News", "19 November 2024", *LINES]]))
    assert item.text == TEXT
    assert (item.title, item.author, item.source) == (" ".join(title), "Jane Doe", "Town News")
    assert (item.date, item.found["date"]) == (dt.date(2024, 11, 19), "text head")


def test_properties_give_title_and_author_and_never_a_date(tmp_path: Path) -> None:
    item = _load(tmp_path, _pdf([LINES], Title="Bridge agreed", Author="Jane Doe"))
    assert (item.title, item.author, item.date) == ("Bridge agreed", "Jane Doe", None)
    assert item.found == {"title": "PDF metadata", "author": "PDF metadata"}
    assert _load(tmp_path, _pdf([LINES], Title="Microsoft Word - a.docx", Author="user")).found == {}


def test_headers_footers_and_page_numbers_go(tmp_path: Path) -> None:
    pages = [["The Town News", f"Story number {name} begins here and is told in full.", f"Page {n} of 4"]
             for n, name in enumerate(["one", "two", "three", "four"], start=1)]  # fmt: skip
    text = _load(tmp_path, _pdf(pages)).text
    assert "Town News" not in text
    assert "Page" not in text
    assert text.count("begins here") == 4


def test_lines_inside_a_page_stay_though_they_repeat() -> None:
    pages = [["a", "b", "Said the mayor.", "c", "d"]] * 3
    assert all("Said the mayor." in lines for lines in _without_running_lines(pages))


def test_a_sentence_runs_on_over_the_page() -> None:
    assert _paragraphs([["It will cost four", "million and"], ["replace the ferry of old."]]).endswith(
        "million and replace the ferry of old."
    )


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_an_encrypted_pdf_is_told_and_one_with_an_empty_password_is_read(tmp_path: Path, algorithm: str) -> None:
    import pypdf

    def encrypted(password: str) -> bytes:
        writer, file = pypdf.PdfWriter(clone_from=io.BytesIO(_pdf([LINES]))), io.BytesIO()
        writer.encrypt(user_password=password, owner_password="owner", algorithm=algorithm)
        writer.write(file)
        return file.getvalue()

    with pytest.raises(OriginError, match=r"encrypted.*password"):
        _load(tmp_path, encrypted("secret"))
    assert _load(tmp_path, encrypted("")).text == TEXT


def test_a_pdf_without_a_text_layer_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotAnArticle, match="2 pages have no text layer"):
        _load(tmp_path, _pdf([[], []]))


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7\nnothing", b"no PDF at all", _pdf([LINES])[:400]], ids=["empty", "other", "cut"]
)
def test_a_damaged_pdf_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(OriginError, match="PDF"):
        _load(tmp_path, data)
