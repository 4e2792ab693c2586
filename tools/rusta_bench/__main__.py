"""``python -m rusta_bench NAME [--json FILE] [--quick] [--only TEXT]``."""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import sys
from pathlib import Path

from rusta_bench.table import print_rows

BENCHES = ("akida", "burst", "hecate", "runtime")


def main() -> int:
    """Run one benchmark, print its table, and write its figures when asked."""
    parser = argparse.ArgumentParser(prog="xtask.py bench")
    parser.add_argument("name", choices=BENCHES)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, for a first look")
    parser.add_argument("--only", metavar="TEXT", help="only the rows whose name has TEXT in it, where that is offered")
    arguments = parser.parse_args()
    run = importlib.import_module(f"rusta_bench.{arguments.name}").run
    options = {"quick": arguments.quick}
    if arguments.only is not None:
        if "only" not in inspect.signature(run).parameters:
            parser.error(f"the benchmark {arguments.name} runs as a whole; leave --only out")
        options["only"] = arguments.only
    rows = run(**options)
    print_rows(rows)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps([row.to_json() for row in rows], indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
