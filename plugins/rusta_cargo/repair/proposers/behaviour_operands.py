"""Failing tests: an operand that is one off, forgotten, without its bound or its sign; two in each other's place.

Answers no error: it works where the tree compiles and tests fail. Operands are only put where a value of the same type is
at hand; the likeliest is one that nothing reads yet, for it was bound for something.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.mutating import Change, Scene, operands, ranked, replaced, short
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation

_VALUES = ("identifier", "field_expression", "call_expression", "parenthesized_expression", "type_cast_expression",
           "unary_expression")  # fmt: skip
_SIGNED = ("i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64")
_ASKING = ("filter", "any", "all", "position", "find", "take_while", "skip_while", "retain", "partition", "rposition")
_MOST_OTHERS = 6
_FROM_ONE = 4.0
_COUNTED = ("identifier", "field_expression", "call_expression", "type_cast_expression")
_NAME = re.compile(r"(?<![\w.])[a-z_]\w*\b(?!\s*[(!:])")

SHARE = 0.012  # beside other slips, as those were counted where tests judge


def propose(situation: Situation) -> Iterator[Candidate]:
    """Operands of the suspects."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from _one_off(scene)
    yield from _brackets(scene)
    yield from _asked(scene)
    yield from _base_cases(scene)
    yield from _mirrored(scene)
    yield from _throughout(scene)
    yield from _bounded(scene)
    yield from _signs(scene)
    yield from _initial(scene)


def _one_off(scene: Scene) -> Iterator[Change]:
    """``n % 3`` for ``(n + 1) % 3``, ``month / 3`` for ``(month - 1) / 3``, ``f(n)`` for ``f(n + 1)``."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None:
            continue
        sign = text(parts[1])
        if sign in ("*", "/", "%"):
            for side in (parts[0], parts[2]):
                if _whole(scene, side) and side.type in ("identifier", "field_expression", "call_expression"):
                    for way in "+-":
                        put = f"({scene.text(side)} {way} 1)"
                        weight = 0.08 * (_FROM_ONE if way == "-" and _counted_from_one(node, side) else 1.0)
                        yield Change("step", f"`{short(put)}`", replaced(side, put), weight, side.start_byte)
            if _whole(scene, node) and not _inside_sum(node):
                yield from _stepped(scene, node, 0.08)
        elif sign in ("+", "-") and not _number(parts[2]) and not _inside_sum(node) and _whole(scene, node):
            yield from _stepped(scene, node, 0.06)
    for node in scene.nodes("tuple_expression", "arguments"):
        for given in node.named_children:
            if given.type in _COUNTED and _whole(scene, given):
                yield from _stepped(scene, given, 0.06)


def _counted_from_one(node: Node, side: Node) -> bool:
    """``month / 3 + 1``: one is added again. ``gap * items.len()``: there is one less between them."""
    parts = operands(node.parent) if node.parent is not None and node.parent.type == "binary_expression" else None
    again = parts is not None and parts[0] == node and text(parts[1]) == "+" and text(parts[2]) == "1"
    return again or text(side).endswith(".len()")


def _stepped(scene: Scene, node: Node, weight: float) -> Iterator[Change]:
    for way in "+-":
        title = f"`{short(scene.text(node))} {way} 1`"
        yield Change("step", title, ((node.end_byte, node.end_byte, f" {way} 1"),), weight, node.start_byte)


def _whole(scene: Scene, node: Node) -> bool:
    return types.strip_references(scene.types.of(node) or "") in (*types.INTEGERS, "{integer}")


def _inside_sum(node: Node) -> bool:
    parts = operands(node.parent) if node.parent is not None and node.parent.type == "binary_expression" else None
    return parts is not None and (text(parts[1]) in ("*", "/", "%") or _number(parts[2]))


def _number(node: Node) -> bool:
    return node.type in ("integer_literal", "float_literal")


def _brackets(scene: Scene) -> Iterator[Change]:
    """``a * b + c`` where ``a * (b + c)`` was meant, ``a - b / c`` where ``(a - b) / c`` was."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("+", "-"):
            continue
        inner = operands(parts[0]) if parts[0].type == "binary_expression" else None
        if inner is not None and text(inner[1]) in ("*", "/", "%"):
            put = ((inner[2].start_byte, inner[2].start_byte, "("), (parts[2].end_byte, parts[2].end_byte, ")"))
            title = f"brackets: `{short(scene.text(inner[0]), 20)} {text(inner[1])} (…)`"
            yield Change("arithmetic", title, put, 0.1, node.start_byte)


def _asked(scene: Scene) -> Iterator[Change]:
    """The question of ``filter`` and its like, turned round."""
    for node in scene.nodes("closure_expression"):
        call = nodes.around(node, "call_expression")
        callee = None if call is None else call.child_by_field_name("function")
        if callee is None or text(callee.child_by_field_name("field")) not in _ASKING or node.parent is None:
            continue
        body = node.child_by_field_name("body")
        if node.parent.parent == call and body is not None:
            yield from _turned(scene, body)


