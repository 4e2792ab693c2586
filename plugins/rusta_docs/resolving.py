"""What an anchor cites today: found by the beginning of its identity, read again, and compared.

An anchor is looked for in the indexes, among the passages that have changed, in the ledger of anchors given out, and in
the patch bundles. It is never pointed to another place: a document with other bytes is reported as changed.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rusta_docs.errors import UnknownAnchor
from rusta_docs.html_text import plain_text
from rusta_docs.ledger import Ledger
from rusta_docs.logged import logged_texts
from rusta_docs.models import Resolution
from rusta_docs.search import passage_of
from rusta_docs.shelf import Shelf, cache_folder
from rusta_docs.store import DocStore, StoreDamaged
from rusta_schemas.anchor import Anchor
from rusta_schemas.canonical import sha256_hex

_BEGINNING = re.compile(r"[0-9a-f]{4,64}")
_SHOWN = 5
_NOW_BYTES = 20_000


@dataclass(frozen=True)
class Candidate:
    """An anchor, and what is known of it: the text it had, the folder of its document, the episode that logged it."""

    anchor: Anchor
    text: str = ""
    folder: str = ""
    episode: str = ""
    retired: bool = False


def resolve(home: Path, beginning: str, shelf: Shelf | None = None) -> Resolution:
    """Find the anchor whose identity begins with ``beginning`` and look at what it cites.

    Args:
        shelf: the toolchain at hand, whose pages are read when no index knows where they lie.

    Raises:
        UnknownAnchor: there is no such anchor here, or several begin so; says which.
    """
    digits = beginning.strip().lower()
    if not _BEGINNING.fullmatch(digits):
        raise UnknownAnchor(
            f"{beginning!r} is not the beginning of an anchor; give at least 4 of its hexadecimal digits"
        )
    found = _candidates(home, digits)
    if not found:
        raise UnknownAnchor(
            f"no anchor here begins with {digits}; 'rusta docs build' indexes the installed documentation, and "
            "anchors into a project's own source are known where they were made"
        )
    if len(found) > 1:
        names = "; ".join(
            f"{c.anchor.id[:16]} {c.anchor.title or c.anchor.path}" for c in list(found.values())[:_SHOWN]
        )
        raise UnknownAnchor(f"{len(found)} anchors begin with {digits}: {names}; give more digits")
    return _look(next(iter(found.values())), home, shelf)


def _candidates(home: Path, digits: str) -> dict[str, Candidate]:
    found: dict[str, Candidate] = {}
    for candidate in (*_indexed(home, digits), *_issued(home, digits), *_bundled(home, digits)):
        known = found.setdefault(candidate.anchor.id, candidate)
        if not known.text and candidate.text:
            found[candidate.anchor.id] = Candidate(
                known.anchor,
                candidate.text,
                known.folder or candidate.folder,
                known.episode,
                known.retired,
            )
    return found


def _indexed(home: Path, digits: str) -> Iterator[Candidate]:
    for path in sorted(cache_folder(home).glob("*-*.sqlite")):
        try:
            with DocStore(path) as store:
                folder = str(store.docs)
                for stored in store.by_anchor(digits):
                    yield Candidate(passage_of(stored).anchor, stored.text, folder)
                for old in store.retired(digits):
                    anchor = Anchor(
                        id=old.anchor, origin=old.origin, path=old.path, start=old.start, end=old.end,
                        text_sha256=old.text_sha256, title=old.title,
                    )  # fmt: skip
                    yield Candidate(anchor, old.text, folder, retired=True)
        except StoreDamaged:
            continue


def _issued(home: Path, digits: str) -> Iterator[Candidate]:
    for issued in Ledger(home).find(digits):
        yield Candidate(issued.anchor, issued.text, issued.folder)


def _bundled(home: Path, digits: str) -> Iterator[Candidate]:
    for path in sorted((home / "bundles").glob("*.json")):
        try:
            text = path.read_text("utf-8")
            if f'"{digits}' not in text:
                continue
            bundle = json.loads(text)
            for item in bundle.get("anchors", ()):
                if str(item.get("id", "")).startswith(digits):
                    yield Candidate(Anchor.model_validate(item), episode=str(bundle.get("episode", "")))
        except (OSError, ValueError, AttributeError):
            continue  # somebody else's file, or damaged: 'rusta apply' says so


def _look(candidate: Candidate, home: Path, shelf: Shelf | None) -> Resolution:
    anchor = candidate.anchor
    document, file = _document(candidate, home, shelf)
    if document is None:
        where = f" {file}" if file else ""
        return Resolution(
            anchor=anchor, status="missing", text=candidate.text, file=file, former=bool(candidate.text),
            why=f"the document{where} of {anchor.origin} is not here any more",
        )  # fmt: skip
    if anchor.holds(document):
        return Resolution(anchor=anchor, status="holds", text=_text(anchor, document), file=file)
    return Resolution(
        anchor=anchor, status="changed", text=candidate.text, file=file, former=bool(candidate.text),
        why=_difference(anchor, document), now=_now(candidate, document),
    )  # fmt: skip


def _document(candidate: Candidate, home: Path, shelf: Shelf | None) -> tuple[bytes | None, str]:
    """The bytes of the document as they are now, and where they lie."""
    anchor = candidate.anchor
    read = _READERS.get(anchor.origin.split(" ")[0])
    if read is not None:
        return read(candidate, home, shelf), ""
    folder = candidate.folder
    if not folder and shelf is not None and shelf.docs is not None and shelf.origin == anchor.origin:
        folder = str(shelf.docs)
    if not folder:
        return None, anchor.path
    place = Path(folder) / anchor.path
    try:
        return place.read_bytes(), str(place)
    except OSError:
        return None, str(place)


def _explained(candidate: Candidate, _home: Path, shelf: Shelf | None) -> bytes | None:
    name = candidate.anchor.path
    code = f"clippy::{name}" if candidate.anchor.origin.startswith("cargo ") else name
    found = None if shelf is None else shelf.explained(code)
    return None if found is None or found[0] != candidate.anchor.origin else found[1]


def _logged(candidate: Candidate, home: Path, _shelf: Shelf | None) -> bytes | None:
    return next(
        (text for text in logged_texts(home, candidate.anchor.path, candidate.episode) if candidate.anchor.holds(text)),
        None,
    )  # fmt: skip


_READERS: dict[str, Callable[[Candidate, Path, Shelf | None], bytes | None]] = {
    "rustc": _explained,
    "cargo": _explained,
    "devlog": _logged,
}


def _difference(anchor: Anchor, document: bytes) -> str:
    size = anchor.end - anchor.start
    # The cited bytes themselves are not kept, so their hash is looked for at every place where they could begin.
    moved = _moved(anchor, document)
    if moved is not None:
        return (
            f"the document changed: the cited {size} bytes stand at byte {moved} now instead of {anchor.start}; "
            "the anchor is not moved with them"
        )
    if anchor.start >= len(document):
        return f"the document changed: it ends at byte {len(document)}, before the cited place"
    return f"the document changed: bytes {anchor.start}..{anchor.end} are other ones than those cited"


def _moved(anchor: Anchor, document: bytes) -> int | None:
    size = anchor.end - anchor.start
    for start in range(max(0, anchor.start - _NOW_BYTES), min(len(document) - size, anchor.start + _NOW_BYTES) + 1):
        # Passages begin at markup or at the beginning of a line; hashing at every byte would take seconds.
        begins = document[start : start + 1] == b"<" or document[start - 1 : start] in (b"", b"\n")
        if begins and sha256_hex(document[start : start + size]) == anchor.text_sha256:
            return start
    return None


def _now(candidate: Candidate, document: bytes) -> str:
    """What stands at the cited place now, as a difference from the former text where that is known."""
    anchor = candidate.anchor
    text = _text(anchor, document)
    if not candidate.text:
        return text
    lines = difflib.unified_diff(candidate.text.splitlines(), text.splitlines(), "cited", "now", lineterm="", n=1)
    return "\n".join(lines)


def _text(anchor: Anchor, document: bytes) -> str:
    cited = document[anchor.start : anchor.end].decode("utf-8", "replace")
    return plain_text(cited) if anchor.path.endswith(".html") else cited.rstrip()
