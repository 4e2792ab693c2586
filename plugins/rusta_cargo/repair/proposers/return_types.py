"""Functions that lost their return type: E0308 and E0277 in the body, E0308 and E0599 where they are called.

What the returned values are and what the callers expect is put together: ``Result<(), _>`` of one ``return`` and
``Result<_, Error>`` of another are one type. A generic parameter that nothing else uses is the return type itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.aliases import by_alias
from rusta_cargo.repair.code.declarations import written
from rusta_cargo.repair.code.expression import Spot, smallest, spot
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.items import Function, Impl, ItemIndex
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import binding_of
from rusta_cargo.repair.proposer import Candidate, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0308", "E0277", "E0599", "E0609", "E0614", "E0600", "E0608", "E0369")
_MISSING = ("default return type", "try adding a return type", "a return type might be missing")
_UNIT = re.compile(r"found `\(\)`|unit type|`\(\)`")
_LAYERS = {"Ok": "Result<{}, _>", "Err": "Result<_, {}>", "Some": "Option<{}>"}
# Inside of these a `return` is another function's.
_INTO = ("closure_expression", "function_item", "async_block")
_BOTH, _SEVERAL, _BODY, _CALLERS, _GENERIC = 0.93, 0.92, 0.6, 0.5, 0.93


@dataclass
class _Evidence:
    """What the errors say of one function's value. ``body``: of what it gives; ``callers``: of what is expected."""

    body: list[str] = field(default_factory=list)
    callers: list[str] = field(default_factory=list)
    used: bool = False
    errors: list[int] = field(default_factory=list)


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Return types for functions without one."""
    index: ItemIndex | None = None
    found: dict[int, tuple[Function, _Evidence]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        place = diagnostic.primary
        if diagnostic.code not in CODES or place is None:
            continue
        index = index or ItemIndex.of(situation)
        for function, told, inside in _implicated(situation, index, diagnostic):
            evidence = found.setdefault(id(function), (function, _Evidence()))[1]
            if told is not None:
                (evidence.body if inside else evidence.callers).append(told)
            evidence.used |= not inside
            evidence.errors.append(number)
    for function, evidence in found.values():
        assert index is not None
        yield from _offered(situation, index, function, evidence)


def _implicated(
    situation: Situation, index: ItemIndex, diagnostic: Diagnostic
) -> Iterator[tuple[Function, str | None, bool]]:
    """(function without return type, the type that is told, it is told by the function's own body)."""
    place, pair = diagnostic.primary, mismatch(diagnostic)
    assert place is not None
    labels = [span.label or "" for span in diagnostic.spans] + [item.message for item in diagnostic.suggestions]
    if pair is not None and pair.expected == "()" and any(word in label for label in labels for word in _MISSING):
        item = index.at(place.path, place.start)
        if isinstance(item, Function) and item.returns is None:
            yield item, pair.found, True
    if not any(_UNIT.search(told) for told in (diagnostic.message, *labels)):
        return
    for span in diagnostic.spans:
        here = spot(situation, index, span) or smallest(situation, index, span.path, span.start, span.end)
        function = None if here is None else _callee(index, here)
        if function is None:
            continue
        expected = None
        if pair is not None and diagnostic.code == "E0308":
            expected = pair.expected if pair.found == "()" else pair.found if pair.expected == "()" else None
        yield function, expected, False


def _callee(index: ItemIndex, here: Spot) -> Function | None:
    """The one function without return type that the expression calls, or that its local was made by."""
    node = here.node
    if node.type == "identifier":
        binding = binding_of(here.root, here.text, node.start_byte)
        if binding is None or not binding.whole or binding.value is None:
            return None
        node = binding.value
    while node.type in ("parenthesized_expression", "reference_expression", "try_expression") and node.named_children:
        node = node.named_children[0]
    called = node.child_by_field_name("function") if node.type == "call_expression" else None
    if called is None:
        return None
    if called.type == "generic_function":
        called = called.child_by_field_name("function") or called
    name = text(called).rpartition("::")[2].rpartition(".")[2].strip()
    method = called.type == "field_expression"
    functions = [item for item in index.named(name, Function) if item.is_method or not method]
    return functions[0] if len(functions) == 1 and functions[0].returns is None else None


def _offered(situation: Situation, index: ItemIndex, function: Function, evidence: _Evidence) -> Iterator[Candidate]:
    if function.body is None or function.name == "main" or _is_test(function):
        return
    if isinstance(function.owner, Impl) and function.owner.trait is not None:
        return  # its signature is the trait's
    numbers = list(dict.fromkeys(evidence.errors))
    offers: dict[str, float] = {}
    generic = _unused_generic(function)
    if generic is not None and evidence.used:
        offers[generic] = _GENERIC
    body = _united([*evidence.body, *_given(situation, index, function)])
    whole = _united([*([body] if body else ()), *evidence.callers]) or body
    weight = _CALLERS if not evidence.body else _BOTH if evidence.used else _SEVERAL if len(numbers) > 1 else _BODY
    for kind in (whole, body, *evidence.callers):
        named = None if kind is None else written(types.unqualified(kind))
        if named is not None and named != "()":
            alias = by_alias(index, function.path, named)
            if alias is not None:
                offers.setdefault(alias, min(0.97, weight + 0.03))
            offers.setdefault(_shortened(situation, function, named), weight)
            weight *= 0.6
    for kind, prior in list(offers.items())[:4]:
        yield Candidate(
            f"declare that `{function.name}` returns `{kind}`",
            (edits.insert(function.path, function.parameters_span.end, f" -> {kind}"),),
            prior,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            risk=("changes a signature",),
            cites=("E0308",),
        )


def _is_test(function: Function) -> bool:
    return any(attribute.name.rpartition("::")[2] == "test" for attribute in function.attributes)


def _unused_generic(function: Function) -> str | None:
    """The type parameter that no parameter of the function has."""
    said = set(types.words(function.parameters_span.text))
    said |= set(types.words("" if function.where is None else re.sub(r"\b\w+\s*:", "", function.where.text)))
    free = [g.name for g in function.generics if g.kind == "type" and g.name not in said]
    others = " ".join(g.bounds.text for g in function.generics if g.bounds is not None)
    free = [name for name in free if name not in types.words(others)]
    return free[0] if len(free) == 1 else None


def _given(situation: Situation, index: ItemIndex, function: Function) -> list[str]:
    """The types of the values that the body gives back, as far as the text tells."""
    assert function.body is not None
    root = situation.syntax(function.path).root_node
    block = nodes.exact(root, function.body.start, function.body.end)
    if block is None:
        return []
    reader = Types(root, index)
    returns = nodes.below(block, "return_expression", into=_INTO)
    values = [part.named_children[0] for part in returns if part.named_children]
    last = nodes.tail_of(block)
    told = [_kind_of(value, reader) for value in (*values, *([] if last is None else [last]))]
    return [kind for kind in told if kind is not None and kind not in ("()", "!")]


def _kind_of(value: Node, reader: Types) -> str | None:
    """The type of a value; a layer whose other half is not told has a hole."""
    callee = text(value.child_by_field_name("function")) if value.type == "call_expression" else text(value)
    if callee == "None":
        return "Option<_>"
    layer = _LAYERS.get(callee)
    listed = value.child_by_field_name("arguments")
    if layer is None or listed is None or len(listed.named_children) != 1:
        return reader.of(value)
    inner = reader.of(listed.named_children[0])
    if listed.named_children[0].type == "unit_expression":
        inner = "()"
    return layer.format(inner or "_")


def _united(told: list[str]) -> str | None:
    """One type that all of ``told`` may be, their holes filled from each other; None when there is none."""
    found: str | None = None
    for kind in told:
        found = types.tidy(kind) if found is None else _filled(found, types.tidy(kind))
        if found is None:
            return None
    return found


def _filled(left: str, right: str) -> str | None:
    if left in ("_", "{integer}") and (left == "_" or types.same(left, right)):
        return right
    if right == "_" or types.short(left) == types.short(right):
        return left
    if right == "{integer}" and types.same(left, right):
        return left
    name, mine = types.split_generic(left)
    other, theirs = types.split_generic(right)
    if types.head(name) != types.head(other) or len(mine) != len(theirs) or not mine:
        return None
    parts = [_filled(a, b) for a, b in zip(mine, theirs, strict=True)]
    return None if None in parts else f"{name}<{', '.join(part or '' for part in parts)}>"


def _shortened(situation: Situation, function: Function, kind: str) -> str:
    """The type in the words of the file: ``fmt::Result``, ``io::Result<T>``, ``Self``."""
    source = situation.source(function.path).decode("utf-8", "replace")
    name, given = types.split_generic(kind)
    if types.head(name) == "Result" and len(given) == 2:
        for module in ("fmt", "io"):
            if given[1] in (f"std::{module}::Error", f"{module}::Error") and f"{module}::Result" in source:
                return f"{module}::Result" if module == "fmt" else f"io::Result<{given[0]}>"
    owner = function.owner
    if isinstance(owner, Impl) and types.short(owner.self_type.text) == types.short(kind) and "Self" in source:
        siblings = [item.returns.text for item in owner.items if isinstance(item, Function) and item.returns]
        if owner.self_type.text not in siblings:
            return "Self"
    return kind
