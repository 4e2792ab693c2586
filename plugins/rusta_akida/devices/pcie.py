"""Chips on the PCIe bus, as the system lists them. They are found, and cannot be driven from here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rusta_akida.program.profiles import Profile, profile, profile_names

SYSFS = Path("/sys/bus/pci/devices")
CANNOT = (
    "found on PCIe, and this product cannot drive it: it has no driver for the card, and its byte layout is published, "
    "not verified on silicon"
)


@dataclass(frozen=True)
class PcieDevice:
    """A card. address: where the bus has it, such as ``0000:01:00.0``; driver: what the system has bound to it, or ""."""

    address: str
    profile: Profile
    driver: str


def pcie_devices(root: Path = SYSFS) -> list[PcieDevice]:
    """The cards whose ids a profile knows. Anything unreadable is passed over."""
    known = {one.pcie: one for one in map(profile, profile_names()) if one.pcie}
    found = []
    try:
        entries = sorted(root.iterdir())
    except OSError:
        return []
    for entry in entries:
        try:
            ids = (int((entry / "vendor").read_text(), 16), int((entry / "device").read_text(), 16))
        except (OSError, ValueError):
            continue
        if ids in known:
            driver = entry / "driver"
            found.append(PcieDevice(entry.name, known[ids], driver.resolve().name if driver.exists() else ""))
    return found
