"""Laws of ingestion: twice equals once, an edit replaces, the same text is one article, and bad input never stops the rest."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest import Progress, ingest
from ingest.changes import difference
from ingest.run import reembed
from rag import Archive
from rag.background import Stop
from rag.errors import ArchiveMismatch, UsageError
from tests.embedder import WordHash

ROOT = Path(__file__).resolve().parents[1]


class Counting(WordHash):
    """Counts the texts that it embeds."""

    def __init__(self, dimension: int = 64) -> None:
        super().__init__(dimension)
        self.texts = 0

    def encode(self, texts):  # type: ignore[no-untyped-def]
        self.texts += len(texts)
        return super().encode(texts)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive", embedder=Counting(), workers=1)


def test_articles_come_in_with_what_they_state(archive: Archive, folder: Path) -> None:
    report = ingest(folder, into=archive)
    assert (report.added, report.failed, report.articles) == (3, (), 3)
    by_title = {a.title: a for a in archive.articles()}
    talks = by_title["Leaders meet in Belgrade"]
    assert (str(talks.date), talks.source, talks.url) == ("2024-11-19", "Danube Wire", "https://wire.example.org/talks")
    assert talks.found["date"] == "front matter"
    bridge = by_title["Old bridge closes for repair"]
    assert (str(bridge.date), bridge.author) == ("2023-03-12", "Nina Petrova")
    for article in archive.articles():
        for passage in archive.index.catalog.passages_of(article.id):
            assert article.text[passage.start : passage.end] == passage.text


def test_twice_changes_nothing_and_embeds_nothing(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive)
    generation, embedded = archive.index.catalog.generation, archive.embedder.texts
    report = ingest(folder, into=archive)
    assert (report.added, report.updated, report.unchanged, report.passages) == (0, 0, 3, 0)
    assert archive.embedder.texts == embedded
    assert archive.index.catalog.generation == generation


def test_an_edited_file_replaces_its_article_and_says_what_changed(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive)
    path = folder / "floods.md"
    path.write_text(path.read_text().replace("12,000", "14,500").replace("2024-04-05", "2024-04-06"))
    report = ingest(folder, into=archive)
    assert (report.added, report.updated, report.unchanged, report.articles) == (0, 1, 2, 3)
    assert "1 words added, 1 removed (“12,000” -> “14,500”)" in report.changes[0]
    assert "date: 2024-04-05 -> 2024-04-06" in report.changes[0]
    (article,) = [a for a in archive.articles() if "Rivers" in a.title]
    assert "14,500" in article.text
    assert archive.changes(article.id)[0][1] in report.changes[0]
    assert not any("12,000" in h.passage.text for h in archive.search("people moved to schools"))
    assert archive.health().ok


def test_the_same_text_under_two_names_is_one_article_with_both_origins(archive: Archive, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "copy.txt").write_text((folder / "bridge.txt").read_text())
    report = ingest(folder, into=archive)
    assert (report.added, report.unchanged) == (3, 1)
    (article,) = [a for a in archive.articles() if "bridge" in a.title]
    assert [Path(o).name for o in article.origins] == ["bridge.txt", "copy.txt"]
    (folder / "bridge.txt").unlink()
    assert ingest(folder, into=archive, prune=True).removed == 0
    assert len(archive.article(article.id).origins) == 1
    (folder / "sub" / "copy.txt").unlink()
    assert ingest(folder, into=archive, prune=True).removed == 1
    assert archive.article(article.id) is None


def test_an_edited_copy_leaves_the_other_as_it_was(archive: Archive, folder: Path) -> None:
    (folder / "copy.txt").write_text((folder / "bridge.txt").read_text())
    ingest(folder, into=archive)
    path = folder / "bridge.txt"
    path.write_text(path.read_text().replace("eighteen months", "two full years"))
    ingest(folder, into=archive)
    texts = sorted(a.text for a in archive.articles() if "bridge" in a.title)
    assert len(texts) == 2
    assert sum("eighteen" in t for t in texts) == 1
    assert ingest(folder, into=archive).updated == 0


def held(archive: Archive) -> dict[str, list[str]]:
    """The number in each article's text -> the names of its origins."""
    return {
        next(w for w in a.text.split() if w.isdigit()): sorted(Path(o).name for o in a.origins)
        for a in archive.articles()
    }


