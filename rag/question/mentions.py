"""The archive's names as they stand in a question, whatever their case, article, section or host form.

mentions("What did theverge.com and the Times say?", ("The Verge", "The New York Times"))
-> "theverge.com" for The Verge, "Times" for The New York Times, the only Times there
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.text import fold

ALIASES: Mapping[str, tuple[str, ...]] = {
    "the new york times": ("nyt", "ny times", "new york times", "nytimes"),
    "the washington post": ("wapo",),
    "the wall street journal": ("wsj",),
    "the sydney morning herald": ("smh",),
    "financial times": ("ft",),
    "associated press": ("ap", "the ap"),
    "bbc news": ("bbc",),
    "agence france-presse": ("afp",),
    "bbc": ("bbc news",),
}
_WORD = re.compile(r"[^\W_]+")
_HOST = re.compile(r"^(?:https?://)?(?:www\.)?([\w-]+)(?:\.(?:com?|org|net|gov|ac|[a-z]{2,4}))+$")
_HEAD = re.compile(r"\s+[-–—|]\s+|:\s+|\s+\|\s*")
LONGEST = 12  # words of a name that are looked at
_OF_A_PLACE = re.compile(r"\s+of\s+[A-Z]")  # "the Times of India" is not the archive's only Times
_DOMAINS = ("com", "org", "net", "co")
# "The Times" is the archive's only Times; other last words of names are too common as words.
_SHORT_TITLES = frozenset(
    "times post journal herald tribune telegraph mail globe chronicle observer gazette courier".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a question, `question[start:end]`, the archive's names that it may stand for, and what decided."""

    start: int
    end: int
    names: tuple[str, ...]
    words: str


def canonical(name: str, names: Sequence[str]) -> tuple[str, ...]:
    """The names in `names` that `name` means, whatever its case, article or host form; none if unknown."""
    key = _key(name)
    return _forms(tuple(names)).get(key[:2], {}).get(key, ())


def mentions(question: str, sources: tuple[str, ...]) -> list[Mention]:
    """Every known name in `question`, the longest at each place; one plain word must be written as a name."""
    if not sources:
        return []
    forms = _forms(sources)
    tokens = [(m.start(), m.end(), fold(m[0])) for m in _WORD.finditer(question)]
    lower = question == question.lower()
    found: list[Mention] = []
    i = 0
    while i < len(tokens):
        best: tuple[int, tuple[str, ...]] | None = None
        ahead = tuple(t[2] for t in tokens[i : i + LONGEST])
        for form, names in {**forms.get(ahead[:1], {}), **forms.get(ahead[:2], {})}.items():
            size = len(form)
            if (best is None or size > best[0]) and ahead[:size] == form:
                best = (size, names)
        if best is None:
            i += 1
            continue
        start, end = tokens[i][0], tokens[i + best[0] - 1][1]
        words = question[start:end]
        if tokens[i][2] == "the" and best[0] == 2 and _OF_A_PLACE.match(question, end):
            i += 1
            continue
        if lower or any(c.isupper() for c in words) or any(c.isdigit() or c == "." for c in words):
            found.append(Mention(start, end, best[1], words))
        i += best[0]
    return found


@lru_cache(maxsize=8)
def _forms(sources: tuple[str, ...]) -> dict[tuple[str, ...], dict[tuple[str, ...], tuple[str, ...]]]:
    """First two words -> the whole form -> the names that it may stand for: "The Independent" for its sections too."""
    full: dict[tuple[str, ...], list[str]] = {}
    short: dict[tuple[str, ...], list[str]] = {}
    titles: dict[str, list[str]] = {}
    for source in sources:
        key = _key(source)
        if not key:
            continue
        full.setdefault(key, []).append(source)
        for form in _shorter(source, key):
            names = short.setdefault(form, [])
            if source not in names:
                names.append(source)
        for word in {key[-1], *key[:2]} & _SHORT_TITLES:
            titles.setdefault(word, []).append(source)
    for word, named in titles.items():
        if len(named) == 1 and ("the", word) not in full:
            short.setdefault(("the", word), named)
    out: dict[tuple[str, ...], dict[tuple[str, ...], tuple[str, ...]]] = {}
    for form in {**full, **short}:
        out.setdefault(form[:2], {})[form] = tuple(dict.fromkeys(full.get(form, []) + short.get(form, [])))
    return out


def _shorter(source: str, key: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Other ways to write a name: without its section, its "the", its host's ending; its aliases."""
    keys = {key, _key(_HEAD.split(source)[0])}
    host = _HOST.match(source.strip().lower())
    if host:
        keys.add(_key(host[1]))
    for base in list(keys):
        for alias in ALIASES.get(" ".join(base), ()) or ALIASES.get("the " + " ".join(base), ()):
            keys.add(_key(alias))
    for base in list(keys):
        if len(base) > 1 and base[0] == "the":
            keys.add(base[1:])
        elif base and len(base[0]) > 5 and base[0].startswith("the") and len(base) == 1 and host:
            keys.add(("the", base[0][3:]))
    for base in list(keys):
        bare = base[1:] if base[:1] == ("the",) else base
        keys |= {("".join(form), domain) for form in {base, bare} if form for domain in _DOMAINS}
    return [k for k in keys if k and k != key and k != ("the",)]


def _key(name: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(name)))
