"""The window under load: `python -m bench.window [--archive DIR]`; writes docs/performance.md.

The real window in a process of its own, over PASSAGES generated passages, is asked as a browser asks it: over its queue, by
sessions of their own. One user and the reader; fifty users who each ask about once a minute and a scripted chat model that
says WORDS_A_SECOND words a second; two hundred questions in the same second; and five hundred questions one after
another, for what the window remembers of them. The page itself is opened in Chromium where there is one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from bench import articles, page, scale
from bench.measure import ROOT
from bench.rounds import Rows
from bench.run import machine
from tests.openai_server import OpenAIServer, Script

PASSAGES = 60_000
ONE, LATER = 60, 500  # questions that are there; after so many, memory is looked at again
SOON = 50  # questions after which memory is looked at first
USERS, MINUTES, EACH = 50, 3.0, 60.0  # and seconds between two questions of one of them
CROWD = 200
WORDS_A_SECOND, SAID = 20, 30  # words of the chat model
PATIENCE = 900.0  # seconds for any one question


@dataclass(slots=True)
class Waited:
    """What one question waited for, in seconds, the places in the line that it was told, and what went wrong.

    `begun`: what shows the conversation before it has come, and is no answer to this question.
    """

    begun: bool = False
    first: float | None = None
    whole: float | None = None
    places: list[int] = field(default_factory=list)
    fault: str = ""


class Window:
    """One served window, and the way to ask it: its address, and which of its functions takes a typed question."""

    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url, self.process = url, process
        config = httpx.get(f"{url}/config", timeout=30).json()
        named = {c["props"].get("elem_id"): c["id"] for c in config["components"]}
        box = named["dl-question"]
        taking = [d for d in config["dependencies"] if [box, "submit"] in d["targets"] and d["inputs"][:1] == [box]]
        (typed,) = [d for d in taking if len(d["outputs"]) > 2]
        self._function, self._trigger = typed["id"], box
        props = {c["id"]: c["props"] for c in config["components"]}
        self._fields = [props[i].get("value") for i in typed["inputs"][1:]]

    @property
    def megabytes(self) -> float:
        return float(self.process.memory_info().rss / 1e6)

    async def ask(self, question: str, client: httpx.AsyncClient, session: str | None = None) -> Waited:
        """As the page does: join the queue, then read what it streams until the answer is whole."""
        waited, started = Waited(), time.perf_counter()
        session = session or uuid.uuid4().hex[:12]
        asked = {
            "data": [question, *self._fields], "event_data": None, "fn_index": self._function, "trigger_id": self._trigger,
            "session_hash": session,
        }  # fmt: skip
        try:
            joined = await client.post(f"{self.url}/gradio_api/queue/join", json=asked)
            if joined.status_code != 200:
                waited.fault = f"{joined.status_code}: {joined.text[:100]}"
                return waited
            event = joined.json()["event_id"]
            async with client.stream(
                "GET", f"{self.url}/gradio_api/queue/data", params={"session_hash": session}
            ) as stream:
                async for line in stream.aiter_lines():
                    if self._read(line, event, waited, time.perf_counter() - started):
                        break
        except httpx.HTTPError as e:
            waited.fault = f"{type(e).__name__}: {e}"
        return waited

    def _read(self, line: str, event: str, waited: Waited, seconds: float) -> bool:
        """Note what a line says; whether it was the last one."""
        if not line.startswith("data:"):
            return False
        told = json.loads(line[5:])
        if told.get("event_id") not in (None, event):
            return False
        waited.places += [int(n) for n in re.findall(r"dl-in-line.*?(\d+)", line)]
        if waited.begun and waited.first is None and "dl-text" in line:
            waited.first = seconds
        waited.begun = waited.begun or told["msg"] == "process_generating"
        if told["msg"] != "process_completed":
            return False
        waited.whole = seconds
        if not told.get("success", True):
            waited.fault = json.dumps(told.get("output"))[:200]
        elif waited.first is None and "dl-abstained" not in line:
            waited.first = seconds
        return True


@contextmanager
def served(archive: Path, found: Rows | None = None, **environment: str) -> Iterator[Window]:
    """The window in a process of its own; how long it took to start goes into `found`."""
    started = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "ui", "--archive", str(archive), "--port", "0"], cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", **environment},
    )  # fmt: skip
    try:
        assert child.stdout is not None
        url = re.search(r"http://\S+", child.stdout.readline())
        if url is None:
            sys.exit("the window did not start")
        httpx.get(url[0], timeout=60).raise_for_status()
        if found is not None:
            found["window usable, s"] = {"measured": time.perf_counter() - started, "asked": 5.0}
        yield Window(url[0], psutil.Process(child.pid))
    finally:
        child.terminate()
        child.wait(20)


# -- the measures ------------------------------------------------------------------------


def opened(window: Window, found: Rows) -> None:
    """The page in Chromium: until a question can be typed."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        print("without playwright the page is not opened", file=sys.stderr)
        return
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
            waits = []
            for _ in range(5):
                sheet = browser.new_context().new_page()
                started = time.perf_counter()
                sheet.goto(window.url)
                sheet.locator("#dl-question textarea").fill("x")
                waits.append(time.perf_counter() - started)
            browser.close()
    except Error as e:
        print(f"the page was not opened: {e}", file=sys.stderr)
        return
    found["page interactive, s, median of 5 new browsers"] = {"measured": sorted(waits)[2], "asked": 2.0}


