"""A file of named arrays: versioned, checksummed section by section, memory-mapped, and refused when damaged.

Layout, little-endian::

    0   8  magic  89 52 53 54 42 0D 0A 1A   ("RSTB" with the bytes that betray a transfer as text)
    8   4  version of the layout, 1
    12  4  number of sections
    16  8  size of the whole file
    24  8  kind of content, ASCII, padded with NUL
    32  4  CRC-32 of bytes 0..32 and of the table
    36 28  zero
    64     the table, 64 bytes a section:
             24 name, 8 dtype ("<u4"), 8 offset, 8 bytes, 8 elements, 4 CRC-32 of the data, 4 zero
    ...    the data of the sections, in the order of the table, each at the next multiple of 64, gaps zero

So every byte is either covered by a checksum or has to be zero: a flipped bit anywhere is found. Sections that are needed
and missing, or of another type, are the reader's to refuse; unknown ones are left alone.
"""

from __future__ import annotations

import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rusta_burst.errors import BurstError, DamagedFile, InvalidInput

MAGIC = b"\x89RSTB\r\n\x1a"
VERSION = 1
_HEAD = struct.Struct("<8sIIQ8s")
_ROW = struct.Struct("<24s8sQQQI4x")
_START, _ALIGN = 64, 64
_MOST_SECTIONS = 4096
_TYPES = frozenset({"|u1", "|i1", "<u2", "<i2", "<u4", "<i4", "<u8", "<i8", "<f4", "<f8"})
_CHUNK = 1 << 24

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Container:
    """What was read. The arrays are views of the mapped file and cannot be written to."""

    path: Path
    kind: str
    sections: Mapping[str, Array]
    offsets: Mapping[str, int]

    def section(self, name: str, dtype: str) -> Array:
        """An array by its name, of the type ``dtype``.

        Raises:
            DamagedFile: it is not there, or of another type.
        """
        if name not in self.sections:
            raise DamagedFile(f"{self.path}: the section {name!r} is missing")
        found = self.sections[name]
        if found.dtype != np.dtype(dtype):
            raise DamagedFile(
                f"{self.path}: the section {name!r} at byte {self.offsets[name]} holds {found.dtype.str}, "
                f"expected {np.dtype(dtype).str}",
                self.offsets[name],
            )
        return found


def write(path: Path, kind: str, sections: Mapping[str, Array]) -> None:
    """Write a container so that after a crash the old file or the new one is there, never a part.

    Raises:
        InvalidInput: a name or a type that the layout has no room for.
        BurstError: the file cannot be written; nothing is left of it.
    """
    arrays = {name: _plain(name, values) for name, values in sections.items()}
    head, table, places = _plan(kind, arrays)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with temporary.open("wb") as file:
            file.write(head + table)
            for place, values in zip(places, arrays.values(), strict=True):
                file.write(b"\0" * (place - file.tell()))
                _write_array(file, values)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise BurstError(f"cannot write {path}: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            temporary.unlink()


def read(path: Path, kind: str, *, verify: bool = True) -> Container:
    """Map a container.

    Args:
        kind: the kind of content that is expected.
        verify: check the data too, which reads all of it; the table is always checked.

    Raises:
        DamagedFile: it is not such a file, of a later version, or damaged; the message names the byte.
        BurstError: it cannot be opened.
    """
    data = _map(path)
    rows, found_kind = _table(path, data)
    if found_kind != kind:
        raise DamagedFile(f"{path}: it holds a {found_kind!r}, expected a {kind!r}", 24)
    sections: dict[str, Array] = {}
    offsets: dict[str, int] = {}
    end = _START + _ROW.size * len(rows)
    for name, dtype, offset, size, count, crc in rows:
        at = -(-end // _ALIGN) * _ALIGN
        if offset != at or size != count * np.dtype(dtype).itemsize or offset + size > len(data):
            raise DamagedFile(f"{path}: the table places section {name!r} at byte {offset}, expected {at}", offset)
        if any(data[end:offset]):
            raise DamagedFile(f"{path}: bytes {end} to {offset} between sections must be zero", end)
        if verify and _crc(data, offset, size) != crc:
            raise DamagedFile(
                f"{path}: section {name!r}, bytes {offset} to {offset + size}, does not have its checksum; "
                "restore the file from a copy",
                offset,
            )
        sections[name] = np.frombuffer(data, np.dtype(dtype), count, offset) if count else np.empty(0, np.dtype(dtype))
        offsets[name] = offset
        end = offset + size
    if end != len(data):
        raise DamagedFile(f"{path}: {len(data) - end} bytes too many after byte {end}", end)
    return Container(path, found_kind, sections, offsets)


def is_container(path: Path) -> bool:
    """Whether a file begins like one."""
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC)) == MAGIC
    except OSError:
        return False


