"""A question becomes a plan: what days, which outlets, what kind of answer. No model; a few milliseconds.

    understand("What did Reuters report last week?", today=dt.date(2024, 11, 20), sources=["Reuters"])
    -> Plan(after=2024-11-11, before=2024-11-17, sources=("Reuters",), kind="said",
            notes=('published 2024-11-11 to 2024-11-17: "last week"', 'from Reuters: "Reuters report"'))

Careful by design: what is unsure stays words of the question and becomes a note, never a filter. Only dates of
publication filter. When several articles are named, each with its own date or outlet, no date filters.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast, get_args

from rag.errors import UsageError
from rag.question import dates, outlets
from rag.question.dates import Found
from rag.question.outlets import Mention
from rag.question.speaker import asked
from rag.question.topic import topic_of
from rag.text import one_line
from rag.types import Kind, Plan

OVERRIDES = ("after", "before", "as_of", "sources", "authors", "kind", "standalone")

# The first row that matches decides; the last resort is "fact".
KINDS: tuple[tuple[Kind, str], ...] = (
    ("count", r"^(?:so )?(?:in )?how many (?:\w+ )?(?:articles|stories|reports|pieces|outlets|sources)\b|^count\b|"
              r"^number of articles|^сколько (?:\w+ )?(?:статей|публикаций|новостей|материалов)"),
    ("list", r"^(?:please )?(?:list|name (?:all|the|some|three|five)|enumerate|show (?:me )?all|find all|give"
             r" me (?:a list|all))\b|"
             r"^(?:перечисли|назови все|покажи все)"),
    ("summary", r"\bsummar(?:y|i[sz]e)\b|\bwhat (?:is|was) (?:this|the|that) (?:article|story|piece|report) about\b|"
                r"\btl;?dr\b|\bin (?:short|brief)\b|^(?:кратко|о чем эта статья|перескажи)|\bmain points\b"),
    ("timeline", r"\btimeline\b|\bchronolog|\bhow (?:did|has|have)\b.*\b(?:develop\w*|unfold\w*|evolve\w*"
                 r"|progress\w*|change\w* over)\b|"
                 r"\bwhat (?:has )?happened\b.*\bsince\b|\bsequence of events\b|\bхронология\b|\bкак развивал"),
    ("latest", r"\b(?:latest|newest|most recent)(?: (?:news|updates?|developments?|reports?|articles?"
               r"|information|headlines?"
               r"|stor(?:y|ies)|figures?|word))?(?: (?:on|about|from|in|of|with|regarding)\b|\s*\W*$)"
               r"|\b(?:latest|newest|most recent) (?:news|updates?|developments?|reports?|articles?|headlines?)\b"
               r"|\bwhat(?:'s| is) new\b|\bany (?:news|updates?)\b|\bпоследние новости\b|\bчто нового\b"),
    ("comparison", r"\bcompar\w+|\bdiffer(?:s|ed|ence|ences|ent|ently)?\b|\bversus\b|\bvs\b"
                   r"|\bwhile (?:the )?['‘\"“]?(?-i:[A-Z])|\b(?:in)?consistent\b"
                   r"|\bas opposed to\b|\bin contrast\b|\bdisagree|\bсравни|\bчем отличается|\bразница\b"),
    ("said", r"^what (?:did|does|do|has|have) .+ (?:say|said|says|tell|claim|argue|think|report|write|announce)\b|"
             r"\baccording to whom\b|^who (?:said|says|claimed|claims|told|argued|warned)\b|^(?:что (?:сказал"
             r"|заявил|говор)|кто (?:сказал|заявил))"),
    ("definition", r"^what(?:'s| is| are) (?:an? )?(?:the )?(?:meaning of |definition of )|^what does .+ "
                   r"(?:mean|stand for)\b|^define\b|"
                   r"^what is an? [\w-]+(?: [\w-]+)?\s*\?*$|^who (?:is|was) [\w.'’-]+(?: [\w.'’-]+){0,3}\s*\?*$"
                   r"|^что такое\b|^кто так(?:ой|ая)\b"),
    ("yes-no", r"^(?:and |so |but )?(?:did|do|does|is|are|am|was|were|has|have|had|can|could|will|would|should"
               r"|may|might)(?:n't)?\b|"
               r", (?:did|does|do|is|are|was|were|has|have|had|will)\b[^,]*\?|^(?:правда ли|верно ли|\w+ ли)\b"),
    ("list", r"^(?:in |on |at |from |with )?(?:what|which) (?:\w+ ){0,2}(?!is\b|was\b|has\b|does\b|this\b|us\b"
             r"|news\b|series\b|crisis\b)"
             r"\w{3,}(?<!ss)(?<!us)s (?:are|were|have|did|do|will|would|could|can|\w+ed|signed|make|include|agree)\b|"
             r"^(?:what|which) (?:are|were) the\b|^who (?:are|were) (?:the|all)\b|^как(?:ие|их|им) \w+"),
)  # fmt: skip
_KINDS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in KINDS)
_TOLD = re.compile(r"\W{0,2}\s*(?:article|report|reported|reports|wrote|published|covered|said|story|piece)\W*", re.I)


# Words by which one article is held against another: the date of one must not hide the other.
_SEVERAL = re.compile(
    r"\b(?:in)?consisten\w*|\bcompared\b|\bsubsequent\w*|\b(?:later|earlier|another|other|previous|both|two)\s+"
    r"(?:articles?|reports?|stor(?:y|ies)|pieces?)\b|\bchanged?\b|\brespectively\b|\bsame\s+source\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Draft:
    """The plan while it is made."""

    after: dt.date | None = None
    before: dt.date | None = None
    as_of: dt.date | None = None
    notes: list[str] = field(default_factory=list)
    filtering: list[str] = field(default_factory=list)  # words of the question that became filters


_EMPTY_WORDS = """
    a about an and any are article articles as at by did do does for from has have in is it news of on or report reported
    reports said say says so story stories tell that the there this to told was were what when where which who why with
    write wrote written что о об в на за по с и писал пишет сообщил šta je u o
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def understand(
    question: str,
    *,
    today: dt.date,
    sources: Sequence[str] = (),
    authors: Sequence[str] = (),
    overrides: Mapping[str, object] | None = None,
) -> Plan:
    """The plan of a question that stands alone; `sources` and `authors` are those of the archive.

    `overrides` (after, before, as_of, sources, authors, kind, standalone) win; None counts as not given, and an
    empty string or list takes a filter away. Dates are `datetime.date` or ISO strings.
    Raises UsageError for an override that cannot be meant.
    """
    given = _given(overrides)
    standalone = str(given.get("standalone") or one_line(question))
    as_of = _date("as_of", given["as_of"]) if given.get("as_of") else None
    read = standalone[: dates.READ]
    mentions = outlets.named(read, sources)
    draft = _dated(read, as_of or today, mentions, takes_as_of="as_of" not in given)
    for m in mentions:
        draft.notes.append(f'from {" or ".join(m.names)}: "{m.words}"')
    by = outlets.writers(read, authors)
    draft.notes.extend(f'by {" or ".join(m.names)}: "{m.words}"' for m in by)
    kind = cast(Kind, given.get("kind") or kind_of(read))
    said = None if mentions else asked(read)
    if said is not None and "kind" not in given:
        kind = "said"
    plan = Plan(
        question=question,
        standalone=standalone,
        after=draft.after,
        before=draft.before,
        as_of=draft.as_of,
        sources=_distinct(mentions),
        authors=_distinct(by),
        kind=kind,
        notes=tuple(draft.notes),
        topic=_about(kind, standalone, _topic(standalone, [*draft.filtering, *(m.words for m in (*mentions, *by))])),
        speaker=said.speaker if said is not None and kind == "said" else None,
        about=_without(said.about, draft.filtering) if said is not None and kind == "said" else "",
    )
    return _overridden(plan, given, sources, authors)


