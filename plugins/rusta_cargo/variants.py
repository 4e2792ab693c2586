"""Many variants of a program in one build: every changed function chooses its body by a variable of the environment.

    fn f(x: u32) -> u32 { match VARIANT { 1 => { x + 2 } 2 => { x - 1 } _ => { x + 1 } } }

So one build serves dozens of small changes (mutant schemata: Untch, Offutt and Harrold, "Mutation analysis using mutant
schemata", ISSTA 1993). A change fits when it lies inside the body of one function; one that is ``const`` only where the
word can be left out for the time being. Where the function returns ``impl Trait``, two bodies would be two types, so the
expression around the change is switched instead (a condition, an argument, the body of a closure). Whoever finds a repair
this way still has to prove it on the real tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from rusta_cargo.repair.syntax import parse, text_of, walk
from rusta_schemas.edits import Edit, apply_edits, by_path
from rusta_schemas.errors import EditError

VARIABLE = "RUSTA_VARIANT"
# `extern crate` makes it work in crates without std; everything stays inside the function's body.
_HEAD = (
    "{{ #[allow(warnings)] extern crate std as rusta_std; #[allow(warnings)] static RUSTA_VARIANT: "
    "rusta_std::sync::OnceLock<u32> = rusta_std::sync::OnceLock::new(); "
    'match *RUSTA_VARIANT.get_or_init(|| match rusta_std::env::var("{variable}") {{ '
    "rusta_std::result::Result::Ok(chosen) => chosen.parse().unwrap_or(0), _ => 0 }}) {{ "
)
_HEAD_BYTES = _HEAD.format(variable=VARIABLE).encode()


@dataclass(frozen=True)
class Arm:
    """Where the body of one variant stands in the text of all of them."""

    variant: int
    path: str
    start: int
    end: int


@dataclass
class Switched:
    """The files in which all variants are, the places of their bodies, and the variants that cannot be among them.

    ``loosened``: functions that were ``const`` are not.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    arms: list[Arm] = field(default_factory=list)
    apart: set[int] = field(default_factory=set)
    loosened: bool = False

    def variant_at(self, path: str, byte: int) -> int | None:
        """The variant whose body holds this byte."""
        return next(
            (arm.variant for arm in self.arms if arm.path == path and arm.start <= byte < arm.end),
            None,
        )


@dataclass(frozen=True)
class Body:
    """What is switched: the span, and where the word ``const`` stands before it, if it does."""

    start: int
    end: int
    const: tuple[int, int] | None = None


def switched(
    files: Mapping[str, bytes], variants: Sequence[tuple[int, Iterable[Edit]]], *, loosen: bool = False
) -> Switched:
    """The tree with all of ``variants``.

    Args:
        files: the texts that the variants change.
        variants: (number from 1, edits) of each; number 0 stands for the unchanged tree.
        loosen: take ``const`` from functions that have variants, instead of keeping those apart.
    """
    found = Switched()
    plans: dict[str, dict[Body, list[tuple[int, bytes]]]] = {}
    for number, edits in variants:
        groups = by_path(edits)
        body = None
        if len(groups) == 1:
            ((path, group),) = groups.items()
            body = body_around(files.get(path, b""), group)
        if body is None or (body.const is not None and not loosen):
            found.apart.add(number)
            continue
        start, end = body.start, body.end
        if any(start < other.end and other.start < end and other != body for other in plans.get(path, ())):
            found.apart.add(number)
            continue
        found.loosened = found.loosened or body.const is not None
        moved = [e.model_copy(update={"start": e.start - start, "end": e.end - start}) for e in group]
        try:
            text = apply_edits(files[path][start:end], moved)
        except EditError:
            found.apart.add(number)
            continue
        plans.setdefault(path, {}).setdefault(body, []).append((number, text))
    for path, bodies in plans.items():
        found.files[path] = _combined(path, files[path], bodies, found.arms)
    return found


def _combined(
    path: str,
    source: bytes,
    bodies: Mapping[Body, list[tuple[int, bytes]]],
    arms: list[Arm],
) -> bytes:
    pieces: list[bytes] = []
    size = position = 0

    def put(text: bytes) -> None:
        nonlocal size
        pieces.append(text)
        size += len(text)

    for body in sorted(bodies, key=lambda body: body.start):
        start, end, texts = body.start, body.end, bodies[body]
        if body.const is not None:
            put(source[position : body.const[0]])
            position = body.const[1]
        put(source[position:start])
        put(_HEAD_BYTES)
        for number, text in texts:
            put(b"%du32 => " % number)
            arms.append(Arm(number, path, size, size + len(text)))
            put(text)
            put(b",\n")
        put(b"_ => ")
        put(source[start:end])
        put(b" } }")
        position = end
    put(source[position:])
    return b"".join(pieces)


def body_around(source: bytes, edits: Sequence[Edit]) -> Body | None:
    """What is to be switched: the body (with braces) that holds all ``edits``, or an expression in it; None when there is
    neither."""
    if not edits:
        return None
    first, last = min(e.start for e in edits), max(e.end for e in edits)
    smallest = parse(source).root_node.descendant_for_byte_range(first, last)
    node, outermost = smallest, None
    while node is not None:
        if node.type in ("macro_definition", "const_item", "static_item", "const_block"):
            return None
        if node.type == "function_item":
            outermost = node
        node = node.parent
    body = None if outermost is None else outermost.child_by_field_name("body")
    if outermost is None or body is None or not (body.start_byte < first and last < body.end_byte):
        return None
    if not _switchable(outermost, body):
        return None
    if _opaque(outermost):
        held = _expression(smallest)
        return None if held is None else Body(held.start_byte, held.end_byte)
    return Body(body.start_byte, body.end_byte, _const(outermost))


def _switchable(function: Node, body: Node) -> bool:
    if function.has_error or (_opaque(function) and _const(function) is not None):
        return False
    return not any(child.type == "inner_attribute_item" for child in body.children)


def _const(function: Node) -> tuple[int, int] | None:
    modifiers = (part for child in function.children if child.type == "function_modifiers" for part in child.children)
    word = next((part for part in modifiers if part.type == "const"), None)
    return None if word is None else (word.start_byte, word.end_byte)


def _opaque(function: Node) -> bool:
    returns = function.child_by_field_name("return_type")
    return returns is not None and any(part.type == "abstract_type" for part in walk(returns))


# Where the type of an expression is given by what is around it, whatever stands there.
_BOUNDARIES = {
    "closure_expression": "body", "if_expression": "condition", "while_expression": "condition",
    "let_declaration": "value", "assignment_expression": "right", "compound_assignment_expr": "right",
    "match_expression": "value", "field_initializer": "value", "arguments": None, "binary_expression": None,
    "return_expression": None,
}  # fmt: skip


def _expression(node: Node | None) -> Node | None:
    """The expression around ``node`` that can be switched by itself: no closure in it, whose type would show."""
    while node is not None and node.type != "function_item":
        parent = node.parent
        field = _BOUNDARIES.get(parent.type, "") if parent is not None else ""
        if parent is not None and node.is_named and (field is None or parent.child_by_field_name(field) == node):
            chain = parent.type == "binary_expression" and text_of(parent.child_by_field_name("operator")) not in (
                b"&&",
                b"||",
            )
            if not chain:
                inside = any(part.type == "closure_expression" for part in walk(node))
                return None if inside or node.type in ("let_condition", "let_chain") else node
        node = parent
    return None
