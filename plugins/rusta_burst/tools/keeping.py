"""``burst_keep``: puts what a run made into the files that were asked for; the run's own files are then no longer needed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from rusta_burst.domain.workspace import BurstWorkspace, joined_recording
from rusta_burst.errors import BurstError
from rusta_burst.exchange import formats
from rusta_burst.exchange.whole import void, write_whole
from rusta_burst.storage import recordings
from rusta_burst.tools.arguments import KeepArgs
from rusta_burst.tools.working import asked, workspace_of
from rusta_conductor.tool import ToolContext, ToolResult


def keep(args: KeepArgs, context: ToolContext) -> ToolResult:
    """Write the files, each whole. The state folder's copies go when the episode is left.

    Raises:
        ToolError: one cannot be written; those before it are.
    """
    workspace = workspace_of(context)
    asked(lambda: _keep(args, workspace))
    workspace.finished = True
    return _told(_asked_for(args))


def reconcile(args: KeepArgs, context: ToolContext) -> ToolResult | None:
    """A process died while it wrote: are the files there, as they should be? If not, they are written again."""
    workspace = workspace_of(context)
    told = {what: path for what, path in _asked_for(args).items() if _is_there(what, Path(path), args.burst, workspace)}
    if len(told) < len(_asked_for(args)):
        return None
    workspace.finished = True
    return _told(told)


def _asked_for(args: KeepArgs) -> dict[str, str]:
    wanted = {"spikes": args.spikes, "state": args.state, "learned": args.learned}
    return {what: path for what, path in wanted.items() if path is not None}


def _told(files: dict[str, str]) -> ToolResult:
    made: dict[str, Any] = dict(files)
    return ToolResult(", ".join(f"{what} {path}" for what, path in files.items()) or "nothing was asked for", made)


def _is_there(what: str, path: Path, burst: int, workspace: BurstWorkspace) -> bool:
    try:
        if what == "spikes":
            return recordings.load(path).digest == joined_recording(workspace.folder).digest
        if what == "state":
            return path.read_bytes() == workspace.snapshot("base", burst).read_bytes()
        return formats.load(path).digest == workspace.machine_at("base", burst).learned().digest
    except (OSError, BurstError):
        return False


def _keep(args: KeepArgs, workspace: BurstWorkspace) -> None:
    if args.spikes is not None:
        recordings.save(joined_recording(workspace.folder), Path(args.spikes))
    if args.state is not None:
        last = workspace.snapshot("base", args.burst)
        write_whole(Path(args.state), lambda place: void(shutil.copyfile(last, place)))
    if args.learned is not None:
        formats.save(workspace.machine_at("base", args.burst).learned(), Path(args.learned))
