"""``python -m rusta_hecate.sweep`` (all pairs) and ``python -m rusta_hecate.sweep falsify`` (two frequencies or one)."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rusta_hecate.errors import HecateError

if TYPE_CHECKING:
    from rusta_hecate.frequencies.falsify import Duel
    from rusta_hecate.sweep.trial import Outcome

_HORIZONS, _DUEL_STEPS = [100], [600]
_TEXT_LIMIT = 8_000_000


def main(arguments: list[str] | None = None) -> int:
    """0: the matrix stands, or two frequencies win; 1: they don't; 2: something is wrong with what was asked."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if min(options.steps or [1]) < 1:
        parser.error("--steps takes numbers of at least 1")
    try:
        _check_names(options.rule or [], options.strategy or [])
        text = _text(options.text)
        return _falsify(options, text) if options.what == "falsify" else _sweep(options, text)
    except (HecateError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)  # noqa: T201
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="xtask.py train:sweep", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("pairs", "falsify"), default="pairs")
    parser.add_argument("--out", type=Path, default=Path("build/sweep"), metavar="FOLDER", help="records and report")
    parser.add_argument("--steps", type=int, nargs="+", metavar="N", help="horizons (pairs: 100; falsify: 600)")
    parser.add_argument("--rule", nargs="+", metavar="NAME", help="only these rules (pairs: all; falsify: delta)")
    parser.add_argument("--strategy", nargs="+", metavar="NAME", help="pairs: only these strategies (all)")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--text", type=Path, metavar="FILE", help="what to train on (default: this package's sources)")
    parser.add_argument(
        "--slow-rate", type=float, nargs="+", default=[1.0], metavar="X",
        help="falsify: factors on the second level's learning rate",
    )  # fmt: skip
    return parser


def _check_names(rules: list[str], strategies: list[str]) -> None:
    if rules or strategies:
        from rusta_hecate.layers.rules import pair

        for name in rules:
            pair(name, "recurrent")
        for name in strategies:
            pair("delta", name)  # which knows every strategy


def _text(path: Path | None) -> bytes:
    if path is not None:
        with path.open("rb") as file:
            return file.read(_TEXT_LIMIT)
    from rusta_hecate.frequencies.stream import own_text

    return own_text()


@contextmanager
def _workers(jobs: int) -> Iterator[Executor]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(max(1, jobs), mp_context=get_context("spawn")) as executor:
        yield executor


def _sweep(options: argparse.Namespace, text: bytes) -> int:
    from rusta_hecate.sweep.report import falsified, page, verdict
    from rusta_hecate.sweep.runner import RECORDS, work
    from rusta_hecate.sweep.trial import Outcome, combinations, run

    wanted = combinations(options.steps or _HORIZONS, rules=options.rule, strategies=options.strategy)
    if not wanted:
        raise HecateError("no valid pair of these rules and strategies; the report of a sweep without them says why")
    with _workers(options.jobs) as executor:
        outcomes = work(wanted, run, Outcome, text, options.out / RECORDS, executor, _tell)
    (options.out / "report.html").write_text(page(wanted, outcomes), "utf-8")
    print(f"{verdict(wanted, outcomes)}; see {options.out / 'report.html'}")  # noqa: T201
    return int(falsified(wanted, outcomes))


def _tell(outcome: Outcome, left: int) -> None:
    state = "sound" if outcome.sound else "degenerate"
    print(f"{outcome.key}: {state}, loss {outcome.first:.3f} → {outcome.last:.3f}; {left} to go", flush=True)  # noqa: T201


def _falsify(options: argparse.Namespace, text: bytes) -> int:
    from rusta_hecate.frequencies.falsify import Duel, duel, pairings, verdicts
    from rusta_hecate.sweep.runner import work

    wanted = [
        one
        for steps in options.steps or _DUEL_STEPS
        for one in pairings(options.rule or ["delta"], steps, options.slow_rate)
    ]
    tell: Callable[[Duel, int], None] = lambda d, left: print(  # noqa: E731, T201
        f"{d.key}: k=1 {d.one:.4f}, k=2 {d.two:.4f} bits a byte; {left} to go", flush=True
    )
    with _workers(options.jobs) as executor:
        found = work(wanted, duel, Duel, text, options.out / "duels.jsonl", executor, tell)
    every = verdicts(wanted, found)
    report = "\n".join(one.to_markdown() for one in every)
    (options.out / "falsify.md").write_text(report, "utf-8")
    print(report)  # noqa: T201
    return 0 if all(one.better for one in every) else 1


if __name__ == "__main__":
    sys.exit(main())
