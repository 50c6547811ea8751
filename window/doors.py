"""Which page an address opens: the window has one for each language of each archive.

    /                             the window of the only archive, in English, and what programs ask of it
    /ru/?conversation=ID          the same in Russian
    /in/news/ru/?conversation=ID  where there are several archives: that of the folder "news"

The language is the browser's choice, not the address's: who opens a link that somebody else copied is led to the page
in a language of their own.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from rag.errors import UsageError
from window.guard import App, Receive, Scope, Send
from window.words import COOKIE, LOCALES, language_for


@dataclass(frozen=True, slots=True)
class Door:
    """A page: of the archive that addresses call so, "" where there is only one, in this language."""

    archive: str = ""
    language: str = "en"

    @property
    def path(self) -> str:
        parts = (*(("in", self.archive) if self.archive else ()), *(() if self.language == "en" else (self.language,)))
        return "/" + "/".join(parts)


@dataclass(frozen=True, slots=True)
class Way:
    """A link from one archive's page to that of an archive, itself among them: its name, an address, whether it is here."""

    name: str
    href: str
    here: bool


def doors(archives: Sequence[str]) -> list[Door]:
    """The pages of archives of these names in addresses, that of "/" last: it takes all that no other takes."""
    found = [Door(archive, language) for archive in archives for language in LOCALES]
    return sorted(found, key=lambda door: len(door.path), reverse=True)


def called(names: Sequence[str]) -> dict[str, str]:
    """What addresses call archives of these names -> the name; "" for a single one. Raises UsageError for two of a name.

    called(["news"])                  ->  {"": "news"}
    called(["news", "Local papers"])  ->  {"news": "news", "local-papers": "Local papers"}
    """
    if len(names) == 1:
        return {"": names[0]}
    found: dict[str, str] = {}
    for name in names:
        slug = "-".join(re.findall(r"[a-z0-9]+", name.lower())) or hashlib.sha256(name.encode()).hexdigest()[:8]
        if slug in found:
            raise UsageError(
                f"the archives {found[slug]!r} and {name!r} have the same name in addresses; rename one's folder"
            )
        found[slug] = name
    return found


def ways(archives: Mapping[str, str], door: Door) -> tuple[Way, ...]:
    """From this page to every archive; none where there is only one."""
    up = "../" * (1 if door.language == "en" else 2)
    return tuple(Way(name, f"{up}{slug}/", slug == door.archive) for slug, name in archives.items() if slug)


class Doors:
    """ASGI middleware: leads who opens a page to it in the language for this browser; `setting` is the window's own."""

    def __init__(self, app: App, archives: Sequence[str] = ("",), setting: str | None = None) -> None:
        self._app, self._setting = app, setting
        self._doors = {"": Door(archives[0])} | {door.path.rstrip("/"): door for door in doors(archives)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = self._doors.get(scope["path"].rstrip("/")) if scope["type"] == "http" else None
        headers = {k.lower(): v.decode("latin-1") for k, v in scope["headers"]} if here else {}
        if here and scope["method"] == "GET" and "text/html" in headers.get(b"accept", ""):
            language = language_for(_kept(headers), self._setting, headers.get(b"accept-language"))
            to = Door(here.archive, language).path.rstrip("/") + "/"
            if to != scope["path"]:
                query = scope["query_string"].decode("latin-1")
                await _lead(f"{scope.get('root_path', '')}{to}{'?' + query if query else ''}", send)
                return
        await self._app(scope, receive, send)


def _kept(headers: Mapping[bytes, str]) -> str | None:
    """The language that was chosen in this browser."""
    try:
        found = SimpleCookie(headers.get(b"cookie", "")).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None else None


async def _lead(to: str, send: Send) -> None:
    headers = [(b"location", to.encode("latin-1")), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 307, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