def one_user(window: Window, questions: Sequence[str], later: int, found: Rows) -> None:
    """One question after another: first the timed ones, each a conversation of its own; then all in one tab."""

    async def run() -> None:
        soon = min(SOON, later // 2)
        remembered: list[float] = []
        async with _client() as client:
            await window.ask("What is warm?", client)
            waits = [await window.ask(question, client) for question in questions]
            for number in range(len(questions), later):
                if number >= soon and not remembered:
                    remembered.append(window.megabytes)
                await window.ask(f"{questions[number % len(questions)]} {number}", client, "one tab")
        _put(found, "one user, the reader", waits, asked=1.2)
        if remembered:
            name = f"memory after {later} questions, MB (after {soon}: {remembered[0]:,.0f})"
            found[name] = {"measured": window.megabytes, "asked": remembered[0] * 1.1}

    asyncio.run(run())


def many_users(window: Window, questions: Sequence[str], users: int, minutes: float, found: Rows) -> None:
    """Each asks, reads, and asks again about once a minute; they begin spread over the first."""

    async def use(number: int, client: httpx.AsyncClient, waits: list[Waited]) -> None:
        chance, session = random.Random(number), uuid.uuid4().hex[:12]
        ends = time.monotonic() + minutes * 60
        await asyncio.sleep(chance.uniform(0, EACH))
        while time.monotonic() < ends:
            waits.append(await window.ask(chance.choice(questions), client, session))
            await asyncio.sleep(chance.uniform(0.5, 1.5) * EACH)

    async def run() -> None:
        waits: list[Waited] = []
        async with _client() as client:
            await window.ask("What is warm?", client)
            await asyncio.gather(*(use(n, client, waits) for n in range(users)))
        _put(found, f"{users} users, chat model, {len(waits)} questions", waits, asked=2.5)

    asyncio.run(run())


def crowd(window: Window, questions: Sequence[str], count: int, found: Rows) -> None:
    """So many sessions ask in the same second."""

    async def run() -> None:
        async with _client() as client:
            asked = [questions[n % len(questions)] for n in range(count)]
            waits = await asyncio.gather(*(window.ask(q, client) for q in asked))
        told = sum(bool(w.places) for w in waits)
        name = f"{count} questions in the same second"
        found[f"{name}: lost"] = {"measured": sum(bool(w.fault) or w.whole is None for w in waits), "asked": 0.0}
        found[f"{name}: told a place in the line"] = {"measured": told}
        found[f"{name}: the last answered after, s"] = {"measured": max((w.whole or PATIENCE) for w in waits)}
        for w in waits:
            if w.fault:
                print(f"  lost: {w.fault}", file=sys.stderr)
                break

    asyncio.run(run())


def _client() -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    return httpx.AsyncClient(timeout=httpx.Timeout(PATIENCE, connect=60), limits=limits)


def _put(found: Rows, name: str, waits: Sequence[Waited], asked: float) -> None:
    firsts = sorted(w.first for w in waits if w.first is not None)
    wholes = sorted(w.whole for w in waits if w.whole is not None)
    found[f"{name}: errors"] = {"measured": sum(bool(w.fault) for w in waits), "asked": 0.0}
    if firsts:
        found[f"{name}: first word, median s"] = {"measured": firsts[len(firsts) // 2]}
        found[f"{name}: first word, 95th percentile s"] = {
            "measured": firsts[min(len(firsts) - 1, int(len(firsts) * 0.95))],
            "asked": asked,
        }
        found[f"{name}: whole answer, median s"] = {"measured": wholes[len(wholes) // 2]}


def main() -> int:
    asked = _arguments()
    found: Rows = {}
    questions = [str(q["question"]) for q in articles.questions(ONE)]
    with tempfile.TemporaryDirectory() as home:
        folder = Path(asked.archive or Path(home) / "archive")
        if not folder.exists():
            scale.grow(str(folder), str(asked.passages))
        with served(folder, found) as window:
            opened(window, found)
            one_user(window, questions[: asked.one], asked.later, found)
        script = Script(words=tuple(["Officials [1] "] + ["said "] * (SAID - 1)), pause=1 / WORDS_A_SECOND)
        with (
            OpenAIServer(script) as model,
            served(
                folder, DATELINE_MODEL="openai:scripted", DATELINE_MODEL_URL=model.url, DATELINE_MODEL_KEY="none"
            ) as window,
        ):
            many_users(window, questions, asked.users, asked.minutes, found)
            crowd(window, questions, asked.crowd, found)
    box = machine()
    what = (
        f"`python -m bench.window`: the window in a process of its own, {asked.passages:,} passages; {box['processor']}, "
        f"{box['cores']} cores shared with the browser and all its users."
    )
    section = page.Section("window", what, found)
    print(page.show(section))
    page.write([section], {"window on": box}, asked.page)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.window", description="The window under load.")
    parser.add_argument("--archive", help="an archive that is there already")
    parser.add_argument(
        "--passages", type=int, default=PASSAGES, help="of the archive that is made where none is named"
    )
    parser.add_argument("--one", type=int, default=SOON, help="questions of the one user that are timed")
    parser.add_argument("--later", type=int, default=LATER, help="questions after which memory is looked at again")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long they ask")
    parser.add_argument("--crowd", type=int, default=CROWD, help="questions in the same second")
    parser.add_argument("--page", type=Path, default=page.PAGE, help="the page that is written")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
