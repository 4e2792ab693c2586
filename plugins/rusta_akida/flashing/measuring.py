"""What a program costs on a new virtual device: the documents' ``bench_custom``."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rusta_akida.devices.device import Device, InferConfig, ProgramVariable
from rusta_akida.devices.manager import virtual_device
from rusta_akida.flashing.proof import random_inputs
from rusta_akida.program.container import Container
from rusta_akida.program.profiles import Profile, profile
from rusta_akida.program.reading import Program
from rusta_akida.program.reference import reference_outputs
from rusta_akida.program.verifying import verify_program

REPEATS = 25


@dataclass(frozen=True)
class Measured:
    """Modelled times in microseconds, by the profile's model of the link; wall times are this process's own.

    Attributes:
        programming_us, variable_us, ratio: modelled cost of a full reprogramming and of replacing the first mutable
            slot (None without one), and how many times cheaper the latter is. ratio_of_transfers: the same without the
            profile's constant for setting the mesh up, which is quoted from the documents.
        verify_ms: reading and checking the program, best of some. rows_per_s: inference, by the wall clock.
        values, mismatches: outputs that were compared with the reference.
    """

    name: str
    programming_us: float
    programming_transfers: int
    programming_octets: int
    variable_us: float | None
    variable_transfers: int | None
    ratio: float | None
    ratio_of_transfers: float | None
    verify_ms: float
    inference_us: float
    rows_per_s: float
    values: int
    mismatches: int

    def table(self) -> list[tuple[str, str, str]]:
        """Rows of (what, value, remark) for people."""
        swap = "-" if self.variable_us is None else f"{self.variable_us:,.1f} us"
        return [
            ("read and verify", f"{self.verify_ms:.3f} ms", "wall clock, best of some"),
            ("full reprogramming", f"{self.programming_us:,.1f} us",
             f"modelled; {self.programming_transfers} transfers, {self.programming_octets:,} bytes"),
            ("set_variable", swap, "modelled" if self.variable_us is not None else "no mutable slot"),
            ("set_variable is cheaper by", f"{self.ratio:,.0f} x" if self.ratio else "-",
             f"{self.ratio_of_transfers:,.1f} x by transfers and bytes alone" if self.ratio_of_transfers else ""),
            ("inference of a row", f"{self.inference_us:,.1f} us", "modelled"),
            ("rows a second", f"{self.rows_per_s:,.0f}", "wall clock, virtual device"),
            ("values compared", f"{self.values:,}", f"{self.mismatches} differ from the reference"),
        ]  # fmt: skip


def measure(container: Container, rows: int = 10_000) -> Measured:
    """Flash, swap and infer on a new virtual device. Raises as the builder, the reader and the device do."""
    program, on = container.program, profile(container.profile)
    verify_ms = _best_ms(lambda: verify_program(program.program_info, program.program_data, on))
    with virtual_device(on) as device:
        with device.measured() as programming:
            device.program_external(program.program_info, program.program_data)
        swap = _swap_cost(device, program)
        inputs = random_inputs(program, 0, rows)
        with device.measured() as inference:
            begun = time.perf_counter()
            outputs = device.infer(inputs, InferConfig())
            spent = time.perf_counter() - begun
    expected = reference_outputs(program, inputs)
    ratio, bare = _ratios(programming.modelled_us, swap[0] if swap else None, on)
    return Measured(
        name=container.name,
        programming_us=round(programming.modelled_us, 3),
        programming_transfers=programming.transfers,
        programming_octets=programming.octets,
        variable_us=swap[0] if swap else None,
        variable_transfers=swap[1] if swap else None,
        ratio=ratio,
        ratio_of_transfers=bare,
        verify_ms=verify_ms,
        inference_us=round(inference.modelled_us / rows, 3),
        rows_per_s=round(rows / max(spent, 1e-9), 1),
        values=int(expected.size),
        mismatches=int(np.count_nonzero(outputs != expected)),
    )


def _swap_cost(device: Device, program: Program) -> tuple[float, int] | None:
    """(modelled microseconds, transfers) of replacing the first mutable slot by itself; None without one."""
    if not program.slots:
        return None
    slot, number = next(iter(program.slots.items()))
    layer = program.layers[number]
    block = program.program_data[layer.offset : layer.offset + layer.spec.weight_bytes]
    with device.measured() as cost:
        device.set_variable(ProgramVariable(slot, block))
    return round(cost.modelled_us, 3), cost.transfers


def _best_ms(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """The fastest of some runs, in milliseconds of the wall clock."""
    found = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1e3)
    return round(min(found), 4)


def _ratios(programming_us: float, variable_us: float | None, on: Profile) -> tuple[float | None, float | None]:
    if not variable_us:
        return None, None
    return programming_us / variable_us, (programming_us - on.link.programming_us) / variable_us
