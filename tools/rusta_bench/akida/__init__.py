"""Reservoirs, quantisation and devices.

* states of reservoirs of three sizes, one sequence and fifty, against reservoirpy in its own environment;
* the error of float readouts on the standard tasks, and of 4-bit readouts against the source documents' recipe;
* devices: swapping a variable against programming anew, building and verifying, mismatches, faults;
* diagnostics: classes of compiler messages by a quantised readout against a logistic regression.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator

from rusta_bench.table import Row

# One thread for everybody; it must be said before numpy is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"


def _jobs_of(module: str) -> Callable[[bool], Iterator[Row]]:
    """The measurements of one module, each when its turn comes."""

    def section(quick: bool) -> Iterator[Row]:
        for _, measure in importlib.import_module(f"rusta_bench.akida.{module}").jobs(quick):
            yield from measure()

    return section


SECTIONS = {
    "states": _jobs_of("speed"),
    "tasks": _jobs_of("tasks"),
    "devices": _jobs_of("devices"),
    "classes": _jobs_of("classes"),
}
