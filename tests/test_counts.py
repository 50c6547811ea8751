"""What the archive as a whole is asked is counted: against a plain count of the sample articles, and over small ones."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive, Delta, Finished, Planned, Retrieved
from rag.answer.counts import CITED
from rag.answer.tables import LISTED
from rag.types import Answer, Article, Notice
from tests.embedder import WordHash

EXAMPLES = Path(__file__).resolve().parents[1] / "examples" / "articles"


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The sample articles of the repository."""
    with Archive(tmp_path_factory.mktemp("examples") / "archive", embedder=WordHash(), workers=1) as made:
        ingest(EXAMPLES, into=made, progress=False)
        yield made


def holding(archive: Archive, *patterns: str) -> list[Article]:
    """The articles in whose title or text each pattern is found: a count that knows nothing of the full text."""
    texts = [(a, f"{a.title}\n{a.text}".replace("’", "'")) for a in archive.articles()]
    return [a for a, text in texts if all(re.search(p, text, re.IGNORECASE) for p in patterns)]


def checked(answer: Answer) -> Answer:
    """`answer`, whose citations are true and whose tables agree with one another."""
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert (answer.model, answer.abstained, answer.complete) == ("catalog", False, True)
    for table in answer.tables:
        assert all(len(row) == len(table.columns) for row in table.rows)
    return answer


def ids(answer: Answer) -> set[str]:
    return set(answer.tables[-1].articles) if answer.tables else set()  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("words", "patterns", "number"),
    [
        ("floods", (r"\bflood",), 3),
        ("chess", (r"\bchess\b",), 2),
        ("Notre-Dame", (r"\bnotre-dame\b",), 2),
        ("“business council”", (r"\bbusiness\s+council\b",), 2),
        ("Belgrade and flights", (r"\bbelgrade\b", r"\bflights?\b"), 3),
        ("the Moon", (r"\bmoon\b",), 5),
        ("earthquakes", (r"\bearthquakes?\b",), 4),
        ("“European Central Bank”", (r"\beuropean central bank\b",), 4),
        ("chess or floods", (r"\bchess\b|\bflood",), 5),
        ("референдум", (r"\bреферендум",), 1),
        ("aliens", (r"\baliens?\b",), 0),
    ],
)  # fmt: skip
def test_the_count_is_that_of_reading_all_texts(
    examples: Archive, words: str, patterns: tuple[str, ...], number: int
) -> None:
    answer = checked(examples.ask(f"How many articles mention {words}?"))
    expected = holding(examples, *patterns)
    assert len(expected) == number
    assert ids(answer) == {a.id for a in expected}
    assert answer.text.startswith(f"{number} article")


@pytest.mark.parametrize(
    ("asked", "holds", "lacks", "number", "text"),
    [
        ("mention Kazakhstan but not Serbia", r"\bkazakhstan\b", r"\bserbia\b", 8, "8 articles mention Kazakhstan but not Serbia"),
        ("mention Kazakhstan without Serbia", r"\bkazakhstan\b", r"\bserbia\b", 8, "8 articles mention Kazakhstan without"),
        ("mention Kazakhstan and do not mention Serbia", r"\bkazakhstan\b", r"\bserbia\b", 8, "8 articles mention Kazakhstan and not"),
        ("do not mention Kazakhstan", "", r"\bkazakhstan\b", 39, "39 articles do not mention Kazakhstan,"),
        ("don't mention Kazakhstan", "", r"\bkazakhstan\b", 39, "39 articles do not mention Kazakhstan,"),
        ("without the word chess", "", r"\bchess\b", 49, "49 articles do not mention chess,"),
        ("mention neither chess nor floods", "", r"\bchess\b|\bflood", 46, "46 articles mention neither chess nor floods,"),
    ],
)  # fmt: skip
def test_what_must_be_lacking_is_lacking(
    examples: Archive, asked: str, holds: str, lacks: str, number: int, text: str
) -> None:
    answer = checked(examples.ask(f"How many articles {asked}?"))
    out = {a.id for a in holding(examples, lacks)}
    expected = {a.id for a in holding(examples, holds)} - out
    assert len(expected) == number
    assert ids(answer) == expected
    assert answer.text.startswith(text)
    assert "do not hold" in answer.notices[0]


