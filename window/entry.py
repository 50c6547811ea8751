"""How one comes into the window, and what one may do there.

one password for all      user:password, and whoever has it may do everything
people of a file          each with a password and a role: editors add and remove, readers ask and read
a proxy on this machine   names the user in a header; with a file too, what the user may do stands there
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rag.errors import UsageError
from rag.people import People
from rag.settings import Settings

Check = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Entry:
    """`check` is asked for a name and password; `header` names the user where a proxy has let in; neither: all may in."""

    check: Check | None = None
    header: str | None = None
    people: People | None = None

    @property
    def closed(self) -> bool:
        return self.check is not None or self.header is not None

    def user(self, request: Any) -> str | None:
        """Whom the proxy names; None, which lets nobody in, where the request is not the proxy's. For Gradio."""
        from_here = request.client is not None and _loopback(request.client.host)
        name = (request.headers.get(self.header or "") or "").strip()
        return name[:64] if from_here and name else None

    def may_edit(self, request: Any) -> bool:
        """Whether who asks may add and remove articles."""
        return self.people is None or self.people.role(getattr(request, "username", None)) == "editor"


def entry_of(settings: Settings, auth: str | None = None, *, no_auth: bool = False) -> Entry:
    """`auth`, "user:password", wins over the settings. Raises UsageError for another form, or a file that cannot be read."""
    if no_auth:
        return Entry()
    people = People(Path(settings.auth_file).expanduser()) if settings.auth_file and not auth else None
    if settings.auth_header and not auth:
        return Entry(header=settings.auth_header, people=people)
    if people is not None:
        return Entry(people.check, people=people)
    pair = _credentials(auth or settings.auth)
    return Entry(checker(*pair) if pair is not None else None)


def checker(user: str, password: str) -> Check:
    """Compares in a time that tells nothing of how much was right."""

    def check(given_user: str, given_password: str) -> bool:
        right = hmac.compare_digest(given_user.encode(), user.encode())
        return hmac.compare_digest(given_password.encode(), password.encode()) and right

    return check


def _credentials(auth: str | None) -> tuple[str, str] | None:
    if not auth:
        return None
    user, colon, password = auth.partition(":")
    if not user or not colon or not password:
        raise UsageError("--auth (or DATELINE_AUTH) takes user:password, neither of them empty")
    return user, password


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
