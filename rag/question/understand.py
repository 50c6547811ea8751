"""A question becomes a plan: what days, which outlets, what kind of answer. No model; a few milliseconds.

    understand("What did Reuters report last week?", today=dt.date(2024, 11, 20), sources=["Reuters"])
    -> Plan(after=2024-11-11, before=2024-11-17, sources=("Reuters",), kind="said",
            notes=('published 2024-11-11 to 2024-11-17: "last week"', 'from Reuters: "Reuters report"'))

Careful by design: what is unsure stays words of the question and becomes a note, never a filter. Only dates of
publication filter. When several articles are named, each with its own date or outlet, no date filters the whole: each
is a part with a filter of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import cast

from rag.question import corpus, dates, outlets, parts, speaker
from rag.question.kinds import kind_of
from rag.question.mentions import Mention
from rag.question.override import date_of, given_of, overridden
from rag.question.scope import limit_to_named, scope
from rag.question.subject import subject_of
from rag.question.topic import everything, without
from rag.text import one_line
from rag.types import Kind, Plan

NEWS = ("fact", "said", "list", "latest")  # kinds that ask for the newest articles where no topic is named


def understand(
    question: str,
    *,
    today: dt.date,
    sources: Sequence[str] = (),
    authors: Sequence[str] = (),
    overrides: Mapping[str, object] | None = None,
) -> Plan:
    """The plan of a question that stands alone; `sources` and `authors` are those of the archive.

    `overrides` (after, before, as_of, sources, authors, kind, groups, standalone) win; None counts as not given, and an
    empty string or list takes a filter away. Dates are `datetime.date` or ISO strings.
    Raises UsageError for an override that cannot be meant.
    """
    given = given_of(overrides)
    standalone = str(given.get("standalone") or one_line(question))
    as_of = date_of("as_of", given["as_of"]) if given.get("as_of") else None
    read = standalone[: dates.READ]
    asked = corpus.read(read, told=True)
    plain = asked.without_groups if asked else read
    mentions, by = outlets.named(plain, sources), outlets.writers(plain, authors)
    absent = outlets.absent(plain, sources) if sources and not mentions else []
    mentions = mentions or [m for m in absent if not outlets.passed_on(m)]
    if asked and not mentions and not by:
        asked = corpus.read(read)
    days = scope(
        asked.without_groups if asked else read, as_of or today, mentions, takes_as_of="as_of" not in given,
        counted=asked is not None,
    )  # fmt: skip
    kind = cast(Kind, given.get("kind") or ("count" if asked else kind_of(read)))
    if kind == "count":
        asked = asked or corpus.whole(standalone)
    said = None if mentions else speaker.asked(read)
    if said is not None and kind == "fact" and "kind" not in given:
        kind = "said"
    filtering = [*days.filtering, *(m.words for m in (*mentions, *by))]
    if kind in NEWS and everything(read, [*filtering, *(d.words for d in days.dates)]):
        filtering += limit_to_named(days)
    newest = (
        kind in NEWS and len(mentions) < 2 and everything(read, filtering) and (kind == "latest" or bool(filtering))
    )
    if newest and "kind" not in given:
        kind = "latest"
    if kind == "count" and asked is not None:
        split = tuple(understand(p, today=as_of or today, sources=sources, authors=authors) for p in asked.parts)
    else:
        split = parts.split(read, kind, mentions, by, days)
    notes = [*(asked.notes if asked and kind == "count" else ()), *days.notes]
    notes += [f'from {" or ".join(m.names)}: "{one_line(m.words)}"' for m in mentions]
    notes += [f'nothing is from {m.names[0]} itself: "{one_line(m.words)}"' for m in absent if m not in mentions]
    notes += [f'by {" or ".join(m.names)}: "{one_line(m.words)}"' for m in by]
    notes += [parts.note(p) for p in split]
    counts = asked if kind == "count" else None
    plan = Plan(
        question=question,
        standalone=standalone,
        after=days.after,
        before=days.before,
        as_of=days.as_of,
        sources=_distinct(mentions),
        authors=_distinct(by),
        kind=kind,
        parts=split,
        notes=tuple(notes),
        topic=counts.topic(filtering) if counts else _about(kind, standalone, filtering),
        groups=counts.groups if counts else (),
        near=days.near,
        dates=days.dates,
        speaker=said.speaker if said is not None and kind == "said" else None,
        about=_left(said.about, filtering) if said is not None and kind == "said" else "",
        everything=newest and kind == "latest",
    )
    return overridden(plan, given, sources, authors)


def _about(kind: Kind, question: str, filtering: Sequence[str]) -> str:
    """What is searched: without the words that became filters, and without those that only name the kind."""
    topic = without(question, filtering)
    subject = subject_of(topic or question, kind)
    return topic if subject == question else subject


def _left(about: str, filtering: Sequence[str]) -> str:
    """The topic of what was said, without the words that became filters: "rice last week" -> "rice"."""
    for words in filtering:
        about = about.replace(words, " ")
    return " ".join(about.split()).strip(" ,")


def _distinct(mentions: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for m in mentions for name in m.names))
