"""Small integers in bytes: how weights lie in a program.

Values are symmetric and signed: 4 bits hold -7..7, 2 bits hold -1..1, 1 bit holds -1 or 1. They are packed in
row-major order (the last axis runs fastest) without padding between rows. **The first value takes the lowest bits of
its byte**: of a 4-bit pair, the value with the even index is the low nibble. Values are in two's complement of their
width; a single bit is the sign, so 0 stands for 1 and 1 for -1. Unused bits of the last byte are zero.

The source documents say "int4 packed two per byte, row-major" and leave the order of the nibbles open; this is the
order chosen here, published and not verified on silicon.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rusta_akida.errors import QuantiseError

Int8 = npt.NDArray[np.int8]

WIDTHS = (1, 2, 4)
# Largest magnitude of each width.
LARGEST = {1: 1, 2: 1, 4: 7}


def check_width(bits: int) -> int:
    """``bits`` itself when it is 1, 2 or 4; QuantiseError otherwise."""
    if bits not in WIDTHS:
        raise QuantiseError(f"{bits!r} bits: weights have 1, 2 or 4")
    return bits


def packed_size(count: int, bits: int) -> int:
    """Bytes that ``count`` values of ``bits`` each take."""
    return (count * check_width(bits) + 7) // 8


def pack(values: npt.ArrayLike, bits: int = 4) -> bytes:
    """Values of any shape as bytes, in row-major order.

    Raises QuantiseError, naming index and value, when one is not an integer of that width.
    """
    check_width(bits)
    given = np.asarray(values)
    if given.size and given.dtype.kind not in "iu":
        raise QuantiseError(f"values to pack are {given.dtype}; round them to integers first")
    flat = given.astype(np.int64).ravel()
    wrong = np.abs(flat) > LARGEST[bits]
    if bits == 1:
        wrong |= flat == 0
    if wrong.any():
        at = int(np.argmax(wrong))
        allowed = "-1 or 1" if bits == 1 else f"{-LARGEST[bits]}..{LARGEST[bits]}"
        raise QuantiseError(f"value {flat[at]} at index {at} doesn't fit {bits} bits ({allowed}); quantise it first")
    coded = (flat < 0 if bits == 1 else flat & (2**bits - 1)).astype(np.uint8)
    each = 8 // bits
    padded = np.zeros(packed_size(flat.size, bits) * each, np.uint8)
    padded[: flat.size] = coded
    columns = padded.reshape(-1, each)
    total = np.zeros(len(columns), np.uint8)
    for place in range(each):
        total |= columns[:, place] << np.uint8(place * bits)
    return total.tobytes()


def unpack(data: bytes, count: int, bits: int = 4) -> Int8:
    """The ``count`` values in ``data``, one-dimensional. The inverse of :func:`pack`.

    Raises QuantiseError, naming the byte, for a wrong length, a value that symmetric integers don't have (-8 in
    4 bits, -2 in 2 bits), or unused bits that are not zero.
    """
    needed = packed_size(count, bits)
    if count < 0 or len(data) != needed:
        raise QuantiseError(f"{count} values of {bits} bits take {needed} bytes, {len(data)} are there")
    each = 8 // bits
    raw = np.frombuffer(data, np.uint8)
    shifts = np.arange(each, dtype=np.uint8) * np.uint8(bits)
    coded = ((raw[:, None] >> shifts) & np.uint8(2**bits - 1)).ravel()
    if coded[count:].any():
        raise QuantiseError(f"byte {len(data) - 1}: bits after the last of {count} values are not zero")
    coded = coded[:count]
    if bits == 1:
        return np.where(coded == 1, -1, 1).astype(np.int8)
    values = coded.astype(np.int8)
    values[values >= 2 ** (bits - 1)] -= np.int8(2**bits)
    wrong = values < -LARGEST[bits]
    if wrong.any():
        at = int(np.argmax(wrong))
        raise QuantiseError(
            f"byte {at * bits // 8}: value {values[at]} at index {at} is outside {bits}-bit symmetric range"
        )
    return values
