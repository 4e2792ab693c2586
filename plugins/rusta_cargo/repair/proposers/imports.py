"""Imports that the compiler suggests, put where people put them.

The compiler adds a line of its own. Here the name joins a list of the same path that is there already, names of one path
that are all missing are imported by one line, and a new line stands in its group in the order of the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.importing import LINE, LIST, Missing, joined, placed, suggested, uses_near
from rusta_cargo.repair.code.items import ItemIndex, Use
from rusta_cargo.repair.code.no_std import instead, root_of, without_std
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation

_SEVERAL = 0.7
# A crate that hands on the other names of the path, and one that has an item of the name itself.
_HANDED_ON, _FOREIGN = 0.93, 0.5
_SURE, _CORE = 0.98, 0.3
_IN_CORE = frozenset(
    (
        "any", "array", "cell", "char", "cmp", "convert", "default", "fmt", "future", "hash", "hint", "iter", "marker",
        "mem", "num", "ops", "option", "pin", "ptr", "result", "slice", "str", "task", "time",
    )
)  # fmt: skip
_MOST = 6


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Imports at their places."""
    found = suggested(situation)
    if not found:
        return
    index = ItemIndex.of(situation)
    own = {missing.name for missing in found if missing.module.startswith("crate")}
    for missing in (*found, *(other for each in found if (other := _from_core(situation, index, each)) is not None)):
        uses = uses_near(index, missing)
        for parts in _handed_on(situation, index, missing):
            yield _candidate(situation, missing.module, [missing.name], parts, _HANDED_ON, missing.errors)
        for parts, prior in placed(situation, uses, missing.file, missing.module, [missing.name], missing.place):
            # What the compiler is sure of is only better placed here.
            weight = max(prior, _SURE) if missing.sure and prior >= LINE else prior
            if missing.name in own and not missing.module.startswith("crate"):
                weight *= _FOREIGN
            if missing.module.partition("::")[0] in ("core", "alloc"):
                weight = min(0.99, weight + _CORE)
            yield _candidate(situation, missing.module, [missing.name], parts, weight, missing.errors)
    yield from _together(situation, index, found)


def _from_core(situation: Situation, index: ItemIndex, missing: Missing) -> Missing | None:
    """The same from ``core`` or ``alloc``: in a file that imports from there and nothing from ``std``, and in a crate that
    does without std."""
    module = missing.module.split("::")
    if module[0] != "std":
        return None
    root = root_of(situation, missing.file)
    if root is not None and without_std(situation, root):
        head = instead(module[1:], [missing.name])
        return (
            None if head is None else replace(missing, module="::".join((head, *module[1:])), errors=[*missing.errors])
        )
    roots = {leaf.path[0] for use in index.of_kind(Use, missing.file) for leaf in use.leaves if leaf.path}
    if (*module, missing.name)[1] not in _IN_CORE or "core" not in roots or "std" in roots:
        return None
    return replace(missing, module="::".join(("core", *module[1:])), errors=list(missing.errors))


def _handed_on(situation: Situation, index: ItemIndex, missing: Missing) -> Iterator[Replacement]:
    """The name put into a list that the file makes visible to others: ``pub use path::{…};``."""
    here = "::".join(("crate", *index.modules.get(missing.file, ())))
    for use in index.of_kind(Use, missing.file):
        listed = LIST.match(situation.text(use.path, use.start, use.end))
        if use.visibility is None or listed is None or "{" in listed[2]:
            continue
        path = listed[1].removesuffix("::").removeprefix("self::")
        if missing.module in (path, f"{here}::{path}"):
            yield joined(use, listed[0], listed, [missing.name])


def _together(situation: Situation, index: ItemIndex, found: list[Missing]) -> Iterator[Candidate]:
    """One line for several missing names of one path."""
    groups: dict[tuple[str, str], list[Missing]] = {}
    for missing in found:
        groups.setdefault((missing.file, missing.module), []).append(missing)
    for (path, module), members in list(groups.items())[:_MOST]:
        names = list(dict.fromkeys(missing.name for missing in members))
        if len(names) < 2:
            continue
        errors = sorted({number for missing in members for number in missing.errors})
        first = members[0]
        uses = uses_near(index, first)
        for parts, prior in placed(situation, uses, path, module, names, first.place):
            yield _candidate(situation, module, names, parts, max(prior, _SEVERAL), errors)


def _candidate(
    situation: Situation, module: str, names: list[str], change: Replacement, prior: float, errors: list[int]
) -> Candidate:
    shown = ", ".join(f"`{module}::{name}`" for name in names)
    code = situation.diagnostics[errors[0]].code
    return Candidate(
        f"import {shown}"[:160],
        (change,),
        prior if prior >= _SURE else min(0.95, prior + 0.02 * (len(errors) - 1)),
        diagnostic=errors[0] if len(errors) == 1 else None,
        cites=() if code is None else (code,),
    )
