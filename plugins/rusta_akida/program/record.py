"""The 19-byte record of a layer in program_info, as the source documents publish it.

    0x00 u8   layer type (1 InputConv, 2 FC)        0x09 u32  weight size in bytes
    0x01 u16  in_features                           0x0D f32  threshold
    0x03 u16  out_features                          0x11 u8   mutable flag
    0x05 u32  weight offset in program_data         0x12 u8   slot_id, if mutable

Little-endian, packed. The documents contradict each other: one has the threshold as a float32 in the record, another as
an int4 beside the weights. The table of bytes is followed, so it is the float32.
"""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass

from rusta_akida.program.errors import ProgramError
from rusta_akida.program.layers import LayerType

RECORD = struct.Struct("<BHHIIfBB")
SIZE = 19
assert RECORD.size == SIZE

FIELDS = (
    ("layer type", 0x00), ("in_features", 0x01), ("out_features", 0x03), ("weight offset", 0x05),
    ("weight size", 0x09), ("threshold", 0x0D), ("mutable flag", 0x11), ("slot_id", 0x12),
)  # fmt: skip
_OFFSET = dict(FIELDS)


@dataclass(frozen=True)
class Record:
    """The fields of a record, in their order."""

    layer_type: int
    in_features: int
    out_features: int
    weight_offset: int
    weight_size: int
    threshold: float
    mutable: int
    slot_id: int

    def to_bytes(self) -> bytes:
        return RECORD.pack(
            self.layer_type, self.in_features, self.out_features, self.weight_offset, self.weight_size,
            self.threshold, self.mutable, self.slot_id,
        )  # fmt: skip


def read_record(info: bytes, offset: int, index: int) -> Record:
    """The record at ``offset``, each field checked by itself.

    Raises:
        ProgramError: it is cut, or a field holds what it cannot hold.
    """
    if offset + SIZE > len(info):
        present = [name for name, at in FIELDS if offset + at < len(info)]
        field = present[-1] if present else FIELDS[0][0]
        why = f"the record takes {SIZE} bytes, only {max(0, len(info) - offset)} are there"
        raise ProgramError("program_info", min(offset, len(info)), f"layer {index} {field}", why)
    record = Record(*RECORD.unpack_from(info, offset))

    def refuse(field: str, why: str) -> ProgramError:
        return ProgramError("program_info", offset + _OFFSET[field], f"layer {index} {field}", why)

    if record.layer_type not in LayerType.__members__.values():
        raise refuse("layer type", f"{record.layer_type} is unknown; 1 is InputConv, 2 is FC")
    if record.in_features == 0:
        raise refuse("in_features", "0; a layer takes at least one value")
    if record.out_features == 0:
        raise refuse("out_features", "0; a layer gives at least one value")
    if not math.isfinite(record.threshold):
        raise refuse("threshold", f"{record.threshold} is not finite")
    if record.mutable not in (0, 1):
        raise refuse("mutable flag", f"{record.mutable}; 0 and 1 are possible")
    if record.slot_id and not record.mutable:
        raise refuse("slot_id", f"{record.slot_id} on a layer that is not mutable")
    return record
