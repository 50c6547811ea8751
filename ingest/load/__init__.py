"""A file, a page or a feed becomes articles as they were read: one file per format, a table from suffix to loader.

    for item in load(Path("news.jsonl.gz"), settings):
        item            # Loaded(text="…", title="…", place="line 1") or Fault("line 7", "…")

A part that cannot be read is a `Fault` and the rest goes on; an origin that cannot be read at all raises
OriginError. Dates come from what the article states, never from a file's time or the day of the fetch.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from rag.errors import NotAnArticle, OriginError, OriginMissing, OriginRefused
from rag.settings import Settings

if TYPE_CHECKING:
    from ingest.fetch import Fetched
    from ingest.load.content import Content

__all__ = ["LOADERS", "Fault", "Item", "Loaded", "Loader", "load", "load_url", "readable", "suffix_of"]

_UNSPACED = re.compile("[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff]")  # scripts that put no space between words
FEWEST_WORDS = 5  # fewer say nothing that could be asked about: a title without its article


@dataclass(frozen=True, slots=True)
class Loaded:
    """One article as read, its text not yet normalised; what the origin does not state is None.

    `url` is as given, `canonical` is cleaned and is what ids are made from. `place` is where in the origin
    it stood ("line 7", "member a/b.txt"), empty where the origin is one article. `found` says where each of
    title, date, updated, source and author was found.
    """

    text: str
    title: str | None = None
    date: dt.date | None = None
    updated: dt.date | None = None
    source: str | None = None
    author: str | None = None
    url: str | None = None
    canonical: str | None = None
    language: str | None = None
    place: str = ""
    found: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One part of an origin that could not be read; the rest of the origin goes on."""

    place: str
    reason: str


Item = Loaded | Fault


@dataclass(frozen=True, slots=True)
class Loader:
    """`function` is "module:function" in this package; `many`: holds many articles; `keeps`: an article that is
    no longer in it is not gone, because entries roll off a feed."""

    function: str
    many: bool = False
    keeps: bool = False

    def resolve(self) -> Callable[[Content], Iterator[Item]]:
        module, _, name = self.function.partition(":")
        return cast(
            "Callable[[Content], Iterator[Item]]", getattr(importlib.import_module(f"{__name__}.{module}"), name)
        )


_TEXT, _MARKDOWN, _HTML = Loader("text:read"), Loader("markdown:read"), Loader("html:read")
_LINES, _TABLE = Loader("records:read_lines", many=True), Loader("records:read_csv", many=True)
_FEED = Loader("feed:read", many=True, keeps=True)

LOADERS: Mapping[str, Loader] = {
    ".txt": _TEXT,
    ".text": _TEXT,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": Loader("pdf:read"),
    ".docx": Loader("docx:read"),
    ".jsonl": _LINES,
    ".ndjson": _LINES,
    ".json": Loader("records:read_json", many=True),
    ".csv": _TABLE,
    ".tsv": _TABLE,
    ".parquet": Loader("records:read_parquet", many=True),
    ".rss": _FEED,
    ".atom": _FEED,
    ".xml": _FEED,
    ".zip": Loader("zip:read", many=True),
}

# What a server says that it sends -> the suffix whose loader reads it. None: the address's own suffix decides.
TYPES: Mapping[str, str | None] = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/rss+xml": ".rss",
    "application/atom+xml": ".atom",
    "application/rdf+xml": ".rss",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/json": ".json",
    "application/x-ndjson": ".jsonl",
    "application/jsonl": ".jsonl",
    "text/csv": ".csv",
    "text/markdown": ".md",
    "application/zip": ".zip",
    "text/plain": None,
    "application/octet-stream": None,
    "binary/octet-stream": None,
    "application/gzip": None,
    "application/x-gzip": None,
    "": None,
}


def suffix_of(path: Path | str) -> str:
    """The suffix that chooses the loader, in lower case: suffix_of("News.JSONL.gz") == ".jsonl.gz"."""
    suffixes = [s.lower() for s in Path(path).suffixes]
    if suffixes[-1:] == [".gz"]:
        return "".join(suffixes[-2:])
    return "".join(suffixes[-1:])


def loader_of(path: Path | str) -> Loader | None:
    """The row of the table for this name, or None; a ".gz" of what is read is read too, save of a zip."""
    suffix = suffix_of(path)
    inner = suffix.removesuffix(".gz")
    if suffix != inner and inner == ".zip":
        return None
    return LOADERS.get(inner)


def readable(path: Path | str) -> bool:
    return loader_of(path) is not None


