"""What a function of the tree fails with: values of its error type for something that is not there or not right.

A variant that nothing makes yet is most likely the one that is missing where an error should be made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Enum, Function, Impl, ItemIndex, Struct
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Situation

_UNMADE, _MADE, _ABSENT = 0.6, 0.25, 0.62
# Words of variants that say that something is not there.
_NOTHING = re.compile("End|Eof|Missing|NotFound|Unknown|Empty|Absent|Undefined|OutOf|NoSuch|None|Nothing|Expected")
_PATTERNS = (
    "match_pattern",
    "tuple_struct_pattern",
    "struct_pattern",
    "or_pattern",
    "tuple_pattern",
    "captured_pattern",
)
# `Err(Bad::Number(n))`, `ok_or(Bad::Empty)`, `map_err(|e| Bad { e })`
_FAILS = re.compile(r"\b(?:Err|ok_or|ok_or_else|map_err)\((?:\|\w*\| ?)?([A-Z]\w*)(?=::| ?\{|\(|\))")
_KEY = "rusta_cargo.repair.code.failing"


@dataclass(frozen=True)
class Failure:
    """An error as an expression. lazy: it does some work; weight: how likely it is the one; unmade: nothing makes it."""

    made: str
    lazy: bool
    weight: float
    unmade: bool


def failures(situation: Situation, index: ItemIndex, error: str, value: Node) -> list[Failure]:
    """What may be said when ``value``, a call that finds nothing, should give an ``error``; the likeliest first."""
    goal = index.type_named(error)
    found = list(_of_enum(situation, index, goal, value) if isinstance(goal, Enum) else ())
    alone = sum(failure.unmade for failure in found) == 1
    found = [
        Failure(f.made, f.lazy, f.weight + 0.1 if alone and f.unmade else f.weight / (1 + 0.05 * len(found)), f.unmade)
        for f in found
    ]
    return sorted(found, key=lambda failure: -failure.weight)


def _of_enum(situation: Situation, index: ItemIndex, goal: Enum, value: Node) -> Iterator[Failure]:
    for variant in goal.variants:
        path = f"{goal.name}::{variant.name}"
        unmade = not made_somewhere(situation, index, goal, variant.name)
        weight = _UNMADE if unmade else _MADE
        if _NOTHING.search(variant.name):
            weight = max(weight + 0.1, _ABSENT)
        if variant.shape == "unit":
            yield Failure(path, False, weight, unmade)
        elif variant.shape == "tuple" and len(variant.fields) == 1:
            told = _told(index, value, variant.fields[0].type.text)
            if told is not None:
                yield Failure(f"{path}({told})", True, 0.9 * weight, unmade)


def _told(index: ItemIndex, value: Node, kind: str) -> str | None:
    """What was looked for, as the error is to carry it: the argument of the call, else what it was called on."""
    listed = value.child_by_field_name("arguments")
    callee = value.child_by_field_name("function")
    given = [] if listed is None else listed.named_children
    subject = given[0] if len(given) == 1 else None
    if subject is None and not given and callee is not None and callee.type == "field_expression":
        subject = callee.child_by_field_name("value")
        subject = subject if subject is not None and subject.type == "identifier" else None
    while subject is not None and subject.type == "reference_expression":
        subject = subject.child_by_field_name("value")
    if subject is None or subject.type not in ("identifier", "field_expression", "string_literal", "integer_literal"):
        return None
    if types.head(kind) == "String" and not types.is_reference(kind):
        return f"{text(subject)}.to_string()"
    top = subject
    while top.parent is not None:
        top = top.parent
    have = Types(top, index).of(subject)
    if have is None or not types.same(types.strip_references(have), kind):
        return None
    if kind in types.COPY:
        return f"*{text(subject)}" if types.is_reference(have) else text(subject)
    return f"{text(subject)}.clone()"


def failures_made(impl: Impl, index: ItemIndex) -> list[str]:
    """The types of the tree whose values the functions of an impl fail with, as their bodies write them."""
    bodies = " ".join(item.body.text for item in impl.items if isinstance(item, Function) and item.body is not None)
    found = Counter(match[1] for match in _FAILS.finditer(bodies) if index.type_named(match[1]) is not None)
    return [name for name, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]


def made_somewhere(situation: Situation, index: ItemIndex, goal: Enum | Struct | None, variant: str) -> bool:
    """Some expression of the tree makes the variant."""
    if goal is None:
        return False
    known = situation.cache.get((_KEY, _state(situation)))
    if not isinstance(known, frozenset):
        known = frozenset(_made(situation, index))
        situation.cache[(_KEY, _state(situation))] = known
    return (goal.name, variant) in known


def _state(situation: Situation) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((path, hash(data)) for path, data in situation.overrides.items()))


def _made(situation: Situation, index: ItemIndex) -> Iterator[tuple[str, str]]:
    """(enum, variant) of every path that stands where a value is made."""
    for path in index.files:
        for node in nodes.every(situation.syntax(path).root_node, ("scoped_identifier", "scoped_type_identifier")):
            owner, name = node.child_by_field_name("path"), node.child_by_field_name("name")
            parent = node.parent
            if owner is None or parent is None or parent.type in _PATTERNS:
                continue
            if any(parent.type.startswith(kind) for kind in ("use_", "scoped_")):
                continue
            written = text(owner).rpartition("::")[2]
            if written == "Self":
                impl = nodes.impl_of(node)
                written = types.head(text(impl.child_by_field_name("type"))) if impl is not None else written
            yield written, text(name)


__all__ = ["Failure", "failures", "failures_made", "made_somewhere"]
