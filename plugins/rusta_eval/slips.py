"""Mistakes of form and naming: what another language writes, what was renamed in one place only, what was left out of a
path, a call, a signature or a pattern. Operators as in :mod:`rusta_eval.mutations`."""

from __future__ import annotations

import re

from rusta_cargo import Node
from rusta_eval.sites import Sites, element, nodes, with_space, written

# What people call a method who have another language, or another type, in mind.
_OTHER_NAMES = {
    "len": ("length", "size"), "push": ("append", "add"), "is_empty": ("empty",), "contains": ("includes",),
    "to_string": ("toString",), "push_str": ("append",), "unwrap_or": ("unwrap_or_else",), "to_lowercase": ("lower",),
    "iter": ("into_iter",), "insert": ("put",), "remove": ("delete",), "to_uppercase": ("upper",), "trim": ("strip",),
    "starts_with": ("startswith",), "get": ("at",), "extend": ("push_all",), "join": ("concat",), "is_some": ("some",),
    "abs": ("absolute",), "min": ("minimum",), "max": ("maximum",), "unwrap": ("get",), "as_bytes": ("bytes",),
    "filter_map": ("flat_map",), "and_then": ("map",), "map": ("and_then",), "cloned": ("clone",), "rev": ("reverse",),
}  # fmt: skip
_FOREIGN = {
    "fn": ("func", "def", "function"), "let": ("var", "const"), "match": ("switch",), "&&": ("and",), "||": ("or",),
    "struct": ("class",), "pub": ("public",), "impl": ("implements",), "trait": ("interface",), "loop": ("while",),
}  # fmt: skip
_DECLARED = (
    "function_item", "struct_item", "enum_item", "const_item", "static_item", "field_declaration", "enum_variant",
    "type_item", "trait_item",
)  # fmt: skip


def drop_call(root: Node) -> Sites:
    """``x.len()`` → ``x.len``."""
    for node in nodes(root, "call_expression"):
        function, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if (
            function is not None
            and listed is not None
            and function.type == "field_expression"
            and written(listed) == "()"
        ):
            yield listed.start_byte, listed.end_byte, ""


def drop_bang(root: Node) -> Sites:
    """``vec![1]`` → ``vec[1]``."""
    for node in nodes(root, "macro_invocation"):
        name = node.child_by_field_name("macro")
        if name is not None:
            yield name.end_byte, name.end_byte + 1, ""


def dot_for_path(root: Node) -> Sites:
    """``Vec::new()`` → ``Vec.new()``, and ``x.f()`` → ``x::f()``."""
    for node in nodes(root, "call_expression"):
        function = node.child_by_field_name("function")
        if function is None:
            continue
        for child in function.children:
            if (function.type, child.type) in (("scoped_identifier", "::"), ("field_expression", ".")):
                yield child.start_byte, child.end_byte, "." if child.type == "::" else "::"


def drop_qualifier(root: Node) -> Sites:
    """``Kind::Small`` → ``Small``, ``fmt::Result`` → ``Result``."""
    for node in nodes(root, "scoped_identifier", "scoped_type_identifier"):
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        inner = node.parent is not None and node.parent.type in ("use_declaration", "scoped_use_list", "use_as_clause")
        if (
            path is not None
            and name is not None
            and not inner
            and written(path) not in ("Self", "self", "super", "crate")
        ):
            yield node.start_byte, name.start_byte, ""


def repeat_argument(root: Node) -> Sites:
    """``f(a)`` → ``f(a, a)``."""
    for listed in nodes(root, "arguments"):
        for node in listed.named_children:
            if node.type in ("identifier", "field_expression", "integer_literal"):
                yield node.end_byte, node.end_byte, f", {written(node)}"


def drop_generics(root: Node) -> Sites:
    """``impl<T> Stack<T>`` → ``impl Stack<T>``, ``fn f<T>(`` → ``fn f(``."""
    for node in nodes(root, "type_parameters"):
        yield node.start_byte, node.end_byte, ""


def drop_generic_arguments(root: Node) -> Sites:
    """``Vec<u8>`` → ``Vec``; the turbofish of a call."""
    for node in nodes(root, "type_arguments"):
        before = node.prev_sibling
        turbofish = before is not None and before.type == "::" and node.parent is not None
        if node.parent is not None and (node.parent.type == "generic_type" or turbofish):
            yield before.start_byte if turbofish and before is not None else node.start_byte, node.end_byte, ""


def drop_annotation(root: Node) -> Sites:
    """``let x: T = …`` → ``let x = …``."""
    for node in nodes(root, "let_declaration"):
        kind, pattern = node.child_by_field_name("type"), node.child_by_field_name("pattern")
        if kind is not None and pattern is not None:
            yield pattern.end_byte, kind.end_byte, ""


def wrong_arrow(root: Node) -> Sites:
    """``=>`` for ``->`` and back; ``=`` for ``=>`` in an arm."""
    for node in nodes(root, "->", "=>"):
        yield node.start_byte, node.end_byte, "=>" if node.type == "->" else "->"


def assign_for_equals(root: Node) -> Sites:
    """``a == b`` → ``a = b``, ``let a = b`` → ``let a == b``."""
    for node in nodes(root, "binary_expression"):
        operator = node.child_by_field_name("operator")
        if written(operator) == "==" and operator is not None:
            yield operator.start_byte, operator.end_byte, "="
    for node in nodes(root, "let_declaration"):
        for child in node.children:
            if child.type == "=":
                yield child.start_byte, child.end_byte, "=="


