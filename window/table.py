"""The list of articles as a table: heads that sort, rows that open. Values in, one line of HTML out.

What is pressed leads to an address of the page itself, "#dl/rows/sort.title" or "#dl/article/ID"; window.js hands it
to the field of that name, so every part of the table is a link that the keyboard reaches.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from rag.store.listing import SORTS, Page, Row, Sort
from window.markup import Span, attribute, several, text_html

HEADS: Mapping[Sort, str] = {
    "date": "Date", "source": "Outlet", "title": "Title", "language": "Language", "length": "Length",
}  # fmt: skip
LANGUAGES: Mapping[str, str] = {
    "ar": "Arabic", "be": "Belarusian", "bg": "Bulgarian", "bs": "Bosnian", "cs": "Czech", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ka": "Georgian", "kk": "Kazakh", "ko": "Korean", "ky": "Kyrgyz", "lt": "Lithuanian",
    "lv": "Latvian", "mk": "Macedonian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovene", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "tg": "Tajik", "tr": "Turkish", "uk": "Ukrainian", "uz": "Uzbek", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip


def table_html(page: Page, sort: Sort, descending: bool, chosen: str | None = None) -> str:
    """One page of the list; the row of the article that is open is marked."""
    heads = "".join(_head(column, sort, descending) for column in SORTS)
    rows = "".join(_row(row, row.id == chosen) for row in page.rows)
    said = f"Articles by {HEADS[sort].lower()}, {'descending' if descending else 'ascending'}"
    return f'<table class="dl-rows"><caption class="dl-sr">{said}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'


def place_html(page: Page, first: int) -> str:
    """Which part of the list is shown: "26 to 50 of 312 articles"."""
    if not page.rows:
        return '<div class="dl-place">No articles</div>'
    last = first + len(page.rows) - 1
    return f'<div class="dl-place">{first:,} to {last:,} of {several(page.total, "article")}</div>'


def opening(id: str, at: Span | None = None) -> str:
    """The address that opens this article in the reading pane, at these words of it where they were cited."""
    place = f"/{at[0]}-{at[1]}" if at is not None else ""
    return f"#dl/article/{quote(id, safe='')}{place}"


def language(code: str | None) -> str:
    """language("kk") -> "Kazakh"; a code that is not in the table stays a code."""
    return LANGUAGES.get(code or "", code or "")


def _head(column: Sort, sort: Sort, descending: bool) -> str:
    if column != sort:
        return f'<th scope="col" class="dl-{column}"><a href="#dl/rows/sort.{column}" role="button">{HEADS[column]}</a></th>'
    way = "descending" if descending else "ascending"
    return (
        f'<th scope="col" class="dl-{column} dl-sorted"><a href="#dl/rows/sort.{column}" role="button">{HEADS[column]}'
        f'<span class="dl-way"> {"↓" if descending else "↑"}</span><span class="dl-sr">, sorted {way}</span></a></th>'
    )


def _row(row: Row, chosen: bool) -> str:
    date = row.date.isoformat() if row.date else '<span class="dl-none">no date</span>'
    source = text_html(row.source) if row.source else '<span class="dl-none">unknown</span>'
    return (
        f'<tr class="dl-row-of{" dl-chosen" if chosen else ""}"><td class="dl-date">{date}</td><td class="dl-source">{source}</td>'
        f'<td class="dl-title"><a href="{attribute(opening(row.id))}">{text_html(row.title or "Without a title")}</a></td>'
        f'<td class="dl-language">{text_html(language(row.language))}</td>'
        f'<td class="dl-length" title="{several(row.length, "character")}">{row.length:,}</td></tr>'
    )
