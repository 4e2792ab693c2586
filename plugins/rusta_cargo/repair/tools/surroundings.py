"""``surroundings``: what the episode works on and with, as one recorded observation."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from rusta_cargo.models import NoArgs
from rusta_cargo.workspace import CargoWorkspace, workspace_of
from rusta_conductor.errors import ToolError
from rusta_conductor.tool import ToolContext, ToolResult
from rusta_schemas.base import Closed

_LOCK = "Cargo.lock"


class Surroundings(Closed):
    """The project as it was found.

    root: the tree, absolute. start: where cargo runs, relative to it. package: the one member that was meant, None when
    cargo's default is meant. file: a standalone file. edition: of the file or the package. dependencies: packages in
    the lock file beside the workspace's own. rung: the sandbox that commands run in.
    """

    kind: Literal["package", "workspace", "file"]
    root: str
    start: str
    package: str | None
    file: str | None
    edition: str
    toolchain: str
    rung: str
    dependencies: int


def surroundings(_args: NoArgs, context: ToolContext) -> ToolResult:
    """Look at the project, its toolchain and the sandbox."""
    workspace = workspace_of(context)
    project = workspace.project
    with workspace.lane() as lane:
        rung = str(lane.sandbox.rung)
    whole = project.package is None or _stands_alone(workspace)
    report = Surroundings(
        kind=project.kind,
        root=str(project.root),
        start=project.start,
        package=None if whole else project.package,
        file=project.file,
        edition=project.edition,
        toolchain=workspace.toolchain.release,
        rung=rung,
        dependencies=_dependencies(workspace, project.start),
    )
    return ToolResult(f"{report.kind} {report.root}, rustc {report.toolchain}, sandbox {rung}", report)


def _stands_alone(workspace: CargoWorkspace) -> bool:
    """Cargo, started where it is started, would choose that very package by itself."""
    from rusta_cargo.manifest import read_what_parses

    project = workspace.project
    here = read_what_parses(Path(project.cargo_folder) / "Cargo.toml")
    return here.name == project.package and here.workspace is None


def _dependencies(workspace: CargoWorkspace, start: str) -> int:
    """Packages in the lock file that come from elsewhere."""
    path = f"{start}/{_LOCK}" if start else _LOCK
    try:
        text = workspace.read_base(path)
    except ToolError:
        return 0
    return sum(1 for line in text.splitlines() if line.startswith(b"source = "))
