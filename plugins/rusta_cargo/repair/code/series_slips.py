"""A number that breaks a series, and a row of a table that a failing assertion prints.

Where all but one of the results of a chain of branches, of the arms of a match or of the elements of an array make an
arithmetic or a geometric series, the odd one is more likely wrong than any other number. Where one side of an assertion
stands in the source as it was printed, the other side says what should stand there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from tree_sitter import Node

from rusta_cargo.repair.code import nodes
from rusta_cargo.repair.code.mutating import Change, Scene, operands, replaced, short
from rusta_cargo.repair.code.nodes import text

_Step = Callable[[Sequence[tuple[int, int]], int], Fraction | None]
FEWEST = 4
_MOST = 64
_INTEGER = re.compile(r"(\d[\d_]*)((?:[iu](?:8|16|32|64|128|size))?)$")
_ROWS = ("tuple_expression", "array_expression")
_SPACE = re.compile(r"\s|_(?=\d)|,(?=\s*[)\]])")


def changes(scene: Scene) -> Iterator[Change]:
    """Numbers that would make a series whole, rows that would be what an assertion asks for."""
    for members in _series(scene):
        numbers = [_number(node) for node in members]
        odd = odd_one(numbers) or odd_one(numbers[:-1])  # the last may be for all the rest
        if odd is not None:
            place, wanted = odd
            node = members[place]
            kind = _INTEGER.fullmatch(text(node))
            new = f"{wanted}{kind[2] if kind else ''}"
            title = f"`{new}` instead of `{text(node)}`, as the numbers around it go"
            yield Change("constant", title, replaced(node, new), 0.6, node.start_byte)
    yield from _rows(scene)


def odd_one(numbers: Sequence[int]) -> tuple[int, int] | None:
    """(index, what it should be) of the only number that breaks a series; None when none does, or too many."""
    if not FEWEST <= len(numbers) <= _MOST:
        return None
    for step in (_arithmetic, _geometric):
        found = [(place, wanted) for place, wanted in _fits(numbers, step) if wanted != numbers[place]]
        if found and any(wanted == numbers[place] for place, wanted in _fits(numbers, step)):
            return None  # the series is whole
        if len(found) == 1:
            return found[0]
    return None


def _fits(numbers: Sequence[int], step: _Step) -> Iterator[tuple[int, int]]:
    """Every place with the number that would make the series whole."""
    for place in range(len(numbers)):
        rest = [(index, number) for index, number in enumerate(numbers) if index != place]
        wanted = step(rest, place)
        if wanted is not None and wanted.denominator == 1 and wanted >= 0:
            yield place, int(wanted)


def _arithmetic(rest: Sequence[tuple[int, int]], place: int) -> Fraction | None:
    (first, a), (last, b) = rest[0], rest[-1]
    step = Fraction(b - a, last - first)
    if step == 0 or any(a + step * (index - first) != number for index, number in rest):
        return None
    return a + step * (place - first)


def _geometric(rest: Sequence[tuple[int, int]], place: int) -> Fraction | None:
    if any(number <= 0 for _, number in rest):
        return None
    near = next(((i, a, b) for (i, a), (j, b) in itertools.pairwise(rest) if j == i + 1), None)
    if near is None or near[1] == near[2]:
        return None
    ratio = Fraction(near[2], near[1])
    first, start = rest[0]
    if any(start * ratio ** (index - first) != number for index, number in rest):
        return None
    return start * ratio ** (place - first)


def _series(scene: Scene) -> Iterator[list[Node]]:
    for node in scene.nodes("if_expression"):
        if node.parent is None or node.parent.type != "else_clause":
            yield from _of_chain(node)
    for node in scene.nodes("match_block"):
        arms = nodes.children(node, "match_arm")
        yield _literals([arm.child_by_field_name("value") for arm in arms])
    for node in scene.nodes("array_expression"):
        inner = list(node.named_children)
        if inner and all(_is_number(child) for child in inner):
            yield inner


def _of_chain(node: Node) -> Iterator[list[Node]]:
    """The numbers that the branches give, and those that the conditions compare with."""
    results: list[Node | None] = []
    bounds: list[Node | None] = []
    current: Node | None = node
    while current is not None:
        block = current if current.type == "block" else current.child_by_field_name("consequence")
        results.append(None if block is None else nodes.tail_of(block))
        condition = current.child_by_field_name("condition")
        parts = operands(condition) if condition is not None and condition.type == "binary_expression" else None
        if parts is not None:
            bounds.append(parts[2])
        other = current.child_by_field_name("alternative")
        current = None if other is None else nodes.child(other, "if_expression") or nodes.child(other, "block")
    yield _literals(results)
    yield _literals(bounds)


def _literals(found: Sequence[Node | None]) -> list[Node]:
    """All of ``found``, if all are whole numbers; the last may be something else."""
    inner = list(found)
    if inner and (inner[-1] is None or not _is_number(inner[-1])):
        inner = inner[:-1]
    return [node for node in inner if node is not None] if all(n is not None and _is_number(n) for n in inner) else []


def _is_number(node: Node) -> bool:
    return node.type == "integer_literal" and _INTEGER.fullmatch(text(node)) is not None


def _number(node: Node) -> int:
    found = _INTEGER.fullmatch(text(node))
    assert found is not None  # only such literals are members
    return int(found[1].replace("_", ""))


def _rows(scene: Scene) -> Iterator[Change]:
    printed = {
        _SPACE.sub("", mine): theirs
        for sides in scene.evidence.sides
        for mine, theirs in ((sides.left, sides.right), (sides.right, sides.left))
        if mine[:1] in "([" and len(mine) > 3
    }
    for node in scene.nodes(*_ROWS) if printed else ():
        other = printed.get(_SPACE.sub("", scene.text(node)))
        if other is not None and other[:1] == text(node)[:1]:
            title = f"`{short(other, 30)}` instead of `{short(scene.text(node), 30)}`"
            yield Change("constant", title, replaced(node, other), 0.8, node.start_byte)
