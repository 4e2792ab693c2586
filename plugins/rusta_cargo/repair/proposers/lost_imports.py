"""Names that no import brings any more and that the compiler does not find: E0405, E0412, E0422, E0423, E0425, E0433, E0107.

The compiler suggests no items of other crates that it has only read the metadata of, and none of dependencies that nothing
mentions any more; the other members of the workspace, the package's own library and the dependencies' sources are looked
into here. An alias ``Result`` that is not imported is the one of std, with an
argument too few. Where many names are missing, as when all imports of a file are gone, one candidate imports them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.at_hand import seen, unmentioned
from rusta_cargo.repair.code.exported import exported
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.importing import STD, Missing, beginning, group_of, line_of, placed, suggested, uses_near
from rusta_cargo.repair.code.items import Alias, ItemIndex
from rusta_cargo.repair.code.no_std import instead, root_of, without_std
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Diagnostic

# How many names have to be missing for all of them to be imported at once.
_FEWEST, _EVERYTHING, _ONE, _AMONG, _SHADOWED = 3, 0.98, 0.9, 0.6, 0.93
_UNKNOWN = re.compile(
    r"^cannot find [\w, ]+ `(\w+)` in this scope|use of undeclared type `(\w+)`|^expected function, found macro `(\w+)`"
)
_WHAT = re.compile(r"^cannot find ([\w, ]+?) `")
_VALUES = ("fn", "const", "static", "struct", "use")
# The first of these that the compiler's words contain counts.
_KINDS = {
    "derive macro": ("derive", "use"), "macro": ("macro", "use"), "attribute": ("attribute", "use"),
    "trait": ("trait", "use"), "module": ("mod", "use"), "type": ("struct", "enum", "union", "type", "trait", "use"),
}  # fmt: skip
_FEWER = re.compile(r"^enum takes 2 generic arguments but 1 generic argument was supplied")


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Import what the tree has."""
    if not any(_unknown(situation, diagnostic) for diagnostic in situation.diagnostics):
        return
    index = ItemIndex.of(situation)
    looked_up = _looked_up(situation, index)
    for missing in looked_up:
        rivals = sum(other.name == missing.name and other.file == missing.file for other in looked_up)
        uses = uses_near(index, missing)
        made = placed(situation, uses, missing.file, missing.module, [missing.name], missing.place)
        for place, (part, weight) in enumerate(sorted(made, key=lambda one: -one[1])):
            prior = _SHADOWED if missing.name == "Result" else _ONE if rivals == 1 else _AMONG
            yield Candidate(
                f"import `{missing.module}::{missing.name}`", (part,), prior * (1 if place == 0 else weight),
                diagnostic=missing.errors[0] if len(missing.errors) == 1 else None,
            )  # fmt: skip
    yield from _all_at_once(situation, index, [*_kept(situation), *looked_up])


def _kept(situation: Situation) -> Iterator[Missing]:
    """What the compiler suggests; of std in a crate without it, what takes its place."""
    for missing in suggested(situation):
        root = root_of(situation, missing.file)
        if missing.module.split("::")[0] == "std" and root is not None and without_std(situation, root):
            head = instead(missing.module.split("::")[1:], [missing.name])
            if head is not None:
                yield replace(missing, module="::".join((head, *missing.module.split("::")[1:])))
        else:
            yield missing


def _unknown(situation: Situation, diagnostic: Diagnostic) -> str | None:
    """The name that is not in scope."""
    place = diagnostic.primary
    if place is None:
        return None
    if diagnostic.code == "E0107" and _FEWER.match(diagnostic.message):
        return "Result" if situation.text(place.path, place.start, place.end) == "Result" else None
    told = _UNKNOWN.search(f"{diagnostic.message}\n{place.label or ''}")
    return None if told is None else next(group for group in told.groups() if group)


def _looked_up(situation: Situation, index: ItemIndex) -> list[Missing]:
    """Names that the other crates of the tree have, and aliases of this one that std has a name for."""
    made: dict[tuple[str, str, str], Missing] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        place, name = diagnostic.primary, _unknown(situation, diagnostic)
        if place is None or name is None:
            continue
        modules = exported(situation, index, place.path, name)
        if diagnostic.code == "E0107":
            modules += _aliases(situation, index, place.path, name)
        for module in modules:
            begin = beginning(index, place.path, place.start)
            found = made.setdefault((place.path, module, name), Missing(place.path, module, name, begin, imported=True))
            found.errors.append(number)
    for missing in _from_dependencies(situation, index, {(each.file, each.name) for each in made.values()}):
        made.setdefault((missing.file, missing.module, missing.name), missing)
    return list(made.values())


