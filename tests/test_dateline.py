"""The command, as it is typed: what it prints where, its exit codes, and one line for every error."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

import dateline
from rag import terminal
from rag.background import Stop
from rag.types import (
    Answer,
    Article,
    Citation,
    Delta,
    Event,
    Finished,
    Notice,
    Passage,
    Plan,
    Planned,
    Retrieved,
    Sentence,
)
from tests.conftest import ARTICLES
from tests.embedder import WordHash
from tests.openai_server import OpenAIServer, Script

ROOT = Path(__file__).parent.parent
QUESTION = "Which fields did the two presidents name for working together?"
QUOTE = "The two presidents named investment, farming and mining as fields in which their countries will work together."

Run = Callable[..., tuple[int, str, str]]


def command(*arguments: str, folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    return subprocess.run(
        [sys.executable, str(ROOT / "dateline.py"), *arguments], cwd=folder, capture_output=True, text=True, timeout=120,
        env={**os.environ, **environ},
    )  # fmt: skip


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command in this process, in an empty folder, with the tiny embedder: (code, output, errors)."""
    monkeypatch.setattr("rag.archive.load", lambda name, threads=0: WordHash())
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> tuple[int, str, str]:
        code = dateline.main(arguments)
        return code, *capsys.readouterr()

    return called


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(articles, archive): three articles, read by the command itself with the tiny embedder."""
    home = tmp_path_factory.mktemp("made")
    (home / "articles").mkdir()
    for name, text in ARTICLES.items():
        (home / "articles" / name).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rag.archive.load", lambda name, threads=0: WordHash())
        assert dateline.main(["--archive", str(home / "archive"), "ingest", str(home / "articles")]) == 0
    return home / "articles", home / "archive"


@pytest.fixture
def kept(made: tuple[Path, Path]) -> str:
    """An archive to read, shared by the tests of this module."""
    return str(made[1])


@pytest.fixture
def own(made: tuple[Path, Path], tmp_path: Path) -> str:
    """An archive of the test's own, to change."""
    shutil.copytree(made[1], tmp_path / "own")
    return str(tmp_path / "own")


def ids(run: Run, archive: str) -> list[str]:
    return [article["id"] for article in json.loads(run("--archive", archive, "articles", "list", "--json")[1])]


# -- options, help, errors ---------------------------------------------------------------


def test_help_names_every_command(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    for name in ("ingest", "ask", "chat", "search", "articles", "doctor", "backup", "compact", "ui", "version"):
        assert f"\n  {name} " in out


@pytest.mark.parametrize(
    "names", [["ingest"], ["ask"], ["chat"], ["search"], ["articles", "list"], ["articles", "show"],
              ["articles", "remove"], ["doctor"], ["backup"], ["compact"], ["ui"]],
)  # fmt: skip
def test_every_command_takes_the_archive_after_it(run: Run, names: list[str]) -> None:
    code, out, _ = run(*names, "--help")
    assert code == 0
    assert "--archive DIR" in out


def test_version(run: Run) -> None:
    from rag import __version__

    assert run("version") == (0, f"dateline {__version__}\n", "")


def test_no_command_shows_the_help_and_is_a_usage_error(run: Run) -> None:
    code, out, _ = run()
    assert code == 2
    assert "Usage: dateline" in out


@pytest.mark.parametrize(
    "arguments", [["fly"], ["ask"], ["ask", "x", "--k", "many"], ["ask", "x", "--k", "0"], ["search", "--colour", "x"],
                  ["ingest"], ["ingest", "x", "--field", "text"], ["articles"], ["articles", "show"],
                  ["ui", "--port", "99999"], ["articles", "remove"], ["articles", "remove", "x", "--source", "y"]],
)  # fmt: skip
def test_a_usage_error_is_one_line_and_code_2(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("dateline: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["ask", "x"], ["search", "x"], ["chat"], ["articles", "list"], ["articles", "show", "x"],
                  ["articles", "remove", "x"], ["doctor"], ["doctor", "--re-embed"], ["backup", "b"], ["compact"]],
)  # fmt: skip
def test_a_missing_archive_is_one_line_that_says_how_to_make_one(run: Run, arguments: list[str]) -> None:
    code, out, err = run(*arguments, "--archive", "nowhere")
    assert (code, out) == (1, "")
    assert err.startswith("dateline: there is no archive in nowhere")
    assert "ingest PATH" in err
    assert err.count("\n") == 1
    assert not Path("nowhere").exists()


def test_verbose_shows_the_traceback(run: Run) -> None:
    _, _, err = run("--verbose", "--archive", "nowhere", "articles", "list")
    assert err.startswith("Traceback")
    assert err.splitlines()[-1].startswith("dateline: there is no archive")


def test_a_fault_of_our_own_is_one_line_and_code_70(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.archive.load", lambda name, threads=0: 1 / 0)
    code, _, err = run("articles", "list")
    assert code == 70
    assert err == "dateline: division by zero (ZeroDivisionError; run with --verbose)\n"


def test_the_archive_after_the_command_is_over_the_one_before_it_and_over_the_environment(
    run: Run, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATELINE_ARCHIVE", "from-environment")
    assert "from-environment" in run("articles", "list")[2]
    assert "before" in run("--archive", "before", "articles", "list")[2]
    assert run("--archive", "before", "articles", "list", "--archive", kept)[0] == 0
    monkeypatch.setenv("DATELINE_ARCHIVE", kept)
    assert run("articles", "list")[0] == 0


def test_a_reader_that_has_seen_enough_is_no_fault(kept: str) -> None:
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "dateline.py"), "version"], stdout=write, stderr=subprocess.PIPE, text=True
    )
    os.close(read)
    os.close(write)
    _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (1, "")


