"""Cuts a page of the documentation into sections, by byte offsets into the file as it is installed.

What an anchor of the documentation cites are the bytes ``start..end`` of the *installed file*, markup included: they do
not depend on how text is made from it. A section reaches from its heading to the next heading of its rank or a higher
one (``end``); its own part to the next heading of any rank (``own_end``). The page as a whole is its main part without
the blanks around it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rusta_docs.html_text import plain_text

Kind = Literal["page", "section", "rule", "item"]

_HEADING = re.compile(rb"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(rb'\bid="([^"]*)"')
_RULE = re.compile(rb'<div class="rule" id="(r-[^"]*)">')
_DIV = re.compile(rb"<div\b|</div>")
_MEMBER = re.compile(
    rb'<section id="((?:method|tymethod|variant|structfield|associatedtype|associatedconstant)\.[^"]*)"'
)
_FIELD = re.compile(rb'<span id="(structfield\.[^"]*)"')
# Documentation of methods from traits stands in single quotes.
_DOCBLOCK = re.compile(rb"<div class=[\"']docblock")
_NEAR = 400
_SIGNATURE_END = re.compile(rb"</section>")
_OTHERS = re.compile(
    rb'<h2 id="(?:trait-implementations|synthetic-implementations|blanket-implementations|implementors'
    rb'|foreign-impls|deref-methods-[^"]*)"'
)
_BREADCRUMBS = re.compile(rb'<div class="rustdoc-breadcrumbs">(.*?)</div>', re.DOTALL)
_H1 = re.compile(rb"<h1\b[^>]*>(.*?)</h1>", re.DOTALL)
_GAP = re.compile(r"\s+")


@dataclass(frozen=True)
class Piece:
    """One citable part of a page. ``headings`` lead from the page's title to its own, ``fragment`` is its ``#id``."""

    kind: Kind
    fragment: str
    headings: tuple[str, ...]
    start: int
    own_end: int
    end: int

    @property
    def title(self) -> str:
        return self.headings[-1] if self.headings else ""


def cut(page: bytes, *, everything: bool = False) -> list[Piece]:
    """The pieces of a page, in their order; empty when it has no main part (a redirection).

    Args:
        everything: of an item's page also the methods that it has by dereferencing and from traits.
    """
    if b'id="main-content"' in page:
        return _item_page(page, everything)
    start, end = page.find(b"<main>"), page.rfind(b"</main>")
    if start < 0 or end < start:
        return []
    start += len(b"<main>")
    start, end = _stripped(page, start, end)
    return _book_page(page, start, end)


def _book_page(page: bytes, start: int, end: int) -> list[Piece]:
    found = _sections(page, start, end, ())
    title = found[0].headings[:1] if found else ()
    rules = list(_RULE.finditer(page, start, end))
    stops = sorted([m.start() for m in rules] + [piece.start for piece in found] + [end])
    pieces = [Piece("page", "", title, start, end, end), *found]
    for rule in rules:
        stop = next(at for at in stops if at > rule.start())
        if stop in {piece.start for piece in found}:
            # A rule that stands right before a heading is the rule of that heading's section.
            heading = next(piece for piece in found if piece.start == stop)
            if not page[rule.end() : stop].replace(b"</div>", b"").strip(b" \n\t") or _only_link(
                page[rule.end() : stop]
            ):
                following = [at for at in stops if at > stop]
                stop = min(following[0], heading.own_end) if following else heading.own_end
        first, last = _stripped(page, rule.start(), stop)
        name = rule[1].decode("utf-8", "replace")
        above = _above(found, rule.start(), title)
        pieces.append(Piece("rule", name, (*above, name.removeprefix("r-")), first, last, last))
    return sorted(pieces, key=lambda piece: (piece.start, -piece.end))


def _only_link(between: bytes) -> bool:
    return not plain_text(f'<div class="rule">{between.decode("utf-8", "replace")}').strip()


def _above(found: list[Piece], at: int, title: tuple[str, ...]) -> tuple[str, ...]:
    before = [piece for piece in found if piece.start <= at]
    return before[-1].headings if before else title


