"""The words by which articles are counted and listed, one table per language; rag.question.corpus reads them.

An opener says that something is counted or listed, a noun what, and a row what must follow that noun: where its words
match, the question is about the archive, and the match ends the counting words. A new language is a new table here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rag.types import Group


@dataclass(frozen=True, slots=True)
class Row:
    """`tail` must follow a noun named here after an opener named here; `groups` are what it is counted by anyway.

    Of the tail, group t are counting words ("mention"), and what stands before it may be content; without a group t
    all of it is counting words. `told`: only in a question that names an outlet or author of the archive as the one who tells.
    """

    openers: tuple[str, ...]
    nouns: tuple[str, ...]
    tail: re.Pattern[str]
    groups: tuple[Group, ...] = ()
    told: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """How one language counts: `groupings` have what it is counted by as group g, `each` finds the nouns in it.

    `often` is the one form without a noun ("how often are floods mentioned"). `idle` words tell nothing at either end
    of a topic.
    """

    openers: Mapping[str, re.Pattern[str]]
    nouns: Mapping[str, re.Pattern[str]]
    rows: tuple[Row, ...]
    often: re.Pattern[str]
    groupings: tuple[re.Pattern[str], ...]
    each: Mapping[str, Group]
    idle: frozenset[str]


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _patterns(**patterns: str) -> dict[str, re.Pattern[str]]:
    return {name: _compile(pattern) for name, pattern in patterns.items()}


def _english() -> Language:
    quality = r"(?:(?:different|distinct|other|separate|news|newspaper|published|online|single)\s+)*"
    count = (
        r"\W*(?:(?:and|so|please|tell\s+me|show\s+me|give\s+me|what(?:['’]s|\s+is|\s+was))\s+)*"
        r"(?:(?:in\s+)?how\s+many|count|(?:the\s+)?(?:exact\s+|total\s+)?number\s+of)\s+"
        r"(?:of\s+)?(?:all\s+)?(?:the\s+|these\s+|our\s+)?" + quality
    )
    listed = (
        r"\W*(?:(?:please|can\s+you|could\s+you)\s+)*(?:list|enumerate|name|show|find|get|give|display)\s+(?:me\s+|us\s+)?"
        r"(?:(?:an?|the)\s+(?:full\s+|complete\s+)?list\s+of\s+)?(?:all\s+|every\s+|any\s+)?(?:of\s+)?(?:the\s+)?"
        + quality
    )
    which = r"\W*(?:in\s+)?(?:which|what)\s+(?:of\s+the\s+)?" + quality
    # not "reports are discussed at the meeting", where what is counted is itself what others tell of
    tells = (
        r"(?:(?<!are )(?<!were )(?:mention(?:s|ed|ing)?|discuss(?:es|ed|ing)?|cover(?:s|ed|ing)?|refer(?:s|red|ring)?\s+to|deal(?:s|t|ing)?"
        r"\s+with|(?:talk|speak)(?:s|ed|ing)?\s+(?:about|of)|wr(?:ite|ites|ote|itten|iting)\s+(?:about|on|of)"
        r"|report(?:s|ed|ing)?\s+(?:on|about|that)|contain(?:s|ing)?|quot(?:e|es|ed|ing)|cit(?:e|es|ed|ing))"
        r"|about|regarding|concerning)\b"
    )
    printed = r"(?:publish(?:ed)?|print(?:ed)?|run|ran|carry|carried|post(?:ed)?|write|written|wrote|appear(?:ed)?)\b"
    ours = r"(?:the|this|my|your|our)\s+(?:archive|corpus|collection|catalog|database)"
    held = (
        rf"(?:are\s+(?:there|in\s+{ours})|(?:do|does)\s+(?:we|you|i|they|{ours})\s+(?:have|hold|contain)"
        rf"|(?:have|has)\s+(?:we|you|{ours}))\b"
    )
    # "articles in the constitution" are no news; "in the archive", "in the last week", "in The Hill" are
    when = (
        rf"(?:since|before|after|until|by|during|between|per|each|every|this|last|dated|as\s+of|from|for\s+\d|there"
        rf"|in\s+(?:{ours}|(?:the\s+)?(?:last|past|previous|first|second|third|fourth|spring|summer|autumn|winter)"
        rf"|(?:the\s+)?(?-i:[A-Z])|\d|total))"
    )
    few = r"(?:[^\s?!.;]+\s+){0,6}?"
    clause = r"[^?]*\s(?:did|does|do|was|were|has|have|had|is|are)\b"  # "pieces on display were stolen"
    of = r"(?!\s+of\b)"  # "articles of the constitution", "stories of the tower"
    asked, counted = ("count", "list", "which"), ("count", "which")
    rows = (
        Row(asked, ("outlets",), _compile(rf"\s+(?:(?:that|which|have|has|had|all|also)\s+)*(?:{tells}|{printed}\s+"
            r"(?:(?:any|an?|the|\w+)\s+)?(?:articles?|stor(?:y|ies)|pieces?|reports?|anything|something)\s+"
            r"(?:about|on|mentioning)\b)"), ("source",)),
        Row(("count", "list"), ("mentions",), _compile(r"\s+of\b")),
        Row(asked, ("articles",), _compile(rf"{of}\s+{few}(?P<t>{tells})")),
        Row(asked, ("stories", "reports"), _compile(r"\s+(?:(?:that|which|there|are|have|has|been|were|was|written"
            rf"|published|{held})\s+){{0,3}}{tells}")),
        Row(counted, ("articles", "stories", "reports"), _compile(rf"\s+{held}(?=\s*(?:$|[?.!,;]|\b(?:on|in|from|by|per|each|every|since|before)\b))")),
        Row(counted, ("articles", "stories"), _compile(rf"{of}(?:\s+on\b(?=[^?]*\s(?:were|was|have|has|had)"
            rf"\s+{few}{printed})|(?=\s+(?:were|was|have|has|had)\s+{few}{printed}))")),
        Row(counted, ("articles", "stories", "reports"), _compile(rf"{of}(?:\s+on\b)?(?=[^?]*\s(?:did|does|do|has|have)\s"
            rf"+{few}(?:{printed}|have\s+(?:on|about)\b))"), told=True),
        Row(("count", "list"), ("articles", "stories"), _compile(rf"\s+on\b(?!{clause})")),
        Row(("count", "list"), ("articles",), _compile(rf"(?=\s+{when})|(?=\s*(?:$|[?.!,;]))|(?=\s+with(?:out)?\s+the\s+word)")),
        Row(("count", "list"), ("stories", "reports"), _compile(r"(?=\s+(?:by|from|in)\b)"), told=True),
    )  # fmt: skip
    noun = (
        r"(?:news\s+|media\s+)?(?:day|date|week|month|year|outlet|source|publisher|publication|newspaper|author"
        r"|journalist|writer|language)s?"
    )
    follows = (
        r"(?=\W*$|\s*[?.!,;:)]|\s+(?:and|in|since|between|from|for|during|then|until|before|after|that|which|as|with"
        r"|mention\w*|about|on)\b)"
    )
    more = rf"(?:\s*(?:,\s*(?:and\b)?|\band\b|&|\bthen\b|\bper\b)\s*(?:then\s+)?(?:(?:by|per)\s+)?{noun}\b)*"
    groupings = (
        rf"[,(]?\s*(?:\b(?:and|then)\s+)?(?:\b(?:grouped|broken\s+down|split(?:\s+up)?|sorted|counted|arranged|ordered)\s+)?"
        rf"\b(?:by|per|for\s+(?:each|every)|each|every)\s+(?P<g>{noun}\b{more}){follows}\)?",
        rf"[,(]?\s*(?:\band\s+)?\b(?:(?:in|from|by)\s+)?(?:which|what)\s+(?P<g>{noun})\b(?=\W*$)",
        rf"[,(]?\s*\b(?P<g>day|week|month|year)\s+by\s+(?:day|week|month|year)\b{follows}\)?",
        r"[,(]?\s*\b(?P<g>daily|weekly|monthly|yearly|annually)\b(?=\W*$|\s*[,;])\)?",
    )
    each: dict[str, Group] = {
        "day": "day", "date": "day", "daily": "day", "week": "week", "weekly": "week", "month": "month",
        "monthly": "month", "year": "year", "yearly": "year", "annually": "year", "outlet": "source",
        "source": "source", "publisher": "source", "publication": "source", "newspaper": "source", "author": "author",
        "journalist": "author", "writer": "author", "language": "language",
    }  # fmt: skip
    idle = """
        a about all also an and any appear appeared archive are article articles as at been being both by catalog
        collection concerning corpus count cover covered covering database did discuss discussed do does each either
        every for from had has have how i in is it list many me mention mentioned mentioning more my number of on our
        please post posted print printed published publish regarding report reported reports ran run said say says show
        so some stories tell that the their there these they this those to total us was we were what which who with
        write written wrote you your
    """
    return Language(
        _patterns(count=count, list=listed, which=which),
        _patterns(
            articles=r"(?:articles|news\s+(?:articles|items|stories|reports|pieces)|headlines)\b",
            stories=r"(?:stories|pieces|write-?ups)\b", reports=r"(?:reports|items)\b", mentions=r"mentions\b",
            outlets=r"(?:(?:news\s+|media\s+)?(?:outlets|sources|publications|newspapers|publishers))\b",
        ),
        rows, _compile(r"\W*(?:and\s+|so\s+)*how\s+(?:often|many\s+times)\s+(?:(?:is|are|was|were|has|have)\b(?=.+\b(?:mentioned"
                       r"|in\s+the\s+news|written\s+about)\b)|(?:did|do|does|have|has)\s+\w+\s+(?:write|written|wrote|report(?:ed)?)"
                       r"\s+(?:about|on|of)\b)"),
        tuple(_compile(pattern) for pattern in groupings), each, frozenset(idle.split()),
    )  # fmt: skip


def _russian() -> Language:
    count = (
        r"\W*(?:(?:а|и|скажи\w*|покажи\w*)\s+)*(?:(?:в|во)\s+скольких|сколько|количество|число|(?:по|под)считай\w*)\s+"
        r"(?:(?:всего|всех|разных|новостных|газетных|есть|было)\s+)*"
    )
    listed = (
        r"\W*(?:перечисли|покажи|найди|назови|выведи|дай|список)(?:те)?\s+(?:(?:мне|нам|список|все|всех|эти|новостные"
        r"|новостных)\s+)*"
    )
    which = r"\W*(?:(?:в|во)\s+)?как(?:ие|их)\s+(?:из\s+)?"
    tells = (
        r"(?:(?:упомина|упомян|рассказыва|говор|пиш|писал|написал|написан|посвящ|сообщ|касающ|содерж)\w*"
        r"(?:\s+(?:о|об|обо|про))?|с\s+упоминани\w+|о|об|обо|про)\b"
    )
    months = r"январ|феврал|март|апрел|ма[еяй]|июн|июл|август|сентябр|октябр|ноябр|декабр"
    when = (
        rf"(?:(?:за|с|со|до|после|от|по|между|из)\b|(?:в|во)\s+(?:\d|архиве|прошл|эт|начале|середине|конце|{months})"
        r"|на\s+(?:прошл|эт)|(?:вышло|вышли|опубликован|напечатан|появил|было|есть|имеется)\w*)"
    )
    asked = ("count", "list", "which")
    rows = (
        Row(asked, ("outlets",), _compile(rf"\s+{tells}"), ("source",)),
        Row(asked, ("articles",), _compile(rf"\s+(?:[^\s?!.;]+\s+){{0,4}}?(?P<t>{tells})")),
        Row(
            asked, ("stories",), _compile(rf"\s+(?:(?:было|есть|вышло|которые|где)\s+|опубликован\w*\s+){{0,2}}{tells}")
        ),
        Row(asked, ("articles",), _compile(rf"(?=\s+{when})|(?=\s*(?:$|[?.!,;]))")),
        Row(("count", "list"), ("stories",), _compile(r"(?=\s+(?:вышло|опубликован\w*)\b)")),
    )
    noun = r"(?:датам|дням|неделям|месяцам|годам|изданиям|источникам|сми|газетам|авторам|журналистам|языкам)"
    more = rf"(?:\s*(?:,\s*(?:и\b)?|\bи\b)\s*(?:по\s+)?{noun}\b)*"
    groupings = (
        rf"[,(]?\s*(?:\bи\s+)?(?:\b[вс]\s+разбивк\w+\s+)?\bпо\s+(?P<g>{noun}\b{more})\)?",
        r"[,(]?\s*\b(?:за\s+)?кажд(?:ый|ую|ое)\s+(?P<g>день|неделю|месяц|год)\b",
        r"[,(]?\s*\b(?P<g>помесячно|понедельно|ежедневно|еженедельно|ежемесячно|ежегодно)\b\)?",
    )
    each: dict[str, Group] = {
        "дат": "day", "дн": "day", "ден": "day", "ежедн": "day", "недел": "week", "понедел": "week",
        "еженед": "week", "месяц": "month", "помес": "month", "ежемес": "month", "год": "year", "ежегод": "year",
        "издан": "source", "источ": "source", "сми": "source", "газет": "source", "автор": "author",
        "журнал": "author", "язык": "language",
    }  # fmt: skip
    idle = """
        а архиве было были в все всего всех всё говорится где есть за и из или какие которые мне на напечатано написано
        о об обо опубликовали опубликовано опубликованных опубликованные по посвящены про с сколько статей статьи
        такие у упоминается упоминают что это вышло вышли выпустило есть имеется появилось
    """
    return Language(
        _patterns(count=count, list=listed, which=which),
        _patterns(
            articles=r"(?:стать(?:и|ях|я)|статей|публикаци(?:й|и|ях))\b",
            stories=r"(?:новост(?:ей|и|ях)|материал(?:ов|ы|ах)|сообщени(?:й|я|ях)|замет(?:ок|ки|ках)|репортаж(?:ей|и|ах))\b",
            outlets=r"(?:издани(?:й|я)|сми|газет[ы]?|источник(?:ов|и))\b",
        ),
        rows, _compile(r"\W*(?:а\s+|и\s+)*как\s+часто\s+(?=.*\bупомина)(?:упомина\w+)?"),
        tuple(_compile(pattern) for pattern in groupings), each, frozenset(idle.split()),
    )  # fmt: skip


LANGUAGES: Mapping[str, Language] = {"en": _english(), "ru": _russian()}