@pytest.mark.parametrize("words", ["🙂", '"', "'''", "it", "us", "them"])
def test_without_a_word_to_look_for_nothing_is_counted(examples: Archive, words: str) -> None:
    answer = examples.ask(f"How many articles mention {words}?")
    assert (answer.abstained, answer.tables) == (True, ())
    assert not re.search(r"\d", answer.text)
    assert words in (answer.reason or "")


def test_a_quoted_pronoun_is_a_word(examples: Archive) -> None:
    assert ids(checked(examples.ask("How many articles mention “it”?"))) == {
        a.id for a in holding(examples, r"\bits?\b")
    }


def test_two_counts_in_one_question_are_two(examples: Archive) -> None:
    answer = checked(examples.ask("How many articles mention floods and how many mention earthquakes?"))
    assert re.findall(r"(\d+) articles mention (\w+)", answer.text) == [("3", "floods"), ("4", "earthquakes")]
    assert {n for s in answer.sentences for n in s.citations} == {c.number for c in answer.citations}


@pytest.mark.parametrize("behind", ["how many mention earthquakes in 2024", "how many people died"])
def test_what_cannot_be_counted_together_is_not_counted(examples: Archive, behind: str) -> None:
    answer = examples.ask(f"How many articles mention floods and {behind}?")
    assert (answer.abstained, answer.tables) == (True, ())
    assert "“How many articles mention floods”" in (answer.reason or "")


@pytest.mark.parametrize(
    "asked",
    [
        "not from Caspian Dispatch mention Kazakhstan",
        "mention Kazakhstan, excluding those from Caspian Dispatch",
        "mention Kazakhstan but not in 2024",
        "mention Kazakhstan or Serbia but not both",
    ],
)
def test_what_leaves_out_outlets_or_days_is_not_counted(examples: Archive, asked: str) -> None:
    answer = examples.ask(f"How many articles {asked}?")
    assert (answer.abstained, answer.tables) == (True, ())
    assert (answer.reason or "").startswith("This cannot be counted")


def test_a_denial_in_a_quoted_phrase_is_a_word(examples: Archive) -> None:
    answer = checked(examples.ask("How many articles mention “have not”?"))
    assert ids(answer) == {a.id for a in holding(examples, r"\bhave not\b")}


def test_not_only_is_no_denial(examples: Archive) -> None:
    both = examples.ask("How many articles mention not only Kazakhstan but also Serbia?")
    assert ids(checked(both)) == {a.id for a in holding(examples, r"\bkazakhstan\b", r"\bserbia\b")}


def test_by_month_and_by_outlet_within_a_year(examples: Archive) -> None:
    answer = checked(examples.ask("How many articles mention Kazakhstan in 2024, by month, by outlet?"))
    expected = [a for a in holding(examples, r"\bkazakhstan\b") if a.date and a.date.year == 2024]
    months, outlets, listed = answer.tables
    assert [row[0] for row in months.rows] == [f"2024-{month:02}" for month in range(1, 13)]
    counts = Counter(a.date.month for a in expected if a.date)
    assert [row[1] for row in months.rows] == [counts[month] for month in range(1, 13)]
    assert dict(outlets.rows) == Counter(a.source or "unknown outlet" for a in expected)
    assert [row[1] for row in outlets.rows] == sorted((row[1] for row in outlets.rows), reverse=True)
    assert [row[0] for row in listed.rows] == sorted((str(a.date) for a in expected), reverse=True)
    names = len({a.source for a in expected if a.source})
    text = f"{len(expected)} articles mention Kazakhstan between 2024-01-01 and 2024-12-31, from {names} outlets."
    assert answer.text == text


def test_an_outlet_and_as_of_are_filters(examples: Archive) -> None:
    answer = checked(examples.ask("How many articles did Caspian Dispatch publish by year?", as_of="2024-12-31"))
    expected = [
        a for a in examples.articles() if a.source == "Caspian Dispatch" and a.date and a.date <= dt.date(2024, 12, 31)
    ]
    assert ids(answer) == {a.id for a in expected}
    assert len(expected) > 1
    assert answer.text == f"{len(expected)} articles from Caspian Dispatch were published as of 2024-12-31."


def test_the_quote_is_the_first_sentence_that_holds_the_words(examples: Archive) -> None:
    answer = checked(examples.ask("List all articles about floods"))
    assert len(answer.citations) == 3
    for citation in answer.citations:
        first = re.search(r"\bflood", citation.article.text, re.IGNORECASE)
        assert first is not None
        assert citation.start <= first.start() < citation.end


