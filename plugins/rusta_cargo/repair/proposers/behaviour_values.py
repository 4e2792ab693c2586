"""Failing tests: off by one, a wrong constant, a wrong variable, field or variant, arguments the wrong way round.

Answers no error: it works where the tree compiles and tests fail. Values that an assertion asks for are only put where a
literal of that kind stands already; nothing is made to depend on a test's input.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.items import Enum, Function, Value, Variant
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    inside,
    operands,
    ranked,
    replaced,
    short,
    swapped,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import bindings_at
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Candidate, Situation

_INTEGER = re.compile(r"(\d[\d_]*)((?:[iu](?:8|16|32|64|128|size))?)$")
_MOST_VARIABLES = 6
_PLACES = ("index_expression", "range_expression")
_WRITTEN = (
    "let_declaration",
    "parameters",
    "closure_parameters",
    "let_condition",
    "for_expression",
)


def propose(situation: Situation) -> Iterator[Candidate]:
    """Numbers, texts, names, variants and the order of arguments in the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from _integers(scene)
    yield from _floats(scene)
    yield from _texts(scene)
    yield from _bounds(scene)
    yield from _variables(scene)
    yield from _fields(scene)
    yield from _variants(scene)
    yield from _arguments(scene)
    yield from _constants(scene)


def _integers(scene: Scene) -> Iterator[Change]:
    """One more, one less, nothing or one, and what the difference in the assertion asks for."""
    for node in scene.nodes("integer_literal"):
        parts = _INTEGER.fullmatch(text(node))
        if parts is None or inside(node, ("type_arguments", "array_type")):
            continue
        number, kind = int(parts[1].replace("_", "")), parts[2]
        offers: dict[int, tuple[str, float]] = {}
        offers[number + 1] = ("step", 0.35)
        if number:
            offers[number - 1] = ("step", 0.35)
        if number == 1:
            offers[0] = ("step", 0.4)
        for step in scene.evidence.steps:
            if number + step >= 0:
                offers.setdefault(number + step, ("constant", 0.12))
        for sides in scene.evidence.sides:
            for wanted in (sides.left, sides.right):
                if wanted.isdigit() and number > 1:
                    offers.setdefault(int(wanted), ("constant", 0.04))
        if number > 1:
            for other in (number * 2, number // 2, number * 10, number // 10):
                offers.setdefault(other, ("constant", 0.03))
        initial = _starts(node)
        for other, (family, weight) in offers.items():
            if other == number or _useless(node, other):
                continue
            if other == 0 and (whole := _added_to(node)) is not None:
                bare = scene.text(whole.child_by_field_name("left"))
                yield Change(
                    "step", f"`{short(bare)}` instead of `{short(scene.text(whole))}`",
                    replaced(whole, bare), weight, node.start_byte,
                )  # fmt: skip
                continue
            yield Change(
                "initial" if initial else family, f"`{other}{kind}` instead of `{text(node)}`",
                replaced(node, f"{other}{kind}"), weight * (0.8 if initial else 1.0), node.start_byte,
            )  # fmt: skip


def _starts(node: Node) -> bool:
    """The literal is what a variable begins with."""
    return node.parent is not None and node.parent.type == "let_declaration"


def _added_to(node: Node) -> Node | None:
    """``x + node`` or ``x - node`` around a literal."""
    parent = node.parent
    parts = operands(parent) if parent is not None and parent.type == "binary_expression" else None
    return parent if parts is not None and parts[2] == node and text(parts[1]) in "+-" else None


def _useless(node: Node, other: int) -> bool:
    """Dividing by zero, multiplying by nothing."""
    parent = node.parent
    if parent is None or parent.type != "binary_expression" or other:
        return False
    return text(parent.child_by_field_name("operator")) in ("/", "%", "*")


def _floats(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("float_literal"):
        written = text(node)
        for other, weight in (
            ("0.0", 0.1),
            ("1.0", 0.1),
            ("0.5", 0.05),
            ("2.0", 0.08),
            ("100.0", 0.04),
            ("-1.0", 0.02),
        ):
            if other != written:
                yield Change(
                    "constant",
                    f"`{other}` instead of `{written}`",
                    replaced(node, other),
                    weight,
                    node.start_byte,
                )


def _texts(scene: Scene) -> Iterator[Change]:
    """A text or character that differs from what the assertion asks for where both sides differ."""
    pairs = scene.evidence.texts
    for node in scene.nodes("string_literal"):
        content = text(node)[1:-1] if text(node).startswith('"') else ""
        for left, right in pairs:
            for mine, theirs in ((left, right), (right, left)):
                if not content or content not in mine:
                    continue
                for other in _instead(content, mine, theirs):
                    yield Change("text", f"`\"{short(other, 20)}\"` instead of `{short(text(node), 20)}`",
                                 replaced(node, f'"{other}"'), 0.3, node.start_byte)  # fmt: skip
    for node in scene.nodes("char_literal"):
        content = text(node)[1:-1]
        if len(content) != 1:
            continue
        for left, right in pairs:
            for mine, theirs in ((left, right), (right, left)):
                if content in mine and len(mine) == len(theirs):
                    for other in dict.fromkeys(
                        theirs[i] for i, c in enumerate(mine) if c == content and theirs[i] != c
                    ):
                        if other not in "'\\":
                            yield Change(
                                "text",
                                f"`'{other}'` instead of `{text(node)}`",
                                replaced(node, f"'{other}'"),
                                0.3,
                                node.start_byte,
                            )


def _instead(content: str, mine: str, theirs: str) -> Iterator[str]:
    """What stands in ``theirs`` where ``content`` stands in ``mine``, by what is around it."""
    at = mine.find(content)
    before, after = mine[:at], mine[at + len(content) :]
    if (
        theirs.startswith(before)
        and theirs.endswith(after)
        and len(theirs) >= len(before) + len(after)
    ):
        found = theirs[len(before) : len(theirs) - len(after)]
        if found != content and found.strip() and "{" not in found:
            yield found
    if content.lower() in theirs.lower():
        place = theirs.lower().find(content.lower())
        found = theirs[place : place + len(content)]
        if found != content:
            yield found


def _bounds(scene: Scene) -> Iterator[Change]:
    """One too many or too few in an index, a bound of a range, or a length that is compared."""
    for node in scene.nodes("index_expression"):
        index = node.named_children[-1]
        if index.type in ("range_expression", "integer_literal") or len(node.named_children) < 2:
            continue
        yield from _steps(scene, index, "index", 0.12)
    for node in scene.nodes("range_expression"):
        for side in node.named_children:
            if side.type != "integer_literal":
                yield from _steps(scene, side, "step", 0.12)
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("<", "<=", ">", ">=", "=="):
            continue
        for side in (parts[0], parts[2]):
            if text(side).endswith((".len()", ".count()")):
                yield from _steps(scene, side, "step", 0.1)
    for node in scene.nodes("assignment_expression", "let_declaration"):
        side = node.child_by_field_name("right") or node.child_by_field_name("value")
        if side is not None and scene.types.of(side) in (*types.INTEGERS, "{integer}"):
            yield from _steps(scene, side, "step", 0.05)
    for node in scene.nodes("call_expression"):
        listed = node.child_by_field_name("arguments")
        if text(node.child_by_field_name("function")) in ("Some", "Ok") and listed is not None:
            for side in listed.named_children[:1]:
                if scene.types.of(side) in (*types.INTEGERS, "{integer}"):
                    yield from _steps(scene, side, "step", 0.05)
    tail = nodes.tail_of(scene.body)
    if tail is not None and scene.returns in types.INTEGERS:
        yield from _steps(scene, tail, "step", 0.06)


def _steps(scene: Scene, node: Node, family: str, weight: float) -> Iterator[Change]:
    if node.type not in ("identifier", "field_expression", "call_expression", "binary_expression"):
        return
    parts = operands(node) if node.type == "binary_expression" else None
    if node.type == "binary_expression" and parts is None:
        return
    if parts is not None and (
        text(parts[1]) not in ("+", "-") or parts[2].type == "integer_literal"
    ):
        return
    if parts is None and node.parent is not None and node.parent.type == "binary_expression":
        around = operands(node.parent)
        if around is not None and text(around[1]) in ("*", "/", "%"):
            return
    for sign in ("-", "+"):
        put = ((node.end_byte, node.end_byte, f" {sign} 1"),)
        yield Change(family, f"`{short(scene.text(node))} {sign} 1`", put, weight, node.start_byte)


def _variables(scene: Scene) -> Iterator[Change]:
    """Another local of the same type."""
    if scene.function is None:
        return
    for node in scene.nodes("identifier", "self"):
        parent = node.parent
        if parent is None or not _is_use(node, parent):
            continue
        mine = None
        visible = bindings_at(scene.root, node.start_byte)
        mine = next((b for b in visible if b.name == text(node)), None)
        if mine is None:
            continue
        have = scene.types.of_binding(mine)
        found = []
        for binding in visible:
            if (
                binding.name == mine.name
                or binding.name == "self"
                or binding.at == mine.at
                and binding.kind == "let"
            ):
                continue
            other = scene.types.of_binding(binding)
            if have is not None and other is not None:
                if types.same(have, other):
                    found.append(
                        (0.14 + 0.1 * (likeness(binding.name, mine.name) >= 0.5), binding.name)
                    )
                elif types.same(types.strip_references(have), types.strip_references(other)):
                    found.append((0.04, binding.name))
            elif have is None and other is None and binding.kind == mine.kind:
                found.append((0.06, binding.name))
        found.sort(key=lambda pair: -pair[0])
        for weight, name in found[:_MOST_VARIABLES]:
            yield Change(
                "variable",
                f"`{name}` instead of `{mine.name}`",
                replaced(node, name),
                weight,
                node.start_byte,
            )


def _is_use(node: Node, parent: Node) -> bool:
    """The name is read here: not bound, not called, no path, no field's name, not assigned to."""
    if parent.type in ("scoped_identifier", "parameter", "closure_parameters", "tuple_pattern", "match_pattern",
                       "shorthand_field_initializer", "tuple_struct_pattern", "let_condition", "generic_function"):  # fmt: skip
        return False
    if parent.type == "field_initializer" and parent.child_by_field_name("field") == node:
        return False
    for holder, field in (
        ("let_declaration", "pattern"),
        ("for_expression", "pattern"),
        ("call_expression", "function"),
    ):
        if parent.type == holder and parent.child_by_field_name(field) == node:
            return False
    return not inside(node, ("token_tree", "type_arguments"))


def _fields(scene: Scene) -> Iterator[Change]:
    """Another field of the same type, or another method without arguments that gives the same type."""
    for node in scene.nodes("field_expression"):
        owner, name = node.child_by_field_name("value"), node.child_by_field_name("field")
        if owner is None or name is None:
            continue
        parent = node.parent
        called = (
            parent is not None
            and parent.type == "call_expression"
            and parent.child_by_field_name("function") == node
        )
        have = scene.types.of(owner)
        if have is None:
            continue
        if not called:
            yield from _other_fields(scene, have, name)
        else:
            yield from _other_methods(scene, have, name)


def _other_fields(scene: Scene, have: str, name: Node) -> Iterator[Change]:
    members = types.tuple_parts(types.strip_references(have))
    if members is not None and text(name).isdigit():
        for number, member in enumerate(members):
            mine = int(text(name))
            if number != mine and mine < len(members) and types.same(member, members[mine]):
                yield Change(
                    "field",
                    f"`.{number}` instead of `.{mine}`",
                    replaced(name, str(number)),
                    0.25,
                    name.start_byte,
                )
        return
    struct = scene.index.struct(have)
    mine_field = None if struct is None else struct.field(text(name))
    for field in () if struct is None or mine_field is None else struct.fields:
        if field.name != text(name) and types.same(field.type.text, mine_field.type.text):  # type: ignore[union-attr]
            weight = 0.22 + 0.1 * (likeness(field.name, text(name)) >= 0.5)
            yield Change(
                "field",
                f"`.{field.name}` instead of `.{text(name)}`",
                replaced(name, field.name),
                weight,
                name.start_byte,
            )


def _other_methods(scene: Scene, have: str, name: Node) -> Iterator[Change]:
    known = scene.index.methods(have, text(name))
    if not known:
        return
    mine = known[0]
    for other in scene.index.methods(have):
        if other.name == mine.name or other == scene.function or not _alike(mine, other):
            continue
        weight = 0.1 + 0.1 * (likeness(other.name, mine.name) >= 0.5)
        yield Change(
            "method",
            f"`.{other.name}()` instead of `.{mine.name}()`",
            replaced(name, other.name),
            weight,
            name.start_byte,
        )


def _alike(mine: Function, other: Function) -> bool:
    returned = [types.tidy(f.returns.text) if f.returns else "()" for f in (mine, other)]
    if returned[0] != returned[1] or len(mine.parameters) != len(other.parameters):
        return False
    if (mine.receiver is None) != (other.receiver is None):
        return False
    return all(
        types.same(a.type.text, b.type.text)
        for a, b in zip(mine.parameters, other.parameters, strict=True)
    )


def _variants(scene: Scene) -> Iterator[Change]:
    """Another variant of the enum with the same shape."""
    for node in scene.nodes("scoped_identifier"):
        if node.parent is not None and node.parent.type in ("scoped_identifier", "use_declaration"):
            continue
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        owner = types.head(scene.types.spelled(text(path), node)) if path is not None else ""
        for variant in scene.index.named(text(name), Variant):
            enum = variant.parent
            if not isinstance(enum, Enum) or enum.name != owner or name is None:
                continue
            pattern = inside(node, ("match_pattern", "let_condition"))
            for other in enum.variants:
                same = [types.tidy(f.type.text) for f in other.fields] == [
                    types.tidy(f.type.text) for f in variant.fields
                ]
                if other.name != variant.name and other.shape == variant.shape and same:
                    yield Change(
                        "variant", f"`{owner}::{other.name}` instead of `{variant.name}`",
                        replaced(name, other.name), 0.08 if pattern else 0.2, name.start_byte,
                    )  # fmt: skip
    for node in scene.nodes("scoped_identifier"):
        if text(node).endswith(("::MAX", "::MIN")):
            last = node.child_by_field_name("name")
            if last is not None:
                other_name = "MIN" if text(last) == "MAX" else "MAX"
                yield Change(
                    "constant",
                    f"`{other_name}` instead of `{text(last)}`",
                    replaced(last, other_name),
                    0.3,
                    last.start_byte,
                )


def _arguments(scene: Scene) -> Iterator[Change]:
    """Two arguments, elements or field values exchanged; receiver and argument of a symmetric method."""
    for node in scene.nodes("arguments", "tuple_expression"):
        inner = [
            child
            for child in node.named_children
            if child.type not in ("line_comment", "block_comment")
        ]
        for first in range(len(inner)):
            for second in range(first + 1, len(inner)):
                yield from _exchanged(
                    scene, inner[first], inner[second], 0.35 if second == first + 1 else 0.12
                )
    for node in scene.nodes("field_initializer_list"):
        values = [
            child.child_by_field_name("value")
            for child in nodes.children(node, "field_initializer")
        ]
        given = [value for value in values if value is not None]
        for first in range(len(given)):
            for second in range(first + 1, len(given)):
                yield from _exchanged(scene, given[first], given[second], 0.15)
    for node in scene.nodes("call_expression"):
        callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or listed is None or callee.type != "field_expression":
            continue
        owner, name = callee.child_by_field_name("value"), text(callee.child_by_field_name("field"))
        if (
            name in ("cmp", "partial_cmp", "total_cmp")
            and owner is not None
            and len(listed.named_children) == 1
        ):
            given_one = listed.named_children[0]
            amp = "&" if given_one.type == "reference_expression" else ""
            bare = given_one.child_by_field_name("value") if amp else given_one
            if bare is not None and text(bare) != text(owner):
                parts = (
                    (owner.start_byte, owner.end_byte, scene.text(bare)),
                    (bare.start_byte, bare.end_byte, scene.text(owner)),
                )
                yield Change(
                    "order",
                    f"the other way round: `{short(scene.text(bare))}.{name}(…)`",
                    parts,
                    0.3,
                    node.start_byte,
                )


def _exchanged(scene: Scene, left: Node, right: Node, weight: float) -> Iterator[Change]:
    if text(left) == text(right):
        return
    have, want = scene.types.of(left), scene.types.of(right)
    if (
        have is not None
        and want is not None
        and not types.same(types.strip_references(have), types.strip_references(want))
    ):
        return
    known = have is not None and want is not None
    yield Change(
        "swap", f"exchange `{short(scene.text(left), 20)}` and `{short(scene.text(right), 20)}`",
        swapped(scene, left, right), weight * (1.0 if known else 0.6), left.start_byte,
    )  # fmt: skip


def _constants(scene: Scene) -> Iterator[Change]:
    """Another constant of the crate of the same type."""
    values = [v for v in scene.index.of_kind(Value) if v.type is not None]
    named = {value.name: value for value in values}
    for node in scene.nodes("identifier"):
        mine = named.get(text(node))
        if mine is None or node.parent is None or node.parent.type == "scoped_identifier":
            continue
        for other in values:
            if (
                other.name != mine.name
                and other.parent == mine.parent
                and other.module == mine.module
                and types.tidy(other.type.text) == types.tidy(mine.type.text)
            ):  # type: ignore[union-attr]
                yield Change(
                    "constant",
                    f"`{other.name}` instead of `{mine.name}`",
                    replaced(node, other.name),
                    0.1,
                    node.start_byte,
                )
