"""Failing tests: a statement that was forgotten: a field or a variable that is never brought up to date.

Answers no error: it works where the tree compiles and tests fail. What is put is small and typed (``self.count += 1``,
``self.last = now``, ``names.sort()``); likeliest where nothing else in the crate ever writes the field, where a variable is
declared ``mut`` and never changed, or where a value is bound and never used. Nothing is invented that a test alone asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.inserting import Place, places, sets_again
from rusta_cargo.repair.code.items import Function
from rusta_cargo.repair.code.mutating import Change, Scene, ranked, short
from rusta_cargo.repair.code.scopes import Binding
from rusta_cargo.repair.proposer import Candidate, Situation

_KEY = "rusta_cargo.repair.proposers.behaviour_missing"
_WRITTEN = re.compile(
    r"\.(\w+)\s*(?:(?:[-+*/%&|^]|<<|>>)?=(?!=)|\.(?:push\w*|insert|extend\w*|clear|pop\w*|remove|append|entry|drain)\()"
)
_UNUSED = 3.0  # what is bound and never used was bound for something
_EARLIER = 0.95  # what is brought up to date usually is so at the end of its block
_NOTHING = {"bool": "false", "f64": "0.0", "f32": "0.0", "usize": "0", "u32": "0", "u64": "0", "i32": "0", "i64": "0"}
_ORDERED = ("sort()", "reverse()", "dedup()")


@dataclass(frozen=True)
class _Target:
    """Something that may be written: its text, its type, and how little else does so (in [0, 1])."""

    text: str
    type: str
    neglected: float


SHARE = 0.03  # beside other slips, as those were counted where tests judge


def propose(situation: Situation) -> Iterator[Candidate]:
    """Forgotten statements of the suspects."""
    return ranked(situation, _changes, SHARE)


def _changes(scene: Scene) -> Iterator[Change]:
    function = scene.function
    if function is None or scene.body is None:
        return
    here = list(places(scene))
    body = scene.text(scene.body)
    # One of many places for one of many statements is seldom right.
    spread = 1 / (1 + 0.12 * len(here))
    for place in here:
        visible = [(b, t or "") for b, t in scene.types.visible(place.at)]
        unused = {b.name for b, _ in visible if len(re.findall(rf"\b{re.escape(b.name)}\b", body)) <= _own(scene, b)}
        beside = " ".join(scene.text(place.block).split())
        found = (*_updates(scene, visible, body), *_helpers(scene, function, visible, body))
        for statement, weight in (*found, *_guards(scene, place, visible)):
            if " ".join(statement.split()) in beside or sets_again(scene, place, statement):
                continue
            factor = _UNUSED if any(re.search(rf"\b{re.escape(n)}\b", statement) for n in unused) else 1.0
            yield Change(
                "missing",
                f"`{short(statement)}`",
                place.put(statement),
                min(0.6, weight * spread * factor) * (_EARLIER if place.before else 1.0),
                place.at,
            )


def _own(scene: Scene, binding: Binding) -> int:
    """How often a name that is never used is written in the body: where it is bound, unless that is the signature."""
    assert scene.body is not None  # only functions with one are looked at
    return 1 if binding.start >= scene.body.start_byte else 0


def _updates(scene: Scene, visible: list[tuple[Binding, str]], body: str) -> Iterator[tuple[str, float]]:
    values = [(b.name, t) for b, t in visible if b.name != "self" and t]
    for target in _targets(scene, visible, body):
        yield from _updates_of(scene, target, values)


def _targets(scene: Scene, visible: list[tuple[Binding, str]], body: str) -> Iterator[_Target]:
    written = _written(scene)
    for binding, kind in visible:
        name = binding.name
        bare = types.strip_references(kind)
        changed = re.search(
            rf"(?<![\w.]){re.escape(name)}\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)|&mut {re.escape(name)}\b", body
        )
        if not kind and binding.mutable and binding.kind == "let":
            kind = _listed(scene, binding)
        if not kind:
            # Bound in a pattern and never used: it can only be a reference that was to be written through.
            if binding.kind == "pattern" and body.count(name) == 1:
                yield from (_Target(f"*{name}", t, 1.0) for _, t in visible[:8] if t in types.INTEGERS)
            continue
        if types.is_mutable_reference(kind) and name != "self" and f"*{name}" not in body:
            yield _Target(f"*{name}", bare, 1.0 if body.count(name) <= 1 else 0.2)
        elif binding.mutable and name != "self":
            touched = changed or re.search(
                rf"(?<![\w.]){re.escape(name)}(?:\.\w+)?\.(?:push|insert|sort|extend|pop)", body
            )
            yield _Target(name, kind, 0.15 if touched else 1.0)
        if not (binding.mutable or types.is_mutable_reference(kind)) or (name == "self" and not _mutable_self(scene)):
            continue
        struct = scene.index.struct(bare)
        for field in () if struct is None else struct.fields:
            place = f"{name}.{field.name}"
            mine = re.search(rf"\b{re.escape(place)}\s*(?:[-+*/%&|^]|<<|>>)?=(?!=)", body) is not None
            neglected = 1.0 if field.name not in written else 0.12 if mine else 0.35
            yield _Target(place, types.tidy(field.type.text), neglected)


def _listed(scene: Scene, binding: Binding) -> str:
    """The type of ``slice.to_vec()`` and of what is collected, when nothing else tells."""
    value = binding.value
    callee = None if value is None else value.child_by_field_name("function")
    if callee is None or callee.type != "field_expression":
        return ""
    owner = types.strip_references(scene.types.of(callee.child_by_field_name("value")) or "")
    name = scene.text(callee.child_by_field_name("field"))
    return f"Vec<{types.element(owner) or '_'}>" if name in ("to_vec", "into_vec") else ""


def _mutable_self(scene: Scene) -> bool:
    function = scene.function
    return function is not None and function.receiver is not None and "mut" in function.receiver.text


def _updates_of(scene: Scene, target: _Target, values: list[tuple[str, str]]) -> Iterator[tuple[str, float]]:
    name, kind, much = target.text, target.type, target.neglected
    alike = [value for value, other in values if value != name and types.same(types.strip_references(other), kind)]
    if kind in types.INTEGERS or kind == "{integer}":
        yield f"{name} += 1;", 0.5 * much
        yield f"{name} -= 1;", 0.25 * much
        for number in ("0", "1"):
            yield f"{name} = {number};", 0.2 * much
        for value in alike[:3]:
            yield f"{name} -= {value};", 0.3 * much
            yield f"{name} += {value};", 0.2 * much
    elif kind == "bool":
        yield f"{name} = true;", 0.4 * much
        yield f"{name} = false;", 0.3 * much
    element = types.inner(kind, "Vec", "VecDeque")
    if element is not None:
        push = "push" if types.head(kind) == "Vec" else "push_back"
        for value, other in values:
            if types.same(other, element):
                yield f"{name}.{push}({value});", 0.5 * much
        made = _made(scene, element, values)
        if made is not None:
            yield f"{name}.{push}({made});", 0.5 * much
        if "." not in name and types.head(kind) == "Vec":
            for step in _ORDERED:
                yield f"{name}.{step};", (0.4 if step == "sort()" else 0.15) * much
            yield from _sorted_by_fields(scene, name, element, much)
    enum = scene.index.enum(kind)
    for variant in () if enum is None else enum.variants:
        if variant.shape == "unit":
            yield f"{name} = {types.head(kind)}::{variant.name};", 0.3 * much
    for value in alike[:4]:
        yield f"{name} = {value};", 0.3 * much
    if much == 1.0:  # a variable that is never changed: to what another holds
        for value, other in values:
            struct = scene.index.struct(types.strip_references(other))
            for field in () if struct is None or value == name else struct.fields:
                if types.same(field.type.text, kind):
                    yield f"{name} = {value}.{field.name};", 0.2


def _guards(scene: Scene, place: Place, visible: list[tuple[Binding, str]]) -> Iterator[tuple[str, float]]:
    """Nothing is done where there is nothing: ``continue`` in a loop, ``None`` and its like from a method."""
    unit = nodes.indent_unit(scene.source)
    if place.block.parent is not None and place.block.parent.type in nodes.LOOPS:
        for binding, kind in visible:
            if binding.start > place.block.start_byte and types.strip_references(kind) in ("str", "String"):
                yield f"if {binding.name}.is_empty() {{\n{unit}continue;\n}}", 0.3
    function = scene.function
    if place.block != scene.body or function is None or function.receiver is None or not place.before:
        return
    nothing = "None" if types.inner(scene.returns, "Option") is not None else _NOTHING.get(scene.returns)
    own = scene.types.spelled("Self", place.block)
    struct = scene.index.struct(own)
    asked = [f"self.{m.name}()" for m in scene.index.methods(own) if _asks(m) and m != function]
    for field in () if struct is None else struct.fields:
        if types.inner(field.type.text, "Vec", "VecDeque", "HashMap", "BTreeMap") or field.type.text == "String":
            asked.append(f"self.{field.name}.is_empty()")
    for question in asked if nothing is not None else ():
        yield f"if {question} {{\n{unit}return {nothing};\n}}", 0.15


def _asks(method: Function) -> bool:
    """``is_empty(&self) -> bool`` and its like."""
    return (
        method.name.startswith("is_")
        and method.receiver is not None
        and not method.parameters
        and method.returns is not None
        and method.returns.text == "bool"
    )


def _sorted_by_fields(scene: Scene, name: str, element: str, much: float) -> Iterator[tuple[str, float]]:
    """Elements that have no order of their own are ordered by their first fields; floating point numbers totally."""
    if element in types.FLOATS:
        yield f"{name}.sort_by(|a, b| a.total_cmp(b));", 0.4 * much
    struct = scene.index.struct(element)
    first = [] if struct is None else struct.fields[:2]
    if len(first) == 2 and all(types.tidy(field.type.text) in types.INTEGERS for field in first):
        fields = ", ".join(f"item.{field.name}" for field in first)
        yield f"{name}.sort_by_key(|item| ({fields}));", 0.3 * much


def _made(scene: Scene, kind: str, values: list[tuple[str, str]]) -> str | None:
    """A struct all of whose fields are at hand by their own names, in the scope or in ``self``."""
    struct = scene.index.struct(kind)
    mine = None if scene.body is None else scene.index.struct(scene.types.spelled("Self", scene.body))
    if struct is None or not struct.fields:
        return None
    parts = []
    for field in struct.fields:
        wanted = field.type.text
        if any(value == field.name and t and types.same(types.strip_references(t), wanted) for value, t in values):
            parts.append(field.name)
            continue
        own = None if mine is None else mine.field(field.name)
        if own is None or not types.same(own.type.text, wanted):
            return None
        parts.append(f"{field.name}: self.{field.name}")
    return f"{types.head(kind)} {{ {', '.join(parts)} }}"


def _helpers(
    scene: Scene, function: Function, visible: list[tuple[Binding, str]], body: str
) -> Iterator[tuple[str, float]]:
    """A call of another method that changes ``self`` and gives nothing."""
    if not _mutable_self(scene) or scene.body is None:
        return
    for method in scene.index.methods(scene.types.spelled("Self", scene.body)):
        if method == function or method.receiver is None or "mut" not in method.receiver.text or method.returns:
            continue
        given: list[str] = []
        for parameter in method.parameters:
            fits = [b.name for b, t in visible if t and types.same(t, parameter.type.text)]
            named = parameter.name if parameter.name in fits else fits[0] if len(fits) == 1 else None
            plain = "0" if types.tidy(parameter.type.text) in types.INTEGERS else None
            chosen = named or plain
            if chosen is None:
                break
            given.append(chosen)
        else:
            call = f"self.{method.name}({', '.join(given)});"
            if f".{method.name}(" not in body:
                yield call, 0.3 if _called(scene, method.name) else 0.9


def _called(scene: Scene, name: str) -> bool:
    return any(f".{name}(".encode() in scene.situation.source(path) for path in scene.index.files)


def _written(scene: Scene) -> frozenset[str]:
    """The names of all fields that anything in the crate writes to."""
    key = (_KEY, scene.path, hash(scene.source))
    known = scene.situation.cache.get(key)
    if isinstance(known, frozenset):
        return known
    found: set[str] = set()
    for path in scene.index.files:
        found |= {match[1] for match in _WRITTEN.finditer(scene.situation.source(path).decode("utf-8", "replace"))}
    result = frozenset(found)
    scene.situation.cache[key] = result
    return result
