"""How long many users wait: the same questions from some threads at once. Imports nothing, to run in any environment.

latencies(ask, questions, users=10) -> {"median": 0.02, "p95": 0.05, "each_second": 310.0}
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence


def latencies(ask: Callable[[str], object], questions: Sequence[str], users: int) -> dict[str, float]:
    """Seconds per question, as each user waits, and questions answered in a second by all together."""
    waits: list[float] = []
    mutex, rest = threading.Lock(), list(questions)

    def use() -> None:
        while True:
            with mutex:
                if not rest:
                    return
                question = rest.pop()
            started = time.perf_counter()
            ask(question)
            waits.append(time.perf_counter() - started)

    threads = [threading.Thread(target=use) for _ in range(users)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    waits.sort()
    return {
        "median": waits[len(waits) // 2],
        "p95": waits[min(len(waits) - 1, int(len(waits) * 0.95))],
        "each_second": len(waits) / seconds,
    }
