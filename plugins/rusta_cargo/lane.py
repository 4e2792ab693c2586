"""One sandbox with a warm target folder, ready for cargo."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from rusta_cargo import seen
from rusta_cargo.environment import cargo_environment, lay_cargo_home, shared_folders
from rusta_cargo.inheriting import inherit
from rusta_cargo.places import Places
from rusta_cargo.project import HIDDEN, Project
from rusta_cargo.toolchain import Toolchain
from rusta_conductor.errors import Cancelled, ToolError, ToolTimeout
from rusta_conductor.sandbox import (
    Completed,
    Layout,
    Limits,
    Rung,
    SandboxError,
    TreeSnapshot,
    acquire_lane,
    open_sandbox,
    snapshot,
)
from rusta_conductor.sandbox.folder import empty_path

_MIB = 1024 * 1024
_OUTPUT_BYTES = 64 * _MIB
_ROOM_BYTES = 256 * _MIB
_NO_SPACE = b"No space left on device"
_GENERATED_MAX_BYTES = 16 * _MIB


class CargoLane:
    """A held lane of a project. Not safe for several threads; the workspace hands it to one at a time.

    Args:
        base: the folder on disk that the sandbox shows (the project's root, or a staged copy of a standalone file).
        read_only: further folders that commands may read.
    """

    def __init__(
        self,
        project: Project,
        toolchain: Toolchain,
        home: Path,
        base: TreeSnapshot,
        rung: Rung | None,
        read_only: Sequence[Path] = (),
    ) -> None:
        self._project = project
        self._root = base.root
        self._links = tuple(path for path, record in base.files.items() if record.kind == "link")
        content = {path: record.sha256 for path, record in base.files.items() if record.kind == "file"}
        layout = Layout(
            root=base.root,
            extra_trees=project.extra_trees,
            read_only=(toolchain.sysroot, *project.read_only, *shared_folders(), *read_only),
            hidden=base.hidden,
        )
        with ExitStack() as stack:
            lane = stack.enter_context(acquire_lane(home, project.key(toolchain)))
            outside = _outside(project)
            before = seen.load(lane.path)
            if before.misled(outside):
                empty_path(lane.target)
            self.sandbox = stack.enter_context(open_sandbox(layout, lane, rung))
            self._folder = lane.path
            self.sandbox.touch(sorted(before.stale(content)))
            digests = {path: digest for path, (digest, _) in outside.items()}
            self._seen = seen.Seen(content, before.generated, digests, time.time_ns())
            seen.save(lane.path, self._seen)
            cargo_home = self.sandbox.scratch / "cargo-home"
            lay_cargo_home(cargo_home, project)
            self.target = self.sandbox.target / "cargo"
            if not self.target.exists():
                inherit(self.target, project, lane.path.parent)
            self.scratch = self.sandbox.scratch / "probe"
            self.scratch.mkdir(mode=0o700)
            self.environment = cargo_environment(toolchain, cargo_home, self.target)
            self._stack = stack.pop_all()
        self._generated: dict[str, bytes] = {}
        self._overrides: Mapping[str, bytes | None] = {}

    def close(self) -> None:
        """Give the lane back; the target folder stays warm."""
        self._stack.close()

    def lay(self, overrides: Mapping[str, bytes | None], *, generated: bool = True) -> None:
        """Make the tree the base with ``overrides``, and with what builds wrote into it (unless told otherwise).

        Raises:
            ToolError: the tree cannot hold the overrides.
        """
        whole = {**(self._generated if generated else {}), **overrides}
        try:
            self.sandbox.set_tree(whole)
        except SandboxError as error:
            raise ToolError(str(error)) from None
        self._overrides = overrides

    def keep_generated(self) -> None:
        """Remember the files that the last command wrote into the tree, as a build on disk would leave them there."""
        try:
            changes = self.sandbox.changes(_GENERATED_MAX_BYTES)
        except SandboxError:
            return  # more than any build script has reason to write; the next build starts from the base
        self._generated = {
            path: data
            for path, data in changes.items()
            if data is not None and path not in self._overrides and path.isprintable()
        }
        names = self._seen.generated | {path for path in self._generated if path != "Cargo.lock"}
        if names != self._seen.generated:
            self._seen = replace(self._seen, generated=frozenset(names))
            seen.save(self._folder, self._seen)

    def run(
        self,
        argv: Sequence[str],
        *,
        timeout_s: float,
        cancel: threading.Event,
        what: str,
        folder: str | None = None,
        extra: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
        partial: bool = False,
    ) -> Completed:
        """Run one command in the tree.

        Args:
            what: how messages name the command.
            folder: relative to the tree; default: where cargo starts.
            extra: variables beside the lane's own.
            partial: return a command that ran out of time, memory or room instead of raising.

        Raises:
            ToolTimeout: the command ran past ``timeout_s``. Cancelled: the user interrupted.
            ToolError: the sandbox cannot run it, or the command used more than it may.
        """
        try:
            done = self.sandbox.run(
                argv,
                env={**self.environment, **(extra or {})},
                cwd=self._project.start if folder is None else folder,
                limits=Limits(wall_s=timeout_s, output_bytes=_OUTPUT_BYTES),
                stdin=stdin,
                cancel=cancel,
            )
        except SandboxError as error:
            raise ToolError(f"{what} could not be run: {error}") from None
        if done.stopped == "cancelled":
            raise Cancelled(f"{what} was interrupted")
        if not done.ok and self._is_full(done):
            raise ToolError(
                f"{what} found no space left on the disk of {self._folder}; free some space, then try again"
            )
        if done.stopped is None or partial:
            return done
        if done.stopped == "timeout":
            raise ToolTimeout(
                f"{what} did not end within {timeout_s:.0f} s; give it more time (--budget wall=N), "
                "or check fewer targets"
            )
        raise ToolError(f"{what} was stopped: it went over the sandbox's limit for {done.stopped}")

    def _is_full(self, done: Completed) -> bool:
        """Whether the command failed for want of room. Its words alone prove nothing: a test may print them."""
        if _NO_SPACE not in done.stderr and _NO_SPACE not in done.stdout:
            return False
        status = os.statvfs(self._folder)
        return status.f_bavail * status.f_frsize < _ROOM_BYTES

    def places(self, folder: str | None = None) -> Places:
        """The map from the compiler's file names to paths of the tree."""
        root = str(self.sandbox.root)
        start = self._project.start if folder is None else folder
        return Places(root, f"{root}/{start}" if start else root, self.read, self._real)

    def _real(self, path: str) -> str:
        """The file that a path leads to through links of the tree; edits are made there, a link stays one."""
        if not any(path == link or path.startswith(f"{link}/") for link in self._links):
            return path
        found = os.path.realpath(self._root / path)
        root = os.path.realpath(self._root)
        return os.path.relpath(found, root) if found.startswith(f"{root}/") else path

    def read(self, path: str) -> bytes | None:
        """A file of the tree as it is laid now, None when it cannot be read."""
        try:
            return self.sandbox.read(path)
        except (SandboxError, OSError):
            return None


def _outside(project: Project) -> dict[str, tuple[str, int]]:
    """(SHA-256, mtime_ns) of every file of the trees beside the project's own."""
    return {
        str(tree / path): (record.sha256, record.mtime_ns)
        for tree in project.extra_trees
        for path, record in snapshot(tree, HIDDEN).files.items()
        if record.kind == "file"
    }
