"""``1.0`` where the code says in so many words that it wants a whole number: E0308."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits, types
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import mismatch
from rusta_cargo.repair.code.nodes import text

_WHOLE = re.compile(r"^(\d[\d_]*)\.0*$")
_PRIOR = 0.8


def _answers(case: Case) -> Iterator[Answer]:
    told, written = mismatch(case.diagnostic), _WHOLE.match(text(case.node))
    if told is None or written is None or told.expected not in types.INTEGERS:
        return
    change = edits.replace(case.path, case.place.start + len(written[1]), case.place.end, "")
    yield Answer(f"write `{written[1]}`, a whole number", (change,), _PRIOR)


propose = answering({"E0308": (_answers,)})
