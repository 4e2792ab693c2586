"""Names that a module should hand on and does not: E0432, and names that a glob import of such a module should bring.

``use library::Name`` where ``Name`` is declared in a module below that hands on its siblings: the ``pub use`` forgot it,
or the whole line is gone. All names that others ask of one module are put there at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import Item, ItemIndex, Use
from rusta_cargo.repair.code.labels import quoted
from rusta_cargo.repair.code.units import (
    crate_name,
    file_of_module,
    importable,
    names_in,
    outside_library,
    packages_by_name,
)
from rusta_cargo.repair.project import Package
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

_LOOKED_FOR = ("E0425", "E0412", "E0405", "E0422", "E0433", "E0404", "E0423", "E0574")
_OUTSIDE, _INSIDE, _GLOB = 0.92, 0.5, 0.8
_LIST = re.compile(r"\{([^{}]*)\}\s*;$", re.DOTALL)
# (crate's package, module, name), the file where it stands and the modules around it there.
Asked = tuple[Package, tuple[str, ...], str]


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """The names put into the ``pub use`` of their module."""
    index: ItemIndex | None = None
    wanted: dict[tuple[str, tuple[str, ...]], dict[str, list[int]]] = {}
    seen_from: dict[tuple[str, tuple[str, ...]], float] = {}
    for number, error in enumerate(situation.diagnostics):
        if error.primary is None or error.code not in ("E0432", *_LOOKED_FOR) or error.primary.macro is not None:
            continue
        index = index or ItemIndex.of(situation)
        for (package, module, name), prior in _asked(situation, index, error):
            home = _home(situation, index, package, module)
            if home is not None and name not in names_in(index, *home):
                wanted.setdefault(home, {}).setdefault(name, []).append(number)
                seen_from[home] = max(prior, seen_from.get(home, 0.0))
    for home, names in wanted.items():
        assert index is not None
        parts = tuple(_handed_on(situation, index, home, list(names)))
        numbers = sorted({number for those in names.values() for number in those})
        if parts:
            yield Candidate(
                f"hand on {', '.join(f'`{name}`' for name in names)}"[:160], parts, seen_from[home],
                diagnostic=numbers[0] if len(numbers) == 1 else None,
                cites=(situation.diagnostics[numbers[0]].code or "",),
            )  # fmt: skip


def _asked(situation: Situation, index: ItemIndex, error: Diagnostic) -> Iterator[tuple[Asked, float]]:
    place = error.primary
    assert place is not None
    packages = packages_by_name(situation)
    mine = situation.project.package_of(place.path)
    for path in quoted(error.message) if error.code == "E0432" else ():
        *module, name = [part for part in path.split("::") if part]
        if module and module[0] == "crate" and mine is not None and not outside_library(mine, place.path):
            yield (mine, tuple(module[1:]), name), _INSIDE
        elif module and module[0] in packages:
            yield (packages[module[0]], tuple(module[1:]), name), _OUTSIDE
    name = quoted(error.message)[0] if quoted(error.message) else ""
    if error.code != "E0432" and name.isidentifier() and " in this scope" in error.message + (place.label or ""):
        for use in index.of_kind(Use, place.path):
            for leaf in use.leaves:
                root, *module = leaf.path[:-1] if leaf.path[-1:] == ("*",) else leaf.path
                if leaf.name == "*" and root in packages:
                    yield (packages[root], tuple(module), name), _GLOB
                elif leaf.name == "*" and root == "crate" and mine is not None and module:
                    yield (mine, tuple(module), name), _GLOB


def _home(
    situation: Situation, index: ItemIndex, package: Package, module: tuple[str, ...]
) -> tuple[str, tuple[str, ...]] | None:
    """The file of a module, and the inline modules around it there."""
    for cut in range(len(module), -1, -1):
        path = file_of_module(situation, index, package, module[:cut])
        if path is not None:
            inner = module[cut:]
            there = any((*item.module, item.name) == inner and item.kind == "module" for item in index.files[path])
            return (path, inner) if not inner or there else None
    return None


def _handed_on(
    situation: Situation, index: ItemIndex, home: tuple[str, tuple[str, ...]], names: list[str]
) -> Iterator[Replacement]:
    path, inner = home
    package = situation.project.package_of(path)
    here = (*index.modules[path], *inner)
    uses = [use for use in index.of_kind(Use, path) if use.module == inner]
    public = [use for use in uses if use.visibility is not None and use.visibility.text == "pub"]
    sources: dict[tuple[str, ...], list[str]] = {}
    beside = [_module_of(use, here, package) for use in public]
    for name in names:
        declared = {
            index.module_of(item) for item in index.named(name, Item)
            if importable(item) and item.visibility is not None and _of_library(situation, package, item)
        }  # fmt: skip
        if len(declared) != 1 or here in declared:
            return
        home_of = min(
            (*declared, *_handing_on(situation, index, package, name)),
            key=lambda module: (module not in beside, module[:-1] != here, len(module), module),
        )
        sources.setdefault(home_of, []).append(name)
    # A module that hands on nothing does not do so by mistake, unless several ask for it.
    if not public and len(names) < 2:
        return
    for module, those in sources.items():
        joined = next((use for use in public if _module_of(use, here, package) == module), None)
        if joined is not None:
            yield _joined(situation, joined, those)
        else:
            yield _line(situation, index, path, here, public or uses, module, those)


def _of_library(situation: Situation, package: Package | None, item: Item) -> bool:
    return (
        package is not None
        and situation.project.package_of(item.path) == package
        and not outside_library(package, item.path)
    )


def _handing_on(
    situation: Situation, index: ItemIndex, package: Package | None, name: str
) -> Iterator[tuple[str, ...]]:
    """The modules that hand the name on already."""
    for use in index.of_kind(Use):
        handed = use.visibility is not None and any(leaf.name == name for leaf in use.leaves)
        if handed and _of_library(situation, package, use):
            yield index.module_of(use)


def _module_of(use: Use, here: tuple[str, ...], package: Package | None) -> tuple[str, ...] | None:
    """The module that all names of an import come from, from the crate's root; None when they are of several."""
    modules = {leaf.path[:-1] for leaf in use.leaves}
    if len(modules) != 1:
        return None
    path = modules.pop()
    if path[:1] == ("crate",) or (package is not None and path[:1] == (crate_name(package),)):
        return path[1:]
    ups = sum(part == "super" for part in path)
    rest = tuple(part for part in path if part not in ("self", "super"))
    return (*here[: len(here) - ups], *rest)


