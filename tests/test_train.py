"""Training: pairs say where the answer is, losses are what their formulas say, the encoder is BERT's, int8 stays near."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from rag.search.embedding import load as embedder
from rag.search.layout import Tokens, lay_out, tokens
from rag.search.reader import Reader
from tests import readers
from tests.readers import TOKENS
from train import card, losses
from train.data import Paragraph, Question, Squad
from train.export import FLOAT, INT8, TOKENIZER, Smoothed, quantise, refuse, seal, smoothed
from train.measure import read
from train.model import ReaderModel, pretrained
from train.pairs import Group, Maker, Pair

TEXTS = {
    "Rain": [
        "Heavy rain fell on Almaty on 12 March 1998. The mayor, Akhmet Ospanov, closed 14 schools. " * 4,
        "Almaty has 2 million inhabitants. In 1997 the city lost its rank as a capital to Astana. Rain is rare. "
        "Orchards stand on the hills above it, and in winter people skate at Medeu, high up in the mountains nearby.",
    ],
    "Trains": [
        "A railway between Astana and Almaty was finished in 1931. Its first driver was Maria Petrova. " * 3,
        "Tickets cost 5 roubles. Children under 7 paid nothing, says the historian Daniyar Ashimbaev.",
    ],
}
ASKED = [
    (0, "When did heavy rain fall on Almaty?", "12 March 1998"),
    (0, "How many schools did Akhmet Ospanov close in Almaty?", "14"),
    (1, "What became the capital after Almaty in 1997?", "Astana"),
    (2, "Who drove the first train of 1931 between Astana and Almaty?", "Maria Petrova"),
    (3, "Which historian, Daniyar, wrote about tickets?", "Daniyar Ashimbaev"),
]


def squad() -> Squad:
    paragraphs = [Paragraph(title, text) for title, texts in TEXTS.items() for text in texts]
    questions = []
    for number, text, answer in ASKED:
        start = paragraphs[number].text.index(answer)
        questions.append(Question(text, number, start, start + len(answer)))
    return Squad(tuple(paragraphs), tuple(questions), ())


def groups(seed: int = 1, times: int = 60) -> list[tuple[Question, Group]]:
    data = squad()
    maker = Maker(data, TOKENS, random.Random(seed))
    negatives = {"fulltext": [0, 1, 2, 3], "dense": [3, 1]}  # some hold the answer: they must be left out
    return [(q, g) for _ in range(times) for q in data.questions if (g := maker.group(q, negatives)) is not None]


def words(part: Tokens) -> str:
    return TOKENS.decode(list(part.ids))


# -- pairs -------------------------------------------------------------------------------


def test_the_answers_tokens_are_where_they_say() -> None:
    found = groups()
    assert len(found) == 60 * len(ASKED)
    for question, group in found:
        answer = question.answer(squad().paragraphs)
        right = group.pairs[0]
        assert right.answers
        for first, last in right.answers:
            assert words(right.passage.cut(first, last + 1)) == answer.lower()
        text = squad().paragraphs[question.paragraph].text
        spans = [text[right.passage.offsets[s][0] : right.passage.offsets[e][1]] for s, e in right.answers]
        assert spans == [answer] * len(spans)
        shown = text[right.passage.offsets[0][0] : right.passage.offsets[-1][1]]
        assert len(spans) == len(re.findall(rf"\b{answer}\b", shown)), "all of its places"


def test_windows_differ_and_stay_within_the_longest() -> None:
    sizes = {len(g.pairs[0].passage.ids) for _, g in groups()}
    assert len(sizes) > 2
    assert max(sizes) <= 240
    assert len({words(g.pairs[0].title) for _, g in groups()}) > 3


def test_no_wrong_passage_holds_the_answer() -> None:
    wrong = [(q, p) for q, g in groups() for p in g.pairs[1 : g.ranked]]
    assert wrong
    for question, pair in wrong:
        assert pair.answers == ()
        assert f" {question.answer(squad().paragraphs).lower()} " not in f" {words(pair.passage)} "
        assert words(pair.question) == words(tokens(TOKENS, question.text))


def test_a_changed_pair_asks_something_else_or_lacks_the_sentence() -> None:
    changed = [(q, g.pairs[0], p) for q, g in groups() for p in g.pairs[g.ranked :]]
    kinds = set()
    for question, right, pair in changed:
        assert pair.answers == ()
        asked, before = words(pair.question).split(), words(tokens(TOKENS, question.text)).split()
        if asked == before:
            kinds.add("cut")
            assert f" {question.answer(squad().paragraphs).lower()} " not in f" {words(pair.passage)} "
            assert len(pair.passage.ids) < len(right.passage.ids)
        else:
            kinds.add("question")
            assert pair.passage == right.passage
            assert set(asked) & set(before)
    assert kinds == {"cut", "question"}


@pytest.mark.parametrize(
    ("asked", "changed"),
    [
        ("Which county is the largest of Ruritania?", "Which county is the smallest of Ruritania?"),
        ("Who was crowned in 1904?", "Who was not crowned in 1904?"),
        ("What is a county?", None),
    ],
)
def test_a_question_is_turned_into_its_opposite(asked: str, changed: str | None) -> None:
    question = Question(asked, 0, 0, 4)
    assert Maker(squad(), TOKENS, random.Random(1))._opposite(question) == changed


def test_the_same_seed_makes_the_same_groups() -> None:
    assert groups(5, 10) == groups(5, 10)
    assert groups(5, 10) != groups(6, 10)


# -- losses, by their formulas -----------------------------------------------------------


def pair(size: int, *answers: tuple[int, int]) -> Pair:
    part = Tokens(tuple(range(1000, 1000 + size)), tuple((i, i + 1) for i in range(size)))
    return Pair(part.cut(0, 2), part.cut(0, 1), part, answers)


def softmax(values: Sequence[float]) -> np.ndarray:
    powers = np.exp(np.asarray(values, dtype=float) - max(values))
    return powers / powers.sum()


def test_listwise_is_the_right_ones_share_in_its_group() -> None:
    relevance = torch.tensor([0.3, -1.0, 2.0, 0.7, 1.5, 1.0])
    wanted = -np.log([softmax([0.3, -1.0, 2.0])[0], softmax([1.5, 1.0])[0]]).mean()
    assert losses.listwise(relevance, [3, 1, 2]).item() == pytest.approx(wanted, rel=1e-5)
    assert losses.listwise(relevance, [1] * 6).item() == 0


def test_span_is_the_chance_of_every_right_place() -> None:
    pairs = [pair(5, (0, 1), (3, 3)), pair(7), pair(3, (2, 2))]
    batch = lay_out([(p.question, p.title, p.passage) for p in pairs])
    torch.manual_seed(3)
    spans = torch.randn(*batch.ids.shape, 2) * 2
    readable = losses.readable(torch.from_numpy(batch.mask), batch.firsts, pairs)
    wanted = []
    for i, (one, first) in enumerate(zip(pairs, batch.firsts, strict=True)):
        places = [0, *range(first, first + len(one.passage.ids))]
        assert readable[i].nonzero().flatten().tolist() == places
        for side in (0, 1):
            chances = dict(zip(places, softmax(spans[i, places, side].tolist()), strict=True))
            right = {first + answer[side] for answer in one.answers} or {0}
            wanted.append(-np.log(sum(chances[place] for place in right)))
    assert losses.span(spans, readable, batch.firsts, pairs).item() == pytest.approx(np.mean(wanted), rel=1e-5)


def test_answerable_is_binary_cross_entropy() -> None:
    chances = 1 / (1 + np.exp(-np.array([0.2, 3.0])))
    wanted = -(np.log(chances[0]) + np.log(1 - chances[1])) / 2
    found = losses.answerable(torch.tensor([0.2, 3.0]), [pair(3, (1, 1)), pair(3)])
    assert found.item() == pytest.approx(wanted, rel=1e-5)


# -- the model ---------------------------------------------------------------------------


def laid_out(*texts: str) -> tuple[torch.Tensor, ...]:
    asked, title = tokens(TOKENS, "Who drove the first train?"), tokens(TOKENS, "Trains")
    batch = lay_out([(asked, title, tokens(TOKENS, text)) for text in texts])
    return tuple(torch.from_numpy(a) for a in (batch.ids, batch.kinds, batch.mask))


@pytest.mark.slow
def test_the_encoder_is_berts() -> None:
    from transformers import BertModel

    ids, kinds, mask = laid_out(*TEXTS["Trains"])
    theirs = BertModel.from_pretrained(embedder("all-MiniLM-L6-v2").folder).eval()
    states: list[torch.Tensor] = []
    ours = pretrained().eval()
    ours.layers[-1].register_forward_hook(lambda _, __, out: states.append(out))
    with torch.no_grad():
        ours(ids, kinds, mask)
        wanted = theirs(input_ids=ids, token_type_ids=kinds, attention_mask=mask).last_hidden_state
    assert mask.sum(1).unique().numel() > 1, "one of them should be padded"
    assert (states[0] - wanted)[mask.bool()].abs().max() < 1e-4


def test_padding_changes_nothing() -> None:
    model = readers.random(2)
    with torch.no_grad():
        scores, spans = model(*laid_out(*TEXTS["Trains"]))
        for i, text in enumerate(TEXTS["Trains"]):
            alone, places = model(*laid_out(text))
            assert (alone[0] - scores[i]).abs().max() < 1e-4
            assert (places[0] - spans[i, : places.shape[1]]).abs().max() < 1e-4


# -- the shipped one ---------------------------------------------------------------------


def test_smoothing_keeps_the_function_and_narrows_what_is_quantised() -> None:
    model = readers.random()
    wide = torch.ones(384)
    wide[7] = 40
    largest = {f"0 {name}": wide.clone() for name in ("qkv", "attended", "inner")} | {"0 outer": torch.ones(1536)}
    given = laid_out(TEXTS["Rain"][1])
    other = smoothed(model, largest)
    layer = other.layers[0].inner
    assert isinstance(layer, Smoothed)
    with torch.no_grad():
        for before, after in zip(model(*given), other(*given), strict=True):
            assert (before - after).abs().max() < 1e-5
    assert (wide * layer.inverse).max() / (wide * layer.inverse).median() < 40 / 5
    assert isinstance(model.layers[0].inner, torch.nn.Linear), "the model given stays as it was"


def test_the_exported_graph_is_the_model_and_int8_is_near(tmp_path: Path) -> None:
    model, paragraphs = readers.random(), squad().paragraphs
    folder = readers.kept(model, tmp_path / "reader")
    quantise(model, folder / INT8)
    seal(folder, (FLOAT, INT8, TOKENIZER))
    passages = [(p.title, p.text) for p in paragraphs]
    wanted = read(model, TOKENS, "Who drove the first train?", list(paragraphs))
    for name, near in ((FLOAT, 1e-4), (INT8, 0.2)):
        found = Reader(folder, model=name).read("Who drove the first train?", passages)
        for one, other in zip(found, wanted, strict=True):
            assert one.relevance == pytest.approx(other.relevance, abs=near)
            assert one.answerable == pytest.approx(other.answerable, abs=near)
        if name == FLOAT:
            assert [[(s.start, s.end) for s in r.spans] for r in found] == [
                [(s.start, s.end) for s in r.spans] for r in wanted
            ]
    assert (folder / INT8).stat().st_size < (folder / FLOAT).stat().st_size / 3.5


def test_a_model_too_far_from_float32_is_not_shipped() -> None:
    refuse({"same best span": 0.95}, 24_000_000)
    with pytest.raises(SystemExit, match=r"not shipped.*80%"):
        refuse({"same best span": 0.8}, 24_000_000)
    with pytest.raises(SystemExit, match=r"not shipped: 47\.0 MB"):
        refuse({"same best span": 0.95}, 47_000_000)


def test_the_card_tells_what_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "squad"
    data.mkdir()
    (data / card.FILE).write_bytes(b"questions")
    figures = tmp_path / "figures.json"
    figures.write_text('{"SQuAD v1.1 dev, F1": {"float32": 0.7412, "int8": 0.7409}}', encoding="utf-8")
    monkeypatch.setattr(card, "FIGURES", figures)
    state = {"questions": 12, "pairs": 30, "stretches": [{}, {"minutes": 9}], "measured": [{"pairs": 3, "F1": 0.61}]}
    text = card.text(state, squad(), tmp_path, {"same best span": 0.93})
    assert "| SQuAD v1.1 dev, F1 | 0.741 | 0.741 |" in text
    assert "| newsquiz, MRR | not measured yet | not measured yet |" in text
    assert "2.4 passes" in text
    assert hashlib.sha256(b"questions").hexdigest() in text
    assert "same best span | 0.930" in text
    assert "$" not in text


def test_a_model_keeps_its_shape() -> None:
    scores, spans = ReaderModel()(*laid_out("Rain.", "More rain."))
    assert scores.shape == (2, 2)
    assert spans.shape[::2] == (2, 2)
