"""A follow-up and the turns before it become a question that stands alone.

    stand_alone("When did he arrive?", [Turn("Who visited Belgrade?", "Kassym-Jomart Tokayev arrived on Tuesday.")])
    -> ("When did Kassym-Jomart Tokayev arrive? (Belgrade)", ('"he" read as Kassym-Jomart Tokayev', …))

How a question leans is in rag.question.leaning, what earlier turns offer in rag.question.earlier.

By a chat model where one is given, checked: a rewrite that loses the question's names, or brings in names that nobody
mentioned, gives way to the rules. By rules else: a pronoun becomes a name where only one fits, "And Serbia?" takes the
place of the name in the last question, and what cannot be placed is carried in brackets. A question that stands
alone is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.errors import ModelError
from rag.question import leaning, naming
from rag.question.earlier import Said, other
from rag.question.leaning import is_followup
from rag.question.recount import may_recount, recounted
from rag.text import one_line, stem, words
from rag.types import Turn

Rewrite = Callable[[str, Sequence[Turn]], str]

TURNS = 4  # older turns are not carried over
NOUNS = 1  # nouns at most in the brackets, but for "Why?", which needs all
FULL = 4  # a question of so many content words needs nothing carried
CARRIED = 6  # words at most in the brackets

_PEOPLE = ("n", "an", "ian", "ese", "ish", "i")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_YEAR = re.compile(r"^(?:(?:in|for|during|в|за)\s+)?(?P<y>(?:1[5-9]|20)\d\d)(?:\s+год[ау]?)?$", re.IGNORECASE)
_PREPOSITION = re.compile(r"^(?P<p>in|for|with|to|from|by|about|в|на|с)\s+(?:the\s+)?", re.IGNORECASE)
_QUESTION_END = re.compile(r"\s*\?\s*(?:\([^()]*\))?\s*$")
_LOCATED = re.compile(r"\b(?:in|at|near|в|на)\s+(?:the\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that lean, what they stand for, and how that is put: "in" before it, "beside" them, or in their place."""

    words: re.Pattern[str]
    means: Callable[[Said], str | None]
    how: str = "place"
    settles: bool = True  # whether it says what the question is about; a year or a place does not


_CUES = (
    _Cue(leaning.LISTED, lambda said: said.list),
    _Cue(leaning.PERSON, lambda said: said.person),
    _Cue(leaning.ROLE, lambda said: said.person, "beside"),
    _Cue(leaning.ORGANISATION, lambda said: said.organisation, "beside"),
    _Cue(leaning.THING, lambda said: said.thing),
    _Cue(leaning.MANY, lambda said: said.group),
    _Cue(leaning.PLACE, lambda said: said.place, "in", settles=False),
    _Cue(leaning.YEAR, lambda said: said.year, "in", settles=False),
)


def stand_alone(question: str, history: Sequence[Turn], rewrite: Rewrite | None = None) -> tuple[str, tuple[str, ...]]:
    """`question` so that it can be searched by itself, and notes on what was read into it; never raises.

    `rewrite` asks a chat model; its ModelError, and an answer that fails the check, fall back to the rules.
    """
    text = one_line(question)
    if not history or not text:
        return question, ()
    notes: tuple[str, ...] = ()
    if rewrite is not None:
        try:
            new = one_line(rewrite(question, history))
        except ModelError as e:
            notes = (f"the chat model could not put the question in full ({e}); rules did",)
        else:
            fault = _fault(new, text, history)
            if fault is None:
                return (new, (f'asked in full by the chat model: "{new}"',)) if new != text else (question, ())
            notes = (f"the chat model's version was not used, {fault}; rules did it",)
    new, found = _by_rules(text, history[-TURNS:])
    return (new, notes + found) if found else (question, notes)


