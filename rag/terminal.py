"""How objects look in a terminal: pure functions from values to lines, and the writing of them.

    answer_lines(answer)  ->  [("", "They agreed on mining [1]."), ("dim", "…"), …]

Styles are "", "bold" and "dim". Control characters are taken out of everything, so that no article, file name
or model can move the cursor, change colours or write the window's title.
"""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from rag.drawn import shares
from rag.notebook import (
    CHANGES,
    by_number,
    byline,
    disagreeing,
    doubts,
    further_tables,
    grounds,
    marked_rows,
    numbers,
    place,
)
from rag.types import Answer, Article, Delta, Event, Finished, Hit, Notice, Plan, Planned, Report, Table

if TYPE_CHECKING:
    from rag.background import Stop
    from rag.store.index import Health, Index

Line = tuple[str, str]

HEAD = 700  # characters of an article that are shown
BAR = 24  # cells of the longest bar
WIDEST = 160  # columns of a table at most, however wide the terminal
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """`text` without control characters, line ends and tabs apart."""
    return _CONTROL.sub("", text.replace("\r\n", "\n"))


def answer_lines(answer: Answer) -> list[Line]:
    """The text, then what stands below it."""
    return [("", answer.text), *below_answer(answer)]


def below_answer(answer: Answer) -> list[Line]:
    """Why it abstains; sentences without support; tables; citations by number with the quoted
    words; what was searched; how the question was understood."""
    lines: list[Line] = []
    if answer.abstained and answer.reason:
        lines.append(("", answer.reason))
    if not answer.complete:
        lines.append(("dim", "The answer is incomplete."))
    lines += [("bold", doubt) for doubt in doubts(answer)]
    lines += [line for table in further_tables(answer) for line in table_lines(table, numbers(answer))]
    for head, sides in disagreeing(answer):
        lines += [("", ""), ("bold", head), *(("", f"    {side}") for side in sides)]
    for number, citations in by_number(answer.citations).items():
        article = citations[0].article
        lines += [("", ""), ("bold", f"[{number}] {_heading(article.title, byline(article))}")]
        lines += [("", f"    “{' '.join(citation.quote.split())}”") for citation in citations]
        lines.append(("dim", f"    {place(article)}"))
    for told in (grounds(answer), [notes] if (notes := plan_line(answer.plan)) else []):
        lines += [("", ""), *(("dim", line) for line in told)] if told else []
    return lines


def trace_lines(trace: Mapping[str, Any] | None) -> list[Line]:
    """What the chat model was asked, and what it said before it was checked."""
    if trace is None:
        return [("", ""), ("dim", "No chat model wrote this answer: nothing was asked of one.")]
    lines: list[Line] = [line for one in trace.get("rewritten", ()) for line in trace_lines(one)]
    lines += [("", ""), ("bold", f"Asked of {trace['model']}, prompt {trace['prompt']} {trace['version']}:")]
    for message in trace["messages"]:
        lines += [("dim", f"--- {message['role']} ---"), ("", message["text"])]
    return [*lines, ("dim", "--- what it said ---"), ("", trace["text"])]


def timing_lines(timings: Mapping[str, float]) -> list[Line]:
    """The milliseconds of each step, in their order, and of all."""
    rows = [*timings.items(), ("in all", sum(timings.values()))]
    wide = max(len(name) for name, _ in rows)
    return [("", ""), *(("dim", f"{name:<{wide}} {seconds * 1000:8.1f} ms") for name, seconds in rows)]