def wrong_quotes(root: Node) -> Sites:
    """``'a'`` → ``"a"``, and a text of one character → ``'a'``."""
    for node in nodes(root, "char_literal"):
        inner = written(node).removeprefix("b")[1:-1]
        if inner != '"':
            yield node.start_byte, node.end_byte, f'"{inner}"'
    for node in nodes(root, "string_literal"):
        inner = written(node)[1:-1]
        if written(node).startswith('"') and len(inner) == 1 and inner not in "'\\":
            yield node.start_byte, node.end_byte, f"'{inner}'"


def wrong_number(root: Node) -> Sites:
    """``1.0`` → ``1``, ``1`` → ``1.0``."""
    for node in nodes(root, "float_literal"):
        if re.fullmatch(r"\d+\.0", written(node)):
            yield node.end_byte - 2, node.end_byte, ""
    for node in nodes(root, "integer_literal"):
        if written(node).isdecimal():
            yield node.end_byte, node.end_byte, ".0"


def rename_declaration(root: Node) -> Sites:
    """A slip in a name where it is declared; its uses stay as they were."""
    for node in nodes(root, *_DECLARED):
        name = node.child_by_field_name("name")
        text = written(name)
        if name is not None and len(text) > 3:
            middle = len(text) // 2
            yield name.start_byte, name.end_byte, text[:middle] + text[middle + 1 :]
            yield name.start_byte, name.end_byte, f"{text}s" if text[:1].islower() else f"{text}2"


def wrong_method(root: Node) -> Sites:
    """The name that a method has elsewhere."""
    for node in nodes(root, "call_expression"):
        function = node.child_by_field_name("function")
        field = None if function is None else function.child_by_field_name("field")
        if field is not None and function is not None and function.type == "field_expression":
            for other in _OTHER_NAMES.get(written(field), ()):
                yield field.start_byte, field.end_byte, other


def foreign_word(root: Node) -> Sites:
    """A keyword or operator of another language."""
    for node in nodes(root, *_FOREIGN):
        for other in _FOREIGN[node.type]:
            yield node.start_byte, node.end_byte, other


def wrong_reference_type(root: Node) -> Sites:
    """``a: &T`` → ``a: T``, and ``a: T`` → ``a: &T``, in parameters."""
    for node in nodes(root, "parameter"):
        kind = node.child_by_field_name("type")
        if kind is None:
            continue
        inner = kind.child_by_field_name("type") if kind.type == "reference_type" else None
        if inner is not None:
            yield kind.start_byte, inner.start_byte, ""
        elif kind.type in ("type_identifier", "primitive_type", "generic_type"):
            yield kind.start_byte, kind.start_byte, "&"


def drop_else(root: Node) -> Sites:
    """``if a { 1 } else { 2 }`` → ``if a { 1 }``."""
    for node in nodes(root, "else_clause"):
        before = node.prev_sibling
        if before is not None:
            yield before.end_byte, node.end_byte, ""


def drop_return(root: Node) -> Sites:
    """``return x;`` → ``x;``."""
    for node in nodes(root, "return_expression"):
        if node.named_children:
            yield *with_space(node.children[0]), ""


def drop_where(root: Node) -> Sites:
    """A where clause, or one predicate of it."""
    for node in nodes(root, "where_clause"):
        inner = [child for child in node.named_children if child.type == "where_predicate"]
        if len(inner) > 1:
            for child in inner:
                yield *element(child), ""
        before = node.prev_sibling
        if before is not None:
            yield before.end_byte, node.end_byte, ""


def drop_rest(root: Node) -> Sites:
    """``Point { x, .. }`` → ``Point { x }``, or without ``x``; one place of a tuple pattern."""
    for node in nodes(root, "struct_pattern"):
        for child in node.named_children:
            if child.type in ("remaining_field_pattern", "field_pattern"):
                yield *element(child), ""
    for node in nodes(root, "tuple_struct_pattern", "tuple_pattern"):
        inner = node.named_children[1:] if node.type == "tuple_struct_pattern" else node.named_children
        if len(inner) > 1:
            yield *element(inner[-1]), ""


def extra_bracket(root: Node) -> Sites:
    """One closing bracket too many."""
    for node in nodes(root, ")", "}", "]"):
        yield node.start_byte, node.end_byte, node.type * 2


def drop_module(root: Node) -> Sites:
    """``mod parts;``."""
    for node in nodes(root, "mod_item"):
        if node.child_by_field_name("body") is None:
            yield node.start_byte, node.end_byte, ""


def drop_async(root: Node) -> Sites:
    """``async`` before a function, ``.await`` behind a call."""
    for node in nodes(root, "async"):
        yield node.start_byte, node.end_byte + 1, ""
    for node in nodes(root, "await_expression"):
        yield node.named_children[0].end_byte, node.end_byte, ""


SLIPS = (
    drop_call, drop_bang, dot_for_path, drop_qualifier, repeat_argument, drop_generics, drop_generic_arguments,
    drop_annotation, wrong_arrow, assign_for_equals, wrong_quotes, wrong_number, rename_declaration, wrong_method,
    foreign_word, wrong_reference_type, drop_else, drop_return, drop_where, drop_rest, extra_bracket, drop_module,
    drop_async,
)  # fmt: skip
