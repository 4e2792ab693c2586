"""What is read before it has a value, E0381, and what is given a second one, E0384.

An initial value of the declared type or of the type that is assigned later, or the branch that forgot to give one;
``mut``, or a second name instead of a changed one.
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import LOOPS, text
from rusta_cargo.repair.code.scopes import binding_of, bound_in
from rusta_cargo.repair.code.usage import place_of, uses
from rusta_cargo.repair.code.values import Values


def _reassigned(case: Case) -> Iterator[Answer]:
    """E0384: ``mut`` at the name, or a new name of the same spelling."""
    names = quoted(case.diagnostic.message)
    binding = binding_of(case.root, names[0], case.place.start) if names else None
    if binding is None:
        return
    pattern = nodes.node_at(case.root, binding.start, binding.end)
    shorthand = pattern.type == "shorthand_field_identifier"
    if not binding.mutable:
        yield Answer(
            f"make `{binding.name}` mutable",
            (edits.insert(case.path, binding.start, "mut "),),
            0.85,
        )
    if binding.by_reference or shorthand or (binding.written is not None and types.is_reference(binding.written)):
        yield Answer(
            f"change what `{binding.name}` refers to",
            (edits.insert(case.path, case.place.start, "*"),),
            0.2,
        )
    statement = nodes.statement_of(nodes.node_at(case.root, case.place.start, case.place.end))
    same = statement is not None and nodes.block_of(statement) == nodes.block_of(pattern)
    assigned = (
        statement is not None and statement.start_byte == case.place.start and case.node.type == "assignment_expression"
    )
    if statement is not None and same and assigned and nodes.around(statement, LOOPS) == nodes.around(pattern, LOOPS):
        yield Answer(
            f"shadow `{binding.name}`",
            (edits.insert(case.path, statement.start_byte, "let "),),
            0.12,
        )


def _unset(case: Case) -> Iterator[Answer]:
    """E0381: a first value, of the declared type or of the type it is given later; the branch that gives none."""
    spans = case.spans("declared here", "uninitialized")
    place = next((span for span in spans if "declared here" in (span.label or "")), None)
    if place is None:
        return
    declaration = nodes.enclosing(nodes.node_at(case.root, place.start, place.end), "let_declaration")
    at = None if declaration is None else next(bound_in(declaration.child_by_field_name("pattern")), None)
    if declaration is None or at is None or declaration.child_by_field_name("value") is not None:
        return
    binding = (
        binding_of(case.root, text(at), declaration.parent.end_byte - 1) if declaration.parent is not None else None
    )
    assignments = []
    if binding is not None and declaration.parent is not None:
        for use in uses(case.root, binding, declaration.parent):
            around = place_of(use).parent
            if (
                around is not None
                and around.type == "assignment_expression"
                and around.child_by_field_name("left") == use
            ):
                assignments.append(around)
    kind = None if binding is None else binding.written
    for around in assignments:
        kind = kind or case.type_of(around.child_by_field_name("right"))
    written = declaration.child_by_field_name("type") or declaration.child_by_field_name("pattern")
    values = ["0"] if kind in ("{integer}", None) else ["0.0"] if kind == "{float}" else []
    if kind is not None and not values:
        offers = sorted(
            Values(case.situation, case.path, declaration.start_byte).empty(kind),
            key=lambda o: -o.weight,
        )
        values = [offer.text for offer in offers][:3]
    name = text(at)
    fixed = bool(assignments) and nodes.child(declaration, "mutable_specifier") is None
    mut = (edits.insert(case.path, at.start_byte, "mut "),) if fixed else ()
    for rank, value in enumerate(values):
        if written is None:
            continue
        init = edits.insert(case.path, written.end_byte, f" = {value}")
        yield Answer(f"let `{name}` begin with `{value}`", (init, *mut), 0.55 - 0.1 * rank)
        yield from _else(case, name, value, assignments, declaration.end_byte)


def _else(case: Case, name: str, value: str, assignments: list[Node], declaration_end: int) -> Iterator[Answer]:
    """The ``if`` that assigns and has no ``else`` gets one."""
    for assignment in assignments:
        branch = nodes.around(assignment, "if_expression")
        while branch is not None and branch.parent is not None and branch.parent.type == "else_clause":
            branch = nodes.around(branch.parent, "if_expression")
        while branch is not None and (other := branch.child_by_field_name("alternative")) is not None:
            branch = nodes.child(other, "if_expression")
        if branch is None or branch.start_byte < declaration_end or branch.end_byte > case.place.start:
            continue
        indent = nodes.indent_at(case.source, branch.start_byte)
        step = nodes.indent_unit(case.source)
        spread = b"\n" in case.source[branch.start_byte : branch.end_byte]
        body = f" else {{\n{indent}{step}{name} = {value};\n{indent}}}" if spread else f" else {{ {name} = {value}; }}"
        yield Answer(
            f"give `{name}` a value otherwise as well",
            (edits.insert(case.path, branch.end_byte, body),),
            0.4,
        )
        return


propose = answering({"E0384": (_reassigned,), "E0381": (_unset,)})
