"""rag.question.understand and rag.question.outlets: a question becomes a plan, and no name or date filters by mistake."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest

from rag.errors import UsageError
from rag.question.kinds import kind_of
from rag.question.understand import understand
from rag.types import Plan

TODAY = dt.date(2024, 11, 20)
SOURCES = (
    "Reuters", "The New York Times", "BBC News", "The Guardian", "Kazinform", "The Verge", "Twitter", "Apple",
    "The Washington Post", "Fox News", "Nature", "Time", "Wired", "The Age", "balkan-herald.example.com",
)  # fmt: skip


def plan(question: str, **overrides: object) -> Plan:
    return understand(question, today=TODAY, sources=SOURCES, authors=("Jane Doe",), overrides=overrides)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("question", "sources"),
    [
        ("What did Reuters say last week?", ["Reuters"]),
        ("what did reuters report on layoffs?", ["Reuters"]),
        ("According to the New York Times, who won?", ["The New York Times"]),
        ("according to kazinform, what was agreed?", ["Kazinform"]),
        ("What does the Verge article say about headsets?", ["The Verge"]),
        ("What does the 'Wired' article claim?", ["Wired"]),
        ("What was in The Guardian's report on floods?", ["The Guardian"]),
        ("Did the Washington Post report that he resigned?", ["The Washington Post"]),
        ("What is the latest from Reuters on the strike?", ["Reuters"]),
        ("As reported by NYT, how many died?", ["The New York Times"]),
        ("Which firm, covered by both Wired and The Age, was fined?", ["Wired", "The Age"]),
        ("How did The Age and The Guardian cover the election?", ["The Age", "The Guardian"]),
        ("What does balkan-herald.example.com say about it?", ["balkan-herald.example.com"]),
        ("Что сообщает Reuters о выборах?", ["Reuters"]),
        ("Чем отличаются статьи Reuters и «BBC News»?", ["Reuters", "BBC News"]),
        ("What did the Times write about tolls?", ["The New York Times"]),
        ("What did theverge.com write about lenses?", ["The Verge"]),
        ("Show me articles from nytimes.com on tolls", ["The New York Times"]),
        ("Which firms did Wired name in its story on lenses?", ["Wired"]),
        ("What toll did Reuters give for the landslide?", ["Reuters"]),
        ("Per Wired, who pays?", ["Wired"]),
        ("Do Wired and The Age agree on the price?", ["Wired", "The Age"]),
        ("'Wired' claims a sale is near: of what?", ["Wired"]),
        ("What did The Guardian's reporters find out about Fox News?", ["The Guardian"]),
        (
            "Which bank, covered by Wired for its app and, as well, by The Age for its fees, closed?",
            ["Wired", "The Age"],
        ),
        ("Who is accused by The Age of fraud, and who, as per Wired, of theft?", ["The Age", "Wired"]),
        ("Compare Wired and The Age on the bridge", ["Wired", "The Age"]),
    ],
)
def test_an_outlet_that_tells_is_a_filter(question: str, sources: list[str]) -> None:
    assert list(plan(question).sources) == sources


@pytest.mark.parametrize(
    "question",
    [
        "What did Apple tell Reuters?",
        "Why did Twitter sue Reuters?",
        "Who bought The Washington Post?",
        "When was The Guardian founded?",
        "How many people did BBC News lay off?",
        "Did Fox News settle with the voting machine maker?",
        "Who resigned from BBC News?",
        "Who was fired from Fox News in 2023?",
        "Were there job cuts in The Guardian?",
        "Is The Guardian reported to be for sale?",
        "Did Apple report record profits?",
        "When did Wired publish its first issue?",
        "What was Apple accused of by The Verge?",
        "Was the bill passed in time?",
        "What age did he retire at?",
        "What is found in nature?",
        "Why did he attack the Washington Post?",
        "What did critics say about The Guardian's coverage of the war?",
        "What is known of the report on Apple?",
        "How was the portrayal of Twitter received?",
        "Do Twitter's plans and Apple's differ?",
        "What did the Times of India reader win?",
    ],
)
def test_an_outlet_that_is_the_topic_is_none(question: str) -> None:
    assert plan(question).sources == ()


def test_a_section_is_found_by_its_outlet_and_by_its_full_name() -> None:
    sources = ["Daily Herald - Sports", "Daily Herald - Life & Style", "Morning Star"]
    both = understand("according to the Daily Herald, who won?", today=TODAY, sources=sources)
    one = understand("according to 'Daily Herald - Sports', who won?", today=TODAY, sources=sources)
    assert both.sources == ("Daily Herald - Sports", "Daily Herald - Life & Style")
    assert one.sources == ("Daily Herald - Sports",)


def test_an_author_is_named_by_what_they_wrote() -> None:
    assert plan("What do the columns by Jane Doe say about trade?").authors == ("Jane Doe",)
    assert plan("Who is Jane Doe?").authors == ()


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        ("What did Reuters report last week?", "2024-11-11", "2024-11-17"),
        ("What happened last week?", "2024-11-11", None),
        ("What was published before October 22, 2023?", None, "2023-10-21"),
        ("What did articles say after 3 May 2024 and in reports before 9 May 2024?", "2024-05-04", "2024-05-08"),
        ("The Age reported on October 22, 2023 that searches fell; why?", "2023-10-22", "2023-10-22"),
        ("What happened on 11 September 2001?", None, None),
        ("Who won the 1998 World Cup?", None, None),
    ],
)
def test_only_days_of_publication_filter(question: str, after: str | None, before: str | None) -> None:
    made = plan(question)
    assert made.after == (after and day(after))
    assert made.before == (before and day(before))


def test_the_dates_of_several_articles_filter_nothing() -> None:
    made = plan("Did the report by The Age on 1 May 2024 agree with the Wired article published on 9 May 2024?")
    assert (made.after, made.before, made.sources) == (None, None, ("The Age", "Wired"))
    assert sum(n.startswith("no filter, as several articles are named") for n in made.notes) == 2


def test_notes_name_the_words_that_led_to_each_part() -> None:
    made = plan("What happened last week, according to Kazinform?")
    assert 'from Kazinform: "according to Kazinform"' in made.notes
    assert plan("What happened last week?").notes == ('published since 2024-11-11: "last week"',)
    assert plan("What happened on 11 September 2001?").near == ((day("2001-09-11"), day("2001-09-11")),)
    assert plan("What happened on 11 September 2001?").notes == ('about: "on 11 September 2001"',)


def test_days_on_which_something_happened_are_preferred_and_those_of_reports_only_filter() -> None:
    week = day("2024-11-11"), day("2024-11-17")
    assert plan("What happened last week?").near == (week,)
    assert plan("Who resigned this week?").near == ((day("2024-11-18"), TODAY),)
    assert plan("What did Reuters report last week?").near == ()
    assert plan("What was published last week on rice?").near == ()


def test_relative_days_count_from_as_of() -> None:
    made = plan("What happened last week, as of 12 March 2024?")
    assert (made.as_of, made.after) == (day("2024-03-12"), day("2024-03-04"))
    assert plan("What happened last week?", as_of="2024-03-12").after == day("2024-03-04")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What sectors did Kazakhstan and Serbia agree on?", "list"),
        ("Which countries signed the treaty?", "list"),
        ("List the winners of the award", "list"),
        ("Какие страны подписали договор?", "list"),
        ("What are the main points of the agreement?", "summary"),
        ("Summarise the story", "summary"),
        ("Did Tokayev visit Belgrade?", "yes-no"),
        ("Is the dam safe?", "yes-no"),
        ("How does the Verge article differ from the Age article?", "comparison"),
        ("Compare the figures of the two agencies", "comparison"),
        ("What did Vucic say about direct flights?", "said"),
        ("Who said that the deal was off?", "said"),
        ("How did the strike develop?", "timeline"),
        ("What happened with the dam since March 2024?", "timeline"),
        ("What is the latest on the floods?", "latest"),
        ("Who won the latest election?", "fact"),
        ("How many articles mention floods?", "count"),
        ("Сколько статей о наводнении?", "count"),
        ("How many people died?", "fact"),
        ("What does EXPO stand for?", "definition"),
        ("Who is Kassym-Jomart Tokayev?", "definition"),
        ("When did he arrive?", "fact"),
        ("Which company, fined in May, has been sold?", "fact"),
        ("Where do the talks stand?", "latest"),
        ("Give me the gist of it", "summary"),
        ("What is a carbon border tax?", "definition"),
        ("How often did we write about rice?", "count"),
        ("Take me through the trial from start to finish", "timeline"),
        ("Which company was fined?", "fact"),
        ("What was reported about the euro in July 2025?", "latest"),
        ("News on the harbour", "latest"),
        ("floods", "latest"),
        ("Belgrade floods", "latest"),
        ("and then?", "fact"),
        ("why", "fact"),
    ],
)
def test_kinds(question: str, kind: str) -> None:
    assert kind_of(question) == kind


def test_what_the_caller_sets_wins_and_says_so() -> None:
    made = plan(
        "What did Reuters report last week?",
        after="2024-01-01", before=dt.date(2024, 2, 1), sources=["the guardian"], kind="list", standalone="floods",
    )  # fmt: skip
    assert (made.after, made.before) == (day("2024-01-01"), day("2024-02-01"))
    assert (made.sources, made.kind, made.standalone) == (("The Guardian",), "list", "floods")
    assert made.question == "What did Reuters report last week?"
    assert [n for n in made.notes if not n.endswith("set by you")] == []


def test_empty_takes_a_filter_away_and_none_leaves_it() -> None:
    question = "What did Reuters report last week?"
    bare = plan(question, after="", before="", sources=())
    assert (bare.after, bare.before, bare.sources) == (None, None, ())
    assert plan(question, after=None, sources=None) == plan(question)


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        ({"after": "last week"}, "after is 'last week'; it takes a day written as YYYY-MM-DD"),
        ({"as_of": "2024-13-01"}, "as_of is '2024-13-01'"),
        ({"after": "2024-05-02", "before": "2024-05-01"}, "after is 2024-05-02 and before is 2024-05-01"),
        ({"kind": "poem"}, "kind is 'poem'; it takes one of: fact, list"),
        ({"outlets": "Reuters"}, "no part 'outlets'"),
        ({"sources": 7}, "sources is 7"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(overrides: dict[str, object], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        plan("What happened?", **overrides)
    assert said in str(caught.value)


def test_a_set_date_pushes_out_one_of_the_question_that_contradicts_it() -> None:
    made = plan("What was published before October 22, 2023?", after="2024-01-01")
    assert (made.after, made.before) == (day("2024-01-01"), None)


def test_a_pasted_article_is_no_trap() -> None:
    made = plan("reported by The Age and " * 2_000)
    assert made.sources == ("The Age",)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What did Reuters say about rice prices?", "rice prices"),
        ("What do exit polls say about nuclear power according to Reuters?", "exit polls say about nuclear power"),
        ("What did Reuters report last week?", ""),
        ("Who visited Belgrade?", ""),
    ],
)
def test_the_topic_is_the_question_without_its_filters(question: str, topic: str) -> None:
    found = understand(question, today=dt.date(2024, 11, 20), sources=["Reuters"]).topic
    assert topic in found if topic else found == ""
    assert "Reuters" not in found


def test_a_date_that_filters_nothing_draws_near() -> None:
    about = plan("Who won the election in 2019?")
    assert (about.after, about.before) == (None, None)
    assert about.near == ((day("2019-01-01"), day("2019-12-31")),)
    assert plan("What has been built since 3 May 2024?").near == ((day("2024-05-03"), TODAY),)
    assert plan("What was known before 2019?").near == plan("What is planned for 2030?").near == ()
    both = plan("What did articles published in May 2024 say about the flood of 2019?")
    assert (both.after, both.before, both.near) == (
        day("2024-05-01"), day("2024-05-31"), ((day("2019-01-01"), day("2019-12-31")),),
    )  # fmt: skip


def test_every_date_that_is_named_is_kept_with_its_words_and_role() -> None:
    made = plan("What did articles published in May 2024 say about the flood of 2019?")
    assert [(d.words, d.role) for d in made.dates] == [("in May 2024", "published"), ("of 2019", "about")]
    json.dumps(made.to_dict())


def test_a_relative_date_of_an_event_does_not_limit_several_articles() -> None:
    question = (
        "Which guest, named in the Wired article and in the Age article, won a prize last year at a fair in Rome?"
    )
    assert (plan(question).after, plan(question).before) == (None, None)
    assert plan("What did Wired and The Age report last year?").after == day("2023-01-01")


def test_a_plan_takes_milliseconds() -> None:
    sources = [f"The Daily {i} Herald" for i in range(2_000)]
    question = (
        "Does the Verge article of 3 May 2024 praise the lens, while the Age article of 9 May calls it dull? " * 3
    )
    understand(question, today=TODAY, sources=sources)
    started = time.perf_counter()
    for _ in range(10):
        understand(question, today=TODAY, sources=sources)
    assert (time.perf_counter() - started) / 10 < 0.1


def test_a_day_in_the_name_of_an_outlet_is_no_date() -> None:
    plan = understand(
        "What did Pannonia Today report on rice?", today=dt.date(2024, 11, 20), sources=["Pannonia Today"]
    )
    assert plan.sources == ("Pannonia Today",)
    assert plan.dates == ()


@pytest.mark.parametrize(
    ("question", "after", "before"),
    [
        ("What did Reuters report in October 2024?", "2024-10-01", "2024-10-31"),
        ("articles from May 2024", "2024-05-01", "2024-05-31"),
        ("What happened in October 2024?", "2024-10-01", "2024-10-31"),
        ("Что случилось в октябре 2024 года?", "2024-10-01", "2024-10-31"),
        ("What happened 10 years ago?", "2014-01-01", "2015-03-01"),
        ("What happened between 9 and 3 November 2024?", "2024-11-03", "2024-11-09"),
        ("What happened between 9 November 2024 and 3 November 2024?", "2024-11-03", "2024-11-09"),
    ],
)
def test_where_no_topic_is_named_everything_of_the_days_is_asked_for(question: str, after: str, before: str) -> None:
    found = plan(question)
    assert found.everything
    assert found.kind == "latest"
    assert (found.after, found.before) == (day(after), day(before))


@pytest.mark.parametrize(
    "question", ["Who won in 2024?", "What did Reuters report on rice?", "What happened on 11 September 2001?"]
)
def test_where_a_topic_or_the_day_of_an_event_is_named_it_is_not(question: str) -> None:
    assert not plan(question).everything


def test_a_known_outlet_that_the_archive_lacks_is_a_filter_or_a_note() -> None:
    assert plan("What did Bloomberg report on rice?").sources == ("Bloomberg",)
    passed_on = plan("According to Bloomberg, how much rice was sold?")
    assert passed_on.sources == ()
    assert passed_on.notes == ('nothing is from Bloomberg itself: "According to Bloomberg"',)
    assert plan("What did the Bloomberg Foundation report on rice?").sources == ()
