"""Failing tests: a method that is easily mistaken for another, a step of a chain too many or too few, a wrong wrapping.

Answers no error: it works where the tree compiles and tests fail. Which methods are mistaken for each other is data
(``data/behaviour.toml``).
"""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.assertions import behaviour_table
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.mutating import Change, Scene, begin_of, operands, ranked, replaced, short
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.similar import likeness
from rusta_cargo.repair.proposer import Candidate, Situation

_ITERATING = (
    "iter",
    "into_iter",
    "iter_mut",
    "chars",
    "bytes",
    "lines",
    "split",
    "split_whitespace",
    "windows",
    "chunks",
    "keys",
    "values",
    "map",
    "filter",
    "enumerate",
    "zip",
    "rev",
    "char_indices",
    "filter_map",
    "drain",
    "take",
    "skip",
)
_SIGNED = ("i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64")
_NARROW = ("u8", "i8", "u16", "i16", "u32", "i32", "usize", "u64", "i64")


def propose(situation: Situation) -> Iterator[Candidate]:
    """Methods, chains, functions and wrappings in the suspects."""
    return ranked(situation, _changes)


def _changes(scene: Scene) -> Iterator[Change]:
    for node in scene.nodes("call_expression"):
        callee = node.child_by_field_name("function")
        if callee is None:
            continue
        generic = callee.child_by_field_name("function") if callee.type == "generic_function" else callee
        if generic is not None and generic.type == "field_expression":
            yield from _other_method(scene, generic)
            yield from _dropped(scene, node, generic)
            yield from _order(scene, node, generic)
            yield from _added(scene, node, generic)
        elif generic is not None:
            yield from _other_function(scene, generic)
            yield from _other_method(scene, generic)
    yield from _tail(scene)
    yield from _wrapped(scene)
    yield from _paths(scene)
    yield from _casts(scene)
    yield from _remainders(scene)
    yield from _defaults(scene)


def _partners(name: str) -> dict[str, float]:
    """The methods of the table that ``name`` may have been, with weights."""
    found: dict[str, float] = {}
    for group in behaviour_table()["methods"]["groups"]:
        members = group.split()
        if name in members:
            for other in members:
                if other != name:
                    found[other] = max(found.get(other, 0.0), 0.35 / (len(members) - 1) ** 0.5)
    return found


def _other_method(scene: Scene, callee: Node) -> Iterator[Change]:
    """One that is easily mistaken for it, by the table."""
    name = callee.child_by_field_name("field") or callee.child_by_field_name("name")
    if name is None:
        return
    # A function of the crate that is called the same may be meant, or not.
    own = 0.6 if scene.index.named(text(name), Function) else 1.0
    for other, weight in _partners(text(name)).items():
        yield Change(
            "method",
            f"`{other}` instead of `{text(name)}`",
            replaced(name, other),
            weight * own,
            name.start_byte,
        )


def _paths(scene: Scene) -> Iterator[Change]:
    """``filter(char::is_ascii_digit)``: methods that are named, not called."""
    for node in scene.nodes("arguments"):
        for given in node.named_children:
            name = given.child_by_field_name("name") if given.type == "scoped_identifier" else None
            name = given if given.type == "identifier" and scene.index.functions(text(given)) else name
            if name is None:
                continue
            if scene.index.named(text(name), Function):
                yield from _other_function(scene, given)
                continue
            for other, weight in _partners(text(name)).items():
                title = f"`{other}` instead of `{text(name)}`"
                yield Change("method", title, replaced(name, other), weight, name.start_byte)


def _dropped(scene: Scene, node: Node, callee: Node) -> Iterator[Change]:
    """``x.rev()`` → ``x``."""
    name, owner = text(callee.child_by_field_name("field")), callee.child_by_field_name("value")
    if owner is not None and name in behaviour_table()["chain"]["droppable"]:
        yield Change(
            "chain",
            f"`{short(scene.text(owner))}` without `.{name}(…)`",
            ((owner.end_byte, node.end_byte, ""),),
            0.1,
            node.start_byte,
        )


