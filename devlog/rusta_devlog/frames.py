r"""The bytes of a log: segments made of frames, every frame holding a group of entries.

A log is a folder of *segments* ``00000001.seg``, ``00000002.seg``, … Numbers are little-endian. A segment begins with a
header that fills one sector (512 bytes)::

    offset  size
         0     8  magic  b"\xf5RSTLOG\xff"
         8     2  format version, 1
        10     2  length of the log id in bytes, L
        12     4  number of the segment, from 1
        16     8  sequence number of the segment's first entry, from 1
        24    32  SHA-256 of the frame before it (segment 1: see ``genesis``)
        56     L  log id, UTF-8, L <= 200
         …        zeros
       508     4  CRC-32 of bytes 0..508

and goes on with *frames*, each beginning on a sector boundary, zeros up to the next one::

         0     4  marker b"\xf5RF\xff"
         4     4  length of the payload in bytes, P <= 64 MiB
         8     8  sequence number of the frame's first entry
        16     4  number of entries, >= 1
        20     4  CRC-32 of the log id, then bytes 0..20, then bytes 24..56+P
        24    32  SHA-256 of the frame before it
        56     P  the entries as canonical JSON, each ended by one line feed

The SHA-256 of a frame is taken over its 56 + P bytes. A frame names the one before it, so the digest of the last frame
stands for the whole log. After the last frame a segment may hold zeros: room written ahead, because a write that does
not change a file's size syncs faster.

Why sectors: a power loss can leave a sector whose content was being changed in any state. No two frames share one, so
an unfinished frame cannot take a finished one with it. Why the marker: it contains a byte that UTF-8 never has, so no
payload can contain it, and a reader that lost its way finds the next frame by looking for it.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SECTOR = 512
FORMAT_VERSION = 1
MAX_LOG_ID = 200
MAX_PAYLOAD = 64 << 20

SEGMENT_MAGIC = b"\xf5RSTLOG\xff"
FRAME_MARKER = b"\xf5RF\xff"

_SEGMENT = struct.Struct("<8sHHIQ32s")
_FRAME_START = struct.Struct("<4sIQI")  # what the CRC covers before itself
_CRC = struct.Struct("<I")
_FRAME_HEAD = struct.Struct("<4sIQII32s")
FRAME_HEADER = _FRAME_HEAD.size


@dataclass(frozen=True, slots=True)
class SegmentHeader:
    """What the first sector of a segment says."""

    log_id: str
    number: int
    first_seq: int
    previous: bytes


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame: its place in the file, its place in the chain, and its payload."""

    offset: int
    first_seq: int
    count: int
    previous: bytes
    digest: bytes
    payload: bytes

    @property
    def end(self) -> int:
        """The offset after the frame's last byte, before the zeros that fill its sector."""
        return self.offset + FRAME_HEADER + len(self.payload)

    @property
    def last_seq(self) -> int:
        return self.first_seq + self.count - 1

    def lines(self) -> list[bytes]:
        """The canonical bytes of each entry."""
        return self.payload.split(b"\n")[:-1]

    def entries(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Each entry with its sequence number."""
        for seq, line in enumerate(self.lines(), self.first_seq):
            yield seq, json.loads(line)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why there is no readable frame or header at ``offset``."""

    offset: int
    reason: str


def align(offset: int) -> int:
    """The first sector boundary at or after ``offset``."""
    return -(-offset // SECTOR) * SECTOR


def is_blank(data: bytes) -> bool:
    """Whether there is nothing but zeros."""
    return data.count(0) == len(data)


def genesis(log_id: str) -> bytes:
    """The digest that the first frame of a log names as the one before it; it ties the chain to the log's id."""
    return hashlib.sha256(b"rusta devlog\0" + log_id.encode()).digest()


def encode_segment_header(header: SegmentHeader) -> bytes:
    """The first sector of a segment.

    Raises:
        ValueError: the log id is empty or longer than 200 bytes.
    """
    name = header.log_id.encode()
    if not 0 < len(name) <= MAX_LOG_ID:
        raise ValueError(f"a log id has 1 to {MAX_LOG_ID} bytes; {header.log_id!r} has {len(name)}")
    fixed = _SEGMENT.pack(SEGMENT_MAGIC, FORMAT_VERSION, len(name), header.number, header.first_seq, header.previous)
    body = (fixed + name).ljust(SECTOR - _CRC.size, b"\0")
    return body + _CRC.pack(zlib.crc32(body))


def decode_segment_header(data: bytes) -> SegmentHeader | Fault:
    """Read the first sector of a segment, or say why it cannot be read."""
    if len(data) < SECTOR:
        return Fault(0, f"the segment header is cut off after {len(data)} of {SECTOR} bytes")
    body = data[: SECTOR - _CRC.size]
    magic, version, name_length, number, first_seq, previous = _SEGMENT.unpack_from(body)
    if magic != SEGMENT_MAGIC:
        return Fault(0, "the file does not begin as a log segment does")
    if _CRC.unpack_from(data, len(body))[0] != zlib.crc32(body):
        return Fault(0, "the segment header does not match its checksum")
    if version != FORMAT_VERSION:
        return Fault(0, f"format version {version} is not one this program reads (1)")
    try:
        log_id = body[_SEGMENT.size : _SEGMENT.size + name_length].decode()
    except UnicodeDecodeError:
        return Fault(0, "the log id in the segment header is not UTF-8")
    return SegmentHeader(log_id, number, first_seq, previous)


def encode_frame(log_id: str, first_seq: int, lines: Sequence[bytes], previous: bytes) -> tuple[bytes, bytes]:
    """The bytes of a frame, filled up to a sector boundary, and its digest.

    Args:
        lines: canonical JSON of each entry, at least one; canonical JSON has no line feed of its own.

    Raises:
        ValueError: there is no entry, or the payload is larger than 64 MiB.
    """
    if not lines:
        raise ValueError("a frame holds at least one entry")
    payload = b"\n".join(lines) + b"\n"
    if len(payload) > MAX_PAYLOAD:
        raise ValueError(f"{len(payload)} bytes in one frame; at most {MAX_PAYLOAD} fit")
    start = _FRAME_START.pack(FRAME_MARKER, len(payload), first_seq, len(lines))
    crc = zlib.crc32(payload, zlib.crc32(previous, zlib.crc32(start, zlib.crc32(log_id.encode()))))
    frame = b"".join((start, _CRC.pack(crc), previous, payload))
    return frame.ljust(align(len(frame)), b"\0"), hashlib.sha256(frame).digest()


def decode_frame(data: bytes, at: int, log_id: str, base: int = 0) -> Frame | Fault:
    """Read the frame at ``data[at]``, or say why there is none.

    Args:
        base: the offset in the file of ``data[0]``; the offsets in the result are the file's.
    """
    if len(data) - at < FRAME_HEADER:
        return Fault(base + at, "the frame's header is cut off")
    marker, length, first_seq, count, crc, previous = _FRAME_HEAD.unpack_from(data, at)
    if marker != FRAME_MARKER:
        return Fault(base + at, "no frame begins here")
    if length > MAX_PAYLOAD or count == 0:
        return Fault(base + at, f"a frame of {count} entries in {length} bytes cannot be")
    end = at + FRAME_HEADER + length
    if end > len(data):
        return Fault(base + at, f"the frame is cut off: {len(data) - at} of {end - at} bytes")
    start = data[at : at + _FRAME_START.size]
    payload = data[at + FRAME_HEADER : end]
    found = zlib.crc32(payload, zlib.crc32(previous, zlib.crc32(start, zlib.crc32(log_id.encode()))))
    if found != crc or payload.count(b"\n") != count:
        return Fault(base + at, "the frame does not match its checksum")
    digest = hashlib.sha256(data[at:end]).digest()
    return Frame(base + at, first_seq, count, previous, digest, payload)


def find_frame(data: bytes, start: int, log_id: str, base: int = 0) -> Frame | None:
    """The first whole frame of this log at or after ``data[start]``, wherever it begins."""
    at = data.find(FRAME_MARKER, start)
    while at >= 0:
        frame = decode_frame(data, at, log_id, base)
        if isinstance(frame, Frame):
            return frame
        at = data.find(FRAME_MARKER, at + 1)
    return None
