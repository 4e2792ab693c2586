"""Calls whose result stands where a function is asked for: E0277 "expected a `FnOnce()` closure, found …".

``spawn(work())`` wants ``spawn(|| work())``, ``unwrap_or_else(String::new())`` wants ``String::new``, ``nested(
self.array())`` wants ``Self::array``. And E0425 for what only such a closure would bind: ``map(item.name())`` wants
``map(|item| item.name())``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text

_EXPECTED = re.compile(
    r"^expected an? `(?:std::ops::)?Fn(?:Once|Mut)?\((.*?)\)`?.* (?:closure|function), found `(.*)`$"
)
_CLOSED = ("fn(", "impl Fn", "&impl Fn", "{closure", "fn item", "Box<dyn Fn", "for<")
_PATH, _CLOSURE, _MOVED, _NAMED = 0.6, 0.5, 0.35, 0.55
# Methods of the standard library that take a closure of one parameter.
_TAKERS = frozenset({
    "map", "filter", "filter_map", "flat_map", "for_each", "and_then", "map_err", "any", "all", "find", "find_map",
    "position", "take_while", "skip_while", "inspect", "max_by_key", "min_by_key", "sort_by_key", "retain",
    "is_some_and", "is_ok_and", "or_else", "partition", "unwrap_or_else", "map_while", "sort_unstable_by_key",
})  # fmt: skip


def _early(case: Case) -> Iterator[Answer]:
    told = _EXPECTED.search(case.diagnostic.message)
    value = _argument(case.node)
    if told is None or value is None or case.in_macro(case.place) or told[2].startswith(_CLOSED):
        return
    if re.fullmatch(r"&?[A-Z]\w?", told[2]):  # a type parameter, which has another bound
        return
    wanted = types.split_top(told[1].strip().removeprefix("(").removesuffix(")").rstrip(","))
    if value.type == "call_expression":
        yield from _path(case, value, len(wanted))
    if value.type == "closure_expression":
        return
    bars = "|" + ", ".join(["_"] * len(wanted)) + "|"
    weight = _CLOSURE if not wanted else 0.5 * _CLOSURE
    yield Answer(f"hand over a closure: `{bars} …`", (edits.insert(case.path, value.start_byte, f"{bars} "),), weight)
    if not wanted:
        yield Answer(
            f"hand over a closure that owns what it uses: `move {bars} …`",
            (edits.insert(case.path, value.start_byte, f"move {bars} "),),
            0.7 * _MOVED,
        )


def _path(case: Case, call: Node, count: int) -> Iterator[Answer]:
    """The function itself, when its arguments are what the closure is given."""
    callee = call.child_by_field_name("function")
    listed = call.child_by_field_name("arguments")
    given = 0 if listed is None else len(listed.named_children)
    if callee is None:
        return
    if callee.type in ("identifier", "scoped_identifier") and given == count:
        new = text(callee)
    elif callee.type == "field_expression" and given == 0 and count == 1:
        owner, name = callee.child_by_field_name("value"), text(callee.child_by_field_name("field"))
        if text(owner) != "self":
            return
        new = f"Self::{name}"
    else:
        return
    yield Answer(f"hand over `{new}` itself", (edits.replace_node(case.path, call, new),), _PATH)


def _unbound(case: Case) -> Iterator[Answer]:
    """A name that nothing binds, in what should be the body of a closure."""
    names = quoted(case.diagnostic.message)
    if not case.diagnostic.message.startswith("cannot find value") or not names or case.in_macro(case.place):
        return
    value = next((node for node in nodes.ancestors(case.node) if _argument(node) is not None), None)
    value = _argument(case.node) if value is None else value
    if value is None or value.type == "closure_expression" or value == case.node:
        return
    call = value.parent.parent if value.parent is not None else None
    callee = None if call is None else call.child_by_field_name("function")
    inside = nodes.enclosing(case.node, ("closure_expression", "block"))
    if inside is not None and value.start_byte <= inside.start_byte < value.end_byte:
        return
    if callee is None or not (_takes(case, callee)):
        return
    yield Answer(
        f"let a closure bind `{names[0]}`",
        (edits.insert(case.path, value.start_byte, f"|{names[0]}| "),),
        _NAMED,
    )


def _takes(case: Case, callee: Node) -> bool:
    """The callee asks for a function somewhere: by its name in the standard library, by its signature here."""
    if callee.type != "field_expression":
        return False
    name = text(callee.child_by_field_name("field"))
    if name in _TAKERS:
        return True
    functions = [item for item in case.index.named(name, Function) if item.is_method]
    return any("Fn" in case.situation.text(item.path, item.start, item.end).partition("{")[0] for item in functions)


def _argument(node: Node) -> Node | None:
    """The node when it is a whole argument of a call."""
    listed = node.parent
    if listed is None or listed.type != "arguments" or listed.parent is None:
        return None
    return node if listed.parent.type == "call_expression" else None


propose = answering({"E0277": (_early,), "E0425": (_unbound,)})