def _joined(situation: Situation, use: Use, names: list[str]) -> Replacement:
    written = situation.text(use.path, use.start, use.end)
    listed = _LIST.search(written)
    if listed is None:
        leaf = use.leaves[0]
        all_names = sorted([leaf.name, *names])
        start = use.start + len(written[: written.rindex("::") + 2].encode())
        return edits.replace(use.path, start, use.end, f"{{{', '.join(all_names)}}};")
    start = use.start + len(written[: listed.start(1)].encode())
    inside = listed[1]
    old = [part.strip() for part in inside.split(",") if part.strip()]
    new = sorted([*old, *names]) if old == sorted(old) else [*old, *names]
    if "\n" in inside:
        indent = re.search(r"\n([ \t]*)\S", inside)
        gap = f",\n{indent[1] if indent else '    '}"
        text = inside[: len(inside) - len(inside.lstrip())] + gap.join(new) + "," + inside[len(inside.rstrip()) :]
    else:
        text = ", ".join(new)
    return edits.replace(use.path, start, start + len(inside.encode()), text)


def _line(
    situation: Situation, index: ItemIndex, path: str, here: tuple[str, ...], uses: list[Use], module: tuple[str, ...],
    names: list[str],
) -> Replacement:  # fmt: skip
    """A ``pub use`` of its own, after the last of its kind and in its style."""
    below = module[: len(here)] == here
    style = next((leaf.path[0] for use in uses for leaf in use.leaves if leaf.path[0] in ("self", "crate")), "")
    if not below or style == "crate":
        head = ("crate", *module)
    else:
        head = ((style, *module[len(here) :]) if style else module[len(here) :]) or ("self",)
    names = sorted(names)
    text = f"pub use {'::'.join(head)}::{names[0] if len(names) == 1 else '{' + ', '.join(names) + '}'};"
    source = situation.source(path)
    earlier = [use for use in uses if situation.text(path, use.start, use.end) < text]
    if uses and not earlier:
        return edits.line_before(path, source, uses[0].first, text)
    if uses:
        last = earlier[-1]
        return edits.line_after(path, source, last.start, last.end, text)
    inside = [item for item in index.files[path] if item.module == here[len(index.modules[path]) :]]
    return edits.line_before(path, source, min((item.first for item in inside), default=0), text)
