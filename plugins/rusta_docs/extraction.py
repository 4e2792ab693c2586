"""Makes the rows of the index from one document; a pure function of its bytes, for a pool of processes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rusta_docs.html_text import blocks, shown
from rusta_docs.pages import Piece, cut
from rusta_schemas.anchor import anchor_id
from rusta_schemas.canonical import sha256_hex

# Rows of another version of the code that cuts pages are made anew.
VERSION = 2
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Code:
    """A block of code of a passage, as the page shows it. ``classes`` are its marks, such as ``compile_fail``."""

    classes: str
    text: str


@dataclass(frozen=True)
class Row:
    """One citable passage: bytes ``start..end`` of the document, with their hash and the anchor's identity.

    ``searched``: its text is its own, that is, it lies in no other searched passage.
    """

    kind: str
    fragment: str
    headings: tuple[str, ...]
    start: int
    end: int
    text_sha256: str
    anchor: str
    searched: bool
    text: str
    code: tuple[Code, ...] = ()


@dataclass(frozen=True)
class Extracted:
    """A document and its passages; ``origin`` is what their anchors name."""

    collection: str
    origin: str
    path: str
    title: str
    sha256: str
    size: int
    mtime_ns: int
    rows: tuple[Row, ...] = field(default=())


def extract(docs: str, origin: str, collection: str, path: str) -> Extracted | None:
    """Read and cut one document; None when it cannot be read.

    Args:
        docs: folder of the documentation. ``path`` is relative to it.
        origin: what the anchors name as their origin.
    """
    place = Path(docs) / path
    try:
        status = place.stat()
        page = place.read_bytes()
    except OSError:
        return None
    pieces = cut(page)
    rows = tuple(row for piece in pieces for row in rows_of(page, origin, path, piece))
    title = pieces[0].headings[0] if pieces and pieces[0].headings else path
    return Extracted(collection, origin, path, title, sha256_hex(page), status.st_size, status.st_mtime_ns, rows)


def extract_many(docs: str, origin: str, wanted: list[tuple[str, str]]) -> list[Extracted | None]:
    """:func:`extract` for several (collection, path): one task of a pool."""
    return [extract(docs, origin, collection, path) for collection, path in wanted]


def rows_of(page: bytes, origin: str, path: str, piece: Piece) -> list[Row]:
    """The passages of one piece: its own part, and the whole with its subsections where there are any."""
    rows = []
    if piece.kind in ("section", "item", "rule"):
        rows.append(make_row(page, origin, path, piece, piece.start, piece.own_end))
    if piece.end != piece.own_end or piece.kind == "page":
        rows.append(make_row(page, origin, path, piece, piece.start, piece.end, whole=True))
    return rows


def make_row(page: bytes, origin: str, path: str, piece: Piece, start: int, end: int, *, whole: bool = False) -> Row:
    """The passage at ``start..end`` of a page."""
    cited = page[start:end]
    digest = sha256_hex(cited)
    found = [] if whole else blocks(cited.decode("utf-8", "replace"))
    searched = not whole and piece.kind in ("section", "item")
    return Row(
        kind="whole" if whole else piece.kind,
        fragment=piece.fragment,
        headings=piece.headings,
        start=start,
        end=end,
        text_sha256=digest,
        anchor=anchor_id(origin, path, start, end, digest),
        searched=searched,
        text="\n\n".join(shown(block) for block in found),
        code=tuple(Code(b.classes, b.text) for b in found if b.kind == "code") if searched else (),
    )
