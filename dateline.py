"""The command: dateline ingest, ask, chat, search, articles, doctor, backup, compact, ui, version.

Exit codes: 0 done; 1 an error, or origins that could not be read, or problems that doctor found; 2 a usage
error; 70 a fault of Dateline itself; 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag import terminal
from rag.errors import DatelineError, UsageError

if TYPE_CHECKING:
    from rag.archive import Archive
    from rag.search.embedding import Embedder
    from rag.settings import Settings
    from rag.store.index import Index

FAULT, STOPPED = 70, 130  # EX_SOFTWARE; 128 + SIGINT


@dataclass(slots=True)
class Session:
    """What the options before the command say."""

    archive: str | None = None
    verbose: bool = False


class Format(StrEnum):
    """How an answer is printed."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    BIBTEX = "bibtex"
    CSL = "csl"


@dataclass(frozen=True, slots=True)
class Place:
    """An archive for embedding again: opened by what it records, with the embedder that the settings name."""

    index: Index
    embedder: Embedder
    settings: Settings


Where = Annotated[
    str | None,
    typer.Option("--archive", metavar="DIR", help="The archive's folder [env: DATELINE_ARCHIVE; default: archive]."),
]
Archives = Annotated[
    list[str] | None,
    typer.Option(
        "--archive",
        metavar="DIR",
        help="An archive's folder [env: DATELINE_ARCHIVE; default: archive]; may be repeated.",
    ),
]
Question = Annotated[list[str], typer.Argument(metavar="QUESTION", help="The question; quotes are not needed.")]
After = Annotated[str | None, typer.Option(metavar="DAY", help="Only articles of this day (YYYY-MM-DD) or later.")]
Before = Annotated[str | None, typer.Option(metavar="DAY", help="Only articles of this day or earlier.")]
AsOf = Annotated[str | None, typer.Option(metavar="DAY", help="Answer as on this day: nothing later is seen.")]
Author = Annotated[list[str] | None, typer.Option(metavar="NAME", help="Only articles by them; may be repeated.")]
AnswerKind = Annotated[
    str | None, typer.Option("--kind", metavar="KIND", help="The kind of answer: fact, list, timeline, latest …")
]
Source = Annotated[list[str] | None, typer.Option(metavar="OUTLET", help="Only this outlet; may be repeated.")]
Shown = Annotated[
    Format,
    typer.Option("--format", help="What to print: the answer, or the articles that it cites as bibtex or csl."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Model = Annotated[str | None, typer.Option(metavar="PROVIDER:NAME", help="The chat model [env: DATELINE_MODEL].")]

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Ask your news articles, and get short answers whose citations open at the very words.",
)
articles = typer.Typer(help="List, show and remove articles.", rich_markup_mode=None)
app.add_typer(articles, name="articles")


@app.callback(invoke_without_command=True)
def before_command(
    context: typer.Context,
    archive: Where = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show the traceback of an error.")] = False,
) -> None:
    context.obj.archive, context.obj.verbose = archive, verbose
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


# -- articles in -------------------------------------------------------------------------


@app.command()
def ingest(
    context: typer.Context,
    origins: Annotated[list[str], typer.Argument(metavar="PATH|URL", help="Files, folders, globs, pages, feeds.")],
    prune: Annotated[bool, typer.Option("--prune", help="Remove articles whose file is gone.")] = False,
    field: Annotated[
        list[str] | None, typer.Option(metavar="OURS=THEIRS", help="Our name for a record's field: text=body.")
    ] = None,
    archive: Where = None,
) -> None:
    """Read articles into the archive; what it has already is not read again."""
    fields = _fields(field or ())
    from ingest.run import ingest as read

    with _opened(context, archive, create=True) as into:
        report = read(origins, into, prune=prune, fields=fields, progress=None if sys.stderr.isatty() else True)
    terminal.show(terminal.report_lines(report))
    for notice in report.notices:
        terminal.note(notice)
    if report.stopped:
        terminal.note("Stopped. What was read until then is kept; the same command goes on from there.")
        raise typer.Exit(STOPPED)
    raise typer.Exit(1 if report.failed else 0)


def _fields(given: Iterable[str]) -> dict[str, str]:
    """["text=body"] -> {"text": "body"}."""
    fields = {}
    for pair in given:
        ours, equals, theirs = pair.partition("=")
        if not (equals and ours.strip() and theirs.strip()):
            raise UsageError(f"--field takes OURS=THEIRS, as in --field text=body, not {pair!r}")
        fields[ours.strip()] = theirs.strip()
    return fields


# -- asking ------------------------------------------------------------------------------


@app.command()
def ask(
    context: typer.Context,
    question: Question,
    as_json: AsJson = False,
    after: After = None,
    before: Before = None,
    source: Source = None,
    as_of: AsOf = None,
    author: Author = None,
    kind: AnswerKind = None,
    model: Model = None,
    k: Annotated[int | None, typer.Option("--k", "-k", min=1, help="Passages that the answer may rest on.")] = None,
    trace: Annotated[
        bool, typer.Option("--trace", help="Print what the chat model was asked, and what it said.")
    ] = False,
    timings: Annotated[bool, typer.Option("--timings", help="Print how long each step took.")] = False,
    archive: Where = None,
    form: Shown = Format.TEXT,
) -> None:
    """Answer a question from the articles, with citations."""
    from rag.background import Stop

    if as_json and form not in (Format.TEXT, Format.JSON):
        raise UsageError(f"--json and --format {form} ask for two things; leave one out")
    form = Format.JSON if as_json else form
    if trace and form not in (Format.TEXT, Format.JSON):
        raise UsageError(f"--trace goes with the answer as text; --format json has it too, {form} has no place for it")
    if timings and form not in (Format.TEXT, Format.JSON):
        raise UsageError(
            f"--timings goes with the answer as text; --format json has them too, {form} has no place for them"
        )
    started = time.perf_counter()
    with (
        _opened(context, archive, model=model, passages=k, once=True) as opened,
        terminal.stop_on_interrupt(Stop()) as stop,
    ):
        opening = time.perf_counter() - started
        events = opened.stream(
            " ".join(question), stop=stop, after=after, before=before, sources=tuple(source or ()), as_of=as_of,
            authors=tuple(author or ()), kind=kind,
        )  # fmt: skip
        answer = terminal.answered(
            events, stream=form is Format.TEXT and sys.stdout.isatty(), quiet=form is not Format.TEXT
        )
        stopped = stop.is_set()
    terminal.print_as(form, answer)
    if trace and form is Format.TEXT:
        terminal.show(terminal.trace_lines(answer.trace))
    if timings and form is Format.TEXT:
        terminal.show(terminal.timing_lines({"open": opening, **answer.timings}))
    raise typer.Exit(STOPPED if stopped else 0)


@app.command()
def chat(context: typer.Context, model: Model = None, archive: Where = None) -> None:
    """Ask questions that follow one another; /clear forgets them, /quit or Ctrl-D leaves."""
    from rag.background import Stop

    try:
        import readline  # noqa: F401  importing it gives input() a history and line editing
    except ImportError:  # Windows has none, and input() works without
        pass
    with _opened(context, archive, model=model) as opened:
        _ = opened.model  # what it lacks is said now, not after the first question
        talk = opened.conversation()
        terminal.say(f"{opened!r}  /clear forgets the conversation, /quit or Ctrl-D leaves.", "dim")
        for question in _questions():
            if question == "/clear":
                talk.clear()
                terminal.say("Forgotten.", "dim")
                continue
            try:
                with terminal.stop_on_interrupt(Stop()) as stop:
                    terminal.answered(talk.stream(question, stop=stop), stream=sys.stdout.isatty())
            except KeyboardInterrupt:  # the second one: the first only stops the chat model
                terminal.note("Stopped.")
            except DatelineError as e:
                _fail(e, context.obj.verbose)


def _questions() -> Iterator[str]:
    """What is typed, until /quit or Ctrl-D; Ctrl-C at the prompt begins the line anew."""
    while True:
        try:
            question = input("> ").strip()
        except EOFError:
            terminal.say("")
            return
        except KeyboardInterrupt:
            terminal.say("")
            continue
        if question == "/quit":
            return
        if question:
            yield question


@app.command()
def search(
    context: typer.Context,
    question: Question,
    k: Annotated[int, typer.Option("--k", "-k", min=1, help="How many passages.")] = 10,
    as_json: AsJson = False,
    after: After = None,
    before: Before = None,
    source: Source = None,
    archive: Where = None,
) -> None:
    """Find the passages nearest to a question, without an answer."""
    with _opened(context, archive, once=True) as opened:
        hits = opened.search(" ".join(question), k=k, after=after, before=before, sources=tuple(source or ()))
    if as_json:
        terminal.print_json([hit.to_dict() for hit in hits])
    else:
        terminal.show(terminal.hits_lines(hits) or [("", "No passage was found.")])


# -- the articles ------------------------------------------------------------------------


@articles.command("list")
def list_articles(
    context: typer.Context,
    as_json: AsJson = False,
    after: After = None,
    before: Before = None,
    source: Source = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many, the newest.")] = None,
    archive: Where = None,
) -> None:
    """One article a line, newest first: id, date, source, title."""
    with _opened(context, archive) as opened:
        found = opened.articles(after=after, before=before, sources=tuple(source or ()), limit=limit)
    if as_json:
        terminal.print_json([{k: v for k, v in article.to_dict().items() if k != "text"} for article in found])
    else:
        terminal.show(terminal.articles_lines(found) or [("", "No articles.")])


@articles.command()
def show(context: typer.Context, id: str, as_json: AsJson = False, archive: Where = None) -> None:
    """All that is known of an article, where each fact was found, and what changed."""
    with _opened(context, archive) as opened:
        article = opened.article(id)
        if article is None:
            raise DatelineError(_unknown(opened, id))
        changes = opened.changes(id)
    if as_json:
        terminal.print_json(article.to_dict() | {"changes": [{"day": day, "what": what} for day, what in changes]})
    else:
        terminal.show(terminal.article_lines(article, changes))


@articles.command()
def remove(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID")] = None,
    after: After = None,
    before: Before = None,
    source: Source = None,
    archive: Where = None,
) -> None:
    """Take articles out of the archive, by id, or all of an outlet or of days; ingesting their origins again brings
    them back."""
    ids, sources = ids or [], tuple(source or ())
    if bool(ids) == bool(after or before or sources):
        raise UsageError("name either the articles' ids, or an outlet (--source) or days (--after, --before)")
    with _opened(context, archive) as opened:
        if not ids:
            count = opened.remove_all(after=after, before=before, sources=sources)
            terminal.say(f"removed {count} article{'' if count == 1 else 's'}")
            return
        unknown = [id for id in ids if opened.article(id) is None]
        if unknown:  # before the first is removed: all or none
            raise DatelineError(_unknown(opened, *unknown))
        for id in ids:
            opened.remove(id)
            terminal.say(f"removed {id}")


def _unknown(archive: Archive, *ids: str) -> str:
    return f"{archive.folder} has no article {', '.join(ids)}; see: dateline --archive {archive.folder} articles list"


# -- the archive -------------------------------------------------------------------------


@app.command()
def doctor(
    context: typer.Context,
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild the vectors from the catalog.")] = False,
    re_embed: Annotated[
        bool, typer.Option("--re-embed", help="Embed every passage again, with the embedder of the settings.")
    ] = False,
    archive: Where = None,
) -> None:
    """Show the state of the archive and its problems; exit code 1 when there are any."""
    from rag.settings import Settings
    from rag.store.index import Index

    settings = Settings.load(archive=_folder(context, archive))
    folder = Path(settings.archive).expanduser()
    if re_embed:
        _embed_again(folder, settings)
    # Without an embedder of its own: an archive that another one made can be looked at too.
    index = Index(folder, chroma=settings.chroma, create=False)
    try:
        health = index.health()
        if repair and not health.ok:
            for problem in health.problems:
                terminal.say(f"was: {problem}", "dim")
            health = index.repair(terminal.progress("Chroma has"))
        terminal.show(terminal.index_lines(index))
        terminal.show(terminal.health_lines(health))
    finally:
        index.close()
    if health.ok:
        terminal.say("No problems.")
    elif not repair:
        terminal.note(f"dateline --archive {folder} doctor --repair rebuilds the vectors; nothing is embedded again.")
    raise typer.Exit(0 if health.ok else 1)


def _embed_again(folder: Path, settings: Settings) -> None:
    from ingest.run import reembed
    from rag.search.embedding import load
    from rag.store.index import Index

    index = Index(folder, chroma=settings.chroma, create=False)
    try:
        count = reembed(Place(index, load(settings.embedder, settings.threads), settings))
    finally:
        index.close()
    terminal.say(f"Embedded {count} passages with {settings.embedder}.")


@app.command()
def backup(context: typer.Context, path: Path, archive: Where = None) -> None:
    """Copy the archive, consistently, while others use it."""
    with _opened(context, archive) as opened:
        opened.backup(path)
        count = opened.coverage().articles
    terminal.say(f"{path} holds a copy of {count} articles; it is an archive itself.")


@app.command()
def compact(context: typer.Context, archive: Where = None) -> None:
    """Give back the disk of articles that were removed or replaced."""
    with _opened(context, archive) as opened:
        before = _megabytes(opened.folder)
        opened.index.compact(terminal.progress("Chroma has"))
        after = _megabytes(opened.folder)
    terminal.say(f"{before:,.1f} MB before, {after:,.1f} MB after.")


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


@app.command()
def ui(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to serve on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535)] = 7860,
    auth: Annotated[str | None, typer.Option(metavar="USER:PASSWORD", help="Ask for it [env: DATELINE_AUTH].")] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", help="Serve others than this machine without a password.")
    ] = False,
    archive: Archives = None,
) -> None:
    """Serve the window, of one archive or of several to switch between."""
    import ui as window

    with ExitStack() as stack:
        folders: list[str | None] = [*(archive or [])] or [None]
        opened = [stack.enter_context(_opened(context, folder, create=True)) for folder in folders]
        window.serve(opened, host=host, port=port, auth=auth, no_auth=no_auth)


