"""The embedded answer: sentences of the articles, each with its citation, in the form that the plan's kind asks for.

    fact, yes-no, list, latest …         the sentences that answer, best first
    said                                 what the speaker said on the topic, led by the full name where it is not in them
    timeline, latest                     one of each article, in the order of the days, led by the day
    a plan with parts                    each part's sentences, led by their outlet and day
    summary                              the first sentences of the article that was found

A sentence is an article's own; what leads it ("14 March 2024: ") is ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rag.answer.evidence import Weigh
from rag.answer.extract import LONGEST, Encode, Extract, extract, first_sentences
from rag.answer.independence import independent
from rag.answer.said import Sayings, names, naming, said, voice
from rag.answer.timeline import heads, rows
from rag.text import spelled
from rag.types import Answer, Citation, Evidence, Kind, Passage, Plan, Sentence

DATED: Mapping[Kind, tuple[int, bool]] = {"timeline": (8, False), "latest": (3, True)}  # rows at most; newest first
NEWEST = 5  # articles where no topic is named
OF_A_SIDE = 2  # sentences of each side of a comparison
Cite = Callable[[Extract], Citation | None]


@dataclass(frozen=True, slots=True)
class Embedded:
    """Answers from evidence without a chat model."""

    encode: Encode
    weigh: Weigh
    sayings: Sayings = lambda id: ()

    def answer(self, plan: Plan, evidence: Evidence, cite: Cite) -> Answer | None:
        """None where no sentence answers; `cite` gives None where an article has changed meanwhile."""
        sentences: list[Sentence] = []
        citations: list[Citation] = []
        for one, lead in self._formed(plan, evidence):
            cited = [c for c in (cite(e) for e in (one, *one.agreeing)) if c is not None]
            if cited and cited[0].quote == one.text:
                citations += cited
                numbers = tuple(c.number for c in cited)
                speaker = voice(one.text, cited[0].start, cited[0].end, self.sayings(cited[0].article.id))
                sentences.append(Sentence(one.text, numbers, "supported", one.score, one.marked, lead, speaker))
        if not sentences:
            return None
        text = ("\n" if any(s.lead for s in sentences) else " ").join(numbered(s) for s in sentences)
        notices = () if sentences[0].lead else _agreed(sentences[0], citations)
        return Answer(plan.question, text, tuple(sentences), tuple(citations), notices=notices)

    def _formed(self, plan: Plan, evidence: Evidence) -> Iterator[tuple[Extract, str]]:
        """The sentences with what leads each."""
        if plan.kind == "summary" and not plan.parts:
            yield from ((one, "") for one in first_sentences(evidence))
            return
        if plan.kind in DATED and not plan.parts:
            most, newest_first = DATED[plan.kind]
            topic = plan.topic or plan.standalone
            dated = heads(evidence, NEWEST) if plan.everything else []
            for one in dated or rows(topic, evidence, self.encode, self.weigh, most=most, newest_first=newest_first):
                yield one, _led(_day_and_outlet(evidence[one.number]))
            return
        if plan.kind == "said" and plan.speaker is not None and not plan.parts:
            yield from self._said(plan, evidence, plan.speaker)
            return
        if not evidence.sides:
            yield from ((one, "") for one in self._extracted(plan, evidence, range(1, len(evidence) + 1)))
            return
        told = set[tuple[int, int]]()  # a sentence that two sides chose stands once
        for part, numbers in zip(plan.parts, evidence.sides, strict=True):
            for one in self._extracted(part, evidence, numbers, LONGEST // len(plan.parts)):
                if (one.number, one.start) in told:
                    continue
                told.add((one.number, one.start))
                yield one, _led(_outlet_and_day(evidence[one.number]))

    def _said(self, plan: Plan, evidence: Evidence, speaker: str) -> Iterator[tuple[Extract, str]]:
        """The speaker's own words; else sentences that answer and name the speaker; never somebody else's words, unless
        the speaker has no name ("the minister")."""
        found = said(plan, evidence, self.sayings, self.encode, self.weigh)
        if found:
            yield from ((one, "" if names(one.text, name) else _led(name)) for one, name in found)
            return
        usual = self._extracted(plan, evidence, range(1, len(evidence) + 1))
        yield from ((one, "") for one in (usual if speaker.islower() else naming(usual, speaker)))

    def _extracted(
        self, plan: Plan, evidence: Evidence, numbers: Sequence[int], longest: int = LONGEST
    ) -> list[Extract]:
        """What is found in the passages of these numbers: the sentences that answer; for a comparison, those that tell
        most of its topic."""
        some = Evidence(tuple(evidence.hits[n - 1] for n in numbers), evidence.enough)
        question = plan.topic or plan.standalone
        if plan.kind == "comparison":
            found = rows(question, some, self.encode, self.weigh, most=OF_A_SIDE) if numbers else []
        else:
            found = extract(question, some, self.encode, self.weigh, plan.kind, longest)
        return [_renumbered(one, numbers) for one in found]


def numbered(sentence: Sentence) -> str:
    """The sentence with what leads it, whose words it is where neither says so, and its numbers."""
    told = sentence.speaker is not None and sentence.speaker not in sentence.lead
    speaker = f" ({sentence.speaker})" if told else ""
    return sentence.lead + sentence.text + speaker + "".join(f" [{n}]" for n in sentence.citations)


def _renumbered(one: Extract, numbers: Sequence[int]) -> Extract:
    agreeing = tuple(_renumbered(other, numbers) for other in one.agreeing)
    return replace(one, number=numbers[one.number - 1], agreeing=agreeing)


def _led(words: str) -> str:
    return f"{words}: "


def _outlet_and_day(passage: Passage) -> str:
    """ "Kazinform, 19 November 2024"; the title where neither is known."""
    return ", ".join(p for p in (passage.source, spelled(passage.date)) if p) or passage.title


def _day_and_outlet(passage: Passage) -> str:
    """ "19 November 2024, Kazinform"."""
    return ", ".join(p for p in (spelled(passage.date) or "No date", passage.source) if p)


def _agreed(first: Sentence, citations: Sequence[Citation]) -> tuple[str, ...]:
    agreed = {c.article.id: c.article for c in citations if c.number in first.citations}
    apart = independent(list(agreed.values()))
    if len(agreed) < 2:
        return ()
    return (f"{len(agreed)} articles say so{'' if apart == len(agreed) else f', {apart} of them independent'}.",)
