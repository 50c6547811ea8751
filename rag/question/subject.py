"""What a question is about, without the words that only say what kind of answer is wanted.

    subject_of("How did the OpenAI leadership crisis unfold?", "timeline")   ->  "the OpenAI leadership crisis"
    subject_of("What is the latest on the floods?", "latest")                ->  "the floods"

Only for kinds whose answer is not in the question's own words: nothing in an article answers to "the latest".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rag.text import one_line
from rag.types import Kind

_NEWS = r"(?:news|updates?|developments?|reports?|articles?|information|headlines?|stor(?:y|ies)|figures?|word)"
_LEAD = r"^\W*(?:please\s+)?(?:(?:can|could) you\s+)?(?:(?:give|tell|show|bring|write)\s+(?:me|us)?\s*)?"

# Of each kind, what may stand before and behind the topic; the first row that matches is taken away.
ROWS: Mapping[Kind, tuple[str, ...]] = {
    "latest": (
        rf"{_LEAD}(?:(?:what(?:'s|’s| is| are| were| was)?|is there|are there|any)\s+)?(?:the\s+)?(?:very\s+)?"
        rf"(?:latest|newest|most recent|recent|new)(?:\s+{_NEWS})?(?:\s+(?:there\s+)?(?:is|are))?"
        r"(?:\s+(?:on|about|from|in|of|with|regarding|concerning|for))?\s+",
        rf"{_LEAD}(?:is there\s+|are there\s+|have you\s+)?any\s+(?:new\s+)?{_NEWS}\s+(?:on|about|from|of|regarding)\s+",
        r"^\W*(?:what|anything)\s+(?:(?:is|was|has been)\s+)?(?:being\s+)?(?:reported|written|published|known)\s+"
        r"(?:about|on|of|regarding)\s+",
        rf"{_LEAD}(?:anything|everything|coverage|{_NEWS})?\s*(?:about|on|of|regarding)\s+",
        r"^\W*(?:каковы\s+|какие\s+)?(?:последние|свежие)\s+(?:новости|данные|события)\s+(?:о|об|по|про|из)\s+",
        r"^\W*что\s+нового\s+(?:о|об|по|про|в|с|со)?\s*",
    ),
    "timeline": (
        rf"{_LEAD}(?:a\s+|the\s+)?(?:timeline|chronology|history|sequence of events)\s+(?:of|for|on|in)\s+",
        r"^\W*how\s+(?:did|has|have|had)\s+(?P<topic>.+?)\s+(?:(?:been\s+)?(?:develop|unfold|evolv|progress|chang|go|gone)\w*"
        r"(?:\s+over\b.*|\s+since\b.*)?)\W*$",
        r"^\W*what\s+(?:has\s+)?happened\s+(?:with|to|in|at|around|after)\s+",
        r"^\W*(?:хронология|история)\s+",
        r"^\W*как\s+развива\w+\s+",
    ),
    "summary": (
        rf"{_LEAD}(?:a\s+|the\s+|short\s+|brief\s+)*(?:summar(?:y|i[sz]e)|tl;?dr|main points)\s*(?:of|about|on|for)?\s*"
        r"(?:(?:the|this|that|all)\s+)?(?:(?:articles?|stor(?:y|ies)|reports?|news|pieces?)\s+)?(?:(?:about|on|of)\s+)?",
        r"^\W*what\s+(?:is|was)\s+(?:this|the|that)\s+(?:article|story|piece|report)\s+(?:on\s+)?(?P<topic>.*?)\s*about\W*$",
        r"^\W*(?:кратко|перескажи)\s+(?:статью\s+)?(?:о|об|про)?\s*",
    ),
}  # fmt: skip
_ROWS = {kind: tuple(re.compile(row, re.IGNORECASE) for row in rows) for kind, rows in ROWS.items()}
_TAIL = re.compile(r"[\s,]+(?:since|so far|over time|until now)\s*\W*$|\s*[?.!]+\s*$", re.IGNORECASE)


def subject_of(question: str, kind: Kind) -> str:
    """The topic, or the question as it is where nothing would be left or the kind has no rows."""
    text = one_line(question)
    for row in _ROWS.get(kind, ()):
        match = row.search(text)
        if match is None:
            continue
        named = match.groupdict().get("topic")
        rest = named if named is not None else text[match.end() :]
        rest = _TAIL.sub("", rest).strip(" ,;:?!.“”\"'")
        return rest or question
    return question
