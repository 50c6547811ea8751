"""A follow-up to a question about the archive is one itself: by something else, for other words, or the list.

recounted("And by month?", "How many articles mention rice in 2024?")   ->  "How many articles mention rice in 2024, by month?"
recounted("How many mention tea?", "How many articles mention rice in 2024?")  ->  "How many articles mention tea in 2024?"
recounted("List them", "How many articles mention rice?")   ->  "List all articles that mention rice"
"""

from __future__ import annotations

import re

from rag.question import corpus, leaning
from rag.question.corpus_words import LANGUAGES

_EDGE = " ,;.?!"
_AGAIN = re.compile(r"how\s+many\s+(?P<of>of\s+(?:them|these|those)\s+)?(?=\w)(?!(?:articles|stories|reports)\b)", re.I)
_LIST = re.compile(r"(?:please\s+)?(?:list|show|name|enumerate|give)\s+(?:me\s+)?(?:them|these|those)(?:\s+all)?", re.I)
_HOW_MANY = re.compile(
    r"^\W*how\s+many\s+(?P<noun>(?:news\s+)?(?:articles|stories|reports))\b(?P<that>(?=\s+mention\b))?", re.I
)
_YEAR = re.compile(r"\b(?:in|during|since|until|before|after)\s+(?:\w+\s+)?(?:19|20)\d\d\b", re.I)


def may_recount(question: str) -> bool:
    """Whether it leans on a question about the archive, if one came before it."""
    rest = _rest(question)
    return _AGAIN.match(rest) is not None or _LIST.fullmatch(rest) is not None or _groups(rest)


def recounted(question: str, before: str) -> str | None:
    """The question in full, where it leans on `before`, a question about the archive; else None."""
    asked = corpus.read(before) if may_recount(question) else None
    rest = _rest(question)
    again, listed, grouped = _AGAIN.match(rest), _LIST.fullmatch(rest), _groups(rest)
    if asked is None or asked.parts:
        return None
    plain = re.sub(r"\s+([,;?.!])", r"\1", " ".join(asked.without_groups.split())).strip(_EDGE)
    noun = _HOW_MANY.match(plain)
    if grouped:
        new = f"{plain}, {rest}?"
    elif noun is None:
        return None
    elif listed is not None:
        new = f"List all {noun['noun']}{' that' if noun['that'] is not None else ''}{plain[noun.end() :]}"
    elif again is not None and again["of"]:
        new = f"{plain} and {rest[again.end() :]}?"
    elif again is not None:
        years = _YEAR.findall(plain) if _YEAR.search(rest) is None else []
        new = f"How many {noun['noun']} {rest[again.end() :]}{f' {years[0]}' if len(years) == 1 else ''}?"
    return new if corpus.read(new) is not None else None


def _rest(question: str) -> str:
    """Without "And" or "What about"."""
    opening = leaning.OPENING.match(question)
    return question[opening.end() if opening is not None else 0 :].strip(_EDGE)


def _groups(rest: str) -> bool:
    return any(p.fullmatch(rest) for language in LANGUAGES.values() for p in language.groupings)
