"""Killed at every step boundary and at random instants, then run again: what an undisturbed run holds.

Every boundary between catalog and Chroma is killed at least once, and at least 40 kills must have landed.
"""

from __future__ import annotations

import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.embedder import WordHash
from tests.killing import Kill, differences, run, state, victim, write_articles

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="SIGKILL is a matter of Unix")]
RANDOM = 8
AGAIN = 4  # kills of the run that comes after a kill, at its first steps
STEPS = (
    "catalog: begin", "catalog: written", "catalog: committed", "chroma: opening", "chroma: opened", "chroma: upserted",
    "chroma: deleted", "chroma: in step", "ledger: marked", "chroma: closed", "chroma: sealed",
)  # fmt: skip


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """An archive of version 1, what an undisturbed update to version 2 holds, and the steps that update takes."""
    work = tmp_path_factory.mktemp("kill")
    articles, base, whole = work / "articles", work / "base", work / "whole"
    write_articles(articles, 1)
    run(base, articles, WordHash())
    write_articles(articles, 2)
    shutil.copytree(base, whole, copy_function=shutil.copy2)
    steps: list[str] = []
    run(whole, articles, WordHash(), steps.append)
    return {"work": work, "articles": articles, "base": base, "steps": steps, "wanted": state(whole, WordHash())}


def trial(prepared: dict[str, Any], name: str, **how: Any) -> tuple[Kill | None, list[str]]:
    work = prepared["work"] / name
    work.mkdir()
    archive = work / "archive"
    shutil.copytree(prepared["base"], archive, copy_function=shutil.copy2)
    again = how.pop("again", 0)
    kill = victim(archive, prepared["articles"], work, **how)
    if kill is not None and again:
        kill = victim(archive, prepared["articles"], work, step=again)
    if kill is None:
        return None, []
    run(archive, prepared["articles"], WordHash())
    wrong = differences(prepared["wanted"], state(archive, WordHash()))
    shutil.rmtree(work)
    return kill, wrong


def test_nothing_is_lost_or_twice_whatever_the_instant(prepared: dict[str, Any]) -> None:
    steps = prepared["steps"]
    assert set(STEPS) <= set(steps)
    chance = random.Random(7)
    waits = [chance.random() * 0.9 for _ in range(RANDOM)]
    with ThreadPoolExecutor(2) as pool:
        at_steps = [pool.submit(trial, prepared, f"s{n}", step=n) for n in range(1, len(steps) + 1)]
        at_random = [pool.submit(trial, prepared, f"r{n}", wait=wait) for n, wait in enumerate(waits)]
        upserted = steps.index("chroma: upserted") + 1
        twice = [pool.submit(trial, prepared, f"t{n}", step=upserted, again=n) for n in range(1, AGAIN + 1)]
        outcomes = [f.result() for f in [*at_steps, *at_random, *twice]]
    landed = [(kill, wrong) for kill, wrong in outcomes if kill is not None]
    assert all(f.result()[0] is not None for f in [*at_steps, *twice]), "every boundary must be hit"
    assert {kill.after for kill, _ in landed} >= set(STEPS)
    assert len(landed) >= 40
    assert [(kill, wrong) for kill, wrong in landed if wrong] == []