def table_lines(table: Table, cited: Mapping[str, int] | None = None, *, width: int | None = None) -> list[Line]:
    """The title, and the rows in columns, with bars where it asks for them; `width` in cells, else the terminal's.

    Cells are plain text: what looks like rich's own markup is shown as it is.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table as Drawn
    from rich.text import Text

    wide = min(WIDEST, shutil.get_terminal_size((100, 24)).columns) if width is None else width
    drawn = Drawn(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for n, name in enumerate(table.columns):
        right = all(isinstance(row[n], int) for row in table.rows)
        drawn.add_column(Text(clean(name)), justify="right" if right else "left")
    if table.chart == "bars":
        drawn.add_column("", no_wrap=True)
    for row, share in zip(marked_rows(table, cited or {}), shares(table), strict=True):
        bar = [] if share is None else [Text("█" * (max(1, round(share * BAR)) if share else 0))]
        drawn.add_row(*(Text(clean(value)) for value in row), *bar)
    console = Console(file=io.StringIO(), width=wide, color_system=None, force_terminal=False, legacy_windows=False)
    with console.capture() as written:
        console.print(drawn)
    shown = [line.rstrip() for line in written.get().splitlines()]
    return [("", ""), ("bold", table.title), *(("", line) for line in shown)]


def plan_line(plan: Plan | None) -> str:
    """How the question was understood, where that was not as it stands; else empty."""
    if plan is None:
        return ""
    searched = [f"searched for: {plan.standalone}"] if plan.standalone != plan.question else []
    return "; ".join([*searched, *plan.notes])


def hits_lines(hits: Sequence[Hit]) -> list[Line]:
    """Passages, best first, each with its outlet, date and title."""
    lines: list[Line] = []
    for rank, hit in enumerate(hits, start=1):
        passage = hit.passage
        told = ", ".join(str(part) for part in (passage.source, passage.date) if part)
        lines += [("", "")] if lines else []
        lines += [("bold", f"{rank}. {_heading(passage.title, told)}"), ("", f"   {' '.join(passage.text.split())}")]
        lines.append(("dim", f"   score {hit.score:.4f}, article {passage.article_id}"))
    return lines


def articles_lines(articles: Sequence[Article]) -> list[Line]:
    """One article a line: id, date, source, title, in columns."""
    wide = min(28, max((len(a.source or "-") for a in articles), default=0))
    return [
        (
            "",
            f"{a.id}  {a.date.isoformat() if a.date else '-':10}  {a.source or '-':{wide}}  {' '.join(a.title.split())}",
        )
        for a in articles
    ]


def article_lines(article: Article, changes: Iterable[tuple[str, str]]) -> list[Line]:
    """All fields with where each was found, origins, changes, and the beginning of the text."""
    lines: list[Line] = [("bold", article.title)]
    for name in ("id", "title", "source", "date", "updated", "author", "url", "language"):
        value = getattr(article, name)
        found = article.found.get(name)
        lines.append(
            ("", f"{name + ':':10} {'unknown' if value is None else value}{f'  (from: {found})' if found else ''}")
        )
    lines += [("", f"{'origin:':10} {origin}") for origin in article.origins]
    lines += [("", f"{'changed:':10} {day}: {what}") for day, what in changes]
    words = len(article.text.split())
    if len(article.text) <= HEAD:
        return [*lines, ("", f"{'words:':10} {words}"), ("", ""), ("", article.text)]
    head = article.text[:HEAD].rpartition(" ")[0]
    shown = f"{'words:':10} {words} (the first {len(head.split())} shown; --json shows all)"
    return [*lines, ("", shown), ("", ""), ("", f"{head} …")]


def report_lines(report: Report) -> list[Line]:
    """What an ingestion did, what changed, and what could not be read."""
    counts = ("added", "updated", "unchanged", "removed")
    lines: list[Line] = [
        ("bold", ", ".join(f"{getattr(report, name)} {name}" for name in counts) + f", {len(report.failed)} failed")
    ]
    lines += [("", f"  failed: {failure}") for failure in report.failed]
    lines += [("", f"  changed: {change}") for change in report.changes[:CHANGES]]
    if len(report.changes) > CHANGES:
        lines.append(("dim", f"  … and {len(report.changes) - CHANGES} more; dateline articles show ID says what"))
    spent = f"{report.passages} passages embedded in {report.seconds:.1f} s"
    return [*lines, ("", f"{spent}; the archive holds {report.articles} articles")]


def health_lines(health: Health) -> list[Line]:
    """Counts, the state of the vectors, the self-queries, and every problem."""
    found = "not read" if health.vectors is None else str(health.vectors)
    lines = [
        f"{'articles:':14} {health.articles}",
        f"{'passages:':14} {health.passages}",
        f"{'vectors:':14} {found} in Chroma, state {health.state}, {health.pending} passages pending",
        f"{'self-queries:':14} {health.asked} asked, {health.wrong} wrong",
    ]
    return [*(("", line) for line in lines), *(("bold", f"problem: {p}") for p in health.problems)]


def index_lines(index: Index) -> list[Line]:
    """Where things are, and how much room they take."""
    embedder, place = index.recorded_embedder(), index.place()
    made = f"{embedder['name']}, {embedder['dimension']} dimensions" if embedder else "none yet"
    lines = [
        f"{'archive:':14} {index.folder} (generation {index.catalog.generation})",
        f"{'embedder:':14} {made}",
        f"{'catalog:':14} {_megabytes(index.folder.glob('catalog.sqlite3*'))}",
        f"{'Chroma:':14} {place}" + ("" if place.folder is None else f", {_megabytes(place.folder.rglob('*'))}"),
    ]
    return [("", line) for line in lines]


def _megabytes(paths: Iterable[Path]) -> str:
    return f"{sum(path.stat().st_size for path in paths if path.is_file()) / 1e6:.1f} MB"


def _heading(title: str, told: str) -> str:
    return ", ".join(part for part in (told, " ".join(title.split())) if part)


# -- writing -----------------------------------------------------------------------------


def say(text: str, style: str = "", *, err: bool = False) -> None:
    """One line, without control characters; styled on a terminal unless NO_COLOR says no."""
    stream = sys.stderr if err else sys.stdout
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb" or not stream.isatty()
    text = clean(text)
    typer.echo(
        text if plain or not style else typer.style(text, bold=style == "bold" or None, dim=style == "dim" or None),
        err=err,
    )


def show(lines: Iterable[Line]) -> None:
    for style, text in lines:
        say(text, style)


def progress(words: str, seconds: float = 10.0) -> Callable[[int, int], None]:
    """Tells (done, of) on standard error: in one line of a terminal, else a line every so many seconds."""
    live, told = sys.stderr.isatty() and os.environ.get("TERM") != "dumb", time.monotonic()

    def show(done: int, of: int) -> None:
        nonlocal told
        if live:
            sys.stderr.write(f"\r\x1b[K{words} {done:,} of {of:,} passages" + ("\n" if done >= of else ""))
            sys.stderr.flush()
        elif time.monotonic() - told > seconds:
            told = time.monotonic()
            sys.stderr.write(f"{words} {done:,} of {of:,} passages\n")

    return show


def note(text: str) -> None:
    say(text, "dim", err=True)


def print_json(value: Any) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_as(form: str, answer: Answer) -> None:
    """The answer for another program or a file; "text" was printed as it came."""
    if form in ("json", "csl"):
        print_json(answer.to_dict() if form == "json" else answer.to_csl())
    elif form != "text":
        made = {"markdown": answer.to_markdown, "html": answer.to_html, "bibtex": answer.to_bibtex}[form]()
        typer.echo(clean(made), nl=False)


def answered(events: Iterator[Event], *, stream: bool, quiet: bool = False) -> Answer:
    """Drain the events: words as they come where `stream`, notices on standard error, the answer at the end."""
    streamed = ""
    for event in _searching(events) if stream else events:
        if isinstance(event, Notice):
            note(("\n" if streamed else "") + event.text)
        elif isinstance(event, Delta) and stream:
            typer.echo(clean(event.text), nl=False)
            streamed += event.text
        elif isinstance(event, Finished):
            answer = event.answer
    if quiet:
        return answer
    if streamed:
        typer.echo()
    if streamed.split() == answer.text.split():
        show(below_answer(answer))
    else:
        if streamed.strip():
            say("\nChecked against the articles, the answer is:", "bold")
        show(answer_lines(answer))
    return answer


def _searching(events: Iterator[Event]) -> Iterator[Event]:
    """The same events; while the first search loads its models, a line on a terminal says that it searches."""
    shown = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
    for event in events:
        yield event
        if shown and isinstance(event, Planned):
            sys.stderr.write("Searching …")
            sys.stderr.flush()
            try:
                following = next(events)  # Planned is never the last
            finally:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
            yield following


@contextmanager
def stop_on_interrupt(stop: Stop) -> Iterator[Stop]:
    """Ctrl-C sets `stop`, so that an answer ends in order; a second one interrupts as ever."""
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def interrupted(number: int, frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Thread(target=stop.set).start()  # not from here: the interrupted code may hold the stop's lock

    previous = signal.signal(signal.SIGINT, interrupted)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, previous)
