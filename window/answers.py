"""How a question and its answer look in the chat: values in, one line of HTML out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import shorten

from rag.answer.tables import cell
from rag.drawn import line_of_days, shares
from rag.notebook import disagreeing, further_tables, numbers
from rag.types import Answer, Backing, Citation, Hit, Plan, Sentence, Table
from window.chips import plan_html
from window.evidence import card_id, row_id
from window.markup import attribute, marked_html, prose_html, text_html
from window.words import ENGLISH, Words

HOVER = 400  # characters of the quoted words that a mark shows
OPEN = 40  # rows of a table that stands open
_BULLET = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_HEADING = re.compile(r"^#{1,6}\s+")


def question_html(question: str) -> str:
    return f'<div class="dl-question">{text_html(question)}</div>'


def waiting_html(
    plan: Plan | None, hits: tuple[Hit, ...] | None, text: str, notices: tuple[str, ...] = (), words: Words = ENGLISH
) -> str:
    """The answer while it is made: what was understood, how far it is, and the words so far, unverified."""
    if text:
        body = f'<div class="dl-text">{prose_html(text)}<span class="dl-caret"></span></div>'
    elif plan is not None and plan.kind == "count":
        body = _step(words.counting)
    elif hits is not None:
        articles = words.several(len({h.passage.article_id for h in hits}), words.articles)
        passages = words.several(len(hits), words.passages_counted)
        body = _step(words.reading_passages.format(passages=passages, articles=articles))
    else:
        body = _step(words.searching)
    return f'<div class="dl-answer dl-waiting">{plan_html(plan, words=words)}{_notices(notices)}{body}</div>'


def in_line_html(before: int, words: Words = ENGLISH) -> str:
    """A question that waits for its turn, and how many have theirs before it."""
    return f'<div class="dl-answer dl-waiting dl-in-line">{_step(words.several(before, words.in_line))}</div>'


def answer_html(answer: Answer, turn: int, words: Words = ENGLISH) -> str:
    """The verified answer; every mark [n] links to its card in the panel."""
    if answer.abstained:
        return _abstained(answer, turn, words)
    state = "" if answer.complete else f'<p class="dl-label dl-incomplete">{words.incomplete}</p>'
    return (
        f'<div class="dl-answer dl-final">{plan_html(answer.plan, turn, words)}{_notices(answer.notices)}'
        f"{_text(answer, turn, words)}{''.join(table_html(t, answer, turn, words) for t in answer.tables)}"
        f'{_disagreeing(answer)}{state}<p class="dl-made">{_made(answer, words)}</p></div>'
    )


def table_html(table: Table, answer: Answer, turn: int, words: Words = ENGLISH) -> str:
    """A table with bars where it asks for them; a row that names an article leads to its card, as a mark does."""
    cited, told = numbers(answer), _retold(table, answer)
    head = "".join(f"<th>{text_html(name)}</th>" for name in table.columns)
    rows = []
    cards = [_card(table, n, cited, turn) for n in range(len(table.rows))]
    for n, (row, share) in enumerate(zip(table.rows, shares(table), strict=True)):
        cells = [text_html(str(value)) for value in row]
        if (sentence := told.get(str(row[-1]))) is not None:
            cells[-1] = _sentence(replace(sentence, lead=""), _first(answer), turn, words)
        elif (card := cards[n]) is not None:
            cells[-1] = f'<a class="dl-mark dl-row" href="#{card}">{cells[-1]}</a>'
        bar = f'<td class="dl-chart">{_bar(share)}</td>' if share is not None else ""
        rows.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}{bar}</tr>")
    shown = f'<table class="dl-table"><tr>{head}</tr>{"".join(rows)}</table>'
    label = f"{text_html(table.title)} ({words.number(len(rows))})" if table.articles else text_html(table.title)
    return (
        f'<details class="dl-counts"{" open" if len(rows) <= OPEN else ""}><summary>{label}</summary>'
        f"{_line(table, cards, words)}{shown}{_save(words)}</details>"
    )


def _save(words: Words) -> str:
    """Links that save the table: window.js reads the rows out of the page, nothing of them is kept on the server."""
    return (
        f'<p class="dl-save"><a class="dl-save-as" href="#dl-save-csv">{words.save_csv}</a> '
        f'<a class="dl-save-as" href="#dl-save-png">{words.save_png}</a></p>'
    )


def _card(table: Table, row: int, cited: Mapping[str, int], turn: int) -> str | None:
    """The card that a row leads to: that of its citation, or its own."""
    id = table.opens(row)
    return None if id is None else card_id(turn, cited[id]) if id in cited else row_id(turn, row)


def _line(table: Table, cards: Sequence[str | None], words: Words) -> str:
    """The days of a timeline as dots on a line, each leading to its row's card."""
    drawn = line_of_days(table)
    if drawn is None:
        return ""
    places, first, last = drawn
    dots = []
    for n, (row, place) in enumerate(zip(table.rows, places, strict=True)):
        if place is not None:
            said = attribute(" · ".join(map(str, row)))
            at = f'class="dl-mark dl-dot" style="left:{100 * place:.2f}%" title="{said}"'
            name = f'<span class="dl-sr">{said}</span>'
            dots.append(f'<a {at} href="#{cards[n]}">{name}</a>' if cards[n] else f"<span {at}>{name}</span>")
    return (
        f'<div class="dl-days"><div class="dl-days-line">{"".join(dots)}</div>'
        f'<p class="dl-days-ends"><span>{text_html(words.day(first))}</span><span>{text_html(words.day(last))}</span></p></div>'
    )


