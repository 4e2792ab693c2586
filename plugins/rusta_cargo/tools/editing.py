"""``apply_edits``: what a set of edits makes of the tree."""

from __future__ import annotations

from rusta_cargo.models import ApplyReport, FileChange, TreeArgs
from rusta_cargo.workspace import workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import changed_lines


def apply_edits(args: TreeArgs, context: ToolContext) -> ToolResult:
    """Lay the sandbox's tree to the base with the edits, and report the exact change set."""
    workspace = workspace_of(context)
    overrides = workspace.tree(args.edits)
    with workspace.lane() as lane:
        lane.lay(overrides, generated=False)
        changes = lane.sandbox.changes()
    foreign = changes.keys() - overrides.keys()
    if foreign:
        raise ToolError(
            f"the sandbox holds changes that no edit made: {', '.join(sorted(foreign))}; open a new episode"
        )
    files: dict[str, FileChange] = {}
    lines = 0
    for path, after in sorted(changes.items()):
        before = workspace.read_base(path) if path in workspace.base else None
        files[path] = FileChange(
            before=None if before is None else sha256_hex(before),
            after=None if after is None else sha256_hex(after),
        )
        lines += changed_lines(before or b"", after or b"")
    report = ApplyReport(files=files, k_lines=lines, k_files=len(files))
    return ToolResult(f"{lines} lines in {len(files)} files change", report)
