"""Dates out of strings, and what a page states about its article and where."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ingest.load.html import parse
from ingest.metadata import clean_author, page, parse_date

DAY = dt.date(2024, 11, 19)


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-19",
        "2024-11-19T23:30:00-05:00",
        "2024-11-19T00:10:00+06:00",
        "2024-11-19 23:59:59.999Z",
        "20241119",
        "20241119T233000Z",
        "2024/11/19",
        "Tue, 19 Nov 2024 23:30:00 -0500",
        "Tue Nov 19 23:30:00 +0000 2024",
        "19 November 2024",
        "November 19th, 2024",
        "Published on 19 November 2024 at 11:20 am",
        "Nov 19, 2024, 5:04 PM EST",
        "19.11.2024",
        "19/11/2024",
        "11/19/2024",
        "19 ноября 2024 г., 14:20",
        "2024 жылғы 19 қараша",
        "19. novembra 2024.",
        "19. новембра 2024.",
        "19 novembre 2024",
    ],
)
def test_a_written_day_is_read_and_keeps_its_own_zone(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "yesterday",
        "2 days ago",
        "November 2024",
        "2024",
        "19 November",
        "03/04/2024",
        "19.11.24",
        "2024-13-45",
        "2024-02-30",
        "19 November 2190",
        "The council, which met on 19 November 2024, agreed to build a bridge over the river",
        "published in 2024 by 12 people",
    ],
)
def test_what_is_no_whole_date_is_none(text: str | None) -> None:
    assert parse_date(text) is None


def test_numbers_that_read_both_ways_need_a_word_on_their_order() -> None:
    assert parse_date("03/04/2024", day_first=True) == dt.date(2024, 4, 3)
    assert parse_date("03/04/2024", day_first=False) == dt.date(2024, 3, 4)


def test_a_day_ahead_of_the_world_is_none() -> None:
    today = dt.date.today()
    assert parse_date((today + dt.timedelta(days=1)).isoformat()) is not None
    assert parse_date((today + dt.timedelta(days=4)).isoformat()) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("By Jane Doe", "Jane Doe"),
        ("Автор: Мария Ли", "Мария Ли"),
        ("https://news.example/authors/7", None),
        ("12345", None),
        ("", None),
        ("Byron Smith", "Byron Smith"),
    ],
)
def test_an_author_is_a_name(text: str, name: str | None) -> None:
    assert clean_author(text) == name


def _page(head: str = "", body: str = "", url: str | None = "https://town.example/n/7") -> object:
    return page(parse(f"<html><head>{head}</head><body>{body}</body></html>"), url)


def _ld(value: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(value)}</script>'


ARTICLE = {
    "@type": "NewsArticle",
    "headline": "Bridge agreed",
    "datePublished": "2024-11-19T23:30:00-05:00",
    "dateModified": "2024-11-21",
    "author": [{"name": "By Jane Doe"}, {"name": "https://x.example"}, {"name": "Ann Lee"}],
    "publisher": {"@type": "Organization", "name": "Town News"},
    "inLanguage": "en-GB",
}


def test_json_ld_gives_all_and_says_so() -> None:
    found = _page(_ld(ARTICLE))
    assert (found.title, found.date, found.updated) == ("Bridge agreed", DAY, dt.date(2024, 11, 21))
    assert (found.source, found.author, found.language) == ("Town News", "Jane Doe, Ann Lee", "en")
    assert set(found.found.values()) == {"JSON-LD"}


def test_json_ld_is_found_in_graphs_and_lists_and_points_by_id() -> None:
    graph = {"@graph": [{"@type": "Organization", "@id": "#o", "name": "Town News"},
                        {**ARTICLE, "@type": ["Thing", "http://schema.org/Article"], "publisher": {"@id": "#o"}}]}  # fmt: skip
    assert _page(_ld([graph])).source == "Town News"


def test_broken_json_ld_is_mended_or_passed_over() -> None:
    comma = '<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-11-19",}</script>'
    torn = '<script type="application/ld+json">{"@type": "Article", "datePublished": "2024-11-19", "x": "a"b"}</script>'
    none = '<script type="application/ld+json">{{{</script><meta property="og:title" content="Kept">'
    assert _page(comma).date == DAY
    assert _page(torn).date == DAY
    assert _page(none).title == "Kept"


def test_trust_goes_from_json_ld_over_meta_to_time() -> None:
    meta = '<meta property="article:published_time" content="2024-11-18">'
    time = '<article><header><time datetime="2024-11-17">x</time></header></article>'
    assert _page(_ld(ARTICLE) + meta, time).found["date"] == "JSON-LD"
    by_meta, by_time = _page(meta, time), _page("", time)
    assert (by_meta.date, by_meta.found["date"]) == (dt.date(2024, 11, 18), "meta tag")
    assert (by_time.date, by_time.found["date"]) == (dt.date(2024, 11, 17), "time element")


def test_a_date_that_cannot_be_read_leaves_room_for_the_next() -> None:
    found = _page(_ld({**ARTICLE, "datePublished": "this morning"}) + '<meta name="pubdate" content="2024-11-19">')
    assert (found.date, found.found["date"]) == (DAY, "meta tag")


def test_a_date_of_update_is_no_date_of_publication() -> None:
    found = _page('<meta property="article:modified_time" content="2024-11-19">')
    assert found.date is None
    assert found.updated == DAY


def test_updated_on_the_day_of_publication_says_nothing_new() -> None:
    found = _page(_ld({**ARTICLE, "dateModified": "2024-11-19T23:50:00-05:00"}))
    assert found.updated is None
    assert "updated" not in found.found


def test_several_bare_times_are_not_taken_for_a_date() -> None:
    found = _page("", '<p><time datetime="2024-11-19">a</time><time datetime="2024-11-20">b</time></p>')
    assert found.date is None


def test_an_element_marked_as_the_date_of_the_article_is_read_and_a_mere_date_is_not() -> None:
    found = _page(
        "", '<div class="date">22 November 2024</div><p class="article-publish-date">Published 19 November 2024</p>'
    )
    assert (found.date, found.found["date"]) == (DAY, "marked element")
    assert _page("", '<div class="header-date">22 November 2024</div>').date is None
    assert _page("", '<p class="post-date">Updated 19 November 2024</p>').updated == DAY


def test_a_page_that_lists_others_keeps_its_own_node() -> None:
    teaser = {"@type": "NewsArticle", "headline": "Another story", "datePublished": "2020-01-01"}
    assert _page(_ld([teaser, ARTICLE])).title == "Bridge agreed"


def test_the_title_element_loses_the_name_of_its_site() -> None:
    found = _page("<title>Bridge agreed - Town News</title>")
    assert (found.title, found.found["title"]) == ("Bridge agreed", "heading")