def _sections(page: bytes, start: int, end: int, above: tuple[str, ...]) -> list[Piece]:
    """The sections between two offsets; what stands before the first heading is none."""
    headings = list(_HEADING.finditer(page, start, end))
    levels = [int(heading[1]) for heading in headings]
    path: list[tuple[int, str]] = []
    pieces = []
    for number, heading in enumerate(headings):
        level = levels[number]
        while path and path[-1][0] >= level:
            path.pop()
        path.append((level, text_of(heading[3])))
        after = number + 1
        own_end = headings[after].start() if after < len(headings) else end
        last = next((headings[n].start() for n in range(after, len(levels)) if levels[n] <= level), end)
        ident = _ID.search(heading[2])
        fragment = ident[1].decode("utf-8", "replace") if ident else ""
        names = (*above, *(name for _, name in path))
        pieces.append(
            Piece(
                "section", fragment, names, heading.start(),
                _stripped(page, heading.start(), own_end)[1], _stripped(page, heading.start(), last)[1],
            )
        )  # fmt: skip
    return pieces


def _item_page(page: bytes, everything: bool) -> list[Piece]:
    """A page of rustdoc: the item's own documentation by headings, and one piece for every member."""
    main = page.find(b'id="main-content"')
    title = _item_title(page, main)
    others = None if everything else _OTHERS.search(page, main)
    end = others.start() if others else len(page)
    pieces: list[Piece] = []
    heading = page.find(b"<h1", main)
    members = [*_MEMBER.finditer(page, main, end), *_FIELD.finditer(page, main, end)]
    members.sort(key=lambda member: member.start())
    first_member = members[0].start() if members else end
    top = page.find(b'<div class="docblock"', main, first_member)
    if 0 <= heading < end:
        stop = _div_end(page, top, end) if top >= 0 else page.find(b"</section>", main)
        stop = end if stop < 0 else stop
        inner = _sections(page, top, stop, (title,)) if top >= 0 else []
        intro_end = inner[0].start if inner else stop
        pieces.append(Piece("item", "", (title,), heading, _stripped(page, heading, intro_end)[1], stop))
        pieces.extend(inner)
    for member in members:
        found = _member(page, member, end, title)
        if found is not None:
            pieces.append(found)
    return pieces


def _member(page: bytes, member: re.Match[bytes], end: int, title: str) -> Piece | None:
    fragment = member[1].decode("utf-8", "replace")
    closing = _SIGNATURE_END.search(page, member.end(), end)
    if fragment.startswith("structfield") and member.re is _FIELD:
        stop = page.find(b"</span>", member.end(), end) + len(b"</span>")
    elif closing is not None:
        stop = closing.end()
    else:
        return None
    opening = _DOCBLOCK.search(page, stop, min(end, stop + _NEAR))
    block = opening.start() if opening else -1
    following = _MEMBER.search(page, stop, end)
    if block < 0 or (following is not None and following.start() < block):
        return None  # without a word about it
    stop = _div_end(page, block, end)
    if stop < 0:
        return None
    # Of implementations for several types the later ones have numbered fragments.
    name = re.sub(r"-\d+$", "", fragment.partition(".")[2])
    owner = title.rpartition("::")[2].rpartition(" ")[2]
    return Piece("item", fragment, (title, f"{owner}::{name}"), member.start(), stop, stop)


def _item_title(page: bytes, main: int) -> str:
    """The path of an item: ``std::vec::Vec``."""
    heading = _H1.search(page, main)
    crumbs = _BREADCRUMBS.search(page, main, heading.start() if heading else main + 2000)
    name = text_of(heading[1]).removesuffix("Copy item path").strip() if heading else ""
    kind, _, rest = name.partition(" ")
    if kind in ("Crate", "Module", "Struct", "Enum", "Trait", "Function", "Macro", "Constant", "Type", "Union",
                "Static", "Derive", "Attribute"):  # fmt: skip
        name = rest.removeprefix("Alias ").removeprefix("Macro ").strip()
    elif kind in ("Keyword", "Primitive"):
        return f"{kind.lower()} {rest.removeprefix('Type ').strip()}"
    above = text_of(crumbs[1]).replace(" ", "") if crumbs else ""
    return f"{above}::{name}" if above else name


def _div_end(page: bytes, start: int, end: int) -> int:
    """The offset behind the ``</div>`` that closes the block at ``start``; -1 when it never closes."""
    depth = 0
    for tag in _DIV.finditer(page, start, end):
        depth += 1 if tag[0] != b"</div>" else -1
        if depth == 0:
            return tag.end()
    return -1


def text_of(piece: bytes) -> str:
    """The text of a short piece of markup, on one line."""
    return _GAP.sub(" ", plain_text(piece.decode("utf-8", "replace"))).strip()


def _stripped(page: bytes, start: int, end: int) -> tuple[int, int]:
    # The blanks of str.strip() that pages have; more would cut into a character.
    part = page[start:end]
    return start + len(part) - len(part.lstrip(b" \t\r\n")), start + len(part.rstrip(b" \t\r\n"))
