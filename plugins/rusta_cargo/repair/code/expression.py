"""An expression at its place, in plain code or inside a macro's tokens, and how to write something around it.

The grammar gives a macro's arguments as loose tokens. :func:`spot` reads them as expressions: in a copy of the text of
the same length the macro's name is blanked out, so that ``println!("{}", a + b)`` parses as a tuple and every position
still holds.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement, Situation
from rusta_cargo.repair.syntax import parse
from rusta_schemas.diagnostic import Span

# Binding strength: what a child needs no brackets for. Higher binds tighter.
_POSTFIX, _UNARY, _CAST, _PRODUCT, _LOOSE = 5, 4, 3, 2, 0
_STRENGTH = {
    "reference_expression": _UNARY, "unary_expression": _UNARY, "type_cast_expression": _CAST,
    "binary_expression": _LOOSE, "range_expression": _LOOSE, "assignment_expression": _LOOSE,
    "compound_assignment_expr": _LOOSE, "closure_expression": _LOOSE, "return_expression": _LOOSE,
    "break_expression": _LOOSE, "yield_expression": _LOOSE, "let_condition": _LOOSE, "let_chain": _LOOSE,
    "if_expression": _LOOSE, "match_expression": _POSTFIX, "unsafe_block": _POSTFIX, "block": _POSTFIX,
}  # fmt: skip
_PRODUCTS = ("*", "/", "%")
_DEEPEST = 4


@dataclass(frozen=True)
class Form:
    """A way to write an expression anew: ``before`` and ``after`` around it, with its own strength and its need.

    ``needs`` is how tightly the expression must bind to stand inside without brackets, ``gives`` how tightly the whole
    binds. A ``text`` instead replaces it altogether.
    """

    before: str = ""
    after: str = ""
    needs: int = _LOOSE
    gives: int = _POSTFIX
    text: str | None = None

    def put(self, inside: str, strength: int = _POSTFIX) -> str:
        """The text with ``inside`` in its place."""
        if self.text is not None:
            return self.text
        held = f"({inside})" if strength < self.needs else inside
        if self.before.endswith("(") and self.after.startswith(")"):
            held = bare(held)
        return f"{self.before}{held}{self.after}"


def bare(written: str) -> str:
    """The text without the brackets around the whole of it."""
    if not (written.startswith("(") and written.endswith(")")):
        return written
    depth = 0
    for place, char in enumerate(written):
        depth += (char == "(") - (char == ")")
        if depth == 0 and place < len(written) - 1:
            return written
        if char in "\"',":
            return written
    return written[1:-1] if depth == 0 else written


def prefix(sign: str) -> Form:
    return Form(before=sign, needs=_UNARY, gives=_UNARY)


def suffix(call: str) -> Form:
    return Form(after=call, needs=_POSTFIX)


def call(name: str) -> Form:
    return Form(before=f"{name}(", after=")")


def cast(kind: str) -> Form:
    return Form(after=f" as {kind}", needs=_CAST, gives=_CAST)


def comparison(rest: str) -> Form:
    return Form(after=f" {rest}", needs=_CAST, gives=_LOOSE)


def literally(new: str) -> Form:
    return Form(text=new)


@dataclass(frozen=True)
class Spot:
    """An expression (or pattern) of a file. ``root`` is the tree it was found in, in which macro tokens may be read."""

    path: str
    node: Node
    root: Node
    index: ItemIndex

    @property
    def text(self) -> str:
        return text(self.node)

    @property
    def kind(self) -> str:
        return self.node.type

    @property
    def strength(self) -> int:
        if self.kind == "binary_expression" and self._operator(self.node) in _PRODUCTS:
            return _PRODUCT
        return _STRENGTH.get(self.kind, _POSTFIX)

    @staticmethod
    def _operator(node: Node) -> str:
        return text(node.child_by_field_name("operator"))

    @cached_property
    def types(self) -> Types:
        return Types(self.root, self.index)

    @property
    def type(self) -> str | None:
        return self.types.of(self.node)

    def of(self, node: Node) -> Spot:
        """The spot of another node of the same tree."""
        return Spot(self.path, node, self.root, self.index)

    @property
    def demand(self) -> int:
        """How tightly what stands here must bind not to need brackets."""
        parent = self.node.parent
        if parent is None:
            return _LOOSE
        kind = parent.type
        if kind in ("field_expression", "try_expression", "await_expression"):
            return _POSTFIX
        if kind in ("call_expression", "generic_function") and _is(parent, "function", self.node):
            return _POSTFIX
        if kind == "index_expression" and parent.named_children[0] == self.node:
            return _POSTFIX
        if kind in ("unary_expression", "reference_expression"):
            return _UNARY
        if kind == "type_cast_expression":
            return _CAST
        if kind == "binary_expression":
            following = self._operator(parent) in ("<", "<<") and _is(parent, "left", self.node)
            return _UNARY if following else _PRODUCT
        if kind == "range_expression":
            return _PRODUCT
        return _LOOSE

    def wrapped(self, form: Form) -> tuple[Replacement, ...]:
        """The replacements that write ``form`` here, brackets put where they are needed and nothing else touched."""
        start, end = self.node.start_byte, self.node.end_byte
        if form.text is not None:
            return (edits.replace(self.path, start, end, form.text),)
        before, after = form.before, form.after
        if before.endswith("(") and after.startswith(")") and (around := _unsafe_around(self.node)) is not None:
            return self.of(around).wrapped(form)
        if self.kind == "parenthesized_expression" and len(self.node.named_children) == 1:
            held = self.of(self.node.named_children[0])
            if after.startswith(" as ") and not before and held.strength >= form.needs:
                return held.wrapped(form)
            if before.endswith("(") and after.startswith(")"):
                opening = edits.replace(self.path, start, start + 1, f"{self._label}{before}")
                return opening, edits.replace(self.path, end - 1, end, after)
        inner = self.node.child_by_field_name("value") if self.kind == "reference_expression" else None
        if inner is not None and not before and after.startswith("."):
            # A method borrows by itself: `(&x).clone()` is written `x.clone()`.
            lent = self.of(inner)
            if lent.strength >= form.needs:
                gone = edits.delete(self.path, start, inner.start_byte)
                return gone, edits.insert(self.path, end, after)
        parent = self.node.parent
        if self.strength < form.needs:
            before, after = f"{before}(", f"){after}"
        if form.gives < self.demand and not (parent is not None and parent.type == "parenthesized_expression"):
            before, after = f"({before}", f"{after})"
        return edits.wrap(self.path, start, end, f"{self._label}{before}", after)

    @property
    def _label(self) -> str:
        """A field written as ``name`` alone needs its name in front of any other value."""
        parent = self.node.parent
        short = parent is not None and parent.type == "shorthand_field_initializer"
        return f"{self.text}: " if short else ""

    def rewritten(self, new: str) -> tuple[Replacement, ...]:
        parent = self.node.parent
        if (
            parent is not None
            and parent.type == "field_initializer"
            and text(parent.child_by_field_name("field")) == new
        ):
            return (edits.replace_node(self.path, parent, new),)
        return (edits.replace_node(self.path, self.node, f"{self._label}{new}"),)


def _unsafe_around(node: Node) -> Node | None:
    """The unsafe block that holds nothing but ``node``: what is safe is written around it."""
    block = node.parent
    holder = None if block is None or block.type != "block" else block.parent
    alone = block is not None and len(block.named_children) == 1
    return holder if alone and holder is not None and holder.type == "unsafe_block" else None


def _is(parent: Node, field: str, node: Node) -> bool:
    found = parent.child_by_field_name(field)
    return found is not None and found == node


def spot(situation: Situation, index: ItemIndex, span: Span) -> Spot | None:
    """The expression with exactly this span; brackets around it are not looked through."""
    return spot_at(situation, index, span.path, span.start, span.end)


def spot_at(situation: Situation, index: ItemIndex, path: str, start: int, end: int) -> Spot | None:
    if path not in index.files:
        return None
    root = opened(situation.source(path), start, end)
    node = nodes.exact(root, start, end)
    if node is None or node.has_error:
        return None
    alone = ("expression_statement", "match_pattern", "shorthand_field_initializer")
    while node.type in alone and len(node.children) == 1:
        node = node.children[0]
    return Spot(path, node, root, index)


def smallest(situation: Situation, index: ItemIndex, path: str, start: int, end: int) -> Spot | None:
    """The smallest node that covers the bytes, macros read as expressions."""
    if path not in index.files:
        return None
    root = opened(situation.source(path), start, end)
    return Spot(path, nodes.node_at(root, start, end), root, index)


def opened(source: bytes, start: int, end: int) -> Node:
    """The tree of ``source`` in which the macros around ``start..end`` are read as tuples or arrays of expressions."""
    current = source
    for _ in range(_DEEPEST):
        root = parse(current).root_node
        macro = _macro_around(root, start, end)
        if macro is None:
            return root
        tokens = nodes.child(macro, "token_tree")
        if tokens is None or text(tokens)[:1] == "{":
            return root
        blank = re.sub(rb"[^\n]", b" ", current[macro.start_byte : tokens.start_byte])
        masked = current[: macro.start_byte] + blank + current[tokens.start_byte :]
        # `vec![x; n]` and `[x; n]` read alike; a formatting width `{:>1$}` is inside a string.
        current = masked
    return parse(current).root_node


def _macro_around(root: Node, start: int, end: int) -> Node | None:
    node = root.descendant_for_byte_range(start, end)
    found = None
    for around in nodes.ancestors(node) if node is not None else ():
        if around.type == "macro_invocation":
            tokens = nodes.child(around, "token_tree")
            if tokens is not None and tokens.start_byte < start and end < tokens.end_byte:
                found = around
        if around.type == "macro_definition":
            return None
    return found