def field(number: int) -> str:
    return f"Harvest\n\nThe harvest of field {number} was brought in on Monday before the rain came.\n"


def record(number: int, **facts: str) -> str:
    return json.dumps({"title": "Harvest", "text": f"Report number {number} about the harvest of wheat.", **facts})


def test_a_renamed_file_keeps_its_text_when_another_takes_its_name(archive: Archive, tmp_path: Path) -> None:
    home = tmp_path / "articles"
    home.mkdir()
    (home / "b.txt").write_text(field(1))
    ingest(home, into=archive)
    (home / "b.txt").rename(home / "a.txt")
    (home / "b.txt").write_text(field(2))
    ingest(home, into=archive)
    assert held(archive) == {"1": ["a.txt"], "2": ["b.txt"]}


def test_files_that_change_places_keep_their_texts(archive: Archive, tmp_path: Path) -> None:
    home = tmp_path / "articles"
    home.mkdir()
    for first, second in ((1, 2), (2, 1)):
        (home / "a.txt").write_text(field(first))
        (home / "b.txt").write_text(field(second))
        ingest(home, into=archive)
    assert held(archive) == {"1": ["b.txt"], "2": ["a.txt"]}
    assert archive.health().ok


def test_a_record_put_before_the_others_loses_none(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    for first in (1, 0):
        path.write_text("\n".join(record(n) for n in range(first, 5)))
        ingest(path, into=archive)
    assert held(archive) == {str(n): [f"wire.jsonl#line {n + 1}"] for n in range(5)}


def test_an_edit_at_one_address_leaves_the_copies_at_others(archive: Archive, tmp_path: Path) -> None:
    home = tmp_path / "articles"
    home.mkdir()
    for name in "ab":
        (home / f"{name}.jsonl").write_text(record(1, url=f"https://{name}.example.org/1"))
    ingest(home, into=archive)
    assert held(archive) == {"1": ["1", "a.jsonl#line 1", "b.jsonl#line 1"]}
    (home / "a.jsonl").write_text(record(2, url="https://a.example.org/1"))
    ingest(home, into=archive)
    assert held(archive) == {"1": ["1", "b.jsonl#line 1"], "2": ["a.jsonl#line 1"]}
    (home / "b.jsonl").write_text(record(3, url="https://b.example.org/1"))
    ingest(home, into=archive)
    assert held(archive) == {"2": ["a.jsonl#line 1"], "3": ["b.jsonl#line 1"]}


def test_a_copy_of_many_passages_may_be_edited_at_its_end(archive: Archive, tmp_path: Path) -> None:
    home = tmp_path / "articles"
    home.mkdir()
    text = "Harvest\n\n" + " ".join(f"In field {n} the harvest was brought in before the rain." for n in range(60))
    for name in "ab":
        (home / f"{name}.txt").write_text(text)
    ingest(home, into=archive)
    (home / "a.txt").write_text(text + " An editor added these words.")
    assert ingest(home, into=archive).articles == 2
    assert archive.health().ok


def test_an_article_whose_address_moves_is_replaced(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    for number in (1, 2):
        path.write_text(record(7, url=f"https://example.org/{number}", date=f"2024-01-0{number}"))
        ingest(path, into=archive)
    (article,) = archive.articles()
    assert (article.url, str(article.date)) == ("https://example.org/2", "2024-01-02")


def test_what_no_ledger_marks_is_pruned_too(archive: Archive, tmp_path: Path) -> None:
    home = tmp_path / "articles"
    home.mkdir()
    (home / "wire.jsonl").write_text("\n".join(map(record, range(3))))
    ingest(home, into=archive)
    archive.remove(archive.articles()[0].id)  # its origin leaves the ledger: it may be read again
    (home / "wire.jsonl").unlink()
    (home / "a.txt").write_text(field(9))
    report = ingest(home, into=archive, prune=True)
    assert (report.removed, held(archive)) == (2, {"9": ["a.txt"]})


def test_a_record_taken_out_of_a_file_takes_its_article_along(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    rows = [
        {"url": f"https://example.org/{n}", "title": f"T{n}", "text": f"Report number {n} about the harvest of wheat."}
        for n in range(4)
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    assert ingest(path, into=archive).added == 4
    path.write_text("\n".join(map(json.dumps, rows[1:])))
    report = ingest(path, into=archive)
    assert (report.unchanged, report.removed, report.articles) == (3, 1, 3)


def test_a_broken_line_is_reported_each_time_and_the_others_stay(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    lines = [json.dumps({"title": f"T{n}", "text": f"Report number {n} about the harvest of wheat."}) for n in range(9)]
    lines[6] = '{"title": "broken'
    path.write_text("\n".join(lines))
    for embedded in (8, 0):
        report = ingest(path, into=archive)
        assert (report.articles, report.passages) == (8, embedded)
        assert [f.place for f in report.failed] == ["line 7"]


def test_bad_origins_are_failures_with_reasons_and_the_rest_goes_on(archive: Archive, folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    (folder / "noise.txt").write_bytes(os.urandom(4000))
    (folder / "word.txt").write_text("Word")
    (folder / "gone.txt").symlink_to(folder / "nowhere.txt")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    (folder / "picture.png").write_bytes(b"x")
    report = ingest([folder, folder / "nothing.txt", "ftp://example.org/x", folder / "picture.png"], into=archive)
    assert report.added == 3
    reasons = {Path(f.origin).name: f.reason for f in report.failed}
    assert set(reasons) == {"empty.txt", "noise.txt", "word.txt", "gone.txt", "nothing.txt", "x", "picture.png"}
    assert "no such file" in reasons["nothing.txt"]
    assert ".png" in report.notices[0]


def test_a_file_over_the_limit_names_the_setting(tmp_path: Path, folder: Path) -> None:
    (folder / "huge.txt").write_text("All work and no play makes a dull day. " * 60_000)
    archive = Archive(tmp_path / "archive", embedder=WordHash(), workers=1, max_article_mb=1)
    report = ingest(folder, into=archive)
    assert report.added == 3
    assert "DATELINE_MAX_ARTICLE_MB" in report.failed[0].reason


def test_globs_and_folders_are_walked_in_order(archive: Archive, folder: Path) -> None:
    assert ingest(str(folder / "*.md"), into=archive).added == 2
    assert ingest(folder, into=archive).added == 1


def test_fields_are_mapped(archive: Archive, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"hd": "A title", "words": "Some text of an article about rain."}]))
    assert ingest(path, into=archive, fields={"title": "hd", "text": "words"}).added == 1
    assert archive.articles()[0].title == "A title"


def test_a_field_that_is_none_of_ours_is_refused(archive: Archive, folder: Path) -> None:
    with pytest.raises(UsageError, match=r"foo.*title"):
        ingest(folder, into=archive, fields={"foo": "bar"})


def test_progress_counts_up_to_all_origins(archive: Archive, folder: Path) -> None:
    seen: list[Progress] = []
    ingest(folder, into=archive, progress=seen.append)
    assert (seen[-1].origins, seen[-1].of, seen[-1].articles) == (3, 3, 3)
    assert "3/3 origins" in str(seen[-1])
    assert [p.origins for p in seen] == sorted(p.origins for p in seen)


def test_a_removed_article_is_not_found_and_can_be_read_again(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive)
    (article,) = [a for a in archive.articles() if "bridge" in a.title]
    assert archive.remove(article.id)
    assert all(h.passage.article_id != article.id for h in archive.search("stone bridge cracks"))
    assert ingest(folder, into=archive).added == 1


def test_another_embedder_is_refused_until_the_archive_is_embedded_again(tmp_path: Path, folder: Path) -> None:
    with Archive(tmp_path / "a", embedder=WordHash(64), workers=1) as first:
        ingest(folder, into=first)
    with pytest.raises(ArchiveMismatch, match="--re-embed"):
        Archive(tmp_path / "a", embedder=WordHash(32))
    with Archive(tmp_path / "a", embedder=WordHash(32), any_embedder=True) as second:
        assert reembed(second) == second.index.catalog.count("passages")
    with Archive(tmp_path / "a", embedder=WordHash(32)) as third:
        assert third.health().ok
        assert third.search("stone bridge")[0].dense is not None


def test_differences_are_told_field_by_field(archive: Archive, folder: Path) -> None:
    ingest(folder, into=archive)
    article = archive.articles()[0]
    assert difference(article, article) == "cut into passages anew"


def test_control_c_keeps_what_was_done_and_the_next_run_goes_on(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for n in range(300):
        (articles / f"{n:03}.txt").write_text(
            f"Report {n}\n\nThe harvest of field {n} was brought in on Monday before rain.\n"
        )
    program = (
        f"import sys, time; sys.path.insert(0, {str(ROOT)!r})\n"
        "from ingest import ingest; from rag import Archive; from tests.embedder import WordHash\n"
        "class Slow(WordHash):\n"
        "    def encode(self, texts): time.sleep(0.02); return super().encode(texts)\n"
        f"archive = Archive({str(tmp_path / 'archive')!r}, embedder=Slow(), workers=1)\n"
        f"report = ingest({str(articles)!r}, into=archive, progress=lambda p: print(p.articles, flush=True))\n"
        "print('stopped', report.stopped, report.added)\n"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    for line in child.stdout:
        if line.strip().isdigit() and int(line) >= 20:
            child.send_signal(signal.SIGINT)
            break
    rest = child.stdout.read()
    assert child.wait(timeout=30) == 0
    word, stopped, added = rest.strip().splitlines()[-1].split()
    assert (word, stopped) == ("stopped", "True")
    assert 0 < int(added) < 300
    with Archive(tmp_path / "archive", embedder=WordHash(), workers=1) as archive:
        assert len(archive.articles()) == int(added)
        report = ingest(articles, into=archive)
        assert (report.added, report.unchanged) == (300 - int(added), int(added))
        assert archive.health().ok


def test_a_stop_ends_after_the_article_in_hand_and_the_next_run_goes_on(archive: Archive, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    lines = [
        json.dumps({"title": f"Report {n}", "text": f"The harvest of field {n} came in on Monday."}) for n in range(40)
    ]
    (articles / "b.jsonl").write_text("\n".join(lines))
    (articles / "a.txt").write_text("Rain\n\nRain fell on the fields of the south on Sunday.")
    (articles / "c.txt").write_text("Snow\n\nSnow fell on the hills of the north on Sunday.")
    stop = Stop()
    report = ingest(articles, into=archive, stop=stop, progress=lambda p: stop.set() if p.articles == 7 else None)
    assert (report.stopped, report.added) == (True, 7)
    assert [(Path(o.origin).name, o.added) for o in report.outcomes] == [("a.txt", 1), ("b.jsonl", 6)]
    assert len(archive.articles()) == 7
    report = ingest(articles, into=archive, stop=Stop())
    assert (report.stopped, report.added, report.unchanged) == (False, 35, 7)
    assert ingest(articles, into=archive, stop=stop).outcomes == ()


def test_a_stop_does_not_wait_for_what_is_being_read(archive: Archive, tmp_path: Path) -> None:
    """A server that takes a minute to answer is left within a second."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/article"
        stop = Stop()
        with Archive(
            tmp_path / "other", embedder=archive.embedder, workers=1, private_addresses=True, robots=False
        ) as other:
            threading.Timer(1.0, stop.set).start()
            started = time.monotonic()
            report = ingest(address, into=other, stop=stop)
    assert report.stopped
    assert report.failed == report.outcomes == ()
    assert time.monotonic() - started < 5


def test_the_report_says_what_became_of_each_origin(archive: Archive, folder: Path) -> None:
    (folder / "empty.txt").write_text("")
    report = ingest(folder, into=archive)
    assert {Path(o.origin).name: (o.added, o.failed) for o in report.outcomes} == {
        "bridge.txt": (1, 0), "empty.txt": (0, 1), "floods.md": (1, 0), "talks.md": (1, 0),
    }  # fmt: skip
    (folder / "bridge.txt").write_text((folder / "bridge.txt").read_text().replace("eighteen", "nineteen"))
    again = {Path(o.origin).name: (o.updated, o.unchanged, o.failed) for o in ingest(folder, into=archive).outcomes}
    assert again == {"bridge.txt": (1, 0, 0), "empty.txt": (0, 0, 1), "floods.md": (0, 1, 0), "talks.md": (0, 1, 0)}


def test_a_plain_script_without_a_main_guard_works(tmp_path: Path, folder: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "from ingest import ingest\nfrom rag import Archive\nfrom tests.embedder import WordHash\n"
        f"archive = Archive({str(tmp_path / 'archive')!r}, embedder=WordHash())\n"
        f"print(ingest({str(folder)!r}, into=archive).added)\n"
    )
    started = time.monotonic()
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["3"], done.stderr
    assert time.monotonic() - started < 60
