"""Sentences: spans cover the text, and do not part what belongs together."""

import time

import pytest

from rag.sentences import MAX_WORDS, language, spans


def split(text, code=None):
    return [text[s:e] for s, e in spans(text, code)]


WHOLE = {  # each of these is one sentence
    "en": [
        "Dr. J. R. Smith said the U.S. grew 3.5 percent.",
        '"We will. Not now," he said.',
        "The No. 5 plan was approved on Nov. 19, 2024, in Belgrade.",
        "Mr. Petrov left at 5 p.m. Monday for the airport.",
        "The U.S. President met U.S. Senate leaders at the White House.",
        "“It is done. We are glad. Nobody lost,” the minister said.",
        "Prices rose 1,204.75 points, or 3.5 per cent, by noon.",
        "See fig. 3 and vol. 12 of the report for the figures.",
    ],
    "ru": [
        "Об этом сообщил вчера вечером г. Иванов.",
        "В 2024 г. выросло на 3,5 млн. рублей производство молока.",
        "На ул. Ленина, д. 5, жил когда-то А. С. Пушкин.",
        "Это означает, т.е. показывает, что рост продолжается.",
        "«Это так. И это верно», — сказал он журналистам.",
        "— Что будет дальше? — спросил он у министра.",
        "Проф. Петров и др. участники встречи приехали утром.",
    ],
    "kk": [
        "Президент Қ. Тоқаев Белградқа ресми сапармен келді.",
        "Жалпы көлемі 2024 ж. 5 млн. теңгеге өсті деп хабарлады министрлік.",
        "«Бұл жақсы. Өте жақсы жаңалық», – деді ол журналистерге.",
        "Ә.Бөкейханов көшесінде жаңа мектеп ашылды.",
    ],
    "sr": [
        "Председник Србије А. Вучић је рекао да ће посета почети.",
        "Др. Петровић и проф. др Јовић су дошли у Београд.",
        "То је 3,5 мил. динара, тј. много више него раније.",
        "Predsednik Srbije A. Vučić je stigao u Astanu sa g. Jovićem i dr. Petrovićem.",
        "Poseta je počela 19. novembra 2024. godine u Beogradu.",
        "„To je tako. I jeste“, rekao je on novinarima.",
    ],
}


@pytest.mark.parametrize(("code", "text"), [(c, t) for c, texts in WHOLE.items() for t in texts])
def test_a_sentence_stays_whole(code, text):
    assert split(text, code) == [text]


@pytest.mark.parametrize("code", WHOLE)
def test_sentences_one_after_another_are_parted(code):
    assert split(" ".join(WHOLE[code]), code) == WHOLE[code]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("What?! Yes... Maybe. No!", ["What?!", "Yes...", "Maybe.", "No!"]),
        ("She moved to the U.S. The company grew.", ["She moved to the U.S.", "The company grew."]),
        ("We left at 5 p.m. Then we slept.", ["We left at 5 p.m.", "Then we slept."]),
        ("Growth was 5%. 2024 was good.", ["Growth was 5%.", "2024 was good."]),
        ("Рост составил 3,5 млн. Он уехал.", ["Рост составил 3,5 млн.", "Он уехал."]),
        ("Пришли Петров и др. Он ушёл.", ["Пришли Петров и др.", "Он ушёл."]),
        ("Agreed:\n- trade\n- mining\nLeaders met.", ["Agreed:", "- trade", "- mining", "Leaders met."]),
        ("A heading\n\nA text without an end", ["A heading", "A text without an end"]),
        ("A heading\nThe text begins.\nIt ends.", ["A heading", "The text begins.", "It ends."]),
        ("中国总统访问。他说好。", ["中国总统访问。", "他说好。"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_what_is_parted(text, wanted):
    assert split(text) == wanted


def test_hard_wrapped_lines_are_joined():
    text = (
        "A short heading\nThe two leaders met in the old town of Belgrade on a cold\n"
        "and windy day of November and spoke with Mr.\n"
        "Smith about trade, mining, farms and the long way that lies\nbetween them. They agreed on the rest of it\nlater."
    )
    found = split(text, "en")
    assert found[0] == "A short heading"
    assert found[-1] == "They agreed on the rest of it\nlater."
    assert len(found) == 3


TEXTS = {
    "no punctuation": "word " * 5000,
    "no spaces": "x" * 20_000,
    "commas": "the ministers, who met, " * 500,
    "one long quotation": '"' + "He said so. She did not; we saw it. " * 300 + '"',
    "quotes never closed": '"abc. def (xyz. ' * 500,
    "initials": "A. " * 2000,
    "full stops": "." * 5000,
    "blank lines": "a\n\n" * 2000,
    "surrogate pairs": "Ana 🙂 came. Бо 🙂 ушёл. 𝔄𝔟. " * 200,
}


@pytest.mark.parametrize("text", [*TEXTS.values(), *(" ".join(v) for v in WHOLE.values())], ids=str.__len__)
def test_spans_cover_everything_in_order_within_the_limit(text):
    found = spans(text)
    at = 0
    for s, e in found:
        assert not text[at:s].strip()
        assert s < e
        assert text[s:e] == text[s:e].strip()
        assert len(text[s:e].split()) <= MAX_WORDS
        at = e
    assert not text[at:].strip()
    assert found == spans(text)


def test_a_long_sentence_is_cut_after_a_clause():
    clause = "the ministers of both countries met in the capital and agreed on trade; "
    pieces = split(clause * 20, "en")
    assert len(pieces) > 1
    assert all(p.endswith(";") for p in pieces)


@pytest.mark.parametrize(
    "unit",
    ["The leaders met on Nov. 19, 2024, in Belgrade. ", "Он сказал, что это так. ", "中国总统访问。他说好。", "w "],
)
def test_a_megabyte_takes_seconds(unit):
    text = unit * (1_000_000 // len(unit.encode()))
    start = time.perf_counter()
    assert spans(text)
    assert time.perf_counter() - start < 6  # about 0.3 s alone; the machine may be busy


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The two governments signed a deal on trade.", "en"),
        ("Президент прибыл в Белград с официальным визитом.", "ru"),
        ("Қазақстан президенті Белградқа келді, екі ел келісімге қол қойды.", "kk"),
        ("Председник Србије је рекао да ће посета почети у уторак.", "sr"),
        ("Predsednik Srbije je rekao da će poseta početi u utorak.", "sr"),
        ("Hello", None),
        ("12 345", None),
        ("", None),
    ],
)
def test_language(text, code):
    assert language(text) == code
