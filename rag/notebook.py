"""How objects look in a notebook, as Markdown and as a data frame: pure functions from values to text.

    answer_markdown(answer)  ->  'They agreed on mining.[^1]\\n\\n[^1]: Kazinform, 2024-11-19, …'

Everything that comes from an article or a model is escaped; only http(s) addresses become links; colours are
the notebook's own, so that light and dark both read; nothing is loaded from outside and nothing runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from rag.drawn import line_of_days, shares
from rag.types import Answer, Article, Backing, Citation, Coverage, Report, Sentence, Table

if TYPE_CHECKING:
    from rag.archive import Archive

ROWS = 50  # articles in one table
CONTEXT = 200  # characters shown on each side of the cited words
CHANGES = 10
_ADDRESS = re.compile(r"https?://[^\s/<>\"'`\\][^\s<>\"'`\\]*", re.IGNORECASE)
_NUMBER = re.compile(r" ?\[(\d{1,3})\]")
_MARKDOWN = re.compile(r"([\\`*_\[\]$|~])|^(\s*)([#+=-]|\d+(?=[.)]))", re.MULTILINE)
_ONE_BREAK = re.compile(r"(?<!\n)\n(?!\n)")  # Markdown would join the lines
# The two class names keep MathJax from reading "$5 billion and $7 billion" as a formula.
_FRAME = '<div class="dateline tex2jax_ignore mathjax_ignore" style="max-width:60em;line-height:1.5">'
_FAINT = "opacity:.75;font-size:.92em"
_CARD = "margin:.6em 0;padding:.1em 0 .1em .8em;border-left:3px solid"
_CELL = "text-align:left;padding:.15em .8em .15em 0;vertical-align:top"
_SUPPORT = {"partly": "Its passages support this sentence in part", "unsupported": "No passage supports this sentence"}


def byline(article: Article) -> str:
    """'Kazinform, 2024-11-19': what is unknown is left out."""
    return ", ".join(str(part) for part in (article.source, article.date) if part)


def by_number(citations: Iterable[Citation]) -> dict[int, list[Citation]]:
    """Citations under their numbers, in the order of the numbers."""
    found: dict[int, list[Citation]] = {}
    for citation in sorted(citations, key=lambda c: (c.number, c.start)):
        found.setdefault(citation.number, []).append(citation)
    return found


def numbers(answer: Answer) -> dict[str, int]:
    """The number under which each cited article is first cited."""
    return {c.article.id: c.number for c in reversed(answer.citations)}


def doubts(answer: Answer) -> list[str]:
    """Where no style can mark it: each sentence without full support, and what is wrong with it."""
    if answer.abstained:
        return []
    return [f"{_SUPPORT[s.support]}: “{' '.join(s.text.split())}”" for s in answer.sentences if s.support in _SUPPORT]


def disagreeing(answer: Answer) -> list[tuple[str, list[str]]]:
    """What the passages tell differently: a heading, and a line a side, newest first.

    ("The articles differ on “people killed”:", ["14 people (Sava Times, 2024-03-03) [2]", "13 (Drava Post, …) [1]"])
    """
    found = []
    for one in answer.disagreements:
        head = f"The articles {'differ' if one.sure else 'may differ'} on “{one.what}”:"
        if one.update:
            head = f"Updated over time, “{one.what}”:"
        sides = []
        for side in one.sides:
            told = ", ".join(str(part) for part in (side.source, side.date) if part)
            sides.append(f"{side.value}{f' ({told})' if told else ''} [{side.number}]")
        found.append((head, sides))
    return found


def further_tables(answer: Answer) -> list[Table]:
    """Those that tell more than the sentences do."""
    return [table for table in answer.tables if not table.retells]


def place(article: Article) -> str:
    """Where to read it: its address, else its first origin."""
    return article.url or next(iter(article.origins), "")


def address(article: Article) -> str | None:
    """Its address where that is http(s), which alone becomes a link."""
    return article.url if article.url is not None and _ADDRESS.fullmatch(article.url) else None


def covered(coverage: Coverage) -> str:
    """'Searched 51 articles of 24 outlets, 2023-02-06 to 2025-11-03.'; the last day is the newest article's"""
    of = f" of {_count(coverage.independent, 'outlet')}" if coverage.independent else ""
    days = f", {coverage.first} to {coverage.last}" if coverage.first else ""
    left = f"; {coverage.undated:,} without a date were left out" if coverage.undated else ""
    return f"Searched {_count(coverage.articles, 'article')}{of}{days}{left}."


