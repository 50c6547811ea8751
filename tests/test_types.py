"""Laws of what flows: frozen, shown in one line, and plain JSON on the way out."""

from __future__ import annotations

import ast
import datetime as dt
import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from pathlib import Path

import pytest

import rag.types as types
from rag.types import (
    Answer,
    Article,
    Backing,
    Citation,
    Coverage,
    Evidence,
    Failure,
    Hit,
    Passage,
    Plan,
    Report,
    Sentence,
    Table,
)

TEXT = "The presidents met. They named investment and mining. Flights begin in May."
QUOTE = "They named investment and mining."
START = TEXT.index(QUOTE)

ARTICLE = Article(
    "a1", "Leaders meet", TEXT, dt.date(2024, 11, 19), None, "Danube Wire", None, "https://wire.example.org/1", "en",
    ("/news/1.txt",), {"date": "front matter"},
)  # fmt: skip
PASSAGE = Passage("p1", "a1", 0, TEXT, 0, len(TEXT), "Leaders meet", dt.date(2024, 11, 19), "Danube Wire")
CITATION = Citation(1, ARTICLE, PASSAGE, QUOTE, START, START + len(QUOTE))
PLAN = Plan("What now?", "What did they name?", after=dt.date(2024, 11, 1), parts=(Plan("a", "a"),), notes=("n",))
EVIDENCE = Evidence((Hit(PASSAGE, 0.5, dense=0.7),), 0.9)
ANSWER = Answer(
    "What now?", f"{QUOTE} [1]", (Sentence(QUOTE, (1,), "supported", 1.0, (5, 10)),), (CITATION,), confidence=0.9,
    plan=PLAN, evidence=EVIDENCE, coverage=Coverage(1, dt.date(2024, 11, 19), dt.date(2024, 11, 19), ("Danube Wire",)),
    backing=Backing(1, 1), timings={"retrieve": 0.1}, trace={"day": dt.date(2024, 11, 19), "span": (1, 2)},
)  # fmt: skip
TABLE = Table("Articles", ("date", "title"), (("2024-11-19", "Leaders meet"),), ("a1",))
COUNTED = Answer(
    "How many?", "1 article.", tables=(TABLE, Table("By year", ("year", "n"), (("2024", 1),), chart="bars"))
)
REPORT = Report(added=1, failed=(Failure("/news/2.txt", "line 7", "no JSON"),), articles=1, passages=1, seconds=1.26)
ALL = (ARTICLE, PASSAGE, CITATION, PLAN, EVIDENCE.hits[0], ANSWER, REPORT, ANSWER.coverage, TABLE, COUNTED)


def test_a_citation_is_a_span_of_its_article() -> None:
    assert CITATION.article.text[CITATION.start : CITATION.end] == CITATION.quote


@pytest.mark.parametrize("item", ALL, ids=lambda item: type(item).__name__)
def test_to_dict_is_plain_json(item: Answer) -> None:
    record = item.to_dict()
    assert json.loads(json.dumps(record, allow_nan=False)) == record


@pytest.mark.parametrize("item", ALL, ids=lambda item: type(item).__name__)
def test_nothing_that_flows_can_be_changed(item: Answer) -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(item, fields(item)[0].name, None)


def test_every_dataclass_is_frozen() -> None:
    made = [value for value in vars(types).values() if isinstance(value, type) and is_dataclass(value)]
    assert len(made) >= 15
    assert all(cls.__dataclass_params__.frozen for cls in made)  # type: ignore[attr-defined]


@pytest.mark.parametrize("item", ALL, ids=lambda item: type(item).__name__)
def test_a_repr_is_one_line(item: Answer) -> None:
    assert "\n" not in repr(item)


def test_reprs_say_what_matters() -> None:
    assert repr(ARTICLE) == '<Article a1 Danube Wire, 2024-11-19, "Leaders meet">'
    assert QUOTE in repr(CITATION)
    assert "1 citations" in repr(ANSWER)
    assert "abstained" in repr(Answer("q", "The articles do not say.", abstained=True))
    assert "1 added" in repr(REPORT)
    assert "stopped early" in repr(Report(stopped=True))


def test_a_long_title_is_cut_in_a_repr() -> None:
    assert len(repr(Article("a", "long " * 100, ""))) < 120


def test_dates_leave_as_iso_strings() -> None:
    assert ARTICLE.to_dict()["date"] == "2024-11-19"
    assert Answer("Who?", "They.").to_dict()["trace"] is None
    assert ANSWER.to_dict()["trace"] == {"day": "2024-11-19", "span": [1, 2]}
    assert ANSWER.to_dict()["plan"]["parts"][0]["question"] == "a"


def test_a_citation_leaves_without_the_whole_article() -> None:
    record = CITATION.to_dict()
    assert "text" not in record["article"]
    assert record["quote"] == QUOTE


def test_evidence_is_numbered_from_one() -> None:
    assert EVIDENCE[1] is PASSAGE
    assert list(EVIDENCE) == [PASSAGE]
    assert len(EVIDENCE) == 1
    for number in (0, -1, 2):
        with pytest.raises(IndexError, match="1 to 1"):
            EVIDENCE[number]


def test_a_failure_says_where() -> None:
    assert str(REPORT.failed[0]) == "/news/2.txt, line 7: no JSON"
    assert str(Failure("/news/2.txt", "", "empty")) == "/news/2.txt: empty"


def test_types_import_nothing_of_ours_but_their_looks() -> None:
    tree = ast.parse(Path(types.__file__).read_text(encoding="utf-8"))
    ours = [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and "rag" in ast.unparse(node)
    ]
    assert set(ours) == {"from rag import notebook", "from rag import export"}
