"""The names and content words of a question: what a follow-up may lean on.

    names("Did Serbia and Kazakhstan sign in Belgrade?")  ->  ["Serbia", "Kazakhstan", "Belgrade"]
    content("What was agreed on transport?")              ->  ["agreed", "transport"]

Names are told by their capitals, so a question in lower case has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from rag.question.date_words import LANGUAGES
from rag.text import fold, one_line, words

FUNCTION_WORDS = frozenset(
    """a about above after again against all also am an and any are as at be because been before being below between
    both but by can can't could did didn't do does doesn't doing don't down during each else even ever every few for
    from further get give go going got had has hasn't have having he her here hers him his how i i'd i'm i've if in
    into is isn't it it's its itself just know let like make many may me mean mean meant might more most much must my
    need no nor not now of off ok on once one ones only or other others our out over own per please possible really
    same say see she should so some something speaking still such sure talking tell than thank thanks that that's the
    their them then there these they thing things think this those though through to too under until up us use used
    using very want was wasn't way we well were what what's when where whether which while who whom whose why will with
    won't would yes you your although because unless whenever within without
    а без бы был была были было быть в вам вас ведь весь во вот все всё вы где да для до его ее её если есть ещё же за и
    из или им их к как какая какие какой когда который кто ли мне мы на не него неё нет ни них но о об он она они оно от
    по почему при про с со так также там то того тоже только том тот ты у уже чего чем что чтобы эта эти это этот
    я через сколько кого кому куда откуда зачем почему перед между""".split()  # noqa: SIM905
)
# Verbs without "-ed", and those that are asked with most: a run of content words ends at them.
VERBS = frozenset(
    """agree announce apply arrive ask avoid become begin bring build buy cause change choose close come continue cost
    create die end fall find happen help hire hold improve increase join keep lead leave live lose make manage meet
    move offer open pay play prevent protect purchase put remove run sell sign start stay stop take tell try update
    visit win work write raise rise cut fly drop grow decide respond react
    became began bought broke brought built came chose cost died fell fled flew found gave got held hit kept killed
    knew led left lost made meant met paid ran read rose said sank sat saw sold sent set shot spoke stood struck took
    thought told took voted went woke won wrote
    agrees announces asks becomes begins brings builds buys causes comes costs falls gives goes happens helps holds
    keeps leads leaves loses makes means meets offers opens owns pays plays runs says sells signs starts takes tells
    wants wins works writes owns owned""".split()  # noqa: SIM905
)
DATE_WORDS = frozenset(
    fold(word) for language in LANGUAGES.values() for word in (*language.months, *language.weekdays) if len(word) > 2
)
_OPENED_BY = frozenset({"is", "was", "has", "had", "will", "and"})
_HELPING = frozenset(
    "do does did can could will would should may might must don't doesn't didn't can't couldn't won't".split()  # noqa: SIM905
)
_OF = frozenset({"of", "on", "for", "between", "about"})
_DETERMINERS = frozenset("the a an this these those that my your his her its their our any some".split())  # noqa: SIM905
_SUBJECTS = frozenset("i you we they he she it who to not".split())  # noqa: SIM905
_LIGHT = frozenset(
    """people place kind kinds type types ways example examples information info details reason reasons difference
    differences time times week month year years number numbers able available better good well best bad long high
    big important common popular different specific currently actually always often usually already today again back
    sure right true
    людей человек раз лет год года году годах неделе месяце много""".split()  # noqa: SIM905
)
_RUSSIAN_VERB = re.compile("(?:[аяеиыуо]л[аои]?(?:сь|ся)?|[аеиуюя]т(?:ся)?|ть(?:ся)?|лся)$")
_TOKEN = re.compile(r"\w+(?:['’.\-/]\w+)*|[?.!,;:()\"]")
_PLACED = re.compile(
    r"(?:\b(?:in|at|near|outside|around|across|through|over|off|into|reach(?:ed)?|visit(?:s|ed)?|visiting|enter(?:ed)?"
    r"|to|from|leaves?|left|for|в|во|на|под|из|возле|посетил[аи]?)\s+(?:the\s+|город\w*\s+|city\s+of\s+)?)$",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:company|council|university|ministry|party|bank|group|union|states|kingdom|republic|house|committee|agency|"
    r"court|league|nations|city|river|sea|islands?|mountains?|times|post|news|new|north|south|east|west|san|los|"
    r"great|united|association|institute|department|act|war|cup|games?|series|street|center|centre|game|bowl)\b",
    re.IGNORECASE,
)


def names(text: str) -> list[str]:
    """Names as written, in order: runs of capitalised words; the first word of a sentence counts in a run only."""
    return list(_names(text))


@lru_cache(maxsize=512)  # a conversation's turns are read again at each question
def _names(text: str) -> tuple[str, ...]:
    out: list[str] = []
    for sentence in re.split(r"(?<=[.?!])\s+", one_line(text)):
        for run in _runs(sentence):
            if run not in out:
                out.append(run)
    return tuple(out)


def _runs(sentence: str) -> list[str]:
    tokens = [(m[0], m.start(), m.end()) for m in re.finditer(r"[\w’'-]+", sentence)]
    runs: list[str] = []
    i = 0
    while i < len(tokens):
        word = tokens[i][0]
        if not _is_name_word(word):
            i += 1
            continue
        j = i
        while (
            j + 1 < len(tokens)
            and sentence[tokens[j][2] : tokens[j + 1][1]] in {" ", ". "}
            and _is_name_word(tokens[j + 1][0])
        ):
            j += 1
        text = re.sub(r"['’]s$", "", sentence[tokens[i][1] : tokens[j][2]])
        starts = tokens[i][1] == 0 and j == i and word[1:] == word[1:].lower()
        if not starts or (
            i + 1 < len(tokens) and fold(word) not in FUNCTION_WORDS and _opens_as_name(tokens[i + 1][0])
        ):
            runs.append(text)
        i = j + 1
    return runs


def _opens_as_name(following: str) -> bool:
    """Whether the word after a sentence's first word tells that the first is a name: "Serbia signed"."""
    low = fold(following)
    return low.endswith("ed") or low in _OPENED_BY or low in VERBS


