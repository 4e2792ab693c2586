"""The contexts of the twin: as ``native/src/hecate/mixing/contexts.rs`` computes them."""

from __future__ import annotations

COUNT = 11
_ORDERS = (1, 2, 3, 4, 5, 6, 8)
_M = 0xFFFFFFFF
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


def combined(value: int, more: int) -> int:
    """One step of the hash, on 32 bits."""
    mixed = (value ^ more) * 0x2F0B4C47 & _M
    return mixed ^ (mixed >> 15)


def second_half(value: int, first: int) -> int:
    """The hash of a context's second half byte."""
    return combined(value, first + 0x40)


class Contexts:
    """Follows the text and knows its contexts."""

    def __init__(self) -> None:
        self._last = 0
        self._word = self._word_before = 0
        self._column = self._line_start = self._line_before = self._line_hash = 0

    @property
    def newest(self) -> int:
        """The byte before the next one; 0 at the beginning."""
        return self._last & 255

    def hashes(self, history: bytearray) -> list[int]:
        """The hashes for the byte that follows ``history``."""
        found = []
        for order in _ORDERS:
            kept = self._last & ((1 << (8 * order)) - 1)
            found.append(combined(combined(order + 1, kept & _M), (kept >> 32) ^ 0x5BD1))
        at = self._line_before + self._column
        above = history[at] if at < self._line_start <= len(history) else 0
        newest = self.newest
        found.append(combined(combined(20, self._word), newest))
        found.append(combined(combined(combined(21, self._word), self._word_before), newest))
        found.append(combined(combined(22, above), newest))
        found.append(combined(combined(combined(23, self._line_hash), min(self._column, 255)), self._word))
        return found

    def push(self, byte: int, length: int) -> None:
        """Go one byte on; ``length`` is that of the history with this byte."""
        self._last = (self._last << 8 | byte) & 0xFFFFFFFFFFFFFFFF
        if byte in _WORD or byte >= 128:
            self._word = combined((self._word + 1) & _M, byte + 1)
        elif self._word:
            self._word_before, self._word = self._word, 0
        if byte == 10:
            self._line_before, self._line_start = self._line_start, length
            self._column = self._line_hash = 0
        else:
            if self._column < 4 or (byte != 32 and self._column < 16):
                self._line_hash = combined(self._line_hash, byte + 1)
            self._column += 1
