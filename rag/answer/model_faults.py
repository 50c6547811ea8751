"""What went wrong with a chat model, in one form for all providers: a ModelFault with a kind and what to do.

Providers' errors are told apart by HTTP status and by the names of their classes, since their packages may not be
installed. Their own words are quoted only where they help, short and without keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rag.answer.providers import PROVIDERS, Target
from rag.errors import ModelFault
from rag.text import one_line

QUOTED = 200  # characters of a provider's own words

_NETWORK = {"TransportError", "APIConnectionError", "ClientConnectionError", "ClientPayloadError"}
_ENDS = ("finish_reason", "stop_reason", "done_reason", "stopReason", "status")  # in response_metadata, by provider
_CUT = {"length", "max_tokens", "model_length", "incomplete", "model_context_window_exceeded"}
_WITHHELD = {"content_filter", "safety", "refusal", "recitation", "blocklist", "prohibited_content", "spii", "error"}


def end_of(metadata: Mapping[str, Any]) -> str | None:
    """How a chunk says the answer ended, or None: {"finish_reason": "STOP"} -> "stop"."""
    for name in _ENDS:
        if isinstance(metadata.get(name), str) and metadata[name]:
            return str(metadata[name]).casefold()
    return "stop" if metadata.get("done") is True else None  # older Ollama servers give no reason


def check_end(end: str | None, said: bool, target: Target) -> None:
    """Raises ModelFault unless the answer has words and came to its end."""
    if end is not None and end in _CUT:
        raise ModelFault(f"{target.place} cut the answer off at its length limit ({end}).", "incomplete")
    if end is not None and end in _WITHHELD:
        raise ModelFault(f"{target.place} withheld the rest of the answer ({end}).", "incomplete")
    if not said:
        raise ModelFault(f"{target.place} sent an empty answer{'.' if end else _asked_right(target)}", "empty")
    if end is None:
        raise ModelFault(f"The answer of {target.place} broke off before its end.", "incomplete")


def of(error: BaseException, target: Target, *, begun: bool) -> ModelFault:
    """The fault that a provider's error is; `begun`: words had come before it."""
    status = next((s for e in _chain(error) if (s := _status(e)) is not None), None)
    if begun:
        return ModelFault(f"The answer of {target.place} broke off: {_words(error, target)}", "incomplete")
    if status is not None:
        return _by_status(status, error, target)
    if any(_is_network(e) for e in _chain(error)):
        todo = f" Is it running at {target.address}?" if target.local else ""
        return ModelFault(f"{target.place} could not be reached: {_words(error, target)}{todo}", "network")
    return ModelFault(
        f"{target.place} did not send an answer that can be read ({_words(error, target)}){_asked_right(target)}",
        "fault",
    )


def _asked_right(target: Target) -> str:
    return f". Is {target.address} the address of a chat server?" if target.own else "."


def _by_status(status: int, error: BaseException, target: Target) -> ModelFault:
    row = PROVIDERS.get(target.provider)
    said = f"HTTP {status}"
    if status in (401, 403):
        if target.own:
            key = "DATELINE_MODEL_KEY"
        else:
            key = row.keys[0] if row is not None and row.keys else f"the key of {target.provider}"
        verb = "check" if target.key else "set"
        return ModelFault(f"{target.place} refused access ({said}); {verb} {key}.", "refused")
    if status == 404:
        todo = f"; `ollama pull {target.model}` fetches it" if target.provider == "ollama" else ""
        return ModelFault(
            f"{target.place} knows no model {target.model!r} at {target.address} ({said}); check DATELINE_MODEL"
            f"{' and DATELINE_MODEL_URL' if target.own else ''}{todo}.",
            "refused",
        )
    if status in (429, 503, 529):
        return ModelFault(f"{target.place} is busy, or your quota there is used up ({said}); try later.", "busy")
    if 300 <= status < 400:
        return ModelFault(
            f"{target.place} answered with a redirect ({said}), which is not followed, so that no key goes to another "
            "address; set DATELINE_MODEL_URL to the final address.",
            "refused",
        )
    kind = "network" if status >= 500 else "refused"
    return ModelFault(f"{target.place} failed ({said}): {_words(error, target)}", kind)


def _status(error: BaseException) -> int | None:
    for holder, name in ((error, "status_code"), (error, "code"), (getattr(error, "response", None), "status_code")):
        value = getattr(holder, name, None)
        if isinstance(value, int) and 300 <= value < 600:
            return value
    return None


def _is_network(error: BaseException) -> bool:
    return isinstance(error, OSError) or any(cls.__name__ in _NETWORK for cls in type(error).__mro__)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came from; at most eight, as such chains can be circular."""
    current: BaseException | None = error
    for _ in range(8):
        if current is None:
            return
        yield current
        current = current.__cause__ or current.__context__


def _words(error: BaseException, target: Target) -> str:
    text = target.scrub(one_line(str(error))) or type(error).__name__
    return text if len(text) <= QUOTED else text[:QUOTED].rstrip() + "…"
