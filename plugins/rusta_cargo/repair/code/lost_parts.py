"""Parts that an expression has lost or that were exchanged in it, made of what stands beside it.

Every part is one that the text has already: a sibling field, the rest of an expression that other lines have whole, the
bound that a guard compares with, a local that fits where a bare number stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.assertions import behaviour_table
from rusta_cargo.repair.code.items import Struct
from rusta_cargo.repair.code.mutating import Change, Scene, operands, replaced, short
from rusta_cargo.repair.code.nodes import text

_HOLDERS = ("closure_expression", "tuple_expression", "arguments", "field_initializer", "let_declaration",
            "assignment_expression", "block", "match_arm", "return_expression")  # fmt: skip
_PLAIN = ("identifier", "field_expression", "integer_literal", "float_literal", "call_expression")
_CALLED = ("identifier", "field_expression", "call_expression")
_ARITHMETIC = ("+", "-", "*", "/", "%")
_COMPARING = ("<", "<=", ">", ">=")
_NAME = re.compile(r"(?<![\w.:])[a-z_]\w*\b(?!\s*(?:\(|!|::))")
_MOST_PARTS, _MOST_LOCALS = 4, 4
_BARE = ("0", "1")


def changes(scene: Scene) -> Iterator[Change]:
    """What may be missing in, or exchanged between, the expressions of a suspect."""
    yield from _siblings(scene)
    yield from _offsets(scene)
    yield from _completed(scene)
    yield from _instead_of_numbers(scene)
    yield from _methods_exchanged(scene)
    yield from _members_exchanged(scene)
    yield from _toggled(scene)
    yield from _converted(scene)
    yield from _round_again(scene)
    yield from _led_on(scene)
    yield from _once(scene)
    yield from _either(scene)


def _value(node: Node) -> bool:
    """A whole value: nothing is computed of it where it stands, and nothing is assigned to it."""
    parent = node.parent
    if parent is None or parent.type not in _HOLDERS:
        return False
    if parent.type == "block":
        return nodes.tail_of(parent) == node
    return node not in (parent.child_by_field_name("left"), parent.child_by_field_name("pattern"))


def _siblings(scene: Scene) -> Iterator[Change]:
    """``shelf.count`` → ``shelf.count - shelf.reserved``."""
    for node in scene.nodes("field_expression"):
        owner, name = node.child_by_field_name("value"), node.child_by_field_name("field")
        if owner is None or name is None or owner.type not in ("identifier", "self", "field_expression"):
            continue
        struct = _holder(scene, owner, text(name)) if _value(node) else None
        mine = None if struct is None else struct.field(text(name))
        if struct is None or mine is None or types.tidy(mine.type.text) not in types.NUMBERS:
            continue
        for field in struct.fields:
            if field.name == mine.name or not types.same(field.type.text, mine.type.text):
                continue
            for sign, weight in (("-", 0.1), ("+", 0.08), ("*", 0.05)):
                new = f" {sign} {scene.text(owner)}.{field.name}"
                title = f"`{short(scene.text(node))}{new}`"
                yield Change("arithmetic", title, ((node.end_byte, node.end_byte, new),), weight, node.start_byte)


def _holder(scene: Scene, owner: Node, field: str) -> Struct | None:
    """The struct that ``owner`` is one of; where its type is unknown, the only one with such a field."""
    known = scene.types.of(owner)
    if owner.type == "self" and scene.body is not None:
        known = scene.types.spelled("Self", scene.body)
    if known is not None:
        return scene.index.struct(types.strip_references(known))
    having = [struct for struct in scene.index.of_kind(Struct) if struct.field(field) is not None]
    here = [struct for struct in having if struct.path == scene.path]
    return next((found[0] for found in (having, here) if len(found) == 1), None)


def _offsets(scene: Scene) -> Iterator[Change]:
    """``goods / 1000`` → ``(goods - 5000) / 1000`` where ``goods`` is compared with 5000."""
    bounds: dict[str, list[str]] = {}
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in _COMPARING or parts[0].type not in ("identifier", "field_expression"):
            continue
        if parts[2].type in _PLAIN and text(parts[2]) not in ("0", "0.0"):
            bounds.setdefault(text(parts[0]), []).append(scene.text(parts[2]))
    for node in scene.nodes("binary_expression") if bounds else ():
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("*", "/", "%"):
            continue
        for side in (parts[0], parts[2]):
            for bound in bounds.get(text(side), ())[:_MOST_PARTS]:
                put = f"({scene.text(side)} - {bound})"
                yield Change("arithmetic", f"`{short(put)}`", replaced(side, put), 0.15, side.start_byte)


def _completed(scene: Scene) -> Iterator[Change]:
    """``row`` → ``row * self.cols``, as other lines of the file have it."""
    wholes: dict[str, dict[str, None]] = {}
    for node in nodes.every(scene.root, ("binary_expression",)):
        parts = operands(node)
        if parts is None or text(parts[1]) not in _ARITHMETIC or parts[2].type not in _PLAIN:
            continue
        if parts[0].type == "identifier" and not node.has_error:
            wholes.setdefault(text(parts[0]), {}).setdefault(f"{text(parts[1])} {text(parts[2])}")
    for node in scene.nodes("identifier"):
        rests = wholes.get(text(node), {})
        if not rests or not (_value(node) or _added(node)):
            continue
        visible = {binding.name for binding, _ in scene.types.visible(node.start_byte)} | {"self"}
        for rest in [rest for rest in rests if set(_NAME.findall(rest)) <= visible][:_MOST_PARTS]:
            title = f"`{text(node)} {short(rest)}`, as other lines have it"
            yield Change("arithmetic", title, ((node.end_byte, node.end_byte, f" {rest}"),), 0.12, node.start_byte)


def _added(node: Node) -> bool:
    """The left side of a sum, to which a product may belong, or the end of a range."""
    parent = node.parent
    if parent is None or parent.type not in ("binary_expression", "range_expression"):
        return False
    parts = operands(parent) if parent.type == "binary_expression" else None
    return parts is None if parent.type == "range_expression" else parts is not None and text(parts[1]) in "+-"


def _instead_of_numbers(scene: Scene) -> Iterator[Change]:
    """``map_or(0, …)`` → ``map_or(self.end, …)``; ``Align::Right => 0`` → ``Align::Right => room``."""
    for node in scene.nodes("integer_literal"):
        parent = node.parent
        if (
            text(node) not in _BARE
            or parent is None
            or parent.type not in ("arguments", "match_arm", "tuple_expression")
        ):
            continue
        visible = scene.types.visible(node.start_byte)
        names = [binding.name for binding, kind in visible if kind in (*types.INTEGERS, "{integer}")]
        if any(binding.name == "self" for binding, _ in visible) and scene.body is not None:
            struct = scene.index.struct(scene.types.spelled("Self", scene.body))
            fields = () if struct is None else struct.fields
            names += [f"self.{f.name}" for f in fields if types.tidy(f.type.text) in types.INTEGERS]
        for name in names[:_MOST_LOCALS]:
            title = f"`{name}` instead of `{text(node)}`"
            yield Change("variable", title, replaced(node, name), 0.1, node.start_byte)


def _methods_exchanged(scene: Scene) -> Iterator[Change]:
    """``x.min(low).max(high)`` → ``x.max(low).min(high)``."""
    for node in scene.nodes("call_expression"):
        outer = _method(node)
        inner = None if outer is None else _method(outer.child_by_field_name("value"))
        if outer is None or inner is None:
            continue
        last, first = outer.child_by_field_name("field"), inner.child_by_field_name("field")
        if last is None or first is None or not _partners(text(last), text(first)):
            continue
        put = ((first.start_byte, first.end_byte, text(last)), (last.start_byte, last.end_byte, text(first)))
        yield Change("swap", f"exchange `{text(first)}` and `{text(last)}`", put, 0.25, first.start_byte)


def _method(node: Node | None) -> Node | None:
    callee = None if node is None or node.type != "call_expression" else node.child_by_field_name("function")
    return callee if callee is not None and callee.type == "field_expression" else None


def _partners(one: str, other: str) -> bool:
    return one != other and any({one, other} <= set(group.split()) for group in behaviour_table()["methods"]["groups"])


def _members_exchanged(scene: Scene) -> Iterator[Change]:
    """``self.rows != other.cols`` → ``self.cols != other.rows``."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        sides = () if parts is None else (parts[0], parts[2])
        if len(sides) != 2 or any(side.type != "field_expression" for side in sides):
            continue
        names = [side.child_by_field_name("field") for side in sides]
        owners = [side.child_by_field_name("value") for side in sides]
        if (
            names[0] is None
            or names[1] is None
            or text(names[0]) == text(names[1])
            or text(owners[0]) == text(owners[1])
        ):
            continue
        put = tuple(
            (mine.start_byte, mine.end_byte, text(other))
            for mine, other in ((names[0], names[1]), (names[1], names[0]))
        )
        title = f"exchange `{text(names[0])}` and `{text(names[1])}`"
        yield Change("swap", title, put, 0.2, node.start_byte)


