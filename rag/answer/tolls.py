"""How many people died, were hurt, moved, arrested or signed: what articles tell of one event, over time.

    tolls("The number of dead reached 14 on Saturday.")
    ->  [Toll("die", 14.0, "14", …, running=True)]

A toll is tied to its act by form alone: "13 people died", "killed 15 people", "the number of dead reached 14", "the
sixteenth person to lose his life". It is `running` where it counts up to now, and else of one day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answer.numbers import Number, numbers
from rag.speech.words import word_set
from rag.text import fold, stem

# Act -> its words behind a number or beside "number of", and its verbs before one.
_ACTS = {
    "die": (
        r"die|died|dead|deaths?|killed|victims|fatalities|lives|perished|lost their lives",
        r"killed|killing|claimed",
    ),
    "injure": (r"injured|injuries|wounded|hurt", r"injured|injuring|wounded|wounding|hurt"),
    "evacuate": (
        r"evacuated|evacuees|moved|relocated|displaced|taken out",
        r"evacuated|evacuating|moved|relocated|displaced",
    ),
    "arrest": (r"arrested|detained", r"arrested|arresting|detained|detaining"),
    "sign": (r"signed|signatures|signatories", r"signed by|carried|bore|gathered"),
}
_ASKED = {
    "die": r"die|died|dead|deaths?|kill(?:ed)?|victims|fatalities|lives|perish(?:ed)?|death toll|toll",
    "injure": r"injured?|injuries|wounded|hurt",
    "evacuate": r"evacuated?|moved|relocated|displaced|taken out|(?:leave|left) their homes",
    "arrest": r"arrest(?:ed)?|detained",
    "sign": r"sign(?:ed)?|signatures|signatories",
}
_HOW_MANY = re.compile(r"\bhow many\b|\b(?:toll|number|count)\b", re.IGNORECASE)
_HEDGE = r"(?:(?:at least|more than|as many as|close to|over|about|around|nearly|almost|some|a total of)\s+)?"
_AUXILIARY = r"(?:\s+(?:were|was|are|is|have|had|has|been|now|known|confirmed|reported|also|officially|to|have))*"
_BEHIND = {
    act: re.compile(
        rf"(?P<noun>\s+(?!of\b|and\b|or\b|in\b|to\b)[^\W\d_][\w’'-]*)??(?:\s+of\s+(?:\w+\s+)?\d[\d,]*\s+\w+)?{_AUXILIARY}\s+(?:{words})\b",
        re.IGNORECASE,
    )
    for act, (words, _) in _ACTS.items()
}
_BEFORE = {
    act: re.compile(rf"(?P<lead>(?:\S+\s+){{0,3}})\b(?:{verbs})\s+{_HEDGE}$", re.IGNORECASE)
    for act, (_, verbs) in _ACTS.items()
}
_REACHED = {
    act: re.compile(
        r"\b(?:(?:number|count|tally|total)\b(?!\s+[^,;:.]*\b(?:number|count)\b)[^,;:.]*?\b"
        rf"(?:{words})\b{'|toll' if act == 'die' else ''})\b[^,;:.]*?\b"
        r"(?:rose|risen|climbed|reached|come|came|stood|stands|passed|hit|increased|grown|grew|jumped|was|is|put)\b"
        rf"(?:\s+(?:to|at|now|close))*\s+{_HEDGE}$",
        re.IGNORECASE,
    )
    for act, (words, _) in _ACTS.items()
}
_NTH = re.compile(
    r"\s+(?:person|man|woman|child)\s+to\s+(?:lose\s+(?:his|her|their)\s+li\w+|die|be killed)\b|\s+(?:death|fatality)\b",
    re.IGNORECASE,
)
_RUNNING = re.compile(
    r"\b(?:now|so far|since|final|known|counted|by (?:\w+day|\w+ (?:morning|evening|night))|risen|rose|reached|"
    r"corrected|revised)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:would|could|might|may|should|not|never|if|fear\w*|expected|denied|another)\b", re.IGNORECASE
)
_PART = re.compile(
    r"\b(?:another|further|additional|other|first|last|next|previous|every|the|all|these|both|among\s+\S+|including|of whom|"
    r"of them)\s+"
    rf"{_HEDGE}$",
    re.IGNORECASE,
)
_PEOPLE = frozenset(
    map(stem, word_set("people person residents inhabitants dead deaths victims lives names signatures"))
)
_LOOSE = ("about", "around", "nearly", "almost", "some", "close to", "as many as")
_LEAST = ("at least", "more than", "over")
_NO_NOUN = word_set("were was are is have had has been in of by when after on at to and or who out")
_MORE = re.compile(
    r"\s+(?:\w+\s+)?(?:more|others|new|additional|further)\b|(?:\s+\w+){1,4}\s+(?:per|each|every|daily|a (?:day|week|year))\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:()—](?=\s)")


@dataclass(frozen=True, slots=True)
class Toll:
    """sentence[start:end] people (or `unit`) to whom `act` was done; `running`: up to now."""

    act: str
    number: float
    unit: str  # "" for people
    start: int
    end: int
    running: bool
    loose: bool  # "about"
    least: bool  # "more than", "at least"

    def near(self, other: Toll) -> bool:
        """Whether they differ by so little, and so loosely, that they only may differ."""
        vague = self.loose or other.loose or self.least or other.least
        return vague and abs(self.number - other.number) <= 0.2 * max(self.number, other.number)

    def agrees(self, other: Toll, same_day: bool) -> bool:
        """Whether both may be said at once: "more than 500" and 505; on one day also "at least 13" and 14."""
        low, high = sorted((self, other), key=lambda t: t.number)
        if low.number == high.number:
            return True
        if self.loose or other.loose:
            return high.number - low.number <= 0.05 * high.number
        return low.least and high.number <= 1.1 * low.number and (same_day or low.number % 10 == 0)


def asked_act(question: str) -> str | None:
    """What the question wants counted: asked_act("How many people were killed?") -> "die"."""
    if not _HOW_MANY.search(question):
        return None
    return next((act for act, words in _ASKED.items() if re.search(rf"\b(?:{words})\b", question, re.IGNORECASE)), None)


def without_act(question: str, act: str) -> str:
    """What is left names the event: "How many people were killed in Novi Sad?" -> "How many people were in Novi Sad?"."""
    return re.sub(rf"\b(?:{_ASKED[act]})\b", " ", question, flags=re.IGNORECASE)


def tolls(sentence: str, act: str) -> list[Toll]:
    """The sentence's tolls of that act, in its order."""
    found = (_toll(sentence, n, act) for n in numbers(sentence))
    return [t for t in found if t is not None]


