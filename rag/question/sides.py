"""What is compared when no articles are named: clauses ("…, while …"), two times, or two sides ("between A and B").

of_sides("Compare the plans of Norway and Denmark for wind power", whole)
-> the plans of Norway for wind power, the plans of Denmark for wind power
"""

from __future__ import annotations

import re
from dataclasses import replace

from rag.question.naming import names
from rag.question.scope import Scope
from rag.question.topic import bare, left_of
from rag.types import Plan

_ABOUT = r"(?=\s+(?:on|in|over|about|as|for|to|towards?|when|since|regarding|with|differ\w*|compare|disagree|clash)\b|[,;:?.]|$)"
_NAME = r"(?-i:\b[A-Z0-9][\w.’'-]*(?:\s+[A-Z0-9][\w.’'-]*)*)"
_SIDE = r"[^,;:?]{2,80}?"
_AGAINST = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?P<open>between\s+)(?P<a>{_SIDE})\s+and\s+(?P<b>{_SIDE}){_ABOUT}",
        rf"\b(?P<open>compare\s+)(?P<a>{_SIDE})\s+(?:and|with|to|against)\s+(?P<b>{_SIDE}){_ABOUT}",
        rf"(?P<open>)(?P<a>{_NAME})\s+(?:versus|vs\.?)\s+(?P<b>{_NAME})",
        rf"\bhow\s+(?:do|does|did)\s+(?P<open>)(?P<a>{_SIDE})\s+(?:and|differ\s+from|compare\s+(?:to|with))\s+"
        rf"(?P<b>{_SIDE}){_ABOUT}",
        r"(?P<open>между\s+)(?P<a>[^,;?]{2,60}?)\s+и\s+(?P<b>[^,;?]{2,60}?)(?=\s+(?:по|в|о|на)\b|[,;?]|$)",
    )
)
# "the plans of A and B": the plans of B too; "A's and B's plans": A's plans too.
_HEAD = re.compile(r"^(?P<head>.*?\b(?:of|by|from|in|for)\s+)", re.IGNORECASE)
_OWNED = re.compile(r"^(?P<owner>.+?['’]s?)\s+(?P<thing>.+)$")
_COMPARING = re.compile(
    r"\b(?:what\s+(?:is|are|was|were)\s+the\s+)?(?:differences?|comparison|compare[ds]?|contrast|differ(?:s|ed)?)\b"
    r"(?:\s+(?:between|of|from|to|with)\b(?:\s+(?:that|those|the\s+one)\b)?)?|\bв\s+ч[её]м\s+разница\b|\bчем\s+отлича\w+|\bсравни\w*"
    r"|\bразниц\w+",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r",?\s+(?:while|whereas|тогда\s+как|в\s+то\s+время\s+как)\s+|;\s+", re.IGNORECASE)


def of_clauses(question: str, whole: Plan) -> list[Plan]:
    """ "Does A want more, while B wants less?": two clauses, each with a name of its own."""
    clauses = [c.strip(" ,;.?!") for c in _CLAUSES.split(question)]
    if len(clauses) < 2 or not all(names(f"– {c}") for c in clauses):
        return []
    return [replace(whole, question=c, standalone=c, topic=bare(c)) for c in clauses]


def of_sides(question: str, whole: Plan) -> list[Plan]:
    """ "How do A and B differ on C?": A on C, and B on C."""
    match = next((m for pattern in _AGAINST if (m := pattern.search(question))), None)
    if match is None:
        return []
    left, right = question[: match.start("open")], question[match.end("b") :]
    out = []
    for side in _shared(match["a"], match["b"]):
        topic = compared(f"{left} {side} {right.lstrip(' :')}")
        out.append(replace(whole, question=topic, standalone=topic, topic=topic))
    return out


def _shared(a: str, b: str) -> tuple[str, str]:
    """Two sides, each with the words that they share: ("the plans of A", "B") -> "the plans of A", "the plans of B"."""
    owned, head = _OWNED.match(b), _HEAD.match(a)
    if owned and re.search(r"['’]s?$", a):
        return f"{a} {owned['thing']}", b
    if head and not _HEAD.match(b) and len(b.split()) <= 4:
        return a, f"{head['head']}{b}"
    return a, b


def compared(text: str) -> str:
    """What is compared, without the words that ask for it."""
    return bare(" ".join(_COMPARING.sub(" ", text).split()))


def of_dates(question: str, whole: Plan, days: Scope) -> list[Plan]:
    """ "How did prices in 2019 differ from those in 2023?": each time with the words of the whole."""
    found = [f for f in days.found if f.role == "about"]
    if len(found) < 2:
        return []
    out = []
    for f in found:
        others = [o.words for o in found if o is not f]
        topic = compared(left_of(question, others))
        near = (days.drawn[f],) if f in days.drawn else ()
        out.append(replace(whole, question=topic, standalone=topic, topic=topic, near=near))
    return out
