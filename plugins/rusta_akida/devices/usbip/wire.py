"""The messages of USB/IP, version 1.1.1, as the kernel documentation describes them. Big-endian."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

VERSION = 0x0111
REQ_DEVLIST, REP_DEVLIST = 0x8005, 0x0005
REQ_IMPORT, REP_IMPORT = 0x8003, 0x0003
CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
OUT, IN = 0, 1
OPERATION = struct.Struct(">HHI")  # version, code, status
DEVICE = struct.Struct(">256s32sIIIHHHBBBBBB")
INTERFACE = struct.Struct(">BBBx")
HEADER = struct.Struct(">IIIIIiiiii8s")  # command, sequence, device, direction, endpoint, five numbers, setup
MOST_TRANSFER = 4 << 20
PORT = 3240
BUS_ID = "1-1"


class Closed(Exception):
    """The other side closed the connection."""


def receive(connection: socket.socket, size: int) -> bytes:
    """Exactly ``size`` bytes. Closed when they do not come any more."""
    found = bytearray()
    while len(found) < size:
        piece = connection.recv(size - len(found))
        if not piece:
            raise Closed(f"the connection ended after {len(found)} of {size} bytes")
        found += piece
    return bytes(found)


@dataclass(frozen=True)
class Header:
    """The 48 bytes before every transfer and every answer.

    numbers: in CMD_SUBMIT flags, length, start frame, packets, interval; in RET_SUBMIT status, length, start frame,
    packets, errors; in CMD_UNLINK the sequence number of the transfer to give up; in RET_UNLINK a status.
    """

    command: int
    sequence: int
    device: int = 0
    direction: int = OUT
    endpoint: int = 0
    numbers: tuple[int, ...] = (0, 0, 0, 0, 0)
    setup: bytes = bytes(8)

    def to_bytes(self) -> bytes:
        padded = (*self.numbers, 0, 0, 0, 0, 0)[:5]
        return HEADER.pack(
            self.command, self.sequence, self.device, self.direction, self.endpoint, *padded, self.setup
        )  # fmt: skip

    @classmethod
    def of(cls, raw: bytes) -> Header:
        command, sequence, device, direction, endpoint, *numbers, setup = HEADER.unpack(raw)
        return cls(command, sequence, device, direction, endpoint, tuple(numbers), setup)


def device_record(bus: int, address: int, descriptor: bytes) -> bytes:
    """The 312 bytes that describe a device in lists and imports."""
    vendor, product, release = struct.unpack_from("<HHH", descriptor, 8)
    return DEVICE.pack(
        f"/sys/devices/virtual/rusta/{BUS_ID}".encode(), BUS_ID.encode(), bus, address, 3, vendor, product, release,
        descriptor[4], descriptor[5], descriptor[6], 1, descriptor[17], 1,
    )  # fmt: skip
