from __future__ import annotations

import asyncio
import base64
import datetime as dt
import html
import re
import socket
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import HTTPError

import pytest

import ui
from ingest import ingest
from ingest.progress import Progress
from rag import Archive
from rag.answer.tables import cell
from rag.background import Stop
from rag.errors import UsageError
from rag.types import (
    Answer,
    Article,
    Backing,
    Citation,
    Coverage,
    Evidence,
    Failure,
    Hit,
    Plan,
    Report,
    Sentence,
    Table,
)
from tests.passages import article, evidence, passage
from window import examples, export, library, replies
from window.answers import answer_html, failed_html, question_html, waiting_html
from window.articles import Around, article_html, report_html
from window.chips import plan_html
from window.entry import checker
from window.evidence import panel_html, turn_html
from window.guard import Guard
from window.markup import anchor, is_web, marked_html, text_html
from window.pace import paced
from window.talk import Asking, Talk

TALKS = "The presidents met on Tuesday. They agreed on mining and farming. Flights come next."
AGREED = "They agreed on mining and farming."
PAYLOADS = [
    "<script>fetch('http://evil.example/a')</script>",
    "<img src=http://evil.example/b onerror=alert(1)>",
    "![x](http://evil.example/c)",
    "[click](javascript:alert(1))",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "<style>@import 'http://evil.example/d'</style>",
    "</blockquote></article><iframe src=http://evil.example/e></iframe>",
    '" onmouseover="alert(1)',
    "<link rel=stylesheet href=//evil.example/f>",
    "```mermaid\ngraph TD\n```\n\n<video poster=http://evil.example/g>",
    "$$\\href{javascript:alert(1)}{x}$$",
    "<!-- x --><base href=http://evil.example/>",
    "&lt;img src=x&gt; &#60;script&#62;",
]
HARMLESS = {
    "a", "article", "b", "blockquote", "br", "button", "details", "div", "footer", "h1", "h2", "h3", "header", "li", "mark",
    "p", "section", "span", "strong", "summary", "table", "td", "th", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"class", "href", "id", "open", "rel", "role", "style", "tabindex", "target", "title", "type"}


