"""Traits that lost their arguments in the head of an impl: E0107.

``impl From for Width`` with ``fn from(value: u32)`` is an impl of ``From<u32>``: the functions of the impl name the types
that the trait was given. For traits of std a table tells where, for those of the crate their own declaration does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Impl, Trait

_PRIOR = 0.95
_ITEM = re.compile(r"\bItem\s*=\s*")


def _parameter(function: Function) -> str | None:
    return function.parameters[0].type.text if function.parameters else None


def _result(function: Function) -> str | None:
    return None if function.returns is None else function.returns.text


def _referent(function: Function) -> str | None:
    given = _result(function)
    return types.referent(given) if given is not None and types.is_reference(given) else None


def _good(function: Function) -> str | None:
    given = types.arguments(_result(function) or "")
    return given[0] if given else None


def _element(function: Function) -> str | None:
    """The ``T`` of ``I: IntoIterator<Item = T>``, wherever the bound stands."""
    bounds = [generic.bounds.text for generic in function.generics if generic.bounds is not None]
    written = [*bounds, "" if function.where is None else function.where.text, function.parameters_span.text]
    for text in written:
        found = _ITEM.search(text)
        if found is not None:
            return _up_to_close(text[found.end() :])
    return None


def _up_to_close(text: str) -> str | None:
    """What stands before the bracket that closes the list."""
    depth = 0
    for at, sign in enumerate(text):
        if sign in "<([":
            depth += 1
        elif sign in ">)]":
            if depth == 0:
                return text[:at].strip()
            depth -= sign != ">" or text[at - 1] != "-"
        elif sign == "," and depth == 0:
            return text[:at].strip()
    return None


_STD: dict[str, tuple[str, Callable[[Function], str | None]]] = {
    "From": ("from", _parameter),
    "TryFrom": ("try_from", _parameter),
    "Into": ("into", _result),
    "TryInto": ("try_into", _good),
    "AsRef": ("as_ref", _referent),
    "AsMut": ("as_mut", _referent),
    "Borrow": ("borrow", _referent),
    "BorrowMut": ("borrow_mut", _referent),
    "Index": ("index", _parameter),
    "IndexMut": ("index_mut", _parameter),
    "FromIterator": ("from_iter", _element),
    "Extend": ("extend", _element),
}


def _arguments(case: Case) -> Iterator[Answer]:
    impl = case.index.at(case.path, case.place.start, case.place.end)
    if not isinstance(impl, Impl) or impl.trait is None or "<" in impl.trait.text:
        return
    if not impl.trait.start <= case.place.start < impl.trait.end:
        return
    functions = {item.name: item for item in impl.items if isinstance(item, Function)}
    name = types.head(impl.trait.text)
    declared = case.index.named(name, Trait)
    given = _from_declaration(declared[0], functions) if declared else _from_table(name, functions)
    if given:
        listed = ", ".join(given)
        change = edits.insert(case.path, impl.trait.end, f"<{listed}>")
        yield Answer(f"give the trait `<{listed}>`, as its functions have it", (change,), _PRIOR)


def _from_table(name: str, functions: dict[str, Function]) -> list[str]:
    where, read = _STD.get(name, ("", _parameter))
    found = read(functions[where]) if where in functions else None
    return [] if not found else [types.tidy(found)]


def _from_declaration(trait: Trait, functions: dict[str, Function]) -> list[str]:
    """What stands in the impl where the trait's functions have each of its parameters."""
    found = []
    for generic in trait.generics:
        if generic.kind != "type" or generic.default is not None:
            continue
        pairs = (
            pair
            for item in trait.items
            if isinstance(item, Function) and item.name in functions
            for pair in _pairs(item, functions[item.name])
        )
        mine = next((mine for theirs, mine in pairs if _bare(theirs) == generic.name), None)
        if mine is None:
            return []
        found.append(types.tidy(_bare(mine)))
    return found


def _pairs(declared: Function, mine: Function) -> Iterator[tuple[str, str]]:
    for theirs, own in zip(declared.parameters, mine.parameters, strict=False):
        if types.is_reference(theirs.type.text) == types.is_reference(own.type.text):
            yield theirs.type.text, own.type.text
    if declared.returns is not None and mine.returns is not None:
        yield declared.returns.text, mine.returns.text


def _bare(text: str) -> str:
    return types.referent(text) if types.is_reference(text) else text


propose = answering({"E0107": (_arguments,)})
