"""Markdown with front matter."""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path

import pytest

from ingest.load import Loaded, load
from ingest.load.markdown import plain
from rag.errors import OriginError
from rag.settings import Settings

WORDS = "The council met on Monday and agreed to build a new bridge over the river."


def _load(tmp_path: Path, text: str, **more: object) -> Loaded:
    path = tmp_path / "a.md"
    path.write_text(text, encoding="utf-8")
    [item] = load(path, Settings(), **more)  # type: ignore[arg-type]
    assert isinstance(item, Loaded)
    return item


def test_front_matter_states_and_the_rest_is_words(tmp_path: Path) -> None:
    item = _load(
        tmp_path,
        "---\ntitle: 'Bridge: agreed'\ndate: 2024-11-19T23:30:00-05:00\nupdated: 2024-11-21\nsource: Town News\n"
        f"author: [Jane Doe, Ann Lee]\nurl: https://town.example/a\nlang: en\n---\n\n## Bridge: agreed\n\n{WORDS}",
    )
    assert (item.title, item.date, item.updated) == ("Bridge: agreed", dt.date(2024, 11, 19), dt.date(2024, 11, 21))
    assert (item.source, item.author, item.language) == ("Town News", "Jane Doe, Ann Lee", "en")
    assert item.canonical == "https://town.example/a"
    assert set(item.found.values()) == {"front matter"}


def test_the_first_heading_is_the_title_where_none_is_stated(tmp_path: Path) -> None:
    for text in (f"# Bridge *agreed*\n\n{WORDS}", f"Bridge *agreed*\n=====\n\n{WORDS}"):
        item = _load(tmp_path, text)
        assert (item.title, item.text, item.found) == ("Bridge agreed", WORDS, {"title": "first heading"})


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("They **agreed** on _trade_ and `code`.", "They agreed on trade and code."),
        ("[trade](https://x.example/a_(b)) talks", "trade talks"),
        ("a ![picture](p.png) b", "a  b"),
        ("> quoted\n> words", "quoted\nwords"),
        ("- one\n- two", "one\ntwo"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("## Head ##\n\ntext <b>bold</b>", "Head\n\ntext bold"),
        ("see [trade][1]\n\n[1]: https://x.example", "see trade"),
        (r"5 \* 3", "5 * 3"),
    ],
)
def test_marks_go_and_words_stay(marked: str, words: str) -> None:
    assert plain(marked) == words


@pytest.mark.parametrize("mark", ["[", "[a](", "**a ", "_a ", "<a", "- ", "\n", "`", "![a](("])
def test_a_text_of_nothing_but_marks_takes_no_minutes(mark: str) -> None:
    started = time.monotonic()
    plain(mark * 50_000)
    assert time.monotonic() - started < 5


def test_front_matter_that_is_no_yaml_is_told(tmp_path: Path) -> None:
    with pytest.raises(OriginError, match="front matter"):
        _load(tmp_path, f"---\ntitle: [unclosed\n---\n{WORDS}")


def test_front_matter_fields_can_be_mapped(tmp_path: Path) -> None:
    item = _load(tmp_path, f"---\nwhen: 2024-11-19\n---\n{WORDS}", fields={"date": "when"})
    assert item.date == dt.date(2024, 11, 19)
