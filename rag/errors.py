"""The errors that Dateline raises. Each says what was tried, what was found and what to do.

DatelineError
├── UsageError              a setting, argument or command that cannot be meant
├── ArchiveError
│   ├── ArchiveMissing      no archive there
│   ├── ArchiveLocked       another process writes
│   ├── ArchiveMismatch     made with another embedder
│   ├── ArchiveTooNew       made by a newer Dateline
│   ├── ArchiveDamaged      the catalog itself cannot be read
│   ├── DiskFull            no room to write; what was acknowledged is kept
│   ├── NotKept             a conversation cannot be written: a read-only folder, a full disk
│   └── VectorsFault        Chroma failed, is unreachable or damaged
├── OriginError             one file, page or feed entry cannot be read
│   ├── OriginMissing       it is not there (any more)
│   ├── OriginTooLarge      past a limit that settings name
│   ├── OriginRefused       robots.txt, a private address, a scheme we do not read
│   └── NotAnArticle        read, but it holds no article
├── EmbedderError           the embedding model cannot be loaded or does not fit
├── ReaderError             the reader's files are missing or not the shipped ones
└── ModelError              the chat model
    ├── ModelMissing        its package or its key is not there
    └── ModelFault          it failed while answering
"""

from __future__ import annotations


class DatelineError(Exception):
    """The root: `except DatelineError` catches everything that is not a bug."""


class UsageError(DatelineError):
    pass


class ArchiveError(DatelineError):
    pass


class ArchiveMissing(ArchiveError):
    pass


class ArchiveLocked(ArchiveError):
    pass


class ArchiveMismatch(ArchiveError):
    pass


class ArchiveTooNew(ArchiveError):
    pass


class ArchiveDamaged(ArchiveError):
    pass


class DiskFull(ArchiveError):
    pass


class NotKept(ArchiveError):
    pass


class VectorsFault(ArchiveError):
    pass


class OriginError(DatelineError):
    """`place` is where in the origin: "line 7", "page 3", "member a.txt"; empty for all of it."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


class OriginMissing(OriginError):
    pass


class OriginTooLarge(OriginError):
    pass


class OriginRefused(OriginError):
    pass


class NotAnArticle(OriginError):
    pass


class EmbedderError(DatelineError):
    pass


class ReaderError(DatelineError):
    pass


class ModelError(DatelineError):
    pass


class ModelMissing(ModelError):
    pass


class ModelFault(ModelError):
    """`kind` is one word for what went wrong: "deadline", "refused", "empty", "incomplete", "network"."""

    def __init__(self, message: str, kind: str = "fault") -> None:
        super().__init__(message)
        self.kind = kind
