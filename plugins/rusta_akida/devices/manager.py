"""Finding devices and opening them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from rusta_akida.devices.device import Device
from rusta_akida.devices.errors import DeviceBusy, DeviceGone, DeviceNotFound
from rusta_akida.devices.locking import WAIT_S, DeviceLock
from rusta_akida.devices.pcie import CANNOT, SYSFS, pcie_devices
from rusta_akida.devices.virtual.chip import PRODUCT
from rusta_akida.devices.virtual.gadget import PRODUCT_ID, VENDOR_ID, Gadget
from rusta_akida.program.profiles import Profile

ENVIRONMENT = "RUSTA_AKIDA_DEVICE"
VIRTUAL = "virtual"
USB_SYSFS = Path("/sys/bus/usb/devices")
_USBIP = re.compile(r"usbip:(?P<host>[^:/\s]+):(?P<port>[0-9]{1,5})")


@dataclass(frozen=True)
class Found:
    """A device that was found. why: what there is to say of one that cannot be opened."""

    name: str
    transport: str
    text: str
    drivable: bool
    open: Callable[[], Device] | None = None
    why: str = ""


class DeviceManager:
    """The devices there are::

        device = DeviceManager.discover().open_first()

    Looked for, in this order: what ``RUSTA_AKIDA_DEVICE`` names, devices on a real USB bus, cards on PCIe (found, but not
    drivable), and the virtual device, which is always there. Names are ``virtual``, ``usbip:HOST:PORT``, ``usb:BUS.DEV``
    and ``pcie:ADDRESS``.
    """

    def __init__(self, devices: Iterable[Found]) -> None:
        self.devices = tuple(devices)

    @classmethod
    def discover(
        cls, home: Path | None = None, *, name: str | None = None, gadget: Gadget | None = None, sysfs: Path = SYSFS
    ) -> DeviceManager:
        """Look for devices.

        Args:
            home: a state folder: the virtual device keeps its memory there and clients take turns by locks in it.
                None: the virtual device is new, and forgets.
            name: one more place to look, such as ``usbip:127.0.0.1:3240``.
            gadget: the virtual device itself, for tests and benchmarks.

        Raises:
            DeviceNotFound: ``name`` has no form that is known, or nothing answers there.
        """
        found: list[Found] = []
        wanted = name or os.environ.get(ENVIRONMENT) or ""
        if wanted.startswith("usbip:"):
            found.append(_usbip(wanted, home))
        elif wanted and not re.match(r"(virtual$|usb:|pcie:)", wanted):
            raise DeviceNotFound(
                f"{wanted!r} names no device; the forms are virtual, usbip:HOST:PORT, usb:BUS.DEV and pcie:ADDRESS"
            )
        found += _usb_bus(home)
        found += [
            Found(f"pcie:{card.address}", "pcie", f"{card.profile.title} at {card.address}", False, why=CANNOT)
            for card in pcie_devices(sysfs)
        ]
        found.append(_virtual(home, gadget))
        return cls(found)

    def find(self, name: str) -> Found:
        """The device ``name``. DeviceNotFound when there is none; the ones there are are named."""
        for device in self.devices:
            if device.name == name:
                return device
        there = ", ".join(device.name for device in self.devices)
        raise DeviceNotFound(f"there is no device {name!r}; there are: {there}")

    def open(self, name: str) -> Device:
        """Open the device ``name``.

        Raises:
            DeviceNotFound: there is none, or it cannot be driven. DeviceBusy: somebody else has it.
        """
        found = self.find(name)
        if found.open is None:
            raise DeviceNotFound(f"{found.name}: {found.why}")
        return found.open()

    def open_first(self) -> Device:
        """Open the first device that can be driven. Raises as :meth:`open`."""
        for device in self.devices:
            if device.drivable:
                return self.open(device.name)
        raise DeviceNotFound("no device can be driven here")


def open_device(name: str, home: Path | None = None) -> Device:
    """Open the device ``name``; "" is the first one. Raises as :meth:`DeviceManager.open`."""
    manager = DeviceManager.discover(home, name=name or None)
    return manager.open(name) if name else manager.open_first()


def _opened(name: str, home: Path | None, make: Callable[[], Any], known: Any = None) -> Device:
    """Take the lock, find the device on its backend, and open it."""
    import usb.core

    from rusta_akida.devices.link import Link

    lock = None
    if home is not None:
        safe = re.sub(r"[^A-Za-z0-9.-]", "_", name)
        lock = DeviceLock(home / "akida" / "locks" / f"{safe}.lock", f"device {name}", WAIT_S)
        lock.take()
    try:
        found = known or usb.core.find(idVendor=VENDOR_ID, idProduct=PRODUCT_ID, backend=make())
        if found is None:
            raise DeviceGone(f"device {name} is not there any more")
        return Device(Link(found), name, lock.give if lock else None)
    except BaseException:
        if lock:
            lock.give()
        raise


def _virtual(home: Path | None, gadget: Gadget | None) -> Found:
    def make() -> Any:
        from rusta_akida.devices.backend import WireBackend
        from rusta_akida.devices.virtual.chip import Chip
        from rusta_akida.devices.virtual.image import open_chip
        from rusta_akida.devices.wires import LocalWire

        chosen = gadget
        if chosen is None:
            chosen = Gadget(Chip() if home is None else open_chip(home / "akida" / "devices" / "virtual.json"))
        return WireBackend([LocalWire(chosen)])

    text = "virtual device in this process (layout published, not verified on silicon)"
    return Found(VIRTUAL, "virtual", text, True, lambda: _opened(VIRTUAL, home, make))


def _usbip(name: str, home: Path | None) -> Found:
    match = _USBIP.fullmatch(name)
    if not match or not 0 < int(match["port"]) < 65536:
        raise DeviceNotFound(f"{name!r}: the form is usbip:HOST:PORT, such as usbip:127.0.0.1:3240")
    host, port = match["host"], int(match["port"])

    def make() -> Any:
        import errno

        from rusta_akida.devices.backend import WireBackend
        from rusta_akida.devices.usbip.client import UsbIpWire
        from rusta_akida.devices.virtual.gadget import UsbFailure

        try:
            return WireBackend([UsbIpWire(host, port)])
        except UsbFailure as failure:
            if failure.number == errno.EBUSY:
                raise DeviceBusy(f"another client has {name}; wait for it, or end it") from None
            raise DeviceGone(f"{failure}; is 'rusta akida serve' running?") from None

    return Found(name, "usbip", f"device behind {host}:{port} (USB transport of this product)", True,
                 lambda: _opened(name, home, make))  # fmt: skip


def _usb_bus(home: Path | None) -> list[Found]:
    """Devices of ours on a real bus. None where pyusb has no backend or the bus cannot be looked at."""
    if not any(USB_SYSFS.glob("*")):
        return []  # looking for libusb takes a while, and there is no bus to look at
    import usb.core

    found: list[Found] = []
    # libusb says what it likes about a bus that it may not look at; then there is nothing on it for us.
    with contextlib.suppress(Exception):
        for one in usb.core.find(find_all=True, idVendor=VENDOR_ID, idProduct=PRODUCT_ID) or ():
            # The ids are for anybody's tests, so only one that says so itself is ours.
            if one.product != PRODUCT:
                continue
            name = f"usb:{one.bus}.{one.address}"
            text = "device on the USB bus (USB transport of this product)"
            found.append(Found(name, "usb", text, True, partial(_opened, name, home, lambda: None, one)))
    return found


def virtual_device(on: Profile | None = None) -> Device:
    """A new virtual device of a profile (the default one when None), open, with nothing on it."""
    from rusta_akida.devices.virtual.chip import Chip

    return DeviceManager([_virtual(None, Gadget(Chip(on)))]).open(VIRTUAL)
