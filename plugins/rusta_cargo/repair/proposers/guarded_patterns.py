"""Values where a pattern must stand: E0158, E0164, E0532 and E0533.

``String::from("a") =>`` compares with an owned text: the arms get the plain literal and the value is looked at with
``.as_str()``. Any other call, or a constant that depends on a generic parameter, becomes a comparison in a guard.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.usage import names_in
from rusta_cargo.repair.proposer import Replacement

_OWNING = ("String::from", "std::string::String::from")
_NAMES = ("other", "value", "given", "it")
_PATTERNS = ("tuple_struct_pattern", "scoped_identifier", "identifier")


def _patterns(case: Case) -> Iterator[Answer]:
    node = _pattern_at(case, case.place.start, case.place.end)
    if node is None:
        return
    arm = nodes.around(node, ("match_arm", "let_condition", "let_declaration"))
    if arm is None or not _within(node, arm):
        return
    match = nodes.around(arm, "match_expression") if arm.type == "match_arm" else None
    wrong = _alike(case, match) if match is not None else [node]
    if not wrong or wrong[0].start_byte != node.start_byte:
        return  # the first of them answers for all
    if match is not None:
        yield from _as_text(case, match, wrong)
        yield from _in_guards(case, match, wrong)
    elif arm.type == "let_condition":
        yield from _in_condition(case, arm, node)


def _pattern_at(case: Case, start: int, end: int) -> Node | None:
    node = nodes.exact(case.root, start, end)
    while node is not None and node.type == "match_pattern" and node.named_children:
        node = node.named_children[0]
    holder = None if node is None else node.parent
    if holder is not None and holder.type == "tuple_struct_pattern" and holder.child_by_field_name("type") == node:
        node = holder
    return node if node is not None and node.type in _PATTERNS else None


def _within(node: Node, arm: Node) -> bool:
    """``node`` lies in the pattern of ``arm``, not in its guard or body."""
    pattern = arm.child_by_field_name("pattern")
    return pattern is not None and pattern.start_byte <= node.start_byte and node.end_byte <= pattern.end_byte


def _alike(case: Case, match: Node) -> list[Node]:
    """All patterns of ``match`` that suffer from the same error."""
    found = []
    for diagnostic in case.situation.diagnostics:
        place = diagnostic.primary
        if diagnostic.code != case.diagnostic.code or place is None or place.path != case.path:
            continue
        node = _pattern_at(case, place.start, place.end)
        if node is not None and nodes.around(node, "match_expression") == match:
            found.append(node)
    return sorted(found, key=lambda node: node.start_byte)


def _literal(node: Node) -> Node | None:
    """The literal of ``String::from("a")``."""
    if node.type != "tuple_struct_pattern" or text(node.child_by_field_name("type")) not in _OWNING:
        return None
    given = node.named_children[1:]
    return given[0] if len(given) == 1 and given[0].type in ("string_literal", "raw_string_literal") else None


def _as_text(case: Case, match: Node, wrong: Sequence[Node]) -> Iterator[Answer]:
    value, body = match.child_by_field_name("value"), match.child_by_field_name("body")
    if value is None or body is None:
        return
    literals = [_literal(node) for node in wrong]
    if any(literal is None for literal in literals):
        return
    parts = [edits.replace_node(case.path, node, text(literal)) for node, literal in zip(wrong, literals, strict=True)]
    kind = case.type_of(value)
    if kind is not None and types.strip_references(kind) == "str":
        yield Answer("match the text", tuple(parts), 0.85)
        return
    inner = value.named_children[-1] if value.type == "reference_expression" else value
    if inner.type in ("identifier", "field_expression", "call_expression", "index_expression", "self"):
        seen = edits.replace_node(case.path, value, f"{text(inner)}.as_str()")
        yield Answer("match the text with `.as_str()`", (seen, *parts), 0.85)


def _compared(case: Case, node: Node) -> str | None:
    """``node`` as an expression, or None when it cannot be one: its names have to be there without the pattern."""
    written = text(node)
    if node.type == "tuple_struct_pattern":
        for inner in node.named_children[1:]:
            for name in names_in(inner):
                if name[:1].islower() and binding_of(case.root, name, node.start_byte) is None:
                    return None
            if any(nodes.below(inner, ("_", "remaining_field_pattern", "captured_pattern", "range_pattern"))):
                return None
        return written
    if case.diagnostic.code == "E0158":
        return written
    last = written.rpartition("::")[2]
    known = case.index.named(last, Function)
    plain = known and all(not item.parameters and item.receiver is None for item in known)
    return f"{written}()" if plain else None


def _alternatives(node: Node) -> list[Node]:
    """The alternatives of the whole pattern that ``node`` is one of; empty when it lies deeper."""
    top = node
    while top.parent is not None and top.parent.type == "or_pattern":
        top = top.parent
    if top.parent is None or top.parent.type != "match_pattern":
        return []
    waiting, found = [top], []
    while waiting:
        current = waiting.pop(0)
        if current.type == "or_pattern":
            waiting = [*current.named_children, *waiting]
        else:
            found.append(current)
    return found


def _in_guards(case: Case, match: Node, wrong: Sequence[Node]) -> Iterator[Answer]:
    """``value if value == CALL`` for each arm."""
    body = match.child_by_field_name("body")
    name = next((word for word in _NAMES if body is not None and word not in names_in(body)), None)
    if name is None:
        return
    parts: list[Replacement] = []
    done: set[int] = set()
    places = {node.start_byte for node in wrong}
    for node in wrong:
        whole = nodes.around(node, "match_pattern")
        if whole is None or whole.start_byte in done:
            continue
        done.add(whole.start_byte)
        listed = _alternatives(node)
        if not listed or any(other.start_byte not in places for other in listed):
            return
        sides = [_compared(case, other) for other in listed]
        if any(side is None for side in sides):
            return
        test = " || ".join(f"{name} == {side}" for side in sides)
        guard = whole.child_by_field_name("condition")
        if guard is not None:
            first = f"({test})" if len(sides) > 1 else test
            old = f"({text(guard)})" if "||" in text(guard) else text(guard)
            test = f"{first} && {old}"
        parts.append(edits.replace_node(case.path, whole, f"{name} if {test}"))
    yield Answer("compare in a guard", tuple(parts), 0.6)


def _in_condition(case: Case, condition: Node, node: Node) -> Iterator[Answer]:
    """``if let CALL = value`` is a comparison."""
    pattern, value = condition.child_by_field_name("pattern"), condition.child_by_field_name("value")
    side = _compared(case, node)
    if pattern != node or value is None or side is None:
        return
    literal = _literal(node)
    right = text(literal) if literal is not None else side
    yield Answer("compare instead", (edits.replace_node(case.path, condition, f"{text(value)} == {right}"),), 0.6)


propose = answering(dict.fromkeys(("E0158", "E0164", "E0532", "E0533"), (_patterns,)))