@app.command()
def person(
    name: str,
    role: Annotated[str, typer.Option(help="editor, or reader: who may not add or remove articles.")] = "editor",
    gone: Annotated[bool, typer.Option("--remove", help="Take the person out.")] = False,
    file: Annotated[Path | None, typer.Option(help="The file of people [env: DATELINE_AUTH_FILE].")] = None,
) -> None:
    """Let a person into a window that several share; the password is asked for and kept hashed."""
    from getpass import getpass
    from typing import get_args

    from rag import people
    from rag.settings import Settings

    path = file or Path(Settings.load().auth_file or "people.txt").expanduser()
    if gone:
        was = people.remove(path, name)
        terminal.say(f"{name} is out of {path}." if was else f"{path} has nobody named {name}.")
        raise typer.Exit(0 if was else 1)
    if role not in get_args(people.Role):
        raise UsageError(f"--role is {role!r}; it takes {' or '.join(get_args(people.Role))}")
    password, again = (getpass(f"{asked} for {name}: ") for asked in ("Password", "The password again"))
    if password != again:
        raise UsageError("the two passwords differ; nothing was changed")
    people.put(path, name, password, role)  # type: ignore[arg-type]
    terminal.say(f"{name} is in {path}, as {role}. Serve it with DATELINE_AUTH_FILE={path}.")


