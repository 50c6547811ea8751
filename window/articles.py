"""How articles, and what became of adding them, look: values in, one line of HTML out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rag.types import Article, Failure, Report
from window.evidence import origin_html
from window.markup import day, note, several, text_html

if TYPE_CHECKING:
    from ingest.progress import Progress

NOTHING = '<div class="dl-panel dl-empty"><h2>Article</h2><p>Choose an article to read it, or to take it out.</p></div>'
_FACTS = (("title", "Title"), ("date", "Date"), ("updated", "Updated"), ("source", "Outlet"), ("author", "Author"))


def row_label(article: Article) -> str:
    """One line of the list, plain text: "2024-11-19 · Kazinform · Leaders meet"."""
    date = article.date.isoformat() if article.date else "no date"
    return " · ".join((date, article.source or "unknown outlet", article.title))


def article_html(article: Article, changes: Sequence[tuple[str, str]] = ()) -> str:
    """The whole article, and where each fact about it was found."""
    by = f" · {text_html(article.author)}" if article.author else ""
    updated = f" · updated {text_html(day(article.updated))}" if article.updated else ""
    found = "".join(
        f"<tr><th>{label}</th><td>{text_html(article.found[name])}</td></tr>"
        for name, label in _FACTS
        if name in article.found
    )
    history = "".join(f"<li>{text_html(on)}: {text_html(what)}</li>" for on, what in changes)
    return (
        '<div class="dl-panel dl-article"><article>'
        f'<p class="dl-where"><span class="dl-source">{text_html(article.source or "Unknown outlet")}</span> · '
        f"{text_html(day(article.date))}{updated}{by}</p><h2>{text_html(article.title)}</h2>"
        f'<div class="dl-body">{_paragraphs(article.text)}</div>'
        f'<footer class="dl-origin">{origin_html(article.url, article)}</footer></article>'
        + (
            f'<details class="dl-more"><summary>Where this was found</summary><table>{found}</table></details>'
            if found
            else ""
        )
        + (f'<details class="dl-more"><summary>What changed</summary><ul>{history}</ul></details>' if history else "")
        + "</div>"
    )


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


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{text_html(p)}</p>" for p in text.split("\n\n"))
