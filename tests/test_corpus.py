"""Questions about the whole archive: which they are, by what they count, for which words; and exact counts by full text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from rag.errors import UsageError
from rag.question import corpus
from rag.question.understand import kind_of, understand
from rag.store.catalog import Filter
from rag.store.index import Index
from tests.entries import IDENTITY, put

TODAY = dt.date(2025, 1, 20)
SOURCES = ("Danube Wire", "Steppe Courier")
AUTHORS = ("Nina Petrova",)


# -- which questions count articles ------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "topic", "groups"),
    [
        ("How many articles mention floods in 2024, by month, by outlet?", "floods", ("month", "source")),
        ("List all articles about floods", "floods", ()),
        ("How many articles mention “business council” in 2024?", "“business council”", ()),
        ("how many articles mention the phrase 'by month'?", "'by month'", ()),
        ("number of stories on Notre-Dame per outlet", "Notre-Dame", ("source",)),
        ("how many articles did Danube Wire publish in November 2024?", "", ()),
        ("Which outlets wrote about floods?", "floods", ("source",)),
        ("how many articles about floods since March 2024, broken down by week", "floods", ("week",)),
        ("Show me all articles from Steppe Courier about floods", "floods", ()),
        ("How many articles were published last week?", "", ()),
        ("how often are floods mentioned each year?", "floods", ("year",)),
        ("List all stories by Nina Petrova", "", ()),
        ("How many reports mention Chernobyl, by year and language?", "Chernobyl", ("year", "language")),
        ("In how many articles is Vučić mentioned?", "Vučić", ()),
        ("Count the articles about chess by author", "chess", ("author",)),
        ("How many stories on floods were published in May 2024?", "floods", ()),
        ("How many articles in April 2024 mention floods month by month?", "floods", ("month",)),
        ("how many news articles mention either floods or fires, monthly", "floods or fires", ("month",)),
        ("How many articles mention the US?", "the US", ()),
        ("How many articles mention us?", "us", ()),
        ("How many articles that never mention Serbia are there?", "not Serbia", ()),
        ("How many articles mention 'do not mention'?", "'do not mention'", ()),
        ("Сколько статей не упоминают Сербию?", "not Сербию", ()),
        ("How many mentions of chess are there?", "chess", ()),
        ("How many articles are there per day?", "", ("day",)),
        ("How many articles mention rice, and from which outlets?", "rice", ("source",)),
        ("Сколько статей о наводнении по месяцам?", "наводнении", ("month",)),
        ("сколько публикаций про паводки в 2024 году, по изданиям и по годам", "паводки", ("source", "year")),
        ("Перечисли все статьи о саммите", "саммите", ()),
        ("В скольких статьях упоминается Токаев?", "Токаев", ()),
        ("Какие издания писали о референдуме?", "референдуме", ("source",)),
    ],
)
def test_a_question_about_the_archive(question: str, topic: str, groups: tuple[str, ...]) -> None:
    plan = understand(question, today=TODAY, sources=SOURCES, authors=AUTHORS)
    assert (plan.kind, plan.topic, plan.groups) == ("count", topic, groups)


@pytest.mark.parametrize(
    "question",
    [
        "How many people died in the floods?",
        "List the sectors they agreed on",
        "How many stories does the tower have?",
        "How many articles does the constitution have?",
        "How many articles of the treaty were amended?",
        "How many pieces of legislation were passed?",
        "How many pieces on display were stolen?",
        "How many items were on the agenda?",
        "What reports are discussed at the meeting?",
        "How many outlets did the company close in 2023?",
        "How many reports did the police receive?",
        "How many stories did Hemingway write?",
        "How many sources of funding does it have?",
        "List the articles of the agreement",
        "What did the articles say?",
        "Which article mentions floods?",
        "Is there an article about floods?",
        "Summarise all articles about floods",
        "Сколько человек погибло?",
        "Сколько статей Конституции изменили?",
        "Сколько материалов потребуется для моста?",
        "Перечисли отрасли",
        "Какие статьи Конституции изменены?",
    ],
)
def test_what_counts_something_else_does_not_ask_about_the_archive(question: str) -> None:
    assert corpus.read(question) is None
    plan = understand(question, today=TODAY, sources=SOURCES, authors=AUTHORS)
    assert plan.kind != "count"
    assert plan.groups == ()


def test_the_notes_remember_the_words() -> None:
    plan = understand("How many articles mention floods in 2024, by month?", today=TODAY)
    assert plan.notes == (
        'counted: "How many articles … mention"',
        'counted by month: "by month"',
        'published 2024-01-01 to 2024-12-31: "in 2024"',
    )
    assert (plan.after, plan.before) == (dt.date(2024, 1, 1), dt.date(2024, 12, 31))


def test_what_articles_are_counted_by_does_not_hide_the_dates_before_it() -> None:
    with_groups = understand("How many articles mention floods in 2024, by outlet, by week?", today=TODAY)
    without = understand("How many articles mention floods in 2024?", today=TODAY)
    assert (with_groups.after, with_groups.before) == (without.after, without.before)


def test_two_outlets_and_a_date_are_one_filter_where_articles_are_counted() -> None:
    plan = understand(
        "How many articles by Danube Wire and Steppe Courier mention floods in April 2024?",
        today=TODAY,
        sources=SOURCES,
    )
    assert plan.sources == SOURCES
    assert (plan.after, plan.before) == (dt.date(2024, 4, 1), dt.date(2024, 4, 30))
    assert plan.topic == "floods"


def test_the_year_of_an_event_stays_a_word() -> None:
    plan = understand("How many articles mention the 2024 floods?", today=TODAY)
    assert (plan.after, plan.topic) == (None, "the 2024 floods")


def test_kind_and_groups_can_be_set() -> None:
    plan = understand("What about floods in Kazakhstan?", today=TODAY, overrides={"kind": "count", "groups": ["year"]})
    assert (plan.kind, plan.topic, plan.groups) == ("count", "floods in Kazakhstan", ("year",))
    assert understand("How many articles mention floods?", today=TODAY, overrides={"kind": "fact"}).kind == "fact"
    plan = understand("How many articles mention floods by month?", today=TODAY, overrides={"groups": ""})
    assert plan.groups == ()
    assert not [note for note in plan.notes if note.startswith("counted by")]
    with pytest.raises(UsageError, match="language"):
        understand("How many articles?", today=TODAY, overrides={"groups": ["colour"]})


def test_the_kind_needs_no_archive() -> None:
    assert kind_of("How many articles mention floods?") == "count"
    assert kind_of("List all articles about floods") == "count"


# -- exact counts ------------------------------------------------------------------------

TEXTS = {
    1: ("Floods hit the valley. Dams broke overnight.", dt.date(2024, 4, 5), "Courier"),
    2: ("A flood was feared. Nothing came of it.", dt.date(2024, 5, 1), "Wire"),
    3: ("The council of business met. A council for business is needed.", dt.date(2024, 5, 2), "Wire"),
    4: ("The Business Council met. Rain fell.", dt.date(2023, 1, 1), None),
    5: ("Flooding again. The dam held.", None, "Courier"),
    6: ("Паводки на севере. Дамбы прорвало.", dt.date(2024, 4, 7), "Courier"),
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put(n, text, day=day, source=source) for n, (text, day, source) in TEXTS.items()])
    return index


def counted(index: Index, topic: str, where: Filter | None = None) -> list[int]:
    return [int(a.id[-4:]) for a in index.corpus.count(topic, where or Filter()).articles]


@pytest.mark.parametrize(
    ("topic", "numbers"),
    [
        ("floods", [2, 1, 5]),
        ("the floods", [2, 1, 5]),
        ("floods and dams", [1, 5]),  # in two passages of each
        ("flood dams valley", [1, 5]),  # "Valley 5" is a title
        ("rain or dams", [1, 4, 5]),
        ("business council", [3, 4]),
        ("“business council”", [4]),
        ("'business council' rain", [4]),
        ("паводками", [6]),
        ("aliens", []),
        ("floods aliens", []),
        ("", [3, 2, 6, 1, 4, 5]),
    ],
)
def test_an_article_counts_when_its_title_and_text_hold_all_words(index: Index, topic: str, numbers: list[int]) -> None:
    assert counted(index, topic) == numbers


def test_the_filter_is_a_filter_and_undated_articles_are_counted_apart(index: Index) -> None:
    spring = Filter(after=dt.date(2024, 4, 1), before=dt.date(2024, 4, 30))
    found = index.corpus.count("floods", spring)
    assert ([a.id for a in found.articles], found.undated) == (["article-0001"], 1)
    assert index.corpus.count("floods", Filter(after=spring.after, sources=("Wire",))).undated == 0
    assert counted(index, "floods", Filter(sources=("Courier",))) == [1, 5]
    assert index.corpus.count("floods", Filter()).undated == 0


def test_articles_that_are_treated_as_not_there_do_not_count(index: Index) -> None:
    without = frozenset(("article-0001", "article-0005"))
    found = index.corpus.count("floods", Filter(after=dt.date(2024, 1, 1)), without)
    assert ([a.id for a in found.articles], found.undated) == (["article-0002"], 0)


def test_a_count_has_no_limit(tmp_path: Path) -> None:
    index = Index(tmp_path, embedder=IDENTITY)
    with index.writer() as writer:
        writer.commit([put(n) for n in range(1, 701)])
    assert len(index.corpus.count("floods", Filter()).articles) == 700


def test_what_was_looked_for_is_told(index: Index) -> None:
    assert index.corpus.count("the floods or fires of “West Valley”", Filter()).words == (
        ("floods", "fires"), ("West Valley",),
    )  # fmt: skip


@pytest.mark.parametrize(
    "topic", ['"', "AND OR NOT", "a*", "NEAR(", "'; DROP TABLE articles", "title:x", "_", "or", "“”", '"*"']
)
def test_no_topic_breaks_the_count(index: Index, topic: str) -> None:
    assert index.corpus.count(topic, Filter()).undated == 0


def test_passages_that_hold_most_of_the_words_come_in_order(index: Index) -> None:
    assert [p.text for p in index.corpus.passages("floods", "article-0001", None)] == ["Floods hit the valley."]
    assert [p.ordinal for p in index.corpus.passages("floods dams", "article-0001", None)] == [0, 1]
    assert index.corpus.passages("4", "article-0004", None) == []  # its title alone has the number
