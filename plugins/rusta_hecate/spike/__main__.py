"""``python -m rusta_hecate.spike [--write FILE]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rusta_hecate.spike.enzyme import OUTCOMES, investigate


def main(arguments: list[str] | None = None) -> int:
    """Print the notebook, and write it where asked. Every outcome is a success of the spike."""
    parser = argparse.ArgumentParser(
        prog="xtask.py spike:enzyme", description="can Enzyme differentiate a memory rule?"
    )
    parser.add_argument("--write", nargs="?", type=Path, const=Path("docs/explanation/enzyme-spike.md"), metavar="FILE")
    options = parser.parse_args(arguments)
    found = investigate(lambda line: print(line, file=sys.stderr))  # noqa: T201
    print(found.to_markdown())  # noqa: T201
    if options.write is not None:
        options.write.parent.mkdir(parents=True, exist_ok=True)
        options.write.write_text(found.to_markdown(), "utf-8")
    print(f"outcome {found.outcome}: it {OUTCOMES[found.outcome]}", file=sys.stderr)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
