"""Imports that the compiler suggests, put where people put them: any error that suggests a ``use``.

The compiler adds a line of its own. Here the name joins a list of the same path that is there already, names of one path
that are all missing are imported by one line, and a new line stands in its group in the order of the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.gathering import sound
from rusta_cargo.repair.code.items import ItemIndex, Use
from rusta_cargo.repair.proposer import Candidate, Replacement, Situation
from rusta_schemas.diagnostic import Applicability

_USE = re.compile(r"^use ((?:\w+::)+)(\w+)( as _)?;$")
_LIST = re.compile(r"(?:pub(?:\([^)]*\))?\s+)?use\s+(?:::)?((?:\w+::)+)\{(.*)\}\s*;$", re.DOTALL)
_STD = ("std", "core", "alloc")
_ALONE, _LISTED, _LINE, _MADE, _SEVERAL = 0.88, 0.66, 0.6, 0.42, 0.7
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


@dataclass
class _Missing:
    """A path that a suggestion imports. ``errors``: those that make it. ``place``: where the compiler puts it."""

    file: str
    module: str
    name: str
    place: int
    sure: bool = False
    errors: list[int] = field(default_factory=list)


@sound
def propose(situation: Situation) -> Iterator[Candidate]:
    """Imports at their places."""
    found = _suggested(situation)
    if not found:
        return
    index = ItemIndex.of(situation)
    own = {missing.name for missing in found if missing.module.startswith("crate")}
    for missing in (*found, *(other for each in found if (other := _from_core(index, each)) is not None)):
        uses = _uses(index, missing)
        for parts in _handed_on(situation, index, missing):
            yield _candidate(situation, missing.module, [missing.name], parts, _HANDED_ON, missing.errors)
        for parts, prior in _placed(situation, uses, missing.file, missing.module, [missing.name], missing.place):
            # What the compiler is sure of is only better placed here.
            weight = max(prior, _SURE) if missing.sure and prior >= _LINE else prior
            if missing.name in own and not missing.module.startswith("crate"):
                weight *= _FOREIGN
            if missing.module.partition("::")[0] == "core":
                weight = min(0.99, weight + _CORE)
            yield _candidate(situation, missing.module, [missing.name], parts, weight, missing.errors)
    yield from _together(situation, index, found)


def _suggested(situation: Situation) -> list[_Missing]:
    found: dict[tuple[str, str, str], _Missing] = {}
    for number, diagnostic in enumerate(situation.diagnostics):
        for suggestion in diagnostic.suggestions:
            if len(suggestion.replacements) != 1:
                continue
            change = suggestion.replacements[0]
            match = _USE.match(change.text.strip())
            if match is None or match[3] or change.start != change.end:
                continue
            key = (change.path, match[1].removesuffix("::"), match[2])
            sure = suggestion.applicability is Applicability.MACHINE
            known = found.setdefault(key, _Missing(*key, change.start, sure))
            if number not in known.errors:
                known.errors.append(number)
    return list(found.values())


def _from_core(index: ItemIndex, missing: _Missing) -> _Missing | None:
    """The same from ``core``, in a file that imports from there and nothing from ``std``."""
    module = missing.module.split("::")
    roots = {leaf.path[0] for use in index.of_kind(Use, missing.file) for leaf in use.leaves if leaf.path}
    if module[0] != "std" or (*module, missing.name)[1] not in _IN_CORE or "core" not in roots or "std" in roots:
        return None
    return replace(missing, module="::".join(("core", *module[1:])), errors=list(missing.errors))


def _uses(index: ItemIndex, missing: _Missing) -> list[Use]:
    """The private imports beside the place, in the order of the text."""
    near = [use for use in index.of_kind(Use, missing.file) if use.visibility is None]
    inside = min(near, key=lambda use: abs(use.start - missing.place), default=None)
    return [] if inside is None else [use for use in near if use.parent is inside.parent]


def _handed_on(situation: Situation, index: ItemIndex, missing: _Missing) -> Iterator[Replacement]:
    """The name put into a list that the file makes visible to others: ``pub use path::{…};``."""
    here = "::".join(("crate", *index.modules.get(missing.file, ())))
    for use in index.of_kind(Use, missing.file):
        listed = _LIST.match(situation.text(use.path, use.start, use.end))
        if use.visibility is None or listed is None or "{" in listed[2]:
            continue
        path = listed[1].removesuffix("::").removeprefix("self::")
        if missing.module in (path, f"{here}::{path}"):
            yield _joined(use, listed[0], listed, [missing.name])


def _placed(
    situation: Situation, uses: Sequence[Use], path: str, module: str, names: list[str], place: int
) -> Iterator[tuple[Replacement, float]]:
    source = situation.source(path)
    for use in uses:
        written = source[use.start : use.end].decode("utf-8", "replace")
        listed = _LIST.match(written)
        if listed is not None and _alike(listed[1].removesuffix("::"), module) and "{" not in listed[2]:
            yield _joined(use, written, listed, names), _ALONE if "," not in listed[2].rstrip(", \n") else _LISTED
        single = re.match(r"use\s+((?:\w+::)+)(\w+)\s*;$", written)
        if single is not None and _alike(single[1].removesuffix("::"), module):
            both = ", ".join(sorted({single[2], *names}, key=_order))
            text = f"use {single[1]}{{{both}}};"
            yield edits.replace(path, use.start, use.end, text), _MADE
    yield _line(uses, path, module, names, place), _LINE


def _alike(left: str, right: str) -> bool:
    """The same path; the roots of the standard library are one."""
    mine, theirs = left.split("::"), right.split("::")
    return mine[1:] == theirs[1:] and (mine[0] == theirs[0] or (mine[0] in _STD and theirs[0] in _STD))


def _order(name: str) -> tuple[int, str]:
    """The order that rustfmt gives the names of a list: self, functions and modules, types, constants."""
    kind = 0 if name == "self" else 3 if name.isupper() and len(name) > 1 else 1 if name[:1].islower() else 2
    return kind, name


def _joined(use: Use, written: str, listed: re.Match[str], names: list[str]) -> Replacement:
    """The names put into the list: in order when it is in order, else at its end."""
    start = use.start + len(written[: listed.start(2)].encode())
    items = [(m.start(), m.end(), m[0].split()[0]) for m in re.finditer(r"\w[\w:* ]*", listed[2])]
    ordered = [item[2] for item in items] == sorted((item[2] for item in items), key=_order)
    text = ", ".join(sorted(names, key=_order))
    following = next((item for item in items if ordered and _order(item[2]) > _order(names[0])), None)
    if following is not None:
        return edits.insert(use.path, start + len(listed[2][: following[0]].encode()), f"{text}, ")
    if not items:
        return edits.insert(use.path, start, text)
    return edits.insert(use.path, start + len(listed[2][: items[-1][1]].encode()), f", {text}")


def _line(uses: Sequence[Use], path: str, module: str, names: list[str], place: int) -> Replacement:
    """A line of its own, among those of the same root and in their order."""
    named = names[0] if len(names) == 1 else f"{{{', '.join(sorted(names, key=_order))}}}"
    text = f"use {module}::{named};"
    whole = f"{module}::{names[0]}"
    group = [use for use in uses if use.leaves and _root(use) == _group(module.split("::")[0])]
    # Those of the same path before those that only begin alike.
    for near in ([use for use in group if _same_path(use, module)], group):
        later = next((use for use in near if "::".join(use.leaves[0].path) > whole), None)
        if later is not None:
            return edits.insert(path, later.first, f"{text}\n")
        if near:
            return edits.insert(path, near[-1].end, f"\n{text}")
    if uses and module.split("::")[0] in _STD:
        return edits.insert(path, uses[0].first, f"{text}\n\n")
    if uses and module.split("::")[0] in ("crate", "self", "super"):
        return edits.insert(path, uses[-1].end, f"\n\n{text}")
    return edits.insert(path, place, f"{text}\n" if uses else f"{text}\n\n")


def _same_path(use: Use, module: str) -> bool:
    return len(use.leaves) == 1 and "::".join(use.leaves[0].path[:-1]) == module


def _root(use: Use) -> str:
    return _group(use.leaves[0].path[0] if use.leaves[0].path else "")


def _group(root: str) -> str:
    return "std" if root in _STD else root


def _together(situation: Situation, index: ItemIndex, found: list[_Missing]) -> Iterator[Candidate]:
    """One line for several missing names of one path."""
    groups: dict[tuple[str, str], list[_Missing]] = {}
    for missing in found:
        groups.setdefault((missing.file, missing.module), []).append(missing)
    for (path, module), members in list(groups.items())[:_MOST]:
        names = list(dict.fromkeys(missing.name for missing in members))
        if len(names) < 2:
            continue
        errors = sorted({number for missing in members for number in missing.errors})
        first = members[0]
        uses = _uses(index, first)
        for parts, prior in _placed(situation, uses, path, module, names, first.place):
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
