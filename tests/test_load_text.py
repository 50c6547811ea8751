"""Plain text: charsets, heads, datelines and dumps."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from ingest.load import Loaded, load
from ingest.load.decode import decode
from ingest.load.text import head
from rag.errors import NotAnArticle
from rag.settings import Settings

WORDS = "The council met on Monday in the town hall and agreed to build a new bridge over the river."
RUSSIAN = (
    "Городской совет собрался в понедельник и решил построить новый мост через реку. Работы начнутся весной, "
    "сообщила глава города. Ёлки у ратуши останутся на месте."
)
FRENCH = "Le conseil s'est réuni lundi à l'hôtel de ville et a décidé de bâtir un pont. Le coût : près de 4 millions."
GERMAN = (
    "Der Rat hat am Montag beschlossen, eine neue Brücke über den Fluss zu bauen. Sie kostet laut Bürgermeister viel."
)
FRENCH_ALIKE = (  # as likely letters in cp1250, as other words
    "Le café près de la mairie à Orléans a fermé ses portes, où l'été dernier les gens dînaient. Il rouvrira en mai."
)
PORTUGUESE = (
    "A câmara de São João aprovou na terça-feira a reparação da ponte. As obras começam em março, disse a presidente."
)
SERBIAN = (
    "Gradsko veće odlučilo je u utorak da popravi stari most preko reke. Radovi počinju u martu i trajaće dve godine. "
    "Pukotine u lukovima nisu ostavile izbora, rekao je gradonačelnik Đorđe Živković, čiji štab već radi."
)
KAZAKH = "Қалалық кеңес дүйсенбіде жиналып, өзен арқылы жаңа көпір салуға шешім қабылдады."


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        (RUSSIAN, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "utf-16"),
        (RUSSIAN, "utf-16-le"),
        (RUSSIAN, "utf-16-be"),
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
        (FRENCH, "utf-16-le"),
        (FRENCH, "utf-32"),
        (GERMAN, "latin-1"),
        (FRENCH_ALIKE, "latin-1"),
        (PORTUGUESE, "latin-1"),
        (SERBIAN, "cp1250"),
        (KAZAKH, "utf-8"),
        (KAZAKH, "utf-16-be"),
    ],
)
def test_text_is_read_in_whatever_charset_it_lies(tmp_path: Path, text: str, charset: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(charset))
    [item] = load(path, Settings())
    assert isinstance(item, Loaded)
    assert item.text == text


def test_a_stated_charset_is_tried_before_detection_and_a_false_one_harms_nothing() -> None:
    assert decode("Мост".encode("koi8-r"), "koi8-r") == "Мост"
    assert decode(RUSSIAN.encode(), "latin-1") == RUSSIAN
    assert decode(RUSSIAN.encode("cp1251"), "no-such-charset") == RUSSIAN


@pytest.mark.parametrize("seed", range(8))
def test_random_bytes_are_no_article(tmp_path: Path, seed: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(random.Random(seed).randbytes(20_000))
    with pytest.raises(NotAnArticle, match="binary"):
        list(load(path, Settings()))


def test_the_head_of_a_text() -> None:
    result = head(
        f"Bridge agreed\n\nBy Jane Doe\nSource: Town News\n19 November 2024\nUpdated: 21 November 2024\n\n{WORDS}"
    )
    assert result.values == {"title": "Bridge agreed", "author": "Jane Doe", "source": "Town News"}
    assert (result.date, result.updated) == (dt.date(2024, 11, 19), dt.date(2024, 11, 21))
    assert result.text == WORDS
    assert result.found == {
        "title": "first line",
        "author": "byline",
        "source": "labelled line",
        "date": "text head",
        "updated": "labelled line",
    }


def test_a_head_in_russian_and_in_kazakh() -> None:
    russian = head(f"Мост построят\n\nАвтор: Мария Ли\n19 ноября 2024 г.\n\n{RUSSIAN}")
    kazakh = head(f"Көпір салынады\n\nДереккөз: Дала хабары\n2024 жылғы 19 қараша\n\n{KAZAKH}")
    assert (russian.values["author"], russian.date, russian.text) == ("Мария Ли", dt.date(2024, 11, 19), RUSSIAN)
    assert (kazakh.values["source"], kazakh.date, kazakh.text) == ("Дала хабары", dt.date(2024, 11, 19), KAZAKH)


@pytest.mark.parametrize(
    "text",
    [
        WORDS,
        f"{WORDS}\n\n{WORDS}",
        f"By the river they met.\n\n{WORDS}",
        f"The numbers:\n\n{WORDS}",
        f"By the numbers\n{WORDS}",
    ],
)
def test_what_is_plainly_no_head_stays_in_the_text(text: str) -> None:
    result = head(text)
    assert result.text == text
    assert result.values == {}


def test_updated_without_a_colon_is_no_date_of_publication() -> None:
    result = head(f"Bridge agreed\n\nUpdated 21 November 2024\n\n{WORDS}")
    assert (result.date, result.updated) == (None, dt.date(2024, 11, 21))


@pytest.mark.parametrize(
    ("line", "source", "date"),
    [
        ("BELGRADE, Nov 19, 2024 (Outlet) — ", "Outlet", dt.date(2024, 11, 19)),
        ("BELGRADE, Nov 19 (Outlet) — ", "Outlet", None),
        ("London (Town News) - ", "Town News", None),
        ("ASTANA. KAZINFORM – ", "KAZINFORM", None),
        ("NOVI SAD — ", None, None),
        ("Later — much later — ", None, None),
    ],
)
def test_datelines_state_a_source_and_a_day_and_stay_in_the_text(
    line: str, source: str | None, date: dt.date | None
) -> None:
    result = head(line + WORDS)
    assert (result.values.get("source"), result.date) == (source, date)
    assert result.text == line + WORDS


def test_a_dump_holds_an_article_for_each_date_line(tmp_path: Path) -> None:
    path = tmp_path / "dump.txt"
    path.write_text(
        f" date 2024-11-19 {WORDS}\n\nA second paragraph.\n date 2024-11-20 {WORDS}\ndate 2024-13-01 {WORDS}"
    )
    items = [item for item in load(path, Settings()) if isinstance(item, Loaded)]
    assert [item.place for item in items] == ["article 1", "article 2", "article 3"]
    assert [item.date for item in items] == [dt.date(2024, 11, 19), dt.date(2024, 11, 20), None]
    assert items[0].text == f"{WORDS}\n\nA second paragraph."
    assert all(item.title is None for item in items)


def test_a_dump_of_one_is_its_whole_origin(tmp_path: Path) -> None:
    path = tmp_path / "dump.txt"
    path.write_text(f" date 2024-11-19 {WORDS}")
    [item] = load(path, Settings())
    assert isinstance(item, Loaded)
    assert (item.place, item.date, item.found) == ("", dt.date(2024, 11, 19), {"date": "date line"})


def test_a_date_line_amid_an_article_is_none_of_a_dump(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(f"{WORDS}\ndate 2024-11-19 was set for the opening.")
    assert len(list(load(path, Settings()))) == 1
