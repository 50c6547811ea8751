"""The tab of articles: what it lists, draws, shows of an article, and does to the archive."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.background import Stop
from rag.errors import UsageError
from rag.store.listing import Page, Row, Timeline
from rag.types import Answer, Citation, Failure, Outcome, Quotation, Report
from tests.passages import article, evidence, passage
from tests.test_window import ATTRIBUTES, HARMLESS, PAYLOADS, Read
from window import library, wishes
from window.articles import Around, article_html, gone_html, report_html
from window.chart import chart_html
from window.cited import Cited, cited
from window.evidence import turn_html
from window.library import View, Wanted, listed
from window.markup import layered_html
from window.pasted import Pasted
from window.table import opening, table_html

DRAWN = {"svg", "rect", "text", "line", "title", "thead", "tbody", "caption"}
MEASURES = {"x", "y", "x1", "x2", "y1", "y2", "width", "height", "text-anchor", "scope"}
MONTHS = tuple(dt.date(2024, month, 1) for month in (1, 2, 3))
OPENED = "The pier of Tarn was opened on Friday before a crowd."
TALKS = "The presidents met. “We will build the road,” said Ana Horvat.\n\nThey agreed on mining and farming."


@pytest.fixture
def filled(archive: Archive, folder: Path) -> Archive:
    ingest(folder, into=archive, progress=False)
    return archive


# -- the list ----------------------------------------------------------------------------


def test_a_head_sorts_and_pressed_again_turns_the_list_round() -> None:
    view = View(page=3)
    assert view.after("sort.title") == View("title", False, 0)
    assert view.after("sort.title").after("sort.title") == View("title", True, 0)
    assert view.after("sort.length") == View("length", True, 0)
    assert view.after("sort.date") == View("date", False, 0)
    assert view.after("sort.text; DROP TABLE articles") == view


def test_the_list_is_searched_by_words_of_title_and_text(filled: Archive) -> None:
    titles = {
        words: [r.title for r in listed(filled, Wanted(words), View()).rows] for words in ("rivers", "arches", "x9")
    }
    assert titles == {
        "rivers": ["Rivers burst their banks in the north"],
        "arches": ["Old bridge closes for repair"],
        "x9": [],
    }


@pytest.mark.parametrize(
    ("after", "before", "count"),
    [
        ("2024", "", 2),
        ("", "2023", 1),
        ("2024-04", "2024-04", 1),
        ("2024-11-19", "2024-11-19", 1),
        ("2024-11-20", "", 0),
    ],
)
def test_days_months_and_years_narrow_the_list(filled: Archive, after: str, before: str, count: int) -> None:
    assert listed(filled, Wanted(after=after, before=before), View()).total == count


def test_the_last_day_of_a_month_counts() -> None:
    assert Wanted(before="2024-02").where().before == dt.date(2024, 2, 29)
    assert Wanted(before="2023-12").where().before == dt.date(2023, 12, 31)
    with pytest.raises(UsageError, match="2024-13"):
        Wanted(after="2024-13").where()


def test_a_row_opens_its_article_and_the_sorted_head_says_so() -> None:
    rows = (Row("a/1 x", "Talks", dt.date(2024, 3, 1), None, "kk", 1234), Row("b", "", None, "Wire", None, 5))
    shown = table_html(Page(rows, 2), "length", True, "b")
    assert wishes.wish(f"{opening('a/1 x').removeprefix('#dl/article/')} 7") == "a/1 x"
    seen = Read(shown)
    assert seen.addresses[-2:] == [opening("a/1 x"), opening("b")]
    for said in ("2024-03-01", "Kazakh", "1,234", "no date", "Without a title", ", sorted descending"):
        assert said in seen.text
    assert shown.count("dl-chosen") == 1


# -- the chart ---------------------------------------------------------------------------


def test_the_chart_draws_every_count_to_scale_and_tells_it_in_words() -> None:
    shown = chart_html(Timeline("month", MONTHS, (("Wire", (1, 0, 4)), (None, (1, 0, 2))), 3))
    heights = [float(h) for h in re.findall(r'<rect [^>]*height="([\d.]+)"', shown)]
    assert heights == [20.0, 20.0, 80.0, 40.0]
    assert "8 articles, Jan 2024 to Mar 2024; most in Mar 2024 (6). Wire 5, other outlets 3." in shown
    assert "3 articles without a date left out" in shown
    rows = [re.findall(r">([^<>]+)</t[hd]>", row) for row in shown.split("<tr>")[2:]]
    assert rows == [["Mar 2024", "4", "2", "6"], ["Jan 2024", "1", "1", "2"]]
    assert "No dated articles" in chart_html(None)


# -- adding and removing -----------------------------------------------------------------


def test_a_pasted_text_keeps_what_is_said_of_it_and_makes_no_date_up(archive: Archive) -> None:
    words = OPENED
    said = [Pasted(words), Pasted(f"{words} Again.", "Pier: opened", "Tarn\nPost", "19 November 2024"),
            Pasted(f"Pier opens\n\nBy Nina Petrova\n\n{words} Twice.", outlet="Tarn Post")]  # fmt: skip
    for pasted in said:
        assert list(library.brought(archive, [], "", pasted))[-1][1]
    plain, given, own = (next(a for a in archive.articles() if end in a.text) for end in ("crowd.", "Again.", "Twice."))
    plain = next(a for a in archive.articles() if a.text == words)
    assert (plain.date, plain.source) == (None, None)
    assert (given.title, given.source, given.date) == ("Pier: opened", "Tarn Post", dt.date(2024, 11, 19))
    assert (own.title, own.source, own.author, own.date) == ("Pier opens", "Tarn Post", "Nina Petrova", None)
    assert own.text == f"{words} Twice."
    files = {Path(a.origins[0]) for a in (plain, given, own)}
    assert files == set((archive.folder.resolve() / "uploads").iterdir())


@pytest.mark.parametrize("day", ["yesterday", "03/04/2024", "2024-13-01", "2099-01-01"])
def test_a_day_that_is_not_told_for_sure_is_refused(archive: Archive, day: str) -> None:
    said, done = list(library.brought(archive, [], "", Pasted("Words of an article.", day=day)))[-1]
    assert not done
    assert day in said
    assert archive.coverage().articles == 0


def test_a_title_cannot_state_anything_else(archive: Archive) -> None:
    list(library.brought(archive, [], "", Pasted(OPENED, title="Pier\nDate: 2020-01-01\n\nSource: x")))
    (only,) = archive.articles()
    assert (only.date, only.source) == (None, None)


def test_cancelled_adding_keeps_what_was_done_and_can_go_on(archive: Archive, tmp_path: Path) -> None:
    upload = tmp_path / "many.jsonl"
    upload.write_text(
        "\n".join(json.dumps({"text": f"The harvest of field {n} came in on Monday."}) for n in range(1500))
    )
    stop = Stop()
    said, done = "", True
    for shown in library.brought(archive, [str(upload)], stop=stop):
        stop.set()
        said, done = shown
    kept = archive.coverage().articles
    assert not done
    assert 0 < kept < 1500
    assert "Cancelled" in said
    assert f"{kept} added" in Read(said).text
    assert list(library.brought(archive, [str(upload)]))[-1][1]
    assert archive.coverage().articles == 1500
    assert not upload.exists()


def test_a_bug_while_adding_is_said_and_the_upload_stays(archive: Archive, tmp_path: Path) -> None:
    upload = tmp_path / "a.txt"
    upload.write_text(OPENED)
    archive.embedder.encode = None
    said, done = list(library.brought(archive, [str(upload)]))[-1]
    assert not done
    assert "log of the server" in said
    assert upload.exists()


def test_each_source_is_told_what_became_of_it() -> None:
    failures = (Failure("/up/a-1.zip", "x.txt", "it is empty"), Failure("/up/a-1.zip", "y.txt", "it is no text"))
    outcomes = (Outcome("https://w.example/a", unchanged=1), Outcome("/up/a-1.zip", added=3, failed=2),
                Outcome("/up/b-2.txt", updated=1))  # fmt: skip
    shown = report_html(Report(added=3, failed=failures, outcomes=outcomes), {"/up/a-1.zip": "a.zip"})
    lines = [Read(line).text for line in shown.split("<li>")[1:4]]
    assert lines[0] == "a.zip 3 added · partly readx.txt: it is emptyy.txt: it is no text"
    assert lines[1] == "https://w.example/a already there"
    assert lines[2].startswith("b-2.txt updated")


def test_a_removed_upload_comes_back_with_its_file(archive: Archive) -> None:
    list(library.brought(archive, [], "", Pasted(OPENED, "Pier")))
    (only,) = archive.articles()
    file = Path(only.origins[0])
    gone = library.removed(archive, only.id)
    assert gone is not None
    assert not file.exists()
    assert opening(only.id).replace("article", "undo") in Read(gone_html([(only.id, gone.title)])).addresses
    assert library.put_back(archive, gone)
    assert file.read_text() == f"Title: Pier\n\n{OPENED}"
    assert archive.articles()[0] == only
    again = library.removed(archive, only.id)
    assert again is not None
    library.forget([again])
    assert list((file.parent / ".removed").iterdir()) == []


# -- one article -------------------------------------------------------------------------


def citing(text: str, quote: str, id: str = "a1") -> Answer:
    of = article(text, id=id)
    start = of.text.index(quote)
    made = Citation(1, of, passage(of), quote, start, start + len(quote))
    return Answer("What?", quote, citations=(made,))


def test_what_a_conversation_cited_is_found_where_it_stands_now() -> None:
    now = article(TALKS, id="a1")
    answers = [citing(TALKS, "They agreed"), citing(f"Later. {TALKS}", "The presidents met."), citing("It rained.", "It rained."),
               citing(TALKS, "They agreed", id="a2"), citing(TALKS, "They agreed")]  # fmt: skip
    found = cited(answers, now)
    assert [now.text[s:e] for s, e in found.spans] == ["The presidents met.", "They agreed"]
    assert found.gone == 1


def test_a_card_of_the_evidence_opens_its_article_at_the_cited_words() -> None:
    of = article(TALKS, id="a1")
    answer = replace(citing(TALKS, "They agreed"), evidence=evidence(of))
    start = TALKS.index("They agreed")
    assert opening("a1", (start, start + len("They agreed"))) in Read(turn_html(answer, 1, lambda id: of)).addresses
    assert not [a for a in Read(turn_html(answer, 1, lambda id: None)).addresses if a.startswith("#dl/")]


def test_an_article_shows_its_quotations_what_is_like_it_and_what_was_cited() -> None:
    of = article(TALKS, id="a1")
    start, end = TALKS.index("We will"), TALKS.index(",”")
    span = (TALKS.index("They agreed"), len(TALKS))
    shown = article_html(
        of,
        Around(
            quotations=(Quotation(of, "Ana Horvat", TALKS[start:end], start, end, True, "said"),),
            similar=((article("Other words.", id="b/2", title="A copy"), 0.97),),
            changes=(("2024-11-20", "title: A -> B"),),
            cited=Cited((span,), 1),
        ),
        span,
    )
    text = Read(shown).text
    assert "They agreed on mining and farming." in re.findall(r"<mark[^>]*>(.*?)</mark>", shown)
    assert shown.count('class="dl-at"') == 1
    assert "Ana Horvat said We will build the road" in text
    assert shown.count('id="dl-list-said-0"') == 1
    assert opening("b/2") in Read(shown).addresses
    for said in ("near copy, 97%", "Changed once", "1 passage cited", "no longer stands in it"):
        assert said in text


def test_near_copies_are_found_and_open(archive: Archive, tmp_path: Path) -> None:
    words = "The stone bridge over the Sava will be closed for eighteen months while engineers mend three of its arches"
    for name, end in (("a", "and its piers."), ("b", "and nothing else."), ("c", "")):
        text = f"{words} {end}" if end else "Meltwater broke two dams near Petropavl on Friday night, officials said."
        (tmp_path / f"{name}.txt").write_text(f"Headline {name}\n\n{text}")
    ingest(tmp_path, into=archive, progress=False)
    ids = {a.title: a.id for a in archive.articles()}
    shown = library.reading(archive, ids["Headline a"])
    assert [a for a in Read(shown).addresses if a.startswith("#dl/")] == [opening(ids["Headline b"])]
    assert "the same wording" in Read(shown).text
    assert "Similar articles" not in library.reading(archive, ids["Headline c"])


def test_an_article_without_a_date_says_that_none_was_guessed(filled: Archive) -> None:
    assert "none was guessed" in article_html(replace(article(TALKS), date=None))
    id = listed(filled, Wanted("arches"), View()).rows[0].id
    assert "Date found in: text head" in Read(library.reading(filled, id)).text
    assert "left the archive" in library.reading(filled, "nobody")


def test_layers_give_the_text_back_and_an_id_once() -> None:
    text = "a<b> & c\nd"
    shown = layered_html(
        text, [((-2, 3), "mark", ""), ((2, 7), "i", 'class="q" id="x" title="y"'), ((5, 99), "mark", "")]
    )
    assert Read(shown).text == text.replace("\n", "")
    assert shown.count('id="x"') == 1
    assert shown.count('title="y"') > 1


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_markup_of_an_article_reaches_list_chart_or_view(payload: str) -> None:
    text = f"Before {payload} after.\n\nIt went on."
    of = replace(
        article(text, id=payload),
        source=payload,
        title=payload,
        author=payload,
        found={"date": payload, "title": payload},
    )
    quotation = Quotation(of, payload, payload, 3, 12, True, payload)
    around = Around((quotation,), ((of, 0.9),), ((payload, payload),), Cited(((5, 14),)))
    pictures = [
        article_html(of, around, (5, 14)),
        table_html(Page((Row(payload, payload, None, payload, payload, 1),), 1), "date", False, payload),
        chart_html(Timeline("month", MONTHS, ((payload, (1, 0, 4)),), 0)),
        gone_html([(payload, payload)]),
        report_html(
            Report(outcomes=(Outcome(payload, 1),), failed=(Failure(payload, payload, payload),)), {payload: payload}
        ),
    ]
    for picture in pictures:
        seen = Read(picture)
        assert seen.tags <= HARMLESS | DRAWN
        assert seen.attributes <= ATTRIBUTES | MEASURES
        assert all(a.startswith(("#dl", "https://")) for a in seen.addresses)
        assert "\n" not in picture
