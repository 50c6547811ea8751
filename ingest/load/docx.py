"""Word documents: paragraphs and tables in the order they are read.

The dates in a document's properties say when the file was made, not when the article was published: they are
not read. python-docx unpacks everything into memory, so sizes are looked at first.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.load import Item
from ingest.load.content import MEGABYTE, Content
from ingest.load.text import head
from ingest.metadata import clean_author
from rag.errors import NotAnArticle, OriginError, OriginTooLarge
from rag.text import one_line

_XML_SHARE = 0.5  # of the limit for an article: its tree takes some twenty times the XML's size in memory
_CUT = "it is no Word document that can be read: it may be cut short, or an older .doc; save it as .docx again"
_GENERIC = {"python-docx", "author", "user", "admin", "windows user", "microsoft office user", "word document"}


def read(content: Content) -> Iterator[Item]:
    """One article; title and author from the first lines, else the document's properties."""
    data = content.read()
    _check_sizes(data, content)
    document = _open(data)
    blocks = [text for block in document.iter_inner_content() if (text := _text(block))]
    text = "\n\n".join(blocks)
    if not text.strip():
        raise NotAnArticle("the document holds no text")
    yield _described(text, document)


def _check_sizes(data: bytes, content: Content) -> None:
    limit = content.settings.max_article_mb * MEGABYTE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
        raise OriginError(_CUT) from e
    markup = sum(m.file_size for m in members if m.filename.endswith((".xml", ".rels")))
    everything = sum(m.file_size for m in members)
    if markup > limit * _XML_SHARE or everything > 5 * limit:
        raise OriginTooLarge(
            f"it unpacks to {everything / MEGABYTE:.0f} MB, {markup / MEGABYTE:.0f} MB of it text; documents of up to "
            f"{limit * _XML_SHARE / MEGABYTE:g} MB of text are read (half of DATELINE_MAX_ARTICLE_MB)"
        )
    if everything > MEGABYTE and everything > content.settings.max_ratio * len(data):
        raise OriginTooLarge("it unpacks to far more than its size, as a zip bomb does (DATELINE_MAX_RATIO)")


def _open(data: bytes) -> Any:
    import docx

    try:
        return docx.Document(io.BytesIO(data))
    except Exception as e:
        # python-docx raises KeyError, ValueError, BadZipFile, lxml's and its own for the same thing: a file that
        # is none of its documents. The article is given up, with that as the reason.
        raise OriginError(_CUT) from e


def _text(block: Any) -> str:
    """A paragraph's words, or a table's: a line for each row, cells set apart by " | "."""
    if not hasattr(block, "rows"):
        return str(block.text).strip()
    lines = []
    for row in block.rows:
        cells: list[str] = []
        seen: list[Any] = []
        for cell in row.cells:
            if any(cell._tc is other for other in seen):
                continue  # python-docx gives a merged cell once for each column it spans
            seen.append(cell._tc)
            cells.append(
                " ".join(filter(None, (" ".join(_text(inner).split()) for inner in cell.iter_inner_content())))
            )
        lines.append(" | ".join(cells).strip(" |"))
    return "\n".join(filter(None, lines))


def _described(text: str, document: Any) -> Item:
    item = head(text).loaded()
    properties = document.core_properties
    title, author = one_line(properties.title or ""), clean_author(properties.author)
    if item.title is None and len(title.split()) >= 2 and title.lower() not in _GENERIC:
        item = replace(item, title=title, found={**item.found, "title": "document properties"})
    if item.author is None and author and author.lower() not in _GENERIC and len(author.split()) >= 2:
        item = replace(item, author=author, found={**item.found, "author": "document properties"})
    return item
