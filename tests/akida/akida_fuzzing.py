"""Targets for fuzzing: each takes any bytes, and either does its work or raises an error in words. Nothing else.

They are run by hypothesis in the default suite, by a plain loop over a million inputs in the slow one, and by atheris
where that is installed (``akida_atheris.py``).
"""

from __future__ import annotations

import contextlib
import hashlib
import struct
import zlib
from collections.abc import Callable

import numpy as np
from akida_programs import container_of, small_program

from rusta_akida.devices import messages, protocol
from rusta_akida.devices.errors import FrameError
from rusta_akida.devices.messages import Health, Identity, read_outputs
from rusta_akida.devices.protocol import Assembler, Op, Status
from rusta_akida.devices.virtual.chip import Chip
from rusta_akida.devices.virtual.gadget import Gadget, UsbFailure
from rusta_akida.errors import DamagedFile
from rusta_akida.program.container import FIELDS, read_container, write_container
from rusta_akida.program.errors import ProgramError
from rusta_akida.program.flat import FlatTable
from rusta_akida.program.reading import parse_program

PROGRAM = small_program()
CONTAINER = write_container(container_of(PROGRAM, rows=2))
HASH = messages.program_hash(PROGRAM.program_info, PROGRAM.program_data)


def program(data: bytes) -> None:
    """Two bytes say where program_info ends."""
    split = int.from_bytes(data[:2], "little") % (len(data) + 1)
    try:
        parse_program(data[2 : 2 + split], data[2 + split :])
    except ProgramError as error:
        if not error.field or error.offset < 0:
            raise AssertionError(f"{error} names no place") from error


def container(data: bytes) -> None:
    """A file of any content, and the same with a true identifier and a true checksum, so that what is behind is met."""
    for content in (data, with_true_checksum(data[:4] + b"RFBZ" + data[8:])):
        with contextlib.suppress(DamagedFile):
            read_container(content)


def with_true_checksum(data: bytes) -> bytes:
    """The file with size and checksum put right, as far as they have a place."""
    whole = bytearray(data)
    with contextlib.suppress(ProgramError):
        table = FlatTable(data, FIELDS)
        size_at, (digest_at, count) = table.place(1), table.vector(11, 1)
        if size_at is not None and count == 32 and size_at + 4 <= len(data):
            struct.pack_into("<I", whole, size_at, len(whole))
            whole[digest_at : digest_at + 32] = bytes(32)
            whole[digest_at : digest_at + 32] = hashlib.sha256(whole).digest()
    return bytes(whole)


def frames(data: bytes) -> None:
    """Bytes as replies to the driver, in pieces."""
    assembler = Assembler(protocol.REPLY)
    for start in range(0, len(data), 40):
        try:
            found = assembler.feed(data[start : start + 40])
        except FrameError:
            found = []
        for frame in found:
            for read in (Identity.of, Health.of, read_outputs):
                with contextlib.suppress(FrameError):
                    read(frame.payload)
    for read in (Identity.of, Health.of, read_outputs):
        with contextlib.suppress(FrameError):
            read(data)


def operations(data: bytes) -> None:
    """Bytes as operations of a chip that has a program: every one is answered, and the program can still be asked."""
    chip = prepared_chip()
    at = 0
    while at + 2 <= len(data):
        op, length = data[at] % 14, data[at + 1]
        status, payload = chip.handle(op, data[at + 2 : at + 2 + length])
        assert isinstance(status, Status)
        assert isinstance(payload, bytes)
        at += 2 + length
    assert chip.active is not None


def transfers(data: bytes) -> None:
    """Bytes as bulk transfers to the device; afterwards an ordinary request is answered."""
    gadget = Gadget(prepared_chip())
    for start in range(0, len(data), 64):
        gadget.bulk_out(protocol.ENDPOINT_OUT, data[start : start + 64])
    gadget.control(protocol.CLEAR_REQUEST_TYPE, protocol.CLEAR_PIPES, 0, 0, 0)
    gadget.bulk_out(protocol.ENDPOINT_OUT, protocol.encode(protocol.REQUEST, Op.IDENTIFY, 7, b""))
    (frame,) = Assembler(protocol.REPLY).feed(gadget.bulk_in(protocol.ENDPOINT_IN, 16384))
    assert frame.sequence == 7
    with contextlib.suppress(UsbFailure):
        gadget.bulk_in(protocol.ENDPOINT_IN, 64)


_CHIP: list[Chip] = []


def prepared_chip() -> Chip:
    """A chip with a program; made once, its program put back."""
    if not _CHIP:
        chip = Chip()
        chip.handle(Op.BEGIN, b"t" * 16)
        for region, content in ((0, PROGRAM.program_info), (1, PROGRAM.program_data)):
            chip.handle(Op.BLOCK, messages.BLOCK_HEAD.pack(b"t" * 16, region, 0) + content)
        sizes = (len(PROGRAM.program_info), len(PROGRAM.program_data))
        chip.handle(Op.SEAL, messages.SEAL.pack(b"t" * 16, *sizes, HASH))
        status, _ = chip.handle(Op.ACTIVATE, messages.ACTIVATE.pack(b"t" * 16, HASH, messages.NO_PROGRAM))
        assert status is Status.OK
        _CHIP.append(chip)
    chip = _CHIP[0]
    # Going back to no program is an operation too.
    chip.active = chip.active or chip.previous
    return chip


TARGETS: dict[str, Callable[[bytes], None]] = {
    one.__name__: one for one in (program, container, frames, operations, transfers)
}


def seeds(target: str) -> list[bytes]:
    """Inputs to begin with: true ones, which are then changed."""
    info, data = PROGRAM.program_info, PROGRAM.program_data
    request = protocol.encode(protocol.REQUEST, Op.HEALTH, 1, b"")
    reply = protocol.encode(protocol.REPLY, Op.INFER, 1, messages.OUTPUT_HEAD.pack(1, 2) + bytes(8))
    infer = messages.INFER_HEAD.pack(0, 1, 6) + bytes(6)
    return {
        "program": [struct.pack("<H", len(info)) + info + data],
        "container": [CONTAINER],
        "frames": [reply, messages.OUTPUT_HEAD.pack(1, 2) + bytes(8), b"{}"],
        "operations": [bytes([Op.INFER, len(infer)]) + infer + bytes([Op.HEALTH, 0, Op.BEGIN, 16]) + b"u" * 16],
        "transfers": [request, protocol.encode(protocol.REQUEST, Op.INFER, 2, infer)],
    }[target]


def mutated(random: np.random.Generator, seed: bytes) -> bytes:
    """A true input with some bytes changed, cut, doubled or made up; the checksum of a frame is sometimes mended."""
    data = bytearray(seed)
    for _ in range(int(random.integers(1, 5))):
        kind, at = int(random.integers(0, 5)), int(random.integers(0, len(data) + 1))
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << int(random.integers(0, 8))
        elif kind == 1 and data:
            data[at % len(data)] = int(random.choice([0, 1, 0x7F, 0x80, 0xFF]))
        elif kind == 2:
            del data[at:]
        elif kind == 3:
            data[at:at] = random.bytes(int(random.integers(1, 9)))
        elif len(data) >= 4:
            at = at % (len(data) - 3)
            data[at : at + 4] = int(random.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1])).to_bytes(4, "little")
    if len(data) >= 24 and data[:3] == b"RAK" and random.integers(0, 2):
        data[16:20] = zlib.crc32(bytes(data[:16])).to_bytes(4, "little")
        data[20:24] = zlib.crc32(bytes(data[24:])).to_bytes(4, "little")
    return bytes(data)
