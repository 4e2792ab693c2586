"""Reservoirs, quantisation and devices.

* states of reservoirs of three sizes, one sequence and fifty, against reservoirpy in its own environment;
* the error of float readouts on the standard tasks, and of 4-bit readouts against the source documents' recipe;
* devices: swapping a variable against programming anew, building and verifying, mismatches, faults;
* diagnostics: classes of compiler messages by a quantised readout against a logistic regression.
"""

from __future__ import annotations

import os
import time

from rusta_bench.table import Row

# One thread for everybody; it must be said before numpy is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"


def run(*, quick: bool = False, only: str = "") -> list[Row]:
    """The comparisons of this benchmark whose name has ``only`` in it; told one by one as they are made."""
    from rusta_bench.akida import classes, devices, speed, tasks

    found: list[Row] = []
    jobs = [job for part in (speed, tasks, devices, classes) for job in part.jobs(quick)]
    for name, measure in jobs:
        if only.lower() in name.lower():
            began = time.perf_counter()
            found += measure()
            print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    if not found:
        raise SystemExit("no measurement is called so; there are:\n" + "\n".join(f"  {name}" for name, _ in jobs))
    return found
