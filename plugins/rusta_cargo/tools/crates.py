"""``crates_at_hand``: crates on this machine, their features, and where they have a name."""

from __future__ import annotations

from rusta_cargo.crates.exports import look_up, near
from rusta_cargo.crates.models import CratesArgs, CratesReport
from rusta_cargo.crates.shelf import crates_for
from rusta_cargo.project import Project
from rusta_cargo.workspace import workspace_of
from rusta_conductor.errors import ToolError, UsageError
from rusta_conductor.tool import ToolContext, ToolResult


def crates_at_hand(args: CratesArgs, context: ToolContext) -> ToolResult:
    """Look into the unpacked crates that cargo may use for this project without a network."""
    workspace = workspace_of(context)
    folder = workspace.project.start
    path = f"{folder}/Cargo.lock" if folder else "Cargo.lock"
    lock = b""
    for place in (path, "Cargo.lock"):
        if place in workspace.base:
            lock = workspace.read_base(place)
            break
    try:
        report = report_of(workspace.project, args, lock)
    except UsageError as error:
        raise ToolError(str(error)) from None
    found, seen = len(report.crates), len(report.sightings)
    return ToolResult(f"{found} of {len(args.crates)} crates are here, {seen} sightings", report)


def report_of(project: Project, args: CratesArgs, lock: bytes) -> CratesReport:
    """What the crates on this machine have of what is asked; ``lock`` is the project's Cargo.lock.

    Raises:
        UsageError: cargo's configuration does not parse.
    """
    crates = crates_for(project, args.crates, lock)
    return CratesReport(
        crates=tuple(crate.info for crate in crates.values()),
        sightings=tuple(look_up(crates.values(), args.names)),
        near=near(crates.values(), args.near) if args.near else {},
    )
