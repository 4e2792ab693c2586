"""Numbers of another type where the file casts such numbers with ``as``: E0308.

The compiler suggests ``.into()`` and ``.try_into().unwrap()``; a file that says ``as f64`` at other places says it here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import nodes, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.conversion import form_of
from rusta_cargo.repair.code.expression import spot
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_SAME, _SOME = 0.72, 0.6
_CONVERTED = re.compile(rb"\.(?:into|try_into)\(\)|::try_from\(|(?:[iuf]\d+|[iu]size)::from\(")


def _answers(case: Case) -> Iterator[Answer]:
    told = mismatch(case.diagnostic)
    if told is None or not {told.expected, told.found} <= set(types.NUMBERS) or case.in_macro(case.place):
        return
    casts = [text(node.child_by_field_name("type")) for node in nodes.every(case.root, "type_cast_expression")]
    same = casts.count(told.expected)
    some = sum(kind in types.NUMBERS for kind in casts)
    here = spot(case.situation, case.index, case.place)
    if here is None or here.kind == "type_cast_expression":
        return  # what is cast already is of the type that was meant
    if not same and (some < 2 or _CONVERTED.search(case.source)):
        return
    parts = here.wrapped(form_of(f" as {told.expected}"))
    yield Answer(f"cast it as the file does: `as {told.expected}`", parts, _SAME if same else _SOME)


propose = answering({"E0308": (_answers,)})
