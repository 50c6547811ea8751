"""What the user sets of a plan wins over what the question was understood to ask, and is noted "set by you"."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args

from rag.errors import UsageError
from rag.question.mentions import canonical
from rag.question.parts import distinct, note
from rag.types import Group, Kind, Plan

OVERRIDES = ("after", "before", "as_of", "sources", "authors", "kind", "groups", "standalone")


def given_of(overrides: Mapping[str, object] | None) -> dict[str, object]:
    given = {k: v for k, v in (overrides or {}).items() if v is not None}
    for name in given:
        if name not in OVERRIDES:
            raise UsageError(f"a plan has no part {name!r} to set; there are: {', '.join(OVERRIDES)}")
    kind = given.get("kind")
    if kind is not None and kind not in get_args(Kind):
        raise UsageError(f"kind is {kind!r}; it takes one of: {', '.join(get_args(Kind))}")
    return given


def overridden(plan: Plan, given: Mapping[str, object], sources: Sequence[str], authors: Sequence[str]) -> Plan:
    """`plan` with what the user set, each noted "set by you"; the notes it replaces go."""
    after, before, as_of = plan.after, plan.before, plan.as_of
    notes = list(plan.notes)
    if "after" in given or "before" in given:
        notes = [n for n in notes if not n.startswith(("published", "no filter"))]
    if "after" in given:
        after = date_of("after", given["after"])
    if "before" in given:
        before = date_of("before", given["before"])
    if "as_of" in given:
        as_of = date_of("as_of", given["as_of"])
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
    if "groups" in given:
        changed["groups"] = _groups(given["groups"])
        notes = [n for n in notes if not n.startswith("counted by ")]
    for name in OVERRIDES:
        if name in given:
            value = changed.get(name, given[name])
            shown = ", ".join(value) if isinstance(value, tuple) else str(value) if value is not None else ""
            notes.append(f"{name.replace('_', ' ')} {shown or 'none'}: set by you")
    if after is not None and plan.after is None and before == plan.before and before is not None and "after" in given:
        notes.append(f"published until {before}, as the question says")
    parts = _parts(plan, {k: v for k, v in changed.items() if k in given})
    notes = [n for n in notes if not n.startswith("part: ")] + [note(part) for part in parts]
    return replace(plan, **changed, parts=parts, notes=tuple(notes))  # type: ignore[arg-type]


def _parts(plan: Plan, changed: Mapping[str, object]) -> tuple[Plan, ...]:
    """The plan's parts with what the user set for all of them; parts that no longer differ are one."""
    if not changed:
        return plan.parts
    out = []
    for part in plan.parts:
        made = replace(part, **changed)  # type: ignore[arg-type]
        if made.after is not None and made.before is not None and made.after > made.before:
            made = replace(made, before=None) if "after" in changed else replace(made, after=None)
        out.append(made)
    return distinct(out)


def date_of(name: str, value: object) -> dt.date | None:
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
        out.extend(canonical(name, known) or ((name.strip(),) if name.strip() else ()))
    return tuple(dict.fromkeys(out))


def _groups(value: object) -> tuple[Group, ...]:
    groups = (value,) if isinstance(value, str) else value
    if not isinstance(groups, Sequence) or not all(g in get_args(Group) for g in groups if g != ""):
        raise UsageError(f"groups is {value!r}; it takes any of: {', '.join(get_args(Group))}")
    return tuple(dict.fromkeys(g for g in groups if g != ""))
