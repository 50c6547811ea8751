"""`python -m evals NAME [options]`: one of the names below; `reader`, `newsquiz` and `support` take options (`--help`)."""

from __future__ import annotations

import importlib
import sys

NAMES = (
    "reader", "newsquiz", "xquad", "multihop", "followups", "cases", "samples", "quotations", "disagreements", "claims",
    "support", "report", "gate",
)  # fmt: skip
WITH_OPTIONS = ("reader", "newsquiz", "support")
MODULES = {"cases": "hard_cases"}  # the folder evals/cases is data


def main(arguments: list[str] | None = None) -> int:
    name, *options = (sys.argv[1:] if arguments is None else arguments) or [""]
    if name not in NAMES or (options and name not in WITH_OPTIONS):
        print(f"usage: python -m evals {' | '.join(NAMES)}; options: {' | '.join(WITH_OPTIONS)}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"evals.{MODULES.get(name, name)}")
    result = module.main(options) if name in WITH_OPTIONS else module.main()
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())