def _from_dependencies(situation: Situation, index: ItemIndex, known: set[tuple[str, str]]) -> Iterator[Missing]:
    """Names that only crates have which this program mentions nowhere any more: the compiler does not load those."""
    offered = suggested(situation)
    asked: dict[str, dict[str, list[int]]] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        place, name = diagnostic.primary, _unknown(situation, diagnostic)
        if place is not None and name is not None and (place.path, name) not in known and diagnostic.code != "E0107":
            asked.setdefault(place.path, {}).setdefault(name, []).append(number)
    for path, names in asked.items():
        # What the compiler knows it mostly suggests, but for macros whose name is that of something else as well; and
        # where it suggests std, a dependency of no other use is meant. Where it says nothing, every dependency may be.
        crates = unmentioned(situation, path, index.files)
        told = {
            missing.name for missing in offered if missing.file == path and missing.module.partition("::")[0] not in STD
        }
        names = {name: numbers for name, numbers in names.items() if name not in told}
        first_of = {name: situation.diagnostics[numbers[0]] for name, numbers in names.items()}
        open_names = [name for name, first in first_of.items() if "macro" in _kinds(first) or not first.suggestions]
        sightings = seen(situation, path, names, crates) if crates else []
        sightings += seen(situation, path, open_names) if open_names else []
        for sighting in sightings:
            numbers = names[sighting.name]
            first = situation.diagnostics[numbers[0]]
            way = next((way for way in sighting.paths if not way.endswith("*")), None)
            if way is None or first.primary is None or sighting.kind not in _kinds(first):
                continue
            module, _, name = way.rpartition("::")
            if name == sighting.name:
                begin = beginning(index, path, first.primary.start)
                yield Missing(path, module, name, begin, imported=True, errors=list(numbers))


def _kinds(diagnostic: Diagnostic) -> tuple[str, ...]:
    """What the name can be, by what the compiler looked for."""
    told = _WHAT.match(diagnostic.message)
    words = "type" if told is None else told[1]
    return next((kinds for word, kinds in _KINDS.items() if word in words), _VALUES)


def _aliases(situation: Situation, index: ItemIndex, path: str, name: str) -> list[str]:
    """The modules of the file's own crate that declare an alias of this name with one argument."""
    found = []
    for item in index.named(name, Alias):
        mine = root_of(situation, item.path) == root_of(situation, path) and item.path != path
        if mine and item.parent is None and len(item.generics) == 1:
            found.append("::".join(("crate", *index.module_of(item))))
    return found


def _all_at_once(situation: Situation, index: ItemIndex, found: list[Missing]) -> Iterator[Candidate]:
    """Every name that is missing, from where it most likely is."""
    chosen: dict[tuple[str, str], Missing] = {}
    for missing in found:
        known = chosen.get((missing.file, missing.name))
        if known is None or _likelier(missing, known):
            chosen[(missing.file, missing.name)] = missing
    groups: dict[tuple[str, str, int], list[Missing]] = {}
    for missing in chosen.values():
        groups.setdefault((missing.file, missing.module, missing.place), []).append(missing)
    if len(chosen) < _FEWEST:
        return
    parts: list[Replacement] = []
    for (path, module, place), members in sorted(groups.items()):
        names = list(dict.fromkeys(missing.name for missing in members))
        uses = uses_near(index, members[0])
        change = max(placed(situation, uses, path, module, names, place), key=lambda made: made[1])[0]
        if any(change.path == other.path and change.start < other.end and other.start < change.end for other in parts):
            change = line_of(uses, path, module, names, place)
        parts.append(change)
    yield Candidate(f"import {len(chosen)} names at once", _joined_lines(parts), _EVERYTHING)


def _joined_lines(parts: list[Replacement]) -> tuple[Replacement, ...]:
    """What is put in front of the first item is one block: a group of lines for each root."""
    found: list[Replacement] = []
    blocks: dict[tuple[str, int], list[Replacement]] = {}
    for part in parts:
        if part.start == part.end and part.text.startswith("use ") and part.text.endswith("\n\n"):
            blocks.setdefault((part.path, part.start), []).append(part)
        else:
            found.append(part)
    for (path, start), lines in blocks.items():
        roots: dict[str, list[str]] = {}
        for line in lines:
            roots.setdefault(group_of(re.split(r"[ :;]", line.text)[1]), []).append(line.text.strip())
        order = sorted(roots, key=lambda root: (root in ("crate", "self", "super"), root not in STD))
        text = "\n\n".join("\n".join(sorted(roots[root])) for root in order)
        found.append(edits.insert(path, start, f"{text}\n\n"))
    return tuple(found)


def _likelier(missing: Missing, other: Missing) -> bool:
    """One of this tree before one of std; the shorter path, then the first that the compiler says."""
    mine, theirs = (one.imported or one.module.startswith("crate") for one in (missing, other))
    return mine > theirs
