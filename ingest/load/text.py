"""Plain text: one article, or a dump of several that each begin with a line ` date 2024-11-19 …`.

    "Leaders meet\\n\\nBy Jane Doe\\n19 November 2024\\n\\nThey agreed …"   ->  title, author, date, text
    "BELGRADE, Nov 19, 2024 (Outlet) — They agreed …"                    ->  date, source; the text keeps its words

The head is read by what it looks like, and only what is plainly a title, a byline or a date is taken.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ingest.load import Item, Loaded
from ingest.load.content import Content
from ingest.load.decode import decode
from ingest.metadata import clean_author, parse_date

_DUMP = re.compile(r"^[ \t]*date[ \t]+(\d{4}-\d{2}-\d{2})[ \t]+(?=\S)", re.MULTILINE)
_BYLINE = re.compile(r"(?:by|автор|автор[ы]|текст|par|von|por)\s*:?\s+(?P<name>[^\n]{3,60})", re.IGNORECASE)
# What a labelled line names ("Source: Kazinform") <- its label in the languages that news is read in here.
_LABELS: dict[str, str] = {
    label: name
    for name, labels in (
        (
            "date",
            "published|published on|posted|date|опубликовано|дата|дата публикации|жарияланған|күні|objavljeno|датум",
        ),
        ("date", "datum|publié le|veröffentlicht"),
        ("updated", "updated|last updated|modified|обновлено|жаңартылған|ažurirano|mis à jour|aktualisiert"),
        ("source", "source|outlet|publisher|источник|дереккөз|izvor|извор|quelle"),
        ("author", "author|authors|by|автор|авторы|autor|аутор|auteur"),
        ("title", "title|headline|заголовок|тақырып|naslov|titre|titel"),
        ("url", "url|link|ссылка|сілтеме"),
    )
    for label in labels.split("|")
}
_LABELLED = re.compile(rf"(?P<label>{'|'.join(map(re.escape, _LABELS))})\s*:\s*(?P<value>\S[^\n]*)", re.IGNORECASE)
# "BELGRADE, Nov 19, 2024 (Outlet) — ", "ASTANA. KAZINFORM — ", "LONDON (Reuters) - "
_DATELINE = re.compile(
    r"(?P<city>[^\W\d_][^\n,.(—–]{1,30}?)(?:[,.]\s*(?P<date>[^\n(—–]{4,30}?))?\s*"
    r"(?:\((?P<outlet>[^()\n]{2,40})\))?\s*(?:—|–|--|\s-\s)\s*(?=\S)"
)
# Words that stand in names in lower case.
_SMALL = {"and", "и", "және", "et", "und", "y", "de", "da", "di", "du", "del", "la", "van", "von", "der", "den", "al"}
_UPDATED = re.compile(r"(?:last )?(?:updated|modified)|обновлено|жаңартылған|mis à jour|aktualisiert", re.IGNORECASE)
_HEAD_LINES = 8
_TITLE_WORDS = 25


@dataclass(slots=True)
class Head:
    """What the first lines of a text state, and what is left as the article's words."""

    text: str
    values: dict[str, str] = field(default_factory=dict)
    date: dt.date | None = None
    updated: dt.date | None = None
    found: dict[str, str] = field(default_factory=dict)

    def loaded(self) -> Loaded:
        get = self.values.get
        return Loaded(
            text=self.text,
            title=get("title"),
            date=self.date,
            updated=self.updated,
            source=get("source"),
            author=get("author"),
            url=get("url"),
            found=self.found,
        )


def read(content: Content) -> Iterator[Item]:
    """One article, or those of a dump at "article 1", "article 2" …; in a dump a title is not stated."""
    text = decode(content.read(), content.charset)
    starts = list(_DUMP.finditer(text))
    if not starts or text[: starts[0].start()].strip():
        yield head(text).loaded()
        return
    ends = [match.start() for match in starts[1:]] + [len(text)]
    for number, (match, end) in enumerate(zip(starts, ends, strict=True), start=1):
        day = parse_date(match[1])
        yield Loaded(
            text=text[match.end() : end].strip(),
            date=day,
            place=f"article {number}" if len(starts) > 1 else "",
            found={"date": "date line"} if day else {},
        )


def head(text: str) -> Head:
    """Read the first lines of `text`: a title, then any of byline, date and labelled lines, then the words."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip().split("\n")
    result = Head("")
    index = 0
    if len(lines) > 1 and _is_title(lines[0], lines[1]):
        result.values["title"], result.found["title"] = lines[0].strip(), "first line"
        index = 1
    taken = index
    while index < min(len(lines), _HEAD_LINES):
        line = lines[index].strip()
        if line and not _take(line, result):
            break
        index += 1
        taken = index if line else taken
    result.text = "\n".join(lines[taken:]).strip()
    _read_dateline(result)
    return result


def _is_title(line: str, after: str) -> bool:
    """Short, no full stop at its end, no label or byline, and a blank line or a byline after it."""
    line, after = line.strip(), after.strip()
    if not 1 <= len(line.split()) <= _TITLE_WORDS or len(line) > 200 or line[-1] in ".,;:…":
        return False
    if is_head_line(line) or _DATELINE.match(line):
        return False
    return not after or is_head_line(after)


def _take(line: str, result: Head) -> bool:
    """Whether `line` is a line of the head; what it states goes into `result`, the first of a kind wins."""
    if match := _LABELLED.fullmatch(line):
        name, value = _LABELS[match["label"].lower()], match["value"].strip()
        if name in ("date", "updated"):
            return _take_date(name, value, "labelled line", result)
        if name == "author":
            value = clean_author(value) or ""
        if value and name not in result.values:
            result.values[name], result.found[name] = value, "labelled line"
            return True
        return False
    if match := _BYLINE.fullmatch(line):
        name, _, rest = match["name"].partition(" | ")
        author = clean_author(name)
        if author and "author" not in result.values and _is_name(author):
            result.values["author"], result.found["author"] = author, "byline"
            return not rest or _take_date("date", rest, "byline", result) or True
        return False
    return _take_date("updated" if _UPDATED.match(line) else "date", line, "text head", result)


def _is_name(text: str) -> bool:
    """Whether `text` is written as names are: not "By the numbers", and no sentence."""
    parts = text.replace(",", " ").split()
    return len(parts) <= 8 and text[-1] not in ".!?:" and all(p[0].isupper() or p.lower() in _SMALL for p in parts)


def is_head_line(line: str) -> bool:
    """Whether `line` is a byline, a date or a labelled line by itself."""
    return _take(line.strip(), Head("")) if line.strip() else False


def _take_date(name: str, value: str, where: str, result: Head) -> bool:
    if len(value) > 60 or not (day := parse_date(value)):
        return False
    if getattr(result, name) is not None:
        return False
    setattr(result, name, day)
    result.found[name] = where
    return True


def _read_dateline(result: Head) -> None:
    """City, day and outlet at the head of the first sentence; its words stay in the text."""
    match = _DATELINE.match(result.text[:120].partition("\n")[0])
    if not match or not (match["city"].isupper() or match["outlet"]):
        return
    outlet, middle = match["outlet"], (match["date"] or "").strip(" ,.")
    day = parse_date(middle)
    if day and result.date is None:
        result.date, result.found["date"] = day, "dateline"
    if outlet is None and middle.isupper() and not any(c.isdigit() for c in middle):
        outlet = middle
    if outlet and "source" not in result.values and not any(c.isdigit() for c in outlet):
        result.values["source"], result.found["source"] = outlet.strip(), "dateline"
