"""Failing tests: wrong operators, turned conditions, ranges that end one too early or too late, wrong truth values.

Answers no error: it works where the tree compiles and tests fail, at the functions that those tests reach (see
:mod:`rusta_cargo.repair.code.suspects`). What each slip is worth is in the tables below; the tests decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    operands,
    ranked,
    replaced,
    short,
    swapped,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation

_COMPARISON = "reference:expressions/operator-expr.html#comparison-operators"
_ARITHMETIC = "reference:expressions/operator-expr.html#arithmetic-and-logical-binary-operators"
_LAZY = "reference:expressions/operator-expr.html#lazy-boolean-operators"
_RANGE = "reference:expressions/range-expr.html"
# operator: (family, citation, what else it may have been with the weight of the slip)
OPERATORS: dict[str, tuple[str, str, dict[str, float]]] = {
    "<": ("comparison", _COMPARISON, {"<=": 0.5, ">": 0.25, ">=": 0.12, "!=": 0.06, "==": 0.04}),
    "<=": ("comparison", _COMPARISON, {"<": 0.5, ">=": 0.25, ">": 0.12, "==": 0.06, "!=": 0.03}),
    ">": ("comparison", _COMPARISON, {">=": 0.5, "<": 0.25, "<=": 0.12, "!=": 0.06, "==": 0.04}),
    ">=": ("comparison", _COMPARISON, {">": 0.5, "<=": 0.25, "<": 0.12, "==": 0.06, "!=": 0.03}),
    "==": ("comparison", _COMPARISON, {"!=": 0.4, "<=": 0.12, ">=": 0.12, "<": 0.05, ">": 0.05}),
    "!=": ("comparison", _COMPARISON, {"==": 0.4, "<": 0.1, ">": 0.1, "<=": 0.03, ">=": 0.03}),
    "+": ("arithmetic", _ARITHMETIC, {"-": 0.35, "*": 0.22, "/": 0.03, "%": 0.02, "|": 0.02}),
    "-": ("arithmetic", _ARITHMETIC, {"+": 0.35, "*": 0.06, "/": 0.05, "%": 0.03}),
    "*": ("arithmetic", _ARITHMETIC, {"/": 0.25, "+": 0.25, "-": 0.06, "%": 0.04}),
    "/": ("arithmetic", _ARITHMETIC, {"*": 0.25, "%": 0.2, "-": 0.05, "+": 0.04}),
    "%": ("arithmetic", _ARITHMETIC, {"/": 0.35, "*": 0.06, "-": 0.03}),
    "&&": ("logic", _LAZY, {"||": 0.5}),
    "||": ("logic", _LAZY, {"&&": 0.5}),
    "&": ("arithmetic", _ARITHMETIC, {"|": 0.35, "^": 0.15, "&&": 0.02}),
    "|": ("arithmetic", _ARITHMETIC, {"&": 0.35, "^": 0.2}),
    "^": ("arithmetic", _ARITHMETIC, {"|": 0.25, "&": 0.25}),
    "<<": ("arithmetic", _ARITHMETIC, {">>": 0.5}),
    ">>": ("arithmetic", _ARITHMETIC, {"<<": 0.5}),
    "+=": ("compound", _ARITHMETIC, {"-=": 0.35, "=": 0.2, "*=": 0.2, "|=": 0.03}),
    "-=": ("compound", _ARITHMETIC, {"+=": 0.4, "=": 0.1, "/=": 0.05}),
    "*=": ("compound", _ARITHMETIC, {"+=": 0.3, "/=": 0.25, "=": 0.1}),
    "/=": ("compound", _ARITHMETIC, {"*=": 0.3, "%=": 0.2, "-=": 0.1}),
    "%=": ("compound", _ARITHMETIC, {"/=": 0.3}),
    "|=": ("compound", _ARITHMETIC, {"&=": 0.3, "^=": 0.2, "=": 0.1}),
    "&=": ("compound", _ARITHMETIC, {"|=": 0.3, "^=": 0.1}),
    "^=": ("compound", _ARITHMETIC, {"|=": 0.25, "&=": 0.2}),
    "<<=": ("compound", _ARITHMETIC, {">>=": 0.4}),
    ">>=": ("compound", _ARITHMETIC, {"<<=": 0.4}),
}
_TURNED = {"<": (">", ">="), "<=": (">", ">="), ">": ("<", "<="), ">=": ("<", "<="), "==": ("!=",), "!=": ("==",)}
_ASSIGNED = {"+=": 0.15, "-=": 0.08, "*=": 0.05, "|=": 0.03}
_BITS = ("&", "|", "^", "&=", "|=", "^=")
_ZERO = re.compile(r"0(?:u\d+|usize)?")
# Order matters for these, so that the operands may be the wrong way round.
_ONE_WAY = {"-": 0.3, "/": 0.2, "%": 0.15, "<<": 0.1}
_TRUTHS = (
    "is_",
    "has_",
    "contains",
    "starts_with",
    "ends_with",
    "any",
    "all",
    "can_",
    "should_",
    "eq",
    "matches",
)


def propose(situation: Situation) -> Iterator[Candidate]:
    """Operators, negations, ranges and truth values of the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from _operators(scene)
    yield from _assignments(scene)
    yield from _ranges(scene)
    yield from _truths(scene)
    yield from _negations(scene)
    yield from _signs(scene)
    yield from _jumps(scene)


