"""Private trees and the ladder of ways to run commands on them without harm.

    with acquire_lane(home, "my-project") as lane:
        with open_sandbox(Layout(root, hidden=("target", ".git")), lane) as sandbox:
            sandbox.set_tree({"src/lib.rs": b"pub fn f() {}\\n"})
            done = sandbox.run(["make", "check"], env={"PATH": "/usr/bin"})
            print(sandbox.rung, done.exit_code, sandbox.changes())

The target tree itself is never written. A lane keeps its `target` folder warm between episodes;
the tree and `scratch` are laid anew. Call `sweep(home)` at start-up.
"""

from rusta_conductor.sandbox.errors import LaneBusy, SandboxError, SandboxRefused
from rusta_conductor.sandbox.lanes import Lane, acquire_lane, take_lane
from rusta_conductor.sandbox.model import (
    Completed,
    Layout,
    Limits,
    Rung,
    RungReport,
    StopReason,
)
from rusta_conductor.sandbox.opening import open_sandbox
from rusta_conductor.sandbox.probe import choose_rung, probe_rungs
from rusta_conductor.sandbox.sandbox import Sandbox
from rusta_conductor.sandbox.snapshot import FileRecord, TreeSnapshot, snapshot
from rusta_conductor.sandbox.sweep import SweepReport, sweep

__all__ = [
    "Completed",
    "FileRecord",
    "Lane",
    "LaneBusy",
    "Layout",
    "Limits",
    "Rung",
    "RungReport",
    "Sandbox",
    "SandboxError",
    "SandboxRefused",
    "StopReason",
    "SweepReport",
    "TreeSnapshot",
    "acquire_lane",
    "choose_rung",
    "open_sandbox",
    "probe_rungs",
    "snapshot",
    "sweep",
    "take_lane",
]
