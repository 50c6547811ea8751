"""A follow-up and the turns before it become a question that stands alone.

    stand_alone("When did he arrive?", [Turn("Who visited Belgrade?", "Kassym-Jomart Tokayev arrived on Tuesday.")])
    -> ("When did Kassym-Jomart Tokayev arrive? (Belgrade)", ('"he" read as Kassym-Jomart Tokayev', …))

By a chat model where one is given, checked: a rewrite that loses the question's names, or brings in names that nobody
mentioned, gives way to the rules. By rules else: a pronoun becomes a name where only one fits, "And Serbia?" takes the
place of the name in the last question, and what cannot be placed is carried in brackets. A question that stands
alone is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.errors import ModelError
from rag.question import naming
from rag.text import one_line, words
from rag.types import Turn

Rewrite = Callable[[str, Sequence[Turn]], str]

TURNS = 4  # older turns are not carried over
NOUNS = 1  # nouns at most in the brackets, where no name is carried
FULL = 4  # a question of so many content words needs nothing carried
CARRIED = 6  # words at most in the brackets

_PERSON = re.compile(r"\b(?P<p>he|she|him|his|her|hers)\b", re.IGNORECASE)
_THING = re.compile(
    r"\b(?P<p>its|it)\b(?!\s+(?:true|possible|safe|safer|legal|necessary|important|worth|normal|common|better"
    r"|ok|okay|"
    r"likely|easy|hard|difficult|bad|good|a\b|rain\w*|snow\w*|mean\w*|take\w*|really\s+true|considered|required|"
    r"too|economically|free|inappropriate|appropriate)\b)(?<!\bis it)(?<!\bwas it)|\b(?:is|was)"
    r"\s+(?P<q>it)\b(?=\s*\W*$|\s+\w+ed\b)",
    re.IGNORECASE,
)
_MANY = re.compile(r"\b(?P<p>they|them|their|theirs)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!will )(?<!did )(?<!do )(?<!been )\b(?P<p>there)\b(?!\s+(?:is|are"
    r"|was|were|a|any|be|been|has|have|will|no)\b)",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:this|these|those|such|that)\b(?=\s*[?.!,]|\s*$|\s+(?:is|are|was|were|mean|happen|work|year|time"
    r"|company|country|game|"
    r"series|war|movement|place|case|one|ones|month|day|city|event|deal|team|show|movie|same|process|plan|law)s?\b)"
    r"|\bthe\s+(?:same|others?|former|latter|difference(?=\W*$)|first\s+one|second\s+one|regular\s+one)\b"
    r"|\b(?:back\s+)?then\s*\?*$|\bthe\s+one\b|\belse\b",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:and|but|or|what\s+about|how\s+about|what\s+of|а|и|что\s+насчет)\b[\s,]*", re.IGNORECASE)
_RUSSIAN = re.compile(r"\b(?:он|она|они|его|её|ее|их|им|ему|ей|там|этот|эта|это)\b", re.IGNORECASE)
_TOPIC = re.compile(r"^\W*(?:speaking|talking)\s+(?:about|of)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"^(?:\W*(?:so|ok|well|by the way|please)\W+)*(?:who|what|when|where|which|why|how|is|are|was|were|do|does"
    r"|did|can|could|will|would|"
    r"should|has|have|had|am|may|кто|что|когда|где|как\w*|почему|зачем|сколько)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\W*(?:(?:and|but|so)\s+)?(?:why|when|where|how|who|which|how\s+(?:much|many|long|come|so)|why\s+not"
    r"|really)\W*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Said:
    """What an earlier turn offers: its names in order, those of its answer, and its noun phrases."""

    question: str
    names: tuple[str, ...]
    answered: tuple[str, ...]
    nouns: tuple[str, ...]


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
    kept = set(words(new))
    lost = [n for n in naming.names(question) if not set(words(n)) & kept]
    if lost:
        return f"as it lost {', '.join(lost)}"
    known = set(words(" ".join([question, *(f"{t.question} {t.answer}" for t in history)])))
    added = [n for n in naming.names(new) if not set(words(n)) <= known]
    return f"as it named {', '.join(added)}, which nobody mentioned" if added else None


def is_followup(question: str) -> bool:
    """Whether a question leans on what was said before: "When did he arrive?", "And Serbia?", "Why?"."""
    text = one_line(question)
    if _TOPIC.match(text):
        return False
    if _OPENING.search(text) or _BARE.match(text):
        return True
    leaning = [p.search(text) for p in (_PERSON, _THING, _MANY, _PLACE, _POINTING, _RUSSIAN)]
    if any(m is not None and _leans(text, m) for m in leaning):
        return True
    return _elliptical(text)


def _leans(text: str, pronoun: re.Match[str]) -> bool:
    """Whether a pronoun points outside its own question: little that it could stand for comes before it."""
    before = text[: pronoun.start()]
    return len(naming.content(before)) < (1 if naming.names(f"x {before}") else 2)


def _elliptical(text: str) -> bool:
    """Too short to ask anything by itself: "assets", "any awards?"."""
    content = naming.content(text)
    return len(content) <= 2 and not _ASKING.match(text) and not naming.names(f"x {text}")


def _by_rules(question: str, history: Sequence[Turn]) -> tuple[str, tuple[str, ...]]:
    """The question in full and the notes that say how; no notes when it was left as it is."""
    if not is_followup(question):
        return question, ()
    said = _said(history)
    if said is None:
        return question, ()
    swapped = _swap(question, said)
    if swapped is not None:
        return swapped, (f'read as: "{swapped}"',)
    new, notes = _replaced(question, said)
    carried = _carried(new, said, placed=bool(notes))
    if carried:
        new = f"{new} ({', '.join(carried)})"
        notes.append(f"carried over: {', '.join(carried)}")
    return new, tuple(notes)


def _carried(question: str, said: _Said, *, placed: bool) -> list[str]:
    """What goes into the brackets: names that the question lacks, and a noun or two where there are none."""
    content = naming.content(question)
    if len(content) >= FULL:
        return []
    present = {w.removesuffix("'s") for w in words(question)}
    carried = [n for n in said.names if not set(words(n)) & present]
    if not carried and not placed:
        carried = [n for n in said.answered[:1] if not set(words(n)) & present]
    if placed or _elliptical(question) or _OPENING.match(question):
        return _within(carried, CARRIED)
    nouns = [n for n in said.nouns if not set(n.split()) <= present]
    if _MANY.search(question):
        nouns = [w for w in nouns if w.endswith("s")] or nouns
    if not carried or _BARE.match(question):
        carried += nouns[-NOUNS:]
    return _within(carried, CARRIED)


def _said(history: Sequence[Turn]) -> _Said | None:
    """The last turn, read in full by the same rules, so that names survive a chain of follow-ups."""
    last: _Said | None = None
    for turn in history:
        text = one_line(turn.question)
        names, nouns = list(naming.names(text)), naming.phrases(text)
        if last is not None and is_followup(text):
            swapped = _swap(text, last)
            if swapped is not None:
                text, names = swapped, list(naming.names(swapped))
            else:
                names += [n for n in last.names if n not in names]
                if not nouns:
                    nouns = [w for w in last.nouns if w not in nouns] + nouns
        known = {w for n in names for w in words(n)}
        nouns = [n for n in nouns if not set(words(n)) & known]
        last = _Said(text, tuple(names), tuple(naming.names(turn.answer)), tuple(nouns))
    return last


def _swap(question: str, said: _Said) -> str | None:
    """ "And Serbia?" after "What did Kazakhstan offer?": the one new name in the place of the one old name."""
    opening = _OPENING.match(question)
    rest = question[opening.end() :].strip(" ?.!") if opening else ""
    rest = re.sub(r"^(?:in|for|with|to|from|by)\s+(?:the\s+)?", "", rest, flags=re.IGNORECASE)
    if not rest or naming.names(f"x {rest}") != [rest] or len(said.names) != 1 or said.names[0] not in said.question:
        return None
    return said.question.replace(said.names[0], rest)


def _replaced(question: str, said: _Said) -> tuple[str, list[str]]:
    """Pronouns replaced by the one name that fits them."""
    notes: list[str] = []
    for pattern, fits in (
        (_PERSON, naming.is_person),
        (_THING, naming.is_thing),
        (_MANY, naming.is_group),
        (_PLACE, naming.is_thing),
    ):
        match = pattern.search(question)
        if match is None or not _leans(question, match):
            continue
        name = _one(said, fits)
        if name is None or name in question:
            continue
        while match is not None:
            group = "p" if match["p"] else "q"
            pronoun = match[group]
            new = _form(name, pronoun, question[match.end(group) :])
            if not notes or not notes[-1].endswith(name):
                notes.append(f'"{pronoun}" read as {name}')
            at = match.start(group) + len(new)
            question = question[: match.start(group)] + new + question[match.end(group) :]
            match = pattern.search(question, at)
    return question, notes


def _form(name: str, pronoun: str, after: str) -> str:
    low = pronoun.casefold()
    if low in {"his", "its", "their"} or (
        low == "her"
        and re.match(r"\s+\w", after)
        and not re.match(r"\s+(?:in|on|at|to|for|from|when|and|about|with|by)\b", after)
    ):
        return f"{name}'" if name.endswith("s") and low == "their" else f"{name}'s"
    return f"in {name}" if low == "there" else name


def _one(said: _Said, fits: Callable[[str], bool]) -> str | None:
    """The only name of the last question that fits, else the first of its answer if that is the only one that"
    " does."""
    asked = [n for n in said.names if fits(n)]
    if asked:
        return asked[0] if len(asked) == 1 else None
    told = list(dict.fromkeys(n for n in said.answered if fits(n)))
    return told[0] if len(told) == 1 or (told and fits is naming.is_person and told[0] == said.answered[0]) else None


def _within(items: Sequence[str], count: int) -> list[str]:
    out: list[str] = []
    for item in items:
        if sum(len(i.split()) for i in out) + len(item.split()) > count:
            break
        out.append(item)
    return out