def rests(backing: Backing) -> str:
    """'Rests on 4 articles, 2 independent.'"""
    if not backing.articles:
        return "Rests on no article."
    independent = f", {backing.independent:,} independent" if backing.articles > 1 else ""
    return f"Rests on {_count(backing.articles, 'article')}{independent}."


def grounds(answer: Answer) -> list[str]:
    """What the answer rests on, and what was searched: a line each."""
    backing, coverage = answer.backing, answer.coverage
    return [*([rests(backing)] if backing else []), *([covered(coverage)] if coverage else [])]


# -- HTML --------------------------------------------------------------------------------


def answer_html(answer: Answer) -> str:
    """The answer, its citations with the cited words marked, and what was searched."""
    parts = [_paragraphs(_sentences(answer))]
    if answer.abstained and answer.reason:
        parts.append(f'<p style="{_FAINT}">{escape(answer.reason)}</p>')
    if not answer.complete:
        parts.append(f'<p style="{_FAINT}">The answer is incomplete.</p>')
    parts += [_table(table, numbers(answer)) for table in further_tables(answer)]
    parts += [_list(head.rstrip(":"), sides) for head, sides in disagreeing(answer)]
    parts += [_card(number, some) for number, some in by_number(answer.citations).items()]
    notes = [*(answer.plan.notes if answer.plan else ()), *answer.notices, *grounds(answer)]
    parts.append(_faint(notes))
    return _framed(*parts)


def article_html(article: Article) -> str:
    """Title, facts with where each was found, and the text, folded."""
    rows = [
        (name, f"{escape(str(value))}{_found(article, name)}")
        for name in ("source", "date", "updated", "author", "language")
        if (value := getattr(article, name)) is not None
    ]
    rows += [("read from", "<br>".join(_link(o, o) for o in article.origins)), ("id", escape(article.id))]
    title = f"<strong>{_link(article.url, article.title)}</strong>{_found(article, 'title')}"
    text = f"<details><summary>{_count(_words(article.text), 'word')}</summary>{_paragraphs(escape(article.text))}</details>"
    return _framed(title, _facts(rows), text)


