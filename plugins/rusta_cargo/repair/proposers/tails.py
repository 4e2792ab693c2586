"""Blocks without the value they should give, and with one they should not: E0308, E0317 and E0069 at the end
of a block.

A value that is thrown away with ``;`` is kept, the local that was built is given back, ``Ok(())`` ends a fallible
function, a missing ``else`` gets a value; a value that nobody wants becomes a statement or an early ``return``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.ends import appended, ends
from rusta_cargo.repair.code.expression import Spot, smallest, spot
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.labels import mismatch, mismatch_in
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0308", "E0317", "E0069", "E0277")


MOST = 10


_BLOCKS = (
    "block", "if_expression", "match_expression", "for_expression", "while_expression", "loop_expression",
    "unsafe_block",
)  # fmt: skip


Change = tuple[str, tuple[Replacement, ...], float]


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for values that are missing at the end of a block, or are too much there."""
    index: ItemIndex | None = None
    for number, diagnostic in enumerate(situation.diagnostics):
        if diagnostic.code not in CODES or diagnostic.primary is None:
            continue
        index = index or ItemIndex.of(situation)
        seen: set[tuple[Replacement, ...]] = set()
        found = sorted(_changes(situation, index, diagnostic), key=lambda change: -change[2])
        fresh = [c for c in found if c[1] not in seen and not seen.add(c[1])]  # type: ignore[func-returns-value]
        for title, parts, prior in islice(fresh, MOST):
            yield Candidate(
                title,
                parts,
                max(0.01, min(0.95, prior)),
                diagnostic=number,
                cites=(diagnostic.code,),
            )


