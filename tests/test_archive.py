"""What users hold: asked, streamed, followed up, filtered and abstaining, over three small articles."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from ingest import ingest
from rag import Archive
from rag.errors import UsageError
from rag.search.retrieve import retrieve
from rag.store.catalog import Filter
from rag.types import Delta, Finished, Notice, Planned, Retrieved

QUESTION = "Which fields did the presidents name?"


@pytest.fixture
def filled(archive: Archive, folder: Path) -> Archive:
    ingest(folder, into=archive)
    return archive


def test_an_answer_cites_spans_of_articles(filled: Archive) -> None:
    answer = filled.ask(QUESTION)
    assert not answer.abstained
    assert "investment, farming and mining" in answer.text
    for citation in answer.citations:
        assert citation.article.text[citation.start : citation.end] == citation.quote
        assert f"[{citation.number}]" in answer.text
        assert answer.evidence[citation.number] == citation.passage
    assert str(answer.citations[0].article.date) == "2024-11-19"
    assert answer.plan.standalone == QUESTION
    assert answer.coverage.articles == 3


def test_a_wire_report_that_two_papers_print_is_one_independent_article(archive: Archive, folder: Path) -> None:
    report = (folder / "talks.md").read_text("utf-8")
    copy = report.replace("Danube Wire", "Sava Times").replace("wire.example", "sava.example")
    (folder / "copy.md").write_text(f"{copy}\nShops near the palace were closed on the day.\n", encoding="utf-8")
    ingest(folder, into=archive)
    answer = archive.ask(QUESTION)
    assert (answer.backing.articles, answer.backing.independent) == (2, 1)
    assert answer.to_dict()["backing"] == {"articles": 2, "independent": 1}
    assert archive.ask("Who won the 1998 World Cup in France?").backing is None


def test_events_come_in_order_and_end_once(filled: Archive) -> None:
    events = list(filled.stream(QUESTION))
    kinds = [type(e) for e in events if not isinstance(e, Notice)]
    assert kinds[:2] == [Planned, Retrieved]
    assert kinds[-1] is Finished
    assert set(kinds[2:-1]) == {Delta}
    assert events[-1].answer.text.split() == "".join(e.text for e in events if isinstance(e, Delta)).split()


def test_what_the_articles_do_not_say_is_not_answered(filled: Archive) -> None:
    answer = filled.ask("Who won the 1998 World Cup in France?")
    assert answer.abstained
    assert answer.citations == ()
    assert "nearest" in answer.reason
    assert answer.confidence < filled.settings.abstain_below


def test_filters_hide_what_they_say(filled: Archive) -> None:
    assert {h.passage.source for h in filled.search("officials said", sources=["steppe courier"])} == {"Steppe Courier"}
    assert all(str(h.passage.date) < "2024-01-01" for h in filled.search("bridge", before="2023-12-31"))
    hidden = filled.ask(QUESTION, as_of="2024-06-30")
    assert all(str(p.date) <= "2024-06-30" for p in hidden.evidence)
    assert hidden.coverage.articles == 2
    assert len(filled.articles(after="2024-01-01")) == 2


def test_days_without_articles_are_told_from_the_newest(filled: Archive) -> None:
    answer = filled.ask(QUESTION, after="2030-01-01")
    assert answer.abstained
    assert "since 1 January 2030" in answer.reason
    assert "newest article is of 19 November 2024" in answer.reason


def test_an_unknown_outlet_is_said(filled: Archive) -> None:
    answer = filled.ask(QUESTION, sources=["The Moon Times"])
    assert answer.abstained
    assert "The Moon Times" in answer.reason


@pytest.mark.parametrize("options", [{"after": "tomorrow-ish"}, {"after": "2024-02-01", "before": "2024-01-01"}])
def test_dates_that_cannot_be_meant_are_usage_errors(filled: Archive, options: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        filled.ask(QUESTION, **options)


def test_an_empty_question_and_an_empty_archive(archive: Archive) -> None:
    with pytest.raises(UsageError, match="empty"):
        archive.ask("  ")
    answer = archive.ask("Who visited Belgrade?")
    assert answer.abstained
    assert "0 articles" in answer.reason


def test_a_follow_up_is_searched_with_the_names_before(filled: Archive) -> None:
    talk = filled.conversation()
    talk.ask("Which dams broke near Petropavl?")
    answer = talk.ask("And how many people were moved there?")
    assert "Petropavl" in answer.plan.standalone
    assert any("12,000" in passage.text for passage in answer.evidence)
    assert [t.question for t in talk.turns] == [
        "Which dams broke near Petropavl?",
        "And how many people were moved there?",
    ]
    assert [a["question"] for a in talk.to_dict()["answers"]] == [t.question for t in talk.turns]
    assert [a.text for a in talk.answers] == [t.answer for t in talk.turns]
    assert talk.to_markdown().count("\n\n[^") == sum(len({c.number for c in a.citations}) for a in talk.answers)
    assert talk.to_html().count("<h1>") == 2
    assert [item["title"] for item in talk.to_csl()] == ["Rivers burst their banks in the north"]
    assert talk.to_bibtex().startswith("@article{steppecourier2024rivers,\n")
    talk.clear()
    assert talk.turns == talk.answers == []


def test_async_is_the_same_path(filled: Archive) -> None:
    async def both() -> tuple[str, list[object]]:
        answer = await filled.aask(QUESTION)
        return answer.text, [event async for event in filled.astream(QUESTION)]

    text, events = asyncio.run(both())
    assert text == filled.ask(QUESTION).text
    assert isinstance(events[-1], Finished)
    assert events[-1].answer.text == text


def test_answers_are_plain_json(filled: Archive) -> None:
    value = json.loads(json.dumps(filled.ask(QUESTION).to_dict()))
    assert value["citations"][0]["article"]["date"] == "2024-11-19"
    assert "text" not in value["citations"][0]["article"]


def test_what_was_removed_is_not_answered_from(filled: Archive) -> None:
    (id,) = {c.article.id for c in filled.ask(QUESTION).citations}
    assert filled.remove(id)
    assert all(c.article.id != id for c in filled.ask(QUESTION).citations)
    assert filled.article(id) is None


def test_reprs_say_what_it_is(filled: Archive) -> None:
    assert "3 articles, 2023-03-12 to 2024-11-19" in repr(filled)
    assert repr(filled.articles()) == "<3 articles>"
    assert "investment" in repr(filled.ask(QUESTION))
    assert len(filled.articles()[1:]) == 2


def test_an_outlet_is_removed_whole_and_nothing_without_a_name(filled: Archive) -> None:
    with pytest.raises(UsageError, match="name the outlets or days"):
        filled.remove_all()
    with pytest.raises(UsageError, match="No article in the archive is from Nobody"):
        filled.remove_all(sources=["Danube Wire", "Nobody"])
    assert filled.coverage().articles == 3
    (article,) = filled.articles(sources=["danube wire"])
    assert filled.remove_all(sources=["danube wire"]) == 1
    assert filled.article(article.id) is None
    assert filled.coverage().articles == 2
    filled.compact()
    assert filled.health().ok


def test_a_backup_answers_as_the_archive_does(filled: Archive, tmp_path: Path) -> None:
    filled.backup(tmp_path / "copy")
    with Archive(tmp_path / "copy", embedder=filled.embedder) as copy:
        assert copy.ask(QUESTION).text == filled.ask(QUESTION).text


def test_without_the_reader_the_same_passages_are_found_unread(filled: Archive) -> None:
    with Archive(filled.folder, embedder=filled.embedder, rerank=False) as plain:
        assert plain.reader is None
        assert all(hit.reading is None for hit in plain.search(QUESTION))
        assert {h.passage.id for h in plain.search(QUESTION)} == {h.passage.id for h in filled.search(QUESTION)}
    assert all(hit.reading is not None for hit in filled.search(QUESTION))


def test_articles_that_are_left_out_are_as_if_not_there(filled: Archive) -> None:
    gone = filled.search(QUESTION)[0].passage.article_id
    found = retrieve(
        QUESTION, filled.index, filled.embedder.encode, where=Filter(), k=10, per_article=3, without=frozenset({gone})
    )
    assert found.hits
    assert gone not in {h.passage.article_id for h in found.hits}


def test_a_citation_keeps_its_words_and_the_archive_tells_what_became_of_them(filled: Archive, folder: Path) -> None:
    citation = filled.ask(QUESTION).citations[0]
    assert filled.changed(citation) == "unchanged"

    path = folder / "talks.md"
    path.write_text(path.read_text("utf-8").replace("farming and mining", "farming and steel"), encoding="utf-8")
    assert ingest(folder, into=filled).updated == 1
    assert filled.changed(citation) == "changed"
    assert "farming and mining" in citation.quote
    assert citation.article.text[citation.start : citation.end] == citation.quote
    now = filled.article(citation.article.id)
    assert "farming and steel" in now.text
    assert "“mining” -> “steel”" in filled.changes(now.id)[-1][1]
    assert filled.changed(filled.ask(QUESTION).citations[0]) == "unchanged"

    filled.remove(now.id)
    assert filled.changed(citation) == "removed"


def test_an_article_that_is_read_from_another_place_is_unchanged(filled: Archive, folder: Path) -> None:
    citation = filled.ask(QUESTION).citations[0]
    (folder / "copy.md").write_text((folder / "talks.md").read_text("utf-8"), encoding="utf-8")
    ingest(folder, into=filled)
    assert filled.changed(citation) == "unchanged"


def test_another_title_is_a_change_too(filled: Archive, folder: Path) -> None:
    citation = filled.ask(QUESTION).citations[0]
    path = folder / "talks.md"
    path.write_text(path.read_text("utf-8").replace("Leaders meet", "Leaders met"), encoding="utf-8")
    ingest(folder, into=filled)
    assert filled.changed(citation) == "changed"


def test_a_question_without_a_topic_tells_how_the_newest_articles_begin(filled: Archive) -> None:
    answer = filled.ask("What happened in November 2024?")
    assert [c.quote for c in answer.citations] == [
        "The two presidents named investment, farming and mining as fields in which their countries will work together."
    ]
    assert answer.text.startswith("19 November 2024, Danube Wire: The two presidents")
    newest = filled.ask("What is the latest?", as_of="2024-12-01")
    assert [c.article.title for c in newest.citations] == ["Leaders meet in Belgrade"]


def test_days_that_are_all_a_question_names_do_not_give_way(filled: Archive) -> None:
    answer = filled.ask("articles from May 2024")
    assert answer.abstained
    assert answer.coverage is not None
    assert answer.coverage.articles == 0


def test_as_of_names_the_newest_day_of_the_archive_whatever_else_filters(filled: Archive) -> None:
    answer = filled.ask("What did Steppe Courier report on floods?", as_of="2024-11-30")
    assert "As of 30 November 2024; the newest article is of 19 November 2024." in answer.notices


def test_search_reads_no_filter_out_of_its_words(filled: Archive) -> None:
    hits = filled.search("floods in articles before October 2023", after="2024-01-01", k=9)
    assert {str(h.passage.date) for h in hits} == {"2024-04-05", "2024-11-19"}
    assert {h.passage.source for h in filled.search("floods", sources="Steppe Courier")} == {"Steppe Courier"}


def test_other_settings_count_for_what_is_asked_with_them_alone(filled: Archive) -> None:
    other = filled.with_settings(passages=1, abstain_below=1.0)
    question = "Which fields did the two presidents name?"
    few, many = other.ask(question), filled.ask(question)
    assert few.evidence is not None
    assert many.evidence is not None
    assert len(few.evidence.hits) == 1 < len(many.evidence.hits)
    assert few.abstained
    assert not many.abstained
    assert filled.settings.passages == 10
    with pytest.raises(UsageError, match="opened with"):
        filled.with_settings(embedder="other")
    with pytest.raises(UsageError, match="passages"):
        filled.with_settings(passages="many")