@app.command()
def version() -> None:
    """Print the version."""
    from rag import __version__

    typer.echo(f"dateline {__version__}")


# -- what all commands share -------------------------------------------------------------


def _folder(context: typer.Context, own: str | None) -> str | None:
    """The folder named after the command, else the one before it, else what the settings say."""
    return own if own is not None else context.obj.archive


@contextmanager
def _opened(context: typer.Context, own: str | None, *, create: bool = False, **settings: Any) -> Iterator[Archive]:
    from rag.archive import Archive

    with Archive(_folder(context, own), create=create, **settings) as archive:
        yield archive


def _fail(error: BaseException, verbose: bool, hint: str = "") -> None:
    if verbose:
        traceback.print_exception(error)
    terminal.say(f"dateline: {' '.join(str(error).split()) or type(error).__name__}{hint}", err=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; its exit code."""
    for stream in (sys.stdout, sys.stderr):  # a file name may hold what the terminal's encoding does not
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    session = Session()
    try:
        given = None if arguments is None else list(arguments)
        code = app(args=given, prog_name="dateline", standalone_mode=False, obj=session)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        terminal.note("dateline: stopped")
        return STOPPED
    except BrokenPipeError:  # the reader of our output, head for one, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except DatelineError as e:
        _fail(e, session.verbose)
        return 2 if isinstance(e, UsageError) else 1
    except Exception as e:  # noqa: BLE001  the last stop: whatever it is, one line and an exit code
        if hasattr(e, "format_message"):  # typer's usage errors, whose class has moved between its versions
            terminal.say(f"dateline: {' '.join(e.format_message().split())} (see: dateline --help)", err=True)
            return 2
        _fail(e, session.verbose, "" if session.verbose else f" ({type(e).__name__}; run with --verbose)")
        return FAULT


if __name__ == "__main__":
    sys.exit(main())
