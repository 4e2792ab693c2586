"""The bytes of frames and segment headers: round trips, and nothing else decodes."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rusta_devlog.frames import (
    FRAME_HEADER,
    FRAME_MARKER,
    MAX_PAYLOAD,
    SECTOR,
    Fault,
    Frame,
    SegmentHeader,
    align,
    decode_frame,
    decode_segment_header,
    encode_frame,
    encode_segment_header,
    find_frame,
    genesis,
)
from rusta_schemas.canonical import canonical_bytes

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
entries = st.lists(st.dictionaries(st.text(), json_values, max_size=3), min_size=1, max_size=5)
digests = st.binary(min_size=32, max_size=32)
log_ids = st.text(min_size=1, max_size=50).filter(lambda text: len(text.encode()) <= 200)
sequence = st.integers(1, 2**63)


@given(entries, digests, log_ids, sequence, st.integers(0, 3))
def test_frame_round_trip(group, previous, log_id, first_seq, sectors):
    """What is encoded decodes to the same, wherever it stands in a file."""
    data, digest = encode_frame(log_id, first_seq, [canonical_bytes(e) for e in group], previous)
    assert len(data) % SECTOR == 0
    before = bytes(sectors * SECTOR)
    frame = decode_frame(before + data, len(before), log_id, base=4096)
    assert isinstance(frame, Frame)
    assert (frame.offset, frame.previous, frame.digest) == (4096 + len(before), previous, digest)
    assert list(frame.entries()) == list(enumerate(group, first_seq))
    assert frame.last_seq == first_seq + len(group) - 1
    assert align(frame.end) == 4096 + len(before) + len(data)
    assert hashlib.sha256(data[: frame.end - frame.offset]).digest() == digest


@given(log_ids, st.integers(1, 2**32 - 1), sequence, digests)
def test_segment_header_round_trip(log_id, number, first_seq, previous):
    header = SegmentHeader(log_id, number, first_seq, previous)
    data = encode_segment_header(header)
    assert len(data) == SECTOR
    assert decode_segment_header(data + b"anything") == header


@given(entries, st.data())
def test_a_cut_frame_is_no_frame(group, data):
    encoded, _ = encode_frame("log", 1, [canonical_bytes(e) for e in group], bytes(32))
    size = decode_frame(encoded, 0, "log").end
    cut = data.draw(st.integers(0, size - 1))
    assert isinstance(decode_frame(encoded[:cut], 0, "log"), Fault)


def test_every_flipped_bit_of_a_frame_is_noticed():
    encoded, _ = encode_frame("log", 7, [b'{"kind":"note"}', b"{}"], genesis("log"))
    size = decode_frame(encoded, 0, "log").end
    for at in range(size):
        for bit in range(8):
            changed = bytearray(encoded)
            changed[at] ^= 1 << bit
            assert isinstance(decode_frame(bytes(changed), 0, "log"), Fault), (at, bit)


def test_every_flipped_bit_of_a_segment_header_is_noticed():
    encoded = encode_segment_header(SegmentHeader("log", 3, 9, genesis("log")))
    for at in range(SECTOR):
        for bit in range(8):
            changed = bytearray(encoded)
            changed[at] ^= 1 << bit
            assert isinstance(decode_segment_header(bytes(changed)), Fault), (at, bit)


@given(st.binary(max_size=2000))
def test_noise_is_no_frame(noise):
    assert isinstance(decode_frame(noise, 0, "log"), Fault)
    assert isinstance(decode_segment_header(noise), Fault)
    assert find_frame(noise, 0, "log") is None


@given(st.binary(max_size=700), st.binary(max_size=700), st.integers(0, 3))
def test_a_frame_is_found_after_noise(before, after, markers):
    """Also behind false markers, and off any sector boundary."""
    encoded, digest = encode_frame("log", 4, [b"{}"], bytes(32))
    found = find_frame(before + FRAME_MARKER * markers + encoded + after, 0, "log", base=100)
    assert found is not None
    assert found.digest == digest
    assert found.offset == 100 + len(before) + 4 * markers


def test_a_frame_of_another_log_is_no_frame():
    encoded, _ = encode_frame("theirs", 1, [b"{}"], genesis("theirs"))
    assert isinstance(decode_frame(encoded, 0, "theirs"), Frame)
    assert isinstance(decode_frame(encoded, 0, "ours"), Fault)
    assert find_frame(encoded, 0, "ours") is None


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_no_payload_contains_a_marker_or_a_line_feed(entry):
    """That is what makes looking for the next frame, and splitting the payload, safe."""
    line = canonical_bytes(entry)
    assert FRAME_MARKER[:1] not in line
    assert FRAME_MARKER[-1:] not in line
    assert b"\n" not in line


def test_limits():
    with pytest.raises(ValueError, match="at least one"):
        encode_frame("log", 1, [], bytes(32))
    with pytest.raises(ValueError, match="in one frame"):
        encode_frame("log", 1, [bytes(MAX_PAYLOAD)], bytes(32))
    for name in ("", "é" * 101):
        with pytest.raises(ValueError, match="1 to 200 bytes"):
            encode_segment_header(SegmentHeader(name, 1, 1, bytes(32)))
    encode_segment_header(SegmentHeader("é" * 100, 1, 1, bytes(32)))


def test_a_newer_format_is_named():
    import struct
    import zlib

    data = bytearray(encode_segment_header(SegmentHeader("log", 1, 1, bytes(32))))
    data[8:10] = struct.pack("<H", 2)
    data[-4:] = struct.pack("<I", zlib.crc32(bytes(data[:-4])))
    fault = decode_segment_header(bytes(data))
    assert isinstance(fault, Fault)
    assert "version 2" in fault.reason


def test_header_size_is_the_documented_one():
    assert FRAME_HEADER == 56
