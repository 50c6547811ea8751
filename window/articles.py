"""How an article, and what became of adding some, looks: values in, one line of HTML out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from rag.types import Article, Failure, Outcome, Quotation, Report
from window.cited import Cited
from window.evidence import file_name, origin_html
from window.markup import Span, attribute, layered_html, text_html
from window.table import opening
from window.words import ENGLISH, Words

if TYPE_CHECKING:
    from ingest.progress import Progress

Place = Literal["chat", "list"]  # what an article is read beside
TELLING = 10  # sources, of which those that were read tell how long the rest takes
SHOWN = 100  # sources of a report
REASONS = 5  # of one source
SAME = 0.9  # resemblance from which two articles are called near copies
_NONE = ""  # no character of an id stands for itself but letters and digits
_FACTS = ("title", "date", "updated", "source", "author")


@dataclass(frozen=True, slots=True)
class Around:
    """What the archive knows of an article beside its words; `similar` are others with how much they resemble it."""

    quotations: tuple[Quotation, ...] = ()
    similar: tuple[tuple[Article, float], ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    cited: Cited = field(default_factory=Cited)


def nothing_html(words: Words = ENGLISH) -> str:
    """The pane before an article is chosen."""
    return f'<div class="dl-panel dl-empty"><h2>{words.article}</h2><p>{words.article_empty}</p></div>'


def left_html(words: Words = ENGLISH) -> str:
    """The pane for an article that is there no more."""
    return (
        f'<div class="dl-panel dl-article dl-empty"><h2 tabindex="-1">{words.article}</h2>'
        f"<p>{words.left_archive}</p></div>"
    )


def article_html(
    article: Article, around: Around = Around(), at: Span | None = None, words: Words = ENGLISH, place: Place = "list"
) -> str:
    """The whole article; `at` are the cited words that it is opened at, `place` what it stands beside."""
    back = f'<a class="dl-list-back" href="#dl-list">{words.back_to_list}</a>' if place == "list" else ""
    by = f" · {text_html(article.author)}" if article.author else ""
    updated = f" · {text_html(words.updated_on.format(day=words.day(article.updated)))}" if article.updated else ""
    return (
        '<div class="dl-panel dl-article"><article>'
        f'<p class="dl-where"><span class="dl-source">{text_html(article.source or words.unknown_outlet)}</span> · '
        f'{text_html(words.day(article.date))}{updated}{by}</p><h2 tabindex="-1">{text_html(article.title)}</h2>'
        f"{_known(article, words)}{_cited_line(around.cited, words)}"
        f'<div class="dl-body">{_body(article, around, at, words, place)}</div>'
        f'<footer class="dl-origin">{origin_html(article.url, article, words)}{_origins(article, words)}'
        f"{back}</footer></article>"
        f"{_quotations(around.quotations, words, place)}{_similar(around.similar, words)}{_changes(around.changes, words)}"
        f"{_found(article, words)}</div>"
    )


def _known(article: Article, words: Words) -> str:
    """Where the date was found, and the language."""
    where = article.found.get("date")
    if article.date is None:
        parts = [words.no_date_stated]
    else:
        parts = [words.date_found_in.format(where=where)] if where else []
    parts += [words.named(article.language)] if article.language else []
    return f'<p class="dl-known">{text_html(" · ".join(parts))}</p>' if parts else ""


def _cited_line(cited: Cited, words: Words) -> str:
    if not cited.spans and not cited.gone:
        return ""
    parts = [words.several(len(cited.spans), words.cited_here)] if cited.spans else []
    parts += [words.several(cited.gone, words.cited_gone)] if cited.gone else []
    return f'<p class="dl-known dl-cited-line">{text_html("; ".join(parts))}</p>'


def _body(article: Article, around: Around, at: Span | None, words: Words, place: Place) -> str:
    """The paragraphs, cited words in <mark>, quotations underlined and each with a place to go to."""
    paragraphs, start = [], 0
    first = at if at in around.cited.spans else next(iter(around.cited.spans), None)
    marks = [(span, "mark", 'class="dl-at" tabindex="-1"' if span == first else "") for span in around.cited.spans]
    said = [
        (
            (q.start, q.end),
            "span",
            f'class="dl-said" id="{said_id(place, n)}" tabindex="-1" title="{attribute(_speaker(q, words))}"',
        )
        for n, q in enumerate(around.quotations)
    ]
    for paragraph in article.text.split("\n\n"):
        inside = [((s - start, e - start), tag, how) for (s, e), tag, how in (*said, *marks)]
        paragraphs.append(f"<p>{layered_html(paragraph, inside)}</p>")
        start += len(paragraph) + 2
    return "".join(paragraphs)


def said_id(place: Place, number: int) -> str:
    return f"dl-{place}-said-{number}"


def _speaker(quotation: Quotation, words: Words) -> str:
    return quotation.speaker or words.speaker_unclear


def _quotations(quotations: Sequence[Quotation], words: Words, place: Place) -> str:
    if not quotations:
        return ""
    entries = "".join(
        f'<li><b class="dl-speaker-of">{text_html(_speaker(q, words))}</b> <span class="dl-verb">{text_html(q.verb)}</span> '
        f'<a class="dl-to" href="#{said_id(place, n)}">{text_html(q.text)}</a></li>'
        for n, q in enumerate(quotations)
    )
    return (
        f'<details class="dl-more" open><summary>{words.quotations.format(n=len(quotations))}</summary>'
        f'<ul class="dl-quotations">{entries}</ul></details>'
    )


def _similar(similar: Sequence[tuple[Article, float]], words: Words) -> str:
    if not similar:
        return ""
    entries = "".join(
        f'<li><a href="{attribute(opening(a.id))}">{text_html(a.title)}</a> <span class="dl-where">'
        f"{text_html(a.source or words.unknown_outlet)} · {text_html(words.day(a.date))} · "
        f"{words.near_copy + ', ' if share >= SAME else ''}{words.same_wording.format(share=words.share(share))}</span></li>"
        for a, share in similar
    )
    return (
        f'<details class="dl-more" open><summary>{words.similar_articles.format(n=len(similar))}</summary>'
        f'<ul class="dl-similar">{entries}</ul></details>'
    )


def _changes(changes: Sequence[tuple[str, str]], words: Words) -> str:
    if not changes:
        return ""
    history = "".join(f"<li>{text_html(on)}: {text_html(what)}</li>" for on, what in changes)
    told = words.several(len(changes), words.changed_times, day=changes[-1][0])
    return f'<details class="dl-more"><summary>{text_html(told)}</summary><ul>{history}</ul></details>'


def _found(article: Article, words: Words) -> str:
    found = "".join(
        f"<tr><th>{getattr(words, f'fact_{name}')}</th><td>{text_html(article.found[name])}</td></tr>"
        for name in _FACTS
        if name in article.found
    )
    return (
        f'<details class="dl-more"><summary>{words.where_found}</summary><table>{found}</table></details>'
        if found
        else ""
    )


def _origins(article: Article, words: Words) -> str:
    """The names of all files and addresses with this very text, where there are several."""
    if len(article.origins) < 2:
        return ""
    names = dict.fromkeys(file_name(o) if "://" not in o else o for o in article.origins)
    return f'<span class="dl-origins">{text_html(words.same_text_from.format(names="; ".join(names)))}</span>'


def progress_html(progress: Progress, names: Mapping[str, str] | None = None, words: Words = ENGLISH) -> str:
    """How far an ingestion is, in counts and a bar; `names` are the users' own names of uploaded files."""
    done = round(100 * progress.origins / progress.of) if progress.of else 0
    counts = [
        words.several(progress.articles, words.articles), words.several(progress.passages, words.passages_counted)
    ]  # fmt: skip
    counts += [words.failed_counted.format(n=words.number(progress.failed))] if progress.failed else []
    if progress.left is not None and progress.of >= TELLING:
        counts.append(words.seconds_left.format(seconds=words.number(round(progress.left))))
    now = f"; {words.now_reading.format(name=_named(progress.current, names or {}))}" if progress.current else ""
    sources = words.several(progress.of, words.sources_counted)
    return (
        f'<div class="dl-note dl-info"><b>{words.reading_sources.format(n=words.number(progress.origins), sources=sources)}</b> '
        f'{text_html(", ".join(counts) + now)}<span class="dl-bar"><span style="width:{done}%"></span></span></div>'
    )


