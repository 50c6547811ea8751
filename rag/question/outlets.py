"""The outlets and authors that a question names as such, told from those that it is about.

    named("What did Reuters report on layoffs, according to 'The Age'?", ["Reuters", "The Age"])
    -> mentions of Reuters and The Age
    named("Why did Twitter sue Reuters?", ["Reuters", "Twitter"])      -> none: they are the topic

A name counts only by its role: words before it ("according to"), words after it ("X's article", "X reported"), or
another counted name that it is joined to. When unsure it does not count: a false filter hides the answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text import fold

ALIASES: Mapping[str, tuple[str, ...]] = {
    "the new york times": ("nyt", "ny times", "new york times"),
    "the washington post": ("wapo",),
    "the wall street journal": ("wsj",),
    "the sydney morning herald": ("smh",),
    "financial times": ("ft",),
    "associated press": ("ap", "the ap"),
    "bbc news": ("bbc",),
    "agence france-presse": ("afp",),
    "bbc": ("bbc news",),
}
_WORD = re.compile(r"[^\W_]+")
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([\w-]+)(?:\.(?:com?|org|net|gov|ac|[a-z]{2,4}))+$")
_HEAD = re.compile(r"\s+[-–—|]\s+|:\s+|\s+\|\s*")
_JOINED = re.compile(
    r"['’\"”]?(?:['’]s)?\s*(?:,|,?\s+(?:and|or|as well as|и|или))\s*(?:also\s+)?(?:by|in|from|of|per)?\s*(?:the"
    r"|an?)?\s*['‘\"“]?",
    re.I,
)

_NOUN = (
    r"(?:articles?|reports?|stor(?:y|ies)|pieces?|coverage|reporting|interviews?|editorials?|columns?|op-eds?"
    r"|reviews?|"
    r"headlines?|newsletters?|podcasts?|posts?|publications?|account|analys[ie]s|portrayals?|depiction"
    r"|journalists? (?:say|write)s?)"
)
_QUALITY = (
    r"(?:\s+(?:latest|recent|subsequent|original|first|second|third|own|later|earlier|other|another|exclusive"
    r"|previous|"
    r"news|sports|business|opinion|following|initial|new|online|\d{4}|[a-z]+ \d{1,2},?(?: \d{4},?)?)){0,2}"
)
_SAYS = (
    r"(?:report(?!(?:\s+[\w,.$-]+){0,4}?\s+(?:profits?|loss(?:es)?|revenues?|earnings|sales|subscribers|growth"
    r"|users|results|income)\b)"
    r"|publish(?=\s+(?:about|on|in|last|this|since|before|after)\b|\W*$)|say|write|describe|mention|suggest"
    r"|claim|cover|portray|indicate|note|state|argue|imply"
    r"|depict|"
    r"characteri[sz]e|discuss|highlight|present|quote|cite|attribute|maintain consistency|predict|list|call|explain)"
)
_TOLD = (
    r"(?:report(?:s|ed)(?!\s+to\b)|writes|wrote|describe[sd]|publishe[sd]|covers|covered|depict(?:s|ed)|"
    r"portray(?:s|ed)|suggest(?:s|ed)|impl(?:y|ies|ied)|highlight(?:s|ed)|detail(?:s|ed)|mention(?:s|ed)|"
    r"discuss(?:es|ed)|indicate[sd]|identifie[sd]|"
    r"(?:said|says|state[sd]|claim(?:s|ed)|note[sd])\s+in\s+(?:an?|its|their|the)\b|report\s+that\b)"
)
# Each row: what the words before a name must end with for the name to be the outlet that tells.
BEFORE = re.compile(
    r"(?:\baccording\s+to(?:\s+(?:an?|the)(?:\s+\w+){1,3}\s+(?:from|by|in|of))?"
    r"|\bas\s+(?:per|told\s+by)|(?<=\s)per"
    r"|\b(?:reported|covered|published|written|carried|cited|quoted|noted|described|discussed|mentioned|stated|"
    r"highlighted|detailed|featured|presented|portrayed|depicted|claimed|reviewed|posted|suggested|outlined|"
    r"indicated|profiled|documented|analy[sz]ed|explained|identified|listed|speculated|rumou?red|alleged)(?:"
    r"\s+\w+ly)?\s+(?:by|in|on)"
    rf"|\b{_NOUN}(?:\s+(?:published|posted|written|appearing|featured))?\s+(?:by|from|in|on|at|of)"
    rf"|\b(?:{_NOUN}|description|characteri[sz]ation)\s+(?:of|on|about)\s+[^,;?]{{1,120}}?\s(?:by|from)(?="
    rf"\s+['‘\"“]$)"
    r"|\b(?:description|characteri[sz]ation|portrayal)\s+of\s+[^,;?]{1,120}?\s(?:by|from)"
    r"|\breported\s+by\s+(?:\w+\s+){0,2}including"
    r"|\b(?:read|appeared|printed|ran)\s+(?:in|on)"
    r"|\b(?:latest|news|anything|something|update|updates|headlines|information|everything|nothing|quotes?)"
    r"\s+(?:from|in|on)"
    r"|по\s+(?:данным|сообщению|информации)|согласно|сообщ(?:ает|ил[аио]?)|пиш(?:ет|ут)|писал[аио]?"
    r")(?:\s+(?:both|either|the|an?|another|издания|агентства|газеты|газета|агентство))*\s+['‘\"“«]?$",
    re.IGNORECASE,
)
# Words after a name: its article …
AFTER = re.compile(
    rf"^['’\"”»]?(?:(?:['’]s|['’])?,?{_QUALITY}\s+(?:{_NOUN})\b|['’]s\s+(?:\w+\s+){{1,2}}{_NOUN}\b)",
    re.IGNORECASE,
)
# … or what it did.
TELLS = re.compile(
    rf"^['’\"”»]?,?(?:\s+\w+ly)?\s+(?:{_TOLD}|(?:пишет|сообщает|сообщил[аио]?|писал[аио]?"
    rf"|утверждает)\b)",
    re.IGNORECASE,
)
# "did X report …": both sides together.
DID = re.compile(r"\b(?:did|does|do|has|have|had)\s+(?:the\s+)?['‘\"“]?$", re.IGNORECASE)
DID_SAY = re.compile(
    rf"^['’\"”]?(?:\s+(?:also|ever|not|\w+ly))*\s+(?:{_SAYS}|{_TOLD}|said|written|reported|published)\b(?!\s+to\b)",
    re.IGNORECASE,
)
ON = re.compile(rf"\s+(?:{_SAYS}|on|about|of|from|published)\b", re.IGNORECASE)
# "in X": only after a word of saying or with the name in quotation marks, and never after these.
IN = re.compile(r"(?P<word>[\w’'-]+)\s+(?:in|on)\s+(?:the\s+)?(?P<quote>['‘\"“«]?)$", re.IGNORECASE)
IN_TOPIC = re.compile(
    r"^(?:shares?|stakes?|jobs?|cuts?|staff|interest|invest\w*|positions?|roles?|changes?|work\w*|layoffs?|strikes?|"
    r"employ\w*|hired|trust|happen\w*|shareholder|stock|ownership|starred|advertis\w*|ads?)$",
    re.IGNORECASE,
)
PASSIVE = re.compile(
    r"\b(?:is|was|are|were|be|been|being|of|against|sue[sd]?|from|told|tell)\s+(?:the\s+)?['‘\"“]?$", re.IGNORECASE
)
AUTHOR_BEFORE = re.compile(
    rf"(?:\b(?:written|authored)\s+by|\b{_NOUN}\s+(?:written\s+)?by|\b(?:columnist|reporter|correspondent"
    rf"|journalist))\s+['‘\"“]?$",
    re.IGNORECASE,
)
AUTHOR_AFTER = re.compile(rf"^['’]s{_QUALITY}\s+(?:{_NOUN})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a question, `question[start:end]`, the archive's names that it may stand for, and what decided."""

    start: int
    end: int
    names: tuple[str, ...]
    words: str


