"""Failing tests: a wrong variable, field, method or variant of the same type, arguments the wrong way round.

Answers no error: it works where the tree compiles and tests fail.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.failing import made_somewhere
from rusta_cargo.repair.code.items import Enum, Function, Struct, Variant
from rusta_cargo.repair.code.mutating import (
    Change,
    Scene,
    inside,
    ranked,
    replaced,
    short,
    swapped,
)
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import bindings_at
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Candidate, Situation

_MOST_VARIABLES = 6
_ORDERINGS = {"Less": {"Greater": 0.25, "Equal": 0.08}, "Greater": {"Less": 0.25, "Equal": 0.08},
              "Equal": {"Less": 0.08, "Greater": 0.08}}  # fmt: skip
AGAIN = 1.2
UNMADE = 2.5  # a variant that nothing makes


def propose(situation: Situation) -> Iterator[Candidate]:
    """Names, variants and the order of arguments in the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    yield from _variables(scene)
    yield from _fields(scene)
    yield from _shadowed(scene)
    yield from _variants(scene)
    yield from _orderings(scene)
    yield from _arguments(scene)
    yield from _indices(scene)


def _variables(scene: Scene) -> Iterator[Change]:
    """Another local of the same type."""
    if scene.function is None:
        return
    for node in scene.nodes("identifier", "self"):
        parent = node.parent
        if parent is None or not _is_use(node, parent):
            continue
        mine = None
        visible = bindings_at(scene.root, node.start_byte)
        mine = next((b for b in visible if b.name == text(node)), None)
        if mine is None:
            continue
        have = scene.types.of_binding(mine)
        found = []
        for binding in visible:
            if binding.name == mine.name or binding.name == "self" or (binding.at == mine.at and binding.kind == "let"):
                continue
            other = scene.types.of_binding(binding)
            if have is not None and other is not None:
                if types.same(have, other):
                    found.append((0.14 + 0.1 * (likeness(binding.name, mine.name) >= 0.5), binding.name))
                elif types.same(types.strip_references(have), types.strip_references(other)):
                    found.append((0.04, binding.name))
            elif have is None and other is None and binding.kind == mine.kind:
                found.append((0.06, binding.name))
        found.sort(key=lambda pair: -pair[0])
        for weight, name in found[:_MOST_VARIABLES]:
            yield Change(
                "variable",
                f"`{name}` instead of `{mine.name}`",
                replaced(node, name),
                weight,
                node.start_byte,
            )


def _is_use(node: Node, parent: Node) -> bool:
    """The name is read here: not bound, not called, no path, no field's name, not assigned to."""
    if parent.type in (
        "scoped_identifier",
        "parameter",
        "closure_parameters",
        "tuple_pattern",
        "match_pattern",
        "shorthand_field_initializer",
        "tuple_struct_pattern",
        "let_condition",
        "generic_function",
    ):
        return False
    if parent.type == "field_initializer" and parent.child_by_field_name("field") == node:
        return False
    for holder, field in (
        ("let_declaration", "pattern"),
        ("for_expression", "pattern"),
        ("call_expression", "function"),
    ):
        if parent.type == holder and parent.child_by_field_name(field) == node:
            return False
    return not inside(node, ("token_tree", "type_arguments"))


def _fields(scene: Scene) -> Iterator[Change]:
    """Another field of the same type, or another method without arguments that gives the same type."""
    for node in scene.nodes("field_expression"):
        owner, name = node.child_by_field_name("value"), node.child_by_field_name("field")
        if owner is None or name is None:
            continue
        parent = node.parent
        called = (
            parent is not None and parent.type == "call_expression" and parent.child_by_field_name("function") == node
        )
        have = scene.types.of(owner) or (_only_owner if called else _only_struct)(scene, text(name))
        if have is None:
            continue
        if not called:
            yield from _other_fields(scene, have, name)
        else:
            yield from _other_methods(scene, have, name)


def _only_owner(scene: Scene, method: str) -> str | None:
    """The only type of the crate that has a method of this name."""
    owners = {f.owner.name for f in scene.index.named(method, Function) if f.owner is not None and f.is_method}
    return owners.pop() if len(owners) == 1 else None