def _operators(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("binary_expression", "compound_assignment_expr"):
        parts = operands(node)
        if parts is None:
            continue
        left, operator, right = parts
        mine = text(operator)
        family, cited, others = OPERATORS.get(mine, ("", "", {}))
        for other, weight in others.items():
            yield Change(
                family,
                f"`{short(scene.text(left), 20)} {other} …` instead of `{mine}`",
                replaced(operator, other),
                weight,
                operator.start_byte,
                (cited,),
                always=_repeats(node) and other in _TURNED.get(mine, ()),
            )
        if mine in _ONE_WAY and text(left) != text(right) and _plain(left) and _plain(right):
            yield Change(
                "swap",
                f"exchange the operands of `{short(scene.text(node))}`",
                swapped(scene, left, right),
                _ONE_WAY[mine] * (0.2 if _number(left) or _number(right) else 1.0),
                operator.start_byte,
                (cited,),
            )
        yield from _grouped(scene, node, left, mine, right)
        if mine in _BITS:
            for side in (right, left)[: 1 if mine.endswith("=") else 2]:
                if _simple(side) or (side.type == "unary_expression" and text(side).startswith("*")):
                    put = f"!{scene.text(side)}"
                    yield Change(
                        "negation", f"`{short(put)}`: the other bits", replaced(side, put), 0.15, side.start_byte
                    )


def _repeats(node: Node) -> bool:
    """The whole condition of a loop: turned round, the loop is never entered where it was, and the other way round."""
    return node.parent is not None and node.parent.type == "while_expression"


def _grouped(scene: Scene, node: Node, left: Node, mine: str, right: Node) -> Iterator[Change]:
    """``a + b * c`` where ``(a + b) * c`` was meant, and the other way round."""
    if mine in ("+", "-") and right.type == "binary_expression":
        inner = operands(right)
        while inner is not None and text(inner[1]) in ("*", "/", "%"):
            parts = (
                (left.start_byte, left.start_byte, "("),
                (inner[0].end_byte, inner[0].end_byte, ")"),
            )
            title = f"brackets: `({short(scene.text(left), 20)} {mine} …) {text(inner[1])} …`"
            yield Change("arithmetic", title, parts, 0.12, node.start_byte)
            inner = operands(inner[0]) if inner[0].type == "binary_expression" else None  # `b * c / d` is `(b * c) / d`
    if mine in ("*", "/", "%") and left.type == "parenthesized_expression":
        inner_left = left.named_children[0] if left.named_children else None
        if inner_left is not None and inner_left.type == "binary_expression":
            parts = (
                (left.start_byte, left.start_byte + 1, ""),
                (left.end_byte - 1, left.end_byte, ""),
            )
            title = f"no brackets around `{short(scene.text(inner_left), 30)}`"
            yield Change("arithmetic", title, parts, 0.04, node.start_byte)


def _plain(node: Node) -> bool:
    return node.type not in ("binary_expression", "range_expression", "closure_expression")


def _number(node: Node) -> bool:
    return node.type in ("integer_literal", "float_literal")


def _assignments(scene: Scene) -> Iterator[Change]:
    """``total = x`` where ``total += x`` was meant."""
    for node in scene.nodes("assignment_expression"):
        sign = next((child for child in node.children if child.type == "="), None)
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if sign is None or left is None or right is None:
            continue
        looped = nodes.around(node, nodes.LOOPS) is not None
        if right.type in (
            "struct_expression",
            "boolean_literal",
            "string_literal",
            "closure_expression",
        ):
            continue
        for other, weight in _ASSIGNED.items():
            yield Change(
                "compound",
                f"`{short(scene.text(left), 20)} {other} …` instead of `=`",
                replaced(sign, other),
                weight * (1.0 if looped else 0.3),
                sign.start_byte,
            )


def _ranges(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("range_expression", "range_pattern"):
        for sign in node.children:
            if sign.type not in ("..", "..=") or sign.next_sibling is None:
                continue
            other = "..=" if sign.type == ".." else ".."
            how = "with" if other == "..=" else "without"
            yield Change(
                "range",
                f"`{short(scene.text(node).replace(sign.type, other))}`: {how} its end",
                replaced(sign, other),
                0.45,
                sign.start_byte,
                (_RANGE,),
            )


def _truths(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("boolean_literal"):
        other = "false" if text(node) == "true" else "true"
        yield Change(
            "boolean",
            f"`{other}` instead of `{text(node)}`",
            replaced(node, other),
            0.35,
            node.start_byte,
        )


def _negations(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("unary_expression"):
        if text(node).startswith("!") and node.named_children:
            inner = node.named_children[-1]
            yield Change(
                "negation",
                f"`{short(scene.text(inner))}` without `!`",
                ((node.start_byte, inner.start_byte, ""),),
                0.35,
                node.start_byte,
            )
    for node in scene.nodes("integer_literal"):
        if _ZERO.fullmatch(text(node)):
            around = node.parent
            if around is None or around.type != "unary_expression":
                yield Change(
                    "negation",
                    f"`!{text(node)}`: all bits instead of none",
                    replaced(node, f"!{text(node)}"),
                    0.04,
                    node.start_byte,
                )
    seen: set[tuple[int, int]] = set()  # a comparison begins where its left side does
    for node in _conditions(scene):
        if (node.start_byte, node.end_byte) in seen or node.type in ("let_condition", "let_chain"):
            continue
        seen.add((node.start_byte, node.end_byte))
        parent = node.parent
        if parent is not None and parent.type == "unary_expression":
            continue
        if node.type == "binary_expression" or text(node).startswith("!"):
            continue  # turning the operator, or leaving the sign out, says the same
        written = scene.text(node)
        bare = node.type in (
            "call_expression",
            "identifier",
            "field_expression",
            "index_expression",
            "parenthesized_expression",
        )
        put = f"!{written}" if bare else f"!({written})"
        yield Change("negation", f"`{short(put)}`", replaced(node, put), 0.3, node.start_byte, (_LAZY,))


def _conditions(scene: Scene) -> Iterator[Node]:
    """Expressions that are true or false: conditions, operands of ``&&`` and ``||``, calls that are named so."""
    for node in scene.nodes("if_expression", "while_expression"):
        condition = node.child_by_field_name("condition")
        if condition is not None:
            yield condition
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is not None and text(parts[1]) in ("&&", "||"):
            yield parts[0]
            yield parts[2]
    for node in scene.nodes("call_expression", "macro_invocation"):
        if _true_or_false(scene, node):
            yield node
    for node in scene.nodes("match_block"):
        given = [arm.child_by_field_name("value") for arm in nodes.children(node, "match_arm")]
        if any(value is not None and value.type == "boolean_literal" for value in given):
            yield from (v for v in given if v is not None and v.type in ("call_expression", "identifier"))
    function = scene.function
    if function is not None and scene.returns == "bool":
        tail = nodes.tail_of(scene.body)
        if tail is not None and tail.type in ("identifier", "field_expression", "call_expression"):
            yield tail


def _true_or_false(scene: Scene, node: Node) -> bool:
    callee = node.child_by_field_name("function")
    if callee is None:
        return text(node.child_by_field_name("macro")) == "matches"
    name = text(callee.child_by_field_name("field") or callee.child_by_field_name("name") or callee)
    known = scene.index.named(name, Function)
    if known:
        return all(f.returns is not None and f.returns.text == "bool" for f in known)
    return name.startswith(_TRUTHS)


def _signs(scene: Scene) -> Iterator[Change]:
    """A minus too many or too few."""
    for node in scene.nodes("unary_expression"):
        if text(node).startswith("-") and node.named_children:
            inner = node.named_children[-1]
            yield Change(
                "minus",
                f"`{short(scene.text(inner))}` without the minus",
                ((node.start_byte, inner.start_byte, ""),),
                0.2,
                node.start_byte,
            )
    tail = nodes.tail_of(scene.body)
    if tail is not None and scene.returns in (
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "isize",
        "f32",
        "f64",
    ):
        put = f"-{scene.text(tail)}" if _simple(tail) else f"-({scene.text(tail)})"
        yield Change("minus", f"`{short(put)}`", replaced(tail, put), 0.03, tail.start_byte)


def _simple(node: Node) -> bool:
    return node.type in (
        "identifier",
        "field_expression",
        "call_expression",
        "integer_literal",
        "float_literal",
    )


def _jumps(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("break_expression", "continue_expression"):
        if len(node.named_children):
            continue  # a value or a label
        other = "continue" if node.type == "break_expression" else "break"
        yield Change(
            "loop",
            f"`{other}` instead of `{text(node)}`",
            replaced(node, other),
            0.2,
            node.start_byte,
        )