def _order(scene: Scene, node: Node, callee: Node) -> Iterator[Change]:
    """``sort()`` and its like, turned round; sorted before duplicates are dropped."""
    name, owner = text(callee.child_by_field_name("field")), callee.child_by_field_name("value")
    if owner is None:
        return
    held = scene.text(owner)
    statement = nodes.statement_of(node)
    ends = node.parent is not None and node.parent.type == "expression_statement"
    if name in ("sort", "sort_unstable") and ends:
        put = f"{held}.sort_by(|a, b| b.cmp(a))"
        yield Change("order", f"`{short(put)}`", replaced(node, put), 0.15, node.start_byte)
    if name == "dedup" and ends and statement is not None:
        indent = nodes.indent_at(scene.source, statement.start_byte)
        yield Change(
            "chain",
            f"sort before `{short(scene.text(node))}`",
            ((begin_of(scene, statement),) * 2 + (f"{held}.sort();\n{indent}",),),
            0.15,
            node.start_byte,
        )
    if name.startswith("sort") and ends and statement is not None:
        indent = nodes.indent_at(scene.source, statement.start_byte)
        for more, weight in (("dedup", 0.08), ("reverse", 0.12)):
            yield Change(
                "order" if more == "reverse" else "chain",
                f"`{short(held)}.{more}()` after it is sorted",
                ((statement.end_byte,) * 2 + (f"\n{indent}{held}.{more}();",),),
                weight,
                node.start_byte,
            )


def _added(scene: Scene, node: Node, callee: Node) -> Iterator[Change]:
    """A step of a chain of iterators that was forgotten."""
    name = text(callee.child_by_field_name("field"))
    if name in _ITERATING:
        for step in behaviour_table()["chain"]["iterators"]:
            if f".{step}" not in scene.text(node):
                yield Change(
                    "chain",
                    f"`.{step}` after `.{name}(…)`",
                    ((node.end_byte, node.end_byte, f".{step}"),),
                    0.08 if step == "rev()" else 0.03,
                    node.start_byte,
                )


def _other_function(scene: Scene, callee: Node) -> Iterator[Change]:
    """Another function of the crate with the same signature."""
    name = callee.child_by_field_name("name") if callee.type == "scoped_identifier" else callee
    if name is None or name.type != "identifier":
        return
    known = scene.index.named(text(name), Function)
    if not known:
        return
    mine = known[0]
    for other in scene.index.of_kind(Function):
        if other.name == mine.name or other.parent != mine.parent or other == scene.function:
            continue
        if _signature(other) == _signature(mine):
            weight = 0.1 + 0.1 * (likeness(other.name, mine.name) >= 0.5)
            yield Change(
                "method",
                f"`{other.name}` instead of `{mine.name}`",
                replaced(name, other.name),
                weight,
                name.start_byte,
            )


def _signature(function: Function) -> tuple[object, ...]:
    return (
        function.receiver is None,
        tuple(types.tidy(parameter.type.text) for parameter in function.parameters),
        types.tidy(function.returns.text) if function.returns else "()",
    )


def _tail(scene: Scene) -> Iterator[Change]:
    """The result of the function made positive, trimmed, turned round."""
    tail = nodes.tail_of(scene.body)
    if tail is None or scene.function is None:
        return
    plain = tail.type in (
        "identifier",
        "field_expression",
        "call_expression",
        "parenthesized_expression",
    )
    held = scene.text(tail) if plain else f"({scene.text(tail)})"
    if scene.returns in _SIGNED:
        yield Change(
            "chain",
            f"`{short(held)}.abs()`",
            replaced(tail, f"{held}.abs()"),
            0.08,
            tail.start_byte,
        )
    elif scene.returns == "&str":
        yield Change(
            "chain",
            f"`{short(held)}.trim()`",
            replaced(tail, f"{held}.trim()"),
            0.08,
            tail.start_byte,
        )
    elif scene.returns == "String":
        for step in behaviour_table()["chain"]["text"]:
            put = f"{held}.{step}" + (".to_string()" if step == "trim()" else "")
            yield Change("chain", f"`{short(put)}`", replaced(tail, put), 0.04, tail.start_byte)
    elif tail.type == "identifier" and types.head(scene.returns) == "Vec":
        indent = nodes.indent_at(scene.source, tail.start_byte)
        for step in ("reverse", "sort", "dedup"):
            put = f"{held}.{step}();\n{indent}"
            yield Change(
                "order" if step != "dedup" else "chain",
                f"`{held}.{step}()` before it is returned",
                ((begin_of(scene, tail),) * 2 + (put,),),
                0.08,
                tail.start_byte,
            )


