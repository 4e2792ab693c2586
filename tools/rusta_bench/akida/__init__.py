"""Reservoirs, quantisation and devices.

* states of reservoirs of three sizes, one sequence and fifty, against reservoirpy in its own environment;
* the error of float readouts on the standard tasks, and of 4-bit readouts against the source documents' recipe;
* devices: swapping a variable against programming anew, building and verifying, mismatches, faults;
* diagnostics: classes of compiler messages by a quantised readout against a logistic regression.
"""

from __future__ import annotations

import os

from rusta_bench.table import Row

# One thread for everybody; it must be said before numpy is imported.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"


def run(*, quick: bool = False) -> list[Row]:
    """All comparisons of this benchmark."""
    from rusta_bench.akida import classes, devices, speed, tasks

    return [row for part in (speed, tasks, devices, classes) for row in part.rows(quick)]
