"""Ingestion: discover, skip what the ledger has, prepare, embed, write, mark; a Report at the end.

The origins are taken in the order of discovery, whatever worker finished first, and written in batches. A batch that
is full waits until the next one is: it is written while that one is embedded. A kill at any instant loses at most
these two, which the next run does again.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ingest.changes import difference
from ingest.chunk import embedded_text
from ingest.discover import Found, discover, is_address
from ingest.load import Fault, loader_of
from ingest.load.fields import NAMES
from ingest.local import Local
from ingest.prepare import Prepared, Request, passages
from ingest.progress import Callback, Progress, shown
from rag.background import Stop
from rag.errors import OriginError, OriginMissing, UsageError
from rag.settings import Settings
from rag.store import quotations
from rag.store.catalog import Entry, Mark, Vector, content_hash, text_hash
from rag.store.index import Index
from rag.store.writer import Attach, Changed, Detach, Operation, Put, Step, Writer
from rag.types import Article, Failure, Outcome, Passage, Report

VERSION = 2  # of reading and cutting: moves when the same file would give other passages
BATCH_PASSAGES = 256
BATCH_SECONDS = 10.0
_NONE: Vector = np.zeros((0, 0), dtype=np.float32)


class Encoder(Protocol):
    """What ingestion needs of an embedder."""

    @property
    def identity(self) -> dict[str, Any]: ...
    @property
    def max_tokens(self) -> int: ...
    @property
    def tokenizer(self) -> Path | None: ...
    def encode(self, texts: Sequence[str]) -> Vector: ...


class Into(Protocol):
    """What ingestion needs of an archive: rag.Archive is one."""

    @property
    def index(self) -> Index: ...
    @property
    def embedder(self) -> Encoder: ...
    @property
    def settings(self) -> Settings: ...


def ingest(
    origins: str | Path | Iterable[str | Path],
    into: Into | str | Path,
    *,
    prune: bool = False,
    fields: Mapping[str, str] | None = None,
    progress: Callback | bool | None = None,
    stop: Stop | None = None,
    step: Step = lambda name: None,
) -> Report:
    """Read files, folders, globs, pages and feeds into an archive; what it has already is not read again.

    `fields` maps our names to those of records: {"text": "body"}. `prune` removes articles whose file is gone
    from the folders named. `progress` is a callback, True for plain lines, False for nothing. Ctrl-C ends the run
    with what was kept: `report.stopped`; so does `stop`, set from any thread, after the article in hand. Raises UsageError
    for a field that is none of ours, ArchiveLocked when another process writes, DiskFull.
    """
    named = [origins] if isinstance(origins, str | Path) else list(origins)
    strange = sorted(set(fields or ()) - set(NAMES))
    if strange:
        raise UsageError(f"no field of ours is named {', '.join(strange)}; these are: {', '.join(NAMES)}")
    with (
        _opened(into) as archive,
        shown(progress) as show,
        archive.index.writer(step) as writer,
        ThreadPoolExecutor(1, thread_name_prefix="embed") as thread,
    ):
        run = _Run(archive, writer, discover(named), dict(fields or {}), show, stop or Stop(), thread)
        report = run.report(prune)
        if report.passages and (prepare := getattr(archive.embedder, "prepare", None)) is not None:
            prepare()
        return report


@contextmanager
def _opened(into: Into | str | Path) -> Iterator[Into]:
    if not isinstance(into, str | Path):
        yield into
        return
    from rag.search.embedding import load

    settings = Settings.load(archive=str(into))
    embedder = load(settings.embedder, settings.threads)
    index = Index(Path(into), embedder=embedder.identity, chroma=settings.chroma)
    try:
        yield _Place(index, embedder, settings)
    finally:
        index.close()


@dataclass(frozen=True, slots=True)
class _Place:
    index: Index
    embedder: Encoder
    settings: Settings


@dataclass(frozen=True, slots=True)
class _Embedding:
    """An article that is written once its passages are embedded."""

    entry: Entry  # without vectors
    origins: tuple[str, ...]
    vectors: Future[Vector]

    def put(self) -> Put:
        return Put(replace(self.entry, vectors=self.vectors.result()), self.origins)


@dataclass(slots=True)
class _Batch:
    """What is written in one step.

    `texts` and `ids` are those of articles that it writes, or that an origin leaves; `joined` those that one joins.
    """

    operations: list[Operation | _Embedding] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    texts: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    joined: set[str] = field(default_factory=set)
    passages: int = 0
    since: float = field(default_factory=time.monotonic)

    @property
    def full(self) -> bool:
        return self.passages >= BATCH_PASSAGES or (
            bool(self.operations) and time.monotonic() - self.since > BATCH_SECONDS
        )


class _Stopped(Exception):
    """The run was told to end."""


class _Run:
    """One ingestion, from the origins that were found to the report."""

    def __init__(
        self, archive: Into, writer: Writer, found: Found, fields: dict[str, str], show: Callback, stop: Stop,
        thread: ThreadPoolExecutor,
    ) -> None:  # fmt: skip
        self._archive, self._settings, self._embedder = archive, archive.settings, archive.embedder
        self._catalog = archive.index.catalog
        self._writer, self._found, self._fields, self._show, self._stop = writer, found, fields, show, stop
        self._thread = thread
        self._encoder: Encoder | None = None
        self._fingerprint = self._settings_fingerprint()
        self._batch, self._waiting = _Batch(), _Batch()
        self._counts: Counter[str] = Counter()
        self._failed = list(found.failures)
        self._changes: list[str] = []
        self._outcomes: list[Outcome] = [Outcome(f.origin, failed=1) for f in found.failures]
        self._origins = 0
        self._started = time.monotonic()

    def report(self, prune: bool) -> Report:
        stopped = False
        try:
            self._read()
            if prune:
                self._prune()
        except (KeyboardInterrupt, _Stopped):
            stopped = True
        self._write()
        if not stopped:
            quotations.fill(self._catalog)  # those of articles that were kept before there were any
        order = {origin: place for place, origin in enumerate(self._found.origins)}
        notices = [f"{n} files of {suffix} were left out: no loader reads them" for suffix, n in
                   sorted(self._found.skipped.items())]  # fmt: skip
        return Report(
            added=self._counts["added"],
            updated=self._counts["updated"],
            unchanged=self._counts["unchanged"],
            removed=self._counts["removed"],
            failed=tuple(self._failed),
            articles=self._catalog.count(),
            passages=self._counts["embedded"],
            seconds=time.monotonic() - self._started,
            stopped=stopped,
            changes=tuple(self._changes),
            notices=(*notices, *([self._writer.fault] if self._writer.fault else [])),
            outcomes=tuple(sorted(self._outcomes, key=lambda o: order.get(o.origin, -1))),
        )

    # -- reading -------------------------------------------------------------------------

    def _read(self) -> None:
        local = Local(self._settings)
        forget = self._stop.on_set(local.close)  # what is being read or fetched is not waited for
        try:
            for request, items in local.map(self._requests()):
                with self._outcome(request.origin):
                    self._origin(request, items)
                self._origins += 1
                self._tell(request.origin)
            self._heed()
        finally:
            forget()
            local.close()

    def _heed(self) -> None:
        """Raises _Stopped once the run is to end."""
        if self._stop.is_set():
            raise _Stopped

    @contextmanager
    def _outcome(self, origin: str) -> Iterator[None]:
        """Note what becomes of this origin, also where its reading is broken off."""
        before, failed = self._counts.copy(), len(self._failed)
        try:
            yield
        finally:
            done = {name: self._counts[name] - before[name] for name in ("added", "updated", "unchanged")}
            if any(done.values()) or len(self._failed) > failed or not self._stop.is_set():
                self._outcomes.append(Outcome(origin, failed=len(self._failed) - failed, **done))

    def _requests(self) -> Iterator[Request]:
        """A request for every origin that the ledger does not have as it is now."""
        for origin in self._found.origins:
            if self._stop.is_set():
                return
            hashed = ""
            if not is_address(origin):
                try:
                    hashed = _file_hash(Path(origin))
                except OriginError as e:
                    self._failed.append(Failure(origin, e.place, e.reason))
                    self._outcomes.append(Outcome(origin, failed=1))
                    self._origins += 1
                    continue
                if self._catalog.mark(origin) == Mark(origin, hashed, self._fingerprint):
                    there = self._catalog.count_parts(origin)
                    self._counts["unchanged"] += there
                    self._outcomes.append(Outcome(origin, unchanged=there))
                    self._origins += 1
                    continue
            yield Request(
                origin=origin,
                hash=hashed,
                settings=self._settings,
                tokenizer=str(self._embedder.tokenizer) if self._embedder.tokenizer else None,
                max_tokens=self._embedder.max_tokens,
                fields=self._fields,
            )

    def _origin(self, request: Request, items: Iterable[Prepared | Fault]) -> None:
        """Write the articles of one origin; its mark comes last."""
        seen: set[str] = set()
        failures = 0
        for item in items:
            if isinstance(item, Fault):
                self._failed.append(Failure(request.origin, item.place, item.reason))
                failures += 1
            else:
                seen |= {item.article.origins[0], item.article.url or ""}
                self._article(item, request.origin)
            if self._batch.full:
                self._flush()
            self._tell(request.origin)
            self._heed()
        self._heed()  # its articles may have ended because the workers did
        if not seen:
            return
        if not failures and not _keeps_parts(request.origin):
            self._detach(request.origin, seen)
        if request.hash:
            state = "partly" if failures else "done"
            self._batch.marks.append(Mark(request.origin, request.hash, self._fingerprint, state))

    def _article(self, item: Prepared, parent: str) -> None:
        """Add, update or leave one article; the same text under two names is one article with both origins."""
        article, origin = item.article, item.article.origins[0]
        if self._is_open(article):
            self._write()
        catalog = self._catalog
        same = catalog.article_of_text(article.text)
        if same is not None and same.id != article.id and same.origins != (origin,):
            self._counts["unchanged"] += 1
            self._attach(article, same, parent, copy=True)
            return
        old = catalog.article(article.id)
        cuts = item.passages
        if old is not None and self._is_another(old, article, origin):
            article = replace(article, id=hashlib.sha256(f"{article.id}{article.text}".encode()).hexdigest()[:16])
            cuts = passages(article, [(p.start, p.end) for p in cuts])  # their ids are made from the article's
            old = catalog.article(article.id)
        if (
            old is not None
            and content_hash(old) == content_hash(article)
            and [p.id for p in catalog.passages_of(article.id)] == [p.id for p in cuts]
        ):
            self._counts["unchanged"] += 1
            self._attach(article, old, parent)
            return
        self._put(article, item, cuts, parent, old)

    def _is_open(self, article: Article) -> bool:
        """Whether something in hand, not in the catalog yet, decides what becomes of this article."""
        catalog, text = self._catalog, text_hash(article.text)
        same, held = catalog.article_of_text(article.text), catalog.article_of_origin(article.origins[0])
        own = {article.id, held}
        return any(
            text in batch.texts or bool({*own, same and same.id} & batch.ids) or bool(own & batch.joined)
            for batch in (self._waiting, self._batch)
        )

    def _attach(self, article: Article, same: Article, parent: str, *, copy: bool = False) -> None:
        """Keep that `same` was read from here too, and under this address too, unless the address has its own."""
        names = [article.origins[0]]
        if article.url and article.url != same.url and article.url not in self._catalog.parts(article.url):
            names.append(article.url)
        for name in names:
            if name not in same.origins:
                self._leave(name)
                self._batch.joined.add(same.id)
                self._batch.operations.append(Attach(same.id, name, parent, copy))

    def _leave(self, origin: str) -> None:
        """Note that the article which this origin held may go, or be another's alone."""
        held = self._catalog.article_of_origin(origin)
        if held is not None:
            self._batch.ids.add(held)

    def _is_another(self, old: Article, new: Article, origin: str) -> bool:
        """Whether the id is taken by an article that other origins hold, and no address says that they are one.

        An origin that holds it as a copy, under a name of its own, still has the old text.
        """
        if old.text == new.text or set(old.origins) == {origin}:
            return False
        return new.url is None or bool(self._catalog.copies(old.id) - {origin, new.url})

    def _put(
        self, article: Article, item: Prepared, cuts: tuple[Passage, ...], parent: str, old: Article | None
    ) -> None:
        batch = self._batch
        vectors = self._vectors(article, cuts)
        entry = Entry(article, cuts, _NONE, parent, item.sayings)
        for name in (article.origins[0], article.url or ""):
            self._leave(name)
        if article.url not in (None, *article.origins) and article.url in self._catalog.parts(parent):
            batch.operations.append(Detach((article.url,)))  # it was the address of a copy, which this is no more
        batch.operations.append(_Embedding(entry, article.origins, vectors))
        batch.texts.add(text_hash(article.text))
        batch.ids.add(article.id)
        batch.passages += len(cuts)
        if old is None:
            self._counts["added"] += 1
            return
        what = difference(old, article)
        batch.operations.append(Changed(article.id, what))
        self._changes.append(f"{article.title}: {what}")
        self._counts["updated"] += 1

    def _vectors(self, article: Article, passages: tuple[Passage, ...]) -> Future[Vector]:
        """Passages that the catalog has already keep their vectors; the others are embedded, an article at a time.

        A passage's vector may depend on its company in the batch (padding), if only in the last digits: by article,
        a run that was interrupted gives the same vectors as one that was not.
        """
        known = self._catalog.passages([p.id for p in passages])
        if known and len(known) == len(passages):
            kept: Future[Vector] = Future()
            kept.set_result(self._catalog.vectors_of([p.id for p in passages]))
            return kept
        self._counts["embedded"] += len(passages)
        if self._encoder is None:
            self._encoder = encoder(self._archive)
        return self._thread.submit(self._encoder.encode, [embedded_text(article.title, p.text) for p in passages])

    # -- what is gone --------------------------------------------------------------------

    def _detach(self, parent: str, seen: set[str]) -> None:
        """Parts that a changed file no longer has."""
        gone = tuple(o for o in self._catalog.parts(parent) if o not in seen)
        if gone:
            self._batch.operations.append(Detach(gone))

    def _prune(self) -> None:
        """Origins, read to the end or not, under the folders that were named, whose file is gone."""
        for origin in sorted({*self._catalog.ledger_origins(), *self._catalog.parents()}):
            under = any(origin == root or origin.startswith(os.path.join(root, "")) for root in self._found.roots)
            if under and not is_address(origin) and not os.path.exists(origin):
                self._batch.operations.append(Detach((origin, *self._catalog.parts(origin))))

    # -- writing -------------------------------------------------------------------------

    def _flush(self) -> None:
        """Let the batch in hand wait for its vectors, and write the one that waited."""
        ready, self._waiting, self._batch = self._waiting, self._batch, _Batch()
        if ready.operations or ready.marks:
            operations = [o.put() if isinstance(o, _Embedding) else o for o in ready.operations]
            gone = self._writer.commit(operations, ready.marks)
            self._counts["removed"] += len(gone)

    def _write(self) -> None:
        """Write all that is in hand."""
        self._flush()
        self._flush()

    def _tell(self, current: str) -> None:
        counts = self._counts
        articles = counts["added"] + counts["updated"] + counts["unchanged"]
        self._show(
            Progress(
                self._origins, len(self._found.origins), articles, counts["embedded"], len(self._failed),
                time.monotonic() - self._started, current,
            )
        )  # fmt: skip

    def _settings_fingerprint(self) -> str:
        """Of everything that decides what an origin becomes: when it moves, files are read again."""
        facts = (
            VERSION,
            self._embedder.identity["fingerprint"],
            self._settings.passage_words,
            sorted(self._fields.items()),
        )
        return hashlib.sha256(repr(facts).encode()).hexdigest()[:16]