def _topic(question: str, filtering: Sequence[str]) -> str:
    """The question without the words that became filters; "" when nothing, or nothing else, is left of it.

    _topic("What did Reuters say about rice?", ["did Reuters say"])  ->  "What about rice?"
    """
    rest = question
    for words in sorted(filtering, key=len, reverse=True):
        rest = rest.replace(words, " ", 1)
    rest = re.sub(r"\s+([?.,!])", r"\1", " ".join(rest.split()))
    tells = [w for w in re.findall(r"\w+", rest) if w.casefold() not in _EMPTY]
    return rest if filtering and tells else ""


def _without(about: str, filtering: Sequence[str]) -> str:
    """The topic of what was said, without the words that became filters: "rice last week" -> "rice"."""
    for words in filtering:
        about = about.replace(words, " ")
    return " ".join(about.split()).strip(" ,")


def _about(kind: Kind, question: str, topic: str) -> str:
    """The topic without the words that name the kind, where these are of no article: "the latest on rice" -> "rice"."""
    about = topic_of(topic or question, kind)
    return topic if about == question else about


def kind_of(question: str) -> Kind:
    """What form of answer a question asks for: kind_of("Which countries signed?") -> "list"."""
    text = one_line(question)
    for kind, pattern in _KINDS:
        if pattern.search(text):
            return kind
    return "fact"


def _dated(question: str, today: dt.date, mentions: Sequence[Mention], *, takes_as_of: bool) -> _Draft:
    found = dates.find(question, today)
    draft = _Draft()
    as_of = [f for f in found if f.relation == "as of"]
    if as_of and takes_as_of:
        draft.as_of = as_of[0].before
        draft.notes.append(f'as of {draft.as_of}: "{as_of[0].words}"')
        draft.filtering.append(as_of[0].words)
        found = dates.find(question, draft.as_of or today)
    found = [_told(question, f, mentions) for f in found if f.relation != "as of"]
    published = [f for f in found if f.role == "published"]
    draft.notes.extend(f'about: "{f.words}"' for f in found if f.role == "about")
    ranges = [_opened(question, f, mentions) for f in published]
    several = len(mentions) > 1 or _SEVERAL.search(question) is not None
    if len(ranges) == 1 and (not several or published[0].relative):
        draft.after, draft.before = ranges[0]
    elif len(ranges) == 2 and not several and _halves(ranges):
        draft.after = ranges[0][0] if ranges[0][0] is not None else ranges[1][0]
        draft.before = ranges[0][1] if ranges[0][1] is not None else ranges[1][1]
    elif ranges:
        for f, (after, before) in zip(published, ranges, strict=True):
            draft.notes.append(f'no filter, as several articles are named: {_span(after, before)}: "{f.words}"')
        return draft
    if ranges:
        words = " … ".join(f.words for f in published)
        draft.notes.append(f'published {_span(draft.after, draft.before)}: "{words}"')
        draft.filtering += [f.words for f in published]
    return draft