def test_the_steps_are_those_of_every_question_without_a_search(examples: Archive) -> None:
    events = list(examples.stream("How many articles mention floods?"))
    assert [type(e) for e in events] == [Planned, Retrieved, Notice, Delta, Finished]
    assert events[1] == Retrieved(())
    assert events[3] == Delta(events[4].answer.text)  # type: ignore[union-attr]
    assert events[4].answer.plan == events[0].plan  # type: ignore[union-attr]
    assert events[4].answer.coverage.articles == len(examples.articles())  # type: ignore[union-attr]


def test_nothing_found_is_an_answer_that_says_what_was_searched(examples: Archive) -> None:
    answer = checked(examples.ask("How many articles mention aliens in 2024, by month?"))
    searched = [a for a in examples.articles() if a.date and a.date.year == 2024]
    first, last = min(a.date for a in searched), max(a.date for a in searched)  # type: ignore[type-var]
    assert answer.text == (
        "0 articles mention aliens between 2024-01-01 and 2024-12-31. "
        f"{len(searched)} articles of {first} to {last} were searched."
    )
    assert (answer.tables, answer.citations) == ((), ())
    assert "“aliens”" in answer.notices[0]


def test_an_outlet_that_the_archive_does_not_have_is_named(examples: Archive) -> None:
    answer = checked(examples.ask("How many articles mention floods?", sources=["Nobody Times"]))
    assert answer.text.startswith("0 articles from Nobody Times mention floods.")
    assert "No article in the archive is from Nobody Times." in answer.notices


def test_another_kind_set_by_the_caller_is_answered_from_passages(examples: Archive) -> None:
    assert examples.ask("How many articles mention floods?", kind="fact").model != "catalog"
    answer = checked(examples.ask("What of the floods?", kind="count", groups=["year"]))
    assert [t.title for t in answer.tables] == ["Articles by year", "Articles, newest first"]
    assert len(ids(answer)) == 3


# -- small archives ----------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Archive]:
    """Floods in 205 dated articles of two outlets and in 2 without a date; one title alone has "chess"."""
    folder = tmp_path / "small"
    folder.mkdir()
    for n in range(205):
        day = dt.date(2024, 1, 1) + dt.timedelta(days=n)
        head = f"title: Report {n}\ndate: {day}\nsource: {('Wire', 'Courier')[n % 2]}"
        (folder / f"{n:03}.md").write_text(f"---\n{head}\n---\nIt rained on {n} roofs. Floods came to street {n}.\n")
    for n in range(2):
        text = f"---\ntitle: Undated {n}\n---\nNobody knows the day of these {n + 7} floods, which were high.\n"
        (folder / f"undated{n}.md").write_text(text)
    (folder / "chess.md").write_text(
        "---\ntitle: Chess\ndate: 2025-01-01\n---\nA game was played in the old town hall.\n"
    )
    with Archive(tmp_path / "archive", embedder=WordHash(), workers=1) as archive:
        ingest(folder, into=archive, progress=False)
        yield archive


def test_a_long_list_is_cut_and_says_so_and_the_counts_are_not(small: Archive) -> None:
    answer = checked(small.ask("How many articles mention floods in 2024, by month?"))
    assert answer.text == (
        "205 articles mention floods between 2024-01-01 and 2024-12-31, from 2 outlets; 2 more have no date. "
        f"The list has the first {LISTED}; 5 more are not in it."
    )
    months, listed = answer.tables
    assert sum(int(row[1]) for row in months.rows) == 205
    assert (len(listed.rows), listed.rows[0][0]) == (LISTED, "2024-07-23")
    assert len(answer.citations) == CITED
    assert answer.citations[0].quote == "Floods came to street 204."
    assert answer.sentences[0].citations == tuple(range(1, CITED + 1))


def test_without_a_date_filter_undated_articles_are_among_those_counted(small: Archive) -> None:
    answer = checked(small.ask("How many articles mention floods, by year?"))
    assert answer.text.startswith("207 articles mention floods, from 2 outlets; 2 of them have no date.")
    assert answer.tables[0].rows == (("2024", 205), ("no date", 2))


def test_a_title_counts_and_is_not_quoted_as_text(small: Archive) -> None:
    answer = checked(small.ask("Which articles mention chess?"))
    assert answer.text == "1 article mentions chess."
    assert answer.citations == ()
    assert answer.tables[-1].rows == (("2025-01-01", "unknown outlet", "Chess"),)
