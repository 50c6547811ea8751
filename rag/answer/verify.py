"""Sentences checked against evidence: words, figures, days, names and denials by rule, whoever wrote them.

    check("They agreed on mining [1]. It cost 9 billion [7].", evidence, article)

Each sentence is compared with the passages that share most with it, whatever number it cites. Its own number is kept
where that passage supports it, gives way to another that supports it better, and goes where none does. Links are taken
out and quotations pass the gate first (rag.answer.links, rag.answer.quotations); what an article tells whatever answers
from it to say supports nothing (rag.answer.orders).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.answer.extract import Encode
from rag.answer.lines import Line, Source, read
from rag.answer.links import unlink
from rag.answer.quotations import Find, Quotation, gate, with_speaker
from rag.answer.support import SUPPORTED, Support, weigh
from rag.answer.terms import Term, terms
from rag.sentences import spans
from rag.text import fold
from rag.types import Article, Citation, Evidence, Sentence
from rag.types import Support as State

LOOKED_AT = 3  # passages that one sentence is compared with, besides those that it cites
ALIKE = 0.36  # cosine from which on other words of a cited passage are taken to be about the same
LESS = 0.15  # share of the content by which a passage that it cites may hold less than another
CITED = 2  # lines that one sentence is cited to
_ORDER: dict[State, int] = {"unsupported": 0, "partly": 1, "supported": 2}
_MARKS = re.compile(r"\s*\[(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*)\]")


@dataclass(frozen=True, slots=True)
class Checked:
    """The text as it may be shown, its sentences, the citations they rest on, and what became of its quotations."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    notices: tuple[str, ...]
    quotations: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Verdict:
    """The state of a sentence, and the passages that it rests on with their lines."""

    state: State
    score: float
    rests: tuple[tuple[int, tuple[Line, ...]], ...] = ()


def check(
    text: str,
    evidence: Evidence,
    article: Callable[[str], Article | None],
    *,
    find: Find | None = None,
    encode: Encode | None = None,
) -> Checked:
    """`article` gives an article by id: a citation is made only where its words stand in the article's text.

    `find` looks quotations up in the whole archive; `encode` compares by meaning what shares no words.
    """
    unlinked = unlink(text, evidence)
    gated = gate(unlinked.text, evidence, find)
    checker = _Checker(evidence, article, encode)
    sentences: list[Sentence] = []
    pieces: list[str] = []
    citations: dict[tuple[int, int, int], Citation] = {}
    quotations: dict[int, Quotation] = dict(enumerate(gated.quotations))
    for lead, body, marks in _split(gated.text):
        own = {i: with_speaker(q, body, evidence) for i, q in quotations.items() if _overlap(q.shown, body)}
        quotations |= own
        verdict = checker.judge(body, marks, list(own.values()))
        found = [c for number, lines in verdict.rests for c in checker.cite(number, lines)]
        found += [c for q in own.values() for c in checker.cite_quotation(q)] if found else []
        citations |= {(c.number, c.start, c.end): c for c in found}
        cited = tuple(dict.fromkeys(c.number for c in found))
        sentences.append(Sentence(body, cited, verdict.state if cited else "unsupported", verdict.score))
        pieces.append(lead + body + "".join(f" [{n}]" for n in cited))
    ordered = tuple(citations[key] for key in sorted(citations))
    notices = [q.notice for q in quotations.values() if q.notice is not None and len(q.text.split()) > 1]
    notices += [f"The article names somebody else beside these words: {q.text}" for q in quotations.values()
                if q.speaker is False]  # fmt: skip
    notices += [unlinked.notice] if unlinked.notice is not None else []
    return Checked("".join(pieces).strip(), tuple(sentences), ordered, tuple(notices), tuple(quotations.values()))