def _toll(sentence: str, n: Number, act: str) -> Toll | None:
    before, behind = sentence[: n.start], sentence[n.end :]
    if n.kind != "ordinal" and (_PART.search(before) or _MORE.match(behind) or 1900 <= n.value <= 2100):
        return None
    if n.kind == "ordinal":
        nth = _NTH.match(behind) if act == "die" else None
        noun = re.match(r"\s+\w+", behind)
        return Toll(act, n.value, "", n.start, n.end + noun.end(), True, False, False) if nth and noun else None
    if n.kind not in ("figures", "words"):
        return None
    done, reached, ahead = _BEHIND[act].match(behind), _REACHED[act].search(before), _BEFORE[act].search(before)
    if ahead is not None and _DENIED.search(ahead.group("lead")):
        ahead = None
    if done is None and reached is None and ahead is None:
        return None
    noun = re.match(r"(?:\s+(?:known|confirmed|reported))?\s+([^\W\d_][\w’'-]*)", behind)
    counted = fold(noun.group(1)) if noun else ""
    if counted in _NO_NOUN or (done is None and reached is not None):
        noun, counted = None, ""
    unit = stem(counted)
    if done is not None and done.group("noun") is None:
        unit = ""
    hedge = re.search(rf"{_HEDGE}$", before, re.IGNORECASE)
    hedged = hedge.group().strip().lower() if hedge else ""
    return Toll(
        act,
        n.value,
        "" if unit in _PEOPLE else unit,
        hedge.start() if hedge else n.start,
        n.end + (noun.end() if noun else 0),
        reached is not None or _RUNNING.search(_clause(sentence, n)) is not None,
        hedged in _LOOSE,
        hedged in _LEAST,
    )


def _clause(sentence: str, n: Number) -> str:
    """What stands around a number between commas and the like."""
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(sentence)), len(sentence)]
    return sentence[max(c for c in cuts if c <= n.start) : min(c for c in cuts if c >= n.end)]
