"""A zip of anything that is read: its members go through the same table, one zip inside another at most.

Nothing is unpacked to disk, so a member named "../../etc/passwd" is only a name. What is unpacked is counted as it
is read, against the limits of size and ratio.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, cast

from ingest.load import Fault, Item, readable, suffix_of
from ingest.load import read as read_content
from ingest.load.content import Budget, Content, buffered
from rag.errors import NotAnArticle, OriginError, OriginTooLarge

_DEEPEST = 1
_MOST_MEMBERS = 200_000


def read(content: Content) -> Iterator[Item]:
    """The articles of every member that is read, at "member a/b.txt"; the others are passed over."""
    with content.seekable() as stream:
        packed = stream.seek(0, io.SEEK_END)
        stream.seek(0)
        try:
            archive = zipfile.ZipFile(stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as e:
            raise OriginError(f"it is no zip that can be read ({e}); it may be cut short") from e
        budget = Budget(packed, content.settings) if content.budget is None else content.budget
        with archive:
            members = _members(archive)
            # By what the zip states about itself, so that a bomb is refused before anything of it is kept.
            budget.check(budget.used + sum(member.file_size for member in members))
            for member in members:
                yield from _member(archive, member, replace(content, budget=budget))


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    every = [m for m in archive.infolist() if not m.is_dir()]
    if len(every) > _MOST_MEMBERS:
        raise OriginTooLarge(f"it holds {len(every)} files; up to {_MOST_MEMBERS} are read")
    members = [m for m in every if readable(m.filename) and not _hidden(m.filename)]
    if not members:
        kinds = sorted({suffix_of(m.filename) or "no suffix" for m in every})
        raise NotAnArticle(
            f"none of its {len(every)} files is of a format that is read ({', '.join(kinds)[:100] or 'empty'})"
        )
    return members


def _hidden(name: str) -> bool:
    return any(part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in name.split("/"))


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, content: Content) -> Iterator[Item]:
    """The articles of one member; OriginTooLarge ends the whole zip, any other error only the member."""
    place = f"member {member.filename}"
    if member.flag_bits & 0x1:
        yield Fault(place, "it is encrypted; zip it without a password")
        return
    if suffix_of(member.filename) == ".zip" and content.depth >= _DEEPEST:
        yield Fault(place, "it is a zip inside a zip inside a zip, which is not read; unpack it")
        return
    budget = cast(Budget, content.budget)

    def opener() -> IO[bytes]:
        try:
            stream = archive.open(member)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as e:
            raise OriginError(f"it could not be unpacked ({e})") from e
        return buffered(stream, budget)

    inner = replace(content, name=member.filename.rpartition("/")[2], opener=opener, depth=content.depth + 1,
                    url=None, final=None, charset=None)  # fmt: skip
    try:
        for item in read_content(inner, member.compress_size):
            yield replace(item, place=f"{place}, {item.place}" if item.place else place)
    except OriginTooLarge as e:
        if budget.exceeded:
            raise
        yield Fault(place, e.reason)
    except OriginError as e:
        yield Fault(f"{place}, {e.place}" if e.place else place, e.reason)
