"""Items that were split off into a file of their own, which nothing declares yet: E0405, E0412, E0422, E0425, E0432, E0433.

A name is not found anywhere in the crate, and a file beside its modules has an item of that name: the file is declared as
a module, and what was moved there is imported where it is missed. A module that others import the name from hands it on.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Item, ItemIndex, Use
from rusta_cargo.repair.code.module_lines import declared
from rusta_cargo.repair.code.reading import read_items
from rusta_cargo.repair.code.units import importable, outside_library
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation, SourceUnavailable

_CODES = ("E0405", "E0412", "E0422", "E0425", "E0432", "E0433", "E0574", "E0531")
_MISSED = re.compile(
    r"cannot find [\w, ]+ `(\w+)` in this scope|use of undeclared type `(\w+)`|unresolved import `(?:\w+::)*(\w+)`"
    r"|no `(\w+)` in `"
)
# Below a module that is only to be declared.
_SURE, _SOME = 0.87, 0.6
_ROOTS = ("lib.rs", "main.rs", "mod.rs", "build.rs")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Declare the file, and import what it has."""
    missed: dict[str, list[int]] = {}
    for number, error in enumerate(situation.diagnostics):
        if error.code in _CODES and error.primary is not None:
            label = error.primary.label or ""
            for found in _MISSED.finditer(f"{error.message}\n{label}"):
                missed.setdefault(next(group for group in found.groups() if group), []).append(number)
    if not missed:
        return
    index = ItemIndex.of(situation)
    unknown = [name for name in missed if not any(importable(item) for item in index.named(name, Item))]
    homes: dict[str, list[str]] = {}
    for path in _loose(situation, index) if unknown else ():
        here = {item.name for item in read_items(path, situation.source(path)) if importable(item)}
        for name in unknown:
            if name in here:
                homes.setdefault(path, []).append(name)
    for path, names in homes.items():
        parent = _parent(situation, index, path)
        if parent is None or sum(name in others for name in names for others in homes.values()) > len(names):
            continue
        numbers = sorted({number for name in names for number in missed[name]})
        parts = [declared(situation, index, parent, _module(path))]
        parts += _imports(situation, index, path, parent, names, numbers)
        module = _module(path)
        yield Candidate(
            f"declare the module `{module}`, which has `{'`, `'.join(names)}`"[:160], tuple(parts),
            _SURE if len(homes) == 1 else _SOME,
            diagnostic=numbers[0] if len(numbers) == 1 else None,
            cites=(situation.diagnostics[numbers[0]].code or "",),
        )  # fmt: skip


def _loose(situation: Situation, index: ItemIndex) -> Iterator[str]:
    """The files of the libraries and programs that no module declares."""
    roots = {target.path for package in situation.project.packages for target in package.targets}
    for path in situation.files:
        package = situation.project.package_of(path)
        if not path.endswith(".rs") or path in index.modules or path in roots or package is None:
            continue
        if outside_library(package, path) or posixpath.basename(path) in ("lib.rs", "main.rs", "build.rs"):
            continue
        try:
            situation.source(path)
        except SourceUnavailable:
            continue
        yield path


def _module(path: str) -> str:
    folder, file = posixpath.split(path)
    return posixpath.basename(folder) if file == "mod.rs" else file.removesuffix(".rs")


def _parent(situation: Situation, index: ItemIndex, path: str) -> str | None:
    """The file whose modules lie where this file does: the library's root before a program's."""
    folder, file = posixpath.split(path)
    own = posixpath.dirname(folder) if file == "mod.rs" else folder
    roots = {target.path for package in situation.project.packages for target in package.targets}
    found = []
    for other in index.modules:
        place, name = posixpath.split(other)
        inside = place if name in _ROOTS or other in roots else posixpath.join(place, name.removesuffix(".rs"))
        if inside == own and name != "build.rs":
            found.append(other)
    return min(found, key=lambda other: (posixpath.basename(other) != "lib.rs", other), default=None)


def _imports(
    situation: Situation, index: ItemIndex, path: str, parent: str, names: list[str], numbers: list[int]
) -> Iterator[Replacement]:
    """A ``use`` in each file that misses some of the names, handed on where others import them from there."""
    home = "::".join(("crate", *index.modules[parent], _module(path)))
    asked: dict[str, set[str]] = {}
    wanted: dict[tuple[str, ...], set[str]] = {}
    for number in numbers:
        error = situation.diagnostics[number]
        place = error.primary
        assert place is not None
        use = next((u for u in index.of_kind(Use, place.path) if u.start <= place.start < u.end), None)
        if use is None:
            here = [name for name in names if f"`{name}`" in f"{error.message} {place.label}"]
            asked.setdefault(place.path, set()).update(here)
        else:
            for leaf in use.leaves:
                if leaf.path and leaf.path[-1] in names:
                    module = tuple(part for part in leaf.path[:-1] if part not in ("crate", "self", "super"))
                    wanted.setdefault(module, set()).add(leaf.path[-1])
    for file in dict.fromkeys((*asked, *(f for f, m in index.modules.items() if m and m in wanted))):
        handed = wanted.get(index.modules.get(file, ()), set())
        missing = sorted(asked.get(file, set()) | handed)
        uses = [use for use in index.of_kind(Use, file) if not use.module]
        listed = missing[0] if len(missing) == 1 else f"{{{', '.join(missing)}}}"
        line = f"{'pub ' if handed else ''}use {home}::{listed};"
        if not missing:
            continue
        if uses:
            own = [use for use in uses if use.leaves and use.leaves[0].path[:1] == ("crate",)]
            yield edits.insert(file, (own or uses)[-1].end, f"\n{line}" if own else f"\n\n{line}")
        else:
            first = min((item.first for item in index.files[file]), default=0)
            yield edits.insert(file, first, f"{line}\n\n")