# -- articles in -------------------------------------------------------------------------


def test_ingest_reports_and_does_nothing_twice(run: Run, folder: Path) -> None:
    code, out, _ = run("ingest", str(folder), "--archive", "news")
    assert code == 0
    assert out.startswith("3 added, 0 updated, 0 unchanged, 0 removed, 0 failed\n")
    assert "the archive holds 3 articles" in out
    code, out, _ = run("--archive", "news", "ingest", str(folder))
    assert code == 0
    assert out.startswith("0 added, 0 updated, 3 unchanged, 0 removed, 0 failed\n")
    assert "0 passages embedded" in out


def test_ingest_says_what_changed_and_prunes_what_is_gone(run: Run, folder: Path) -> None:
    run("--archive", "news", "ingest", str(folder))
    talks = folder / "talks.md"
    talks.write_text(talks.read_text("utf-8").replace("2024-11-19", "2024-11-20"), encoding="utf-8")
    (folder / "bridge.txt").unlink()
    code, out, _ = run("--archive", "news", "ingest", str(folder), "--prune")
    assert code == 0
    assert out.startswith("0 added, 1 updated, 1 unchanged, 1 removed, 0 failed\n")
    assert "changed: Leaders meet in Belgrade: date: 2024-11-19 -> 2024-11-20" in out
    id = next(i for i in ids(run, "news") if "Belgrade" in run("--archive", "news", "articles", "show", i)[1])
    assert "2024-11-19 -> 2024-11-20" in run("--archive", "news", "articles", "show", id)[1]


def test_an_origin_that_cannot_be_read_is_code_1_and_the_rest_goes_on(run: Run, folder: Path) -> None:
    (folder / "lines.jsonl").write_text('{"title": "A fair", "text": "A fair opened in the town."}\n{broken\n', "utf-8")
    code, out, _ = run("--archive", "news", "ingest", str(folder), "no-such-file.txt")
    assert code == 1
    assert out.startswith("4 added, 0 updated, 0 unchanged, 0 removed, 2 failed\n")
    assert "lines.jsonl, line 2: " in out
    assert "failed: no-such-file.txt: there is no such file" in out


def test_fields_of_records_can_be_named(run: Run, tmp_path: Path) -> None:
    record = {"kopf": "A fair", "leib": "A fair opened in the town on a rainy day."}
    (tmp_path / "records.jsonl").write_text(json.dumps(record), encoding="utf-8")
    code, _, _ = run("--archive", "news", "ingest", "records.jsonl", "--field", "title=kopf", "--field", "text=leib")
    assert code == 0
    assert "A fair" in run("--archive", "news", "articles", "list")[1]


# -- asking ------------------------------------------------------------------------------


def test_an_answer_comes_with_outlet_date_title_quote_and_address(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "ask", QUESTION)
    assert code == 0
    assert "investment, farming and mining" in out.splitlines()[0]
    assert "Danube Wire, 2024-11-19, Leaders meet in Belgrade" in out
    assert f"“{QUOTE}”" in out
    assert "https://wire.example.org/talks" in out
    assert "\x1b" not in out


