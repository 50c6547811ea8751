"""Which page an address opens: the window has one for each language, and a browser is led to the one it wants.

    /                     the window in English, and what programs ask
    /ru/?conversation=ID  the same in Russian

The choice is the browser's, not the address's: who opens a link that somebody else copied reads it in a language of
their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

from window.guard import App, Receive, Scope, Send
from window.words import COOKIE, LOCALES, language_for


def path_of(language: str) -> str:
    return "/" if language == "en" else f"/{language}"


class Doors:
    """ASGI middleware: leads who opens a page to it in the language for this browser; `setting` is the window's own."""

    def __init__(self, app: App, setting: str | None = None) -> None:
        self._app, self._setting = app, setting
        self._pages = {path_of(code).rstrip("/"): code for code in LOCALES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = self._pages.get(scope["path"].rstrip("/")) if scope["type"] == "http" else None
        headers = {k.lower(): v.decode("latin-1") for k, v in scope["headers"]} if here else {}
        if here and scope["method"] == "GET" and "text/html" in headers.get(b"accept", ""):
            wanted = language_for(_kept(headers), self._setting, headers.get(b"accept-language"))
            if wanted != here:
                query = scope["query_string"].decode("latin-1")
                await _lead(
                    f"{scope.get('root_path', '')}{path_of(wanted).rstrip('/')}/{'?' + query if query else ''}", send
                )
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
