"""The panel beside the chat: the numbered passages an answer rests on, with the cited words marked.

A card's id is "t2-e3": turn 2, evidence 3. A mark [3] in the answer of turn 2 links to it, and window.js goes there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from rag.types import Answer, Article, Hit
from window.markup import Span, anchor, attribute, host, is_web, marked_html, text_html
from window.table import opening
from window.words import ENGLISH, Words

ArticleOf = Callable[[str], Article | None]

BEGINNING = 400  # characters of a listed article that are shown
NEAREST = 3  # passages shown at once beside an answer that abstains


def card_id(turn: int, number: int) -> str:
    return f"t{turn}-e{number}"


def row_id(turn: int, row: int) -> str:
    """The card of the article that a row of a list names, where nothing of it is cited: "t2-r17"."""
    return f"t{turn}-r{row}"


def empty_html(words: Words = ENGLISH) -> str:
    return f'<div class="dl-panel dl-empty"><h2>{words.evidence}</h2><p>{words.evidence_empty}</p></div>'


def panel_html(answers: Sequence[tuple[int, Answer]], article: ArticleOf, words: Words = ENGLISH) -> str:
    """The evidence of these turns, the last one shown; a click on an older answer's mark shows its own."""
    if not answers:
        return empty_html(words)
    last = answers[-1][0]
    return "".join(turn_html(answer, turn, article, words, shown=turn == last) for turn, answer in answers)


def turn_html(answer: Answer, turn: int, article: ArticleOf, words: Words = ENGLISH, *, shown: bool = True) -> str:
    hits = answer.evidence.hits if answer.evidence else ()
    cited = {c.number for c in answer.citations}
    first = [n for n in range(1, len(hits) + 1) if (n <= NEAREST if answer.abstained else n in cited)]
    rest = [n for n in range(1, len(hits) + 1) if n not in first]
    cards = "".join(card_html(answer, n, hits[n - 1], turn, article, words) for n in first)
    more = "".join(card_html(answer, n, hits[n - 1], turn, article, words) for n in rest)
    if more:
        label = words.several(len(rest), words.further_passages if answer.abstained else words.not_cited)
        more = f'<details class="dl-more"><summary>{label}</summary>{more}</details>'
    listed = _listed(answer, turn, article, words)
    return (
        f'<section class="dl-panel{"" if shown else " dl-hidden"}" id="t{turn}-panel">'
        f"<h2>{_heading(answer, len(first), words)}</h2>"
        f'<p class="dl-for">{_explained(answer, words)}</p>{cards}{more}{listed}</section>'
    )


def card_html(answer: Answer, number: int, hit: Hit, turn: int, article: ArticleOf, words: Words = ENGLISH) -> str:
    """One numbered passage: outlet, date, title, its words, and where it stands."""
    passage = hit.passage
    spans = [
        (c.start - passage.start, c.end - passage.start)
        for c in answer.citations
        if c.number == number and c.passage.id == passage.id
    ]
    source = f'<span class="dl-source">{text_html(passage.source or words.unknown_outlet)}</span>'
    place = text_html(words.day(passage.date))
    author = f" · {text_html(passage.author)}" if passage.author else ""
    held = article(passage.article_id)
    at = min(((c.start, c.end) for c in answer.citations if c.number == number), default=None)
    copies = f'<p class="dl-copies">{words.several(len(hit.duplicates), words.same_words)}</p>'
    return (
        f'<article class="dl-card{" dl-cited" if spans else ""}" id="{card_id(turn, number)}" tabindex="-1">'
        f'<header><span class="dl-number"><span class="dl-sr">{words.evidence} </span>{number}</span>'
        f'<span class="dl-where">{source} · <span class="dl-date">{place}</span>{author}</span></header>'
        f"<h3>{text_html(passage.title)}</h3>"
        f"<blockquote>{marked_html(passage.text, spans)}</blockquote>"
        f"{copies if hit.duplicates else ''}"
        f'<footer class="dl-origin">{origin_html(passage.url, held, words)}{_reading(held, words, at)}'
        f'<a class="dl-back" href="#dl-chat">{words.back_to_answer}</a></footer></article>'
    )


def _reading(article: Article | None, words: Words, at: Span | None = None) -> str:
    """A link that opens the article of the archive, at these words."""
    if article is None:
        return ""
    return f'<a class="dl-read" href="{attribute(opening(article.id, at))}">{words.read_whole}</a>'


def _listed(answer: Answer, turn: int, article: ArticleOf, words: Words) -> str:
    """Cards of the articles that are listed and not cited: how each begins, and where it stands."""
    cited = {c.article.id for c in answer.citations}
    cards = [
        _listed_card(row_id(turn, row), found, words)
        for table in answer.tables
        for row, id in enumerate(table.articles)
        if id is not None and id not in cited and (found := article(id)) is not None
    ]
    if not cards:
        return ""
    label = words.several(len(cards), words.further_of_list if cited else words.articles_of_list)
    return f'<details class="dl-more"><summary>{label}</summary>{"".join(cards)}</details>'


def _listed_card(id: str, article: Article, words: Words) -> str:
    source = f'<span class="dl-source">{text_html(article.source or words.unknown_outlet)}</span>'
    begins = article.text[:BEGINNING] + (" …" if len(article.text) > BEGINNING else "")
    return (
        f'<article class="dl-card" id="{id}" tabindex="-1">'
        f'<header><span class="dl-where">{source} · <span class="dl-date">{text_html(words.day(article.date))}</span></span>'
        f"</header><h3>{text_html(article.title)}</h3><blockquote>{text_html(begins)}</blockquote>"
        f'<footer class="dl-origin">{origin_html(article.url, article, words)}{_reading(article, words)}'
        f'<a class="dl-back" href="#dl-chat">{words.back_to_answer}</a></footer></article>'
    )


def origin_html(url: str | None, article: Article | None, words: Words = ENGLISH) -> str:
    """A link to the original where the article in the archive has a web address, else the name of its file."""
    if article is None:
        return words.left_archive
    if url is not None and url == article.url and is_web(url):
        return anchor(url, words.original_at.format(host=host(url)))
    name = next((file_name(o) for o in article.origins), "")
    return text_html(words.from_file.format(name=name)) if name else words.no_original


def file_name(origin: str) -> str:
    """The last part of a path or address; never the folders of this machine."""
    return PurePath(origin.replace("\\", "/")).name


def _heading(answer: Answer, shown: int, words: Words) -> str:
    if answer.abstained:
        return words.nearest_passages if answer.evidence and answer.evidence.hits else words.no_passages
    return words.evidence if shown else words.passages_found


def _explained(answer: Answer, words: Words) -> str:
    said = words.do_not_answer if answer.abstained else words.for_question
    return text_html(said.format(question=answer.question))