def named(question: str, sources: Sequence[str]) -> list[Mention]:
    """The outlets of `sources` that `question` names as those who tell, in the question's order."""
    mentions = _mentions(question, tuple(sources))
    roles = [_role(question, m, _chain_end(question, mentions, i)) for i, m in enumerate(mentions)]
    for order in (range(1, len(mentions)), range(len(mentions) - 2, -1, -1)):
        step = -1 if order.step > 0 else 1
        for i in order:
            first, last = sorted((i, i + step))
            if roles[i] is None and roles[i + step] and joined(question, mentions[first], mentions[last]):
                roles[i] = question[mentions[i].start : mentions[i].end]
    return [Mention(m.start, m.end, m.names, words) for m, words in zip(mentions, roles, strict=True) if words]


def writers(question: str, authors: Sequence[str]) -> list[Mention]:
    """The authors of `authors` whose articles `question` asks for: "columns by Jane Doe", "Jane Doe's article"."""
    out = []
    for m in _mentions(question, tuple(authors)):
        before, after = AUTHOR_BEFORE.search(question, 0, m.start), AUTHOR_AFTER.search(question[m.end :])
        if before or after:
            start = before.start() if before else m.start
            end = m.end + (after.end() if after else 0)
            out.append(Mention(m.start, m.end, m.names, question[start:end]))
    return out