def _toggled(scene: Scene) -> Iterator[Change]:
    """``inside = true`` in a loop → ``inside = !inside``."""
    for node in scene.nodes("assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None or right.type != "boolean_literal":
            continue
        put = f"!{scene.text(left)}"
        looped = nodes.around(node, (*nodes.LOOPS, "closure_expression")) is not None
        title = f"`{short(scene.text(left))} = {short(put)}`"
        yield Change("boolean", title, replaced(right, put), 0.2 if looped else 0.06, node.start_byte)


def _converted(scene: Scene) -> Iterator[Change]:
    """``f64::from(a / b)`` → ``f64::from(a) / f64::from(b)``."""
    for node in scene.nodes("call_expression"):
        callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or listed is None or text(callee) not in ("f64::from", "f32::from"):
            continue
        parts = operands(listed.named_children[0]) if len(listed.named_children) == 1 else None
        if parts is None or text(parts[1]) not in ("/", "*", "-"):
            continue
        put = f"{text(callee)}({scene.text(parts[0])}) {text(parts[1])} {text(callee)}({scene.text(parts[2])})"
        yield Change("cast", f"`{short(put)}`", replaced(node, put), 0.4, node.start_byte)


def _round_again(scene: Scene) -> Iterator[Change]:
    """``points[i + 1]`` → ``points[(i + 1) % points.len()]``."""
    for node in scene.nodes("index_expression"):
        if len(node.named_children) != 2:
            continue
        owner, index = node.named_children
        parts = operands(index) if index.type == "binary_expression" else None
        if parts is None or text(parts[1]) != "+" or owner.type not in ("identifier", "field_expression"):
            continue
        length = f"{scene.text(owner)}.len()"
        rounds = [length]
        for declared in scene.nodes("let_declaration"):
            name = declared.child_by_field_name("pattern")
            if text(declared.child_by_field_name("value")) == length and name is not None:
                rounds.insert(0, text(name))
        for end in rounds:
            put = f"({scene.text(index)}) % {end}"
            yield Change("index", f"`{short(put)}`", replaced(index, put), 0.12, index.start_byte)


def _led_on(scene: Scene) -> Iterator[Change]:
    """``pair.last`` → ``pair.last.next()``: a method that leads from a type of the crate to itself, lost or too many."""
    for node in scene.nodes("identifier", "field_expression", "call_expression"):
        if node.type == "call_expression":
            callee = _method(node)
            owner = None if callee is None else callee.child_by_field_name("value")
            name = "" if callee is None else text(callee.child_by_field_name("field"))
            if owner is not None and name in _leading(scene, owner):
                title = f"`{short(scene.text(owner))}` without `.{name}()`"
                yield Change("chain", title, ((owner.end_byte, node.end_byte, ""),), 0.08, node.start_byte)
        elif _value(node):
            for name in _leading(scene, node):
                title = f"`{short(scene.text(node))}.{name}()`"
                yield Change("chain", title, ((node.end_byte, node.end_byte, f".{name}()"),), 0.1, node.start_byte)


def _leading(scene: Scene, node: Node) -> list[str]:
    """The methods without arguments that give the type of ``node`` again."""
    have = scene.types.of(node)
    if have is None and node.type == "field_expression":
        owner, name = node.child_by_field_name("value"), node.child_by_field_name("field")
        struct = None if owner is None else _holder(scene, owner, text(name))
        field = None if struct is None else struct.field(text(name))
        have = None if field is None else types.tidy(field.type.text)
    kind = types.strip_references(have or "")
    if not kind or scene.index.struct(kind) is None:
        return []
    return [
        method.name
        for method in scene.index.methods(kind)
        if method.receiver is not None and not method.parameters and method != scene.function
        and method.returns is not None
        and (method.returns.text == "Self" or types.same(method.returns.text, kind))
    ][:_MOST_PARTS]  # fmt: skip


def _once(scene: Scene) -> Iterator[Change]:
    """``if`` where ``while`` was meant, and the other way round, where the block changes what is asked for."""
    for node in scene.nodes("if_expression", "while_expression"):
        condition, block = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        block = block or node.child_by_field_name("body")
        if condition is None or block is None or node.child_by_field_name("alternative") is not None:
            continue
        asked = set(_NAME.findall(scene.text(condition)))
        changed = {
            name for name in asked if re.search(rf"\b{name}(?:\.\w+)*\s*[-+*/]?=(?!=)|\b{name}\.pop", text(block))
        }
        if not changed or re.search(r"\b(?:return|break|continue)\b", text(block)):
            continue
        word, other = ("if", "while") if node.type == "if_expression" else ("while", "if")
        at = node.start_byte
        yield Change("loop", f"`{other}` instead of `{word}`", ((at, at + len(word), other),), 0.12, at)


def _either(scene: Scene) -> Iterator[Change]:
    """``left + right`` where the larger of the two was meant."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("+", "-") or parts[2].type not in _CALLED:
            continue
        if parts[0].type not in _CALLED:
            continue
        for bound in ("max", "min"):
            put = f"{scene.text(parts[0])}.{bound}({scene.text(parts[2])})"
            yield Change("arithmetic", f"`{short(put)}`", replaced(node, put), 0.06, node.start_byte)
