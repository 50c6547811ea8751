"""What a loader is handed: a name and a way to open its bytes, whatever they lay in.

    Content(name="a.jsonl", opener=path.open-like, settings=settings)

A loader of one article calls `read()`, which holds the limit for one article; a loader of many
calls `open()` and reads on. Everything unpacked on the way is counted against one `Budget`.
"""

from __future__ import annotations

import gzip
import io
import tempfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, BinaryIO, cast

from rag.errors import NotAnArticle, OriginError, OriginTooLarge
from rag.settings import Settings

MEGABYTE = 1_000_000
_GRACE = 1 * MEGABYTE  # below this, a high ratio harms nobody: ten kilobytes of blanks
_IN_MEMORY = 16 * MEGABYTE


class Budget:
    """What one origin may unpack to, in all: `limit` bytes, and `ratio` times its `packed` bytes.

    Counts what is really read: the sizes that an archive states about itself may lie.
    """

    def __init__(self, packed: int, settings: Settings) -> None:
        self.packed = max(packed, 1)
        self.settings = settings
        self.used = 0
        self.exceeded = False

    def spend(self, count: int) -> None:
        self.used += count
        self.check(self.used)

    def check(self, expanded: int) -> None:
        """OriginTooLarge where `expanded` bytes would be too many."""
        settings = self.settings
        self.exceeded = True  # until both limits are seen to hold
        if expanded > settings.max_expanded_mb * MEGABYTE:
            raise OriginTooLarge(
                f"it unpacks to more than {settings.max_expanded_mb:g} MB, the limit that DATELINE_MAX_EXPANDED_MB sets"
            )
        if expanded > _GRACE and expanded > self.packed * settings.max_ratio:
            raise OriginTooLarge(
                f"it unpacks to more than {settings.max_ratio:g} times its own size of {self.packed} bytes, as a zip "
                "bomb does; where that is meant, raise DATELINE_MAX_RATIO"
            )
        self.exceeded = False


class Bounded(io.RawIOBase):
    """A stream that is being unpacked, counted against a budget; its faults are told as OriginError."""

    def __init__(self, stream: IO[bytes], budget: Budget) -> None:
        self.stream = stream
        self.budget = budget

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self.stream.read(len(buffer))
        except (EOFError, zlib.error, gzip.BadGzipFile, OSError, RuntimeError, NotImplementedError) as e:
            raise OriginError(f"it is packed, and could not be unpacked ({e}); it may be cut short or damaged") from e
        except MemoryError:
            raise  # the worker's to report
        except Exception as e:
            # zipfile.BadZipFile derives from Exception itself, and so do the faults of rarer compressions: each
            # means that these bytes cannot be had, and is told as that.
            raise OriginError(f"it is packed, and could not be unpacked ({e}); it may be cut short or damaged") from e
        self.budget.spend(len(data))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.stream.close()
        super().close()


def buffered(stream: IO[bytes], budget: Budget) -> IO[bytes]:
    """A stream that is being unpacked, counted against `budget` and read by lines or blocks."""
    return cast(IO[bytes], io.BufferedReader(cast(Any, Bounded(stream, budget))))


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file, zip member or answer to a request, and what was said about them.

    `charset` is what the server stated; `url` is as given, `final` where redirects led;
    `depth` counts the zips around it; `fetching` lets the links of a feed be followed, and `allow` is fetch's own.
    """

    name: str
    opener: Callable[[], IO[bytes]]
    settings: Settings
    fields: Mapping[str, str] = field(default_factory=dict)
    budget: Budget | None = None
    charset: str | None = None
    url: str | None = None
    final: str | None = None
    depth: int = 0
    fetching: bool = False
    allow: frozenset[tuple[str, int]] = frozenset()

    def open(self) -> IO[bytes]:
        return self.opener()

    def read(self, limit_mb: float | None = None, what: str = "one article that DATELINE_MAX_ARTICLE_MB sets") -> bytes:
        """All bytes; OriginTooLarge past the limit for one article, NotAnArticle where there are none."""
        limit = self.settings.max_article_mb if limit_mb is None else limit_mb
        with self.open() as stream:
            data = read_up_to(stream, int(limit * MEGABYTE) + 1)
        if len(data) > limit * MEGABYTE:
            raise OriginTooLarge(f"it is larger than {limit:g} MB, the limit for {what}")
        if not data.strip():
            raise NotAnArticle("it is empty")
        return data

    def seekable(self) -> BinaryIO:
        """The bytes as a stream that can seek; a packed stream is first spooled, to disk past 16 MB."""
        stream = self.open()
        if stream.seekable():
            return cast(BinaryIO, stream)
        spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  the caller closes it
        with stream:
            while block := stream.read(1 << 20):
                spool.write(block)
        spool.seek(0)
        return cast(BinaryIO, spool)

    def unpacked(self, packed: int) -> Content:
        """This content with its gzip layer taken off: "a.jsonl.gz" becomes "a.jsonl"."""
        import dataclasses

        budget = Budget(packed, self.settings) if self.budget is None else self.budget

        def opener() -> IO[bytes]:
            return buffered(cast(IO[bytes], gzip.GzipFile(fileobj=self.open())), budget)

        return dataclasses.replace(self, name=self.name[: -len(".gz")], opener=opener, budget=budget)


def read_up_to(stream: IO[bytes], count: int) -> bytes:
    """At most `count` bytes, and fewer only at the end: one read of a raw stream may return less."""
    blocks = []
    while count > 0 and (block := stream.read(min(count, 1 << 20))):
        blocks.append(block)
        count -= len(block)
    return b"".join(blocks)
