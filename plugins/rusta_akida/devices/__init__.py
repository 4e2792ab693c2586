"""Devices: finding them, putting programs on them, asking them, and a virtual one that executes program bytes.

    device = DeviceManager.discover().open_first()
    device.program_external(program.program_info, program.program_data)
    outputs = device.infer(inputs)
    device.set_variable(ProgramVariable(slot_id=0, data=other_weights))

The USB transport is this product's own: the chips come on PCIe cards, and no USB product of them exists.
"""

from __future__ import annotations

from rusta_akida.devices.device import Cost, Device, InferConfig, ProgramVariable, transaction_of
from rusta_akida.devices.errors import (
    DeviceBusy,
    DeviceError,
    DeviceGone,
    DeviceNotFound,
    DeviceRefused,
    ReadbackMismatch,
    TransferFailed,
)
from rusta_akida.devices.manager import DeviceManager, open_device, virtual_device
from rusta_akida.devices.messages import Health, Identity, program_hash
from rusta_akida.devices.protocol import Bank

__all__ = [
    "Bank",
    "Cost",
    "Device",
    "DeviceBusy",
    "DeviceError",
    "DeviceGone",
    "DeviceManager",
    "DeviceNotFound",
    "DeviceRefused",
    "Health",
    "Identity",
    "InferConfig",
    "ProgramVariable",
    "ReadbackMismatch",
    "TransferFailed",
    "open_device",
    "program_hash",
    "transaction_of",
    "virtual_device",
]
