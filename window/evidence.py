"""The panel beside the chat: the numbered passages an answer rests on, with the cited words marked.

A card's id is "t2-e3": turn 2, evidence 3. A mark [3] in the answer of turn 2 links to it, and window.js goes there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePath

from rag.types import Answer, Article, Hit
from window.markup import Span, anchor, attribute, day, host, is_web, marked_html, several, text_html
from window.table import opening

ArticleOf = Callable[[str], Article | None]

BEGINNING = 400  # characters of a listed article that are shown
NEAREST = 3  # passages shown at once beside an answer that abstains
EMPTY = (
    '<div class="dl-panel dl-empty"><h2>Evidence</h2><p>The passages that an answer rests on appear here, '
    "each with its outlet, its date and the words that were cited.</p></div>"
)


def card_id(turn: int, number: int) -> str:
    return f"t{turn}-e{number}"


def row_id(turn: int, row: int) -> str:
    """The card of the article that a row of a list names, where nothing of it is cited: "t2-r17"."""
    return f"t{turn}-r{row}"


def panel_html(answers: Sequence[tuple[int, Answer]], article: ArticleOf) -> str:
    """The evidence of these turns, the last one shown; a click on an older answer's mark shows its own."""
    if not answers:
        return EMPTY
    last = answers[-1][0]
    return "".join(turn_html(answer, turn, article, shown=turn == last) for turn, answer in answers)


def turn_html(answer: Answer, turn: int, article: ArticleOf, *, shown: bool = True) -> str:
    hits = answer.evidence.hits if answer.evidence else ()
    cited = {c.number for c in answer.citations}
    first = [n for n in range(1, len(hits) + 1) if (n <= NEAREST if answer.abstained else n in cited)]
    rest = [n for n in range(1, len(hits) + 1) if n not in first]
    cards = "".join(card_html(answer, n, hits[n - 1], turn, article) for n in first)
    more = "".join(card_html(answer, n, hits[n - 1], turn, article) for n in rest)
    if more:
        label = "further passages" if answer.abstained else "passages that were found and not cited"
        if len(rest) == 1:
            label = label.replace("passages that were", "passage that was").replace("passages", "passage")
        more = f'<details class="dl-more"><summary>{len(rest)} {label}</summary>{more}</details>'
    listed = _listed(answer, turn, article)
    return (
        f'<section class="dl-panel{"" if shown else " dl-hidden"}" id="t{turn}-panel">'
        f"<h2>{_heading(answer, len(first))}</h2>"
        f'<p class="dl-for">{_explained(answer)}</p>{cards}{more}{listed}</section>'
    )


def card_html(answer: Answer, number: int, hit: Hit, turn: int, article: ArticleOf) -> str:
    """One numbered passage: outlet, date, title, its words, and where it stands."""
    passage = hit.passage
    spans = [
        (c.start - passage.start, c.end - passage.start)
        for c in answer.citations
        if c.number == number and c.passage.id == passage.id
    ]
    source = f'<span class="dl-source">{text_html(passage.source or "Unknown outlet")}</span>'
    place = text_html(day(passage.date))
    author = f" · {text_html(passage.author)}" if passage.author else ""
    held = article(passage.article_id)
    at = min(((c.start, c.end) for c in answer.citations if c.number == number), default=None)
    copies = f'<p class="dl-copies">The same words are in {several(len(hit.duplicates), "other article")}.</p>'
    return (
        f'<article class="dl-card{" dl-cited" if spans else ""}" id="{card_id(turn, number)}" tabindex="-1">'
        f'<header><span class="dl-number"><span class="dl-sr">Evidence </span>{number}</span>'
        f'<span class="dl-where">{source} · <span class="dl-date">{place}</span>{author}</span></header>'
        f"<h3>{text_html(passage.title)}</h3>"
        f"<blockquote>{marked_html(passage.text, spans)}</blockquote>"
        f"{copies if hit.duplicates else ''}"
        f'<footer class="dl-origin">{origin_html(passage.url, held)}{_reading(held, at)}'
        '<a class="dl-back" href="#dl-chat">Back to the answer</a></footer></article>'
    )


def _reading(article: Article | None, at: Span | None = None) -> str:
    """A link that opens the article of the archive, at these words."""
    if article is None:
        return ""
    return f'<a class="dl-read" href="{attribute(opening(article.id, at))}">Read the whole article</a>'


def _listed(answer: Answer, turn: int, article: ArticleOf) -> str:
    """Cards of the articles that are listed and not cited: how each begins, and where it stands."""
    cited = {c.article.id for c in answer.citations}
    cards = [
        _listed_card(row_id(turn, row), found)
        for table in answer.tables
        for row, id in enumerate(table.articles)
        if id is not None and id not in cited and (found := article(id)) is not None
    ]
    if not cards:
        return ""
    label = several(len(cards), "further article" if cited else "article") + " of the list"
    return f'<details class="dl-more"><summary>{label}</summary>{"".join(cards)}</details>'


def _listed_card(id: str, article: Article) -> str:
    source = f'<span class="dl-source">{text_html(article.source or "Unknown outlet")}</span>'
    begins = article.text[:BEGINNING] + (" …" if len(article.text) > BEGINNING else "")
    return (
        f'<article class="dl-card" id="{id}" tabindex="-1">'
        f'<header><span class="dl-where">{source} · <span class="dl-date">{text_html(day(article.date))}</span></span>'
        f"</header><h3>{text_html(article.title)}</h3><blockquote>{text_html(begins)}</blockquote>"
        f'<footer class="dl-origin">{origin_html(article.url, article)}{_reading(article)}'
        '<a class="dl-back" href="#dl-chat">Back to the answer</a></footer></article>'
    )


def origin_html(url: str | None, article: Article | None) -> str:
    """A link to the original where the article in the archive has a web address, else the name of its file."""
    if article is None:
        return "This article has left the archive."
    if url is not None and url == article.url and is_web(url):
        return anchor(url, f"Read the original at {host(url)}")
    name = next((file_name(o) for o in article.origins), "")
    return f"From the file {text_html(name)}" if name else "No original is known."


def file_name(origin: str) -> str:
    """The last part of a path or address; never the folders of this machine."""
    return PurePath(origin.replace("\\", "/")).name


def _heading(answer: Answer, shown: int) -> str:
    if answer.abstained:
        return "Nearest passages" if answer.evidence and answer.evidence.hits else "No passages"
    return "Evidence" if shown else "Passages found"


def _explained(answer: Answer) -> str:
    if answer.abstained:
        return f"They do not answer “{text_html(answer.question)}”; nothing was cited."
    return f"For “{text_html(answer.question)}”"
