"""What a question was understood to ask, as chips: each says one thing, and can be taken away or changed.

    chips(plan)  ->  (Chip("since 2024-11-01", {"after": ""}), Chip("from Danube Wire", {"sources": ""}))

Taking one away asks again with `instead`, as `Archive.ask` takes it; changing puts the plan into the fields below the
question (`fields_of`), where it can be altered before it is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.types import Kind, Plan
from window.markup import attribute, text_html

KINDS: Mapping[Kind, str] = {
    "fact": "a fact", "list": "a list", "yes-no": "yes or no", "comparison": "side by side", "said": "who said what",
    "timeline": "a timeline", "latest": "the latest", "count": "how many articles", "definition": "what it is",
    "summary": "a summary",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing understood; `instead` is what asks without it, empty where it cannot be taken away."""

    words: str
    instead: Mapping[str, Any] = field(default_factory=dict)


def chips(plan: Plan) -> tuple[Chip, ...]:
    found = []
    if plan.standalone != plan.question:
        found.append(Chip(f"searched: “{plan.standalone}”", {"standalone": plan.question}))
    if plan.after and plan.after == plan.before:
        found.append(Chip(f"on {plan.after}", {"after": "", "before": ""}))
    else:
        ends = (("since", plan.after, "after"), ("until", plan.before, "before"))
        found += [Chip(f"{word} {day}", {name: ""}) for word, day, name in ends if day]
    if plan.as_of:
        found.append(Chip(f"as of {plan.as_of}", {"as_of": ""}))
    if plan.sources:
        found.append(Chip(f"from {' or '.join(plan.sources)}", {"sources": ""}))
    if plan.authors:
        found.append(Chip(f"by {' or '.join(plan.authors)}", {"authors": ""}))
    if plan.kind not in ("fact", "count"):
        found.append(Chip(KINDS[plan.kind], {"kind": "fact"}))
    found += [Chip(note) for note in plan.notes if note.startswith("part: ")]
    if plan.kind == "count" and plan.topic:
        found.append(Chip(f"all articles that hold: {plan.topic}"))
    if plan.groups:
        found.append(Chip(f"counted by {', '.join('outlet' if g == 'source' else g for g in plan.groups)}"))
    return tuple(found)


def plan_html(plan: Plan | None, turn: int | None = None) -> str:
    """The chips in a row, with buttons where `turn` says whose they are; "" where nothing was read into the question."""
    found = chips(plan) if plan is not None else ()
    if plan is None or not found:
        return ""
    notes = f' title="{attribute("; ".join(plan.notes))}"' if plan.notes else ""
    shown = [f'<li class="dl-chip">{text_html(c.words)}{_less(c, n, turn)}</li>' for n, c in enumerate(found)]
    change = f"<li>{_button('refine', f'{turn}', 'Change', 'Change what the question means')}</li>" if turn else ""
    return f'<ul class="dl-plan"{notes}>{" ".join(shown)}{change}</ul>'


def _less(chip: Chip, number: int, turn: int | None) -> str:
    if turn is None or not chip.instead:
        return ""
    label = f'×<span class="dl-sr"> ask without “{text_html(chip.words)}”</span>'
    return _button("less", f"{turn}-{number}", label, f"Ask again without “{chip.words}”")


def _button(act: str, of: str, label: str, title: str) -> str:
    return (
        f'<button class="dl-act dl-{act}" type="button" id="dl-{act}-{of}" title="{attribute(title)}">{label}</button>'
    )


def without(plan: Plan, number: int) -> Mapping[str, Any] | None:
    """What asks again without the chip of this number, counted from 0; None where there is none to take away."""
    found = chips(plan)
    return found[number].instead if number < len(found) and found[number].instead else None


def fields_of(plan: Plan) -> tuple[Any, ...]:
    """The plan as the fields below the question have it: from, until, as of, outlets, authors, kind."""
    days = (str(day) if day else "" for day in (plan.after, plan.before, plan.as_of))
    return (*days, list(plan.sources), list(plan.authors), "" if plan.kind == "fact" else plan.kind)
