"""What leaves for other programs: answers as a page, their articles as BibTeX and CSL-JSON, tables as CSV.

    bibtex([answer])  ->  "@article{danubewire2024leaders,\\n  title = {{Leaders meet}},\\n …"
    table_csv(table)  ->  "date,outlet,what happened\\n2024-11-01,Wire,The canopy fell.\\n"

A conversation is its answers, one after the other. A page loads nothing and runs nothing; an article's author and title
are given as the article has them, never taken apart.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from rag.notebook import address, answer_html, answer_markdown, plain
from rag.text import one_line, words
from rag.types import Answer, Article, Table

FORMULA = ("=", "+", "-", "@", "\t", "\n")  # what a spreadsheet runs, at the beginning of a cell
ARTICLES = ("a", "an", "the")  # no first word of a title
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Braces stand for themselves nowhere in BibTeX: it counts them, escaped or not.
_LATEX = str.maketrans(
    {c: f"\\{c}" for c in "&%$#_"}
    | {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
       "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
)  # fmt: skip
_HEAD = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width, initial-scale=1">'
    "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;"
    "padding:0 1em}h1{font-size:1.4em}section+section{border-top:1px solid;margin-top:2em}</style>"
)


# -- answers -----------------------------------------------------------------------------


def page(answers: Sequence[Answer]) -> str:
    """A whole HTML page: each question with its answer, as a notebook shows it."""
    title = escape(one_line(answers[0].question)) if answers else "No questions"
    body = "".join(f"<section><h1>{escape(a.question)}</h1>{answer_html(a)}</section>\n" for a in answers)
    return f"{_HEAD}<title>{title}</title></head><body>\n{body}</body></html>\n"


def markdown(answers: Sequence[Answer]) -> str:
    """Each question as a heading, its answer below; the footnotes of the second answer are [^2-1], [^2-2] …"""
    parts = (
        f"## {plain(one_line(answer.question))}\n\n{answer_markdown(answer, f'{number}-')}"
        for number, answer in enumerate(answers, start=1)
    )
    return "\n".join(parts)


# -- the cited articles ------------------------------------------------------------------


def cited(answers: Iterable[Answer]) -> list[Article]:
    """The articles that the answers cite, each once, in the order of their citations."""
    return list({c.article.id: c.article for answer in answers for c in answer.citations}.values())


def keys(articles: Sequence[Article]) -> list[str]:
    """Outlet, year and first word: "danubewire2024leaders"; with some of the id where two would be the same."""
    made = [_key(a) for a in articles]
    counts = Counter(made)
    return [k if counts[k] == 1 else f"{k}-{_ascii(a.id)[:8]}" for k, a in zip(made, articles, strict=True)]


def _key(article: Article) -> str:
    outlet = _ascii(article.source or "")
    first = next((w for w in map(_ascii, words(article.title)) if w and w not in ARTICLES), "")
    year = "" if article.date is None else str(article.date.year)
    return f"{outlet or 'article'}{year}{first}"


def _ascii(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", "".join(words(text)))


def bibtex(answers: Iterable[Answer]) -> str:
    """An entry for each cited article; without a date it has no year, without an outlet it is no @article."""
    articles = cited(answers)
    return "\n".join(_entry(key, article) for key, article in zip(keys(articles), articles, strict=True))


def _entry(key: str, article: Article) -> str:
    fields = [("title", _literal(article.title)), ("author", _literal(article.author))]
    fields.append(("journal", _literal(article.source)))
    if (date := article.date) is not None:
        fields += [("year", f"{{{date.year}}}"), ("month", MONTHS[date.month - 1]), ("day", f"{{{date.day}}}")]
    if (url := address(article)) is not None:
        fields.append(("url", f"{{{url.replace('{', '%7B').replace('}', '%7D')}}}"))
    lines = "".join(f"  {name} = {value},\n" for name, value in fields if value)
    return f"@{'article' if article.source else 'misc'}{{{key},\n{lines}}}\n"


def _literal(text: str | None) -> str:
    """In two braces, so that no style changes its case or takes a name apart; "" for nothing."""
    return f"{{{{{one_line(text).translate(_LATEX)}}}}}" if text else ""


def csl(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    """The cited articles as CSL-JSON items; what is not known of one is not in it."""
    articles = cited(answers)
    return [_item(key, article) for key, article in zip(keys(articles), articles, strict=True)]


def _item(key: str, article: Article) -> dict[str, Any]:
    date = article.date
    known = {
        "title": one_line(article.title),
        "author": [{"literal": one_line(article.author)}] if article.author else None,
        "container-title": one_line(article.source or ""),
        "issued": {"date-parts": [[date.year, date.month, date.day]]} if date is not None else None,
        "URL": address(article),
        "language": article.language,
    }
    return {"id": key, "type": "article-newspaper"} | {name: value for name, value in known.items() if value}


# -- tables ------------------------------------------------------------------------------


def table_csv(table: Table) -> str:
    """The columns' names, then the rows; text that begins as a formula does gets an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(map(_defused, table.columns))
    writer.writerows(map(_defused, row) for row in table.rows)
    return out.getvalue()


def _defused(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    text = "\n".join(value.splitlines())
    return f"'{text}" if text.startswith(FORMULA) else text