def canonical(name: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names in `names` that `name` means, whatever its case, article or host form; none if unknown."""
    key = _key(name)
    return _forms(tuple(names)).get(key[0] if key else "", {}).get(key, ())


def joined(question: str, first: Mention, last: Mention) -> bool:
    return _JOINED.fullmatch(question, first.end, last.start) is not None


def _chain_end(question: str, mentions: Sequence[Mention], i: int) -> int:
    """Where the names joined to this one end: "did The Age and Wired cover" asks what both covered."""
    while i + 1 < len(mentions) and joined(question, mentions[i], mentions[i + 1]):
        i += 1
    return mentions[i].end


def _role(question: str, m: Mention, end: int) -> str | None:
    """The words that make this mention the outlet that tells, or None when it is the topic; `end` is its chain's."""
    left, right = question[: m.start], question[m.end :]
    before = BEFORE.search(left)
    if before:
        return question[before.start() : m.end].strip()
    after = AFTER.search(right)
    if after and DID.search(left) and after[0].endswith(" report") and not ON.match(right, after.end()):
        after = None  # "did Apple report record profits": a verb
    if after is None and DID.search(left):
        after = DID_SAY.search(question[end:])
        return question[m.start : end + after.end()] if after else None
    if after is None and not PASSIVE.search(left):
        after = TELLS.search(right)
    if after:
        start = m.start - (question[m.start - 1 : m.start] in set("'‘\"“«"))
        return question[start : m.end + after.end()]
    within = IN.search(left)
    name = question[m.start : m.end]
    if within and not IN_TOPIC.match(within["word"]) and (within["quote"] or (name[:1].isupper() and " " in name)):
        return question[within.end("word") : m.end].strip()
    return None


def _mentions(question: str, sources: tuple[str, ...]) -> list[Mention]:
    """Every known name in `question`, the longest at each place; one plain word must be written as a name."""
    forms = _forms(sources)
    tokens = [(m.start(), m.end(), fold(m[0])) for m in _WORD.finditer(question)]
    lower = question == question.lower()
    found: list[Mention] = []
    i = 0
    while i < len(tokens):
        best: tuple[int, tuple[str, ...]] | None = None
        for form, names in forms.get(tokens[i][2], {}).items():
            size = len(form)
            if (best is None or size > best[0]) and tuple(t[2] for t in tokens[i : i + size]) == form:
                best = (size, names)
        if best is None:
            i += 1
            continue
        start, end = tokens[i][0], tokens[i + best[0] - 1][1]
        words = question[start:end]
        if lower or any(c.isupper() for c in words) or any(c.isdigit() or c == "." for c in words):
            found.append(Mention(start, end, best[1], words))
        i += best[0]
    return found


@lru_cache(maxsize=8)
def _forms(sources: tuple[str, ...]) -> dict[str, dict[tuple[str, ...], tuple[str, ...]]]:
    """First word -> the whole form -> the names that it may stand for. "The Independent" stands for its"
    " sections too."""
    full: dict[tuple[str, ...], list[str]] = {}
    short: dict[tuple[str, ...], list[str]] = {}
    for source in sources:
        key = _key(source)
        if not key:
            continue
        full.setdefault(key, []).append(source)
        for form in _shorter(source, key):
            names = short.setdefault(form, [])
            if source not in names:
                names.append(source)
    out: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {}
    for form in {**full, **short}:
        out.setdefault(form[0], {})[form] = tuple(dict.fromkeys(full.get(form, []) + short.get(form, [])))
    return out


def _shorter(source: str, key: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other ways to write a name: without its section, its "the", its host's ending; its aliases."""
    keys = {key, _key(_HEAD.split(source)[0])}
    host = _HOST.match(source.strip().lower())
    if host:
        keys.add(_key(host[1]))
    for base in list(keys):
        for alias in ALIASES.get(" ".join(base), ()) or ALIASES.get("the " + " ".join(base), ()):
            keys.add(_key(alias))
    for base in list(keys):
        if len(base) > 1 and base[0] == "the":
            keys.add(base[1:])
        elif base and len(base[0]) > 5 and base[0].startswith("the") and len(base) == 1 and host:
            keys.add(("the", base[0][3:]))
    return [k for k in keys if k and k != key and k != ("the",)]


def _key(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(name)))