def _retold(table: Table, answer: Answer) -> dict[str, Sentence]:
    """The answer's sentences that are rows of this table, by how it has them."""
    if not table.retells:
        return {}
    told = {row[-1] for row in table.rows}
    return {cell(s): s for s in answer.sentences if s.support == "supported" and cell(s) in told}


def _first(answer: Answer) -> dict[int, Citation]:
    return {c.number: c for c in reversed(answer.citations)}


def _bar(share: float) -> str:
    return f'<span class="dl-column" style="width:{100 * share:.1f}%"></span>'


def failed_html(message: str, words: Words = ENGLISH) -> str:
    return (
        f'<div class="dl-answer dl-final dl-failed"><p class="dl-label">{words.not_answered}</p>'
        f"<p>{text_html(message)}</p></div>"
    )


def _abstained(answer: Answer, turn: int, words: Words) -> str:
    why = f"<p>{text_html(answer.reason)}</p>" if answer.reason else ""
    searched = f'<p class="dl-made">{_searched(answer, words)}</p>' if answer.coverage else ""
    return (
        f'<div class="dl-answer dl-final dl-abstained">{plan_html(answer.plan, turn, words)}{_notices(answer.notices)}'
        f'<p class="dl-label">{words.no_answer}</p><div class="dl-text"><p>{text_html(answer.text)}</p></div>{why}{searched}</div>'
    )


def _text(answer: Answer, turn: int, words: Words) -> str:
    """The sentences that no table retells."""
    told = [s for table in answer.tables for s in _retold(table, answer).values()]
    some = [s for s in answer.sentences if s not in told] if told else None
    body = _body(answer, turn, words, some)
    return f'<div class="dl-text">{body}</div>' if body else ""


def _body(answer: Answer, turn: int, words: Words, some: Sequence[Sentence] | None = None) -> str:
    """The sentences, or `some` of them, at their places in the text: its line ends make paragraphs and list items."""
    # where articles are listed, each row leads to its card, and marks would say it again
    cited = {} if further_tables(answer) else _first(answer)
    blocks: list[tuple[str, list[str]]] = []
    at = 0
    every = answer.sentences or (Sentence(answer.text, support="supported"),)
    for sentence in every if some is None else some:
        found = answer.text.find(sentence.text, at)
        gap = answer.text[at:found] if found >= at else " "
        at = found + len(sentence.text) if found >= at else at
        bullet = _BULLET.match(sentence.text)
        if not blocks or bullet or "\n" in gap:
            blocks.append(("li" if bullet else "p", []))
        blocks[-1][1].append(_sentence(sentence, cited, turn, words))
    return _lists("".join(f"<{tag}>{' '.join(parts)}</{tag}>" for tag, parts in blocks))


