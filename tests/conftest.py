"""What all tests share: no way out but loopback, and a tiny archive."""

from __future__ import annotations

import ipaddress
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.embedder import WordHash

if TYPE_CHECKING:
    from rag import Archive

os.environ["HF_HUB_OFFLINE"] = "1"
# A test run that was started in the background ignores Ctrl-C, and what it starts would too.
signal.signal(signal.SIGINT, signal.default_int_handler)
for name in [n for n in os.environ if n.startswith("DATELINE_") and n != "DATELINE_DATA"]:
    del os.environ[name]

_connect = socket.socket.connect


def _only_loopback(self: socket.socket, address: object) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple):
        host = str(address[0])
        if host != "localhost" and not ipaddress.ip_address(host.partition("%")[0]).is_loopback:
            raise OSError(f"tests reach loopback only, not {host}")
    _connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_way_out() -> Iterator[None]:
    socket.socket.connect = _only_loopback  # type: ignore[method-assign]
    yield
    socket.socket.connect = _connect  # type: ignore[method-assign]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first, so that at the end no long one runs while the other process has nothing left to do."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive with the tiny embedder."""
    from rag import Archive

    with Archive(tmp_path / "archive", embedder=WordHash()) as made:
        yield made


ARTICLES = {
    "floods.md": """---
title: Rivers burst their banks in the north
date: 2024-04-05
source: Steppe Courier
url: https://courier.example.org/floods
---
Meltwater broke two dams near Petropavl on Friday night, officials said. About 12,000 people were moved to schools
and sports halls in the region.

The ministry put the damage at 90 billion tenge. Trains to the capital were halted for three days.
""",
    "talks.md": """---
title: Leaders meet in Belgrade
date: 2024-11-19
source: Danube Wire
url: https://wire.example.org/talks
---
The two presidents named investment, farming and mining as fields in which their countries will work together.

A business council is to meet again next spring. Direct flights between the capitals were discussed.
""",
    "bridge.txt": """Old bridge closes for repair

By Nina Petrova
12 March 2023

The stone bridge over the Sava will be closed for eighteen months. Engineers found cracks in three of its arches.
Buses will take another route until the work is done.
""",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of three small articles."""
    home = tmp_path / "articles"
    home.mkdir()
    for name, text in ARTICLES.items():
        (home / name).write_text(text, encoding="utf-8")
    return home
