"""Code blocks of the installed documentation, extracted when they are needed: those that are said not to compile, or
those of the books that are said to.

Two kinds of pages are read. Books made by mdBook keep the whole program in the page, with the lines that readers do
not see marked ``boring``. Pages made by rustdoc keep the whole program in the link of the *Run* button.
``print.html`` holds a whole book once more and is left out. Nothing of the documentation is copied into this
package.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from rusta_cargo import parse, text_of

INDEX = "error_codes"
BOOKS = ("book", "reference", "nomicon", "rust-by-example", "edition-guide")
LIBRARIES = ("std", "core", "alloc")
_BROKEN = ("compile_fail", "does_not_compile")
_NO_PROGRAM = (*_BROKEN, "ignore", "should_panic")
_BLOCK = re.compile(r'<code class="language-rust([^"]*)">(.*?)</code>', re.DOTALL)
_RUSTDOC = re.compile(
    r'<div class="example-wrap compile_fail">.*?<a class="test-arrow"[^>]*?href="([^"]+)"',
    re.DOTALL,
)
_TAG = re.compile(r"<[^>]+>")
_CODE = re.compile(r"E\d{4}")
_CRATE_ATTRIBUTE = re.compile(r"^\s*(?:#!\[.*\]|extern crate [^;]*;)\s*$")


@dataclass(frozen=True)
class Block:
    """One program. place: ``error_codes/E0023#0``; code: the error it is said to give, if it says so."""

    place: str
    source: str
    edition: str
    code: str | None


def blocks(docs: Path, book: str, *, broken: bool = True) -> Iterator[Block]:
    """Every block of ``book`` that is marked as not compiling, in the order of the pages, without repeats.

    Args:
        docs: the folder of the installed HTML documentation. book: one of its folders. broken: False for the whole
            programs that are not so marked; those of a book only.
    """
    seen: set[tuple[str, str]] = set()
    read = _rustdoc_blocks if book in LIBRARIES else partial(_mdbook_blocks, broken=broken)
    for page in sorted((docs / book).rglob("*.html")):
        if page.name == "print.html" or page.is_symlink():
            continue
        text = page.read_text(encoding="utf-8", errors="replace")
        place = f"{book}/{page.relative_to(docs / book).with_suffix('').as_posix()}"
        for block in read(text, place, _default_edition(book)):
            if (block.source, block.edition) not in seen:
                seen.add((block.source, block.edition))
                yield block


def _default_edition(book: str) -> str:
    # rustdoc takes the error index as 2015 code unless a block says otherwise; the others say so or are 2021
    return "2015" if book == INDEX else "2021"


def _mdbook_blocks(text: str, place: str, edition: str, *, broken: bool) -> Iterator[Block]:
    for number, found in enumerate(_BLOCK.finditer(text)):
        words = re.split(r"[ ,]+", found[1].strip())
        if any(word in _BROKEN for word in words) != broken or (not broken and any(w in _NO_PROGRAM for w in words)):
            continue
        named = [word.removeprefix("edition") for word in words if word.startswith("edition2")]
        source = html.unescape(_TAG.sub("", found[2]))
        code = next((word for word in words if _CODE.fullmatch(word)), None)
        yield Block(f"{place}#{number}", with_main(source), named[0] if named else edition, code)


def _rustdoc_blocks(text: str, place: str, edition: str) -> Iterator[Block]:
    for number, found in enumerate(_RUSTDOC.finditer(text)):
        query = parse_qs(urlsplit(html.unescape(found[1])).query)
        source = query.get("code", [""])[0]
        if source.strip():
            chosen = query.get("edition", [edition])[0]
            yield Block(f"{place}#{number}", with_main(source), chosen, None)


def with_main(source: str) -> str:
    """``source`` as rustdoc compiles it: wrapped in ``fn main`` when it has none, crate attributes kept in front."""
    text = source if source.endswith("\n") else source + "\n"
    if has_main(text) or "fn main" in text:
        return text
    lines = text.splitlines(keepends=True)
    head = 0
    while head < len(lines) and (_CRATE_ATTRIBUTE.match(lines[head]) or not lines[head].strip()):
        head += 1
    return "".join([*lines[:head], "fn main() {\n", *lines[head:], "}\n"])


def has_main(source: str) -> bool:
    """There is a function ``main`` at the top level."""
    root = parse(source.encode()).root_node
    return any(
        node.type == "function_item" and text_of(node.child_by_field_name("name")) == b"main" for node in root.children
    )
