"""The small models around the reader: what fitting maximises, and what holds the second fit near the first."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from rag import Archive
from rag.types import Hit, Reading
from tests.passages import article, passage
from train.fit import Asked, _youth, conditional_logit

CHANCE = np.random.default_rng(7)
GROUPS = [
    (x, np.arange(6) == int(np.argmax(x @ np.array([2.0, -1.0]) + CHANCE.gumbel(size=6))))
    for x in CHANCE.normal(size=(400, 6, 2))
]


def test_weights_that_made_the_choices_are_found_again() -> None:
    assert conditional_logit([GROUPS], (1.0,)) == pytest.approx([2.0, -1.0], abs=0.3)


def test_the_second_fit_stays_where_it_is_held_and_moves_where_it_is_not() -> None:
    first = np.array([0.5, 0.5])
    assert conditional_logit([GROUPS], (1.0,), 1e6, first) == pytest.approx(first, abs=1e-3)
    free = conditional_logit([GROUPS], (1.0,), 1e-6, first)
    held = conditional_logit([GROUPS], (1.0,), 0.3, first)
    assert abs(held - first).sum() < abs(free - first).sum()


def test_youth_is_less_age_and_nothing_where_no_day_is_asked_from(archive: Archive) -> None:
    hits = (Hit(passage(article("It rained.", day="2024-11-19")), 1.0, reading=Reading(0.0, 0.5)),)
    asked = Asked("?", "rain", hits, hits, archive, dt.date(2024, 11, 26))
    assert _youth(asked) == pytest.approx(np.array([[-np.log(2)]]))
    assert _youth(Asked("?", "rain", hits, hits, archive)).tolist() == [[0.0]]
    assert _youth(Asked("?", "rain", (), (), archive, dt.date(2024, 11, 26))).shape == (0, 1)
