"""The exact scan is right after every change, and equals a scan that starts anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.store.index import Index
from rag.store.scan import Scan
from rag.store.writer import Drop
from tests.entries import IDENTITY, entry, put


def test_it_keeps_up_with_what_is_added_replaced_and_removed(tmp_path: Path) -> None:
    index = Index(tmp_path, embedder=IDENTITY)
    scan = Scan(index.catalog)
    vector = entry(1).vectors[0]
    assert scan.search(vector, 3) == []
    for change in ([put(n) for n in range(6)], [put(2, "Other words. And more of them.")], [Drop("article-0001")]):
        with index.writer() as writer:
            writer.commit(change)
        assert scan.search(vector, 20) == Scan(index.catalog).search(vector, 20)
    hits = scan.search(entry(3).vectors[1], 2)
    assert hits[0][0] == entry(3).passages[1].id
    assert np.isclose(hits[0][1], 1.0)


def test_an_index_that_is_asked_once_looks_through_the_vectors_and_opens_no_chroma(tmp_path: Path) -> None:
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put(n) for n in range(6)])
    vector = entry(3).vectors[1]
    usual = index.dense(vector, 3)
    index.close()
    once = Index(tmp_path, embedder=IDENTITY, once=True)
    assert once.dense(vector, 3)[1] is None
    assert [id for id, _ in once.dense(vector, 3)[0]] == [id for id, _ in usual[0]]
    assert once._vectors is None
    once.close()