def _only_struct(scene: Scene, field: str) -> str | None:
    """The only struct of the crate that has a field of this name."""
    having = [struct.name for struct in scene.index.of_kind(Struct) if struct.field(field) is not None]
    return having[0] if len(having) == 1 else None


def _other_fields(scene: Scene, have: str, name: Node) -> Iterator[Change]:
    mine = text(name)
    again = AGAIN if _written_before(name) else 1.0
    members = types.tuple_parts(types.strip_references(have))
    if members is not None and mine.isdecimal():
        for number, member in enumerate(members):
            if number != int(mine) < len(members) and types.same(member, members[int(mine)]):
                title = f"`.{number}` instead of `.{mine}`"
                parts = replaced(name, str(number))
                yield Change("field", title, parts, 0.25 * again, name.start_byte)
        return
    struct = scene.index.struct(have)
    declared = None if struct is None else struct.field(mine)
    for field in () if struct is None or declared is None else struct.fields:
        assert declared is not None  # there would be no fields to look at
        if field.name != mine and types.same(field.type.text, declared.type.text):
            weight = 0.22 + 0.1 * (likeness(field.name, mine) >= 0.5)
            title = f"`.{field.name}` instead of `.{mine}`"
            parts = replaced(name, field.name)
            yield Change("field", title, parts, weight * again, name.start_byte)


def _written_before(name: Node) -> bool:
    """The same place is read earlier in the statement: of two alike, the second is the slip of who copied the first."""
    whole = name.parent
    statement = nodes.statement_of(name)
    if whole is None or statement is None:
        return False
    before = statement.text or b""
    return (whole.text or b"?") in before[: whole.start_byte - statement.start_byte]


def _other_methods(scene: Scene, have: str, name: Node) -> Iterator[Change]:
    known = scene.index.methods(have, text(name))
    if not known:
        return
    mine = known[0]
    for other in scene.index.methods(have):
        if other.name == mine.name or other == scene.function or not _alike(mine, other):
            continue
        weight = 0.1 + 0.1 * (likeness(other.name, mine.name) >= 0.5)
        yield Change(
            "method",
            f"`.{other.name}()` instead of `.{mine.name}()`",
            replaced(name, other.name),
            weight,
            name.start_byte,
        )


def _alike(mine: Function, other: Function) -> bool:
    returned = [types.tidy(f.returns.text) if f.returns else "()" for f in (mine, other)]
    if returned[0] != returned[1] or len(mine.parameters) != len(other.parameters):
        return False
    if (mine.receiver is None) != (other.receiver is None):
        return False
    return all(types.same(a.type.text, b.type.text) for a, b in zip(mine.parameters, other.parameters, strict=True))


def _shadowed(scene: Scene) -> Iterator[Change]:
    """``limit`` where ``self.limit`` was meant, and the other way round."""
    function = scene.function
    if function is None or function.receiver is None:
        return
    for parameter in function.parameters:
        name = parameter.name
        field = f"self.{name}"
        if not name:
            continue
        for node in scene.nodes("field_expression"):
            if text(node) == field and _read(node):
                yield Change("variable", f"`{name}` instead of `{field}`", replaced(node, name), 0.15, node.start_byte)
        if not _has_field(scene, name):
            continue
        for node in scene.nodes("identifier"):
            if text(node) == name and node.parent is not None and _is_use(node, node.parent):
                yield Change("variable", f"`{field}` instead of `{name}`", replaced(node, field), 0.15, node.start_byte)


def _read(node: Node) -> bool:
    """It is neither called nor the left side of an assignment."""
    parent = node.parent
    return parent is None or node not in (parent.child_by_field_name("function"), parent.child_by_field_name("left"))


def _has_field(scene: Scene, name: str) -> bool:
    struct = None if scene.body is None else scene.index.struct(scene.types.spelled("Self", scene.body))
    return struct is not None and struct.field(name) is not None


def _orderings(scene: Scene) -> Iterator[Change]:
    """``Less`` for ``Greater``."""
    for node in scene.nodes("scoped_identifier"):
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        if name is None or path is None or text(path).rpartition("::")[2] != "Ordering":
            continue
        for other, weight in _ORDERINGS.get(text(name), {}).items():
            title = f"`Ordering::{other}` instead of `{text(name)}`"
            yield Change("variant", title, replaced(name, other), weight, name.start_byte)


