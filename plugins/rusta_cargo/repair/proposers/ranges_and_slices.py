"""Patterns of ranges, slices and statics: E0030, E0579, E0527, E0528, E0529, E0530, E0730.

The bounds of an empty range are swapped; a slice pattern takes ``..`` or ``_`` for what it leaves out, or fewer
elements; a static that is matched becomes a constant, a binding that would hide one gets another name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Answering, Case, answering
from rusta_cargo.repair.code.items import Value
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.renaming import within
from rusta_cargo.repair.code.similar import words_of
from rusta_cargo.repair.code.usage import names_in

_HOLDERS = (
    "match_arm",
    "let_declaration",
    "let_condition",
    "if_expression",
    "parameter",
    "for_expression",
)


def _empty_range(case: Case) -> Iterator[Answer]:
    """``9..=1``: the bounds change places; ``5..5`` takes its end in."""
    node = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "range_pattern")
    ends = [] if node is None else node.named_children
    if node is None or len(ends) != 2:
        return
    low, high = ends
    if text(low) != text(high):
        parts = (
            edits.replace_node(case.path, low, text(high)),
            edits.replace_node(case.path, high, text(low)),
        )
        yield Answer("swap the bounds", parts, 0.85)
    sign = nodes.child(node, "..")
    if sign is not None and text(sign) == "..":
        weight = 0.8 if text(low) == text(high) else 0.2
        yield Answer("take the end in", (edits.replace_node(case.path, sign, "..="),), weight)


def _slice(case: Case) -> Node | None:
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    return nodes.enclosing(node, "slice_pattern")


def _length(case: Case) -> Iterator[Answer]:
    """More or fewer elements than the array has."""
    pattern = _slice(case)
    told = re.search(r"requires (?:at least )?(\d+) elements? but array has (\d+)", case.diagnostic.message)
    if pattern is None or told is None:
        return
    wanted, has = int(told[1]), int(told[2])
    elements = edits.elements_of(pattern)
    rest = any(".." in text(child) and child.type != "range_pattern" for child in pattern.named_children)
    holder = nodes.around(pattern, _HOLDERS)
    used = set() if holder is None else names_in(holder.parent or holder)
    if wanted < has and not rest:
        put = edits.add_to(case.path, case.source, pattern, "..")
        yield Answer("leave the others out", (put,), 0.6)
        fill = ", ".join(["_"] * (has - wanted))
        blank = edits.add_to(case.path, case.source, pattern, fill)
        yield Answer("name the others `_`", (blank,), 0.65 if has - wanted == 1 else 0.4)
        first = edits.add_to(case.path, case.source, pattern, "..", 0)
        yield Answer("take the last ones", (first,), 0.25)
    if wanted > has:
        dropped = wanted - has
        plain = [at for at, (s, e) in enumerate(elements) if b".." not in case.source[s:e]]
        chosen = plain[-dropped:]
        names = {case.source[s:e].decode() for s, e in (elements[at] for at in chosen)}
        start = elements[chosen[0]][0] if chosen else 0
        following = chosen[-1] + 1 if chosen else 0
        if not chosen:
            return
        stop = elements[following][0] if following < len(elements) else elements[chosen[-1]][1]
        if following == len(elements) and chosen[0] > 0:
            start = elements[chosen[0] - 1][1]
        risk = ("drops names that the body uses",) if names & used else ()
        yield Answer("match fewer elements", (edits.delete(case.path, start, stop),), 0.6, risk)
        if rest and wanted - 1 <= has:
            for child in pattern.named_children:
                if text(child) == "..":
                    gone = edits.remove_from(case.path, case.source, pattern, pattern.named_children.index(child))
                    yield Answer("leave `..` out", (gone,), 0.4)


def _no_array(case: Case) -> Iterator[Answer]:
    """A slice pattern for what is no array."""
    pattern = _slice(case)
    told = re.search(r"found `([^`]*)`", case.diagnostic.message)
    if pattern is None or told is None:
        return
    elements = edits.elements_of(pattern)
    if types.tuple_parts(told[1]):
        parts = (
            edits.replace(case.path, pattern.start_byte, pattern.start_byte + 1, "("),
            edits.replace(case.path, pattern.end_byte - 1, pattern.end_byte, ")"),
        )
        yield Answer("match a tuple", parts, 0.85)
    if len(elements) == 1:
        start, end = elements[0]
        inner = case.source[start:end].decode("utf-8", "replace")
        yield Answer("match the value itself", (edits.replace_node(case.path, pattern, inner),), 0.6)
    value = _matched(pattern)
    call = {"String": ".as_bytes()", "str": ".as_bytes()"}.get(types.head(told[1]), ".as_slice()")
    if value is not None:
        yield Answer(f"match `{call}`", (edits.insert(case.path, value.end_byte, call),), 0.5)


def _matched(pattern: Node) -> Node | None:
    """The value that a pattern is matched with."""
    holder = nodes.around(pattern, ("match_expression", "let_declaration", "let_condition"))
    return None if holder is None else holder.child_by_field_name("value")


def _any_length(case: Case) -> Iterator[Answer]:
    """An array of any length is matched as a slice."""
    pattern = _slice(case)
    value = None if pattern is None else _matched(pattern)
    if value is not None:
        yield Answer("match it as a slice", (edits.insert(case.path, value.end_byte, ".as_slice()"),), 0.7)
        yield Answer("match it as a slice", (edits.insert(case.path, value.end_byte, "[..]"),), 0.6)


def _hides(case: Case) -> Iterator[Answer]:
    """A binding of the name of a static, a unit or a tuple struct."""
    name = case.situation.text(case.path, case.place.start, case.place.end)
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    holder = nodes.around(node, _HOLDERS)
    matched = holder is not None and holder.type == "match_arm"
    for item in case.index.named(name, Value):
        root = case.situation.syntax(item.path).root_node
        static = nodes.enclosing(nodes.node_at(root, item.name_start), "static_item")
        word = nodes.child(static, "static")
        if static is not None and word is not None and nodes.child(static, "mutable_specifier") is None:
            part = edits.replace_node(item.path, word, "const")
            yield Answer(f"make `{name}` a constant", (part,), 0.7 if matched else 0.3)
    if matched and text(node.parent) == name:
        guard = "value" if name.lower() == name else name.lower()
        change = edits.replace(case.path, case.place.start, case.place.end, f"{guard} if {guard} == {name}")
        yield Answer(f"compare with `{name}`", (change,), 0.5)
    new = "_".join(words_of(name))
    scope = holder if matched else nodes.block_of(node)
    if scope is not None and holder is not None and holder.type == "parameter":
        scope = nodes.callable_of(node)
    if new == name:
        new = f"{name}_value"
    if scope is not None:
        parts = tuple(within(case.path, case.source, scope, name, new))
        yield Answer(f"bind it as `{new}`", parts, 0.45)


_TABLE: dict[str | None, tuple[Answering, ...]] = {
    "E0030": (_empty_range,),
    "E0579": (_empty_range,),
    "E0527": (_length,),
    "E0528": (_length,),
    "E0529": (_no_array,),
    "E0530": (_hides,),
    "E0730": (_any_length,),
}
propose = answering(_TABLE)
