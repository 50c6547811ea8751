"""What is ingested and asked: news articles of the evaluation data, or generated ones where there are none.

    write(200, path)        200 articles as JSON lines: title, text, date, source, url
    questions(60)           questions, and the addresses of the articles that answer each

Generated articles are a bigram chain over the sample articles of this project, the same for the same seed.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).resolve().parents[1] / "examples" / "articles"
SEED = 20241119
SENTENCES = (25, 75)  # of an article, at least and at most
FIELDS = ("title", "text", "date", "source", "url")


def write(count: int, path: Path) -> int:
    """Write that many articles as JSON lines; the characters of their texts."""
    characters = 0
    with path.open("w", encoding="utf-8") as file:
        for article in articles(count):
            characters += len(article["text"])
            file.write(json.dumps(article, ensure_ascii=False) + "\n")
    return characters


def described() -> str:
    """Which articles these are, in words."""
    return "news articles of 2022 (newsquiz)" if _data() is not None else "generated articles"


def articles(count: int) -> Iterator[dict[str, Any]]:
    """Articles of the evaluation data: at most half of them what `questions` ask for, the others every so many-th of all;
    or generated ones."""
    folder = _data()
    if folder is None:
        yield from generated(count)
        return
    wanted = dict.fromkeys(url for q in questions(count) for url in q["urls"])
    wanted = dict.fromkeys(list(wanted)[: count // 2])
    whole = [r for r in _records(folder / "articles.jsonl.gz") if len(r["text"].split()) > 40]
    asked_for = [r for r in whole if r["url"] in wanted]
    others = [r for r in whole if r["url"] not in wanted]
    rest = count - len(asked_for)
    for record in (*asked_for, *others[:: max(1, len(others) // max(1, rest))][:rest]):
        yield {name: record.get(name) for name in FIELDS}


def questions(count: int) -> list[dict[str, Any]]:
    """{"question": …, "urls": the articles that answer it}, as many of the evaluation data as have such articles first."""
    folder = _data()
    if folder is not None:
        known = sorted(_records(folder / "questions.jsonl.gz"), key=lambda r: not r["gold_urls"])
        return [{"question": r["question"], "urls": r["gold_urls"]} for r in known[:count]]
    return [{"question": f"What is known about {a['title'].lower()}?", "urls": [a["url"]]} for a in generated(count)]


def generated(count: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """Articles of the sample articles' words, in an order that chance gives; about 5,000 characters each."""
    chain, chance = _chain(), random.Random(seed)
    for number in range(count):
        sentences = [_sentence(chain, chance) for _ in range(chance.randint(*SENTENCES))]
        title = " ".join(sentences[0].rstrip(".").split()[:9])
        yield {
            "title": f"{title} ({number})",
            "text": "\n\n".join(" ".join(sentences[i : i + 4]) for i in range(0, len(sentences), 4)),
            "date": f"2024-{1 + number % 12:02}-{1 + number % 28:02}",
            "source": f"Paper {number % 40}",
            "url": f"https://example.org/{seed}/{number}",
        }


def _sentence(chain: dict[str, list[str]], chance: random.Random) -> str:
    words = [chance.choice(chain["."])]
    while len(words) < 30 and not words[-1].endswith("."):
        words.append(chance.choice(chain[words[-1]]))
    return " ".join(words).rstrip(".,") + "."


def _chain() -> dict[str, list[str]]:
    """Word -> the words that follow it; "." -> those that begin a sentence."""
    follows: dict[str, list[str]] = defaultdict(list)
    for path in sorted(p for p in SAMPLES.iterdir() if p.suffix in (".txt", ".md")):
        words = re.findall(r"[A-Za-z][\w’'-]*[.,]?", path.read_text(encoding="utf-8"))
        for one, other in zip((".", *words), (*words, "."), strict=True):
            follows["." if one.endswith(".") else one].append(other)
    for following in list(follows.values()):
        for word in following:
            if not follows[word]:
                follows[word].append(".")
    return dict(follows)


def _data() -> Path | None:
    named = os.environ.get("DATELINE_DATA")
    folder = Path(named) / "newsquiz" if named else None
    return folder if folder is not None and folder.is_dir() else None


def _records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
