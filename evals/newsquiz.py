"""492 news questions over 4,712 articles: retrieval, the embedded answers, and what is done without the articles.

    retrieval     a hit is a passage of a gold article that contains the answer's words
    planned       the same by the path of `Archive.ask`: understood first, asked as of the day of its quiz or of no day
    answers       the path of `Archive.ask`, each question asked on the day of its quiz ("this week" means that week)
    abstention    120 questions asked twice: with every article that holds the answer's words left out, and with all

What is fitted may use the first of the two `halves` of the questions; the second is reported beside all of them.
`--sample N` takes N questions for each table, and leaves the page alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import math
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from evals.data import cached, folder, records
from evals.metrics import bare, holds, ranked, stands
from evals.report import followed, write
from ingest import ingest
from rag import Archive, chain
from rag.search.attempts import attempts
from rag.search.planned import search
from rag.search.reader import Reader
from rag.search.retrieve import retrieve
from rag.store.catalog import Filter
from rag.types import Answer, Finished, Hit

K = 10
CEILING = 50  # fused passages among which a right one is looked for, for what ranking could reach at most
LONGEST = 100  # words of an answer; a longer one counts as wrong
REMOVED, BEARING, SEED = 120, 12, 7  # questions of the abstention; articles that may hold the answer of one
THRESHOLDS = tuple(n / 10 for n in range(1, 10))
REPORTED = ", half not fitted on"
COMMAND = "python -m evals newsquiz"

Question = Mapping[str, Any]
Scores = dict[str, float]
T = TypeVar("T")


def main(arguments: Sequence[str] = ()) -> dict[str, Scores]:
    """All tables, or a sample of them; {} where there is no data."""
    asked = _arguments(arguments)
    data = folder()
    if data is None:
        return {}
    archive = _archive(data)
    reader = archive.reader if asked.folder is None else Reader(asked.folder)
    parts = replace(archive._parts, reader=reader)
    questions = load(data)
    reported = {q["id"] for q in halves(questions)[1]}
    some = questions if asked.sample is None else questions[: asked.sample]
    page = asked.sample is None and asked.folder is None
    found = retrieval(archive, reader, some, reported)
    write("newsquiz", COMMAND, _what(archive, len(some)), found, page=page)
    understood = planned(archive, parts, some, reported)
    write("newsquiz: planned", COMMAND, PLANNED, understood, page=page)
    given = answers(parts, some, reported)
    write("newsquiz: answers", COMMAND, ANSWERS, given, page=page)
    curve = abstention(archive, parts, questions, REMOVED if asked.sample is None else asked.sample)
    write("newsquiz: abstention", COMMAND, ABSTENTION, curve, page=page)
    return {**found, **understood, **given, **curve}


def load(data: Path) -> list[Question]:
    """The answerable questions, in file order."""
    return [q for q in records(data / "newsquiz" / "questions.jsonl.gz") if q["gold_urls"]]


def halves(questions: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """(for fitting, for reporting): those at odd places, those at even ones, counted from 0 in file order."""
    return questions[1::2], questions[::2]


def _archive(data: Path) -> Archive:
    archive = Archive(cached("newsquiz"))
    print(ingest(data / "newsquiz" / "articles.jsonl.gz", into=archive, progress=True))
    return archive


# -- retrieval ---------------------------------------------------------------------------


def retrieval(
    archive: Archive, reader: Reader | None, questions: Sequence[Question], reported: set[str]
) -> dict[str, Scores]:
    """Each way of searching over all questions, and over those of the reporting half."""
    ways: dict[str, dict[str, Any]] = {
        "full text alone": {"dense": False},
        "dense alone": {"fulltext": False},
        "fused": {},
        "fused + reader": {"reader": reader},
    }
    rows: dict[str, Scores] = {}
    for name, options in ways.items():
        _relevance(archive, questions[0], options)  # loads what this way needs
        started = time.perf_counter()
        lists = [_relevance(archive, question, options) for question in followed(questions, name)]
        seconds = (time.perf_counter() - started) / len(questions)
        rows[name] = {"questions": len(lists), **ranked(lists), "ms a question": seconds * 1000}
        rows[name + REPORTED] = _reported(lists, questions, reported)
    deep = [_relevance(archive, q, {"k": CEILING, "per_article": CEILING}) for q in followed(questions, "ceiling")]
    rows["fused"][f"among {CEILING}"] = sum(map(any, deep)) / len(deep)
    return _halves_last(rows)


def _reported(lists: list[list[bool]], questions: Sequence[Question], reported: set[str]) -> Scores:
    half = [one for one, q in zip(lists, questions, strict=True) if q["id"] in reported]
    return {"questions": len(half), **ranked(half)}


def _halves_last(rows: dict[str, Scores]) -> dict[str, Scores]:
    return dict(sorted(rows.items(), key=lambda row: row[0].endswith(REPORTED)))


def _what(archive: Archive, questions: int) -> str:
    covered, passages = archive.coverage(), archive.index.catalog.count("passages")
    return (
        f"Retrieval on news: {questions} questions over {covered.articles} articles ({passages} passages). A hit is "
        "a passage of a gold article that contains the answer's words; at most three passages of one article are ranked. "
        f"Among {CEILING}: the share of the questions that have a hit among the first {CEILING} fused passages. "
        "The combination of signals may be fitted on every other question; the others are reported by themselves too."
    )


def _relevance(archive: Archive, question: Question, options: dict[str, Any]) -> list[bool]:
    asked = {"k": K, "per_article": archive.settings.passages_per_article, **options}
    found = retrieve(question["question"], archive.index, archive.embedder.encode, where=Filter(), **asked)
    return _right(archive, question, found.hits)


def _right(archive: Archive, question: Question, hits: Sequence[Hit]) -> list[bool]:
    return [is_gold(archive, hit.passage, question) and holds(hit.passage.text, question["answer"]) for hit in hits]


def is_gold(archive: Archive, passage: Any, question: Question) -> bool:
    """Whether the passage is of an article that the question names as its source."""
    gold = set(question["gold_urls"])
    if passage.url in gold:
        return True
    article = archive.article(passage.article_id)
    return article is not None and not gold.isdisjoint(article.origins)


# -- planned -----------------------------------------------------------------------------

PLANNED = (
    "The same questions understood first, as `Archive.ask` does, on the day of their quiz, and then searched as its first "
    "attempt (decision 17) says: without the reader, with it, and with that day given as `as_of`. Milliseconds: understanding and searching."
)


def planned(
    archive: Archive, parts: chain.Parts, questions: Sequence[Question], reported: set[str]
) -> dict[str, Scores]:
    """Each way over all questions, and over those of the reporting half."""
    ways = {
        "without the reader": (None, False),
        "with the reader": (parts.reader, False),
        "with the reader, as of the day": (parts.reader, True),
    }
    rows: dict[str, Scores] = {}
    for name, (reader, as_of) in ways.items():
        lists, seconds = list[list[bool]](), list[float]()
        for question in followed(questions, f"planned {name}"):
            day = dt.date.fromisoformat(question["date"])
            on_day = replace(parts, today=lambda day=day: day, model=None)
            started = time.perf_counter()
            plan = chain.plan_of(question["question"], on_day, overrides={"as_of": day} if as_of else None)
            hits = search(
                attempts(plan, day)[0].plan,
                parts.index,
                parts.encode,
                k=K,
                per_article=parts.settings.passages_per_article,
                reader=reader,
            ).hits
            seconds.append(time.perf_counter() - started)
            lists.append(_right(archive, question, hits))
        rows[name] = {"questions": len(lists), **ranked(lists), "ms, median": statistics.median(seconds) * 1000}
        rows[name + REPORTED] = _reported(lists, questions, reported)
    return _halves_last(rows)


# -- answers -----------------------------------------------------------------------------

ANSWERS = (
    "The embedded answers to the same questions, each asked on the day of its quiz, since two in five say “this week” or "
    "the like. Right: one of the answer's sentences holds the answer's words, and it has at most "
    f"{LONGEST} words. The questions are written to be answered with choices in view, which are not shown here."
)


@dataclass(frozen=True, slots=True)
class Given:
    """How one question was answered: `confidence` is the probability that the evidence answers."""

    right: bool
    abstained: bool
    confidence: float
    words: int
    seconds: float = 0.0


def answers(parts: chain.Parts, questions: Sequence[Question], reported: set[str]) -> dict[str, Scores]:
    """Shares of the questions answered rightly, of those given that are wrong, of those abstained on."""
    given = {q["id"]: judged(q, *_ask(q, parts)) for q in followed(questions, "answers")}
    half = [one for id, one in given.items() if id in reported]
    return {"all questions": summary(list(given.values())), f"questions{REPORTED}": summary(half)}


def summary(given: Sequence[Given]) -> Scores:
    n = len(given) or 1
    said = [one for one in given if not one.abstained]
    return {
        "questions": len(given),
        "answered rightly": sum(one.right for one in given) / n,
        "abstained": sum(one.abstained for one in given) / n,
        "wrong of those given": wrong(said),
        f"longer than {LONGEST} words": sum(one.words > LONGEST for one in given) / n,
        "median words": statistics.median(one.words for one in said) if said else 0,
        "median seconds": statistics.median(one.seconds for one in given) if given else 0.0,
    }


def wrong(said: Sequence[Given]) -> float:
    """The share of the answers given that are not right; not a number where none was given."""
    return sum(not one.right for one in said) / len(said) if said else math.nan


def judged(question: Question, answer: Answer, seconds: float = 0.0) -> Given:
    """Right when a sentence of a short enough answer holds the words."""
    words = sum(len(s.text.split()) for s in answer.sentences)
    found = any(holds(s.text, question["answer"]) for s in answer.sentences)
    right = found and not answer.abstained and words <= LONGEST
    return Given(right, answer.abstained, answer.confidence, words, seconds)


def _ask(question: Question, parts: chain.Parts, without: frozenset[str] = frozenset()) -> tuple[Answer, float]:
    """(what `Archive.ask` gives on the day of the quiz, seconds)."""
    day = dt.date.fromisoformat(question["date"])
    started = time.perf_counter()
    for event in chain.events(question["question"], replace(parts, today=lambda: day, model=None), without=without):
        if isinstance(event, Finished):
            return event.answer, time.perf_counter() - started
    raise AssertionError("the path of a question always ends with Finished")


# -- abstention --------------------------------------------------------------------------

ABSTENTION = (
    f"{REMOVED} questions whose answer's words stand in 1 to {BEARING} articles, from the half that was not fitted on "
    "first and, since it has too few, the rest from the other. Each is asked twice: with all of these "
    "articles left out of both searches, and with them there. By the threshold `abstain_below`: how many of the first "
    "are abstained on, how many of the second answered, and how many of the answers given are wrong, among the second "
    "alone and among both (where every answer without the articles is wrong)."
)


def abstention(
    archive: Archive, parts: chain.Parts, questions: Sequence[Question], wanted: int = REMOVED
) -> dict[str, Scores]:
    """The setting's threshold, over all and over the reporting half's, which come first; then the curve."""
    chosen, own = chosen_for_removal(questions, bearing(archive, [q["answer"] for q in questions]), wanted)
    open_parts = replace(parts, settings=replace(parts.settings, abstain_below=0.0))
    gone, there = list[Given](), list[Given]()
    for question, ids in followed(chosen, "abstention"):
        gone.append(judged(question, *_ask(question, open_parts, ids)))
        there.append(judged(question, *_ask(question, open_parts)))
    now = parts.settings.abstain_below
    rows = {
        f"{now} (the setting)": {"questions": len(chosen), **at(now, gone, there)},
        f"{now}{REPORTED}": {"questions": own, **at(now, gone[:own], there[:own])},
    }
    return rows | {str(threshold): at(threshold, gone, there) for threshold in THRESHOLDS}


def bearing(archive: Archive, answers: Sequence[str]) -> dict[str, frozenset[str]]:
    """Answer -> ids of the articles whose title or text holds its words."""
    wanted = {answer: bare(answer) for answer in answers}
    found: dict[str, set[str]] = {answer: set() for answer in wanted}
    for article in archive.index.catalog.articles():
        text = bare(f"{article.title} {article.text}")
        for answer, words in wanted.items():
            if stands(words, text):
                found[answer].add(article.id)
    return {answer: frozenset(ids) for answer, ids in found.items()}


def chosen_for_removal(
    questions: Sequence[Question], found: Mapping[str, frozenset[str]], wanted: int
) -> tuple[list[tuple[Question, frozenset[str]]], int]:
    """(question, ids of its articles) of the same `wanted` ones every time; how many are of the reporting half."""
    pools = [
        [(q, found[q["answer"]]) for q in half if 1 <= len(found[q["answer"]]) <= BEARING]
        for half in reversed(halves(questions))
    ]
    chance = random.Random(SEED)
    taken = [chance.sample(pool, min(len(pool), wanted)) for pool in pools]
    return (taken[0] + taken[1])[:wanted], len(taken[0])


def at(threshold: float, gone: Sequence[Given], there: Sequence[Given]) -> Scores:
    """What a threshold makes of answers that were all asked for with none."""
    said_gone, said_there = (
        [one for one in some if not one.abstained and one.confidence >= threshold] for some in (gone, there)
    )
    return {
        "abstains, articles gone": 1 - len(said_gone) / (len(gone) or 1),
        "answers, articles there": len(said_there) / (len(there) or 1),
        "wrong of those given, articles there": wrong(said_there),
        "wrong of those given, both": wrong([*said_gone, *said_there]),
    }


# -- options -----------------------------------------------------------------------------


def _arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(COMMAND)
    parser.add_argument("--sample", type=int, help="so many questions for each table; the page is left alone")
    parser.add_argument("--folder", type=Path, help="a reader's folder instead of the shipped one")
    return parser.parse_args(arguments)