def _wrapped(scene: Scene) -> Iterator[Change]:
    """``Some`` for ``None`` where the value is at hand, ``Ok`` for ``Err``, and back."""
    for node in scene.nodes("call_expression"):
        name = text(node.child_by_field_name("function"))
        listed = node.child_by_field_name("arguments")
        if name == "Some" and listed is not None:
            yield Change(
                "wrap",
                f"`None` instead of `{short(scene.text(node))}`",
                replaced(node, "None"),
                0.1,
                node.start_byte,
            )
        if name in ("Ok", "Err") and listed is not None:
            kinds = types.arguments(scene.returns)
            if len(kinds) == 2 and types.same(kinds[0], kinds[1]):
                callee = node.child_by_field_name("function")
                assert callee is not None  # its text was just read
                other = "Err" if name == "Ok" else "Ok"
                yield Change(
                    "wrap",
                    f"`{other}` instead of `{name}`",
                    replaced(callee, other),
                    0.2,
                    node.start_byte,
                )
    inner = types.inner(scene.returns, "Option")
    function = scene.function
    if inner is None or function is None:
        return
    held = [
        parameter.name for parameter in function.parameters if parameter.name and types.same(parameter.type.text, inner)
    ]
    for node in scene.nodes("identifier"):
        if text(node) == "None" and node.parent is not None and node.parent.type not in ("match_pattern", "arguments"):
            for name in held[:2]:
                yield Change(
                    "wrap",
                    f"`Some({name})` instead of `None`",
                    replaced(node, f"Some({name})"),
                    0.08,
                    node.start_byte,
                )


def _casts(scene: Scene) -> Iterator[Change]:
    """Divided as integers and cast afterwards; computed in a type that is too narrow."""
    for node in scene.nodes("type_cast_expression"):
        value, kind = node.child_by_field_name("value"), node.child_by_field_name("type")
        if value is None or kind is None:
            continue
        bare = value.named_children[0] if value.type == "parenthesized_expression" and value.named_children else value
        parts = operands(bare) if bare.type == "binary_expression" else None
        if parts is None:
            continue
        want, (left, sign, right) = text(kind), parts
        factor = 0.4 if want in types.FLOATS and text(sign) == "/" else 0.15
        cast = [_cast(scene, side, want) for side in (left, right)]
        yield Change(
            "cast",
            f"cast to `{want}` before `{text(sign)}`",
            replaced(node, f"{cast[0]} {text(sign)} {cast[1]}"),
            factor,
            node.start_byte,
        )
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) not in ("+", "-", "*"):
            continue
        left, sign, right = parts
        name = {"+": "add", "-": "sub", "*": "mul"}[text(sign)]
        have = scene.types.of(left)
        if have in types.INTEGERS and not _literal(left):
            for way, weight in (("saturating", 0.08), ("wrapping", 0.06)):
                put = f"{_held(scene, left)}.{way}_{name}({scene.text(right)})"
                yield Change("checked", f"`{short(put)}`", replaced(node, put), weight, node.start_byte)
        if have in _NARROW and scene.returns in types.NUMBERS and scene.returns != have:
            put = f"{_held(scene, left)} as {scene.returns} {text(sign)} {_held(scene, right)} as {scene.returns}"
            yield Change("cast", f"compute in `{scene.returns}`", replaced(node, put), 0.05, node.start_byte)