def _turned(scene: Scene, node: Node) -> Iterator[Change]:
    if node.type in ("field_expression", "call_expression", "identifier", "macro_invocation"):
        put = f"!{scene.text(node)}"
        yield Change("negation", f"`{short(put)}`", replaced(node, put), 0.25, node.start_byte)


def _base_cases(scene: Scene) -> Iterator[Change]:
    """``n == 0 ||`` or ``x.is_empty() ||`` before a condition that leads out of the function."""
    function = scene.function
    for node in scene.nodes("if_expression") if function is not None else ():
        condition, block = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or block is None or condition.type in ("let_condition", "let_chain"):
            continue
        if not re.search(r"\b(?:return|continue|break)\b", scene.text(block)):
            continue
        assert function is not None  # there are no nodes without one
        for parameter in function.parameters:
            kind = types.strip_references(parameter.type.text)
            asked = (
                f"{parameter.name} == 0" if kind in types.INTEGERS and not types.is_reference(parameter.type.text)
                else f"{parameter.name}.is_empty()" if kind == "str" or kind.startswith(("[", "Vec<", "String"))
                else ""
            )  # fmt: skip
            if asked and parameter.name and asked not in scene.text(scene.body):
                put = ((condition.start_byte, condition.start_byte, f"{asked} || "),)
                yield Change("guard", f"`{asked} ||` before the condition", put, 0.12, node.start_byte)


