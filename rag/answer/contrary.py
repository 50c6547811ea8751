"""What a sentence says otherwise than its evidence: another figure, day or name, a denial, an opposite, swapped roles.

A difference that is certain makes the sentence unsupported, however alike the words are; one that may have another
reason (the value stands elsewhere in the passage) keeps it from being more than partly supported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.answer.lines import Line, Source
from rag.answer.meaning import sense
from rag.answer.terms import Term, days_of, weekday_of
from rag.text import fold, stem

AROUND = 3  # terms to either side of a figure that say what it counts
AHEAD = 2  # so many more of them must stand beside another figure than beside the same one
TOLD = 2  # terms of the sentence that another line of the same day must have
LIKE = 0.5  # share of the sentence's content that a line holds, from which on a denial or an opposite is about the same


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs; `certain` or not."""

    what: str
    certain: bool


# Each row holds two sides; a word of one where the evidence has one of the other turns the sentence around.
_OPPOSITES = """
    rise climb gain lift | fall decline slip plunge sink lower shrink weaken
    more over above exceed | less fewer under below
    before earlier ahead | after later behind
    begin launch resume | stop end halt cancel suspend cease quit
    approve accept pass agree support back yes | reject refuse deny oppose decline block no
    win | lose
    open | shut close
    allow permit lift | ban forbid prohibit restrict
    restore return regain | lose lost restrict
    first | last
    largest biggest highest most | smallest lowest least
    better | worse
    success succeed | fail failure
    admit confirm | deny
    arrive | leave depart
    hire appoint | dismiss fire sack
    north | south
    east | west
    guilty convicted | innocent acquitted
    free | paid
    buy | sell
    friend ally | enemy rival
    import | export
    male men man | female women woman
""".strip().splitlines()
_SIDES: dict[str, set[tuple[int, int]]] = {}
for _number, _row in enumerate(_OPPOSITES):
    for _side, _words in enumerate(_row.split("|")):
        for _word in _words.split():
            _SIDES.setdefault(stem(_word), set()).add((_number, _side))
            _SIDES.setdefault(sense(_word), set()).add((_number, _side))

# A people, a capital or a seat of government for its country: never a difference.
_PLACES = """
    france french frenchman frenchwoman paris | spain spanish spaniard madrid | germany german berlin
    britain british uk kingdom london england english | america american us usa states washington
    netherlands dutch | greece greek athens | switzerland swiss | denmark danish | poland polish pole warsaw
    turkey turkish turk turkiye ankara | china chinese beijing | russia russian moscow kremlin
    kazakhstan kazakh kazakhstani astana | serbia serbian serb belgrade | india indian delhi | japan japanese tokyo
    ukraine ukrainian kyiv kiev | norway norwegian oslo | korea korean seoul | croatia croatian zagreb
    europe european eu union brussels | israel israeli | italy italian rome | bulgaria bulgarian sofia
    azerbaijan azerbaijani baku | ireland irish dublin | sweden swedish stockholm | iran iranian tehran
    syria syrian damascus | egypt egyptian cairo | mexico mexican | canada canadian ottawa | australia australian
    brazil brazilian | hungary hungarian budapest | czech prague | portugal portuguese | belgium belgian
"""
_PLACE = {
    stem(w): number
    for number, group in enumerate(_PLACES.replace("\n", "|").split("|"))
    for w in group.split()
}  # fmt: skip


def differences(claim: Sequence[Term], window: Sequence[Line], source: Source) -> list[Difference]:
    """All that is found, in the order of the checks; `window` are the lines that hold most of the sentence."""
    found = [*_figures(claim, window, source), *_days(claim, window, source), *_names(claim, window, source)]
    found += _denied(claim, window)
    for line in window[:1]:
        found += [Difference(what, line.share(claim) >= LIKE) for what in _opposed(claim, line)]
        found += _replaced(claim, line)
    return [*found, *_swapped(claim, [*window, source.heading])]