def load(
    path: Path, settings: Settings, *, name: str | None = None, fields: Mapping[str, str] | None = None
) -> Iterator[Item]:
    """The articles of one file. `name` stands for the path's own where that is not telling (an upload).

    `fields` maps our names to the file's own, for records: {"text": "body_html", "source": "outlet.name"}.
    """
    from ingest.load.content import Content

    name = path.name if name is None else name
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise OriginRefused("it is a folder, and one file was expected; give the folder to ingest itself")
        content = Content(name=name, opener=lambda: path.open("rb"), settings=settings, fields=dict(fields or {}))
        yield from read(content, size)
    except FileNotFoundError as e:
        raise OriginMissing("the file is not there (any more)") from e
    except PermissionError as e:
        raise OriginError("the file may not be read by this user; change its permissions") from e
    except OSError as e:
        raise OriginError(f"the file could not be read: {e.strerror or e}") from e


def load_url(
    url: str,
    settings: Settings,
    *,
    fields: Mapping[str, str] | None = None,
    allow: frozenset[tuple[str, int]] = frozenset(),
) -> Iterator[Item]:
    """The articles at an address: a page, a feed, or a file of any format that is read, by its content type.

    `allow` names (IP address, port) pairs that may be reached though they are private: for tests.
    """
    from ingest.fetch import fetch
    from ingest.load.content import Content

    fetched = fetch(url, settings, allow=allow)
    content = Content(
        name="page" + _suffix_of_answer(fetched),
        opener=lambda: cast(IO[bytes], io.BytesIO(fetched.content)),
        settings=settings,
        fields=dict(fields or {}),
        charset=fetched.charset,
        url=url,
        final=fetched.url,
        fetching=True,
        allow=allow,
    )
    for item in read(content, len(fetched.content)):
        yield item if isinstance(item, Fault) else _addressed(item, content)


def read(content: Content, size: int) -> Iterator[Item]:
    """The articles in `content`, by the loader that its name chooses; `size` is in bytes as packed."""
    loader = loader_of(content.name)
    if loader is None:
        raise OriginRefused(
            f"{suffix_of(content.name) or 'no suffix'} is no format that is read; these are: {' '.join(LOADERS)}"
        )
    if suffix_of(content.name).endswith(".gz"):
        content = content.unpacked(size)
    for item in loader.resolve()(content):
        yield item if isinstance(item, Fault) else _checked(_completed(item))


def _checked(item: Loaded) -> Item:
    """`item`, or what is wrong with it; raises where the article is its whole origin."""
    count = len(item.text.split())
    if count >= FEWEST_WORDS or len(_UNSPACED.findall(item.text)) >= 3 * FEWEST_WORDS:
        return item
    reason = "it is empty" if count == 0 else f"it holds {count} word{'s' * (count != 1)}, too few for an article"
    if not item.place:
        raise NotAnArticle(reason)
    return Fault(item.place, reason)


def _completed(item: Loaded) -> Loaded:
    """`item` with what its address itself states: a canonical form, a date in the path, the host as source."""
    from ingest.load import address

    item = replace(item, text=_storable(item.text) or "", title=_storable(item.title), author=_storable(item.author))
    found = dict(item.found)
    canonical = item.canonical or address.canonical(item.url)
    date, source = item.date, item.source
    if date is None and (date := address.date_in(canonical)):
        found["date"] = "address"
    if source is None and (source := address.host(canonical)):
        found["source"] = "host of the address"
    return replace(item, canonical=canonical, date=date, source=_storable(source), found=found)


def _storable(text: str | None) -> str | None:
    """`text` without halves of surrogate pairs, which JSON can spell and no database or pipe takes."""
    return text if text is None else text.encode("utf-8", "replace").decode("utf-8")


def _addressed(item: Loaded, content: Content) -> Loaded:
    """`item` from a fetched document that states no address of its own, with the one it was fetched from."""
    from ingest.load import address

    if item.url or item.place:
        return item
    return _completed(replace(item, url=content.url, canonical=address.canonical(content.final)))


def _suffix_of_answer(fetched: Fetched) -> str:
    """The suffix whose loader reads what a server sent, by its content type, its address or its first bytes."""
    suffix = TYPES.get(fetched.content_type, "")
    path = fetched.url.partition("#")[0].partition("?")[0]
    head = fetched.content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if suffix == ".html" and any(mark in head for mark in (b"<rss", b"<feed", b"<rdf:rdf")) and b"<html" not in head:
        return ".xml"
    if suffix is None:
        if head.startswith(b"%pdf-"):
            return ".pdf"
        if readable(path):
            return suffix_of(path)
        return ".html" if head.startswith((b"<!doctype html", b"<html")) else ".txt"
    if not suffix:
        raise OriginRefused(f"the server sends {fetched.content_type!r}, which is no format that is read")
    return suffix
