"""Parts that how the two sides of an assertion differ asks for: a sign, a factor, a root, another case of letters.

A result that is ``k`` times what was wanted in every assertion lost a division by ``k``, wherever that stood; where a
sign differs, a minus or ``abs()``; where only the case of letters does, a step that changes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.mutating import Change, Scene, operands, replaced, short
from rusta_cargo.repair.code.nodes import text

_WRAPPING = ("Some", "Ok")
_HELD = ("identifier", "field_expression", "call_expression", "parenthesized_expression", "macro_invocation")
_LARGEST, _CLOSE = 1000, 1e-9
_TEXTS = ("str", "String")


def changes(scene: Scene) -> Iterator[Change]:
    """What the evidence asks of a suspect's expressions."""
    yield from _signs(scene)
    yield from _scaled(scene)
    yield from _cases(scene)


def _signs(scene: Scene) -> Iterator[Change]:
    """``Ok(eval(inner)?)`` → ``Ok(-eval(inner)?)``; ``twice / 2.0`` → ``twice.abs() / 2.0``."""
    if not scene.evidence.tags & {"sign"} and not scene.evidence.below_zero:
        return
    for node in scene.nodes("call_expression"):
        listed = node.child_by_field_name("arguments")
        if text(node.child_by_field_name("function")) not in _WRAPPING or listed is None:
            continue
        for given in listed.named_children[:1]:
            if given.type in ("identifier", "try_expression", "call_expression"):
                put = f"-{scene.text(given)}"
                yield Change("minus", f"`{short(put)}`", replaced(given, put), 0.12, given.start_byte)
    for node in scene.nodes("identifier"):
        parent = node.parent
        kind = types.strip_references(scene.types.of(node) or "")
        signed = kind in types.FLOATS or kind.startswith("i") or kind in ("{float}", "{integer}")
        asked = parent is not None and parent.type == "field_expression"
        computed = parent is not None and parent.type == "binary_expression" and text(parent).startswith(text(node))
        if signed and (asked or computed):
            put = f"{text(node)}.abs()"
            yield Change("chain", f"`{put}`", ((node.end_byte, node.end_byte, ".abs()"),), 0.08, node.start_byte)


def _scaled(scene: Scene) -> Iterator[Change]:
    """The result divided or multiplied by what all assertions differ by; its root, where they differ by a square."""
    tail = nodes.tail_of(scene.body)
    if tail is None or scene.returns not in types.NUMBERS or tail.type not in (*_HELD, "binary_expression"):
        return
    pairs = [(float(a), float(b)) for a, b in scene.evidence.numbers if _finite(a) and _finite(b)]
    if not pairs:
        return
    held = scene.text(tail) if tail.type in _HELD else f"({scene.text(tail)})"
    parts = operands(tail) if tail.type == "binary_expression" else None
    loose = scene.text(tail) if parts is None or text(parts[1]) in ("*", "/") else held
    for turned, weight in ((False, 0.3), (True, 0.15)):
        asked = [(b, a) if turned else (a, b) for a, b in pairs]
        factor = _common(asked)
        for sign, number in (("*", factor), ("/", None if factor is None else 1 / factor)):
            if number is None or abs(number - round(number)) > _CLOSE or not 2 <= round(number) <= _LARGEST:
                continue
            put = f"{loose} {sign} {round(number)}" + (".0" if scene.returns in types.FLOATS else "")
            yield Change("arithmetic", f"`{short(put)}`", replaced(tail, put), weight, tail.start_byte)
        squared = all(b > 1 and abs(a - b * b) <= _CLOSE * max(1.0, abs(a)) for a, b in asked)
        if squared and scene.returns in types.FLOATS:
            put = f"{held}.sqrt()"
            yield Change("chain", f"`{short(put)}`", replaced(tail, put), 2 * weight, tail.start_byte)


def _finite(written: str) -> bool:
    return len(written) < 30 and math.isfinite(float(written.replace("_", "")))


def _common(pairs: list[tuple[float, float]]) -> float | None:
    """What every first number is multiplied by to give the second; None where they differ otherwise."""
    if any(not a or not b for a, b in pairs):
        return None
    first = pairs[0][1] / pairs[0][0]
    return first if all(abs(b / a - first) <= _CLOSE * abs(first) for a, b in pairs) else None


def _cases(scene: Scene) -> Iterator[Change]:
    """``first + rest.as_str()`` → ``first + &rest.as_str().to_lowercase()``."""
    if "case" not in scene.evidence.tags:
        return
    for node in scene.nodes("identifier", "call_expression", "field_expression"):
        parent = node.parent
        joined = parent is not None and (
            (parent.type == "binary_expression" and text(parent.child_by_field_name("operator")) == "+"
             and parent.child_by_field_name("right") == node)
            or (parent.type == "arguments" and text(parent.parent).partition("(")[0].endswith(".push_str"))
        )  # fmt: skip
        kind = types.strip_references(scene.types.of(node) or "")
        if not joined or not (kind in _TEXTS or text(node).endswith(".as_str()")):
            continue
        for case in ("to_lowercase()", "to_uppercase()"):
            put = f"&{scene.text(node)}.{case}"
            yield Change("chain", f"`{short(put)}`", replaced(node, put), 0.2, node.start_byte)
