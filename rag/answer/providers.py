"""Who can be asked: one row per provider; and where a model is that the settings name, and what opens it."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from rag.errors import ModelMissing, UsageError
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Provider:
    """`keys`: variables that hold the key, best first. `elsewhere`: variables that would move the address."""

    name: str
    package: str
    extra: str
    keys: tuple[str, ...]
    address: str
    elsewhere: tuple[str, ...]
    steady: re.Pattern[str]  # names of models that take temperature 0


PROVIDERS: Mapping[str, Provider] = {
    row.name: row
    for row in (
        Provider(
            "openai", "langchain_openai", "openai", ("OPENAI_API_KEY",), "https://api.openai.com/v1",
            ("OPENAI_BASE_URL", "OPENAI_API_BASE"),
            re.compile(r"(?!.*(?:^|/)(?:o\d|gpt-[5-9]|codex))"),  # reasoning models refuse a temperature
        ),
        Provider(
            "anthropic", "langchain_anthropic", "anthropic", ("ANTHROPIC_API_KEY",), "https://api.anthropic.com",
            ("ANTHROPIC_BASE_URL", "ANTHROPIC_API_URL"),
            re.compile(r"claude-(?:3|(?:opus|sonnet|haiku)-4(?:-[0-6](?:-|$)|-20|$))"),  # newer ones refuse it
        ),
        Provider(
            "ollama", "langchain_ollama", "ollama", (), "http://127.0.0.1:11434", (), re.compile(""),
        ),
        Provider(
            "google_genai", "langchain_google_genai", "google", ("GOOGLE_API_KEY", "GEMINI_API_KEY"),
            "https://generativelanguage.googleapis.com", ("GOOGLE_GEMINI_BASE_URL",),
            re.compile(r"gemini-[12]"),  # later ones are made for their own temperature
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A model, where it is and what opens it; `secrets` are blotted out of whatever is said about it."""

    provider: str
    model: str
    address: str
    local: bool
    own: bool  # a server of the user's own
    place: str
    key: str | None = field(repr=False, default=None)
    secrets: tuple[str, ...] = field(repr=False, default=())
    proxy: str | None = field(repr=False, default=None)

    @property
    def name(self) -> str:
        return f"{self.provider}:{self.model}"

    def scrub(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "…")
        return text


def target_of(settings: Settings, environ: Mapping[str, str]) -> Target:
    """What settings and environment name; raises UsageError or ModelMissing."""
    named = (settings.model or "").strip()
    provider, _, model = named.partition(":")
    secrets = _secrets(settings, environ)
    if settings.model_url:
        if provider in PROVIDERS and provider not in ("openai", "ollama"):
            raise UsageError(
                f"DATELINE_MODEL_URL is the address of an OpenAI-compatible server, and the model is {named!r}; "
                "write openai:NAME, with the name that the server knows, or leave DATELINE_MODEL_URL out"
            )
        if provider not in PROVIDERS:
            provider, model = "openai", named  # a colon may be part of a server's own name for a model
        _named(model, named)
        address, place, local = _place(settings.model_url, "DATELINE_MODEL_URL", path="/v1" * (provider == "openai"))
        return Target(provider, model, address, local, True, place, settings.model_key, secrets)
    _named(model, named)
    row = PROVIDERS.get(provider)
    if row is None:
        return Target(provider, model, "", False, False, provider, None, secrets)
    address, place, local = _own_place(row, model, environ)
    key = next((environ[name] for name in row.keys if environ.get(name)), None)
    if row.keys and key is None:
        hint = "; DATELINE_MODEL_KEY is for DATELINE_MODEL_URL alone" if settings.model_key else ""
        raise ModelMissing(f"{named} needs a key, and {' and '.join(row.keys)} is not set; set it{hint}")
    if provider == "ollama" and place == "ollama.com":  # a key for its cloud is no business of another server's
        key = environ.get("OLLAMA_API_KEY")
    proxy = environ.get("OPENAI_PROXY") if provider == "openai" else None
    return Target(provider, model, address, local, False, place, key, secrets, proxy)


def _named(model: str, named: str) -> None:
    if not model.strip():
        raise UsageError(
            f"the model is {named!r}; it takes provider:name, as ollama:qwen3:8b or openai:gpt-5-mini "
            f"(providers: {', '.join(PROVIDERS)}, and any other of LangChain's init_chat_model)"
        )


def _secrets(settings: Settings, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Every value that may be a credential, longest first; a shorter one would be found in ordinary words."""
    values = {settings.model_key, *(v for k, v in environ.items() if k.upper().endswith(("_KEY", "_TOKEN", "_SECRET")))}
    return tuple(sorted((v for v in values if v and len(v) >= 6), key=len, reverse=True))


def _own_place(row: Provider, model: str, environ: Mapping[str, str]) -> tuple[str, str, bool]:
    """The provider's own address; variables that would lead elsewhere are refused, not followed and not ignored."""
    for variable in row.elsewhere:
        if environ.get(variable) and _bare(environ[variable]) != _bare(row.address):
            raise UsageError(
                f"{variable} is set, which would send your key and the passages to another address than "
                f"{row.address}; set DATELINE_MODEL_URL (and DATELINE_MODEL_KEY) to mean it, or unset {variable}"
            )
    if row.name != "ollama":
        return _place(row.address, row.name)
    host = environ.get("OLLAMA_HOST", "").strip()
    url = host if "://" in host else f"http://{host}" if host else row.address
    if "://" in url and urlsplit(url).hostname == "0.0.0.0":  # what a server listens on, not where it is
        url = url.replace("0.0.0.0", "127.0.0.1", 1)
    try:
        if urlsplit(url).port is None and not url.startswith("https://"):
            url = f"{url.rstrip('/')}:11434"
    except ValueError:
        pass  # _place says what is wrong with it
    address, place, local = _place(url, "OLLAMA_HOST")
    if re.search(r"[-:]cloud$", model) and local:  # Ollama runs these on its own servers
        return address, f"ollama.com (by {place})", False
    return address, place, local


def _bare(address: str) -> str:
    return address.rstrip("/").removesuffix("/v1").casefold()


def _place(url: str, what: str, path: str = "") -> tuple[str, str, bool]:
    """An address as (its full form, host and port as shown, whether it is this machine)."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(f"{what} is not an address; it takes http://host:port or https://host")
    if parts.username is not None or parts.password is not None or parts.query:
        raise UsageError(f"{what} holds a password or a query; a key goes into DATELINE_MODEL_KEY")
    shown = f"[{host}]" if ":" in host else host
    shown = f"{shown}:{port}" if port is not None else shown
    return f"{parts.scheme}://{shown}{parts.path.rstrip('/') or path}", shown, _is_loopback(host)


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
