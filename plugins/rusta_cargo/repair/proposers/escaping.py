"""Borrowed data that leaves the function or closure it is lent to: E0521, E0373, E0700.

The lifetime that is asked for goes to the parameter, what escapes is owned, the closure takes what it uses, the opaque
type says which lifetime it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Impl
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.ownership import owned
from rusta_cargo.repair.code.usage import (
    mentions,
    occurrences,
)


def _escaping(case: Case) -> Iterator[Answer]:
    """E0521: the lifetime that is asked for goes to the parameter; what escapes is owned; a closure infers its own."""
    for span in case.spans("only valid in the"):
        names = quoted(span.label or "")
        if "closure" in (span.label or ""):
            yield from _uninferred(case, span.start, span.end)
            continue
        function = case.index.at(span.path, span.start, span.end)
        if not isinstance(function, Function) or not names:
            continue
        parameter = next((p for p in function.parameters if p.name == names[0]), None)
        if parameter is None:
            continue
        for other in dict.fromkeys(
            n for s in case.spans("must outlive") for n in quoted(s.label or "") if re.fullmatch(r"'[a-z_]\w*", n)
        ):
            static = other == "'static"
            for written in _annotated(parameter.type.text, other):
                change = edits.replace(function.path, parameter.type.start, parameter.type.end, written)
                yield Answer(
                    f"ask for `{written}`",
                    (change,),
                    0.45 if static else 0.85,
                    ("changes a signature",),
                )
        yield from _owned_before(case, parameter.name, parameter.type.text)


def _objects(case: Case) -> Iterator[Answer]:
    """An impl for ``dyn Trait`` means ``dyn Trait + 'static``; it should hold for any."""
    if not any("'static" in (span.label or "") for span in case.diagnostic.spans):
        return
    for impl in case.index.of_kind(Impl):
        written = impl.self_type.text
        if written.startswith("dyn ") and "'" not in written:
            change = edits.insert(impl.path, impl.self_type.end, " + '_")
            yield Answer(f"implement it for every `{written}`", (change,), 0.4)


def _annotated(type_text: str, lifetime: str) -> Iterator[str]:
    """The type with its reference (its trait object, its hidden parameter) given a lifetime."""
    flat = type_text.strip()
    if re.search(r"&(?!\s*')", flat):
        yield re.sub(r"&(?!\s*')\s*", f"&{lifetime} ", flat, count=1)
    if flat.startswith(("impl ", "dyn ", "Box<dyn", "Box<impl")) and lifetime not in flat:
        yield (
            f"{flat[:-1]} + {lifetime}>" if flat.endswith(">") and flat.startswith("Box<") else f"{flat} + {lifetime}"
        )


def _owned_before(case: Case, name: str, type_text: str) -> Iterator[Answer]:
    made = owned(type_text)
    statement = nodes.statement_of(nodes.node_at(case.root, case.place.start, case.place.end))
    if made is None or statement is None or not mentions(statement, {name}):
        return
    line = edits.line_before(case.path, case.source, statement.start_byte, f"let {name} = {name}{made[1]};")
    yield Answer(f"own `{name}` before it escapes", (line,), 0.5)
    found = list(occurrences(case.node, name))
    if len(found) == 1 and nodes.around(found[0], "closure_expression") is None:
        inline = edits.insert(case.path, found[0].end_byte, made[1])
        yield Answer(f"own `{name}` where it escapes", (inline,), 0.7)


def _uninferred(case: Case, start: int, end: int) -> Iterator[Answer]:
    node = nodes.node_at(case.root, start, end)
    parameter = nodes.enclosing(node, "parameter")
    pattern = None if parameter is None else parameter.child_by_field_name("pattern")
    if parameter is not None and pattern is not None:
        change = edits.delete(case.path, pattern.end_byte, parameter.end_byte)
        yield Answer("let the type of the closure's parameter be inferred", (change,), 0.6)


def _moving(case: Case) -> Iterator[Answer]:
    """E0373: the closure takes what it uses."""
    node = nodes.enclosing(case.node, ("closure_expression", "async_block"))
    if node is None or any(child.type == "move" for child in node.children):
        return
    word = next((child for child in node.children if child.type == "async"), None)
    place = node.start_byte if word is None or node.type != "async_block" else word.end_byte
    put = "move " if place == node.start_byte else " move"
    yield Answer("move what the closure uses into it", (edits.insert(case.path, place, put),), 0.9)


def _capturing(case: Case) -> Iterator[Answer]:
    """E0700: the opaque type says which lifetime it holds."""
    function = case.item
    if function is None or function.returns is None or "impl " not in function.returns.text:
        return
    names = [n for span in case.diagnostic.spans for n in quoted(span.label or "") if n.startswith("'") and n != "'_"]
    for name in dict.fromkeys([*names, "'_"]):
        end = function.returns.end
        yield Answer(f"let the result hold `{name}`", (edits.insert(function.path, end, f" + {name}"),), 0.45)


propose = answering({"E0521": (_escaping, _objects), "E0373": (_moving,), "E0700": (_capturing,)})
