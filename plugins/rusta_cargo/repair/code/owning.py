"""Values read through a borrow made owned, so that nothing stays borrowed: in a ``let``, in the head of a loop or
match.

The uses of a name that becomes owned follow: ``*x`` is ``x``, and where it was passed on, it is lent.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.ownership import has_default, is_copy
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.usage import uses
from rusta_cargo.repair.proposer import Replacement
from rusta_schemas.diagnostic import Span

# What makes the result of a reading call owned, likeliest first; `!` replaces the call.
_READS = {
    "get": ((".cloned()", 0.4), (".copied()", 0.3)),
    "first": ((".cloned()", 0.4), (".copied()", 0.35)),
    "last": ((".cloned()", 0.4), (".copied()", 0.35)),
    "peek": ((".cloned()", 0.4), (".copied()", 0.35)),
    "iter": ((".cloned().collect::<Vec<_>>()", 0.3), ("!.clone()", 0.25)),
    "keys": ((".cloned().collect::<Vec<_>>()", 0.4),),
    "values": ((".cloned().collect::<Vec<_>>()", 0.35),),
    "max": ((".copied()", 0.35), (".cloned()", 0.3)),
    "min": ((".copied()", 0.35), (".cloned()", 0.3)),
    "as_str": ((".to_string()", 0.4), ("!.clone()", 0.4)),
    "as_slice": ((".to_vec()", 0.4),),
    "trim": ((".to_string()", 0.45),),
    "unwrap": ((".clone()", 0.4), (".to_owned()", 0.1)),
    "expect": ((".clone()", 0.4),),
    "next": ((".map(|s| s.to_string())", 0.15),),
    "as_ref": ((".cloned()", 0.3),),
    "find": ((".cloned()", 0.4), (".copied()", 0.3)),
    "unwrap_or": ((".clone()", 0.3),),
    "as_deref": ((".map(str::to_string)", 0.3),),
}
_ANY = ((".clone()", 0.3), (".to_string()", 0.2), (".to_vec()", 0.08), (".cloned()", 0.15))


def unborrowed(case: Case, node: Node) -> Iterator[Answer]:
    """The ``let`` around ``node`` binds an owned value."""
    statement = nodes.enclosing(node, "let_declaration")
    value = None if statement is None else statement.child_by_field_name("value")
    pattern = None if statement is None else statement.child_by_field_name("pattern")
    if statement is None or value is None or pattern is None:
        return
    if not (value.start_byte <= node.start_byte and node.end_byte <= value.end_byte):
        return
    written = statement.child_by_field_name("type")
    for title, parts, prior, copies in _owned_values(case, value, written):
        followed = () if pattern.type != "identifier" else _followed(case, pattern, copies)
        if followed:
            yield Answer(title, (*parts, *followed), prior * 1.05)
        yield Answer(title, parts, prior * (0.6 if followed else 1.0))


def _owned_values(
    case: Case, value: Node, written: Node | None
) -> Iterator[tuple[str, tuple[Replacement, ...], float, bool]]:
    """(title, change, prior, what it gives is Copy)."""
    if value.type == "reference_expression" and nodes.child(value, "mutable_specifier") is None:
        inner = value.child_by_field_name("value")
        if inner is None or (written is not None and not text(written).startswith("&")):
            return
        kind = case.type_of(inner)
        off = edits.delete(case.path, value.start_byte, inner.start_byte)
        retyped: tuple[Replacement, ...] = (
            () if written is None else (edits.delete(case.path, written.start_byte, written.start_byte + 1),)
        )
        copies = kind is not None and kind in (*types.COPY, "{integer}", "{float}")
        yield f"copy `{text(inner)}`", (off, *retyped), 0.6 if copies else 0.2, True
        if not copies:
            made = edits.insert(case.path, inner.end_byte, ".clone()")
            yield f"clone `{text(inner)}`", (off, *retyped, made), 0.3, False
    elif value.type == "call_expression" and written is None:
        callee = value.child_by_field_name("function")
        owner = (
            callee.child_by_field_name("value") if callee is not None and callee.type == "field_expression" else None
        )
        method = "" if owner is None or callee is None else text(callee.child_by_field_name("field"))
        for then, prior in _ranked(case, owner, method):
            if then.startswith("!") and owner is not None:
                change = edits.replace(case.path, owner.end_byte, value.end_byte, then[1:])
                yield f"read `{text(owner)}` as an owned value", (change,), prior, False
            elif not then.startswith("!"):
                yield (
                    f"own what is read with `{then}`",
                    (edits.insert(case.path, value.end_byte, then),),
                    prior,
                    False,
                )
    elif value.type in ("identifier", "field_expression", "index_expression") and written is None:
        yield (
            f"clone `{text(value)}`",
            (edits.insert(case.path, value.end_byte, ".clone()"),),
            0.25,
            False,
        )


def _ranked(case: Case, owner: Node | None, method: str) -> list[tuple[str, float]]:
    """The calls that own what ``method`` gives; ``copied`` first where the elements are Copy."""
    kind = case.type_of(owner)
    held = [] if kind is None else types.arguments(kind)
    element = held[-1] if held else None if kind is None else types.element(kind)
    known = list(_READS.get(method, _ANY))
    if is_copy(element, case.index) and any(".copied" in then for then, _ in known):
        best = max(prior for _, prior in known) + 0.05
        known = [(then, best if then.startswith(".copied") else prior * 0.8) for then, prior in known]
    return known


def _followed(case: Case, pattern: Node, copies: bool) -> tuple[Replacement, ...]:
    """The uses of a name whose value is owned from now on."""
    block = nodes.block_of(pattern)
    binding = None if block is None else binding_of(case.root, text(pattern), block.end_byte - 1)
    if binding is None or block is None or binding.start != pattern.start_byte:
        return ()
    found = []
    for use in uses(case.root, binding, block):
        around = use.parent
        if around is not None and around.type == "unary_expression" and text(around).startswith("*"):
            found.append(edits.replace_node(case.path, around, text(use)))
        elif around is not None and around.type == "arguments" and not copies:
            found.append(edits.insert(case.path, use.start_byte, "&"))
    return tuple(found)


def header_cloned(case: Case, first: Span) -> Iterator[Answer]:
    """The loop (or match) goes through a copy of what its body changes."""
    node = case.seen(first)
    loop = nodes.enclosing(node, ("for_expression", "match_expression", "if_expression", "while_expression"))
    if loop is None or not (loop.start_byte <= case.place.start < loop.end_byte):
        return
    value = loop.child_by_field_name("value")
    if loop.type in ("if_expression", "while_expression"):
        condition = next(nodes.below(loop, "let_condition", into=("block",)), None)
        value = None if condition is None else condition.child_by_field_name("value")
    if (
        value is None
        or not (value.start_byte <= first.start and first.end <= value.end_byte)
        or case.place.start < value.end_byte
    ):
        return
    risk = ("clones what a loop goes through",) if loop.type == "for_expression" else ()
    place = value.child_by_field_name("value") if value.type == "reference_expression" else None
    callee = value.child_by_field_name("function") if value.type == "call_expression" else None
    method = (
        text(callee.child_by_field_name("field")) if callee is not None and callee.type == "field_expression" else ""
    )
    owner = callee.child_by_field_name("value") if callee is not None and callee.type == "field_expression" else None
    if place is not None:
        for form, prior in ((f"&{text(place)}.clone()", 0.28), (f"{text(place)}.clone()", 0.26)):
            yield Answer(
                f"go through a clone of `{text(place)}`",
                (edits.replace_node(case.path, value, form),),
                prior,
                risk,
            )
    elif method == "iter" and owner is not None and loop.type == "for_expression":
        yield Answer(
            f"go through a clone of `{text(owner)}`",
            (edits.replace_node(case.path, value, f"{text(owner)}.clone()"),),
            0.3,
            risk,
        )
        for form in (".clone().iter()", ".clone().into_iter()"):
            yield Answer(
                f"go through a clone of `{text(owner)}`",
                (edits.replace_node(case.path, value, f"{text(owner)}{form}"),),
                0.25,
                risk,
            )
    elif loop.type == "for_expression":
        last = ".copied()" if method == "chars" else ".collect::<Vec<_>>()"
        for then in (".cloned().collect::<Vec<_>>()", last) if method in ("keys", "values") else (last,):
            yield Answer(
                "collect what the loop goes through",
                (edits.insert(case.path, value.end_byte, then),),
                0.3,
                risk,
            )
    else:
        for then, prior in _ranked(case, owner, method)[:3] if method in _READS else _ANY[:1]:
            if then.startswith("!"):
                continue
            change = edits.insert(case.path, value.end_byte, then)
            followed = tuple(_undereferenced(case, loop, value))
            if followed:
                yield Answer(f"own what is matched with `{then}`", (change, *followed), prior * 1.1)
            yield Answer(f"own what is matched with `{then}`", (change,), prior)
    target = place or owner
    kind = case.type_of(target)
    if loop.type == "for_expression" and target is not None and has_default(kind, case.index):
        taken = f"std::mem::take(&mut {text(target)})"
        yield Answer(
            f"take `{text(target)}` out for the loop",
            (edits.replace_node(case.path, value, taken),),
            0.2,
            ("leaves the original empty",),
        )


def _undereferenced(case: Case, holder: Node, value: Node) -> Iterator[Replacement]:
    """``*x`` becomes ``x`` for the names that the patterns of a match or ``if let`` bind."""
    for star in nodes.below(holder, "unary_expression"):
        inner = star.named_children[-1] if star.named_children else None
        if inner is None or inner.type != "identifier" or not text(star).startswith("*"):
            continue
        binding = binding_of(case.root, text(inner), inner.start_byte)
        if binding is not None and binding.kind == "pattern" and binding.value is not None and binding.value == value:
            yield edits.replace_node(case.path, star, text(inner))
