"""Names that a pattern lost and the code still uses: E0425, beside an error about the pattern.

``for (at) in list.iter().enumerate()`` with a use of ``item``, ``Some((key)) =>`` with one of ``value``: the pattern has
fewer parts than what it is matched with, and one of those is missed by its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Diagnostic, Span

_PRIOR, _EARLIER = 0.93, 0.6
_SHAPES = ("E0308", "E0023", "E0026", "E0027", "E0631", "E0593")
_PATTERNS = ("tuple_pattern", "tuple_struct_pattern", "parenthesized_pattern")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The name put back into the pattern that an error is about, at its end first."""
    done: set[tuple[str, int, str]] = set()
    for diagnostic in situation.diagnostics:
        place, names = diagnostic.primary, quoted(diagnostic.message)
        missed = diagnostic.code == "E0425" and diagnostic.message.startswith("cannot find value") and names
        if place is None or place.macro is not None or not missed or not names[0].isidentifier():
            continue
        for pattern, closing in _short_patterns(situation, place):
            if (place.path, pattern.start_byte, names[0]) not in done:
                done.add((place.path, pattern.start_byte, names[0]))
                # It answers two errors at least: this one and that of the pattern.
                change = _added(place.path, pattern, closing, names[0])
                yield Candidate(f"bind `{names[0]}` in the pattern", (change,), _PRIOR, cites=("E0425",))
                for rank, part in enumerate(reversed(_parts(pattern))):
                    earlier = edits.insert(place.path, part.start_byte, f"{names[0]}, ")
                    prior = _EARLIER / (1 + rank)
                    yield Candidate(f"bind `{names[0]}` earlier in the pattern", (earlier,), prior, cites=("E0425",))


def _short_patterns(situation: Situation, place: Span) -> Iterator[tuple[Node, Node]]:
    """Patterns in front of ``place`` in its function that another error is about, with the bracket that ends each."""
    try:
        root = situation.syntax(place.path).root_node
    except SourceUnavailable:
        return
    function = nodes.function_of(nodes.node_at(root, place.start, place.end))
    here = nodes.node_at(root, place.start, place.end)
    for holder in nodes.ancestors(here):
        for pattern in _bracketed(holder):
            yield pattern, pattern.children[-1]
    for other in situation.diagnostics:
        span = _of_shape(other)
        if span is None or span.path != place.path or function is None:
            continue
        if not function.start_byte <= span.start < place.start:
            continue
        node: Node | None = nodes.exact(root, span.start, span.end) or nodes.node_at(root, span.start, span.end)
        while node is not None and node.type not in _PATTERNS and node.end_byte <= span.end:
            node = node.parent
        if node is not None and node.type in _PATTERNS and node.children and node.children[-1].type == ")":
            yield node, node.children[-1]


def _bracketed(holder: Node) -> Iterator[Node]:
    """Patterns of a loop or a closure that are one name in brackets, which is how a pair looks that lost a part."""
    if holder.type == "for_expression":
        patterns = [holder.child_by_field_name("pattern")]
    elif holder.type == "closure_expression":
        listed = holder.child_by_field_name("parameters")
        patterns = [] if listed is None else list(listed.named_children)
    else:
        return
    for pattern in patterns:
        alone = pattern is not None and len(pattern.named_children) == 1 and not text(pattern).endswith(",)")
        if pattern is not None and alone and pattern.type in ("tuple_pattern", "parenthesized_pattern"):
            yield pattern


def _of_shape(diagnostic: Diagnostic) -> Span | None:
    return diagnostic.primary if diagnostic.code in _SHAPES else None


def _parts(pattern: Node) -> list[Node]:
    """The patterns inside the brackets."""
    opening = next(child for child in pattern.children if child.type == "(")
    return [part for part in pattern.named_children if part.start_byte > opening.start_byte]


def _added(path: str, pattern: Node, closing: Node, name: str) -> Replacement:
    last = next(reversed(_parts(pattern)), None)
    if last is None:
        return edits.insert(path, closing.start_byte, name)
    return edits.insert(path, last.end_byte, f", {name}")
