"""Canonical addresses, hosts, and dates in paths."""

from __future__ import annotations

import datetime as dt

import pytest

from ingest.load.address import canonical, date_in, host


@pytest.mark.parametrize(
    ("given", "cleaned"),
    [
        ("HTTPS://News.Example:443/a/?utm_source=x&id=7#top", "https://news.example/a?id=7"),
        ("http://news.example:80", "http://news.example/"),
        ("http://news.example:8080/a", "http://news.example:8080/a"),
        ("https://news.example/a?b=2&a=1&fbclid=z", "https://news.example/a?a=1&b=2"),
        ("https://news.example/новость", "https://news.example/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C"),
        ("https://[2001:DB8::1]/a", "https://[2001:db8::1]/a"),
        ("mailto:a@b.example", None),
        ("/a/b", None),
        ("http://[broken", None),
        ("http://news.example:port/", None),
        (None, None),
    ],
)
def test_canonical(given: str | None, cleaned: str | None) -> None:
    assert canonical(given) == cleaned


def test_canonical_of_canonical_is_itself() -> None:
    for url in ("https://a.example/x%20y/?q=a+b&c=", "http://a.example//x/?ref=z", "https://a.example/a%2Fb"):
        once = canonical(url)
        assert canonical(once) == once


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2024/11/19/visit", dt.date(2024, 11, 19)),
        ("https://a.example/news/2024-11-19-visit", dt.date(2024, 11, 19)),
        ("https://a.example/20241119/visit", dt.date(2024, 11, 19)),
        ("https://a.example/world/2024/nov/19/visit", dt.date(2024, 11, 19)),
        ("https://a.example/2024/11/visit", None),
        ("https://a.example/2024/13/19/visit", None),
        ("https://a.example/2199/11/19/visit", None),
        ("https://a.example/id/1202411190", None),
        ("https://a.example/x?d=2024/11/19", None),
        (None, None),
    ],
)
def test_date_in_a_path(url: str | None, day: dt.date | None) -> None:
    assert date_in(url) == day


def test_host_goes_without_www() -> None:
    assert host("https://www.Kazinform.example/a") == "kazinform.example"
    assert host("no address") is None
