"""Imports by a path that items have left: E0432, and E0433 in an import.

The items were moved to another module, or theirs was renamed, and this ``use`` was forgotten. Where each of its names is
declared in one module of the crate only, the path leads there; where another package of the tree has them, to that package;
names that went different ways get imports of their own.
"""

from __future__ import annotations

from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Impl, Item, ItemIndex, Use
from rusta_cargo.repair.code.nodes import indent_at
from rusta_cargo.repair.code.units import library_of, names_in, packages_by_name
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

CODES = ("E0432", "E0433")
_OWN = ("crate", "self", "super")
_SEVERAL, _ONE, _PARTED = 0.93, 0.85, 0.7


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The import with the path where its names are now."""
    done: set[tuple[str, int]] = set()
    for number, error in enumerate(situation.diagnostics):
        if error.code not in CODES or error.primary is None:
            continue
        index = ItemIndex.of(situation)
        use = _import_at(index, error)
        if use is None or (use.path, use.start) in done:
            continue
        done.add((use.path, use.start))
        change = _led(situation, index, use)
        if change is not None:
            title, part, prior = change
            yield Candidate(title, (part,), prior, diagnostic=number, cites=(error.code,))


def _import_at(index: ItemIndex, error: Diagnostic) -> Use | None:
    place = error.primary
    assert place is not None
    found = [use for use in index.of_kind(Use, place.path) if use.start <= place.start < use.end]
    return found[0] if len(found) == 1 else None


def _led(situation: Situation, index: ItemIndex, use: Use) -> tuple[str, Replacement, float] | None:
    """The import of the same names from where they are; None when one of them is nowhere, or in several places."""
    leaves = use.leaves
    if not leaves or any(leaf.name in ("*", "self", "_") or len(leaf.path) < 2 for leaf in leaves):
        return None
    root = leaves[0].path[0]
    if root not in (*_OWN, *_libraries(situation)) or any(leaf.path[0] != root for leaf in leaves):
        return None
    foreign = _elsewhere(situation, index, use) if root == "crate" else None
    if foreign is not None:
        names = [leaf.path[-1] if leaf.name == leaf.path[-1] else f"{leaf.path[-1]} as {leaf.name}" for leaf in leaves]
        before = "" if use.visibility is None else f"{use.visibility.text} "
        text = f"{before}use {foreign}::{_listed(names)};"
        return f"import from `{foreign}`", edits.replace(use.path, use.start, use.end, text), _SEVERAL
    homes: dict[tuple[str, ...], list[str]] = {}
    for leaf in leaves:
        declared = leaf.path[-1]
        found = {index.module_of(item) for item in index.named(declared, Item) if _importable(item)}
        if len(found) != 1:
            return None
        shown = declared if leaf.name == declared else f"{declared} as {leaf.name}"
        homes.setdefault(found.pop(), []).append(shown)
    head = "crate" if root in _OWN else root
    lines = [f"use {'::'.join((head, *module))}::{_listed(names)};" for module, names in homes.items()]
    before = "" if use.visibility is None else f"{use.visibility.text} "
    gap = f"\n{indent_at(situation.source(use.path), use.start)}"
    text = gap.join(f"{before}{line}" for line in lines)
    if text.split() == situation.text(use.path, use.start, use.end).split():
        return None
    prior = _PARTED if len(homes) > 1 else _SEVERAL if len(leaves) > 1 else _ONE
    where = ", ".join("::".join((head, *module)) for module in homes)
    return f"import from `{where}`"[:160], edits.replace(use.path, use.start, use.end, text), prior


def _elsewhere(situation: Situation, index: ItemIndex, use: Use) -> str | None:
    """The only other package that has all the names at the root of its library, where this one declares none of them."""
    own = situation.project.package_of(use.path)
    wanted = {leaf.path[-1] for leaf in use.leaves}
    declared = [item for name in wanted for item in index.named(name, Item) if _importable(item)]
    if own is None or any(situation.project.package_of(item.path) == own for item in declared):
        return None
    homes = [
        name
        for name, package in packages_by_name(situation).items()
        if package != own
        and own.name not in package.dependencies
        and (not own.dependencies or package.name in own.dependencies)
        and (library := library_of(package)) is not None
        and wanted <= _offered(index, library.path)
    ]
    used = [name for name in homes if any(leaf.path[0] == name for other in index.of_kind(Use) for leaf in other.leaves
            if situation.project.package_of(other.path) == own)]  # fmt: skip
    return homes[0] if len(homes) == 1 else used[0] if len(used) == 1 else None


def _offered(index: ItemIndex, path: str) -> set[str]:
    """The names that a root declares, or imports for others."""
    shared = (item for item in index.of_kind(Use, path) if item.is_public and not item.module)
    return names_in(index, path, imports=False) | {leaf.name for use in shared for leaf in use.leaves}


def _libraries(situation: Situation) -> tuple[str, ...]:
    """The names by which programs and tests of the packages know their libraries."""
    return tuple(package.name.replace("-", "_") for package in situation.project.packages)


def _importable(item: Item) -> bool:
    """It stands in a module, and is no import itself."""
    return not isinstance(item, Use | Impl) and (item.parent is None or item.parent.kind == "module")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{{{', '.join(names)}}}"
