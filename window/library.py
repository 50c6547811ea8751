"""What the tab of articles does: keeps uploads, ingests, lists and removes."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rag.background import Stop
from rag.errors import DatelineError, UsageError
from rag.store import quotations
from rag.store.catalog import Filter
from rag.store.listing import SORTS, Page, Sort, Timeline
from rag.store.removal import Removed
from rag.types import Answer, Quotation, Report
from window.articles import Around, Place, article_html, left_html, progress_html, report_html
from window.cited import cited
from window.markup import Span, note
from window.pace import paced
from window.pasted import Pasted, write
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from ingest.progress import Progress
    from rag.archive import Archive

UPLOADS = "uploads"  # folder in the archive, so that an uploaded article keeps its origin
WAITING = ".removed"  # folder in it for the uploads of removed articles, as long as that can be undone
PAGE = 25  # articles in the list at once
ALIKE = 8  # similar articles that are named
AT_ONCE = 100  # files or addresses in one go
TICK = 0.3  # seconds between two looks at an ingestion
log = logging.getLogger(__name__)
_UNSAFE = re.compile(r"[^\w]+")


def keep(upload: Path, archive: Path, words: Words = ENGLISH) -> Path:
    """The upload's copy in the archive, under a name that is safe and tells its content; twice is once.

    "../Leaders meet.txt" -> uploads/Leaders-meet-1a2b3c4d.txt. Raises UsageError for a format that is not read.
    """
    from ingest.load import readable, suffix_of

    suffix = suffix_of(upload).lower()
    if not readable(Path(f"x{suffix}")):
        said = words.no_loader if suffix else words.no_loader_bare
        raise UsageError(said.format(name=upload.name, suffix=suffix))
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


def addresses(text: str, words: Words = ENGLISH) -> list[str]:
    """The web addresses in what was typed, one a line or between spaces; raises UsageError for anything else.

    A path is refused: who sits at the window must not read the server's files.
    """
    found = list(dict.fromkeys((text or "").split()))
    strange = [a for a in found if not a.lower().startswith(("http://", "https://"))]
    if strange:
        raise UsageError(words.not_an_address.format(address=strange[0]))
    return found


def added(archive: Archive, origins: Sequence[str], stop: Stop) -> Iterator[Progress | Report]:
    """Ingests; its progress as it goes, and the Report at last. Raises what the ingestion raised."""
    from ingest import ingest

    return paced(lambda tell: ingest(list(origins), into=archive, progress=tell, stop=stop), TICK)


@dataclass(frozen=True, slots=True)
class Gone:
    """An article that was taken out; `files` are uploads of it, where they stood and where they wait."""

    removed: Removed
    files: tuple[tuple[Path, Path], ...] = ()

    @property
    def title(self) -> str:
        return self.removed.article.title


def removed(archive: Archive, id: str) -> Gone | None:
    """Takes the article out, and its uploaded file where no other article came from that; None when it was gone."""
    taken = archive.index.take(id)
    if taken is None:
        return None
    moved = ((Path(o), _moved(archive, o)) for o in taken.article.origins)
    return Gone(taken, tuple((path, to) for path, to in moved if to is not None))


def put_back(archive: Archive, gone: Gone) -> bool:
    """Undoes `removed`, with the uploaded files; False where the archive has the article again."""
    for path, waits in gone.files:
        if waits.exists() and not path.exists():
            waits.replace(path)
    return archive.index.put_back(gone.removed)


def forget(gone: Iterable[Gone]) -> None:
    """Deletes the files that waited for an undo."""
    for _, waits in (file for one in gone for file in one.files):
        waits.unlink(missing_ok=True)


def forget_all(archive: Archive) -> None:
    """Deletes what earlier windows left waiting."""
    shutil.rmtree(archive.folder / UPLOADS / WAITING, ignore_errors=True)


def _moved(archive: Archive, origin: str) -> Path | None:
    """Puts an uploaded file aside, if this is one and nothing in the archive is read from it any more."""
    path = Path(origin)
    if not _unused(archive, path):
        return None
    aside = path.parent / WAITING
    aside.mkdir(exist_ok=True)
    return path.replace(aside / path.name)


def drop(archive: Archive, origin: str) -> None:
    """Deletes an uploaded file from which the archive has no article (any more)."""
    if _unused(archive, Path(origin)):
        Path(origin).unlink(missing_ok=True)


def _unused(archive: Archive, path: Path) -> bool:
    if path.parent != (archive.folder / UPLOADS).resolve() or not path.is_file():
        return False
    catalog = archive.index.catalog
    return not catalog.parts(str(path)) and catalog.article_of_origin(str(path)) is None


@dataclass(frozen=True, slots=True)
class View:
    """Which part of the list is shown, and how it is sorted."""

    sort: Sort = "date"
    descending: bool = True
    page: int = 0

    def after(self, wish: str) -> View:
        """The view once a head was pressed ("sort.title"): by that column, or the other way where it is by it already.

        Numbers and dates begin with the greatest, names with A. What is no such wish changes nothing.
        """
        column = next((c for c in SORTS if wish == f"sort.{c}"), None)
        if column is None:
            return self
        return View(column, not self.descending if column == self.sort else column in ("date", "length"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the fields above the list say: which articles are looked for."""

    words: str = ""
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    after: str = ""
    before: str = ""

    def where(self, words: Words = ENGLISH) -> Filter:
        """Raises UsageError for a day that is none."""
        return Filter(_begin(self.after, words), _end(self.before, words), self.outlets)


