"""Steps of a chain that were lost: ``.filter(…)``, ``.map(…)``, another case of letters, the next key of an order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.items import Struct
from rusta_cargo.repair.code.mutating import Change, Scene, replaced, short
from rusta_cargo.repair.code.nodes import text

# What an iterator is begun or continued with, where another step may follow.
_OPEN = (
    "iter", "into_iter", "chars", "bytes", "lines", "split", "split_whitespace", "values", "keys", "map", "filter",
    "rev", "skip", "take", "drain", "char_indices", "copied", "cloned", "iter_mut", "values_mut", "flatten", "flat_map",
)  # fmt: skip
_TEXTS = ("split", "lines", "split_whitespace")
_MADE_TEXT = re.compile(r"\.(?:trim\w*|to_lowercase|to_uppercase|to_string|to_owned)\([^()]*\)\s*\)?$|^format!")
_LETTERS = ("is_alphanumeric()", "is_alphabetic()", "is_ascii_digit()", "is_ascii_alphabetic()")
_CASES = ("to_lowercase()", "to_uppercase()")
_CHAR_CASES = ("to_ascii_lowercase()", "to_ascii_uppercase()")
_OWNING = ("to_string", "to_owned", "into")
_ORDER = ("cmp", "partial_cmp", "total_cmp")
_PAIR = re.compile(r"^&?\*?(\w+)\.(\w+)$")


def changes(scene: Scene) -> Iterator[Change]:
    """The steps that may be missing in a suspect."""
    for node in scene.nodes("call_expression"):
        callee = node.child_by_field_name("function")
        if callee is None or callee.type != "field_expression":
            continue
        name = text(callee.child_by_field_name("field"))
        if name in _OPEN:
            yield from _steps(scene, node, callee, name)
        if name in _ORDER:
            yield from _next_key(scene, node, callee)
        if name in _OWNING:
            field = callee.child_by_field_name("field")
            for case in _CASES if field is not None else ():
                assert field is not None  # the loop is empty otherwise
                put = case.removesuffix("()")
                title = f"`{put}` instead of `{name}`"
                yield Change("method", title, replaced(field, put), 0.15, node.start_byte)
    for node in scene.nodes("match_expression"):
        value = node.child_by_field_name("value")
        if value is None or value.type not in ("identifier", "field_expression"):
            continue
        if scene.types.of(value) == "char":
            for case in _CHAR_CASES:
                put = f"{scene.text(value)}.{case}"
                yield Change("method", f"`match {put}`", replaced(value, put), 0.15, value.start_byte)


def _steps(scene: Scene, node: Node, callee: Node, name: str) -> Iterator[Change]:
    element = _element(scene, node, name)
    written = scene.text(nodes.statement_of(node) or node)
    parameter = _parameter(scene, node)
    for step, weight in _filters(scene, element, parameter):
        if step in written:
            continue
        at = node.end_byte
        put = f"{_line(scene, callee)}.{step}"
        yield Change("chain", f"`.{short(step)}` after `.{name}(…)`", ((at, at, put),), weight, node.start_byte)


def _line(scene: Scene, callee: Node) -> str:
    """The line break before a further step, where the chain has one step a line."""
    field, owner = callee.child_by_field_name("field"), callee.child_by_field_name("value")
    if field is None or owner is None or b"\n" not in scene.source[owner.end_byte : field.start_byte]:
        return ""
    return "\n" + nodes.indent_at(scene.source, field.start_byte)


def _element(scene: Scene, node: Node, name: str) -> str:
    """What the iterator gives; ``""`` where nothing tells."""
    known = scene.types.of(node) or ""
    if types.head(known) == "Iter":
        return types.inner(known, "Iter") or ""
    if name == "chars":
        return "char"
    if name in _TEXTS:
        return "&str"
    if name == "map":
        listed = node.child_by_field_name("arguments")
        closure = nodes.child(listed, "closure_expression")
        given = None if closure is None else closure.child_by_field_name("body")
        if given is not None and _MADE_TEXT.search(scene.text(given)):
            return "String"
    callee = node.child_by_field_name("function")
    owner = None if callee is None else callee.child_by_field_name("value")
    if name in ("filter", "rev", "skip", "take") and owner is not None and owner.type == "call_expression":
        before = owner.child_by_field_name("function")
        return _element(scene, owner, text(before.child_by_field_name("field")) if before is not None else "")
    if name == "iter" and owner is not None:
        inside = types.element(scene.types.of(owner) or "")
        return f"&{inside}" if inside else ""
    return ""


def _parameter(scene: Scene, node: Node) -> str:
    """What the next closure of the chain calls what it is given, else ``item``."""
    parent = node.parent
    call = None if parent is None else parent.parent
    if parent is None or parent.type != "field_expression" or call is None or call.type != "call_expression":
        return "item"
    closure = nodes.child(call.child_by_field_name("arguments"), "closure_expression")
    names = None if closure is None else closure.child_by_field_name("parameters")
    written = "" if names is None else scene.text(names).strip("|").removeprefix("&")
    return written if re.fullmatch(r"\w+|\([\w, ]+\)", written) else "item"


def _filters(scene: Scene, element: str, parameter: str) -> Iterator[tuple[str, float]]:
    """``filter`` and ``map`` steps that suit what the iterator gives."""
    bare = types.strip_references(element)
    if parameter.startswith("("):
        first = parameter.strip("()").split(",")[0].strip()
        members = types.tuple_parts(bare) or []
        if not members or types.strip_references(members[0]) in (*types.INTEGERS, "{integer}"):
            for sign in ("> 0", "!= 0"):
                yield f"filter(|{parameter}| *{first} {sign})", 0.1
        return
    if bare == "char":
        for question in _LETTERS:
            yield f"filter(|{parameter}| {parameter}.{question})", 0.12
        yield f"filter(|{parameter}| !{parameter}.is_whitespace())", 0.12
        for case in _CHAR_CASES:
            yield f"map(|{parameter}| {parameter}.{case})", 0.12
    elif bare in ("str", "String") or types.head(bare) == "Vec":
        yield f"filter(|{parameter}| !{parameter}.is_empty())", 0.2
    elif bare in types.INTEGERS:
        star = "*" * (element.count("&") + 1)
        for sign in ("> 0", "!= 0"):
            yield f"filter(|{parameter}| {star}{parameter} {sign})", 0.06
    struct = scene.index.struct(bare)
    for field in () if struct is None else struct.fields:
        place, kind = f"{parameter}.{field.name}", types.tidy(field.type.text)
        if kind == "bool":
            yield f"filter(|{parameter}| {place})", 0.2
            yield f"filter(|{parameter}| !{place})", 0.2
        inner = scene.index.struct(kind)
        for deeper in () if inner is None else inner.fields:
            if deeper.type.text == "bool":
                yield f"filter(|{parameter}| {place}.{deeper.name})", 0.15
                yield f"filter(|{parameter}| !{place}.{deeper.name})", 0.12
        enum = scene.index.enum(kind)
        for variant in () if enum is None else enum.variants[:4]:
            if variant.shape == "unit":
                for sign in ("==", "!="):
                    yield f"filter(|{parameter}| {place} {sign} {types.head(kind)}::{variant.name})", 0.06
    for method in scene.index.methods(bare):
        if method.receiver is not None and not method.parameters and method.returns and method.returns.text == "bool":
            yield f"filter(|{parameter}| {parameter}.{method.name}())", 0.12
            yield f"filter(|{parameter}| !{parameter}.{method.name}())", 0.12


def _next_key(scene: Scene, node: Node, callee: Node) -> Iterator[Change]:
    """``a.x.cmp(&b.x)`` followed by ``.then_with(|| a.y.cmp(&b.y))``."""
    listed, owner = node.child_by_field_name("arguments"), callee.child_by_field_name("value")
    if listed is None or owner is None or len(listed.named_children) != 1:
        return
    left, right = _PAIR.match(text(owner)), _PAIR.match(text(listed.named_children[0]))
    if left is None or right is None or left[2] != right[2]:
        return
    whole = scene.text(nodes.around(node, ("closure_expression", "function_item")) or node)
    for name in _fields(scene, left[1], left[2]):
        if f".{name}.cmp(" in whole:
            continue
        for one, other, weight in ((left[1], right[1], 0.3), (right[1], left[1], 0.2)):
            key = f"{one}.{name}.cmp(&{other}.{name})"
            for step in (f".then_with(|| {key})", f".then({key})"):
                title = f"`{short(step)}` after `{short(scene.text(node), 24)}`"
                at = node.end_byte
                parent = node.parent
                line = ""
                if parent is not None and parent.type == "field_expression" and "\n" in scene.text(parent)[-60:]:
                    line = "\n" + nodes.indent_at(scene.source, parent.end_byte)
                yield Change(
                    "order", title, ((at, at, f"{line}{step}"),), weight * (1.0 if "with" in step else 0.5), at
                )


def _fields(scene: Scene, name: str, known: str) -> list[str]:
    if known.isdecimal():
        return [str(number) for number in range(3) if str(number) != known]
    for binding, kind in scene.types.visible(scene.body.end_byte - 1 if scene.body is not None else 0):
        if binding.name == name:
            own = kind or ""
            if name == "self" and scene.body is not None:
                own = scene.types.spelled("Self", scene.body)
            struct = scene.index.struct(own)
            return [] if struct is None else [field.name for field in struct.fields if field.name != known]
    owners = [struct for struct in scene.index.of_kind(Struct) if struct.field(known) is not None]
    return [field.name for owner in owners[:1] for field in owner.fields if field.name != known]
