"""A chat model that lies, and one that tells the truth in other words: what checking makes of their answers.

`evals/cases/claims.jsonl` holds an answer a line, over the sample articles: `articles` are the origins whose passages
are the evidence, `at` are words of the sentence it rests on (or turns around), `true` says of each of its sentences
whether the article says so. In an answer, [=] stands for the number of the passage that holds `at`, and [x] for the
number of one of another article.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evals.report import write
from evals.samples import EXAMPLES
from ingest import ingest
from rag import Archive
from rag.answer.quotations import archive_wide
from rag.answer.verify import Checked, check
from rag.sentences import spans
from rag.store.fulltext import STOP_WORDS
from rag.text import fold, stem, words
from rag.types import Article, Evidence, Hit

CASES = Path(__file__).with_name("cases") / "claims.jsonl"
QUOTED = re.compile(r"[“\"«„]([^“”\"«»„]+)[”\"»“]")  # longer than a word: a title or a term may be one
ALIKE, APART = 0.9, 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """One answer with its evidence; `right` is the article it rests on, `share` of its words stand in the source."""

    id: str
    kind: str
    answer: str
    true: tuple[bool, ...]
    evidence: Evidence
    right: Article
    share: float
    content_share: float


def main(page: bool = True) -> dict[str, float]:
    with sample_archive() as archive:
        cases = load(archive)
        checked = [(case, checked_by(archive, case.answer, case.evidence)) for case in cases]
        scores = measured(checked, [a.text for a in archive.articles()])
    if page:
        write(
            "claims",
            "python -m evals claims",
            f"{len(cases)} answers over the sample articles, half of them true, as a chat model might write them, through "
            "the checks that every written answer goes through. Shares are of sentences; the last three are counts.",
            {"without a chat model": scores},
        )
    return scores


def checked_by(archive: Archive, answer: str, evidence: Evidence) -> Checked:
    """What rag.chain makes of a written answer."""
    return check(answer, evidence, archive.article, find=archive_wide(archive.index), encode=archive.embedder.encode)


@contextmanager
def sample_archive(**settings: Any) -> Iterator[Archive]:
    with tempfile.TemporaryDirectory() as folder, Archive(folder, **settings) as archive:
        ingest(EXAMPLES / "articles", into=archive)
        yield archive


def load(archive: Archive, path: Path = CASES) -> list[Case]:
    """The cases with their evidence: all passages of the articles they name, in that order."""
    origins = {o.split("examples/articles/")[-1]: a for a in archive.articles() for o in a.origins}
    return [_case(json.loads(line), origins, archive) for line in path.read_text(encoding="utf-8").splitlines()]


def _case(row: dict[str, Any], origins: dict[str, Article], archive: Archive) -> Case:
    articles = [origins[name] for name in row["articles"]]
    passages = [p for a in articles for p in archive.index.catalog.passages_of(a.id)]
    (right,) = (a for a in articles if row["at"] in a.text)
    place = right.text.index(row["at"])
    number = 1 + next(i for i, p in enumerate(passages) if p.article_id == right.id and p.start <= place < p.end)
    wrong = 1 + next(i for i, p in enumerate(passages) if p.article_id != right.id)
    answer = row["answer"].replace("[=]", f"[{number}]").replace("[x]", f"[{wrong}]") * row.get("repeat", 1)
    source = next(right.text[s:e] for s, e in spans(right.text) if s <= place < e)
    bare = re.sub(r"\[\d+\]", "", answer)
    hits = tuple(Hit(p, 1 / i) for i, p in enumerate(passages, 1))
    return Case(
        row["id"], row["kind"], answer, tuple(row["true"]), Evidence(hits, 0.9), right,
        _share(words(bare), words(source)), _share(content(bare), content(source)),
    )  # fmt: skip


def content(text: str) -> list[str]:
    """The stems of the words that carry meaning, and the numbers."""
    return [stem(w) for w in words(text) if w not in STOP_WORDS and (len(w) > 2 or w.isdigit())]


def _share(some: Sequence[str], of: Sequence[str]) -> float:
    return len(set(some) & set(of)) / (len(set(some)) or 1)


def measured(checked: Sequence[tuple[Case, Checked]], archive_texts: Sequence[str]) -> dict[str, float]:
    """Shares of true and false sentences by state, and counts of what must never be shown."""
    judged = [row for case, found in checked for row in _judged(case, found)]
    true = [(case, state) for case, truth, state in judged if truth]
    false = [(case, state) for case, truth, state in judged if not truth]
    apart = [state for case, state in true if case.content_share < APART]
    alike = [state for case, state in false if case.share > ALIKE]
    texts = [plain(t) for t in archive_texts]
    return {
        "true sentences": len(true),
        "true supported": _of([s for _, s in true], "supported"),
        "true unsupported": _of([s for _, s in true], "unsupported"),
        "true under half shared": len(apart),
        "those supported": _of(apart, "supported"),
        "those unsupported": _of(apart, "unsupported"),
        "false sentences": len(false),
        "false supported": _of([s for _, s in false], "supported"),
        "false over 90 % shared": len(alike),
        "of those supported": _of(alike, "supported"),
        "quotations made up and shown": sum(not stands(q, texts) for _, f in checked for q in quotations(f.text)),
        "spans not in the article": sum(_is_false(c) for _, f in checked for c in f.citations),
        "citations of another article": sum(
            c.article.id != case.right.id for case, f in checked if all(case.true) for c in f.citations
        ),
    }  # fmt: skip


def _judged(case: Case, found: Checked) -> Iterator[tuple[Case, bool, str]]:
    """Each sentence with its truth; a case of one truth may have been split into several."""
    said = [s for s in found.sentences if words(s.text)]
    truths = case.true * len(said) if len(case.true) == 1 else case.true
    for truth, sentence in zip(truths, said, strict=bool(truths)):
        yield case, truth, sentence.support


def _of(states: Sequence[str], state: str) -> float:
    return sum(s == state for s in states) / (len(states) or 1)


def _is_false(citation: Any) -> bool:
    return bool(citation.article.text[citation.start : citation.end] != citation.quote)


def quotations(text: str) -> list[str]:
    """What is shown between quotation marks, where it is longer than a word."""
    return [q for q in QUOTED.findall(text) if len(q.split()) > 1]


def stands(quotation: str, texts: Sequence[str]) -> bool:
    """Whether one of these plain texts holds the words as they are, in order; "…" skips some, and [such] for a word or none."""
    pieces = [p for p in (plain(p) for p in re.split(r"\[[^\]]*\]|…|\.\.\.", quotation)) if p]
    return any(_in_order(pieces, text) for text in texts)


def _in_order(pieces: Sequence[str], text: str) -> bool:
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in fold(text)).split())
