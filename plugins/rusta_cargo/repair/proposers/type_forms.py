"""Types in a form that is not allowed: E0227, E0316, E0641, E0703 and E0747, each with the form that is.

Arguments in the wrong order are put in order, a quantifier inside another joins it, an object type that may live for
two lifetimes gets one, a pointer cast says to what, an ABI that does not exist becomes the one of C.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text

_POINTEES = (("u8", 0.3), ("()", 0.26))


def _at(case: Case) -> Node:
    return nodes.node_at(case.root, case.place.start, case.place.end)


def _ordered(case: Case) -> Iterator[Answer]:
    """Generic arguments: lifetimes first, then types and constants (E0747)."""
    listed = nodes.enclosing(_at(case), "type_arguments")
    if listed is None:
        return
    parts = [text(part) for part in listed.named_children if part.type not in ("line_comment", "block_comment")]
    lifetimes = [part for part in parts if part.startswith("'")]
    bound = [part.type for part in listed.named_children].index("type_binding") if _bound(listed) else len(parts)
    others = [part for part in parts[:bound] if not part.startswith("'")]
    wanted = [*lifetimes, *others, *(part for part in parts[bound:] if not part.startswith("'"))]
    if wanted != parts:
        opening = "::<" if text(listed).startswith("::") else "<"
        written = f"{opening}{', '.join(wanted)}>"
        yield Answer("put the lifetimes first", (edits.replace_node(case.path, listed, written),), 0.85)


def _bound(listed: Node) -> bool:
    return any(part.type == "type_binding" for part in listed.named_children)


def _one_quantifier(case: Case) -> Iterator[Answer]:
    """``for<'a> &'a T: for<'b> Tr<'a, 'b>`` becomes ``for<'a, 'b> &'a T: Tr<'a, 'b>`` (E0316)."""
    inner = nodes.enclosing(_at(case), "higher_ranked_trait_bound")
    predicate = nodes.around(inner, "where_predicate")
    if inner is None or predicate is None:
        return
    mine = inner.child_by_field_name("type_parameters")
    kind = inner.child_by_field_name("type")
    left = predicate.child_by_field_name("left")
    outer = nodes.child(left, "type_parameters") or nodes.child(predicate, "type_parameters")
    if outer is None and left is not None:
        outer = next(nodes.below(left, "type_parameters"), None)
    if mine is None or kind is None or outer is None or outer == mine:
        return
    names = ", ".join(text(part) for part in (*outer.named_children, *mine.named_children))
    yield Answer(
        "quantify over both at once",
        (edits.replace_node(case.path, outer, f"<{names}>"), edits.replace_node(case.path, inner, text(kind))),
        0.85,
    )


def _one_lifetime(case: Case) -> Iterator[Answer]:
    """An object type whose trait gives it several lifetime bounds says which one it has (E0227)."""
    node = nodes.exact(case.root, case.place.start, case.place.end) or _at(case)
    names = dict.fromkeys(text(part) for part in nodes.below(node, "lifetime"))
    holder = node.parent
    lent = holder is not None and holder.type in ("reference_type", "pointer_type")
    for rank, name in enumerate([*names, "'static"][:3]):
        before, after = ("(", f" + {name})") if lent else ("", f" + {name}")
        parts = edits.wrap(case.path, node.start_byte, node.end_byte, before, after)
        yield Answer(f"let it live for `{name}`", parts, 0.55 / (1 + rank))


def _pointee(case: Case) -> Iterator[Answer]:
    """``as *const _`` where nothing tells to what it points (E0641)."""
    cast = nodes.enclosing(_at(case), "type_cast_expression")
    kind = None if cast is None else cast.child_by_field_name("type")
    value = None if cast is None else cast.child_by_field_name("value")
    if kind is None or value is None or kind.type != "pointer_type":
        return
    target = kind.child_by_field_name("type")
    if target is None or text(target) != "_":
        return
    for written, weight in _POINTEES:
        yield Answer(f"point to `{written}`", (edits.replace_node(case.path, target, written),), weight)


def _abi(case: Case) -> Iterator[Answer]:
    """An ABI that does not exist: that of C is the one people mean (E0703)."""
    node = nodes.enclosing(_at(case), ("string_literal", "raw_string_literal"))
    if node is not None and nodes.around(node, "extern_modifier") is not None:
        yield Answer('write `extern "C"`', (edits.replace_node(case.path, node, '"C"'),), 0.4)


propose = answering(
    {
        "E0227": (_one_lifetime,),
        "E0316": (_one_quantifier,),
        "E0641": (_pointee,),
        "E0703": (_abi,),
        "E0747": (_ordered,),
    }
)
