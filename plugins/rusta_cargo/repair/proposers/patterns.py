"""Patterns that do not fit where they stand: E0005, E0029, E0408, E0416, E0415.

A refutable ``let`` gets ``else`` (with what leaves here: return, continue), or ``?``, or ``unwrap``; ``for`` over
options flattens. A range of strings becomes a guard. Alternatives bind the same names; a name bound twice takes the one
that the body misses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.edits import delete, insert, replace
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import indent_at, indent_unit, node_at, text
from rusta_cargo.repair.code.scopes import bound_in
from rusta_cargo.repair.code.values import Values
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic, Span

MOST = 8
_ONE_LINE = 50  # rustfmt keeps a let-else on one line up to here
_ALPHABET = "abcdefghijklmnopqrstuvwxyz"

Answer = tuple[str, tuple[Replacement, ...], float]


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Candidates for patterns that are refutable, unordered, or bind names too often or too seldom."""
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in _ANSWERS or place is None:
            continue
        for title, parts, prior in islice(_ANSWERS[diagnostic.code](situation, diagnostic, place), MOST):
            yield Candidate(title[:160], parts, prior, diagnostic=number, cites=(diagnostic.code,))


def _refutable(situation: Situation, _diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0005."""
    node = node_at(situation.syntax(place.path), place.start, place.end)
    holder = nodes.enclosing(node, ("let_declaration", "for_expression", "parameter"))
    value = None if holder is None else holder.child_by_field_name("value")
    if holder is None or value is None:
        return
    path, pattern = place.path, text(holder.child_by_field_name("pattern"))
    if holder.type == "for_expression":
        inner = re.fullmatch(r"(?:Some|Ok)\((.*)\)", pattern)
        if inner is not None:
            step = (
                ".flatten()"
                if text(value).endswith(")") and value.type == "call_expression"
                else ".into_iter().flatten()"
            )
            parts = (
                replace(path, place.start, place.end, inner[1]),
                insert(path, value.end_byte, step),
            )
            yield f"go through what is there with `{step}`", parts, 0.6
            yield from _inside_loop(situation, holder, pattern, place)
        return
    if nodes.child(holder, "else") is not None or holder.type != "let_declaration":
        return
    leaving = list(_leaving(situation, path, holder))
    source = situation.source(path)
    indent = indent_at(source, holder.start_byte)
    for leave, prior in leaving[:3]:
        block = f" else {{ {leave} }}"
        if holder.end_byte - holder.start_byte + len(block) > _ONE_LINE:
            block = f" else {{\n{indent}{indent_unit(source)}{leave};\n{indent}}}"
        title = f"leave with `{leave}` when the pattern does not match"
        yield title, (insert(path, value.end_byte, block),), prior
    inner = re.fullmatch(r"(Some|Ok)\((.*)\)", pattern)
    if inner is not None:
        returned = _returned(holder)
        wanted = "Option" if inner[1] == "Some" else "Result"
        bare = replace(path, place.start, place.end, inner[2])
        if returned is not None and types.head(returned) == wanted:
            yield "pass the other case on with `?`", (bare, insert(path, value.end_byte, "?")), 0.5
        yield "unwrap the value", (bare, insert(path, value.end_byte, ".unwrap()")), 0.2


def _leaving(situation: Situation, path: str, holder: Node) -> Iterator[tuple[str, float]]:
    """Statements that leave the place of a ``let``, the likeliest first."""
    loop = nodes.enclosing(holder, (*nodes.LOOPS, "function_item", "closure_expression", "async_block"))
    if loop is not None and loop.type in nodes.LOOPS:
        yield "continue", 0.45
        yield "break", 0.2
    returned = _returned(holder)
    if returned is None or returned == "()":
        yield "return", 0.4
    elif types.head(returned) == "Option":
        yield "return None", 0.45
    else:
        for offer in Values(situation, path, holder.start_byte).offers("", returned)[:2]:
            yield f"return {offer.text}", 0.5 * offer.weight
    yield 'panic!("the pattern does not match")', 0.05


def _returned(node: Node) -> str | None:
    """The return type of the function around, "()" when it has none; None inside closures."""
    function = nodes.callable_of(node)
    if function is None or function.type not in nodes.FUNCTIONS:
        return None
    kind = function.child_by_field_name("return_type")
    return "()" if kind is None else types.tidy(text(kind))


def _inside_loop(situation: Situation, loop: Node, pattern: str, place: Span) -> Iterator[Answer]:
    """``for item in xs { if let Some(x) = item { … } }``"""
    body = loop.child_by_field_name("body")
    if body is None:
        return
    source = situation.source(place.path)
    indent = indent_at(source, loop.start_byte)
    unit = indent_unit(source)
    inner = text(body)[1:-1].strip("\n")
    shifted = "\n".join(unit + line if line.strip() else line for line in inner.split("\n")).rstrip()
    made = f"{{\n{indent}{unit}if let {pattern} = item {{\n{shifted}\n{indent}{unit}}}\n{indent}}}"
    parts = (
        replace(place.path, place.start, place.end, "item"),
        replace(place.path, body.start_byte, body.end_byte, made),
    )
    yield f"test every item with `if let {pattern}`", parts, 0.3


def _range(situation: Situation, _diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0029: a range of something that has no order at compile time."""
    node = node_at(situation.syntax(place.path), place.start, place.end)
    holder = nodes.enclosing(node, "range_pattern")
    pattern = nodes.enclosing(node, "match_pattern")
    if holder is None or len(holder.named_children) != 2:
        return
    low, high = holder.named_children
    sign = "<=" if "..=" in text(holder) or "..." in text(holder) else "<"
    shorts = [text(end)[1:-1] for end in (low, high) if end.type == "string_literal"]
    if len(shorts) == 2 and all(len(short) == 1 for short in shorts):
        parts = tuple(
            replace(place.path, end.start_byte, end.end_byte, f"'{short}'")
            for end, short in zip((low, high), shorts, strict=True)
        )
        yield "compare characters", parts, 0.5
    if pattern is None or next(iter(pattern.named_children), None) != holder:
        return
    used = {text(name) for name in nodes.below(pattern, "identifier")}
    name = next(letter for letter in ("s", "value", "x", "v") if letter not in used)
    guard = f"{name} if {name} >= {text(low)} && {name} {sign} {text(high)}"
    yield (
        "compare in a guard",
        (replace(place.path, holder.start_byte, holder.end_byte, guard),),
        0.6,
    )


def _unbound(situation: Situation, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0408: an alternative that does not bind what another does."""
    name = next(iter(quoted(diagnostic.message)), "")
    root = situation.syntax(place.path).root_node
    binders = [span for span in diagnostic.spans if not span.primary]
    lacking = nodes.exact(root, place.start, place.end) or node_at(root, place.start, place.end)
    blanks = [n for n in _leaves(lacking) if text(n) == "_"]
    for blank in blanks[:2]:
        yield (
            f"bind `{name}` here too",
            (replace(place.path, blank.start_byte, blank.end_byte, name),),
            0.6,
        )
    others = [text(n) for n in bound_in(lacking)]
    for other in bound_in(lacking):
        if others.count(text(other)) == 1:
            change = replace(place.path, other.start_byte, other.end_byte, name)
            yield f"bind `{name}` in place of `{text(other)}`", (change,), 0.45
    holder = nodes.enclosing(lacking, "or_pattern")
    arm = nodes.enclosing(lacking, "match_arm")
    body = text(None if arm is None else arm.child_by_field_name("value"))
    if binders and re.search(rf"\b{re.escape(name)}\b", body) is None:
        parts = tuple(replace(place.path, span.start, span.end, "_") for span in binders)
        yield f"do not bind `{name}`", parts, 0.5
    if holder is not None:
        before = lacking.prev_sibling
        if before is not None and text(before) == "|" and before.prev_sibling is not None:
            cut = delete(place.path, before.prev_sibling.end_byte, lacking.end_byte)
        elif lacking.next_sibling is not None and lacking.next_sibling.next_sibling is not None:
            cut = delete(place.path, lacking.start_byte, lacking.next_sibling.next_sibling.start_byte)
        else:
            return
        yield f"leave out the alternative `{text(lacking)}`", (cut,), 0.2


def _leaves(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if not current.children:
            yield current
        waiting.extend(reversed(current.children))


def _twice(situation: Situation, diagnostic: Diagnostic, place: Span) -> Iterator[Answer]:
    """E0416 and E0415: a name bound twice in one pattern or parameter list."""
    name = next(iter(quoted(diagnostic.message)), "")
    root = situation.syntax(place.path).root_node
    node = node_at(root, place.start, place.end)
    kinds = (
        ("parameters", "closure_parameters")
        if diagnostic.code == "E0415"
        else ("match_pattern", "parameter", "let_declaration")
    )
    holder = nodes.enclosing(node, kinds)
    scope = nodes.enclosing(node, ("match_arm", "function_item", "closure_expression", "block"))
    if holder is None or scope is None:
        return
    pattern = holder.child_by_field_name("pattern") or holder
    same = [n for n in nodes.below(pattern, ("identifier", "shorthand_field_identifier")) if text(n) == name]
    bound = {text(n) for n in nodes.below(pattern, "identifier")}
    unknown = [
        quoted(d.message)[0]
        for d in situation.diagnostics
        if d.code == "E0425" and d.primary is not None and quoted(d.message)
        and scope.start_byte <= d.primary.start < scope.end_byte
    ]  # fmt: skip
    first = same[0] if same else node
    places = [(node.start_byte, node.end_byte, 1.0)]
    if first != node:
        places.append((first.start_byte, first.end_byte, 0.6))
    fresh = _fresh(name, bound)
    for other, prior in [
        *((word, 0.85) for word in dict.fromkeys(unknown)),
        ("_", 0.35),
        (fresh, 0.3),
    ]:
        for start, end, factor in places:
            if other not in bound:
                yield (
                    f"bind the second `{name}` as `{other}`",
                    (replace(place.path, start, end, other),),
                    prior * factor,
                )


def _fresh(name: str, taken: set[str]) -> str:
    """A new name beside ``name``: the next letter, else with a number."""
    if len(name) == 1 and name in _ALPHABET:
        rest = _ALPHABET[_ALPHABET.index(name) + 1 :] + _ALPHABET
        return next(letter for letter in rest if letter not in taken)
    number = 2
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"


_ANSWERS = {
    "E0005": _refutable,
    "E0029": _range,
    "E0408": _unbound,
    "E0416": _twice,
    "E0415": _twice,
}