# -- figures, days, names ------------------------------------------------------------------


def _figures(claim: Sequence[Term], window: Sequence[Line], source: Source) -> Iterator[Difference]:
    here = {t.root for line in window for t in line.terms} | {t.root for t in source.heading.terms}
    for at, term in enumerate(claim):
        if term.kind != "figure":
            continue
        other, ahead = _in_its_place(claim, at, window)
        if other is not None and ahead >= AHEAD:
            yield Difference(f"{term.text}, not {other.text}", True)
        elif term.root in here:
            continue
        elif term.root in source.years:  # the year it appeared in, which goes without saying where no other is named
            if any(_is_year(t) for line in window for t in line.terms):
                yield Difference(f"{term.text} is not the year named", False)
        elif term.root in source.roots:
            if not _beside(claim, at, source):
                yield Difference(f"{term.text} stands elsewhere", other is not None and ahead > 0)
        else:
            yield Difference(f"{term.text} is not there", True)


def _beside(claim: Sequence[Term], at: int, source: Source) -> bool:
    """Whether the figure stands in another line beside what it stands beside here: "Sapp, 42"."""
    around = _around(claim, at)
    return any(
        term.root == claim[at].root and around & _around(line.terms, place)
        for line in source.lines
        for place, term in enumerate(line.terms)
    )


def _in_its_place(claim: Sequence[Term], at: int, window: Sequence[Line]) -> tuple[Term | None, int]:
    """The other figure whose surroundings are most like this one's, and by how many terms more than its own."""
    around = _around(claim, at)
    own, best, other = 0, 0, None
    for line in window:
        for place, term in enumerate(line.terms):
            if term.kind == "figure":
                shared = len(around & _around(line.terms, place))
                if term.root == claim[at].root:
                    own = max(own, shared)
                elif shared > best and _is_year(term) == _is_year(claim[at]):
                    best, other = shared, term
    return other, best - own


def _is_year(term: Term) -> bool:
    return re.fullmatch(r"(?:19|20)\d\d", term.text) is not None


def _around(found: Sequence[Term], at: int) -> set[str]:
    near = (*found[max(0, at - AROUND) : at], *found[at + 1 : at + 1 + AROUND])
    return {t.sense for t in near if t.content and t.kind != "figure"}


def _days(claim: Sequence[Term], window: Sequence[Line], source: Source) -> Iterator[Difference]:
    published = source.passage.date
    mentioned = [t for line in window for t in line.terms if t.kind in ("day", "weekday")]
    days = {t.root for t in mentioned} | {d for t in mentioned for d in days_of(t, published)}
    years = [int(y[1:]) for y in source.years]
    days |= {w for t in mentioned for w in weekday_of(t, years)}
    if published is not None and not mentioned:
        days |= {f"@{published:%m-%d}", f"~{published.isoweekday()}"}
    for term in claim:
        if term.kind in ("day", "weekday") and term.root not in days and not _is_told(term, claim, source):
            certain = bool(mentioned) or term.root not in source.roots
            certain &= term.kind == "day" or not source.mentions(stem(fold(term.text)))
            yield Difference(f"{term.text} is not the day", certain)


def _is_told(day: Term, claim: Sequence[Term], source: Source) -> bool:
    """Whether another line has the day together with something else that the sentence says."""
    said = {t.sense for t in claim if t.kind in ("word", "name")}
    return any(len(said & line.senses) >= TOLD for line in source.lines if day.root in line.senses)


def _names(claim: Sequence[Term], window: Sequence[Line], source: Source) -> Iterator[Difference]:
    here = [t for line in (*window, source.heading) for t in line.terms]
    held = sum(1 for t in claim if t.content and any(same(t, o) for o in here))
    most = held >= 0.6 * sum(t.content for t in claim)
    for term in claim:
        if term.kind != "name" or any(same(term, o) for o in here):
            continue
        if any(same(term, o) for line in source.lines for o in line.terms) or source.mentions(term.root):
            if most:
                yield Difference(f"{term.text} stands elsewhere", False)
        elif not source.abbreviates(term.text):
            yield Difference(f"{term.text} is not named", True)


