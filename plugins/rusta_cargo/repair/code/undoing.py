"""What can be taken off an expression that has too much: a borrow, a wrapper, a conversion, a ``?``, a cast."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.conversion import Place
from rusta_cargo.repair.code.conversion_place import POINTERS
from rusta_cargo.repair.code.expression import Spot, prefix
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.code.makers import made_as
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.style import STRING, preferred

WRAPPERS = (
    "Some", "Ok", "Err", "Box::new", "Rc::new", "Arc::new", "String::from", "Cow::Borrowed", "Cow::Owned",
    "RefCell::new",
    "Cell::new", "Mutex::new", "Box::pin", "PathBuf::from", "Path::new", "drop", "Poll::Ready", "Vec::from",
)  # fmt: skip
_UNSIZED = ("str", "Path", "OsStr", "CStr")
# Methods that only change the form of what they are called on.
CONVERTERS = (
    "clone", "to_string", "to_owned", "into", "unwrap", "as_ref", "as_mut", "as_str", "as_deref", "iter", "into_iter",
    "iter_mut", "collect", "copied", "cloned", "to_vec", "as_slice", "as_bytes", "len", "chars", "borrow", "ok",
    "err", "expect",
    "unwrap_or_default", "unwrap_or", "is_some", "is_none", "is_empty", "as_mut_slice", "as_deref_mut", "as_path",
    "to_path_buf", "abs",
    "rev", "enumerate", "flatten", "into_inner", "lock", "get", "await", "count", "take", "to_ascii_lowercase", "trim",
    "boxed", "bytes", "lines", "keys", "values", "try_into", "parse", "next", "first", "last", "is_ok", "is_err",
    "get_mut",
)  # fmt: skip


def undone(spot: Spot, have: str, want: str, place: Place) -> Iterator[tuple[str, float]]:
    """Texts for ``spot`` with something taken off, and how likely each is a ``want``."""
    node = spot.node
    for inner, weight in undoable(node):
        had = spot.types.of(inner)
        fit = _fit(had, want)
        if fit:
            yield text(inner), weight * fit
    yield from _changed(spot, have, want, place)


def _fit(had: str | None, want: str) -> float:
    """1 when the types agree, less when one is not known, nothing when they do not."""
    if had is None or "_" in types.words(had):
        return 0.45
    if types.same(had, want):
        return 1.0
    mine, theirs = types.reference(had), types.reference(want)
    if mine is not None and theirs is not None and types.same(mine[2], theirs[2]) and mine[1]:
        return 0.8
    return 0.0


def undoable(node: Node) -> Iterator[tuple[Node, float]]:
    """The expressions inside ``node`` that it changes the form of, with how often such a form is too much."""
    kind = node.type
    if kind == "reference_expression":
        value = node.child_by_field_name("value")
        if value is not None:
            yield value, 0.85
    elif kind == "unary_expression" and text(node).startswith(("*", "!", "-")):
        yield node.named_children[0], 0.8 if text(node)[0] == "*" else 0.1
    elif kind == "try_expression":
        yield node.named_children[0], 0.7
    elif kind == "await_expression":
        yield node.named_children[0], 0.5
    elif kind == "type_cast_expression":
        value = node.child_by_field_name("value")
        if value is not None:
            yield value, 0.55
    elif kind == "parenthesized_expression" and node.named_children:
        yield from ((part, 0.9 * weight) for part, weight in undoable(node.named_children[0]))
    elif kind == "field_expression":
        value = node.child_by_field_name("value")
        if value is not None and value.type != "self":
            yield value, 0.2
    elif kind == "call_expression":
        yield from _called(node)


def _called(node: Node) -> Iterator[tuple[Node, float]]:
    callee, listed = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if callee is None or listed is None:
        return
    given = listed.named_children
    if callee.type == "generic_function":
        callee = callee.child_by_field_name("function") or callee
    if callee.type == "field_expression":
        name = text(callee.child_by_field_name("field"))
        receiver = callee.child_by_field_name("value")
        if receiver is not None and len(given) <= 1:
            yield receiver, (0.75 if not given else 0.4) if name in CONVERTERS else 0.15
    elif len(given) == 1:
        name = text(callee)
        owner, _, last = name.rpartition("::")
        if name in WRAPPERS or (last in ("from", "new", "clone") and owner):
            yield given[0], 0.75


def _changed(spot: Spot, have: str, want: str, place: Place) -> Iterator[tuple[str, float]]:
    """The same expression with another word in it."""
    node, theirs = spot.node, types.short(want)
    literal = literal_of(node)
    if literal is not None:
        head = spot.text[: literal.start_byte - node.start_byte] if node.type != "parenthesized_expression" else ""
        for new, weight in rewritten(literal, want):
            yield f"{head}{new}" if new[:1].isdecimal() else new, weight
    if node.type == "type_cast_expression" and theirs in types.NUMBERS:
        value = text(node.child_by_field_name("value"))
        yield f"{value} as {theirs}", 0.85
    if node.type == "reference_expression":
        mine, wanted = types.reference(have), types.reference(want)
        value = text(node.child_by_field_name("value"))
        if mine is not None and wanted is not None and mine[1] != wanted[1]:
            yield f"&mut {value}" if wanted[1] else f"&{value}", 0.6
        if mine is not None and wanted is not None and _pointed_at(mine[2], wanted[2]):
            inner = spot.of(node.child_by_field_name("value") or node)
            sign = "&mut " if wanted[1] else "&"
            yield f"{sign}{prefix('*').put(inner.text, inner.strength)}", 0.85
    if node.type == "call_expression":
        yield from _renamed(spot, want)
        yield from _unsized(spot, have, want)
    if node.type == "identifier" and text(node) == "None" and types.head(want) == "Result":
        yield "Err(Default::default())", 0.05
    if node.type == "array_expression" and place.source[max(0, node.start_byte - 4) : node.start_byte] == b"vec!":
        return
    if node.type in ("array_expression", "macro_invocation") and text(node).startswith("vec!["):
        bare = text(node).removeprefix("vec!")
        if theirs.startswith("["):
            yield bare, 0.7
        elif types.referent(theirs).startswith("[") and types.is_reference(theirs):
            yield f"&{bare}", 0.5
    if theirs == "Ordering" and node.type == "binary_expression":
        left, right = text(node.child_by_field_name("left")), text(node.child_by_field_name("right"))
        operator = text(node.child_by_field_name("operator"))
        if operator in ("<", ">", "<=", ">="):
            first, second = (left, right) if operator[0] == "<" else (right, left)
            yield f"{first}.cmp(&{second})", 0.7
            yield f"{first}.partial_cmp(&{second}).unwrap()", 0.4
    yield from elements(spot, theirs)
    yield from _macros(spot, theirs)
    if (made := made_as(node, want)) is not None:
        yield made, 0.85
    if node.type == "scoped_identifier" and (goal := spot.index.type_named(want)) is not None:
        last = text(node.child_by_field_name("name"))
        variants = {variant.name for variant in getattr(goal, "variants", ())}
        if last in variants and types.head(have) != goal.name:
            yield f"{goal.name}::{last}", 0.6


def _unsized(spot: Spot, have: str, want: str) -> Iterator[tuple[str, float]]:
    """``Rc::new(text)`` for an ``Rc<str>``, ``held.as_ref()`` for an ``Option<&T>`` of an ``Option<Box<T>>``."""
    callee, listed = spot.node.child_by_field_name("function"), spot.node.child_by_field_name("arguments")
    head, inner = types.head(want), types.inner(want, "Rc", "Arc", "Box")
    if inner is not None and text(callee) == f"{head}::new" and (inner in _UNSIZED or inner.startswith("[")):
        yield f"{head}::from{text(listed)}", 0.9
    method = text(None if callee is None else callee.child_by_field_name("field"))
    mine, theirs = types.inner(have, "Option"), types.inner(want, "Option")
    if mine is None or theirs is None or method not in ("as_ref", "as_mut") or not types.is_reference(theirs):
        return
    if _pointed_at(types.referent(mine), types.referent(theirs)) or types.referent(theirs) in _UNSIZED:
        owner = text(None if callee is None else callee.child_by_field_name("value"))
        yield f"{owner}.{'as_deref' if method == 'as_ref' else 'as_deref_mut'}()", 0.9


def _pointed_at(pointer: str, want: str) -> bool:
    """``pointer`` points at a ``want``, so that ``*`` leads to it."""
    raw = pointer.split(" ", 1)[1] if pointer.startswith(("*mut ", "*const ")) else None
    inner = raw or (types.referent(pointer) if types.is_reference(pointer) else types.inner(pointer, *POINTERS))
    return inner is not None and types.same(inner, want)


def elements(spot: Spot, want: str) -> Iterator[tuple[str, float]]:
    """An array, vector or tuple of literals with each of them written as the wanted element."""
    node, prefix, goal = spot.node, "", want
    while node.type == "reference_expression" and types.is_reference(goal):
        value = node.child_by_field_name("value")
        if value is None:
            return
        node, goal = value, types.referent(goal)
    element = types.element(goal)
    if node.type == "array_expression" and element is not None:
        parts = [(part, element) for part in node.named_children if part != node.child_by_field_name("length")]
    elif node.type == "tuple_expression" and (members := types.tuple_parts(goal)) is not None:
        parts = list(zip(node.named_children, members, strict=False))
    else:
        return
    start, made, position = spot.node.start_byte, prefix, spot.node.start_byte
    source, changed = text(spot.node).encode(), False
    for part, kind in parts:
        literal = literal_of(part)
        new = None if literal is None else next(iter(rewritten(literal, kind)), None)
        if literal is not None and kind == "String" and literal.type == "string_literal":
            style = preferred(text(spot.root).encode(), STRING)[0]
            new = (
                f"{style}({text(literal)})" if style[0] == "S" else f"{text(literal)}{style}",
                0.8,
            )
        if literal is not None and new is not None and new[0] != text(literal):
            made += source[position - start : literal.start_byte - start].decode() + new[0]
            position, changed = literal.end_byte, True
    if changed:
        yield made + source[position - start :].decode(), 0.85


_FORMATTING = ("format", "println", "print", "eprintln", "eprint", "write", "writeln")


def _macros(spot: Spot, want: str) -> Iterator[tuple[str, float]]:
    """``format!`` where ``write!`` was meant, and the reverse."""
    name = text(spot.node.child_by_field_name("macro")) if spot.kind == "macro_invocation" else ""
    if name not in _FORMATTING:
        return
    rest = text(nodes.child(spot.node, "token_tree"))
    if types.head(want) == "Result" and not name.startswith("write"):
        for binding, kind in spot.types.visible(spot.node.start_byte):
            if kind is not None and types.head(kind) in (
                "Formatter",
                "Write",
                "File",
                "Stdout",
                "Vec",
            ):
                line = "ln" if name.endswith("ln") and types.head(kind) != "Formatter" else ""
                yield (
                    f"write{line}!({binding.name}, {rest[1:]}",
                    0.9 if types.head(kind) == "Formatter" else 0.4,
                )
    elif types.head(want) == "String":
        inner = rest[1:].partition(",")[2].lstrip() if name.startswith("write") else rest[1:]
        if inner:
            yield f"format!({inner}", 0.75


_SWAPS = {("Some", "Result"): "Ok", ("Ok", "Option"): "Some", ("Err", "Option"): "Some"}
# A method whose closure or value is of the other kind; the types that tell are the result's.
_SIBLINGS = {
    "map": ("and_then", "flat_map", "filter_map"), "and_then": ("map",), "iter": ("into_iter", "iter_mut"),
    "into_iter": ("iter",),
    "iter_mut": ("iter",), "unwrap_or": ("unwrap_or_else",), "as_ref": ("as_deref", "as_mut", "as_str"),
    "as_mut": ("as_ref",),
    "as_deref": ("as_ref",), "get": ("get_mut",), "get_mut": ("get",), "find": ("position",), "position": ("find",),
    "is_some": ("is_none",), "chars": ("bytes",), "bytes": ("chars",), "len": ("is_empty",),
    "to_str": ("to_string_lossy",),
    "first": ("first_mut",), "last": ("last_mut",), "cloned": ("copied",), "abs": ("unsigned_abs",),
    "as_bytes": ("into_bytes", "as_str"),
    "as_str": ("as_bytes", "to_string"), "to_lowercase": ("to_ascii_lowercase",),
    "to_uppercase": ("to_ascii_uppercase",),
    "entry": ("get",), "wrapping_add": ("checked_add",), "checked_add": ("wrapping_add", "saturating_add"),
    "checked_sub": ("saturating_sub", "wrapping_sub"), "checked_mul": ("saturating_mul", "wrapping_mul"),
    "cmp": ("eq", "partial_cmp"),
    "partial_cmp": ("cmp", "total_cmp"), "pow": ("powi",), "min": ("max",), "ok_or": ("ok_or_else",),
    "unwrap": ("unwrap_or_default",),
    "find_map": ("find",), "filter": ("find",), "filter_map": ("map",), "trim": ("to_string",),
    "to_string": ("as_str",),
    "as_secs": ("as_millis", "as_secs_f64"), "as_millis": ("as_secs",), "insert": ("contains",), "contains": ("get",),
    "is_empty": ("len",), "keys": ("values", "into_keys"), "values": ("keys", "values_mut", "into_values"),
    "push": ("push_str",),
    "max": ("count",), "sum": ("count",), "any": ("filter", "find"), "all": ("filter",), "next": ("last",),
    "take": ("replace",),
    "lines": ("split",), "to_be_bytes": ("to_le_bytes",), "to_vec": ("as_slice",), "to_owned": ("as_str",),
}  # fmt: skip


def _renamed(spot: Spot, want: str) -> Iterator[tuple[str, float]]:
    callee = spot.node.child_by_field_name("function")
    if callee is None:
        return
    start, written = spot.node.start_byte, text(spot.node).encode()
    if callee.type == "identifier":
        other = _SWAPS.get((text(callee), types.head(want)))
        if other is not None:
            yield f"{other}{text(spot.node.child_by_field_name('arguments'))}", 0.6
        return
    name = callee.child_by_field_name("field") if callee.type == "field_expression" else None
    if name is None:
        return
    owner = spot.types.of(callee.child_by_field_name("value"))
    own = [] if owner is None else [
        method.name for method in spot.index.methods(owner)
        if method.is_method and method.returns is not None and types.same(spot.types.spelled(method.returns.text,
        spot.node), want)
        and len(method.parameters) == len(spot.node.child_by_field_name("arguments").named_children)  # type: ignore[union-attr]
    ]  # fmt: skip
    for rank, other in enumerate([*own[:3], *_SIBLINGS.get(text(name), ())]):
        if other != text(name):
            head, tail = written[: name.start_byte - start], written[name.end_byte - start :]
            yield (
                (head + other.encode() + tail).decode("utf-8", "replace"),
                0.3 if rank < len(own) else 0.16,
            )
