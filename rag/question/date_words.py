"""The words of dates, one table per language; rag.question.dates reads them.

A row is (resolver, pattern). The named groups are what resolvers read: d, d2 (days), m (month), y (year),
mm (month number), q (quarter), season, n (a number, in figures or words), unit, which ("last"), weekday, word.
A new language is a new table here; a new spelling is a new row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

YEAR = r"(?P<y>(?:1[89]|20)\d\d)"


@dataclass(frozen=True, slots=True)
class Language:
    """How one language writes dates.

    `hint` must match before anything else is tried. `shaky` months are words or names too ("may", "april").
    `relations` map words before a date to in, since, after, before, until or as of; `joins` and `openers` make
    ranges ("between … and …"); `pairs` are the joins that need an opener. `adverbs` say "in" by
    themselves. The others tell dates of publication from dates of what happened: see rag.question.dates._role.
    """

    hint: re.Pattern[str]
    months: Mapping[str, int]
    shaky: frozenset[str]
    weekdays: Mapping[str, int]
    seasons: Mapping[str, int]
    units: Mapping[str, str]
    numbers: Mapping[str, int]
    which: Mapping[str, int]
    words: Mapping[str, int]
    holidays: Mapping[str, tuple[int, int]]
    relations: Mapping[str, str]
    rows: tuple[tuple[str, re.Pattern[str]], ...]
    relation: re.Pattern[str]
    joins: re.Pattern[str]
    pairs: frozenset[str]
    adverbs: frozenset[str]
    openers: re.Pattern[str]
    onwards: re.Pattern[str]
    owned: re.Pattern[str]
    dated: re.Pattern[str]
    reports: re.Pattern[str]
    told: re.Pattern[str]
    article: re.Pattern[str]
    wanted: re.Pattern[str]
    asked: re.Pattern[str]
    happened: re.Pattern[str]
    stretch: re.Pattern[str]
    figures: re.Pattern[str]
    news: re.Pattern[str]


def _one_of(words: Mapping[str, object]) -> str:
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=len, reverse=True))


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _rows(*rows: tuple[str, str], **words: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Rows with <name> replaced by what `words` has for it."""
    out = []
    for name, pattern in rows:
        for key, value in words.items():
            pattern = pattern.replace(f"<{key}>", value)
        out.append((name, _compile(pattern)))
    return tuple(out)


ISO = (
    ("day", r"(?<![\d-])(?P<y>\d{4})-(?P<mm>\d\d)-(?P<d>\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?(?![\w-])"),
    ("numeric", r"(?<![\d./])(?P<d>\d{1,2})(?P<sign>[./])(?P<mm>\d{1,2})[./](?P<y>\d{4})(?![\w/]|\.\d)"),
)


