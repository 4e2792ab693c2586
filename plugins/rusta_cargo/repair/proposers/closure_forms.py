"""Closures that are not what their caller asks for: E0525, E0593, E0594, E0599, E0631, and E0271 of closures,
iterators and impls.

The closure changes (what it captures is lent or cloned, parameters are dropped or added, their types follow), a
function is wrapped into a closure, or the bound of a function in the tree asks for less.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.copying import derived
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.ownership import is_copy
from rusta_cargo.repair.code.usage import names_in
from rusta_cargo.repair.proposer import Replacement
from rusta_schemas.diagnostic import Span

_RISK = ("changes a signature",)
_COUNT = re.compile(r"expected to take (\d+)(?: distinct)? arguments?, but it takes (\d+)")
_SIGNATURE = re.compile(
    r"expected (?:closure|function) signature `(.*?)`\s+found (?:closure|function) signature `(.*?)`",
    re.DOTALL,
)
# What other languages call the call of a function object.
_CALLS = ("call", "invoke", "apply", "run", "accept", "call_mut", "call_once")
_TRAITS = ("FnOnce", "FnMut", "Fn")


def _kind(case: Case) -> Iterator[Answer]:
    """E0525: the closure may be called less often than it is asked to be."""
    wanted = [name for name in quoted(case.diagnostic.message) if name in _TRAITS]
    for span in case.spans("because it moves"):
        node = case.seen(span)
        parent = node.parent
        if parent is not None and parent.type in (
            "arguments",
            "let_declaration",
            "for_expression",
            "match_expression",
        ):
            yield Answer(f"lend `{text(node)}`", (edits.insert(case.path, node.start_byte, "&"),), 0.4)
        extra: tuple[Replacement, ...] = ()
        kind = case.type_of(node)
        item = None if kind is None else case.index.type_named(kind)
        if item is not None and not case.index.implements(item.name, "Clone"):
            extra = derived(case.situation, case.index, item, ("Clone",))
        yield Answer(
            f"clone `{text(node)}`",
            (*extra, edits.insert(case.path, node.end_byte, ".clone()")),
            0.3 if extra else 0.5,
        )
    closure = nodes.enclosing(case.node, "closure_expression")
    word = None if closure is None else next((child for child in closure.children if child.type == "move"), None)
    if word is not None:
        end = word.end_byte
        while case.source[end : end + 1].isspace():
            end += 1
        yield Answer(
            "let the closure borrow what it uses",
            (edits.delete(case.path, word.start_byte, end),),
            0.25,
        )
    if len(wanted) == 2:
        for span in case.noted("required by this bound", "required by a bound"):
            yield from _asked(case, span, wanted[0], wanted[1])


def _asked(case: Case, span: Span, old: str, new: str) -> Iterator[Answer]:
    """The bound of a function in the tree asks for ``new``; for FnMut, what it binds becomes mutable."""
    source = case.situation.source(span.path)
    written = source[span.start : span.end].decode("utf-8", "replace")
    if not re.match(rf"{old}\b", written):
        return
    parts = [edits.replace(span.path, span.start, span.start + len(old), new)]
    function = case.index.at(span.path, span.start, span.end)
    if isinstance(function, Function) and new == "FnMut":
        generic = next((part.name for part in function.generics if part.start <= span.start < part.end), None)
        root = case.situation.syntax(span.path).root_node
        predicate = nodes.enclosing(nodes.node_at(root, span.start, span.end), "where_predicate")
        if predicate is not None and predicate.named_children:
            generic = text(predicate.named_children[0])
        for parameter in function.parameters:
            held = parameter.type.text == generic or parameter.type.start <= span.start < parameter.type.end
            if held and not parameter.type.text.startswith("&") and parameter.pattern.text == parameter.name:
                parts.append(edits.insert(function.path, parameter.start, "mut "))
    yield Answer(f"ask for `{new}` instead of `{old}`", tuple(parts), 0.55 if new == "FnMut" else 0.4, _RISK)


def _count(case: Case) -> Iterator[Answer]:
    """E0593: parameters that are not read go, others come."""
    found = _COUNT.search(case.diagnostic.message)
    if found is None:
        return
    want, have = int(found[1]), int(found[2])
    for span in [case.place, *case.spans("takes ")]:
        node = nodes.node_at(case.root, span.start, span.end)
        closure = (
            node if node.type == "closure_expression" else nodes.enclosing(node, "closure_expression") or _first(node)
        )
        listed = None if closure is None else closure.child_by_field_name("parameters")
        body = None if closure is None else closure.child_by_field_name("body")
        if listed is None or body is None or (not case.spans("takes ") and closure is None):
            continue
        spans = edits.elements_of(listed)
        if len(spans) != have:
            continue
        yield from _resized(case, listed, body, spans, want)
        return


def _first(node: Node) -> Node | None:
    return next(nodes.below(node, "closure_expression"), None)


def _resized(case: Case, listed: Node, body: Node, spans: list[tuple[int, int]], want: int) -> Iterator[Answer]:
    written = [case.source[start:end].decode("utf-8", "replace") for start, end in spans]
    if len(written) < want:
        missed = _missed(case, body)
        more = (missed + ["_"] * want)[: want - len(written)]
        for place, prior in ((len(written), 0.55), (0, 0.35)):
            new = [*written[:place], *more, *written[place:]]
            yield Answer(
                "take the other arguments as well",
                (edits.replace_node(case.path, listed, f"|{', '.join(new)}|"),),
                0.9 * prior / 0.55 if missed and place else prior,
            )
        return
    used = names_in(body)
    unread = [
        n for n, name in enumerate(written) if name.split(":")[0].strip().removeprefix("mut ").lstrip("&") not in used
    ]
    drop = unread[-(len(written) - want) :] if len(unread) >= len(written) - want else list(range(want, len(written)))
    new = [name for n, name in enumerate(written) if n not in drop]
    yield Answer(
        "take fewer arguments",
        (edits.replace_node(case.path, listed, f"|{', '.join(new)}|"),),
        0.7 if len(unread) >= len(drop) else 0.2,
    )
    if want == 1 and len(written) > 1:
        yield Answer(
            "take them as a tuple",
            (edits.replace_node(case.path, listed, f"|({', '.join(written)})|"),),
            0.75,
        )


def _missed(case: Case, body: Node) -> list[str]:
    """The names that the body of a closure speaks of and that are bound nowhere."""
    found = [
        quoted(d.message)[0] for d in case.situation.diagnostics
        if d.code == "E0425" and d.message.startswith("cannot find value") and d.primary is not None
        and d.primary.path == case.path and body.start_byte <= d.primary.start < body.end_byte
    ]  # fmt: skip
    return list(dict.fromkeys(found))


def _changing(case: Case) -> Iterator[Answer]:
    """E0594, E0596: the closure changes what it holds, so it is a ``FnMut`` where it is given or taken."""
    for span in case.spans("change this to return `FnMut`", "change this to accept `FnMut`"):
        source = case.situation.source(span.path)
        found = re.search(rb"\bFn(?=\()", source[span.start : span.end])
        if found is not None:
            at = span.start + found.start()
            yield Answer(
                "let the closure change what it holds", (edits.replace(span.path, at, at + 2, "FnMut"),), 0.9, _RISK
            )


def _invoked(case: Case) -> Iterator[Answer]:
    """E0599: ``f.call(x)`` of a closure or function is ``f(x)``."""
    access = nodes.around(case.node, "field_expression") or case.node
    value = access.child_by_field_name("value")
    kind = [*quoted(case.diagnostic.message), "", ""][1]
    word = case.situation.text(case.path, case.place.start, case.place.end)
    closure = re.search(r"^(?:&(?:mut )?)*(?:impl |dyn )?Fn(?:Mut|Once)?\(|^(?:&(?:mut )?)*(?:\{closure|fn\()", kind)
    if (
        closure
        and word in _CALLS
        and value is not None
        and value.type == "identifier"
        and not case.in_macro(case.place)
    ):
        yield Answer(f"call `{text(value)}` itself", (edits.delete(case.path, value.end_byte, case.place.end),), 0.93)
    elif closure and word in _CALLS and case.source[: case.place.start].endswith(b"."):
        yield Answer("call it itself", (edits.delete(case.path, case.place.start - 1, case.place.end),), 0.9)


def _arguments(case: Case) -> Iterator[Answer]:
    """E0631: the parameters' types follow what is asked for; a function is called through a closure."""
    note = next((m for n in case.diagnostic.notes if (m := _SIGNATURE.search(n.message))), None)
    if note is None:
        return
    want, have = (_parameters(written) for written in (note[1], note[2]))
    node = nodes.node_at(case.root, case.place.start, case.place.end)
    closure = node if node.type == "closure_expression" else None
    if "closure" in case.diagnostic.message:
        spot = next(iter(case.spans("found signature defined here")), None)
        where = node if spot is None else nodes.node_at(case.root, spot.start, spot.end)
        closure = nodes.enclosing(where, "closure_expression") or _first(node)
    if closure is not None:
        yield from _retyped(case, closure, want, have)
    else:
        yield from _wrapped(case, want, have)
    for span in case.noted("required by this bound", "required by a bound"):
        source = case.situation.source(span.path)
        bound = re.match(r"Fn(?:Once|Mut)?\((.*?)\)", source[span.start : span.end].decode("utf-8", "replace"))
        if bound is not None and len(want) == len(have) and not any(part == "_" for part in have):
            place = span.start + bound.start(1)
            change = edits.replace(span.path, place, span.start + bound.end(1), ", ".join(have))
            yield Answer("ask for what the closure takes", (change,), 0.3, _RISK)