def _disagreeing(answer: Answer) -> str:
    """What passages tell differently, side by side."""
    return "".join(
        f'<div class="dl-differ" role="note"><p>{text_html(head)}</p>'
        f"<ul>{''.join(f'<li>{text_html(side)}</li>' for side in sides)}</ul></div>"
        for head, sides in disagreeing(answer)
    )


def _lists(blocks: str) -> str:
    return re.sub(r"((?:<li>(?:(?!</li>).)*</li>)+)", r"<ul>\1</ul>", blocks)


def _sentence(sentence: Sentence, cited: dict[int, Citation], turn: int, words: Words) -> str:
    text, span = sentence.text, sentence.marked
    lead = _BULLET.match(text) or _HEADING.match(text)
    if lead:
        text = text[lead.end() :]
        span = None
    shown = marked_html(text, [span], "b") if span else prose_html(text)
    shown = f'<span class="dl-lead">{text_html(sentence.lead)}</span>{shown}' if sentence.lead else shown
    if sentence.speaker is not None and sentence.speaker not in sentence.lead:
        shown += f' <span class="dl-speaker">({text_html(sentence.speaker)})</span>'
    marks = "".join(_mark(n, cited[n], turn, words) for n in sentence.citations if n in cited)
    label = {"partly": words.partly, "unsupported": words.unsupported}.get(sentence.support)
    if not label:
        return f"{shown}{marks}"
    return (
        f'<span class="dl-doubt dl-{sentence.support}">{shown}</span>{marks} '
        f'<span class="dl-label dl-{sentence.support}">{label}</span>'
    )


def _mark(number: int, citation: Citation, turn: int, words: Words) -> str:
    article = citation.article
    where = ", ".join(p for p in (article.source, words.day(article.date), article.title) if p)
    quoted = shorten(citation.quote, HOVER, placeholder=" …")
    return (
        f'<a class="dl-mark" href="#{card_id(turn, number)}" title="{attribute(f"{where}: “{quoted}”")}">'
        f'<span class="dl-sr">{words.evidence_number} </span>[{number}]</a>'
    )


def _made(answer: Answer, words: Words) -> str:
    makers = {"embedded": words.in_own_words, "catalog": words.counted_in_catalog}
    maker = makers.get(answer.model) or words.written_by.format(model=answer.model)
    took = words.took.format(seconds=words.seconds(sum(answer.timings.values()))) if answer.timings else ""
    backing = text_html(_rests(answer.backing, words)) if answer.backing else ""
    return " · ".join(p for p in (text_html(maker), backing, _searched(answer, words), took) if p)


def _rests(backing: Backing, words: Words) -> str:
    """ "Rests on 4 articles, 2 independent"."""
    if not backing.articles:
        return words.rests_on_none
    said = words.rests_independent if backing.articles > 1 else words.rests_on
    articles = words.several(backing.articles, words.articles)
    return said.format(articles=articles, n=words.number(backing.independent))


def _searched(answer: Answer, words: Words) -> str:
    coverage = answer.coverage
    if coverage is None:
        return ""
    said = words.searched_of if coverage.independent else words.searched
    told = [
        said.format(
            articles=words.several(coverage.articles, words.articles),
            outlets=words.several(coverage.independent, words.outlets_counted),
        ),
        words.days(coverage.first, coverage.last),
        words.newest.format(title=coverage.newest) if coverage.newest else "",
        words.undated_left_out.format(n=words.number(coverage.undated)) if coverage.undated else "",
    ]
    return text_html(", ".join(part for part in told if part))


def _notices(notices: tuple[str, ...]) -> str:
    return "".join(f'<p class="dl-notice" role="note">{text_html(n)}</p>' for n in notices)


def _step(text: str) -> str:
    return f'<p class="dl-step"><span class="dl-dots"></span>{text_html(text)}</p>'
