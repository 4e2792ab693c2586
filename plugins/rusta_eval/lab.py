"""Where programs are compiled and run for a measurement: the runtime's sandbox, with commands of our own.

Judge and baselines work here. They share the sandbox with the product, nothing else of it: their own lanes, their own
target folders, their own reading of what compilers print.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from rusta_cargo import Toolchain
from rusta_conductor.sandbox import Completed, Layout, Limits, acquire_lane, open_sandbox

REGISTRY = Path("/usr/share/cargo/registry")
HIDDEN = ("target", ".git")


class Lab:
    """A sandbox over one tree; a context manager. Files laid in it always get fresh times, so nothing counts as
    built.

    Args:
        root: the tree. home: where lanes are kept. readable: further folders that builds read.
    """

    def __init__(self, root: Path, home: Path, toolchain: Toolchain, readable: Iterable[Path] = (REGISTRY,)) -> None:
        self.root = root.resolve()
        self.toolchain = toolchain
        key = sha256(f"{self.root}\n{toolchain.identity}".encode()).hexdigest()[:32]
        layout = Layout(root=self.root, read_only=(toolchain.sysroot, *readable), hidden=HIDDEN)
        with ExitStack() as stack:
            lane = stack.enter_context(acquire_lane(home, key))
            self._sandbox = stack.enter_context(open_sandbox(layout, lane))
            self._stack = stack.pop_all()
        self.target = self._sandbox.target / "cargo"
        self.scratch = self._sandbox.scratch
        self.rung = str(self._sandbox.rung)

    def __enter__(self) -> Lab:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self._stack.close()

    def lay(self, files: Mapping[str, bytes | None], touched: Iterable[str] = ()) -> None:
        """Make the tree the one on disk with ``files`` in place of its own; ``touched`` files get fresh times too."""
        self._sandbox.set_tree(files)
        self._sandbox.touch(sorted(touched))

    def changes(self) -> dict[str, bytes]:
        """Files that differ from the tree on disk, what commands wrote included."""
        found = self._sandbox.changes(64 * 1024 * 1024)
        return {path: data for path, data in found.items() if data is not None}

    def cargo(self, *arguments: str, timeout_s: float = 120.0) -> Completed:
        """``cargo …`` in the root of the tree."""
        return self.run([str(self.toolchain.tool("cargo")), *arguments], timeout_s)

    def rustc(self, *arguments: str, timeout_s: float = 60.0) -> Completed:
        """``rustc …`` in the root of the tree."""
        return self.run([str(self.toolchain.tool("rustc")), *arguments], timeout_s)

    def run(self, argv: Sequence[str], timeout_s: float) -> Completed:
        """One command, to its end or to the limit."""
        home = self.scratch / "cargo-home"
        home.mkdir(exist_ok=True)
        binaries = self.toolchain.sysroot / "bin"
        environment = {
            "PATH": f"{binaries}:/usr/local/bin:/usr/bin:/bin",
            "CARGO_HOME": str(home),
            "CARGO_TARGET_DIR": str(self.target),
            "CARGO_NET_OFFLINE": "true",
            "CARGO_INCREMENTAL": "1",
            "CARGO_TERM_COLOR": "never",
            "RUSTC": str(binaries / "rustc"),
            "RUSTDOC": str(binaries / "rustdoc"),
            "RUST_BACKTRACE": "0",
        }
        return self._sandbox.run(argv, env=environment, limits=Limits(wall_s=timeout_s, output_bytes=64 * 1024 * 1024))
