"""Where the type of an expression was decided: the written type, or the first value, of what it names.

``retyped(here, want)`` gives the edits of declarations after which the expression ``here`` would be a ``want``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.expression import Spot
from rusta_cargo.repair.code.items import Function, Struct, Value
from rusta_cargo.repair.code.literals import literal_of, rewritten
from rusta_cargo.repair.code.makers import made_as, wrapped_in
from rusta_cargo.repair.code.model import Piece
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding, binding_of
from rusta_cargo.repair.proposer import Replacement

Edit = tuple[str, tuple[Replacement, ...], float]
_UNNAMED = (
    "{closure",
    "closure",
    "fn item",
    "impl ",
    "[closure",
    "opaque",
    "{async",
    "dyn ",
    "type parameter",
    "fn(",
    "array of",
    "{type",
)
# The compiler spells out what an object in a pointer outlives by default.
_OBJECT = re.compile(r"<\(dyn ([^()]*(?:\([^()]*\)[^()]*)?) \+ 'static\)>")
# How often a declaration of this kind is what was wrong, not its use.
_LET, _PARAMETER, _FIELD, _RESULT, _CONSTANT, _VALUE = 0.35, 0.22, 0.2, 0.15, 0.25, 0.4


def written(kind: str, holes: bool = False) -> str | None:
    """A type of a message as it may be written in source; None when it has no name. ``holes`` allows ``_``."""
    flat = _OBJECT.sub(r"<dyn \1>", types.tidy(kind).replace("'_ ", ""))
    flat = {
        "{integer}": "i32",
        "{float}": "f64",
        "integer": "i32",
        "floating-point number": "f64",
    }.get(flat, flat)
    flat = flat.replace("{integer}", "i32").replace("{float}", "f64")
    if (
        any(flat.startswith(word) or (word != "dyn " and f"<{word}" in flat) for word in _UNNAMED)
        or "{" in flat
        or "..." in flat
        or (
            " " in flat.split("<")[0].replace("&mut ", "").replace("&'static ", "")
            and not flat.startswith(("(", "[", "&", "*"))
        )
    ):
        return None
    return flat if holes or "_" not in types.words(flat) else None


def retyped(here: Spot, want: str) -> Iterator[Edit]:
    """Edits of declarations that make ``here`` a ``want``, with how likely each is."""
    node = here.node
    while node.type in ("parenthesized_expression",) and node.named_children:
        node = node.named_children[0]
    goal = want
    if node.type == "reference_expression":
        inner = node.child_by_field_name("value")
        if inner is not None and types.is_reference(want):
            yield from retyped(here.of(inner), types.referent(want))
        return
    if node.type == "unary_expression" and text(node).startswith("-") and want.startswith("u"):
        return
    if node.type in ("identifier", "self"):
        yield from _name(here, node, goal)
    elif node.type == "field_expression":
        yield from _field(here, node, goal)
    elif node.type == "call_expression":
        yield from _call(here, node, goal)
    elif node.type == "scoped_identifier":
        for item in here.index.by_path(text(node), Value):
            yield from _piece(item.path, item.type, goal, f"the type of `{item.name}`", _CONSTANT)
            break
    elif node.type in ("binary_expression",) and text(node.child_by_field_name("operator")) not in (
        "==",
        "!=",
        "<",
        ">",
        "<=",
        ">=",
        "&&",
        "||",
    ):
        for field in ("left", "right"):
            part = node.child_by_field_name(field)
            if part is not None:
                yield from ((t, r, 0.6 * w) for t, r, w in retyped(here.of(part), want))


def _name(here: Spot, node: Node, want: str) -> Iterator[Edit]:
    binding = binding_of(here.root, text(node), node.start_byte)
    if binding is None:
        for item in here.index.named(text(node), Value):
            if item.parent is None or item.parent.kind == "module":
                yield from _piece(item.path, item.type, want, f"the type of `{item.name}`", _CONSTANT)
                break
        return
    yield from of_binding(here, binding, want)


def of_binding(here: Spot, binding: Binding, want: str) -> Iterator[Edit]:
    """The type that a local was declared with, or its first value."""
    kind = binding.at.child_by_field_name("type") if binding.at.type in ("let_declaration", "parameter") else None
    if kind is not None and binding.whole:
        old = text(kind)
        new = written(want, holes=binding.kind == "let")
        new = lent(old, new) if new is not None else None
        weight = _LET if binding.kind == "let" else _PARAMETER
        if new is not None and new != old and binding.kind != "self":
            yield (
                f"declare `{binding.name}` as `{new}`",
                (edits.replace_node(here.path, kind, new),),
                weight,
            )
        return
    if binding.kind == "for" and binding.whole and binding.value is not None:
        yield from _counted(here, binding, want)
    if binding.kind != "let" or not binding.whole or binding.value is None:
        return
    literal = literal_of(binding.value)
    if literal is not None:
        for new, weight in rewritten(literal, want):
            yield (
                f"begin `{binding.name}` with `{new}`",
                (edits.replace_node(here.path, literal, new),),
                _VALUE * weight,
            )
    elif binding.value.type == "type_cast_expression":
        cast = binding.value.child_by_field_name("type")
        if cast is not None and want in types.NUMBERS:
            yield (
                f"cast `{binding.name}` to `{want}`",
                (edits.replace_node(here.path, cast, want),),
                _VALUE * 0.7,
            )
    elif (made := made_as(binding.value, want)) is not None:
        yield f"make it a `{types.head(want)}`", here.of(binding.value).rewritten(made), 0.4
    elif (wrapped := wrapped_in(binding.value, want)) is not None:
        yield f"make it a `{types.head(want)}` where it is bound", here.of(binding.value).rewritten(wrapped), 0.5
    elif binding.value.type in (
        "identifier",
        "field_expression",
        "call_expression",
        "binary_expression",
    ):
        yield from ((t, r, 0.5 * w) for t, r, w in retyped(here.of(binding.value), want))


def _counted(here: Spot, binding: Binding, want: str) -> Iterator[Edit]:
    """``for i in 0..n as i32``: the cast at the end of the range made the counter what it is."""
    ends = [] if binding.value is None or binding.value.type != "range_expression" else binding.value.named_children
    for end in ends:
        kind, inner = end.child_by_field_name("type"), end.child_by_field_name("value")
        if end.type != "type_cast_expression" or kind is None or inner is None or want not in types.INTEGERS:
            continue
        counted = want == "usize" and (text(inner).endswith(".len()") or _const_usize(here, text(inner)))
        if counted or here.types.of(inner) == want:
            change = edits.delete(here.path, inner.end_byte, end.end_byte)
            yield f"count `{binding.name}` in `{want}`", (change,), _VALUE
        else:
            yield f"count `{binding.name}` in `{want}`", (edits.replace_node(here.path, kind, want),), _VALUE * 0.6


def _const_usize(here: Spot, name: str) -> bool:
    """``name`` is a ``const`` parameter that counts."""
    item = here.index.at(here.path, here.node.start_byte)
    while item is not None:
        for generic in item.generics:
            if generic.name == name and generic.kind == "const" and generic.bounds is not None:
                return generic.bounds.text == "usize"
        item = item.parent
    return False


def _field(here: Spot, node: Node, want: str) -> Iterator[Edit]:
    owner = here.types.of(node.child_by_field_name("value"))
    name = text(node.child_by_field_name("field"))
    struct = _only_struct_with(here, name) if owner is None else here.index.struct(owner)
    field = None if struct is None else struct.field(name)
    if struct is not None and field is not None:
        yield from _piece(struct.path, field.type, want, f"the field `{name}`", _FIELD)


def _only_struct_with(here: Spot, name: str) -> Struct | None:
    """The struct whose field is meant where the value's type is not known: no other one has a field of that name."""
    having = [struct for struct in here.index.of_kind(Struct) if struct.field(name) is not None]
    return having[0] if len(having) == 1 else None


