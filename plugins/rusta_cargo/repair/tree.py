"""A state of the source tree in the search: the base with some files replaced, and its identity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from rusta_schemas.canonical import digest, sha256_hex
from rusta_schemas.diagnostic import Replacement
from rusta_schemas.edits import Edit, changed_lines, diff_edits

Read = Callable[[str], bytes]


class BadReplacement(ValueError):  # it is a verdict on a candidate, not a fault of the program
    """A replacement does not fit the text it is for. The message says why."""


@dataclass(frozen=True)
class TreeState:
    """The base tree with the files of ``overrides`` in place of its own. Files equal to the base are not listed."""

    overrides: Mapping[str, bytes]

    @cached_property
    def identity(self) -> str:
        """The hash of the contents: equal trees have equal identities, however they were reached."""
        return digest([[path, sha256_hex(data)] for path, data in sorted(self.overrides.items())])

    def source(self, path: str, base: Read) -> bytes:
        """The text of ``path`` in this tree."""
        return self.overrides[path] if path in self.overrides else base(path)

    def replace(self, replacements: Iterable[Replacement], base: Read) -> TreeState:
        """This tree with ``replacements`` made; their spans refer to this tree.

        Raises:
            BadReplacement: a span is out of range, inside a character, or overlaps another.
        """
        groups: dict[str, list[Replacement]] = {}
        for item in replacements:
            groups.setdefault(item.path, []).append(item)
        files = dict(self.overrides)
        for path, group in groups.items():
            files[path] = replace_in(self.source(path, base), group)
        kept = {path: data for path, data in sorted(files.items()) if data != base(path)}
        return TreeState(kept)

    def edits(self, base: Read) -> tuple[Edit, ...]:
        """What turns the base into this tree."""
        return tuple(edit for path, data in self.overrides.items() for edit in diff_edits(path, base(path), data))

    def lines(self, base: Read) -> int:
        """Changed lines against the base."""
        return sum(changed_lines(base(path), data) for path, data in self.overrides.items())


BASE = TreeState({})


def replace_in(source: bytes, replacements: Iterable[Replacement]) -> bytes:
    """``source`` with ``replacements`` made. Line ends in their texts become those of ``source``.

    Several insertions at one place stand in the order in which they are given.

    Raises:
        BadReplacement: a span is out of range, inside a character, or overlaps another.
    """
    ordered = sorted(replacements, key=lambda item: (item.start, item.end))
    for item in ordered:
        if not 0 <= item.start <= item.end <= len(source):
            raise BadReplacement(f"span {item.start}..{item.end} is outside {item.path!r} ({len(source)} bytes)")
        for place in (item.start, item.end):
            if place < len(source) and source[place] & 0xC0 == 0x80:
                raise BadReplacement(f"byte {place} of {item.path!r} is inside a character")
    for left, right in pairwise(ordered):
        if right.start < left.end:
            raise BadReplacement(f"{left.start}..{left.end} and {right.start}..{right.end} of {left.path!r} overlap")
    crlf = uses_crlf(source)
    pieces: list[bytes] = []
    position = 0
    for item in ordered:
        text = item.text.replace("\r\n", "\n")
        try:
            inserted = (text.replace("\n", "\r\n") if crlf else text).encode("utf-8")
        except UnicodeEncodeError:
            raise BadReplacement(f"the text for {item.path!r} is no valid Unicode") from None
        pieces += (source[position : item.start], inserted)
        position = item.end
    pieces.append(source[position:])
    return b"".join(pieces)


def uses_crlf(source: bytes) -> bool:
    """Most lines of ``source`` end in CR LF."""
    crlf = source.count(b"\r\n")
    return crlf > 0 and 2 * crlf > source.count(b"\n")
