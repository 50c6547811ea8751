"""The names and content words of a question: what a follow-up may lean on.

    names("Did Serbia and Kazakhstan sign in Belgrade?")  ->  ["Serbia", "Kazakhstan", "Belgrade"]
    content("What was agreed on transport?")              ->  ["agreed", "transport"]

Names are told by their capitals, so a question in lower case has none.
"""

from __future__ import annotations

import re

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
    without won't would yes you your
    а без бы был была были было быть в вам вас ведь весь во вот все всё вы где да для до его ее её если есть ещё же за и
    из или им их к как какая какие какой когда который кто ли мне мы на не него неё нет ни них но о об он она они оно от
    по почему при про с со так также там то того тоже только том тот ты у уже чего чем что чтобы эта эти это этот
    я""".split()  # noqa: SIM905
)
_LEADS = frozenset(
    """a an the of for about in on with at my our your his its their some any many these those are is was were which
    other between against from by в на о об для про""".split()  # noqa: SIM905
)
_GROUP = re.compile(
    r"\b(?:company|council|university|ministry|party|bank|group|union|states|kingdom|republic|house|committee|agency|"
    r"court|league|nations|city|river|sea|islands?|mountains?|times|post|news|new|north|south|east|west|san|los|"
    r"great|united|association|institute|department|act|war|cup|games?|series|street|center|centre|game|bowl)\b",
    re.IGNORECASE,
)


def names(text: str) -> list[str]:
    """Names as written, in order: runs of capitalised words; the first word of a sentence counts in a run only."""
    out: list[str] = []
    for sentence in re.split(r"(?<=[.?!])\s+", one_line(text)):
        for run in _runs(sentence):
            if run not in out:
                out.append(run)
    return out


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
    return following.endswith("ed") or fold(following) in {"is", "was", "has", "had", "said", "will", "won", "and"}


def _is_name_word(word: str) -> bool:
    low = fold(word)
    if low in FUNCTION_WORDS or low.split("'")[0] in FUNCTION_WORDS:
        return False
    return word[0].isupper() or any(c.isupper() for c in word[1:])


def content(text: str) -> list[str]:
    return list(dict.fromkeys(w for w in words(text) if w not in FUNCTION_WORDS))


def phrases(text: str) -> list[str]:
    """Noun phrases, roughly: runs of content words behind an article, a preposition or "is"."""
    out: list[str] = []
    run: list[str] = []
    led = False
    for word in [*words(text), ""]:
        if word and word not in FUNCTION_WORDS and (led or run):
            run.append(word)
            continue
        if len(run) > 1 and run[-1].endswith("ed"):
            run.pop()
        if run and run not in [o.split() for o in out]:
            out.append(" ".join(run[:3]))
        run, led = [], word in _LEADS
    return out


def is_person(name: str) -> bool:
    return len(name.split()) > 1 and not _GROUP.search(name) and not name.isupper()


def is_group(name: str) -> bool:
    return _GROUP.search(name) is not None or name.endswith("s") or name.isupper()


def is_thing(name: str) -> bool:
    return not is_person(name)
