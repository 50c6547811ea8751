"""Passages that tell one thing differently; and pairs that only look so."""

from __future__ import annotations

import pytest

from rag.answer.disagreement import disagreements
from rag.notebook import answer_html, answer_markdown, disagreeing
from rag.terminal import answer_lines
from rag.types import Answer, Evidence
from tests.passages import article, evidence
from window.answers import answer_html as window_html

QUESTION = "How many people were killed when the dam broke?"


def told(one: str, other: str, *, source: str = "Post", day: str = "2024-11-20") -> Evidence:
    return evidence(article(one), article(other, id="a2", source=source, day=day))


def test_two_figures_stand_side_by_side_newest_first() -> None:
    found = disagreements(
        QUESTION, told("The dam broke and killed 13 people.", "When the dam broke, 14 people were killed.")
    )
    assert [(s.value, s.number, s.source) for s in found[0].sides] == [
        ("14 people", 2, "Post"),
        ("13 people", 1, "Wire"),
    ]
    assert found[0].sure


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The dam broke and killed 13 people.", "Thirteen people were killed when the dam broke."),
        ("The dam broke and killed 13 people.", "The dam broke after 20 days of rain."),
        ("The dam at Aksu broke and killed 13 people.", "The dam at Brod broke and killed 2 people."),
        ("The dam broke and killed 13 people.", "The dam broke and killed nobody's hopes."),
    ],
)
def test_these_do_not_disagree(one: str, other: str) -> None:
    assert disagreements(QUESTION, told(one, other)) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$1.2bn", "$1.2 billion"),
        ("$1.2bn", "1.2 billion dollars"),
        ("38 people", "Thirty-eight people"),
        ("250 people", "two hundred and fifty people"),
        ("1.234.567 euros", "1,234,567 euros"),
    ],
)
def test_one_figure_written_in_two_ways_is_no_disagreement(one: str, other: str) -> None:
    question = "How much did the bridge deal cost?"
    assert (
        disagreements(question, told(f"The bridge deal cost {one} in all.", f"In all the bridge deal cost {other}."))
        == ()
    )


def test_figures_differ_at_their_scale() -> None:
    (one,) = disagreements(
        "How much did the bridge deal cost?",
        told("The bridge deal cost $1.2bn in all.", "The bridge deal cost $1.9bn in all."),
    )
    assert [s.value for s in one.sides] == ["$1.9bn", "$1.2bn"]


def test_the_same_outlet_later_is_an_update() -> None:
    seen = told("The dam broke and killed 13 people.", "The dam broke and killed 19 people.", source="Wire")
    (one,) = disagreements(QUESTION, seen)
    assert one.update


def test_yes_and_no() -> None:
    seen = told("The driver of the train was arrested.", "The driver of the train was not arrested.")
    (one,) = disagreements("Was the driver of the train arrested?", seen)
    assert [s.value for s in one.sides] == ["was not arrested", "yes"]


def test_what_is_loose_and_near_may_differ() -> None:
    seen = told("The dam broke and killed about 100 people.", "The dam broke and killed 110 people.")
    (one,) = disagreements(QUESTION, seen)
    assert not one.sure


def test_only_what_the_answer_tells_is_set_against() -> None:
    seen = told("The dam broke and killed 13 people.", "The dam broke and killed 14 people.")
    assert disagreements(QUESTION, seen, ["Schools were closed."]) == ()
    assert disagreements(QUESTION, seen, ["The dam broke and killed 13 people."])


def test_one_article_does_not_disagree_with_itself() -> None:
    same = article("The dam broke and killed 13 people. The dam broke and killed 14 people.")
    assert disagreements(QUESTION, evidence(same, same)) == ()


def test_every_face_shows_the_sides_and_chooses_none() -> None:
    seen = told("The dam broke and killed 13 people.", "The dam broke and killed 14 people.", source="<b>Post")
    answer = Answer(QUESTION, "Thirteen.", evidence=seen, disagreements=disagreements(QUESTION, seen))
    ((head, sides),) = disagreeing(answer)
    assert "differ" in head
    assert sides == ["14 people (<b>Post, 2024-11-20) [2]", "13 people (Wire, 2024-11-19) [1]"]
    assert sides[0] in "\n".join(text for _, text in answer_lines(answer))
    for shown in (answer_html(answer), answer_markdown(answer), window_html(answer, 1)):
        assert "14 people" in shown
        assert "<b>Post" not in shown
    assert answer.to_dict()["disagreements"][0]["sides"][0]["value"] == "14 people"


