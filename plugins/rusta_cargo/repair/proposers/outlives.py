"""Lifetimes that are not known to outlive each other: ``lifetime may not live long enough`` (which has no code), E0309,
E0310, E0311, E0477, E0478, E0482, E0491, E0495, E0621, E0623; parameters of impls that nothing fixes: E0207.

The bound that is missing is declared; or two lifetimes become one; or the result (of this function, or of the one it
calls) says what it is borrowed from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.regions import (
    declared,
    definition,
    fill,
    filled,
    fresh,
    gaps,
    outliving,
    places,
    renamed,
    signature_parts,
    undeclare,
)
from rusta_cargo.repair.proposer import Replacement
from rusta_schemas.diagnostic import Span

_RISK = ("changes a signature",)
_MUST = re.compile(r"`('\w+)` must outlive `('\w+)`")
_SUPPOSED = re.compile(r"return data with lifetime `('\w+)` but it is returning data with lifetime `('\w+)`")
_HELP = re.compile(r"adding the following bound: `('\w+): ('\w+)`")


def _related(case: Case) -> tuple[str, str] | None:
    """(longer, shorter): the first has to outlive the second."""
    texts = [
        *(span.label or "" for span in case.diagnostic.spans),
        *(note.message for note in case.diagnostic.notes),
    ]
    for written in texts:
        if (found := _SUPPOSED.search(written)) is not None:
            return found[2], found[1]
        if (found := _MUST.search(written)) is not None or (found := _HELP.search(written)) is not None:
            return found[1], found[2]
    return None


def _short(case: Case) -> Iterator[Answer]:
    """``lifetime may not live long enough``."""
    if case.diagnostic.code is None and "may not live long enough" not in case.diagnostic.message:
        return
    pair, item = _related(case), case.item
    if pair is None or item is None:
        return
    longer, shorter = pair
    node = definition(case.root, item)
    if not longer[1:].isdecimal() and not shorter[1:].isdecimal():
        yield from _named(case, item, node, longer, shorter)
    elif longer[1:].isdecimal() and not shorter[1:].isdecimal():
        yield from _anonymous(case, node, longer, shorter)
    else:
        yield from _both(case, item, node)
    yield from _callee(case, node, shorter)


def _named(case: Case, item: Function, node: Node, longer: str, shorter: str) -> Iterator[Answer]:
    bound = outliving(case.index, case.path, case.place.start, longer, shorter)
    if bound is not None:
        yield Answer(f"`{longer}` outlives `{shorter}`", (bound,), 0.6, _RISK)
    scope = dict(reversed(declared(case.index, case.path, case.place.start)))
    parts = signature_parts(node)
    if scope.get(longer) is item:
        merged = [change for part in parts for change in renamed(case.path, part, longer, shorter)]
        gone = undeclare(item, longer)
        rest = [change for change in renamed(case.path, node, longer, shorter) if change not in merged]
        if gone is not None and not any(
            gone.start <= change.start < gone.end or change.start < gone.start for change in rest
        ):
            yield Answer(f"`{longer}` is `{shorter}`", (*merged, gone), 0.5, _RISK)
        yield Answer(f"take `{shorter}` where `{longer}` was taken", tuple(merged), 0.3, _RISK)
    returned = node.child_by_field_name("return_type")
    if returned is not None:
        result = tuple(renamed(case.path, returned, shorter, longer))
        yield Answer(f"the result lives for `{longer}`", result, 0.5, _RISK)
        for place in places(returned, shorter) if len(result) > 1 else ():
            yield Answer(
                f"the result lives for `{longer}`",
                (edits.replace_node(case.path, place, longer),),
                0.3,
                _RISK,
            )


def _anonymous(case: Case, node: Node, longer: str, shorter: str) -> Iterator[Answer]:
    """What has no name has to live as long as something that has one."""
    static = shorter == "'static"
    for span in case.spans(f"reference `{longer}`", "type `", "lifetime `'"):
        if longer not in (span.label or "") or span.path != case.path:
            continue
        part = _parameter_at(node, span)
        if part is None:
            continue
        found = list(gaps(case.index, part))
        exact = [gap for gap in found if gap[1].start_byte <= span.start < gap[1].end_byte and gap[0] == "&"][
            -1:
        ] or found
        changes = tuple(fill(case.path, case.index, *gap, shorter) for gap in exact)
        receiver = part.type == "self_parameter"
        yield Answer(f"take it for `{shorter}`", changes, 0.25 if static else 0.4 if receiver else 0.6, _RISK)
    returned = node.child_by_field_name("return_type")
    if returned is None:
        return
    found_places = places(returned, shorter)
    if found_places:
        loose = []
        for place in found_places:
            reference = place.parent is not None and place.parent.type == "reference_type"
            stop = place.end_byte + 1 if reference else place.end_byte
            loose.append(edits.replace(case.path, place.start_byte, stop, "" if reference else "'_"))
        yield Answer("the result is borrowed from what is given", tuple(loose), 0.5, _RISK)


def _parameter_at(node: Node, span: Span) -> Node | None:
    listed = node.child_by_field_name("parameters")
    for part in [] if listed is None else listed.named_children:
        if part.start_byte <= span.start < part.end_byte:
            return part if part.type == "self_parameter" else part.child_by_field_name("type")
    return None


def _both(case: Case, item: Function, node: Node) -> Iterator[Answer]:
    """One name for everything that goes in and out; then for the two that are told apart only."""
    known = [name for name, _ in declared(case.index, case.path, case.place.start)]
    yield from _taken(case, item)
    name = fresh(item, case.source)
    pointed = [part for span in case.spans("let's call", "has type") if (part := _parameter_at(node, span)) is not None]
    two = [change for part in dict.fromkeys(pointed) for change in filled(case.path, case.index, part, name)]
    returned = node.child_by_field_name("return_type")
    back = [] if returned is None else filled(case.path, case.index, returned, name)
    for chosen in known[:2]:
        parts = [change for part in dict.fromkeys(pointed) for change in filled(case.path, case.index, part, chosen)]
        yield Answer(f"take both for `{chosen}`", tuple(parts), 0.35, _RISK)
    if two:
        yield Answer(f"both live for `{name}`", (*two, *back, edits.add_generic(item, name)), 0.45, _RISK)
    whole = [change for part in signature_parts(node) for change in filled(case.path, case.index, part, name)]
    if whole:
        yield Answer(
            f"one lifetime `{name}` for all of `{item.name}`",
            (*whole, edits.add_generic(item, name)),
            0.35,
            _RISK,
        )


def _taken(case: Case, item: Function) -> Iterator[Answer]:
    """A ``&mut &mut [T]`` that moves on: the inner reference is taken out before it is split."""
    if not any(re.search(r"has type `&mut &", span.label or "") for span in case.diagnostic.spans):
        return
    node = definition(case.root, item)
    for call in nodes.below(node, "call_expression"):
        callee = call.child_by_field_name("function")
        owner = None if callee is None or callee.type != "field_expression" else callee.child_by_field_name("value")
        if (
            owner is not None
            and owner.type in ("self", "identifier")
            and text(callee).endswith(
                (
                    "split_at_mut",
                    "split_first_mut",
                    "split_last_mut",
                    "get_mut",
                    "iter_mut",
                    "split_at",
                )
            )
        ):
            core = "core" if b"no_std" in case.source or b"core::mem" in case.source else "std"
            for form in (
                f"{core}::mem::take({text(owner)})",
                f"{core}::mem::replace({text(owner)}, &mut [])",
            ):
                yield Answer(
                    f"take the slice out of `{text(owner)}`",
                    (edits.replace_node(case.path, owner, form),),
                    0.6,
                )


def _callee(case: Case, node: Node, shorter: str) -> Iterator[Answer]:
    """A function of the tree that is called says too little about what its result is borrowed from."""
    body = node.child_by_field_name("body")
    scope = {
        name for name, owner in declared(case.index, case.path, case.place.start) if not isinstance(owner, Function)
    }
    if body is None or shorter not in scope:
        return
    seen: set[int] = set()
    for call in nodes.below(body, "call_expression"):
        callee = call.child_by_field_name("function")
        name = None if callee is None else callee.child_by_field_name("field") or callee.child_by_field_name("name")
        for function in case.index.named(text(name), Function) if name is not None else ():
            known = {n for n, _ in declared(case.index, function.path, function.name_start)}
            if function.start in seen or function.returns is None or shorter not in known or function is case.item:
                continue
            seen.add(function.start)
            root = case.situation.syntax(function.path).root_node
            returned = definition(root, function).child_by_field_name("return_type")
            if returned is not None:
                parts = tuple(filled(function.path, case.index, returned, shorter))
                yield Answer(f"the result of `{function.name}` lives for `{shorter}`", parts, 0.7, _RISK)


def _unmet(case: Case) -> Iterator[Answer]:
    """E0477, E0478, E0491: the notes name the two lifetimes."""
    names = [
        name for note in case.diagnostic.notes for name in quoted(note.message) if name.startswith("'") and note.spans
    ]
    if len(names) == 2:
        longer, shorter = names if case.diagnostic.code != "E0491" else reversed(names)
        bound = outliving(case.index, case.path, case.place.start, longer, shorter)
        if bound is not None:
            yield Answer(f"`{longer}` outlives `{shorter}`", (bound,), 0.75, _RISK)
        for old, new, prior in ((longer, shorter, 0.3), (shorter, longer, 0.2)):
            node = nodes.node_at(case.root, case.place.start, case.place.end)
            statement = nodes.enclosing(node, ("field_declaration", "type_item", "associated_type", "parameter"))
            if statement is not None:
                yield Answer(
                    f"write `{new}` for `{old}`",
                    tuple(renamed(case.path, statement, old, new)),
                    prior,
                )


def _all_one(case: Case) -> Iterator[Answer]:
    """E0311, E0495, E0621, E0623: one lifetime for the whole signature, type parameters bound to it."""
    item = case.item
    if item is None:
        return
    node = definition(case.root, item)
    known = [name for name, owner in declared(case.index, case.path, case.place.start)]
    name = known[0] if known else fresh(item, case.source)
    parts: list[Replacement] = [
        change for part in signature_parts(node) for change in filled(case.path, case.index, part, name)
    ]
    for span in case.diagnostic.spans:
        for found in re.findall(r"the parameter type `(\w+)`", f"{span.label or ''} {case.diagnostic.message}"):
            bound = edits.add_bound(item, found, name)
            if bound is not None and bound not in parts:
                parts.append(bound)
            for call in nodes.below(node, "type_arguments"):
                if "must be valid" in (span.label or "") and text(call) == f"<{found}>":
                    yield from ()
    if name not in known:
        parts.append(edits.add_generic(item, name))
    yield Answer(f"one lifetime `{name}` for all of `{item.name}`", tuple(dict.fromkeys(parts)), 0.3, _RISK)
    pairs = _related(case)
    if pairs is not None and not pairs[0][1:].isdecimal() and not pairs[1][1:].isdecimal():
        bound = outliving(case.index, case.path, case.place.start, *pairs)
        if bound is not None:
            yield Answer(f"`{pairs[0]}` outlives `{pairs[1]}`", (bound,), 0.5, _RISK)


propose = answering(
    {
        None: (_short,),
        "E0495": (_all_one, _short),
        "E0621": (_all_one,),
        "E0623": (_all_one,),
        "E0311": (_all_one,),
        "E0309": (_all_one,),
        "E0477": (_unmet,),
        "E0478": (_unmet,),
        "E0491": (_unmet,),
        "E0482": (_all_one,),
    }
)
