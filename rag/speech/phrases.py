"""English: who stands beside a verb of saying, before or after the words.

after([“…”] , said Marija Horvat , the project's chief engineer)   ->  Told(who=Marija Horvat, verb="said")
before(She told reporters in Frankfurt : [“…”])                    ->  Told(who=she, verb="told")
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.speech.names import MARK, QUOTE, WORD, Name, Token, capital, run_at
from rag.speech.words import (
    ADVERBS_MORE,
    AUXILIARY,
    CALLING,
    COLLECTIVE,
    CROWDS,
    DETERMINERS,
    EN,
    INDEFINITE,
    LEADING,
    NO_NAME,
    ROLES,
    SAYING,
    TELLING,
    word_set,
)

PREPOSITIONS = word_set("of for at from in with to by on about into over under during against between")
JOINING = word_set(
    "and but while as that when because if whereas where after before though although since or which who than so"
)
RELATIVE = word_set("who whom whose which that")
DAYS = word_set("day week month year morning afternoon evening night time")  # "later that day" begins no clause
PASSIVE = word_set("is was been")
_STOPS = PREPOSITIONS | JOINING | AUXILIARY | SAYING | CALLING | word_set("is are were be not he she it they")
MODIFIERS = 7  # words between "the" and the name in "the country's former deputy energy minister Jane Doe"
APPOSITION = 26  # words between a name and its verb: ", 34, a nurse who has worked here for years,"


@dataclass(frozen=True, slots=True)
class Who:
    """The words that name a speaker: a name, he or she ("m", "f"), or a role ("the minister")."""

    name: Name = ()
    pronoun: str = ""
    role: str = ""
    definite: bool = False
    roles: tuple[str, ...] = ()
    start: int = 0
    end: int = 0  # both count words of the sentence
    plural: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """Who, by which verb, and the words of the sentence from `start` to `end` that say so."""

    who: Who
    verb: str
    start: int
    end: int
    at: int = 0  # where the verb stands


def phrase(words: Sequence[Token], at: int) -> Who | None:
    """The noun phrase that begins here: "she", "Captain Ruth Adeyemi", "her aide Miles Grant", "the minister"."""
    if at >= len(words) or words[at].kind != WORD:
        return None
    low = words[at].low
    if low in EN.he or low in EN.she:
        return Who(pronoun="m" if low in EN.he else "f", start=at, end=at + 1)
    determiner = low if low in DETERMINERS else ""
    i = at + bool(determiner)
    roles: list[str] = []
    while i < len(words) and i - at <= MODIFIERS + 1 and words[i].kind == WORD:
        run = run_at(words, i)
        if run is not None and run.possessive:
            determiner, roles = "his", []
            i = run.end
        elif run is not None and run.end == i + 1 and _modifies(words, i):
            roles.append(words[i].low)
            i += 1
        elif run is not None and run.name:
            who = Who(run.name, roles=(*roles, *run.roles), definite=True, start=at, end=run.end)
            return _plural(words, who)
        elif run is not None:  # "the President"
            roles += run.roles
            i = run.end
        elif words[i].low in _STOPS or words[i].low in NO_NAME or words[i].low.endswith("ly"):
            break
        else:
            roles.append(words[i].low)
            i += 1
    if not roles:
        return None
    size = _noun(roles)
    end = i - len(roles) + size if roles[0] == words[i - len(roles)].low else i
    definite = determiner not in INDEFINITE and bool(determiner)
    who = Who(role=roles[size - 1], definite=definite, roles=tuple(roles[:size]), start=at, end=end)
    return _named_behind(words, who)


def _noun(roles: Sequence[str]) -> int:
    """How many of the words make the noun: "deputy energy minister left early" -> 3; all where no role is among them."""
    known = [i for i, r in enumerate(roles) if r in ROLES or r in COLLECTIVE]
    if not known:
        return len(roles)
    last = known[0]
    for i in known[1:]:
        if all(r in LEADING for r in roles[last + 1 : i]):
            last = i
    return last + 1


def _modifies(words: Sequence[Token], at: int) -> bool:
    """Whether a single capital is an adjective: "Climate scientist Friederike Otto", "Pentagon press secretary John
    Kirby", "Protesters carried"."""
    for i in range(at + 1, min(at + 6, len(words))):
        word = words[i]
        if word.capital and i > at + 1:
            return capital(words, i + 1)
        if word.kind != WORD or word.capital or word.low in _STOPS:
            break
        if word.low in ROLES and i < at + 4:
            return True
    low = words[at].low
    crowd = len(low) > 4 and low.endswith("s") and not low.endswith(("ss", "us", "is"))
    return at == 0 and (low in CROWDS or crowd)


