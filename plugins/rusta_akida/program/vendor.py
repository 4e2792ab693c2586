"""Telling a vendor's model file from ours and from rubbish. Nothing of it is decoded.

What is used was said in public about these files: they are Snappy-compressed FlatBuffers, so they begin with the length
of the uncompressed data and a literal, and a version such as ``2.18.2`` stands near the beginning.
"""

from __future__ import annotations

import re

from rusta_akida.program.errors import VendorFile

_VERSION = re.compile(rb"(?<![0-9.])[1-9]\.[0-9]{1,2}\.[0-9]{1,2}(?![0-9.])")
_NEAR = 512


def looks_like_vendor_file(data: bytes) -> bool:
    """True for a file that begins as the vendor's model files are said to begin."""
    return _is_snappy(data) and _VERSION.search(data[:_NEAR]) is not None


def refuse_vendor_file(data: bytes) -> None:
    """VendorFile when ``data`` looks like a model file of the vendor."""
    if looks_like_vendor_file(data):
        raise VendorFile(
            "this .fbz looks like a model file of the chip's vendor (a Snappy-compressed FlatBuffer). Its format is "
            "the vendor's own and is not read here; build the program from its weights with ProgramBuilder, or from "
            ".npz, safetensors or ONNX with 'rusta akida import'"
        )


def _is_snappy(data: bytes) -> bool:
    length, shift = 0, 0
    for at, byte in enumerate(data[:5]):
        length |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            # The first element of a Snappy block is a literal: there is nothing yet to copy from.
            literal = at + 1 < len(data) and data[at + 1] & 3 == 0
            # No element of Snappy makes more than 64 bytes from its two or three.
            return literal and len(data) // 2 <= length <= 64 * len(data)
    return False
