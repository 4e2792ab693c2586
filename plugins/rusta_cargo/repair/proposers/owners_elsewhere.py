"""Calls that lost the type or module in front of them and are written whole at other places: E0425.

``from(value)`` where the file says ``usize::from`` elsewhere, ``new(5)`` where it says ``Box::new(…)``. Where nothing else
says it, the type that is declared for the value does; the commonest owners of std come last.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.nodes import text

_HERE, _NEAR, _FAR, _DECLARED, _USUAL = 0.88, 0.75, 0.55, 0.8, 0.45
_NEARBY = 3
_MACRO = re.compile(r"^cannot find macro `(\w+)` in this scope$")
_MAKERS = re.compile(r"(?:new|from|with|default|try_from|open|parse)(?:_|$)")
_MOST = 3
# (name, what its argument is, owner): what people call without thinking of where it is.
_TEXT, _ANY, _NONE = "text", "any", "none"
_COMMON = (
    ("from", _TEXT, "String"), ("new", _NONE, "Vec"), ("new", _NONE, "String"), ("new", _ANY, "Box"),
    ("with_capacity", _ANY, "Vec"), ("with_capacity", _ANY, "String"), ("from_utf8", _ANY, "String"),
    ("default", _NONE, "Default"),
)  # fmt: skip


def _answers(case: Case) -> Iterator[Answer]:
    if "cannot find function" not in case.diagnostic.message or case.in_macro(case.place):
        return
    name, call = text(case.node), nodes.around(case.node, "call_expression")
    if call is None or call.child_by_field_name("function") != case.node or not name.isidentifier():
        return
    offered = dict(_declared(call)) if _MAKERS.match(name) else {}
    counted = _written_elsewhere(case, name, _count(call))
    for rank, (owner, times) in enumerate(counted.most_common(_MOST)):
        near = _HERE if times >= 2 * _NEARBY else _NEAR if times >= _NEARBY else _FAR
        offered[owner] = max(offered.get(owner, 0.0), near * 0.6**rank)
    for owner, prior in _usual(call, name):
        offered.setdefault(owner, prior)
    for owner, prior in offered.items():
        yield Answer(f"call `{owner}::{name}`", (edits.insert(case.path, case.place.start, f"{owner}::"),), prior)


def _macros(case: Case) -> Iterator[Answer]:
    """A macro that this file calls by its path at other places."""
    told = _MACRO.match(case.diagnostic.message)
    if told is None:
        return
    found = Counter(re.findall(rf"\b((?:\w+::)+){told[1]}!".encode(), case.source))
    for path, times in found.most_common(1):
        put = edits.insert(case.path, case.place.start, path.decode())
        yield Answer(f"call `{path.decode()}{told[1]}`", (put,), _HERE if times > 1 else _NEAR)


def _count(call: Node) -> int:
    listed = call.child_by_field_name("arguments")
    return 0 if listed is None else len(edits.elements_of(listed))


def _written_elsewhere(case: Case, name: str, count: int) -> Counter[str]:
    """How often the function is called by a path, by that path; in this file it counts more."""
    found: Counter[str] = Counter()
    for path in case.index.files:
        source = case.situation.source(path)
        if f"::{name}".encode() not in source:
            continue
        here = path == case.path
        for node in nodes.every(case.situation.syntax(path).root_node, "scoped_identifier"):
            holder, owner = node.parent, node.child_by_field_name("path")
            if owner is None or holder is None or text(node.child_by_field_name("name")) != name:
                continue
            called = holder.type == "call_expression" and holder.child_by_field_name("function") == node
            word = text(owner)
            local = word[:1].islower() and word not in types.PRIMITIVES
            if called and _count(holder) == count and word not in ("Self", "self") and (here or not local):
                found[word] += _NEARBY if here else 1
    return found


def _declared(call: Node) -> Iterator[tuple[str, float]]:
    """The type that is written for what the call gives: at its ``let``, or as the function's result."""
    holder = call.parent
    kind: Node | None = None
    if holder is not None and holder.type in ("let_declaration", "const_item", "static_item"):
        kind = holder.child_by_field_name("type")
    elif holder is not None and holder.type == "block" and nodes.tail_of(holder) == call:
        function = holder.parent if holder.parent is not None and holder.parent.type == "function_item" else None
        kind = None if function is None else function.child_by_field_name("return_type")
    written = text(kind).partition("<")[0] if kind is not None else ""
    if written and written.replace("::", "").isidentifier() and written not in ("Option", "Result"):
        yield written, _DECLARED


def _usual(call: Node, name: str) -> Iterator[tuple[str, float]]:
    listed = call.child_by_field_name("arguments")
    given = [] if listed is None else listed.named_children
    for rank, (function, argument, owner) in enumerate(_COMMON):
        fits = (argument == _NONE) == (not given)
        texts = argument != _TEXT or (len(given) == 1 and given[0].type == "string_literal")
        if function == name and fits and texts:
            yield owner, (_DECLARED if argument == _TEXT else _USUAL) * 0.99**rank


propose = answering({"E0425": (_answers,), None: (_macros,)})
