"""Bounds and trait objects of closures that lost their arguments or their result: E0277, E0271, E0057.

``F: Fn()`` whose value goes into a ``Box<dyn Fn(&str)>``, or is called with an argument; ``dyn Fn(u32)`` that holds what gives
a ``bool``. One of the two declarations is short, and the other says what it lacks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.declarations import written
from rusta_cargo.repair.code.items import Function, Item
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.types import tidy

_WANTED = re.compile(r"expected an? `(Fn(?:Mut|Once)?)(\(.*\))` closure, found `(.+)`$")
_RETURNS = re.compile(r"expected `(.+)` to return `(.+)`, but it returns `(.+)`$")
_COUNTS = re.compile(r"takes (\d+) arguments? but (\d+) arguments? (?:was|were) supplied")
_RISK = ("changes a signature",)
_LIKELY, _OTHER, _CALLED = 0.88, 0.4, 0.8


def _arguments(case: Case) -> Iterator[Answer]:
    """E0277: what is bound as one kind of closure is used as another."""
    told = _WANTED.search(case.diagnostic.message)
    if told is None:
        return
    trait, wanted = told[1], _plain(told[2])
    for bound in _bounds(case, told[3]):
        mine = bound.child_by_field_name("parameters")
        kind = bound.child_by_field_name("trait")
        if mine is None or kind is None:
            continue
        if text(kind) != trait or tidy(_plain(text(mine))) == tidy(wanted):
            continue
        lost = text(mine) != "()" and wanted == "()"
        yield Answer(
            f"ask for `{trait}{wanted}`",
            (edits.replace_node(case.path, mine, wanted),),
            _OTHER if lost else _LIKELY,
            _RISK,
        )
        if lost:
            parts = tuple(
                edits.replace_node(path, listed, text(mine))
                for path, other in _objects(case)
                if (listed := other.child_by_field_name("parameters")) is not None
                and text(listed) == "()"
                and text(other.child_by_field_name("trait")) == trait
            )
            yield Answer(f"let the objects take `{text(mine)}`", parts, _LIKELY, _RISK)


def _result(case: Case) -> Iterator[Answer]:
    """E0271: what gives a value is used as what gives none, or the other way round."""
    told = _RETURNS.search(case.diagnostic.message)
    if told is None or "()" not in (told[2], told[3]):
        return
    for bound in _bounds(case, told[1]):
        given, listed = bound.child_by_field_name("return_type"), bound.child_by_field_name("parameters")
        if given is None and told[3] == "()" and listed is not None:
            change = edits.insert(case.path, listed.end_byte, f" -> {_plain(told[2])}")
            yield Answer(f"let it return `{_plain(told[2])}`", (change,), _LIKELY, _RISK)
        elif given is not None and told[2] == "()" and listed is not None:
            parts = tuple(
                edits.insert(path, own.end_byte, f" -> {text(given)}")
                for path, other in _objects(case)
                if other.child_by_field_name("return_type") is None
                and (own := other.child_by_field_name("parameters")) is not None
                and tidy(text(own)) == tidy(text(listed))
            )
            yield Answer(f"let the objects return `{text(given)}`", parts, _LIKELY, _RISK)


def _called(case: Case) -> Iterator[Answer]:
    """E0057: a parameter is called with more than its bound lets it take."""
    told, call = _COUNTS.search(case.diagnostic.message), nodes.enclosing(case.node, "call_expression")
    if told is None or call is None or int(told[2]) <= int(told[1]):
        return
    listed = call.child_by_field_name("arguments")
    kinds = [case.type_of(part) for part in ([] if listed is None else listed.named_children)]
    names = [None if kind is None else written(kind) for kind in kinds]
    short = [b for b in _bounds(case, "") if (p := b.child_by_field_name("parameters")) and _size(p) == int(told[1])]
    if len(short) != 1 or len(names) != int(told[2]) or any(name is None for name in names):
        return
    mine = short[0].child_by_field_name("parameters")
    wanted = f"({', '.join(name or '' for name in names)})"
    if mine is not None:
        yield Answer(f"let it take `{wanted}`", (edits.replace_node(case.path, mine, wanted),), _CALLED, _RISK)


def _size(listed: Node) -> int:
    return len(edits.elements_of(listed))


def _bounds(case: Case, name: str) -> Iterator[Node]:
    """The closure bounds in the heads of the items around the error that are those of ``name`` (of anything: "")."""
    item: Item | None = case.index.at(case.path, case.place.start)
    while item is not None:
        end = item.body.start if item.body is not None else item.end
        for node in nodes.every(case.root, "function_type"):
            if not item.start <= node.start_byte < end or node.child_by_field_name("trait") is None:
                continue
            if not name or _owner(node) == name or (name.startswith("impl ") and text(node) in name):
                yield node
        item = item.parent if isinstance(item, Function) else None


def _owner(node: Node) -> str:
    """The parameter that a bound is of."""
    holder = nodes.enclosing(node, ("type_parameter", "where_predicate"))
    named = None if holder is None else holder.child_by_field_name("name") or holder.child_by_field_name("left")
    return text(named)


def _objects(case: Case) -> Iterator[tuple[str, Node]]:
    """The closures behind ``dyn`` in fields, aliases and signatures of the crate."""
    for path in case.index.files:
        if b"dyn " not in case.situation.source(path):
            continue
        for node in nodes.every(case.situation.syntax(path).root_node, "function_type"):
            if node.child_by_field_name("trait") is not None and nodes.enclosing(node, "dynamic_type") is not None:
                yield path, node


def _plain(kind: str) -> str:
    """As it is written where its types are imported."""
    return re.sub(r"\b(?:\w+::)+(\w+)", r"\1", re.sub(r"&'\w+ ", "&", kind))


propose = answering({"E0277": (_arguments,), "E0271": (_result,), "E0057": (_called,)})