def _plural(words: Sequence[Token], who: Who) -> Who:
    i = who.end
    both = i + 1 < len(words) and words[i].low == "and" and (words[i + 1].capital or words[i + 1].low in DETERMINERS)
    return Who(who.name, roles=who.roles, definite=True, start=who.start, end=i, plural=both)


def _named_behind(words: Sequence[Token], who: Who) -> Who:
    """ "the lawyer, Carla Weiss," and "The mayor of the town, Joe Ramirez, said"."""
    i = _skip_place(words, who.end)
    if i + 1 >= len(words) or words[i].text != ",":
        return who
    run = run_at(words, i + 1)
    if run is None or len(run.name) < 2:
        return who
    end = run.end
    if end < len(words) and not (words[end].kind == MARK or words[end].kind == QUOTE):
        return who
    return Who(run.name, roles=(*who.roles, *run.roles), definite=True, start=who.start, end=end)


def _skip_place(words: Sequence[Token], at: int) -> int:
    """Past "of Microsoft", "for the airport", "of the University of Groningen"."""
    while at < len(words) and words[at].low in PREPOSITIONS:
        i = at + 1
        first = i
        while i < len(words) and i - first < 6 and words[i].kind == WORD and words[i].low not in _STOPS - {"of"}:
            if words[i].low == "of" and i > first:
                break
            i += 1
        if i == first:
            return at
        at = i
    return at


def _verb(words: Sequence[Token], at: int) -> int | None:
    """Where a verb of saying stands, behind adverbs and helpers; who "was told" or "was dismissed" says nothing."""
    passive = False
    for i in range(at, min(at + 4, len(words))):
        low = words[i].low
        if words[i].kind != WORD:
            return None
        if low in SAYING or low in CALLING:
            return None if passive and not low.endswith("ing") and low != "quoted" else i
        passive |= low in PASSIVE
        if not (low in AUXILIARY or low in ADVERBS_MORE or low.endswith("ly")):
            return None
    return None


def may_begin(words: Sequence[Token], at: int) -> bool:
    if at >= len(words) or words[at].kind != WORD:
        return False
    low = words[at].low
    return words[at].capital or low in DETERMINERS or low in ROLES or low in COLLECTIVE or low in ("he", "she")


def clause(words: Sequence[Token], at: int, surely: bool = False) -> tuple[Told, bool] | None:
    """Subject and verb of saying from here on; the flag says that something stood between commas.

    `surely`: a clause begins here, if any does: "black activist Rachel Cargle wrote".
    """
    who = phrase(words, at) if surely or may_begin(words, at) else None
    if who is None:
        return None
    i = _skip_place(words, who.end)
    verb = _verb(words, i)
    if verb is not None:
        return Told(who, words[verb].low, at, verb + 1, verb), False
    if i >= len(words) or words[i].text not in ",(":
        return None
    if any(w.text == "," for w in words[at : who.end]) and (verb := _verb(words, i + 1)) is not None:
        return Told(who, words[verb].low, at, verb + 1, verb), True  # "the minister, Ana Horvat, said"
    for j in range(i + 1, min(i + APPOSITION, len(words))):
        if words[j].text in ";:.":
            return None
        if words[j].text in ",)" and (verb := _verb(words, j + 1)) is not None:
            if words[j + 1].low.endswith("ing"):
                continue
            return Told(who, words[verb].low, at, verb + 1, verb), True
    return None


def is_subject(words: Sequence[Token], at: int, start: int = 0) -> bool:
    """Whether a clause's subject may begin here: not behind "of", nor inside of "who work at OpenAI" or "that fired Altman"."""
    if at > start and (
        words[at - 1].low in PREPOSITIONS
        or (words[at].low in RELATIVE and words[at - 1].kind == WORD)
        or (words[at].capital and capital(words, at - 1))  # inside of a name
    ):
        return False
    for i in range(at - 1, start - 1, -1):
        if words[i].kind != WORD:
            return True
        if words[i].low in RELATIVE and words[i + 1].low not in DAYS:
            return i == at - 1
    return True


def shared(words: Sequence[Token], about: Who | None) -> Told | None:
    """A second verb of the sentence's own subject, before "that": "… attended a ceremony and said that he …"."""
    if about is None or not is_subject(words, about.start):
        return None
    for i in range(about.end + 1, len(words) - 1):
        joined = words[i - 1].low in ("and", "but", "then")
        if joined and words[i].low in SAYING and words[i + 1].low == "that":
            return Told(about, words[i].low, about.start, i + 1, i)
        another = joined and (words[i].capital or words[i].low in DETERMINERS | EN.he | EN.she)
        if another or words[i].low in JOINING - {"and", "but"} or words[i].text in ";:":
            return None
    return None


