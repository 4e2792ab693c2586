"""From the compiler's file names and positions to paths and bytes of the tree.

rustc counts columns in characters of the text it reads, which is the file without its byte-order mark and with CRLF
turned into LF. The byte offsets beside them are those of the file on disk in today's rustc; older ones forgot the mark
or the carriage returns. So every offset is checked against line and column here, and those win.
"""

from __future__ import annotations

import posixpath
from bisect import bisect_right
from collections.abc import Callable

BOM = b"\xef\xbb\xbf"


class Text:
    """Line and column arithmetic over the bytes of one file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self._starts = [0]
        position = data.find(b"\n")
        while position >= 0:
            self._starts.append(position + 1)
            position = data.find(b"\n", position + 1)

    @property
    def newline(self) -> str:
        """The line ending of the first line: what new text should use."""
        first = self.data.find(b"\n")
        return "\r\n" if first > 0 and self.data[first - 1] == 0x0D else "\n"

    def line_start(self, line: int) -> int:
        """Offset of the first byte of ``line`` (1-based), after a byte-order mark."""
        start = self._starts[line - 1]
        return len(BOM) if line == 1 and self.data.startswith(BOM) else start

    def offset(self, line: int, column: int) -> int | None:
        """Byte offset of a 1-based line and column in characters; None when there is no such place."""
        if not 1 <= line <= len(self._starts) or column < 1:
            return None
        start = self.line_start(line)
        end = self._starts[line] if line < len(self._starts) else len(self.data)
        try:
            text = self.data[start:end].decode("utf-8")
        except UnicodeDecodeError:
            return None
        if column - 1 > len(text):
            return None
        prefix = text[: column - 1]
        if text.endswith("\r\n") and column - 1 > len(text) - 2:
            prefix = text  # the compiler sees one character where the file has two
        return start + len(prefix.encode("utf-8"))

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column (in characters) of a byte offset."""
        line = bisect_right(self._starts, offset)
        start = min(self.line_start(line), offset)
        return line, len(self.data[start:offset].decode("utf-8", "replace")) + 1


class Places:
    """Names and offsets relative to one tree.

    Args:
        root: absolute path of the tree as the compiler saw it.
        folder: absolute path of the folder it ran in.
        read: content of a file of the tree by relative path, None when it cannot be read.
        real: the file of the tree that a path of it leads to through links.
    """

    def __init__(
        self,
        root: str,
        folder: str,
        read: Callable[[str], bytes | None],
        real: Callable[[str], str] = lambda path: path,
    ) -> None:
        self.root, self._folder, self._read, self._real = root.rstrip("/"), folder, read, real
        self._texts: dict[str, Text | None] = {}
        self._aliases: dict[str, str] = {}

    def with_alias(self, file: str, path: str, data: bytes) -> Places:
        """These places, with the compiler's ``file`` being ``path`` of the tree with the content ``data``."""
        self._aliases[file] = path
        self._texts[path] = Text(data)
        return self

    def name(self, file: str) -> tuple[str, bool]:
        """(path, it lies in the tree): relative to the tree inside it, links followed, else absolute and normalised."""
        if file in self._aliases:
            return self._aliases[file], True
        if file.startswith("<"):
            return file, False
        path = posixpath.normpath(posixpath.join(self._folder, file))
        if path.startswith(self.root + "/"):
            return self._real(path[len(self.root) + 1 :]), True
        return path, False

    def text(self, path: str) -> Text | None:
        """The text of a file of the tree."""
        if path not in self._texts:
            data = self._read(path)
            self._texts[path] = None if data is None else Text(data)
        return self._texts[path]

    def bytes_of(
        self, path: str, given: tuple[int, int], start: tuple[int, int], end: tuple[int, int]
    ) -> tuple[int, int]:
        """The span in bytes of the file on disk, from rustc's offsets and its (line, column) pairs."""
        text = self.text(path)
        if text is None:
            return given
        first, last = text.offset(*start), text.offset(*end)
        if first is None or last is None or last < first:
            return given
        return first, last
