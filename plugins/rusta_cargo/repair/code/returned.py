"""What a function gives back: its returned expressions, and borrowed results made owned."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.ownership import owned
from rusta_cargo.repair.proposer import Replacement

_BRANCHES = (
    "if_expression",
    "match_expression",
    "block",
    "unsafe_block",
    "else_clause",
    "parenthesized_expression",
)
# Calls that only lend what they are called on.
_VIEWS = (
    "as_str",
    "as_slice",
    "as_ref",
    "as_path",
    "as_mut",
    "borrow",
    "as_mut_slice",
    "deref",
    "as_deref",
    "as_os_str",
)
_WRAPPERS = ("Some", "Ok", "Err", "Box::new")
_ITERATORS = {
    "Iter": "std::vec::IntoIter",
    "Chars": "std::vec::IntoIter",
    "IterMut": "std::vec::IntoIter",
}
_HELD = ("Option", "Result", "Vec", "Box", "HashMap", "BTreeMap", "HashSet", "BTreeSet", "VecDeque")


def results(function: Node) -> Iterator[Node]:
    """The expressions that a function or closure gives back, branches looked through."""
    body = function.child_by_field_name("body")
    if body is None:
        return
    tail = nodes.tail_of(body) if body.type == "block" else body
    if tail is not None:
        yield from leaves(tail)
    for node in nodes.below(body, "return_expression", into=("closure_expression", "async_block", "function_item")):
        if node.named_children:
            yield from leaves(node.named_children[0])


def leaves(node: Node) -> Iterator[Node]:
    """The values of the branches of an expression."""
    match node.type:
        case "block" | "unsafe_block":
            block = node if node.type == "block" else nodes.child(node, "block")
            tail = nodes.tail_of(block)
            if tail is not None:
                yield from leaves(tail)
        case "if_expression":
            for field in ("consequence", "alternative"):
                part = node.child_by_field_name(field)
                if part is not None and part.type == "else_clause":
                    part = part.named_children[-1]
                if part is not None:
                    yield from leaves(part)
        case "match_expression":
            body = node.child_by_field_name("body")
            for arm in nodes.children(body, "match_arm") if body is not None else ():
                value = arm.child_by_field_name("value")
                if value is not None:
                    yield from leaves(value)
        case "return_expression" | "break_expression" | "continue_expression":
            return
        case "macro_invocation" if text(node).startswith(("panic!", "unreachable!", "todo!", "unimplemented!")):
            return
        case _:
            yield node


def owned_result(type_text: str) -> tuple[str, str] | None:
    """(owned form of a returned type, call that owns a value inside): also inside Option, Result and collections."""
    flat = types.tidy(type_text)
    direct = owned(flat)
    if direct is not None:
        return direct
    head, inner = types.split_generic(flat)
    last = head.rpartition("::")[2]
    if last in _ITERATORS:
        element = next((part for part in inner if not part.startswith("'")), None)
        return None if element is None else (f"{_ITERATORS[last]}<{element}>", "")
    if last not in _HELD or not inner:
        return None
    for number, part in enumerate(inner):
        made = owned_result(part)
        if made is not None:
            changed = [*inner[:number], made[0], *inner[number + 1 :]]
            return f"{head}<{', '.join(changed)}>", made[1]
    return None


def own(path: str, node: Node, call: str, wanted: str) -> list[Replacement]:
    """What makes a returned expression owned; ``wanted`` is the owned type, ``call`` what owns a reference."""
    wrapped = _wrapped(node)
    if wrapped is not None:
        inner = types.split_generic(wanted)[1]
        return own(path, wrapped, call, inner[0] if inner else wanted)
    if node.type == "identifier" and text(node) == "None":
        return []
    if node.type == "reference_expression":
        value = node.child_by_field_name("value")
        if value is None:
            return []
        if value.type == "index_expression" and value.named_children[-1].type == "range_expression":
            whole = text(value.named_children[-1]) == ".."
            if whole:
                return [edits.replace_node(path, node, text(value.named_children[0]))]
            return [edits.replace_node(path, node, f"{text(value)}{call}")]
        if value.type in (
            "identifier",
            "macro_invocation",
            "call_expression",
            "struct_expression",
            "array_expression",
        ) or value.type.endswith("literal"):
            if value.type == "array_expression" and wanted.startswith("Vec<"):
                return [edits.replace_node(path, node, f"vec!{text(value)}")]
            return [edits.delete(path, node.start_byte, value.start_byte)]
        return [edits.replace_node(path, node, f"{text(value)}.clone()")]
    if node.type == "call_expression":
        callee = node.child_by_field_name("function")
        if callee is not None and callee.type == "field_expression":
            owner, method = (
                callee.child_by_field_name("value"),
                text(callee.child_by_field_name("field")),
            )
            if (
                method in _VIEWS
                and owner is not None
                and owner.type in ("identifier", "macro_invocation", "call_expression")
            ):
                return [edits.delete(path, owner.end_byte, node.end_byte)]
            if method in ("iter", "iter_mut", "chars") and "IntoIter" in wanted:
                field = callee.child_by_field_name("field")
                return [] if field is None else [edits.replace_node(path, field, "into_iter")]
            if method == "collect" and owner is not None and call:
                mapped = ".cloned()" if call == ".clone()" else f".map(|item| item{call})"
                return [edits.insert(path, owner.end_byte, mapped)]
            if method in (
                "get",
                "first",
                "last",
                "get_mut",
                "as_ref",
                "iter",
                "find",
                "max",
                "min",
            ):
                return [
                    edits.insert(
                        path,
                        node.end_byte,
                        ".cloned()" if call == ".clone()" else f".map(|s| s{call})",
                    )
                ]
    if node.type in (
        "identifier",
        "field_expression",
        "index_expression",
        "call_expression",
        "self",
    ) or node.type.endswith("literal"):
        return [edits.insert(path, node.end_byte, call)] if call else []
    return list(edits.wrap(path, node.start_byte, node.end_byte, "(", f"){call}")) if call else []


def _wrapped(node: Node) -> Node | None:
    if node.type != "call_expression" or text(node.child_by_field_name("function")) not in _WRAPPERS:
        return None
    listed = node.child_by_field_name("arguments")
    return listed.named_children[0] if listed is not None and listed.named_children else None


def lifetimes_in(type_text: str) -> list[str]:
    """The named lifetimes of a type, in order, without repeats."""
    return list(dict.fromkeys(name for name in re.findall(r"'[A-Za-z_]\w*", type_text)))
