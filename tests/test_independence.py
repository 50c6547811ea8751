"""Near copies count once; what outlets write in words of their own counts as often as it is written."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answer.independence import backing, independent
from rag.types import Article, Backing, Citation, Evidence, Hit
from tests.passages import article, evidence, passage

REPORT = (
    "Rescuers pulled eleven people from the rubble of a bridge near Veles on Monday. The bridge had been closed to "
    "lorries since May because of cracks in two of its piers. The mayor said that an inquiry would begin this week. "
    "Trains on the line beneath it are replaced by buses until Friday."
)
OWN = (
    "Eleven survivors were freed after the Veles crossing gave way, the fire service told our reporter at the scene. "
    "Engineers had warned of damage in spring, and heavy vehicles were turned away. Prosecutors now look into it."
)
CUT = REPORT[: REPORT.index(" Trains")]
LONGER = f"VELES (Agency) - {REPORT} {OWN[OWN.index('Engineers') :]} More on page two, where residents speak of noise."


def some(*texts: str) -> list[Article]:
    return [article(text, id=f"a{n}", source=f"Outlet {n}") for n, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "count"),
    [
        ((), 0),
        ((REPORT,), 1),
        ((REPORT, REPORT), 1),
        ((REPORT, CUT), 1),
        ((CUT, REPORT, LONGER), 1),
        ((REPORT, OWN), 2),
        ((REPORT, OWN, CUT, REPORT.replace("Monday", "Tuesday")), 2),
        (("", ""), 2),
    ],
)
def test_near_copies_count_once_in_any_order(texts: tuple[str, ...], count: int) -> None:
    assert independent(some(*texts)) == independent(some(*texts[::-1])) == count


def test_copies_of_a_copy_are_one_though_the_ends_share_nothing() -> None:
    first, last = REPORT[: len(REPORT) // 2], REPORT[len(REPORT) // 2 :]
    assert independent(some(first, last)) == 2
    assert independent(some(first, last, REPORT)) == 1


def cited(of: Article, quote: str, number: int) -> Citation:
    start = of.text.index(quote)
    return Citation(number, of, passage(of), quote, start, start + len(quote))


def test_an_answer_rests_on_what_it_cites_and_on_who_prints_the_same_words() -> None:
    wire, own, reprint, cut, silent = some(REPORT, OWN, REPORT, CUT, OWN[:80])
    held = {a.id: a for a in (wire, own, reprint, cut, silent)}
    found = evidence(wire, own)
    found = replace(found, hits=(replace(found.hits[0], duplicates=("a2", "a3", "a4", "gone")), found.hits[1]))
    trains, freed = cited(wire, REPORT[REPORT.index("Trains") :], 1), cited(own, OWN[: OWN.index(" Engineers")], 2)
    # The cut copy lacks the cited words, the last article has others, and one has left the archive.
    assert backing([trains, freed], found, held.get) == Backing(articles=3, independent=2)
    rescued = cited(wire, REPORT[: REPORT.index(" The bridge")], 1)
    assert backing([rescued, freed], found, held.get) == Backing(articles=4, independent=2)
    assert backing([freed], found, held.get) == Backing(articles=1, independent=1)


def test_no_citation_is_no_backing() -> None:
    assert backing([], Evidence((Hit(passage(some(REPORT)[0]), 1.0),), 0.9), {}.get) == Backing(0, 0)
