"""What a question is about: its words without those that became filters.

without("What did Reuters say about rice?", ["did Reuters say"])  ->  "What about rice?"
bare("Does the article on the rice harvest,")                     ->  "rice harvest"
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.naming import FUNCTION_WORDS
from rag.text import fold

_OF_ARTICLES = """
    a about an and any are article articles as at by did do does for from has have in is it news of on or report reported
    reporting reports said say says so stories story tell that the there this to told was were what when where which who
    why with write wrote written published publish piece coverage что о об в на за по с и писал пишет сообщил šta je u o
"""
EMPTY = frozenset(_OF_ARTICLES.split())
_OF_NEWS = """
    all any anything cover covered happened headlines latest most new newest recent s update updates нового новости
    последние случилось произошло
"""
_NEWS = frozenset(_OF_NEWS.split())
_AT_AN_EDGE = """
    according after although another argues attribute based before between both claim claims compared considering
    describe describes detailing discusses discussing earlier featured featuring focus focuses given highlights identify
    imply implies indicate indicates information later mentions notes one opposed previously recently respectively same
    source states subsequent suggest suggests versus whereas while
"""
_EDGE = FUNCTION_WORDS | EMPTY | frozenset(_AT_AN_EDGE.split())
_LEFT_OVER = re.compile(r"\b(?:as|in|by|from|an?|and)\s*(?=[,.;?])|\s+(?=[,.;?])|\ban?\s+(?=\w+ing\b)", re.IGNORECASE)
_STRAY = re.compile(r"(?<![\w.])['‘’\"“”](?!\w)|(?<!\w)['‘’\"“”](?=\s)")
_COMMAS = re.compile(r",(?:\s*(?:,|and\b(?=\s*,)))+")


def without(question: str, filtering: Sequence[str]) -> str:
    """The question without the words that became filters; "" when nothing, or nothing else, is left of it."""
    rest = _less(question, filtering)
    rest = re.sub(r"\s+([?.,!])", r"\1", " ".join(rest.split()))
    return rest if filtering and tells(rest) else ""


def everything(question: str, filtering: Sequence[str]) -> bool:
    """Whether it asks for whatever the filters leave, or just for news: "What did Reuters report in May 2024?"."""
    return all(fold(w) in _NEWS for w in tells(_less(question, filtering)))


def _less(question: str, filtering: Sequence[str]) -> str:
    for words in sorted(filtering, key=len, reverse=True):
        question = question.replace(words, " ", 1)
    return question


def tells(text: str) -> list[str]:
    """The words of `text` that say what it is about: those that are not of articles, dates' or grammar's."""
    return [w for w in re.findall(r"\w+", text) if fold(w) not in EMPTY]


def bare(text: str) -> str:
    """`text` without the marks, function words and words of articles at either end."""
    tokens = [(m.start(), m.end(), _edge(m[0], text[m.end() :])) for m in re.finditer(r"[\w’'-]*\w", text)]
    while tokens and tokens[0][2]:
        tokens.pop(0)
    while tokens and tokens[-1][2]:
        tokens.pop()
    return text[tokens[0][0] : tokens[-1][1]] if tokens else ""


def _edge(word: str, following: str) -> bool:
    """Whether a word may go from an edge; "US" is no "us", and All Saints are a name."""
    name = (word.isupper() and len(word) > 1) or (word == "All" and following[1:2].isupper())
    return fold(word) in _EDGE and not name


def left_of(text: str, filtering: Sequence[str]) -> str:
    """`text` without these words wherever they stand, and without the commas and quotes of a list that is gone."""
    for words in sorted(filtering, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", " ", text)
    text = _STRAY.sub("", text)
    for _ in range(3):  # "featured in and , by": what is left of a list of names
        text = " ".join(_LEFT_OVER.sub("", " ".join(text.split())).split())
    return _COMMAS.sub(",", text)
