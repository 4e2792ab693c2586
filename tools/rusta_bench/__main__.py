"""``python -m rusta_bench NAME [--only PART] [--json FILE] [--go-on] [--quick] [--fit]``.

A benchmark is a package with ``run(quick=…)``, or with ``SECTIONS``: names of parts that can be measured alone.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType

from rusta_bench.record import Record
from rusta_bench.table import Row, print_head, print_row

BENCHES = ("akida", "burst", "hecate", "runtime")
Section = Callable[[bool], Iterable[Row]]


def sections_of(name: str, module: ModuleType) -> dict[str, Section]:
    """The parts of a benchmark; one of its name where it has none."""
    found: dict[str, Section] | None = getattr(module, "SECTIONS", None)
    return found if found is not None else {name: lambda quick: module.run(quick=quick)}


def chosen(names: Iterable[str], asked: list[str]) -> list[str]:
    """The parts whose name begins with one of ``asked``; all when nothing was asked for.

    Raises:
        ValueError: nothing begins like that.
    """
    names = list(names)
    for begin in asked:
        if not any(name.startswith(begin) for name in names):
            raise ValueError(f"no part begins with {begin!r}; there are {', '.join(names)}")
    return [name for name in names if not asked or any(name.startswith(begin) for begin in asked)]


def main() -> int:
    """Run one benchmark, print its rows as they come, and keep its figures when asked."""
    parser = argparse.ArgumentParser(prog="xtask.py bench")
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument(
        "--only", metavar="PART", action="append", default=[], help="only parts with names like this; may be repeated"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures there; other parts' stay")
    parser.add_argument("--go-on", action="store_true", help="leave out the parts that FILE has whole")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    parser.add_argument("--fit", action="store_true", help="measure what a cost model assumes, and write that down")
    arguments = parser.parse_args()
    if arguments.fit:
        fit = getattr(importlib.import_module(f"rusta_bench.{arguments.name}"), "fit", None)
        if fit is None:
            parser.error(f"{arguments.name} has no cost model to fit")
        print(fit(arguments.quick))
        return 0
    sections = sections_of(arguments.name, importlib.import_module(f"rusta_bench.{arguments.name}"))
    try:
        names = chosen(sections, arguments.only)
        record = Record(arguments.json)
    except ValueError as error:
        parser.error(str(error))
    if arguments.go_on:
        names = [name for name in names if name not in record.parts()]
    told: Counter[bool | None] = Counter()
    print_head()
    for name in names:
        record.begin(name)
        for row in sections[name](arguments.quick):
            print_row(row)
            record.add(name, row)
            told[row.met] += 1
        record.end(name)
    print(f"{told[True]} met, {told[False]} not met, {told[None]} without a goal or not measured")
    return 0


if __name__ == "__main__":
    sys.exit(main())
