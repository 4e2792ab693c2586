"""Something small stands where it may not: a modifier, an attribute or one of its arguments, a bound, a parameter.

Whatever the error, taking such a piece away at the very place the compiler points at is a repair of last resort that
keeps all the code. Statements, expressions, arms and items are never taken away here.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.distinct import distinct
from rusta_cargo.repair.code.nodes import ancestors, node_at, text
from rusta_cargo.repair.proposer import Candidate, Situation, SourceUnavailable
from rusta_cargo.repair.syntax import walk
from rusta_schemas.diagnostic import Diagnostic, Replacement, Span

# Kinds of nodes that may go as a whole, with how likely that is right.
_WHOLE = {
    "attribute_item": 0.16,
    "inner_attribute_item": 0.16,
    "visibility_modifier": 0.3,
    "where_clause": 0.2,
    "function_modifiers": 0.25,
    "extern_modifier": 0.15,
    "label": 0.2,
    "mutable_specifier": 0.15,
    "type_parameters": 0.2,
    "type_arguments": 0.12,
    "trait_bounds": 0.12,
    "removed_trait_bound": 0.2,
    "line_comment": 0.12,
    "block_comment": 0.1,
}
# Lists of which one element may go.
_LISTS = {
    "type_parameters": 0.25,
    "type_arguments": 0.2,
    "trait_bounds": 0.2,
    "bounded_type": 0.15,
    "where_clause": 0.2,
    "use_list": 0.1,
    "token_tree": 0.2,
}
_WORDS = (
    "unsafe",
    "const",
    "async",
    "default",
    "move",
    "ref",
    "dyn",
    "mut",
    "pub",
    "?",
)
_OFFERED = 4
# Where an error says that something is missing, taking more away is no answer.
_NEVER = (
    "E0425",
    "E0433",
    "E0432",
    "E0412",
    "E0308",
    "E0382",
    "E0499",
    "E0502",
    "E0505",
    "E0106",
    "E0599",
    "E0061",
)


@distinct
def propose(situation: Situation) -> Iterator[Candidate]:
    """Take the small thing away that the error points at."""
    for number, error in enumerate(situation.diagnostics):
        if error.code in _NEVER or error.primary is None or error.primary.macro is not None:
            continue
        if not error.primary.path.endswith(".rs"):
            continue
        seen: set[tuple[int, int]] = set()
        pointed = [s for s in error.spans if s != error.primary and (s.primary or "because of" in (s.label or ""))]
        places = [error.primary, *pointed]
        for place in places[:3]:
            yield from _at(situation, error, place, number, seen)


def _at(
    situation: Situation, error: Diagnostic, place: Span, number: int, seen: set[tuple[int, int]]
) -> Iterator[Candidate]:
    try:
        source = situation.source(place.path)
    except SourceUnavailable:
        return
    found: list[tuple[float, str, Replacement]] = []
    node = node_at(situation.syntax(place.path), place.start, place.end)
    for holder in ancestors(node):
        if holder.type in ("block", "source_file", "declaration_list", "field_declaration_list"):
            break
        found += _whole(place, source, holder)
        found += _element(place, source, holder)
    found += _words(place, node)
    for weight, what, change in sorted(found, key=lambda item: -item[0])[:_OFFERED]:
        if (change.start, change.end) in seen or change.start == change.end:
            continue
        seen.add((change.start, change.end))
        yield Candidate(
            title=f"remove {what}",
            replacements=(change,),
            prior=weight,
            diagnostic=number,
            risk=("takes something away",),
            cites=(error.code,) if error.code else (),
        )


def _whole(place: Span, source: bytes, node: Node) -> Iterator[tuple[float, str, Replacement]]:
    weight = _WHOLE.get(node.type)
    if weight is None or (node.type == "removed_trait_bound" and _joined(node)):
        return
    near = place.start <= node.start_byte and node.end_byte <= place.end
    weight = weight if near or node.type.endswith("attribute_item") else weight * 0.5
    if node.type in ("attribute_item", "inner_attribute_item", "line_comment", "block_comment"):
        yield (
            weight,
            f"`{_short(node)}`",
            edits.delete_lines(place.path, source, node.start_byte, node.end_byte),
        )
        return
    yield (
        weight,
        f"`{_short(node)}`",
        edits.delete(place.path, *_spaced(source, node.start_byte, node.end_byte)),
    )


def _joined(bound: Node) -> bool:
    """It is one of several bounds: it goes with its `+`, as an element of their list."""
    return bound.parent is not None and any(child.type == "+" for child in bound.parent.children)


def _element(place: Span, source: bytes, node: Node) -> Iterator[tuple[float, str, Replacement]]:
    weight = _LISTS.get(node.type)
    if weight is None or (node.type == "token_tree" and not _in_attribute(node)):
        return
    separator = {"trait_bounds": "+", "bounded_type": "+"}.get(node.type, ",")
    spans = _split(node, separator)
    for which, (start, end) in enumerate(spans):
        if not (start <= place.start < end or place.start <= start < place.end):
            continue
        if len(spans) == 1:
            continue
        piece = source[start:end].decode("utf-8", "replace")
        if separator == "+":
            first = spans[which - 1][1] if which else start
            last = end if which else spans[1][0]
            yield weight, f"`{piece}`", edits.delete(place.path, first, last)
        else:
            yield weight, f"`{piece}`", edits.delete_element(place.path, source, spans, which)


def _split(node: Node, separator: str) -> list[tuple[int, int]]:
    """The elements between the separators of a list node, its brackets left out."""
    inner = [child for child in node.children if child.type not in ("<", ">", "(", ")", "{", "}", "where", ":")]
    spans: list[tuple[int, int]] = []
    start: int | None = None
    end = 0
    for child in inner:
        if child.type == separator or text(child) == separator:
            if start is not None:
                spans.append((start, end))
            start = None
            continue
        start = child.start_byte if start is None else start
        end = child.end_byte
    if start is not None:
        spans.append((start, end))
    return spans


def _words(place: Span, node: Node) -> Iterator[tuple[float, str, Replacement]]:
    for child in walk(node):
        inside = place.start <= child.start_byte and child.end_byte <= place.end
        if child.end_byte > place.end and child.start_byte >= place.end:
            break
        if inside and child.child_count == 0 and text(child) in _WORDS:
            following = child.next_sibling
            stop = following.start_byte if following is not None else child.end_byte
            if child.parent is not None and child.parent.type == "function_modifiers" and following is None:
                after = child.parent.next_sibling
                stop = after.start_byte if after is not None else stop
            # Without its `?` a bound asks for the contrary.
            turned = child.parent is not None and child.parent.type == "removed_trait_bound"
            yield 0.05 if turned else 0.22, f"`{text(child)}`", edits.delete(place.path, child.start_byte, stop)


def _in_attribute(node: Node) -> bool:
    return any(item.type in ("attribute", "attribute_item", "inner_attribute_item") for item in ancestors(node))


def _spaced(source: bytes, start: int, end: int) -> tuple[int, int]:
    """The span with one of the spaces around it, where there are two."""
    before, after = source[start - 1 : start], source[end : end + 1]
    if before in (b" ", b"\n", b"(", b"") and after == b" ":
        return start, end + 1
    if before == b" " and after in (b"", b"\n", b";", b",", b")"):
        return start - 1, end
    return start, end


def _short(node: Node) -> str:
    flat = " ".join(text(node).split())
    return flat if len(flat) < 40 else f"{flat[:37]}…"
