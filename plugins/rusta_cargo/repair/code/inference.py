"""The type of an expression or binding as far as syntax and the crate's own signatures tell; None when they do not.

This is no type checker: it reads literals, constructors, casts, fields, and calls of functions the index knows. What it
says of generic code is a guess. Numbers without a suffix are ``{integer}`` and ``{float}``.
"""

from __future__ import annotations

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, std_results, types
from rusta_cargo.repair.code.destructuring import destructured, spelled
from rusta_cargo.repair.code.items import Alias, Enum, Function, ItemIndex, Struct, Value, Variant
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding, binding_of, bindings_at

_DEEPEST = 12
_COMPARISONS = ("==", "!=", "<", ">", "<=", ">=", "&&", "||")
_MACROS = {
    "format": "String",
    "vec": "Vec<_>",
    "line": "u32",
    "column": "u32",
    "stringify": "&str",
    "concat": "&str",
}
# Methods of std whose result does not depend on the type they are called on.
_METHODS = {
    "to_string": "String", "to_uppercase": "String", "to_lowercase": "String", "len": "usize", "count": "usize",
    "is_empty": "bool", "contains": "bool", "starts_with": "bool", "ends_with": "bool", "is_some": "bool",
    "is_none": "bool", "is_ok": "bool", "is_err": "bool", "contains_key": "bool", "as_str": "&str", "trim": "&str",
    "into_string": "String",
    "capacity": "usize", "as_bytes": "&[u8]", "any": "bool", "all": "bool", "to_le_bytes": "[u8; _]", "chars": "Chars",
}  # fmt: skip
_SAME = (
    "clone", "to_owned", "abs", "pow", "min", "max", "saturating_sub", "saturating_add", "wrapping_add", "wrapping_sub",
)  # fmt: skip
_UNWRAP = ("unwrap", "expect", "unwrap_or", "unwrap_or_default", "unwrap_or_else")
_STD = (
    "String", "Vec", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "Box", "Rc", "Arc", "RefCell", "Cell",
    "Mutex", "RwLock", "PathBuf", "Instant", "Duration",
)  # fmt: skip
_PLAIN = ("String", "PathBuf", "Instant", "Duration")
_STD_MAKERS = (
    "new",
    "from",
    "with_capacity",
    "default",
    "from_iter",
    "now",
    "from_secs",
    "from_millis",
)


