"""A constant of an impl that has another type than in the trait: E0326.

The trait's type is copied, with a literal value that goes with it; or, where all impls agree with each other, the
trait gets their type.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Impl, Piece, Value
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.code.signatures import counterpart, trait_of, type_here
from rusta_cargo.repair.code.std_traits import STD
from rusta_cargo.repair.proposer import Replacement


def _type(case: Case) -> Iterator[Answer]:
    item = case.index.at(case.path, case.place.start, case.place.end)
    impl = None if item is None else item.parent
    if not isinstance(item, Value) or not isinstance(impl, Impl) or item.type is None:
        return
    declared, trait = counterpart(item, case.index), trait_of(impl, case.index)
    if not isinstance(declared, Value) or declared.type is None or trait is None:
        return
    kind = type_here(declared.type.text, impl, trait)
    retyped = edits.replace(case.path, item.type.start, item.type.end, kind)
    title = f"declare it `{kind}`, as `{trait.name}` does"
    for value, weight in _values(case, item.value, kind):
        yield Answer(title, (retyped, value), 0.75 * weight)
    yield Answer(title, (retyped,), 0.7)
    if trait.path != STD and all(other == item.type.text for other in _others(case, item, trait.name)):
        back = edits.replace(declared.path, declared.type.start, declared.type.end, item.type.text)
        changed = (back, *_provided(case, declared, item.type.text))
        yield Answer(f"let `{trait.name}` ask for `{item.type.text}`", changed, 0.45, ("changes a trait",))


def _values(case: Case, value: Piece | None, kind: str) -> Iterator[tuple[Replacement, float]]:
    """The literal that ``value`` is, written as a ``kind``."""
    if value is None:
        return
    node = nodes.exact(case.root, value.start, value.end)
    literal = None if node is None else literal_of(node)
    if literal is None:
        literal = _owned_text(node)
    if literal is None or node is None:
        return
    plain = types.short(kind)
    if literal != node and plain == "&str":
        yield edits.replace_node(case.path, node, nodes.text(literal)), 1.0
    for written, weight in rewritten(literal, kind):
        yield edits.replace_node(case.path, literal, written), weight


def _owned_text(node: Node | None) -> Node | None:
    """The literal in ``String::from("a")`` and ``"a".to_string()``."""
    if node is None or node.type != "call_expression":
        return None
    strings = list(nodes.below(node, "string_literal"))
    callee = nodes.text(node.child_by_field_name("function"))
    owning = callee.endswith(("String::from", ".to_string", ".to_owned", ".into"))
    return strings[0] if len(strings) == 1 and owning else None


def _others(case: Case, item: Value, trait: str) -> Iterator[str]:
    """The type of this constant in the other impls of the trait."""
    for impl in case.index.of_kind(Impl):
        if impl.trait is not None and types.head(impl.trait.text) == trait and impl != item.parent:
            yield from (
                own.type.text for own in impl.items if isinstance(own, Value) and own.type and own.name == item.name
            )


def _provided(case: Case, declared: Value, kind: str) -> Iterator[Replacement]:
    """The trait's own value for it, when it is a literal."""
    if declared.value is None:
        return
    root = case.situation.syntax(declared.path).root_node
    node = nodes.exact(root, declared.value.start, declared.value.end)
    literal = None if node is None else literal_of(node)
    best = None if literal is None else next(iter(rewritten(literal, kind)), None)
    if literal is not None and best is not None:
        yield edits.replace_node(declared.path, literal, best[0])


propose = answering({"E0326": (_type,)})
