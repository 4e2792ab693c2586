"""Literals written as another type: ``1`` as ``1.0``, ``'a'`` as ``"a"``, ``"12"`` as ``12``, ``1u8`` as ``1u16``."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import types
from rusta_cargo.repair.code.nodes import text

KINDS = (
    "integer_literal", "float_literal", "string_literal", "char_literal", "boolean_literal", "raw_string_literal",
)  # fmt: skip
_NUMBER = re.compile(
    r"(?P<body>0[xob][0-9a-fA-F_]+?|[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][+-]?[0-9_]+)?)"
    r"_?(?P<suffix>[iu](?:8|16|32|64|128|size)|f32|f64)?$"
)


def literal_of(node: Node) -> Node | None:
    """The literal that an expression or pattern is, brackets and a minus sign looked through."""
    while node.type in ("parenthesized_expression", "unary_expression", "negative_literal"):
        if (node.type == "unary_expression" and text(node)[:1] != "-") or not node.named_children:
            return None
        node = node.named_children[-1]
    return node if node.type in KINDS else None


def rewritten(node: Node, want: str) -> Iterator[tuple[str, float]]:
    """How the literal ``node`` is written as a ``want``, with how natural that is."""
    written, kind = text(node), types.short(want)
    number = _NUMBER.fullmatch(written)
    if number is not None:
        yield from _number(number["body"], number["suffix"] or "", kind)
    elif node.type in ("string_literal", "char_literal"):
        yield from _characters(written, kind)
    elif node.type == "boolean_literal" and kind in types.INTEGERS:
        yield "1" if written == "true" else "0", 0.3


def _number(body: str, suffix: str, kind: str) -> Iterator[tuple[str, float]]:
    whole = body.partition(".")[0]
    if kind in types.FLOATS or kind in ("{float}", "floating-point number"):
        real = body if "." in body or "e" in body.lower() else f"{body}.0"
        if suffix and kind in types.FLOATS:
            yield f"{body}{kind}" if suffix in types.FLOATS else f"{real}_{kind}", 0.6
        if not body.startswith("0x"):
            yield f"{real}0" if real.endswith(".") else real, 0.9
    elif kind in types.INTEGERS or kind == "{integer}":
        if suffix:
            yield f"{whole}{kind if kind in types.INTEGERS else ''}", 0.7
        if "." in body or suffix:
            yield whole, 0.8 if not body.partition(".")[2].strip("0") else 0.4
    elif kind in ("&str", "String"):
        shown = f'"{body}"'
        yield (shown if kind == "&str" else f"{shown}.to_string()"), 0.5
    elif kind == "char" and len(body) == 1:
        yield f"'{body}'", 0.5
    elif kind == "bool" and whole in ("0", "1"):
        yield "true" if whole == "1" else "false", 0.7


def _characters(written: str, kind: str) -> Iterator[tuple[str, float]]:
    bytewise = written.startswith("b")
    quote = written.removeprefix("b")[:1]
    inner = written.removeprefix("b")[1:-1]
    alone = len(inner) == 1 or (inner.startswith("\\") and len(inner) == 2)
    if kind == "char":
        if alone or (bytewise and quote == "'"):
            yield f"'{_escaped(inner, quote, chr(39))}'", 0.9
    elif kind == "u8":
        if alone or quote == "'":
            yield f"b'{_escaped(inner, quote, chr(39))}'", 0.9
        if inner.isdecimal():
            yield inner, 0.5
    elif kind == "&str":
        if quote == "'" or bytewise:
            yield f'"{_escaped(inner, quote, chr(34))}"', 0.9
    elif kind == "String" and quote == "'":
        yield f'"{_escaped(inner, quote, chr(34))}".to_string()', 0.5
    elif re.fullmatch(r"&(?:'\w+ )?\[u8(?:; \w+)?\]", kind) and not bytewise and quote == '"':
        yield f"b{written}", 0.9
    elif kind in types.NUMBERS and not bytewise and re.fullmatch(r"-?\d+(?:\.\d+)?", inner):
        if kind in types.FLOATS:
            yield inner if "." in inner else f"{inner}.0", 0.8
        elif "." not in inner:
            yield inner, 0.8
    elif kind == "bool" and inner in ("true", "false"):
        yield inner, 0.8


def _escaped(inner: str, old: str, new: str) -> str:
    if inner == new:
        return f"\\{inner}"
    return inner[1:] if inner == f"\\{old}" and old != new else inner
