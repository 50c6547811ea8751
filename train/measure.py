"""How the reader does on questions that were held back from training, while it is being trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from evals.metrics import auroc, exact, overlap, ranked
from rag.search.layout import Tokens, lay_out, tokens
from rag.search.reader import decode
from rag.types import Reading
from train.data import Squad
from train.mine import mined
from train.model import ReaderModel

QUESTIONS = 150


def measure(model: ReaderModel, squad: Squad, tokenizer: Any) -> dict[str, float]:
    """Reading the right paragraph (EM, F1); ranking it among the mined ones (hit@1, MRR); telling them apart (AUROC)."""
    questions = squad.held_back[:QUESTIONS]
    found = mined("held", 0)
    assert found is not None, "python -m train.mine first"
    lists, ems, f1s, scores, labels = [], [], [], [], []
    for question, by_words, by_meaning in zip(questions, *found, strict=False):
        wrong = list(dict.fromkeys(int(n) for n in (*by_words, *by_meaning) if n >= 0))
        numbers = [question.paragraph, *wrong]
        readings = read(model, tokenizer, question.text, [squad.paragraphs[n] for n in numbers])
        order = np.argsort([-r.relevance for r in readings], kind="stable")
        lists.append([numbers[i] == question.paragraph for i in order])
        answer = [question.answer(squad.paragraphs)]
        text = squad.paragraphs[question.paragraph].text
        given = text[readings[0].spans[0].start : readings[0].spans[0].end]
        ems.append(exact(given, answer))
        f1s.append(overlap(given, answer))
        scores += [r.answerable for r in readings]
        labels += [True] + [False] * len(wrong)
    return {"EM": float(np.mean(ems)), "F1": float(np.mean(f1s)), "AUROC": auroc(scores, labels), **ranked(lists)}


def read(model: ReaderModel, tokenizer: Any, question: str, paragraphs: list[Any]) -> list[Reading]:
    asked = tokens(tokenizer, question)
    pairs: list[tuple[Tokens, Tokens, Tokens]] = [
        (asked, tokens(tokenizer, p.title), tokens(tokenizer, p.text)) for p in paragraphs
    ]
    batch = lay_out(pairs, multiple=16)
    with torch.no_grad():
        scores, spans = model(*(torch.from_numpy(a) for a in (batch.ids, batch.kinds, batch.mask)))
    return decode(batch, [p[2] for p in pairs], scores.float().numpy(), spans.float().numpy())
