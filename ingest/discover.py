"""What the user named, as a list of origins: files, folders, globs and addresses, in a fixed order.

discover(["articles/", "https://example.org/a"])  ->  Found(origins=(…), failures=(…), skipped={".png": 3})
"""

from __future__ import annotations

import glob
import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.load import readable, suffix_of
from rag.types import Failure


@dataclass(frozen=True, slots=True)
class Found:
    """`origins` are absolute paths and addresses; `roots` are the files and folders that were named.

    `skipped` counts files in folders that are of no format we read, by suffix.
    """

    origins: tuple[str, ...]
    roots: tuple[str, ...]
    failures: tuple[Failure, ...]
    skipped: dict[str, int]


def is_address(origin: str) -> bool:
    return origin.startswith(("http://", "https://"))


def discover(named: Iterable[str | os.PathLike[str]]) -> Found:
    """Every origin once, folders in alphabetical order; what cannot be meant is a failure, and the rest goes on."""
    origins: dict[str, None] = {}
    roots, failures, skipped = list[str](), list[Failure](), Counter[str]()
    for one in named:
        name = os.fspath(one)
        if is_address(name):
            origins[name] = None
            continue
        if "://" in name:
            failures.append(Failure(name, "", "only files and http(s) addresses are read"))
            continue
        paths = _expand(name)
        if not paths:
            failures.append(Failure(name, "", f"there is no such file or folder (looked in {Path.cwd()})"))
        for path in paths:
            roots.append(str(path))
            for file in _files(path):
                if not _is_text(str(file)):
                    failures.append(
                        Failure(ascii(str(file)), "", "its name is no text in the system's encoding; rename it")
                    )
                elif _is_device(file):
                    failures.append(
                        Failure(str(file), "", "it is a pipe, a socket or a device, and a file was expected")
                    )
                elif readable(file):
                    origins[str(file)] = None
                elif path.is_dir():
                    skipped[suffix_of(file) or "no suffix"] += 1
                else:
                    failures.append(
                        Failure(str(file), "", f"no loader reads {suffix_of(file) or 'files without a suffix'}")
                    )
    return Found(tuple(origins), tuple(roots), tuple(failures), dict(skipped))


def _is_text(name: str) -> bool:
    """Whether the name can be stored: bytes that the system's encoding does not know come as lone surrogates."""
    return not any("\ud800" <= c <= "\udfff" for c in name)


def _is_device(path: Path) -> bool:
    """Whether opening `path` could wait for ever; a name that leads nowhere is left to the reading of it."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _expand(name: str) -> list[Path]:
    path = Path(name).expanduser()
    if path.exists() or path.is_symlink():
        return [_absolute(path)]
    if glob.has_magic(name):
        return [_absolute(Path(p)) for p in sorted(glob.glob(str(path), recursive=True))]
    return []


def _absolute(path: Path) -> Path:
    """Absolute, without "..", links as they are named: the origin is the name that the user knows."""
    return Path(os.path.abspath(path))


def _files(path: Path) -> Iterator[Path]:
    """The files under `path`, sorted; hidden ones are left out, and a loop of links is walked once."""
    if not path.is_dir():
        yield path
        return
    seen: set[str] = set()
    for folder, folders, files in os.walk(path, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        yield from (Path(folder, f) for f in sorted(files) if not f.startswith("."))
