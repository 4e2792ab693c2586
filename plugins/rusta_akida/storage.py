"""Named arrays in one file: written whole or not at all, and refused when a single byte is not as it was.

bytes 0..8     the text RUSTAARR
8..12          version of this layout, 1
12..16         length L of the header; both numbers are little-endian
16..16+L       canonical JSON: kind, meta, and of each array name, dtype and shape
…              the arrays, one after the other, C order, little-endian
last 32        SHA-256 of everything before: the file's fingerprint
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import DamagedFile
from rusta_schemas.canonical import canonical_bytes

MAGIC = b"RUSTAARR"
VERSION = 1
DTYPES = ("int8", "uint8", "int32", "uint32", "int64", "float32", "float64")
_FRONT = struct.Struct("<8sII")
_DIGEST = 32

Arrays = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Stored:
    """What a file holds."""

    kind: str
    meta: dict[str, Any]
    arrays: Arrays
    fingerprint: str


def encode(kind: str, meta: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """The bytes of a file. ``meta`` must have a JSON form."""
    listed, pieces = [], []
    for name, array in arrays.items():
        if array.dtype.name not in DTYPES:
            raise DamagedFile(f"array {name!r} is {array.dtype}; a file holds {', '.join(DTYPES)}")
        listed.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape)})
        pieces.append(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes())
    header = canonical_bytes({"kind": kind, "meta": dict(meta), "arrays": listed})
    body = b"".join([_FRONT.pack(MAGIC, VERSION, len(header)), header, *pieces])
    return body + hashlib.sha256(body).digest()


def decode(data: bytes, kind: str, source: str = "the file") -> Stored:
    """What :func:`encode` was given. DamagedFile names the offset and the field that is wrong."""
    if len(data) < _FRONT.size:
        raise DamagedFile(f"{source}: cut at offset {len(data)} in field 'front' (16 bytes)")
    magic, version, length = _FRONT.unpack_from(data)
    if magic != MAGIC:
        raise DamagedFile(
            f"{source}: offset 0, field 'magic': {magic!r} instead of {MAGIC!r}; not a file of rusta_akida"
        )
    if version != VERSION:
        raise DamagedFile(f"{source}: offset 8, field 'version': {version}; this rusta reads {VERSION}")
    end = _FRONT.size + length
    if len(data) < end:
        raise DamagedFile(f"{source}: cut at offset {len(data)} in field 'header' ({length} bytes from offset 16)")
    digest_at = len(data) - _DIGEST
    listed = _header(data[_FRONT.size : end], source)
    at, places = end, {}
    for entry in listed["arrays"]:
        size = math.prod(entry["shape"]) * np.dtype(entry["dtype"]).itemsize
        if digest_at < at + size:
            raise DamagedFile(
                f"{source}: cut at offset {len(data)} in field {entry['name']!r} ({size} bytes from {at})"
            )
        places[entry["name"]] = (at, entry)
        at += size
    if at != digest_at:
        raise DamagedFile(f"{source}: offset {at}, field 'digest': {digest_at - at} bytes stand before it")
    digest = hashlib.sha256(data[:digest_at]).digest()
    if digest != data[digest_at:]:
        raise DamagedFile(f"{source}: offset {digest_at}, field 'digest': the content is not what was written")
    if listed["kind"] != kind:
        raise DamagedFile(f"{source}: offset 16, field 'kind': {listed['kind']!r} instead of {kind!r}")
    arrays: Arrays = {}
    for name, (start, entry) in places.items():
        dtype = np.dtype(entry["dtype"]).newbyteorder("<")
        flat = np.frombuffer(data, dtype, math.prod(entry["shape"]), start)
        arrays[name] = flat.reshape(entry["shape"]).astype(entry["dtype"])
    return Stored(kind, listed["meta"], arrays, digest.hex())


def _header(raw: bytes, source: str) -> dict[str, Any]:
    try:
        header = json.loads(raw)
        entries = [(e["name"], e["dtype"], e["shape"]) for e in header["arrays"]]
        good = isinstance(header["kind"], str) and isinstance(header["meta"], dict)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise DamagedFile(f"{source}: offset 16, field 'header': not the JSON that was written") from None
    for name, dtype, shape in entries:
        sizes = isinstance(shape, list) and all(type(n) is int and 0 <= n < 1 << 40 for n in shape)
        if not (isinstance(name, str) and dtype in DTYPES and sizes):
            good = False
    if not good:
        raise DamagedFile(f"{source}: offset 16, field 'header': its entries are not of the kinds that were written")
    return dict(header)


def write_file(path: Path | str, data: bytes) -> None:
    """Put ``data`` at ``path``: afterwards it holds all of it, or what it held before."""
    target = Path(path)
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DamagedFile(f"{target} can't be written ({error.strerror}); what was there is unchanged") from None
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_file(path: Path | str) -> bytes:
    """All bytes of ``path``; DamagedFile when it can't be read."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise DamagedFile(f"{path} can't be read: {error.strerror}") from None
