"""Byte offsets and the positions of the language server protocol: lines from 0, columns in UTF-16 units."""

from __future__ import annotations


def position_of(data: bytes, offset: int) -> list[int]:
    """[line, column] of a byte offset that lies between characters of UTF-8 text."""
    line = data.rfind(b"\n", 0, offset) + 1
    text = data[line:offset].decode("utf-8", "replace")
    return [data.count(b"\n", 0, offset), len(text.encode("utf-16-le")) // 2]


def offset_of(data: bytes, line: int, column: int) -> int:
    """The byte offset of a position; what lies beyond the line or the text is brought back to its end."""
    start = 0
    for _ in range(line):
        following = data.find(b"\n", start)
        if following < 0:
            return len(data)
        start = following + 1
    end = data.find(b"\n", start)
    text = data[start : len(data) if end < 0 else end].decode("utf-8", "replace")
    before = text.encode("utf-16-le")[: 2 * column].decode("utf-16-le", "ignore")
    return start + len(before.encode("utf-8"))
