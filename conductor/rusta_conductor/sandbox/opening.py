"""Opening a sandbox: the layout is checked, a rung is chosen, the tree is laid."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from rusta_conductor.sandbox.errors import SandboxError, SandboxRefused
from rusta_conductor.sandbox.lanes import Lane
from rusta_conductor.sandbox.machine import note_laid, was_laid
from rusta_conductor.sandbox.model import Layout, Limits, Rung
from rusta_conductor.sandbox.probe import choose_rung, probe_rungs
from rusta_conductor.sandbox.sandbox import Sandbox

# a tree may not cover or lie in what the sandbox itself is made of
_SYSTEM = tuple(map(Path, ("/proc", "/dev", "/sys", "/etc", "/bin", "/sbin", "/lib", "/lib64")))


def open_sandbox(layout: Layout, lane: Lane, rung: Rung | None = None) -> Sandbox:
    """Lay a sandbox in a lane. rung: None takes the best one that works here and for this tree.

    Raises SandboxRefused for a layout that cannot be isolated, SandboxError when the rung that
    was asked for cannot be laid.
    """
    _check(layout, lane)
    if rung is not None:
        return _proven(Sandbox(rung, "asked for", layout, lane))
    chosen = choose_rung(lane.home)
    if os.environ.get("RUSTA_SANDBOX"):
        return _proven(Sandbox(chosen.rung, chosen.why, layout, lane))
    why = chosen.why
    reports = [report for report in probe_rungs(lane.home) if report.ok]
    for report in reports:
        try:
            return _proven(Sandbox(report.rung, why, layout, lane))
        except SandboxRefused:
            raise
        except SandboxError as error:
            why = f"{report.rung} works on this machine but not for this tree: {error}"
    raise SandboxError(f"no sandbox can be laid for {layout.root}: {why}")


def _proven(sandbox: Sandbox) -> Sandbox:
    """The sandbox, after one empty command: some file systems cannot be a lower folder.

    Where one has been, the command is spared; should it fail there all the same, the next sandbox is tried out again.
    """
    home, rung, root = sandbox.lane.home, sandbox.rung, sandbox.layout.root
    if rung is Rung.NONE or was_laid(home, rung, root):
        return sandbox
    try:
        sandbox.run(["/bin/true"], limits=Limits(wall_s=30))
    except BaseException:
        with contextlib.suppress(SandboxError, OSError):
            sandbox.close()
        raise
    note_laid(home, rung, root)
    return sandbox


def _check(layout: Layout, lane: Lane) -> None:
    root = layout.root
    if not root.is_absolute() or root != root.resolve() or not root.is_dir():
        raise SandboxRefused(f"{root} is not an absolute, resolved path of a folder")
    home = lane.path.resolve()
    if home.is_relative_to(root):
        raise SandboxRefused(
            f"the state folder {home} lies inside the tree {root}; set RUSTA_HOME to a folder outside of it"
        )
    for system in (*_SYSTEM, Path("/usr")):
        inside = system != Path("/usr") and root.is_relative_to(system)
        if system.is_relative_to(root) or inside:
            raise SandboxRefused(f"the tree {root} overlaps {system}, which the sandbox is made of")
    for path in (*layout.extra_trees, *layout.read_only):
        if not path.is_absolute():
            raise SandboxRefused(f"{path} is not absolute; extra folders are named by full paths")
        if home.is_relative_to(path) and path.exists():
            raise SandboxRefused(f"the folder {path} holds the state folder {home}; other episodes would be readable")
