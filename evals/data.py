"""Reads the evaluation data that DATELINE_DATA names, and keeps archives made from it between runs."""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path


def folder() -> Path | None:
    """The folder of evaluation data, or None (said in one line) where DATELINE_DATA is unset."""
    named = os.environ.get("DATELINE_DATA")
    if not named:
        print("skipped: DATELINE_DATA is unset; it names the folder of evaluation data", file=sys.stderr)
        return None
    return Path(named)


def records(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def cached(name: str) -> Path:
    """Where an archive of that name is kept between runs (DATELINE_EVALS_CACHE moves it)."""
    home = os.environ.get("DATELINE_EVALS_CACHE")
    return (Path(home) if home else user_cache_path("dateline") / "evals") / name
