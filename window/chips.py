"""What a question was understood to ask, as chips: each says one thing, and can be taken away or changed.

    chips(plan)  ->  (Chip("since 2024-11-01", {"after": ""}), Chip("from Danube Wire", {"sources": ""}))

Taking one away asks again with `instead`, as `Archive.ask` takes it; changing puts the plan into the fields below the
question (`fields_of`), where it can be altered before it is asked again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from rag.types import Kind, Plan
from window.markup import attribute, text_html
from window.words import ENGLISH, Words


@dataclass(frozen=True, slots=True)
class Chip:
    """One thing understood; `instead` is what asks without it, empty where it cannot be taken away."""

    words: str
    instead: Mapping[str, Any] = field(default_factory=dict)


def chips(plan: Plan, words: Words = ENGLISH) -> tuple[Chip, ...]:
    found, either = [], f" {words.either} "
    if plan.standalone != plan.question:
        found.append(Chip(words.chip_searched.format(question=plan.standalone), {"standalone": plan.question}))
    if plan.after and plan.after == plan.before:
        found.append(Chip(words.chip_on.format(day=plan.after), {"after": "", "before": ""}))
    else:
        ends = ((words.chip_since, plan.after, "after"), (words.chip_until, plan.before, "before"))
        found += [Chip(said.format(day=day), {name: ""}) for said, day, name in ends if day]
    if plan.as_of:
        found.append(Chip(words.chip_as_of.format(day=plan.as_of), {"as_of": ""}))
    if plan.sources:
        found.append(Chip(words.chip_from.format(names=either.join(plan.sources)), {"sources": ""}))
    if plan.authors:
        found.append(Chip(words.chip_by.format(names=either.join(plan.authors)), {"authors": ""}))
    if plan.kind not in ("fact", "count"):
        found.append(Chip(kinds(words)[plan.kind], {"kind": "fact"}))
    found += [Chip(note) for note in plan.notes if note.startswith("part: ")]
    if plan.kind == "count" and plan.topic:
        found.append(Chip(words.chip_hold.format(words=plan.topic)))
    if plan.groups:
        groups = ", ".join(getattr(words, f"group_{g}") for g in plan.groups)
        found.append(Chip(words.chip_counted.format(groups=groups)))
    return tuple(found)


def kinds(words: Words = ENGLISH) -> dict[Kind, str]:
    """What each kind of answer is called."""
    return {kind: getattr(words, f"kind_{kind.replace('-', '_')}") for kind in get_args(Kind)}


def plan_html(plan: Plan | None, turn: int | None = None, words: Words = ENGLISH) -> str:
    """The chips in a row, with buttons where `turn` says whose they are; "" where nothing was read into the question."""
    found = chips(plan, words) if plan is not None else ()
    if plan is None or not found:
        return ""
    notes = f' title="{attribute("; ".join(plan.notes))}"' if plan.notes else ""
    shown = [f'<li class="dl-chip">{text_html(c.words)}{_less(c, n, turn, words)}</li>' for n, c in enumerate(found)]
    change = f"<li>{_button('refine', f'{turn}', words.change, words.change_title)}</li>" if turn else ""
    return f'<ul class="dl-plan"{notes}>{" ".join(shown)}{change}</ul>'


def _less(chip: Chip, number: int, turn: int | None, words: Words) -> str:
    if turn is None or not chip.instead:
        return ""
    label = f'×<span class="dl-sr"> {text_html(words.ask_without.format(chip=chip.words))}</span>'
    return _button("less", f"{turn}-{number}", label, words.ask_without_title.format(chip=chip.words))


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
