"""Changes to a signature together with everything that has to follow it: the trait and its impls, and every call."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex, Trait
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding, binding_of
from rusta_cargo.repair.code.signatures import trait_of
from rusta_cargo.repair.code.usage import place_of, uses
from rusta_cargo.repair.proposer import Replacement, Situation
from rusta_cargo.repair.syntax import parse

# Methods of std that take their receiver; reading through a reference cannot call them.
CONSUMING = (
    "into_iter",
    "into_bytes",
    "into_boxed_str",
    "into_boxed_slice",
    "into_inner",
    "into_string",
    "into_keys",
    "into_values",
    "unwrap",
    "expect",
    "unwrap_or",
    "unwrap_or_default",
    "unwrap_or_else",
    "map",
    "and_then",
    "ok_or",
    "ok_or_else",
    "ok",
    "into",
    "join",
    "collect",
    "sum",
    "into_os_string",
    "into_path_buf",
    "map_err",
)
# Methods of std that need their receiver mutable.
MUTATING = (
    "push",
    "push_str",
    "pop",
    "insert",
    "remove",
    "clear",
    "extend",
    "append",
    "truncate",
    "retain",
    "drain",
    "sort",
    "sort_by",
    "sort_by_key",
    "sort_unstable",
    "dedup",
    "swap",
    "reverse",
    "push_back",
    "push_front",
    "pop_front",
    "pop_back",
    "take",
    "replace",
    "iter_mut",
    "get_mut",
    "as_mut",
    "entry",
    "next",
    "resize",
    "fill",
    "rotate_left",
    "rotate_right",
    "get_or_insert_with",
    "swap_remove",
    "split_off",
    "last_mut",
    "first_mut",
    "values_mut",
    "write_str",
    "write_all",
    "extend_from_slice",
    "write_fmt",
    "read_line",
    "read_to_string",
    "read_to_end",
    "reserve",
    "make_ascii_uppercase",
)


@dataclass(frozen=True)
class Call:
    """A call of a function of the tree. ``receiver`` is the node before the dot of a method call."""

    path: str
    node: Node
    root: Node
    arguments: tuple[Node, ...]
    receiver: Node | None = None


def calls_of(situation: Situation, index: ItemIndex, function: Function) -> list[Call]:
    """The calls of ``function`` in the tree, as far as its name and the form of the call tell; in macros as well.

    An explicit receiver (``Type::method(x, …)``) is not among the arguments.
    """
    found = []
    pattern = re.compile(rb"\b" + re.escape(function.name.encode()) + rb"\b(?=\s*(?:\(|::\s*<))")
    for path in index.files:
        source = situation.source(path)
        for match in pattern.finditer(source):
            if (path, match.start()) == (function.path, function.name_start):
                continue
            call = _call_at(path, source, match.start(), match.end(), function)
            if call is not None:
                found.append(call)
    return found


def _call_at(path: str, source: bytes, start: int, end: int, function: Function) -> Call | None:
    root = parse(source).root_node
    name: Node | None = root.descendant_for_byte_range(start, end)
    if name is not None and nodes.around(name, "token_tree") is not None:
        root = opened(source, start, end)
        name = root.descendant_for_byte_range(start, end)
    if name is None or name.type not in ("identifier", "field_identifier"):
        return None
    callee = name
    while (parent := callee.parent) is not None and parent.type in (
        "field_expression", "scoped_identifier", "generic_function",
    ):  # fmt: skip
        callee = parent
    if parent is None or parent.type != "call_expression" or parent.child_by_field_name("function") != callee:
        return None
    plain = callee.child_by_field_name("function") if callee.type == "generic_function" else callee
    method = plain is not None and plain.type == "field_expression"
    if method != (function.owner is not None) and (method or plain is None or plain.type == "identifier"):
        return None
    listed = parent.child_by_field_name("arguments")
    given = tuple(n for n in listed.named_children if n.type not in ("line_comment", "block_comment")) if listed else ()
    receiver = plain.child_by_field_name("value") if method and plain is not None else None
    if method and not function.is_method:
        return None
    if not method and function.owner is not None:
        owner = text(plain.child_by_field_name("path")) if plain is not None else ""
        if not _may_own(types.head(owner.replace("::<", "<")), function):
            return None
        if function.is_method:
            given = given[1:]
    return Call(path, parent, root, given, receiver) if len(given) == len(function.parameters) else None


def _may_own(name: str, function: Function) -> bool:
    owner = function.owner
    names = {"Self", owner.name if owner is not None else ""}
    if isinstance(owner, Impl) and owner.trait is not None:
        names.add(types.head(owner.trait.text))
    return isinstance(owner, Trait) or name in names


def family(function: Function, index: ItemIndex, alone: bool = False) -> list[Function] | None:
    """``function`` and those that must have its signature: of the trait, and of all its impls. None when the trait
    is not in the tree; with ``alone`` then the function itself."""
    owner = function.owner
    if isinstance(owner, Impl) and owner.trait is not None:
        trait = trait_of(owner, index)
        if trait is None or trait.path not in index.files:
            return [function] if alone else None
        owner = trait
    if not isinstance(owner, Trait):
        return [function]
    places = [*owner.items]
    for impl in index.of_kind(Impl):
        if impl.trait is not None and types.head(impl.trait.text) == owner.name:
            places += impl.items
    return [item for item in places if isinstance(item, Function) and item.name == function.name]


def disagrees(situation: Situation, function: Function) -> bool:
    """The compiler says that the signature is not that of its trait."""
    return any(
        item.code == "E0053"
        and item.primary is not None
        and item.primary.path == function.path
        and function.start <= item.primary.start < function.end
        for item in situation.diagnostics
    )


def with_parameter(
    situation: Situation,
    index: ItemIndex,
    function: Function,
    number: int,
    written: str,
    adapt: Callable[[Call, Node], list[Replacement]],
) -> tuple[Replacement, ...]:
    """The type of a parameter changed everywhere, the calls adapted. Nothing when the signature is not ours."""
    members = family(function, index, disagrees(situation, function))
    if members is None or not all(len(member.parameters) > number for member in members):
        return ()
    parts = []
    for member in members:
        kind = member.parameters[number].type
        parts.append(edits.replace(member.path, kind.start, kind.end, written))
    for call in calls_of(situation, index, function):
        parts += adapt(call, call.arguments[number])
    return tuple(parts)


def lend(call: Call, argument: Node) -> list[Replacement]:
    """An argument that was given away is lent: ``x`` and ``x.clone()`` become ``&x``, ``*r`` becomes ``r``."""
    if argument.type == "unary_expression" and text(argument).startswith("*"):
        return [edits.delete(call.path, argument.start_byte, argument.start_byte + 1)]
    if argument.type == "reference_expression":
        return []
    parts = [edits.insert(call.path, argument.start_byte, "&")]
    callee = argument.child_by_field_name("function") if argument.type == "call_expression" else None
    if (
        callee is not None
        and callee.type == "field_expression"
        and text(callee).endswith((".clone", ".to_owned", ".to_string"))
    ):
        owner = callee.child_by_field_name("value")
        if owner is not None:
            parts.append(edits.delete(call.path, owner.end_byte, argument.end_byte))
    elif argument.type in (
        "binary_expression",
        "type_cast_expression",
        "range_expression",
        "closure_expression",
    ):
        parts = list(edits.wrap(call.path, argument.start_byte, argument.end_byte, "&(", ")"))
    return parts


def lend_mutably(call: Call, argument: Node) -> list[Replacement]:
    """``&x`` becomes ``&mut x``, and the local ``x`` mutable."""
    if argument.type == "reference_expression" and nodes.child(argument, "mutable_specifier") is None:
        value = argument.child_by_field_name("value")
        parts = [edits.insert(call.path, value.start_byte, "mut ")] if value is not None else []
        return parts + ([] if value is None else mutable(call.path, call.root, value))
    return []


def mutable(path: str, root: Node, place: Node) -> list[Replacement]:
    """The local that owns ``place`` declared ``mut``, unless it is or the place goes through a reference or call."""
    node: Node | None = place
    while node is not None and node.type in ("field_expression", "index_expression"):
        node = node.child_by_field_name("value") or node.named_children[0]
    if node is None or node.type not in ("identifier", "self"):
        return []
    binding = binding_of(root, text(node), node.start_byte)
    if binding is None or binding.mutable or binding.by_reference:
        return []
    if binding.written is not None and types.is_reference(binding.written):
        return []
    if binding.value is not None and binding.value.type == "reference_expression":
        return []
    return [edits.insert(path, binding.start, "mut ")] if binding.kind in ("let", "parameter", "self") else []


def lent_type(type_text: str) -> str:
    """The reference type that reads a value of this type: ``&str``, ``&[T]``, ``&T``."""
    flat = types.tidy(type_text)
    if flat == "String":
        return "&str"
    element = types.inner(flat, "Vec")
    if element is not None:
        return f"&[{element}]"
    if flat == "PathBuf":
        return "&Path"
    if (boxed := types.inner(flat, "Box")) is not None:
        return f"&{boxed}" if not boxed.startswith("dyn ") or "+" not in boxed else f"&({boxed})"
    return f"&({flat})" if flat.startswith(("impl ", "dyn ")) and "+" in flat else f"&{flat}"


def only_read(index: ItemIndex, root: Node, body: Node, binding: Binding) -> bool:
    """Every use of ``binding`` in ``body`` works through a shared reference as well, as far as its form tells."""
    return all(reads(index, use) for use in uses(root, binding, body))


def reads(index: ItemIndex, use: Node) -> bool:
    """One use of a name (of a place) neither moves nor changes it."""
    if nodes.around(use, "token_tree") is not None:
        return True
    place = place_of(use)
    parent = place.parent
    if parent is None:
        return False
    if parent.type == "reference_expression":
        return nodes.child(parent, "mutable_specifier") is None
    if parent.type == "field_expression":
        name = text(parent.child_by_field_name("field"))
        known = [f for f in index.named(name, Function) if f.receiver is not None]
        if known:
            return all(
                (f.receiver.text if f.receiver else "").startswith("&")
                and "mut" not in (f.receiver.text if f.receiver else "")
                for f in known
            )
        return name not in CONSUMING and name not in MUTATING
    if parent.type in ("assignment_expression", "compound_assignment_expr"):
        return parent.child_by_field_name("left") != place
    if parent.type == "for_expression":
        return True
    if parent.type == "binary_expression":
        return place != use or text(parent.child_by_field_name("operator")) in (
            "==",
            "!=",
            "<",
            ">",
            "<=",
            ">=",
        )
    return parent.type in ("match_expression", "index_expression", "let_condition") or (
        place != use and parent.type in ("type_cast_expression",)
    )