def _english() -> Language:
    full = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
            "november", "december")  # fmt: skip
    months = {name: i for i, name in enumerate(full, 1)}
    months |= {name[:3]: i for i, name in enumerate(full, 1)} | {"sept": 9}
    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    weekdays = {name: i for i, name in enumerate(days)}
    seasons = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
    units = {"day": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year",
             "weekend": "weekend", "decade": "decade"}  # fmt: skip
    numbers = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
               "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "couple of": 2, "a couple of": 2, "few": 5,
               "a few": 5, "several": 7, "first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2,
               "3rd": 3, "4th": 4}  # fmt: skip
    which = {"last": -1, "previous": -1, "past": -1, "this past": -1, "this": 0, "current": 0, "next": 1, "coming": 1}
    words = {"today": 0, "this morning": 0, "this afternoon": 0, "this evening": 0, "tonight": 0, "yesterday": -1,
             "last night": -1, "day before yesterday": -2, "tomorrow": 1}  # fmt: skip
    ordinals = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
                "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
                "nineteenth", "twentieth")  # fmt: skip
    numbers |= {name: i for i, name in enumerate(ordinals, 1)}
    numbers |= {f"{ten}{join}{ordinals[i - 1]}": base + i for ten, base in (("twenty", 20), ("thirty", 30))
                for join in ("-", " ") for i in range(1, 10) if base + i <= 31} | {"thirtieth": 30}  # fmt: skip
    holidays = {"christmas day": (12, 25), "christmas eve": (12, 24), "boxing day": (12, 26),
                "new year's eve": (12, 31), "new year's day": (1, 1), "valentine's day": (2, 14), "halloween": (10, 31),
                "may day": (5, 1)}  # fmt: skip
    relations = {
        "in": "in", "on": "in", "during": "in", "over": "in", "within": "in", "throughout": "in", "for": "in",
        "of": "in", "at": "in", "earlier": "in", "later": "in", "so far": "in", "from": "in", "dated": "in",
        "published": "in", "since": "since", "starting": "since", "starting from": "since", "starting in": "since",
        "ever since": "since", "after": "after", "later than": "after", "following": "after", "before": "before",
        "prior to": "before", "earlier than": "before", "until": "until", "till": "until", "up to": "until",
        "up to and including": "until", "not later than": "until", "through": "until", "by": "until", "no later than": "until", "as of": "as of", "as at": "as of",
    }  # fmt: skip
    unit = r"(?P<unit>day|week|month|quarter|year|decade)s?\b"
    rows = _rows(
        *ISO,
        ("days", r"\b<day>(?:st|nd|rd|th)?\s*<to>\s*<day2>(?:st|nd|rd|th)?(?:\s+of)?\s+<month>(?:,?\s+<year>)?\b"),
        ("days", r"\b<month>\s+<day>(?:st|nd|rd|th)?\s*<to>\s*<day2>(?:st|nd|rd|th)?\b(?!\s+(?:<plain>)\b)"
                 r"(?:,?\s+<year>\b)?"),
        ("day", r"\b<month>\s+<day>(?:st|nd|rd|th)?\b(?![.,:]\d)(?:,?\s+<year>\b)?"),
        ("day", r"\b<day>(?:st|nd|rd|th)?(?:\s+of)?\s+<month>(?!\w)(?:,?\s+<year>\b)?"),
        ("day", r"\b(?P<dn><ordinal>)\s+(?:of\s+)?<month>(?!\w)(?:,?\s+<year>\b)?"),
        ("day", r"\b<month>\s+(?:the\s+)?(?P<dn><ordinal>)\b(?:,?\s+<year>\b)?"),
        ("holiday", r"\b(?P<holiday><holidays>)\b(?:,?\s+(?:of\s+)?<year>\b)?"),
        ("month", r"\b<month>(?:\s+of)?,?\s+(?:<year>|(?P<which>last|this)\s+year)\b"),
        ("quarter", r"\bQ(?P<q>[1-4])(?:,?\s+(?:of\s+)?<year>)?\b"),
        ("quarter", r"\b(?P<n>first|second|third|fourth|1st|2nd|3rd|4th)\s+quarter(?:\s+of)?\s+(?:<year>"
                    r"|(?P<which>last|this)\s+year)\b"),
        ("season", r"\b(?:(?P<which>last|this\s+past|this)\s+)?(?P<season>spring|summer|autumn|fall|winter)"
                   r"(?:\s+of)?(?:\s+<year>)?\b"),
        ("decade", r"\b(?P<y>(?:19|20)\d0)s\b"),
        ("span", r"\b(?:last|past|previous)\s+(?P<n>\d+|<number>)\s+" + unit + r"(?!\s+of\b)"),
        ("span", r"\b(?:(?<=the\s)last|past)\s+(?P<unit>week|month|quarter|year|decade)\b(?!\s+of\b)"),
        ("relative", r"\b(?P<which>last|this\s+past|this|previous|current|next)\s+(?P<unit>week|weekend|month"
                     r"|quarter|year)\b(?!\s+of\b)"),
        ("ago", r"\b(?P<n>\d+|<number>)\s+" + unit + r"\s+ago\b"),
        ("weekday", r"\b(?:(?P<which>last|this\s+past|past|this|next)\s+)?(?P<weekday><weekdays>)\b(?!"
                    r"\s+(?-i:[A-Z]))"),
        ("word", r"\b(?:the\s+)?(?P<word><words>)\b"),
        ("month", r"\b<month>(?!\w)"),
        ("year", r"(?<![\w$€£.,/-])<year>(?![\w%/]|[-–]\d|[.,]\d)"),
        day=r"(?P<d>\d{1,2})", day2=r"(?P<d2>\d{1,2})", month=rf"(?P<m>{_one_of(months)})\b\.?", year=YEAR,
        ordinal=_one_of({w: 0 for w in numbers if w.endswith(("st", "nd", "rd", "th")) and not w[0].isdigit()}),
        holidays=_one_of(holidays).replace("'", "['’]"),
        to=r"(?:-|–|to|and|until|till|through)", plain=_one_of(months), number=_one_of(numbers), words=_one_of(words),
        weekdays=_one_of(weekdays),
    )  # fmt: skip
    nouns = r"(?:articles?|reports?|stor(?:y|ies)|pieces?|coverage|news|headlines?|editorials?|reporting|updates?)"
    return Language(
        hint=_compile(rf"\d{{4}}|\d[./]\d|\bQ[1-4]\b|\bago\b|\b(?:{_one_of(months | weekdays | seasons | words)}|"
                      rf"{_one_of(holidays)}|".replace("'", "['’]") +
                      r"last|past|this|previous|current|next)\b"),
        months=months, shaky=frozenset(("march", "mar", "april", "may", "june", "august")), weekdays=weekdays,
        seasons=seasons, units=units, numbers=numbers, which=which, words=words, holidays=holidays, relations=relations, rows=rows,
        relation=_compile(rf"(?<![\w'’-])(?P<r>{_one_of(relations)})\s+(?:(?:the|about|around|early|mid|late|"
                          r"beginning|start|end|middle|of)[\s-]+){0,4}$"),
        joins=_compile(r"\s*,?\s*(?:and|to|until|till|through|-|–|—)\s*(?:the\s+)?"),
        pairs=frozenset(("and",)), adverbs=frozenset(),
        openers=_compile(r"\b(?:between|from)\s+(?:the\s+)?$"),
        onwards=_compile(r"\s*,?\s*(?:onwards?|on\b(?!\s+\w))"),
        owned=_compile(r"(?:\b(?:his|her|their|its|my|our|your|final|very)|\w['’]s|\w['’])\s+(?:the\s+)?$"),
        dated=_compile(r"\b(?:published|dated|posted|printed|(?:was|were|been|as|be)\s+reported)[\s,]*$"),
        reports=_compile(rf"\b(?P<noun>{nouns})(?P<middle>(?:\s+(?:by|from|in|of|at|published|dated|posted|written)"
                         r"(?:\s+['‘’\"“”]?[\w.'’&-]+){0,6})?)[\s,]*$"),
        told=_compile(r"\b(?:according\s+to|reported\s+(?:by|in)|as\s+per)(?:\s+[^\s,;?]+){1,7}\s*$"),
        article=_compile(rf"['’]?s?,?\s+(?:news\s+)?{nouns}\b"),
        wanted=_compile(rf"^\s*(?:please\s+)?(?:how\s+many|list|show(?:\s+me)?|find|give\s+me|which|what|count)\b"
                        r"(?:\s+[\w']+){0,3}?\s+(?:articles|stories|reports|headlines|coverage|news)\b|"
                        rf"\b{nouns}\b[^.?!;]*$|\breported\b[^.?!;,]*$"),
        asked=_compile(r"\b(?:what(?:\s+else)?|(?:has|have|had|was)\s+any(?:thing|one|body)|who)\s+(?:\w+\s+){0,2}?"
                       r"(?:published|written|reported|printed|posted)\b(?!\s+to\b)|\b(?:newspapers?|papers|journalists"
                       r"|reporters|correspondents|(?:the\s+)?(?:press|media)|outlets)\s+(?:\w+\s+)?(?:write|wrote|written"
                       r"|print(?:ed)?|publish(?:ed)?|report(?:ed)?|cover(?:ed)?|sa(?:y|id))\b|\b(?:we|you)\s+(?:\w+\s+)?"
                       r"(?:write|wrote|written|publish(?:ed)?|run|ran|report(?:ed)?)\b"),
        happened=_compile(r"^\s*(?:of|for|at)\b"),
        stretch=_compile(r"\b(?:(?P<unit>week|weekend)|weeks|days?|half|end|beginning|start|middle|part)\s*$"),
        figures=_compile(rf"^\W*how\s+(?:many|much)\b(?!(?:\s+\w+)?\s+{nouns})"),
        news=_compile(r"\b(?:happen\w*|news|latest|updates?|developments?|developed|headlines?|reported"
                      r"|articles?|new)\b"),
    )  # fmt: skip


