"""Names: runs of capitals, without titles, in their fullest form."""

from __future__ import annotations

import pytest

from rag.speech.names import People, run_at, tokens


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Rear Admiral Jack Sutter left", ("Jack", "Sutter")),
        ("Henk de Vries wrote", ("Henk", "de", "Vries")),
        ("Ministry of Finance in Tokyo", ("Ministry", "of", "Finance")),
        ("Sir David R. Attwood died", ("David", "R.", "Attwood")),
        ("Davis Love III won", ("Davis", "Love")),
    ],
)
def test_runs(text: str, name: tuple[str, ...]) -> None:
    run = run_at(tokens(text, 0, len(text)), 0)
    assert run is not None
    assert run.name == name


def test_tokens_stand_where_they_say() -> None:
    text = "Japan's J. Doe, 34, said so."
    assert all(text[t.start : t.end] == t.text for t in tokens(text, 0, len(text)))


def test_the_fullest_form() -> None:
    people = People()
    people.meet(("Anna", "Novak"), 0)
    people.meet(("Kassym-Jomart", "Tokayev"), 20, ("president",))
    assert people.fullest(("Tokayev",)) == ("Kassym-Jomart", "Tokayev")
    assert people.fullest(("Nobody",)) == ("Nobody",)
    assert people.holders("president") == [("Kassym-Jomart", "Tokayev")]
    people.meet(("Tomas", "Novak"), 40)
    assert people.fullest(("Novak",)) is None
