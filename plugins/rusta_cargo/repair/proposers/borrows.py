"""Borrows that overlap what they exclude: E0499, E0502, E0503, E0505, E0506, E0713, and E0500, E0501, E0524 of
closures.

The compiler names three places: where the first borrow begins, what collides with it, and where the first one is
used again. Statements are moved so that they come one after the other, a part of one statement gets a ``let`` of
its own, what is read is copied or cloned, a guard is dropped, an element is reached by index; a receiver that is
mutable (or tied to the type's own lifetime) without need is loosened.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.callers import lend, lent_type, only_read, with_parameter
from rusta_cargo.repair.code.copying import made_copy
from rusta_cargo.repair.code.disentangling import indexed_loop, separated, split_elements, unshared
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.owning import header_cloned, unborrowed
from rusta_cargo.repair.code.reordering import (
    Row,
    is_tail,
    may_rise,
    may_sink,
    move_after,
    move_before,
    row,
)
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.code.usage import bound_by, mentions
from rusta_cargo.repair.proposers.moves import moved_type
from rusta_schemas.diagnostic import Span

_FIRST = (
    "borrow occurs here",
    "is borrowed here",
    "borrow of",
    "first mutable borrow",
    "closure construction occurs here",
    "first closure is constructed here",
    "immutable borrow occurs",
    "mutable borrow occurs",
    "was mutably borrowed here",
    "first borrow occurs",
    "borrowed here",
)
_LATER = (
    "later used",
    "later stored",
    "later captured",
    "borrow might be used here",
    "later call",
    "later borrow",
)


def first_borrow(case: Case) -> Span | None:
    """Where the borrow begins that is in the way."""
    return next(
        (
            span
            for needle in ("first ", *_FIRST)
            for span in case.diagnostic.spans
            if not span.primary
            and needle in (span.label or "")
            and not any(word in (span.label or "") for word in _LATER)
        ),
        None,
    )


def later_use(case: Case) -> Span | None:
    return next(iter(case.spans(*_LATER)), None)


def _answers(case: Case) -> Iterator[Answer]:
    first, later = first_borrow(case), later_use(case)
    if first is None and case.spans("previous iteration"):
        first = case.place
    if first is not None and first.path == case.path:
        if later is not None and later.path == case.path:
            yield from _ordered(case, first, later)
            yield from _dropped(case, first, later)
        yield from _owned(case, first)
        yield from separated(case, first)
        yield from header_cloned(case, first)
        yield from indexed_loop(case, first)
        yield from split_elements(case, first)
        yield from unshared(case, first)
    if case.diagnostic.code == "E0505":
        yield from _kept(case)
        yield from made_copy(case, moved_type(case) or _moved_binding_type(case))
    if case.diagnostic.code == "E0713":
        yield from _lent_parameter(case)


def _moved_binding_type(case: Case) -> str | None:
    binding = binding_of(case.root, text(case.node), case.place.start)
    return None if binding is None else case.type_of(binding.value) or binding.written


def _ordered(case: Case, first: Span, later: Span) -> Iterator[Answer]:
    """One after the other: the use before the collision, or that after the use, or the borrow after that."""
    found = row(case.root, (first.start, case.place.start, later.start))
    if found is None:
        return
    begin, clash, use = found.at
    listed = found.statements
    if not begin <= clash < use and begin != clash:
        return
    if clash < use and begin < clash:
        if may_rise(listed[use], listed[clash:use]):
            parts = move_before(case.path, case.source, listed[use], listed[clash])
            yield Answer("use what is borrowed before the collision", parts, 0.45)
        last = _last_use(found, begin, use)
        if may_sink(listed[clash], listed[clash + 1 : last + 1]) and not is_tail(listed[clash]):
            parts = move_after(case.path, case.source, listed[clash], listed[last])
            yield Answer("do the other thing after the last use of the borrow", parts, 0.42)
        if may_sink(listed[begin], listed[begin + 1 : clash + 1]):
            parts = move_after(case.path, case.source, listed[begin], listed[clash])
            yield Answer("borrow after the other thing is done", parts, 0.4)
        if may_rise(listed[clash], listed[begin:clash]):
            parts = move_before(case.path, case.source, listed[clash], listed[begin])
            yield Answer("do the other thing before the borrow", parts, 0.41)
        # the borrow and what belongs to it go together behind the collision
        group = _dependents(found, begin, clash)
        if len(group) > 1 and all(may_sink(listed[n], [listed[clash]]) for n in group):
            parts = tuple(p for n in group for p in move_after(case.path, case.source, listed[n], listed[clash]))
            yield Answer("do what needs the borrow after the other thing", parts, 0.3)


def _last_use(found: Row, begin: int, use: int) -> int:
    """The last statement that uses what the borrowing statement binds."""
    names = bound_by(found.statements[begin])
    after = range(use, len(found.statements))
    return max((n for n in after if mentions(found.statements[n], names)), default=use)


def _dependents(found: Row, begin: int, clash: int) -> list[int]:
    group, names = [begin], set(bound_by(found.statements[begin]))
    for number in range(begin + 1, clash):
        if mentions(found.statements[number], names):
            group.append(number)
            names |= bound_by(found.statements[number])
    return group


def _dropped(case: Case, first: Span, later: Span) -> Iterator[Answer]:
    """A guard that lives to the end of its block is dropped before the collision."""
    if "dropped" not in (later.label or "") and "Drop" not in (later.label or ""):
        return
    found = row(case.root, (first.start, case.place.start))
    if found is None:
        return
    begin, clash = found.at
    names = [name for name in quoted(later.label or "") if name.isidentifier()]
    bound = bound_by(found.statements[begin])
    name = next((name for name in names if name in bound), next(iter(sorted(bound)), None))
    if name is None or begin >= clash:
        return
    line = edits.line_before(case.path, case.source, found.statements[clash].start_byte, f"drop({name});")
    yield Answer(f"drop `{name}` before the collision", (line,), 0.6)
    inner = found.statements[begin:clash]
    if not any(
        mentions(found.statements[n], set().union(*map(bound_by, inner))) for n in range(clash, len(found.statements))
    ):
        indent = nodes.indent_at(case.source, inner[0].start_byte)
        step = nodes.indent_unit(case.source)
        body = (
            case.source[inner[0].start_byte : inner[-1].end_byte].decode("utf-8", "replace").replace("\n", f"\n{step}")
        )
        parts = (
            edits.replace(
                case.path,
                inner[0].start_byte,
                inner[-1].end_byte,
                f"{{\n{indent}{step}{body}\n{indent}}}",
            ),
        )
        yield Answer(f"give `{name}` a block of its own", parts, 0.4)


def _owned(case: Case, first: Span) -> Iterator[Answer]:
    """What is read through the borrow is copied or cloned, so that nothing stays borrowed."""
    label = (first.label or "").replace("immutabl", "")
    if "mutabl" not in label and "unique" not in label and "closure" not in label:
        yield from unborrowed(case, case.seen(first))


def _kept(case: Case) -> Iterator[Answer]:
    """E0505: lend what is given away; let the taker borrow."""
    node, parent = case.node, case.node.parent
    if parent is None:
        return
    if parent.type == "arguments":
        yield Answer(f"pass `&{text(node)}`", (edits.insert(case.path, node.start_byte, "&"),), 0.3)
        call = parent.parent
        for function in case.index.functions(_last_name(call)):
            yield from _lending(case, function, edits.elements_of(parent).index((node.start_byte, node.end_byte)))
    elif parent.type in ("let_declaration", "match_expression", "for_expression"):
        yield Answer(f"borrow `{text(node)}`", (edits.insert(case.path, node.start_byte, "&"),), 0.4)
    if node.type in ("identifier", "field_expression"):
        yield Answer(f"clone `{text(node)}`", (edits.insert(case.path, node.end_byte, ".clone()"),), 0.3)


def _lending(case: Case, function: Function, number: int) -> Iterator[Answer]:
    if len(function.parameters) <= number:
        return
    parameter = function.parameters[number]
    root = case.situation.syntax(function.path).root_node
    if function.body is None or not parameter.name or parameter.type.text in {g.name for g in function.generics}:
        return
    body = nodes.node_at(root, function.body.start, function.body.end)
    binding = binding_of(root, parameter.name, function.body.end - 1)
    reads = binding is not None and only_read(case.index, root, body, binding)
    parts = with_parameter(case.situation, case.index, function, number, lent_type(parameter.type.text), lend)
    yield Answer(
        f"let `{function.name}` borrow `{parameter.name}`",
        parts,
        0.45 if reads else 0.12,
        ("changes a signature",),
    )


def _last_name(call: Node | None) -> str:
    callee = None if call is None else call.child_by_field_name("function")
    return text(callee).rpartition("::")[2]


def _lent_parameter(case: Case) -> Iterator[Answer]:
    """E0713: what has a destructor is lent to the function, for as long as what it gives back is borrowed."""
    function = case.item
    lifetime = next(
        (name for span in case.spans("lifetime") for name in quoted(span.label or "") if name.startswith("'")),
        None,
    )
    if function is None or lifetime is None:
        return
    for parameter in function.parameters:
        if parameter.type.text.startswith("&") or lifetime not in parameter.type.text:
            continue
        returned = function.returns.text if function.returns is not None else ""
        word = "mut " if types.is_mutable_reference(returned) else ""
        put = edits.insert(function.path, parameter.type.start, f"&{lifetime} {word}")
        yield Answer(f"let the caller keep `{parameter.name}`", (put,), 0.4, ("changes a signature",))


_ALL = ("E0499", "E0502", "E0503", "E0505", "E0506", "E0713", "E0500", "E0501", "E0524")
propose = answering(dict.fromkeys(_ALL, (_answers,)))
