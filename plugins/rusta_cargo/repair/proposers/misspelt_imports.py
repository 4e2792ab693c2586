"""Imports of a name that their module does not have, where the name that it has is missed: E0432.

``use money::Cent;`` with uses of ``Cents``: the import has the slip, and nothing else is to be changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.answers import Answer, Case, answering
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.similar import rank

_PRIOR = 0.98
# The compiler does not say what the module has.
_UNTOLD, _LEAST, _MOST = 0.9, 0.65, 3
_MISSED = ("E0425", "E0433", "E0412", "E0405", "E0422", "E0423", "E0531", "E0574")


def _misspelt(case: Case) -> Iterator[Answer]:
    written = case.source[case.place.start : case.place.end].decode("utf-8", "replace").rpartition("::")[2]
    missed = {name for d in case.situation.diagnostics if d.code in _MISSED for name in quoted(d.message)[:1]}
    for suggestion in case.diagnostic.suggestions:
        parts = suggestion.replacements
        name = parts[0].text.strip() if len(parts) == 1 else ""
        if "similar name exists in the module" not in suggestion.message or name not in missed:
            continue
        if len(re.findall(rf"\b{re.escape(written)}\b".encode(), case.source)) == 1:
            yield Answer(f"import `{name}`, which is used", parts, _PRIOR)
            return
    start = case.place.end - len(written.encode())
    for score, name in rank(written, missed, _LEAST, _MOST):
        if len(re.findall(rf"\b{re.escape(written)}\b".encode(), case.source)) == 1:
            part = edits.replace(case.path, start, case.place.end, name)
            yield Answer(f"import `{name}`, which is used", (part,), _UNTOLD * score)


propose = answering({"E0432": (_misspelt,)})
