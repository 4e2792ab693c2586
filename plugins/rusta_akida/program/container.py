"""``.fbz``: a program in a file, in FlatBuffers, with the inputs and outputs that prove it.

The schema is in ``container.fbs``. The vendor's model files have the same ending and are something else: they are
recognised and refused.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import struct
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import DamagedFile
from rusta_akida.program.errors import BuildError, ProgramError
from rusta_akida.program.flat import PART, FlatTable
from rusta_akida.program.profiles import DEFAULT
from rusta_akida.program.reading import Program, parse_program
from rusta_akida.program.vendor import refuse_vendor_file

IDENTIFIER = b"RFBZ"
SCHEMA_VERSION = 1
LARGEST = 64 << 20
FIELDS = ("schema_version", "total_size", "name", "profile", "program_info", "program_data", "proof_inputs",
          "proof_outputs", "reference_error", "quantised_error", "details", "payload_sha256")  # fmt: skip
_AT = {name: index for index, name in enumerate(FIELDS)}
_DIGEST = 32
_PROFILE = re.compile(r"[a-z0-9_-]{1,40}")


def _none() -> npt.NDArray[Any]:
    return np.zeros((0, 0), np.uint8)


@dataclass(frozen=True, eq=False)
class Container:
    """What a ``.fbz`` file holds.

    Attributes:
        program: the program. name: what people call it. profile: the device profile it was built for.
        proof_inputs: uint8 (rows, in_features), held out from training; proof_outputs: int32 (rows, out_features).
        reference_error, quantised_error: of the readout in floating point and in integers; NaN when not known.
        details: anything else, as JSON values.
    """

    program: Program
    name: str = "program"
    profile: str = DEFAULT
    proof_inputs: npt.NDArray[Any] = field(default_factory=_none)
    proof_outputs: npt.NDArray[Any] = field(default_factory=_none)
    reference_error: float = math.nan
    quantised_error: float = math.nan
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def delta(self) -> float:
        """By what share the integers are worse than floating point; NaN when not known, 0 when they are better."""
        if math.isnan(self.reference_error) or math.isnan(self.quantised_error):
            return math.nan
        return max(0.0, self.quantised_error - self.reference_error)


def write_container(container: Container) -> bytes:
    """The bytes of a ``.fbz`` file; the same for the same container.

    Raises:
        BuildError: the proof does not have the shape of the program.
    """
    import flatbuffers

    _check_proof(container)
    builder = flatbuffers.Builder(len(container.program.program_data) + 2048)
    digest = builder.CreateByteVector(bytes(_DIGEST))
    details = builder.CreateString(_as_json(container.details))
    rows = np.ascontiguousarray(container.proof_outputs, "<i4").ravel()
    outputs = builder.CreateNumpyVector(rows) if rows.size else None
    inputs = builder.CreateByteVector(np.ascontiguousarray(container.proof_inputs, np.uint8).tobytes())
    data = builder.CreateByteVector(container.program.program_data)
    info = builder.CreateByteVector(container.program.program_info)
    profile, name = builder.CreateString(container.profile), builder.CreateString(container.name)
    builder.ForceDefaults(True)
    builder.StartObject(len(FIELDS))
    for at, offset in ((11, digest), (10, details), (7, outputs), (6, inputs), (5, data), (4, info), (3, profile),
                       (2, name)):  # fmt: skip
        if offset is not None:
            builder.PrependUOffsetTRelativeSlot(at, offset, 0)
    builder.PrependFloat64Slot(9, container.quantised_error, 0.0)
    builder.PrependFloat64Slot(8, container.reference_error, 0.0)
    builder.PrependUint32Slot(1, 0, 0)
    builder.PrependUint16Slot(0, SCHEMA_VERSION, 0)
    builder.Finish(builder.EndObject(), IDENTIFIER)
    whole = bytearray(builder.Output())
    table = FlatTable(bytes(whole), FIELDS)
    size_at = table.place(_AT["total_size"])
    assert size_at is not None
    struct.pack_into("<I", whole, size_at, len(whole))
    digest_at, _ = table.vector(_AT["payload_sha256"], 1)
    whole[digest_at : digest_at + _DIGEST] = hashlib.sha256(whole).digest()
    return bytes(whole)


def read_container(data: bytes) -> Container:
    """What a ``.fbz`` file holds.

    Raises:
        VendorFile: it is, or looks like, a model file of the chip's vendor.
        ProgramError: it is cut, damaged or of another kind; offset and field are named.
    """
    if len(data) > LARGEST:
        raise ProgramError(PART, LARGEST, "file", f"{len(data):,} bytes; at most {LARGEST:,} are read")
    if data[4:8] != IDENTIFIER:
        if len(data) < 8:
            raise ProgramError(
                PART, len(data), "file identifier", f"cut off: 8 bytes are needed, {len(data)} are there"
            )
        refuse_vendor_file(data)
        raise ProgramError(PART, 4, "file identifier", f"{data[4:8]!r}; a program container has {IDENTIFIER!r}")
    table = FlatTable(data, FIELDS)
    version = table.number(_AT["schema_version"], "H")
    if version != SCHEMA_VERSION:
        place = table.place(0) or 0
        raise ProgramError(PART, place, "schema_version", f"{version} is not known; this reads {SCHEMA_VERSION}")
    size = table.number(_AT["total_size"], "I")
    if size != len(data):
        place = table.place(_AT["total_size"]) or 0
        raise ProgramError(PART, place, "total_size", f"{size} bytes announced, {len(data)} are there")
    _check_digest(table, data)
    program = parse_program(table.octets(_AT["program_info"]), table.octets(_AT["program_data"]))
    inputs, outputs = _proof(table, data, program)
    named = table.text(_AT["profile"])
    if not _PROFILE.fullmatch(named):  # a path in it would be read
        place = table.vector(_AT["profile"], 1)[0]
        raise ProgramError(PART, place, "profile", f"{named[:40]!r} is no name of a device profile")
    return Container(
        program=program,
        name=table.text(_AT["name"]),
        profile=named,
        proof_inputs=inputs,
        proof_outputs=outputs,
        reference_error=float(table.number(_AT["reference_error"], "d")),
        quantised_error=float(table.number(_AT["quantised_error"], "d")),
        details=_details(table),
    )


def load_container(path: Path | str) -> Container:
    """Read a ``.fbz`` file.

    Raises:
        ProgramError: it is damaged or no container; its part begins with the file's name.
        DamagedFile: it cannot be read at all. VendorFile: as :func:`read_container`.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise DamagedFile(f"{path} cannot be read: {error.strerror or error}; give a .fbz file") from None
    try:
        return read_container(data)
    except ProgramError as error:
        raise ProgramError(f"{path}: {error.part}", error.offset, error.field, error.why) from None


