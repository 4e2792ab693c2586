"""The sandbox: a private tree, a warm target folder and a way to run commands on them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol

from rusta_conductor.sandbox import freshness
from rusta_conductor.sandbox.bwrap import BwrapRunner
from rusta_conductor.sandbox.copy_tree import CopyTree
from rusta_conductor.sandbox.errors import SandboxError, SandboxRefused
from rusta_conductor.sandbox.folder import split
from rusta_conductor.sandbox.guard import Guard
from rusta_conductor.sandbox.landlock import LandlockRunner
from rusta_conductor.sandbox.lanes import Lane
from rusta_conductor.sandbox.machine import forget_laid
from rusta_conductor.sandbox.model import Completed, Layout, Limits, Rung
from rusta_conductor.sandbox.overlay_tree import OverlayTree
from rusta_conductor.sandbox.supervisor import Job, Launch, Supervisor
from rusta_conductor.sandbox.tree import CHANGES_MAX_BYTES, Tree
from rusta_conductor.sandbox.usage import disk_usage

PATH = "/usr/local/bin:/usr/bin:/bin"


class Runner(Protocol):
    """What starts commands on one rung."""

    root: Path

    def launch(self, argv: Sequence[str], env: Mapping[str, str], folder: Path, limits: Limits) -> Launch:
        """How to start argv in a folder given by its path inside."""


class Sandbox:
    """Made by `open_sandbox`; a context manager.

    rung: what it runs on. root: the tree's path inside. target: the lane's warm cache folder,
    scratch: a private temporary folder (TMPDIR); both writable, same path inside and outside.
    why: how the rung was chosen.
    """

    def __init__(self, rung: Rung, why: str, layout: Layout, lane: Lane) -> None:
        self.rung, self.why, self.layout, self.lane = rung, why, layout, lane
        self.target, self.scratch = lane.target, lane.scratch
        self._lock = threading.RLock()
        self._closed = False
        with _translated(f"cannot lay the tree {layout.root}"):
            self._lay()
        self.root = layout.root if self._runner is None else self._runner.root
        private = lane.path / ("upper" if rung is Rung.OVERLAY else "tree")
        self._folders = (private, lane.target, lane.scratch)
        self._baseline = disk_usage(self._folders)

    def _lay(self) -> None:
        layout, lane = self.layout, self.lane
        lane.lay()
        self._tree: Tree
        self._runner: Runner | None
        if self.rung is Rung.OVERLAY:
            self._tree = OverlayTree(layout.root, lane.path / "upper", layout.hidden)
        else:
            self._tree = CopyTree(layout.root, lane.path / "tree", layout.hidden)
        try:
            self._runner = _runner(self.rung, layout, lane)
            self._state = freshness.begin(lane, self._tree)
        except BaseException:
            self._tree.close()
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def run(
        self,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        limits: Limits | None = None,
        stdin: bytes | None = None,
        cancel: threading.Event | None = None,
    ) -> Completed:
        """Run one command to its end, with everything it started.

        env: the whole environment beside PATH, HOME, TMPDIR and LANG, which it may replace.
        cwd: folder relative to the tree's root. stdin: None means no input.
        Raises SandboxRefused on the last rung, SandboxError when the sandbox cannot be laid; a
        command that fails or is stopped is a result, not an error.
        """
        with self._lock:
            if self._closed:
                raise SandboxError("this sandbox is closed; open a new one")
            if self._runner is None:
                raise SandboxRefused(
                    f"no command is run here: {self.why}; only reading tools work. "
                    "Install bubblewrap, or see `rusta doctor`"
                )
            if not argv or any("\0" in word for word in argv):
                raise SandboxRefused(f"{list(argv)!r} is not a command")
            folder = self.root if cwd in (None, "", ".") else self.root.joinpath(*split(str(cwd)))
            limits = limits or Limits()
            whole = {
                "PATH": PATH,
                "LANG": "C.UTF-8",
                "HOME": self.home,
                "TMPDIR": str(self.scratch),
            }
            whole.update(env or {})
            launch = self._runner.launch(argv, whole, folder, limits)
            guard = Guard(limits, self._folders, self._baseline)
            self._tree.unsettle()
            try:
                return Supervisor(launch, Job(tuple(argv), stdin, limits, cancel, guard)).run()
            except SandboxError:
                forget_laid(self.lane.home)
                raise

    @property
    def home(self) -> str:
        """HOME inside: an empty, private folder."""
        return "/tmp/home" if self.rung in (Rung.OVERLAY, Rung.BWRAP_COPY) else str(self.scratch)

    def set_tree(self, overrides: Mapping[str, bytes | None]) -> tuple[str, ...]:
        """Make the tree equal base + overrides (None: removed); the paths that changed.

        Only what differs is touched, and gets a modification time later than any it had here.
        Raises SandboxRefused for a path that is not normalised, hidden, or leads through a link.
        """
        with self._lock, _translated("cannot change the tree"):
            return self._tree.set_tree(overrides)

    def touch(self, paths: Iterable[str]) -> None:
        """Give existing files fresh modification times."""
        with self._lock, _translated("cannot touch files"):
            self._tree.touch(paths)

    def read(self, relative: str, max_bytes: int = CHANGES_MAX_BYTES) -> bytes:
        """A file of the tree as it is now; links are followed only inside the tree."""
        with self._lock, _translated(f"cannot read {relative!r}"):
            return self._tree.read(relative, max_bytes)

    def changes(self, max_bytes: int = CHANGES_MAX_BYTES) -> dict[str, bytes | None]:
        """Files that differ from the base, commands' own writes included; None: gone.

        File names that are not UTF-8 carry surrogate escapes (`os.fsencode` gives the bytes).
        """
        with self._lock, _translated("cannot read the changes"):
            return self._tree.changes(max_bytes)

    def irregular(self) -> tuple[str, ...]:
        """Paths where a command left a link, FIFO, socket or device that the base does not have."""
        with self._lock, _translated("cannot read the tree"):
            return self._tree.irregular()

    def reset(self) -> tuple[str, ...]:
        """Back to the base, byte for byte; files that differed keep fresh times. What changed."""
        return self.set_tree({})

    def close(self) -> None:
        """Record what the warm target was built from and remove the private tree."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            try:
                freshness.end(self.lane, self._tree, self._state)
            except OSError:
                pass  # a full disk: the lane stays marked as in use, so the next tree gets fresh times
            finally:
                self._tree.close()
                self.lane.clear()


@contextlib.contextmanager
def _translated(what: str) -> Iterator[None]:
    """System errors as sentences: what could not be done, where, and the system's reason."""
    try:
        yield
    except OSError as error:
        where = f" at {error.filename}" if error.filename else ""
        raise SandboxError(f"{what}{where}: {error.strerror or error}") from error


def _runner(rung: Rung, layout: Layout, lane: Lane) -> Runner | None:
    if rung is Rung.NONE:
        return None
    if rung is Rung.LANDLOCK:
        return LandlockRunner(layout, lane)
    return BwrapRunner(layout, lane, overlay=rung is Rung.OVERLAY)
