"""Words that news uses for one another, so that "died" meets "killed" when overlap is counted.

    sense("killed") == sense("died");  sense("sectors") == sense("areas")

For finding sentences only: what is checked against evidence is compared by its own words.
"""

from __future__ import annotations

from rag.text import stem, words

_GROUPS = """
    sector area field sphere domain industries branch direction
    die died dead death deaths kill killed killing toll victim fatality fatalities lives
    injure injured injuries hurt wounded
    agree agreed agreement accord deal pact treaty
    visit visited trip arrive arrived arrival
    begin began start started launch launched open opened
    end ended finish finished close closed conclude concluded
    company firm corporation carrier airline
    cost price worth paid pay spent spend
    money funds funding sum finance
    leader president head
    resign resigned quit stepped departure
    replace replaced successor succeed succeeded appointed interim
    choose chose chosen elect elected pick picked
    win won winner victory beat defeated defeat
    rise rose raise raised increase increased grow grew growth
    fall fell drop dropped decrease decreased cut lowered decline declined
    say said state stated tell told announce announced declare declared
    build built construct constructed construction
    evacuate evacuated moved rescued relocate relocated
    house home houses homes dwelling
    rate level percentage percent share
    turnout participation
    flight fly plane aircraft
    crash crashed accident disaster collapse collapsed
    reason cause caused because why
    land landed touch touchdown landing
    ship vessel boat
    doctor physician
    town city place
    join joined member membership accession
    договорились договор соглашение согласились
    отрасль сфера область направление
    погиб погибли жертва умер скончался
"""
_SENSE = {stem(w): group.split()[0] for group in _GROUPS.strip().splitlines() for w in group.split()}


def sense(word: str) -> str:
    """One name for all words of a group; else the word's stem."""
    root = stem(word)
    return _SENSE.get(root, root)


def senses(text: str) -> set[str]:
    return {sense(w) for w in words(text)}
