"""Kept conversations in the window: opened again as they were, with what became of their articles since."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from rag.store.conversations import Kept, KeptExchange
from rag.types import Answer
from window.answers import answer_html
from window.markup import text_html
from window.talk import KEPT, Exchange, Talk
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from rag.archive import Archive


def reopened(archive: Archive, id: str, owner: str, words: Words = ENGLISH) -> Talk | None:
    """The conversation of this id with its last KEPT exchanges; None where this owner has none of it."""
    found = archive.conversations.open(id, owner=owner)
    if found is None:
        return None
    exchanges = list(enumerate(archive.conversations.exchanges(id), start=1))[-KEPT:]
    return Talk([_again(archive, n, one, words) for n, one in exchanges], owner, found.id, found.title)


def _again(archive: Archive, number: int, one: KeptExchange, words: Words) -> Exchange:
    return Exchange(
        number, one.question, answer_html(one.answer, number, words), one.answer, done=True, kept=one.id,
        verdict=one.verdict, why=one.why, since=since_html(archive, one.answer, words),
    )  # fmt: skip


def since_html(archive: Archive, answer: Answer, words: Words = ENGLISH) -> str:
    """A line for each cited article that is not as it was when the answer was given."""
    became = {c.article.id: (c.article, archive.changed(c)) for c in answer.citations}
    said = {"changed": words.since_changed, "removed": words.since_removed}
    return "".join(
        f'<p class="dl-notice dl-since">{text_html(said[change].format(title=article.title))}</p>'
        for article, change in became.values()
        if change in said
    )


def here_html(talk: Talk | None, words: Words = ENGLISH) -> str:
    """The line above the conversation: its title, a link that opens it again; window.js has the address follow it."""
    if talk is None or talk.id is None:
        name = f'<span class="dl-untitled">{words.new_conversation}</span>'
    else:
        name = f'<a class="dl-permalink" href="?conversation={talk.id}">{text_html(talk.title)}</a>'
    return f'<div class="dl-here"><button class="dl-drawer" type="button">{words.conversations}</button>{name}</div>'


def label(kept: Kept, words: Words = ENGLISH) -> str:
    """Its line in the list; the title is the first line of two."""
    when = words.day(dt.datetime.fromisoformat(kept.updated).date())
    return f"{kept.title}\n{words.several(kept.questions, words.questions_counted)} · {when}"
