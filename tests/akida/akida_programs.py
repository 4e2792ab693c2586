"""Programs that the tests of programs, devices and flashing share."""

from __future__ import annotations

import numpy as np

from rusta_akida.devices.device import Device
from rusta_akida.devices.manager import DeviceManager
from rusta_akida.devices.virtual.chip import Chip
from rusta_akida.devices.virtual.faults import FaultPlan
from rusta_akida.devices.virtual.gadget import Gadget
from rusta_akida.program.builder import ProgramBuilder
from rusta_akida.program.container import Container
from rusta_akida.program.layers import Activation
from rusta_akida.program.reading import Program
from rusta_akida.program.reference import reference_outputs


def weights(seed: int, *shape: int, bits: int = 4) -> np.ndarray:
    """Integers of ``bits`` bits."""
    random = np.random.default_rng(seed)
    if bits == 1:
        return random.choice(np.array([-1, 1], np.int8), shape)
    reach = 7 if bits == 4 else 1
    return random.integers(-reach, reach + 1, shape).astype(np.int8)


def small_program(seed: int = 0, inputs: int = 6, outputs: int = 2) -> Program:
    """A readout with biases and a mutable slot 0."""
    return (
        ProgramBuilder()
        .fully_connected(
            in_features=inputs, out_features=outputs, weights=weights(seed, outputs, inputs),
            biases=weights(seed + 1, outputs), mutable=True, slot_id=0,
        )
        .build()
    )  # fmt: skip


def deep_program(seed: int = 0) -> Program:
    """128 - 128 - 2, as in the documents' example, with an activation that uses its range."""
    return (
        ProgramBuilder()
        .sdk_version("2.18.2")
        .input_conv(
            in_features=128, out_features=128, kernel_size=1, weights=weights(seed, 128, 128), threshold=100.0,
            activation=Activation(4, 300.0),
        )
        .fully_connected(in_features=128, out_features=2, weights=weights(seed + 1, 2, 128), mutable=True, slot_id=0)
        .build()
    )  # fmt: skip


def some_inputs(program: Program, rows: int = 8, seed: int = 7) -> np.ndarray:
    """Inputs (rows, in_features) over the whole range."""
    top = 2 ** program.layers[0].spec.bits_in
    return np.random.default_rng(seed).integers(0, top, (rows, program.in_features)).astype(np.uint8)


def container_of(program: Program, rows: int = 8, **more: object) -> Container:
    """A container with a true proof."""
    inputs = some_inputs(program, rows)
    return Container(program, proof_inputs=inputs, proof_outputs=reference_outputs(program, inputs), **more)  # type: ignore[arg-type]


def virtual(faults: FaultPlan | None = None) -> tuple[Gadget, Device]:
    """A new virtual device, and the driver that has it open."""
    gadget = Gadget(Chip(), faults)
    return gadget, opened(gadget)


def opened(gadget: Gadget) -> Device:
    """A driver on ``gadget``."""
    return DeviceManager.discover(gadget=gadget).open("virtual")
