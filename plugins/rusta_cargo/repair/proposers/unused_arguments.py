"""Arguments that are missing while a binding in scope is used nowhere else: E0061, E0057.

Nobody binds a name for nothing: where a call lacks one argument and one local or parameter of its function is never read,
that is the argument.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.inference import Types
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.scopes import Binding, bindings_at

_MISSING = re.compile(r"argument(?: #(\d+))?(?: of type `(.+?)`)? is missing")
_ONE, _SEVERAL = 0.9, 0.5
_FORMS = (("", lambda kind: kind), ("&", lambda kind: f"&{kind}"), ("&mut ", lambda kind: f"&mut {kind}"))


def _answers(case: Case) -> Iterator[Answer]:
    told = next((m for span in case.diagnostic.spans if (m := _MISSING.search(span.label or ""))), None)
    call = nodes.around(nodes.node_at(case.root, case.place.start, case.place.end), "call_expression")
    listed = None if call is None else call.child_by_field_name("arguments")
    if told is None or call is None or listed is None or case.function is None or case.in_macro(case.place):
        return
    wanted = told[2]
    unused = [binding for binding in _unused(case, call) if _fits(case, binding, wanted)]
    at = int(told[1] or 1) - 1
    for binding in unused[:3]:
        written = _written(case, binding, wanted)
        change = edits.add_to(case.path, case.source, listed, written, at)
        yield Answer(f"pass `{written}`, which nothing else uses", (change,), _ONE if len(unused) == 1 else _SEVERAL)


def _unused(case: Case, call: Node) -> Iterator[Binding]:
    """The bindings in scope whose name stands nowhere but where they are bound."""
    assert case.function is not None
    words = Counter(re.findall(r"[A-Za-z_]\w*", text(case.function)))
    for binding in bindings_at(case.root, call.start_byte):
        here = case.function.start_byte <= binding.start < case.function.end_byte
        if here and binding.kind != "self" and not binding.name.startswith("_") and words[binding.name] == 1:
            yield binding


def _kind(case: Case, binding: Binding) -> str | None:
    return Types(case.root, case.index).of_binding(binding)


def _fits(case: Case, binding: Binding, wanted: str | None) -> bool:
    kind = _kind(case, binding)
    if kind is None or wanted is None or "_" in types.words(kind):
        return True
    number = kind in ("{integer}", "{float}") and types.strip_references(wanted) in types.NUMBERS
    generic = re.fullmatch(r"&?(?:mut )?[A-Z]\d?|.*\bimpl\b.*", wanted) is not None
    return number or generic or any(types.same(make(kind), wanted) for _, make in _FORMS)


def _written(case: Case, binding: Binding, wanted: str | None) -> str:
    kind = _kind(case, binding)
    if kind is None or wanted is None or types.same(kind, wanted) or types.is_reference(kind):
        return binding.name
    borrowed = types.is_reference(wanted) and not types.is_reference(kind)
    return f"{'&mut ' if types.is_mutable_reference(wanted) else '&'}{binding.name}" if borrowed else binding.name


propose = answering({"E0061": (_answers,), "E0057": (_answers,)})
