"""A parameter with a reference too many or too few, as the functions beside it show: E0308, E0277 at a call.

``fn blue<T: Blue>(_: &T)`` and ``fn red<T: Red>(_: T)`` are written to one pattern. When a call does not fit the one, and
the others take a parameter of the same name the other way, the declaration has the slip.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Item
from rusta_cargo.repair.code.model import Parameter

_PRIOR = 0.85
_NOTES = ("defined here", "required by a bound in")


def _answers(case: Case) -> Iterator[Answer]:
    for span in case.noted(*_NOTES):
        function = _function_at(case.index.at(span.path, span.start, span.end))
        if function is None:
            continue
        letters = [generic.name for generic in function.generics if generic.kind == "type"]
        for parameter in function.parameters:
            mine = parameter.type.text
            if _bare(mine) in letters and (toggled := _toggled(case, function, parameter)) is not None:
                change = edits.replace(function.path, parameter.type.start, parameter.type.end, toggled)
                yield Answer(f"take `{parameter.pattern.text}` as `{toggled}`, as its siblings do", (change,), _PRIOR)
        return


def _function_at(item: Item | None) -> Function | None:
    while item is not None and not isinstance(item, Function):
        item = item.parent
    return item


def _toggled(case: Case, function: Function, parameter: Parameter) -> str | None:
    """The type of the parameter with or without ``&`` as all siblings have it; None when they do not agree on that."""
    mine = parameter.type.text
    forms = {
        types.is_reference(other.type.text)
        for sibling in case.index.of_kind(Function, function.path)
        if sibling is not function and sibling.parent is function.parent
        for other in sibling.parameters
        if other.pattern.text == parameter.pattern.text and _is_generic(sibling, other)
    }
    if len(forms) != 1 or types.is_mutable_reference(mine):
        return None
    borrowed = forms.pop()
    if borrowed == types.is_reference(mine):
        return None
    return f"&{mine}" if borrowed else _bare(mine)


def _is_generic(function: Function, parameter: Parameter) -> bool:
    return _bare(parameter.type.text) in [generic.name for generic in function.generics if generic.kind == "type"]


def _bare(kind: str) -> str:
    return types.referent(kind) if types.is_reference(kind) else kind


propose = answering({"E0308": (_answers,), "E0277": (_answers,)})
