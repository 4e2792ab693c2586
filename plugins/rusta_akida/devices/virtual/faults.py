"""Faults that the virtual device has on request, at chosen transfers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong in a transfer."""

    SHORT = "short"  # only half of the bytes come through
    STALL = "stall"  # the endpoint halts until it is cleared
    TIMEOUT = "timeout"  # nothing comes through
    LOST = "lost"  # it comes through, and the sender is told that it did not
    UNPLUG = "unplug"  # half comes through, then the device is gone until it is plugged in again
    BIT_FLIP = "bit-flip"  # one bit in the middle is another
    WRONG_CRC = "wrong-crc"  # one bit of the header's checksum is another
    BUSY = "busy"  # the device says that it has no time now


@dataclass
class FaultPlan:
    """Which fault comes at which bulk transfer; transfers are counted from 0.

    Attributes:
        faults: transfer -> fault. every: a fault for all transfers from ``start`` on. counted: transfers so far.
    """

    faults: Mapping[int, FaultKind] = field(default_factory=dict)
    every: FaultKind | None = None
    start: int = 0
    counted: int = 0
    happened: list[tuple[int, FaultKind]] = field(default_factory=list)

    def next(self) -> FaultKind | None:
        """The fault of the transfer that begins now."""
        number, self.counted = self.counted, self.counted + 1
        kind = self.faults.get(number) or (self.every if number >= self.start else None)
        if kind is not None:
            self.happened.append((number, kind))
        return kind


def flipped(data: bytes, bit: int) -> bytes:
    """``data`` with one bit changed; empty data stays."""
    if not data:
        return data
    changed = bytearray(data)
    at = bit // 8 % len(data)
    changed[at] ^= 1 << (bit % 8)
    return bytes(changed)
