"""Example questions that an archive can answer, made from its own recent articles and tried before they are shown."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rag.errors import DatelineError
from rag.types import Article

if TYPE_CHECKING:
    from rag.archive import Archive

MOST = 4
TRIED = 10
LOOKED_AT = 200  # newest articles
LONGEST_TITLE = 64  # characters
_NAME = re.compile(r"\b[A-Z][\w’'-]*[a-z](?:[ -](?:of |de )?[A-Z][\w’'-]+)*")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;“\"\n—]\s*)$")


@dataclass(frozen=True, slots=True)
class Example:
    """A question, and the ids of the articles that it was made from."""

    question: str
    articles: frozenset[str]


class Examples:
    """The examples of an archive, made anew when its articles have changed."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._made: tuple[int, list[str]] | None = None

    def current(self) -> list[str]:
        with self._lock:
            generation = self._archive.index.catalog.generation
            if self._made is None or self._made[0] != generation:
                self._made = generation, self._make()
            return self._made[1]

    def _make(self) -> list[str]:
        """With a chat model the questions are not tried: they would cost the user money that nobody asked to spend."""
        found = candidates(self._archive.articles(limit=LOOKED_AT))
        if self._archive.settings.model is not None:
            return [e.question for e in found[:MOST]]
        good: list[str] = []
        for example in found[:TRIED]:
            if len(good) < MOST and self._answered(example):
                good.append(example.question)
        return good

    def _answered(self, example: Example) -> bool:
        try:
            answer = self._archive.ask(example.question)
        except DatelineError:
            return False  # what is wrong will be said to the first real question
        return any(c.article.id in example.articles for c in answer.citations)


def candidates(articles: Sequence[Article]) -> list[Example]:
    """Questions, each about another story: what several articles tell of in turn with single headlines."""
    english = [a for a in articles[:LOOKED_AT] if a.language in (None, "en")]
    by_name, by_title = list(_of_names(english)), list(_of_titles(english))
    mixed = [e for pair in zip(by_name, by_title, strict=False) for e in pair]
    shorter = min(len(by_name), len(by_title))
    found: list[Example] = []
    for example in [*mixed, *by_name[shorter:], *by_title[shorter:]]:
        if not any(example.articles & other.articles for other in found):
            found.append(example)
    return found


def names(article: Article) -> list[str]:
    """Names in the title that the text has too, within a sentence: a capital at its start proves nothing."""
    return [m.group() for m in _NAME.finditer(article.title) if _within_sentence(m.group(), article.text)]


def _of_names(articles: Sequence[Article]) -> Iterator[Example]:
    told = Counter(name for a in articles for name in set(names(a)))
    for name, number in sorted(told.items(), key=lambda pair: (-pair[1], -len(pair[0].split()), pair[0])):
        about = [a for a in articles if name in names(a)]
        source = next((a for a in about if a.source and a.source not in name), None)
        ids = frozenset(a.id for a in about)
        if number > 1 and source is not None:
            mine = frozenset(a.id for a in about if a.source == source.source)
            yield Example(f"What did {source.source} report about {name}?", mine | ids)
        else:
            yield Example(f"What is reported about {name}?", ids)


def _of_titles(articles: Sequence[Article]) -> Iterator[Example]:
    for a in articles:
        if a.title and len(a.title) <= LONGEST_TITLE and not a.title.endswith("?"):
            yield Example(f"What is behind the headline “{a.title}”?", frozenset([a.id]))


def _within_sentence(name: str, text: str) -> bool:
    return any(
        not _SENTENCE_START.search(text[max(0, m.start() - 3) : m.start()])
        for m in re.finditer(rf"\b{re.escape(name)}\b", text)
    )
