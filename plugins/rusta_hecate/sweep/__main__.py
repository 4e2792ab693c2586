"""``python -m rusta_hecate.sweep`` (all pairs) and ``python -m rusta_hecate.sweep falsify`` (two frequencies or one)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_hecate.errors import HecateError

if TYPE_CHECKING:
    from rusta_hecate.sweep.trial import Outcome


def main(arguments: list[str] | None = None) -> int:
    """0: the matrix stands, or two frequencies win; 1: they don't; 2: something is wrong with what was asked."""
    options = _parser().parse_args(arguments)
    try:
        text = _text(options.text)
        options.out.mkdir(parents=True, exist_ok=True)
        return _falsify(options, text) if options.what == "falsify" else _sweep(options, text)
    except (HecateError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xtask.py train:sweep", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("pairs", "falsify"), default="pairs")
    parser.add_argument("--out", type=Path, default=Path("build/sweep"), metavar="FOLDER", help="records and report")
    parser.add_argument("--steps", type=int, nargs="+", metavar="N", help="horizons (pairs: 100; falsify: 600)")
    parser.add_argument("--rule", default="delta", help="the memory rule of falsify")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--text", type=Path, metavar="FILE", help="what to train on (default: this package's sources)")
    return parser


def _text(path: Path | None) -> bytes:
    if path is not None:
        return path.read_bytes()
    from rusta_hecate.frequencies.stream import own_text

    return own_text()


def _sweep(options: argparse.Namespace, text: bytes) -> int:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from rusta_hecate.sweep.report import LIMIT, degenerate, page, verdict
    from rusta_hecate.sweep.runner import sweep
    from rusta_hecate.sweep.trial import combinations

    wanted = combinations(options.steps or [100])
    with ProcessPoolExecutor(max(1, options.jobs), mp_context=get_context("spawn")) as executor:
        outcomes = sweep(wanted, text, options.out, executor, _tell)
    (options.out / "report.html").write_text(page(wanted, outcomes), "utf-8")
    print(f"{verdict(outcomes)}; see {options.out / 'report.html'}")  # noqa: T201
    return int(degenerate(outcomes) > LIMIT)


def _tell(outcome: Outcome, left: int) -> None:
    state = "sound" if outcome.sound else "degenerate"
    print(f"{outcome.key}: {state}, loss {outcome.first:.3f} → {outcome.last:.3f}; {left} to go", flush=True)  # noqa: T201


def _falsify(options: argparse.Namespace, text: bytes) -> int:
    from rusta_hecate.frequencies.falsify import falsify

    found = falsify(text, rule=options.rule, steps=(options.steps or [600])[0])
    (options.out / "falsify.md").write_text(found.to_markdown(), "utf-8")
    print(found.to_markdown())  # noqa: T201
    return 0 if found.better else 1


if __name__ == "__main__":
    sys.exit(main())
