"""The map: order, streaming, and workers that hang, die or are left alone. A named pipe is a file that never ends."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

import ingest.local
from ingest.load import Fault
from ingest.local import Local
from ingest.prepare import Prepared, Request, prepare
from rag.settings import Settings

HOME = str(Path(ingest.local.__file__).parent.parent)
SETTINGS = Settings()
TEXT = "The two presidents met in Belgrade on Tuesday. They agreed to open direct flights before the summer. "
posix = pytest.mark.skipif(os.name != "posix", reason="named pipes and signals")


def record(number, times=1):
    return json.dumps({"title": f"Leaders meet {number}", "text": f"Meeting {number}. {TEXT * times}"}) + "\n"


def write(path, count, times=1):
    path.write_text("".join(record(i, times) for i in range(count)))
    return str(path)


def gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


@pytest.fixture
def endless(tmp_path):
    """A JSONL origin that gives two articles and then neither more nor an end."""
    path = tmp_path / "endless.jsonl"
    os.mkfifo(path)
    held = []

    def feed():
        stream = path.open("wb")
        held.append(stream)
        stream.write((record(1) + record(2)).encode())
        stream.flush()

    threading.Thread(target=feed, daemon=True).start()
    yield str(path)
    for stream in held:
        stream.close()


def test_results_come_in_the_order_of_requests_and_are_those_of_prepare(tmp_path):
    sizes = [30, 1, 8, 0, 2, 1, 20, 1, 3, 1, 1, 5]
    requests = [Request(write(tmp_path / f"{i}.jsonl", n, 1 + n), SETTINGS) for i, n in enumerate(sizes)]
    requests.insert(4, Request(str(tmp_path / "none.txt"), SETTINGS))
    with Local(SETTINGS, workers=3) as local:
        found = [(request, list(items)) for request, items in local.map(requests)]
    assert found == [(request, list(prepare(request))) for request in requests]


def test_results_may_be_passed_over(tmp_path):
    requests = [Request(write(tmp_path / f"{i}.jsonl", 300), SETTINGS) for i in range(3)]
    with Local(SETTINGS, workers=2) as local:
        assert [next(items).article.title for _, items in local.map(requests)] == ["Leaders meet 0"] * 3


def test_requests_are_taken_as_they_are_needed():
    taken = []

    def requests():
        for i in range(500):
            taken.append(i)
            yield Request(f"/nowhere/{i}.txt", SETTINGS)

    with Local(SETTINGS, workers=1) as local:
        next(local.map(requests()))
    assert len(taken) <= ingest.local.AHEAD


@posix
def test_a_worker_that_is_ahead_waits(tmp_path):
    path = tmp_path / "many.jsonl"
    os.mkfifo(path)
    written = []

    def feed():
        with path.open("wb") as stream:
            for i in range(3000):
                stream.write(record(i, 10).encode())
                written.append(i)

    threading.Thread(target=feed, daemon=True).start()
    with Local(SETTINGS, workers=1) as local:
        _, items = next(local.map([Request(str(path), SETTINGS)]))
        next(items)
        seen = -1
        while seen != len(written):  # until nothing moves any more
            seen = len(written)
            time.sleep(1.5)
        assert 200 <= seen < 700  # those held, and what fits into three pipes and their buffers
        assert sum(1 for _ in items) == 2999


@posix
def test_a_parse_that_hangs_costs_its_own_origin_alone(tmp_path, endless):
    settings = Settings(parse_seconds=6)
    origins = [write(tmp_path / "a.jsonl", 2), endless, write(tmp_path / "b.jsonl", 2), write(tmp_path / "c.jsonl", 2)]
    with Local(settings, workers=1) as local:
        found = [list(items) for _, items in local.map(Request(o, settings) for o in origins)]
    assert [[type(i) for i in items] for items in found] == [
        [Prepared] * 2, [Prepared, Prepared, Fault], [Prepared] * 2, [Prepared] * 2,
    ]  # fmt: skip
    assert found[1][2].place == "after article 2"
    assert "longer than 6 s" in found[1][2].reason
    assert "DATELINE_PARSE_SECONDS" in found[1][2].reason


def test_a_time_limit_that_nothing_can_meet(tmp_path):
    settings = Settings(parse_seconds=0.001)
    page = tmp_path / "a.html"
    page.write_text(f"<html><body><article>{'<p>' + TEXT + '</p>' * 400}</article></body></html>")
    with Local(settings, workers=1) as local:
        ((_, items),) = [(r, list(i)) for r, i in local.map([Request(str(page), settings)])]
    assert [i.place for i in items] == [""]
    assert "longer than 0.001 s" in items[0].reason


@posix
def test_a_worker_that_is_killed_is_replaced(tmp_path, endless):
    after = write(tmp_path / "b.jsonl", 2)
    with Local(SETTINGS, workers=1) as local:
        results = local.map([Request(endless, SETTINGS), Request(after, SETTINGS)])
        _, items = next(results)
        next(items)
        next(items)
        (child,) = psutil.Process().children()
        child.send_signal(signal.SIGKILL)
        (fault,) = items
        assert fault.place == "after article 2"
        assert "SIGKILL" in fault.reason
        _, items = next(results)
        assert [type(i) for i in items] == [Prepared] * 2


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is limited on Linux alone")
def test_memory_that_runs_out_costs_its_own_origin_alone(tmp_path):
    settings = Settings(parse_memory_mb=80)
    big = tmp_path / "big.txt"
    big.write_text((TEXT * 6 + "\n") * 30_000)
    with Local(settings, workers=1) as local:
        first, second = (list(i) for _, i in local.map([Request(str(big), settings),
                                                        Request(write(tmp_path / "b.jsonl", 1), SETTINGS)]))  # fmt: skip
    assert [type(i) for i in first] == [Fault]
    assert "memory" in first[0].reason
    assert [type(i) for i in second] == [Prepared]


@posix
def test_closing_ends_what_is_under_way(endless):
    local = Local(SETTINGS, workers=2)
    _, items = next(local.map([Request(endless, SETTINGS)]))
    next(items)
    pids = [c.pid for c in psutil.Process().children()]
    assert pids
    start = time.monotonic()
    local.close()
    local.close()
    assert time.monotonic() - start < 10
    assert not any(psutil.pid_exists(pid) for pid in pids)  # not even as zombies
    assert list(items) == []


SCRIPT = """
import sys, psutil
from ingest.local import Local
from ingest.prepare import Request
from rag.settings import Settings

