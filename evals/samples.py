"""The sample articles' own questions: retrieval, answers and abstention. Takes under a minute.

`examples/questions.jsonl` says which articles answer each question and with what words; twelve have no answer.
`cases/wrong_dates.jsonl` has thirty more, of events that the articles tell of at another date: right is to abstain, or to
say in a notice that nothing is of the date.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from evals.metrics import holds, ranked
from evals.report import write
from ingest import ingest
from rag import Archive
from rag.types import Answer, Article

WRONG_DATES = Path(__file__).with_name("cases") / "wrong_dates.jsonl"
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def main(page: bool = True) -> dict[str, float]:
    questions, wrong = _lines(EXAMPLES / "questions.jsonl"), _lines(WRONG_DATES)
    with tempfile.TemporaryDirectory() as folder, Archive(folder) as archive:
        ingest(EXAMPLES / "articles", into=archive)
        answers = [archive.ask(q["question"]) for q in questions]
        asked = list(zip(questions, answers, strict=True))
        answerable = [(q, a) for q, a in asked if q["answer"]]
        scores = ranked([[_from(q, archive.article(p.article_id)) for p in a.evidence] for q, a in answerable])
        scores["answered rightly"] = sum(_right(q, a) for q, a in answerable) / len(answerable)
        scores["abstained wrongly"] = sum(a.abstained for _, a in answerable) / len(answerable)
        hopeless = [a for q, a in asked if not q["answer"]]
        scores["abstained rightly"] = sum(a.abstained for a in hopeless) / len(hopeless)
        scores["wrong date noticed"] = sum(_noticed(archive.ask(w["question"])) for w in wrong) / len(wrong)
    if page:
        write(
            "samples",
            "python -m evals samples",
            f"The {len(questions)} questions of examples/questions.jsonl over the sample articles, without a chat model. "
            "A hit is a passage of an article that answers; an answer is right when one of its sentences holds the words. "
            f"{len(wrong)} further questions (evals/cases/wrong_dates.jsonl) ask for an event that the articles tell of at a "
            "date at which it did not happen: noticed is one that is abstained on, or answered with a notice that says so.",
            {"embedded reader": scores},
        )
    return scores


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _noticed(answer: Answer) -> bool:
    return answer.abstained or any(notice.startswith("Nothing") for notice in answer.notices)


def _from(question: dict[str, Any], article: Article | None) -> bool:
    if article is None:
        return False
    names = {article.url, *article.origins, *(Path(o.partition("#")[0]).name for o in article.origins)}
    return not names.isdisjoint(question["articles"])


def _right(question: dict[str, Any], answer: Answer) -> bool:
    return not answer.abstained and any(holds(answer.text, words) for words in question["answer"])