def _mirrored(scene: Scene) -> Iterator[Change]:
    """``a.x < b.y && a.x < b.y`` where the second was to say it of the other: ``b.x < a.y``."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[0]) != text(parts[2]):
            continue
        inner = operands(parts[2])
        if inner is None or not all(side.type == "field_expression" for side in (inner[0], inner[2])):
            continue
        owners = [side.child_by_field_name("value") for side in (inner[0], inner[2])]
        if owners[0] is not None and owners[1] is not None and text(owners[0]) != text(owners[1]):
            put = tuple(
                (owner.start_byte, owner.end_byte, scene.text(other))
                for owner, other in ((owners[0], owners[1]), (owners[1], owners[0]))
            )
            yield Change("swap", "the same of the other one", put, 0.5, inner[0].start_byte)


def _throughout(scene: Scene) -> Iterator[Change]:
    """Two names, or two fields, exchanged in a whole expression."""
    seen: set[tuple[int, int]] = set()
    for node in scene.nodes("binary_expression", "call_expression"):
        outer = node.parent
        if outer is not None and outer.type in (
            "binary_expression",
            "field_expression",
            "arguments",
            "closure_expression",
        ):
            continue
        if (node.start_byte, node.end_byte) in seen or node.end_byte - node.start_byte > 160:
            continue
        sides = node.child_by_field_name("left"), node.child_by_field_name("right")
        if all(side is not None and side.type in ("identifier", "field_expression") for side in sides):
            continue  # another operator says it, or `behaviour` exchanges them
        seen.add((node.start_byte, node.end_byte))
        for kind in ("identifier", "field_identifier"):
            yield from _pairs(scene, node, kind)


def _pairs(scene: Scene, node: Node, kind: str) -> Iterator[Change]:
    kinds = ("identifier", "self") if kind == "identifier" else ("field_identifier",)
    places: dict[str, list[Node]] = {}
    for part in nodes.below(node, kinds):
        parent = part.parent
        called = parent is not None and parent.type == "field_expression" and (
            parent.parent is not None and parent.parent.type == "call_expression"
            and parent.parent.child_by_field_name("function") == parent
        )  # fmt: skip
        if kind == "field_identifier" and called:
            continue
        if parent is None or parent.type not in ("scoped_identifier", "closure_parameters", "call_expression"):
            places.setdefault(text(part), []).append(part)
    for one, two in itertools.islice(itertools.combinations(places, 2), _MOST_OTHERS):
        have, want = (scene.types.of(_typed(places[name][0])) for name in (one, two))
        if have is not None and want is not None:
            if not types.same(types.strip_references(have), types.strip_references(want)):
                continue
        elif kind == "identifier" and (have is None) != (want is None):
            continue
        put = sorted(
            (part.start_byte, part.end_byte, other) for mine, other in ((one, two), (two, one)) for part in places[mine]
        )
        title = f"exchange `{one}` and `{two}` in `{short(scene.text(node), 30)}`"
        yield Change("swap", title, tuple(put), 0.12, node.start_byte)


def _typed(node: Node) -> Node:
    parent = node.parent
    return parent if node.type == "field_identifier" and parent is not None else node


def _bounded(scene: Scene) -> Iterator[Change]:
    """A value without its bound or its other part: ``x.min(self.most)``, ``x + offset``, ``total - rest``."""
    body = scene.text(scene.body)
    for node in _results(scene):
        if node.type in ("integer_literal", "float_literal"):
            continue  # another number is what would be written
        kind = types.strip_references(scene.types.of(node) or "")
        number = kind in types.NUMBERS or kind in ("", "{integer}", "{float}")
        if not number and scene.index.struct(kind) is None:
            continue
        held = scene.text(node) if node.type in _VALUES else f"({scene.text(node)})"
        loose = scene.text(node) if node.type in (*_VALUES, "binary_expression") else held
        for other, weight in _others(scene, node, kind, body):
            for sign, share in (("-", 1.0), ("+", 1.0)):
                if number or scene.index.implements(kind, "Sub" if sign == "-" else "Add"):
                    title = f"`{short(loose, 24)} {sign} {other}`"
                    yield Change(
                        "arithmetic", title, ((node.end_byte, node.end_byte, f" {sign} {other}"),), weight * share,
                        node.start_byte,
                    )  # fmt: skip
                    front = f"{other} {sign} {held}"
                    if sign == "-":
                        yield Change(
                            "arithmetic", f"`{short(front)}`", replaced(node, front), weight * 0.4, node.start_byte
                        )
            if number:
                for bound in ("min", "max"):
                    put = f"{held}.{bound}({other})"
                    yield Change("arithmetic", f"`{short(put)}`", replaced(node, put), weight * 0.8, node.start_byte)
        if number and kind and f"{held}.max(1)" not in body and kind not in types.FLOATS:
            put = f"{held}.max(1)"
            yield Change("arithmetic", f"`{short(put)}`", replaced(node, put), 0.03, node.start_byte)


def _results(scene: Scene) -> Iterator[Node]:
    """What is given back, kept, or handed on."""
    for node in scene.nodes("let_declaration", "assignment_expression", "field_initializer"):
        value = node.child_by_field_name("right") or node.child_by_field_name("value")
        if value is not None:
            yield value
    for node in scene.nodes("arguments"):
        yield from (given for given in node.named_children if given.type in (*_VALUES, "binary_expression"))
    tail = nodes.tail_of(scene.body)
    if tail is not None:
        yield tail


def _others(scene: Scene, node: Node, kind: str, body: str) -> list[tuple[str, float]]:
    """Locals and fields of ``self`` of the same type; what is read nowhere first."""
    found: list[tuple[str, float]] = []
    written = scene.text(node)
    for binding, other in scene.types.visible(node.start_byte):
        bare = types.strip_references(other or "")
        if binding.name == "self" or not (types.same(bare, kind) or (not kind and bare in types.NUMBERS)):
            continue
        if re.search(rf"\b{re.escape(binding.name)}\b", written):
            continue
        uses = len(re.findall(rf"\b{re.escape(binding.name)}\b", body))
        assert scene.body is not None  # there is a node in it
        idle = uses <= int(binding.start >= scene.body.start_byte)
        if kind or idle:
            found.append((binding.name, 0.3 if idle else 0.05))
    function, struct = scene.function, None
    if function is not None and function.receiver is not None and scene.body is not None:
        struct = scene.index.struct(scene.types.spelled("Self", scene.body))
    for field in () if struct is None else struct.fields:
        place = f"self.{field.name}"
        known = types.same(field.type.text, kind)
        if place in written or not (known or (not kind and types.tidy(field.type.text) in types.NUMBERS)):
            continue
        weight = 0.04 if place in body else 0.08 if _read(scene, field.name) else 0.3
        if known or weight == 0.3:
            found.append((place, weight))
    return sorted(found, key=lambda pair: -pair[1])[:_MOST_OTHERS]


def _read(scene: Scene, name: str) -> bool:
    """Something reads a field of this name."""
    return any(f".{name}".encode() in scene.situation.source(path) for path in scene.index.files)


def _signs(scene: Scene) -> Iterator[Change]:
    """``-amount`` and ``x.abs()`` where an amount or ``x`` is handed on or kept."""
    for node in _results(scene):
        if node.type not in ("identifier", "field_expression", "call_expression", "try_expression"):
            continue
        kind = types.strip_references(scene.types.of(node) or "")
        if kind in _SIGNED or scene.index.implements(kind, "Neg"):
            put = f"-{scene.text(node)}"
            yield Change("minus", f"`{short(put)}`", replaced(node, put), 0.06, node.start_byte)
        if kind in _SIGNED and not text(node).endswith(".abs()"):
            put = f"{scene.text(node)}.abs()"
            yield Change("chain", f"`{short(put)}`", replaced(node, put), 0.06, node.start_byte)


def _initial(scene: Scene) -> Iterator[Change]:
    """A field that looks for the largest or smallest value begins with nothing instead of with the other end."""
    for node in scene.nodes("field_initializer"):
        value, name = node.child_by_field_name("value"), node.child_by_field_name("field")
        made = nodes.around(node, "struct_expression")
        if value is None or name is None or made is None or text(value) not in ("0", "0.0"):
            continue
        struct = scene.index.struct(scene.types.spelled(text(made.child_by_field_name("name")), made))
        field = None if struct is None else struct.field(text(name))
        kind = "" if field is None else types.tidy(field.type.text)
        ends = (
            ("MIN", "MAX") if kind in types.INTEGERS else ("NEG_INFINITY", "INFINITY") if kind in types.FLOATS else ()
        )
        for end in ends:
            put = f"{kind}::{end}"
            yield Change("initial", f"begin with `{put}`", replaced(value, put), 0.15, value.start_byte)
