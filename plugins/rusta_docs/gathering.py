"""What is indexed beside the installed pages: what clippy says of its lints, and the declarations of a crate."""

from __future__ import annotations

from pathlib import Path

from rusta_docs.collections import Found
from rusta_docs.errors import DocsMissing
from rusta_docs.extraction import Extracted, Row
from rusta_docs.shelf import Shelf
from rusta_docs.sources import cited_end, items_of, package_name, source_files
from rusta_schemas.anchor import anchor_id
from rusta_schemas.canonical import sha256_hex

LINTS = "clippy-lints"
CRATE = "crate"
_LARGEST = 4_000_000


def lint_documents(shelf: Shelf) -> list[Found]:
    """One document a lint; as old as the driver that knows them, so that another clippy is read anew."""
    stamp = shelf.clippy_stamp
    return [] if stamp is None else [Found(LINTS, name, *stamp) for name in shelf.lints]


def crate_documents(root: Path) -> list[Found]:
    """The Rust files of a crate.

    Raises:
        DocsMissing: there are none.
    """
    found = []
    for path in source_files(root):
        status = (root / path).stat()
        if status.st_size <= _LARGEST:
            found.append(Found(CRATE, path, status.st_size, status.st_mtime_ns))
    if not found:
        raise DocsMissing(f"there is no Rust source in {root}; give the folder of a crate")
    return found


def crate_origin(root: Path) -> str:
    """What anchors into a crate's own source name as their origin."""
    return f"source {package_name(root)}"


def extract_lints(shelf: Shelf, wanted: list[Found]) -> list[Extracted | None]:
    """Ask clippy about some of its lints."""
    return [_lint(shelf, found) for found in wanted]


def extract_sources(root: str, origin: str, paths: list[str]) -> list[Extracted | None]:
    """Read and cut some files of a crate."""
    return [_source(Path(root), origin, path) for path in paths]


def _lint(shelf: Shelf, found: Found) -> Extracted | None:
    title = f"clippy::{found.path}"
    answer = shelf.explained(title)
    if answer is None:
        return None
    origin, text = answer
    row = _row(origin, found.path, text, 0, len(text), (title,), "")
    return Extracted(LINTS, origin, found.path, title, sha256_hex(text), found.size, found.mtime_ns, (row,))


def _source(root: Path, origin: str, path: str) -> Extracted | None:
    place = root / path
    try:
        status = place.stat()
        data = place.read_bytes()
    except OSError:
        return None
    rows = tuple(
        _row(origin, path, data, item.start, cited_end(item, data), (path, item.title), "::".join(item.path))
        for item in items_of(data)
    )
    return Extracted(CRATE, origin, path, path, sha256_hex(data), status.st_size, status.st_mtime_ns, rows)


def _row(origin: str, path: str, data: bytes, start: int, end: int, headings: tuple[str, ...], fragment: str) -> Row:
    cited = data[start:end]
    digest = sha256_hex(cited)
    return Row(
        kind="item", fragment=fragment, headings=headings, start=start, end=end, text_sha256=digest,
        anchor=anchor_id(origin, path, start, end, digest), searched=True, text=cited.decode("utf-8", "replace").strip(),
    )  # fmt: skip
