"""Names that an inner module does not import from the module around it: ``use super::*;`` that was lost.

Several names of the parent that are missing in one inline module, above all in ``mod tests``: E0412, E0422, E0425, E0433,
E0405. One line at the top of the module brings them all; in tests everything, elsewhere the names themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Item, ItemIndex, Use
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.units import names_in
from rusta_cargo.repair.proposer import Candidate, Situation

CODES = ("E0412", "E0422", "E0425", "E0433", "E0405", "E0423", "E0531", "E0532", "E0574")
_TESTS, _SEVERAL, _ONE = 0.96, 0.88, 0.7


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The import from the parent."""
    index: ItemIndex | None = None
    missing: dict[tuple[str, int], dict[str, list[int]]] = {}
    modules: dict[tuple[str, int], Item] = {}
    for number, error in enumerate(situation.diagnostics):
        place = error.primary
        names = quoted(error.message)
        if place is None or error.code not in CODES or not names or not names[0].isidentifier():
            continue
        index = index or ItemIndex.of(situation)
        holder = _module_at(index, place.path, place.start)
        if holder is not None and names[0] in names_in(index, holder.path, holder.module):
            modules[holder.path, holder.start] = holder
            missing.setdefault((holder.path, holder.start), {}).setdefault(names[0], []).append(number)
    for key, found in missing.items():
        assert index is not None
        holder = modules[key]
        inner = (*holder.module, holder.name)
        uses = [use for use in index.of_kind(Use, holder.path) if use.module == inner]
        if any(leaf.path[:1] == ("super",) and leaf.name == "*" for use in uses for leaf in use.leaves):
            continue
        tests = any(attribute.name == "cfg" for attribute in holder.attributes) or holder.name in ("test", "tests")
        some = sorted(found)
        listed = some[0] if len(some) == 1 else "{" + ", ".join(some) + "}"
        numbers = sorted({number for those in found.values() for number in those})
        forms = [("*", _TESTS), (listed, _SEVERAL)] if tests else [(listed, _SEVERAL if len(some) > 1 else _ONE)]
        for form, prior in forms:
            source = situation.source(holder.path)
            first = min((item.first for item in index.files[holder.path] if item.module == inner), default=None)
            if first is None or holder.body is None:
                continue
            rooted = not tests and _from_root(source)
            way = "::".join(("crate", *holder.module)) if rooted else "super"
            line = f"use {way}::{form};"
            change = edits.line_before(holder.path, source, first, line if uses else f"{line}\n")
            yield Candidate(
                f"write `{line}` in `{holder.name}`",
                (change,),
                prior,
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=(situation.diagnostics[numbers[0]].code or "",),
            )


def _module_at(index: ItemIndex, path: str, byte: int) -> Item | None:
    """The innermost inline module around a byte."""
    around = [
        item
        for item in index.files.get(path, ())
        if item.kind == "module" and item.body is not None and item.start <= byte < item.end
    ]
    return max(around, key=lambda item: item.start, default=None)


def _from_root(source: bytes) -> bool:
    """The file writes the paths of its imports from the root of the crate, and none from the module around."""
    return b"use crate::" in source and re.search(rb"use super::(?!\*)", source) is None
