"""Questions become groups of (question, title, passage) to train on: one that answers, and ones that do not.

    Group(pairs=[right, wrong, wrong, changed], …)

Passages are windows of varied length around sentence ends, so that the answer stands anywhere; titles
are left out, taken from SQuAD, or made from the paragraph's own first words, as headlines are.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from rag.search.layout import Tokens, tokens
from train.data import Paragraph, Question, Squad

WINDOWS = ((88, 0.4), (128, 0.25), (176, 0.2), (240, 0.15))  # tokens of a passage at most, and how often
TITLES = (("given", 0.45), ("headline", 0.25), ("none", 0.3))
WRONG = ((1, 0.5), (2, 0.5))  # passages without the answer for each question, and how often
FROM = (("fulltext", 0.4), ("dense", 0.35), ("article", 0.25))  # where a wrong passage comes from
CHANGED = (("none", 0.4), ("names", 0.3), ("opposite", 0.15), ("cut", 0.15))  # into what nothing answers, how often
NAME = re.compile(r"(?<=\w )(?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)*")
NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
OPPOSITES = """
    first last, before after, earliest latest, early late, oldest newest, old new, older younger, largest
    smallest, larger smaller, large small, biggest smallest, highest lowest, higher lower, high low, most least,
    more less, more fewer, longest shortest, longer shorter, long short, best worst, better worse, began ended,
    begin end, started stopped, start finish, opened closed, open close, won lost, win lose, gained lost,
    increased decreased, increase decrease, rose fell, rise fall, grew shrank, north south, northern southern,
    east west, eastern western, left right, inside outside, above below, male female, men women, king queen,
    father mother, son daughter, husband wife, brother sister, born buried, bought sold, buy sell, sent
    received, arrived departed, accepted rejected, allowed banned, allow forbid, supported opposed, support
    oppose, agreed refused, joined left, created destroyed, built demolished, founded abolished, appointed
    dismissed, elected defeated, included excluded, include exclude, public private, rich poor, strong weak, hot
    cold, summer winter, day night, common rare, major minor, majority minority, top bottom, upper lower,
    maximum minimum, succeeded preceded, successful failed, always never, all none, same different, same
    opposite, friends enemies, ally enemy, modern ancient, urban rural, domestic foreign, internal external,
    future past, next previous, positive negative, hard soft, fast slow, heavy light, wet dry, white black,
    import export, imports exports, offensive defensive
"""
OPPOSITE = {
    word: other
    for a, b in (pair.split() for pair in OPPOSITES.replace("\n", " ").split(","))
    for word, other in ((a, b), (b, a))
}
WORD = re.compile(r"[a-z]+")
DENIED = re.compile(r"\b(?:was|were|is|are|has|had|can|could|will|would|did)\b(?= [a-z]{2,}(?:ed|en|wn|de)\b)")


@dataclass(frozen=True, slots=True)
class Pair:
    """`answers` are the (first, last) passage tokens of every place where the answer's words stand; empty: nowhere."""

    question: Tokens
    title: Tokens
    passage: Tokens
    answers: tuple[tuple[int, int], ...] = ()

    @property
    def size(self) -> int:
        return len(self.question.ids) + len(self.title.ids) + len(self.passage.ids) + 4


@dataclass(frozen=True, slots=True)
class Group:
    """The first pair holds the answer; `ranked` of them, from the first on, compete; a changed one comes after."""

    pairs: tuple[Pair, ...]
    ranked: int


