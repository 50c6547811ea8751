"""What could be asked next: questions that the articles behind an answer can answer, made without asking any model.

    next_questions(answer, asked, …)  ->  ("What did Anna Kovač say?", "What is the latest from Wire on Petropavl?", …)

Each is answerable by its making: somebody is asked for whose words an article of the evidence has, a name is asked for
that stands in such an article's title and text, or what its outlet reported on its day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from rag.text import fold, spelled, words
from rag.types import Answer, Article, Quotation
from window.examples import names

MOST = 3
LOOKED_AT = 5  # articles of the evidence, the cited ones first
_FULL_NAME = re.compile(r"[^\W\d_][\w’'.-]*(?: [\w’'.-]+){1,3}")


def next_questions(
    answer: Answer,
    asked: Sequence[str],
    article: Callable[[str], Article | None],
    quotations: Callable[[str], Iterable[Quotation]],
) -> tuple[str, ...]:
    """At most MOST, each about something that no question in `asked` names; of any kind one, before a second of it."""
    told = {w for question in (*asked, answer.question) for w in words(question)}
    kinds = [list(made) for made in _kinds(_articles(answer, article), quotations)]
    found: list[str] = []
    for turn in range(MOST):
        for made in kinds:
            about, question = made[turn] if turn < len(made) else ("", "")
            if question and not set(words(about)) <= told and question not in found:
                found.append(question)
                told |= set(words(about))
    return tuple(found[:MOST])


def _articles(answer: Answer, article: Callable[[str], Article | None]) -> list[Article]:
    """The English articles of the evidence as they are now, the cited ones first."""
    hits = answer.evidence.hits if answer.evidence else ()
    ids = dict.fromkeys([*(c.article.id for c in answer.citations), *(h.passage.article_id for h in hits)])
    held = (article(id) for id in list(ids)[:LOOKED_AT])
    return [a for a in held if a is not None and a.language in (None, "en")]


def _kinds(
    articles: Sequence[Article], quotations: Callable[[str], Iterable[Quotation]]
) -> Iterator[Iterator[tuple[str, str]]]:
    """(what it is about, question) of each kind."""
    yield (
        (speaker, f"What did {speaker} say?")
        for a in articles
        for speaker in dict.fromkeys(
            q.speaker for q in quotations(a.id) if q.speaker and _FULL_NAME.fullmatch(q.speaker)
        )
    )
    yield (
        (name, f"What is the latest from {a.source} on {name}?" if a.source else f"What is the latest on {name}?")
        for a in articles
        for name in names(a)
        if fold(name) not in fold(a.source or "") and set(words(name)) <= set(words(a.text))
    )
    yield (
        (f"{a.source} {spelled(a.date)}", f"What did {a.source} report on {spelled(a.date)}?")
        for a in articles
        if a.source and a.date
    )