def save_container(path: Path | str, container: Container) -> bytes:
    """Write a ``.fbz`` file, all of it or nothing; gives its bytes.

    Raises:
        BuildError: it cannot be written there.
    """
    data = write_container(container)
    write_file(Path(path), data)
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write ``data`` so that ``path`` has all of it or is as before. BuildError when it cannot be."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BuildError(f"cannot write {path}: {error.strerror or error}") from None


def _check_digest(table: FlatTable, data: bytes) -> None:
    at, count = table.vector(_AT["payload_sha256"], 1)
    if count != _DIGEST:
        raise ProgramError(PART, at, "payload_sha256", f"{count} bytes; {_DIGEST} are needed")
    hashed = hashlib.sha256(data[:at] + bytes(_DIGEST) + data[at + _DIGEST :]).digest()
    if hashed != data[at : at + _DIGEST]:
        raise ProgramError(PART, at, "payload_sha256", "the file was changed after it was written")


def _proof(table: FlatTable, data: bytes, program: Program) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    inputs = np.frombuffer(table.octets(_AT["proof_inputs"]), np.uint8)
    at, count = table.vector(_AT["proof_outputs"], 4)
    outputs = np.frombuffer(data, "<i4", count, at) if count else np.zeros(0, np.int32)
    rows, rest = divmod(inputs.size, program.in_features)
    if rest or count != rows * program.out_features:
        why = (
            f"{inputs.size} inputs and {count} outputs are no rows of {program.in_features} and {program.out_features}"
        )
        raise ProgramError(PART, at, "proof_outputs", why)
    if inputs.size and inputs.max() > 2 ** program.layers[0].spec.bits_in - 1:
        raise ProgramError(PART, table.vector(_AT["proof_inputs"], 1)[0], "proof_inputs", "a value is too large")
    return inputs.reshape(rows, program.in_features), outputs.astype(np.int32).reshape(rows, program.out_features)


def _details(table: FlatTable) -> dict[str, Any]:
    text = table.text(_AT["details"])
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProgramError(PART, table.vector(_AT["details"], 1)[0], "details", "not a JSON object")
    return found


def _as_json(details: dict[str, Any]) -> str:
    try:
        return json.dumps(details, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BuildError(f"details of a container are JSON values: {error}") from None


def _check_proof(container: Container) -> None:
    if not _PROFILE.fullmatch(container.profile):
        raise BuildError(f"profile {container.profile!r}: a container names one of the profiles that come with rusta")
    rows = len(container.proof_inputs)
    program = container.program
    if not rows and not len(container.proof_outputs):
        return
    wanted = ((rows, program.in_features), (rows, program.out_features))
    given = (container.proof_inputs.shape, container.proof_outputs.shape)
    if given != wanted:
        raise BuildError(f"the proof has shapes {given[0]} and {given[1]}; {wanted[0]} and {wanted[1]} are needed")
