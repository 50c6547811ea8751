"""Whose words a question asks for, and on what.

asked("What did Tokayev say about agriculture?")   ->  Asked("Tokayev", "agriculture")
asked("Что сказал Токаев о зерне?")                ->  Asked("Токаев", "зерне")
asked("What did the article say about rice?")      ->  None
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.text import one_line

_NAME = r"(?P<name>[^,?]{2,60}?)"
_ON = r"(?:\s+(?:about|on|regarding|concerning|of|as to|with regard to)\s+(?P<about>.+?)|\s+(?P<that>in .+|when .+|after .+))?"
_END = r"\s*[?.!]*\s*$"
_SAY = (
    r"(?:say|said|says|saying|tell|told|claim|claimed|argue|argued|think|thinks|announce|announced|write|wrote|warn|"
    r"promise|promised|comment|state|stated|mention|explain|suggest|believe|insist)"
)
ROWS = tuple(
    re.compile(row, re.IGNORECASE)
    for row in (
        rf"^\W*(?:and |so |but )?what (?:else )?(?:did|does|do|has|have|had) {_NAME} (?:also |actually |publicly |exactly )*"
        rf"{_SAY}(?: (?:reporters|journalists|parliament|the press))?{_ON}{_END}",
        rf"^\W*what was {_NAME}(?:'s|’s) (?:view|opinion|position|comment|statement|reaction)s?{_ON}{_END}",
        rf"^\W*what (?:is|are) {_NAME}(?:'s|’s) (?:views?|opinions?|position|comments?|words|statements?){_ON}{_END}",
        rf"^\W*what was said by {_NAME}{_ON}{_END}",
        rf"^\W*(?:quote|quotes (?:by|from|of)|quotations (?:by|from|of)) {_NAME}{_ON}{_END}",
        rf"^\W*что (?:сказал|сказала|заявил|заявила|говорил|говорила|говорит|думает) {_NAME}(?:\s+(?:о|об|про)\s+(?P<about>.+?))?{_END}",
        rf"^\W*(?:šta|шта) (?:je|је) {_NAME} (?:rekao|rekla|izjavio|izjavila|рекао|рекла|изјавио|изјавила)"
        rf"(?:\s+(?:o|о)\s+(?P<about>.+?))?{_END}",
    )
)
# Nobody in particular: such a question is answered by the articles themselves.
NOBODY = re.compile(
    r"^(?:(?:the|this|that|these|an?|any|all|some|your|both|two)\s+)?(?:\w+\s+){0,3}(?:articles?|reports?|stor(?:y|ies)|"
    r"news|papers?|press|media|stud(?:y|ies)|outlets?|sources?|texts?|documents?|archive|people|they|he|she|it|you|we|i|"
    r"us|one|everyone|anyone|experts?|officials|pollsters|analysts|critics|residents|witnesses|researchers|scientists)$",
    re.IGNORECASE,
)
TITLE = re.compile(
    r"^(?:the\s+)?(?:(?:prime|foreign|health|energy|finance|defen[cs]e|interior)\s+)?(?:president|minister|premier|chancellor|"
    r"mayor|governor|senator|sen\.|rep\.|gov\.|dr\.?|prof\.?|professor|mr\.?|mrs\.?|ms\.?|sir|judge|king|queen|pope|"
    r"президент|министр|председник|predsednik)\s+(?=\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """The speaker's name without a title, and the topic ("" where all is asked for)."""

    speaker: str
    about: str


def asked(question: str) -> Asked | None:
    """None where no speaker is named."""
    text = one_line(question)
    for row in ROWS:
        match = row.match(text)
        if match is None:
            continue
        name = match.group("name").strip(" \"'“”")
        if NOBODY.match(name) or len(name.split()) > 6:
            return None
        groups = match.groupdict()
        about = groups.get("about") or groups.get("that") or ""
        return Asked(TITLE.sub("", name) or name, about.strip(" ?.!"))
    return None
