"""The type of a name inside a pattern, from the type of the whole: fields, members of tuples, Some, Ok and Err."""

from __future__ import annotations

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.items import ItemIndex, Struct, Variant
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding

# Where the well-known patterns find their part: the type's head and the place of the argument.
_WRAPPERS = {"Some": ("Option", 0), "Ok": ("Result", 0), "Err": ("Result", 1)}


def spelled(type_text: str, at: Node) -> str:
    """``type_text`` with ``Self`` replaced by the type of the impl around ``at``."""
    if "Self" not in type_text:
        return types.tidy(type_text)
    impl = nodes.enclosing(at, "impl_item")
    own = None if impl is None else impl.child_by_field_name("type")
    return types.tidy(type_text if own is None else types.substitute(type_text, {"Self": text(own)}))


def destructured(root: Node, index: ItemIndex, binding: Binding, whole: str) -> str | None:
    """The type of a name inside a pattern: a field of a known struct or variant, Some/Ok/Err, a tuple's member."""
    name = nodes.node_at(root, binding.start, binding.end)
    parent = name.parent
    prefix = "&" if types.is_reference(whole) else ""
    if parent is None:
        return None
    if parent.type == "mut_pattern":
        name, parent = parent, parent.parent or parent
    if parent.type in ("match_pattern", "let_condition", "captured_pattern"):
        return whole if parent.type != "captured_pattern" or _tops(parent) else None
    if parent.type == "tuple_pattern" and _tops(parent):
        members = types.tuple_parts(types.strip_references(whole))
        place = list(parent.named_children).index(name)
        return None if members is None or place >= len(members) else prefix + members[place]
    if parent.type == "field_pattern":
        owner = nodes.around(parent, "struct_pattern")
        field_name = text(parent.child_by_field_name("name"))
        kind = None if owner is None else owner.child_by_field_name("type")
        return _field_of(index, text(kind), field_name, whole, name)
    if parent.type == "tuple_struct_pattern":
        path = text(parent.child_by_field_name("type"))
        if path in _WRAPPERS and _tops(parent):
            owner_name, place = _WRAPPERS[path]
            found = types.arguments(whole)
            return prefix + found[place] if types.head(whole) == owner_name and len(found) > place else None
        rest = parent.named_children[1:]
        return _field_of(index, path, str(rest.index(name)) if name in rest else "", whole, name)
    return None


def _field_of(index: ItemIndex, path: str, field_name: str, whole: str, at: Node) -> str | None:
    owner = path if path != "Self" else spelled("Self", at)
    found = [*index.by_path(owner, Variant), *index.by_path(owner, Struct)]
    field = next((f for item in found if (f := item.field(field_name)) is not None), None)
    if field is None:
        return None
    return ("&" if types.is_reference(whole) else "") + types.tidy(field.type.text)


def _tops(pattern: Node) -> bool:
    """It is a whole pattern, not part of another."""
    return pattern.parent is None or not (
        pattern.parent.type.endswith("_pattern") and pattern.parent.type != "match_pattern"
    )
