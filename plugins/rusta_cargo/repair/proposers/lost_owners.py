"""Calls of associated functions that lost the type in front of them: E0425.

``with_room(3)`` where only ``Stack::with_room`` exists. The types that have such a function are offered, those that are
spoken of nearby first.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.items import Function, Impl
from rusta_cargo.repair.code.nodes import text

_MOST = 3


def _owned(case: Case) -> Iterator[Answer]:
    if "cannot find function" not in case.diagnostic.message or case.place.macro is not None:
        return
    name = case.situation.text(case.path, case.place.start, case.place.end)
    call = nodes.around(case.node, "call_expression")
    if call is None or call.child_by_field_name("function") != case.node or not name.isidentifier():
        return
    given = call.child_by_field_name("arguments")
    count = 0 if given is None else len(edits.elements_of(given))
    here = nodes.impl_of(case.function)
    owners: dict[str, Function] = {}
    for function in case.index.named(name, Function):
        owner = function.owner
        if isinstance(owner, Impl) and owner.trait is None and function.receiver is None:
            owners.setdefault(owner.name, function)
    around = text(case.function)
    fitting = [(owner, f) for owner, f in owners.items() if len(f.parameters) == count]
    fitting.sort(key=lambda pair: around.count(pair[0]), reverse=True)
    alone = len(fitting) == 1
    for rank, (kind, _) in enumerate(fitting[:_MOST]):
        if here is not None and text(here.child_by_field_name("type")).partition("<")[0] == kind:
            continue  # ``Self::`` is offered elsewhere
        named = kind in around
        prior = (0.85 if alone else 0.6 if named else 0.3) / (1 + rank)
        yield Answer(f"call `{kind}::{name}`", (edits.insert(case.path, case.place.start, f"{kind}::"),), prior)


propose = answering({"E0425": (_owned,)})
