"""How an article, and what became of adding some, looks: values in, one line of HTML out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.types import Article, Failure, Quotation, Report
from window.cited import Cited
from window.evidence import file_name, origin_html
from window.markup import Span, attribute, day, layered_html, note, several, text_html
from window.table import language, opening

if TYPE_CHECKING:
    from ingest.progress import Progress

NOTHING = (
    '<div class="dl-panel dl-empty"><h2>Article</h2><p>Choose an article of the list to read it here, with what it '
    "quotes, what resembles it and where its date was found.</p></div>"
)
GONE = '<div class="dl-panel dl-empty"><h2>Article</h2><p>This article has left the archive.</p></div>'
SAME = 0.9  # resemblance from which two articles are called near copies
_FACTS = (("title", "Title"), ("date", "Date"), ("updated", "Updated"), ("source", "Outlet"), ("author", "Author"))


@dataclass(frozen=True, slots=True)
class Around:
    """What the archive knows of an article beside its words; `similar` are others with how much they resemble it."""

    quotations: tuple[Quotation, ...] = ()
    similar: tuple[tuple[Article, float], ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    cited: Cited = field(default_factory=Cited)


def article_html(article: Article, around: Around = Around(), at: Span | None = None) -> str:
    """The whole article; `at` are the cited words that it is opened at."""
    by = f" · {text_html(article.author)}" if article.author else ""
    updated = f" · updated {text_html(day(article.updated))}" if article.updated else ""
    return (
        '<div class="dl-panel dl-article"><article>'
        f'<p class="dl-where"><span class="dl-source">{text_html(article.source or "Unknown outlet")}</span> · '
        f'{text_html(day(article.date))}{updated}{by}</p><h2 tabindex="-1">{text_html(article.title)}</h2>'
        f"{_known(article)}{_cited_line(around.cited)}"
        f'<div class="dl-body">{_body(article, around, at)}</div>'
        f'<footer class="dl-origin">{origin_html(article.url, article)}{_origins(article)}'
        '<a class="dl-list-back" href="#dl-list">Back to the list</a></footer></article>'
        f"{_quotations(around.quotations)}{_similar(around.similar)}{_changes(around.changes)}{_found(article)}</div>"
    )


def _known(article: Article) -> str:
    """Where the date was found, and the language."""
    where = article.found.get("date")
    if article.date is None:
        parts = ["No date is stated; none was guessed"]
    else:
        parts = [f"Date found in: {where}"] if where else []
    parts += [language(article.language)] if article.language else []
    return f'<p class="dl-known">{text_html(" · ".join(parts))}</p>' if parts else ""


def _cited_line(cited: Cited) -> str:
    if not cited.spans and not cited.gone:
        return ""
    parts = [f"{several(len(cited.spans), 'passage')} cited in this conversation, marked below"] if cited.spans else []
    if cited.gone:
        stand = "stands" if cited.gone == 1 else "stand"
        parts.append(f"{several(cited.gone, 'cited passage')} no longer {stand} in it: the article has changed since")
    return f'<p class="dl-known dl-cited-line">{text_html("; ".join(parts))}</p>'


def _body(article: Article, around: Around, at: Span | None) -> str:
    """The paragraphs, cited words in <mark>, quotations underlined and each with a place to go to."""
    paragraphs, start = [], 0
    first = at if at in around.cited.spans else next(iter(around.cited.spans), None)
    marks = [
        (span, "mark", 'class="dl-at" id="dl-at" tabindex="-1"' if span == first else "") for span in around.cited.spans
    ]
    said = [
        ((q.start, q.end), "span", f'class="dl-said" id="{said_id(n)}" tabindex="-1" title="{attribute(_speaker(q))}"')
        for n, q in enumerate(around.quotations)
    ]
    for words in article.text.split("\n\n"):
        inside = [((s - start, e - start), tag, how) for (s, e), tag, how in (*said, *marks)]
        paragraphs.append(f"<p>{layered_html(words, inside)}</p>")
        start += len(words) + 2
    return "".join(paragraphs)


def said_id(number: int) -> str:
    return f"dl-said-{number}"


def _speaker(quotation: Quotation) -> str:
    return quotation.speaker or "speaker unclear"


def _quotations(quotations: Sequence[Quotation]) -> str:
    if not quotations:
        return ""
    entries = "".join(
        f'<li><b class="dl-speaker-of">{text_html(_speaker(q))}</b> <span class="dl-verb">{text_html(q.verb)}</span> '
        f'<a class="dl-to" href="#{said_id(n)}">{text_html(q.text)}</a></li>'
        for n, q in enumerate(quotations)
    )
    return (
        f'<details class="dl-more" open><summary>Quotations ({len(quotations)})</summary>'
        f'<ul class="dl-quotations">{entries}</ul></details>'
    )


def _similar(similar: Sequence[tuple[Article, float]]) -> str:
    if not similar:
        return ""
    entries = "".join(
        f'<li><a href="{attribute(opening(a.id))}">{text_html(a.title)}</a> <span class="dl-where">'
        f"{text_html(a.source or 'Unknown outlet')} · {text_html(day(a.date))} · "
        f"{'near copy, ' if share >= SAME else ''}{share:.0%} the same wording</span></li>"
        for a, share in similar
    )
    return (
        f'<details class="dl-more" open><summary>Similar articles ({len(similar)})</summary>'
        f'<ul class="dl-similar">{entries}</ul></details>'
    )


def _changes(changes: Sequence[tuple[str, str]]) -> str:
    if not changes:
        return ""
    history = "".join(f"<li>{text_html(on)}: {text_html(what)}</li>" for on, what in changes)
    times = "once" if len(changes) == 1 else f"{len(changes)} times"
    return (
        f'<details class="dl-more"><summary>Changed {times} since it was added, last on {text_html(changes[-1][0])}'
        f"</summary><ul>{history}</ul></details>"
    )


def _found(article: Article) -> str:
    found = "".join(
        f"<tr><th>{label}</th><td>{text_html(article.found[name])}</td></tr>"
        for name, label in _FACTS
        if name in article.found
    )
    return (
        f'<details class="dl-more"><summary>Where each fact was found</summary><table>{found}</table></details>'
        if found
        else ""
    )


def _origins(article: Article) -> str:
    """The names of all files and addresses with this very text, where there are several."""
    if len(article.origins) < 2:
        return ""
    names = dict.fromkeys(file_name(o) if "://" not in o else o for o in article.origins)
    return f'<span class="dl-origins">The same text was read from: {text_html("; ".join(names))}</span>'


def progress_html(progress: Progress) -> str:
    done = round(100 * progress.origins / progress.of) if progress.of else 0
    return (
        '<div class="dl-note dl-info"><b>Reading:</b> '
        f'{text_html(str(progress))}<span class="dl-bar"><span style="width:{done}%"></span></span></div>'
    )


def report_html(report: Report, names: dict[str, str] | None = None) -> str:
    """What an ingestion did, failures first in sight; `names` are the users' own names of uploaded files."""
    counts = [
        (report.added, "added"), (report.updated, "updated"), (report.unchanged, "already there"),
        (report.removed, "removed"),
    ]  # fmt: skip
    parts = [f"{several(n, 'article')} {what}" for n, what in counts if n] or ["No article was added"]
    failed = "".join(f"<li>{text_html(_failure(f, names or {}))}</li>" for f in report.failed)
    said = "".join(f"<li>{text_html(n)}</li>" for n in (*report.changes, *report.notices))
    return (
        f'<div class="dl-note dl-{"info" if not report.failed else "error"}"><b>{text_html(", ".join(parts))}</b> '
        f"in {report.seconds:.1f} s; the archive holds {several(report.articles, 'article')}."
        + (f"<ul>{said}</ul>" if said else "")
        + (f"<p>{several(len(report.failed), 'part')} could not be read:</p><ul>{failed}</ul>" if failed else "")
        + "</div>"
    )


def locked_html(message: str) -> str:
    return note(message, "error")


def _failure(failure: Failure, names: dict[str, str]) -> str:
    where = names.get(failure.origin, failure.origin)
    return f"{where}{', ' + failure.place if failure.place else ''}: {failure.reason}"
