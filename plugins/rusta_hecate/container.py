"""One file for named arrays and a header, written atomically and checked when read. Needs only NumPy.

Layout, little-endian: magic ``RUSTAHEC``, u32 format version, u64 length of the header, the header (JSON; its entry
``arrays`` gives name, dtype, shape and offset of each array), zero bytes up to a multiple of 64, the arrays, each
beginning at a multiple of 64, and at the end the SHA-256 of all that stands before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rusta_hecate.errors import FileDamaged, HecateError

MAGIC = b"RUSTAHEC"
VERSION = 1
_HEAD = struct.Struct("<8sIQ")
_ALIGN = 64
_DIGEST = 32
_DTYPES = frozenset({"float32", "float16", "int8", "uint8", "int64", "int32", "uint16", "uint32"})

Arrays = dict[str, NDArray[Any]]


def encode(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """The bytes of a file."""
    return b"".join(pieces(header, arrays))


def pieces(header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Iterator[bytes]:
    """The bytes of a file, one array after the other: a checkpoint is not held in memory a second time."""
    table, offset = [], 0
    for name, array in arrays.items():
        if array.dtype.name not in _DTYPES:
            raise HecateError(f"array {name} has the type {array.dtype.name}, which the file format does not know")
        table.append({"name": name, "dtype": array.dtype.name, "shape": list(array.shape), "offset": offset})
        offset += array.nbytes + -array.nbytes % _ALIGN
    head = json.dumps({**header, "arrays": table}, sort_keys=True).encode()
    digest = hashlib.sha256()
    for raw in chain((_HEAD.pack(MAGIC, VERSION, len(head)) + head,), (array.tobytes() for array in arrays.values())):
        piece = raw + b"\0" * (-len(raw) % _ALIGN)
        digest.update(piece)
        yield piece
    yield digest.digest()


def decode(data: bytes, where: str) -> tuple[dict[str, Any], Arrays]:
    """Header and arrays (read-only views).

    :raises FileDamaged: if a single byte differs from what was written, or another version wrote it.
    """
    if len(data) < _HEAD.size + _DIGEST or data[:8] != MAGIC:
        raise FileDamaged(f"{where}: not a model file of this program (or cut off near its beginning)")
    _, version, length = _HEAD.unpack_from(data)
    if version != VERSION:
        raise FileDamaged(f"{where}: written in format {version}; this program reads format {VERSION}")
    body = memoryview(data)[:-_DIGEST]
    if hashlib.sha256(body).digest() != data[-_DIGEST:]:
        raise FileDamaged(f"{where}: damaged or cut off (its checksum does not fit); use another copy")
    try:
        header = json.loads(bytes(body[_HEAD.size : _HEAD.size + length]))
        first = -(-(_HEAD.size + length) // _ALIGN) * _ALIGN
        arrays = {entry["name"]: _array(body, first, entry) for entry in header.pop("arrays")}
    except (ValueError, KeyError, TypeError) as wrong:
        raise FileDamaged(f"{where}: its header is not as it has to be ({wrong})") from None
    return header, arrays


def save(path: Path, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a file: afterwards it is there whole, or (an error) the former one is untouched.

    :raises HecateError: if it cannot be written.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as file:
            file.writelines(pieces(header, arrays))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as wrong:
        why = wrong.strerror or wrong
        raise HecateError(
            f"cannot write {path}: {why}; the former file is untouched; make room and try again"
        ) from None
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)


def load(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Read a file.

    :raises FileDamaged: see :func:`decode`.
    """
    try:
        data = path.read_bytes()
    except OSError as wrong:
        raise FileDamaged(f"{path}: {wrong.strerror or wrong}") from None
    return decode(data, str(path))


def _array(body: memoryview, first: int, entry: Mapping[str, Any]) -> NDArray[Any]:
    if entry["dtype"] not in _DTYPES:
        raise ValueError(f"unknown type {entry['dtype']!r}")
    shape = tuple(int(n) for n in entry["shape"])
    if any(n < 0 for n in shape):
        raise ValueError(f"shape {shape}")
    count = int(np.prod(shape, dtype=np.int64))
    found = np.frombuffer(body, entry["dtype"], count, first + int(entry["offset"])).reshape(shape)
    found.flags.writeable = False
    return found
