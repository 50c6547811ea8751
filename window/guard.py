"""What stands between the window and the web: headers that stop loads from other hosts, checks of who asks.

Scripts in the page run only with the nonce of this very response, so that markup that slipped through every other
door would still do nothing; styles, pictures, fonts and connections come from this server alone.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; media-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; frame-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_SCRIPT = re.compile(rb"<script(?=[\s>])")


class Guard:
    """ASGI middleware. `hosts`, where given, are the only names under which the server may be addressed.

    A page elsewhere whose name was pointed at 127.0.0.1 would otherwise reach a window that asks for no password.
    """

    def __init__(self, app: App, hosts: Collection[str] = ()) -> None:
        self._app, self._hosts = app, frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {k.lower(): v for k, v in scope["headers"]}
        refusal = self._refusal(scope["method"], headers)
        if refusal:
            await _refuse(refusal, send)
            return
        if b"text/html" in headers.get(b"accept", b""):  # a compressed page could not be given its nonces
            scope["headers"] = [(k, v) for k, v in scope["headers"] if k.lower() != b"accept-encoding"]
        await self._app(scope, receive, _Page(send))

    def _refusal(self, method: str, headers: dict[bytes, bytes]) -> str | None:
        name = headers.get(b"host", b"").decode("latin-1")
        if self._hosts and re.sub(r":\d+$", "", name) not in self._hosts:
            return "This window answers only to the name of this machine; open it at the address that it printed."
        if method not in ("GET", "HEAD", "OPTIONS") and headers.get(b"sec-fetch-site") == b"cross-site":
            return "Another site may not use this window."
        return None


class _Page:
    """Passes a response on with its headers; an HTML page is held until its scripts have their nonce."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._nonce = secrets.token_urlsafe(16)
        self._held: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(k, v) for k, v in message["headers"] if k.lower() != b"content-security-policy"]
            policy = POLICY.format(nonce=self._nonce).encode()
            message = {**message, "headers": [*kept, *HEADERS, (b"content-security-policy", policy)]}
            if {k.lower(): v for k, v in kept}.get(b"content-type", b"").startswith(b"text/html"):
                self._held = message
                return
        elif self._held is not None:
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            start, self._held = self._held, None
            body = _SCRIPT.sub(b'<script nonce="' + self._nonce.encode() + b'"', self._body)
            sized = [(k, v) for k, v in start["headers"] if k.lower() != b"content-length"]
            await self._send({**start, "headers": [*sized, (b"content-length", str(len(body)).encode())]})
            message = {"type": "http.response.body", "body": body}
        await self._send(message)


async def _refuse(reason: str, send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), *HEADERS]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": reason.encode()})