class Types:
    """Reads types in one file.

    Args:
        root: its syntax tree. index: the items of the tree.
    """

    def __init__(self, root: Node, index: ItemIndex) -> None:
        self._root, self._index = root, index

    def of_binding(self, binding: Binding, depth: int = 0) -> str | None:
        """The type of a local name, ``Self`` written out."""
        if binding.written is not None and binding.whole:
            return self.spelled(binding.written, binding.at)
        if binding.written is not None:
            return destructured(self._root, self._index, binding, self.spelled(binding.written, binding.at))
        if depth > _DEEPEST or binding.value is None:
            return None
        if binding.kind == "for":
            return self._iterated(binding, depth)
        found = self.of(binding.value, depth + 1)
        if found is None:
            return None
        if binding.whole and binding.kind == "let":
            return f"&{found}" if binding.by_reference else found
        return destructured(self._root, self._index, binding, found)

    def visible(self, byte: int) -> list[tuple[Binding, str | None]]:
        """The bindings at ``byte`` with their types, nearest first."""
        return [(binding, self.of_binding(binding)) for binding in bindings_at(self._root, byte)]

    def spelled(self, type_text: str, at: Node) -> str:
        """``type_text`` with ``Self`` replaced by the type of the impl around ``at``."""
        return spelled(type_text, at)

    def of(self, node: Node | None, depth: int = 0) -> str | None:
        """The type of an expression."""
        if node is None or depth > _DEEPEST:
            return None
        reader = getattr(self, f"_{node.type}", None)
        found: str | None = None if reader is None else reader(node, depth + 1)
        return found

    def _iterated(self, binding: Binding, depth: int) -> str | None:
        value = binding.value
        if value is None:
            return None
        if value.type == "range_expression" and binding.whole:
            return next((t for part in value.named_children if (t := self.of(part, depth + 1))), None)
        found = self.of(value, depth + 1)
        given = None if found is None else types.inner(found, "Iter")
        element = None if found is None else given or types.element(found)
        if found is None or element is None:
            return None
        parts = types.reference(found)
        if parts is not None:
            element = f"&{parts[1]} {element}" if parts[1] else f"&{element}"
        return element if binding.whole else destructured(self._root, self._index, binding, element)

    # One reader for each kind of expression; named after the grammar's nodes.

    def _integer_literal(self, node: Node, _depth: int) -> str:
        return next((kind for kind in types.NUMBERS if text(node).endswith(kind)), "{integer}")

    def _float_literal(self, node: Node, _depth: int) -> str:
        return next((kind for kind in types.FLOATS if text(node).endswith(kind)), "{float}")

    def _string_literal(self, node: Node, _depth: int) -> str | None:
        start = text(node)[:2]
        return "&str" if start[0] == '"' else "&[u8; _]" if start == 'b"' else "&CStr"

    def _raw_string_literal(self, node: Node, _depth: int) -> str:
        return "&[u8; _]" if text(node).startswith("b") else "&str"

    def _char_literal(self, node: Node, _depth: int) -> str:
        return "u8" if text(node).startswith("b") else "char"

    def _boolean_literal(self, _node: Node, _depth: int) -> str:
        return "bool"

    def _unit_expression(self, _node: Node, _depth: int) -> str:
        return "()"

    def _identifier(self, node: Node, depth: int) -> str | None:
        binding = binding_of(self._root, text(node), node.start_byte)
        if binding is not None:
            return self.of_binding(binding, depth)
        for item in self._index.named(text(node), Value):
            if item.type is not None and item.parent is None:
                return types.tidy(item.type.text)
        structs = [item for item in self._index.named(text(node), Struct) if item.shape == "unit"]
        return self._made(structs[0]) if structs else None

    def _self(self, node: Node, depth: int) -> str | None:
        return self._identifier(node, depth)

    def _made(self, item: Struct) -> str:
        return item.parent.name if isinstance(item, Variant) and item.parent is not None else item.name

    def _scoped_identifier(self, node: Node, _depth: int) -> str | None:
        path = self.spelled(text(node), node)
        owner, _, last = path.rpartition("::")
        for variant in self._index.named(last, Variant):
            if variant.parent is not None and variant.parent.name == types.head(owner) and variant.shape == "unit":
                return variant.parent.name
        for item in self._index.named(last, Value):
            if item.type is not None:
                return self._outside(item.type.text, item.parent, owner)
        if last in ("MAX", "MIN", "BITS") and owner.rpartition("::")[2] in types.NUMBERS:
            return owner.rpartition("::")[2]
        return None

    def _outside(self, type_text: str, parent: object, owner: str) -> str:
        if parent is None:
            return types.tidy(type_text)
        return types.tidy(types.substitute(type_text, {"Self": types.tidy(owner.replace("::<", "<"))}))

    def _reference_expression(self, node: Node, depth: int) -> str | None:
        found = self.of(node.child_by_field_name("value"), depth)
        word = "mut " if nodes.child(node, "mutable_specifier") is not None else ""
        return None if found is None else f"&{word}{found}"

    def _parenthesized_expression(self, node: Node, depth: int) -> str | None:
        return self.of(node.named_children[0], depth) if node.named_children else None

    def _unary_expression(self, node: Node, depth: int) -> str | None:
        found = self.of(node.named_children[-1], depth) if node.named_children else None
        if found is None or not text(node).startswith("*"):
            return found
        return types.referent(found) if types.is_reference(found) else types.inner(found, "Box", "Rc", "Arc")

    def _binary_expression(self, node: Node, depth: int) -> str | None:
        if text(node.child_by_field_name("operator")) in _COMPARISONS:
            return "bool"
        left = self.of(node.child_by_field_name("left"), depth)
        right = self.of(node.child_by_field_name("right"), depth)
        found = right if left in (None, "{integer}", "{float}") else left
        return types.strip_references(found) if found is not None else left

    def _type_cast_expression(self, node: Node, _depth: int) -> str | None:
        kind = node.child_by_field_name("type")
        return None if kind is None else self.spelled(text(kind), node)

    def _tuple_expression(self, node: Node, depth: int) -> str | None:
        parts = [self.of(part, depth) for part in node.named_children]
        known = [part for part in parts if part is not None]
        return f"({', '.join(known)})" if len(known) == len(parts) and len(parts) > 1 else None

    def _array_expression(self, node: Node, depth: int) -> str | None:
        first = self.of(node.named_children[0], depth) if node.named_children else None
        if first is None:
            return None
        length = node.child_by_field_name("length")
        count = text(length) if length is not None else str(len(nodes.children(node, ",")) + (text(node)[-2] != ","))
        return f"[{first}; {count}]"

    def _struct_expression(self, node: Node, _depth: int) -> str | None:
        path = self.spelled(text(node.child_by_field_name("name")), node).replace("::<", "<")
        for variant in self._index.named(path, Variant):
            if "::" in path and variant.parent is not None:
                return variant.parent.name
        return path

    def _field_expression(self, node: Node, depth: int) -> str | None:
        owner = self.of(node.child_by_field_name("value"), depth)
        name = text(node.child_by_field_name("field"))
        if owner is None:
            return None
        members = types.tuple_parts(types.strip_references(owner))
        if members is not None:
            return members[int(name)] if name.isdecimal() and int(name) < len(members) else None
        boxed = types.inner(types.strip_references(owner), "Box", "Rc", "Arc")
        struct = self._index.struct(owner) or (None if boxed is None else self._index.struct(boxed))
        field = None if struct is None else struct.field(name)
        if struct is None or field is None:
            return None
        given = [part for part in types.arguments(owner) if not part.startswith("'")]
        names = [part.name for part in struct.generics if part.kind != "lifetime"]
        return types.tidy(types.substitute(field.type.text, dict(zip(names, given, strict=False))))

    def _index_expression(self, node: Node, depth: int) -> str | None:
        owner = self.of(node.named_children[0], depth)
        return None if owner is None or node.named_children[-1].type == "range_expression" else types.element(owner)

    def _try_expression(self, node: Node, depth: int) -> str | None:
        found = self.of(node.named_children[0], depth)
        return None if found is None else types.inner(found, "Option", "Result")

    def _block(self, node: Node, depth: int) -> str | None:
        return self.of(nodes.tail_of(node), depth)

    def _if_expression(self, node: Node, depth: int) -> str | None:
        return self.of(node.child_by_field_name("consequence"), depth)

    def _match_expression(self, node: Node, depth: int) -> str | None:
        body = node.child_by_field_name("body")
        for arm in nodes.children(body, "match_arm") if body is not None else ():
            if (found := self.of(arm.child_by_field_name("value"), depth)) is not None:
                return found
        return None

    def _macro_invocation(self, node: Node, depth: int) -> str | None:
        name = text(node.child_by_field_name("macro")).rpartition("::")[2]
        inside = nodes.child(node, "token_tree")
        if name == "vec" and inside is not None and len(inside.children) > 2:
            first, then = inside.children[1], inside.children[2]
            found = self.of(first, depth) if then.type in (",", ";", "]", ")") else None
            return f"Vec<{found or '_'}>"
        return _MACROS.get(name)

    def _call_expression(self, node: Node, depth: int) -> str | None:
        callee = node.child_by_field_name("function")
        if callee is not None and callee.type == "generic_function":
            callee = callee.child_by_field_name("function")
        if callee is None:
            return None
        if callee.type == "field_expression":
            return self._method_call(node, callee, depth)
        path = self.spelled(text(callee), node)
        owner, _, last = path.rpartition("::")
        arguments = node.child_by_field_name("arguments")
        first = None if arguments is None else next(iter(arguments.named_children), None)
        if path == "Some" or (last == "new" and types.head(owner) in ("Box", "Rc", "Arc", "RefCell", "Cell", "Mutex")):
            return f"{'Option' if path == 'Some' else types.head(owner)}<{self.of(first, depth) or '_'}>"
        for item in self._index.by_path(path, Struct):
            if item.shape == "tuple" and (not isinstance(item, Variant) or owner):
                return self._made(item)
        if not owner:
            function = next(iter(self._index.functions(last)), None)
            return None if function is None else types.tidy(function.returns.text if function.returns else "()")
        return self._associated(owner, last)

    def _associated(self, owner: str, name: str) -> str | None:
        plain = types.tidy(owner.replace("::<", "<"))
        for method in self._index.methods(plain, name):
            return self._outside(method.returns.text if method.returns else "()", method.parent, plain)
        if types.head(plain) in _STD and name in _STD_MAKERS:
            known = "<" in plain or types.head(plain) in _PLAIN
            return plain.rpartition("::")[2] if known else f"{types.head(plain)}<_>"
        if name == "default" and (plain in types.PRIMITIVES or self._index.type_named(plain) is not None):
            return plain
        for function in self._index.functions(name):
            return types.tidy(function.returns.text if function.returns else "()")
        return None

    def _method_call(self, _node: Node, callee: Node, depth: int) -> str | None:
        name = text(callee.child_by_field_name("field"))
        owner = self.of(callee.child_by_field_name("value"), depth)
        if owner is not None:
            for method in self._index.methods(owner, name):
                returned = method.returns.text if method.returns else "()"
                return self._outside(returned, method.parent, types.strip_references(owner))
        if name in _METHODS:
            return _METHODS[name]
        if owner is None:
            return None
        if name in _SAME:
            return {"str": "String"}.get(types.strip_references(owner), types.strip_references(owner))
        if name in _UNWRAP:
            return types.inner(owner, "Option", "Result")
        return std_results.result(owner, name)


def declared(item: Function | Value | Alias | Enum | Struct) -> str | None:
    """The type that using an item by its name gives."""
    match item:
        case Function():
            return types.tidy(item.returns.text) if item.returns else "()"
        case Value() | Alias():
            return None if item.type is None else types.tidy(item.type.text)
        case _:
            return item.name