@dataclass
class Maker:
    """Makes groups; everything random comes from `chance`, so that a run can be repeated."""

    squad: Squad
    tokenizer: Any
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    def __post_init__(self) -> None:
        self._tokens: dict[int, Tokens] = {}
        self._ends: dict[int, list[int]] = {}

    @cached_property
    def _of_title(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for number, paragraph in enumerate(self.squad.paragraphs):
            found.setdefault(paragraph.title, []).append(number)
        return found

    def groups(self, questions: Sequence[Question], negatives: Sequence[dict[str, list[int]]]) -> Iterator[Group]:
        for question, wrong in zip(questions, negatives, strict=True):
            group = self.group(question, wrong)
            if group is not None:
                yield group

    def group(self, question: Question, negatives: dict[str, list[int]]) -> Group | None:
        """None where the answer cannot be found among the tokens."""
        longest = self._chosen(WINDOWS)
        asked = tokens(self.tokenizer, question.text)
        right = self._right(question, asked, longest)
        if right is None:
            return None
        answer = question.answer(self.squad.paragraphs).casefold()
        pairs = [right]
        for _ in range(self._chosen(WRONG)):
            number = self._wrong(question, negatives, answer)
            if number is not None:
                pairs.append(Pair(asked, self._title(number), self._window(number, longest, asked)))
        ranked = len(pairs)
        changed = self._changed(question, right)
        return Group((*pairs, changed) if changed else tuple(pairs), ranked)

    def paragraph(self, number: int) -> Tokens:
        if number not in self._tokens:
            self._tokens[number] = tokens(self.tokenizer, self.squad.paragraphs[number].text)
        return self._tokens[number]

    def _right(self, question: Question, asked: Tokens, longest: int) -> Pair | None:
        whole = self.paragraph(question.paragraph)
        first, last = _covering(whole, question.start, question.end)
        if first is None or last is None or last - first + 1 > longest:
            return None
        start, end = self._around(question.paragraph, first, last, longest)
        if not start <= first <= last < end:
            return None
        answers = _occurrences(whole.ids[start:end], whole.ids[first : last + 1])
        return Pair(asked, self._title(question.paragraph), whole.cut(start, end), answers)

    def _wrong(self, question: Question, negatives: dict[str, list[int]], answer: str) -> int | None:
        kind = self._chosen(FROM)
        near = negatives.get(kind) or self._of_title[self.squad.paragraphs[question.paragraph].title]
        number = self.chance.choice(near)
        text = self.squad.paragraphs[number].text
        return None if number == question.paragraph or answer in text.casefold() else number

    def _title(self, number: int) -> Tokens:
        paragraph: Paragraph = self.squad.paragraphs[number]
        kind = self._chosen(TITLES)
        if kind == "none":
            return Tokens((), ())
        text = paragraph.title if kind == "given" else " ".join(paragraph.text.split()[: self.chance.randint(5, 11)])
        return tokens(self.tokenizer, text)

    def _window(self, number: int, longest: int, asked: Tokens) -> Tokens:
        """Some `longest` tokens of a paragraph; mostly those that share most with the question."""
        whole = self.paragraph(number)
        if len(whole.ids) <= longest:
            return whole
        wanted = set(asked.ids)
        starts = [s for s in self._starts(number) if s + longest // 2 < len(whole.ids)] or [0]
        if self.chance.random() < 0.3:
            start = self.chance.choice(starts)
        else:
            start = max(starts, key=lambda s: len(wanted.intersection(whole.ids[s : s + longest])))
        return whole.cut(start, start + longest)

    def _around(self, number: int, first: int, last: int, longest: int) -> tuple[int, int]:
        size = len(self.paragraph(number).ids)
        if size <= longest:
            return 0, size
        starts = [s for s in self._starts(number) if s <= first and last < s + longest]
        start = (
            self.chance.choice(starts) if starts else max(0, min(first - self.chance.randint(0, 20), size - longest))
        )
        return start, min(size, start + longest)

    def _starts(self, number: int) -> list[int]:
        """The tokens that follow a full stop, and the first."""
        if number not in self._ends:
            whole = self.paragraph(number)
            text = self.squad.paragraphs[number].text
            ends = [i + 1 for i, (s, e) in enumerate(whole.offsets) if text[s:e] in ".!?" and i + 1 < len(whole.ids)]
            self._ends[number] = [0, *ends]
        return self._ends[number]

    def _changed(self, question: Question, right: Pair) -> Pair | None:
        """The right pair, changed a little so that it holds no answer: adversarial, as those of SQuAD 2.0 are."""
        kind = self._chosen(CHANGED)
        if kind == "cut":
            return self._cut(question, right)
        text = {"names": self._swapped, "opposite": self._opposite}.get(kind, lambda _: None)(question)
        return None if text is None else Pair(tokens(self.tokenizer, text), right.title, right.passage)

    def _cut(self, question: Question, right: Pair) -> Pair | None:
        """The passage without the sentence that answers, where its words stand in that sentence alone."""
        if len(right.answers) != 1:
            return None
        first, last = right.answers[0]
        text = self.squad.paragraphs[question.paragraph].text
        ends = [0] + [i + 1 for i, (s, e) in enumerate(right.passage.offsets) if text[s:e] in ".!?"]
        start = max(i for i in ends if i <= first)
        end = min((i for i in ends if i > last), default=len(right.passage.ids))
        kept = Tokens(
            right.passage.ids[:start] + right.passage.ids[end:],
            right.passage.offsets[:start] + right.passage.offsets[end:],
        )
        return Pair(right.question, right.title, kept) if len(kept.ids) >= 30 else None

    def _opposite(self, question: Question) -> str | None:
        """The question with a word for its opposite, or denied, unless the passage's own words say that too."""
        paragraph = set(WORD.findall(self.squad.paragraphs[question.paragraph].text.lower()))
        turned = (w for w in WORD.finditer(question.text) if w.group() in OPPOSITE)
        found = [w for w in turned if OPPOSITE[w.group()] not in paragraph]
        if "not" not in paragraph:
            found += DENIED.finditer(question.text)
        if not found:
            return None
        place = self.chance.choice(found)
        other = OPPOSITE.get(place.group(), place.group() + " not")
        return question.text[: place.start()] + other + question.text[place.end() :]

    def _swapped(self, question: Question) -> str | None:
        """The question with one number or name changed for another: what it asks about is not there."""
        paragraph = self.squad.paragraphs[question.paragraph]
        numbers = list(NUMBER.finditer(question.text))
        if numbers and self.chance.random() < 0.5:
            place = self.chance.choice(numbers)
            others = [n for n in NUMBER.findall(paragraph.text) if n != place.group()]
            other = (
                self.chance.choice(others)
                if others and self.chance.random() < 0.5
                else _moved(place.group(), self.chance)
            )
        else:
            names = list(NAME.finditer(question.text))
            if not names:
                return None
            place = self.chance.choice(names)
            far = self.squad.paragraphs[self.chance.choice(self._of_title[paragraph.title])]
            words = set(paragraph.text.split()) if self.chance.random() < 0.5 else set()
            others = [n for n in NAME.findall(far.text if not words else paragraph.text) if n not in question.text]
            others = [n for n in others if n != question.answer(self.squad.paragraphs)]
            if not others:
                return None
            other = self.chance.choice(others)
        if other == place.group():
            return None
        return question.text[: place.start()] + other + question.text[place.end() :]

    def _chosen(self, table: Sequence[tuple[Any, float]]) -> Any:
        return self.chance.choices([value for value, _ in table], [share for _, share in table])[0]


def _moved(number: str, chance: random.Random) -> str:
    """1998 -> 1991: the last digit of a number changed, another one in its place."""
    digits = [i for i, c in enumerate(number) if c.isdigit()]
    at = digits[-1] if len(digits) < 4 or chance.random() < 0.5 else digits[-2]
    return number[:at] + chance.choice([d for d in "0123456789" if d != number[at]]) + number[at + 1 :]


def _covering(whole: Tokens, start: int, end: int) -> tuple[int | None, int | None]:
    """The first and last token of text[start:end]."""
    first = next((i for i, (_, e) in enumerate(whole.offsets) if e > start), None)
    last = next((i for i in range(len(whole.offsets) - 1, -1, -1) if whole.offsets[i][0] < end), None)
    return first, last


def _occurrences(ids: Sequence[int], wanted: Sequence[int]) -> tuple[tuple[int, int], ...]:
    size, ids, wanted = len(wanted), tuple(ids), tuple(wanted)
    return tuple((i, i + size - 1) for i in range(len(ids) - size + 1) if ids[i : i + size] == wanted)