def articles_html(articles: Sequence[Article]) -> str:
    """A table of the first 50."""
    head = "".join(f'<th style="{_CELL}">{name}</th>' for name in ("date", "source", "title", "words"))
    rows = "".join(_row(article) for article in articles[:ROWS])
    more = f"{_count(len(articles), 'article')}" + (f", the first {ROWS} shown" if len(articles) > ROWS else "")
    return _framed(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>", _faint([more]))


def report_html(report: Report) -> str:
    """What an ingestion did, and what it could not read."""
    counts = [(name, str(getattr(report, name))) for name in ("added", "updated", "unchanged", "removed")]
    counts += [("failed", str(len(report.failed))), ("passages embedded", str(report.passages))]
    counts += [("seconds", f"{report.seconds:.1f}"), ("articles in the archive", str(report.articles))]
    parts = ["<strong>Stopped early; what was read is kept.</strong>" if report.stopped else "", _facts(counts)]
    parts.append(_list("Could not be read", [str(failure) for failure in report.failed]))
    parts.append(_list("What changed", report.changes[:CHANGES]))
    return _framed(*parts, _faint(report.notices))


def archive_html(archive: Archive) -> str:
    """Where the archive is and what it holds."""
    held = archive.coverage()
    rows = [("articles", str(held.articles))]
    if held.first:
        rows.append(("dates", f"{held.first} to {held.last}"))
    if held.sources:
        rows.append(("sources", escape(", ".join(held.sources[:12])) + (" …" if len(held.sources) > 12 else "")))
    if held.newest:
        rows.append(("newest", escape(held.newest)))
    return _framed(f"<strong>Archive {escape(str(archive.folder))}</strong>", _facts(rows))


def table_html(table: Table) -> str:
    """A table, with a bar beside each row where it asks for bars."""
    return _framed(_table(table, {}))


def _table(table: Table, cited: Mapping[str, int]) -> str:
    head = "".join(f'<th style="{_CELL}">{escape(name)}</th>' for name in table.columns)
    rows = (
        "".join(f'<td style="{_CELL}">{escape(value)}</td>' for value in row) + _bar(share)
        for row, share in zip(marked_rows(table, cited), shares(table), strict=True)
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    caption = f'<div style="{_FAINT}">{escape(table.title)}</div>'
    return f"{caption}{_line(table)}<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def marked_rows(table: Table, cited: Mapping[str, int]) -> list[list[str]]:
    """The rows as text in one line each, with the number of a citation behind the article that a row opens."""
    rows = [[" ".join(str(value).split()) for value in row] for row in table.rows]
    for n, row in enumerate(rows):
        number = cited.get(table.opens(n) or "")
        if number is not None:
            row[-1] += f" [{number}]"
    return rows


def _line(table: Table) -> str:
    """The days of a timeline as dots on a line, each named by its row."""
    drawn = line_of_days(table)
    if drawn is None:
        return ""
    places, first, last = drawn
    dots = "".join(
        f'<span title="{escape(" · ".join(map(str, row)))}" style="position:absolute;left:{place:.1%};top:-.35em;width:.8em;'
        'height:.8em;margin-left:-.4em;border-radius:50%;background:currentColor"></span>'
        for row, place in zip(table.rows, places, strict=True)
        if place is not None
    )
    return (
        f'<div style="position:relative;margin:1em .5em .4em;border-top:1px solid;max-width:40em">{dots}</div>'
        f'<div style="{_FAINT};display:flex;justify-content:space-between;max-width:41em"><span>{first}</span>'
        f"<span>{last}</span></div>"
    )


def _bar(share: float | None) -> str:
    if share is None:
        return ""
    return (
        f'<td style="width:16em;text-align:left"><div style="width:{share:.1%};height:.8em;background:currentColor;'
        'opacity:.45"></div></td>'
    )


def _framed(*parts: str) -> str:
    return _FRAME + "".join(parts) + "</div>"


def _sentences(answer: Answer) -> str:
    """The escaped text: the words that answer are bold, a sentence without full support is underlined with dots."""
    done, at = "", 0
    for sentence in answer.sentences:
        start = answer.text.find(sentence.text, at)
        if start < 0:
            continue
        done += escape(answer.text[at:start]) + _sentence(sentence)
        at = start + len(sentence.text)
    return done + escape(answer.text[at:])


def _sentence(sentence: Sentence) -> str:
    start, end = sentence.marked or (0, 0)
    text, bold = sentence.text, escape(sentence.text[start:end])
    inside = f"{escape(text[:start])}<strong>{bold}</strong>{escape(text[end:])}" if bold else escape(text)
    why = _SUPPORT.get(sentence.support)
    return f'<span title="{why}" style="border-bottom:1px dotted">{inside}</span>' if why else inside


def _card(number: int, citations: Sequence[Citation]) -> str:
    article = citations[0].article
    where = ", ".join(part for part in (escape(byline(article)), _link(article.url, article.title)) if part)
    quotes = "".join(f"<div>{_marked(citation)}</div>" for citation in citations)
    origin = "" if article.url else f'<div style="{_FAINT}">{escape(place(article))}</div>'
    return f'<div style="{_CARD}"><div style="{_FAINT}">[{number}] {where}</div>{quotes}{origin}</div>'


def _marked(citation: Citation) -> str:
    """The cited words in <mark>, with some of the passage around them."""
    text = citation.article.text
    first = max(citation.start - CONTEXT, min(citation.passage.start, citation.start))
    last = min(citation.end + CONTEXT, max(citation.passage.end, citation.end))
    before, after = text[first : citation.start], text[citation.end : last]
    if first > citation.passage.start:
        before = "… " + before.partition(" ")[2]
    if last < citation.passage.end:
        after = after.rpartition(" ")[0] + " …"
    return f"{escape(before)}<mark>{escape(citation.quote)}</mark>{escape(after)}"


def _paragraphs(escaped: str) -> str:
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in escaped.split("\n\n"))


def _link(address: str | None, text: str) -> str:
    if address is None or not _ADDRESS.fullmatch(address):
        return escape(text)
    return f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer">{escape(text)}</a>'


def _found(article: Article, name: str) -> str:
    where = article.found.get(name)
    return f' <span style="{_FAINT}">({escape(where)})</span>' if where else ""


def _row(article: Article) -> str:
    cells = (str(article.date or ""), escape(article.source or ""), _link(article.url, article.title))
    return (
        "<tr>" + "".join(f'<td style="{_CELL}">{cell}</td>' for cell in (*cells, str(_words(article.text)))) + "</tr>"
    )


def _facts(rows: Iterable[tuple[str, str]]) -> str:
    """A table of names and HTML values."""
    lines = (f'<tr><td style="{_CELL};opacity:.75">{n}</td><td style="{_CELL}">{v}</td></tr>' for n, v in rows)
    return f"<table><tbody>{''.join(lines)}</tbody></table>"


def _list(title: str, items: Sequence[str]) -> str:
    lines = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<div>{title}:<ul>{lines}</ul></div>" if items else ""


def _faint(lines: Sequence[str]) -> str:
    return f'<div style="{_FAINT}">{"<br>".join(escape(line) for line in lines)}</div>' if lines else ""


# -- Markdown ----------------------------------------------------------------------------


def answer_markdown(answer: Answer, label: str = "") -> str:
    """The answer with its citations as footnotes: outlet, date, title, the quoted words, and where to read them.

    `label` goes before the number of every footnote, so that answers in one document have their own.
    """
    cited = by_number(answer.citations)
    parts, at = [], 0
    for match in _NUMBER.finditer(answer.text):
        if int(match.group(1)) in cited:
            parts += [plain(answer.text[at : match.start()]), f"[^{label}{match.group(1)}]"]
            at = match.end()
    text = "".join(parts) + plain(answer.text[at:])
    lines = [_ONE_BREAK.sub("  \n", text)]
    if answer.abstained and answer.reason:
        lines.append(plain(answer.reason))
    if not answer.complete:
        lines.append("(The answer is incomplete.)")
    lines += [plain(doubt) for doubt in doubts(answer)]
    lines += [table_markdown(table, numbers(answer), label) for table in further_tables(answer)]
    lines += [plain(head) + "\n\n" + "\n".join(f"- {plain(s)}" for s in sides) for head, sides in disagreeing(answer)]
    lines += ["  \n".join(plain(line) for line in grounds(answer))] if grounds(answer) else []
    lines += [_footnote(f"{label}{number}", some) for number, some in cited.items()]
    return "\n\n".join(lines) + "\n"


def table_markdown(table: Table, cited: Mapping[str, int] | None = None, label: str = "") -> str:
    """The title, and the rows as a pipe table; a row whose article is cited has its footnote."""
    right = [bool(table.rows) and all(isinstance(row[n], int) for row in table.rows) for n in range(len(table.columns))]
    lines = [[plain(name) for name in table.columns], ["---:" if r else "---" for r in right]]
    for n, row in enumerate(marked_rows(table, {})):
        number = (cited or {}).get(table.opens(n) or "")
        lines.append([plain(value) for value in row])
        lines[-1][-1] += f"[^{label}{number}]" if number is not None else ""
    return f"{plain(table.title)}\n\n" + "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _footnote(label: str, citations: Sequence[Citation]) -> str:
    article = citations[0].article
    quotes = "; ".join(f'"{plain(" ".join(c.quote.split()))}"' for c in citations)
    origin = place(article)
    where = f"<{origin}>" if _ADDRESS.fullmatch(origin) else plain(" ".join(origin.split()))
    parts = (plain(byline(article)), f"“{plain(' '.join(article.title.split()))}”", quotes, where)
    return f"[^{label}]: " + ", ".join(part for part in parts if part)


def plain(text: str) -> str:
    """`text` so that Markdown shows it as it is: no emphasis, link, image, formula, list or HTML."""

    def replaced(match: re.Match[str]) -> str:
        mark, lead, first = match.groups()
        if mark:
            return f"\\{mark}"
        return f"{lead}{first}\\" if first.isdigit() else f"{lead}\\{first}"

    return _MARKDOWN.sub(replaced, escape(text, quote=False))


# -- data frame --------------------------------------------------------------------------


def articles_frame(articles: Sequence[Article]) -> Any:
    """A pandas data frame, one row an article, indexed by id; dates are datetime64, unknown ones NaT."""
    import pandas as pd

    plain = ("title", "source", "author", "url", "language")
    columns: dict[str, Any] = {name: pd.Series([getattr(a, name) for a in articles], dtype="object") for name in plain}
    for name in ("date", "updated"):
        days = [None if (day := getattr(a, name)) is None else day.isoformat() for a in articles]
        columns[name] = pd.Series(days, dtype="datetime64[s]")
    columns["words"] = pd.Series([_words(a.text) for a in articles], dtype="int64")
    columns["origins"] = pd.Series([a.origins for a in articles], dtype="object")
    order = ["title", "date", "updated", "source", "author", "url", "language", "words", "origins"]
    frame = pd.DataFrame(columns)[order]
    frame.index = pd.Index([a.id for a in articles], name="id", dtype="object")
    return frame


def table_frame(table: Table) -> Any:
    """A pandas data frame of a table; indexed by the article's id where its rows open articles."""
    import pandas as pd

    frame = pd.DataFrame([list(row) for row in table.rows], columns=list(table.columns))
    if table.articles:
        frame.index = pd.Index(table.articles, name="article", dtype="object")
    return frame


def _words(text: str) -> int:
    return len(text.split())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
