"""An answer as JSON text that gives it back whole: load(dump(answer)) == answer.

An article or passage that several citations share is written once. A field that this version does not know is left
out, and one that an older version did not write gets its default.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from rag.types import Answer, Article, Passage

SHARED = {Article: "articles", Passage: "passages"}


def dump(answer: Answer) -> str:
    shared: dict[str, dict[str, Any]] = {name: {} for name in SHARED.values()}
    record = _plain(answer, shared)
    return json.dumps({"answer": record, **shared}, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Answer:
    record = json.loads(text)
    shared = {type: {key: _made(type, one, {}) for key, one in record[name].items()} for type, name in SHARED.items()}
    answer: Answer = _made(Answer, record["answer"], shared)
    return answer


def _plain(value: Any, shared: dict[str, dict[str, Any]]) -> Any:
    if isinstance(value, Article | Passage):
        kept = shared[SHARED[type(value)]]
        record = {name: _plain(one, {}) for name, one in asdict(value).items()}
        # two versions of one article may be cited by the same answer
        key = next((k for k, one in kept.items() if one == record), f"{len(kept) + 1}")
        kept[key] = record
        return key
    if is_dataclass(value):
        return {f.name: _plain(getattr(value, f.name), shared) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v, shared) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v, shared) for v in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _made(kind: Any, value: Any, shared: Mapping[Any, Mapping[str, Any]]) -> Any:
    """`value`, as json gives it, as the annotation `kind` wants it."""
    if isinstance(kind, type) and kind in shared:
        return shared[kind][value]
    if isinstance(kind, type) and is_dataclass(kind):
        hints = _hints(kind)
        return kind(**{name: _made(hints[name], one, shared) for name, one in value.items() if name in hints})
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    origin, inside = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return None if value is None else _made(_meant(inside, value), value, shared)
    if origin is tuple and len(inside) == 2 and inside[1] is ...:
        return tuple(_made(inside[0], one, shared) for one in value)
    if origin is tuple:
        return tuple(_made(one, v, shared) for one, v in zip(inside, value, strict=True))
    return value


def _meant(kinds: tuple[Any, ...], value: Any) -> Any:
    """Which of a union: its only one besides None, else the plain type that the value already has."""
    some = [kind for kind in kinds if kind is not type(None)]
    return some[0] if len(some) == 1 else type(value)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