settings = Settings()
try:
    with Local(settings, workers=1) as local:
        for request, items in local.map([Request(origin, settings) for origin in sys.argv[1:]]):
            for item in items:
                print(item.article.title, *(c.pid for c in psutil.Process().children()), flush=True)
except KeyboardInterrupt:
    print("stopped", *(c.pid for c in psutil.Process().children()), flush=True)
"""


def run(tmp_path, *origins):
    script = tmp_path / "plain.py"
    script.write_text(SCRIPT)
    (tmp_path / "json.py").write_text("raise ImportError('a file of the user, by chance of that name')")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "json.py").write_text("raise ImportError('another one')")
    environ = {**os.environ, "PYTHONPATH": HOME}
    return subprocess.Popen(
        [sys.executable, "-P", str(script), *origins],
        cwd=elsewhere, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def test_a_plain_script_without_a_main_guard_works_from_anywhere(tmp_path):
    process = run(tmp_path, write(tmp_path / "a.jsonl", 3))
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert [line.rsplit(" ", 1)[0] for line in out.splitlines()] == [f"Leaders meet {i}" for i in range(3)]
    assert gone(int(out.split()[-1]))


@posix
def test_no_worker_outlives_a_parent_that_was_killed(tmp_path, endless):
    process = run(tmp_path, endless)
    pid = int(process.stdout.readline().split()[-1])
    process.kill()
    process.communicate()
    until(lambda: gone(pid))


@posix
def test_ctrl_c_ends_the_workers_too(tmp_path, endless):
    process = run(tmp_path, endless)
    process.stdout.readline()
    pid = int(process.stdout.readline().split()[-1])
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert out.strip() == "stopped"  # and no worker is left
    assert err == ""
    assert gone(pid)


def test_the_secrets_of_the_environment_do_not_reach_the_worker(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "k-123")
    monkeypatch.setenv("DATELINE_AUTH", "me:pass-123")
    with Local(SETTINGS, workers=1) as local:
        _, items = next(local.map([Request(write(tmp_path / "a.jsonl", 1), SETTINGS)]))
        next(items)
        (child,) = psutil.Process().children()
        assert "123" not in "".join(child.environ().values()).replace(str(tmp_path), "")
