"""Numbers that are not what a test asks for: one off, misread, or what the two sides of an assertion determine.

A literal ``c`` enters a result as ``c·x + d`` more often than any other way. So with a result ``a`` where ``b`` was
wanted it may have been ``c·b/a`` or ``c·a/b`` (d = 0), ``c ± (b − a)`` (x = 1), or ``c ± (b − a)/x`` with a number ``x``
that the test gives.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from fractions import Fraction

from tree_sitter import Node

from rusta_cargo.repair.code.mutating import Change, Scene, inside, operands, replaced, short
from rusta_cargo.repair.code.nodes import text

_INTEGER = re.compile(r"(\d[\d_]*)((?:[iu](?:8|16|32|64|128|size))?)$")
_RADIX = re.compile(r"(0x|0b|0o)([\da-fA-F_]+?)((?:[iu](?:8|16|32|64|128|size))?)$")
_FLOAT = re.compile(r"(\d[\d_]*\.\d+)((?:f32|f64)?)$")
_USUAL = (("0.0", 0.08), ("1.0", 0.08), ("0.5", 0.05), ("2.0", 0.06), ("100.0", 0.04), ("-1.0", 0.02))
_LONGEST = 7
_LARGEST = 10**18


def changes(scene: Scene) -> Iterator[Change]:
    """Other literals."""
    for node in scene.nodes("integer_literal"):
        if not inside(node, ("type_arguments", "array_type")):
            yield from _integers(scene, node)
    for node in scene.nodes("float_literal"):
        yield from _floats(scene, node)


def _integers(scene: Scene, node: Node) -> Iterator[Change]:
    """One more, one less, nothing or one, and what the difference in the assertion asks for."""
    parts = _INTEGER.fullmatch(text(node))
    if parts is None:
        yield from _other_radix(node)
        return
    number, kind = int(parts[1].replace("_", "")), parts[2]
    offers: dict[int, tuple[str, float]] = {}
    offers[number + 1] = ("step", 0.35)
    if number:
        offers[number - 1] = ("step", 0.35)
    if number == 1:
        offers[0] = ("step", 0.4)
    for wanted, weight in determined(Fraction(number), scene):
        if wanted.denominator == 1 and 0 <= wanted < _LARGEST:
            offers.setdefault(int(wanted), ("constant", weight))
    for sides in scene.evidence.sides:
        for side in (sides.left, sides.right):
            if side.isdecimal() and number > 1 and len(side) < 19:
                offers.setdefault(int(side), ("constant", 0.04))
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
            title = f"`{short(bare)}` instead of `{short(scene.text(whole))}`"
            yield Change("step", title, replaced(whole, bare), weight, node.start_byte)
            continue
        yield Change(
            "initial" if initial else family,
            f"`{other}{kind}` instead of `{text(node)}`",
            replaced(node, f"{other}{kind}"),
            weight * (0.8 if initial else 1.0),
            node.start_byte,
        )


def determined(number: Fraction, scene: Scene) -> Iterator[tuple[Fraction, float]]:
    """What ``number`` may have been for the differing numbers of the assertions, with weights."""
    evidence = scene.evidence
    for step in evidence.steps:
        yield number + step, 0.12
    for got, wanted in evidence.numbers:
        a, b = _fraction(got), _fraction(wanted)
        if a is None or b is None:
            continue
        # Most people write what they got on the left.
        for mine, theirs, factor in ((a, b, 1.0), (b, a, 0.5)):
            if mine and theirs and number:
                yield number * theirs / mine, 0.16 * factor
                yield number * mine / theirs, 0.1 * factor
            yield number + theirs - mine, 0.12 * factor
            for given in evidence.given:
                x = _fraction(given)
                if x not in (None, 0, 1):
                    assert x is not None  # just excluded
                    yield number + (theirs - mine) / x, 0.16 * factor
                    yield number - (theirs - mine) / x, 0.1 * factor


def _fraction(written: str) -> Fraction | None:
    try:
        return Fraction(written.replace("_", "")) if len(written) < 30 else None
    except ValueError:
        return None


def _other_radix(node: Node) -> Iterator[Change]:
    """A mask or a code with one bit or one unit too many or too few."""
    parts = _RADIX.fullmatch(text(node))
    if parts is None:
        return
    base = {"0x": 16, "0b": 2, "0o": 8}[parts[1]]
    digits = parts[2].replace("_", "")
    number = int(digits, base)
    form = {"0x": "X" if digits.upper() == digits and digits.lower() != digits else "x", "0b": "b", "0o": "o"}[parts[1]]
    others = ((number + 1, 0.15), (number - 1, 0.15), (number << 1 | 1, 0.12), (number >> 1, 0.12), (number << 1, 0.08))
    for other, weight in others:
        if other > 0 and other != number:
            new = f"{parts[1]}{other:0{len(digits)}{form}}{parts[3]}"
            title = f"`{new}` instead of `{text(node)}`"
            yield Change("constant", title, replaced(node, new), weight, node.start_byte)


def _misread(node: Node, digits: str, kind: str) -> Iterator[Change]:
    """Two neighbouring digits exchanged."""
    places = [place for place, char in enumerate(digits) if char.isdecimal()]
    for left, right in itertools.pairwise(places if len(places) > 2 else ()):
        if digits[left] != digits[right] and (left or digits[right] != "0"):
            other = list(digits)
            other[left], other[right] = digits[right], digits[left]
            new = "".join(other) + kind
            title = f"`{new}` instead of `{digits}{kind}`"
            yield Change("constant", title, replaced(node, new), 0.05, node.start_byte)


def _floats(scene: Scene, node: Node) -> Iterator[Change]:
    written = text(node)
    offers = dict(_USUAL)
    parts = _FLOAT.fullmatch(written)
    if parts is not None:
        number = Fraction(parts[1].replace("_", ""))
        for wanted, weight in determined(number, scene):
            shown = shortly(wanted)
            if shown is not None and wanted != number:
                offers[shown + parts[2]] = max(weight, offers.get(shown + parts[2], 0.0))
        yield from _misread(node, parts[1], parts[2])
    for other, weight in offers.items():
        if other != written:
            title = f"`{other}` instead of `{written}`"
            yield Change("constant", title, replaced(node, other), weight, node.start_byte)


def shortly(number: Fraction) -> str | None:
    """A number that a person may have written, as a literal; floats are forgiven their last digits."""
    if number < 0 or number >= 10**6:
        return None
    shown = f"{round(float(number), 9):.9f}".rstrip("0")
    shown = f"{shown}0" if shown.endswith(".") else shown
    return shown if len(shown) <= _LONGEST and abs(Fraction(shown) - number) <= Fraction(1, 10**9) else None


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