def _fault(new: str, question: str, history: Sequence[Turn]) -> str | None:
    """Why a chat model's rewrite can't be trusted, or None."""
    if not new or len(new) > 4 * len(question) + 300:
        return "as it was empty" if not new else "as it was far longer than the question"
    kept, asked = _known(new), _named(question)
    lost = [n for n in asked if not any(w in kept for w in _forms(n))]
    if lost:
        return f"as it lost {', '.join(lost)}"
    known = _known(" ".join([question, *(f"{t.question} {t.answer}" for t in history)]))
    added = [n for n in _named(new) if not all(w in known for w in _forms(n))]
    return f"as it named {', '.join(added)}, which nobody mentioned" if added else None


def _named(text: str) -> list[str]:
    """The names and numbers of `text`: what a rewrite may neither lose nor bring in."""
    found = naming.names(text if len(words(text)) > 2 else f"x {text}")
    return [*found, *dict.fromkeys(w for w in words(text) if w[0].isdigit() and not any(w in words(n) for n in found))]


def _forms(name: str) -> list[str]:
    return [stem(w) for w in words(name)]


def _known(text: str) -> frozenset[str]:
    """The stems of all words, and of the adjectives and people that a land's name makes: Serbia, Serbian, Serbians."""
    stems = {stem(w) for w in words(text)}
    return frozenset(stems | {stem(s + ending) for s in stems for ending in _PEOPLE} | {_land(s) for s in stems})


def _land(word: str) -> str:
    """The land of a people's name, roughly: "serbian" -> "serbia"."""
    return stem(word.removesuffix("n")) if word.endswith("an") and len(word) > 5 else word


def _by_rules(question: str, history: Sequence[Turn]) -> tuple[str, tuple[str, ...]]:
    """The question in full and the notes that say how; no notes when it was left as it is.

    The turns are read in order, each by the same rules, so that names survive a chain of follow-ups.
    """
    courteous = leaning.without_courtesy(question) != question
    if not history or not (courteous or is_followup(question) or may_recount(question)):
        return question, ()
    said: Said | None = None
    for turn in history:
        text = one_line(turn.question)
        leans = said is not None and is_followup(text)
        full = _in_full(text, said)[0]
        now = Said.of(full, turn.answer)
        if said is not None:
            now = (
                now.after(said)
                if leans or not (now.names or now.nouns)
                else replace(now, listed=now.listed or said.listed)
            )
        said = now
    return _in_full(question, said)


def _in_full(question: str, said: Said | None) -> tuple[str, tuple[str, ...]]:
    if said is None:
        return question, ()
    new = leaning.without_courtesy(question)
    notes = [f'asked as "{new}"'] if new != question else []
    counted = recounted(new, said.question)
    if counted is not None:
        return counted, (*notes, f'"{new}" read as "{counted}"')
    if not is_followup(new):
        return new, tuple(notes)
    swapped = _swap(new, said)
    if swapped is not None:
        return swapped, (*notes, f'"{new}" read as "{swapped}"')
    text, found, settled = _replaced(new, said)
    carried = _carried(text, said, settled=settled)
    if carried:
        text = f"{text} ({', '.join(carried)})"
        found.append(f'carried over from "{said.question}": {", ".join(carried)}')
    return text, (*notes, *found)


def _carried(question: str, said: Said, *, settled: bool) -> list[str]:
    """What goes into the brackets: names that the question lacks, and nouns where nothing says what it is about."""
    content = naming.content(question)
    if len(content) >= FULL:
        return []
    present = {w.removesuffix("'s") for w in words(question)}
    names = [t for n, t in zip(said.names, said.titled, strict=True) if not set(words(n)) & present]
    if not names and not settled:
        names = [n for n in said.answered[:1] if not set(words(n)) & present]
    nouns = [p for p in said.nouns if not set(words(p)) & present]
    if settled or leaning.takes_names_alone(question):
        nouns = []
    elif not (leaning.BARE.match(question) or leaning.MEANT.match(question)):
        plural = [p for p in nouns if p.endswith("s")] if leaning.MANY.search(question) else []
        nouns = (plural or nouns)[-NOUNS:]
    return _within([*names, *nouns], CARRIED)


