"""Values of different types in one list: E0308 between elements that have a trait of the tree in common.

``vec![Dog, Cat]`` and ``vec![Box::new(Dog), Box::new(Cat)]`` want a list of boxed trait objects: the list says so, and
every element goes into a box.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import opened
from rusta_cargo.repair.code.items import Impl
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.proposer import Replacement


def _mixed(case: Case) -> Iterator[Answer]:
    pair = mismatch(case.diagnostic)
    if pair is None:
        return
    statement = nodes.enclosing(nodes.node_at(case.root, case.place.start, case.place.end), "let_declaration")
    if statement is None or statement.child_by_field_name("type") is not None:
        return
    pattern, value = statement.child_by_field_name("pattern"), statement.child_by_field_name("value")
    if pattern is None or value is None:
        return
    opening, spans = _elements(value)
    if len(spans) < 2 or not any(start <= case.place.start and case.place.end <= end for start, end in spans):
        return
    root = opened(case.source, case.place.start, case.place.end)
    kinds = [_kind(case, root, start, end) for start, end in spans]
    named = [*(kind for kind in kinds if kind), types.head(pair.expected), types.head(pair.found)]
    for trait, weight in _common(case, named):
        parts: list[Replacement] = [edits.insert(case.path, pattern.end_byte, opening(f"Box<dyn {trait}>"))]
        for start, end in spans:
            if not case.source[start:end].startswith(b"Box::new("):
                parts += edits.wrap(case.path, start, end, "Box::new(", ")")
        yield Answer(f"keep boxed `dyn {trait}` in the list", tuple(parts), weight)


def _elements(value: Node) -> tuple[Callable[[str], str], list[tuple[int, int]]]:
    """How the type of the list is written, and its elements."""
    if value.type == "array_expression" and value.child_by_field_name("length") is None:
        spans = edits.elements_of(value)
        return (lambda kind: f": [{kind}; {len(spans)}]"), spans
    tokens = nodes.child(value, "token_tree") if value.type == "macro_invocation" else None
    if tokens is not None and text(value.child_by_field_name("macro")) == "vec" and ";" not in _marks(tokens):
        return (lambda kind: f": Vec<{kind}>"), edits.elements_of(tokens)
    return (lambda _kind: ""), []


def _marks(tokens: Node) -> list[str]:
    return [text(child) for child in tokens.children]


def _kind(case: Case, root: Node, start: int, end: int) -> str | None:
    """The type of one element, without the box around it."""
    node = nodes.exact(root, start, end)
    if node is None:
        return None
    kind = case.type_of(node)
    if kind is None and node.type in ("identifier", "scoped_identifier", "struct_expression"):
        kind = text(node.child_by_field_name("name") if node.type == "struct_expression" else node)
    return None if kind is None else types.head(types.inner(kind, "Box") or kind)


def _common(case: Case, kinds: list[str]) -> Iterator[tuple[str, float]]:
    """The traits of the tree that all of ``kinds`` have."""
    own: dict[str, set[str]] = {}
    for impl in case.index.of_kind(Impl):
        if impl.trait is not None and not impl.trait.text.startswith("?"):
            own.setdefault(types.head(impl.trait.text), set()).add(impl.name)
    kinds = [kind for kind in dict.fromkeys(kinds) if kind != "Box"]
    fitting = [
        trait for trait, have in own.items() if len(kinds) > 1 and have.issuperset(kinds) and case.index.trait(trait)
    ]
    for rank, trait in enumerate(fitting[:2]):
        yield trait, 0.75 / (1 + rank)


propose = answering({"E0308": (_mixed,)})
