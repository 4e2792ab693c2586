"""program_info: the header and the table of layers.

    0x00 u32  size in bytes, of all of program_info
    0x04 u32  root: where the table of layers begins, from the start
    0x08      version, NUL-terminated, zeros up to the table
    0x10      one 19-byte record for each layer, see :mod:`rusta_akida.program.record`

A program that needs a parameter block (:mod:`rusta_akida.program.parameters`) announces it before its table, which then
begins eight bytes later: "RAKP", u32 size of the block. So the block can neither be lost nor come in unasked.

The documents say "FlatBuffer size" and, elsewhere, "magic 08 00 00 00" for the first four bytes. The table of bytes is
followed; it has a size there. Published for AKD1000 with firmware 2.18.2, not verified on silicon.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from rusta_akida.program import parameters, record
from rusta_akida.program.errors import BuildError, ProgramError
from rusta_akida.program.layers import LayerSpec, completed
from rusta_akida.program.record import Record, read_record

HEADER = struct.Struct("<II")
NOTICE = struct.Struct("<4sI")
VERSION_AT = 0x08
TABLE_AT = 0x10
LONGEST_VERSION = 64
MOST_LAYERS = 255
DEFAULT_VERSION = "2.18.2"


@dataclass(frozen=True)
class Info:
    """A program_info, taken apart."""

    size: int
    root: int
    version: str
    records: tuple[Record, ...]
    block: int = 0  # bytes of the parameter block that is announced


class ProgramInfoBuilder:
    """Makes program_info from layers that lie one after the other in program_data::

    info = ProgramInfoBuilder().version("2.18.2").layer(LayerSpec("FC", 50, 1)).build()
    """

    def __init__(self) -> None:
        self._version = DEFAULT_VERSION
        self._layers: list[LayerSpec] = []

    def version(self, version: str) -> ProgramInfoBuilder:
        """The firmware that the program is for, such as ``"2.18.2"``."""
        check_version(version)
        self._version = version
        return self

    def layer(self, layer: LayerSpec) -> ProgramInfoBuilder:
        """Add a layer behind the others."""
        self._layers.append(layer)
        return self

    def build(self) -> bytes:
        """The bytes.

        Raises:
            BuildError: there is no layer, there are too many, or two have one slot.
        """
        layers = completed(self._layers)
        check_layers(layers)
        text = self._version.encode()
        block = len(parameters.write(layers))
        notice = NOTICE.pack(parameters.MAGIC, block) if block else b""
        padded = max(TABLE_AT, -(-(VERSION_AT + len(text) + 1) // 8) * 8)
        root = padded + len(notice)
        table, at = bytearray(), 0
        for layer in layers:
            table += Record(
                layer.kind, layer.in_features, layer.out_features, at, layer.block_bytes, layer.threshold,
                int(layer.mutable), layer.slot_id,
            ).to_bytes()  # fmt: skip
            at += layer.block_bytes
        return HEADER.pack(root + len(table), root) + text.ljust(padded - VERSION_AT, b"\0") + notice + bytes(table)


def check_version(version: str) -> None:
    """BuildError unless ``version`` can stand in a program."""
    if not version.isascii() or not version.isprintable() or not 1 <= len(version) <= LONGEST_VERSION:
        raise BuildError(f"version {version!r}: printable ASCII of 1 to {LONGEST_VERSION} characters is needed")


def check_layers(layers: list[LayerSpec]) -> None:
    """BuildError unless these layers can stand one behind the other."""
    if not layers:
        raise BuildError("a program needs a layer; add one with fully_connected() or input_conv()")
    if len(layers) > MOST_LAYERS:
        raise BuildError(f"{len(layers)} layers; a program has at most {MOST_LAYERS}")
    owners: dict[int, int] = {}
    for number, layer in enumerate(layers):
        if layer.mutable and layer.slot_id in owners:
            first = owners[layer.slot_id]
            raise BuildError(f"slot {layer.slot_id} is used by layer {first} and by layer {number}; choose another one")
        if layer.mutable:
            owners[layer.slot_id] = number


def read_info(info: bytes) -> Info:
    """Take program_info apart.

    Raises:
        ProgramError: it is cut, or a field does not hold what the layout says.
    """
    part = "program_info"
    for name, at in (("size", 0), ("root offset", 4)):
        if len(info) < at + 4:
            raise ProgramError(
                part, len(info), name, f"cut off: 4 bytes are needed, {max(0, len(info) - at)} are there"
            )
    size, root = HEADER.unpack_from(info)
    if root < VERSION_AT + 2:
        raise ProgramError(part, 4, "root offset", f"{root} lies inside the header")
    if root > len(info):
        raise ProgramError(part, 4, "root offset", f"{root} lies behind the end; {len(info)} bytes are there")
    if size != len(info):
        raise ProgramError(part, 0, "size", f"{size} bytes announced, {len(info)} are there")
    block, text_end = 0, root
    if root >= TABLE_AT + NOTICE.size and info[root - NOTICE.size : root - 4] == parameters.MAGIC:
        text_end = root - NOTICE.size
        (_, block) = NOTICE.unpack_from(info, text_end)
        if block == 0:
            raise ProgramError(part, text_end + 4, "parameter block size", "0; a block that is announced is not empty")
    version = _version(info, text_end)
    count, rest = divmod(size - root, record.SIZE)
    if rest:
        read_record(info, root + count * record.SIZE, count)
    if not 1 <= count <= MOST_LAYERS:
        raise ProgramError(part, root, "layer table", f"{count} layers; 1 to {MOST_LAYERS} are possible")
    records = tuple(read_record(info, root + n * record.SIZE, n) for n in range(count))
    owners: dict[int, int] = {}
    for number, one in enumerate(records):
        if one.mutable and one.slot_id in owners:
            at = root + number * record.SIZE + 0x12
            why = f"{one.slot_id} is used by layer {owners[one.slot_id]} already"
            raise ProgramError(part, at, f"layer {number} slot_id", why)
        if one.mutable:
            owners[one.slot_id] = number
    return Info(size, root, version, records, block)


def _version(info: bytes, end_at: int) -> str:
    raw = info[VERSION_AT:end_at]
    end = raw.find(b"\0")
    if end < 0:
        raise ProgramError("program_info", VERSION_AT, "version", "no NUL before the table of layers")
    text = raw[:end]
    if not 1 <= end <= LONGEST_VERSION or not text.isascii() or not text.decode("ascii", "replace").isprintable():
        raise ProgramError("program_info", VERSION_AT, "version", f"{text[:20]!r} is no version")
    if raw[end:].strip(b"\0"):
        raise ProgramError("program_info", VERSION_AT + end, "version padding", "bytes behind the NUL are not zero")
    return text.decode("ascii")
