"""What stands on the page: the figures of a comparison as sections, each a table with what is to be known about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bench.page import Picture, Section
from bench.rounds import OURS, Rounds, Rows

TABLES = {
    "installation": "A fresh virtual environment: seconds with downloading, and megabytes on disk.",
    "ingestion": "In a process of its own, that is started, loads the model, reads, embeds and writes. *Share read by the "
    "model*: of the passages' characters, those within the tokens that the model reads; the rest is stored, and not found by "
    "meaning. *As a share of*: of the time that embedding Dateline's own passages takes by itself, in Dateline's way and in "
    "the plain one, float32.",
    "cold start": "A new process to its printed end: `dateline ask` prints an answer, the peers the passages they find.",
    "search": "Four passages a question, without the reader. *Article found*: of the questions whose articles are known, "
    "those that found one of them. *Failed*: questions that raised an error.",
    "answer": "Dateline's own: passages ranked by the reader, and whole answers with checked citations, warm.",
}
PREFIXES = {"answer": ("search with the reader", "answer")}  # the others are named as their measures begin
AT_A_GLANCE = (
    "installation, s", "installation, MB", "ingestion, s", "ingestion, memory, MB", "ingestion, disk, MB", "cold start, s",
    "cold start, memory, MB", "search, 1 user, median ms", "search, memory, MB",
)  # fmt: skip
BY_USERS = re.compile(r"search, (\d+) users?, median ms")
NANO = 1e9


def sections(
    rounds: Rounds, steps: Mapping[str, float], limits: Mapping[str, Any], dropped: Mapping[str, str]
) -> Iterator[Section]:
    rows, ratios = rounds.rows(), rounds.ratios()
    for name, what in TABLES.items():
        of = {m: row for m, row in rows.items() if m.split(", ")[0] in PREFIXES.get(name, (name,))}
        if of:
            shown = {m.removeprefix(f"{name}, "): dict(row) for m, row in of.items()}
            shares = {m.removeprefix(f"{name}, "): ratios.get(m, {}) for m in of}
            if name == "installation":
                shown["s"] |= {
                    side: f"no: {in_short(reason)}" for side, reason in dropped.items() if side not in shown["s"]
                }
            yield Section(name, what, shown, shares, list(_pictures(name, rows)))
    if steps:
        yield Section(
            "steps", "The steps of a warm answer to one user, as `dateline ask --timings` shows them: medians.",
            {step: {"ms": seconds * 1000} for step, seconds in steps.items()},
        )  # fmt: skip
    if limits:
        yield Section("limits", _bounds(limits), dict(_against_limits(rows, limits)))


def in_short(reason: str) -> str:
    """One line of it, that fits a table."""
    return reason.strip().splitlines()[-1][:80].replace("|", "/")


def _pictures(name: str, rows: Rows) -> Iterator[Picture]:
    """Below the last table that has peers: all at a glance, and how search grows with its users."""
    if name != "search":
        return
    everyone = set(rows["search, memory, MB"])
    glance = {m: rows[m] for m in AT_A_GLANCE if m in rows and everyone <= set(rows[m])}
    yield Picture("side by side", "All at a glance, each as a share of the greatest; shorter is better.", glance)
    by_users = {found[1]: row for m, row in rows.items() if (found := BY_USERS.fullmatch(m))}
    if len(by_users) > 1:
        caption = "How the median wait grows with users who search at once, as a share of the longest."
        yield Picture("search by users", caption, by_users, lines="users at once")


def _against_limits(rows: Rows, limits: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, float]]]:
    """What embedding takes a passage, against the fewest milliseconds that the arithmetic allows."""
    ours = str(limits["precision"])
    for words, measure, precision in (
        ("`SentenceTransformer.encode` in float32", "SentenceTransformer.encode, s", "float32"),
        (f"the same passages in {ours}, nothing else", "embedding alone, s", ours),
        (f"the whole ingestion in {ours}", "ingestion, s", ours),
    ):
        passages = limits["passages"]
        least = limits["operations"] / limits[precision] / passages * 1000
        took = rows[measure][OURS] / passages * 1000
        yield (
            words,
            {
                "best product, G operations/s": limits[precision] / NANO,
                "at least, ms a passage": least,
                "measured, ms a passage": took,
                "share of the limit": least / took,
            },
        )


def _bounds(limits: Mapping[str, Any]) -> str:
    """The arithmetic and the memory that a passage needs, in words."""
    passages, weights = limits["passages"], limits["weights"]
    each, tokens = limits["operations"] / passages, limits["tokens"] / passages
    read = {"float32": 4 * weights / limits["bandwidth"], "int8": weights / limits["bandwidth"]}
    by_processor = all(seconds < each / limits[precision] for precision, seconds in read.items())
    return (
        f"A passage has {tokens:.0f} tokens and takes {each / NANO:.1f} G operations: {2 * weights / 1e6:.0f} million a token "
        f"for the layers' matrices, the rest for attention. The best matrix product on all cores, measured in the same run, "
        f"reaches {limits['float32'] / NANO:,.0f} G operations a second in float32, {limits['bfloat16'] / NANO:,.0f} in "
        f"bfloat16 and {limits['int8'] / NANO:,.0f} in int8. Memory is read at {limits['bandwidth'] / NANO:.0f} GB/s: the "
        f"layers' weights take {read['float32'] * 1000:.1f} ms in float32 and {read['int8'] * 1000:.1f} ms in int8, at the most "
        f"once a passage, which is {'less' if by_processor else 'not less'} than its arithmetic takes: "
        f"{'the processor bounds embedding, memory does not.' if by_processor else 'memory bounds embedding too.'}"
    )
