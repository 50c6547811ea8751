"""RSS and Atom in files: whole entries, summaries, dates that keep their day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from ingest.load import Fault, Item, Loaded, load
from rag.errors import NotAnArticle
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river. " * 4
RSS = """<?xml version="1.0" encoding="{charset}"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Town News</title><language>en-gb</language>{items}</channel></rss>"""
ITEM = """<item><title>Bridge &amp;amp; ferry</title><link>https://town.example/a?utm_source=rss</link><guid>id-1</guid>
<dc:creator>By Jane Doe</dc:creator><pubDate>Tue, 19 Nov 2024 23:30:00 -0500</pubDate>{body}</item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Town News</title><entry><id>tag:town,1</id>
<title>Bridge agreed</title><link href="https://town.example/a"/><author><name>Jane Doe</name></author>
<source><title>The Agency</title></source>
<published>2024-11-19T23:30:00-05:00</published><updated>2024-11-21T00:10:00+06:00</updated>
<content type="html">&lt;p&gt;{words}&lt;/p&gt;&lt;p&gt;{words}&lt;/p&gt;</content></entry></feed>"""


def _load(tmp_path: Path, data: str | bytes, name: str = "feed.xml") -> list[Item]:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(load(path, Settings()))


def _rss(*bodies: str) -> str:
    return RSS.format(charset="utf-8", items="".join(ITEM.format(body=body) for body in bodies))


def test_an_entry_with_its_whole_text_is_an_article(tmp_path: Path) -> None:
    content = f"<content:encoded><![CDATA[<p>{WORDS}</p><script>track()</script><p>Second.</p>]]></content:encoded>"
    [item] = _load(tmp_path, _rss("<description>Short.</description>" + content), "feed.rss")
    assert isinstance(item, Loaded)
    assert item.text == f"{WORDS.strip()}\n\nSecond."
    assert (item.title, item.author, item.source, item.language) == ("Bridge & ferry", "Jane Doe", "Town News", "en")
    assert (item.date, item.updated, item.place) == (dt.date(2024, 11, 19), None, "entry id-1")
    assert (item.url, item.canonical) == ("https://town.example/a?utm_source=rss", "https://town.example/a")
    assert item.found == {"title": "feed entry", "date": "feed entry", "author": "feed entry", "source": "feed title"}


def test_atom_keeps_the_days_of_publication_and_update(tmp_path: Path) -> None:
    [item] = _load(tmp_path, ATOM.format(words=WORDS), "feed.atom")
    assert isinstance(item, Loaded)
    assert (item.date, item.updated) == (dt.date(2024, 11, 19), dt.date(2024, 11, 21))
    assert (item.source, item.found["source"], item.place) == ("The Agency", "feed entry", "entry tag:town,1")


def test_a_summary_of_forty_words_counts_and_a_shorter_one_is_a_fault(tmp_path: Path) -> None:
    long, short = _load(tmp_path, _rss(f"<description>{WORDS}</description>", "<description>A bridge.</description>"))
    assert isinstance(long, Loaded)
    assert isinstance(short, Fault)
    assert "2 words" in short.reason


def test_russian_in_its_own_charset(tmp_path: Path) -> None:
    words = "Городской совет собрался в понедельник и решил построить новый мост через реку. " * 5
    feed = RSS.format(charset="windows-1251", items=ITEM.format(body=f"<description>{words}</description>"))
    [item] = _load(tmp_path, feed.encode("cp1251"))
    assert isinstance(item, Loaded)
    assert item.text == words.strip()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("<note><to>you</to></note>", "no RSS or Atom"),
        ("words only", "no RSS or Atom"),
        ("/etc/passwd", "no RSS or Atom"),
        ("https://town.example/feed", "no RSS or Atom"),
        (RSS.format(charset="utf-8", items=""), "no entries"),
    ],
)
def test_what_is_no_feed_is_told_and_never_opened_as_a_name(tmp_path: Path, data: str, reason: str) -> None:
    with pytest.raises(NotAnArticle, match=reason):
        _load(tmp_path, data)


def test_entities_that_grow_without_end_do_not(tmp_path: Path) -> None:
    entities = '<!ENTITY a0 "words words words">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)
    )
    feed = f"<!DOCTYPE rss [{entities}]>" + _rss("<description>&a9;</description>").partition("?>")[2]
    try:
        items = _load(tmp_path, feed)
    except NotAnArticle:
        return
    assert all(isinstance(item, Fault) or len(item.text) < 1_000_000 for item in items)
