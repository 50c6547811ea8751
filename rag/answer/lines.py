"""A passage as lines: its sentences with their terms, and what its heading, date and article add.

A line is the evidence's side of a comparison; the answer's sentence is the other.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from rag.answer.orders import is_order, orders
from rag.answer.terms import Term, terms
from rag.sentences import spans
from rag.text import fold, stem, words
from rag.types import Article, Passage


@dataclass(frozen=True)
class Line:
    """One sentence of a passage: `start` and `end` in its text."""

    start: int
    end: int
    terms: tuple[Term, ...]

    @cached_property
    def senses(self) -> frozenset[str]:
        return frozenset(t.sense for t in self.terms)

    @cached_property
    def roots(self) -> tuple[str, ...]:
        return tuple(t.root for t in self.terms)

    def share(self, claim: Sequence[Term]) -> float:
        """Share of the content of a sentence that stands here."""
        content = [t.sense for t in claim if t.content]
        return sum(s in self.senses for s in content) / (len(content) or 1)


@dataclass(frozen=True)
class Source:
    """One passage, read for comparison."""

    passage: Passage
    lines: tuple[Line, ...]
    heading: Line
    article: Article | None = None

    @cached_property
    def roots(self) -> frozenset[str]:
        return frozenset(t.root for line in (*self.lines, self.heading) for t in line.terms)

    @cached_property
    def senses(self) -> frozenset[str]:
        return frozenset().union(*(line.senses for line in (*self.lines, self.heading)))

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(t.root for line in (*self.lines, self.heading) for t in line.terms if t.kind == "name")

    @cached_property
    def triples(self) -> frozenset[tuple[str, ...]]:
        return frozenset(runs([root for line in self.lines for root in line.roots], 3))

    @cached_property
    def years(self) -> frozenset[str]:
        """The years that the passage names, and the one it appeared in, as "#2024"."""
        named = {r for r in self.roots if len(r) == 5 and r[1:].isdigit() and "1900" <= r[1:] <= "2099"}
        return frozenset(named | ({f"#{self.passage.date.year}"} if self.passage.date else set()))

    @cached_property
    def _article_roots(self) -> frozenset[str]:
        text = f"{self.article.title} {self.article.text}" if self.article is not None else self.passage.text
        return frozenset(stem(w.removesuffix("'s")) for w in words(text))

    def mentions(self, root: str) -> bool:
        """Whether the whole article has the word."""
        return root in self._article_roots

    @cached_property
    def _initials(self) -> str:
        return "".join(w[0] for w in words(f"{self.passage.title} {self.passage.text}"))

    def abbreviates(self, name: str) -> bool:
        """Whether an abbreviation stands for words of the passage that follow one another: "ECB"."""
        short = "".join(c for c in name if c.isalpha())
        return 2 <= len(short) <= 5 and short.isupper() and fold(short) in self._initials


def runs(roots: Sequence[str], n: int) -> list[tuple[str, ...]]:
    """All n neighbours: runs("abc", 2) -> [("a", "b"), ("b", "c")]."""
    return [tuple(roots[i : i + n]) for i in range(len(roots) - n + 1)]


def read(passage: Passage, article: Article | None = None) -> Source:
    """The passage's sentences as lines, without what gives orders; its title, outlet and author as its heading."""
    left = _orders(passage, article)
    told = [
        (s, e) for s, e in spans(passage.text, passage.language) if not any(start <= s < end for start, end in left)
    ]
    found = [(s, e, terms(passage.text[s:e])) for s, e in told]
    names = {t.root for _, _, some in found for t in some if t.kind == "name"}
    lines = tuple(Line(s, e, named(some, names)) for s, e, some in found)
    heading = " ".join(part for part in (passage.title, passage.source, passage.author) if part and not is_order(part))
    return Source(passage, lines, Line(0, 0, terms(heading)), article)


def _orders(passage: Passage, article: Article | None) -> list[tuple[int, int]]:
    """Spans of the passage's text that are orders or follow one, though it stands before the passage's beginning."""
    if article is None or article.text[passage.start : passage.end] != passage.text:
        return list(orders(passage.text))
    blank = article.text.rfind("\n\n", 0, passage.start)
    before = passage.start - (blank + 2 if blank >= 0 else 0)
    return [(start - before, end - before) for start, end in orders(article.text[passage.start - before : passage.end])]


def named(found: Sequence[Term], names: Collection[str]) -> tuple[Term, ...]:
    """With the first term a name where the passage knows it as one: every sentence begins with a capital."""
    first = found[:1]
    if first and first[0].kind == "word" and first[0].root in names and first[0].text[0].isupper():
        return (replace(first[0], kind="name", sense=first[0].root), *found[1:])
    return tuple(found)