def _changes(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    place = diagnostic.primary
    if place is None or place.path not in index.files:
        return
    if diagnostic.code == "E0277":
        return
    if diagnostic.code == "E0317":
        yield from _no_else(situation, index, diagnostic)
        return
    if diagnostic.code == "E0069":
        yield from _bare_return(situation, index, diagnostic)
        return
    pair = mismatch(diagnostic) or mismatch_in(place.label or "")
    if pair is None:
        return
    implicit = any("implicitly returns `()`" in (span.label or "") for span in diagnostic.spans)
    if implicit:
        yield from _no_tail(situation, index, place.path, place.start, pair.expected)
        return
    here = spot(situation, index, place)
    if here is None:
        return
    if pair.found == "()" and here.kind in _BLOCKS:
        for block in _value_blocks(here.node):
            yield from _ended(situation, here.of(block), pair.expected)
    elif pair.expected == "()":
        yield from _unwanted(situation, here, pair.found)


def _value_blocks(node: Node) -> Iterator[Node]:
    """The blocks at whose end the value of ``node`` should stand."""
    if node.type == "block":
        yield node
    elif node.type == "unsafe_block":
        yield from nodes.children(node, "block")
    else:
        holder = node.parent if node.parent is not None and node.parent.type == "expression_statement" else node
        if holder.parent is not None and holder.parent.type == "block" and nodes.tail_of(holder.parent) == node:
            yield holder.parent


def _no_tail(situation: Situation, index: ItemIndex, path: str, byte: int, wanted: str) -> Iterator[Change]:
    """A function body whose end is reached without a value."""
    near = smallest(situation, index, path, byte, byte)
    function = None if near is None else nodes.enclosing(near.node, ("function_item", "closure_expression"))
    body = None if function is None else function.child_by_field_name("body")
    if near is None or function is None or body is None or body.type != "block":
        return
    returned = function.child_by_field_name("return_type")
    want = near.types.spelled(text(returned), body) if returned is not None else wanted
    yield from _ended(situation, near.of(body), want)


def _ended(situation: Situation, here: Spot, want: str) -> Iterator[Change]:
    """What may stand at the end of the block ``here``."""
    block, path = here.node, here.path
    source = situation.source(path)
    inner = [part for part in block.named_children if part.type not in ("line_comment", "block_comment", "label")]
    last = inner[-1] if inner else None
    if last is not None and last.type == "expression_statement" and text(last).endswith(";"):
        yield from _kept(situation, here, last, want)
    if last is not None and last.type == "expression_statement" and last.named_children:
        yield from _branches(here.of(last.named_children[0]), want)
    byte = block.end_byte - 1
    values: dict[str, float] = {}
    for value, weight in ends(situation, path, byte, here, last, want):
        values[value] = max(values.get(value, 0.0), weight)
    for value, weight in sorted(values.items(), key=lambda pair: -pair[1])[:8]:
        yield f"end with `{value}`", (appended(path, source, block, last, value),), weight


def _kept(situation: Situation, here: Spot, last: Node, want: str) -> Iterator[Change]:
    """The value of the last statement is the one that was meant."""
    value = here.of(last.named_children[0])
    semicolon = edits.delete(here.path, last.end_byte - 1, last.end_byte)
    if value.kind in (
        "assignment_expression",
        "compound_assignment_expr",
        "return_expression",
        "macro_invocation",
    ):
        if value.kind == "macro_invocation" and value.type is not None:
            yield "give back the value of the last statement", (semicolon,), 0.5
        return
    have = value.type
    if have is None or types.same(have, want):
        yield (
            "give back the value of the last statement",
            (semicolon,),
            0.35 if have is None else 0.8,
        )
    if have is not None and have != "()":
        for form, weight in conversions(have, want, place_of(situation, value))[:3]:
            yield (
                "give back the value of the last statement, converted",
                (*value.wrapped(form), semicolon),
                0.6 * weight,
            )


def _branches(here: Spot, want: str) -> Iterator[Change]:
    """A last ``if`` or ``match`` whose branches throw their values away: every ``;`` at their ends goes."""
    if here.kind not in ("if_expression", "match_expression"):
        return
    ends = [
        part
        for block in nodes.below(here.node, "block")
        if block.parent is not None and block.parent.type in ("if_expression", "else_clause", "match_arm")
        for part in block.named_children[-1:]
        if part.type == "expression_statement" and text(part).endswith(";")
    ]
    kept = [
        part
        for part in ends
        if part.named_children and part.named_children[0].type not in ("return_expression", "assignment_expression")
    ]
    if kept and len(kept) == len(ends):
        gone = tuple(edits.delete(here.path, part.end_byte - 1, part.end_byte) for part in kept)
        fits = [here.types.of(part.named_children[0]) for part in kept]
        if all(kind is None or types.same(kind, want) for kind in fits):
            yield "give back the values of the branches", gone, 0.6


def _no_else(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``if`` without ``else`` whose value is used: an ``else`` with an empty value, or a ``return`` inside."""
    place, pair = diagnostic.primary, mismatch(diagnostic)
    here = None if place is None else spot(situation, index, place)
    if here is None or pair is None or here.kind != "if_expression":
        return
    consequence = here.node.child_by_field_name("consequence")
    want = pair.expected if pair.found == "()" else pair.found
    tail = nodes.tail_of(consequence)
    for block in _value_blocks(here.node):
        for title, parts, weight in _ended(situation, here.of(block), want):
            yield title, parts, weight * (0.9 if tail is None else 0.4)
    if tail is None or consequence is None:
        return
    function = nodes.callable_of(here.node)
    returned = None if function is None else function.child_by_field_name("return_type")
    if returned is not None and nodes.statement_of(here.node) is not None:
        keyword = edits.wrap(here.path, tail.start_byte, tail.end_byte, "return ", ";")
        yield "return the value early", keyword, 0.5
    values: dict[str, float] = {}
    for offer in Values(situation, here.path, here.node.end_byte).offers("", want if want[0] != "{" else "i32"):
        values[offer.text] = max(values.get(offer.text, 0.0), offer.weight)
    if types.head(want) == "Option":
        values["None"] = 0.6
    source = situation.source(here.path)
    if want == "{integer}":
        values |= {"0": 0.5}
    elif want == "{float}":
        values = {"0.0": 0.5}
    for value, weight in sorted(values.items(), key=lambda item: -item[1])[:5]:
        spread = b"\n" in source[consequence.start_byte : consequence.end_byte]
        indent = nodes.indent_at(source, here.node.start_byte)
        inner = indent + nodes.indent_unit(source)
        branch = f" else {{\n{inner}{value}\n{indent}}}" if spread else f" else {{ {value} }}"
        yield (
            f"add `else {{ {value} }}`",
            (edits.insert(here.path, here.node.end_byte, branch),),
            0.6 * weight,
        )
    yield "drop the value of the branch", (edits.insert(here.path, tail.end_byte, ";"),), 0.2


def _bare_return(situation: Situation, index: ItemIndex, diagnostic: Diagnostic) -> Iterator[Change]:
    """``return;`` in a function that gives something back."""
    place = diagnostic.primary
    here = None if place is None else smallest(situation, index, place.path, place.start, place.end)
    function = None if here is None else nodes.callable_of(here.node)
    returned = None if function is None else function.child_by_field_name("return_type")
    if here is None or returned is None:
        return
    want = here.types.spelled(text(returned), here.node)
    values: dict[str, float] = {}
    for value, weight in ends(situation, here.path, here.node.start_byte, here, None, want):
        values[value] = max(values.get(value, 0.0), weight)
    for binding, kind in here.types.visible(here.node.start_byte):
        if binding.kind == "pattern" and kind is None:  # what was taken apart just before
            values.setdefault(binding.name, 0.45)
            break
    for value, weight in sorted(values.items(), key=lambda pair: -pair[1])[:6]:
        yield (
            f"return `{value}`",
            (edits.insert(here.path, here.node.start_byte + 6, f" {value}"),),
            weight,
        )


def _unwanted(situation: Situation, here: Spot, have: str) -> Iterator[Change]:
    """A value where none is used: an early return, a statement, or nothing."""
    path, node = here.path, here.node
    parent = node.parent
    function = nodes.callable_of(node)
    returned = None if function is None else function.child_by_field_name("return_type")
    in_block = parent is not None and (
        parent.type == "block" or (parent.type == "expression_statement" and not text(parent).endswith(";"))
    )
    if in_block:
        if returned is not None and types.same(here.types.spelled(text(returned), node), have):
            yield (
                "return the value early",
                edits.wrap(path, node.start_byte, node.end_byte, "return ", ";"),
                0.6,
            )
        elif returned is not None:
            for form, weight in conversions(have, here.types.spelled(text(returned), node), place_of(situation, here))[
                :2
            ]:
                made = form.put(here.text, here.strength)
                yield "return the value early", here.rewritten(f"return {made};"), 0.5 * weight
        yield "throw the value away with `;`", (edits.insert(path, node.end_byte, ";"),), 0.55
    elif parent is not None and parent.type in ("match_arm", "closure_expression"):
        yield (
            "throw the value away",
            _block(situation.source(path), path, node),
            0.4,
        )
    elif parent is not None and parent.type == "return_expression":
        yield "return nothing", (edits.delete(path, parent.start_byte + 6, node.end_byte),), 0.3


def _block(source: bytes, path: str, node: Node) -> tuple[Replacement, ...]:
    """The value as a statement in a block: that of a match arm on lines of its own, as rustfmt has it."""
    arm = node.parent
    if arm is None or arm.type != "match_arm" or not nodes.starts_line(source, arm.start_byte):
        return edits.wrap(path, node.start_byte, node.end_byte, "{ ", "; }")
    indent = nodes.indent_at(source, arm.start_byte)
    inner = indent + nodes.indent_unit(source)
    end = node.end_byte + (source[node.end_byte : node.end_byte + 1] == b",")
    return (
        edits.insert(path, node.start_byte, f"{{\n{inner}"),
        edits.replace(path, node.end_byte, end, f";\n{indent}}}"),
    )
