"""`python -m tests.soak_kill 500`: kills at random instants with the real embedder; about six seconds each."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.killing import soak

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        soak(int(sys.argv[1]), Path(folder), "all-MiniLM-L6-v2")