def _is_name_word(word: str) -> bool:
    low = fold(word)
    if low in FUNCTION_WORDS or low.split("'")[0] in FUNCTION_WORDS:
        return False
    return word[0].isupper() or any(c.isupper() for c in word[1:])


def content(text: str) -> list[str]:
    return list(dict.fromkeys(w for w in words(text) if w not in FUNCTION_WORDS))


def undated(found: Iterable[str]) -> list[str]:
    """Without the names of days and months: undated(["Baku", "October"]) -> ["Baku"]."""
    return [n for n in found if not set(words(n)) <= DATE_WORDS]


def places(text: str) -> list[str]:
    """The names that stand where a place does: places("Tamar flew from Riga to Oslo") -> ["Riga", "Oslo"]."""
    text = one_line(text)
    return [n for n in undated(names(text)) if _PLACED.search(text[: text.index(n)])]


def phrases(text: str) -> list[str]:
    """Noun phrases, roughly, as written: phrases("Where is olive oil pressed?") -> ["olive oil"].

    Runs of content words, less the verb that a helping verb, "to" or a pronoun calls for, and from the first "-ed" on.
    """
    out: list[str] = []
    tokens = _TOKEN.findall(one_line(text))
    low = [fold(t) for t in tokens]
    start, helped = 0, False
    for i in range(len(tokens) + 1):
        if i < len(tokens) and _in_run(low[i]):
            continue
        run = tokens[start:i]
        if run:
            ends = i == len(tokens) or (low[i] in FUNCTION_WORDS and low[i] not in _OF) or not low[i][0].isalnum()
            phrase = " ".join(_nouns(run, low[start - 1] if start else "", helped=helped and ends))
            out += [phrase] if phrase and phrase not in out and any(c.isalpha() for c in phrase) else []
            helped = False
        if i < len(tokens):
            helped = low[i] in _HELPING or (helped and low[i] in _DETERMINERS)
        start = i + 1
    return out


def _in_run(word: str) -> bool:
    return word[0].isalnum() and word not in FUNCTION_WORDS and word not in VERBS and not _RUSSIAN_VERB.search(word)


def _nouns(run: list[str], before: str, *, helped: bool) -> list[str]:
    """The run without its verbs and what says little."""
    if before in _SUBJECTS and not run[0][0].isupper():
        run = run[1:]
    elif helped and len(run) > 1 and not run[-1][0].isupper():
        run = run[:-1]
    for i, word in enumerate(run):
        if i and word.endswith("ed") and len(word) > 4 and word.islower():
            run = run[:i]
            break
    while run and fold(run[0]) in _LIGHT:
        run = run[1:]
    while run and fold(run[-1]) in _LIGHT:
        run = run[:-1]
    return run


def is_person(name: str) -> bool:
    return len(name.split()) > 1 and not _GROUP.search(name) and not name.isupper()


def is_group(name: str) -> bool:
    return _GROUP.search(name) is not None or name.endswith("s") or name.isupper()


def is_thing(name: str) -> bool:
    return not is_person(name)