def _call(here: Spot, node: Node, want: str) -> Iterator[Edit]:
    function = called(here, node)
    if function is not None and function.returns is not None and getattr(function.owner, "trait", None) is None:
        yield from _piece(function.path, function.returns, want, f"the result of `{function.name}`", _RESULT)


def called(here: Spot, node: Node) -> Function | None:
    """The function of the tree that a call is of, as far as names tell."""
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    if callee is None:
        return None
    if callee.type == "field_expression":
        owner = here.types.of(callee.child_by_field_name("value"))
        name = text(callee.child_by_field_name("field"))
        found = here.index.methods(owner, name) if owner is not None else []
        return found[0] if found else None
    path = here.types.spelled(text(callee), node)
    owner_name, _, last = path.rpartition("::")
    found = here.index.methods(owner_name, last) if owner_name else []
    return next(iter(found or here.index.functions(last)), None)


def _piece(path: str, piece: Piece | None, want: str, what: str, weight: float) -> Iterator[Edit]:
    new = written(want)
    if piece is None or new is None:
        return
    if "'_" in new and len(names := set(re.findall(r"'\w+", piece.text))) == 1:
        new = new.replace("'_", names.pop())
    if new.startswith("&") and not new.startswith("&'"):
        if not what.startswith("the result"):
            new = f"&'static {new[1:]}"
        weight *= 0.5
    if not types.same(piece.text, new) or piece.text.strip() != new:
        yield (
            f"change {what} to `{new}`",
            (edits.replace(path, piece.start, piece.end, new),),
            weight,
        )


