"""An article taken out of an archive, whole: enough to put it back as it was, without reading or embedding again.

removed = index.take("a1")      the article is gone from catalog, full text, vectors and ledger
index.put_back(removed)         it is back: id, passages, vectors, sayings, origins, changes and marks
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rag.store import quotations
from rag.store.catalog import Catalog, Entry, Mark
from rag.store.writer import Attach, Changed, Operation, Put
from rag.types import Article


@dataclass(frozen=True, slots=True)
class Removed:
    """An article as the archive held it: with passages, vectors and sayings, where it was read from, and its changes.

    `origins` are (origin, parent, whether it is a copy); `marks` the ledger's lines of the parents.
    """

    entry: Entry
    origins: tuple[tuple[str, str, bool], ...]
    marks: tuple[Mark, ...]
    changes: tuple[tuple[str, str], ...]

    @property
    def article(self) -> Article:
        return self.entry.article


def held(catalog: Catalog, article_id: str) -> Removed | None:
    """All that the catalog holds of this article; None when there is none."""
    article = catalog.article(article_id)
    if article is None:
        return None
    passages = catalog.passages_of(article_id)
    vectors = catalog.vectors_of([p.id for p in passages]) if passages else np.zeros((0, 0), dtype=np.float32)
    rows = catalog.db.execute(
        "SELECT origin, parent, copy FROM origins WHERE article_id = ? ORDER BY rowid", (article_id,)
    ).fetchall()
    marks = (catalog.mark(parent) for parent in dict.fromkeys(parent for _, parent, _ in rows))
    return Removed(
        Entry(article, passages, vectors, sayings=quotations.of(catalog, article)),
        tuple((origin, parent, bool(copy)) for origin, parent, copy in rows),
        tuple(mark for mark in marks if mark is not None),
        tuple(catalog.changes(article_id)),
    )


def restoring(catalog: Catalog, removed: Removed) -> tuple[list[Operation], list[Mark]]:
    """What a writer commits to put it back; nothing where the archive has it, or its text, again.

    An origin that another article was read from meanwhile stays with that one.
    """
    article = removed.article
    if catalog.article(article.id) is not None or catalog.article_of_text(article.text) is not None:
        return [], []
    origins = [one for one in removed.origins if catalog.article_of_origin(one[0]) is None]
    if not origins:
        return [], []
    first, parent, _ = origins[0]
    operations: list[Operation] = [Put(replace(removed.entry, parent=parent), (first,))]
    operations += [Attach(article.id, origin, parent, copy) for origin, parent, copy in origins]
    operations += [Changed(article.id, what, day) for day, what in removed.changes]
    return operations, [mark for mark in removed.marks if catalog.mark(mark.origin) is None]
