"""One part of a tuple that is of the wrong type: E0308 at the whole tuple.

``(n / 1000, scaled(n))`` where ``(u64, u64)`` is wanted and the second is a ``Result``: the part is converted where it
stands, as it would be alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits, nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.conversion import conversions
from rusta_cargo.repair.code.expression import Spot, spot
from rusta_cargo.repair.code.fitting import place_of
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_HANDED_ON = 0.9
_WRAPPERS = ("Option", "Result")


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    wanted, given = (None, None) if told is None else (types.tuple_parts(told.expected), types.tuple_parts(told.found))
    here = None if not wanted or not given else spot(case.situation, case.index, case.place)
    if here is None or here.kind != "tuple_expression" or not wanted or not given or len(wanted) != len(given):
        return
    parts = here.node.named_children
    wrong = [at for at, (left, right) in enumerate(zip(wanted, given, strict=True)) if not types.same(left, right)]
    if len(parts) != len(wanted) or len(wrong) != 1:
        return
    part, want, have = here.of(parts[wrong[0]]), wanted[wrong[0]], given[wrong[0]]
    if _hands_on(part, have):
        yield Answer(
            "hand the failure of that part on", (edits.insert(part.path, part.node.end_byte, "?"),), _HANDED_ON
        )
    for form, weight in conversions(have, want, place_of(case.situation, part))[:3]:
        yield Answer(f"convert `{' '.join(part.text.split())}`", part.wrapped(form), 0.7 * weight)


def _hands_on(part: Spot, have: str) -> bool:
    """The part is an ``Option`` or ``Result``, and the function gives back one."""
    function = nodes.callable_of(part.node)
    returns = None if function is None else function.child_by_field_name("return_type")
    return returns is not None and types.head(have) in _WRAPPERS and types.head(text(returns)) == types.head(have)


propose = answering({"E0308": (_answers,)})
