"""The ways in which a plan is searched, one after another, until one finds evidence that answers.

    "the latest on the floods"     the last 30 days; the last 12 months; everything; newest first each time
    "floods in October 2023"       October 2023; then without the dates, and the answer says so
    "who resigned this week?"      this week and a little before, this week preferred; then without the dates
    everything else                as the plan says

Only filters that were read out of the question give way: what the caller set holds, and days that are all it names.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from rag.search.planned import TOPICAL
from rag.text import spelled
from rag.types import Plan

EARLIER = dt.timedelta(days=7)  # what happened in a period is looked for so long before it too, at most
LATEST = ((30, "the last 30 days"), (365, "the last 12 months"))  # days back from now or from the plan's as_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """A plan whose dates are those of this attempt; `notice` is what the user is told where it is the one that answers."""

    plan: Plan
    notice: str = ""
    newest_first: bool = False


def attempts(plan: Plan, today: dt.date, fixed: Collection[str] = ()) -> tuple[Attempt, ...]:
    """At least one, the strictest first; `fixed` names the parts of the plan that the caller set."""
    if plan.kind == "latest" and plan.after is None and plan.before is None:
        return _latest(plan, plan.as_of or today)
    first = Attempt(plan, newest_first=plan.kind == "latest")
    if not _dated(plan) or plan.everything or {"after", "before"} & set(fixed):
        return (first,)
    return (replace(first, plan=_earlier(plan)), replace(first, plan=_undated(plan), notice=_relaxed(plan)))


def _latest(plan: Plan, now: dt.date) -> tuple[Attempt, ...]:
    steps = [
        Attempt(replace(plan, after=now - dt.timedelta(days=days)), f"The latest of {words}.", newest_first=True)
        for days, words in LATEST
    ]
    older = f"Nothing of {LATEST[-1][1]} answers; the latest of everything."
    return (*steps, Attempt(plan, older, newest_first=True))


def _earlier(plan: Plan) -> Plan:
    """`plan` from a little earlier on where something happened in its days, which are preferred then: it was announced
    before, and what explains it was told before. Twice as long as the days are, EARLIER at most."""
    happened = [days for days in plan.near if days[0] == plan.after]
    if plan.kind in TOPICAL or not happened:
        return plan
    first, last = happened[0]
    return replace(plan, after=first - min(EARLIER, 2 * (last - first + dt.timedelta(days=1))))


def _dated(plan: Plan) -> bool:
    return any(p.after is not None or p.before is not None for p in (plan, *plan.parts))


def _undated(plan: Plan) -> Plan:
    """`plan` without days of publication; they are still preferred where both ends are known."""
    return replace(plan, after=None, before=None, parts=tuple(_undated(p) for p in plan.parts))


def _relaxed(plan: Plan) -> str:
    if plan.after is None and plan.before is None:
        return "Nothing published on the days that the question names answers; searched without them."
    if plan.after is not None and plan.before is not None:
        one = plan.after == plan.before
        days = f"on {spelled(plan.after)}" if one else f"from {spelled(plan.after)} to {spelled(plan.before)}"
    else:
        days = f"since {spelled(plan.after)}" if plan.after else f"until {spelled(plan.before)}"
    return f"Nothing published {days} answers; searched without these dates."
