"""A type that became generic while its uses still name no argument: E0107 at several places.

What the argument is follows from the signatures around the uses: the types that they speak of, the commonest first. All
uses get the same one. Where a generic parameter is in scope, see :mod:`generic_arguments`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.edits import insert
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Function, Impl, Item, ItemIndex, Struct
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

_MISSING = re.compile(r"^missing generics for (?:struct|enum|union) `([^`]*)`")
_FIRST, _NEXT, _MOST = 0.62, 0.6, 4
# What only holds other types is no argument by itself.
_HOLDERS = frozenset(
    ("Self", "Option", "Result", "Vec", "Box", "Rc", "Arc", "Cow", "str", "dyn", "impl", "mut", "const", "fn", "Fn")
)


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The same argument at every use that lacks one."""
    index: ItemIndex | None = None
    places: dict[str, list[tuple[int, Span, Diagnostic]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        told = _MISSING.search(diagnostic.message) if diagnostic.code == "E0107" else None
        if told is None or diagnostic.primary is None:
            continue
        name = told[1].rpartition("::")[2]
        if (diagnostic.primary.label or "").startswith("expected 1 generic argument"):
            places.setdefault(name, []).append((number, diagnostic.primary, diagnostic))
    for name, uses in places.items():
        index = index or ItemIndex.of(situation)
        bare = [(number, span) for number, span, _ in uses if not _generic(index, span)]
        spoken = Counter[str]()
        for item in dict.fromkeys(item for _, span in bare for item in _around(index, span)):
            spoken.update(_types(item))
        known = [kind for kind, _ in spoken.most_common() if kind != name and _is_type(index, kind)]
        for rank, kind in enumerate(known[:_MOST]):
            numbers = [number for number, _ in bare]
            yield Candidate(
                f"`{name}` of `{kind}` at every use that names no argument",
                tuple(insert(span.path, span.end, f"<{kind}>") for _, span in bare),
                _FIRST * _NEXT**rank,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=("E0107",),
            )


def _generic(index: ItemIndex, span: Span) -> bool:
    """A parameter is in scope that may be the argument."""
    item = index.at(span.path, span.start)
    while item is not None:
        if any(generic.kind != "lifetime" for generic in item.generics):
            return True
        item = item.parent
    return False


def _around(index: ItemIndex, span: Span) -> Iterator[Item]:
    """The item at the use, and the functions of its type."""
    item = index.at(span.path, span.start)
    while item is not None:
        yield item
        if isinstance(item, Struct):
            for impl in index.impls_of(item.name):
                yield from impl.items
        elif isinstance(item, Impl):
            yield from item.items
        item = item.parent


def _types(item: Item) -> Iterator[str]:
    written = []
    if isinstance(item, Struct):
        written = [field.type.text for field in item.fields]
    elif isinstance(item, Function):
        written = [parameter.type.text for parameter in item.parameters]
        written += [] if item.returns is None else [item.returns.text]
    for kind in written:
        yield from dict.fromkeys(types.words(kind))


def _is_type(index: ItemIndex, kind: str) -> bool:
    if kind in _HOLDERS:
        return False
    return kind in (*types.INTEGERS, *types.FLOATS, "bool", "char", "String") or index.type_named(kind) is not None
