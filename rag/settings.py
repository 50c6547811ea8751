"""One frozen `Settings`: arguments over environment over dateline.toml over defaults.

    Settings.load(model="ollama:qwen3:8b").model            # the argument
    DATELINE_MODEL=ollama:qwen3:8b                          # or the environment
    model = "ollama:qwen3:8b"                               # or a line in ./dateline.toml

Unknown DATELINE_… variables are ignored; an unknown argument or line of dateline.toml is an error.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from rag.errors import UsageError

PREFIX = "DATELINE_"
FILE = "dateline.toml"


def _setting(default: Any, doc: str, *, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"doc": doc, "secret": secret})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every choice that a user has. docs/settings.md is made from this class."""

    archive: str = _setting("archive", "The folder of the archive.")
    embedder: str = _setting(
        "all-MiniLM-L6-v2",
        "The embedding model: the packaged all-MiniLM-L6-v2, or any sentence-transformers model by name or path.",
    )
    chroma: str | None = _setting(
        None, "Address of a Chroma server that holds the vectors, as http://host:port; unset: a folder in the archive."
    )
    model: str | None = _setting(
        None, "The chat model, as provider:name (ollama:qwen3:8b, openai:gpt-5-mini …); unset: the embedded reader."
    )
    model_url: str | None = _setting(None, "Address of an OpenAI-compatible server of your own.")
    model_key: str | None = _setting(
        None, "The key for `model_url`. Other keys are the providers' own variables.", secret=True
    )
    deadline: float = _setting(120.0, "Seconds for a chat model's whole answer.")
    passage_words: int = _setting(150, "Words in a passage, about.")
    passages: int = _setting(10, "Passages that a search returns and an answer may rest on.")
    passages_per_article: int = _setting(3, "At most so many passages of one article.")
    rerank: bool = _setting(True, "Rank passages with the reader; off: by full text and embeddings alone, faster.")
    evidence_words: int = _setting(1600, "Words of evidence that a chat model is given, at most.")
    abstain_below: float = _setting(
        0.25, "Below this probability that the evidence answers, the answer is that the articles do not say."
    )
    show_unsupported: bool = _setting(
        True, "Show a chat model's sentences that no passage supports, marked as such; off: leave them out."
    )
    threads: int = _setting(0, "Threads for embedding and reading; 0: as many as the machine has cores.")
    workers: int = _setting(0, "Processes that parse articles; 0: one per core, at most four.")
    max_article_mb: float = _setting(
        20.0, "A file that is one article (text, HTML, PDF, docx …) may have so many megabytes."
    )
    max_expanded_mb: float = _setting(
        2048.0, "A file of many articles, unpacked, may have so many megabytes (zip, gz, JSON lines …)."
    )
    max_ratio: float = _setting(200.0, "A packed file may grow by this factor when it is unpacked.")
    parse_seconds: float = _setting(30.0, "Seconds that reading one article may take.")
    parse_memory_mb: float = _setting(1024.0, "Megabytes of memory that reading may take.")
    fetch_seconds: float = _setting(20.0, "Seconds for fetching one page or feed.")
    fetch_mb: float = _setting(20.0, "Megabytes that one page or feed may have.")
    private_addresses: bool = _setting(
        False, "Allow fetching from private and loopback addresses; off, so that no link reaches inside your network."
    )
    robots: bool = _setting(True, "Honour robots.txt.")
    auth: str | None = _setting(None, "user:password that the window asks for.", secret=True)
    auth_file: str | None = _setting(
        None, "File of the people who may use the window, as `dateline person NAME` writes it; goes before `auth`."
    )
    auth_header: str | None = _setting(
        None, "Header in which a proxy on this machine names the user whom it has let in; from elsewhere it is refused."
    )

    language: str | None = _setting(
        None,
        "Language of the window: en, ru, kk or sr (Latin script); unset: that of each browser, where it is one of them.",
    )

    @classmethod
    def load(
        cls,
        *,
        environ: Mapping[str, str] | None = None,
        folder: str | Path = ".",
        **arguments: Any,
    ) -> Settings:
        """The settings in force; an argument that is None counts as not given.

        Raises UsageError for an unknown argument, an unknown line of dateline.toml or a value
        of the wrong type, naming where it came from.
        """
        environ = os.environ if environ is None else environ
        known = {f.name: f for f in fields(cls)}
        values: dict[str, Any] = {}
        path = Path(folder) / FILE
        if path.is_file():
            try:
                lines = tomllib.loads(path.read_text(encoding="utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as e:
                raise UsageError(f"{path} could not be read: {e}") from e
            for name, value in lines.items():
                values[name] = _convert(_known(known, name, str(path)), value, f"{name} in {path}")
        for name, f in known.items():
            variable = PREFIX + name.upper()
            if environ.get(variable):
                values[name] = _convert(f, environ[variable], variable)
        for name, value in arguments.items():
            f = _known(known, name, "the arguments")
            if value is not None:
                values[name] = _convert(f, value, f"the argument {name}")
        return cls(**values)

    def changed(self, **arguments: Any) -> Settings:
        """These settings with some others; None stands for an unset one. Raises UsageError as `load` does."""
        known = {f.name: f for f in fields(self)}
        values: dict[str, Any] = {}
        for name, value in arguments.items():
            f = _known(known, name, "the arguments")
            values[name] = None if value is None else _convert(f, value, f"the argument {name}")
        return replace(self, **values)


def _known(known: Mapping[str, Field[Any]], name: str, where: str) -> Field[Any]:
    if name not in known:
        raise UsageError(f"{where} name the setting {name!r}, which there is not; there are: {', '.join(known)}")
    return known[name]


def _convert(f: Field[Any], value: Any, where: str) -> Any:
    """`value` as the type that the field's annotation names; numbers may come as strings."""
    kind = str(f.type).removesuffix(" | None")
    try:
        if kind == "bool":
            if isinstance(value, bool):
                return value
            return {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False,
                    "off": False}[str(value).strip().lower()]  # fmt: skip
        if kind == "int":
            number = float(value)
            if number != int(number) or number < 0:
                raise ValueError
            return int(number)
        if kind == "float":
            number = float(value)
            if not number >= 0:
                raise ValueError
            return number
        return str(value)
    except (KeyError, ValueError, TypeError, OverflowError) as e:
        wanted = {"bool": "yes or no", "int": "a whole number, not negative", "float": "a number, not negative"}
        shown = "a value" if f.metadata["secret"] else repr(value)
        raise UsageError(f"{where} is {shown}; it takes {wanted.get(kind, kind)}") from e


def table() -> list[tuple[str, str, str, str]]:
    """One row per setting: name, variable, default, what it is. docs/settings.md is made from it."""
    rows = []
    for f in fields(Settings):
        default = "" if f.default is None or f.default is MISSING else str(f.default)
        rows.append((f.name, PREFIX + f.name.upper(), default, f.metadata["doc"]))
    return rows


_PAGE = """# Settings

<!-- Made by `python -m rag.settings > docs/settings.md`; a test compares the two. -->

Every setting can be given in four places. Where two of them name it, the first of this list wins:

1. an argument: `Archive("news", model="ollama:qwen3:8b")`, or an option of the command;
2. an environment variable: `DATELINE_MODEL=ollama:qwen3:8b`;
3. a line of `dateline.toml` in the folder you work in: `model = "ollama:qwen3:8b"`;
4. the default.

An empty variable counts as not set, and a variable `DATELINE_…` that is not in the table is ignored. An argument or
a line of `dateline.toml` that is not in the table is an error, and so is a value of the wrong kind. Yes and no are
written 1 or 0, true or false, yes or no, on or off. A megabyte is a million bytes.

| setting | variable | default | what it is |
| --- | --- | --- | --- |
{rows}

Settings marked *secret* appear in no log, error, archive or repr. The keys of model providers are not settings: they
stay in the providers' own variables (`OPENAI_API_KEY`, `ANTHROPIC_API_KEY`, `GOOGLE_API_KEY`).
"""


def page() -> str:
    """docs/settings.md."""
    rows = []
    for (name, variable, default, doc), f in zip(table(), fields(Settings), strict=True):
        shown = {"": "unset", "True": "`1`", "False": "`0`"}.get(default) or f"`{default.removesuffix('.0')}`"
        secret = " *Secret.*" if f.metadata["secret"] else ""
        rows.append(f"| `{name}` | `{variable}` | {shown} | {doc}{secret} |")
    return _PAGE.format(rows="\n".join(rows))


if __name__ == "__main__":
    sys.stdout.write(page())
