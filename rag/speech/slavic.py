"""Russian, Serbian and their neighbours: who stands beside a verb of saying.

after([«…»] , — сказал он журналистам)            ->  he, "сказал"
before(Министр транспорта Марат Карабаев отметил : [«…»])  ->  Марат Карабаев, "отметил"
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.speech.names import QUOTE, WORD, Name, Run, Token, run_at
from rag.speech.phrases import Told, Who
from rag.speech.words import Speech, word_set

REACH = 14  # words from the verb to the name, over "министр по чрезвычайным ситуациям"
DASHES = "—–-"
ROLES = word_set(
    "президент президента председатель министр премьер премьер-министр глава аким мэр директор депутат режиссёр режиссер "
    "юрист эксперт тренер посол губернатор спикер секретарь представитель жительница житель журналист продюсер инженер "
    "председник предсједник министар премијер директор градоначелник инжењер тренер професор "
    "predsednik predsednica ministar ministarka premijer premijerka direktor direktorka gradonačelnik gradonačelnica "
    "inženjer inženjerka profesor profesorka trener lekar lekarka"
)


def runs(words: Sequence[Token], start: int, stop: int) -> list[Run]:
    """The names of at least one capital in words[start:stop]."""
    found, i = [], start
    while i < stop:
        run = run_at(words[:stop], i, last=True)
        if run is None:
            i += 1
            continue
        titled = bool(run.name) and run.name[0].lower() in ROLES  # "Аким Костанайской области": a title, and where
        if not titled:
            found.append(run)
        i = run.end
    return found


def after(words: Sequence[Token], quote: int, stop: int, speech: Speech) -> Told | None:
    i, dashed = quote + 1, False
    while i < stop and words[i].kind != WORD and words[i].kind != QUOTE:
        dashed |= words[i].text in DASHES
        i += 1
    if i >= stop or words[i].low not in speech.verbs or (speech.dashed and not dashed):
        return None
    who = _behind(words, i + 1, stop, speech)
    return None if who is None else Told(who, words[i].low, i, who.end, i)


def _behind(words: Sequence[Token], start: int, stop: int, speech: Speech) -> Who | None:
    """The first name, pronoun or role behind a verb, in the same clause."""
    end = start
    while end < min(stop, start + REACH) and words[end].kind == WORD:
        end += 1
    for i in range(start, end):
        if words[i].low in speech.he | speech.she:
            return Who(pronoun="m" if words[i].low in speech.he else "f", start=i, end=i + 1)
        if words[i].capital:
            found = runs(words, i, end)
            best = next((r for r in found if len(r.name) > 1), found[-1] if found else None)
            if best is not None:
                return Who(best.name, roles=_roles(words, start, best), definite=True, start=start, end=best.end)
    role = next((words[i].low for i in range(start, end) if words[i].low in ROLES), "")
    return Who(role=role, definite=True, start=start, end=end) if end > start else None


def _roles(words: Sequence[Token], start: int, run: Run) -> tuple[str, ...]:
    return tuple(w.low for w in words[start : run.end] if w.low in ROLES)


def before(words: Sequence[Token], start: int, stop: int, speech: Speech) -> Told | None:
    """The last verb before the quotation, with the nearest name before it, else behind it."""
    for phrase in speech.according:
        parts = phrase.split()
        for i in range(start, stop - len(parts)):
            if [w.low for w in words[i : i + len(parts)]] == parts:
                who = _behind(words, i + len(parts), stop, speech)
                return None if who is None else Told(who, phrase, i, who.end, i)
    for i in range(stop - 1, start - 1, -1):
        if words[i].low in speech.verbs:
            found = runs(words, start, i)
            if found:
                run = next((r for r in reversed(found) if len(r.name) > 1), found[-1])
                who = Who(run.name, roles=_roles(words, start, run), definite=True, start=run.start, end=run.end)
                return Told(who, words[i].low, start, i + 1, i)
            who = _pronoun(words, start, i, speech) or _behind(words, i + 1, stop, speech)
            return None if who is None else Told(who, words[i].low, min(who.start, i), max(who.end, i + 1), i)
    return None


def tellers(words: Sequence[Token], speech: Speech) -> Iterator[Name]:
    """The names in one stretch of words with a verb of saying in the singular, which may be its subjects."""
    for i, word in enumerate(words):
        if word.low in speech.verbs and not word.low.endswith(("ли", "li", "lo", "ло")):
            start = end = i
            while start > 0 and words[start - 1].kind == WORD:
                start -= 1
            while end < len(words) and words[end].kind == WORD:
                end += 1
            near = [run.name for run in runs(words, start, i)][-1:] or [run.name for run in runs(words, i, end)][:1]
            yield from near


def _pronoun(words: Sequence[Token], start: int, stop: int, speech: Speech) -> Who | None:
    for i in range(stop - 1, start - 1, -1):
        if words[i].low in speech.he | speech.she:
            return Who(pronoun="m" if words[i].low in speech.he else "f", start=i, end=i + 1)
    return None


def subject(words: Sequence[Token], speech: Speech) -> Who | None:
    """The first full name of the sentence, else its role or pronoun."""
    found = runs(words, 0, len(words))
    run = next((r for r in found if len(r.name) > 1), None)
    if run is not None:
        return Who(run.name, roles=_roles(words, 0, run), definite=True, start=run.start, end=run.end)
    for i, w in enumerate(words[:3]):
        if w.low in speech.he | speech.she:
            return Who(pronoun="m" if w.low in speech.he else "f", start=i, end=i + 1)
        if w.low in ROLES:
            return Who(role=w.low, definite=True, start=i, end=i + 1)
    return Who(found[0].name, definite=True, start=found[0].start, end=found[0].end) if found else None
