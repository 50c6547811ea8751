"""What can be done with an answer: buttons below it, whose clicks window.js hands on, and what to ask next.

A button's id says what it does and to which exchange: "dl-copy-3", "dl-up-3", "dl-next-3-1".
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.store.conversations import Verdict
from window.markup import text_html


def acts_html(number: int, *, answered: bool, last: bool, verdict: Verdict | None = None) -> str:
    """The row of buttons below the exchange of this number."""
    buttons = []
    if answered:
        buttons.append(_act("copy", number, "Copy", "Copy the answer with its footnotes"))
    if last:
        buttons.append(_act("retry", number, "Ask again", "Ask this question again"))
    buttons.append(_act("edit", number, "Edit", "Edit the question; what follows it is replaced"))
    if answered:
        buttons.append(_act("up", number, "Good", "A good answer", on=verdict == "up"))
        buttons.append(_act("down", number, "Bad", "A bad answer", on=verdict == "down"))
    return f'<div class="dl-acts">{"".join(buttons)}</div>'


def _act(act: str, number: int, label: str, title: str, on: bool = False) -> str:
    chosen = ' <span class="dl-sr">(your verdict)</span>' if on else ""
    return (
        f'<button class="dl-act dl-{act}{" dl-on" if on else ""}" type="button" id="dl-{act}-{number}"'
        f' title="{title}">{label}{chosen}</button>'
    )


def next_html(number: int, questions: Sequence[str]) -> str:
    """What may follow the exchange of this number. It stands apart, so that the answer is not drawn again for it."""
    if not questions:
        return ""
    buttons = "".join(
        f'<button class="dl-act dl-next" type="button" id="dl-next-{number}-{n}">{text_html(question)}</button>'
        for n, question in enumerate(questions)
    )
    return f'<div class="dl-after"><span class="dl-step">Ask next</span>{buttons}</div>'