def _swap(question: str, said: Said) -> str | None:
    """ "And Serbia?" after "What did Kazakhstan offer?": the one new name or year in the place of the one old."""
    if leaning.OTHER.search(question) and len(naming.content(question)) <= 1:
        pair = other(said.listed, said.question)
        return said.question.replace(*pair) if pair is not None else None
    opening = leaning.OPENING.match(question)
    rest = question[opening.end() :].strip(" ?.!") if opening else ""
    year = _YEAR.match(rest)
    if year is not None:
        return _in_year(said, rest, year["y"])
    placed = _PREPOSITION.match(rest)
    rest = _PREPOSITION.sub("", rest)
    if not rest or naming.names(f"x {rest}") != [rest]:
        return None
    old = _counterpart(said, None if placed is None else placed["p"])
    return said.question.replace(old, rest) if old is not None and old in said.question else None


def _in_year(said: Said, words: str, year: str) -> str | None:
    """The last question with another year in the place of its own one, or with one where it has none itself."""
    here = [y for y in said.years if y in said.question]
    if here:
        return said.question.replace(here[0], year) if len(here) == 1 else None
    end = _QUESTION_END.search(said.question)
    if end is None or _CYRILLIC.search(said.question):
        return None
    return f"{said.question[: end.start()]} in {year}{end[0]}"


def _counterpart(said: Said, preposition: str | None) -> str | None:
    """The name that a new one takes the place of: the only one, the one behind the same preposition, or the subject.

    After "Did Apple raise prices in Japan?" a bare "And Korea?" may be either's counterpart, so neither is chosen.
    """
    if len(said.names) == 1:
        return said.names[0]
    if preposition is not None:
        behind = re.compile(rf"\b{preposition}\s+(?:the\s+)?$", re.IGNORECASE)
        found = [n for n in said.names if behind.search(said.question[: said.question.find(n)])]
    elif any(_LOCATED.search(said.question[: said.question.find(n)]) for n in said.names):
        return None
    else:
        found = [n for n in said.names if n not in said.places and n not in said.modifying]
    return found[0] if len(found) == 1 else None


def _replaced(question: str, said: Said) -> tuple[str, list[str], bool]:
    """What leans replaced by the one thing that fits; the notes; whether that says what the question is about."""
    notes: list[str] = []
    settled, open_cue = False, False
    found = [(cue, cue.words.search(question)) for cue in _CUES]
    for cue, match in [(c, m) for c, m in found if m is not None and leaning.leans(question, m)]:
        meant = cue.means(said)
        if meant is None or meant in question:
            open_cue = open_cue or cue.settles
            continue
        notes.append(f'"{_cue(match)}" read as {meant}')
        question = _put(question, cue, meant)
        settled = settled or cue.settles
    return question, notes, settled and not open_cue


def _cue(match: re.Match[str]) -> str:
    return match["p"] if match["p"] is not None else match["q"]


def _put(question: str, cue: _Cue, meant: str) -> str:
    """`meant` at every place of the cue; in brackets behind a question whose language would inflect it."""
    if _CYRILLIC.search(question):
        return f"{question} ({meant})"
    match, at = cue.words.search(question), 0
    while match is not None:
        group = "p" if match["p"] is not None else "q"
        new = _form(meant, match[group], question[match.end(group) :], cue.how)
        at = match.start(group) + len(new)
        question = question[: match.start(group)] + new + question[match.end(group) :]
        match = cue.words.search(question, at)
    return question


def _form(name: str, pronoun: str, after: str, how: str) -> str:
    low = pronoun.casefold()
    if how == "beside":
        return f"{pronoun} {name}"
    if how == "in":
        return f"in {name}"
    if low in {"his", "its", "their"} or (
        low == "her"
        and re.match(r"\s+\w", after)
        and not re.match(r"\s+(?:in|on|at|to|for|from|when|and|about|with|by)\b", after)
    ):
        return f"{name}'" if name.endswith("s") and low == "their" else f"{name}'s"
    return name


def _within(items: Sequence[str], count: int) -> list[str]:
    out: list[str] = []
    for item in items:
        if sum(len(i.split()) for i in out) + len(item.split()) > count:
            break
        out.append(item)
    return out
