"""Values that are not found where a pattern binds a name that nothing uses: E0425.

A parameter, a closure's or an arm's pattern, or a ``let`` was renamed or copied, and its uses were not, or the other way
round. The binding gets the name that its uses say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import ItemIndex
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.code.word_counts import WordCounts
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable
from rusta_schemas.diagnostic import Span

_TOLD = re.compile(r"^cannot find value `([a-z_]\w*)` in this scope")
_ONLY, _ALIKE, _ONE_OF = 0.86, 0.8, 0.3


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Give the binding the name of its uses."""
    asked: dict[tuple[str, str, int], list[tuple[int, Span]]] = {}
    for number, error in enumerate(situation.diagnostics):
        told = _TOLD.match(error.message) if error.code == "E0425" else None
        if told is None or error.primary is None or error.primary.macro is not None:
            continue
        try:
            root = situation.syntax(error.primary.path).root_node
        except SourceUnavailable:
            continue
        function = nodes.enclosing(nodes.node_at(root, error.primary.start), "function_item")
        if function is not None:
            key = (error.primary.path, told[1], function.start_byte)
            asked.setdefault(key, []).append((number, error.primary))
    counts = WordCounts.of(situation, ItemIndex.of(situation)) if asked else None
    for (path, name, _), places in asked.items():
        root = situation.syntax(path).root_node
        unused = list(_unused(root, [place for _, place in places]))
        for found in unused:
            alike = likeness(text(found), name)
            prior = _ONLY if len(unused) == 1 else _ALIKE if alike > 0.6 else _ONE_OF
            alone = counts is not None and len(places) == 1
            if (
                counts is not None
                and alone
                and (
                    counts.speaks_for(text(found), name)
                    or (alike > 0.6 and counts.known_parts(text(found)) > counts.known_parts(name))
                )
            ):
                prior = _ONE_OF  # the binding is spelt as other names are, its use is not
            part: Replacement = edits.replace_node(path, found, name)
            yield Candidate(
                f"call the binding `{text(found)}` `{name}`, as its uses do", (part,), prior,
                diagnostic=places[0][0] if len(places) == 1 else None, cites=("E0425",),
            )  # fmt: skip


def _unused(root: Node, places: list[Span]) -> Iterator[Node]:
    """The names bound around all of the places, in front of them, that nothing uses; the innermost first."""
    around = nodes.node_at(root, places[0].start)
    while around is not None:
        for binder in _binders(around, places[0].start):
            name = text(binder)
            if name.startswith("_") or _in_macros(around, name):
                continue
            covers = all(around.start_byte <= place.start < around.end_byte for place in places)
            if covers and (not _uses(around, binder) or _hides(around, binder)):
                yield binder
        if around.type == "function_item" or around.parent is None:
            return
        around = around.parent


def _uses(scope: Node, binder: Node) -> list[Node]:
    name = text(binder)
    return [node for node in nodes.below(scope, ("identifier",)) if text(node) == name and node != binder]


def _hides(scope: Node, binder: Node) -> bool:
    """It hides a parameter of the function that is used nowhere else."""
    function = nodes.enclosing(scope, "function_item")
    parameters = None if function is None else function.child_by_field_name("parameters")
    if function is None or parameters is None or function == scope:
        return False
    hidden = [node for node in nodes.below(parameters, ("identifier",)) if text(node) == text(binder)]
    inside = {node.start_byte for node in _uses(scope, binder)} | {binder.start_byte}
    return len(hidden) == 1 and all(node.start_byte in inside for node in _uses(function, hidden[0]))


def _in_macros(scope: Node, name: str) -> bool:
    """The name stands in the arguments of a macro, where it may be in a format string as well."""
    form = re.compile(rf"\b{re.escape(name)}\b")
    return any(form.search(text(node)) for node in nodes.below(scope, ("token_tree",)))


def _binders(scope: Node, before: int) -> Iterator[Node]:
    """The names that the patterns of a scope bind for a place in it."""
    patterns: list[Node | None] = []
    if scope.type in ("closure_expression", "function_item"):
        parameters = scope.child_by_field_name("parameters")
        for inner in [] if parameters is None else parameters.named_children:
            patterns.append(inner.child_by_field_name("pattern") if inner.type == "parameter" else inner)
    elif scope.type in ("match_arm", "for_expression"):
        patterns.append(scope.child_by_field_name("pattern"))
    elif scope.type in ("if_expression", "while_expression"):
        condition = scope.child_by_field_name("condition")
        lets = [] if condition is None else [condition, *nodes.below(condition, ("let_condition",))]
        patterns += [inner.child_by_field_name("pattern") for inner in lets if inner.type == "let_condition"]
    elif scope.type == "block":
        lets = [inner for inner in scope.named_children if inner.type == "let_declaration" and inner.end_byte <= before]
        patterns += [inner.child_by_field_name("pattern") for inner in lets]
    for pattern in patterns:
        if pattern is not None:
            found = [pattern] if pattern.type == "identifier" else list(nodes.below(pattern, ("identifier",)))
            yield from (node for node in found if text(node)[:1].islower() and _binds(node))


def _binds(node: Node) -> bool:
    """The identifier is no path, function or type of the pattern."""
    parent = node.parent
    if parent is None or parent.type in ("scoped_identifier", "generic_function", "range_pattern"):
        return False
    return not (parent.type == "tuple_struct_pattern" and parent.child_by_field_name("type") == node)