# -- writing --------------------------------------------------------------------------------


def _plain(name: str, values: Array) -> Array:
    little = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    if little.dtype.str not in _TYPES or little.ndim != 1:
        raise InvalidInput(f"section {name!r}: expected one dimension of whole or real numbers, got {values.dtype}")
    if not 1 <= len(name.encode()) <= 24 or "\0" in name:
        raise InvalidInput(f"section {name!r}: a name has 1 to 24 bytes")
    return little


def _plan(kind: str, arrays: Mapping[str, Array]) -> tuple[bytes, bytes, list[int]]:
    end = _START + _ROW.size * len(arrays)
    rows, places = [], []
    for name, values in arrays.items():
        place = -(-end // _ALIGN) * _ALIGN
        places.append(place)
        crc = _crc(values.view(np.uint8).data, 0, values.nbytes) if values.nbytes else 0
        rows.append(_ROW.pack(name.encode(), values.dtype.str.encode(), place, values.nbytes, len(values), crc))
        end = place + values.nbytes
    table = b"".join(rows)
    head = _HEAD.pack(MAGIC, VERSION, len(arrays), end, kind.encode())
    crc = zlib.crc32(table, zlib.crc32(head))
    return head + struct.pack("<I28x", crc), table, places


def _write_array(file: Any, values: Array) -> None:
    if values.nbytes:
        raw = values.view(np.uint8).data
        for start in range(0, len(raw), _CHUNK):
            file.write(raw[start : start + _CHUNK])


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


# -- reading --------------------------------------------------------------------------------


def _map(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < _START:
                raise DamagedFile(f"{path}: {size} bytes are too few, the head alone has {_START}", size)
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except OSError as error:
        raise BurstError(f"cannot read {path}: {error.strerror or error}") from None


def _table(path: Path, data: Any) -> tuple[list[tuple[str, str, int, int, int, int]], str]:
    magic, version, count, size, kind = _HEAD.unpack_from(data, 0)
    if magic != MAGIC:
        raise DamagedFile(f"{path}: byte 0 should begin with {MAGIC!r}; this is no file of ours", 0)
    if version != VERSION:
        raise DamagedFile(f"{path}: layout version {version} at byte 8; this program reads version {VERSION}", 8)
    if count > _MOST_SECTIONS or _START + count * _ROW.size > len(data):
        raise DamagedFile(f"{path}: {count} sections at byte 12 do not fit into {len(data)} bytes", 12)
    end = _START + count * _ROW.size
    (crc,) = struct.unpack_from("<I", data, 32)
    if zlib.crc32(data[_START:end], zlib.crc32(data[:32])) != crc:
        raise DamagedFile(f"{path}: the head and the table, bytes 0 to {end}, do not have their checksum", 32)
    if any(data[36:_START]):
        raise DamagedFile(f"{path}: bytes 36 to {_START} must be zero", 36)
    if size != len(data):
        raise DamagedFile(f"{path}: {len(data)} bytes long, {size} expected; it was cut or something was added", 16)
    rows: list[tuple[str, str, int, int, int, int]] = []
    for number in range(count):
        at = _START + number * _ROW.size
        if any(data[at + 60 : at + 64]):
            raise DamagedFile(f"{path}: bytes {at + 60} to {at + 64} must be zero", at + 60)
        name, dtype, offset, length, elements, checksum = _ROW.unpack_from(data, at)
        text, kind_of = name.rstrip(b"\0").decode("utf-8", "replace"), dtype.rstrip(b"\0").decode("ascii", "replace")
        if kind_of not in _TYPES or text in {row[0] for row in rows}:
            raise DamagedFile(f"{path}: row {number} of the table, byte {at}, is not valid", at)
        rows.append((text, kind_of, offset, length, elements, checksum))
    return rows, kind.rstrip(b"\0").decode("ascii", "replace")


def _crc(data: Any, offset: int, size: int) -> int:
    crc = 0
    view = memoryview(data)
    for start in range(offset, offset + size, _CHUNK):
        crc = zlib.crc32(view[start : min(start + _CHUNK, offset + size)], crc)
    return crc
