"""How a bundle and a tree fit together: which state every touched file is in, and what each would become."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import Literal

from rusta_conductor.bundles.errors import BundleRefused
from rusta_conductor.bundles.tree import Found, Tree
from rusta_schemas.bundle import PatchBundle
from rusta_schemas.edits import apply_edits, by_path, invert
from rusta_schemas.errors import EditError

Direction = Literal["apply", "rollback"]
_LISTED = 10


class Fit(StrEnum):
    """The state of one file, or of all files of a bundle together."""

    BASE = "base"  # as the bundle was made for
    RESULT = "result"  # as the bundle leaves it
    CHANGED = "changed"  # neither


@dataclass(frozen=True)
class FileFit:
    """One touched file: its state, what was found there, and, unless it is as it should be, what is wrong."""

    path: str
    fit: Fit
    found: Found
    why: str = ""
    either: bool = False  # the bundle leaves this file as it is


@dataclass(frozen=True)
class Change:
    """What one file is and becomes; None where it does not exist."""

    path: str
    before: bytes | None
    after: bytes | None


def look(bundle: PatchBundle, tree: Tree) -> list[FileFit]:
    """The state of every file that the bundle touches, in the order of their paths."""
    return [_look(bundle, tree, path) for path in sorted(bundle.base_hashes)]


def together(files: list[FileFit]) -> Fit:
    """The state of the bundle as a whole: all files base, all result, or something else."""
    fits = {file.fit for file in files if not file.either}
    return fits.pop() if len(fits) == 1 else Fit.CHANGED


def refusal(bundle: PatchBundle, tree: Tree, files: list[FileFit], direction: Direction) -> str:
    """Why the bundle cannot be applied to (or taken back from) the tree as it is; empty when it can."""
    state, name = together(files), bundle.id[:12]
    wanted = Fit.BASE if direction == "apply" else Fit.RESULT
    if state is wanted:
        blocked = [(file.path, why) for file in files if (why := tree.read_only(file.path))]
        if not blocked:
            return ""
        return f"bundle {name} cannot be changed into {tree.root}: {_list(blocked)}; then run it again"
    if state is Fit.RESULT:
        return f"bundle {name} is already applied to {tree.root}; 'rusta rollback {name}' takes it back"
    if state is Fit.BASE:
        return f"bundle {name} is not applied to {tree.root}, so there is nothing to take back"
    since = "the bundle was made for it" if direction == "apply" else "the bundle was applied"
    other = Fit.RESULT if direction == "apply" else Fit.BASE
    odd = [(file.path, file.why) for file in files if file.fit is Fit.CHANGED]
    half = "has the bundle's change already" if other is Fit.RESULT else "has the bundle's change no more"
    odd += [(file.path, half) for file in files if file.fit is other and not file.either]
    advice = "make a new bundle" if direction == "apply" else "put those files back as they were, or undo by hand"
    return f"the tree {tree.root} is not as it was when {since}, so nothing was changed: {_list(odd)}; {advice}"


def changes(bundle: PatchBundle, files: list[FileFit], direction: Direction) -> list[Change]:
    """Every file's new content, worked out in memory and held against the hashes that the bundle promises.

    Raises:
        BundleRefused: the edits do not fit the text, or do not give the promised result.
    """
    goal = bundle.result_hashes if direction == "apply" else bundle.base_hashes
    found: list[Change] = []
    groups = by_path(bundle.edits)
    for file in files:
        edits = groups[file.path] if direction == "apply" else invert(groups[file.path])
        before = file.found.data
        try:
            after: bytes | None = apply_edits(before or b"", edits)
        except EditError as error:
            raise BundleRefused(f"bundle {bundle.id[:12]} contradicts itself: {error}") from None
        promised = goal[file.path]
        if promised is None and after == b"":
            after = None
        if Found(after).sha256 != promised:
            raise BundleRefused(
                f"bundle {bundle.id[:12]} contradicts itself: its edits give {file.path!r} another content than it "
                "promises; the bundle's file was changed"
            )
        found.append(Change(file.path, before, after))
    return found


def _look(bundle: PatchBundle, tree: Tree, path: str) -> FileFit:
    found = tree.look(path)
    base, result = bundle.base_hashes[path], bundle.result_hashes[path]
    if found.obstacle:
        return FileFit(path, Fit.CHANGED, found, found.obstacle)
    if found.sha256 == base:
        return FileFit(path, Fit.BASE, found, either=base == result)
    if found.sha256 == result:
        return FileFit(path, Fit.RESULT, found)
    why = "is missing" if found.data is None else "was changed"
    if base is None and found.data is not None:
        why = "is there already, with another content"
    return FileFit(path, Fit.CHANGED, found, why)


def _list(items: list[tuple[str, str]]) -> str:
    """``a was changed; b and c are …`` in a readable length."""
    parts = [
        f"{', '.join(repr(path) for path, _ in list(group))} {why}"
        for why, group in groupby(sorted(items, key=lambda item: (item[1], item[0])), lambda i: i[1])
    ]
    shown = "; ".join(parts[:_LISTED])
    return f"{shown}; …" if len(parts) > _LISTED else shown
