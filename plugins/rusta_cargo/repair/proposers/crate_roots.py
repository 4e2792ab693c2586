"""Paths that begin at the wrong crate: E0432, E0433, and the parser's word on a dash in a path.

``crate::`` in a program, test or example means that program, not the library beside it; a library does not know itself
by its own name; and a crate's name has underscores where its package has dashes. All paths of the file are mended at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.items import ItemIndex, Use
from rusta_cargo.repair.code.lexer import Token, tokens
from rusta_cargo.repair.code.units import crate_name, library_of, names_in, outside_library, packages_by_name
from rusta_cargo.repair.project import Package
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Category, Diagnostic, Span

_SURE, _DASH = 0.94, 0.92
_DASHED = re.compile(rb"\b[A-Za-z]\w*(?:-\w+)+(?=\s*::)")
Change = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Begin the paths of a file at the crate that has their names."""
    index: ItemIndex | None = None
    seen: dict[str, list[int]] = {}
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        if place is None or place.macro is not None:
            continue
        if error.code in ("E0432", "E0433"):
            seen.setdefault(place.path, []).append(number)
        elif error.category is Category.SYNTAX and "found `-`" in error.message:
            yield from _dashes(situation, place, number)
    for path, numbers in seen.items():
        package = situation.project.package_of(path)
        if package is None or library_of(package) is None:
            continue
        index = index or ItemIndex.of(situation)
        errors = [situation.diagnostics[number] for number in numbers]
        for title, parts, prior in (
            *_own_program(situation, index, package, path, errors),
            *_own_name(situation, package, path, errors),
        ):
            yield Candidate(
                title, parts, prior, diagnostic=numbers[0] if len(numbers) == 1 else None, cites=(errors[0].code or "",)
            )


def _own_program(
    situation: Situation, index: ItemIndex, package: Package, path: str, errors: list[Diagnostic]
) -> Iterator[Change]:
    """``crate::name`` of a name that the library has at its root and this program has not."""
    library = library_of(package)
    if library is None or library.path == path or _of_library(index, package, library.path, path):
        return
    shared, mine = names_in(index, library.path), names_in(index, path, imports=False)
    known = shared if not outside_library(package, path) else shared - mine
    wanted = [place for error in errors if (place := error.primary) is not None]
    parts = tuple(
        edits.replace(path, start, end, crate_name(package))
        for start, end, names in _from_root(situation, index, path, "crate")
        if names and names <= known
    )
    if parts and any(
        part.start - 4 <= place.start and _line(situation, part, place) for part in parts for place in wanted
    ):
        yield f"begin the paths at the library `{crate_name(package)}`", parts, _SURE


def _of_library(index: ItemIndex, package: Package, library: str, path: str) -> bool:
    """The library declares the file's module, and no program does."""
    if outside_library(package, path):
        return False
    top = index.modules.get(path, ())[:1]
    roots = {target.path for target in package.targets if target.path != library}
    declared = {root for root in (library, *roots) if _declares(index, root, top)}
    return declared == {library}


def _declares(index: ItemIndex, root: str, module: tuple[str, ...]) -> bool:
    return any(
        item.kind == "module" and (item.name,) == module for item in index.files.get(root, ()) if not item.module
    )


def _own_name(situation: Situation, package: Package, path: str, errors: list[Diagnostic]) -> Iterator[Change]:
    """The library's own name in one of its files."""
    name = crate_name(package)
    told = any(re.search(rf"(?:crate|module)[^`]*`{name}`", f"{e.message} {_label(e)}") for e in errors)
    if told and not outside_library(package, path):
        source = situation.source(path)
        parts = tuple(
            edits.replace(path, token.start, token.end, "crate")
            for token in _heads(source)
            if token.text == name.encode()
        )
        if parts:
            yield "begin the paths at `crate`, which this file is part of", parts, _SURE


def _label(error: Diagnostic) -> str:
    return "" if error.primary is None else error.primary.label or ""


def _heads(source: bytes) -> Iterator[Token]:
    """The first words of paths."""
    stream = [token for token in tokens(source) if token.kind != "comment"]
    for before, token, after in zip([None, *stream], stream, stream[1:], strict=False):
        if token.kind == "word" and after.text == b"::" and (before is None or before.text not in (b"::", b"$")):
            yield token


def _from_root(
    situation: Situation, index: ItemIndex, path: str, root: str
) -> Iterator[tuple[int, int, frozenset[str]]]:
    """(span of the word, the names that follow it) of every path that begins with ``root``."""
    uses = index.of_kind(Use, path)
    source = situation.source(path)
    for token in _heads(source):
        if token.text != root.encode():
            continue
        use = next((use for use in uses if use.start <= token.start < use.end), None)
        if use is None:
            following = re.match(rb"\s*::\s*(\w+)", source[token.end : token.end + 120])
            names = frozenset() if following is None else frozenset((following[1].decode(),))
        else:
            names = frozenset(leaf.path[1] for leaf in use.leaves if len(leaf.path) > 1 and leaf.path[0] == root)
        yield token.start, token.end, names


def _line(situation: Situation, part: Replacement, place: Span) -> bool:
    """The path and the error belong to one statement."""
    between = situation.source(part.path)[part.start : place.end]
    return place.path == part.path and b";" not in between


def _dashes(situation: Situation, place: Span, number: int) -> Iterator[Candidate]:
    try:
        source = situation.source(place.path)
    except SourceUnavailable:
        return
    known = packages_by_name(situation)
    parts = tuple(
        edits.replace(place.path, match.start(), match.end(), match[0].decode().replace("-", "_"))
        for match in _DASHED.finditer(source)
        if match[0].decode().replace("-", "_") in known
        or source.rfind(b"use", source.rfind(b"\n", 0, match.start()) + 1, match.start()) >= 0
    )
    if any(part.start <= place.start <= part.end for part in parts):
        yield Candidate("write the crate's name with underscores", parts, _DASH, diagnostic=number)
