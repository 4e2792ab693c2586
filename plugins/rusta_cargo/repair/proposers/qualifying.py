"""Names that lost the path in front of them: ``Small`` for ``Kind::Small``, ``swap`` for ``mem::swap``, ``Result`` for
``fmt::Result``, ``T.new()`` for ``T::new()``. E0425, E0531, E0422, E0433, E0405, E0412, E0574, E0107.

The compiler suggests to import the name. Where its enum or module is named in the file already, people write the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Enum, ItemIndex, Use
from rusta_cargo.repair.code.nodes import ancestors, function_of, node_at, text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0425", "E0531", "E0422", "E0433", "E0405", "E0412", "E0574", "E0532", "E0423")
_USE = re.compile(r"^use ((?:\w+::)+)(\w+);$")
_VARIANT, _MODULE, _USED, _ALIAS = 0.86, 0.8, 0.64, 0.92


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The path put back at every use of the name."""
    yield from _imported(situation)
    yield from _local(situation)
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code == "E0107":
            yield from _results(situation, diagnostic, number)
        if diagnostic.code == "E0423":
            yield from _dotted(situation, diagnostic, number)


def _imported(situation: Situation) -> Iterator[Candidate]:
    found: dict[tuple[str, str, str], dict[int, Replacement]] = {}
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None or place.macro is not None:
            continue
        for suggestion in diagnostic.suggestions:
            match = _USE.match(suggestion.replacements[0].text.strip()) if len(suggestion.replacements) == 1 else None
            if match is None or situation.text(place.path, place.start, place.end).partition("::")[0] != match[2]:
                continue
            index = index or ItemIndex.of(situation)
            owner = _named_here(index, place.path, match[1].removesuffix("::").rpartition("::")[2], match[2])
            # The same path for all uses of the name in the file.
            found.setdefault((place.path, match[1], owner), {})[number] = edits.insert(
                place.path, place.start, f"{owner}::"
            )
    for (path, _, owner), changes in found.items():
        assert index is not None
        prior = _prior(situation, index, path, owner)
        if prior:
            numbers = list(changes)
            yield Candidate(
                f"write `{owner}::` in front of the name",
                tuple(dict.fromkeys(changes.values())),
                prior,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=(situation.diagnostics[numbers[0]].code or "",),
            )


def _local(situation: Situation) -> Iterator[Candidate]:
    """Variants of an enum that is declared in the body around: no import leads there."""
    found: dict[tuple[str, str], dict[int, Replacement]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None or place.macro is not None:
            continue
        try:
            node = node_at(situation.syntax(place.path), place.start, place.end)
        except SourceUnavailable:
            continue
        for block in ancestors(node):
            for item in block.named_children if block.type == "block" else ():
                body = item.child_by_field_name("body") if item.type == "enum_item" else None
                names = [] if body is None else [text(v.child_by_field_name("name")) for v in body.named_children]
                if text(node) in names:
                    owner = text(item.child_by_field_name("name"))
                    change = edits.insert(place.path, place.start, f"{owner}::")
                    found.setdefault((place.path, owner), {})[number] = change
    for (_, owner), changes in found.items():
        numbers = list(changes)
        yield Candidate(
            f"write `{owner}::` in front of the name", tuple(dict.fromkeys(changes.values())), _VARIANT,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=(situation.diagnostics[numbers[0]].code or "",),
        )  # fmt: skip


def _named_here(index: ItemIndex, path: str, owner: str, name: str) -> str:
    """The enum's own name, where the compiler came upon another under which it is exported."""
    if index.named(owner, Enum):
        return owner
    having = [kind for kind in index.of_kind(Enum) if any(variant.name == name for variant in kind.variants)]
    return having[0].name if len(having) == 1 and having[0].path == path else owner


def _prior(situation: Situation, index: ItemIndex, path: str, owner: str) -> float:
    """How likely the owner is written out; 0 when the file does not know it."""
    if owner in ("std", "core", "alloc", "crate", "self", "super"):
        return 0.0
    source = situation.source(path)
    imported = any(leaf.name == owner for use in index.of_kind(Use, path) for leaf in use.leaves)
    variants = index.named(owner, Enum)
    own = any(item.path == path for item in variants)
    qualified = len(re.findall(rf"\b{re.escape(owner)}::(?!\{{|\*)\w".encode(), source))
    if variants:
        listed = re.search(rf"use [^;]*\b{re.escape(owner)}::(?:\{{|\*|\w+;)".encode(), source)
        return (_USED if listed else _VARIANT) if own or imported else 0.0
    if imported:
        return _MODULE
    declared = re.search(rf"\bmod {re.escape(owner)}\b".encode(), source) is not None
    return _USED if declared and qualified else 0.0


def _results(situation: Situation, diagnostic: Diagnostic, number: int) -> Iterator[Candidate]:
    """``fmt::Result`` and ``io::Result<T>``, which need fewer arguments than ``Result``."""
    place = diagnostic.primary
    if place is None:
        return
    try:
        source = situation.source(place.path)
        node = node_at(situation.syntax(place.path), place.start, place.end)
    except SourceUnavailable:
        return
    if text(node) != "Result" or source[: place.start].endswith(b"::"):
        return
    function = function_of(node)
    listed = text(function.child_by_field_name("parameters")) if function is not None else ""
    bare = source[place.end : place.end + 1] != b"<"
    if bare and re.search(rb"\bfmt\b", source) and ("Formatter" in listed or b"fmt::Result" in source):
        yield _written(place.path, place.start, "fmt", _ALIAS, number)
    if not bare and re.search(rb"\buse std::io\b|\bio::", source):
        yield _written(place.path, place.start, "io", _MODULE, number)


def _dotted(situation: Situation, diagnostic: Diagnostic, number: int) -> Iterator[Candidate]:
    """``T.new()`` of a type parameter."""
    place = diagnostic.primary
    if place is None or "found type parameter" not in diagnostic.message or place.macro is not None:
        return
    if situation.text(place.path, place.end, place.end + 1) == ".":
        change = edits.replace(place.path, place.end, place.end + 1, "::")
        yield Candidate("write `::` for `.`", (change,), _ALIAS, diagnostic=number, cites=("E0423",))


def _written(path: str, start: int, module: str, prior: float, number: int) -> Candidate:
    change = edits.insert(path, start, f"{module}::")
    return Candidate(f"write `{module}::Result`", (change,), prior, diagnostic=number, cites=("E0107",))
