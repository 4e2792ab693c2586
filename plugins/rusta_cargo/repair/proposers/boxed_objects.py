"""Bare trait objects where a value of known size must stand: E0277 about ``Sized``.

``Vec<dyn Animal>`` and ``animal: dyn Animal`` in one file are one mistake: every ``dyn Animal`` that stands behind no
pointer goes into a ``Box``, in lists of values the values too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement

_UNSIZED = re.compile(r"the size for values of type `\(?dyn ([^`]+?)\)?` cannot be known")
# Owners whose argument may be of any size.
_POINTERS = ("Box", "Rc", "Arc", "Cow", "NonNull", "PhantomData", "Weak", "Ref", "RefMut")
_AROUND = ("reference_type", "pointer_type", "impl_item", "higher_ranked_trait_bound")


def _boxed(case: Case) -> Iterator[Answer]:
    told = _UNSIZED.search(case.diagnostic.message)
    if told is None:
        return
    trait = types.head(types.split_top(told[1], "+")[0])
    bare = [node for node in _objects(case.root) if _trait(node) == trait and _stands_alone(node)]
    near = [node for node in bare if node.start_byte < case.place.end and case.place.start < node.end_byte]
    if not near:
        return
    parts = [edits.replace_node(case.path, node, f"Box<{text(node)}>") for node in bare]
    values = [part for node in bare for part in _values(case, node)]
    weight = 0.8 if any(_collected(node) for node in near) else 0.3
    yield Answer(f"box every `dyn {trait}`", (*parts, *values), weight)
    if values:
        yield Answer(f"box every `dyn {trait}`", tuple(parts), 0.5 * weight)


def _objects(root: Node) -> Iterator[Node]:
    """The ``dyn A + B`` of a file, each as a whole."""
    for node in nodes.every(root, "dynamic_type"):
        whole = node.parent
        yield whole if whole is not None and whole.type == "bounded_type" else node


def _trait(node: Node) -> str:
    return types.head(types.split_top(text(node).removeprefix("dyn "), "+")[0])


def _stands_alone(node: Node) -> bool:
    """It is behind no pointer, and no implementation is for it."""
    holder = node.parent
    while holder is not None and holder.type in ("parenthesized_type", "tuple_type"):
        holder = holder.parent
    if holder is None or holder.type in _AROUND:
        return False
    if holder.type == "type_arguments" and holder.parent is not None:
        return types.head(text(holder.parent)) not in _POINTERS
    return holder.type in (
        "parameter",
        "field_declaration",
        "let_declaration",
        "array_type",
        "ordered_field_declaration_list",
    )


def _collected(node: Node) -> bool:
    return node.parent is not None and node.parent.type in ("type_arguments", "array_type")


def _values(case: Case, node: Node) -> Iterator[Replacement]:
    """The elements of the list that the annotated ``let`` begins with."""
    statement = nodes.enclosing(node, ("let_declaration", *nodes.ITEMS))
    if statement is None or statement.type != "let_declaration" or not _collected(node):
        return
    value = statement.child_by_field_name("value")
    if value is None:
        return
    spans: list[tuple[int, int]] = []
    if value.type == "array_expression" and value.child_by_field_name("length") is None:
        spans = edits.elements_of(value)
    elif value.type == "macro_invocation" and text(value.child_by_field_name("macro")) == "vec":
        tokens = nodes.child(value, "token_tree")
        spans = [] if tokens is None or b";" in (tokens.text or b"") else edits.elements_of(tokens)
    for start, end in spans:
        if not case.source[start:end].startswith(b"Box::new("):
            yield from edits.wrap(case.path, start, end, "Box::new(", ")")


propose = answering({"E0277": (_boxed,)})
