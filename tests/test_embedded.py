"""The embedded answer's forms: plain, dated, side by side, a summary; verbatim sentences behind a lead of ours."""

from __future__ import annotations

from dataclasses import replace

from rag.answer.embedded import Embedded
from rag.answer.extract import Extract
from rag.types import Answer, Article, Citation, Evidence, Plan, Reading, Span
from tests.embedder import WordHash
from tests.passages import article, evidence

ONE = article(
    "Negotiators of the two countries signed the treaty on river water on Monday. It costs nine billion tenge. "
    "A council is to meet again in spring.",
    id="a1", source="Wire", day="2024-11-01",
)  # fmt: skip
TWO = article(
    "The treaty on river water is a gift to farmers, its signers believe. It was debated for six long years.",
    id="a2", source="Post", day="2024-11-09",
)  # fmt: skip
BOTH = {a.id: a for a in (ONE, TWO)}
MADE = Embedded(WordHash().encode, lambda w: 1.0 if len(w) > 3 else 0.0)


def answered(plan: Plan, some: Evidence) -> Answer:
    def cite(one: Extract) -> Citation:
        passage = some[one.number]
        start, end = passage.start + one.start, passage.start + one.end
        of = BOTH[passage.article_id]
        assert of.text[start:end] == one.text
        return Citation(one.number, of, passage, one.text, start, end)

    found = MADE.answer(plan, some, cite)
    assert found is not None
    assert all(s.text in found.text and s.support == "supported" for s in found.sentences)
    return found


def test_a_fact_has_no_lead() -> None:
    found = answered(Plan("q", "Who signed the treaty on river water?"), evidence(ONE, TWO))
    assert found.sentences[0].lead == ""
    assert found.text.startswith(found.sentences[0].text)


def test_articles_that_say_the_same_are_counted_and_copies_among_them_once() -> None:
    own = (
        "Rain fell all day on the guests, who had come by train. Negotiators were seen to smile as they left the hall."
    )
    own = replace(ONE, id="a3", text=own)
    for copy, told in (
        (replace(ONE, id="a3"), "2 articles say so, 1 of them independent."),
        (own, "2 articles say so."),
    ):
        with_copy = {**BOTH, copy.id: copy}
        hits = [(hit, hit.passage.text.index("Negotiators")) for hit in evidence(ONE, copy).hits]
        read = [replace(hit, reading=Reading(4.0, 0.9, (Span(at, at + 11, 5.0),))) for hit, at in hits]
        some = Evidence(tuple(read), 0.9)

        def cite(one: Extract, some: Evidence = some, held: dict[str, Article] = with_copy) -> Citation:
            of = held[some[one.number].article_id]
            return Citation(one.number, of, some[one.number], of.text[one.start : one.end], one.start, one.end)

        found = MADE.answer(Plan("q", "Who signed the treaty on river water?"), some, cite)
        assert found is not None
        assert found.notices == (told,)


def test_a_timeline_goes_by_days_and_each_row_leads_with_its_own() -> None:
    plan = Plan("q", "q", kind="timeline", topic="treaty on river water")
    found = answered(plan, evidence(TWO, ONE))
    assert [s.lead for s in found.sentences] == ["1 November 2024, Wire: ", "9 November 2024, Post: "]
    assert found.text.splitlines()[0].startswith("1 November 2024, Wire: Negotiators")
    latest = answered(replace(plan, kind="latest"), evidence(TWO, ONE))
    assert [s.citations for s in latest.sentences] == [(1,), (2,)]


def test_each_part_is_answered_from_its_own_side() -> None:
    parts = tuple(Plan("q", "treaty on river water", sources=(name,)) for name in ("Post", "Wire"))
    some = replace(evidence(TWO, ONE), sides=((1,), (2,)))
    found = answered(Plan("q", "q", kind="comparison", parts=parts), some)
    assert {s.lead for s in found.sentences if 1 in s.citations} == {"Post, 9 November 2024: "}
    assert {s.lead for s in found.sentences if 2 in s.citations} == {"Wire, 1 November 2024: "}


def test_a_summary_is_the_beginning_of_the_first_article() -> None:
    found = answered(Plan("q", "q", kind="summary", topic="treaty"), evidence(ONE, TWO))
    assert " ".join(s.text for s in found.sentences) == ONE.text
    assert {c.article.id for c in found.citations} == {"a1"}


def test_nothing_that_can_be_cited_is_no_answer() -> None:
    assert MADE.answer(Plan("q", "treaty"), evidence(ONE), lambda one: None) is None
