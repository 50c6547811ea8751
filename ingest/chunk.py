"""Sentence spans to passages: whole sentences, about so many words, never more tokens than the embedder reads.

    chunk(text, spans(text), title="Leaders meet", count_tokens=count, max_tokens=256)  ->  [(0, 812), (701, 1490)]

Where a passage ends is a trade: near the wanted length, at the end of a paragraph, not inside a quotation.
What is embedded is not the passage alone but `embedded_text(title, passage)`, and it is that which fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.errors import EmbedderError
from rag.sentences import Span, cut

Count = Callable[[list[str]], list[int]]

LONGEST_OVERLAP = 40  # words of a sentence that is repeated at the head of the next passage
STRETCH = 1.2  # a passage may have so many times its wanted words, to end well
OFF_PARAGRAPH = 0.2  # ending inside a paragraph costs as much as missing the length by a fifth
IN_QUOTATION = 0.6
FEWEST_TOKENS = 16  # with less room than this beside the title an embedder is of no use
TITLE_COST = 400  # a title's plain letters cost 2 and all else 5, for that is how tokens go: 200 Latin letters,
PLAIN, OTHER = 2, 5  # 80 Cyrillic ones; about 48 tokens of English

_MARKS = re.compile('["«»“”„\n]')
_CLOSING = {'"': '"', "«": "»", "“": "”", "„": "“”"}


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence, or a piece of one that alone is too long; `penalty` is what it costs to end a passage here."""

    start: int
    end: int
    words: float
    tokens: int
    penalty: float


def embedded_text(title: str, text: str) -> str:
    """What is embedded for a passage: its article's title, shortened when very long, and its own text."""
    short = _short(title)
    return f"{short}\n{text}" if short else text


def _short(title: str) -> str:
    if OTHER * len(title) <= TITLE_COST:
        return title
    cost = 0
    for i, c in enumerate(title):
        cost += PLAIN if c.isascii() and (c.isalnum() or c == " ") else OTHER
        if cost > TITLE_COST:
            return (title[:i].rpartition(" ")[0] or title[:i]).rstrip(" ,;:-–—")
    return title


def chunk(
    text: str,
    sentences: Sequence[Span],
    *,
    title: str,
    count_tokens: Count,
    max_tokens: int,
    words: int = 150,
    overlap: int = 1,
) -> list[Span]:
    """The passages of `text` as (start, end), in order; together they hold every sentence.

    A passage may begin with the last `overlap` sentences of the one before. `count_tokens` counts a text as
    the embedder reads it, special tokens included. Raises EmbedderError when `max_tokens` leaves no room.
    """
    empty, head = count_tokens(["", embedded_text(title, "")])
    room = max_tokens - max(empty, head)
    if room < FEWEST_TOKENS:
        raise EmbedderError(
            f"the embedder reads {max_tokens} tokens, and beside a title that leaves {room} for the passage; "
            "use an embedder that reads at least 128"
        )
    units = _units(text, sentences, count_tokens, empty, room)
    if not units:
        return []
    total_words, total_tokens = sum(u.words for u in units), sum(u.tokens for u in units)
    wanted = min(words, 0.9 * room * total_words / max(total_tokens, 1))
    return _verified(text, _packed(units, wanted, room, overlap), title, count_tokens, max_tokens)


def _units(text: str, sentences: Sequence[Span], count_tokens: Count, empty: int, room: int) -> list[_Unit]:
    """The sentences with their sizes; one that does not fit is cut into pieces that do."""
    fitting: list[tuple[int, int, int]] = []
    todo = list(sentences)
    while todo:
        counts = count_tokens([text[s:e] for s, e in todo])
        rest: list[Span] = []
        for (s, e), count in zip(todo, counts, strict=True):
            tokens = count - empty
            if tokens <= room or e - s == 1:
                fitting.append((s, e, tokens))
            else:
                share = 0.9 * room / tokens
                rest.extend(cut(text, s, e, max(1, int(len(text[s:e].split()) * share)), max(1, int((e - s) * share))))
        todo = rest
    fitting.sort()
    inside = _open_quotations(text, [e for _, e, _ in fitting])
    return [
        _Unit(s, e, max(len(text[s:e].split()), (e - s) / 12), tokens, _penalty(text, e, quoted))
        for (s, e, tokens), quoted in zip(fitting, inside, strict=True)
    ]


def _penalty(text: str, end: int, quoted: bool) -> float:
    ends_paragraph = end >= len(text) or text[end] == "\n"
    return (0.0 if ends_paragraph else OFF_PARAGRAPH) + (IN_QUOTATION if quoted else 0.0)


def _open_quotations(text: str, ends: Sequence[int]) -> list[bool]:
    """For each of the ascending positions whether it lies inside a quotation that began in its paragraph."""
    found: list[bool] = []
    closing = ""
    marks = _MARKS.finditer(text)
    mark = next(marks, None)
    for end in ends:
        while mark is not None and mark.start() < end:
            c = mark.group()
            if c == "\n" or (closing and c in closing):
                closing = ""
            elif not closing:
                closing = _CLOSING.get(c, "")
            mark = next(marks, None)
        found.append(bool(closing))
    return found


def _packed(units: list[_Unit], wanted: float, room: int, overlap: int) -> list[Span]:
    """The units put into passages, each ending where that costs least."""
    left = [0.0] * (len(units) + 1)
    for i in range(len(units) - 1, -1, -1):
        left[i] = left[i + 1] + units[i].words
    passages: list[Span] = []
    first = 0
    while first < len(units):
        start = _overlap_start(units, first, wanted, room, overlap) if passages else first
        repeated = units[start:first]
        target = wanted - sum(u.words for u in repeated)
        if left[first] < 2 * target:  # the last two are made alike, so that no crumb is left
            target = left[first] if left[first] <= STRETCH * target else left[first] / 2
        stop = _stop(units, first, target, room - sum(u.tokens for u in repeated))
        passages.append((units[start].start, units[stop - 1].end))
        first = stop
    return passages


def _overlap_start(units: list[_Unit], first: int, wanted: float, room: int, overlap: int) -> int:
    start, words, tokens = first, 0.0, 0
    while start > 0 and first - start < overlap:
        words, tokens = words + units[start - 1].words, tokens + units[start - 1].tokens
        if words > min(LONGEST_OVERLAP, wanted / 3) or tokens + units[first].tokens > room or tokens > room / 3:
            break
        start -= 1
    return start


def _stop(units: list[_Unit], first: int, target: float, room: int) -> int:
    """One past the unit that ends the passage best."""
    best, best_cost, words, tokens = first + 1, float("inf"), 0.0, 0
    for i in range(first, len(units)):
        words, tokens = words + units[i].words, tokens + units[i].tokens
        if i > first and (tokens > room or words > STRETCH * target):
            break
        cost = abs(words - target) / target + units[i].penalty
        if cost <= best_cost:
            best, best_cost = i + 1, cost
    return best


def _verified(text: str, passages: list[Span], title: str, count_tokens: Count, max_tokens: int) -> list[Span]:
    """`passages` with those halved that are too long after all: not every tokenizer counts parts as it does a whole."""
    fitting: list[Span] = []
    while passages:
        counts = count_tokens([embedded_text(title, text[s:e]) for s, e in passages])
        rest: list[Span] = []
        for (s, e), count in zip(passages, counts, strict=True):
            if count <= max_tokens or e - s == 1:
                fitting.append((s, e))
            else:
                rest.extend(cut(text, s, e, len(text[s:e].split()) // 2 + 1, (e - s + 1) // 2))
        passages = rest
    return sorted(fitting)