def _told(question: str, found: Found, mentions: Sequence[Mention]) -> Found:
    """A date right behind "TechCrunch reported" or "The Age report" is that of the report."""
    if found.role == "about" and any(
        m.end <= found.start and _TOLD.fullmatch(question, m.end, found.start) for m in mentions
    ):
        return replace(found, role="published")
    return found


def _opened(question: str, found: Found, mentions: Sequence[Mention]) -> tuple[dt.date | None, dt.date | None]:
    """The days of publication: what happened last week may be told later, what was reported last week was not."""
    closed = not found.relative or found.relation in {"before", "until", "between"} or bool(mentions)
    if closed or re.search(
        r"\b(?:articles?|report\w*|publish\w*|stories|headlines|news|wrote|стат\w+)\b", question, re.I
    ):
        return found.after, found.before
    return found.after, None


def _halves(ranges: Sequence[tuple[dt.date | None, dt.date | None]]) -> bool:
    """Whether two ranges are one: "after 3 May and before 9 May"."""
    after = [a for a, _ in ranges if a is not None]
    before = [b for _, b in ranges if b is not None]
    return len(after) == 1 and len(before) == 1 and after[0] <= before[0]


def _span(after: dt.date | None, before: dt.date | None) -> str:
    if after is not None and before is not None:
        return f"on {after}" if after == before else f"{after} to {before}"
    return f"since {after}" if after is not None else f"until {before}"


def _distinct(mentions: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for m in mentions for name in m.names))


def _given(overrides: Mapping[str, object] | None) -> dict[str, object]:
    given = {k: v for k, v in (overrides or {}).items() if v is not None}
    for name in given:
        if name not in OVERRIDES:
            raise UsageError(f"a plan has no part {name!r} to set; there are: {', '.join(OVERRIDES)}")
    kind = given.get("kind")
    if kind is not None and kind not in get_args(Kind):
        raise UsageError(f"kind is {kind!r}; it takes one of: {', '.join(get_args(Kind))}")
    return given


def _overridden(plan: Plan, given: Mapping[str, object], sources: Sequence[str], authors: Sequence[str]) -> Plan:
    """`plan` with what the user set, each noted "set by you"; the notes it replaces go."""
    after, before, as_of = plan.after, plan.before, plan.as_of
    notes = list(plan.notes)
    if "after" in given or "before" in given:
        notes = [n for n in notes if not n.startswith(("published", "no filter"))]
    if "after" in given:
        after = _date("after", given["after"])
    if "before" in given:
        before = _date("before", given["before"])
    if "as_of" in given:
        as_of = _date("as_of", given["as_of"])
    if after is not None and before is not None and after > before:
        if "after" in given and "before" in given:
            raise UsageError(f"after is {after} and before is {before}: no day is both; give an after that is earlier")
        after, before = (after, None) if "after" in given else (None, before)
    changed: dict[str, object] = {"after": after, "before": before, "as_of": as_of}
    for name, known, prefix in (("sources", sources, "from "), ("authors", authors, "by ")):
        if name in given:
            changed[name] = _names(name, given[name], known)
            notes = [n for n in notes if not n.startswith(prefix)]
    if "kind" in given:
        changed["kind"] = given["kind"]
    for name in OVERRIDES:
        if name in given:
            value = changed.get(name, given[name])
            shown = ", ".join(value) if isinstance(value, tuple) else str(value) if value is not None else ""
            notes.append(f"{name.replace('_', ' ')} {shown or 'none'}: set by you")
    if after is not None and plan.after is None and before == plan.before and before is not None and "after" in given:
        notes.append(f"published until {before}, as the question says")
    return replace(plan, **changed, notes=tuple(notes))  # type: ignore[arg-type]


def _date(name: str, value: object) -> dt.date | None:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    if value == "":
        return None
    try:
        return dt.date.fromisoformat(str(value).strip())
    except ValueError as e:
        raise UsageError(f"{name} is {value!r}; it takes a day written as YYYY-MM-DD, such as 2024-11-19") from e


def _names(what: str, value: object, known: Sequence[str]) -> tuple[str, ...]:
    """Names as the archive writes them; one it does not know stays as given, so that the search says so."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, Sequence | set | frozenset) or not all(isinstance(v, str) for v in values):
        raise UsageError(f"{what} is {value!r}; it takes one name or a list of names")
    out: list[str] = []
    for name in values:
        out.extend(outlets.canonical(name, known) or ((name.strip(),) if name.strip() else ()))
    return tuple(dict.fromkeys(out))