def test_a_question_needs_no_quotes(run: Run, kept: str) -> None:
    assert "investment, farming" in run("--archive", kept, "ask", *QUESTION.split())[1]


def test_ask_json_prints_the_answer_and_nothing_else(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "ask", QUESTION, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["citations"][0]["quote"] == QUOTE
    assert answer["question"] == QUESTION


@pytest.mark.parametrize(
    ("form", "begins", "holds"),
    [
        ("text", "The two presidents", "Rests on 1 article."),
        ("markdown", "The two presidents", "[^1]: Danube Wire, 2024-11-19"),
        ("html", "<!doctype html>", f"<mark>{QUOTE}</mark>"),
        ("json", "{\n", f'"quote": "{QUOTE}"'),
        ("bibtex", "@article{danubewire2024leaders,\n", "journal = {{Danube Wire}}"),
        ("csl", "[\n", '"container-title": "Danube Wire"'),
    ],
)
def test_ask_prints_the_answer_in_the_form_that_is_asked_for(
    run: Run, kept: str, form: str, begins: str, holds: str
) -> None:
    code, out, _ = run("--archive", kept, "ask", QUESTION, "--source", "Danube Wire", "--format", form)
    assert code == 0
    assert out.startswith(begins)
    assert holds in out


def test_two_forms_at_once_are_a_usage_error(run: Run, kept: str) -> None:
    code, out, err = run("--archive", kept, "ask", QUESTION, "--json", "--format", "bibtex")
    assert (code, out) == (2, "")
    assert "--format bibtex" in err
    assert run("--archive", kept, "ask", QUESTION, "--json", "--format", "json")[0] == 0
    assert run("--archive", kept, "ask", QUESTION, "--format", "pdf")[0] == 2
    assert run("--archive", kept, "ask", QUESTION, "--trace", "--format", "html")[0] == 2


def test_an_exported_answer_moves_no_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    of = Article("a1", "T\x1b]0;x\x07", "They \x1b[2Jmet.", source="W\x9bire")
    passage = Passage("p1", "a1", 0, of.text, 0, len(of.text), of.title)
    answer = Answer("q", f"{of.text} [1]", citations=(Citation(1, of, passage, of.text, 0, len(of.text)),))
    for form in ("markdown", "html", "bibtex"):
        terminal.print_as(form, answer)
        out = capsys.readouterr().out
        assert "ire" in out
        assert not {"\x1b", "\x07", "\x9b"} & set(out)


def test_an_abstention_says_why_and_is_no_error(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "ask", QUESTION, "--source", "Reuters")
    assert code == 0
    assert out.startswith("The articles do not say.\n")
    assert "Reuters" in out.splitlines()[1]


def test_ask_trace_prints_what_the_model_was_asked_and_said(
    run: Run, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("--archive", kept, "ask", QUESTION, "--trace")
    assert "No chat model wrote this answer" in run(*asked)[1]
    with OpenAIServer(Script(words=("They named farming and mining [1].",))) as server:
        monkeypatch.setenv("DATELINE_MODEL_URL", server.url)
        code, out, _ = run(*asked, "--model", "tiny")
        sent = [message["content"] for message in server.requests[0].body["messages"]]
    assert code == 0
    assert all(terminal.clean(text) in out for text in sent)
    assert out.rstrip().endswith("--- what it said ---\nThey named farming and mining [1].")
    assert "prompt answer " in out


def test_ask_timings_prints_each_step(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "ask", QUESTION, "--timings")
    assert code == 0
    lines = [line.split() for line in out[out.index("open ") :].splitlines() if line]
    steps = {line[0]: float(line[-2]) for line in lines[:-1]}
    assert {"open", "understand", "embed", "search", "read", "evidence", "answer"} <= set(steps)
    assert lines[-1][:2] == ["in", "all"]
    assert abs(float(lines[-1][-2]) - sum(steps.values())) < 1
    assert "read" in json.loads(run("--archive", kept, "ask", QUESTION, "--timings", "--json")[1])["timings"]
    assert run("--archive", kept, "ask", QUESTION, "--timings", "--format", "bibtex")[0] == 2


@pytest.mark.parametrize(
    ("options", "found"),
    [(["--after", "2024-12-01"], False), (["--before", "2024-11-01"], False), (["--as-of", "2024-11-18"], False),
     (["--source", "Danube Wire"], True), (["--source", "Steppe Courier", "--source", "Danube Wire"], True),
     (["--after", "2024-11-19", "--before", "2024-11-19"], True), (["--as-of", "2024-11-19"], True)],
)  # fmt: skip
def test_filters_of_ask(run: Run, kept: str, options: list[str], found: bool) -> None:
    answer = json.loads(run("--archive", kept, "ask", QUESTION, "--json", *options)[1])
    assert any(c["article"]["title"] == "Leaders meet in Belgrade" for c in answer["citations"]) is found


def test_a_day_that_is_none_is_a_usage_error(run: Run, kept: str) -> None:
    code, _, err = run("--archive", kept, "ask", QUESTION, "--after", "soon")
    assert code == 2
    assert "soon" in err


def test_a_model_that_cannot_be_had_is_one_line(run: Run, kept: str) -> None:
    code, _, err = run("--archive", kept, "ask", QUESTION, "--model", "nobody:nothing")
    assert code in (1, 2)
    assert err.startswith("dateline: ")
    assert "nobody" in err


def test_search_finds_passages(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "search", "dams broke near Petropavl", "-k", "2")
    assert code == 0
    assert out.startswith("1. Steppe Courier, 2024-04-05, Rivers burst their banks in the north\n")
    hits = json.loads(run("--archive", kept, "search", "dams", "--json", "--source", "Danube Wire")[1])
    assert {hit["passage"]["source"] for hit in hits} == {"Danube Wire"}


def test_chat_follows_up_forgets_and_leaves(run: Run, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{QUESTION}\n\n/clear\n/quit\nnever asked\n"))
    code, out, _ = run("--archive", kept, "chat")
    assert code == 0
    assert f"“{QUOTE}”" in out
    assert "Forgotten." in out
    assert "never asked" not in out


def test_the_end_of_input_leaves_the_chat(run: Run, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run("--archive", kept, "chat")[0] == 0


# -- what a terminal shows ---------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def finished(text: str, **facts: object) -> Finished:
    article = Article("a", "Title", "Words of it.", dt.date(2024, 1, 2), source="Wire")
    passage = Passage("p", "a", 0, article.text, 0, 12, "Title")
    return Finished(Answer("q", text, (), (Citation(1, article, passage, "Words of it.", 0, 12),), **facts))  # type: ignore[arg-type]


def drained(events: Sequence[Event], monkeypatch: pytest.MonkeyPatch, **environ: str) -> str:
    screen = Terminal()
    monkeypatch.setattr("sys.stdout", screen)
    for name, value in {"TERM": "xterm", "NO_COLOR": "", **environ}.items():
        monkeypatch.setenv(name, value)
    terminal.answered(iter(events), stream=True)
    return screen.getvalue()


def test_streamed_words_are_shown_once(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Planned(Plan("q", "q"))
    shown = drained(
        [plan, Retrieved(()), Delta("Words "), Delta("of it. [1] "), finished("Words of it. [1]")], monkeypatch
    )
    assert shown.startswith("Words of it. [1] \n")
    assert shown.count("Words of it. [1]") == 1
    assert "\x1b[1m[1] Wire, 2024-01-02, Title" in shown


def test_a_terminal_says_that_it_searches_and_takes_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = Terminal()
    monkeypatch.setattr("sys.stderr", errors)
    drained([Planned(Plan("q", "q")), Retrieved(()), Delta("Words"), finished("Words")], monkeypatch)
    assert errors.getvalue() == "Searching …\r\x1b[K"


def test_a_verified_text_that_differs_is_shown_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = drained([Delta("Words of it. [9]"), finished("Words of it. [1]")], monkeypatch)
    assert "Checked against the articles, the answer is:" in shown
    assert shown.index("[9]") < shown.index("Checked") < shown.index("Words of it. [1]")


def test_a_sentence_without_support_is_named_below_the_answer() -> None:
    sentences = (Sentence("It cost nine million.", support="unsupported"), Sentence("It rained.", (1,), "supported"))
    shown = dict.fromkeys(
        text for _, text in terminal.answer_lines(Answer("q", "It cost nine million. It rained. [1]", sentences))
    )
    assert "No passage supports this sentence: “It cost nine million.”" in shown
    assert not any("“It rained.”" in line for line in shown)


def test_no_color_means_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in drained([finished("Words of it. [1]")], monkeypatch, NO_COLOR="1")


def test_a_model_cannot_move_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = drained([Delta("\x1b[2J\x1b]0;x\x07Words"), finished("\x1b[2JWords")], monkeypatch, NO_COLOR="1")
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_notices_go_to_standard_error_before_the_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal.answered(iter([Notice("2 passages go to example.org."), finished("Words of it. [1]")]), stream=False)
    out, err = capsys.readouterr()
    assert err == "2 passages go to example.org.\n"
    assert "example.org" not in out


def test_the_first_interrupt_stops_the_answer_and_the_second_interrupts() -> None:
    before = signal.getsignal(signal.SIGINT)
    with terminal.stop_on_interrupt(Stop()) as stop:
        signal.raise_signal(signal.SIGINT)
        assert stop.wait(5)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


# -- the articles ------------------------------------------------------------------------


def test_articles_are_listed_newest_first(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "articles", "list")
    assert code == 0
    titles = [line.split("  ")[-1].strip() for line in out.splitlines()]
    assert titles == [
        "Leaders meet in Belgrade", "Rivers burst their banks in the north", "Old bridge closes for repair"
    ]  # fmt: skip
    assert run("--archive", kept, "articles", "list", "--limit", "1")[1].count("\n") == 1
    assert (
        "Rivers"
        in run("--archive", kept, "articles", "list", "--before", "2024-06-01", "--source", "Steppe Courier")[1]
    )
    assert run("--archive", kept, "articles", "list", "--after", "2030-01-01")[1] == "No articles.\n"


def test_an_article_is_shown_with_all_that_is_known(run: Run, kept: str, made: tuple[Path, Path]) -> None:
    id = ids(run, kept)[0]
    code, out, _ = run("--archive", kept, "articles", "show", id)
    assert code == 0
    assert "date:      2024-11-19  (from: " in out
    assert f"origin:    {made[0] / 'talks.md'}" in out
    assert "The two presidents named investment" in out
    record = json.loads(run("--archive", kept, "articles", "show", id, "--json")[1])
    assert record["id"] == id
    assert record["text"].endswith("discussed.")
    assert record["changes"] == []


def test_articles_are_removed(run: Run, own: str) -> None:
    first, second, third = ids(run, own)
    assert run("--archive", own, "articles", "remove", first, second)[0] == 0
    assert ids(run, own) == [third]


def test_one_unknown_id_and_none_is_removed(run: Run, own: str) -> None:
    before = ids(run, own)
    code, _, err = run("--archive", own, "articles", "remove", before[0], "no-such-id")
    assert code == 1
    assert "has no article no-such-id" in err
    assert ids(run, own) == before
    assert run("--archive", own, "articles", "show", "no-such-id")[0] == 1


# -- the archive -------------------------------------------------------------------------


def test_doctor_shows_the_archive_in_health(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "doctor")
    assert code == 0
    for line in (
        "articles:      3",
        "embedder:      word-hash, 64 dimensions",
        "state clean",
        "0 wrong",
        "No problems.",
    ):
        assert line in out


def test_doctor_finds_and_repairs_a_damaged_index(run: Run, own: str) -> None:
    for file in (Path(own) / "vectors").rglob("*.bin"):
        file.write_bytes(b"")
    (Path(own) / "vectors" / "1" / "chroma.sqlite3").write_bytes(b"no database")
    code, out, err = run("--archive", own, "doctor")
    assert code == 1
    assert "problem: " in out
    assert "doctor --repair" in err
    code, out, _ = run("--archive", own, "doctor", "--repair")
    assert code == 0
    assert "was: " in out
    assert "No problems." in out
    assert run("--archive", own, "doctor")[0] == 0


def test_another_embedder_is_an_error_that_names_the_command_and_the_command_helps(
    run: Run, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for home in ("rag.archive", "rag.search.embedding"):
        monkeypatch.setattr(f"{home}.load", lambda name, threads=0: WordHash(32))
    code, _, err = run("--archive", own, "ask", QUESTION)
    assert code == 1
    assert "doctor --re-embed" in err
    code, out, _ = run("--archive", own, "doctor", "--re-embed")
    assert code == 0
    assert "word-hash, 32 dimensions" in out
    assert "investment, farming and mining" in run("--archive", own, "ask", QUESTION)[1]


def test_an_outlet_is_removed_and_its_disk_given_back(run: Run, kept: str) -> None:
    run("--archive", kept, "backup", "copy")
    code, _, err = run("--archive", "copy", "articles", "remove", "--source", "Nobody")
    assert code == 2
    assert "No article in the archive is from Nobody" in err
    assert run("--archive", "copy", "articles", "remove", "--before", "2024-12-31")[1].startswith("removed ")
    code, out, _ = run("--archive", "copy", "compact")
    assert code == 0
    assert " MB before, " in out
    assert run("--archive", "copy", "doctor")[0] == 0


def test_a_backup_is_an_archive(run: Run, kept: str) -> None:
    code, out, _ = run("--archive", kept, "backup", "copy")
    assert code == 0
    assert "copy of 3 articles" in out
    assert ids(run, "copy") == ids(run, kept)
    assert "investment, farming and mining" in run("--archive", "copy", "ask", QUESTION)[1]
    code, _, err = run("--archive", kept, "backup", "copy")
    assert code == 2
    assert err.count("\n") == 1


# -- the real command, in processes of its own -------------------------------------------


@pytest.mark.slow
def test_from_articles_to_a_cited_answer_with_the_real_embedder(folder: Path, tmp_path: Path) -> None:
    ingested = command("ingest", str(folder), folder=tmp_path, DATELINE_ARCHIVE="news")
    assert (ingested.returncode, ingested.stdout.split(",")[0]) == (0, "3 added")
    asked = command("--archive", "news", "ask", QUESTION, folder=tmp_path)
    assert asked.returncode == 0
    assert f"“{QUOTE}”" in asked.stdout
    assert asked.stderr == ""
    other = command("--archive", "news", "ask", "Who won the 1998 World Cup?", folder=tmp_path)
    assert other.returncode == 0
    assert other.stdout.startswith("The articles do not say.")


class Held(BaseHTTPRequestHandler):
    """One page with an article, which waits until it may be had."""

    asked, release = threading.Event(), threading.Event()
    page = (
        "<html><head><title>A fair opens</title></head><body><article><h1>A fair opens</h1><p>A fair opened in the old "
        "town on Saturday, and thousands came in spite of the rain, the mayor said at noon.</p><p>Farmers from forty "
        "villages sold cheese, honey and apples until the evening, when the music began.</p></article></body></html>"
    )

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        self.asked.set()
        self.release.wait(60)
        body = self.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:  # who asked was stopped: that is the test
            pass

    def log_message(self, *values: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Held)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/fair"
    Held.release.set()
    server.shutdown()
    server.server_close()


TINY = (
    "import sys, rag.archive; from tests.embedder import WordHash; "
    "rag.archive.load = lambda name, threads=0: WordHash(); import dateline; sys.exit(dateline.main(sys.argv[1:]))"
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to interrupt")
def test_ctrl_c_keeps_what_was_read_and_the_next_run_goes_on(folder: Path, tmp_path: Path, address: str) -> None:
    arguments = [sys.executable, "-c", TINY, "--archive", "news", "ingest", str(folder), address]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "DATELINE_PRIVATE_ADDRESSES": "yes"}
    process = subprocess.Popen(
        arguments, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert Held.asked.wait(60)
    time.sleep(1)  # for the three files, which are read in a moment
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and its workers
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, (out, err)
    assert "Stopped. What was read until then is kept; the same command goes on from there." in err
    assert "Traceback" not in err
    kept = int(out.split(" added")[0])
    assert kept <= 3
    Held.release.set()
    again = subprocess.run(arguments, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(f"{4 - kept} added, 0 updated, {kept} unchanged")


def test_ctrl_c_while_embedding_keeps_the_articles_before(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Interrupted(WordHash):
        calls = 0

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            self.calls += 1
            if self.calls == 3:
                signal.raise_signal(signal.SIGINT)
            return super().encode(texts)

    with monkeypatch.context() as patch:
        patch.setattr("rag.archive.load", lambda name, threads=0: Interrupted())
        code, out, _ = run("--archive", "news", "ingest", str(folder))
    assert code == 130
    kept = len(ids(run, "news"))  # what was read when it came is embedded and written; at least what was before it
    assert 2 <= kept <= 3
    assert out.startswith(f"{kept} added")
    again = run("--archive", "news", "ingest", str(folder))[1]
    assert again.startswith(f"{3 - kept} added, 0 updated, {kept} unchanged")
