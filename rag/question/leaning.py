"""How a question leans on what was said before, and the words of courtesy in it.

is_followup("When did he arrive?")                  ->  True, by "he"
is_followup("Who won the 1998 World Cup?")          ->  False: it stands alone
without_courtesy("Thanks. By the way, who won?")    ->  "Who won?"
"""

from __future__ import annotations

import re

from rag.question import naming
from rag.text import one_line

ALWAYS = re.compile(r"\bthe\s+same\W*$|\bто\s+же\s+самое\W*$", re.IGNORECASE)
_NOT_LEANING = (
    r"(?:true|possible|safe|safer|legal|necessary|important|worth|normal|common|better|ok|okay|likely|easy|hard"
    r"|difficult|bad|good|a\b|rain\w*|snow\w*|mean\w*|take\w*|really\s+true|considered|required|too|economically|free"
    r"|inappropriate|appropriate|is\b|was\b)"
)
PERSON = re.compile(r"\b(?P<p>he|she|him|his|her|hers)\b|\b(?P<q>он|она|ему|ей|ним|ней|нём|нем)\b", re.IGNORECASE)
THING = re.compile(
    rf"\b(?P<p>its|it)\b(?!\s+{_NOT_LEANING}\b)(?<!\bis it)(?<!\bwas it)"
    r"|\b(?:is|was)\s+(?P<q>it)\b(?=\s*\W*$|\s+(?:(?:still|already|now|being)\s+)?(?!rain|snow)\w+(?:ed|ing)\b)",
    re.IGNORECASE,
)
MANY = re.compile(r"\b(?P<p>they|them|their|theirs)\b", re.IGNORECASE)
LISTED = re.compile(
    r"\b(?:which|one|each|both|all|neither|either|none|any)\s+of\s+(?P<p>them|these|those|the\s+two)\b"
    r"|\b(?:кто|какой|какая|какое|кто-то|один|каждый)\s+из\s+(?P<q>них)\b",
    re.IGNORECASE,
)
PLACE = re.compile(
    r"(?<!is )(?<!are )(?<!was )(?<!were )(?<!will )(?<!did )(?<!do )(?<!been )(?<!and )\b(?P<p>there)\b"
    r"(?!\s+(?:is|are|was|were|a|any|be|been|has|have|will|no)\b)|\b(?P<q>там|туда|оттуда)\b",
    re.IGNORECASE,
)
YEAR = re.compile(
    r"\b(?P<p>(?:in\s+)?(?:that|the\s+same)\s+year|(?:back\s+)?then(?=\W*$)|at\s+(?:that|the)\s+time(?=\W*$))\b"
    r"|\b(?P<q>в\s+(?:том|этом)(?:\s+же)?\s+году|(?<=\s)тогда\b)",
    re.IGNORECASE,
)
ORGANISATION = re.compile(
    r"\b(?P<p>the\s+(?:company|firm|airline|bank|group|party|agency|carmaker|operator|organi[sz]ation))\b"
    r"(?!\s+(?:of|in|that|which|who|behind)\b)",
    re.IGNORECASE,
)
ROLE = re.compile(
    r"\b(?P<p>the\s+(?:minister|president|chancellor|premier|governor|mayor|ambassador|king|queen|director|author"
    r"|candidate|politician|economist|coach|ceo))\b(?!\s+(?:of|in|that|which|who|for)\b)",
    re.IGNORECASE,
)
OTHER = re.compile(
    r"\bthe\s+other(?:\s+one)?\b(?=\W*$)|\b(?:друг(?:ой|ая|ое)|втор(?:ой|ая|ое))\b(?=\W*$)", re.IGNORECASE
)
_POINTING = re.compile(
    r"\b(?:this|these|those|such|that)\b(?=\s*[?.!,]|\s*$|\s+(?:is|are|was|were|mean|happen|work|year|time"
    r"|company|country|game|series|war|movement|place|case|one|ones|month|day|city|event|deal|team|show|movie|same"
    r"|process|plan|law|town|meeting|visit)s?\b)"
    r"|\bthe\s+(?:same|others?|former|latter|difference(?=\W*$)|first\s+one|second\s+one|regular\s+one)\b"
    r"|\b(?:back\s+)?then\s*\?*$|\bthe\s+one\b|\belse\b|\bthe\s+(?:talks|negotiations|deal|agreement|summit|visit|vote)\b"
    r"(?!\s+(?:of|in|on|with|between|that|which)\b)",
    re.IGNORECASE,
)
MEANT = re.compile(r"^\W*(?:(?:no|oh|sorry|well)\b\W*)*i\s+mean(?:t)?\s+(?:for\s+|in\s+)?(?!that\b)", re.IGNORECASE)
OPENING = re.compile(
    r"^(?:(?:(?:no|oh|sorry|well)\b\W*)*i\s+mean(?:t)?(?:\s+for|\s+in)?\b|and|but|or|what\s+about|how\s+about|what\s+of|а|и|что\s+насч[её]т)\b[\s,]*",
    re.IGNORECASE,
)
_RUSSIAN = re.compile(r"\b(?:они|его|её|ее|их|им|этот|эта|это|эти)\b", re.IGNORECASE)
_TOPIC = re.compile(r"^\W*(?:speaking|talking)\s+(?:about|of)\b", re.IGNORECASE)
_ASKING = re.compile(
    r"^(?:\W*(?:so|ok|well|by the way|please)\W+)*(?:who|whom|what|when|where|which|why|how|is|are|was|were|do|does"
    r"|did|can|could|will|would|should|has|have|had|am|may|кто|что|когда|где|как\w*|почему|зачем|сколько|куда)\b",
    re.IGNORECASE,
)
_STATING = re.compile(
    r"^\W*(?:i|i'm|i've|we|you|it|it's|he|she|they|that|that's|this|there|not|я|мы|вы)\b", re.IGNORECASE
)
BARE = re.compile(
    r"^\W*(?:(?:and|but|so|а|и)\s+)?(?:why|when|where|how|who|which|how\s+(?:much|many|long|come|so)|why\s+not|really"
    r"|почему|когда|где|как|кто|сколько|зачем)\W*$",
    re.IGNORECASE,
)
# An event that is asked about without saying which: "Who is invited?", "How many houses burned down?".
_EVENT = re.compile(
    r"^\W*(?:(?:who|when|where|why)\s+(?:is|are|was|were|will|did|has|have)\b|(?:how\s+(?:many|much|long|big|high))\b"
    r"(?=.*\b(?:\w{3,}ed|was|were|did|took|died|came|fell|left|lost|won|voted|burned)\b)|(?:were|was|did)\s+(?:any|the)\b"
    r"|(?:(?:were|was)\s+there|are\s+there\s+any)\s+(?:any\s+)?[\w-]+\W*$"
    r"|when\b|who\s+\w+ed\b|what\s+(?:is|are|was|were)\s+the\s+[\w-]+(?:\s+[\w-]+)?\W*$|how\s+(?:many|much)\s+\w+\W*$)",
    re.IGNORECASE,
)
_GENERAL = re.compile(r"\b(?:i|i'm|my|me|we|our|us|you|your|a|an)\b|\bhow\s+(?:to|do|does|can)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|oh|aha|ah|well|right|yes|no|sure|thanks(?:\s+(?:a\s+lot|for\s+\w+))?|thank\s+you|great"
    r"|i\s+see|by\s+the\s+way|btw|interesting|wow|sorry|cool|hi|hello|спасибо|понятно|кстати|хорошо)\b\s*[,.!;:…]+\s*"
    r"|(?:so|oh|ok|okay)\s+(?=\w+\s))+",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"^(?:(?:can|could|would)\s+you\s+(?:please\s+)?(?=tell|explain|clarify)|do\s+you\s+know\s+(?=who|what|when|where"
    r"|why|how|which|if)|i\s+(?:want|would\s+like|need|'d\s+like)\s+to\s+(?:know|understand)\s+|(?:i\s+was\s+wondering|i\s+wonder|may\s+i\s+ask(?:\s+you)?|do\s+you\s+mean|are\s+you\s+saying)\s+(?:that\s+)?"
    r"|(?:i\s+(?:do\s+not|don't)\s+know|i(?:'m|\s+am)\s+not\s+sure)\s+(?=who|what|when|where|why|how|which|if|whether))",
    re.IGNORECASE,
)
_TAIL = re.compile(r",?\s*\bplease\b|,\s*(?:right|correct)(?=\s*\?$)", re.IGNORECASE)
FEW = 3  # content words that a question about an event not named may have


