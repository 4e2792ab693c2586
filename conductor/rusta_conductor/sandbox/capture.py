"""A stream kept within a cap: its head and its tail, with a marker where bytes were dropped."""

from __future__ import annotations

from collections import deque


class Capture:
    """Collects chunks; memory stays below cap plus one chunk, whatever is written."""

    def __init__(self, cap: int) -> None:
        self._head_cap = cap - cap // 2
        self._tail_cap = cap // 2
        self._head = bytearray()
        self._tail: deque[bytes] = deque()
        self._tail_size = 0
        self.total = 0

    def add(self, chunk: bytes) -> None:
        """Take the next bytes of the stream."""
        self.total += len(chunk)
        room = self._head_cap - len(self._head)
        if room > 0:
            self._head += chunk[:room]
            chunk = chunk[room:]
        if not chunk:
            return
        self._tail.append(chunk)
        self._tail_size += len(chunk)
        while self._tail and self._tail_size - len(self._tail[0]) >= self._tail_cap:
            self._tail_size -= len(self._tail.popleft())

    @property
    def truncated(self) -> bool:
        """True when bytes were dropped."""
        return self.total > self._head_cap + self._tail_cap

    def value(self) -> bytes:
        """What was kept; the marker names how many bytes are missing."""
        tail = b"".join(self._tail)
        if not self.truncated:
            return bytes(self._head) + tail
        tail = tail[len(tail) - self._tail_cap :] if self._tail_cap else b""
        dropped = self.total - len(self._head) - len(tail)
        return bytes(self._head) + f"\n[... {dropped} bytes dropped ...]\n".encode() + tail