def _parameters(signature: str) -> list[str]:
    found = re.search(r"fn\((.*)\)(?: ->.*)?$", signature)
    parts = [] if found is None else types.split_top(found[1])
    return [re.sub(r"&'\w+ ", "&", part) for part in parts]


def _retyped(case: Case, closure: Node, want: list[str], have: list[str]) -> Iterator[Answer]:
    listed = closure.child_by_field_name("parameters")
    if listed is None or len(listed.named_children) != len(want) or len(have) != len(want):
        return
    dropped: list[Replacement] = []
    changed: list[Replacement] = []
    for part, expected, found in zip(listed.named_children, want, have, strict=True):
        if types.same(expected, found):
            continue
        kind, pattern = part.child_by_field_name("type"), part.child_by_field_name("pattern")
        if part.type == "parameter" and kind is not None and pattern is not None:
            dropped.append(edits.delete(case.path, pattern.end_byte, kind.end_byte))
            changed.append(edits.replace_node(case.path, kind, expected))
        elif part.type == "reference_pattern" and not types.is_reference(expected):
            dropped.append(edits.replace_node(case.path, part, text(part).lstrip("& ")))
        elif types.is_reference(expected) and not types.is_reference(found):
            dropped.append(edits.insert(case.path, part.start_byte, "&"))
    written = not any("::" in part.partition("<")[0] or "_" in part or "{" in part for part in want)
    yield Answer("let the closure take what it is given", tuple(changed if written else ()), 0.7)
    yield Answer("let the types of the closure's parameters be inferred", tuple(dropped), 0.6)