def report_html(report: Report, names: Mapping[str, str] | None = None, words: Words = ENGLISH) -> str:
    """What an ingestion did, and what became of each source; `names` are the users' own names of uploaded files."""
    counts = [
        (report.added, words.was_added), (report.updated, words.was_updated), (report.unchanged, words.was_unchanged),
        (report.removed, words.was_removed),
    ]  # fmt: skip
    parts = [words.several(n, forms) for n, forms in counts if n] or [words.none_added]
    said = "".join(f"<li>{text_html(n)}</li>" for n in (*report.changes, *report.notices))
    stopped = f"<p>{words.cancelled}</p>" if report.stopped else ""
    took = {"seconds": words.seconds(report.seconds), "articles": words.several(report.articles, words.articles)}
    return (
        f'<div class="dl-note dl-{"info" if not report.failed else "error"}" role="status"><b>{text_html(", ".join(parts))}</b> '
        f"{words.in_seconds.format(**took)}{stopped}"
        f"{_outcomes(report, names or {}, words)}" + (f"<ul>{said}</ul>" if said else "") + "</div>"
    )


def _outcomes(report: Report, names: Mapping[str, str], words: Words) -> str:
    """A line for each source, those that failed first; of very many only the first."""
    reasons: dict[str, list[Failure]] = {}
    for failure in report.failed:
        reasons.setdefault(failure.origin, []).append(failure)
    ordered = sorted(report.outcomes, key=lambda outcome: not outcome.failed)
    lines = [_outcome(outcome, reasons.get(outcome.origin, ()), names, words) for outcome in ordered[:SHOWN]]
    known = {outcome.origin for outcome in report.outcomes}
    lines += [_outcome(Outcome(o, failed=len(f)), f, names, words) for o, f in reasons.items() if o not in known]
    more = f"<p>{words.several(len(ordered) - SHOWN, words.further_sources)}</p>" if len(ordered) > SHOWN else ""
    return f'<ul class="dl-outcomes">{"".join(lines)}</ul>{more}' if lines else ""


