"""How an article, and what became of adding some, looks: values in, one line of HTML out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from rag.types import Article, Failure, Outcome, Quotation, Report
from window.cited import Cited
from window.evidence import file_name, origin_html
from window.markup import Span, attribute, day, layered_html, several, text_html
from window.table import language, opening

if TYPE_CHECKING:
    from ingest.progress import Progress

NOTHING = (
    '<div class="dl-panel dl-empty"><h2>Article</h2><p>Choose an article of the list to read it here, with what it '
    "quotes, what resembles it and where its date was found.</p></div>"
)
GONE = '<div class="dl-panel dl-empty"><h2>Article</h2><p>This article has left the archive.</p></div>'
TELLING = 10  # sources, of which those that were read tell how long the rest takes
SHOWN = 100  # sources of a report
REASONS = 5  # of one source
SAME = 0.9  # resemblance from which two articles are called near copies
_NONE = ""  # no character of an id stands for itself but letters and digits
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


def progress_html(progress: Progress, names: Mapping[str, str] | None = None) -> str:
    """How far an ingestion is, in counts and a bar; `names` are the users' own names of uploaded files."""
    done = round(100 * progress.origins / progress.of) if progress.of else 0
    counts = [several(progress.articles, "article"), several(progress.passages, "passage")]
    counts += [f"{progress.failed} failed"] if progress.failed else []
    if progress.left is not None and progress.of >= TELLING:
        counts.append(f"about {progress.left:.0f} s left")
    now = f"; now {_named(progress.current, names or {})}" if progress.current else ""
    return (
        f'<div class="dl-note dl-info"><b>Reading {progress.origins} of {several(progress.of, "source")}:</b> '
        f'{text_html(", ".join(counts) + now)}<span class="dl-bar"><span style="width:{done}%"></span></span></div>'
    )


def report_html(report: Report, names: Mapping[str, str] | None = None) -> str:
    """What an ingestion did, and what became of each source; `names` are the users' own names of uploaded files."""
    counts = [
        (report.added, "added"), (report.updated, "updated"), (report.unchanged, "already there"),
        (report.removed, "removed"),
    ]  # fmt: skip
    parts = [f"{several(n, 'article')} {what}" for n, what in counts if n] or ["No article was added"]
    said = "".join(f"<li>{text_html(n)}</li>" for n in (*report.changes, *report.notices))
    stopped = (
        "<p>Cancelled; what was read until then is kept. Add the same again to go on.</p>" if report.stopped else ""
    )
    return (
        f'<div class="dl-note dl-{"info" if not report.failed else "error"}" role="status"><b>{text_html(", ".join(parts))}</b> '
        f"in {report.seconds:.1f} s; the archive holds {several(report.articles, 'article')}.{stopped}"
        f"{_outcomes(report, names or {})}" + (f"<ul>{said}</ul>" if said else "") + "</div>"
    )


def _outcomes(report: Report, names: Mapping[str, str]) -> str:
    """A line for each source, those that failed first; of very many only the first."""
    reasons: dict[str, list[Failure]] = {}
    for failure in report.failed:
        reasons.setdefault(failure.origin, []).append(failure)
    ordered = sorted(report.outcomes, key=lambda outcome: not outcome.failed)
    lines = [_outcome(outcome, reasons.get(outcome.origin, ()), names) for outcome in ordered[:SHOWN]]
    known = {outcome.origin for outcome in report.outcomes}
    lines += [_outcome(Outcome(o, failed=len(f)), f, names) for o, f in reasons.items() if o not in known]
    more = f"<p>and {several(len(ordered) - SHOWN, 'further source')}</p>" if len(ordered) > SHOWN else ""
    return f'<ul class="dl-outcomes">{"".join(lines)}</ul>{more}' if lines else ""


def _outcome(outcome: Outcome, failures: Sequence[Failure], names: Mapping[str, str]) -> str:
    counts = [(outcome.added, "added"), (outcome.updated, "updated"), (outcome.unchanged, "already there")]
    one = sum(n for n, _ in counts) == 1
    done = ", ".join(what if one else f"{n} {what}" for n, what in counts if n)
    why = "".join(
        f'<span class="dl-why">{text_html(f.place + ": " if f.place else "")}{text_html(f.reason)}</span>'
        for f in failures[:REASONS]
    )
    rest = f'<span class="dl-why">and {len(failures) - REASONS} more</span>' if len(failures) > REASONS else ""
    failed = (
        '<b class="dl-not-read">not read</b>'
        if failures and not done
        else '<b class="dl-not-read">partly read</b>'
        if failures
        else ""
    )
    state = f"{text_html(done)}{' · ' if done and failed else ''}{failed}" or "nothing in it"
    return f'<li><span class="dl-name">{text_html(_named(outcome.origin, names))}</span> <span>{state}</span>{why}{rest}</li>'


def gone_html(titles: Sequence[tuple[str, str]]) -> str:
    """Lines for what was removed, newest first, each with its undo: (id, title)."""
    lines = "".join(
        f'<li>“{text_html(title)}” was removed. <a class="dl-undo" href="#dl/undo/{quote(id, safe=_NONE)}" role="button">Undo</a></li>'
        for id, title in titles
    )
    return f'<div class="dl-note dl-info" role="status"><ul class="dl-gone">{lines}</ul></div>'


def _named(origin: str, names: Mapping[str, str]) -> str:
    """The user's own name of an upload, an address as it is, a file without the folders of this machine."""
    return names.get(origin) or (origin if "://" in origin else file_name(origin))
