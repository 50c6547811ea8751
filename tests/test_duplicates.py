"""A passage repeats another when nothing that it says is lost without it; figures, names and "not" always tell."""

from __future__ import annotations

import pytest

from rag.search.duplicates import repeats

REPORT = (
    "Floods in the upper valley have killed 12 people and left four hundred families without a roof, the governor said "
    "late in the evening. Soldiers were building a dam of sandbags near the old mill. Schools will stay closed until "
    "the water has gone down, and trains to the coast are not running. The river was not expected to rise again."
)


@pytest.mark.parametrize(
    "printed",
    [
        REPORT,
        REPORT.upper(),
        REPORT.replace(", ", " ").replace(". ", "; "),
        REPORT.replace("the governor said late", "the governor said, late"),
        REPORT.replace("sandbags near the old", "sandbags near old"),
        REPORT.replace("sandbags", "sand bags"),
        f"By Ida Brook\n{REPORT}",
        f"By Tom Reed and Ida Brook, Valley Desk\n\n{REPORT}",
        f"MILLTOWN, Nov 3 (Reuters) - {REPORT}",
        f"Milltown (AFP) — {REPORT}",
        f"MILLTOWN — {REPORT}",
        f"By Ida Brook\nMILLTOWN, Nov. 4 (AP) — {REPORT}",
        f"{REPORT} (Reporting by Ida Brook; Editing by Tom Reed)",
    ],
)
def test_another_newsrooms_print_of_it_repeats_it(printed: str) -> None:
    assert repeats(printed, REPORT)
    assert repeats(REPORT, printed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("12 people", "14 people"),
        ("12 people", "1,200 people"),
        ("four hundred", "five hundred"),
        ("not expected", "expected"),
        ("are not running", "are running"),
        ("The river", "No river"),
        ("the governor", "the minister"),
        ("Floods in", "Two floods in"),
        ("Floods in the upper", "Fires in the upper"),
        ("to the coast", "to the capital"),
        ("have killed", "have nearly killed"),
        ("closed until", "open until"),
        ("rise again.", "fall again."),
        ("rise again.", "rise again soon."),
    ],
)
def test_what_tells_something_else_is_no_repetition(old: str, new: str) -> None:
    assert old in REPORT
    changed = REPORT.replace(old, new)
    assert not repeats(changed, REPORT)
    assert not repeats(REPORT, changed)


@pytest.mark.parametrize(
    "longer",
    [f"{REPORT} Two more had died by dawn, doctors said.", f"Rain had fallen for a week.\n{REPORT}"],
)
def test_the_shorter_repeats_the_longer_and_not_the_other_way(longer: str) -> None:
    assert repeats(REPORT, longer)
    assert not repeats(longer, REPORT)


def test_a_part_is_no_repetition() -> None:
    assert not repeats(REPORT[: len(REPORT) // 2], REPORT)


@pytest.mark.parametrize(("text", "kept"), [("Six died.", "Six died!"), ("ёлка", "Елка")])
def test_short_passages_repeat_what_has_their_words(text: str, kept: str) -> None:
    assert repeats(text, kept)
    assert not repeats(text, kept + " Later, more.")


def test_reports_in_russian_are_told_apart_too() -> None:
    report = (
        "Паводок в верхней долине унёс жизни двенадцати человек, сообщил поздно вечером губернатор области. Солдаты "
        "строят плотину из мешков с песком у старой мельницы. Школы закрыты, поезда к морю не ходят."
    )
    assert repeats(f"АСТАНА, 3 ноября (Казинформ) — {report.replace('унёс', 'унес')}", report)
    assert not repeats(report.replace("двенадцати", "четырнадцати"), report)
    assert not repeats(report.replace("не ходят", "ходят"), report)


@pytest.mark.parametrize(
    "text", ["", " ", "A" * 9000, "by " + "x " * 4000, "A(" * 4000, " (editing by" * 900, "\n" * 9000]
)
def test_no_text_takes_long(text: str) -> None:
    import time

    started = time.process_time()
    assert repeats(text, text)
    assert time.process_time() - started < 0.5
