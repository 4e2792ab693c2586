"""Finds documentation by key, straight in the installed pages: no index is needed for it.

========================================  ==============================================================
key                                       what it is
========================================  ==============================================================
``E0308``                                 an error code's page
``lint:unused_mut`` or ``unused_mut``     a lint of rustc
``clippy::len_zero``                      a lint of clippy
``rule:destructors.scope``                a rule of the Reference
``std::vec::Vec::push``, ``Vec::push``    an item of the standard library, or a member of one
``keyword:impl``, ``primitive:str``       a keyword or a primitive type
``book:ch04-01-what-is-ownership.html#ownership-rules``   a section of a collection, or a whole page
========================================  ==============================================================
"""

from __future__ import annotations

import re
from functools import cache

from rusta_docs.collections import collections
from rusta_docs.html_text import plain_text
from rusta_docs.models import Passage
from rusta_docs.pages import Piece, cut
from rusta_docs.shelf import Shelf
from rusta_schemas.anchor import make_anchor
from rusta_schemas.canonical import sha256_hex

KEY = r"^[A-Za-z_][A-Za-z0-9_:./#%\[\]&;!+-]{0,199}$"

_CODE = re.compile(r"E\d{4}")
_LINT = re.compile(r"[a-z0-9_]+")
_PATH = re.compile(r"[A-Za-z_]\w*!?(?:::[A-Za-z_]\w*!?)*")
_LISTINGS = ("deny-by-default", "warn-by-default", "allowed-by-default")
_MEMBERS = ("method", "tymethod", "variant", "structfield", "associatedconstant", "associatedtype")
_KINDS = ("struct", "enum", "trait", "fn", "macro", "constant", "type", "union", "static", "derive", "attr",
          "primitive")  # fmt: skip
# Shorter own text than this is a heading, or one sentence that only leads to what follows.
_SHORT = 80


def find(shelf: Shelf, key: str) -> Passage | None:
    """The passage for a key; None when the documentation has nothing under it, or ``key`` is none."""
    if _CODE.fullmatch(key):
        return _page(shelf, key, f"error_codes/{key}.html") or _answer(shelf, key, "error_codes")
    if key.startswith("clippy::"):
        return _answer(shelf, key, "clippy-lints") if _LINT.fullmatch(key[8:]) else None
    kind, separator, rest = key.partition(":")
    if "::" in key:
        return _item(shelf, key) if _PATH.fullmatch(key) else None
    if not separator:
        return _lint(shelf, key, key) or _item(shelf, key)
    if kind == "lint":
        return _lint(shelf, key, rest)
    if kind == "rule":
        return _rule(shelf, key, rest)
    if kind in ("keyword", "primitive"):
        return _page(shelf, key, f"std/{kind}.{rest}.html")
    if kind in {collection.name for collection in collections()}:
        path, _, fragment = rest.partition("#")
        return _page(shelf, key, f"{kind}/{path}", fragment)
    return None


def _page(shelf: Shelf, key: str, path: str, fragment: str = "") -> Passage | None:
    page = shelf.page(path)
    if page is None:
        return None
    pieces = _cut(page)
    if fragment:
        piece = next((piece for piece in pieces if piece.fragment == fragment), None)
        if piece is None and (fragment.partition(".")[0] in _MEMBERS):
            piece = next((p for p in cut(page, everything=True) if p.fragment == fragment), None)
    else:
        piece = pieces[0] if pieces else None
    return None if piece is None else passage_of(shelf.origin, path, page, piece, key)


def passage_of(origin: str, path: str, page: bytes, piece: Piece, key: str = "") -> Passage:
    """The passage of a piece: its own part, or all of it when its own part says next to nothing."""
    text = plain_text(page[piece.start : piece.own_end].decode("utf-8", "replace"))
    end = piece.own_end
    if piece.end > end and len(text) - len(piece.title) < _SHORT:
        end = piece.end
        text = plain_text(page[piece.start : end].decode("utf-8", "replace"))
    anchor = make_anchor(origin, path, page, piece.start, end, piece.title)
    return Passage(
        key=key, anchor=anchor, collection=path.partition("/")[0], headings=piece.headings, fragment=piece.fragment,
        text=text,
    )  # fmt: skip


def _cut(page: bytes) -> list[Piece]:
    return _cut_cached(sha256_hex(page), page)


@cache
def _cut_cached(_digest: str, page: bytes) -> list[Piece]:
    return cut(page)


def _lint(shelf: Shelf, key: str, name: str) -> Passage | None:
    if not _LINT.fullmatch(name):
        return None
    for listing in _LISTINGS:
        found = _page(shelf, key, f"rustc/lints/listing/{listing}.html", name.replace("_", "-"))
        if found is not None:
            return found
    return None


def _rule(shelf: Shelf, key: str, name: str) -> Passage | None:
    wanted = f'id="r-{name}"'.encode()
    for path in shelf.rule_pages:
        page = shelf.page(path)
        if page is not None and wanted in page:
            return _page(shelf, key, path, f"r-{name}")
    return None


def _item(shelf: Shelf, key: str) -> Passage | None:
    """An item of the standard library; ``core`` and ``alloc`` are looked up where ``std`` shows them again."""
    if key.endswith("!"):
        return _page(shelf, key, f"std/macro.{key[:-1].rpartition('::')[2]}.html")
    parts = key.split("::")
    if parts[0] in ("core", "alloc", "std"):
        parts = parts[1:] or [""]
    elif len(parts) == 1 and not parts[0][:1].isupper():
        return None  # a word, not a path
    for owner, member in ((parts, ""), (parts[:-1], parts[-1])):
        if not owner or not owner[-1]:
            continue
        for path in _item_pages(shelf, tuple(owner)):
            fragments = [f"{kind}.{member}" for kind in _MEMBERS] if member else [""]
            for fragment in fragments:
                found = _page(shelf, key, path, fragment)
                if found is not None:
                    return found
    return None


def _item_pages(shelf: Shelf, owner: tuple[str, ...]) -> list[str]:
    if shelf.docs is None:
        return []
    folder = "/".join(("std", *owner[:-1]))
    direct = ["/".join(("std", *owner, "index.html"))]
    direct += [f"{folder}/{kind}.{owner[-1]}.html" for kind in _KINDS]
    found = [path for path in direct if (shelf.docs / path).is_file()]
    if found or len(owner) > 1:
        return found
    # A name alone, as the prelude has it: the shortest path is the one that people mean.
    somewhere = [
        path.relative_to(shelf.docs).as_posix()
        for kind in _KINDS[:4]
        for path in (shelf.docs / "std").glob(f"*/{kind}.{owner[0]}.html")
    ]
    return sorted(somewhere, key=lambda path: (len(path), path))


def _answer(shelf: Shelf, key: str, collection: str) -> Passage | None:
    found = shelf.explained(key)
    if found is None:
        return None
    origin, text = found
    name = key.removeprefix("clippy::")
    title = f"Error code {key}" if _CODE.fullmatch(key) else key
    anchor = make_anchor(origin, name, text, 0, len(text), title)
    return Passage(
        key=key, anchor=anchor, collection=collection, headings=(title,), text=text.decode("utf-8", "replace").strip()
    )  # fmt: skip