class _Checker:
    """One answer's evidence, each passage read when it is first looked at."""

    def __init__(self, evidence: Evidence, article: Callable[[str], Article | None], encode: Encode | None) -> None:
        self.evidence, self.article, self.encode = evidence, article, encode
        self.vectors: dict[int, npt.NDArray[np.float32]] = {}  # of the lines of a passage, once they were asked for
        self.sources = {n: read(p, article(p.article_id)) for n, p in enumerate(evidence, start=1)}

    def judge(self, sentence: str, marks: Sequence[int], quoted: Sequence[Quotation]) -> _Verdict:
        claim = terms(sentence)
        own = [n for n in dict.fromkeys(marks) if n in self.sources]
        weighed = {n: weigh(claim, self.sources[n]) for n in self._likely(claim, own)}
        verdict = self._chosen(weighed, own)
        differs = any(d.certain for s in weighed.values() for d in s.differences)
        elsewhere = not any(n in own for n, _ in verdict.rests)
        if verdict.state != "supported" and elsewhere and not differs:
            verdict = self._by_meaning(sentence, own) or verdict
        return _limited(verdict, quoted)

    def _likely(self, claim: Sequence[Term], own: Sequence[int]) -> list[int]:
        """The numbers it cites, and the passages that hold most of its content."""
        content = {t.sense for t in claim if t.content}
        ranked = sorted(self.sources, key=lambda n: (-len(content & self.sources[n].senses), n))
        return list(dict.fromkeys([*own, *ranked[:LOOKED_AT]])) if content else []

    def _chosen(self, weighed: dict[int, Support], own: Sequence[int]) -> _Verdict:
        """Its own numbers where they support it as well as any; what is said otherwise where most of it stands wins
        over a passage that has less of it."""
        if not weighed:
            return _Verdict("unsupported", 0.0)
        best = max(weighed, key=lambda n: (*_strength(weighed[n]), n in own, -n))
        state = weighed[best].state
        if state == "unsupported":
            return _Verdict(state, weighed[best].score)
        least = weighed[best].covered - LESS
        kept = [n for n in own if _ORDER[weighed[n].state] >= _ORDER[state] and weighed[n].covered >= least] or [best]
        score = max(weighed[n].score for n in kept)
        return _Verdict(state, score, tuple((n, weighed[n].window) for n in kept))

    def _by_meaning(self, sentence: str, own: Sequence[int]) -> _Verdict | None:
        """Partly, where a line of a passage that it cites means nearly the same in other words."""
        lines = [(n, line) for n in own for line in self.sources[n].lines]
        if self.encode is None or not lines:
            return None
        unread = [n for n in own if n not in self.vectors and self.sources[n].lines]
        texts = [self.evidence[n].text[line.start : line.end] for n in unread for line in self.sources[n].lines]
        asked, *found = self.encode([sentence, *texts])
        for n in unread:
            size = len(self.sources[n].lines)
            self.vectors[n], found = np.array(found[:size]), found[size:]
        cosines = np.concatenate([self.vectors[n] for n in own if n in self.vectors]) @ asked
        best = int(cosines.argmax())
        if cosines[best] < ALIKE:
            return None
        number, line = lines[best]
        return _Verdict("partly", 0.0, ((number, (line,)),))

    def cite(self, number: int, lines: Sequence[Line]) -> list[Citation]:
        """The lines as spans of the article; none where it has changed since it was retrieved."""
        return [c for line in lines[:CITED] if (c := self._span(number, line.start, line.end)) is not None]

    def cite_quotation(self, quotation: Quotation) -> list[Citation]:
        one = self._span(*quotation.place) if quotation.place is not None else None
        return [] if one is None else [one]

    def _span(self, number: int, start: int, end: int) -> Citation | None:
        source: Source = self.sources[number]
        passage, found = source.passage, source.article
        if found is None or found.text[passage.start : passage.end] != passage.text:
            return None
        start, end = passage.start + start, passage.start + end
        return Citation(number, found, passage, found.text[start:end], start, end)


def _strength(support: Support) -> tuple[bool, float, float]:
    """Its words in order first, then how much of it is there: names and figures alone may meet anywhere."""
    verbatim = support.state == "supported" and support.score >= SUPPORTED
    return verbatim, round(support.covered, 2), round(support.score, 1)


def _limited(verdict: _Verdict, quoted: Sequence[Quotation]) -> _Verdict:
    """No more than its quotations allow: none where the words are made up or another's, partly where they were put
    right or stand elsewhere."""
    if any(q.speaker is False for q in quoted):
        return _Verdict("unsupported", verdict.score)
    several = [q for q in quoted if len(q.text.split()) > 1]
    if any(not q.marked and q.state in ("not found", "altered") for q in several):
        return _Verdict("unsupported", verdict.score)
    if verdict.state == "supported" and any(q.state != "exact" for q in several):
        return _Verdict("partly", verdict.score, verdict.rests)
    return verdict


def _overlap(one: str, other: str) -> bool:
    """Whether one text holds the other, white space and case aside: a quotation may be longer than a sentence."""
    a, b = (" ".join(fold(t).split()).strip("\"' .,;:!?") for t in (one, other))
    return bool(a) and bool(b) and (a in b or b in a)


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
