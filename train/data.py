"""SQuAD's training questions, in one fixed order, with the articles that are held back for choosing.

    squad = load(folder)
    squad.questions[0].answer(squad.paragraphs)     # "Saint Bernadette Soubirous"

No question of a dev set or of another evaluation is ever read here.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.data import records

FILE = "train-v1.1.jsonl.gz"
SEED = 20
HELD_BACK = 24  # articles (titles) of 442 that choose settings and are never trained on


@dataclass(frozen=True, slots=True)
class Paragraph:
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """`paragraph` is an index into the paragraphs; the answer is `text[start:end]` of that one."""

    text: str
    paragraph: int
    start: int
    end: int

    def answer(self, paragraphs: Sequence[Paragraph]) -> str:
        return paragraphs[self.paragraph].text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Squad:
    """`questions` to train on and `held_back` ones, each shuffled once; `paragraphs` hold both's."""

    paragraphs: tuple[Paragraph, ...]
    questions: tuple[Question, ...]
    held_back: tuple[Question, ...]


def load(folder: Path) -> Squad:
    """Read `folder`/squad's training questions; the same order and split every time."""
    numbers: dict[str, int] = {}
    paragraphs: list[Paragraph] = []
    questions: list[Question] = []
    for row in records(folder / "squad" / FILE):
        title, text = row["title"].replace("_", " "), row["context"]
        if text not in numbers:
            numbers[text] = len(paragraphs)
            paragraphs.append(Paragraph(title, text))
        answer = row["answers"][0]
        questions.append(
            Question(row["question"].strip(), numbers[text], answer["start"], answer["start"] + len(answer["text"]))
        )
    chance = random.Random(SEED)
    titles = sorted({p.title for p in paragraphs})
    kept = set(chance.sample(titles, min(HELD_BACK, len(titles) // 10)))
    chance.shuffle(questions)
    held = tuple(q for q in questions if paragraphs[q.paragraph].title in kept)
    return Squad(tuple(paragraphs), tuple(q for q in questions if paragraphs[q.paragraph].title not in kept), held)