def lent(old: str, new: str) -> str:
    """``new`` as a parameter of the shape of ``old``: slices and text are lent as such."""
    owned = types.referent(new) if types.is_reference(new) else ""
    inner = types.inner(owned, "Vec") or (types.element(owned) if owned.startswith("[") else None)
    if inner is not None and types.referent(old).startswith("["):
        return f"&[{inner}]"
    return "&str" if new == "&String" and old.startswith("&") else new


def substituted(here: Spot, old: str, new: str) -> Iterator[Edit]:
    """The one place in the declared type of what ``here`` begins with (``a`` of ``a.b[c].d()``) that says ``old``."""
    node: Node | None = here.node
    while node is not None and node.type in ("call_expression", "field_expression", "index_expression",
    "try_expression",
                                             "reference_expression", "unary_expression",
                                             "parenthesized_expression"):  # fmt: skip
        if node.type == "field_expression" and (owner := node.child_by_field_name("value")) is not None:
            struct = here.index.struct(here.types.of(owner) or "")
            field = None if struct is None else struct.field(text(node.child_by_field_name("field")))
            if struct is not None and field is not None:
                yield from inside(
                    struct.path,
                    field.type.text,
                    field.type.start,
                    old,
                    new,
                    f"the field `{field.name}`",
                )
                return
        named = node.child_by_field_name("function") or node.child_by_field_name("value")
        node = named if named is not None else (node.named_children[0] if node.named_children else None)
    if node is None or node.type != "identifier":
        return
    binding = binding_of(here.root, text(node), node.start_byte)
    if binding is None:
        for item in here.index.named(text(node), Value)[:1]:  # a static or constant, perhaps of another file
            if item.type is not None:
                yield from inside(item.path, item.type.text, item.type.start, old, new, f"`{item.name}`")
        return
    if binding.at.type not in ("let_declaration", "parameter"):
        return
    kind = binding.at.child_by_field_name("type")
    if kind is not None:
        yield from inside(here.path, text(kind), kind.start_byte, old, new, f"`{binding.name}`")


def inside(path: str, declared: str, start: int, old: str, new: str, what: str) -> Iterator[Edit]:
    """One type argument of a declared type is changed, when ``old`` stands there exactly once."""
    mine, theirs = types.strip_references(old), types.strip_references(new)
    named = written(theirs)
    if not mine or named is None or mine == types.tidy(declared) or mine == theirs:
        return
    places = [m.start() for m in re.finditer(rf"(?<![\w:]){re.escape(mine)}(?!\w|::)", declared)]
    for place in places if len(places) < 3 else ():
        if place == 0:
            continue
        at = start + len(declared[:place].encode())
        shown = declared[:place] + named + declared[place + len(mine) :]
        change = edits.replace(path, at, at + len(mine.encode()), named)
        yield f"declare {what} as `{types.tidy(shown)[:60]}`", (change,), 0.22 / len(places)


def piece_changed(path: str, piece: Piece | None, want: str, what: str, weight: float) -> Iterator[Edit]:
    """The edit that writes ``want`` in place of a written type."""
    yield from _piece(path, piece, want, what, weight)


__all__ = [
    "called",
    "inside",
    "lent",
    "of_binding",
    "piece_changed",
    "retyped",
    "substituted",
    "written",
]
