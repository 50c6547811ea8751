"""Who is named in an article: runs of capitals, the fullest form of each name, roles, and he or she.

people = People(); people.meet(("Bolat", "Akchulakov"), roles=("minister",)); people.fullest(("Akchulakov",))
->  ("Bolat", "Akchulakov")
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rag.speech.words import GIVEN_HE, GIVEN_SHE, INSTITUTIONS, LEADING, NO_NAME, PARTICLES, ROLES

_TOKEN = re.compile(r"\w+(?:[’'.-]\w+)*(?:['’](?=\s|$))?\.?|[^\w\s]")
_INITIAL = re.compile(r"[^\W\d_]\.(?:[^\W\d_]\.)*")
_POSSESSIVE = re.compile(r"['’]s$|(?<=s)['’]$")
_PATRONYMIC = re.compile(r"(?:вич|вна|ич|ұлы|қызы)$")
Name = tuple[str, ...]
SUFFIXES = ("jr", "sr", "ii", "iii", "iv")
WORD, MARK, QUOTE = "word", "mark", "quote"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark of punctuation, or a quotation (then `number` says which)."""

    kind: str
    text: str
    start: int
    end: int
    number: int = -1
    low: str = field(default="", compare=False)
    capital: bool = field(default=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", self.text.lower())
        object.__setattr__(self, "capital", self.kind == WORD and self.text[0].isupper())


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words and marks of text[start:end]; a full stop stays with an initial or an abbreviation alone."""
    found = []
    for m in _TOKEN.finditer(text, start, end):
        word, stop = m.group(), m.end()
        if not (word[0].isalnum() or word[0] == "_"):
            found.append(Token(MARK, word, m.start(), stop))
            continue
        if word.endswith(".") and not _INITIAL.fullmatch(word) and word[:-1].lower() not in ROLES:
            word, stop = word[:-1], stop - 1
        found.append(Token(WORD, word, m.start(), stop))
        if stop < m.end():
            found.append(Token(MARK, ".", stop, m.end()))
    return found


def bare(word: str) -> str:
    """Without a possessive ending: "Japan's" -> "Japan"."""
    return _POSSESSIVE.sub("", word)


@dataclass(frozen=True, slots=True)
class Run:
    """A name at words[start:end], and the roles that stood capitalised before it."""

    name: Name
    start: int
    end: int
    roles: tuple[str, ...] = ()
    possessive: bool = False


def run_at(words: Sequence[Token], at: int, *, last: bool = False) -> Run | None:
    """The run of capitals that begins at `at`, without titles in front: "Rear Admiral Jack Sutter" -> Jack Sutter."""
    if not words[at].capital:
        return None
    end = at
    possessive = False
    while end < len(words):
        word = words[end]
        if word.capital and word.low not in NO_NAME:
            end += 1
            if bare(word.text) != word.text and _POSSESSIVE.search(word.text):
                possessive = True
                break
        elif end > at and word.low in PARTICLES and capital(words, end + 1 + _particles(words, end + 1)):
            end += 1
        elif end > at and word.low in ("of", "for") and words[end - 1].low in INSTITUTIONS | {"ministry"}:
            step = 2 if end + 1 < len(words) and words[end + 1].low == "the" else 1
            if not capital(words, end + step):
                break
            end += step + 1
        else:
            break
    if end == at or (at == 0 and end == 1 and words[0].low.endswith("ly") and len(words) > 1):
        return None
    return _titled(words, at, end, possessive, last)


def _particles(words: Sequence[Token], at: int) -> int:
    count = 0
    while at + count < len(words) and words[at + count].low in PARTICLES and not words[at + count].capital:
        count += 1
    return count


def capital(words: Sequence[Token], at: int) -> bool:
    return at < len(words) and words[at].capital and words[at].low not in NO_NAME


def _titled(words: Sequence[Token], at: int, end: int, possessive: bool, last: bool) -> Run | None:
    begin, roles = at, list[str]()
    low = [w.low.rstrip(".") for w in words[at:end]]
    for i in range(len(low) - 1, -1, -1):  # what follows the last title is the name
        ends = i == len(low) - 1 and (set(low) & INSTITUTIONS or (i > 1 and low[i - 1] not in LEADING | ROLES))
        if low[i] in ROLES and not ends:
            begin = at + i + 1
            roles = low[: i + 1]
            break
    if last and end - begin > 2:
        keep = 3 if _PATRONYMIC.search(low[-2]) and end - begin > 2 else 2
        roles += low[begin - at : len(low) - keep]
        begin = end - keep
    if begin == end:  # a title alone: "the President"
        return Run((), at, end, tuple(roles), possessive)
    name = tuple(bare(w.text) for w in words[begin:end])
    while len(name) > 1 and name[-1].lower().rstrip(".") in SUFFIXES:
        name = name[:-1]
    return Run(name, at, end, tuple(r for r in roles if r in ROLES or last), possessive)


@dataclass(slots=True)
class People:
    """Everyone an article names, with what is known of each by the full name."""

    full: dict[Name, int] = field(default_factory=dict)  # full name -> where it was first met
    by_word: dict[str, list[Name]] = field(default_factory=dict)  # a word of it, folded -> full names
    seen: Counter[Name] = field(default_factory=Counter)
    roles: dict[Name, set[str]] = field(default_factory=dict)
    sex: dict[Name, str] = field(default_factory=dict)
    places: Counter[Name] = field(default_factory=Counter)  # how often it stood behind "in", "at" or "from"
    unnamed: set[str] = field(default_factory=set)  # "his coach": a role that nobody's name is given for
    named: list[tuple[int, Name]] = field(default_factory=list)  # every place where a name stands, in order

    def meet(self, name: Name, at: int = 0, roles: tuple[str, ...] = ()) -> None:
        self.seen[name] += 1
        self.named.append((at, name))
        if len(name) > 1 and name not in self.full:
            self.full[name] = at
            for word in {w.lower() for w in name}:
                self.by_word.setdefault(word, []).append(name)
        if roles:
            self.roles.setdefault(name, set()).update(r.lower() for r in roles)

    def fullest(self, name: Name, at: int | None = None) -> Name | None:
        """The longest name that this one is a part of; the name itself where there is none; None where two fit."""
        found = [n for n in self.by_word.get(name[0].lower(), ()) if len(n) >= len(name) and _part_of(name, n)]
        found = [n for n in found if not any(n != o and _part_of(n, o) for o in found)]
        if not found:
            found = [n for n in self.full if len(name) == 1 and _declined(name[0], n[-1])]
        if len(found) > 1 and name in found:
            return name
        if len(found) > 1 and at is not None:
            earlier = [n for n in found if self.full[n] <= at]
            found = earlier if len(earlier) == 1 else found
        if len(found) > 1:
            return None
        return found[0] if found else name

    def named_between(self, start: int, end: int) -> set[Name]:
        """Whoever is named in the text from `start` on, before `end`, by the fullest names."""
        places = self.named[bisect_left(self.named, (start,)) : bisect_left(self.named, (end,))]
        return {self.fullest(name, at) or name for at, name in places}

    def gender(self, name: Name) -> str:
        """ "m", "f", or "" where nothing tells."""
        if name in self.sex:
            return self.sex[name]
        roles = self.roles.get(name, set())
        if self.fullest(name[-1:]) == name:  # "Ms Murati" tells of Mira Murati
            roles = roles | self.roles.get(name[-1:], set())
        if roles & {"mr", "sir", "king", "prince", "brother", "son", "father", "husband", "lord", "spokesman"}:
            return "m"
        if roles & {"mrs", "ms", "miss", "queen", "sister", "daughter", "mother", "wife", "lady", "dame", "actress",
                    "spokeswoman", "congresswoman"}:  # fmt: skip
            return "f"
        first = name[0].lower() if len(name) > 1 else ""
        if first in GIVEN_HE or first in GIVEN_SHE:
            return "m" if first in GIVEN_HE else "f"
        return _by_ending(name[-1].lower()) if len(name) > 1 else ""

    def is_institution(self, name: Name) -> bool:
        return any(w.lower() in INSTITUTIONS for w in name)

    def is_person(self, name: Name) -> bool:
        """Whether there is a sign of it: a role, he or she, two words and none of an institution or a place."""
        if self.is_institution(name):
            return False
        return bool(self.roles.get(name)) or name in self.sex or (len(name) > 1 and not self.places[name])

    def holders(self, role: str) -> list[Name]:
        """Who has this role, in the order of the article."""
        return [n for n, roles in self.roles.items() if role in roles]


def _by_ending(surname: str) -> str:
    if surname.endswith(("ova", "eva", "ova", "skaya", "ова", "ева", "ёва", "ская", "ина")):
        return "f"
    return "m" if surname.endswith(("ov", "ev", "sky", "ов", "ев", "ёв", "ский", "енко")) else ""


def _part_of(name: Name, full: Name) -> bool:
    """Whether `name` is the end of `full`, its beginning, or leaves out a middle name."""
    short, whole = [w.lower() for w in name], [w.lower() for w in full]
    if whole[-len(short) :] == short or whole[: len(short)] == short:
        return True
    return len(short) == 2 and short[0] == whole[0] and short[1] == whole[-1]


def _declined(word: str, surname: str) -> bool:
    """Whether a Slavic ending is all that parts them: "Аринова" and "Аринов"."""
    a, b = word.lower(), surname.lower()
    if ord(a[0]) < 0x400:
        return False
    stem = min(len(a), len(b)) - 1
    return stem >= 4 and a[:stem] == b[:stem] and abs(len(a) - len(b)) <= 2
