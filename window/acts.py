"""What can be done with an answer: buttons below it, whose clicks window.js hands on, and what to ask next.

A button's id says what it does and to which exchange: "dl-copy-3", "dl-up-3", "dl-next-3-1".
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.store.conversations import Verdict
from window.markup import text_html
from window.words import ENGLISH, Words


def acts_html(
    number: int, *, answered: bool, last: bool, verdict: Verdict | None = None, words: Words = ENGLISH
) -> str:
    """The row of buttons below the exchange of this number."""
    buttons = []
    if answered:
        buttons.append(_act("copy", number, words.copy, words.copy_title))
    if last:
        buttons.append(_act("retry", number, words.ask_again, words.ask_again_title))
    buttons.append(_act("edit", number, words.edit, words.edit_title))
    if answered:
        buttons.append(_act("up", number, words.good, words.good_title, words.your_verdict if verdict == "up" else ""))
        buttons.append(
            _act("down", number, words.bad, words.bad_title, words.your_verdict if verdict == "down" else "")
        )
    return f'<div class="dl-acts">{"".join(buttons)}</div>'


def _act(act: str, number: int, label: str, title: str, on: str = "") -> str:
    chosen = f' <span class="dl-sr">{on}</span>' if on else ""
    return (
        f'<button class="dl-act dl-{act}{" dl-on" if on else ""}" type="button" id="dl-{act}-{number}"'
        f' title="{title}">{label}{chosen}</button>'
    )


def next_html(number: int, questions: Sequence[str], words: Words = ENGLISH) -> str:
    """What may follow the exchange of this number. It stands apart, so that the answer is not drawn again for it."""
    if not questions:
        return ""
    buttons = "".join(
        f'<button class="dl-act dl-next" type="button" id="dl-next-{number}-{n}">{text_html(question)}</button>'
        for n, question in enumerate(questions)
    )
    return f'<div class="dl-after"><span class="dl-step">{words.ask_next}</span>{buttons}</div>'
