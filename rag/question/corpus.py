"""Questions about the archive as a whole: which articles are there, how many, by month, by outlet.

    asked = read("How many articles mention floods in 2024, by month?")
    asked.groups                                    ->  ("month",)
    asked.topic(["in 2024"])                        ->  "floods"
    read("How many people died in the floods?")     ->  None: people are counted

Strict by design: what is counted or listed must be articles, stories, reports, outlets …, and the words behind them
must say that news is meant ("stories about", not "stories of a tower"). A question that is not recognised is answered
from passages, which is the lesser fault. The words are in rag.question.corpus_words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.question.corpus_words import LANGUAGES, Language, Row
from rag.types import Group

READ = 2_000  # characters of a question that are read

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“”„«][^\"“”„«»]+[\"“”»]|(?<!\w)['‘][^'‘’\n]+['’](?!\w)")
_WITH = re.compile(r"\bwith(?P<out>out)?\s+the\s+words?\s+", re.I)
_NAMING = re.compile(
    r"\b(?:the\s+)?(?:exact\s+)?(?:words?|terms?|phrases?|expressions?|слов\w*|фраз\w*|выражени\w*)\s+(?=[\"“„«'‘])",
    re.I,
)
# "do not mention", "never mention" and "but not mention" before the words that must be lacking.
_VERB = (
    r"(?:mention|discuss|cover|contain|cit|quot|refer(?=\w*\s+to)|(?:talk|speak)(?=\w*\s+(?:about|of))"
    r"|(?:report|writ|wrote)(?=\w*\s+(?:on|about|of))|упомина|упомян)\w*(?:\s+(?:to|about|of|on))?\b"
)
_LACKING = re.compile(
    r"(?P<not>(?:\b(?:do|does|did|is|are|was|were|has|have|had)(?:\s+not\b|n['’]t\b)|\bfail(?:s|ed)?\s+to\b"
    rf"|\bnever\b|\bnot\b|(?-i:\bне\b))(?:\s+(?:{_VERB}|about\b))?)|\b(?P<joint>and|but|that)\s+(?:do\s+|also\s+)?{_VERB}",
    re.I,
)
_ASKED_AGAIN = re.compile(r"[,;]?\s+(?:and|or|but|versus|vs\.?|и|а)\s+(?:in\s+)?(?:how\s+many|сколько)\b", re.I)
_EXCLUDED = re.compile(
    r"\b(?:not|n['’]t|never|except|excluding|without|outside|other\s+than|не|кроме)(?:\s+(?:published|printed|for|those|articles?|"
    r"the|ones?|in|from|by|of|из|от|в))*\s*$",
    re.I,
)
_ONLY = re.compile(r"\bnot\s+(?:only|just|merely)\b", re.I)
_LEANING = re.compile(r"\b(?:it|us|me|them|him|her|this|that|these|those)$", re.I)
_EDGE = " \t\n,;:.?!()-–—"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the archive: what is counted by what, and where the words stand that say so.

    `counting` are the spans of the counting words ("How many articles", "mention"), `grouping` those of the groups;
    `notes` remember the words, and `idle` words tell nothing at either end of a topic.
    """

    question: str
    groups: tuple[Group, ...]
    counting: tuple[Span, ...]
    grouping: tuple[Span, ...]
    notes: tuple[str, ...]
    idle: frozenset[str]

    @property
    def without_groups(self) -> str:
        """The question with spaces in place of the groups: what is left keeps its offsets."""
        return _blanked(self.question, self.grouping)

    @property
    def content(self) -> str:
        """The question with spaces in place of the counting words and the groups."""
        return _blanked(self.question, [*self.counting, *self.grouping])

    def topic(self, filtering: Sequence[str] = ()) -> str:
        """The words that articles must hold: the question without counting, grouping and `filtering` words.

        What filters was read in `without_groups`. Empty where nothing else is asked for, as in "How many articles are there?".
        """
        plain = self.without_groups
        found = [(at, at + len(words)) for words in filtering if (at := plain.find(words)) >= 0]
        rest = _lacking(_NAMING.sub(" ", _blanked(self.question, [*self.counting, *self.grouping, *found])))
        rest = " ".join(re.sub(r"\s+([,;?.!])", r"\1", rest).split())
        if any(_EXCLUDED.search(plain[:at]) for at, _ in found):  # "not from Kazinform": the full text cannot tell
            return f"{rest.strip(_EDGE).removesuffix(' not')} not"
        leaning = _LEANING.search(rest.strip(_EDGE))
        return _trimmed(rest, self.idle) or (leaning[0] if leaning is not None else "") or _marks(rest)

    @property
    def parts(self) -> tuple[str, ...]:
        """The questions that are joined in this one: "How many articles mention floods and how many mention fires?"."""
        plain = _unquoted(self.question)
        cuts = [m.span() for m in _ASKED_AGAIN.finditer(plain, self.counting[0][1] if self.counting else 0)]
        if not cuts:
            return ()
        opener = self.question[slice(*self.counting[0])]
        ends = [start for start, _ in cuts] + [len(self.question)]
        starts = [0, *(start for start, _ in cuts)]
        pieces = (self.question[a:b].strip(_EDGE) for a, b in zip(starts, ends, strict=True))
        pieces = (re.sub(r"^(?:and|or|but|versus|vs\.?|и|а)\s+", "", piece, flags=re.I) for piece in pieces)
        return tuple(re.sub(rf"^(?:how\s+many|сколько)(?=\s+{_VERB})", opener, piece, flags=re.I) for piece in pieces)


