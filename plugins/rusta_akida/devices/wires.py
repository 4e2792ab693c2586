"""What a pyusb backend stands on: something that carries control and bulk transfers to one device."""

from __future__ import annotations

import errno
from typing import Protocol

from rusta_akida.devices.virtual.gadget import CONFIGURATION_DESCRIPTOR, DEVICE_DESCRIPTOR, Gadget, UsbFailure


class Wire(Protocol):
    """One device at the end of something. Transfers raise :class:`UsbFailure`; timeouts are in milliseconds."""

    bus: int
    address: int
    device_descriptor: bytes
    configuration_descriptor: bytes

    def open(self) -> None: ...

    def close(self) -> None: ...

    def claim(self, owner: object) -> None: ...

    def release(self, owner: object) -> None: ...

    def control(
        self, kind: int, request: int, value: int, index: int, data: bytes, length: int, timeout_ms: int
    ) -> bytes: ...

    def bulk_out(self, endpoint: int, data: bytes, timeout_ms: int) -> int: ...

    def bulk_in(self, endpoint: int, length: int, timeout_ms: int) -> bytes: ...


class LocalWire:
    """Straight to a gadget in this process."""

    device_descriptor = DEVICE_DESCRIPTOR
    configuration_descriptor = CONFIGURATION_DESCRIPTOR

    def __init__(self, gadget: Gadget, address: int = 1) -> None:
        self.gadget = gadget
        self.bus, self.address = 0, address

    def open(self) -> None:
        """Nothing is needed; a device that is unplugged cannot be opened."""
        if not self.gadget.plugged:
            raise UsbFailure(errno.ENODEV, "the device is gone")

    def close(self) -> None:
        """Nothing is needed."""

    def claim(self, owner: object) -> None:
        """The interface belongs to ``owner`` until it is released."""
        if self.gadget.claimed_by not in (None, owner):
            raise UsbFailure(errno.EBUSY, "another client has claimed the device")
        self.gadget.claimed_by = owner

    def release(self, owner: object) -> None:
        if self.gadget.claimed_by is owner:
            self.gadget.claimed_by = None

    def control(
        self, kind: int, request: int, value: int, index: int, data: bytes, length: int, timeout_ms: int
    ) -> bytes:
        del timeout_ms, data
        return self.gadget.control(kind, request, value, index, length)

    def bulk_out(self, endpoint: int, data: bytes, timeout_ms: int) -> int:
        del timeout_ms
        return self.gadget.bulk_out(endpoint, data)

    def bulk_in(self, endpoint: int, length: int, timeout_ms: int) -> bytes:
        del timeout_ms
        return self.gadget.bulk_in(endpoint, length)
