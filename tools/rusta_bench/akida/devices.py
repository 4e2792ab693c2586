"""The virtual device: swapping weights against programming anew, mismatches with the reference, faults of the link.

Times of the link are modelled by the device's profile (the constant for setting up the mesh is quoted from the source
documents); only their ratio means anything. Build and verify is the wall clock of this process.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from rusta_akida import (
    Activation,
    Chip,
    Container,
    Device,
    DeviceError,
    DeviceManager,
    FaultKind,
    FaultPlan,
    Gadget,
    Program,
    ProgramBuilder,
    measure,
    reference_outputs,
    verify_program,
    virtual_device,
)
from rusta_bench.table import Job, Row

VALUES = 1_000_000
ROUNDS = 60


def jobs(quick: bool) -> list[Job]:
    """All that is measured about devices."""
    return [
        ("set_variable", _swap),
        ("build and verify", _build),
        ("device outputs that differ", partial(_mismatches, quick)),
        ("faults", partial(_faults, quick)),
    ]


def _integers(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(-7, 8, shape).astype(np.int8)


def _deep(seed: int = 0) -> Program:
    return (
        ProgramBuilder()
        .sdk_version("2.18.2")
        .input_conv(in_features=128, out_features=128, weights=_integers(seed, 128, 128), threshold=100.0,
                    activation=Activation(4, 300.0))
        .fully_connected(in_features=128, out_features=2, weights=_integers(seed + 1, 2, 128), mutable=True, slot_id=0)
        .build()
    )  # fmt: skip


def _readout(seed: int, inputs: int, outputs: int) -> Program:
    weights = _integers(seed, outputs, inputs)
    return (
        ProgramBuilder()
        .fully_connected(in_features=inputs, out_features=outputs, weights=weights, mutable=True, slot_id=0)
        .build()
    )


def _swap() -> list[Row]:
    found = measure(Container(_deep()), rows=100)
    assert found.ratio is not None
    detail = (
        f"{found.variable_us:.1f} us against {found.programming_us:,.0f} us modelled; "
        f"{found.ratio_of_transfers:.1f} × by transfers and bytes alone"
    )
    goal = "≥ 100 × (aim 500)"
    return [Row("set_variable, 128-128-2", "full reprogramming", found.ratio, "×", goal, found.ratio >= 100, detail)]


def _best_ms(work: Callable[[], object]) -> float:
    found = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1e3)
    return min(found)


def _build() -> list[Row]:
    def build_and_verify() -> None:
        program = _deep()
        verify_program(program.program_info, program.program_data)

    weights = _best_ms(lambda: (_integers(0, 128, 128), _integers(1, 2, 128)))
    spent = _best_ms(build_and_verify) - weights
    detail = f"best of {ROUNDS}; {weights:.3f} ms for drawing the weights taken off"
    return [Row("build and verify, 128-128-2", "", spent, "ms", "≤ 1 ms (aim 0.3)", spent <= 1, detail)]


def _mismatches(quick: bool) -> list[Row]:
    wrong = compared = 0
    seed = 0
    while compared < (VALUES // 10 if quick else VALUES):
        program = _deep(seed) if seed % 4 == 3 else _readout(seed, 64 + seed, 250)
        inputs = np.random.default_rng(seed).integers(0, 16, (1000, program.in_features)).astype(np.uint8)
        with virtual_device() as device:
            device.program_external(program.program_info, program.program_data)
            outputs = device.infer(inputs)
        wrong += int(np.count_nonzero(outputs != reference_outputs(program, inputs)))
        compared += outputs.size
        seed += 1
    detail = f"{compared:,} values of {seed} programs"
    return [Row("device outputs that differ", "NumPy reference", wrong, "values", "0 in 10⁶", wrong == 0, detail)]


def _open(gadget: Gadget) -> Device:
    return DeviceManager.discover(gadget=gadget).open("virtual")


def _faults(quick: bool) -> list[Row]:
    old, new = _readout(1, 6, 2), _readout(2, 6, 2)
    inputs = np.random.default_rng(0).integers(0, 16, (8, 6)).astype(np.uint8)
    answers = {name: reference_outputs(program, inputs) for name, program in (("old", old), ("new", new))}
    bad = flashes = 0
    for kind in FaultKind:
        at = 0
        while True:
            gadget = Gadget(Chip())
            with _open(gadget) as device:
                device.program_external(old.program_info, old.program_data)
            gadget.faults = plan = FaultPlan({at: kind})
            told = False
            try:
                with _open(gadget) as device:
                    device.program_external(new.program_info, new.program_data)
            except DeviceError:
                told = True
            if not plan.happened:
                break
            gadget.faults = FaultPlan()
            if not gadget.plugged:
                gadget.plug_in()
            with _open(gadget) as device:
                outputs = device.infer(inputs)
            # Untold, the new program answers; told, the old one or, when only the last reply was lost, the new one.
            right = [np.array_equal(outputs, answers[name]) for name in ("old", "new")]
            bad += not (right[1] or (told and right[0]))
            flashes += 1
            at += 5 if quick else 1
    detail = f"{flashes} flashes, {len(FaultKind)} kinds of fault, one at every transfer"
    return [Row("faults unseen, or devices bricked", "", bad, "flashes", "0", bad == 0, detail)]