def same(one: Term, other: Term) -> bool:
    """Whether two terms are forms of one word or name: Kazakh and Kazakhstan, French and France."""
    if one.root == other.root or one.sense == other.sense:
        return True
    if one.kind != "name":
        return False
    place = _PLACE.get(one.root)
    if place is not None and place == _PLACE.get(other.root):
        return True
    short, long = sorted((one.root, other.root), key=len)
    return len(short) >= 4 and long.startswith(short) and len(long) - len(short) <= 4


# -- denials and opposites -----------------------------------------------------------------


def _denied(claim: Sequence[Term], window: Sequence[Line]) -> Iterator[Difference]:
    """The first word that one denies and the other does not."""
    for term in claim:
        lines = [line for line in window if any(t.root == term.root for t in line.terms)]
        marks = {t.negated for line in lines for t in line.terms if t.root == term.root}
        if not term.content or term.kind == "figure" or not marks or term.negated in marks:
            continue
        if not any(_turned(claim, line) for line in lines):
            near = max(line.share(claim) for line in lines)
            yield Difference(f"“{term.text}” is {'denied' if term.negated else 'not denied'}", near >= LIKE)
            return


def _turned(claim: Sequence[Term], line: Line) -> bool:
    """Whether an opposite makes up for a denial: "did not rise" and "fell"."""
    return any(a.negated != b.negated for a, b in _pairs(claim, line))


def _opposed(claim: Sequence[Term], line: Line) -> Iterator[str]:
    for a, b in _pairs(claim, line):
        if a.negated == b.negated:
            yield f"“{a.text}”, not “{b.text}”"
            return


def _pairs(claim: Sequence[Term], line: Line) -> Iterator[tuple[Term, Term]]:
    """Words that only the sentence has, and opposites of them that only the line has."""
    ours, theirs = {t.root for t in claim}, {t.root for t in line.terms}
    for a in claim:
        sides = _sides(a)
        if not sides or a.root in theirs or a.sense in {t.sense for t in line.terms}:
            continue
        opposite = {(row, 1 - side) for row, side in sides}
        for b in line.terms:
            if b.root not in ours and _sides(b) & opposite:
                yield a, b


def _sides(term: Term) -> set[tuple[int, int]]:
    if term.hard:
        return set()
    single = term.root[:-1] if term.root[-2:-1] == term.root[-1:] else term.root  # "stopped" -> "stopp" -> "stop"
    return _SIDES.get(term.root, set()) | _SIDES.get(term.sense, set()) | _SIDES.get(single, set())


def _replaced(claim: Sequence[Term], line: Line) -> Iterator[Difference]:
    """A word that stands between the same words of content as another one there: "suspended" and "increased"."""
    between: dict[tuple[str, str], Term] = {}
    for a, term, b in _threes(line.terms):
        between[(a, b)] = term
    for a, term, b in _threes(claim):
        other = between.get((a, b))
        if other is not None and not same(term, other) and term.sense not in line.senses:
            yield Difference(f"“{term.text}”, not “{other.text}”", False)


def _threes(found: Sequence[Term]) -> Iterator[tuple[str, Term, str]]:
    """Each term of content with the roots of those before and behind it; nothing stands before the first."""
    content = [t for t in found if t.content]
    before = ["", *(t.root for t in content)]
    yield from zip(before, content, [t.root for t in content[1:]], strict=False)


# -- roles ---------------------------------------------------------------------------------

