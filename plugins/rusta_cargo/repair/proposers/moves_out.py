"""Moves out of what only lends: E0507, E0508, E0509.

The place is borrowed (``&x.f``, ``ref``, ``.as_ref()``, ``.iter()``), its value taken with something left behind
(``.take()``, ``mem::take``), or cloned; the method that consumes lends instead, the receiver that lends consumes, or a
small type becomes ``Copy``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.copying import derived, made_copy
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.nodes import LOOPS, text
from rusta_cargo.repair.code.ownership import has_default, is_clone
from rusta_cargo.repair.code.receivers import changes_self, lent_receiver, with_receiver
from rusta_cargo.repair.code.scopes import bound_in
from rusta_cargo.repair.code.usage import root_name
from rusta_cargo.repair.code.vacating import assigned_anew, chained, mutable_place, whole_type
from rusta_cargo.repair.proposer import Replacement
from rusta_cargo.repair.proposers.moves import CLONES, moved_type

_LENDING = {
    "into_iter": ("iter", "drain(..)"),
    "into_bytes": ("as_bytes",),
    "into_keys": ("keys",),
    "into_values": ("values",),
}
_CONSUMES = re.compile(r"^(?:into|finish|build|unwrap|consume)(?:_|$)")


def _answers(case: Case) -> Iterator[Answer]:
    kind, node = moved_type(case), case.node
    # A pattern may move a part alone; what is borrowed or taken is the whole.
    whole = whole_type(case, node, kind)
    yield from _lent(case, node)
    yield from _optional(case, node, whole)
    yield from _taken(case, node, whole)
    yield from _cloned(case, node, kind)
    yield from _method(case, node)
    yield from _receiver(case, node)
    yield from _captured(case, node)
    yield from _removed(case, node)
    yield from made_copy(case, kind)


def _mutably(case: Case) -> bool:
    """What the value lies behind may be changed."""
    return "mutable reference" in case.diagnostic.message or (
        "a shared" not in case.diagnostic.message and (case.diagnostic.code != "E0507")
    )


def _lent(case: Case, node: Node) -> Iterator[Answer]:
    parent, shown = node.parent, text(node)
    if parent is None:
        return
    put = (edits.insert(case.path, node.start_byte, "&"),)
    holder = parent.type
    if node.type == "unary_expression" and shown.startswith("*"):
        bare = node.named_children[-1]
        if holder in (
            "let_declaration",
            "match_expression",
            "let_condition",
            "for_expression",
            "arguments",
        ):
            yield Answer(
                f"use `{text(bare)}` itself",
                (edits.replace_node(case.path, node, text(bare)),),
                0.5,
            )
    if holder == "let_declaration":
        yield Answer(f"borrow `{shown}`", put, 0.5)
        if _changed_later(case, parent):
            change = edits.insert(case.path, node.start_byte, "&mut ")
            yield Answer(f"borrow `{shown}` mutably, as it is used", (change,), 0.95)
    elif holder in ("match_expression", "let_condition"):
        old = case.source.count(b"(ref ") > 1
        yield Answer(f"match on `&{shown}`", put, 0.4 if old else 0.7)
        if _mutably(case):
            yield Answer(
                f"match on `&mut {shown}`",
                (edits.insert(case.path, node.start_byte, "&mut "),),
                0.97 if _changed_inside(case, parent) else 0.45,
            )
        yield from _by_reference(case)
    elif holder == "for_expression":
        yield Answer(f"iterate over `&{shown}`", put, 0.8)
    elif holder == "arguments":
        yield Answer(f"pass `&{shown}`", put, 0.3)
    function = nodes.callable_of(node)
    returned = None if function is None else function.child_by_field_name("return_type")
    if returned is not None and text(returned).startswith("&") and nodes.tail_of(nodes.block_of(node)) == node:
        yield Answer(f"return `&{shown}`", put, 0.7)


def _changed_later(case: Case, declaration: Node) -> bool:
    """The compiler also says that what is declared here is changed and not declared so: it was a mutable reference."""
    name = text(declaration.child_by_field_name("pattern"))
    return any(
        other.code == "E0596" and f"cannot borrow `{name}` as mutable" in other.message
        for other in case.situation.diagnostics
    )


def _changed_inside(case: Case, holder: Node) -> bool:
    """What the patterns bind is changed where it lies: it was to stay there."""
    whole = nodes.enclosing(holder, ("match_expression", "if_expression", "while_expression"))
    places = [d.primary for d in case.situation.diagnostics if d.code in ("E0596", "E0594") and d.primary is not None]
    return whole is not None and any(
        place.path == case.path and whole.start_byte <= place.start < whole.end_byte for place in places
    )


def _by_reference(case: Case) -> Iterator[Answer]:
    """``ref`` at the bindings of the patterns that the compiler points at."""
    spots = [span for span in case.spans("data moved here", "moves here", "and here") if span.path == case.path]
    found: list[Replacement] = []
    for span in spots:
        node = nodes.node_at(case.root, span.start, span.end)
        if node.type == "identifier" and next(bound_in(node), None) is not None:
            found.append(edits.insert(case.path, node.start_byte, "ref "))
    if found:
        yield Answer("bind by reference", tuple(found), 0.75 if case.source.count(b"(ref ") > 1 else 0.3)


def _optional(case: Case, node: Node, kind: str | None) -> Iterator[Answer]:
    """An Option behind a reference: look into it, or take it."""
    if kind is None or types.head(kind) not in ("Option", "Result") or types.is_reference(kind):
        return
    option = types.head(kind) == "Option"
    inner = types.arguments(kind)[0] if types.arguments(kind) else ""
    takes = option and mutable_place(case, node)
    again = takes and assigned_anew(case, node)
    called = node.parent is not None and node.parent.type in (
        "field_expression",
        "tuple_expression",
    )
    named = {"as_ref": 0.91 if called else 0.55, "as_mut": 0.3 if takes else 0.0, "clone": 0.3}
    named["take"] = 0.93 if again else 0.6 if takes else 0.0
    if types.head(inner) in ("Box", "String", "Vec", "Rc", "Arc"):
        named["as_deref"] = 0.35
        named["as_deref_mut"] = 0.25 if takes else 0.0
    for name, prior in named.items():
        if prior:
            yield Answer(f"call `.{name}()` on `{text(node)}`", chained(case, node, f".{name}()"), prior)


def _taken(case: Case, node: Node, kind: str | None) -> Iterator[Answer]:
    if kind is None or types.head(kind) == "Option" or not mutable_place(case, node):
        return
    if node.type not in (
        "field_expression", "index_expression", "unary_expression", "identifier", "self",
    ):  # fmt: skip
        return
    place = text(node.named_children[-1]) if node.type == "unary_expression" else f"&mut {text(node)}"
    if f"`*{text(node)}`" in case.diagnostic.message:
        place = text(node)  # the reference itself is named
    parent = node.parent
    used = parent is not None and parent.type == "field_expression"
    if has_default(kind, case.index):
        full = "use std::mem;" in case.source.decode("utf-8", "replace")
        call = f"{'mem' if full else 'std::mem'}::take({place})"
        yield Answer(
            f"take the value out of `{text(node)}`",
            (edits.replace_node(case.path, node, call),),
            0.93 if assigned_anew(case, node) else 0.3 if used else 0.5,
        )
    if node.type == "index_expression":
        owner, place_node = node.named_children[0], node.named_children[-1]
        call = f"{text(owner)}.swap_remove({text(place_node)})"
        yield Answer("swap the element out", (edits.replace_node(case.path, node, call),), 0.12)
        call = f"{text(owner)}.remove({text(place_node)})"
        yield Answer("remove the element", (edits.replace_node(case.path, node, call),), 0.14)


def _cloned(case: Case, node: Node, kind: str | None) -> Iterator[Answer]:
    """A clone; with a derive when the type is ours and has none."""
    if kind is None or node.type in ("closure_expression", "macro_invocation") or node.type.endswith("pattern"):
        return
    item = case.index.type_named(kind) if not types.is_reference(kind) else None
    extra: tuple[Replacement, ...] = ()
    prior = 0.4
    if item is not None and not case.index.implements(item.name, "Clone"):
        extra, prior = derived(case.situation, case.index, item, ("Clone",)), 0.25
        if not extra:
            return
    elif item is None and not is_clone(kind, case.index):
        prior = 0.15
    risk = (CLONES,) if nodes.around(node, LOOPS) is not None else ()
    start, end = node.start_byte, node.end_byte
    parts: tuple[Replacement, ...] = (edits.insert(case.path, end, ".clone()"),)
    if node.type == "unary_expression":
        bare = text(node.named_children[-1])
        parts = (
            edits.replace(
                case.path,
                start,
                end,
                f"{bare}.clone()" if case.type_of(node.named_children[-1]) else f"({text(node)}).clone()",
            ),
        )
        if node.parent is not None and node.parent.type == "parenthesized_expression":
            parts = (edits.insert(case.path, node.parent.end_byte, ".clone()"),)
    yield Answer(f"clone `{text(node)}`", (*extra, *parts), prior, risk)


def _method(case: Case, node: Node) -> Iterator[Answer]:
    """The method that consumes the place: a sister that lends, or a receiver that does."""
    callee = node.parent
    if callee is not None and callee.type == "parenthesized_expression":
        callee = callee.parent
    if callee is None or callee.type != "field_expression":
        return
    name = callee.child_by_field_name("field")
    for other in _LENDING.get(text(name), ()):
        arguments = callee.parent.child_by_field_name("arguments") if callee.parent is not None else None
        if name is None or arguments is None:
            continue
        plain = other.removesuffix("(..)")
        parts: tuple[Replacement, ...] = (edits.replace_node(case.path, name, plain),)
        if plain != other:
            if not mutable_place(case, node):
                continue
            parts += (edits.replace_node(case.path, arguments, "(..)"),)
        yield Answer(
            f"call `.{plain}()` instead of `.{text(name)}()`",
            parts,
            0.92 if plain == other else 0.35,
        )
    if text(name) == "into_iter" and callee.parent is not None and name is not None:
        for then, prior in ((".cloned()", 0.35), (".copied()", 0.1)):
            parts = (
                edits.replace_node(case.path, name, "iter"),
                edits.insert(case.path, callee.parent.end_byte, then),
            )
            yield Answer(f"iterate over `{text(node)}` with `{then}`", parts, prior)
    for function in case.index.named(text(name), Function):
        if function.receiver is not None and function.receiver.text in ("self", "mut self"):
            if _mutably(case) and changes_self(case.situation, case.index, function):
                mutable = with_receiver(case.index, function, "&mut self")
                yield Answer(f"let `{function.name}` borrow `self` mutably", mutable, 0.6, ("changes a signature",))
            parts, reads = lent_receiver(case.situation, case.index, function)
            yield Answer(
                f"let `{function.name}` borrow `self`",
                parts,
                0.6 if reads else 0.2,
                ("changes a signature",),
            )


def _receiver(case: Case, node: Node) -> Iterator[Answer]:
    """A method that gives away a part of itself takes ``self`` by value."""
    function = case.item
    if root_name(node) != "self" or function is None or function.receiver is None:
        return
    if not function.receiver.text.startswith("&"):
        return
    consuming = _CONSUMES.match(function.name) is not None
    parts = with_receiver(case.index, function, "self")
    if parts and nodes.around(node, ("closure_expression",)) is None:
        yield Answer(
            f"let `{function.name}` consume `self`",
            parts,
            0.93 if consuming else 0.12,
            ("changes a signature",),
        )


def _captured(case: Case, node: Node) -> Iterator[Answer]:
    """Moved out of a closure that is called more than once."""
    if "captured variable" not in case.diagnostic.message:
        return
    parent = node.parent
    if parent is not None and parent.type in (
        "arguments",
        "let_declaration",
        "for_expression",
        "return_expression",
    ):
        yield Answer(f"borrow `{text(node)}`", (edits.insert(case.path, node.start_byte, "&"),), 0.3)
    for span in case.noted("required by this bound", "`Fn` and `FnMut` closures require"):
        source = case.situation.source(span.path)
        written = source[span.start : span.end].decode("utf-8", "replace")
        for sign in ("FnMut", "Fn"):
            if re.match(rf"{sign}\b", written):
                parts: tuple[Replacement, ...] = (
                    edits.replace(span.path, span.start, span.start + len(sign), "FnOnce"),
                )
                yield Answer(f"ask for `FnOnce` instead of `{sign}`", parts, 0.4, ("changes a signature",))
                break


def _removed(case: Case, node: Node) -> Iterator[Answer]:
    """``*x`` that is not needed: the method or field is found through the reference as well."""
    if node.type != "unary_expression" or not text(node).startswith("*"):
        return
    parent = node.parent
    around = parent.parent if parent is not None and parent.type == "parenthesized_expression" else None
    if around is not None and around.type == "field_expression" and parent is not None:
        bare = text(node.named_children[-1])
        yield Answer(f"use `{bare}` itself", (edits.replace_node(case.path, parent, bare),), 0.4)


propose = answering({"E0507": (_answers,), "E0508": (_answers,), "E0509": (_answers,)})
