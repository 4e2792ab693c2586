"""Failing tests: a forgotten early return or guard, a forgotten step of a loop, branches the wrong way round.

Answers no error: it works where the tree compiles and tests fail. Guards are only for what is empty or zero, and give
what is empty, zero or one; a value that only a test speaks of is never treated apart. A body that was never written
(``todo!()``) is not invented.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    begin_of,
    operands,
    ranked,
    replaced,
    short,
    swapped,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import bindings_at
from rusta_cargo.repair.proposer import Candidate, Situation

_EMPTY = ("Vec", "String", "str", "HashMap", "HashSet", "BTreeMap", "BTreeSet", "VecDeque", "slice")
_NOTHING = {
    "bool": ("false", "true"),
    "String": ("String::new()",),
    "&str": ('""',),
    "Option": ("None",),
    "Vec": ("Vec::new()",),
    "HashMap": ("HashMap::new()",),
    "BTreeMap": ("BTreeMap::new()",),
    "HashSet": ("HashSet::new()",),
}
_UNWRITTEN = ("todo!", "unimplemented!")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Guards, steps, returns and branches of the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    if scene.function is None or scene.body is None or _unwritten(scene):
        return
    yield from _guards(scene, scene.function, scene.body)
    yield from _zero_divisors(scene)
    yield from _branches(scene)
    yield from _chains(scene)
    yield from _forgotten_steps(scene)
    yield from _forgotten_counts(scene, scene.function, scene.body)
    yield from _early_results(scene)
    yield from _missing_jump(scene)
    yield from _recursion(scene, scene.function)


def _unwritten(scene: Scene) -> bool:
    return any(mark in scene.text(scene.body) for mark in _UNWRITTEN)


def _values(returns: str) -> tuple[str, ...]:
    """What a function gives when there is nothing to work on."""
    if returns in types.FLOATS:
        return ("0.0", "1.0")
    if returns in types.NUMBERS:
        return ("0", "1")
    if types.inner(returns, "Option") is not None:
        return ("None",)
    return _NOTHING.get(returns) or _NOTHING.get(types.head(returns), ())


def _guards(scene: Scene, function: Function, body: Node) -> Iterator[Change]:
    """``if x.is_empty() { return 0; }`` or ``if n == 0 { return 1; }`` at the beginning."""
    values = _values(scene.returns)
    if not values or "->" not in scene.source[function.start : body.start_byte].decode("utf-8", "replace"):
        return
    inner = next((c for c in body.named_children if c.type not in ("line_comment", "block_comment")), None)
    if inner is None:
        return
    place = begin_of(scene, inner)
    indent = nodes.indent_at(scene.source, place)
    unit = nodes.indent_unit(scene.source)
    for parameter in function.parameters:
        kind = types.strip_references(parameter.type.text)
        if not parameter.name:
            continue
        if kind.startswith("[") or types.head(kind) in _EMPTY:
            conditions = {f"{parameter.name}.is_empty()": 0.1}
        elif kind in types.INTEGERS and not types.is_reference(parameter.type.text):
            conditions = {f"{parameter.name} == 0": 0.1, f"{parameter.name} <= 1": 0.06}
        else:
            continue
        for condition, weight in conditions.items():
            if condition in scene.text(body):
                continue
            for rank, value in enumerate(values):
                put = f"if {condition} {{\n{indent}{unit}return {value};\n{indent}}}\n{indent}"
                yield Change(
                    "guard",
                    f"return `{value}` when `{condition}`",
                    ((place, place, put),),
                    weight / (1 + rank),
                    place,
                )


def _zero_divisors(scene: Scene) -> Iterator[Change]:
    """Nothing is divided by nothing."""
    values = _values(scene.returns)
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("/", "%") or parts[2].type in ("integer_literal", "float_literal"):
            continue
        divisor = parts[2]
        if divisor.type == "type_cast_expression":
            divisor = divisor.child_by_field_name("value") or divisor
        statement = nodes.statement_of(node)
        if statement is None or not values or divisor.type not in ("identifier", "field_expression", "call_expression"):
            continue
        indent, unit = (
            nodes.indent_at(scene.source, statement.start_byte),
            nodes.indent_unit(scene.source),
        )
        condition = f"{scene.text(divisor)} == 0"
        begin = begin_of(scene, statement)
        put = f"if {condition} {{\n{indent}{unit}return {values[0]};\n{indent}}}\n{indent}"
        yield Change(
            "guard",
            f"return `{values[0]}` when `{condition}`",
            ((begin, begin, put),),
            0.08,
            node.start_byte,
        )


def _branches(scene: Scene) -> Iterator[Change]:
    """Both branches, or the bodies of two neighbouring arms, exchanged."""
    for node in scene.nodes("if_expression"):
        then, other = (
            node.child_by_field_name("consequence"),
            node.child_by_field_name("alternative"),
        )
        block = None if other is None else nodes.child(other, "block")
        if then is not None and block is not None and text(then) != text(block):
            yield Change(
                "branch",
                f"exchange the branches of `if {_condition(scene, node)}`",
                swapped(scene, then, block),
                0.1,
                node.start_byte,
            )
    for node in scene.nodes("match_block"):
        arms = nodes.children(node, "match_arm")
        values = [arm.child_by_field_name("value") for arm in arms]
        for first in range(len(arms)):
            for second in range(first + 1, min(len(arms), first + 4)):
                left, right = values[first], values[second]
                if left is not None and right is not None and text(left) != text(right):
                    one, two = (short(scene.text(arms[i]), 18) for i in (first, second))
                    weight = 0.12 if second == first + 1 else 0.06
                    title = f"exchange what `{one}` and `{two}` give"
                    yield Change("branch", title, swapped(scene, left, right), weight, left.start_byte)


def _chains(scene: Scene) -> Iterator[Change]:
    """``if`` and ``else if``, or two arms one of which has a guard, in the other order: the general before the special."""
    for node in scene.nodes("if_expression"):
        other = node.child_by_field_name("alternative")
        following = None if other is None else nodes.child(other, "if_expression")
        spans = [_branch(part) for part in (node, following) if part is not None]
        if len(spans) == 2 and spans[0] is not None and spans[1] is not None:
            title = f"ask `{_condition(scene, following)}` before `{_condition(scene, node)}`"
            yield Change("branch", title, _exchanged(scene, spans[0], spans[1]), 0.15, node.start_byte)
    for node in scene.nodes("match_block"):
        arms = nodes.children(node, "match_arm")
        for first, second in itertools.pairwise(arms):
            guarded = any(" if " in text(arm.child_by_field_name("pattern")) for arm in (first, second))
            if guarded and text(second).endswith(",") == text(first).endswith(","):
                title = f"ask `{short(scene.text(second), 18)}` before `{short(scene.text(first), 18)}`"
                yield Change("branch", title, swapped(scene, first, second), 0.1, first.start_byte)


def _branch(node: Node) -> tuple[int, int] | None:
    """The condition and the block of an ``if``."""
    condition, block = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
    return None if condition is None or block is None else (condition.start_byte, block.end_byte)


def _exchanged(scene: Scene, left: tuple[int, int], right: tuple[int, int]) -> tuple[tuple[int, int, str], ...]:
    first, second = (scene.source[slice(*span)].decode("utf-8", "replace") for span in (left, right))
    return ((*left, second), (*right, first))


def _condition(scene: Scene, node: Node | None) -> str:
    return "" if node is None else short(scene.text(node.child_by_field_name("condition")), 24)


def _forgotten_steps(scene: Scene) -> Iterator[Change]:
    """A counter that a loop compares and never moves."""
    for node in scene.nodes("while_expression", "loop_expression", "for_expression"):
        block = node.child_by_field_name("body")
        if block is None or not block.named_children:
            continue
        last = block.named_children[-1]
        indent = nodes.indent_at(scene.source, last.start_byte)
        written = scene.text(block)
        for binding in bindings_at(scene.root, node.start_byte):
            if not binding.mutable or binding.kind != "let":
                continue
            have = scene.types.of_binding(binding)
            if have not in (*types.INTEGERS, "{integer}"):
                continue
            moved = (
                any(f"{binding.name} {sign}=" in written for sign in ("+", "-", "*", "/"))
                or f"{binding.name} = " in written
            )
            used = binding.name in scene.text(node.child_by_field_name("condition"))
            weight = 0.02 if moved else 0.3 if used else 0.1
            for sign in ("+=", "-="):
                ending = ";" if last.type not in (*nodes.STATEMENTS,) and not text(last).endswith((";", "}")) else ""
                put = f"{ending}\n{indent}{binding.name} {sign} 1;"
                yield Change(
                    "missing",
                    f"`{binding.name} {sign} 1` in each round",
                    ((last.end_byte, last.end_byte, put),),
                    weight * (1.0 if sign == "+=" else 0.4),
                    node.start_byte,
                )


def _forgotten_counts(scene: Scene, function: Function, body: Node) -> Iterator[Change]:
    """A counter of the type that other methods move and this one does not: ``self.len += 1``."""
    if function.receiver is None or "mut" not in function.receiver.text:
        return
    struct = scene.index.struct(scene.types.spelled("Self", body))
    others = [
        scene.situation.source(method.path)[method.body.start : method.body.end].decode("utf-8", "replace")
        for method in scene.index.methods(scene.types.spelled("Self", body))
        if method.body is not None and method != function
    ]
    for field in () if struct is None else struct.fields:
        name = f"self.{field.name}"
        moved = any(f"{name} {sign}= " in written for written in others for sign in "+-")
        if types.tidy(field.type.text) not in types.INTEGERS or not moved or f"{name} " in _assigned(scene, body):
            continue
        for block in _blocks(body):
            last = block.named_children[-1]
            indent = nodes.indent_at(scene.source, last.start_byte)
            ends = last.type in nodes.STATEMENTS or text(last).endswith((";", "}"))
            for sign in "+-":
                put = f"{name} {sign}= 1;"
                parts = (
                    (last.end_byte, last.end_byte, f"\n{indent}{put}") if ends
                    else (begin_of(scene, last), begin_of(scene, last), f"{put}\n{indent}")
                )  # fmt: skip
                weight = 0.12 * (1.0 if sign == "+" else 0.5)
                yield Change("missing", f"`{put}` in `{function.name}`", (parts,), weight, last.start_byte)


def _assigned(scene: Scene, body: Node) -> str:
    """What the function sets, as text."""
    found = nodes.below(body, ("assignment_expression", "compound_assignment_expr"))
    return " ".join(f"{scene.text(node.child_by_field_name('left'))} " for node in found)


def _blocks(body: Node) -> Iterator[Node]:
    """The body and the blocks of its branches that hold something."""
    for block in (body, *nodes.below(body, ("block",))):
        if block.named_children:
            yield block


def _early_results(scene: Scene) -> Iterator[Change]:
    """``if found { true; }``: a result that is computed in a branch and never returned."""
    for node in scene.nodes("expression_statement"):
        inner = node.named_children[0] if node.named_children else None
        if inner is None or not text(node).endswith(";"):
            continue
        kind = scene.types.of(inner)
        literal = inner.type in (
            "boolean_literal",
            "integer_literal",
            "string_literal",
            "identifier",
        )
        named = inner.type == "call_expression" and text(inner.child_by_field_name("function")) in (
            "Some",
            "Ok",
            "Err",
        )
        if (literal and kind is not None and types.same(kind, scene.returns)) or named or text(inner) == "None":
            yield Change(
                "missing",
                f"return `{short(scene.text(inner))}`",
                ((inner.start_byte, inner.start_byte, "return "),),
                0.4,
                node.start_byte,
            )


def _missing_jump(scene: Scene) -> Iterator[Change]:
    """A loop that finds what it looks for and goes on."""
    for node in scene.nodes("if_expression"):
        loop = nodes.around(node, nodes.LOOPS)
        block = node.child_by_field_name("consequence")
        if (
            loop is None
            or block is None
            or node.child_by_field_name("alternative") is not None
            or not block.named_children
        ):
            continue
        last = block.named_children[-1]
        if last.type != "expression_statement" or any(w in text(block) for w in ("break", "return", "continue")):
            continue
        indent = nodes.indent_at(scene.source, last.start_byte)
        for word, weight in (("break", 0.08), ("continue", 0.04)):
            yield Change(
                "loop",
                f"`{word}` at the end of `if {_condition(scene, node)}`",
                ((last.end_byte, last.end_byte, f"\n{indent}{word};"),),
                weight,
                node.start_byte,
            )


def _recursion(scene: Scene, function: Function) -> Iterator[Change]:
    """``f(n)`` inside ``f(n)``: the call that never comes nearer to its end."""
    for node in scene.nodes("call_expression"):
        listed = node.child_by_field_name("arguments")
        if text(node.child_by_field_name("function")).rpartition("::")[2] != function.name or listed is None:
            continue
        for argument in listed.named_children:
            if argument.type == "identifier" and scene.types.of(argument) in types.INTEGERS:
                put = f"{scene.text(argument)} - 1"
                yield Change(
                    "step",
                    f"call itself with `{put}`",
                    replaced(argument, put),
                    0.2,
                    node.start_byte,
                )
