"""What is said when the articles do not answer: why, and what came nearest."""

from __future__ import annotations

import datetime as dt

from rag.text import spelled
from rag.types import Answer, Coverage, Evidence, Plan

TEXT = "The articles do not say."


def abstained(
    plan: Plan, evidence: Evidence, coverage: Coverage, reason: str = "", newest: dt.date | None = None
) -> Answer:
    """`reason` where it is known; else what the search and its filters tell. `newest` is the archive's last day."""
    return Answer(plan.question, TEXT, abstained=True, reason=reason or _reason(plan, evidence, coverage, newest))


def _reason(plan: Plan, evidence: Evidence, coverage: Coverage, newest: dt.date | None) -> str:
    if plan.kind == "said" and plan.speaker is not None and evidence.hits:
        about = f" on “{plan.about}”" if plan.about else ""
        return f"No words of {plan.speaker}{about} were found; the nearest passage is in “{evidence[1].title}”."
    if evidence.hits:
        return (
            f"The nearest passages do not answer it (probability {evidence.enough:.2f}); the nearest is in "
            f"“{evidence[1].title}”."
        )
    ends = (("since", plan.after), ("until", plan.before), ("as of", plan.as_of))
    days = " ".join(f"{word} {spelled(day)}" for word, day in ends if day is not None)
    reason = f"No passage was found in the {coverage.articles} articles{' ' + days if days else ''}."
    if newest is not None and not coverage.articles:
        reason += f" The archive's newest article is of {spelled(newest)}."
    if coverage.undated:
        reason += f" {coverage.undated} articles without a date were left out."
    return reason
