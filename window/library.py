"""What the tab of articles does: keeps uploads, ingests, lists and removes."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import DatelineError, UsageError
from rag.text import fold
from rag.types import Report
from window.articles import progress_html, report_html
from window.markup import note
from window.pace import paced

if TYPE_CHECKING:
    from ingest.progress import Progress
    from rag.archive import Archive
    from rag.types import Article

UPLOADS = "uploads"  # folder in the archive, so that an uploaded article keeps its origin
PAGE = 25  # articles in the list at once
AT_ONCE = 100  # files or addresses in one go
TICK = 0.3  # seconds between two looks at an ingestion
_UNSAFE = re.compile(r"[^\w]+")


def keep(upload: Path, archive: Path) -> Path:
    """The upload's copy in the archive, under a name that is safe and tells its content; twice is once.

    "../Leaders meet.txt" -> uploads/Leaders-meet-1a2b3c4d.txt. Raises UsageError for a format that is not read.
    """
    from ingest.load import readable, suffix_of

    suffix = suffix_of(upload).lower()
    if not readable(Path(f"x{suffix}")):
        raise UsageError(f"{upload.name}: no loader reads {suffix or 'files without a suffix'}")
    stem = _UNSAFE.sub("-", upload.name[: len(upload.name) - len(suffix)]).strip("-_")[:60] or "article"
    with upload.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:8]
    folder = archive / UPLOADS
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{stem}-{digest}{suffix}"
    if not kept.exists():
        partial = folder / f".{kept.name}.part"
        shutil.copyfile(upload, partial)
        partial.replace(kept)
    return kept.resolve()


def addresses(text: str) -> list[str]:
    """The web addresses in what was typed, one a line or between spaces; raises UsageError for anything else.

    A path is refused: who sits at the window must not read the server's files.
    """
    found = list(dict.fromkeys((text or "").split()))
    strange = [a for a in found if not a.lower().startswith(("http://", "https://"))]
    if strange:
        raise UsageError(f"{strange[0]} is not a web address; it begins with http:// or https://")
    return found


def added(archive: Archive, origins: Sequence[str]) -> Iterator[Progress | Report]:
    """Ingests; its progress as it goes, and the Report at last. Raises what the ingestion raised."""
    from ingest import ingest

    return paced(lambda tell: ingest(list(origins), into=archive, progress=tell), TICK)


def removed(archive: Archive, id: str) -> Article | None:
    """Takes the article out, with its uploaded file where no other article came from that; None when it was gone."""
    article = archive.article(id)
    if article is None or not archive.remove(id):
        return None
    for origin in article.origins:
        drop(archive, origin)
    return article


def drop(archive: Archive, origin: str) -> None:
    """Deletes an uploaded file from which the archive has no article (any more)."""
    path = Path(origin)
    if path.parent != (archive.folder / UPLOADS).resolve():
        return
    catalog = archive.index.catalog
    if not catalog.parts(origin) and catalog.article_of_origin(origin) is None:
        path.unlink(missing_ok=True)


def listed(archive: Archive, words: str, outlets: Sequence[str], page: int) -> tuple[list[Article], int]:
    """One page of the articles whose titles hold these words, newest first, and how many there are in all."""
    wanted = fold(words or "").split()
    if not wanted and not outlets:
        start = page * PAGE
        return list(archive.index.catalog.articles(limit=PAGE, offset=start)), archive.coverage().articles
    every = [a for a in archive.articles(sources=outlets) if all(w in fold(a.title) for w in wanted)]
    return every[page * PAGE : (page + 1) * PAGE], len(every)


def brought(archive: Archive, uploads: Sequence[str], text: str) -> Iterator[tuple[str, bool]]:
    """What to show while articles are added, and whether the form may be emptied."""
    names: dict[str, str] = {}
    try:
        urls = addresses(text)
        if not uploads and not urls:
            raise UsageError("nothing was given; choose files, or type the address of a page or a feed")
        if len(uploads) + len(urls) > AT_ONCE:
            raise UsageError(f"{len(uploads) + len(urls)} at once are too many; {AT_ONCE} go at a time")
        for upload in uploads:
            names[str(keep(Path(upload), archive.folder))] = Path(upload).name
        for item in added(archive, [*names, *urls]):
            if isinstance(item, Report):
                yield report_html(item, names), True
            else:
                yield progress_html(item), False
    except (DatelineError, OSError) as e:
        yield note(str(e), "error"), False
    finally:
        for origin in names:
            drop(archive, origin)
        for upload in uploads:
            Path(upload).unlink(missing_ok=True)
