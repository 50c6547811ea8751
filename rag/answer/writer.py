"""The chat model answers from evidence, streaming.

    asked = request("What was agreed?", evidence, plan)
    for piece in write(asked, model, deadline=120): ...

The prompt is that of the plan's kind (prompts/*.md). The same question, evidence and earlier turns give the same
request, byte by byte.

Articles are set apart as data: each passage stands in a block whose tag is derived from the passages' own hash and
occurs nowhere in them, so that no article can close its block or open another. Earlier turns, which may repeat an
article's words, stand in a block too. No "<" and no invisible character of theirs is sent: chat templates mark roles
with the one, and words can be hidden in the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import prompts
from rag.answer.chat_model import ChatModel
from rag.background import Stop
from rag.text import one_line, visible
from rag.types import Evidence, Kind, Passage, Plan, Turn

NO_ANSWER = "NO ANSWER"
TURNS = 3  # earlier turns that the model is shown
TURN_CHARACTERS = 400  # of each of their questions and answers
FACT_CHARACTERS = 200  # of a title or an outlet

_CITED = re.compile(r"\s*\[\d+\]")
_ROLE = re.compile(r"\[(?=\s*/?\s*(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_\w+)\s*\])", re.IGNORECASE)
_QUOTED = str.maketrans('"<>', "'‹›")
_FIRST_LINE = re.compile(rf"\W*{NO_ANSWER}\W*(?:\n|$)", re.IGNORECASE)

_PROMPTS: Mapping[Kind, str] = {"comparison": "comparison", "timeline": "timeline", "summary": "summary"}
_HINTS: Mapping[Kind, str] = {  # of the kinds that share the prompt "answer"
    "list": "Name all that the passages name.",
    "yes-no": "Begin with yes or no, in the question's language, if the passages settle it.",
    "said": "Say who said it, and when.",
    "latest": "The newest passage counts; say its date.",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What a chat model is asked: the prompt's name and version, and the messages as (role, text)."""

    prompt: str
    version: str
    messages: tuple[tuple[str, str], ...]

    def trace(self, model: ChatModel, text: str) -> dict[str, Any]:
        """What was asked, of whom, and what came back, as `Answer.trace` keeps it; without the model's key."""
        messages = [{"role": role, "text": model.scrub(words)} for role, words in self.messages]
        return {
            "prompt": self.prompt, "version": self.version, "model": model.name, "messages": messages,
            "text": model.scrub(text),
        }  # fmt: skip


def write(asked: Request, model: ChatModel, *, deadline: float, stop: Stop | None = None) -> Iterator[str]:
    """The answer in pieces as they come; `deadline` in seconds. Raises ModelFault as ChatModel.stream does."""
    yield from model.stream(asked.messages, deadline=deadline, stop=stop)


def request(question: str, evidence: Evidence, plan: Plan, history: Sequence[Turn] = ()) -> Request:
    """Rules for the system; passages, earlier turns and the question for the user."""
    passages = list(evidence)
    earlier = _earlier(history)
    seal = _seal(*(f"{p.text}\0{p.title}\0{p.source}" for p in passages), earlier, question)
    tag, talk = f"passage-{seal}", f"conversation-{seal}"
    blocks = "\n\n".join(_block(number, passage, tag) for number, passage in enumerate(passages, 1))
    hints = [f"Answer as of {plan.as_of.isoformat()}."] if plan.as_of is not None else []
    hints += [_HINTS[plan.kind]] if plan.kind in _HINTS else []
    prompt = prompts.load(_PROMPTS.get(plan.kind, "answer"))
    rendered = prompt.render(
        tag=tag,
        passages=blocks,
        talk=talk,
        history=f"<{talk}>\n{earlier}\n</{talk}>\n\n" if earlier else "",
        question=one_line(question),
        hint=" ".join(hints),
    )
    return Request(prompt.name, prompt.version, tuple(rendered))


def rewriting(question: str, history: Sequence[Turn]) -> Request:
    """The request for a follow-up as a question that stands alone."""
    earlier = _earlier(history)
    prompt = prompts.load("followup")
    rendered = prompt.render(
        tag=f"conversation-{_seal(earlier, question)}", history=earlier, question=one_line(question)
    )
    return Request(prompt.name, prompt.version, tuple(rendered))


def rewrite(asked: Request, model: ChatModel, *, deadline: float, stop: Stop | None = None) -> str:
    """The question that the chat model made of a follow-up; raises ModelFault."""
    return one_line(model.complete(asked.messages, deadline=deadline, stop=stop))


def sends(evidence: Evidence, model: ChatModel) -> str:
    """What a face shows before the first passage leaves; empty for a model on this machine.

    "3 passages of 2 articles will be sent to api.openai.com (openai:gpt-5-mini)."
    """
    if model.local:
        return ""
    passages, articles = len(evidence), len({p.article_id for p in evidence})
    counted = f"{passages} passage{'s' * (passages != 1)} of {articles} article{'s' * (articles != 1)}"
    return f"{counted} will be sent to {model.place} ({model.name})."


def is_no_answer(text: str) -> bool:
    """Whether the model said that the passages do not answer: the marker as its first line, or an empty text."""
    return not text.strip() or _FIRST_LINE.match(_CITED.sub("", text)) is not None


def _block(number: int, passage: Passage, tag: str) -> str:
    date = passage.date.isoformat() if passage.date is not None else "unknown"
    facts = {"outlet": passage.source or "unknown", "date": date, "title": passage.title}
    head = " ".join(f'{name}="{_attribute(value)}"' for name, value in facts.items())
    return f'<{tag} number="{number}" {head}>\n{_harmless(passage.text)}\n</{tag}>'


def _harmless(text: str) -> str:
    return _ROLE.sub("(", visible(text).replace("<", "‹"))


def _attribute(value: str) -> str:
    return _ROLE.sub("(", one_line(value).translate(_QUOTED))[:FACT_CHARACTERS]


def _earlier(history: Sequence[Turn]) -> str:
    """The last turns, shortened, without citations: their numbers belong to other evidence."""
    lines = []
    for turn in history[-TURNS:]:
        for who, said in (("Question", turn.question), ("Answer", turn.answer)):
            text = _harmless(one_line(_CITED.sub("", said)))
            lines.append(f"{who}: {text[:TURN_CHARACTERS]}")
    return "\n".join(lines)


def _seal(*texts: str) -> str:
    """Eight hex digits that none of the texts contains, the same for the same texts: "1f0c3a9b"."""
    text = "\0".join(texts)
    attempt = 0
    while True:
        seal = sha256(f"{attempt}:{text}".encode()).hexdigest()[:8]
        if seal not in text:
            return seal
        attempt += 1
