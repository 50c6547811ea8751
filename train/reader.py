"""Trains the reader: `python -m train.reader [--resume] [--minutes 100] [--finish 25]`.

A stretch trains at a constant rate, then the rate falls to zero in `--finish` minutes, which makes a
model worth shipping (warm-up, stable, decay: Hu et al., MiniCPM, 2024); the next stretch resumes from it and
warms up again. So every stretch gives the best reader so far, and no schedule has to be known in advance.
Word embeddings stay as they are. On CPUs with bfloat16 the passes run in it; the weights that are updated are
float32.

    train/checkpoint/     float16 weights without word embeddings, state.json; `python -m train.export` makes the
                          shipped files of them
"""

from __future__ import annotations

import argparse
import copy
import itertools
import json
import platform
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from evals.data import folder
from rag.search.embedding import load as embedder
from rag.search.layout import lay_out, tokenizer
from train import losses
from train.data import Squad, load
from train.measure import measure
from train.mine import PART, mined
from train.model import ReaderModel, pretrained
from train.pairs import Group, Maker

CHECKPOINT = Path(__file__).with_name("checkpoint")
BLOCK = 512  # questions whose groups are sorted by length together
GROUPS = 16  # questions to a step
RATE, WARM_UP = 2e-4, 100  # peak learning rate, steps until it is reached
SAVE_EVERY = 600.0  # seconds
SAY_EVERY = 50  # steps


@dataclass
class State:
    """How far training is: kept beside the checkpoint, and in the model's card."""

    questions: int = 0  # asked so far, over all passes
    pairs: int = 0
    stretches: list[dict[str, Any]] = field(default_factory=list)
    losses: list[tuple[float, ...]] = field(default_factory=list)  # pairs; mean listwise, span and answerable loss
    measured: list[dict[str, float]] = field(default_factory=list)


def main() -> None:
    asked = _arguments()
    data = folder()
    if data is None:
        return
    squad = load(data)
    model, state = pretrained(), State()
    if asked.resume:
        resume(model, state)
    path = embedder("all-MiniLM-L6-v2").tokenizer
    assert path is not None
    trainer = Trainer(model, state, squad, tokenizer(path))
    trainer.stable(asked.minutes * 60)
    trainer.save()
    if asked.finish:
        trainer.finish(asked.finish * 60)
        trainer.save()


class Trainer:
    """A float32 model that is updated, and the one in bfloat16 that computes."""

    def __init__(self, model: ReaderModel, state: State, squad: Squad, tokenizer: Any) -> None:
        self.state, self.squad, self.tokenizer = state, squad, tokenizer
        model.words.weight.requires_grad_(False)
        self.model = model
        self.quick = copy.deepcopy(model).to(torch.bfloat16)
        self.masters: dict[str, Tensor] = {n: p for n, p in model.named_parameters() if p.requires_grad}
        self._pairs = [(self.masters[n], p) for n, p in self.quick.named_parameters() if p.requires_grad]
        plain = [p for p in self.masters.values() if p.ndim > 1]
        bare = [p for p in self.masters.values() if p.ndim == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": plain, "weight_decay": 0.01}, {"params": bare, "weight_decay": 0.0}],
            lr=RATE, betas=(0.9, 0.98), eps=1e-6, foreach=True,
        )  # fmt: skip
        self._steps = 0
        self._recent: list[list[float]] = []
        self._began, self._before = time.time(), state.pairs
        state.stretches.append({})
        self._batches = self._stream()
        self._saved = time.time()

    def stable(self, seconds: float) -> None:
        started = time.time()
        for group in self._batches:
            self.step(group, 1.0)
            if time.time() - self._saved > SAVE_EVERY:
                self.save()
            if time.time() - started >= seconds:
                break

    def finish(self, seconds: float) -> None:
        """The rate falls to zero along a line."""
        started = time.time()
        for group in self._batches:
            left = 1 - (time.time() - started) / seconds
            if left <= 0:
                break
            self.step(group, left)

    def step(self, groups: list[Group], share: float) -> None:
        pairs = [pair for group in groups for pair in group.pairs]
        ranked = [i for i, at in _places(groups) if at]
        batch = lay_out([(p.question, p.title, p.passage) for p in pairs], multiple=16)
        ids, kinds, mask = (torch.from_numpy(a) for a in (batch.ids, batch.kinds, batch.mask))
        scores, spans = self.quick(ids, kinds, mask)
        scores, spans = scores.float(), spans.float()
        readable = losses.readable(mask, batch.firsts, pairs)
        ranking = losses.listwise(scores[ranked, 0], [g.ranked for g in groups])
        reading = losses.span(spans, readable, batch.firsts, pairs)
        answering = losses.answerable(scores[:, 1], pairs)
        (ranking + losses.SPAN * reading + losses.ANSWERABLE * answering).backward()
        self._update(share)
        self.state.questions += len(groups)
        self.state.pairs += len(pairs)
        self._recent.append([float(loss.detach()) for loss in (ranking, reading, answering)])
        if self._steps % SAY_EVERY == 0:
            means = [round(float(mean), 4) for mean in np.mean(self._recent, axis=0)]
            self._recent.clear()
            self.state.losses.append((self.state.pairs, means[0], means[1], means[2]))
            print(
                f"{time.strftime('%H:%M:%S')} step {self._steps}, {self.state.questions} questions, {self.state.pairs} "
                f"pairs: listwise {means[0]:.3f}, span {means[1]:.3f}, answerable {means[2]:.3f}",
                file=sys.stderr, flush=True,
            )  # fmt: skip

    def _update(self, share: float) -> None:
        for master, quick in self._pairs:
            master.grad = None if quick.grad is None else quick.grad.float()
            quick.grad = None
        nn.utils.clip_grad_norm_(self.masters.values(), 1.0)
        self._steps += 1
        for group in self.optimizer.param_groups:
            group["lr"] = RATE * share * min(1.0, self._steps / WARM_UP)
        self.optimizer.step()
        with torch.no_grad():
            for master, quick in self._pairs:
                quick.copy_(master)

    def _stream(self) -> Iterator[list[Group]]:
        """Steps' groups, from where training stands on, over and over; waits for negatives that are being mined."""
        while True:
            start = self.state.questions % len(self.squad.questions)
            start -= start % BLOCK
            epoch = self.state.questions // len(self.squad.questions)
            for begin in itertools.takewhile(lambda b: b < len(self.squad.questions), itertools.count(start, BLOCK)):
                maker = Maker(self.squad, self.tokenizer, random.Random(f"{epoch} {begin}"))
                questions = self.squad.questions[begin : begin + BLOCK]
                groups = list(maker.groups(questions, [negatives("train", begin + i) for i in range(len(questions))]))
                groups.sort(key=lambda g: max(p.size for p in g.pairs))
                batches = [groups[i : i + GROUPS] for i in range(0, len(groups), GROUPS)]
                maker.chance.shuffle(batches)
                yield from batches
            self.state.questions = (epoch + 1) * len(self.squad.questions)

    def save(self) -> None:
        """Write the checkpoint and its state; a kill leaves the one before."""
        CHECKPOINT.mkdir(exist_ok=True)
        self.say_measured()
        self.state.stretches[-1] = _stretch(self._began, self.state.pairs - self._before)
        pending = CHECKPOINT / "reader.safetensors.part"
        save_file({n: t.detach().half() for n, t in self.masters.items()}, pending)
        pending.rename(CHECKPOINT / "reader.safetensors")
        (CHECKPOINT / "state.json").write_text(json.dumps(vars(self.state)), encoding="utf-8")
        self._saved = time.time()

    def say_measured(self) -> None:
        found = measure(self.quick, self.squad, self.tokenizer)
        self.state.measured.append({"pairs": self.state.pairs, **found})
        print({name: round(value, 3) for name, value in found.items()}, file=sys.stderr, flush=True)


