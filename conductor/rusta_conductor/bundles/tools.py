"""The tools of the domain ``bundle``: two that look, two that change the user's tree."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from rusta_conductor.bundles.errors import BundleError
from rusta_conductor.bundles.fit import Direction, Fit, look, refusal, together
from rusta_conductor.bundles.journal import JournalStore
from rusta_conductor.bundles.operations import Outcome, apply_bundle, dry_run, rollback_bundle
from rusta_conductor.bundles.store import BundleStore
from rusta_conductor.bundles.tree import Tree
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.anchor import Anchor
from rusta_schemas.base import Closed, RelPath, Sha256
from rusta_schemas.bundle import PatchBundle


class BundleArgs(Closed):
    """Which bundle, and in which tree."""

    bundle: Sha256
    root: str = Field(min_length=1, description="the tree, as an absolute path")


class DirectedArgs(BundleArgs):
    """Which bundle, in which tree, and whether it goes in or comes out."""

    direction: Direction


class FileState(Closed):
    """One touched file: as the bundle was made for (base), as it leaves it (result), or neither (changed)."""

    path: RelPath
    state: Fit
    why: str = ""


class Inspection(Closed):
    """The bundle as it stands to the tree. ``refusal`` says why it cannot go the asked way; empty when it can."""

    state: Literal["base", "result", "changed", "interrupted"]
    refusal: str
    files: tuple[FileState, ...]
    summary: str
    k_lines: int
    k_files: int
    anchors: tuple[Anchor, ...]


class Changed(Closed):
    """What was changed, or would be."""

    root: str
    files: tuple[RelPath, ...]
    resumed: bool = False


def inspect(args: DirectedArgs, context: ToolContext) -> ToolResult:
    """Hash the touched files and hold them against the bundle."""
    try:
        bundle = _load(args, context)
        with Tree(args.root) as tree:
            files = look(bundle, tree)
            waiting = JournalStore(context.home / "bundles").read(bundle.id) is not None
            why = "" if waiting else refusal(bundle, tree, files, args.direction)
    except BundleError as error:
        raise ToolError(str(error)) from None
    state: Literal["base", "result", "changed", "interrupted"] = "interrupted" if waiting else together(files).value
    return ToolResult(
        f"{len(files)} files: {state}",
        Inspection(
            state=state,
            refusal=why,
            files=tuple(FileState(path=f.path, state=f.fit, why=f.why) for f in files),
            summary=bundle.summary,
            k_lines=bundle.k_lines,
            k_files=bundle.k_files,
            anchors=bundle.anchors,
        ),
    )


def check(args: DirectedArgs, context: ToolContext) -> ToolResult:
    """Make the change in memory and hold the result against the promised hashes."""
    try:
        files = dry_run(_load(args, context), args.root, context.home, args.direction)
    except BundleError as error:
        raise ToolError(str(error)) from None
    return ToolResult(
        f"the edits fit and give the promised content in {len(files)} files",
        Changed(root=args.root, files=tuple(files)),
    )


def apply(args: BundleArgs, context: ToolContext) -> ToolResult:
    """Apply the bundle, or finish an application that was cut short."""
    try:
        return _told(apply_bundle(_load(args, context), args.root, context.home))
    except BundleError as error:
        raise ToolError(str(error)) from None


def rollback(args: BundleArgs, context: ToolContext) -> ToolResult:
    """Take the bundle back, or finish or undo what was cut short."""
    try:
        return _told(rollback_bundle(_load(args, context), args.root, context.home))
    except BundleError as error:
        raise ToolError(str(error)) from None


def reconcile_apply(args: BundleArgs, context: ToolContext) -> ToolResult | None:
    """Did an interrupted apply happen? Half of it counts as no: the handler itself brings it to its end."""
    return _reconcile(args, context, "apply")


def reconcile_rollback(args: BundleArgs, context: ToolContext) -> ToolResult | None:
    """Did an interrupted rollback happen? See :func:`reconcile_apply`."""
    return _reconcile(args, context, "rollback")


def _reconcile(args: BundleArgs, context: ToolContext, direction: Direction) -> ToolResult | None:
    try:
        bundle = _load(args, context)
        if JournalStore(context.home / "bundles").read(bundle.id) is not None:
            return None
        with Tree(args.root) as tree:
            files = look(bundle, tree)
            if together(files) is (Fit.RESULT if direction == "apply" else Fit.BASE):
                paths = tuple(file.path for file in files)
                return _told(Outcome(bundle.id, direction, tree.root, paths))
    except BundleError as error:
        raise ToolError(str(error)) from None
    return None  # not done, or changed by others since: the handler finds out which, and refuses then


def _told(outcome: Outcome) -> ToolResult:
    done = "applied to" if outcome.direction == "apply" else "taken back from"
    resumed = ", finishing an interrupted run" if outcome.resumed else ""
    return ToolResult(
        f"{done} {outcome.root}: {len(outcome.files)} files{resumed}",
        Changed(root=str(outcome.root), files=outcome.files, resumed=outcome.resumed),
    )


def _load(args: BundleArgs, context: ToolContext) -> PatchBundle:
    return BundleStore(Path(context.home)).load(args.bundle)
