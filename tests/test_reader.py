"""The reader: shipped files are checked, spans are the best there are, company and order change nothing."""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.errors import ReaderError
from rag.search.layout import lay_out, tokens
from rag.search.reader import FOLDER, LONGEST, SPANS, Reader, best, check, decode, load, together
from rag.types import Reading, Span
from tests import readers
from tests.readers import TOKENS, WORD
from train.export import FLOAT, TOKENIZER

ROOT = Path(__file__).resolve().parents[1]
TEXTS = [
    "Direct flights between the capitals will start in spring.",
    "Rain.",
    "",
    "The ministry put the damage of the floods at 90 billion tenge, twice the sum of the year before. " * 3,
]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return readers.kept(readers.random(), tmp_path_factory.mktemp("readers") / "random")


@pytest.fixture(scope="module")
def reader(home: Path) -> Reader:
    return Reader(home, threads=2, model=FLOAT)


@pytest.fixture(scope="module")
def pointer(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(
        readers.kept(readers.pointing(), tmp_path_factory.mktemp("readers") / "pointing"), threads=2, model=FLOAT
    )


# -- reading -----------------------------------------------------------------------------


def test_readings_come_in_the_order_given(home: Path) -> None:
    def read(some: list[tuple[str, str]]) -> list[Reading]:
        return Reader(home, threads=2, model=FLOAT).read("What will start?", some)  # one that remembers nothing

    passages = [("News", text) for text in TEXTS]
    given = read(passages)
    assert len(given) == len(TEXTS)
    for order in ([3, 1, 0, 2], [2, 2, 3]):
        assert read([passages[i] for i in order]) == [given[i] for i in order]
    assert [read([one])[0] for one in passages] == given
    assert len({r.relevance for r in given}) == len(TEXTS)
    assert read([]) == []


def test_what_was_read_lately_for_the_same_question_is_not_read_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, read = Reader(home, threads=2, model=FLOAT), list[int]()
    once = Reader._read_one
    monkeypatch.setattr(Reader, "_read_one", lambda self, pair: (read.append(1), once(self, pair))[1])
    passages = [("News", text) for text in TEXTS]
    first = reader.read("What will start?", passages[:2])
    both = reader.read("What will start?", passages)
    assert both[:2] == first
    assert len(read) == len(TEXTS)
    reader.read("What will end?", passages)
    reader.read("What will start?", [("Old news", text) for text in TEXTS])
    assert len(read) == 3 * len(TEXTS)


def test_readings_have_their_shape(reader: Reader) -> None:
    for text, reading in zip(TEXTS, reader.read("Why?", [("", text) for text in TEXTS]), strict=True):
        assert 0 < reading.answerable < 1
        assert len(reading.spans) <= SPANS
        assert bool(reading.spans) == bool(text)
        assert [s.score for s in reading.spans] == sorted((s.score for s in reading.spans), reverse=True)
        assert all(0 <= s.start < s.end <= len(text) for s in reading.spans)


def test_an_answer_is_found_wherever_it_stands(pointer: Reader) -> None:
    text = f"A {WORD} is here."
    reading = pointer.read("Where?", [("", text)])[0]
    assert text[reading.spans[0].start : reading.spans[0].end] == WORD
    assert reading.spans[0].score > 0
    assert all(s.score < reading.spans[0].score for s in reading.spans[1:])
    assert pointer.read("Where?", [("", "Nothing is here.")])[0].spans[0].score < reading.spans[0].score / 2


def test_a_long_text_is_read_to_its_end(pointer: Reader) -> None:
    words = ["word"] * 1500
    for at in (0, 287, 288, 700, 1499):
        text = " ".join([*words[:at], WORD, *words[at + 1 :]])
        span = pointer.read("Where?", [("", text)])[0].spans[0]
        assert text[span.start : span.end] == WORD
        assert span.start == len(" ".join(words[:at])) + (at > 0)


def test_a_title_is_not_read(pointer: Reader) -> None:
    with_it, without = (pointer.read("Where?", [(title, "Nothing is here.")])[0] for title in (WORD, "Rain"))
    assert with_it.spans[0].score == pytest.approx(without.spans[0].score, abs=0.1)


# -- laws --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_best_are_the_best_that_do_not_overlap(size: int) -> None:
    chance = np.random.default_rng(size)
    starts, ends = chance.normal(size=(2, size)).astype(np.float32)
    for n, longest in itertools.product((1, 3, 50), (1, 5, LONGEST)):
        places = [(s, e, float(starts[s] + ends[e])) for s in range(size) for e in range(s, min(size, s + longest))]
        wanted: list[tuple[int, int, float]] = []
        for start, end, score in sorted(places, key=lambda p: -p[2]):
            if len(wanted) < n and all(end < s or start > e for s, e, _ in wanted):
                wanted.append((start, end, score))
        assert best(starts, ends, n, longest) == wanted


def test_best_of_nothing() -> None:
    assert best(np.zeros(0, np.float32), np.zeros(0, np.float32)) == []


def test_a_score_is_measured_against_no_answer() -> None:
    passage = tokens(TOKENS, "It rained in London")
    batch = lay_out([(tokens(TOKENS, "Where?"), tokens(TOKENS, "Rain"), passage)])
    spans = np.full((1, batch.ids.shape[1], 2), -5, np.float32)
    spans[0, 0] = (1.0, 2.0)
    spans[0, batch.firsts[0] + 3] = (4.0, 6.0)
    reading = decode(batch, [passage], np.array([[0.5, 0.0]], np.float32), spans)[0]
    assert (reading.relevance, reading.answerable) == (0.5, 0.5)
    assert reading.spans[0] == Span(13, 19, 4 + 6 - 1 - 2)


def test_windows_together_are_the_best_of_each() -> None:
    chance = random.Random(4)
    for _ in range(200):
        found = []
        for _ in range(chance.randint(1, 4)):
            starts = sorted(chance.sample(range(0, 60, 5), SPANS))
            spans = [Span(s, s + chance.randint(1, 5), chance.random()) for s in starts]
            spans.sort(key=lambda s: -s.score)
            found.append(Reading(chance.random(), chance.random(), tuple(spans)))
        one = together(found)
        every = [s for r in found for s in r.spans]
        assert one.relevance == max(r.relevance for r in found)
        assert one.answerable == max(r.answerable for r in found)
        assert len(one.spans) <= SPANS
        assert set(one.spans) <= set(every)
        assert one.spans[0] == max(every, key=lambda s: s.score)
        assert not [1 for a, b in itertools.combinations(one.spans, 2) if a.start < b.end and b.start < a.end]
        for left in set(every) - set(one.spans):
            better = [s for s in one.spans if s.score >= left.score]
            assert len(better) == SPANS or any(s.start < left.end and left.start < s.end for s in better)


# -- files -------------------------------------------------------------------------------


def test_what_was_shipped_is_read(home: Path) -> None:
    check(home)


@pytest.mark.parametrize("name", [FLOAT, TOKENIZER, "SHA256.json"])
def test_a_missing_file_is_named(home: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(home, tmp_path / "reader")
    (folder / name).unlink()
    with pytest.raises(ReaderError, match=name):
        check(folder)


@pytest.mark.parametrize("name", [FLOAT, TOKENIZER])
def test_another_file_is_refused(home: Path, tmp_path: Path, name: str) -> None:
    folder = shutil.copytree(home, tmp_path / "reader")
    with (folder / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(ReaderError, match=name):
        check(folder)
    with pytest.raises(ReaderError, match=name):
        Reader(folder, model=FLOAT).read("Why?", [("", "Rain.")])


def test_sums_that_are_no_sums(home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(home, tmp_path / "reader")
    (folder / "SHA256.json").write_text("{", encoding="utf-8")
    with pytest.raises(ReaderError, match="Install Dateline again"):
        check(folder)


def test_the_shipped_reader_is_whole_and_small() -> None:
    check(FOLDER)
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 30_000_000


def test_the_shipped_reader_reads() -> None:
    text = "Tokayev visited Belgrade on Tuesday and met the president of Serbia."
    passages = [("Floods", TEXTS[3]), ("A visit", text), ("Rain", "It rained all over the country.")]
    found = load().read("Who visited Belgrade?", passages)
    assert max(range(3), key=lambda i: found[i].relevance) == 1
    assert max(range(3), key=lambda i: found[i].answerable) == 1
    assert "Tokayev" in text[found[1].spans[0].start : found[1].spans[0].end]


def test_neither_torch_nor_transformers_is_loaded(home: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from rag.search.reader import Reader\n"
        f"print(len(Reader(Path(sys.argv[1]), model={FLOAT!r}).read('Why?', [('', 'Rain.')])))\n"
        "print(*{m.split('.')[0] for m in sys.modules})"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, str(home)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    count, loaded = run.stdout.splitlines()
    assert count == "1"
    assert not {"torch", "transformers", "sentence_transformers", "onnx"} & set(loaded.split())
    assert "onnxruntime" in loaded.split()
