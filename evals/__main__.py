"""`python -m evals reader | newsquiz | samples | claims | support | gate`; some take options (`--help`)."""

from __future__ import annotations

import importlib
import sys

NAMES = ("reader", "newsquiz", "samples", "claims", "support", "gate")
WITH_OPTIONS = ("reader", "newsquiz", "support")


def main(arguments: list[str] | None = None) -> int:
    name, *options = (sys.argv[1:] if arguments is None else arguments) or [""]
    if name not in NAMES or (options and name not in WITH_OPTIONS):
        print(f"usage: python -m evals {' | '.join(NAMES)}; options: {' | '.join(WITH_OPTIONS)}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"evals.{name}")
    result = module.main(options) if name in WITH_OPTIONS else module.main()
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