def negatives(name: str, number: int) -> dict[str, list[int]]:
    """The hard negatives of one question, by where they come from."""
    part, row = divmod(number, PART)
    while (found := _mined(name, part)) is None:
        print(f"waiting for part {part} of python -m train.mine", file=sys.stderr, flush=True)
        time.sleep(20)
    return {
        kind: [int(n) for n in numbers[row] if n >= 0]
        for kind, numbers in zip(("fulltext", "dense"), found, strict=True)
    }


_parts: dict[tuple[str, int], Any] = {}


def _mined(name: str, part: int) -> Any:
    if (name, part) not in _parts:
        found = mined(name, part)
        if found is None:
            return None
        _parts[name, part] = found
    return _parts[name, part]


def resume(model: ReaderModel, state: State) -> None:
    """Put the checkpoint's weights and state in place; a fresh start where there is none."""
    path = CHECKPOINT / "reader.safetensors"
    if not path.is_file():
        print(f"no checkpoint in {CHECKPOINT}: starting from the packaged weights", file=sys.stderr)
        return
    model.load_state_dict({n: t.float() for n, t in load_file(path).items()}, strict=False)
    for name, value in json.loads((CHECKPOINT / "state.json").read_text(encoding="utf-8")).items():
        setattr(state, name, value)


def _places(groups: list[Group]) -> Iterator[tuple[int, bool]]:
    """(index of a pair among all, whether it competes)."""
    at = 0
    for group in groups:
        for i in range(len(group.pairs)):
            yield at, i < group.ranked
            at += 1


def _stretch(started: float, pairs: int) -> dict[str, Any]:
    return {
        "began": time.strftime("%Y-%m-%d %H:%M", time.gmtime(started)), "minutes": round((time.time() - started) / 60),
        "pairs": pairs, "rate": RATE, "machine": f"{platform.machine()}, {torch.get_num_threads()} threads",
        "torch": torch.__version__,
    }  # fmt: skip


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m train.reader", description="Trains the reader.")
    parser.add_argument("--resume", action="store_true", help="go on from train/checkpoint")
    parser.add_argument("--minutes", type=float, default=100, help="at a constant rate (default 100)")
    parser.add_argument("--finish", type=float, default=25, help="until the rate is zero; 0: only the checkpoint")
    return parser.parse_args()


if __name__ == "__main__":
    main()
