"""Edits of text by byte span: applying, reverting, and finding them between two texts.

An edit carries what it takes away as well as what it puts in its place. So a set of edits can be checked against the
text before anything changes, and reverted without any other memory of the original.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from itertools import pairwise

from pydantic import model_validator

from rusta_schemas.base import Closed, Count, RelPath, Text
from rusta_schemas.errors import EditError


class Edit(Closed):
    """In ``path``, the bytes ``start..end`` are ``removed`` and become ``inserted``."""

    path: RelPath
    start: Count
    end: Count
    removed: Text
    inserted: Text

    @model_validator(mode="after")
    def _span_fits_text(self) -> Edit:
        size = len(self.removed.encode("utf-8"))
        if self.end - self.start != size:
            raise ValueError(
                f"span {self.start}..{self.end} has {self.end - self.start} bytes, the removed text has {size}"
            )
        return self


def apply_edits(text: bytes, edits: Iterable[Edit]) -> bytes:
    """``text`` with all ``edits`` made; every span refers to ``text`` as given.

    Raises:
        EditError: an edit lies outside the text, two overlap, or the text there is not what the edit removes.
    """
    ordered = sorted(edits, key=lambda edit: (edit.start, edit.end))
    for left, right in pairwise(ordered):
        if right.start < left.end or (right.start, right.end) == (left.start, left.end):
            raise EditError(
                f"edits of {left.path!r} at {left.start}..{left.end} and {right.start}..{right.end} overlap"
            )
    pieces: list[bytes] = []
    position = 0
    for edit in ordered:
        found = text[edit.start : edit.end]
        if edit.end > len(text) or found != edit.removed.encode("utf-8"):
            raise EditError(
                f"{edit.path!r} has changed: bytes {edit.start}..{edit.end} are {found[:40]!r}, "
                f"the edit expects {edit.removed[:40]!r}"
            )
        pieces += (text[position : edit.start], edit.inserted.encode("utf-8"))
        position = edit.end
    pieces.append(text[position:])
    return b"".join(pieces)


def invert(edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """The edits that take the edited texts back, file by file."""
    return tuple(edit for group in by_path(edits).values() for edit in _inverted(group))


def _inverted(edits: list[Edit]) -> list[Edit]:
    inverse: list[Edit] = []
    shift = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        size = len(edit.inserted.encode("utf-8"))
        start = edit.start + shift
        shift += size - (edit.end - edit.start)
        before = inverse[-1] if inverse else None
        if before is not None and size == 0 and before.start == before.end == start:
            # Two deletions that touch come back as insertions at one place, which must be one to have an order.
            restored = before.inserted + edit.removed
            inverse[-1] = before.model_copy(update={"inserted": restored})
            continue
        inverse.append(
            Edit(
                path=edit.path,
                start=start,
                end=start + size,
                removed=edit.inserted,
                inserted=edit.removed,
            )
        )
    return inverse


def by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """The edits grouped by file, in the order of the paths."""
    groups: dict[str, list[Edit]] = {}
    for edit in edits:
        groups.setdefault(edit.path, []).append(edit)
    return dict(sorted(groups.items()))


def apply_to_files(files: Mapping[str, bytes], edits: Iterable[Edit]) -> dict[str, bytes]:
    """The new content of every file that ``edits`` touch; a file that is not in ``files`` counts as empty.

    Raises:
        EditError: as :func:`apply_edits`.
    """
    return {path: apply_edits(files.get(path, b""), group) for path, group in by_path(edits).items()}


def diff_edits(path: str, old: bytes, new: bytes) -> tuple[Edit, ...]:
    """Edits that turn ``old`` into ``new``: changed runs of lines, each trimmed to the characters that differ.

    Raises:
        EditError: a changed part is not valid UTF-8.
    """
    old_lines, new_lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    starts = [0]
    for line in old_lines:
        starts.append(starts[-1] + len(line))
    edits: list[Edit] = []
    for tag, a, b, c, d in _opcodes(old_lines, new_lines):
        if tag != "equal":
            edits.append(_trimmed(path, starts[a], b"".join(old_lines[a:b]), b"".join(new_lines[c:d])))
    return tuple(edits)


def _opcodes(old: list[bytes], new: list[bytes]) -> list[tuple[str, int, int, int, int]]:
    # difflib is quadratic on unlike texts; most pairs here differ in a line or two, so the equal ends go first.
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = difflib.SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    return [(t, a + head, b + head, c + head, d + head) for t, a, b, c, d in matcher.get_opcodes()]


def _trimmed(path: str, start: int, old: bytes, new: bytes) -> Edit:
    try:
        before, after = old.decode("utf-8"), new.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EditError(f"{path!r}: the changed part is not UTF-8 at byte {start + error.start}") from None
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    removed = before[head : len(before) - tail]
    first = start + len(before[:head].encode("utf-8"))
    return Edit(
        path=path,
        start=first,
        end=first + len(removed.encode("utf-8")),
        removed=removed,
        inserted=after[head : len(after) - tail],
    )


def changed_lines(old: bytes, new: bytes) -> int:
    """How many lines a person would say changed: per changed run, the larger of lines removed and lines added."""
    pairs = _opcodes(old.splitlines(keepends=True), new.splitlines(keepends=True))
    return sum(max(b - a, d - c) for tag, a, b, c, d in pairs if tag != "equal")


def unified_diff(path: str, old: bytes, new: bytes, context: int = 3) -> str:
    """A unified diff as ``git apply`` and ``patch -p1`` read it; what is not UTF-8 shows as a replacement character."""
    before = _lines(old.decode("utf-8", "replace"))
    after = _lines(new.decode("utf-8", "replace"))
    lines = difflib.unified_diff(before, after, _diff_name("a/", path), _diff_name("b/", path), n=context)
    out: list[str] = []
    for line in lines:
        out.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(out)


def _lines(text: str) -> list[str]:
    """Lines as the tools of diffs know them: ended by line feeds and nothing else, which ``splitlines`` is not."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])


def _diff_name(prefix: str, path: str) -> str:
    """A file name as git writes it: quoted when it has control characters, closed by a tab when it has spaces."""
    name = prefix + path
    if any(ord(char) < 0x20 or char in '"\\\x7f' for char in name):
        escaped = (_escape(byte) for byte in name.encode("utf-8"))
        return f'"{"".join(escaped)}"'
    return f"{name}\t" if " " in name else name


def _escape(byte: int) -> str:
    char = chr(byte)
    if char in '"\\':
        return f"\\{char}"
    return char if 0x20 <= byte < 0x7F else f"\\{byte:03o}"
