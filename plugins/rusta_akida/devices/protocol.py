"""How the driver and a device talk: framed, checksummed requests and replies over two bulk endpoints.

This transport is the product's own. A frame is a header of 24 bytes and a payload, little-endian:

     0 "RAKQ" request, "RAKR" reply       12 u32 length of the payload
     4 u8 version (1)   5 u8 operation    16 u32 CRC-32 of bytes 0 to 15
     6 u16 status (0 in a request)        20 u32 CRC-32 of the payload
     8 u32 sequence number

Every operation but RESET may be repeated: doing it twice is doing it once. So a lost reply is answered by asking again.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

from rusta_akida.devices.errors import FrameError

VERSION = 1
HEADER = struct.Struct("<4sBBHIIII")
REQUEST, REPLY = b"RAKQ", b"RAKR"
MOST_PAYLOAD = 1 << 20
TRANSFER = 16384
BLOCK = 16384 - HEADER.size - 32
ENDPOINT_OUT, ENDPOINT_IN = 0x01, 0x81
# The vendor request that empties both pipes.
CLEAR_PIPES = 0x01
CLEAR_REQUEST_TYPE = 0x40
NO_TRANSACTION = bytes(16)


class Op(IntEnum):
    """What a request asks for. Payloads are described with :class:`rusta_akida.devices.virtual.chip.Chip`."""

    IDENTIFY = 1
    HEALTH = 2
    BEGIN = 3
    BLOCK = 4
    SEAL = 5
    READ = 6
    ACTIVATE = 7
    DISCARD = 8
    RESTORE = 9
    SET_VARIABLE = 10
    INFER = 11
    RESET = 12

    @property
    def repeatable(self) -> bool:
        """True when doing it twice is doing it once."""
        return self is not Op.RESET


class Status(IntEnum):
    """What a device answers."""

    OK = 0
    BAD_FRAME = 1
    BUSY = 2
    UNKNOWN_OPERATION = 3
    BAD_ARGUMENT = 4
    NO_TRANSACTION = 5
    HASH_DIFFERS = 6
    NO_PROGRAM = 7
    DOES_NOT_FIT = 8
    NO_SUCH_SLOT = 9
    CHANGED = 10
    FAULT = 11


class Region(IntEnum):
    """A run of bytes that can be written or read back."""

    STAGED_INFO = 0
    STAGED_DATA = 1
    ACTIVE_INFO = 2
    ACTIVE_DATA = 3
    PREVIOUS_INFO = 4
    PREVIOUS_DATA = 5


class Bank(IntEnum):
    """Which program an inference runs on."""

    ACTIVE = 0
    STAGED = 1


@dataclass(frozen=True)
class Frame:
    """A frame that has come in whole."""

    op: int
    status: int
    sequence: int
    payload: bytes


def encode(kind: bytes, op: int, sequence: int, payload: bytes, status: int = 0) -> bytes:
    """The bytes of a frame."""
    head = struct.pack("<4sBBHII", kind, VERSION, op, status, sequence, len(payload))
    return head + struct.pack("<II", zlib.crc32(head), zlib.crc32(payload)) + payload


def read_header(kind: bytes, data: bytes | bytearray) -> tuple[int, int, int, int, int]:
    """(operation, status, sequence, length, CRC of the payload) from the first 24 bytes.

    Raises:
        FrameError: they are no header; offset and field are named.
    """
    if len(data) < HEADER.size:
        raise FrameError(f"frame, offset {len(data)}, header: cut off, {HEADER.size} bytes are needed")
    magic, version, op, status, sequence, length, head_crc, crc = HEADER.unpack_from(data)
    if magic != kind:
        raise FrameError(f"frame, offset 0, magic: {magic!r} instead of {kind!r}")
    if zlib.crc32(data[:16]) != head_crc:
        raise FrameError("frame, offset 16, header checksum: it does not fit the header")
    if version != VERSION:
        raise FrameError(f"frame, offset 4, version: {version} is not known, this speaks {VERSION}")
    if length > MOST_PAYLOAD:
        raise FrameError(f"frame, offset 12, length: {length} bytes, at most {MOST_PAYLOAD} are possible")
    return op, status, sequence, length, crc


class Assembler:
    """Puts frames together from the pieces that transfers bring."""

    def __init__(self, kind: bytes) -> None:
        self._kind = kind
        self._buffer = bytearray()

    def clear(self) -> None:
        """Forget what has come so far."""
        self._buffer.clear()

    @property
    def waiting(self) -> int:
        """Bytes of a frame that is not whole yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """Frames that are whole now.

        Raises:
            FrameError: what came is no frame. Everything that waited is forgotten.
        """
        self._buffer += data
        found: list[Frame] = []
        try:
            while len(self._buffer) >= HEADER.size:
                op, status, sequence, length, crc = read_header(self._kind, self._buffer)
                end = HEADER.size + length
                if len(self._buffer) < end:
                    break
                payload = bytes(self._buffer[HEADER.size : end])
                if zlib.crc32(payload) != crc:
                    raise FrameError("frame, offset 20, payload checksum: it does not fit the payload")
                del self._buffer[:end]
                found.append(Frame(op, status, sequence, payload))
        except FrameError:
            self.clear()
            raise
        return found
