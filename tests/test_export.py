"""What leaves for other programs reads back as it was, and runs nowhere."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace

import pytest

from rag import export
from rag.types import Answer, Article, Citation, Sentence, Table
from tests.passages import passage
from tests.test_notebook import ADDRESSES, HOSTILE, Tags


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_a_table_reads_back_from_csv() -> None:
    table = Table("t", ("date", "what happened"), (("2024-11-01", 'It "fell",\nthen'), ("no date", "обвал")))
    assert read(table.to_csv()) == [["date", "what happened"], *map(list, table.rows)]
    assert Table("t", ("month", "n"), (("2024-03", 0),)).to_csv() == "month,n\n2024-03,0\n"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://evil.example")'])
def test_no_cell_is_a_formula(text: str) -> None:
    ((name,), (cell,)) = read(Table("t", (text,), ((text,),)).to_csv())
    assert name == cell == "'" + text.replace("\r", "\n")


def test_numbers_stay_numbers_and_signs_inside_stay_as_they_are() -> None:
    assert read(Table("t", ("a", "b"), ((-3, "a=b-c"),)).to_csv())[1] == ["-3", "a=b-c"]


# -- the cited articles ------------------------------------------------------------------

TALKS = Article("c0ffee12aa", "The leaders meet & talk", "They named mining.", dt.date(2024, 11, 19),
                source="Danube Wire", author="Jane Doe, John Roe", url="https://wire.example.org/1?a=1&b=2_3", language="en")  # fmt: skip
BARE = Article(
    "beef34bb", "Обвал", "They named farming.", url="file:///home/me/secret.txt", origins=("/home/me/secret.txt",)
)


WEB = ("https://a.example/{x}}", "https://a.example/50%25")


def cites(*articles: Article) -> Answer:
    sentences = tuple(Sentence(a.text, (n,), "supported", 1.0) for n, a in enumerate(articles, start=1))
    citations = tuple(
        Citation(n, a, passage(a), a.text, 0, len(a.text)) for n, a in enumerate(articles, start=1) if a.text
    )
    text = " ".join(f"{s.text} [{s.citations[0]}]" for s in sentences)
    return Answer("What was <named>?", text, sentences, citations)


def braces(text: str) -> int:
    """How deep the text ends, as BibTeX counts: escaped braces too."""
    depth = 0
    for c in text:
        depth += (c == "{") - (c == "}")
        assert depth >= 0
    return depth


def test_an_entry_has_what_the_article_states_and_no_more() -> None:
    assert cites(TALKS, BARE).to_bibtex() == (
        "@article{danubewire2024leaders,\n"
        "  title = {{The leaders meet \\& talk}},\n"
        "  author = {{Jane Doe, John Roe}},\n"
        "  journal = {{Danube Wire}},\n"
        "  year = {2024},\n"
        "  month = nov,\n"
        "  day = {19},\n"
        "  url = {https://wire.example.org/1?a=1&b=2_3},\n"
        "}\n\n"
        "@misc{article,\n"
        "  title = {{Обвал}},\n"
        "}\n"
    )
    assert cites().to_bibtex() == ""


def test_items_have_what_the_article_states_and_no_more() -> None:
    items = cites(TALKS, BARE).to_csl()
    assert json.loads(json.dumps(items)) == items
    assert items == [
        {
            "id": "danubewire2024leaders", "type": "article-newspaper", "title": "The leaders meet & talk",
            "author": [{"literal": "Jane Doe, John Roe"}], "container-title": "Danube Wire",
            "issued": {"date-parts": [[2024, 11, 19]]}, "URL": TALKS.url, "language": "en",
        },
        {"id": "article", "type": "article-newspaper", "title": "Обвал"},
    ]  # fmt: skip


def test_every_article_is_listed_once_under_a_key_of_its_own() -> None:
    twin = replace(TALKS, id="0123456789ab", text="They named farming.")
    answer = cites(TALKS, twin, TALKS)
    assert export.cited([answer, answer]) == [TALKS, twin]
    assert export.keys([TALKS, twin]) == ["danubewire2024leaders-c0ffee12", "danubewire2024leaders-01234567"]
    assert export.keys([twin, TALKS]) == export.keys([TALKS, twin])[::-1]
    assert export.keys([TALKS]) == ["danubewire2024leaders"]


@pytest.mark.parametrize(
    "words", [*HOSTILE, "}} , url = {evil", "{ { {", "100 % of $5_000 #1 ~x^2 \\input{/etc/passwd}", "a\n@misc{x,\n}"]
)
@pytest.mark.parametrize("url", [*ADDRESSES, *WEB])
def test_no_words_leave_their_field(words: str, url: str) -> None:
    entry = cites(replace(TALKS, title=words, source=words, author=words, url=url)).to_bibtex()
    assert braces(entry) == 0
    fields = dict(line.strip().split(" = ", 1) for line in entry.splitlines()[1:-1])
    assert list(fields)[:6] == ["title", "author", "journal", "year", "month", "day"]
    assert list(fields)[6:] == (["url"] if url in WEB else [])
    assert all(braces(value) == 0 for value in fields.values())
    bare = re.sub(r"\\[&%$#_]|\\text[a-z]+\{\}", "", fields["title"])
    assert not set(bare) & set("&%$#_\\~^<>|")


# -- pages and conversations -------------------------------------------------------------


@pytest.mark.parametrize("words", HOSTILE[:-1])
def test_a_page_is_whole_and_loads_and_runs_nothing(words: str) -> None:
    answer = replace(cites(replace(TALKS, title=words, source=words)), question=words)
    made = answer.to_html()
    assert made.startswith("<!doctype html>")
    seen = Tags(re.sub(r"<meta [^>]*>", "", made))
    assert seen.open == []
    assert {tag for tag, _ in seen.tags} == {
        "html",
        "head",
        "style",
        "title",
        "body",
        "section",
        "h1",
        "div",
        "p",
        "mark",
        "a",
    }
    assert [a["href"] for tag, a in seen.tags if tag == "a"] == [TALKS.url]
    assert "default-src 'none'" in made
    assert seen.inside["h1"] == words
    assert "evil.example" not in seen.inside["style"]


def test_answers_of_one_document_have_footnotes_of_their_own() -> None:
    table = Table("Articles", ("title",), (("The leaders meet",),), (TALKS.id,))
    made = export.markdown([cites(TALKS), replace(cites(TALKS, BARE), question="And # then?", tables=(table,))])
    assert made.startswith("## What was &lt;named&gt;?\n\nThey named mining.[^1-1]\n\n[^1-1]: Danube Wire")
    assert "\n\n## And # then?\n\nThey named mining.[^2-1] They named farming.[^2-2]\n\n" in made
    assert "| The leaders meet[^2-1] |" in made
    assert re.findall(r"^\[\^(.+?)\]: ", made, re.MULTILINE) == ["1-1", "2-1", "2-2"]


def test_no_answers_are_an_empty_document() -> None:
    assert export.markdown([]) == ""
    assert export.bibtex([]) == ""
    assert export.csl([]) == []
    assert "No questions" in export.page([])