def _cast(scene: Scene, node: Node, want: str) -> str:
    """``node`` cast to ``want``; what was only cast to fit the other side is cast to that instead."""
    value, kind = node.child_by_field_name("value"), node.child_by_field_name("type")
    if node.type == "type_cast_expression" and value is not None and text(kind) in types.INTEGERS:
        return f"{_held(scene, value)} as {want}"
    return f"{_held(scene, node)} as {want}"


def _remainders(scene: Scene) -> Iterator[Change]:
    """The remainder of a negative number, and a number with a fraction that is cut off instead of rounded."""
    for node in scene.nodes("binary_expression"):
        parts = operands(node)
        if parts is None or text(parts[1]) != "%":
            continue
        have = scene.types.of(parts[0]) or scene.types.of(node)
        if have is None or have.startswith(("i", "f", "{")):
            put = f"{_held(scene, parts[0])}.rem_euclid({scene.text(parts[2])})"
            weight = 0.25 if "sign" in scene.evidence.tags or scene.evidence.below_zero else 0.06
            yield Change("arithmetic", f"`{short(put)}`", replaced(node, put), weight, node.start_byte)
    for node in scene.nodes("type_cast_expression"):
        value, kind = node.child_by_field_name("value"), node.child_by_field_name("type")
        if value is None or text(kind) not in types.INTEGERS or scene.types.of(value) not in types.FLOATS:
            continue
        for step, weight in (("round", 0.15), ("ceil", 0.06), ("floor", 0.03)):
            put = f"{_held(scene, value)}.{step}()"
            if not text(value).endswith(f".{step}()"):
                yield Change("cast", f"`{short(put)}` before the cast", replaced(value, put), weight, node.start_byte)


def _literal(node: Node) -> bool:
    return node.type in ("integer_literal", "float_literal")


def _held(scene: Scene, node: Node) -> str:
    simple = node.type not in (
        "binary_expression",
        "range_expression",
        "unary_expression",
        "closure_expression",
    )
    return scene.text(node) if simple else f"({scene.text(node)})"


def _defaults(scene: Scene) -> Iterator[Change]:
    """``unwrap()`` where nothing is there: a default, or the question handed on; another default than nothing."""
    for node in scene.nodes("call_expression"):
        yield from _other_default(scene, node)
        callee = node.child_by_field_name("function")
        name = (
            text(callee.child_by_field_name("field"))
            if callee is not None and callee.type == "field_expression"
            else ""
        )
        owner = callee.child_by_field_name("value") if callee is not None else None
        if name not in ("unwrap", "expect") or owner is None:
            continue
        yield Change(
            "unwrap",
            f"`{short(scene.text(owner))}.unwrap_or_default()`",
            ((owner.end_byte, node.end_byte, ".unwrap_or_default()"),),
            0.12,
            node.start_byte,
        )
        if types.head(scene.returns) in ("Option", "Result"):
            yield Change(
                "unwrap",
                f"`{short(scene.text(owner))}?`",
                ((owner.end_byte, node.end_byte, "?"),),
                0.2,
                node.start_byte,
            )


def _other_default(scene: Scene, node: Node) -> Iterator[Change]:
    """``unwrap_or_default()`` where nothing counts as one or as all."""
    callee = node.child_by_field_name("function")
    name = callee.child_by_field_name("field") if callee is not None and callee.type == "field_expression" else None
    if name is None or text(name) not in ("unwrap_or_default", "or_default"):
        return
    method = "unwrap_or" if text(name) == "unwrap_or_default" else "or_insert"
    kind = scene.types.of(node)
    for value in ("1", "true") if kind is None else ("true",) if kind == "bool" else ("1",):
        if kind is None or kind in (*types.INTEGERS, "bool"):
            parts = ((name.start_byte, node.end_byte, f"{method}({value})"),)
            family = "step" if value == "1" else "unwrap"
            weight = 0.3 if scene.evidence.nothing else 0.12
            yield Change(family, f"`{method}({value})` instead of `{text(name)}()`", parts, weight, node.start_byte)