class Read(HTMLParser):
    """The tags, attributes, addresses and text of markup, as a browser would see them."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []
        self.text = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data


def cited(of: Article, quote: str, number: int = 1) -> Citation:
    start = of.text.index(quote)
    return Citation(number, of, passage(of), quote, start, start + len(quote))


def answered(of: Article | None = None, quote: str = AGREED, **facts: object) -> Answer:
    of = of or article(TALKS)
    given: dict[str, object] = {
        "sentences": (Sentence(quote, (1,), "supported", 0.9),), "citations": (cited(of, quote),),
        "evidence": evidence(of), "coverage": Coverage(2, dt.date(2024, 11, 1), dt.date(2024, 11, 30)),
    }  # fmt: skip
    return Answer("What was agreed?", f"{quote} [1]", **{**given, **facts})  # type: ignore[arg-type]


# -- answers and evidence ----------------------------------------------------------------


def test_a_mark_leads_to_its_card_and_the_card_marks_the_cited_words() -> None:
    answer = answered()
    target = re.search(r'class="dl-mark" href="#([^"]+)"', answer_html(answer, 3))
    assert target is not None
    panel = turn_html(answer, 3, lambda id: article(TALKS))
    assert f'id="{target.group(1)}"' in panel
    assert re.findall(r"<mark>(.*?)</mark>", panel) == [AGREED]


def test_an_answer_says_what_it_rests_on_and_what_was_searched() -> None:
    day = dt.date(2024, 11, 19)
    searched = Coverage(51, day, day, ("Wire",), "<b>Newest", independent=24, undated=2)
    shown = Read(answer_html(answered(coverage=searched, backing=Backing(4, 2)), 1)).text
    assert "Rests on 4 articles, 2 independent · 51 articles of 24 outlets searched, 19 November 2024" in shown
    assert "the newest “<b>Newest”, 2 undated left out" in shown
    assert (
        "51 articles of 24 outlets searched" in Read(answer_html(answered(coverage=searched, abstained=True), 1)).text
    )


def test_what_was_not_cited_stands_apart() -> None:
    first, second = article(TALKS), article("Nothing was said of ships.", id="a2", title="Ships")
    panel = turn_html(answered(evidence=evidence(first, second)), 1, lambda id: first)
    assert panel.index('id="t1-e1"') < panel.index("<details") < panel.index('id="t1-e2"')


def test_an_abstention_says_why_and_shows_the_nearest_passages_without_citing() -> None:
    answer = answered(abstained=True, reason="The nearest passages do not answer it.", citations=(), sentences=())
    shown = Read(answer_html(answer, 1)).text
    assert "No answer" in shown
    assert "do not answer it" in shown
    panel = panel_html([(1, answer)], lambda id: article(TALKS))
    assert "Nearest passages" in panel
    assert "<mark>" not in panel
    assert "dl-final dl-abstained" in answer_html(answer, 1)
    assert "dl-abstained" not in answer_html(answered(), 1)


@pytest.mark.parametrize(
    ("support", "label"), [("partly", "only partly supported"), ("unsupported", "not supported by the articles")]
)
def test_doubt_is_said_in_words(support: str, label: str) -> None:
    doubtful = answered(sentences=(Sentence(AGREED, (1,), support, 0.4),))  # type: ignore[arg-type]
    assert label in Read(answer_html(doubtful, 1)).text
    assert label not in Read(answer_html(answered(), 1)).text


def test_a_cut_answer_is_called_incomplete() -> None:
    assert "Incomplete" in answer_html(answered(complete=False), 1)
    assert "Incomplete" not in answer_html(answered(), 1)


def test_lines_and_bullets_of_a_chat_model_become_paragraphs_and_lists() -> None:
    text = "They met. [1]\n\n- **Mining** is one. [1]\n- Farming is another."
    sentences = (Sentence("They met.", (1,), "supported"), Sentence("- **Mining** is one.", (1,), "supported"),
                 Sentence("- Farming is another.", (), "unsupported"))  # fmt: skip
    shown = answer_html(replace_text(text, sentences), 1)
    assert "<p>They met." in shown
    assert "<ul><li><strong>Mining</strong> is one." in shown
    assert shown.count("<li>") == 2


def replace_text(text: str, sentences: tuple[Sentence, ...]) -> Answer:
    base = answered()
    return Answer(base.question, text, sentences, base.citations, evidence=base.evidence)


def test_the_plan_says_what_was_searched_only_where_it_is_more_than_the_question() -> None:
    plain = Plan("When?", "When?")
    assert plan_html(plain) == ""
    narrowed = Plan("When?", "When did they meet?", after=dt.date(2024, 11, 11), sources=("Kazinform",))
    assert Read(plan_html(narrowed)).text == "searched: “When did they meet?” since 2024-11-11 from Kazinform"
    split = Plan("Why?", "Why?", notes=('about: "2019"', 'part: "rice" (Reuters)'))
    assert Read(plan_html(split)).text == 'part: "rice" (Reuters)'


def test_the_originals_address_is_linked_only_when_it_is_the_articles_and_of_the_web() -> None:
    of = article(TALKS)
    assert Read(turn_html(answered(of), 1, lambda id: of)).addresses[0] == of.url
    for url in ("javascript:alert(1)", "file:///etc/passwd", "https://other.example/x"):
        mine = Article(
            of.id, of.title, of.text, url=None if "other" in url else url, origins=("/home/me/secret/talks.txt",)
        )
        hit = Hit(passage(article(TALKS)), 1.0)
        panel = turn_html(answered(evidence=Evidence((hit,), 0.9)), 1, lambda id, mine=mine: mine)
        assert url not in panel
        assert "talks.txt" in panel
        assert "/home/me" not in panel


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//host/x", "http://", "https://user:pw@host/", "https://a b/", "http:\\\\x",
     "java\nscript:x", "ftp://host/x", None, "http://[x"],
)  # fmt: skip
def test_only_plain_web_addresses_become_links(url: str | None) -> None:
    assert not is_web(url)
    assert anchor(url, "here") == "here"


# -- counts ------------------------------------------------------------------------------


def counted(*articles: Article, title: str = "Articles", quote: str = AGREED) -> Answer:
    """An answer that lists these articles and cites the first."""
    months = Table(
        f"{title} by month", ("month", "articles"), (("2024-03", 0), ("2024-04", len(articles))), chart="bars"
    )
    rows = tuple((str(a.date), a.source or "", a.title) for a in articles)
    listed = Table(title, ("date", "outlet", "title"), rows, tuple(a.id for a in articles))
    return answered(articles[0], quote, model="catalog", evidence=evidence(articles[0]), tables=(months, listed))


def test_a_listed_article_opens_its_card_whether_or_not_it_is_cited() -> None:
    first, second = article(TALKS), article("Nothing was said of ships.", id="a2", title="Ships")
    answer = counted(first, second)
    shown, panel = answer_html(answer, 2), panel_html([(2, answer)], {a.id: a for a in (first, second)}.get)
    targets = re.findall(r'class="dl-mark dl-row" href="#([^"]+)"', shown)
    assert targets == ["t2-e1", "t2-r1"]
    assert all(panel.count(f'id="{target}"') == 1 for target in targets)
    assert "Nothing was said of ships." in panel
    assert "Counted in the catalog" in Read(shown).text
    assert 'class="dl-mark" ' not in shown  # the rows lead there already


def test_counts_have_bars_and_the_list_has_none() -> None:
    shown = answer_html(counted(article(TALKS)), 1)
    assert re.findall(r'class="dl-column" style="width:([\d.]+)%"', shown) == ["0.0", "100.0"]
    assert Read(plan_html(Plan("q", "q", kind="count", topic="floods", groups=("month", "source")))).text == (
        "all articles that hold: floods counted by month, outlet"
    )


def test_a_timeline_is_a_table_with_its_marks_and_what_is_doubtful_stands_above_it() -> None:
    of = article(TALKS)
    told = Sentence(AGREED, (1,), "supported", 1.0, (15, 21), "19 November 2024, Wire: ", "Ana <Horvat>")
    text = f"{told.lead}{AGREED} [1]\nThey parted as friends."
    table = Table(
        "Timeline", ("date", "what happened"), (("2024-11-19", f"{AGREED} (Ana <Horvat>)"),), (of.id,), retells=True
    )
    answer = replace(replace_text(text, (told, Sentence("They parted as friends."))), tables=(table,))
    shown = answer_html(answer, 2)
    assert Read(shown).text.count("They agreed on mining and farming.") == 1
    assert shown.index("They parted as friends.") < shown.index("<table") < shown.index("<b>mining</b>")
    assert "(Ana &lt;Horvat&gt;)" in shown
    assert re.findall(r'class="dl-mark[^"]*" href="#([^"]+)"', shown) == ["t2-e1"]
    assert "dl-text" not in answer_html(replace(answer, sentences=(told,)), 2)


def test_the_days_of_a_timeline_stand_on_a_line_and_lead_to_their_rows() -> None:
    of, other = article(TALKS), article("They met again.", id="a2", day="2024-11-29")
    rows = (("2024-11-19", "First"), ("2024-11-24", "Between"), ("2024-11-29", "Last"), ("no date", "Sometime"))
    table = Table("Timeline", ("date", "what happened"), rows, (of.id, other.id, other.id, of.id), chart="days")
    answer = replace(counted(of, other), tables=(table,), citations=(cited(of, AGREED),))
    shown = answer_html(answer, 2)
    dots = re.findall(r'class="dl-mark dl-dot" style="left:([\d.]+)%" title="([^"]+)" href="#([^"]+)"', shown)
    assert dots == [
        ("0.00", "2024-11-19 · First", "t2-e1"), ("50.00", "2024-11-24 · Between", "t2-r1"), ("100.00", "2024-11-29 · Last", "t2-r2")
    ]  # fmt: skip
    assert "19 November 2024" in shown
    one_day = replace(table, rows=(rows[0],), articles=(of.id,))
    assert "dl-days" not in answer_html(replace(answer, tables=(one_day,)), 2)


def test_a_count_is_not_called_reading_while_it_is_made() -> None:
    shown = Read(waiting_html(Plan("How many articles?", "How many articles?", kind="count"), (), "")).text
    assert "Counting the articles" in shown
    assert "Reading" not in shown


def test_an_article_that_has_gone_leaves_no_card() -> None:
    answer = counted(article(TALKS), article(TALKS, id="a2"))
    assert "t1-r1" not in turn_html(answer, 1, lambda id: None)


# -- what comes from outside stays text --------------------------------------------------


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_markup_of_an_article_or_model_reaches_the_page(payload: str) -> None:
    text = f"Before {payload} after. It went on."
    of = Article("a1", payload, text, dt.date(2024, 1, 1), source=payload, author=payload, url="https://example.org/a",
                 origins=(payload,), found={"title": payload})  # fmt: skip
    answer = Answer(
        payload, f"{text} [1]", (Sentence(text, (1,), "partly", marked=(2, 9)), Sentence(payload, (1,), "unsupported")),
        (cited(of, payload),), model=payload, notices=(payload,), plan=Plan("q", payload, sources=(payload,), notes=(payload,)),
        evidence=Evidence((Hit(passage(of), 1.0, duplicates=("x",)), Hit(passage(of), 1.0)), 0.9), coverage=Coverage(1),
    )  # fmt: skip
    retold = Sentence(text, (1,), "supported", marked=(2, 9), lead=payload, speaker=payload)
    timeline = Table(payload, ("date", payload), ((payload, cell(retold)),), (of.id,), retells=True)
    plan, listed = answer.plan, counted(of, replace(of, id=payload), title=payload, quote=payload)
    pictures = [
        question_html(payload), answer_html(answer, 1), waiting_html(plan, None, payload, (payload,)), failed_html(payload),
        answer_html(Answer(payload, payload, abstained=True, reason=payload, evidence=answer.evidence), 1),
        answer_html(replace(answer, sentences=(retold,), tables=(timeline,)), 1),
        answer_html(listed, 1), turn_html(listed, 1, lambda id: replace(of, id=id)),
        panel_html([(1, answer)], lambda id: of), panel_html([(1, answer)], lambda id: None), article_html(of, Around(changes=((payload, payload),))),
        report_html(Report(failed=(Failure(payload, payload, payload),), changes=(payload,), notices=(payload,))),
    ]  # fmt: skip
    for picture in pictures:
        seen = Read(picture)
        assert seen.tags <= HARMLESS
        assert seen.attributes <= ATTRIBUTES
        allowed = ("#t1-e", "#t1-r", "#dl-save-", "#dl/article/")
        assert all(a.startswith(allowed) or a in (of.url, "#dl-chat", "#dl-list") for a in seen.addresses)
        assert "\n" not in picture  # a line end would hand the rest to the Markdown renderer


def test_escaped_text_reads_as_it_was() -> None:
    for payload in PAYLOADS:
        assert html.unescape(text_html(payload)).replace("<br>", "\n") == payload


def test_marked_spans_may_overlap_and_overreach() -> None:
    assert marked_html("a<b>cd", [(1, 3), (2, 4), (5, 99), (-5, 0)]) == "a<mark>&lt;b&gt;</mark>c<mark>d</mark>"


# -- conversation ------------------------------------------------------------------------


@pytest.fixture
def filled(archive: Archive, folder: Path) -> Archive:
    ingest(folder, into=archive, progress=False)
    return archive


def test_a_question_grows_into_its_verified_answer(filled: Archive) -> None:
    talk, asking = Talk(), Asking(filled)
    pictures = [e.html for e in asking.run(talk, "What fields did the two presidents name in Belgrade?", "s1")]
    assert "dl-waiting" in pictures[0]
    assert "dl-final" in pictures[-1]
    assert [m["role"] for m in talk.messages()] == ["user", "assistant"]
    assert len(talk.turns) == 1
    assert not asking.busy("s1")


def test_a_question_that_cannot_be_asked_says_so_and_is_no_turn(filled: Archive) -> None:
    talk = Talk()
    last = list(Asking(filled).run(talk, "What was agreed?", "s1", after="the day before"))[-1]
    assert "could not be answered" in last.html
    assert "the day before" in last.html
    assert talk.turns == ()


def test_stop_reaches_what_runs_in_this_session_alone(filled: Archive) -> None:
    asking = Asking(filled)
    first, second = Talk(), Talk()
    one, other = asking.run(first, "What was agreed?", "s1"), asking.run(second, "What was agreed?", "s2")
    next(one), next(other)
    mine: Stop = asking._running["s1"]
    theirs: Stop = asking._running["s2"]
    asking.stop("s1")
    assert mine.is_set()
    assert not theirs.is_set()
    one.close(), other.close()
    assert not asking.busy("s2")


@pytest.mark.parametrize("form", export.FORMS)
def test_a_conversation_is_exported_whole_in_every_form(filled: Archive, form: str) -> None:
    asking, talk = Asking(filled), Talk()
    assert export.text(form, None) == export.text(form, talk) == ""
    for question in ("Which fields did the presidents name?", "Which dams broke near Petropavl?"):
        list(asking.run(talk, question, "s"))
    text = export.text(form, talk)
    assert "Leaders meet in Belgrade" in text
    assert "Rivers burst their banks in the north" in text
    assert ("Which dams broke near Petropavl?" in text) == (form in ("Markdown", "HTML", "JSON"))


@pytest.mark.parametrize("form", export.FORMS)
def test_an_export_names_no_folder_of_the_server(form: str) -> None:
    of = replace(article(TALKS), url="file:///home/me/secret/talks.txt", origins=("/home/me/secret/talks.txt",))
    talk = Talk()
    talk.begin("What was agreed?").answer = answered(of)
    text = export.text(form, talk)
    assert "/home/me" not in text
    assert ("talks.txt" in text) == (form in ("Markdown", "HTML", "JSON"))


def test_the_newest_words_are_shown_though_nothing_follows_them() -> None:
    held = threading.Event()

    def work(tell: Callable[[str], None]) -> str:
        for word in ("one", "two", "three"):
            tell(word)
        held.wait(10)
        return "all"

    shown = paced(work, every=0.05)
    assert next(shown) == "three"
    held.set()
    assert list(shown) == ["all"]
    with pytest.raises(UsageError, match="no"):
        list(paced(lambda tell: (_ for _ in ()).throw(UsageError("no")), 0.05))


# -- articles ----------------------------------------------------------------------------


def test_uploads_are_kept_under_safe_names_and_twice_is_once(tmp_path: Path) -> None:
    source = tmp_path / "..; rm -rf Straße.TXT"
    source.write_text("words")
    kept = library.keep(source, tmp_path / "archive")
    assert kept.parent == (tmp_path / "archive" / "uploads").resolve()
    assert re.fullmatch(r"rm-rf-Straße-[0-9a-f]{8}\.txt", kept.name)
    assert library.keep(source, tmp_path / "archive") == kept
    source.write_text("other words")
    assert library.keep(source, tmp_path / "archive") != kept
    with pytest.raises(UsageError, match="no loader reads"):
        library.keep(Path("x.exe"), tmp_path / "archive")


@pytest.mark.parametrize("typed", ["/etc/passwd", "file:///etc/passwd", "https://a.example/ ../secret.txt"])
def test_what_is_typed_reads_no_file_of_the_server(typed: str) -> None:
    with pytest.raises(UsageError, match="not a web address"):
        library.addresses(typed)


def test_added_by_upload_listed_and_taken_out_again(archive: Archive, tmp_path: Path) -> None:
    upload = tmp_path / "Old bridge.txt"
    upload.write_text(
        "Old bridge closes\n\nBy Nina Petrova\n12 March 2023\n\nThe bridge over the Sava will be closed for long."
    )
    broken = tmp_path / "empty.txt"
    broken.write_text("")
    steps = list(library.brought(archive, [str(upload), str(broken)], ""))
    said, finished = steps[-1]
    assert finished
    assert "1 article added" in said
    assert "empty.txt" in said
    assert str(tmp_path) not in said
    (only,) = library.listed(archive, library.Wanted("BRIDGE"), library.View()).rows
    assert only.date == dt.date(2023, 3, 12)
    files = list((archive.folder / "uploads").iterdir())
    assert [f.name.startswith("Old-bridge") for f in files] == [True]  # the one that held nothing is not kept
    assert not upload.exists()
    gone = library.removed(archive, only.id)
    assert gone is not None
    assert gone.title == only.title
    assert [f.name for f in (archive.folder / "uploads").iterdir()] == [".removed"]
    assert library.removed(archive, only.id) is None


def test_another_writer_is_a_message(archive: Archive, tmp_path: Path) -> None:
    upload = tmp_path / "a.txt"
    upload.write_text("Old bridge closes\n\nThe bridge over the Sava will be closed for long.")
    with archive.index.writer():
        said, finished = list(library.brought(archive, [str(upload)], ""))[-1]
    assert not finished
    assert "Not done" in said


def test_progress_is_drawn() -> None:
    from window.articles import progress_html

    assert "width:50%" in progress_html(Progress(1, 2, 1, 3, 0, 1.0))


def test_examples_are_answered_and_each_is_of_another_story(filled: Archive) -> None:
    made = examples.candidates(filled.articles())
    assert made
    assert len(set().union(*(e.articles for e in made))) == sum(len(e.articles) for e in made)
    for question in examples.Examples(filled).current():
        assert not filled.ask(question).abstained
    assert examples.candidates([]) == []


def test_a_name_is_what_is_a_name_within_a_sentence() -> None:
    text = "Flood waters came to Novi Sad on Monday. Floods are rare. Officials of Novi Sad spoke."
    assert examples.names(article(text, title="Flood in Novi Sad. Officials speak")) == ["Novi Sad"]


# -- serving -----------------------------------------------------------------------------


def test_a_strange_address_needs_a_password(archive: Archive) -> None:
    with pytest.raises(UsageError, match="--no-auth"):
        ui.serve(archive, host="0.0.0.0", port=0, block=False)


@pytest.mark.parametrize("auth", ["user", ":pw", "user:"])
def test_credentials_have_two_parts(archive: Archive, auth: str) -> None:
    with pytest.raises(UsageError, match="user:password"):
        ui.serve(archive, auth=auth, port=0, block=False)


def test_a_taken_port_is_named(archive: Archive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"port {port} .* --port"):
            ui.serve(archive, port=port, block=False)


def test_passwords_are_compared_whole() -> None:
    check = checker("ana", "päss:word")
    assert check("ana", "päss:word")
    assert not check("ana", "päss:wor")
    assert not check("an", "päss:word")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    from tests.embedder import WordHash

    with Archive(tmp_path_factory.mktemp("served"), embedder=WordHash()) as archive:
        server = ui.serve(archive, port=0, block=False, auth="ana:secret")
        yield server.url
        server.close()


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    given = {k.replace("_", "-"): v for k, v in headers.items()}
    request = urllib.request.Request(url, headers=given)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read().decode()
    except HTTPError as e:
        return e.code, dict(e.headers), e.read().decode()


def test_the_page_loads_nothing_from_elsewhere_and_runs_only_its_own_scripts(served: str) -> None:
    status, headers, page = get(served, accept="text/html")
    policy = headers["content-security-policy"]
    assert status == 200
    assert headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in policy
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    nonce = re.search(r"'nonce-([\w-]+)'", scripts)
    assert nonce is not None
    assert set(re.findall(r'<script nonce="([^"]+)"', page)) == {nonce.group(1)}
    assert page.count("<script") == page.count("<script nonce")
    assert get(served, accept="text/html")[1]["content-security-policy"] != policy


def test_without_a_password_nothing_is_told(served: str) -> None:
    status, _, body = get(f"{served}/config")
    assert status == 401
    assert "dl-question" not in body
    encoded = base64.b64encode(b"ana:secret").decode()
    assert get(f"{served}/config", authorization=f"Basic {encoded}")[0] == 401  # a session, not a header, lets in


def test_a_name_that_was_pointed_here_is_refused(served: str) -> None:
    assert get(served, host="evil.example")[0] == 403
    assert get(served, host=f"localhost:{served.rpartition(':')[2]}")[0] == 200


def test_another_site_may_not_post() -> None:
    async def inner(scope: object, receive: object, send: object) -> None:
        raise AssertionError("it was let through")

    async def ask() -> list[dict[str, object]]:
        sent: list[dict[str, object]] = []

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {"type": "http", "method": "POST", "headers": [(b"sec-fetch-site", b"cross-site")]}
        await Guard(inner)(scope, None, send)  # type: ignore[arg-type]
        return sent

    assert asyncio.run(ask())[0]["status"] == 403


def test_a_closed_window_frees_its_port(archive: Archive) -> None:
    server = ui.serve(archive, port=0, block=False)
    port = int(server.url.rpartition(":")[2])
    server.close()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    assert not any(t.name == "dateline-window" for t in threading.enumerate() if t is server._thread and t.is_alive())


def test_fields_that_are_filled_say_what_the_question_means() -> None:
    assert replies.overrides("", " ", "", [], [], "") == {}
    assert replies.overrides("2024-11-01 ", "", "2024-12-01", ["Wire"], [], "latest") == {
        "after": "2024-11-01", "as_of": "2024-12-01", "sources": ("Wire",), "kind": "latest",
    }  # fmt: skip


def test_what_leads_a_sentence_is_shown_before_it() -> None:
    one = Sentence("It fell on Friday.", (), "supported", lead="1 November 2024: ")
    shown = answer_html(Answer("q", "1 November 2024: It fell on Friday.", (one,)), 1)
    assert '<span class="dl-lead">1 November 2024: </span>It fell on Friday.' in shown
