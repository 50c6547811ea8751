"""The list of articles as a table: heads that sort, rows that open. Values in, one line of HTML out.

What is pressed leads to an address of the page itself, "#dl/rows/sort.title" or "#dl/article/ID"; window.js hands it
to the field of that name, so every part of the table is a link that the keyboard reaches.
"""

from __future__ import annotations

from urllib.parse import quote

from rag.store.listing import SORTS, Page, Row, Sort
from window.markup import Span, attribute, text_html
from window.words import ENGLISH, Words


def table_html(page: Page, sort: Sort, descending: bool, chosen: str | None = None, words: Words = ENGLISH) -> str:
    """One page of the list; the row of the article that is open is marked."""
    heads = "".join(_head(column, sort, descending, words) for column in SORTS)
    rows = "".join(_row(row, row.id == chosen, words) for row in page.rows)
    ordered = words.sorted_descending if descending else words.sorted_ascending
    said = ordered.format(column=_name(sort, words).lower())
    return f'<table class="dl-rows"><caption class="dl-sr">{said}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def place_html(page: Page, first: int, words: Words = ENGLISH) -> str:
    """Which part of the list is shown: "26 to 50 of 312 articles"."""
    if not page.rows:
        return f'<div class="dl-place">{words.no_articles}</div>'
    last = first + len(page.rows) - 1
    ends = {"first": words.number(first), "last": words.number(last)}
    return (
        f'<div class="dl-place">{words.place.format(**ends, articles=words.several(page.total, words.articles))}</div>'
    )


def opening(id: str, at: Span | None = None) -> str:
    """The address that opens this article in the reading pane, at these words of it where they were cited."""
    place = f"/{at[0]}-{at[1]}" if at is not None else ""
    return f"#dl/article/{quote(id, safe='')}{place}"


def _name(column: Sort, words: Words) -> str:
    """What a column is called."""
    return str(getattr(words, f"head_{column}"))


def _head(column: Sort, sort: Sort, descending: bool, words: Words) -> str:
    name = _name(column, words)
    if column != sort:
        return f'<th scope="col" class="dl-{column}"><a href="#dl/rows/sort.{column}" role="button">{name}</a></th>'
    way = words.descending if descending else words.ascending
    return (
        f'<th scope="col" class="dl-{column} dl-sorted"><a href="#dl/rows/sort.{column}" role="button">{name}'
        f'<span class="dl-way"> {"↓" if descending else "↑"}</span><span class="dl-sr">, {way}</span></a></th>'
    )


def _row(row: Row, chosen: bool, words: Words) -> str:
    date = row.date.isoformat() if row.date else f'<span class="dl-none">{words.no_date}</span>'
    source = text_html(row.source) if row.source else f'<span class="dl-none">{words.unknown}</span>'
    return (
        f'<tr class="dl-row-of{" dl-chosen" if chosen else ""}"><td class="dl-date">{date}</td><td class="dl-source">{source}</td>'
        f'<td class="dl-title"><a href="{attribute(opening(row.id))}">{text_html(row.title or words.untitled)}</a></td>'
        f'<td class="dl-language">{text_html(words.named(row.language))}</td>'
        f'<td class="dl-length" title="{words.several(row.length, words.characters)}">{words.number(row.length)}</td></tr>'
    )