def encoder(archive: Into, *, anew: bool = False) -> Encoder:
    """The embedder in the precision of the archive's vectors, which it records; `anew`, or for the first ones, in the
    one that is faster here. One archive's vectors are all of one precision."""
    for_passages = getattr(archive.embedder, "for_passages", None)
    if for_passages is None:
        return archive.embedder
    found: Encoder = for_passages({} if anew else archive.index.recorded_embedder())
    archive.index.embedder = dict(found.identity)  # what the first commit records
    return found


def _keeps_parts(origin: str) -> bool:
    """Whether an article that is no longer listed stays: entries roll off a feed."""
    loader = None if is_address(origin) else loader_of(origin)
    return is_address(origin) or (loader is not None and loader.keeps)


def reembed(into: Into, progress: Callback | bool | None = None) -> int:
    """Embed every passage again, with the archive's present embedder; the number of passages.

    The new vectors take the old ones' place in one transaction, then Chroma is rebuilt from them: a run that
    was killed leaves the archive as it was.
    """
    index = into.index
    with shown(progress) as show, index.writer() as writer:
        catalog, embedder = index.catalog, encoder(into, anew=True)
        of, started, done = catalog.count("passages"), time.monotonic(), 0

        def vectors() -> Iterator[tuple[list[str], Vector]]:
            nonlocal done
            for article in list(catalog.articles()):
                passages = catalog.passages_of(article.id)
                encoded = embedder.encode([embedded_text(article.title, p.text) for p in passages])
                done += len(passages)
                show(Progress(done, of, 0, done, 0, time.monotonic() - started, article.title))
                yield [p.id for p in passages], np.asarray(encoded, dtype=np.float32)

        writer.replace_vectors(vectors(), embedder.identity)
    return of


def _file_hash(path: Path) -> str:
    """SHA-256 of the file; raises OriginMissing or OriginError when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as e:
        raise OriginMissing("the file is gone, or a link that leads nowhere") from e
    except OSError as e:
        raise OriginError(f"the file cannot be read ({e.strerror or e})") from e