def _indices(scene: Scene) -> Iterator[Change]:
    """``grid[column][row]`` for ``grid[row][column]``."""
    for node in scene.nodes("index_expression"):
        inner = node.named_children[0] if len(node.named_children) == 2 else None
        if inner is None or inner.type != "index_expression" or len(inner.named_children) != 2:
            continue
        first, second = inner.named_children[1], node.named_children[1]
        if text(first) != text(second):
            title = f"`[{short(scene.text(second), 16)}][{short(scene.text(first), 16)}]`: indices exchanged"
            yield Change("swap", title, swapped(scene, first, second), 0.25, first.start_byte)


def _variants(scene: Scene) -> Iterator[Change]:
    """Another variant of the enum with the same shape."""
    for node in scene.nodes("scoped_identifier", "scoped_type_identifier"):
        if node.parent is not None and node.parent.type in ("scoped_identifier", "use_declaration"):
            continue
        path, name = node.child_by_field_name("path"), node.child_by_field_name("name")
        owner = types.head(scene.types.spelled(text(path), node)) if path is not None else ""
        for variant in scene.index.named(text(name), Variant):
            enum = variant.parent
            if not isinstance(enum, Enum) or enum.name != owner or name is None:
                continue
            pattern = inside(node, ("match_pattern", "let_condition"))
            for other in enum.variants:
                same = [types.tidy(f.type.text) for f in other.fields] == [
                    types.tidy(f.type.text) for f in variant.fields
                ]
                if other.name != variant.name and other.shape == variant.shape and same:
                    unmade = not pattern and not made_somewhere(scene.situation, scene.index, enum, other.name)
                    yield Change(
                        "variant",
                        f"`{owner}::{other.name}` instead of `{variant.name}`",
                        replaced(name, other.name),
                        0.08 if pattern else 0.2 * (UNMADE if unmade else 1.0),
                        name.start_byte,
                    )


def _arguments(scene: Scene) -> Iterator[Change]:
    """Two arguments, elements or field values exchanged; receiver and argument of a symmetric method."""
    for node in scene.nodes("arguments", "tuple_expression"):
        inner = [child for child in node.named_children if child.type not in ("line_comment", "block_comment")]
        for first in range(len(inner)):
            for second in range(first + 1, len(inner)):
                yield from _exchanged(scene, inner[first], inner[second], 0.35 if second == first + 1 else 0.12)
    for node in scene.nodes("field_initializer_list"):
        values = [child.child_by_field_name("value") for child in nodes.children(node, "field_initializer")]
        given = [value for value in values if value is not None]
        for first in range(len(given)):
            for second in range(first + 1, len(given)):
                yield from _exchanged(scene, given[first], given[second], 0.15)
    for node in scene.nodes("call_expression"):
        callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or listed is None or callee.type != "field_expression":
            continue
        owner, name = callee.child_by_field_name("value"), text(callee.child_by_field_name("field"))
        if name in ("cmp", "partial_cmp", "total_cmp") and owner is not None and len(listed.named_children) == 1:
            given_one = listed.named_children[0]
            amp = "&" if given_one.type == "reference_expression" else ""
            bare = given_one.child_by_field_name("value") if amp else given_one
            if bare is not None and text(bare) != text(owner):
                parts = (
                    (owner.start_byte, owner.end_byte, scene.text(bare)),
                    (bare.start_byte, bare.end_byte, scene.text(owner)),
                )
                yield Change(
                    "order",
                    f"the other way round: `{short(scene.text(bare))}.{name}(…)`",
                    parts,
                    0.3,
                    node.start_byte,
                )


def _exchanged(scene: Scene, left: Node, right: Node, weight: float) -> Iterator[Change]:
    if text(left) == text(right):
        return
    have, want = scene.types.of(left), scene.types.of(right)
    if (
        have is not None
        and want is not None
        and not types.same(types.strip_references(have), types.strip_references(want))
    ):
        return
    known = have is not None and want is not None
    yield Change(
        "swap",
        f"exchange `{short(scene.text(left), 20)}` and `{short(scene.text(right), 20)}`",
        swapped(scene, left, right),
        weight * (1.0 if known else 0.6),
        left.start_byte,
    )
