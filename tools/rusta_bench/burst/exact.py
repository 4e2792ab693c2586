"""What must be nothing: differences between ways to compute the same burst, and allocations in one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from rusta_bench.burst.place import ROOT, measure
from rusta_bench.burst.rows import missing
from rusta_bench.table import Row

NAN = float("nan")


def exact(place: Path, quick: bool) -> Iterator[Row]:
    """Bits that differ between threads, strategies and the NumPy twin; bytes of a plastic synapse; allocations."""
    f = measure(place, "exact", neurons=2_000 if quick else 20_000, bursts=100 if quick else 300)
    if "error" in f:
        yield missing("bits that differ", "", f)
        return
    told = f"{f['spikes']:,} spikes of {f['bursts']} bursts, potentials and sums of {', '.join(f['ways'])}"
    yield Row("bits that differ", "1 thread", f["differ"], "bits", "0", f["differ"] == 0 and f["spikes"] > 0, told)
    memory = f["plastic bytes"]
    yield Row("plastic synapse: index, residue, way back", "", memory, "bytes", "≤ 8", memory <= 8, f["plastic"])
    yield _allocations()


def _allocations() -> Row:
    what = "allocations in a burst, any strategy"
    cargo = shutil.which("cargo")
    if cargo is None:
        return Row(what, "", NAN, "", "0", None, "cargo is not there to run the counting allocator")
    command = [cargo, "test", "--release", "--offline", "--locked", "--quiet", "--test", "burst_allocations"]
    done = subprocess.run(command, cwd=ROOT / "native", capture_output=True, text=True, check=False)
    if done.returncode == 0 and "test result: ok" in done.stdout:
        return Row(what, "counting allocator", 0, "", "0", True, "native/tests/burst_allocations.rs")
    said = (done.stdout + done.stderr).strip().splitlines() or ["no message"]
    failed = next((line.strip() for line in said if "left:" in line or "panicked" in line), None)
    return Row(what, "counting allocator", NAN, "", "0", False if failed else None, failed or said[-1])
