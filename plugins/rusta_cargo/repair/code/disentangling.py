"""Borrows within one statement pulled apart: a ``let`` in front, a loop that goes by index,
two elements reached at once, receivers that ask for less."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.ownership import owned
from rusta_cargo.repair.code.receivers import changes_self, with_receiver
from rusta_cargo.repair.code.reordering import row
from rusta_cargo.repair.code.usage import bound_by, free_name, mentions, names_in, occurrences
from rusta_schemas.diagnostic import Span

_VALUES = (
    "call_expression",
    "field_expression",
    "index_expression",
    "binary_expression",
    "macro_invocation",
    "identifier",
    "type_cast_expression",
)
_NAMES = {
    "len": "len",
    "is_empty": "empty",
    "get": "value",
    "clone": "copy",
    "next": "next",
    "to_string": "text",
}


def separated(case: Case, first: Span) -> Iterator[Answer]:
    """The colliding expression gets a ``let`` before what borrows; else the borrowing one does."""
    found = row(case.root, (first.start, case.place.start))
    if found is None or found.at[0] > found.at[1]:
        return
    begin, clash = (found.statements[number] for number in found.at)
    inner = clash.named_children[0] if clash.type == "expression_statement" and clash.named_children else clash
    if inner.type in (*nodes.LOOPS, "closure_expression", "block", *nodes.ITEMS):
        return
    between = found.statements[found.at[0] : found.at[1]]
    bound = set().union(*(bound_by(other) for other in between)) if between else set()
    for span, prior in ((case.place, 0.65), (first, 0.35)) if not between else ((case.place, 0.5),):
        node = _argument(case.seen(span), inner)
        if node is None or node.type not in _VALUES or _crosses(node, clash) or mentions(node, bound):
            continue
        name, value = free_name(case.function or case.root, _name_for(node)), text(node)
        # A plain name is read where it stands, unless the borrow beside it forbids just that.
        copied = case.diagnostic.code == "E0503" and not between
        if (value.isidentifier() and not copied) or node.id == inner.id:
            continue
        kind = case.type_of(node)
        owner = types.reference(kind) if kind is not None else None
        used = name
        if owner is not None and span is first:
            made = owned(kind or "")
            if made is None or owner[1]:
                continue
            # What was lent has to be owned to outlive the borrow it came from.
            value, used = (
                f"{value}{made[1]}",
                name if types.strip_references(kind or "") in types.COPY else f"&{name}",
            )
        parts = (
            edits.line_before(case.path, case.source, begin.start_byte, f"let {name} = {value};"),
            edits.replace_node(case.path, node, used),
        )
        yield Answer(
            f"evaluate `{value}` before",
            parts,
            0.6 if owner is not None and span is first else prior,
        )


def _argument(node: Node, top: Node) -> Node | None:
    """The argument, operand or index around ``node`` that can stand alone: the call chain below an argument list."""
    current = node
    while (parent := current.parent) is not None and current.id != top.id:
        if parent.type in (
            "arguments",
            "binary_expression",
            "tuple_expression",
            "array_expression",
            "field_initializer",
        ):
            return current
        if parent.type == "index_expression" and parent.named_children[-1].id == current.id:
            return current
        if (
            parent.type in ("assignment_expression", "compound_assignment_expr")
            and parent.child_by_field_name("right") == current
        ):
            return current
        if parent.type in ("block", "match_arm", "closure_expression"):
            return None
        current = parent
    return None


def _crosses(node: Node, statement: Node) -> bool:
    """Between the two lies a closure, a block or an arm whose names the expression may use."""
    for around in nodes.ancestors(node):
        if around.id == statement.id or around.start_byte < statement.start_byte:
            return False
        if around.type in ("closure_expression", "block", "match_arm") and around is not node:
            return True
    return False


def _name_for(node: Node) -> str:
    if node.type == "type_cast_expression":
        return _name_for(node.named_children[0])
    if node.type == "call_expression":
        callee = node.child_by_field_name("function")
        name = (
            callee.child_by_field_name("field") if callee is not None and callee.type == "field_expression" else callee
        )
        plain = text(name).rpartition("::")[2]
        return _NAMES.get(plain, plain.removeprefix("get_") if plain.isidentifier() else "value")
    if node.type == "field_expression":
        field = text(node.child_by_field_name("field"))
        return field if field.isidentifier() else "value"
    if node.type == "index_expression":
        return "value"
    return "value"


def indexed_loop(case: Case, first: Span) -> Iterator[Answer]:
    """``for x in &v`` whose body changes what holds ``v`` goes by index."""
    node = case.seen(first)
    loop = nodes.enclosing(node, "for_expression")
    if loop is None or not (loop.start_byte <= case.place.start < loop.end_byte):
        return
    value, pattern, body = (loop.child_by_field_name(part) for part in ("value", "pattern", "body"))
    if (
        value is None
        or pattern is None
        or body is None
        or pattern.type != "identifier"
        or case.place.start < body.start_byte
    ):
        return
    place, sign = None, ""
    if value.type == "reference_expression":
        place = value.child_by_field_name("value")
        sign = "mut " if nodes.child(value, "mutable_specifier") is not None else ""
    elif value.type == "call_expression":
        callee = value.child_by_field_name("function")
        if (
            callee is not None
            and callee.type == "field_expression"
            and text(callee.child_by_field_name("field")) in ("iter", "iter_mut")
        ):
            place = callee.child_by_field_name("value")
            sign = "mut " if text(callee).endswith("iter_mut") else ""
    if place is None:
        return
    counter = next(letter for letter in ("i", "j", "k", "index") if letter not in names_in(body) or letter == "index")
    head = edits.replace(case.path, pattern.start_byte, value.end_byte, f"{counter} in 0..{text(place)}.len()")
    uses = list(occurrences(body, text(pattern)))
    element = f"{text(place)}[{counter}]"
    direct = []
    for use in uses:
        around = use.parent
        if (
            nodes.around(use, "token_tree") is None
            and around is not None
            and around.type == "unary_expression"
            and text(around).startswith("*")
        ):
            direct.append(edits.replace_node(case.path, around, element))
        elif around is not None and around.type == "field_expression":
            direct.append(edits.replace_node(case.path, use, element))
        else:
            direct.append(
                edits.replace_node(
                    case.path,
                    use,
                    f"&{sign}{element}" if around is not None and around.type == "arguments" else element,
                )
            )
    yield Answer(f"go through `{text(place)}` by index", (head, *direct), 0.3)
    indent = nodes.indent_at(case.source, loop.start_byte) + nodes.indent_unit(case.source)
    line = edits.insert(case.path, body.start_byte + 1, f"\n{indent}let {text(pattern)} = &{sign}{element};")
    yield Answer(f"go through `{text(place)}` by index", (head, line), 0.2)
    copied = edits.insert(case.path, body.start_byte + 1, f"\n{indent}let {text(pattern)} = {element}.clone();")
    yield Answer(
        f"go through copies of `{text(place)}` by index",
        (head, copied),
        0.15,
        ("adds a clone in a loop",),
    )


def split_elements(case: Case, first: Span) -> Iterator[Answer]:
    """Two elements of one slice at once: ``swap`` or ``split_at_mut``."""
    one, other = case.seen(first), case.node
    call = nodes.around(other, "call_expression")
    left, right = (_indexed(node) for node in (one, other))
    if left is None or right is None or left[0] != right[0]:
        return
    place, i = left
    j = right[1]
    if call is not None and text(call.child_by_field_name("function")).endswith("swap"):
        yield Answer(
            "swap the elements in place",
            (edits.replace_node(case.path, call, f"{place}.swap({i}, {j})"),),
            0.85,
        )
        return
    found = row(case.root, (first.start, case.place.start))
    if found is None or found.at[0] >= found.at[1] or not (i.isdecimal() and j.isdecimal()) or int(i) == int(j):
        return
    low, high = sorted((int(i), int(j)))
    halves = ("head", "tail")
    statement = found.statements[found.at[0]]
    line = edits.line_before(
        case.path,
        case.source,
        statement.start_byte,
        f"let ({halves[0]}, {halves[1]}) = {place}.split_at_mut({high});",
    )
    parts = [line]
    for node, at in ((one, int(i)), (other, int(j))):
        text_new = f"&mut {halves[0]}[{at}]" if at == low else f"&mut {halves[1]}[0]"
        parts.append(edits.replace_node(case.path, _whole(node), text_new))
    yield Answer(f"split `{place}` to reach two elements", tuple(parts), 0.5)


def _whole(node: Node) -> Node:
    return node if node.type == "reference_expression" else nodes.enclosing(node, "reference_expression") or node


def _indexed(node: Node) -> tuple[str, str] | None:
    """(place, index) of ``&mut place[index]``."""
    outer = _whole(node)
    value = outer.child_by_field_name("value")
    if outer.type != "reference_expression" or value is None or value.type != "index_expression":
        return None
    return text(value.named_children[0]), text(value.named_children[-1])


def unshared(case: Case, first: Span) -> Iterator[Answer]:
    """A method of ours that borrows more than it needs: ``&mut self`` that only reads, ``&'a mut self``."""
    for span in (first, case.place):
        node = case.seen(span)
        call = nodes.enclosing(node, "call_expression")
        for around in (
            [] if call is None else [call, *(n for n in nodes.ancestors(call) if n.type == "call_expression")][:2]
        ):
            callee = around.child_by_field_name("function")
            if callee is None or callee.type != "field_expression":
                continue
            for function in case.index.named(text(callee.child_by_field_name("field")), Function):
                yield from _loosened(case, function)


def _loosened(case: Case, function: Function) -> Iterator[Answer]:
    receiver = function.receiver.text if function.receiver is not None else ""
    parts = types.reference(receiver)
    if parts is None or "self" not in receiver:
        return
    lifetime, word, _ = parts
    if lifetime:
        tied = _returns_only(function, f"'{lifetime}")
        changed = with_receiver(case.index, function, f"&{word + ' ' if word else ''}self")
        yield Answer(
            f"do not tie `self` of `{function.name}` to `'{lifetime}`",
            changed,
            0.3 if tied else 0.6,
            ("changes a signature",),
        )
    elif word and not changes_self(case.situation, case.index, function):
        changed = with_receiver(case.index, function, "&self")
        yield Answer(f"let `{function.name}` only read `self`", changed, 0.7, ("changes a signature",))


def _returns_only(function: Function, lifetime: str) -> bool:
    return function.returns is not None and lifetime in function.returns.text
