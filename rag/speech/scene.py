"""Who "he", "the minister" and "Tokayev" are at a place of an article, as its sentences go by.

scene.resolve(Who(name=("Tokayev",)))   ->  ("Kassym-Jomart", "Tokayev")
scene.resolve(Who(pronoun="m"))         ->  whoever of that sex was spoken of last
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.speech.names import MARK, QUOTE, Name, People, Token
from rag.speech.phrases import JOINING, Who, may_begin, phrase
from rag.speech.slavic import ROLES as SLAVIC_ROLES
from rag.speech.slavic import runs
from rag.speech.words import COLLECTIVE, INSTITUTIONS, ROLES, SAYING, Speech

APPOSITION = 12  # words in which "Helen Okafor, the museum's director" says what she is


@dataclass(slots=True)
class Scene:
    """What was said so far: `spoken` are those who were subjects or speakers, the last one last."""

    people: People
    spoken: list[Name] = field(default_factory=list)
    at: int = 0  # where in the text we are

    def resolve(self, who: Who | None) -> Name | None:
        """The fullest name of whoever is meant; None where that is unclear."""
        if who is None or who.plural:
            return None
        if who.name:
            return self.people.fullest(who.name, self.at)
        found = self._pronoun(who.pronoun) if who.pronoun else self._role(who)
        if found is not None and who.pronoun:
            self.people.sex.setdefault(found, who.pronoun)
        return found

    def note(self, name: Name | None) -> None:
        if name is not None:
            self.spoken.append(name)

    def _pronoun(self, sex: str) -> Name | None:
        fits = [n for n in reversed(self.spoken) if self.people.gender(n) in ("", sex) and self.people.is_person(n)]
        if fits:
            return fits[0]
        met = [n for n, at in self.people.full.items() if at < self.at and self.people.is_person(n)]
        for genders in ((sex,), ("", sex)):
            fits = [n for n in met if self.people.gender(n) in genders]
            if len(fits) == 1:
                return fits[0]
        return None

    def _role(self, who: Who) -> Name | None:
        if not who.definite:
            return None
        if who.role in COLLECTIVE:
            return self._institution(who.role)
        role = next((r for r in reversed(who.roles or (who.role,)) if r in ROLES or r in SLAVIC_ROLES), None)
        if role is None:
            return None
        holders = [n for n in self.people.holders(role) if self.people.is_person(n)]
        if len(holders) > 1:
            holders = [n for n in reversed(self.spoken) if n in holders][:1]
        if holders:
            return holders[0]
        met = [n for n, at in self.people.full.items() if at < self.at and self.people.is_person(n)]
        return met[0] if len(met) == 1 and role not in self.people.unnamed else None

    def _institution(self, noun: str) -> Name | None:
        named = [n for n in self.people.seen if noun in (w.lower() for w in n)]
        if named:
            return self.people.fullest(max(named, key=len), self.at)
        for name in reversed(self.spoken):
            if self.people.is_institution(name) or not (len(name) > 1 or self.people.is_person(name)):
                return name
        return None


def survey(sentences: Iterable[Sequence[Token]], speech: Speech) -> People:
    """Everyone whom the sentences name, with the roles that stand beside the names."""
    people = People()
    for words in sentences:
        if speech.last:
            _survey_slavic(people, words)
        else:
            _survey(people, words)
    return people


def _survey(people: People, words: Sequence[Token]) -> None:
    i = 0
    while i < len(words):
        who = phrase(words, i) if may_begin(words, i) else None
        if who is not None and who.name:
            roles = tuple(r for r in who.roles if r in ROLES)
            people.meet(who.name, words[i].start, (*roles, *_apposed(words, who.end)))
            if i > 0 and words[i - 1].low in ("in", "at", "from"):
                people.places[who.name] += 1
            i = max(i + 1, who.end)
            continue
        if who is not None and who.role in ROLES and not who.definite:
            people.unnamed.add(who.role)
        i += 1 if who is None else max(1, who.end - i)


def _apposed(words: Sequence[Token], at: int) -> tuple[str, ...]:
    """The roles in "…, the museum's director," behind a name."""
    if at >= len(words) or words[at].text != ",":
        return ()
    found: list[str] = []
    for word in words[at + 1 : at + 1 + APPOSITION]:
        if word.kind in (MARK, QUOTE) or word.low in JOINING or word.low in SAYING:
            break
        if word.low in ROLES:
            found.append(word.low)
    return tuple(found)


def _survey_slavic(people: People, words: Sequence[Token]) -> None:
    for run in runs(words, 0, len(words)):
        if not {w.lower() for w in run.name} & INSTITUTIONS:
            near = words[max(0, run.start - 5) : run.end]
            people.meet(run.name, words[run.start].start, tuple(w.low for w in near if w.low in SLAVIC_ROLES))
