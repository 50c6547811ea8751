"""What changed between two versions of an article, in one line, as the report says it and the archive keeps it.

difference(old, new)  ->  "text: 1 words added, 1 removed (“12,000” -> “14,500”); date: 2024-11-19 -> 2024-11-20"
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.sentences import spans
from rag.types import Article

FACTS = ("title", "date", "updated", "source", "author", "url", "language")
PLACES = 3  # of the text whose words are shown
WORDS = 12  # shown of what stood there, and of what stands there
LONGEST = 400  # words of a place that is compared word by word


def difference(old: Article, new: Article) -> str:
    """Words added and removed and the first places of the text, then every other fact that is another."""
    parts = []
    if old.text != new.text:
        before, after = Counter(old.text.split()), Counter(new.text.split())
        added, removed = (after - before).total(), (before - after).total()
        places = list(_places(old.text, new.text))
        shown = [f"{_quoted(was)} -> {_quoted(now)}" for was, now in places[:PLACES]]
        shown += [f"{len(places) - PLACES} more"] if len(places) > PLACES else []
        where = f" ({'; '.join(shown)})" if shown else ""
        parts.append(f"text: {added} words added, {removed} removed{where}")
    for name in FACTS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            parts.append(f"{name}: {was or 'unknown'} -> {now or 'unknown'}")
    return "; ".join(parts) or "cut into passages anew"


def _places(old: str, new: str) -> Iterator[tuple[list[str], list[str]]]:
    """The words that stood, and that stand, at each place that differs: sentences are compared, then their words."""
    before, after = [old[s:e].split() for s, e in spans(old)], [new[s:e].split() for s, e in spans(new)]
    for was, now in _differing([" ".join(s) for s in before], [" ".join(s) for s in after]):
        gone = [word for sentence in before[was] for word in sentence]
        come = [word for sentence in after[now] for word in sentence]
        if not gone or not come or len(gone) + len(come) > LONGEST:
            yield gone, come
            continue
        yield from ((gone[one], come[other]) for one, other in _differing(gone, come))


def _differing(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[slice, slice]]:
    for how, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how != "equal":
            yield slice(i, j), slice(k, m)


def _quoted(words: Sequence[str]) -> str:
    if not words:
        return "nothing"
    return f"“{' '.join(words[:WORDS])}{' …' if len(words) > WORDS else ''}”"
