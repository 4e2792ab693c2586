"""The virtual device: swapping weights against programming anew, mismatches with the reference, faults of the link.

Times of the link are modelled by the device's profile (the constant for setting up the mesh is quoted from the source
documents); only their ratio means anything. Build and verify is the wall clock of this process.
"""

from __future__ import annotations

import numpy as np

from rusta_akida import DeviceError, DeviceManager, ProgramBuilder
from rusta_akida.devices.device import Device
from rusta_akida.devices.manager import virtual_device
from rusta_akida.devices.virtual.chip import Chip
from rusta_akida.devices.virtual.faults import FaultKind, FaultPlan
from rusta_akida.devices.virtual.gadget import Gadget
from rusta_akida.flashing.measuring import best_ms, swap_cost
from rusta_akida.program.layers import Activation
from rusta_akida.program.reading import Program
from rusta_akida.program.reference import reference_outputs
from rusta_akida.program.verifying import verify_program
from rusta_bench.table import Row

VALUES = 1_000_000


def rows(quick: bool) -> list[Row]:
    """All rows about devices."""
    return [*_swap(), _build(), _mismatches(quick), _faults(quick)]


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
    program = _deep()
    with virtual_device() as device:
        with device.measured() as whole:
            device.program_external(program.program_info, program.program_data)
        swap = swap_cost(device, program)
        link = _link_constant(device)
    assert swap is not None
    ratio, bare = whole.modelled_us / swap[0], (whole.modelled_us - link) / swap[0]
    detail = f"{swap[0]:.1f} us against {whole.modelled_us:,.0f} us modelled; {bare:.1f} × by transfers and bytes alone"
    goal = "≥ 100 × (aim 500)"
    return [Row("set_variable, 128-128-2", "full reprogramming", ratio, "×", goal, ratio >= 100, detail)]


def _link_constant(device: Device) -> float:
    from rusta_akida.program.profiles import profile

    return profile(device.identify().profile).link.programming_us


def _build() -> Row:
    def build_and_verify() -> None:
        program = _deep()
        verify_program(program.program_info, program.program_data)

    milliseconds = best_ms(build_and_verify, 60)
    weights = best_ms(lambda: (_integers(0, 128, 128), _integers(1, 2, 128)), 60)
    spent = milliseconds - weights
    detail = f"best of 60; {weights:.3f} ms for drawing the weights taken off"
    return Row("build and verify, 128-128-2", "", spent, "ms", "≤ 1 ms (aim 0.3)", spent <= 1, detail)


def _mismatches(quick: bool) -> Row:
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
    return Row("device outputs that differ", "NumPy reference", wrong, "values", "0 in 10⁶", wrong == 0, detail)


def _open(gadget: Gadget) -> Device:
    return DeviceManager.discover(gadget=gadget).open("virtual")


def _faults(quick: bool) -> Row:
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
    return Row("faults unseen, or devices bricked", "", bad, "flashes", "0", bad == 0, detail)