# Sentences of examples/articles, each with its outlet and day.
CANOPY = {
    13: ("NOVI SAD — At least 13 people died on Friday when the concrete canopy above the entrance of the railway station "
         "in Novi Sad, Serbia's second city, broke off and crashed onto the pavement shortly before noon.",
         "Pannonia Today", "2024-11-01"),
    14: ("Rescuers in the Serbian city of Novi Sad stopped searching the ruins of a railway station canopy on Saturday after "
         "the number of dead reached 14, one more than officials had reported the night before.",
         "Adriatic Observer", "2024-11-02"),
    15: ("BELGRADE — Miloš Vučević announced on Tuesday that he was stepping down as prime minister of Serbia, the highest "
         "head to roll so far over the station canopy that fell in Novi Sad on 1 November and killed 15 people.",
         "Danube Wire", "2025-01-28"),
    16: ("A young man who was badly hurt when the railway station canopy collapsed in Novi Sad died on Friday in the Military "
         "Medical Academy in Belgrade. He is the sixteenth person to lose his life because of it.",
         "Balkan Ledger", "2025-03-21"),
}  # fmt: skip
EVACUATED = (
    ("AKTOBE — Kazakhstan has evacuated more than 96,000 people since the spring floods began, the emergencies ministry said "
     "on Wednesday.", "Steppe Courier", "2024-04-10"),
    ("The number of people taken out of flooded districts in Kazakhstan has come close to 117,000, the emergencies ministry "
     "said on Wednesday, about 20,000 more than a week ago.", "Caspian Dispatch", "2024-04-17"),
)  # fmt: skip
QUAKE = (
    ("By Monday night officials on both sides of the border had counted more than 3,400 dead. The earthquake tore through "
     "southern Turkey and northern Syria.", "Levant Gazette", "2023-02-06"),
    ("The known number of dead after Monday's earthquakes rose to 8,364 by Wednesday morning: 5,894 in Turkey and 2,470 in "
     "Syria, according to figures from the Turkish authorities.", "Levant Gazette", "2023-02-08"),
    ("More than 11,000 people are now known to have died in the earthquakes in Turkey and Syria, as figures released on "
     "Wednesday afternoon overtook those of the morning by almost three thousand.", "Adriatic Observer", "2023-02-08"),
    ("Turkey's interior minister, Ali Yerlikaya, gave the final figure a few days before the anniversary: 53,537 people died "
     "in the country in the earthquakes of 6 February 2023, and 107,213 were injured.", "Northlight Review", "2024-02-06"),
)  # fmt: skip


def samples(*rows: tuple[str, str, str]) -> Evidence:
    return evidence(*(article(t, id=f"s{i}", source=s, day=d) for i, (t, s, d) in enumerate(rows)))


@pytest.mark.parametrize(
    "question",
    [
        "How many people died in the Novi Sad canopy collapse?",
        "How many people were killed when the canopy fell in Novi Sad?",
        "What was the death toll in Novi Sad?",
    ],
)
def test_the_novi_sad_toll_is_updated_over_time(question: str) -> None:
    (one,) = disagreements(question, samples(*CANOPY.values()), [CANOPY[13][0]])
    assert [s.value for s in one.sides] == ["sixteenth person", "15 people", "14", "At least 13 people"]
    assert [s.number for s in one.sides] == [4, 3, 2, 1]
    assert one.update


def test_those_who_were_moved_are_updated_over_time() -> None:
    (one,) = disagreements("How many people were evacuated in the floods in Kazakhstan?", samples(*EVACUATED))
    assert [s.value for s in one.sides] == ["close to 117,000", "more than 96,000 people"]
    assert one.update


def test_the_earthquakes_toll_is_updated_over_time() -> None:
    (one,) = disagreements("How many people died in the earthquake in Turkey?", samples(*QUAKE))
    assert [s.value for s in one.sides] == ["53,537 people", "More than 11,000 people", "8,364", "more than 3,400 dead"]
    assert one.update


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("How many people died in the Novi Sad canopy collapse?", [
            CANOPY[14],
            ("The number of dead under the railway station canopy in Novi Sad is 14.", "Wire", "2024-11-03"),
        ]),
        ("How many people died in the Novi Sad canopy collapse?", [
            CANOPY[13], ("In 2019 a canopy in Novi Sad fell and killed 2 people.", "Wire", "2024-11-02"),
        ]),
        ("How many people died in the Novi Sad canopy collapse?", [
            CANOPY[13], ("The railway station canopy in Novi Sad injured 3 people.", "Wire", "2024-11-02"),
        ]),
        ("How many people died in the earthquake in Turkey?", [
            QUAKE[2], ("More than 900 people died in the earthquake in Hatay on Monday.", "Wire", "2023-02-08"),
        ]),
        ("How many people died in the earthquake in Turkey?", [QUAKE[2], CANOPY[13]]),
        ("How many people were evacuated in the floods in Kazakhstan?", [
            EVACUATED[0],
            ("The floods in Kazakhstan have moved another 2,000 people, the emergencies ministry said.", "Wire", "2024-04-11"),
        ]),
        ("Who is the interior minister of Turkey?", list(QUAKE)),
    ],
)  # fmt: skip
def test_other_events_parts_and_equal_tolls_are_no_update(question: str, rows: list[tuple[str, str, str]]) -> None:
    assert disagreements(question, samples(*rows)) == ()
