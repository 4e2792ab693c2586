"""Failing tests: off by one, a wrong constant, a wrong text, the wrong end of a type's range.

Answers no error: it works where the tree compiles and tests fail. Values that an assertion asks for are only put where
a literal of that kind stands already; nothing is made to depend on a test's input.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.items import Value
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    inside,
    operands,
    ranked,
    replaced,
    short,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Situation

_INTEGER = re.compile(r"(\d[\d_]*)((?:[iu](?:8|16|32|64|128|size))?)$")
_HOLE = re.compile(r"\{[^{}]*\}")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Numbers, texts and constants in the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from _integers(scene)
    yield from _floats(scene)
    yield from _texts(scene)
    yield from _bounds(scene)
    yield from _extremes(scene)
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
        yield from _misread(node, parts[1], kind)
        initial = _starts(node)
        for other, (family, weight) in offers.items():
            if other == number or _useless(node, other):
                continue
            if other == 0 and (whole := _added_to(node)) is not None:
                bare = scene.text(whole.child_by_field_name("left"))
                yield Change(
                    "step",
                    f"`{short(bare)}` instead of `{short(scene.text(whole))}`",
                    replaced(whole, bare),
                    weight,
                    node.start_byte,
                )
                continue
            yield Change(
                "initial" if initial else family,
                f"`{other}{kind}` instead of `{text(node)}`",
                replaced(node, f"{other}{kind}"),
                weight * (0.8 if initial else 1.0),
                node.start_byte,
            )


def _misread(node: Node, digits: str, kind: str) -> Iterator[Change]:
    """Two neighbouring digits exchanged."""
    places = [place for place, char in enumerate(digits) if char != "_"]
    for left, right in itertools.pairwise(places if len(places) > 2 else ()):
        if digits[left] != digits[right] and (left or digits[right] != "0"):
            other = list(digits)
            other[left], other[right] = digits[right], digits[left]
            new = "".join(other) + kind
            title = f"`{new}` instead of `{digits}{kind}`"
            yield Change("constant", title, replaced(node, new), 0.05, node.start_byte)


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
    pairs = [pair for left, right in scene.evidence.texts for pair in ((left, right), (right, left))]
    for node in scene.nodes("string_literal"):
        written = scene.text(node)
        for mine, theirs in pairs if written.startswith('"') else ():
            for part in _HOLE.split(written[1:-1]):
                for other in _instead(part, mine, theirs) if part.strip() and part in mine else ():
                    new = written.replace(part, other, 1)
                    title = f"`{short(new, 24)}` instead of `{short(written, 24)}`"
                    yield Change("text", title, replaced(node, new), 0.3, node.start_byte)
    for node in scene.nodes("char_literal"):
        content = text(node)[1:-1]
        for mine, theirs in pairs if len(content) == 1 else ():
            if len(mine) != len(theirs):
                continue
            others = (b for a, b in zip(mine, theirs, strict=True) if a == content != b)
            for other in dict.fromkeys(others):
                if other not in "'\\":
                    title = f"`'{other}'` instead of `{text(node)}`"
                    yield Change("text", title, replaced(node, f"'{other}'"), 0.3, node.start_byte)


def _instead(content: str, mine: str, theirs: str) -> Iterator[str]:
    """What stands in ``theirs`` where ``content`` stands in ``mine``, by what is around it."""
    at = mine.find(content)
    before, after = mine[:at], mine[at + len(content) :]
    if theirs.startswith(before) and theirs.endswith(after) and len(theirs) >= len(before) + len(after):
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
        given = node.child_by_field_name("right") or node.child_by_field_name("value")
        if given is not None and scene.types.of(given) in (*types.INTEGERS, "{integer}"):
            yield from _steps(scene, given, "step", 0.05)
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
    if parts is not None and (text(parts[1]) not in ("+", "-") or parts[2].type == "integer_literal"):
        return
    if parts is None and node.parent is not None and node.parent.type == "binary_expression":
        around = operands(node.parent)
        if around is not None and text(around[1]) in ("*", "/", "%"):
            return
    for sign in ("-", "+"):
        put = ((node.end_byte, node.end_byte, f" {sign} 1"),)
        yield Change(family, f"`{short(scene.text(node))} {sign} 1`", put, weight, node.start_byte)


def _extremes(scene: Scene) -> Iterator[Change]:
    """The other end of a type's range."""
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


def _constants(scene: Scene) -> Iterator[Change]:
    """Another constant of the crate of the same type."""
    typed = {v.name: (v, types.tidy(v.type.text)) for v in scene.index.of_kind(Value) if v.type}
    for node in scene.nodes("identifier"):
        if text(node) not in typed or node.parent is None or node.parent.type == "scoped_identifier":
            continue
        mine, kind = typed[text(node)]
        for other, other_kind in typed.values():
            beside = (other.parent, other.module) == (mine.parent, mine.module)
            if other.name != mine.name and beside and other_kind == kind:
                title = f"`{other.name}` instead of `{mine.name}`"
                yield Change("constant", title, replaced(node, other.name), 0.1, node.start_byte)
