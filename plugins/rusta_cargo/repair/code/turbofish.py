"""Type arguments that are written at a call: ``.collect::<Vec<_>>()``, ``parse::<u8>()``,
``Vec::<u8>::new()``, a type for a trait's function."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.declarations import called
from rusta_cargo.repair.code.expected import element, last
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.gathering import Change
from rusta_cargo.repair.code.items import (
    Impl,
)
from rusta_cargo.repair.code.nodes import text

_GENERIC_METHODS = {
    "collect": ("Vec<_>", "String", "HashSet<_>", "HashMap<_, _>"), "sum": (), "product": (), "parse": (),
    "into": (), "try_into": (),
    "unwrap_or_default": (), "downcast_ref": (), "downcast": (), "size_of": (), "channel": (), "from_str": (),
    "default": (),
}  # fmt: skip


def turbofish(here: Spot, goals: list[tuple[str, float]]) -> Iterator[Change]:
    """``.collect::<Vec<_>>()`` and the like."""
    node = here.node
    call = nodes.enclosing(node, "call_expression")
    callee = None if call is None else call.child_by_field_name("function")
    if call is None or callee is None or not callee.start_byte <= node.start_byte < callee.end_byte:
        value = nodes.enclosing(node, "let_declaration")
        inner = None if value is None else value.child_by_field_name("value")
        call = next(
            (c for c in nodes.below(inner, "call_expression") if last(c) in _GENERIC_METHODS), None
        ) if inner is not None else None  # fmt: skip
        callee = None if call is None else call.child_by_field_name("function")
    if callee is None or callee.type == "generic_function" or call is None:
        return
    name = last(call)
    if name == "collect":
        used = [
            (kind, weight)
            for kind, weight in goals
            if types.head(kind)
            in (
                "Vec",
                "String",
                "HashSet",
                "HashMap",
                "BTreeMap",
                "BTreeSet",
                "Result",
                "Option",
                "VecDeque",
            )
        ]
        for place, kind in enumerate(_GENERIC_METHODS["collect"]):
            used.append((kind, 0.6 / (1 + 2 * place)))
        for kind, weight in used[:5]:
            yield (
                f"collect into `{kind}`",
                (edits.insert(here.path, callee.end_byte, f"::<{kind}>"),),
                0.8 * weight,
            )
    elif name in ("sum", "product", "parse", "size_of", "downcast_ref", "downcast"):
        own = element(here, callee)
        known = [(own, 0.6)] if own else []
        for kind, weight in [*known, *goals][:6]:
            yield (
                f"say which type: `{kind}`",
                (edits.insert(here.path, callee.end_byte, f"::<{kind}>"),),
                0.9 * weight,
            )
    elif name in ("unwrap", "expect", "unwrap_or", "is_ok", "unwrap_or_default") and callee.type == "field_expression":
        inner_call = callee.child_by_field_name("value")
        if inner_call is not None and inner_call.type == "call_expression":
            yield from turbofish(here.of(inner_call.child_by_field_name("function") or inner_call), goals)
    elif name == "default" and text(callee).startswith("Default::"):
        for kind, weight in goals[:5]:
            yield (
                f"say which type: `{kind}`",
                (edits.replace_node(here.path, callee, f"{kind}::default"),),
                0.7 * weight,
            )
    elif callee.type == "identifier" and text(callee) in ("Ok", "Err"):
        for kind, weight in (
            ("Box<dyn std::error::Error>", 0.4),
            ("String", 0.35),
            ("()", 0.25),
            ("std::io::Error", 0.1),
        ):
            arguments = f"_, {kind}" if text(callee) == "Ok" else f"{kind}, _"
            yield (
                f"say the other side: `{kind}`",
                (edits.insert(here.path, callee.end_byte, f"::<{arguments}>"),),
                weight,
            )
    elif callee.type == "scoped_identifier" or callee.type == "identifier":
        owner = callee.child_by_field_name("path")
        struct = None if owner is None else here.index.type_named(text(owner))
        generics = [] if struct is None else [g for g in struct.generics if g.kind == "type"]
        if owner is not None and (
            generics
            or types.head(text(owner)) in ("Vec", "HashMap", "HashSet", "Option", "VecDeque", "BTreeMap", "Rc", "Box")
        ):
            for kind, weight in goals[:5]:
                yield (
                    f"say which type: `{kind}`",
                    (edits.insert(here.path, owner.end_byte, f"::<{kind}>"),),
                    0.5 * weight,
                )
        function = called(here, call)
        if function is not None and any(g.kind == "type" for g in function.generics):
            for kind, weight in goals[:6]:
                yield (
                    f"say which type: `{kind}`",
                    (edits.insert(here.path, callee.end_byte, f"::<{kind}>"),),
                    0.7 * weight,
                )
        if callee.type == "scoped_identifier" and owner is not None:
            yield from _implementer(here, callee, owner)
    if callee.type == "identifier" and text(callee) == "None":
        return


def _implementer(here: Spot, callee: Node, owner: Node) -> Iterator[Change]:
    """``Trait::function()`` names a type that has the trait (E0790)."""
    name = types.head(text(owner))
    impls = [
        impl
        for impl in here.index.of_kind(Impl)
        if impl.trait is not None and types.head(impl.trait.text) == name and not impl.generics
    ]
    for impl in impls[:4]:
        kind, last = impl.self_type.text, text(callee.child_by_field_name("name"))
        plain = re.fullmatch(r"[\w:]+", kind) is not None
        yield (
            f"call it for `{kind}`",
            (edits.replace_node(here.path, callee, f"{kind}::{last}" if plain else f"<{kind} as {name}>::{last}"),),
            0.6 / len(impls),
        )