def tellers(words: Sequence[Token]) -> Iterator[Name]:
    """The names that are subjects of a verb that tells something."""
    for i in range(len(words)):
        told = according(words, i)
        found = clause(words, i) if told is None and is_subject(words, i) else None
        if found is not None and found[0].verb in TELLING:
            told = found[0]
        if told is not None and told.who.name and not told.who.plural:
            yield told.who.name


def after(words: Sequence[Token], quote: int, stop: int) -> Told | None:
    """The attribution behind the quotation at this place, before the word at `stop`; only between commas it may reach
    over the title of a work: "…,” Tananarive Due, who made “Horror Noire”, said"."""
    i = quote + 1
    while i < stop and words[i].text in (",", "—", "–", "-"):
        i += 1
    part = words[:stop]
    if (told := according(part, i)) is not None:
        return told
    j = i
    while j < stop and (words[j].low in AUXILIARY or words[j].low.endswith("ly")) and words[j].low != "did":
        j += 1
    if j < stop and words[j].low in SAYING and (who := phrase(part, j + 1)) is not None:
        return Told(who, words[j].low, i, who.end, j)
    found = clause(words, i, surely=True)
    if found is None or found[0].verb not in SAYING or (found[0].at >= stop and not found[1]):
        return None
    return found[0]


def according(words: Sequence[Token], at: int) -> Told | None:
    for said in EN.according:
        parts = said.split()
        if [w.low for w in words[at : at + len(parts)]] == parts:
            who = phrase(words, at + len(parts))
            return None if who is None else Told(who, said, at, who.end, at)
    return None


def before(words: Sequence[Token], start: int, stop: int, subject: Who | None) -> Told | None:
    """The last attribution between `start` and the quotation at `stop`; `subject` is the sentence's own."""
    part = words[:stop]
    best: tuple[tuple[int, int, int, int], Told] | None = None
    verbs = [i for i in range(start, stop) if words[i].low in SAYING or words[i].low in CALLING]
    last = max(verbs) if verbs else start
    for i in range(start, stop):
        if i > last and words[i].low not in ("according", "in"):
            continue
        told = according(part, i)
        found = (told, False) if told is not None else clause(part, i) if is_subject(part, i, start) else None
        if found is None:
            continue
        told, apart = found
        rank = (told.at, -int(apart), int(_begins(words, i, start)), -i)
        if best is None or rank > best[0]:
            best = rank, told
    told = best[1] if best else None
    return _shared(part, told, start, stop, subject) or told


def _begins(words: Sequence[Token], at: int, start: int) -> bool:
    return at == start or words[at - 1].kind != WORD or words[at - 1].low in JOINING


def _shared(words: Sequence[Token], told: Told | None, start: int, stop: int, subject: Who | None) -> Told | None:
    """A later verb without a subject of its own: "said the label was fair, and added: “…”"."""
    who = told.who if told is not None else subject
    if who is None:
        return None
    for i in range(stop - 1, max(start, told.at + 1 if told else start) - 1, -1):
        if words[i].low in SAYING | CALLING and i > 0:
            ahead = i - 1
            while ahead > start and words[ahead].low.endswith("ly"):
                ahead -= 1
            if words[ahead].low in ("and", "but", "then", ",") or words[i].low.endswith("ing"):
                return Told(who, words[i].low, told.start if told else start, i + 1, i)
    return None


def subject(words: Sequence[Token]) -> Who | None:
    """Whom a sentence is about: its first noun phrase, behind an opening such as "After the match," or "LONDON —"."""
    if not words or words[0].kind != WORD:
        return None
    at = _dateline(words)
    first = words[at].low
    if first not in _STOPS or first in ("he", "she"):
        who = phrase(words, at)
        if who is not None and not (who.role and who.role not in ROLES and not who.definite):
            return who
    for i, word in enumerate(words[at : at + 20], at):
        if word.text == ",":
            return phrase(words, i + 1)
    return None


def _dateline(words: Sequence[Token]) -> int:
    """Where the sentence begins behind "London (CNN)" or "BELGRADE, Nov 19 —"."""
    for i, word in enumerate(words[1:9], 1):
        if word.text in "—–-" and i + 1 < len(words):
            return i + 1 if words[0].capital else 0
        if word.text == ")" and words[0].capital and i <= 5 and i + 1 < len(words) and words[i + 1].capital:
            return i + 1
        if word.kind == WORD and not word.capital:
            return 0
    return 0