_DOINGS = {
    stem(w): group.split()[0]
    for group in (
        "beat beats beaten defeat defeated defeating overcome crush crushed", "win wins won victory victories",
        "lose lost losing", "telephone telephoned phone phoned", "replace replaced replacing",
        "apologise apologised apologize apologized", "thank thanked", "invite invited", "accuse accused",
        "criticise criticised criticize criticized", "kill killed", "attack attacked", "sue sued", "hire hired",
        "dismiss dismissed", "visit visited", "meet met", "buy bought", "sell sold", "acquire acquired",
        "praise praised", "warn warned", "help helped", "join joined",
    )
    for w in group.split()
}  # fmt: skip
_OVER = ("against", "over")  # whom one wins against; without it a victory is over nobody
_BEING = frozenset(["was", "were", "been", "be", "being", "is", "are", "gets", "got"])
_BEFORE_NOUNS = frozenset(["a", "an", "the", "his", "her", "its", "their", "this", "that", "first", "last", "official"])
_FAR = 8  # terms from a doing to the name of who does it


def _swapped(claim: Sequence[Term], lines: Iterable[Line]) -> Iterator[Difference]:
    """Who does it to whom, where the evidence has the same doing the other way round."""
    theirs = [role for line in lines for role in _roles(line.terms)]
    for doing, by, to in _roles(claim):
        alike = [(b, t) for d, b, t in theirs if d == doing]
        fits = any(_differ(by, b) is not True and _differ(to, t) is not True for b, t in alike)
        turned = any(_differ(by, t) is False or _differ(to, b) is False for b, t in alike)
        if turned and not fits:
            yield Difference(f"who {doing} whom", True)


def _differ(name: str | None, other: str | None) -> bool | None:
    """Whether two names are not the same one; None where either is not known."""
    return None if name is None or other is None else name != other


def _roles(found: Sequence[Term]) -> Iterator[tuple[str, str | None, str | None]]:
    """(doing, by whom, to whom): "Ding was beaten by Gukesh" -> ("beat", "gukesh", "ding")."""
    subject: str | None = None
    for at, term in enumerate(found):
        doing = _DOINGS.get(term.root)
        noun = any(t.text in _BEFORE_NOUNS for t in found[max(0, at - 1) : at])
        if doing is None or term.kind == "name" or (noun and doing != "win"):
            continue
        behind = found[at + 1 : at + 1 + _FAR]
        before, after = _name_before(found[:at]), _name_behind(behind)
        if at and found[at - 1].text == "and" and subject is not None:
            before = subject  # "Putin telephoned Aliyev and apologised"
        subject = before
        passive = any(t.text in _BEING for t in found[max(0, at - 2) : at])
        if doing == "win":
            over = next((i for i, t in enumerate(behind) if t.text in _OVER), None)
            if over is None:
                continue
            doing, after = "beat", _name_behind(behind[over:])
        elif doing == "lose":
            doing, before, after = "beat", after, before
        elif doing == "replace" and any(t.text == "with" for t in behind):
            place = next(i for i, t in enumerate(behind) if t.text == "with")
            before, after = _name_behind(behind[place:]), _name_behind(behind[:place])
        elif passive:
            by = any(t.text == "by" for t in behind[:3])
            before, after = (after if by else None), before
        if before or after:
            yield doing, before, after


def _name_before(found: Sequence[Term]) -> str | None:
    """The nearest name, by its last word, without "of Spain" behind it."""
    near = list(found[-_FAR:])
    for i in range(len(near) - 1, -1, -1):
        belongs = any(
            t.text in ("of", "from") and near[j - 1].kind == "name" for j, t in enumerate(near[:i]) if j and i - j <= 2
        )
        if near[i].kind == "name" and not belongs:
            return near[i].root
    return None


def _name_behind(near: Sequence[Term]) -> str | None:
    """The nearest name, by its last word."""
    for i, term in enumerate(near):
        if term.kind == "name":
            while i + 1 < len(near) and near[i + 1].kind == "name":
                i += 1
            return near[i].root
    return None
