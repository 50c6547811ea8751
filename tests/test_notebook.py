"""How objects look: escaped, with live links only to http(s), and without a script or an outside load."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

from rag import notebook, terminal
from rag.types import Answer, Article, Backing, Citation, Coverage, Failure, Hit, Passage, Plan, Report, Sentence, Table

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![pixel](https://evil.example/p.png)",
    "[click](javascript:alert(1))",
    "<iframe src=https://evil.example></iframe>",
    "</mark></div><style>*{background:url(https://evil.example)}</style>",
    "&lt;b&gt; `code` $x$ *bold* _it_ # head",
    "\x1b]0;title\x07\x9b31m",
)
ADDRESSES = (
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    'https://a.example/"onclick="x',
    "//a.example/",
)


def article(text: str = "One. They named mining. Three.", title: str = "Leaders meet", **facts: object) -> Article:
    known = {"date": dt.date(2024, 11, 19), "source": "Danube Wire", "url": "https://wire.example.org/1?a=1&b=2"}
    return Article("a1", title, text, **{**known, "origins": ("/news/1.txt",), **facts})  # type: ignore[arg-type]


def cited(of: Article, quote: str, number: int = 1) -> Citation:
    start = of.text.index(quote)
    passage = Passage("p1", of.id, 0, of.text, 0, len(of.text), of.title, of.date, of.source)
    return Citation(number, of, passage, quote, start, start + len(quote))


def answered(of: Article, quote: str = "They named mining.") -> Answer:
    sentence = Sentence(quote, (1,), "supported", 1.0, (11, 17))
    plan = Plan("q", "q", notes=("“last week” is 2024-11-11 to 2024-11-17",))
    return Answer(
        "q", f"{quote} [1]", (sentence,), (cited(of, quote),), plan=plan, coverage=Coverage(1, of.date, of.date),
        backing=Backing(1, 1),
    )  # fmt: skip


class Tags(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.inside: dict[str, str] = {}
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data
        for tag in self.open:
            self.inside[tag] = self.inside.get(tag, "") + data


class Held:
    """What archive_html needs of an archive."""

    folder = Path("<b>news")

    def coverage(self) -> Coverage:
        return Coverage(2, dt.date(2024, 1, 1), dt.date(2024, 2, 1), ("<i>Wire",), "<u>Newest")


def everything(words: str, address: str) -> list[str]:
    """Every object as HTML, with these words in every place that may hold any."""
    one = article(f"{words} is the text. {words}", words, source=words, author=words, url=address, language=words,
                  origins=(words,), found={"title": words, "source": words, "date": words})  # fmt: skip
    answer = Answer(
        words, f"{words} is the text. [1] {words}", (Sentence(f"{words} is the text.", (1,), "partly", 0.5, (0, 5)),),
        (cited(one, f"{words} is the text."),), True, words, plan=Plan(words, words, notes=(words,)),
        coverage=Coverage(1, sources=(words,), newest=words), model=words, complete=False, notices=(words,),
    )  # fmt: skip
    report = Report(failed=(Failure(words, words, words),), changes=(words,), notices=(words,), stopped=True)
    return [
        notebook.answer_html(answer), notebook.article_html(one), notebook.articles_html([one, one]),
        notebook.report_html(report), notebook.archive_html(Held()),  # type: ignore[arg-type]
    ]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("address", ADDRESSES)
def test_no_words_and_no_address_become_anything_alive(words: str, address: str) -> None:
    for page in everything(words, address):
        seen = Tags(page)
        assert not seen.open
        tags = {tag for tag, _ in seen.tags}
        assert tags <= {"div", "p", "br", "strong", "span", "mark", "table", "thead", "tbody", "tr", "th", "td", "ul", "li",
                        "details", "summary"}  # fmt: skip
        assert {name for _, attributes in seen.tags for name in attributes} <= {"class", "style", "title"}


def test_words_are_shown_as_they_stand() -> None:
    words = HOSTILE[0]
    for page in everything(words, "https://a.example/")[:4]:
        assert words in Tags(page).text


def test_the_cited_words_are_marked_in_their_passage() -> None:
    seen = Tags(notebook.answer_html(answered(article())))
    assert seen.inside["mark"] == "They named mining."
    assert "One. They named mining. Three." in seen.text
    assert "[1] Danube Wire, 2024-11-19, Leaders meet" in seen.text
    assert seen.inside["strong"] == "mining"
    assert "“last week” is 2024-11-11 to 2024-11-17" in seen.text
    assert "Rests on 1 article." in seen.text
    assert "Searched 1 article, 2024-11-19 to 2024-11-19." in seen.text


def test_what_was_searched_and_what_it_rests_on_are_told_in_full() -> None:
    day = dt.date(2024, 11, 19)
    some = Coverage(1200, dt.date(2023, 2, 6), day, ("Wire",), "The\nnewest", independent=24, undated=3)
    assert notebook.covered(some) == (
        "Searched 1,200 articles of 24 outlets, 2023-02-06 to 2024-11-19; 3 without a date were left out."
    )
    assert notebook.covered(Coverage(0)) == "Searched 0 articles."
    assert notebook.rests(Backing(4, 2)) == "Rests on 4 articles, 2 independent."
    assert notebook.rests(Backing(0, 0)) == "Rests on no article."
    assert notebook.grounds(Answer("q", "a")) == []


def test_a_long_passage_is_cut_around_the_cited_words() -> None:
    long = article("before " * 200 + "They named mining." + " after" * 200)
    text = Tags(notebook.answer_html(answered(long))).text
    assert len(text) < 900
    assert "… before" in text
    assert "after …" in text


def test_links_go_to_the_article_and_tell_it_nothing() -> None:
    links = [a for tag, a in Tags(notebook.answer_html(answered(article()))).tags if tag == "a"]
    assert [link["href"] for link in links] == ["https://wire.example.org/1?a=1&b=2"]
    assert links[0]["rel"] == "noopener noreferrer"


def test_a_sentence_without_support_says_so() -> None:
    answer = Answer("q", "It rained.", (Sentence("It rained."),))
    titles = [a["title"] for tag, a in Tags(notebook.answer_html(answer)).tags if "title" in a]
    assert titles == ["No passage supports this sentence"]


def test_an_abstention_says_why() -> None:
    answer = Answer("q", "The articles do not say.", abstained=True, reason="No article is from Reuters.")
    assert "No article is from Reuters." in Tags(notebook.answer_html(answer)).text
    assert notebook.answer_markdown(answer) == "The articles do not say.\n\nNo article is from Reuters.\n"


def test_money_is_no_formula() -> None:
    page = notebook.answer_html(Answer("q", "It cost $5 billion, not $7 billion."))
    assert "tex2jax_ignore" in page
    assert "mathjax_ignore" in page
    assert "\\$5 billion, not \\$7 billion" in notebook.answer_markdown(
        Answer("q", "It cost $5 billion, not $7 billion.")
    )


def test_objects_show_themselves() -> None:
    one = article()
    assert answered(one)._repr_html_() == notebook.answer_html(answered(one))
    assert answered(one).to_markdown() == notebook.answer_markdown(answered(one))
    assert one._repr_html_() == notebook.article_html(one)
    assert Report()._repr_html_() == notebook.report_html(Report())


def test_a_table_shows_fifty_and_says_so() -> None:
    seen = Tags(notebook.articles_html([article()] * 60))
    assert sum(tag == "tr" for tag, _ in seen.tags) == 51
    assert "60 articles, the first 50 shown" in seen.text


def test_markdown_has_footnotes() -> None:
    assert notebook.answer_markdown(answered(article())) == (
        "They named mining.[^1]\n\n"
        "Rests on 1 article.  \nSearched 1 article, 2024-11-19 to 2024-11-19.\n\n"
        '[^1]: Danube Wire, 2024-11-19, “Leaders meet”, "They named mining.", <https://wire.example.org/1?a=1&b=2>\n'
    )


def test_markdown_names_the_file_where_there_is_no_address() -> None:
    text = notebook.answer_markdown(answered(article(url=None, date=None)))
    assert text.endswith('[^1]: Danube Wire, “Leaders meet”, "They named mining.", /news/1.txt\n')


def test_two_quotes_of_one_number_share_a_footnote() -> None:
    one = article()
    answer = Answer("q", "A. [1] B. [1] C [7]", (), (cited(one, "Three."), cited(one, "One.")))
    text = notebook.answer_markdown(answer)
    assert text.startswith("A.[^1] B.[^1] C \\[7\\]\n\n")
    assert text.count("[^1]: ") == 1
    assert '"One."; "Three."' in text


def test_markdown_lets_no_words_become_markup() -> None:
    for words in HOSTILE[:-1]:
        one = article(f"{words} is the text.", words.replace("\n", " "), url=None, origins=(words,))
        text = notebook.answer_markdown(answered(one, f"{words} is the text."))
        assert "<" not in text.replace("&lt;", "")
        assert "](" not in text.replace("\\](", "")
        assert "![" not in text
    assert notebook.answer_markdown(Answer("q", "1. one\n- two\n# three")) == "1\\. one  \n\\- two  \n\\# three\n"


def test_a_data_frame_has_one_row_an_article() -> None:
    frame = notebook.articles_frame([article(), Article("a2", "Untold", "two words")])
    assert list(frame.columns) == [
        "title",
        "date",
        "updated",
        "source",
        "author",
        "url",
        "language",
        "words",
        "origins",
    ]
    assert list(frame.index) == ["a1", "a2"]
    assert frame.index.name == "id"
    assert pd.api.types.is_datetime64_any_dtype(frame["date"])
    assert frame.loc["a1", "date"] == pd.Timestamp("2024-11-19")
    assert frame.loc["a2", "date"] is pd.NaT
    assert frame.loc["a2", "words"] == 2
    assert frame.loc["a1", "origins"] == ("/news/1.txt",)
    assert frame[frame["date"] >= "2024-01-01"].index.tolist() == ["a1"]


def test_an_empty_data_frame_has_the_same_columns() -> None:
    empty, full = notebook.articles_frame([]), notebook.articles_frame([article()])
    assert len(empty) == 0
    assert list(empty.dtypes) == list(full.dtypes)


# -- the terminal ------------------------------------------------------------------------


def test_lines_below_an_answer_say_outlet_date_title_words_and_place() -> None:
    assert [text for _, text in terminal.answer_lines(answered(article()))] == [
        "They named mining. [1]",
        "",
        "[1] Danube Wire, 2024-11-19, Leaders meet",
        "    “They named mining.”",
        "    https://wire.example.org/1?a=1&b=2",
        "",
        "Rests on 1 article.",
        "Searched 1 article, 2024-11-19 to 2024-11-19.",
        "",
        "“last week” is 2024-11-11 to 2024-11-17",
    ]


def test_a_terminal_gets_no_control_characters() -> None:
    assert terminal.clean("a\x1b]0;title\x07b\x9b31mc\r\nd\te\u202ef") == "a]0;titleb31mc\nd\tef"


def test_a_follow_up_says_what_was_searched() -> None:
    assert terminal.plan_line(Plan("When?", "When did he arrive?")) == "searched for: When did he arrive?"
    assert terminal.plan_line(Plan("When?", "When?")) == ""


def test_a_report_names_every_failure_and_ten_changes() -> None:
    report = Report(updated=12, failed=(Failure("a.jsonl", "line 7", "broken"),), changes=tuple(map(str, range(12))))
    lines = [text for _, text in terminal.report_lines(report)]
    assert lines[0] == "0 added, 12 updated, 0 unchanged, 0 removed, 1 failed"
    assert "  failed: a.jsonl, line 7: broken" in lines
    assert sum(line.startswith("  changed: ") for line in lines) == 10
    assert any("and 2 more" in line for line in lines)


def test_hits_are_ranked_with_outlet_date_and_title() -> None:
    one = article()
    lines = [text for _, text in terminal.hits_lines([Hit(cited(one, "One.").passage, 0.5)])]
    assert lines == [
        "1. Danube Wire, 2024-11-19, Leaders meet", "   One. They named mining. Three.", "   score 0.5000, article a1"
    ]  # fmt: skip


def test_an_article_shows_where_each_fact_was_found() -> None:
    one = article("word " * 400, found={"date": "byline"}, author=None)
    lines = [text for _, text in terminal.article_lines(one, [("2024-11-20", "text: 3 words added, 0 removed")])]
    assert "date:      2024-11-19  (from: byline)" in lines
    assert "author:    unknown" in lines
    assert "changed:   2024-11-20: text: 3 words added, 0 removed" in lines
    assert "words:     400 (the first 140 shown; --json shows all)" in lines
    assert len(lines[-1]) < 720


# -- tables ------------------------------------------------------------------------------

MONTHS = Table(
    "Articles by month", ("month", "articles"), (("2024-03", 0), ("2024-04", 3), ("2024-05", 12)), chart="bars"
)


def counted(of: Article, *tables: Table) -> Answer:
    made = answered(of)
    listed = Table("Articles", ("date", "title"), ((str(of.date), of.title), ("no date", "Other")), (of.id, "a2"))
    return Answer("q", "2 articles.", citations=made.citations, model="catalog", tables=(*tables, listed))


def test_a_table_has_a_row_for_each_and_the_longest_bar_for_the_most() -> None:
    page = Tags(MONTHS._repr_html_())
    assert not page.open
    assert [tag for tag, _ in page.tags].count("tr") == 4
    assert notebook.shares(MONTHS) == [0.0, 0.25, 1.0]
    styles = [facts["style"] or "" for tag, facts in page.tags if tag == "div"]
    widths = [style.split(";")[0] for style in styles if "currentColor" in style]
    assert widths == ["width:0.0%", "width:25.0%", "width:100.0%"]
    assert "background" not in Table("t", ("a",), (("x",),))._repr_html_()


def test_a_listed_article_that_is_cited_has_its_number() -> None:
    of = article()
    assert "Leaders meet [1]</td>" in counted(of)._repr_html_()
    markdown = counted(of, MONTHS).to_markdown()
    assert "| month | articles |\n| --- | ---: |\n| 2024-03 | 0 |" in markdown
    assert "| 2024-11-19 | Leaders meet[^1] |\n| no date | Other |" in markdown
    assert "\n[^1]: Danube Wire" in markdown


def test_sentences_are_not_shown_again_as_a_table() -> None:
    table = Table("Timeline", ("date", "what happened"), (("2024-11-19", "They named mining."),), ("a1",), retells=True)
    answer = replace(answered(article()), tables=(table,))
    shown = [answer._repr_html_(), answer.to_markdown(), "\n".join(text for _, text in terminal.answer_lines(answer))]
    assert not [page for page in shown if "what happened" in page]
    assert "what happened" in table._repr_html_()
    assert answer.to_dict()["tables"][0]["rows"] == [["2024-11-19", "They named mining."]]


def test_a_table_becomes_a_data_frame() -> None:
    frame = MONTHS.to_frame()
    assert (list(frame.columns), frame["articles"].sum(), list(frame.index)) == (["month", "articles"], 15, [0, 1, 2])
    assert list(counted(article()).tables[0].to_frame().loc["a1"]) == ["2024-11-19", "Leaders meet"]
    assert Table("t", ("a", "b"), ()).to_frame().empty


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_in_a_table_is_markup(hostile: str) -> None:
    table = Table(hostile, ("title", hostile), ((f"a | b {hostile}", 1),), (hostile,), "bars")
    page = Tags(notebook.answer_html(Answer("q", "1 article.", tables=(table,))))
    assert {tag for tag, _ in page.tags} <= {"div", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert not page.open
    assert hostile in page.text
    rows = [line for line in notebook.table_markdown(table).split("\n\n", 1)[1].splitlines() if line.startswith("| ")]
    assert len(rows) == 3
    assert all(len(re.findall(r"(?<!\\)\|", row)) == 3 for row in rows)


def test_a_table_in_a_terminal_has_columns_and_bars() -> None:
    lines = terminal.table_lines(MONTHS, width=60)
    assert ("bold", "Articles by month") in lines
    shown = [text for _, text in lines]
    assert shown[-3:] == [
        "2024-03          0",
        f"2024-04          3   {'█' * 6}",
        f"2024-05         12   {'█' * 24}",
    ]
    table = Table("t", ("title",), (("[bold]x[/bold] [link=https://evil.example]y[/link] \x1b]0;t\x07",),))
    assert terminal.table_lines(table, width=120)[-1][1] == "[bold]x[/bold] [link=https://evil.example]y[/link] ]0;t"
    assert any("Leaders meet [1]" in text for _, text in terminal.below_answer(counted(article())))
