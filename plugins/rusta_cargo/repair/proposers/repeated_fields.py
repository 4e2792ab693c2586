"""A field that a pattern binds twice where another field is forgotten: E0025.

``Point { x: a, x: b }`` is a copied line that was not adapted: one of the two means the field that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Struct, Variant
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness


def _repeated(case: Case) -> Iterator[Answer]:
    again = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "field_pattern")
    pattern = nodes.around(again, "struct_pattern")
    if again is None or pattern is None:
        return
    name = _name(again)
    listed = nodes.children(pattern, "field_pattern")
    first = next((other for other in listed if _name(other) == name and other != again), None)
    if first is None:
        return
    mentioned = {_name(other) for other in listed}
    missing = [field for field in _fields(case, pattern) if field not in mentioned]
    for place, node in enumerate((again, first)):
        bound = text(node.child_by_field_name("pattern")) or name
        ranked = [field for _, field in sorted((-likeness(bound, field), field) for field in missing)]
        for rank, field in enumerate(ranked[:3]):
            written = _renamed(node, field)
            if written is not None:
                parts = (edits.replace_node(case.path, node, written),)
                close = 0.1 if likeness(bound, field) > 0.5 else 0.0
                yield Answer(f"the second field is `{field}`" if not place else f"the first field is `{field}`",
                             parts, (0.75 if not place else 0.4) / (1 + rank) + close)  # fmt: skip
    if _bound(first) == _bound(again) or not missing:
        elements = edits.elements_of(pattern)
        at = next((n for n, (start, end) in enumerate(elements) if start <= again.start_byte < end), None)
        if at is not None and _bound(first) == _bound(again):
            yield Answer(f"name `{name}` once", (edits.delete_element(case.path, case.source, elements, at),), 0.5)


def _name(field: Node) -> str:
    return text(field.child_by_field_name("name"))


def _bound(field: Node) -> str:
    return text(field.child_by_field_name("pattern")) or _name(field)


def _fields(case: Case, pattern: Node) -> list[str]:
    """The fields of what the pattern takes apart."""
    path = text(pattern.child_by_field_name("type"))
    owner, _, last = path.rpartition("::")
    structs: list[Struct] = list(case.index.by_path(path, Struct))
    if owner:
        kind = case.index.enum(owner.rpartition("::")[2])
        structs = [v for v in (kind.variants if kind else ()) if v.name == last] or structs
    structs = structs or list(case.index.named(last, Variant))
    return [field.name for field in structs[0].fields] if structs else []


def _renamed(node: Node, field: str) -> str | None:
    """The same binding, taken from ``field``; a shorthand gets the field's name."""
    written, name = text(node), node.child_by_field_name("name")
    if name is None:
        return None
    if node.child_by_field_name("pattern") is None:
        return written.replace(text(name), field)
    offset = name.start_byte - node.start_byte
    raw = written.encode()
    return (raw[:offset] + field.encode() + raw[offset + len(text(name).encode()) :]).decode()


propose = answering({"E0025": (_repeated,)})
