"""A ``return`` that was left out: E0282, E0283, E0308.

``None;`` and ``Err(e);`` as statements do nothing and have no type that anything tells; as the value of a branch whose
siblings give something else they do not fit. Where the function gives back an ``Option`` or a ``Result``, they leave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_MADE = re.compile(r"^(?:None$|(?:Err|Ok|Some)\()")
_HOLDERS = {"None": "Option", "Some": "Option", "Ok": "Result", "Err": "Result"}
_STATEMENT, _FAILING, _LEAVES, _GOOD = 0.93, 0.85, 0.8, 0.5
# What the compiler says of the branch that came first.
_HELD_AGAINST = ("expected because of this", "this is found to be of type", "this and all prior arms are found")
_BRANCHES = ("if_expression", "match_expression", "else_clause", "unsafe_block")


def _untyped(case: Case) -> Iterator[Answer]:
    """The value is a statement of its own."""
    value = _whole(case.node)
    statement = value.parent
    if statement is not None and statement.type == "expression_statement" and text(statement).endswith(";"):
        yield from _returned(case, value, _STATEMENT)


def _unfit(case: Case) -> Iterator[Answer]:
    """The value of a branch has the type that the function gives back, and not the one that is wanted here."""
    told = mismatch(case.diagnostic)
    value = _whole(case.node)
    if told is None or types.head(told.expected) in ("Option", "Result") or not _ends_branch(value):
        return
    if told.expected == "()":  # a statement that lacks its `;` as well: `tails`
        return
    failing = text(value).startswith(("None", "Err"))
    yield from _returned(case, value, _FAILING if failing else _GOOD)


def _unfit_before(case: Case) -> Iterator[Answer]:
    """The same, where the branch before the marked one is meant: it says what the marked one is held against."""
    told = mismatch(case.diagnostic)
    if told is None or types.head(told.expected) not in ("Option", "Result"):
        return
    if types.head(told.found) == types.head(told.expected):
        return
    for span in case.diagnostic.spans:
        if not span.primary and span.path == case.path and (span.label or "").startswith(_HELD_AGAINST):
            value = _whole(case.seen(span))
            if _ends_branch(value):
                yield from _returned(case, value, _FAILING if text(value).startswith(("None", "Err")) else _LEAVES)


def _whole(node: Node) -> Node:
    """The call that a marked ``Err`` or ``Ok`` is the function of."""
    holder = node.parent
    called = holder is not None and holder.type == "call_expression" and holder.child_by_field_name("function") == node
    return holder if called and holder is not None else node


def _ends_branch(value: Node) -> bool:
    holder = value.parent
    if holder is None:
        return False
    if holder.type == "match_arm":
        return True
    around = holder.parent
    return holder.type == "block" and around is not None and around.type in _BRANCHES and nodes.tail_of(holder) == value


def _returned(case: Case, value: Node, prior: float) -> Iterator[Answer]:
    made = _MADE.match(text(value))
    function = nodes.callable_of(value)
    returns = None if function is None else function.child_by_field_name("return_type")
    if made is None or returns is None or case.in_macro(case.place):
        return
    if types.head(text(returns)) != _HOLDERS[made[0].rstrip("(")]:
        return
    shown = " ".join(text(value).split())
    yield Answer(
        f"leave the function: `return {shown}`", (edits.insert(case.path, value.start_byte, "return "),), prior
    )


propose = answering({"E0282": (_untyped,), "E0283": (_untyped,), "E0308": (_unfit, _unfit_before)})
