"""Imports written where people put them: into a list of the same path, or on a line of their own in its group."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rusta_cargo.repair.code import edits
from rusta_cargo.repair.code.items import ItemIndex, Use
from rusta_cargo.repair.proposer import Replacement, Situation
from rusta_schemas.diagnostic import Applicability

STD = ("std", "core", "alloc")
# How likely the name belongs: alone in a list, among others, on a line of its own, joined to a single import.
ALONE, LISTED, LINE, MADE = 0.88, 0.66, 0.6, 0.42
LIST = re.compile(r"(?:pub(?:\([^)]*\))?\s+)?use\s+(?:::)?((?:\w+::)+)\{(.*)\}\s*;$", re.DOTALL)
_USE = re.compile(r"^use ((?:\w+::)+)(\w+)( as _)?;$")


@dataclass
class Missing:
    """A path that a suggestion imports. ``errors``: those that make it. ``place``: where the compiler puts it.

    ``imported``: another crate of the tree has it.
    """

    file: str
    module: str
    name: str
    place: int
    sure: bool = False
    imported: bool = False
    errors: list[int] = field(default_factory=list)


def suggested(situation: Situation) -> list[Missing]:
    found: dict[tuple[str, str, str], Missing] = {}
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
            known = found.setdefault(key, Missing(*key, change.start, sure))
            if number not in known.errors:
                known.errors.append(number)
    return list(found.values())


def uses_near(index: ItemIndex, missing: Missing) -> list[Use]:
    """The private imports beside the place, in the order of the text."""
    near = [use for use in index.of_kind(Use, missing.file) if use.visibility is None]
    inside = min(near, key=lambda use: abs(use.start - missing.place), default=None)
    return [] if inside is None else [use for use in near if use.parent is inside.parent]


def placed(
    situation: Situation, uses: Sequence[Use], path: str, module: str, names: list[str], place: int
) -> Iterator[tuple[Replacement, float]]:
    source = situation.source(path)
    for use in uses:
        written = source[use.start : use.end].decode("utf-8", "replace")
        listed = LIST.match(written)
        if listed is not None and _alike(listed[1].removesuffix("::"), module) and "{" not in listed[2]:
            yield joined(use, written, listed, names), ALONE if "," not in listed[2].rstrip(", \n") else LISTED
        single = re.match(r"use\s+((?:\w+::)+)(\w+)\s*;$", written)
        if single is not None and _alike(single[1].removesuffix("::"), module):
            both = ", ".join(sorted({single[2], *names}, key=_order))
            text = f"use {single[1]}{{{both}}};"
            yield edits.replace(path, use.start, use.end, text), MADE
    yield line_of(uses, path, module, names, place), LINE


def _alike(left: str, right: str) -> bool:
    """The same path; the roots of the standard library are one."""
    mine, theirs = left.split("::"), right.split("::")
    return mine[1:] == theirs[1:] and (mine[0] == theirs[0] or (mine[0] in STD and theirs[0] in STD))


def _order(name: str) -> tuple[int, str]:
    """The order that rustfmt gives the names of a list: self, functions and modules, types, constants."""
    kind = 0 if name == "self" else 3 if name.isupper() and len(name) > 1 else 1 if name[:1].islower() else 2
    return kind, name


def joined(use: Use, written: str, listed: re.Match[str], names: list[str]) -> Replacement:
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


def line_of(uses: Sequence[Use], path: str, module: str, names: list[str], place: int) -> Replacement:
    """A line of its own, among those of the same root and in their order."""
    named = names[0] if len(names) == 1 else f"{{{', '.join(sorted(names, key=_order))}}}"
    text = f"use {module}::{named};"
    whole = f"{module}::{names[0]}"
    group = [use for use in uses if use.leaves and _root(use) == group_of(module.split("::")[0])]
    # Those of the same path before those that only begin alike.
    for near in ([use for use in group if _same_path(use, module)], group):
        later = next((use for use in near if "::".join(use.leaves[0].path) > whole), None)
        if later is not None:
            return edits.insert(path, later.first, f"{text}\n")
        if near:
            return edits.insert(path, near[-1].end, f"\n{text}")
    if uses and module.split("::")[0] in STD:
        return edits.insert(path, uses[0].first, f"{text}\n\n")
    if uses and module.split("::")[0] in ("crate", "self", "super"):
        return edits.insert(path, uses[-1].end, f"\n\n{text}")
    others = [use for use in uses if use.leaves and _root(use) not in ("crate", "self", "super")]
    if others:  # those of other crates in the order of their names, as rustfmt has them
        later = next((use for use in others if "::".join(use.leaves[0].path) > whole), None)
        return (
            edits.insert(path, others[-1].end, f"\n{text}")
            if later is None
            else edits.insert(path, later.first, f"{text}\n")
        )
    return edits.insert(path, place, f"{text}\n" if uses else f"{text}\n\n")


def _same_path(use: Use, module: str) -> bool:
    return len(use.leaves) == 1 and "::".join(use.leaves[0].path[:-1]) == module


def _root(use: Use) -> str:
    return group_of(use.leaves[0].path[0] if use.leaves[0].path else "")


def group_of(root: str) -> str:
    return "std" if root in STD else root


def beginning(index: ItemIndex, path: str, place: int) -> int:
    """Where the items of the module around a place begin."""
    items = index.files.get(path, ())
    around = [item for item in items if item.kind == "module" and item.start <= place < item.end]
    inner = around[-1] if around else None
    return min((item.first for item in items if item.parent is inner), default=0)