def _wrapped(case: Case, want: list[str], have: list[str]) -> Iterator[Answer]:
    """A function that takes something else than it would be given is called in a closure."""
    node = case.node
    if node.type not in ("identifier", "scoped_identifier", "generic_function", "field_expression") or len(want) != 1:
        listed = next((part for part in nodes.below(node, "arguments")), None)
        node = listed.named_children[0] if listed is not None and len(listed.named_children) == 1 else node
    yield from _by_value(case, node, want, have)
    if len(want) != 1 or len(have) != 1 or node.type not in ("identifier", "scoped_identifier", "generic_function"):
        return
    name = "x"
    depth = len(want[0]) - len(want[0].lstrip("&"))
    mine = len(have[0]) - len(have[0].lstrip("&"))
    forms = []
    if mine > depth:
        forms.append(("&" * (mine - depth) + name, 0.7))
    elif depth > mine:
        forms += [
            ("*" * (depth - mine) + name, 0.55),
            (f"{name}.clone()", 0.4),
            (f"{name}.to_string()" if have[0] == "String" else f"{name}.to_owned()", 0.3),
        ]
    else:
        forms += [(f"{name}.into()", 0.25), (f"{name} as {have[0]}", 0.3)]
    for argument, prior in forms:
        yield Answer(
            "call it in a closure",
            (edits.replace_node(case.path, node, f"|{name}| {text(node)}({argument})"),),
            prior,
        )


def _by_value(case: Case, node: Node, want: list[str], have: list[str]) -> Iterator[Answer]:
    """An iterator of references feeds a function that takes values."""
    if len(want) != len(have):
        return
    pairs = zip(want, have, strict=True)
    lent = [b for a, b in pairs if types.is_reference(a) and not types.is_reference(b)]
    listed = node.parent if node.parent is not None and node.parent.type == "arguments" else None
    call = None if listed is None else listed.parent
    callee = None if call is None else call.child_by_field_name("function")
    owner = None if callee is None else callee.child_by_field_name("value")
    if len(lent) != 1 or owner is None:
        return
    goes = text(owner.child_by_field_name("function")).endswith(".iter")
    for then in (".copied()", ".cloned()"):
        right = is_copy(lent[0].replace("_", "u8"), case.index) == (then == ".copied()")
        parts = (edits.insert(case.path, owner.end_byte, then),)
        yield Answer(f"go through values with `{then}`", parts, 0.88 if goes and right else 0.35)


propose = answering(
    {
        "E0525": (_kind,), "E0593": (_count,), "E0631": (_arguments,), "E0594": (_changing,), "E0596": (_changing,),
        "E0599": (_invoked,),
    }
)  # fmt: skip
