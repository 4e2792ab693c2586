"""A pyusb backend over :class:`~rusta_akida.devices.wires.Wire`: everything above it is the real pyusb."""

from __future__ import annotations

import array
import errno
import struct
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any, TypeVar

import usb.backend
import usb.core

from rusta_akida.devices.virtual.gadget import UsbFailure
from rusta_akida.devices.wires import Wire

# Names of the descriptors' fields, as the USB specification gives them.
_DEVICE = (
    *("bLength", "bDescriptorType", "bcdUSB", "bDeviceClass", "bDeviceSubClass", "bDeviceProtocol", "bMaxPacketSize0"),
    *("idVendor", "idProduct", "bcdDevice", "iManufacturer", "iProduct", "iSerialNumber", "bNumConfigurations"),
)
_CONFIGURATION = (
    *("bLength", "bDescriptorType", "wTotalLength", "bNumInterfaces", "bConfigurationValue", "iConfiguration"),
    *("bmAttributes", "bMaxPower"),
)
_INTERFACE = (
    *("bLength", "bDescriptorType", "bInterfaceNumber", "bAlternateSetting", "bNumEndpoints", "bInterfaceClass"),
    *("bInterfaceSubClass", "bInterfaceProtocol", "iInterface"),
)
_ENDPOINT = ("bLength", "bDescriptorType", "bEndpointAddress", "bmAttributes", "wMaxPacketSize", "bInterval")
_T = TypeVar("_T")


def _fields(names: tuple[str, ...], code: str, raw: bytes, **more: object) -> SimpleNamespace:
    values = dict(zip(names, struct.unpack_from(code, raw), strict=True))
    return SimpleNamespace(**values, extra_descriptors=[], **more)


class Handle:
    """An open device."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire


class WireBackend(usb.backend.IBackend):  # type: ignore[misc]
    """Gives pyusb the devices at the end of ``wires``."""

    def __init__(self, wires: Iterable[Wire]) -> None:
        self._wires = list(wires)

    def enumerate_devices(self) -> Iterator[Wire]:
        yield from self._wires

    def get_parent(self, dev: Wire) -> None:
        del dev

    def get_device_descriptor(self, dev: Wire) -> SimpleNamespace:
        return _fields(
            _DEVICE, "<BBHBBBBHHHBBBB", dev.device_descriptor, bus=dev.bus, address=dev.address, port_number=None,
            port_numbers=None, speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Wire, config: int) -> SimpleNamespace:
        if config != 0:
            raise IndexError(f"there is no configuration {config}")
        return _fields(_CONFIGURATION, "<BBHBBBBB", dev.configuration_descriptor)

    def get_interface_descriptor(self, dev: Wire, intf: int, alt: int, config: int) -> SimpleNamespace:
        del config
        found = _parts(dev.configuration_descriptor, 4)
        if alt != 0 or intf >= len(found):
            raise IndexError(f"there is no interface {intf}.{alt}")
        return _fields(_INTERFACE, "<9B", found[intf])

    def get_endpoint_descriptor(self, dev: Wire, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        del intf, alt, config
        found = _parts(dev.configuration_descriptor, 5)
        if ep >= len(found):
            raise IndexError(f"there is no endpoint {ep}")
        return _fields(_ENDPOINT, "<BBBBHB", found[ep], bRefresh=0, bSynchAddress=0)

    def open_device(self, dev: Wire) -> Handle:
        _told(dev.open)
        return Handle(dev)

    def close_device(self, dev_handle: Handle) -> None:
        dev_handle.wire.close()

    def set_configuration(self, dev_handle: Handle, config_value: int) -> None:
        _told(lambda: dev_handle.wire.control(0x00, 9, config_value, 0, b"", 0, 1000))

    def get_configuration(self, dev_handle: Handle) -> int:
        return _told(lambda: dev_handle.wire.control(0x80, 8, 0, 0, b"", 1, 1000))[0]

    def set_interface_altsetting(self, dev_handle: Handle, intf: int, altsetting: int) -> None:
        del dev_handle, intf
        if altsetting:
            raise usb.core.USBError("there is one setting only", errno.EINVAL, errno.EINVAL)

    def claim_interface(self, dev_handle: Handle, intf: int) -> None:
        del intf
        _told(lambda: dev_handle.wire.claim(dev_handle))

    def release_interface(self, dev_handle: Handle, intf: int) -> None:
        del intf
        dev_handle.wire.release(dev_handle)

    def bulk_write(self, dev_handle: Handle, ep: int, intf: int, data: array.array[int], timeout: int) -> int:
        del intf
        return _told(lambda: dev_handle.wire.bulk_out(ep, data.tobytes(), timeout))

    def bulk_read(self, dev_handle: Handle, ep: int, intf: int, buff: array.array[int], timeout: int) -> int:
        del intf
        return _fill(buff, _told(lambda: dev_handle.wire.bulk_in(ep, len(buff) * buff.itemsize, timeout)))

    def ctrl_transfer(
        self,
        dev_handle: Handle,
        bmRequestType: int,  # noqa: N803 - pyusb's names
        bRequest: int,  # noqa: N803
        wValue: int,  # noqa: N803
        wIndex: int,  # noqa: N803
        data: array.array[int],
        timeout: int,
    ) -> int:
        wire, size = dev_handle.wire, len(data) * data.itemsize
        if bmRequestType & 0x80:
            return _fill(data, _told(lambda: wire.control(bmRequestType, bRequest, wValue, wIndex, b"", size, timeout)))
        _told(lambda: wire.control(bmRequestType, bRequest, wValue, wIndex, data.tobytes(), 0, timeout))
        return size

    def clear_halt(self, dev_handle: Handle, ep: int) -> None:
        _told(lambda: dev_handle.wire.control(0x02, 1, 0, ep, b"", 0, 1000))

    def reset_device(self, dev_handle: Handle) -> None:
        _told(lambda: dev_handle.wire.control(0x40, 1, 0, 0, b"", 0, 1000))

    def is_kernel_driver_active(self, dev_handle: Handle, intf: int) -> bool:
        del dev_handle, intf
        return False


def _parts(raw: bytes, kind: int) -> list[bytes]:
    """The descriptors of one kind in a configuration."""
    found, at = [], 0
    while at + 2 <= len(raw) and raw[at] >= 2:
        if raw[at + 1] == kind:
            found.append(raw[at : at + raw[at]])
        at += raw[at]
    return found


def _fill(buffer: Any, data: bytes) -> int:
    buffer[: len(data)] = array.array("B", data)
    return len(data)


def _told(action: Callable[[], _T]) -> _T:
    """Run it; a failure is told in pyusb's words."""
    try:
        return action()
    except UsbFailure as failure:
        kind = usb.core.USBTimeoutError if failure.number == errno.ETIMEDOUT else usb.core.USBError
        raise kind(str(failure), failure.number, failure.number) from None
