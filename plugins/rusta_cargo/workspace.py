"""What the domain lays out for the cargo tools: the project, its toolchain, and sandboxes to work in."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from rusta_cargo.lane import CargoLane
from rusta_cargo.models import CheckReport
from rusta_cargo.project import HIDDEN, Project, find_project
from rusta_cargo.standalone import module_files, stage
from rusta_cargo.toolchain import Toolchain, find_toolchain
from rusta_conductor.errors import ToolError, UsageError
from rusta_conductor.sandbox import Rung, SandboxError, TreeSnapshot, snapshot
from rusta_conductor.tool import ToolContext
from rusta_schemas.canonical import sha256_hex
from rusta_schemas.edits import Edit, apply_edits, by_path
from rusta_schemas.errors import EditError

FILE_MAX_BYTES = 10 * 1024 * 1024
_LINKS_TOLD = 3
# Most repairs are through with as many calls, and one lane is warm by then.
FEW_CALLS = 8


class CargoWorkspace:
    """A context manager; sandboxes are opened when the first tool needs one and kept to the end.

    Args:
        path: what the user named: a crate, a workspace, a Cargo.toml or a .rs file.
        home: the state folder.
        lanes: how many sandboxes may be open at once; every one has a warm target folder of its own.
        rung: the rung to run on; None takes the best that works.

    Raises:
        UsageError: ``path`` is none of these, or there is no toolchain for it.
    """

    def __init__(self, path: str | Path, home: Path, *, lanes: int = 1, rung: Rung | None = None) -> None:
        self.project: Project = find_project(path)
        self.toolchain: Toolchain = find_toolchain(self.project.cargo_folder)
        self.home = home
        self._rung, self._most = rung, max(1, lanes)
        self._free: list[CargoLane] = []
        self._opened = 0
        self._handed_out = 0
        self._changed = threading.Condition()
        self._closed = False
        self._tree = self.project.root
        if self.project.kind == "file":
            self._tree = stage(self._files(), home)
        self._snapshot = self._look(None)
        self.base: dict[str, str] = _digests(self._snapshot)
        # What the compiler said of trees of a single file, by question; see `rustc_probe`.
        self.compiled: dict[str, CheckReport] = {}

    def __enter__(self) -> CargoWorkspace:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give all sandboxes back."""
        with self._changed:
            self._closed = True
            lanes, self._free = self._free, []
        for lane in lanes:
            lane.close()

    def describe(self) -> str:
        """What the user has to know of the tree before it is looked at; usually nothing."""
        seen = (self._tree, *self.project.extra_trees, *self.project.read_only)
        out = [
            f"{path} to {place}"
            for path, record in sorted(self._snapshot.files.items())
            if record.kind == "link"
            for place in [Path(os.path.realpath(self._tree / path))]
            if not any(place.is_relative_to(tree) for tree in seen)
        ]
        if not out:
            return ""
        more = f" and {len(out) - _LINKS_TOLD} more" if len(out) > _LINKS_TOLD else ""
        text = (
            f"links out of the tree lead nowhere in the sandbox: {', '.join(out[:_LINKS_TOLD])}{more}; "
            "put the files themselves in their place if they are needed"
        )
        return text.encode("utf-8", "replace").decode("utf-8")

    @contextmanager
    def lane(self) -> Iterator[CargoLane]:
        """A sandbox for one thread; waits while all are in use. The one used last comes first: it is warmest."""
        lane = self._take()
        try:
            yield lane
        finally:
            with self._changed:
                closed = self._closed
                if not closed:
                    self._free.append(lane)
                self._changed.notify()
            if closed:
                lane.close()

    @contextmanager
    def lane_for(self, read_only: Sequence[Path]) -> Iterator[CargoLane]:
        """A sandbox of its own that sees further folders, for one command; it ends with the block.

        Raises:
            ToolError: there is no sandbox.
        """
        try:
            lane = CargoLane(self.project, self.toolchain, self.home, self._snapshot, self._rung, read_only)
        except SandboxError as error:
            raise ToolError(f"no sandbox for {self.project.root}: {error}") from None
        try:
            yield lane
        finally:
            lane.close()

    def tree(self, edits: Iterable[Edit]) -> dict[str, bytes | None]:
        """The files that differ from the base when ``edits`` are made.

        Raises:
            ToolError: an edit does not fit; names the file and the span. Or the file changed on disk meanwhile.
        """
        result: dict[str, bytes | None] = {}
        for path, group in by_path(edits).items():
            try:
                result[path] = apply_edits(self.read_base(path, missing=b""), group)
            except EditError as error:
                raise ToolError(f"the edits do not fit: {error}") from None
        return result

    def read_base(self, path: str, missing: bytes | None = None) -> bytes:
        """The content of a file of the base.

        Raises:
            ToolError: there is no such file (and no ``missing`` was given), it is too large, leads out of the tree,
                or is not what it was when the episode began.
        """
        if path not in self.base:
            if missing is not None and not (self._tree / path).exists():
                return missing
            raise ToolError(f"{path!r} is not a file of {self.project.root}; check the spelling")
        place = self._tree / path
        try:
            if self._snapshot.files[path].kind == "link":
                real = place.resolve()
                if not real.is_relative_to(self._tree):
                    raise ToolError(f"{path!r} is a link out of the tree, to {real}; it is left alone")
                return self.read_base(real.relative_to(self._tree).as_posix())
            size = place.stat().st_size
            if size > FILE_MAX_BYTES:
                raise ToolError(
                    f"{path!r} has {size:,} bytes; files over {FILE_MAX_BYTES:,} bytes are neither read nor edited"
                )
            data = place.read_bytes()
        except OSError as error:
            raise ToolError(f"cannot read {path!r}: {error.strerror}; check its permissions") from None
        if sha256_hex(data) != self.base[path]:
            raise ToolError(f"{path!r} changed on disk since the episode began; start a new episode")
        return data

    def current_hashes(self) -> dict[str, str]:
        """path → SHA-256 of the tree on disk as it is now, without ``target`` and ``.git``."""
        if self.project.kind == "file":
            return {name: sha256_hex(path.read_bytes()) for name, path in sorted(self._files().items())}
        return _digests(self._look(self._snapshot))

    def require_unchanged(self) -> None:
        """Make sure that the tree is still what it was when the episode began.

        Raises:
            ToolError: it is not; names the first files that differ.
        """
        try:
            now = self.current_hashes()
        except (UsageError, OSError) as error:
            raise ToolError(f"the tree cannot be looked at any more: {error}") from None
        changed = sorted(path for path in now.keys() | self.base.keys() if now.get(path) != self.base.get(path))
        if changed:
            more = f" and {len(changed) - 1} more files" if len(changed) > 1 else ""
            raise ToolError(f"{changed[0]!r}{more} changed on disk since the episode began; start a new episode")

    def _files(self) -> dict[str, Path]:
        entry = self.project.root / (self.project.file or "")
        if not entry.is_file():
            raise UsageError(f"{entry} is gone; give a .rs file that exists")
        return module_files(entry)

    def _look(self, previous: TreeSnapshot | None) -> TreeSnapshot:
        try:
            return snapshot(self._tree, HIDDEN if self.project.kind != "file" else (), previous)
        except SandboxError as error:
            raise UsageError(str(error)) from None

    def _worth(self) -> int:
        """How many lanes pay: a further one compiles every member once more before it is of any use."""
        return self._most if self._handed_out >= FEW_CALLS else 1

    def _take(self) -> CargoLane:
        with self._changed:
            while not self._closed and not self._free and self._opened >= self._worth():
                self._changed.wait()
            if self._closed:
                raise ToolError("the workspace is closed; open a new episode")
            self._handed_out += 1
            if self._free:
                return self._free.pop()
            self._opened += 1
        try:
            return CargoLane(self.project, self.toolchain, self.home, self._snapshot, self._rung)
        except SandboxError as error:
            self._give_up()
            raise ToolError(f"no sandbox for {self.project.root}: {error}") from None
        except BaseException:
            self._give_up()
            raise

    def _give_up(self) -> None:
        with self._changed:
            self._opened -= 1
            self._changed.notify()


def _digests(found: TreeSnapshot) -> dict[str, str]:
    return {path: found.files[path].sha256 for path in sorted(found.files)}


def workspace_of(context: ToolContext) -> CargoWorkspace:
    """The workspace of a call.

    Raises:
        ToolError: the episode's domain laid out something else.
    """
    if not isinstance(context.workspace, CargoWorkspace):
        found = type(context.workspace).__name__
        raise ToolError(f"the cargo tools need a CargoWorkspace, the episode has {found}; use a domain that lays one")
    return context.workspace
