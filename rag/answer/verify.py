"""Sentences checked against evidence: words and numbers by rule, whoever wrote them.

    check("They agreed on mining [1]. It cost 9 billion [7].", evidence, article)

Each sentence keeps a number only when that passage supports it; a number that does not exist, or whose
passage does not support the sentence, gives way to a passage that does, or to none. A quotation that
stands in no evidence loses its quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from rag.sentences import spans
from rag.text import fold, stem, words
from rag.types import Article, Citation, Evidence, Passage, Sentence, Support

SUPPORTED, PARTLY = 0.6, 0.35  # share of a sentence's content words that its passage holds
_MARKS = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_QUOTED = re.compile(r"“([^“”]{3,})”|„([^„“”]{3,})[“”]|«([^«»]{3,})»|\"([^\"]{3,})\"")
_LITTLE = 3  # letters: shorter words carry no evidence


@dataclass(frozen=True, slots=True)
class Checked:
    """The text as it may be shown, its sentences and the citations they rest on."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]


def check(text: str, evidence: Evidence, article: Callable[[str], Article | None]) -> Checked:
    """`article` gives an article by id; a citation is made only where its words stand in the article's text."""
    sentences: list[Sentence] = []
    citations: dict[tuple[int, int, int], Citation] = {}
    pieces: list[str] = []
    notices: list[str] = []
    for lead, raw, marks in _split(text):
        body, dropped = _unquote(raw, evidence)
        notices += [f"Not found in the articles, so no longer shown as a quotation: {q}" for q in dropped]
        numbers, support, score = _judge(body, marks, evidence)
        if dropped and support == "supported":
            support = "partly"
        for number in numbers:
            citation = cite(number, body, evidence, article)
            if citation is not None:
                citations.setdefault((number, citation.start, citation.end), citation)
        cited = tuple(n for n in numbers if any(key[0] == n for key in citations))
        sentences.append(Sentence(body, cited, support if cited else "unsupported", score))
        pieces.append(lead + body + "".join(f" [{n}]" for n in cited))
    ordered = sorted(citations.values(), key=lambda c: (c.number, c.start))
    return Checked("".join(pieces).strip(), tuple(sentences), tuple(ordered), tuple(notices))


def cite(number: int, sentence: str, evidence: Evidence, article: Callable[[str], Article | None]) -> Citation | None:
    """The passage's sentence that shares most with this one, as a span of the article."""
    passage = evidence[number]
    found = article(passage.article_id)
    if found is None or found.text[passage.start : passage.end] != passage.text:
        return None  # changed since it was retrieved: no citation rather than a wrong one
    start, end = _nearest(sentence, passage)
    start, end = passage.start + start, passage.start + end
    return Citation(number, found, passage, found.text[start:end], start, end)


def _split(text: str) -> list[tuple[str, str, tuple[int, ...]]]:
    """(white space before, sentence without its marks, the numbers of its marks)."""
    bare, marks = "", list[tuple[int, tuple[int, ...]]]()
    last = 0
    for match in _MARKS.finditer(text):
        bare += text[last : match.start()]
        marks.append((len(bare), tuple(_numbers(match.group(1)))))
        last = match.end()
    bare += text[last:]
    found, end = [], 0
    for start, stop in spans(bare):
        own = tuple(dict.fromkeys(n for at, numbers in marks if start < at <= stop for n in numbers))
        found.append((bare[end:start], bare[start:stop], own))
        end = stop
    return found


def _numbers(marks: str) -> list[int]:
    """ "1, 3-5" -> [1, 3, 4, 5]."""
    found: list[int] = []
    for part in re.split(r"\s*[,;]\s*", marks):
        ends = [int(n) for n in re.split(r"\s*[–-]\s*", part)]
        found.extend(range(ends[0], ends[-1] + 1) if len(ends) == 2 and ends[1] - ends[0] < 20 else ends)
    return found


def _judge(sentence: str, marks: tuple[int, ...], evidence: Evidence) -> tuple[tuple[int, ...], Support, float]:
    """The numbers that support the sentence: its own where they do, else the best other one."""
    scores = {n: support_score(sentence, passage) for n, passage in enumerate(evidence, start=1)}
    own = tuple(n for n in marks if scores.get(n, 0.0) >= PARTLY)
    best = max(scores, key=lambda n: (scores[n], -n), default=0)
    numbers = own or ((best,) if best and scores[best] >= SUPPORTED else ())
    score = max((scores[n] for n in numbers), default=scores.get(best, 0.0))
    state: Support = "supported" if score >= SUPPORTED else "partly" if score >= PARTLY else "unsupported"
    return numbers, state if numbers else "unsupported", score


def support_score(sentence: str, passage: Passage) -> float:
    """Share of the sentence's content words that the passage holds; 0 when a number of it is not there.

    The title and the date line of the passage count: a sentence may say them.
    """
    held = f"{passage.title} {passage.text} {passage.source or ''} {passage.date or ''}"
    numbers = set(_NUMBER.findall(fold(sentence)))
    if not numbers <= _numbers_held(held, passage):
        return 0.0
    wanted = {stem(w) for w in words(sentence) if len(w) > _LITTLE}
    if not wanted:
        return 1.0 if fold(sentence).strip() in fold(held) else 0.0
    return len(wanted & {stem(w) for w in words(held)}) / len(wanted)


def _numbers_held(held: str, passage: Passage) -> set[str]:
    numbers = set(_NUMBER.findall(fold(held)))
    if passage.date is not None:
        numbers |= {str(passage.date.year), str(passage.date.month), str(passage.date.day)}
    return numbers


def _nearest(sentence: str, passage: Passage) -> tuple[int, int]:
    asked = {stem(w) for w in words(sentence)}

    def shared(span: tuple[int, int]) -> tuple[float, int]:
        here = {stem(w) for w in words(passage.text[span[0] : span[1]])}
        return len(asked & here) / (len(asked | here) or 1), -span[0]

    found = spans(passage.text) or [(0, len(passage.text))]
    return max(found, key=shared)


def _unquote(sentence: str, evidence: Evidence) -> tuple[str, list[str]]:
    """The sentence with the marks taken off every quotation that stands in no evidence, and those quotations."""
    held = [_squeezed(p.text) for p in evidence]
    dropped: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        inside = next(g for g in match.groups() if g is not None)
        if len(inside.split()) < 2 or any(_squeezed(inside) in text for text in held):
            return match.group()
        dropped.append(inside)
        return inside

    return _QUOTED.sub(replaced, sentence), dropped


def _squeezed(text: str) -> str:
    return " ".join(fold(text).split()).strip(" .,;:!?")