def listed(archive: Archive, wanted: Wanted, view: View, words: Words = ENGLISH) -> Page:
    """One page of the articles that hold the words in title or text."""
    return archive.index.listing.page(
        wanted.words, wanted.where(words), wanted.languages, sort=view.sort, descending=view.descending,
        limit=PAGE, offset=view.page * PAGE,
    )  # fmt: skip


def counted(archive: Archive, wanted: Wanted) -> Timeline | None:
    """The same articles over time."""
    return archive.index.listing.timeline(wanted.words, wanted.where(), wanted.languages)


def reading(
    archive: Archive, id: str, answers: Iterable[Answer] = (), at: Span | None = None, words: Words = ENGLISH,
    place: Place = "list",
) -> str:  # fmt: skip
    """The article with what is around it and what these answers cited of it, opened at one of the cited spans."""
    article = archive.article(id)
    if article is None:
        return left_html(words)
    catalog = archive.index.catalog
    alike = ((catalog.article(other), share) for other, share in catalog.similar(id)[:ALIKE])
    return article_html(
        article,
        Around(
            quotations=tuple(
                Quotation(article, s.speaker, article.text[s.start : s.end], s.start, s.end, s.direct, s.verb)
                for s in quotations.of(catalog, article)
            ),
            similar=tuple((other, share) for other, share in alike if other is not None),
            changes=tuple(archive.changes(id)),
            cited=cited(answers, article),
        ),
        at,
        words,
        place,
    )


def _begin(text: str, words: Words) -> dt.date | None:
    return _day(text, "-01-01", words)


def _end(text: str, words: Words) -> dt.date | None:
    """The last day of what is written: "2024-02" is the 29th of February."""
    text = text.strip()
    if text.count("-") == 1 and (first := _day(text, "", words)):
        return (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return _day(text, "-12-31", words)


def _day(text: str, rest: str, words: Words) -> dt.date | None:
    """The day that is written; a year is filled up with `rest`, a month with its first day."""
    text = text.strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text + {0: rest, 1: "-01"}.get(text.count("-"), ""))
    except ValueError as e:
        raise UsageError(words.no_day.format(text=text)) from e


def brought(
    archive: Archive,
    uploads: Sequence[str],
    text: str = "",
    pasted: Pasted | None = None,
    stop: Stop | None = None,
    words: Words = ENGLISH,
) -> Iterator[tuple[str, bool]]:
    """What to show while articles are added, and whether the form may be emptied; `stop` keeps what was done."""
    names: dict[str, str] = {}
    done = False
    try:
        urls = addresses(text, words)
        if not uploads and not urls and not pasted:
            raise UsageError(words.nothing_given)
        if len(uploads) + len(urls) > AT_ONCE:
            raise UsageError(words.too_many.format(n=len(uploads) + len(urls), most=AT_ONCE))
        for upload in uploads:
            names[str(keep(Path(upload), archive.folder, words))] = Path(upload).name
        if pasted:
            with tempfile.TemporaryDirectory() as folder:
                written = write(pasted, Path(folder), words)
                names[str(keep(written, archive.folder, words))] = words.pasted_text.format(name=written.stem)
        for item in added(archive, [*names, *urls], stop or Stop()):
            if isinstance(item, Report):
                done = not item.stopped
                yield report_html(item, names, words), done
            else:
                yield progress_html(item, names, words), False
    except (DatelineError, OSError) as e:
        yield note(str(e), "error", words), False
    except Exception:  # a bug must not leave the form waiting: it is logged, and said
        log.exception("adding failed")
        yield note(words.fault, "error", words), False
    finally:
        for origin in names:
            drop(archive, origin)
        for upload in uploads if done else ():  # else they are added again by pressing once more
            Path(upload).unlink(missing_ok=True)
