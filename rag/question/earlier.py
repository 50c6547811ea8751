"""What an earlier turn offers to the question after it: names, places, years, nouns, and the names that it lists.

    said = Said.of("Where did the ministers meet?", "In Muscat, on 4 March 2024.")
    said.place, said.year, said.nouns   ->   "Muscat", "2024", ("ministers",)

Everything is chosen only where one thing fits; where two do, nothing is, and both are carried along instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.question import corpus, naming
from rag.text import one_line, words

READ = 1_000  # characters of a question or an answer that are read
TITLE = 3  # words that a name and the nouns around it may have
_YEAR = re.compile(r"(?<![\d.,-])(?:1[5-9]|20)\d\d(?![\d.,]*\d)")
_PREPOSITION = re.compile(
    r"\b(?:of|on|for|about|with|by|against|between|under|о|об|для|над|у)\s+(?:the\s+)?$", re.IGNORECASE
)
_DATELINE = re.compile(
    r"(?:^|(?<=[.!?\])”\"]\s))(?:[^\W\d_a-zа-я][^\W\d_a-zа-я.'’]+\s?){1,3}(?:\s*\([^)]{1,30}\)|,[\w., ]{1,30}?)?\s*[—–-]\s+"
)
_WHERE = re.compile(r"^\W*(?:where|in\s+(?:which|what)|где|куда|в\s+как\w+)\b", re.IGNORECASE)
_WHO = re.compile(r"^\W*(?:who|кто|ko)\b", re.IGNORECASE)
_WHICH = re.compile(r"^\W*(?:which|what|как(?:ой|ая|ое|ие))\s+(?!did\b|does\b|is\b|was\b|has\b)\w", re.IGNORECASE)
_JOINED = re.compile(r"^\s*(?:,|,?\s*(?:and|or|и|или))\s*(?:the\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Said:
    """An earlier question in full, and what it and its answer offer; names without days and months."""

    question: str
    names: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()  # the names with the nouns around them: "Kigali summit"
    nouns: tuple[str, ...] = ()  # noun phrases of the question that are not names
    places: tuple[str, ...] = ()  # names of the question that stand where a place does
    modifying: tuple[str, ...] = ()  # names of the question behind a preposition: "a dam on the Vjosa"
    years: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()  # names of the answer
    answered_places: tuple[str, ...] = ()
    answered_years: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()  # two or more names that the answer, or else the question, joins by "and"

    @classmethod
    def of(cls, question: str, answer: str) -> Said:
        text, told = one_line(question[:READ]), _DATELINE.sub("", one_line(answer[:READ]))
        names = naming.undated(naming.names(text))
        asked = corpus.read(text)  # "articles" and "mention" are not what a question about the archive is about
        found = naming.phrases(text if asked is None else asked.content)
        lower = {w for w in re.findall(r"[\w-]+", f"{text} {told}") if w.islower()}
        known = {w for n in names for w in words(n)}
        bare = (" ".join(w for w in p.split() if not set(words(w)) <= known) for p in found)
        nouns = dict.fromkeys(p for p in bare if p and not set(words(p)) & known)
        return cls(
            question=text,
            names=tuple(names),
            titled=tuple(_titled(n, found) for n in names),
            nouns=tuple(nouns),
            places=tuple(naming.places(text)),
            modifying=tuple(n for n in names if _PREPOSITION.search(text[: text.index(n)])),
            years=tuple(dict.fromkeys(_YEAR.findall(text))),
            answered=tuple(_named(told, lower)),
            answered_places=tuple(naming.places(told)),
            answered_years=tuple(dict.fromkeys(_YEAR.findall(told))),
            listed=_listed(told) or _listed(text),
        )

    def after(self, before: Said) -> Said:
        """With what the turn before offers where this one, which leaned on it, has nothing."""
        return replace(
            self,
            names=self.names or before.names,
            titled=self.titled or before.titled,
            nouns=self.nouns or before.nouns,
            places=self.places or before.places,
            modifying=self.modifying or before.modifying,
            years=self.years or before.years,
            answered=self.answered or before.answered,
            answered_places=self.answered_places or before.answered_places,
            answered_years=self.answered_years or before.answered_years,
            listed=self.listed or before.listed,
        )

    @property
    def person(self) -> str | None:
        """The only person asked about, else the one that the answer tells of, first where there are several."""
        asked = [n for n in self.names if naming.is_person(n) and n not in self.places]
        if asked:
            return _only(asked)
        told = [n for n in self.answered if naming.is_person(n) and n not in self.answered_places]
        first = told and (told[0] == self.answered[0] or _WHO.match(self.question) is not None)
        return told[0] if len(told) == 1 or first else None

    @property
    def thing(self) -> str | None:
        """The only name asked about that is neither a person nor a place, else the only one of the answer."""
        if not self.names and _WHICH.match(self.question):
            return self.answered[0] if self.answered else None
        return self._one(lambda n: naming.is_thing(n) and n not in self.places and n not in self.modifying)

    @property
    def organisation(self) -> str | None:
        """As `thing`, a name of two words included: "Skylark Air"."""
        return self._one(lambda n: n not in self.places and n not in self.answered_places)

    @property
    def group(self) -> str | None:
        """What "they" may be, where the question has no plural noun that fits better."""
        if any(p.endswith("s") and not p.endswith("ss") for p in self.nouns):
            return None
        return self._one(lambda n: naming.is_group(n) and n not in self.places)

    @property
    def place(self) -> str | None:
        """The place of the answer to "where", else that of the question, else that of the answer."""
        if _WHERE.match(self.question):
            told = self.answered_places or self.answered[:1]
            if told:
                return told[0]
        things = [n for n in self.names if naming.is_thing(n)]
        return _only(self.places) or _only(self.answered_places) or (None if self.places else _only(things))

    @property
    def year(self) -> str | None:
        return _only(self.years) if self.years else _only(self.answered_years)

    @property
    def list(self) -> str | None:
        """The listed names, joined: "Malmö and Gdańsk"."""
        return " and ".join([", ".join(self.listed[:-1]), self.listed[-1]]) if self.listed else None

    def _one(self, fits: Callable[[str], bool]) -> str | None:
        asked = [n for n in self.names if fits(n)]
        if asked:
            return _only(asked)
        return _only([n for n in self.answered if fits(n)]) or next((n for n in self.answered[:1] if fits(n)), None)


def other(listed: tuple[str, ...], named: str) -> tuple[str, str] | None:
    """Of two listed names, the one that `named` has and the one that it lacks."""
    if len(listed) != 2:
        return None
    has = [n for n in listed if n in named]
    lacks = [n for n in listed if n not in named]
    return (has[0], lacks[0]) if len(has) == 1 else None


def _named(text: str, lower: set[str]) -> list[str]:
    """The names of `text`, less a word that opens a sentence and stands in lower case elsewhere: "Flights were".

    An answer of one word may be a name too: "Aerovia."
    """
    found = naming.names(text if " " in text else f"x {text}")
    return [n for n in naming.undated(found) if n.casefold() not in lower]


def _titled(name: str, phrases: Sequence[str]) -> str:
    """The short phrase that holds the name; the last phrase of a question may end in a verb, so not that one."""
    for i, phrase in enumerate(phrases):
        if name in phrase and len(phrase.split()) <= TITLE and (phrase.endswith(name) or i < len(phrases) - 1):
            return phrase
    return name


def _listed(text: str) -> tuple[str, ...]:
    """The first two or more names that stand joined: "Malmö and Gdańsk have handed in bids"."""
    run: list[str] = []
    end = 0
    for name in naming.undated(naming.names(text)):
        start = text.find(name, end)
        if start < 0:
            continue
        if run and not _JOINED.match(text[end:start]):
            if len(run) > 1:
                break
            run = []
        run.append(name)
        end = start + len(name)
    return tuple(run) if len(run) > 1 else ()


def _only(items: tuple[str, ...] | list[str]) -> str | None:
    return items[0] if len(items) == 1 else None
