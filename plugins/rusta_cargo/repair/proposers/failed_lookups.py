"""Lookups that give an ``Option`` where a ``Result`` is wanted: E0308, E0277 about ``?`` and the uses of a local.

``map.get(name)?`` in a function that returns ``Result<_, StoreError>`` wants to say which error it is:
``.ok_or_else(|| StoreError::Missing(name.to_string()))``. An error that nothing makes yet is the likeliest. A ``Result``
whose error is another one is mapped in the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.aliases import unaliased
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.expression import Spot, smallest
from rusta_cargo.repair.code.failing import Failure, failures
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text
from rusta_cargo.repair.code.tracing import origin
from rusta_cargo.repair.proposer import GUESS

_ON_OPTION = re.compile(r"`\?` operator can only be used on `Result`s, not `Option`s")
_OTHER_ERROR = re.compile(r"type mismatch resolving `<.* as .*>::(?:Err|Error) == (.*)`")
_MOST = 3
_BOUND = 1.05


def _tried(case: Case) -> Iterator[Answer]:
    """``lookup?`` in a function that returns a ``Result``."""
    if _ON_OPTION.search(case.diagnostic.message) is None:
        return
    tried = nodes.enclosing(case.node, "try_expression")
    value = None if tried is None else tried.named_children[0]
    error = _error(case, case.node)
    if value is not None and error is not None:
        for failure in _failures(case, error, value):
            yield _answer(case, value, failure, _or(failure))


def _mismatched(case: Case) -> Iterator[Answer]:
    """The lookup stands where a ``Result`` is expected, or a local that holds it where its value is."""
    told = mismatch(case.diagnostic)
    if told is None or case.in_macro(case.place):
        return
    expected, found = types.split_generic(told.expected), types.split_generic(told.found)
    if types.head(told.expected) == "Result" and types.head(told.found) == "Option":
        within = found[1][0] if found[1] else ""
        then = "?" if types.head(within) == "Result" else ""
        error = _error(case, case.node) or (expected[1][1] if len(expected[1]) > 1 else None)
        if error is not None and case.node.type == "call_expression":
            for failure in _failures(case, error, case.node):
                yield _answer(case, case.node, failure, _or(failure) + then)
    if "Option" in (types.head(told.found), types.head(told.expected)):
        for value in _bound_lookups(case):
            error = _error(case, value.node)
            for failure in () if error is None else _failures(case, error, value.node):
                yield _answer(case, value.node, failure, _or(failure) + "?", _BOUND)


def _bound_lookups(case: Case) -> Iterator[Spot]:
    """The call that a local was bound to: of the name that was found, or of what it is compared with."""
    here = smallest(case.situation, case.index, case.path, case.place.start, case.place.end)
    if here is None:
        return
    names = [here.node]
    if here.node.parent is not None and here.node.parent.type == "binary_expression":
        names = [node for node in here.node.parent.named_children if node.type == "identifier"]
    for name in names:
        source = origin(here.of(name))
        if source is None or source.kind != "call_expression":
            continue
        if types.head(source.type or "") in ("Option", ""):
            yield source


def _other_error(case: Case) -> Iterator[Answer]:
    """``text.parse()`` at the end of a function that fails with another error."""
    told = _OTHER_ERROR.search(case.diagnostic.message)
    value = nodes.enclosing(case.node, "call_expression")
    if told is None or value is None:
        return
    for failure in _failures(case, told[1], value):
        yield _answer(case, value, failure, f".map_err(|_| {failure.made})")


def _failures(case: Case, error: str, value: Node) -> list[Failure]:
    return failures(case.situation, case.index, error, value)[:_MOST]


def _or(failure: Failure) -> str:
    return f".ok_or_else(|| {failure.made})" if failure.lazy else f".ok_or({failure.made})"


def _answer(case: Case, value: Node, failure: Failure, step: str, share: float = 1.0) -> Answer:
    return Answer(
        f"fail with `{failure.made}` when there is nothing",
        (edits.insert(case.path, value.end_byte, step),),
        failure.weight * share,
        () if failure.unmade else (GUESS,),
    )


def _error(case: Case, node: Node) -> str | None:
    """The error that the function around ``node`` returns, in its own words or in those of an alias."""
    around = nodes.callable_of(node)
    returned = None if around is None else around.child_by_field_name("return_type")
    written = "" if returned is None else unaliased(case.index, text(returned))
    given = types.arguments(written)
    return given[1] if len(given) == 2 and types.head(written) == "Result" else None


propose = answering({"E0277": (_tried,), "E0308": (_mismatched,), "E0271": (_other_error,)})
