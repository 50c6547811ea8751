from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.store.answers import dump, load
from rag.types import Answer, Citation, Disagreement, Side, Table
from tests.passages import article, evidence, passage


@pytest.mark.parametrize(
    "question",
    [
        "Which fields did the two presidents name?",
        "How many articles are there by outlet?",
        "Compare the floods and the bridge",
        "What happened in November 2024?",
        "Who won the cup?",
    ],
)
def test_an_answer_comes_back_whole(archive: Archive, folder: Path, question: str) -> None:
    ingest(folder, into=archive, progress=False)
    answer = archive.ask(question)
    back = load(dump(answer))
    assert back == answer
    assert back.to_dict() == answer.to_dict()
    for citation in back.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote


def test_what_a_small_archive_never_gives_comes_back_too() -> None:
    of = article("Mining was named.")
    answer = Answer(
        "q", "t", evidence=replace(evidence(of), sides=((1, 2), ())), complete=False, timings={"answer": 0.123456789},
        tables=(Table("t", ("day", "n"), (("2024", 3), ("2025", 0)), ("a1", None), "bars"),),
        disagreements=(Disagreement("dead", (Side("3", 1, None, dt.date(2024, 1, 2)),), True, False),),
        trace={"messages": [{"role": "user", "content": "c"}], "quotations": []},
    )  # fmt: skip
    assert load(dump(answer)) == answer


def test_an_article_is_written_once_and_two_versions_of_it_twice() -> None:
    old = article("Mining was named. " * 50)
    new = replace(old, text=old.text + "And farming.")
    both = evidence(old, new)
    answer = Answer("q", "t", evidence=both)
    cited = tuple(Citation(n, a, passage(a), "Mining was named.", 0, 17) for n, a in ((1, old), (1, old), (2, new)))
    text = dump(replace(answer, citations=cited))
    assert len(json.loads(text)["articles"]) == 2
    assert load(text).citations == cited


def test_a_field_of_another_version_is_no_obstacle() -> None:
    record = json.loads(dump(Answer("q", "t")))
    record["answer"]["mood"] = "good"
    del record["answer"]["model"]
    assert load(json.dumps(record)) == Answer("q", "t")
