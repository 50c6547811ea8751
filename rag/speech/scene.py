"""Who "he", "the minister" and "Tokayev" are at a place of an article, as its sentences go by.

scene.resolve(Who(name=("Tokayev",)))   ->  ("Kassym-Jomart", "Tokayev")
scene.resolve(Who(pronoun="m"))         ->  whoever of that sex was spoken of last, where nobody else can be meant
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rag.speech.names import MARK, QUOTE, Name, People, Token
from rag.speech.phrases import JOINING, Who, may_begin, phrase
from rag.speech.slavic import ROLES as SLAVIC_ROLES
from rag.speech.slavic import runs
from rag.speech.words import COLLECTIVE, INSTITUTIONS, ROLES, SAYING, Speech

SOON = 300  # characters in which he or she may be somebody whose sex nothing tells
GENERAL = frozenset(("leader", "head", "man", "woman"))  # roles that somebody with another one may have too
APPOSITION = 12  # words in which "Helen Okafor, the museum's director" says what she is


@dataclass(slots=True)
class Scene:
    """What was said so far: `spoken` are those who were subjects or speakers, the last one last."""

    people: People
    spoken: list[Name] = field(default_factory=list)
    at: int = 0  # where in the text we are: the sentence's start
    end: int = 0  # and its end
    ends: list[int] = field(default_factory=list)  # of the sentences that `spoken` were noted in

    def resolve(self, who: Who | None, place: int | None = None) -> Name | None:
        """The fullest name of whoever is meant by the words at `place` of the text, which is the sentence's start where
        it isn't given; None where that is unclear."""
        if who is None or who.plural:
            return None
        if who.name:
            return self.people.fullest(who.name, self.at)
        place = self.at if place is None else place
        found = self._pronoun(who.pronoun, place) if who.pronoun else self._role(who)
        if found is not None and who.pronoun:
            self.people.sex.setdefault(found, who.pronoun)
        return found

    def note(self, name: Name | None) -> None:
        if name is not None:
            self.spoken.append(name)
            self.ends.append(self.end)

    def _pronoun(self, sex: str, place: int) -> Name | None:
        """Whoever fits and was spoken of last, unless somebody else who fits was named since; else the only one."""
        for name, end in zip(reversed(self.spoken), reversed(self.ends), strict=True):
            if self._fits(name, sex):
                if not self.people.gender(name) and place - end > SOON:
                    return None
                others = self.people.named_between(end, place) - {name}
                return None if any(self._fits(n, sex) for n in others) else name
        met = [n for n in self.people.named_between(0, place) if self._fits(n, sex)]
        return met[0] if len(met) == 1 else None

    def _fits(self, name: Name, sex: str) -> bool:
        return self.people.gender(name) in ("", sex) and self.people.is_person(name)

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
        if len(met) != 1 or role in self.people.unnamed:
            return None
        known = self.people.roles.get(met[0], set()) if role in ROLES - GENERAL else set()
        return None if known & ROLES else met[0]

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
