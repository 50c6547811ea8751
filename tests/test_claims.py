"""The lying model over the sample articles: directly through the checks, and for some of the cases over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evals.claims import ALIKE, APART, Case, checked_by, load, measured, plain, quotations, stands
from ingest import ingest
from rag import Archive
from rag.types import Answer
from tests.embedder import WordHash
from tests.openai_server import OpenAIServer, Script

EVERY = 6  # of the cases one in so many goes over HTTP


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive(tmp_path_factory.mktemp("claims") / "archive", embedder=WordHash(), workers=1) as made:
        ingest(Path(__file__).parents[1] / "examples" / "articles", into=made)
        yield made


@pytest.fixture(scope="module")
def cases(archive: Archive) -> list[Case]:
    return load(archive)


def test_half_of_the_cases_are_true_and_the_hard_ones_are_many(cases: list[Case]) -> None:
    true = [c for c in cases if c.true == (True,) and c.kind != "wrong citation"]
    assert len(cases) >= 200
    assert len(true) == len(cases) / 2
    assert sum(c.content_share < APART for c in true) >= 30
    assert sum(c.share > ALIKE for c in cases if c.true == (False,)) >= 30


def test_nothing_made_up_is_shown_and_few_lies_pass(archive: Archive, cases: list[Case]) -> None:
    checked = [(case, checked_by(archive, case.answer, case.evidence)) for case in cases]
    scores = measured(checked, [a.text for a in archive.articles()])
    assert scores["quotations made up and shown"] == 0
    assert scores["spans not in the article"] == 0
    assert scores["false supported"] <= 0.05
    assert scores["of those supported"] <= 0.05
    # The word-hash embedder knows no meaning: what python -m evals claims holds with the real one is 5 %.
    assert scores["true unsupported"] <= 0.25


def test_over_http_a_lying_model_shows_no_made_up_quotation(archive: Archive, cases: list[Case]) -> None:
    some = cases[::EVERY] + [c for c in cases if "quotation" in c.kind and not all(c.true)]
    texts = [plain(a.text) for a in archive.articles()]
    with OpenAIServer(*(Script(words=(c.answer,)) for c in some)) as server:
        options = {"model": "openai:tiny", "model_url": server.url, "deadline": 20, "abstain_below": 0.0}
        with Archive(archive.index.folder, embedder=WordHash(), **options) as asked:
            for case in some:
                answer = asked.ask(f"{case.right.title}?")
                _holds(answer, case, texts)
    assert len(server.requests) == len(some)


def _holds(answer: Answer, case: Case, texts: list[str]) -> None:
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    assert all(stands(q, texts) for q in quotations(answer.text)), case.id
    if answer.model != "embedded" and case.kind in ("number", "invented quotation", "swapped speaker"):
        assert all(s.support != "supported" for s in answer.sentences), case.id
