"""The sample articles' own questions: retrieval, answers and abstention. Takes under a minute.

`examples/questions.jsonl` says which articles answer each question and with what words; twelve have no answer.
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

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def main(page: bool = True) -> dict[str, float]:
    questions = [json.loads(line) for line in (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
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
    if page:
        write(
            "samples",
            "python -m evals samples",
            f"The {len(questions)} questions of examples/questions.jsonl over the sample articles, without a chat model. "
            "A hit is a passage of an article that answers; an answer is right when one of its sentences holds the words.",
            {"embedded reader": scores},
        )
    return scores


def _from(question: dict[str, Any], article: Article | None) -> bool:
    if article is None:
        return False
    names = {article.url, *article.origins, *(Path(o.partition("#")[0]).name for o in article.origins)}
    return not names.isdisjoint(question["articles"])


def _right(question: dict[str, Any], answer: Answer) -> bool:
    return not answer.abstained and any(holds(answer.text, words) for words in question["answer"])
