"""`python -m evals newsquiz | samples | gate`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("newsquiz", "samples", "gate")


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in NAMES:
        print(f"usage: python -m evals {' | '.join(NAMES)}", file=sys.stderr)
        return 2
    result = importlib.import_module(f"evals.{sys.argv[1]}").main()
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