def _russian() -> Language:
    stems = ("январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр", "ноябр", "декабр")
    hard = {"март", "август"}
    months: dict[str, int] = {}
    for i, stem in enumerate(stems, 1):
        ends = ("", "а", "е", "у", "ом") if stem in hard else ("й", "я", "е", "ю", "ем") if stem == "ма" else (
            "ь", "я", "е", "ю", "ем")  # fmt: skip
        months |= {stem + end: i for end in ends}
    weekdays = {"понедельник": 0, "вторник": 1, "среду": 2, "четверг": 3, "пятницу": 4, "субботу": 5, "воскресенье": 6}
    seasons = {"весной": 3, "летом": 6, "осенью": 9, "зимой": 12}
    units = {"день": "day", "дня": "day", "дней": "day", "сутки": "day", "неделю": "week", "недели": "week",
             "недель": "week", "неделе": "week", "месяц": "month", "месяца": "month", "месяцев": "month",
             "месяце": "month", "квартал": "quarter", "квартале": "quarter", "квартала": "quarter", "год": "year",
             "года": "year", "лет": "year", "году": "year", "выходные": "weekend", "выходных": "weekend"}  # fmt: skip
    numbers = {"один": 1, "одну": 1, "два": 2, "две": 2, "три": 3, "четыре": 4, "пять": 5, "шесть": 6, "семь": 7,
               "восемь": 8, "девять": 9, "десять": 10, "несколько": 5, "пару": 2, "первом": 1, "втором": 2,
               "третьем": 3, "четвертом": 4, "четвёртом": 4}  # fmt: skip
    which = {"прошлой": -1, "прошлом": -1, "прошлую": -1, "прошлый": -1, "прошлые": -1, "прошлых": -1, "минувшей": -1,
             "минувшем": -1, "прошлого": -1, "прошлым": -1,
             "прошлое": -1,
             "этого": 0, "этим": 0, "этой": 0, "этом": 0, "эту": 0, "этот": 0, "эти": 0, "текущем": 0, "следующей": 1,
             "следующем": 1, "будущем": 1}  # fmt: skip
    words = {"сегодня": 0, "вчера": -1, "позавчера": -2, "завтра": 1}
    holidays = {"новый год": (1, 1), "рождество": (1, 7), "день победы": (5, 9)}
    relations = {"в": "in", "во": "in", "на": "in", "за": "in", "от": "in", "в течение": "in", "ранее в": "in",
                 "с": "since", "со": "since", "начиная с": "since", "после": "after", "до": "before",
                 "раньше": "before", "по": "until", "вплоть до": "until", "не позднее": "until",
                 "по состоянию на": "as of", "по данным на": "as of"}  # fmt: skip
    rows = _rows(
        *ISO,
        ("days", r"\b(?P<d>\d{1,2})\s*(?:-|–|и|по|до)\s*(?P<d2>\d{1,2})\s+<month>(?:\s+<year>)?"),
        ("day", r"\b(?P<d>\d{1,2})(?:-?го)?\s+<month>(?:\s+<year>)?"),
        ("holiday", r"\b(?P<holiday><holidays>)\b(?:\s+<year>)?"),
        ("month", r"\b<month>(?:\s+<year>|\s+(?P<which>прошлого|этого)\s+года\b)"),
        ("quarter", r"\b(?P<n>[1-4]|первом|втором|третьем|четв[её]ртом)(?:-м)?\s+квартале\s+<year>"),
        ("season", r"\b(?:(?P<which>прошлой|прошлым|этой|этим)\s+)?(?P<season>весной|летом|осенью|зимой)(?:"
                   r"\s+<year>)?"),
        ("span", r"\bпоследни[ехй]\s+(?P<n>\d+|<number>)\s+(?P<unit><units>)\b"),
        ("span", r"\bпоследн(?:ие|их|юю|ий|ее)\s+(?P<unit>неделю|месяц|год|квартал|сутки)\b"),
        ("relative", r"\b(?P<which><whiches>)\s+(?P<unit>недел[еюи]|месяц[еа]?|квартал[еа]?|год[ау]?|выходные"
                     r"|выходных)\b"),
        ("ago", r"\b(?:(?P<n>\d+|<number>)\s+)?(?P<unit><units>)\s+(?:тому\s+)?назад\b"),
        ("weekday", r"\b(?:(?P<which>прошлый|прошлую|прошлое|этот|эту)\s+)?(?P<weekday><weekdays>)\b(?!"
                    r"\s+(?-i:[A-Z]))"),
        ("word", r"\b(?P<word><words>)\b"),
        ("month", r"\b<month>"),
        ("year", r"(?<![\w$€£.,/-])<year>(?<=[оду.])(?!\w)"),
        month=rf"(?P<m>{_one_of(months)})\b", year=YEAR + r"(?:\s*(?:года|году|год|гг?\.))?", number=_one_of(numbers),
        holidays=_one_of(holidays), units=_one_of(units), whiches=_one_of(which), weekdays=_one_of(weekdays), words=_one_of(words),
    )  # fmt: skip
    nouns = r"(?:стать(?:я|и|е|ю|ей|ях)|публикаци\w*|новост\w*|материал\w*|сообщени\w*|заметк\w*|репортаж\w*)"
    return Language(
        hint=_compile(r"\d{4}|\d[./]\d|назад\b|последн|\b(?:"
                      + _one_of(months | weekdays | seasons | words | which) + r")\b"),
        months=months, shaky=frozenset(), weekdays=weekdays, seasons=seasons, units=units, numbers=numbers,
        which=which, words=words, holidays=holidays,
        relations=relations, rows=rows,
        relation=_compile(rf"(?<!\w)(?P<r>{_one_of(relations)})\s+(?:(?:начале|середине|конце|начала|конца)\s+)?$"),
        joins=_compile(r"\s*,?\s*(?:и|по|до|-|–|—)\s*"),
        pairs=frozenset(("и",)), adverbs=frozenset(seasons),
        openers=_compile(r"\b(?:между|с|со|от)\s+$"),
        onwards=_compile(r"(?!)"), owned=_compile(r"\b(?:его|её|ее|их|мой|наш\w*)\s+$"),
        dated=_compile(r"\b(?:опубликован\w*|вышедш\w*|вышл[аио]|датирован\w*|сообщал\w*|писал[аио]?)[\s,]*$"),
        reports=_compile(rf"\b(?P<noun>{nouns})(?P<middle>)[\s,]*$"),
        told=_compile(r"\b(?:по\s+(?:данным|сообщению|информации)|согласно)(?:\s+[^\s,;?]+){1,5}\s*$"),
        article=_compile(rf"\s+{nouns}"),
        asked=_compile(r"\b(?:что|кто|как|о\s+ч[её]м)\s+(?:\w+\s+){0,2}?(?:писал[аио]?|пишут|написал[аио]?|публик\w+"
                       r"|опубликовал\w*|печата\w+|напечатал\w*|сообща\w+|сообщил\w*|выходил\w*|вышло)\b"
                       r"|\b(?:газеты|сми|пресса|журналисты)\s+(?:\w+\s+)?(?:писал\w*|пишут|печата\w+|сообща\w+)\b"),
        happened=_compile(r"(?!)"), stretch=_compile(r"(?P<unit>(?!))"),
        figures=_compile(rf"^\W*сколько\b(?!(?:\s+\w+)?\s+{nouns})"),
        wanted=_compile(rf"^\s*(?:сколько|покажи\w*|найди\w*|какие|перечисли\w*)(?:\s+\w+){{0,2}}?\s+{nouns}"
                        rf"|\b{nouns}[^.?!;]*$"),
        news=_compile(r"\b(?:произошл\w*|случил\w*|новост\w*|последн\w*|новог\w*|сообща\w*|стать\w*)\b"),
    )  # fmt: skip


LANGUAGES: Mapping[str, Language] = {"en": _english(), "ru": _russian()}