def is_followup(question: str) -> bool:
    """Whether a question leans on what was said before: "When did he arrive?", "And Serbia?", "Why?"."""
    text = one_line(question)
    if _TOPIC.match(text):
        return False
    opening = OPENING.match(text)
    if BARE.match(text) or (opening is not None and not _ASKING.match(text[opening.end() :])):
        return True
    if opening is not None:  # "And when will the council meet?": the rest may stand alone
        return is_followup(text[opening.end() :])
    if ALWAYS.search(text):
        return True
    cues = (PERSON, THING, MANY, LISTED, PLACE, YEAR, ORGANISATION, ROLE, OTHER, _POINTING, _RUSSIAN)
    if any(m is not None and leans(text, m) for m in (p.search(text) for p in cues)):
        return True
    return is_elliptical(text) or is_open(text)


def leans(text: str, pronoun: re.Match[str]) -> bool:
    """Whether a pronoun points outside its own question: little that it could stand for comes before it."""
    before = text[: pronoun.start()]
    if pronoun.re is YEAR:
        return re.search(r"\b(?:1[5-9]|20)\d\d\b", before) is None
    return len(naming.content(before)) < (1 if naming.names(f"x {before}") else 2)


def is_pointing(text: str) -> bool:
    """Whether words like "the same" or "the talks" point to what was said, without a pronoun to replace."""
    return _POINTING.search(text) is not None or _RUSSIAN.search(text) is not None


def takes_names_alone(text: str) -> bool:
    """Whether only a name can fill what is missing: "When did he arrive?", "What about Hungary?"."""
    if BARE.match(text) or MEANT.match(text):
        return False
    pronoun = PERSON.search(text)
    others = (THING, MANY, LISTED)
    return (pronoun is not None or OPENING.match(text) is not None) and not any(p.search(text) for p in others)


def is_elliptical(text: str) -> bool:
    """Too short to ask anything by itself: "damages", "any injuries?"."""
    content = naming.content(text)
    return (
        1 <= len(content) <= 2
        and not _ASKING.match(text)
        and not _STATING.match(text)
        and not naming.names(f"x {text}")
    )


def is_open(text: str) -> bool:
    """About an event that is not named: "How many people were affected?", but not "How do I get a ticket?"."""
    if len(naming.content(text)) > FEW or naming.undated(naming.names(f"x {text}")) or _GENERAL.search(text):
        return False
    return _EVENT.match(text) is not None


def without_courtesy(text: str) -> str:
    """`text` less what is said to a partner rather than asked; as it is where nothing would be left."""
    new = _TAIL.sub("", _ADDRESS.sub("", _COURTESY.sub("", text))).strip()
    if new == text or not naming.content(new):
        return text
    return new[0].upper() + new[1:] if text[0].isupper() else new
