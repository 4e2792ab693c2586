"""The payloads of requests and replies, packed and taken apart."""

from __future__ import annotations

import hashlib
import json
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.devices.errors import FrameError

BLOCK_HEAD = struct.Struct("<16sBI")  # transaction, region, offset
SEAL = struct.Struct("<16sII32s")  # transaction, bytes of info, bytes of data, program hash
READ = struct.Struct("<BII")  # region, offset, count
ACTIVATE = struct.Struct("<16s32s32s")  # transaction, hash of the staged program, hash of the one active now
RESTORE = struct.Struct("<32s")  # hash of the program to go back to
VARIABLE_HEAD = struct.Struct("<BI")  # slot, bytes
INFER_HEAD = struct.Struct("<BII")  # bank, rows, features
OUTPUT_HEAD = struct.Struct("<II")  # rows, outputs
NO_PROGRAM = bytes(32)


def program_hash(program_info: bytes, program_data: bytes) -> bytes:
    """What tells two programs apart: SHA-256 over both parts and where one ends."""
    return hashlib.sha256(struct.pack("<I", len(program_info)) + program_info + program_data).digest()


@dataclass(frozen=True)
class Identity:
    """Who a device is. ``sealed`` and ``done`` are the transactions that are ready, and that were activated last."""

    product: str
    serial: str
    profile: str
    version: str
    layout: str
    protocol: int
    active: str
    previous: str
    staged: str
    sealed: str
    done: str

    @classmethod
    def of(cls, payload: bytes) -> Identity:
        return cls(**_object(payload, cls))


@dataclass(frozen=True)
class Health:
    """What a device has been through. modelled_us: time that its work would take, by the profile's model of the link."""

    transfers: int
    bytes_in: int
    bytes_out: int
    bad_frames: int
    programs: int
    variables: int
    inferences: int
    modelled_us: float

    @classmethod
    def of(cls, payload: bytes) -> Health:
        return cls(**_object(payload, cls))


def to_payload(value: object) -> bytes:
    """A dataclass as the payload of a reply."""
    return json.dumps(vars(value), sort_keys=True).encode()


def _object(payload: bytes, kind: Any) -> dict[str, Any]:
    try:
        found = json.loads(payload)
    except (ValueError, RecursionError):
        found = None
    fields = kind.__dataclass_fields__
    if not isinstance(found, dict) or set(found) != set(fields):
        raise FrameError(f"reply, offset 0, {kind.__name__.lower()}: {payload[:40]!r} is none")
    kinds: dict[str, tuple[type, ...]] = {"int": (int,), "str": (str,), "float": (int, float)}
    for name, about in fields.items():
        if not isinstance(found[name], kinds[about.type]) or isinstance(found[name], bool):
            raise FrameError(f"reply, {kind.__name__.lower()} {name}: {found[name]!r}")
    return found


def read_outputs(payload: bytes) -> npt.NDArray[np.int32]:
    """int32 (rows, outputs) of the reply to INFER.

    Raises:
        FrameError: it has another size than it says.
    """
    if len(payload) < OUTPUT_HEAD.size:
        raise FrameError(f"reply, offset {len(payload)}, outputs: cut off")
    rows, outputs = OUTPUT_HEAD.unpack_from(payload)
    if len(payload) != OUTPUT_HEAD.size + 4 * rows * outputs:
        raise FrameError(
            f"reply, offset {OUTPUT_HEAD.size}, outputs: {rows} x {outputs} announced, {len(payload)} bytes"
        )
    return np.frombuffer(payload, "<i4", rows * outputs, OUTPUT_HEAD.size).reshape(rows, outputs).astype(np.int32)
