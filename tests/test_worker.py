"""The worker behind its pipe: what it says, what cannot disturb it, and when it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import ingest.worker
from ingest.load import Fault
from ingest.prepare import Prepared, Request, prepare
from ingest.worker import decode_item, decode_request, encode_item, encode_request
from rag.settings import Settings

HOME = str(Path(ingest.worker.__file__).parent.parent)
TEXT = "The two presidents met in Belgrade on Tuesday. They agreed to open direct flights before the summer."


@pytest.fixture
def origin(tmp_path):
    path = tmp_path / "a.jsonl"
    records = [
        {"title": "Leaders meet", "text": TEXT, "date": "2024-11-19", "source": "Қазақпарат"},
        {"text": "Short."},
    ]
    path.write_text("\n".join(map(json.dumps, records)))
    return str(path)


@pytest.fixture
def start():
    running = []

    def start(*arguments):
        environ = {**os.environ, "PYTHONPATH": HOME}
        process = subprocess.Popen(
            [sys.executable, *(arguments or ("-m", "ingest.worker"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ,
        )  # fmt: skip
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()


def told(process):
    return json.loads(process.stdout.readline())


def ask(process, request):
    process.stdin.write(json.dumps(encode_request(request)).encode() + b"\n")
    process.stdin.flush()
    answers = [told(process)]
    while "done" not in answers[-1]:
        answers.append(told(process))
    return answers


def test_what_goes_through_the_pipe_comes_out_the_same(origin):
    request = Request(origin, Settings(passage_words=20), fields={"text": "text"}, max_tokens=128)
    assert decode_request(json.dumps(encode_request(request)).encode()) == request
    for item in prepare(request):
        assert decode_item(json.loads(json.dumps(encode_item(item)))) == item


def test_no_secret_goes_through_the_pipe(origin):
    request = Request(origin, Settings(model_key="k-123", auth="me:pass-123"))
    assert "123" not in json.dumps(encode_request(request)["settings"])


def test_a_worker_is_asked_again_and_again(start, origin):
    process = start()
    assert told(process) == {"ready": True}
    request = Request(origin, Settings())
    for _ in range(2):
        *items, done = ask(process, request)
        assert [type(decode_item(i)) for i in items] == [Prepared, Fault]
        assert done == {"done": True, "replace": False}


def test_prints_of_libraries_do_not_reach_the_pipe(start, origin):
    noisy = (
        "import os, ingest.prepare, ingest.worker\n"
        "real = ingest.prepare.prepare\n"
        "def prepare(request):\n"
        "    print('noise', flush=True)\n"
        "    os.write(1, b'more noise')\n"
        "    os.system('echo and a child of its own')\n"
        "    yield from real(request)\n"
        "ingest.prepare.prepare = prepare\n"
        "ingest.worker.main()\n"
    )
    process = start("-c", noisy)
    assert told(process) == {"ready": True}
    assert [next(iter(a)) for a in ask(process, Request(origin, Settings()))] == ["article", "fault", "done"]
    process.stdin.close()
    assert b"noise" in process.stderr.read()


def test_memory_that_runs_out_is_said_and_ends_the_worker(start, tmp_path):
    big = tmp_path / "big.txt"
    big.write_text(("The leaders met in Belgrade. " * 20 + "\n") * 30_000)
    process = start()
    told(process)
    fault, done = ask(process, Request(str(big), Settings(parse_memory_mb=60)))
    assert "60 MB" in fault["fault"][1]
    assert "DATELINE_PARSE_MEMORY_MB" in fault["fault"][1]
    assert done["replace"]
    assert process.wait(20) == 0


def test_it_ends_when_its_input_closes(start):
    process = start()
    told(process)
    process.stdin.close()
    assert process.wait(20) == 0


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
def test_it_ends_when_its_input_closes_in_the_middle_of_a_parse(start, tmp_path):
    endless = tmp_path / "endless.jsonl"
    os.mkfifo(endless)
    process = start()
    told(process)
    process.stdin.write(json.dumps(encode_request(Request(str(endless), Settings()))).encode() + b"\n")
    process.stdin.flush()
    with endless.open("wb"):  # returns when the worker has opened it, and now waits for words
        process.stdin.close()
        assert process.wait(20) == 0


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_is_its_parents_business(start, origin):
    process = start()
    told(process)
    process.send_signal(signal.SIGINT)
    assert ask(process, Request(origin, Settings()))[-1]["done"]


def test_it_starts_without_what_it_may_not_need():
    code = "import ingest.worker, sys; print(*sorted(m for m in sys.modules if '.' not in m))"
    environ = {**os.environ, "PYTHONPATH": HOME}
    loaded = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    heavy = {"numpy", "trafilatura", "pypdf", "docx", "pandas", "pyarrow", "tokenizers", "torch", "httpx", "lxml"}
    assert not heavy & set(loaded.stdout.split())
