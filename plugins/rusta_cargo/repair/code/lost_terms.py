"""Terms that a sum has lost, bounds that a value has lost, and ends one off where nothing but a name is left."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.mutating import Change, Scene, operands, replaced, short
from rusta_cargo.repair.code.nodes import text

_PLAIN = ("identifier", "field_expression", "call_expression", "parenthesized_expression", "index_expression",
          "type_cast_expression", "try_expression")  # fmt: skip
_NAMES = ("identifier", "field_expression")
_LISTS = ("Vec", "VecDeque", "String", "str", "slice")
_COUNTS = ("usize", "u32", "u64", "i32", "i64", "{integer}", "")
_HORNER = ("to_digit", "b'0'", "- '0'", "'0' as")


def changes(scene: Scene) -> Iterator[Change]:
    """What may be missing in the values of a suspect."""
    for node in _values(scene):
        yield from _terms(scene, node)
        yield from _ends(scene, node)
    for node in _places(scene):
        yield from _one_off(scene, node)
    for node in scene.nodes("assignment_expression"):
        yield from _kept(scene, node.child_by_field_name("left"), node.child_by_field_name("right"))
    for node in scene.nodes("field_initializer"):
        yield from _mirrored(scene, node)
    yield from _digits(scene)
    yield from _complements(scene)


def _values(scene: Scene) -> Iterator[Node]:
    """What is given back or bound."""
    for node in scene.nodes("let_declaration", "assignment_expression"):
        value = node.child_by_field_name("value") or node.child_by_field_name("right")
        if value is not None:
            yield value
    for node in scene.nodes("return_expression"):
        yield from node.named_children[:1]
    for node in scene.nodes("match_arm"):
        value = node.child_by_field_name("value")
        if value is not None and value.type != "block":
            yield value
    tail = nodes.tail_of(scene.body)
    if tail is not None:
        yield tail


def _places(scene: Scene) -> Iterator[Node]:
    """Bare names of numbers: elements of tuples and of formats, arguments, values of arms."""
    for node in scene.nodes("tuple_expression", "arguments"):
        yield from (child for child in node.named_children if child.type in _NAMES)
    for node in scene.nodes("match_arm", "field_initializer"):
        value = node.child_by_field_name("value")
        if value is not None and value.type in _NAMES:
            yield value


def _terms(scene: Scene, node: Node) -> Iterator[Change]:
    """``self.net()`` → ``self.net() + self.tax()``: what the type can tell of itself and this function never asks."""
    kind = types.strip_references(scene.types.of(node) or "") or scene.returns
    if node.type not in (*_PLAIN, "binary_expression") or kind not in types.NUMBERS:
        return
    if scene.function is None or scene.function.receiver is None or scene.body is None:
        return
    own, body = scene.types.spelled("Self", scene.body), scene.text(scene.body)
    struct = scene.index.struct(own)
    terms = [
        f"self.{field.name}" for field in (() if struct is None else struct.fields) if types.same(field.type.text, kind)
    ]
    if kind == "usize":
        terms += [
            f"self.{field.name}.len()"
            for field in (() if struct is None else struct.fields)
            if types.head(field.type.text) in (*_LISTS, "BinaryHeap", "HashMap", "BTreeMap", "HashSet", "BTreeSet")
        ]
    terms += [
        f"self.{method.name}()"
        for method in scene.index.methods(own)
        if method != scene.function and not method.parameters and method.receiver is not None
        and method.returns is not None and types.same(method.returns.text, kind)
    ]  # fmt: skip
    for term in terms[:8]:
        if term in body:
            continue
        for new, weight in (
            (f"{scene.text(node)} + {term}", 0.2), (f"{scene.text(node)} - {term}", 0.15),
            (f"{term} + {scene.text(node)}", 0.12),
        ):  # fmt: skip
            yield Change("arithmetic", f"`{short(new, 50)}`", replaced(node, new), weight, node.start_byte)


def _ends(scene: Scene, node: Node) -> Iterator[Change]:
    """``x`` → ``x.min(items.len())``."""
    kind = types.strip_references(scene.types.of(node) or "")
    if kind not in ("usize", "") or node.type not in (*_PLAIN, "binary_expression"):
        return
    written = scene.text(node)
    held = written if node.type in _PLAIN else f"({written})"
    if not kind and node.type not in ("identifier", "binary_expression"):
        return
    for listed in _lists(scene, node):
        if listed in written:
            continue
        put = f"{held}.min({listed})"
        yield Change("arithmetic", f"`{short(put)}`", replaced(node, put), 0.12, node.start_byte)


def _lists(scene: Scene, node: Node) -> list[str]:
    """The lengths of what is visible."""
    found = []
    for binding, kind in scene.types.visible(node.start_byte):
        bare = types.strip_references(kind or "")
        if binding.name == "self" and scene.body is not None:
            struct = scene.index.struct(scene.types.spelled("Self", scene.body))
            fields = () if struct is None else struct.fields
            found += [f"self.{f.name}.len()" for f in fields if types.head(f.type.text) in _LISTS]
        elif types.head(bare) in _LISTS or bare.startswith("["):
            found.append(f"{binding.name}.len()")
    return found[:4]


def _one_off(scene: Scene, node: Node) -> Iterator[Change]:
    kind = types.strip_references(scene.types.of(node) or "")
    if kind not in _COUNTS or (not kind and node.type != "identifier"):
        return
    written = scene.text(node)
    if not kind and (written[:1].isupper() or written in ("None", "self")):
        return
    for sign in "+-":
        put = f"{written} {sign} 1"
        yield Change("step", f"`{put}`", replaced(node, put), 0.12 if kind else 0.05, node.start_byte)


def _kept(scene: Scene, left: Node | None, right: Node | None) -> Iterator[Change]:
    """``best = x`` → ``best = best.max(x)``."""
    if left is None or right is None or right.type not in (*_PLAIN, "unary_expression"):
        return
    kind = types.strip_references(scene.types.of(left) or scene.types.of(right) or "")
    if kind not in (*types.NUMBERS, "{integer}", "{float}", ""):
        return
    for bound in ("max", "min"):
        put = f"{scene.text(left)}.{bound}({scene.text(right)})"
        yield Change("compound", f"`{short(put)}`", replaced(right, put), 0.15, right.start_byte)


def _mirrored(scene: Scene, node: Node) -> Iterator[Change]:
    """``end: other.end`` → ``end: self.end.max(other.end)``; ``patch: self.patch`` → ``patch: 0``."""
    value, name = node.child_by_field_name("value"), node.child_by_field_name("field")
    owner = None if value is None else value.child_by_field_name("value")
    if value is None or value.type != "field_expression" or text(value.child_by_field_name("field")) != text(name):
        return
    if owner is None or scene.function is None or scene.function.receiver is None:
        return
    kind = types.strip_references(scene.types.of(value) or "")
    if text(owner) == "self":
        for put, weight in (("0", 0.15), ("self." + text(name) + " + 1", 0.1)) if kind in types.INTEGERS else ():
            yield Change("initial", f"`{text(name)}: {put}`", replaced(value, put), weight, value.start_byte)
        if types.head(kind) == "Option":
            yield Change("initial", f"`{text(name)}: None`", replaced(value, "None"), 0.15, value.start_byte)
        others = [p.name for p in scene.function.parameters if types.strip_references(p.type.text) == "Self"]
    else:
        others = ["self"]
    for other in others[:1]:
        for bound in ("max", "min"):
            first, second = (other, text(owner)) if other == "self" else (text(owner), other)
            put = f"{first}.{text(name)}.{bound}({second}.{text(name)})"
            yield Change("arithmetic", f"`{short(put)}`", replaced(value, put), 0.2, value.start_byte)


def _digits(scene: Scene) -> Iterator[Change]:
    """``n = n + digit`` → ``n = n * 10 + digit``."""
    if not any(mark in scene.text(scene.body) for mark in _HORNER):
        return
    for node in scene.nodes("assignment_expression"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        parts = operands(right) if right is not None and right.type == "binary_expression" else None
        if parts is not None and text(parts[1]) == "+" and text(parts[0]) == text(left):
            put = f"{text(left)} * 10"
            yield Change("arithmetic", f"`{put} + …`", replaced(parts[0], put), 0.3, node.start_byte)


def _complements(scene: Scene) -> Iterator[Change]:
    """``whole * rate / 100`` → ``whole - whole * rate / 100``."""
    for node in _values(scene):
        parts = operands(node) if node.type == "binary_expression" else None
        if parts is None or text(parts[1]) not in ("*", "/"):
            continue
        first = parts[0]
        while first.type == "binary_expression" and (inner := operands(first)) is not None:
            first = inner[0]
        if first.type not in ("identifier", "field_expression", "call_expression"):
            continue
        for sign in "-+":
            put = f"{scene.text(first)} {sign} {scene.text(node)}"
            yield Change("arithmetic", f"`{short(put)}`", replaced(node, put), 0.1, node.start_byte)
