"""Makes an environment for each list of bench/peers, and keeps what it took: `make bench-peers`, or by name.

    bench/peers/NAME.txt  ->  .venv-peers/NAME, and when it is whole .venv-peers/NAME.json:
    {"list": "…", "seconds": 93.1, "megabytes": 1042.7}, or {"list": "…", "failed": "ERROR: No matching distribution …"}

Seconds include downloading: nothing comes out of pip's cache. What could not be installed is tried again the next time,
and a list that was edited is installed anew. Needs the standard library alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.measure import ROOT, size

LISTS = Path(__file__).resolve().parent / "peers"
PEERS = ROOT / ".venv-peers"


def main() -> int:
    names = sys.argv[1:] or sorted(path.stem for path in LISTS.glob("*.txt"))
    for path in (LISTS / f"{name}.txt" for name in names):
        known = installed(path.stem)
        if "seconds" not in known or known["list"] != path.read_text(encoding="utf-8"):
            print(f"{path.name}: installing", file=sys.stderr, flush=True)
            told = install(path, PEERS)
            print(
                f"{path.name}: {told.get('failed') or '{seconds:.0f} s, {megabytes:.0f} MB'.format(**told)}",
                file=sys.stderr,
            )
    return 0


def installed(name: str, peers: Path = PEERS) -> Mapping[str, Any]:
    """What is known of that environment; empty where it was never made."""
    path = peers / f"{name}.json"
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def install(path: Path, peers: Path, commands: Sequence[Sequence[str]] = ()) -> Mapping[str, Any]:
    """Make the environment of that list in place of an older one; a failure leaves its reason and no environment."""
    place, mark = peers / path.stem, peers / f"{path.stem}.json"
    mark.unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)
    told: dict[str, Any] = {"list": path.read_text(encoding="utf-8")}
    started = time.perf_counter()
    for command in commands or steps(path, place):
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if ran.returncode:
            errors = [line for line in ran.stderr.splitlines() if line.strip()] or [f"{command} failed"]
            told["failed"] = next((line for line in errors if line.startswith("ERROR")), errors[-1])
            shutil.rmtree(place, ignore_errors=True)
            break
    else:
        told |= {"seconds": time.perf_counter() - started, "megabytes": size(place)}
    peers.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return told


def steps(path: Path, place: Path) -> list[list[str]]:
    """The commands that make an environment there and install the list into it."""
    pip = [str(place / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    return [
        [sys.executable, "-m", "venv", str(place)],
        [*pip, "--upgrade", "pip>=24"],
        [*pip, "--no-cache-dir", "--requirement", str(path)],
    ]


if __name__ == "__main__":
    sys.exit(main())
