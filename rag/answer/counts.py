"""A question about the whole archive is answered from the catalog: a sentence, tables, and the articles themselves.

    "23 articles mention floods between 2024-01-01 and 2024-12-31, from 5 outlets; 2 more have no date."

Every article that holds the words is counted, not the passages that rank best, and none is judged by a model. A
citation is the first sentence of an article that holds the words.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from rag.answer.abstain import abstained
from rag.answer.tables import LISTED, grouped, listed
from rag.sentences import spans
from rag.store.catalog import Filter
from rag.store.corpus import Corpus, Counted
from rag.store.index import Index
from rag.types import Answer, Citation, Coverage, Evidence, Hit, Passage, Plan, Sentence

MODEL = "catalog"
CITED = 20  # articles whose words are quoted
_OPEN = re.compile(  # nothing to lack stands behind it, or an outlet or a day
    r"\b(?:not|without|except|excluding|neither|nor|no)(?:(?:\s+both)?\W*$"
    r"|\s+(?:(?:those|articles|the\s+ones|published)\s+)*(?:from|by|in\s+\d))"
)
_QUOTED = re.compile(r"[“„«\"][^“”„«»\"]+[”“»\"]")
_DENIED = re.compile(r"^(?:not|without)\s+", re.IGNORECASE)


def count(plan: Plan, where: Filter, index: Index, coverage: Coverage, without: frozenset[str] = frozenset()) -> Answer:
    """What the catalog says to `plan` within `where`; `without` are articles, by id, that are treated as not there."""
    if plan.parts:
        return _each(plan, where, index, coverage, without)
    if _OPEN.search(_QUOTED.sub("x", plan.topic)):
        reason = (
            "This cannot be counted: words can be left out (“mention floods but not rain”), and days, outlets and "
            "“both” cannot."
        )
        return replace(abstained(plan, Evidence((), 0.0), coverage, reason), model=MODEL)
    found = index.corpus.count(plan.topic, where, without)
    if plan.topic and not found.words and not found.lacking:
        reason = f"There is nothing to look for in: {plan.topic}. A word is needed that tells something, or one in “ ”."
        return replace(abstained(plan, Evidence((), 0.0), coverage, reason), model=MODEL)
    cited = citations(plan.topic, found, index)
    said = [Sentence(_counted(plan, found), tuple(c.number for c in cited), "supported", 1.0)]
    if not found.articles:
        said.append(Sentence(_searched(coverage), (), "supported", 1.0))
    if len(found.articles) > LISTED:
        more = len(found.articles) - LISTED
        said.append(Sentence(f"The list has the first {LISTED}; {more:,} more are not in it.", (), "supported", 1.0))
    first, last = plan.after, where.before
    tables = [grouped(g, found.articles, first, last) for g in plan.groups] if found.articles else []
    return Answer(
        plan.question,
        " ".join(s.text for s in said),
        tuple(said),
        cited,
        confidence=1.0,
        evidence=Evidence(tuple(Hit(c.passage, 1.0) for c in cited), 1.0),
        model=MODEL,
        notices=_explained(plan, found),
        tables=(*tables, listed(found.articles)) if found.articles else (),
    )


def _each(plan: Plan, where: Filter, index: Index, coverage: Coverage, without: frozenset[str]) -> Answer:
    """The counts of a question that asks for several, where all are of articles and within the same filters."""
    filters = {(p.kind, p.after, p.before, p.sources, p.authors) for p in (plan, *plan.parts)}
    if len(filters) > 1 or any(p.parts for p in plan.parts):
        asked = " and ".join(f"“{p.question}”" for p in plan.parts)
        reason = f"Several things are asked at once, and cannot be counted so; ask for each by itself: {asked}."
        return replace(abstained(plan, Evidence((), 0.0), coverage, reason), model=MODEL)
    answers = [
        count(replace(p, as_of=plan.as_of, groups=p.groups or plan.groups), where, index, coverage, without)
        for p in plan.parts
    ]
    blank = next((a for a in answers if a.abstained), None)
    if blank is not None:
        return replace(blank, question=plan.question)
    said, cited = list[Sentence](), list[Citation]()
    for one in answers:
        past = len(cited)
        said += [replace(s, citations=tuple(n + past for n in s.citations)) for s in one.sentences]
        cited += [replace(c, number=c.number + past) for c in one.citations]
    tables = [
        replace(t, title=f"{t.title} ({p.topic})") for p, a in zip(plan.parts, answers, strict=True) for t in a.tables
    ]
    return replace(
        answers[0],
        question=plan.question,
        text=" ".join(s.text for s in said),
        sentences=tuple(said),
        citations=tuple(cited),
        evidence=Evidence(tuple(Hit(c.passage, 1.0) for c in cited), 1.0),
        notices=tuple(dict.fromkeys(n for a in answers for n in a.notices)),
        tables=tuple(tables),
    )


def citations(topic: str, found: Counted, index: Index) -> tuple[Citation, ...]:
    """The first sentence that holds the words, for each of the first articles; none where only the title has them."""
    cited: list[Citation] = []
    for one in found.articles[:CITED] if found.words else ():
        article = index.catalog.article(one.id)
        place = _place(topic, index.corpus, one.id, len(found.words), one.language)
        if article is None or place is None:
            continue
        passage, start, end = place
        quote = passage.text[start:end]
        start, end = passage.start + start, passage.start + end
        if article.text[start:end] == quote:  # else the article was replaced while it was read
            cited.append(Citation(len(cited) + 1, article, passage, quote, start, end))
    return tuple(cited)


def _place(
    topic: str, corpus: Corpus, article_id: str, words: int, language: str | None
) -> tuple[Passage, int, int] | None:
    """The passage and the span in it of the first sentence that holds all the words, else of the first with most."""
    best: tuple[int, Passage, int, int] | None = None
    for passage in corpus.passages(topic, article_id, language):
        places = spans(passage.text, language)
        held = corpus.holding(topic, [passage.text[start:end] for start, end in places], language)
        for n, (start, end) in zip(held, places, strict=True):
            if n > (best[0] if best else 0):
                best = (n, passage, start, end)
        if best is not None and best[0] == words:
            break
    return None if best is None else best[1:]


def _counted(plan: Plan, found: Counted) -> str:
    """ "23 articles mention floods between … and …, from 5 outlets; 2 more have no date." """
    total, dated = len(found.articles), any((plan.after, plan.before, plan.as_of))
    one = total == 1
    of = "".join(
        f" {word} {' or '.join(names)}" for word, names in (("from", plan.sources), ("by", plan.authors)) if names
    )
    denied = _DENIED.sub("", plan.topic)
    does = f"mention{'s' * one} {plan.topic}" if plan.topic else f"{'is' if one else 'are'} in the archive"
    if denied != plan.topic:
        does = f"{'does' if one else 'do'} not mention {denied}"
    if not plan.topic and dated:
        does = f"{'was' if one else 'were'} published"
    sentence = f"{_several(total, 'article')}{of} {does}{_when(plan)}"
    outlets = len({a.source for a in found.articles if a.source is not None})
    if outlets and len(plan.sources) != 1:
        sentence += f", from {_several(outlets, 'outlet')}"
    undated = sum(a.date is None for a in found.articles)
    if found.undated:
        sentence += f"; {found.undated:,} more {'has' if found.undated == 1 else 'have'} no date"
    elif undated:
        sentence += f"; {undated:,} of them {'has' if undated == 1 else 'have'} no date"
    return sentence + "."


def _when(plan: Plan) -> str:
    if plan.after is not None and plan.before is not None:
        span = f" on {plan.after}" if plan.after == plan.before else f" between {plan.after} and {plan.before}"
    else:
        span = "".join(f" {word} {day}" for word, day in (("since", plan.after), ("until", plan.before)) if day)
    return span + (f" as of {plan.as_of}" if plan.as_of else "")


def _searched(coverage: Coverage) -> str:
    """What was looked through where nothing was found."""
    days = f" of {_span(coverage.first, coverage.last)}" if coverage.first and coverage.last else ""
    return f"{_several(coverage.articles, 'article')}{days} {'was' if coverage.articles == 1 else 'were'} searched."


def _span(first: dt.date, last: dt.date) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _explained(plan: Plan, found: Counted) -> tuple[str, ...]:
    """What "mention" means here."""
    if not found.words and not found.lacking:
        return ()
    both = "together hold" if len(found.words) > 1 else "holds"
    whose = "title and text" if len(found.words) > 1 else "title or text"
    told = [f"whose {whose} {both} {_listed_words(found.words)}"] if found.words else []
    for group in found.lacking:
        hold = "do not together hold" if len(group) > 1 else "do not hold"
        told.append(f"whose title and text {hold} {_listed_words(group)}")
    return (f"Counted is every article {_joined(told)}, in any form of the words.",)


def _listed_words(words: Sequence[Sequence[str]]) -> str:
    return _joined([" or ".join(f"“{w}”" for w in some) for some in words])


def _joined(parts: Sequence[str]) -> str:
    return " and ".join(parts) if len(parts) < 3 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _several(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