def read(question: str, *, told: bool = False) -> Asked | None:
    """The question as one about the archive, or None; `told`: it names an outlet or author as the one who tells."""
    text = question[:READ]
    plain = _unquoted(text)  # quoted words are content alone
    for language in LANGUAGES.values():  # the words that count are in one language, the topic may be in another
        counting, first = _counting(plain, language, told)
        if counting:
            return _asked(question, plain, counting, first, language)
    return None


def whole(question: str) -> Asked:
    """Any question as one about the archive, for those who set its kind to "count"."""
    language = LANGUAGES["ru" if _CYRILLIC.search(question[:READ]) else "en"]
    return Asked(question, (), (), (), (), language.idle)


def _asked(
    question: str, plain: str, counting: tuple[Span, ...], first: tuple[Group, ...], language: Language
) -> Asked:
    groups: dict[Group, None] = dict.fromkeys(first)
    spans = []
    notes = [f'counted: "{" … ".join(" ".join(question[start:end].split()) for start, end in counting)}"']
    for start, end, named in _groupings(plain, counting[0][1], language):
        spans.append((start, end))
        groups |= dict.fromkeys(named)
        words = " ".join(question[start:end].strip(_EDGE).split())
        notes.append(f'counted by {" and ".join("outlet" if g == "source" else g for g in named)}: "{words}"')
    return Asked(question, tuple(groups), counting, tuple(spans), tuple(notes), language.idle)


def _counting(text: str, language: Language, told: bool) -> tuple[tuple[Span, ...], tuple[Group, ...]]:
    """The spans of the counting words, none where nothing of the archive is counted; and the groups they bring."""
    often = language.often.match(text)
    if often is not None:
        return (often.span(),), ()
    for name, opener in language.openers.items():
        opened = opener.match(text)
        if opened is None:
            continue
        for row in language.rows:
            if name in row.openers and (told or not row.told):
                spans = _row(text, opened.end(), row, language)
                if spans:
                    return spans, row.groups
    return (), ()


def _row(text: str, at: int, row: Row, language: Language) -> tuple[Span, ...]:
    for name in row.nouns:
        noun = language.nouns[name].match(text, at)
        tail = row.tail.match(text, noun.end()) if noun is not None else None
        if tail is not None and noun is not None:
            if "t" in row.tail.groupindex:
                return (0, noun.end()), tail.span("t")
            return ((0, tail.end()),)
    return ()


def _groupings(text: str, start: int, language: Language) -> Iterator[tuple[int, int, list[Group]]]:
    """(start, end, groups) of what the question is counted by, in its order, without overlaps."""
    found = sorted((m.span(), m["g"]) for p in language.groupings for m in p.finditer(text, start))
    last = start
    for (begin, end), named in found:
        if begin >= last:
            last = end
            places = [
                (at, g) for word, g in language.each.items() if (at := _place(named.casefold(), word)) is not None
            ]
            yield begin, end, list(dict.fromkeys(g for _, g in sorted(places)))


def _place(words: str, beginning: str) -> int | None:
    found = re.search(rf"\b{beginning}", words)
    return None if found is None else found.start()


def _blanked(text: str, spans: Sequence[Span], fill: str = " ") -> str:
    for start, end in spans:
        text = text[:start] + fill * (end - start) + text[end:]
    return text


def _unquoted(text: str) -> str:
    return _blanked(text, [m.span() for m in _QUOTED.finditer(text)], fill="x")


def _lacking(text: str) -> str:
    """With "not" alone for every "do not mention" outside of quotation marks: the full text reads it."""
    if _ONLY.search(_unquoted(text)):  # "not only floods but also fires"
        return re.sub(r"\bbut\b(?:\s+also\b)?", "and", _ONLY.sub("", text), flags=re.I)
    text = _WITH.sub(lambda m: "not " if m["out"] else "", text)
    last, parts = 0, list[str]()
    for m in _LACKING.finditer(_unquoted(text)):
        parts += [text[last : m.start()], "not" if m["not"] else "but" if m["joint"].casefold() == "but" else "and"]
        last = m.end()
    return "".join([*parts, text[last:]])


def _marks(text: str) -> str:
    """What stands there where it is no word at all: a question about "🙂" asks for something."""
    return text.strip(_EDGE) if text and not re.search(r"\w", text) else ""


def _trimmed(text: str, idle: frozenset[str]) -> str:
    """`text` without idle words and marks at either end; "the" stays with its noun.

    A word in capitals is a name ("the US", "WHO").
    """
    parts, article = text.split(" "), ""
    while parts and _tells_nothing(parts[0], idle):
        article = parts.pop(0)
    while parts and _tells_nothing(parts[-1], idle):
        parts.pop()
    if parts and article.casefold() in ("the", "a", "an"):
        parts.insert(0, article)
    return " ".join(parts).strip(_EDGE)


def _tells_nothing(part: str, idle: frozenset[str]) -> bool:
    word = part.strip(_EDGE)
    return not word or (word.casefold() in idle and not (len(word) > 1 and word.isupper()))
