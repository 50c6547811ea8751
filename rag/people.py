"""Who may use a window that several share: names, hashed passwords and roles, one person a line of a file.

    ana editor scrypt$16384$8$1$…$…        made by `dateline person ana`; the password stands nowhere
    ben reader scrypt$16384$8$1$…$…        may ask and read, not add or remove articles

Passwords are hashed with scrypt (RFC 7914) and a salt of their own. The file is read again when it has changed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

from rag.errors import UsageError

Role = Literal["editor", "reader"]
COST = (2**14, 8, 1)  # scrypt's n, r and p: 16 MB and some 50 ms a guess
SHORTEST = 8  # characters of a password
_NAME = re.compile(r"[\w.@+-]{1,64}")


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    role: Role
    hashed: str

    def __str__(self) -> str:
        return f"{self.name} {self.role} {self.hashed}"


class People:
    """The people of one file; usable from several threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._read: tuple[tuple[int, int], dict[str, Person]] | None = None
        self._all()  # a file that cannot be read is said at once, not at the first login

    def check(self, name: str, password: str) -> bool:
        """Whether the password is this person's; an unknown name takes as long."""
        person = self._all().get(name)
        right = matches(password, _nobody() if person is None else person.hashed)
        return right and person is not None

    def role(self, name: str | None) -> Role | None:
        """None where nobody has that name (any more)."""
        person = self._all().get(name or "")
        return None if person is None else person.role

    def _all(self) -> Mapping[str, Person]:
        with self._lock:
            state = _state(self.path)
            if self._read is None or self._read[0] != state:
                self._read = state, load(self.path)
            return self._read[1]


def load(path: Path) -> dict[str, Person]:
    """The people of a file, by name. Raises UsageError for a file or a line that cannot be read."""
    found: dict[str, Person] = {}
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as e:
        raise UsageError(f"the people in {path} cannot be read ({e}); `dateline person NAME` makes the file") from e
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = line.split()
        if len(parts) != 3 or not _NAME.fullmatch(parts[0]) or parts[1] not in get_args(Role) or not _parsed(parts[2]):
            raise UsageError(
                f"line {number} of {path} is not a name, a role ({' or '.join(get_args(Role))}) and a hashed password; "
                "`dateline person NAME` writes such lines"
            )
        found[parts[0]] = Person(parts[0], parts[1], parts[2])  # type: ignore[arg-type]
    return found


def put(path: Path, name: str, password: str, role: Role) -> None:
    """Add a person, or give one another password and role; the file is replaced at once, and is its owner's alone."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a name: letters, digits and . @ + - _, 64 at most")
    if len(password) < SHORTEST:
        raise UsageError(f"the password has {len(password)} characters; it takes at least {SHORTEST}")
    people = load(path) if path.exists() else {}
    people[name] = Person(name, role, hashed(password))
    _write(path, people)


def remove(path: Path, name: str) -> bool:
    """Take a person out; False where there was none of that name."""
    people = load(path)
    if people.pop(name, None) is None:
        return False
    _write(path, people)
    return True


def hashed(password: str) -> str:
    n, r, p = COST
    salt = secrets.token_bytes(16)
    return "$".join(("scrypt", f"{n}", f"{r}", f"{p}", _text(salt), _text(_key(password, salt, n, r, p))))


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that was hashed; compared in a time that tells nothing of how much was right."""
    parsed = _parsed(kept)
    if parsed is None:
        return False
    n, r, p, salt, key = parsed
    return hmac.compare_digest(_key(password, salt, n, r, p), key)


def _parsed(kept: str) -> tuple[int, int, int, bytes, bytes] | None:
    parts = kept.split("$")
    try:
        kind, n, r, p, salt, key = parts
        cost = int(n), int(r), int(p)
        found = (*cost, base64.b64decode(salt, validate=True), base64.b64decode(key, validate=True))
    except ValueError:
        return None
    # a file that asks for more than this would let a login take all the memory
    right = kind == "scrypt" and 2**10 <= cost[0] <= 2**17 and 1 <= cost[1] <= 16 and 1 <= cost[2] <= 4
    return found if right and len(found[4]) == 32 else None


def _key(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, n=n, r=r, p=p, maxmem=256 * n * r, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, -1
    return found.st_mtime_ns, found.st_size


def _write(path: Path, people: Mapping[str, Person]) -> None:
    pending = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    text = "".join(f"{person}\n" for person in people.values())
    try:
        with os.fdopen(os.open(pending, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(pending, path)
    except OSError as e:
        pending.unlink(missing_ok=True)
        raise UsageError(f"{path} cannot be written: {e}") from e


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hashed(secrets.token_urlsafe(16))