def _outcome(outcome: Outcome, failures: Sequence[Failure], names: Mapping[str, str], words: Words) -> str:
    counts = [
        (outcome.added, words.added), (outcome.updated, words.updated), (outcome.unchanged, words.unchanged)
    ]  # fmt: skip
    one = sum(n for n, _ in counts) == 1
    done = ", ".join(what if one else words.several_of.format(n=words.number(n), what=what) for n, what in counts if n)
    why = "".join(
        f'<span class="dl-why">{text_html(f.place + ": " if f.place else "")}{text_html(f.reason)}</span>'
        for f in failures[:REASONS]
    )
    left = words.more_reasons.format(n=words.number(len(failures) - REASONS))
    rest = f'<span class="dl-why">{left}</span>' if len(failures) > REASONS else ""
    failed = f'<b class="dl-not-read">{words.partly_read if done else words.not_read}</b>' if failures else ""
    state = f"{text_html(done)}{' · ' if done and failed else ''}{failed}" or words.nothing_in_it
    return f'<li><span class="dl-name">{text_html(_named(outcome.origin, names))}</span> <span>{state}</span>{why}{rest}</li>'


def gone_html(titles: Sequence[tuple[str, str]], words: Words = ENGLISH) -> str:
    """Lines for what was removed, newest first, each with its undo: (id, title)."""
    lines = "".join(
        f"<li>{text_html(words.removed.format(title=title))} "
        f'<a class="dl-undo" href="#dl/undo/{quote(id, safe=_NONE)}" role="button">{words.undo}</a></li>'
        for id, title in titles
    )
    return f'<div class="dl-note dl-info" role="status"><ul class="dl-gone">{lines}</ul></div>'


def _named(origin: str, names: Mapping[str, str]) -> str:
    """The user's own name of an upload, an address as it is, a file without the folders of this machine."""
    return names.get(origin) or (origin if "://" in origin else file_name(origin))
