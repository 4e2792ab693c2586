"""Reading FlatBuffers from files that nobody vouches for: every offset is checked before it is followed.

The library's Python runtime trusts its input and has no verifier. This reads the little that the container needs, and an
error names the offset and the field.
"""

from __future__ import annotations

import struct

from rusta_akida.program.errors import ProgramError

PART = "container"


class FlatTable:
    """The root table of a buffer. Fields are counted from 0 in the order of the schema; ``start`` is the table's place.

    Raises (every method):
        ProgramError: an offset points outside, or a value is cut off.
    """

    def __init__(self, data: bytes, fields: tuple[str, ...]) -> None:
        self._data, self._fields = data, fields
        self.start = self._number("<I", 0, "root offset")
        self._span(self.start, 4, "root offset")
        back = self._number("<i", self.start, "vtable offset")
        vtable = self.start - back
        self._span(vtable, 4, "vtable")
        size = self._number("<H", vtable, "vtable size")
        if size < 4 or size % 2:
            raise ProgramError(PART, vtable, "vtable size", f"{size}; an even number from 4 on is needed")
        self._span(vtable, size, "vtable")
        self._length = self._number("<H", vtable + 2, "table size")
        self._span(self.start, self._length, "table size")
        self._vtable, self._slots = vtable, (size - 4) // 2

    def place(self, index: int) -> int | None:
        """Where field ``index`` lies; None when the buffer leaves it out."""
        if index >= self._slots:
            return None
        offset = self._number("<H", self._vtable + 4 + 2 * index, f"vtable entry of {self._fields[index]}")
        if offset == 0:
            return None
        if offset < 4 or offset >= self._length:
            where = self._vtable + 4 + 2 * index
            raise ProgramError(PART, where, self._fields[index], f"field offset {offset} lies outside the table")
        return self.start + offset

    def number(self, index: int, code: str) -> int | float:
        """The scalar in field ``index``, of struct code ``code``. It must be there."""
        place = self.place(index)
        if place is None:
            raise ProgramError(PART, self.start, self._fields[index], "the field is missing")
        return self._number("<" + code, place, self._fields[index])

    def vector(self, index: int, width: int) -> tuple[int, int]:
        """(offset, number of elements) of a vector of elements of ``width`` bytes; (0, 0) when it is left out."""
        place = self.place(index)
        field = self._fields[index]
        if place is None:
            return 0, 0
        start = place + self._number("<I", place, field)
        count = self._number("<I", start, f"{field} length")
        self._span(start + 4, count * width, field)
        return start + 4, count

    def octets(self, index: int) -> bytes:
        """A vector of bytes."""
        start, count = self.vector(index, 1)
        return self._data[start : start + count]

    def text(self, index: int) -> str:
        """A string."""
        start, count = self.vector(index, 1)
        try:
            return self._data[start : start + count].decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProgramError(PART, start + error.start, self._fields[index], "not UTF-8") from None

    def _number(self, code: str, at: int, field: str) -> int:
        self._span(at, struct.calcsize(code), field)
        (value,) = struct.unpack_from(code, self._data, at)
        return value  # type: ignore[no-any-return]

    def _span(self, at: int, size: int, field: str) -> None:
        available = len(self._data)
        if at < 0 or at > available:
            raise ProgramError(PART, min(max(at, 0), available), field, f"points to {at}; {available} bytes are there")
        if at + size > available:
            why = f"cut off: {size} bytes from offset {at} are needed, {available - at} are there"
            raise ProgramError(PART, available, field, why)
