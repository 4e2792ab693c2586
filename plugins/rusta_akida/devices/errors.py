"""What can go wrong between this program and a device."""

from __future__ import annotations

from rusta_akida.errors import AkidaError
from rusta_conductor.errors import UsageError


class DeviceError(AkidaError):
    """Base of what goes wrong with a device."""


class DeviceNotFound(UsageError, DeviceError):
    """There is no such device, or none that can be driven."""


class DeviceBusy(DeviceError):
    """Somebody else is using the device."""


class TransferFailed(DeviceError):
    """A transfer did not come through, also when repeated where that is safe. Nothing was activated by it."""


class DeviceGone(TransferFailed):
    """The device does not answer any more: unplugged, or its process ended."""


class DeviceRefused(DeviceError):
    """The device said no. ``status`` is its code."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class ReadbackMismatch(DeviceError):
    """What was read back is not what was written. The old program is still the active one."""


class FrameError(DeviceError):
    """Bytes that are no frame of the protocol. The message names offset and field."""
