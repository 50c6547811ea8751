"""PDF: the text of all pages as paragraphs, without the headers and footers that repeat.

Lines are joined where they run on and words where a hyphen split them. A page that cannot be read is a Fault at
"page 3". The date a PDF was made is no date of publication and is not read.
"""

from __future__ import annotations

import io
import logging
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ingest.load import Fault, Item
from ingest.load.content import Content
from ingest.load.text import head, is_head_line
from ingest.metadata import clean_author
from rag.errors import NotAnArticle, OriginError
from rag.text import one_line

_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]\n(?=[a-zа-яёәғқңөұүһіçéèàâêîôûäöüßčćžšđ])")
_ENDS = re.compile(r"[.!?:;…»”\"')\]]\s*$")
_NO_TITLE = re.compile(r"^(?:microsoft word\b.*|untitled.*|document\d*|.*\.(?:docx?|pdf|indd|qxd|rtf|odt|tmp))$", re.I)
_TITLE_LINES = 5
_TITLE_WORDS = 25
_HEAD_PARAGRAPHS = 6
_EDGE = 2  # lines at the top and the bottom of a page that may be a running header or footer


def read(content: Content) -> Iterator[Item]:
    """One article of all pages; then a Fault for each page that could not be read."""
    reader = _open(content.read())
    pages: list[list[str]] = []
    faults = []
    for number, page in enumerate(reader.pages, start=1):
        try:
            pages.append([line.rstrip() for line in (page.extract_text() or "").split("\n")])
        except Exception as e:  # noqa: BLE001  pypdf raises whatever a damaged page trips over; the other pages go on
            faults.append(Fault(f"page {number}", f"it could not be read: {type(e).__name__}: {e}"[:300]))
    text = _paragraphs(_without_running_lines(pages))
    if len(text.split()) == 0:
        if faults:
            raise OriginError(f"none of its pages could be read; {faults[0].place}: {faults[0].reason}")
        raise NotAnArticle(
            f"its {len(pages)} pages have no text layer, as scans do not; run text recognition over it first "
            "(ocrmypdf, for one)"
        )
    yield _described(text, reader)
    yield from faults


def _open(data: bytes) -> Any:
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of each slip that it mended
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise OriginError("it is encrypted and asks for a password; save it without one")
        _ = len(reader.pages)
    except PyPdfError as e:
        raise OriginError(f"it is no PDF that can be read ({e}); it may be cut short") from e
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, NotImplementedError) as e:
        raise OriginError(f"it is a damaged PDF ({type(e).__name__}: {e})") from e
    return reader


def _described(text: str, reader: Any) -> Item:
    """The article with title and author of the PDF's own properties, else of its first lines."""
    try:
        properties = reader.metadata or {}
        stated = {
            name: one_line(str(properties.get(key) or "")) for name, key in (("title", "/Title"), ("author", "/Author"))
        }
    except Exception:  # noqa: BLE001  damaged properties are as good as none, whatever pypdf raises for them
        stated = {"title": "", "author": ""}
    title = stated["title"] if len(stated["title"].split()) >= 2 and not _NO_TITLE.match(stated["title"]) else ""
    item = head(text).loaded()
    if title:
        words = r"\s+".join(map(re.escape, title.split()))
        rest = re.sub(rf"\A\s*{words}\s*", "", text)
        item = replace(head(rest or text).loaded(), title=title)
        item = replace(item, found={**item.found, "title": "PDF metadata"})
    author = clean_author(stated["author"])
    if item.author is None and author and len(author.split()) >= 2:
        item = replace(item, author=author, found={**item.found, "author": "PDF metadata"})
    return item


def _without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Pages without lines that stand at the edge of most of them, numbers aside: "Page 3 of 7", a paper's name."""
    trimmed = ["\n".join(lines).strip("\n").split("\n") for lines in pages]
    if len(trimmed) < 3:
        return [[line for line in lines if not _page_number(line)] for lines in trimmed]
    edges = Counter(key for lines in trimmed for key in {_key(line) for line in lines[:_EDGE] + lines[-_EDGE:]})
    running = {key for key, count in edges.items() if count >= max(3, 0.6 * len(trimmed))}

    def kept(index: int, line: str, count: int) -> bool:
        inside = _EDGE <= index < count - _EDGE
        return inside or not (_key(line) in running or _page_number(line))

    return [[line for i, line in enumerate(lines) if kept(i, line, len(lines))] for lines in trimmed]


def _key(line: str) -> str:
    return re.sub(r"\d+", "#", one_line(line).lower())


def _page_number(line: str) -> bool:
    return bool(
        re.fullmatch(r"\s*(?:page|стр\.?|с\.)?\s*[-–—]?\s*\d{1,4}\s*[-–—]?\s*(?:(?:of|/|из)\s*\d{1,4})?\s*", line, re.I)
    )


def _with_whole_title(lines: list[str]) -> list[str]:
    """The first page with the lines above its byline as one: a long title is set over several."""
    for index, line in enumerate(lines[:_TITLE_LINES]):
        if is_head_line(line):
            title = one_line(" ".join(lines[:index]))
            return [title, *lines[index:]] if title and len(title.split()) <= _TITLE_WORDS else lines
    return lines


def _paragraphs(pages: list[list[str]]) -> str:
    """Lines joined into paragraphs: a blank line ends one, and so does a short line that ends a sentence."""
    widths = sorted(len(line) for lines in pages for line in lines if line.strip())
    short = 0.75 * widths[int(len(widths) * 0.8)] if widths else 0
    paragraphs: list[str] = []
    current: list[str] = []

    def close() -> None:
        if current:
            paragraphs.append(" ".join(_HYPHEN.sub("", "\n".join(current)).split("\n")))
            current.clear()

    for number, lines in enumerate(pages):
        for line in _with_whole_title(lines) if number == 0 else lines:
            first = number == 0 and not paragraphs and not current
            alone = number == 0 and len(paragraphs) < _HEAD_PARAGRAPHS and is_head_line(line)
            if alone or not line.strip():
                close()
            if line.strip():
                current.append(line.strip())
            ended = _ENDS.search(line)
            if alone or (len(line) < short and (ended or first)):
                close()
        if current and _ENDS.search(current[-1]):
            close()  # a page that ends with a sentence; one that does not runs on to the next
    close()
    return "\n\n".join(paragraphs)
