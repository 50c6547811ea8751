"""How long many users wait: questions from some threads at once. Imports nothing, to run in any environment.

latencies(ask, questions, users=10) -> {"median": 0.02, "p95": 0.05, "each_second": 310.0, "failed": 0}
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any


def asked(search: Callable[[str], Any], path: str) -> dict[str, Any]:
    """Ask what the file tells: {"questions": […], "users": [1, 10]} -> {"waits": {"1": …, "10": …}, "found": {question: …}}.

    Each number of users has questions of its own, so that nobody is answered out of a cache. A first question warms what
    is loaded late.
    """
    told = json.loads(Path(path).read_text(encoding="utf-8"))
    found: dict[str, Any] = {}

    def ask(question: str) -> None:
        found[question] = search(question)

    search("What is warm?")
    crowds, questions = told["users"], told["questions"]
    waits = {str(users): latencies(ask, questions[i :: len(crowds)], users) for i, users in enumerate(crowds)}
    return {"waits": waits, "found": found}


def latencies(ask: Callable[[str], object], questions: Sequence[str], users: int) -> dict[str, float]:
    """Seconds per question, as each user waits, questions answered in a second by all together, and how many failed."""
    waits: list[float] = []
    failed: list[Exception] = []
    mutex, rest = threading.Lock(), list(questions)

    def use() -> None:
        while True:
            with mutex:
                if not rest:
                    return
                question = rest.pop()
            started = time.perf_counter()
            try:
                ask(question)
            except Exception as e:  # noqa: BLE001  whatever a peer raises when it is asked by many at once is a finding
                failed.append(e)
            else:
                waits.append(time.perf_counter() - started)

    threads = [threading.Thread(target=use) for _ in range(users)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if not waits:
        raise failed[0] if failed else ValueError("no questions")
    waits.sort()
    return {
        "median": waits[len(waits) // 2],
        "p95": waits[min(len(waits) - 1, int(len(waits) * 0.95))],
        "each_second": len(waits) / seconds,
        "failed": len(failed),
    }
