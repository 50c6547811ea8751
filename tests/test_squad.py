"""SQuAD's paragraphs become one passage each, once; samples are the same every time."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from evals import squad
from rag import Archive

ROWS = [
    {"title": "River_Ishim", "context": "The Ishim  is a river.", "question": f"What is the Ishim ({n})?"}
    for n in range(9)
] + [{"title": "River_Ishim", "context": "It flows north.", "question": "Where to?"}]


def test_a_paragraph_is_one_passage(archive: Archive) -> None:
    squad.paragraphs(archive, ROWS)
    assert archive.coverage().articles == archive.index.catalog.count("passages") == 2
    article = archive.article(squad.paragraph_id(ROWS[0]))
    assert article is not None
    assert article.title == "River Ishim"
    (passage,) = archive.index.catalog.passages_of(article.id)
    assert passage.text == article.text


def test_putting_them_twice_equals_once(archive: Archive) -> None:
    squad.paragraphs(archive, ROWS)
    generation = archive.index.catalog.generation
    squad.paragraphs(archive, ROWS)
    assert archive.index.catalog.generation == generation


def test_a_sample_is_fixed_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "squad").mkdir()
    with gzip.open(tmp_path / "squad" / "dev-v1.1.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in ROWS)
    some = squad.questions(tmp_path, "v1.1", 4)
    assert some == squad.questions(tmp_path, "v1.1", 4)
    assert [ROWS.index(row) for row in some] == sorted(ROWS.index(row) for row in some)
    assert len(some) == 4
    assert squad.questions(tmp_path, "v1.1", 99) == squad.questions(tmp_path, "v1.1") == ROWS
